"""One decision about branches on its way: 设立, 联合, 调整, 撤销 (R-110…R-116)."""

import uuid

from django.conf import settings
from django.db import models
from django.db.models import Q

from members.models import Member, Person, Post
from office.areas.models import Body, Community, Compound, Town
from office.areas.scope import Scoped
from office.papers.models import Document


class BranchCase(Scoped):
    """社区党委会研究 → 请示 → 镇审核 → 镇党委会 → 批复 → 选举或指派 → 备案 (decisions 2, 11).

    How far a paper is stands on the paper (`request`, `reply`), never here. `branch` is the result; for 调整 the branch
    itself, for 撤销 the one that takes its members in. The term has no default: it is what the 批复 says (R-123).
    """

    class Kind(models.TextChoices):
        OWN = "own", "单独成立"
        JOINT = "joint", "成立联合党支部"
        ADJUST = "adjust", "调整"
        DISSOLVE = "dissolve", "撤销"

    class State(models.TextChoices):
        DRAFT = "draft", "起草"
        APPLIED = "applied", "已请示"
        AGREED = "agreed", "镇党委会已同意"
        APPROVED = "approved", "已批复待选举"
        DONE = "done", "已办结"
        FILED = "filed", "已备案"
        DECLINED = "declined", "不同意"
        WITHDRAWN = "withdrawn", "已撤回"

    class Leaders(models.TextChoices):
        ELECTION = "election", "党员大会选举"
        APPOINTMENT = "appointment", "镇党委指派"

    CLOSED = (State.FILED, State.DECLINED, State.WITHDRAWN)
    DECIDED = (State.AGREED, State.APPROVED, State.DONE, State.FILED)
    IN_EFFECT = (State.APPROVED, State.DONE, State.FILED)

    scope = {"towns": "town_id", "communities": "community_id", "branches": "branch_id"}
    scope_source = "community"

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    town = models.ForeignKey(Town, models.PROTECT, related_name="+")
    community = models.ForeignKey(Community, models.PROTECT, verbose_name="社区", related_name="branch_cases")
    branch = models.ForeignKey(Body, models.PROTECT, verbose_name="党支部", related_name="cases", null=True)
    kind = models.CharField("事项", max_length=10, choices=Kind)
    state = models.CharField("状态", max_length=10, choices=State, default=State.DRAFT)
    directed = models.BooleanField("镇党委直接决定", default=False)
    name = models.CharField("全称", max_length=120, blank=True)
    short_name = models.CharField("简称", max_length=60, blank=True)
    has_committee = models.BooleanField("设支部委员会", default=False)
    term_years = models.PositiveSmallIntegerField("任期（年）", null=True, blank=True)
    leaders = models.CharField("班子产生", max_length=12, choices=Leaders, default=Leaders.ELECTION)
    secretary = models.ForeignKey(Person, models.PROTECT, verbose_name="书记人选", related_name="+", null=True)
    secretary_source = models.CharField("书记人选来源", max_length=32, choices=Post.Source, blank=True)
    reality = models.CharField("治理实际", max_length=200, blank=True)
    reason = models.CharField("理由", max_length=300, blank=True)
    community_met_on = models.DateField("社区党委会研究日期", null=True)
    applied_on = models.DateField("请示日期", null=True)  # the first time; R-110 counts from it
    town_met_on = models.DateField("镇党委会日期", null=True)
    town_item = models.CharField("议题", max_length=80, blank=True)
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", null=True)
    answer = models.CharField("答复", max_length=200, blank=True)
    effective_on = models.DateField("生效日期", null=True)
    filed_on = models.DateField("备案日期", null=True)
    filed_with = models.CharField("向谁备案", max_length=60, blank=True)
    filing_no = models.CharField("回执号", max_length=40, blank=True)
    request = models.OneToOneField(Document, models.PROTECT, verbose_name="请示", related_name="+", null=True)
    reply = models.OneToOneField(Document, models.PROTECT, verbose_name="批复", related_name="+", null=True)
    request_version = models.PositiveIntegerField(default=0)  # of the 请示 as this case last wrote it
    figures = models.JSONField("成立表", default=dict)
    opened_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    opened_at = models.DateTimeField("起草时间", auto_now_add=True)
    version = models.PositiveIntegerField(default=1)

    class Meta:
        verbose_name = "支部设立调整"
        ordering = ["-id"]
        constraints = [
            models.CheckConstraint(
                name="branchcase_kind_known", condition=Q(kind__in=["own", "joint", "adjust", "dissolve"])
            ),
            models.CheckConstraint(
                name="branchcase_asked_by_a_paper",
                condition=Q(state__in=["draft", "withdrawn"]) | Q(directed=True) | Q(request__isnull=False),
            ),
            models.CheckConstraint(
                name="branchcase_studied_by_the_community",
                condition=Q(state__in=["draft", "withdrawn"]) | Q(directed=True) | Q(community_met_on__isnull=False),
            ),
            models.CheckConstraint(
                name="branchcase_decided_by_the_town",
                condition=~Q(state__in=["agreed", "approved", "done", "filed", "declined"])
                | Q(town_met_on__isnull=False, decided_by__isnull=False) & ~Q(town_item=""),
            ),
            models.CheckConstraint(
                name="branchcase_in_effect_by_a_paper",
                condition=~Q(state__in=["approved", "done", "filed"])
                | Q(reply__isnull=False, branch__isnull=False, effective_on__isnull=False),
            ),
            models.CheckConstraint(
                name="branchcase_declined_with_answer", condition=~Q(state="declined") | ~Q(answer="")
            ),
            models.CheckConstraint(
                name="branchcase_filed_on_a_day", condition=~Q(state="filed") | Q(filed_on__isnull=False)
            ),
            models.CheckConstraint(
                name="branchcase_term_is_five_or_three", condition=Q(term_years=None) | Q(term_years__in=[3, 5])
            ),
        ]
        indexes = [
            models.Index(fields=["town", "state"], name="branchcase_town"),
            models.Index(fields=["community", "state"], name="branchcase_community"),
        ]

    def __str__(self):
        return f"{self.get_kind_display()}：{self.short_name}"


