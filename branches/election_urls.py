from django.urls import path

from branches import election_views

urlpatterns = [
    path("branches/<key:pk>/elections/", election_views.branch_elections, name="branch_elections"),
    path("branches/<key:pk>/elections/new/", election_views.election_new, name="election_new"),
    path("elections/<key:pk>/", election_views.election, name="election"),
]
