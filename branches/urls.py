from django.urls import path

from branches import registry_views, views

urlpatterns = [
    path("branches/", views.branches, name="branches"),
    path("branches/export/", views.branches_export, name="branches_export"),
    path("branches/new/", registry_views.branch_new, name="branch_new"),
    path("compounds/new/", registry_views.compound_new, name="compound_new"),
    path("compounds/<key:pk>/edit/", registry_views.compound_edit, name="compound_edit"),
]