class CaseCompound(Scoped):
    """A compound of a case; in one open case at a time."""

    scope_parent = "case"

    case = models.ForeignKey(BranchCase, models.PROTECT, related_name="compounds")
    compound = models.ForeignKey(Compound, models.PROTECT, verbose_name="小区", related_name="+")
    is_open = models.BooleanField(default=True)  # copy of the case, so that the database refuses the second

    class Meta:
        verbose_name = "事项的小区"
        constraints = [
            models.UniqueConstraint(fields=["case", "compound"], name="casecompound_once"),
            models.UniqueConstraint(
                fields=["compound"], condition=Q(is_open=True), name="casecompound_in_one_open_case"
            ),
        ]

    def __str__(self):
        return str(self.compound)


class CaseBranch(Scoped):
    """A branch that a case replaces, changes or dissolves; in one open case at a time."""

    scope_parent = "case"

    case = models.ForeignKey(BranchCase, models.PROTECT, related_name="old_branches")
    branch = models.ForeignKey(Body, models.PROTECT, verbose_name="党支部", related_name="+")
    is_open = models.BooleanField(default=True)

    class Meta:
        verbose_name = "事项的原支部"
        constraints = [
            models.UniqueConstraint(fields=["case", "branch"], name="casebranch_once"),
            models.UniqueConstraint(fields=["branch"], condition=Q(is_open=True), name="casebranch_in_one_open_case"),
        ]

    def __str__(self):
        return str(self.branch)


class CaseMember(Scoped):
    """A line of the 党员划转名单 (decisions 2)."""

    scope_parent = "case"

    case = models.ForeignKey(BranchCase, models.PROTECT, related_name="members")
    member = models.ForeignKey(Member, models.PROTECT, verbose_name="党员", related_name="+")
    from_branch = models.ForeignKey(Body, models.PROTECT, verbose_name="原支部", related_name="+", null=True)
    ticked = models.BooleanField("划转", default=True)

    class Meta:
        verbose_name = "党员划转名单"
        constraints = [models.UniqueConstraint(fields=["case", "member"], name="casemember_once")]

    def __str__(self):
        return str(self.member)
