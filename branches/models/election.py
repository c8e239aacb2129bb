"""A branch's election on paper: who may vote, the candidates, the counted ballots (R-141…R-152). Nobody votes here."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from branches.models.case import BranchCase
from members.models import Member, Person, Post
from office.areas.models import Body, Community, Town
from office.areas.scope import Scoped


class Election(Scoped):
    """One election meeting of a branch, from the nomination to the filing."""

    class Kind(models.TextChoices):
        FORMATION = "formation", "首次选举"
        TERM = "term", "换届选举"
        BY = "by_election", "补选"

    class State(models.TextChoices):
        PREPARING = "preparing", "筹备"
        HELD = "held", "已投票"
        CONCLUDED = "concluded", "已有结果"
        VOID = "void", "无效"
        CANCELLED = "cancelled", "已取消"

    scope = {"towns": "town_id", "communities": "community_id", "branches": "branch_id"}
    scope_source = "branch"

    branch = models.ForeignKey(Body, models.PROTECT, verbose_name="党支部", related_name="elections")
    town = models.ForeignKey(Town, models.PROTECT, related_name="+")
    community = models.ForeignKey(Community, models.PROTECT, related_name="+")
    case = models.ForeignKey(BranchCase, models.PROTECT, related_name="elections", null=True)
    kind = models.CharField("类别", max_length=12, choices=Kind)
    state = models.CharField("状态", max_length=10, choices=State, default=State.PREPARING)
    has_committee = models.BooleanField("设支部委员会", default=False)
    seats = models.PositiveSmallIntegerField("应选委员", default=0)
    deputies = models.PositiveSmallIntegerField("应选副书记", default=0)
    nominated_on = models.DateField("提名日期", null=True)
    agreed_on = models.DateField("上级同意日期", null=True)
    agreed_paper = models.CharField("上级同意文号", max_length=40, blank=True)
    introduced = models.BooleanField("已介绍候选人", default=False)
    held_on = models.DateField("选举日期", null=True)
    place = models.CharField("地点", max_length=60, blank=True)
    expected = models.PositiveSmallIntegerField("应到会有选举权党员", null=True)
    present = models.PositiveSmallIntegerField("实到会有选举权党员", null=True)
    expected_note = models.CharField("应到说明", max_length=200, blank=True)
    base = models.CharField("过半数的基数", max_length=10, blank=True)  # of the rule at held_on
    base_reason = models.CharField("两种基数结果不同的处理", max_length=200, blank=True)
    approved_on = models.DateField("批准日期", null=True)
    approval_paper = models.CharField("批准文号", max_length=40, blank=True)
    filed_on = models.DateField("备案日期", null=True)
    filing_no = models.CharField("回执号", max_length=40, blank=True)
    opened_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    opened_at = models.DateTimeField("登记时间", auto_now_add=True)
    version = models.PositiveIntegerField(default=1)

    class Meta:
        verbose_name = "支部选举"
        ordering = ["-id"]
        constraints = [
            models.CheckConstraint(
                name="election_present_within_expected",
                condition=Q(present=None) | Q(expected=None) | Q(present__lte=F("expected")),
            ),
            models.CheckConstraint(
                name="election_counted_once_held",
                condition=~Q(state__in=["held", "concluded"])
                | Q(held_on__isnull=False, expected__isnull=False, present__isnull=False),
            ),
            models.UniqueConstraint(
                fields=["branch"],
                condition=Q(state__in=["preparing", "held"]),
                name="election_one_open_per_branch",
                violation_error_message="这个支部已有一次选举在办。",
            ),
        ]
        indexes = [
            models.Index(fields=["town", "state"], name="election_town"),
            models.Index(fields=["community", "state"], name="election_community"),
        ]

    def __str__(self):
        return f"{self.branch}{self.get_kind_display()}"


class ElectionVoter(Scoped):
    """Somebody of the branch on the day: counted among 应到, or not and why (R-103, R-141)."""

    scope_parent = "election"

    election = models.ForeignKey(Election, models.PROTECT, related_name="voters")
    member = models.ForeignKey(Member, models.PROTECT, verbose_name="党员", related_name="+")
    counted = models.BooleanField("计入应到", default=True)
    reason = models.CharField("不计入的原因", max_length=60, blank=True)

    class Meta:
        verbose_name = "选举人"
        constraints = [models.UniqueConstraint(fields=["election", "member"], name="electionvoter_once")]

    def __str__(self):
        return str(self.member)


class Ballot(Scoped):
    """One count: the 委员, the 书记 or the 副书记, in a first or a further round."""

    class Office(models.TextChoices):
        COMMITTEE = "committee", "委员"
        SECRETARY = "secretary", "书记"
        DEPUTY = "deputy_secretary", "副书记"

    scope_parent = "election"

    election = models.ForeignKey(Election, models.PROTECT, related_name="ballots")
    office = models.CharField("选什么", max_length=16, choices=Office)
    round = models.PositiveSmallIntegerField("第几次投票", default=1)
    seats = models.PositiveSmallIntegerField("应选")
    voters = models.PositiveSmallIntegerField("投票时在场", null=True)
    issued = models.PositiveSmallIntegerField("发出选票", null=True)
    returned = models.PositiveSmallIntegerField("收回选票", null=True)
    void = models.PositiveSmallIntegerField("废票", null=True)
    note = models.CharField("说明", max_length=200, blank=True)

    class Meta:
        verbose_name = "选票统计"
        ordering = ["election_id", "id"]
        constraints = [
            models.UniqueConstraint(fields=["election", "office", "round"], name="ballot_once_a_round"),
            models.CheckConstraint(
                name="ballot_void_within_returned",
                condition=Q(void=None) | Q(returned=None) | Q(void__lte=F("returned")),
            ),
        ]

    def __str__(self):
        return f"{self.get_office_display()}第{self.round}次"


class BallotName(Scoped):
    """A name on a ballot and its count; 另选他人 is written in (R-149)."""

    scope_parent = "ballot"

    ballot = models.ForeignKey(Ballot, models.PROTECT, related_name="names")
    person = models.ForeignKey(Person, models.PROTECT, verbose_name="候选人", related_name="+")
    position = models.PositiveSmallIntegerField("排列次序", default=0)
    written_in = models.BooleanField("另选他人", default=False)
    approve = models.PositiveSmallIntegerField("赞成", null=True)
    disapprove = models.PositiveSmallIntegerField("不赞成", null=True)
    abstain = models.PositiveSmallIntegerField("弃权", null=True)
    elected = models.BooleanField("当选", null=True)
    title = models.CharField("分工", max_length=24, choices=Post.Title, blank=True)

    class Meta:
        verbose_name = "候选人"
        ordering = ["written_in", "position", "id"]
        constraints = [models.UniqueConstraint(fields=["ballot", "person"], name="ballotname_once")]

    def __str__(self):
        return str(self.person)


class ElectionHelper(Scoped):
    """监票人、计票人: never a candidate (R-147)."""

    class Kind(models.TextChoices):
        CHIEF = "chief_scrutineer", "总监票人"
        SCRUTINEER = "scrutineer", "监票人"
        TELLER = "teller", "计票人"

    scope_parent = "election"

    election = models.ForeignKey(Election, models.PROTECT, related_name="helpers")
    person = models.ForeignKey(Person, models.PROTECT, related_name="+")
    kind = models.CharField("分工", max_length=20, choices=Kind)

    class Meta:
        verbose_name = "监票计票人"
        constraints = [models.UniqueConstraint(fields=["election", "person"], name="electionhelper_once")]

    def __str__(self):
        return str(self.person)
