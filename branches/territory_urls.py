from django.urls import path

from branches import territory_views

urlpatterns = [
    path("patches/", territory_views.patches, name="patches"),
    path("cells/", territory_views.cells, name="cells"),
    path("cells/<key:pk>/", territory_views.cell, name="cell"),
    path("guidance/", territory_views.guidance, name="guidance"),
    path("funding/", territory_views.funding, name="funding"),
]
