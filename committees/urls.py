from django.urls import path

from committees import views

urlpatterns = [
    path("", views.committees, name="committees"),
    path("<key:pk>/", views.committee, name="committee"),
]
