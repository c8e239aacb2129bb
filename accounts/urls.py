from django.urls import path

from accounts import account_views, draft_views, feedback_views, slip_views, trail_views, views

urlpatterns = [
    path("login/", views.sign_in, name="login"),
    path("logout/", views.sign_out, name="logout"),
    path("me/", views.me, name="me"),
    path("me/password/", views.password_change, name="password_change"),
    path("s/<slug:token>/", slip_views.slip, name="slip"),
    path("me/devices/<key:pk>/end/", slip_views.slip_device_revoke, name="slip_device_revoke"),
    path("me/unlock/", slip_views.slip_unlock, name="slip_unlock"),
    path("slips/", slip_views.slips_page, name="slips"),
    path("slips/<key:duty>/make/", slip_views.slip_make, name="slip_make"),
    path("slips/<key:pk>/revoke/", slip_views.slip_revoke, name="slip_revoke"),
    path("slips/switch/", slip_views.slip_switch, name="slip_switch"),
    path("drafts/keep/", draft_views.draft_keep, name="draft_keep"),
    path("drafts/token/", draft_views.draft_token, name="draft_token"),
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
    path("trail/", trail_views.trail, name="trail"),
    path("trail/verify/", trail_views.trail_verify, name="trail_verify"),
    path("trail/export/", trail_views.trail_export, name="trail_export"),
]
