"""The product's addresses, the references, and Django's admin (installed in the bench only)."""

from django.urls import path

from bench import peers
from bench.reference_urls import handler400, handler403, handler404, handler500, urlpatterns

__all__ = ["handler400", "handler403", "handler404", "handler500", "urlpatterns"]

urlpatterns = [path("tuned/", peers.tuned.urls), path("plain/", peers.plain.urls), *urlpatterns]
