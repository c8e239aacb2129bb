from django.urls import path

from desk import branch_file, branch_page, compounds, find, rule_pages, views
from desk.health import healthz

urlpatterns = [
    path("", views.home, name="home"),
    path("compounds/", compounds.compounds, name="compounds"),
    path("compounds/export/", compounds.compounds_export, name="compounds_export"),
    path("compounds/<key:pk>/", compounds.compound, name="compound"),
    path("branches/<key:pk>/", branch_page.branch, name="branch"),
    path("branches/<key:pk>/file/", branch_file.branch_file, name="branch_file"),
    path("my/branch/", views.my_branch, name="my_branch"),
    path("my/compound/", views.my_compound, name="my_compound"),
    path("find/", find.find, name="find"),
    path("ledgers/", views.ledgers, name="ledgers"),
    path("rules/", rule_pages.rules, name="rules"),
    path("rules/<slug:key>/", rule_pages.rule, name="rule"),
    path("help/", views.help_page, name="help"),
    path("demo/switch/", views.demo_switch, name="demo_switch"),
    path("demo/reset/", views.demo_reset, name="demo_reset"),
    path("healthz", healthz, name="healthz"),
]
