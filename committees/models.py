"""业主委员会: a Body with more to say. Its seats are Posts; shares and 交叉任职 are queries over them."""

from django.db import models
from django.db.models import F, Q

from office.areas.models import Body, Community, Compound, Town
from office.areas.scope import Scoped


class OwnersCommittee(Scoped):
    """The owners' committee (or, before it, the preparatory group) of one compound."""

    class Stage(models.TextChoices):
        PREPARING = "preparing", "筹备中"
        IN_OFFICE = "in_office", "在任"
        ACTING = "acting", "居委会代行"
        ENDED = "ended", "已终止"

    scope = {
        "towns": "town_id",
        "communities": "community_id",
        "compounds": "compound_id",
    }
    scope_source = "compound"

    body = models.OneToOneField(
        Body, models.PROTECT, primary_key=True, related_name="owners_committee", verbose_name="组织"
    )
    town = models.ForeignKey(Town, models.PROTECT, related_name="+")
    community = models.ForeignKey(Community, models.PROTECT, verbose_name="社区", related_name="owners_committees")
    compound = models.ForeignKey(Compound, models.PROTECT, verbose_name="小区", related_name="owners_committees")
    stage = models.CharField("状态", max_length=12, choices=Stage, default=Stage.IN_OFFICE)
    session_no = models.PositiveSmallIntegerField("第几届", null=True, blank=True)
    seat_count = models.PositiveSmallIntegerField("应有委员", null=True, blank=True)
    elected_on = models.DateField("选举日期", null=True, blank=True)
    term_ends_on = models.DateField("任期届满", null=True, blank=True)
    filed_on = models.DateField("备案日期", null=True, blank=True)

    class Meta:
        verbose_name = "业主委员会"
        constraints = [
            models.UniqueConstraint(
                fields=["compound"],
                condition=~Q(stage="ended"),
                name="owners_committee_one_per_compound",
                violation_error_message="这个小区已有业委会（或筹备组）。",
            ),
            models.CheckConstraint(
                name="owners_committee_term_after_election",
                condition=Q(elected_on=None) | Q(term_ends_on=None) | Q(term_ends_on__gt=F("elected_on")),
            ),
        ]
        indexes = [
            models.Index(fields=["town", "stage", "body"], name="owners_committee_town"),
            models.Index(fields=["community", "stage", "body"], name="owners_committee_community"),
        ]

    def __str__(self):
        return self.body.short_name

    @classmethod
    def state_on(cls, day, stage, term_ends_on):
        """The stage in words, with 超期 worked out from the term."""
        if stage == cls.Stage.IN_OFFICE and term_ends_on and term_ends_on < day:
            return "任期已届满"
        return cls.Stage(stage).label
