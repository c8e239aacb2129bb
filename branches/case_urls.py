from django.urls import path

from branches import case_views

urlpatterns = [
    path("cases/", case_views.cases_list, name="cases"),
    path("cases/export/", case_views.cases_export, name="cases_export"),
    path("cases/new/", case_views.case_new, name="case_new"),
    path("cases/<key:pk>/", case_views.case, name="case"),
    path("cases/<key:pk>/edit/", case_views.case_edit, name="case_edit"),
    path("cases/<key:pk>/members/", case_views.case_members, name="case_members"),
    path("cases/<key:pk>/hand-in/", case_views.case_hand_in, name="case_hand_in"),
    path("cases/<key:pk>/withdraw/", case_views.case_withdraw, name="case_withdraw"),
    path("cases/<key:pk>/town/", case_views.case_town, name="case_town"),
    path("cases/<key:pk>/reply/", case_views.case_reply, name="case_reply"),
    path("cases/<key:pk>/filed/", case_views.case_filed, name="case_filed"),
]
