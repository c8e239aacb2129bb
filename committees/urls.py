from django.urls import path

from committees import views

urlpatterns = [
    path("", views.committees, name="committees"),
    path("export/", views.committees_export, name="committees_export"),
    path("<key:pk>/", views.committee, name="committee"),
]
