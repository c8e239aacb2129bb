from django.urls import path

from assessments import report_views, views

urlpatterns = [
    path("", views.materials, name="materials"),
    path("request/", views.material_request, name="material_request"),
    path("<key:pk>/", views.material_batch, name="material_batch"),
    path("file/<key:pk>/", views.material_file, name="material_file"),
    path("<key:pk>/zip/", views.material_zip, name="material_zip"),
    path("<key:pk>/retry/", views.material_retry, name="material_retry"),
    path("<key:pk>/cancel/", views.material_cancel, name="material_cancel"),
    path("report/<key:branch>/<key:year>/", report_views.report, name="report"),
    path("report/<key:branch>/<key:year>/check/", report_views.report_check, name="report_check"),
    path("report/<key:branch>/<key:year>/submit/", report_views.report_submit, name="report_submit"),
    path("report/<key:branch>/<key:year>/receive/", report_views.report_receive, name="report_receive"),
    path("report/<key:branch>/<key:year>/return/", report_views.report_return, name="report_return"),
]
