"""Around a branch's leadership: changes of the term, who may be asked to lead, groups."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from members.models import Member, Person, Post
from office.areas.dated import Dated
from office.areas.models import Body, BodyQuerySet, Community, Town
from office.areas.scope import Scoped

OF_BRANCH = {"towns": "town_id", "communities": "community_id", "branches": "branch_id"}
OF_COMMUNITY = {"towns": "town_id", "communities": "community_id"}


class TermChange(Scoped):
    """延期 or 提前换届, approved by the superior (R-124). Branch.term_ends_on is today's copy."""

    class Kind(models.TextChoices):
        EXTENDED = "extended", "延期"
        EARLY = "early", "提前换届"

    scope = OF_BRANCH
    scope_source = "branch"

    branch = models.ForeignKey(Body, models.PROTECT, verbose_name="党支部", related_name="term_changes")
    town = models.ForeignKey(Town, models.PROTECT, related_name="+")
    community = models.ForeignKey(Community, models.PROTECT, related_name="+")
    kind = models.CharField("类别", max_length=10, choices=Kind)
    was = models.DateField("原届满日")
    until = models.DateField("改到")
    approved_on = models.DateField("批准日期")
    paper = models.CharField("批准文号", max_length=80)
    reason = models.CharField("理由", max_length=200)
    recorded_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")

    class Meta:
        verbose_name = "任期变动"
        ordering = ["-id"]
        constraints = [
            models.CheckConstraint(
                name="termchange_goes_its_way",
                condition=Q(kind="extended", until__gt=F("was")) | Q(kind="early", until__lt=F("was")),
            ),
            models.CheckConstraint(name="termchange_by_a_paper", condition=~Q(paper="") & ~Q(reason="")),
        ]

    def __str__(self):
        return self.get_kind_display()


class PoolEntry(Scoped):
    """书记人才库: a member who agreed to be asked (方案三、1; N-23)."""

    class Consent(models.TextChoices):
        SAID = "said", "本人口头同意"
        SIGNED = "signed", "本人签字同意"

    scope = OF_COMMUNITY
    scope_source = "member"

    member = models.ForeignKey(Member, models.PROTECT, verbose_name="党员", related_name="+")
    town = models.ForeignKey(Town, models.PROTECT, related_name="+")
    community = models.ForeignKey(Community, models.PROTECT, related_name="+")
    consented_on = models.DateField("同意日期")
    consent = models.CharField("怎样同意", max_length=8, choices=Consent)
    note = models.CharField("说明", max_length=200, blank=True)
    left_on = models.DateField("退出日期", null=True)
    left_why = models.CharField("退出原因", max_length=60, blank=True)
    recorded_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")

    class Meta:
        verbose_name = "书记人才库"
        constraints = [
            models.UniqueConstraint(fields=["member"], condition=Q(left_on=None), name="poolentry_open_once")
        ]

    def __str__(self):
        return str(self.member)


class CandidateSheet(Scoped):
    """人选考察表: the plan's three criteria in words, no numbers (R-130, R-005). Town and community only."""

    scope = OF_COMMUNITY
    scope_source = "community"

    town = models.ForeignKey(Town, models.PROTECT, related_name="+")
    community = models.ForeignKey(Community, models.PROTECT, verbose_name="社区", related_name="+")
    branch = models.ForeignKey(Body, models.PROTECT, verbose_name="党支部", related_name="+", null=True)
    person = models.ForeignKey(Person, models.PROTECT, verbose_name="人选", related_name="+")
    office = models.CharField("拟任职务", max_length=24, choices=Post.Title)
    source = models.CharField("来源", max_length=32, choices=Post.Source, blank=True)
    political = models.CharField("政治素质", max_length=300, blank=True)
    standing = models.CharField("群众威信", max_length=300, blank=True)
    service = models.CharField("服务意识", max_length=300, blank=True)
    conflicts = models.CharField("回避和兼职情况", max_length=300, blank=True)
    opinion = models.CharField("意见", max_length=300, blank=True)
    written_on = models.DateField("日期")
    written_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    version = models.PositiveIntegerField(default=1)

    class Meta:
        verbose_name = "人选考察表"
        ordering = ["-id"]

    def __str__(self):
        return f"第{self.pk}号人选考察表"  # 姓名不进操作记录的标签


class PartyGroup(Scoped, Dated):
    """党小组 (R-132, R-133). Its leader is a Post(group_leader) of the branch whose 分工 is the group's name."""

    scope = OF_BRANCH
    scope_source = "branch"

    branch = models.ForeignKey(Body, models.PROTECT, verbose_name="党支部", related_name="groups")
    town = models.ForeignKey(Town, models.PROTECT, related_name="+")
    community = models.ForeignKey(Community, models.PROTECT, related_name="+")
    name = models.CharField("名称", max_length=30)
    reported_on = models.DateField("向上级报告日期", null=True)

    objects = BodyQuerySet.as_manager()

    class Meta(Dated.Meta):
        verbose_name = "党小组"
        constraints = [
            *Dated.Meta.constraints,
            models.UniqueConstraint(fields=["branch", "name"], condition=Q(ends_on=None), name="partygroup_name_once"),
        ]

    def __str__(self):
        return self.name


class PartyGroupMember(Scoped, Dated):
    """Member × group × from–until; one group at a time."""

    scope_parent = "group"

    group = models.ForeignKey(PartyGroup, models.PROTECT, related_name="members")
    member = models.ForeignKey(Member, models.PROTECT, verbose_name="党员", related_name="+")

    objects = BodyQuerySet.as_manager()

    class Meta(Dated.Meta):
        verbose_name = "党小组成员"
        constraints = [
            *Dated.Meta.constraints,
            models.UniqueConstraint(fields=["member"], condition=Q(ends_on=None), name="partygroupmember_in_one_group"),
        ]

    def __str__(self):
        return str(self.member)
