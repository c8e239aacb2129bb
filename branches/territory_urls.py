from django.urls import path

from branches import funding_views, guidance_views, territory_views

urlpatterns = [
    path("patches/", territory_views.patches, name="patches"),
    path("patches/export/", territory_views.patches_export, name="patches_export"),
    path("patches/new/", territory_views.patch_new, name="patch_new"),
    path("patches/<key:pk>/", territory_views.patch_edit, name="patch_edit"),
    path("cells/", territory_views.cells, name="cells"),
    path("cells/export/", territory_views.cells_export, name="cells_export"),
    path("cells/new/", territory_views.cell_new, name="cell_new"),
    path("cells/<key:pk>/", territory_views.cell, name="cell"),
    path("cells/<key:pk>/edit/", territory_views.cell_edit, name="cell_edit"),
    path("guidance/", guidance_views.guidance, name="guidance"),
    path("guidance/export/", guidance_views.guidance_export, name="guidance_export"),
    path("guidance/new/", guidance_views.guidance_new, name="guidance_new"),
    path("guidance/send/<key:pk>/", guidance_views.guidance_send, name="guidance_send"),
    path("guidance/<key:pk>/", guidance_views.guidance_visit, name="guidance_visit"),
    path("funding/", funding_views.funding, name="funding"),
    path("funding/export/", funding_views.funding_export, name="funding_export"),
    path("funding/new/", funding_views.funding_new, name="funding_new"),
    path("funding/<key:pk>/void/", funding_views.funding_void, name="funding_void"),
]
