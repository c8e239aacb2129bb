from django.urls import path

from meetings import views

urlpatterns = [
    path("", views.meetings, name="meetings"),
    path("export/", views.meetings_export, name="meetings_export"),
    path("decisions/", views.decisions, name="meeting_decisions"),
    path("<key:pk>/", views.meeting, name="meeting"),
]
