"""The site. The Celery application is loaded with it, so that shared tasks find their broker."""

from config.celery import app as celery_app

__all__ = ["celery_app"]
