"""摸排: a round of looking through the register, and each community's part in it."""

from django.conf import settings
from django.db import models
from django.db.models import Q

from office.areas.models import Community, Town
from office.areas.scope import Scoped


class Census(Scoped):
    """摸排党员: one round in a town, in which every community checks its register (方案三、1)."""

    scope = {"towns": "town_id"}

    town = models.ForeignKey(Town, models.PROTECT, verbose_name="镇", related_name="censuses")
    title = models.CharField("名称", max_length=40)
    check_what = models.CharField("要核对什么", max_length=100, blank=True)
    opens_on = models.DateField("开始日期")
    due_on = models.DateField("截止日期")
    opened_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    closed_on = models.DateField("结束日期", null=True)
    closed_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", null=True)

    class Meta:
        verbose_name = "摸排"
        ordering = ["-opens_on", "-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["town"],
                condition=Q(closed_on=None),
                name="census_one_open_in_a_town",
                violation_error_message="上一轮摸排还没有结束，先结束它。",
            ),
            models.CheckConstraint(
                name="census_due_after_opening",
                condition=Q(due_on__gte=models.F("opens_on")),
                violation_error_message="截止日期不能早于开始日期。",
            ),
            models.CheckConstraint(
                name="census_closed_by_and_on_together",
                condition=Q(closed_on=None, closed_by=None) | Q(closed_on__isnull=False, closed_by__isnull=False),
            ),
        ]

    def __str__(self):
        return self.title


class CensusReturn(Scoped):
    """One community's part of a round: its register as it stood at the opening and when it was signed off.

    A register is kept as {person id: version of the Member row}, so that 新增、更新、转出 are a comparison and each
    number has its rows. Figures are the counts on the same day.
    """

    scope = {"towns": "town_id", "communities": "community_id"}
    scope_source = "community"

    census = models.ForeignKey(Census, models.PROTECT, verbose_name="摸排", related_name="returns")
    community = models.ForeignKey(Community, models.PROTECT, verbose_name="社区", related_name="+")
    town = models.ForeignKey(Town, models.PROTECT, related_name="+")
    opening_figures = models.JSONField("开始时人数")
    opening_register = models.JSONField()
    final_figures = models.JSONField("核对后人数", null=True)
    final_register = models.JSONField(null=True)
    note = models.CharField("说明", max_length=200, blank=True)
    confirmed_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", null=True)
    confirmed_at = models.DateTimeField("确认时间", null=True)
    reminded_on = models.DateField("提醒日期", null=True)

    class Meta:
        verbose_name = "社区摸排情况"
        ordering = ["census_id", "community__position", "community_id"]
        constraints = [
            models.UniqueConstraint(fields=["census", "community"], name="censusreturn_once_per_community"),
            models.CheckConstraint(
                name="censusreturn_confirmed_at_and_by_together",
                condition=Q(confirmed_at=None, confirmed_by=None)
                | Q(confirmed_at__isnull=False, confirmed_by__isnull=False, final_figures__isnull=False),
            ),
        ]
        indexes = [models.Index(fields=["community", "census"], name="censusreturn_community")]

    def __str__(self):
        return f"{self.census}：{self.community}"
