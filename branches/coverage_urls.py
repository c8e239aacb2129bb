from django.urls import path

from branches import coverage_views

urlpatterns = [
    path("coverage/", coverage_views.coverage, name="coverage"),
]
