"""党支部: a Body with more to say."""

from django.db import models
from django.db.models import Q

from office.areas.models import Body, Community, Compound, Coverage, Town
from office.areas.prepared import prepared
from office.areas.scope import Scoped


class Branch(Scoped):
    """A Party branch. A joint branch (联合党支部) is a Branch whose coverage names several compounds (decisions 19)."""

    class Kind(models.TextChoices):
        COMPOUND = "compound", "小区党支部"
        JOINT = "joint", "联合党支部"
        COMMUNITY = "community", "社区其他党支部"

    class State(models.TextChoices):
        """decisions 11: 请示 → 镇党委会 → 已批复待选举 → 运行 → 备案; formation cases drive it (issue of its own)."""

        APPROVED = "approved", "已批复待选举"
        RUNNING = "running", "运行"
        DISSOLVED = "dissolved", "已撤销"

    scope = {"towns": "town_id", "communities": "community_id", "branches": "body_id"}
    scope_source = "body"

    body = models.OneToOneField(Body, models.PROTECT, primary_key=True, related_name="branch", verbose_name="组织")
    town = models.ForeignKey(Town, models.PROTECT, related_name="+")
    community = models.ForeignKey(Community, models.PROTECT, verbose_name="社区", related_name="branches")
    kind = models.CharField("类别", max_length=12, choices=Kind, default=Kind.COMPOUND)
    state = models.CharField("状态", max_length=12, choices=State, default=State.RUNNING)
    approved_on = models.DateField("批准日期", null=True, blank=True)
    approval_paper = models.CharField("批复文号", max_length=40, blank=True)
    term_years = models.PositiveSmallIntegerField("任期（年）", null=True, blank=True)
    term_ends_on = models.DateField("任期届满", null=True, blank=True)
    has_committee = models.BooleanField("设支委会", default=False)
    filed_on = models.DateField("备案日期", null=True, blank=True)
    theme_day = models.CharField("主题党日", max_length=20, blank=True)

    class Meta:
        verbose_name = "党支部"
        constraints = [
            # 任期没有默认值：五年还是三年以批复为准（R-123）。
            models.CheckConstraint(
                name="branch_term_is_five_or_three_years",
                condition=Q(term_years=None) | Q(term_years__in=[3, 5]),
            ),
        ]
        indexes = [
            models.Index(fields=["town", "kind", "body"], name="branch_town"),
            models.Index(fields=["community", "kind", "body"], name="branch_community"),
        ]

    def __str__(self):
        return self.body.short_name

    def compounds_on(self, day):
        """The compounds covered that day, in name order."""
        return _covered(self.body_id, day)


@prepared
def _covered(branch, day):
    covered = Coverage.objects.on(day).filter(body=branch)
    return Compound.objects.filter(pk__in=covered.values("compound")).order_by("pinyin", "pk")
