from django.urls import path

from meetings import views

urlpatterns = [
    path("", views.meetings, name="meetings"),
    path("<int:pk>/", views.meeting, name="meeting"),
]
