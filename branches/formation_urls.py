from django.urls import path

from branches import formation_views

urlpatterns = [
    path("compounds/<key:pk>/formation/", formation_views.compound_formation, name="compound_formation"),
    path("compounds/<key:pk>/neighbours/", formation_views.compound_neighbours, name="compound_neighbours"),
]
