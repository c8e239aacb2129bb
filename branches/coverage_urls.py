from django.urls import path

from branches import coverage_views

urlpatterns = [
    path("coverage/", coverage_views.coverage, name="coverage"),
    path("coverage/export/", coverage_views.coverage_export, name="coverage_export"),
    path("coverage/targets/", coverage_views.coverage_targets, name="coverage_targets"),
    path("coverage/sheet/", coverage_views.coverage_sheet, name="coverage_sheet"),
    path("coverage/<key:pk>/", coverage_views.coverage_note, name="coverage_note"),
]
