"""What is planned for coverage: the next step at a compound, a community's target."""

from django.conf import settings
from django.db import models
from django.db.models import Q

from members.models import Person
from office.areas.models import Community, Compound, Town
from office.areas.scope import Scoped


class CoverageNote(Scoped):
    """Why a compound has no branch of its own, who sees to it, what comes next and by when (N-03)."""

    scope = {"towns": "town_id", "communities": "community_id", "compounds": "compound_id"}
    scope_source = "compound"

    compound = models.OneToOneField(Compound, models.PROTECT, primary_key=True, related_name="coverage_note")
    town = models.ForeignKey(Town, models.PROTECT, related_name="+")
    community = models.ForeignKey(Community, models.PROTECT, related_name="+")
    reason = models.CharField("原因", max_length=200, blank=True)
    responsible = models.ForeignKey(Person, models.PROTECT, verbose_name="责任人", related_name="+", null=True)
    next_step = models.CharField("下一步", max_length=120, blank=True)
    due_on = models.DateField("时限", null=True)
    version = models.PositiveIntegerField(default=1)

    class Meta:
        verbose_name = "小区覆盖下一步"

    def __str__(self):
        return str(self.compound)


class CommunityTarget(Scoped):
    """How many branches a community shall have by a day; the town's own target is TownRule branch_target."""

    scope = {"towns": "town_id", "communities": "community_id"}
    scope_source = "community"

    community = models.ForeignKey(Community, models.PROTECT, verbose_name="社区", related_name="branch_targets")
    town = models.ForeignKey(Town, models.PROTECT, related_name="+")
    number = models.PositiveSmallIntegerField("目标")
    due_on = models.DateField("完成时间")
    basis = models.CharField("依据", max_length=200)
    set_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", null=True)

    class Meta:
        verbose_name = "社区建支部目标"
        constraints = [
            models.UniqueConstraint(fields=["community", "due_on"], name="communitytarget_once_a_day"),
            models.CheckConstraint(name="communitytarget_has_a_basis", condition=~Q(basis="")),
        ]

    def __str__(self):
        return f"{self.community}{self.number}个"
