"""The product's addresses and beside them the references."""

from django.urls import include, path

from bench import reference
from config.urls import handler400, handler403, handler404, handler500, urlpatterns

__all__ = ["handler400", "handler403", "handler404", "handler500", "urlpatterns"]

urlpatterns = [path("reference/", include(reference)), *urlpatterns]
