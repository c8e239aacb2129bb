"""Grid cells' buildings, the guidance groups' visits, working funds."""

from django.conf import settings
from django.db import models
from django.db.models import Q

from office.areas.models import Body, Community, Compound, Town
from office.areas.scope import Scoped


class CellBuilding(Scoped):
    """A 网格 that serves some buildings of a compound names them; a compound without rows is the cell's whole."""

    scope = {"towns": "town_id", "communities": "community_id", "compounds": "compound_id"}
    scope_source = "compound"

    cell = models.ForeignKey(Body, models.PROTECT, verbose_name="网格", related_name="cell_buildings")
    compound = models.ForeignKey(Compound, models.PROTECT, verbose_name="小区", related_name="+")
    town = models.ForeignKey(Town, models.PROTECT, related_name="+")
    community = models.ForeignKey(Community, models.PROTECT, related_name="+")
    label = models.CharField("楼栋", max_length=12)

    class Meta:
        verbose_name = "网格楼栋"
        constraints = [models.UniqueConstraint(fields=["cell", "compound", "label"], name="cellbuilding_once")]

    def __str__(self):
        return self.label


class GuidanceVisit(Scoped):
    """A visit of the 指导组: what was seen, what was advised, what came of it (R-135)."""

    scope = {"towns": "town_id", "communities": "community_id"}
    scope_source = "group"

    group = models.ForeignKey(Body, models.PROTECT, verbose_name="指导组", related_name="visits")
    town = models.ForeignKey(Town, models.PROTECT, related_name="+")
    community = models.ForeignKey(Community, models.PROTECT, related_name="+")
    compound = models.ForeignKey(Compound, models.PROTECT, verbose_name="小区", related_name="+", null=True)
    branch = models.ForeignKey(Body, models.PROTECT, verbose_name="党支部", related_name="+", null=True)
    visited_on = models.DateField("日期")
    people = models.CharField("参加人员", max_length=80)
    found = models.CharField("了解的情况", max_length=500, blank=True)
    advice = models.CharField("意见建议", max_length=500, blank=True)
    due_on = models.DateField("请于何日前答复", null=True)
    outcome = models.CharField("落实情况", max_length=300, blank=True)
    settled_on = models.DateField("答复日期", null=True)
    settled_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", null=True)
    recorded_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")

    class Meta:
        verbose_name = "指导组走访"
        ordering = ["-visited_on", "-id"]
        constraints = [
            models.CheckConstraint(
                name="guidancevisit_settled_at_and_by_together",
                condition=Q(settled_on=None, settled_by=None, outcome="")
                | Q(settled_on__isnull=False, settled_by__isnull=False) & ~Q(outcome=""),
            )
        ]
        indexes = [models.Index(fields=["community", "visited_on"], name="guidancevisit_community")]

    def __str__(self):
        return f"{self.group}{self.visited_on}"


class FundingItem(Scoped):
    """经费: an amount granted or spent, its source and its use (方案四、2). Wrong rows are voided, never deleted."""

    class Kind(models.TextChoices):
        GRANTED = "granted", "拨入"
        SPENT = "spent", "支出"

    class Source(models.TextChoices):
        TOWN = "town", "镇拨"
        HIGHER = "higher", "上级拨付"
        COMMUNITY = "community", "社区"
        DUES = "dues", "党费返还"
        OTHER = "other", "其他"

    scope = {"towns": "town_id", "communities": "community_id", "branches": "branch_id"}
    scope_source = "community"

    community = models.ForeignKey(Community, models.PROTECT, verbose_name="社区", related_name="+")
    town = models.ForeignKey(Town, models.PROTECT, related_name="+")
    branch = models.ForeignKey(Body, models.PROTECT, verbose_name="党支部", related_name="funding", null=True)
    kind = models.CharField("收支", max_length=8, choices=Kind)
    source = models.CharField("来源", max_length=10, choices=Source)
    on = models.DateField("日期")
    amount_fen = models.BigIntegerField("金额（分）")
    purpose = models.CharField("用途", max_length=80)
    paper = models.CharField("依据", max_length=80, blank=True)
    voided_on = models.DateField("作废日期", null=True)
    void_reason = models.CharField("作废理由", max_length=120, blank=True)
    recorded_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")

    class Meta:
        verbose_name = "经费"
        ordering = ["-on", "-id"]
        constraints = [
            models.CheckConstraint(name="fundingitem_positive", condition=Q(amount_fen__gt=0)),
            models.CheckConstraint(
                name="fundingitem_void_with_reason",
                condition=Q(voided_on=None, void_reason="") | Q(voided_on__isnull=False) & ~Q(void_reason=""),
            ),
        ]
        indexes = [
            models.Index(fields=["town", "on"], name="fundingitem_town"),
            models.Index(fields=["branch", "on"], name="fundingitem_branch"),
        ]

    def __str__(self):
        return f"{self.get_kind_display()}：{self.purpose}"
