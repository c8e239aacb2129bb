"""The clock of the drafts: what nobody touched for thirty days goes."""

from celery import shared_task
from django.utils import timezone

from office.drafts import keeping


@shared_task(name="drafts.forget_old")
def forget_old():
    keeping.forget_old(timezone.now())
