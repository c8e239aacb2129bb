from django.urls import path

from accounts import account_views, feedback_views, import_views, trail_views, views

urlpatterns = [
    path("login/", views.sign_in, name="login"),
    path("logout/", views.sign_out, name="logout"),
    path("me/", views.me, name="me"),
    path("me/password/", views.password_change, name="password_change"),
    path("text-size/<str:size>/", views.text_size, name="text_size"),
    path("feedback/", feedback_views.feedback, name="feedback"),
    path("feedback/<key:pk>/answer/", feedback_views.feedback_answer, name="feedback_answer"),
    path("accounts/", account_views.accounts, name="accounts"),
    path("accounts/new/", account_views.account_new, name="account_new"),
    path("accounts/<key:pk>/", account_views.account, name="account"),
    path("accounts/<key:pk>/password/", account_views.account_password, name="account_password"),
    path("accounts/<key:pk>/state/", account_views.account_state, name="account_state"),
    path("accounts/<key:pk>/duties/new/", account_views.assignment_new, name="assignment_new"),
    path("accounts/duties/<key:pk>/end/", account_views.assignment_end, name="assignment_end"),
    path("imports/", import_views.imports, name="imports"),
    path("imports/<key:pk>/", import_views.import_batch, name="import_batch"),
    path("imports/<key:pk>/answers/", import_views.import_answer, name="import_answer"),
    path("imports/<key:pk>/apply/", import_views.import_apply, name="import_apply"),
    path("imports/<key:pk>/again/", import_views.import_again, name="import_again"),
    path("imports/<key:pk>/discard/", import_views.import_discard, name="import_discard"),
    path("imports/<key:pk>/errors/", import_views.import_errors, name="import_errors"),
    path("imports/<key:pk>/undo/", import_views.import_undo, name="import_undo"),
    path("trail/", trail_views.trail, name="trail"),
    path("trail/verify/", trail_views.trail_verify, name="trail_verify"),
    path("trail/export/", trail_views.trail_export, name="trail_export"),
]
