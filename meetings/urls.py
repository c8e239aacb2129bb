from django.urls import path

from meetings import confirmation_views, decision_views, filing_views, paper_views, views

urlpatterns = [
    path("", views.meetings, name="meetings"),
    path("export/", views.meetings_export, name="meetings_export"),
    path("decisions/", views.decisions, name="meeting_decisions"),
    path("decisions/<key:pk>/", decision_views.meeting_decision, name="meeting_decision"),
    path("decisions/<key:pk>/slip/", paper_views.meeting_slip, name="meeting_slip"),
    path("decisions/<key:pk>/calendar/", paper_views.meeting_decision_calendar, name="meeting_decision_calendar"),
    path("new/", filing_views.meeting_new, name="meeting_new"),
    path("new/page/", filing_views.meeting_file, name="meeting_file"),
    path("<key:pk>/change/", filing_views.meeting_change, name="meeting_change"),
    path("<key:pk>/confirm/", confirmation_views.meeting_confirm, name="meeting_confirm"),
    path("<key:pk>/object/", confirmation_views.meeting_object, name="meeting_object"),
    path("<key:pk>/versions/<key:number>/", confirmation_views.meeting_version, name="meeting_version"),
    path("<key:pk>/record/", paper_views.meeting_record, name="meeting_record"),
    path("<key:pk>/calendar/", paper_views.meeting_calendar, name="meeting_calendar"),
    path("<key:pk>/minutes/", paper_views.document_draft_from_meeting, name="document_draft_from_meeting"),
    path("<key:pk>/", views.meeting, name="meeting"),
]
