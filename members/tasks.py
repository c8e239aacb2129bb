"""The hourly roll."""

from celery import shared_task
from django.utils import timezone

from members import merging, rolling


@shared_task(name="members.roll")
def roll():
    rolling.roll(timezone.localdate())
    merging.forget_expired()
