from django.urls import path

from branches import ballot_views, election_views

urlpatterns = [
    path("branches/<key:pk>/elections/", election_views.branch_elections, name="branch_elections"),
    path("branches/<key:pk>/elections/new/", election_views.election_new, name="election_new"),
    path("elections/<key:pk>/", election_views.election, name="election"),
    path("elections/<key:pk>/voters/", election_views.election_voters, name="election_voters"),
    path("elections/<key:pk>/candidates/", election_views.election_candidates, name="election_candidates"),
    path("elections/<key:pk>/ballots/", ballot_views.election_ballots_pdf, name="election_ballots_pdf"),
    path("elections/<key:pk>/held/", ballot_views.election_held, name="election_held"),
    path("elections/<key:pk>/again/", ballot_views.election_again, name="election_again"),
    path("elections/<key:pk>/fewer/", ballot_views.election_fewer, name="election_fewer"),
    path("elections/<key:pk>/conclude/", election_views.election_conclude, name="election_conclude"),
    path("elections/<key:pk>/report/", ballot_views.election_report_pdf, name="election_report_pdf"),
    path("elections/<key:pk>/request/", election_views.election_request, name="election_request"),
    path("elections/<key:pk>/approved/", election_views.election_approved, name="election_approved"),
    path("elections/<key:pk>/stop/", election_views.election_stop, name="election_stop"),
]
