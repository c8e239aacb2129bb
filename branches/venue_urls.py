from django.urls import path

from branches import venue_views

urlpatterns = [
    path("branches/<key:pk>/venue/", venue_views.venue, name="venue"),
    path("branches/<key:pk>/file/", venue_views.branch_file, name="branch_file"),
    path("rooms/", venue_views.rooms, name="rooms"),
]
