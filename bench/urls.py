"""The product's addresses, and beside them the references and Django's admin."""

from django.urls import include, path

from bench import peers, reference
from config.urls import handler400, handler403, handler404, handler500, urlpatterns

__all__ = ["handler400", "handler403", "handler404", "handler500", "urlpatterns"]

urlpatterns = [
    path("reference/", include(reference)),
    path("tuned/", peers.tuned.urls),
    path("plain/", peers.plain.urls),
    *urlpatterns,
]
