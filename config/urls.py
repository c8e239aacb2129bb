"""The site's table of contents."""

from django.urls import include, path

urlpatterns = [
    path("", include("desk.urls")),
    path("", include("accounts.urls")),
    path("", include("members.urls")),
    path("", include("branches.urls")),
    path("committees/", include("committees.urls")),
    path("meetings/", include("meetings.urls")),
    path("materials/", include("assessments.urls")),
    path("documents/", include("documents.urls")),
]
handler400 = "desk.views.bad_request"
handler403 = "desk.views.forbidden"
handler404 = "desk.views.not_found"
handler500 = "desk.views.server_error"
