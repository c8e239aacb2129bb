from django.urls import path

from branches import (
    case_urls,
    coverage_urls,
    election_urls,
    formation_urls,
    import_views,
    leadership_urls,
    registry_views,
    territory_urls,
    venue_urls,
    views,
)

urlpatterns = [
    path("branches/", views.branches, name="branches"),
    path("branches/export/", views.branches_export, name="branches_export"),
    path("branches/new/", registry_views.branch_new, name="branch_new"),
    path("branches/import/", import_views.branches_import, name="branches_import"),
    path("branches/import/template/", import_views.branches_template, name="branches_template"),
    path("compounds/import/", import_views.compounds_import, name="compounds_import"),
    path("compounds/import/template/", import_views.compounds_template, name="compounds_template"),
    path("compounds/new/", registry_views.compound_new, name="compound_new"),
    path("compounds/<key:pk>/edit/", registry_views.compound_edit, name="compound_edit"),
    *coverage_urls.urlpatterns,
    *formation_urls.urlpatterns,
    *case_urls.urlpatterns,
    *leadership_urls.urlpatterns,
    *election_urls.urlpatterns,
    *territory_urls.urlpatterns,
    *venue_urls.urlpatterns,
]
