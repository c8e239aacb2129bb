from django.urls import path

from members import census_views, change_views, duplicates_views, roster_views, views

urlpatterns = [
    path("people/", views.members, name="members"),
    path("people/export/", views.members_export, name="members_export"),
    path("people/<key:pk>/", views.person, name="person"),
    path("people/<key:pk>/reveal/", views.person_reveal, name="person_reveal"),
    path("people/new/", change_views.member_new, name="member_new"),
    path("people/<key:pk>/edit/", change_views.member_edit, name="member_edit"),
    path("people/<key:pk>/steps/", change_views.member_steps, name="member_steps"),
    path("people/<key:pk>/steps/<slug:what>/", change_views.member_step, name="member_step"),
    path("people/<key:pk>/wrong/", change_views.member_correction, name="member_correction"),
    path("people/corrections/<key:pk>/", change_views.member_correction_settle, name="member_correction_settle"),
    path("people/transfers/", change_views.member_transfers, name="member_transfers"),
    path("people/transfers/<key:pk>/", change_views.member_transfer, name="member_transfer"),
    path("census/", census_views.census_rounds, name="census_rounds"),
    path("census/new/", census_views.census_new, name="census_new"),
    path("census/<key:pk>/", census_views.census_round, name="census_round"),
    path("census/<key:pk>/close/", census_views.census_close, name="census_close"),
    path("census/<key:pk>/export/", census_views.census_export, name="census_export"),
    path("census/parts/<key:pk>/", census_views.census_part, name="census_part"),
    path("census/parts/<key:pk>/confirm/", census_views.census_confirm, name="census_confirm"),
    path("census/parts/<key:pk>/withdraw/", census_views.census_withdraw, name="census_withdraw"),
    path("census/parts/<key:pk>/remind/", census_views.census_remind, name="census_remind"),
    path("census/parts/<key:pk>/<slug:what>/", census_views.census_rows, name="census_rows"),
    path("people/import/", roster_views.roster_import, name="roster_import"),
    path("people/import/template/", roster_views.roster_template, name="roster_template"),
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
