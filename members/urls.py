from django.urls import path

from members import duplicates_views, roster_views, views

urlpatterns = [
    path("people/", views.members, name="members"),
    path("people/export/", views.members_export, name="members_export"),
    path("people/<key:pk>/", views.person, name="person"),
    path("people/<key:pk>/reveal/", views.person_reveal, name="person_reveal"),
    path("people/import/", roster_views.roster_import, name="roster_import"),
    path("people/import/template/", roster_views.roster_template, name="roster_template"),
    path("people/imports/", roster_views.imports, name="imports"),
    path("people/imports/<key:pk>/", roster_views.import_batch, name="import_batch"),
    path("people/imports/<key:pk>/answers/", roster_views.import_answer, name="import_answer"),
    path("people/imports/<key:pk>/apply/", roster_views.import_apply, name="import_apply"),
    path("people/imports/<key:pk>/again/", roster_views.import_again, name="import_again"),
    path("people/imports/<key:pk>/discard/", roster_views.import_discard, name="import_discard"),
    path("people/imports/<key:pk>/errors/", roster_views.import_errors, name="import_errors"),
    path("people/imports/<key:pk>/undo/", roster_views.import_undo, name="import_undo"),
    path("people/duplicates/", duplicates_views.person_pairs, name="person_pairs"),
    path("people/duplicates/settled/", duplicates_views.person_pairs_settled, name="person_pairs_settled"),
    path("people/duplicates/<key:one>/<key:other>/", duplicates_views.person_pair, name="person_pair"),
    path(
        "people/duplicates/<key:one>/<key:other>/merge/", duplicates_views.person_pair_merge, name="person_pair_merge"
    ),
    path(
        "people/duplicates/<key:one>/<key:other>/apart/", duplicates_views.person_pair_apart, name="person_pair_apart"
    ),
    path("people/duplicates/apart/<key:pk>/forget/", duplicates_views.person_pair_forget, name="person_pair_forget"),
    path("people/merges/<key:pk>/undo/", duplicates_views.person_merge_undo, name="person_merge_undo"),
]
