from django.urls import path

from branches import case_views

urlpatterns = [
    path("cases/", case_views.cases, name="cases"),
    path("cases/new/", case_views.case_new, name="case_new"),
    path("cases/<key:pk>/", case_views.case, name="case"),
]
