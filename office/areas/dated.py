"""Rows that hold from one day until another, last day inclusive."""

from django.db import models
from django.db.models import F, Q

PRECISIONS = [("d", "日"), ("m", "月"), ("y", "年")]


def in_force(day, prefix=""):
    """The condition `from ≤ day ≤ until`; an open end means 至今, an unknown start means 早已如此."""
    starts, ends = f"{prefix}starts_on", f"{prefix}ends_on"
    started = Q(**{f"{starts}__lte": day}) | Q(**{f"{starts}__isnull": True})
    lasting = Q(**{f"{ends}__gte": day}) | Q(**{f"{ends}__isnull": True})
    return started & lasting


class DatedQuerySet(models.QuerySet):
    def on(self, day):
        """Rows in force on that day."""
        return self.filter(in_force(day))


class Dated(models.Model):
    starts_on = models.DateField("起", null=True, blank=True)
    starts_precision = models.CharField("起始日期准到", max_length=1, choices=PRECISIONS, default="d")
    ends_on = models.DateField("止", null=True, blank=True)

    class Meta:
        abstract = True
        constraints = [
            models.CheckConstraint(
                name="%(app_label)s_%(class)s_dates_in_order",
                condition=Q(starts_on=None) | Q(ends_on=None) | Q(ends_on__gte=F("starts_on")),
                violation_error_message="结束日期不能早于开始日期。",
            )
        ]

    def is_on(self, day):
        return (self.starts_on is None or self.starts_on <= day) and (self.ends_on is None or day <= self.ends_on)
