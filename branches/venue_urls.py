from django.urls import path

from branches import room_views, sheet_views, venue_views

urlpatterns = [
    path("venues/", venue_views.venues_list, name="venues"),
    path("venues/export/", venue_views.venues_export, name="venues_export"),
    path("branches/<key:pk>/venue/", venue_views.venue, name="venue"),
    path("branches/<key:pk>/venue/photos/", sheet_views.venue_photos, name="venue_photos"),
    path(
        "branches/<key:pk>/venue/photos/<key:year>/<slug:item>/", sheet_views.venue_photo_file, name="venue_photo_file"
    ),
    path("branches/<key:pk>/sheets/<slug:name>/", sheet_views.wall_sheet, name="wall_sheet"),
    path("sheets/texts/", sheet_views.wall_texts, name="wall_texts"),
    path("rooms/", room_views.rooms, name="rooms"),
    path("rooms/export/", room_views.rooms_export, name="rooms_export"),
    path("rooms/new/", room_views.room_new, name="room_new"),
    path("rooms/<key:pk>/", room_views.room_edit, name="room_edit"),
]
