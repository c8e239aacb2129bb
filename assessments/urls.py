from django.urls import path

from assessments import report_views, views

urlpatterns = [
    path("", views.materials, name="materials"),
    path("request/", views.material_request, name="material_request"),
    path("<int:pk>/", views.material_batch, name="material_batch"),
    path("file/<int:pk>/", views.material_file, name="material_file"),
    path("<int:pk>/zip/", views.material_zip, name="material_zip"),
    path("<int:pk>/retry/", views.material_retry, name="material_retry"),
    path("<int:pk>/cancel/", views.material_cancel, name="material_cancel"),
    path("report/<int:branch>/<int:year>/", report_views.report, name="report"),
    path("report/<int:branch>/<int:year>/check/", report_views.report_check, name="report_check"),
    path("report/<int:branch>/<int:year>/submit/", report_views.report_submit, name="report_submit"),
    path("report/<int:branch>/<int:year>/receive/", report_views.report_receive, name="report_receive"),
    path("report/<int:branch>/<int:year>/return/", report_views.report_return, name="report_return"),
]
