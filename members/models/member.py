"""Party membership: as it is today, and the dated rows behind it."""

from django.conf import settings
from django.db import models
from django.db.models import Q

from members.models.person import Person
from office.areas.dated import PRECISIONS, Dated, DatedQuerySet
from office.areas.models import Body, Community, Compound, Town
from office.areas.scope import Scoped, ScopedQuerySet
from office.chinese.strokes import stroke_key


class Member(Scoped):
    """A Person's Party membership as it is today; how it came about stands in Placement.

    正式/预备 (stage), 直管/在职报到/流入 (relation), 流出 and 党籍 (status) are separate facts (decisions 3, R-201, R-202).
    居住小区 is not 所在党支部 (decisions 1).
    """

    class Stage(models.TextChoices):
        FULL = "full", "正式党员"
        PROBATIONARY = "probationary", "预备党员"

    class Relation(models.TextChoices):
        DIRECT = "direct", "直管"
        IN_SERVICE = "in_service", "在职报到"
        FLOATING_IN = "floating_in", "流入"

    class Status(models.TextChoices):
        NORMAL = "normal", "正常"
        SUSPENDED = "suspended", "停止党籍"
        LEFT = "left", "已转出"
        DECEASED = "deceased", "已去世"

    class Background(models.TextChoices):
        RETIRED = "retired", "离退休"
        RETIRED_CADRE = "retired_cadre", "退休干部"
        TRANSFERRED_OFFICER = "transferred_officer", "军转干部"
        COMMUNITY_WORKER = "community_worker", "社区专职工作者"
        EMPLOYED = "employed", "在职"
        OTHER = "other", "其他"

    scope = {
        "towns": "town_id",
        "communities": "community_id",
        "branches": "branch_id",
        "compounds": "home_compound_id",
    }
    scope_source = "community"

    person = models.OneToOneField(Person, models.PROTECT, primary_key=True, related_name="member", verbose_name="人员")
    town = models.ForeignKey(Town, models.PROTECT, related_name="+")
    community = models.ForeignKey(Community, models.PROTECT, verbose_name="社区", related_name="members")
    branch = models.ForeignKey(
        Body, models.PROTECT, verbose_name="所在党支部", related_name="members", null=True, blank=True
    )
    home_compound = models.ForeignKey(
        Compound, models.PROTECT, verbose_name="居住小区", related_name="residents", null=True, blank=True
    )
    strokes = models.CharField(max_length=400, editable=False)
    stage = models.CharField("人员类别", max_length=16, choices=Stage, default=Stage.FULL)
    relation = models.CharField("关系类别", max_length=16, choices=Relation, default=Relation.DIRECT)
    floating_out = models.BooleanField("流出", default=False)
    status = models.CharField("党籍状态", max_length=12, choices=Status, default=Status.NORMAL)
    joined_on = models.DateField("加入党组织日期", null=True, blank=True)
    joined_precision = models.CharField("入党日期准到", max_length=1, choices=PRECISIONS, default="d")
    full_on = models.DateField("转为正式党员日期", null=True, blank=True)
    full_precision = models.CharField("转正日期准到", max_length=1, choices=PRECISIONS, default="d")
    background = models.CharField("身份", max_length=24, choices=Background, blank=True)
    employer_org = models.CharField("单位党组织", max_length=80, blank=True)
    owns_unit = models.BooleanField("本小区业主", default=False)
    door = models.CharField("楼栋房号", max_length=40, blank=True)
    vote_suspended_from = models.DateField("表决权暂停自", null=True, blank=True)
    vote_suspended_until = models.DateField("表决权暂停至", null=True, blank=True)
    version = models.PositiveIntegerField(default=1)

    class Meta:
        verbose_name = "党员"
        ordering = ["strokes", "person_id"]
        constraints = [
            models.CheckConstraint(
                name="member_full_not_before_joining",
                condition=Q(joined_on=None) | Q(full_on=None) | Q(full_on__gte=models.F("joined_on")),
                violation_error_message="转为正式党员的日期不能早于加入党组织的日期。",
            ),
            models.CheckConstraint(
                name="member_direct_has_a_branch",
                condition=~Q(relation="direct") | ~Q(status="normal") | Q(branch__isnull=False),
                violation_error_message="直管党员要写明所在党支部。",
            ),
        ]
        indexes = [
            models.Index(fields=["town", "strokes", "person"], name="member_town"),
            models.Index(fields=["community", "strokes", "person"], name="member_community"),
            models.Index(fields=["branch", "strokes", "person"], name="member_branch"),
            models.Index(fields=["home_compound", "strokes", "person"], name="member_compound"),
        ]

    def __str__(self):
        return self.person.name

    def copy_scope(self):
        super().copy_scope()
        self.strokes = self.person.strokes or stroke_key(self.person.name)


class PlacementQuerySet(ScopedQuerySet, DatedQuerySet):
    pass


class Placement(Scoped, Dated):
    """Member × branch × relation × from–until: the dated truth behind Member.branch and Member.relation."""

    class How(models.TextChoices):
        RECORDED = "recorded", "建档"
        TRANSFERRED = "transferred", "组织关系转接"
        BULK = "bulk_transfer", "划转"
        REGISTERED = "registered", "报到登记"

    scope = {"towns": "town_id", "communities": "community_id", "branches": "branch_id"}

    member = models.ForeignKey(Member, models.PROTECT, related_name="placements")
    town = models.ForeignKey(Town, models.PROTECT, related_name="+")
    community = models.ForeignKey(Community, models.PROTECT, related_name="+")
    branch = models.ForeignKey(Body, models.PROTECT, related_name="placements", null=True)
    relation = models.CharField("关系类别", max_length=16, choices=Member.Relation)
    how = models.CharField("途径", max_length=16, choices=How, default=How.RECORDED)

    objects = PlacementQuerySet.as_manager()

    class Meta(Dated.Meta):
        verbose_name = "党员归属"
        constraints = [
            *Dated.Meta.constraints,
            models.UniqueConstraint(
                fields=["member"], condition=Q(ends_on=None), name="placement_open_once_per_member"
            ),
        ]
        indexes = [models.Index(fields=["branch", "ends_on"], name="placement_branch")]

    def __str__(self):
        return f"{self.member_id}@{self.branch_id}"

    def copy_scope(self):
        self.town_id = self.community.town_id


class StandingChange(Scoped):
    """党籍 or 在册 changed: what, from which day, decided by whom. Member.status is today's copy.

    Why somebody's 党籍 was suspended is not asked (decisions 5); `decided_by` is the organisation and the person.
    """

    scope_parent = "member"

    member = models.ForeignKey(Member, models.PROTECT, verbose_name="党员", related_name="standing_changes")
    status = models.CharField("党籍状态", max_length=12, choices=Member.Status)
    on = models.DateField("从哪天起")
    decided_by = models.CharField("谁决定的", max_length=80, blank=True)
    paper = models.CharField("文件或批准文号", max_length=80, blank=True)
    place = models.CharField("去向", max_length=80, blank=True)
    recorded_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")

    class Meta:
        verbose_name = "党籍变动"
        ordering = ["-on", "-id"]
        constraints = [
            models.CheckConstraint(
                name="standing_suspended_by_somebody_on_paper",
                condition=~Q(status="suspended") | ~Q(decided_by="") & ~Q(paper=""),
            )
        ]

    def __str__(self):
        return self.get_status_display()
