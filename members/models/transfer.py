"""What waits for somebody's answer: a transfer between communities, a remark that something is wrong."""

from django.conf import settings
from django.db import models
from django.db.models import Q

from members.models.member import Member
from office.areas.models import Body, Community, Compound, Town
from office.areas.scope import Scoped, ScopedQuerySet


class TransferQuerySet(ScopedQuerySet):
    def within(self, reach):
        """Both communities see it, and their town."""
        if not (reach.towns or reach.communities):
            return self.none()
        ours = Q(from_community__in=reach.communities) | Q(to_community__in=reach.communities)
        return self.filter(Q(town__in=reach.towns) | ours)


class Transfer(Scoped):
    """组织关系 from one community of the town to another: one side opens it, the other settles it.

    Until then the member stays where he is (R-213). `branch`, `home_compound` and `relation` are what the receiving
    community says, at once when it asks, at the end when it is handed somebody.
    """

    class State(models.TextChoices):
        OPEN = "open", "等对方确认"
        DONE = "done", "已转"
        DECLINED = "declined", "没有同意"
        WITHDRAWN = "withdrawn", "已撤回"

    scope = {"towns": "town_id", "communities": "to_community_id"}

    member = models.ForeignKey(Member, models.PROTECT, verbose_name="党员", related_name="transfers")
    town = models.ForeignKey(Town, models.PROTECT, related_name="+")
    from_community = models.ForeignKey(Community, models.PROTECT, verbose_name="转出社区", related_name="+")
    to_community = models.ForeignKey(Community, models.PROTECT, verbose_name="转入社区", related_name="+")
    asked_by_receiver = models.BooleanField("由转入社区提出", default=False)
    branch = models.ForeignKey(Body, models.PROTECT, verbose_name="转入党支部", related_name="+", null=True)
    home_compound = models.ForeignKey(Compound, models.PROTECT, verbose_name="居住小区", related_name="+", null=True)
    relation = models.CharField("关系类别", max_length=16, choices=Member.Relation, default=Member.Relation.DIRECT)
    state = models.CharField("状态", max_length=12, choices=State, default=State.OPEN)
    opened_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    opened_on = models.DateField("提出日期")
    settled_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", null=True)
    settled_on = models.DateField("办结日期", null=True)
    answer = models.CharField("说明", max_length=100, blank=True)

    objects = TransferQuerySet.as_manager()

    class Meta:
        verbose_name = "社区间转接"
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(fields=["member"], condition=Q(state="open"), name="transfer_open_once_per_member"),
            models.CheckConstraint(
                name="transfer_between_two_communities", condition=~Q(from_community=models.F("to_community"))
            ),
            models.CheckConstraint(
                name="transfer_settled_by_and_on_together",
                condition=Q(state="open", settled_by=None, settled_on=None)
                | ~Q(state="open") & Q(settled_by__isnull=False, settled_on__isnull=False),
            ),
        ]
        indexes = [
            models.Index(fields=["from_community", "state"], name="transfer_from"),
            models.Index(fields=["to_community", "state"], name="transfer_to"),
        ]

    def __str__(self):
        return f"{self.from_community}→{self.to_community}"

    def copy_scope(self):
        self.town_id = self.to_community.town_id

    @property
    def answering_id(self):
        """The community whose word is awaited."""
        return self.from_community_id if self.asked_by_receiver else self.to_community_id

    @property
    def asking_id(self):
        return self.to_community_id if self.asked_by_receiver else self.from_community_id


class Correction(Scoped):
    """资料有误: somebody who may read a member's page says what is wrong; who keeps the register sees to it."""

    scope_parent = "member"

    member = models.ForeignKey(Member, models.PROTECT, verbose_name="党员", related_name="corrections")
    text = models.CharField("哪里不对", max_length=200)
    given_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, verbose_name="提出人", related_name="+")
    given_at = models.DateTimeField("提出时间", auto_now_add=True)
    token = models.UUIDField("防重复提交", unique=True)
    settled_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", null=True)
    settled_at = models.DateTimeField("办结时间", null=True)
    answer = models.CharField("怎么处理的", max_length=100, blank=True)

    class Meta:
        verbose_name = "资料有误"
        ordering = ["-id"]
        constraints = [
            models.CheckConstraint(
                name="correction_settled_at_and_by_together",
                condition=Q(settled_at=None, settled_by=None) | Q(settled_at__isnull=False, settled_by__isnull=False),
            )
        ]

    def __str__(self):
        return f"第{self.pk}条资料有误"
