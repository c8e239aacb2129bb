from django.urls import path

from assessments import report_list_views, report_step_views, report_views, views

urlpatterns = [
    path("", views.materials, name="materials"),
    path("request/", views.material_request, name="material_request"),
    path("<key:pk>/", views.material_batch, name="material_batch"),
    path("file/<key:pk>/", views.material_file, name="material_file"),
    path("file/<key:pk>/read/", views.material_read, name="material_read"),
    path("file/<key:pk>/download/", views.material_download, name="material_download"),
    path("<key:pk>/zip/", views.material_zip, name="material_zip"),
    path("<key:pk>/retry/", views.material_retry, name="material_retry"),
    path("<key:pk>/cancel/", views.material_cancel, name="material_cancel"),
    path("reports/<key:year>/", report_list_views.report_list, name="reports"),
    path("reports/<key:year>/remind/", report_list_views.report_remind, name="report_remind"),
    path("reports/<key:year>/export/", report_list_views.reports_export, name="reports_export"),
    path("corrections/<key:pk>/", report_list_views.report_correction, name="report_correction"),
    path("report/<key:branch>/<key:year>/", report_views.report, name="report"),
    path("report/<key:branch>/<key:year>/word/", views.report_word, name="report_word"),
    path("report/<key:branch>/<key:year>/numbers/", report_step_views.report_numbers_step, name="report_numbers"),
    path("report/<key:branch>/<key:year>/numbers/<slug:key>/", report_step_views.report_dispute, name="report_dispute"),
    path("report/<key:branch>/<key:year>/things/", report_step_views.report_things_step, name="report_things"),
    path("report/<key:branch>/<key:year>/words/", report_step_views.report_words_step, name="report_words"),
    path("report/<key:branch>/<key:year>/check/", report_step_views.report_check, name="report_check"),
    path("report/<key:branch>/<key:year>/submit/", report_views.report_submit, name="report_submit"),
    path("report/<key:branch>/<key:year>/offer/", report_views.report_offer, name="report_offer"),
    path("report/<key:branch>/<key:year>/signed/", report_views.report_signed, name="report_signed"),
    path("report/<key:branch>/<key:year>/receive/", report_views.report_receive, name="report_receive"),
    path("report/<key:branch>/<key:year>/return/", report_views.report_return, name="report_return"),
]
