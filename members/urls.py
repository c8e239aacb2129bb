from django.urls import path

from members import roster_views, views

urlpatterns = [
    path("people/", views.members, name="members"),
    path("people/export/", views.members_export, name="members_export"),
    path("people/<key:pk>/", views.person, name="person"),
    path("people/<key:pk>/reveal/", views.person_reveal, name="person_reveal"),
    path("people/import/", roster_views.roster_import, name="roster_import"),
    path("people/import/template/", roster_views.roster_template, name="roster_template"),
    path("people/import/errors/<str:token>/", roster_views.roster_errors, name="roster_errors"),
]
