"""Who holds which post in which body, from when until when."""

from django.db import models
from django.db.models import Q

from members.models.person import Person
from office.areas.dated import Dated, DatedQuerySet
from office.areas.models import Body, Community, Town
from office.areas.scope import Scoped, ScopedQuerySet


class PostQuerySet(ScopedQuerySet, DatedQuerySet):
    pass


class Post(Scoped, Dated):
    """Person × Body × title × from–until × how obtained. 交叉任职 and every share are queries over these rows."""

    class Title(models.TextChoices):
        SECRETARY = "secretary", "书记"
        DEPUTY_SECRETARY = "deputy_secretary", "副书记"
        ORGANISATION = "org_member", "组织委员"
        PUBLICITY = "publicity_member", "宣传委员"
        DISCIPLINE = "discipline_member", "纪检委员"
        COMMITTEE_MEMBER = "committee_member", "委员"
        GROUP_LEADER = "group_leader", "党小组组长"
        CONCURRENT = "concurrent_member", "兼职委员"
        LIAISON = "liaison", "联系干部"
        CHAIR = "chair", "主任"
        VICE_CHAIR = "vice_chair", "副主任"
        SEAT = "seat", "委员"
        ALTERNATE = "alternate", "候补委员"
        PROJECT_MANAGER = "project_manager", "项目负责人"
        GROUP_HEAD = "group_head", "组长"
        GROUP_MEMBER = "group_member", "成员"
        GRID_WORKER = "grid_worker", "网格员"
        BUILDING_HEAD = "building_head", "楼栋长"
        PATCH_HEAD = "patch_head", "片区负责人"

    class How(models.TextChoices):
        ELECTED = "elected", "选举产生"
        APPOINTED = "appointed", "指派"
        ACTING = "acting", "暂任"
        RECOMMENDED = "recommended", "推荐"
        BY_ELECTION = "by_election", "补选"
        FILLED_UP = "filled_up", "递补"

    class Source(models.TextChoices):
        SELECTED = "source_selected", "小区选拔"
        DISPATCHED = "source_dispatched", "组织选派"
        RETIRED_HIRE = "source_retired_hire", "退休聘用"
        COMMUNITY_WORKER = "source_community_worker", "选派社区专职工作者"

    class EndedHow(models.TextChoices):
        TERM = "term", "任期届满"
        MOVED = "moved", "工作变动"
        RESIGNED = "resigned", "本人辞去"
        ADJUSTED = "adjusted", "组织调整"
        DIED = "died", "去世"
        REORGANISED = "reorganised", "支部调整"

    scope = {"towns": "town_id", "communities": "community_id", "branches": "branch_id"}
    scope_source = "body"

    person = models.ForeignKey(Person, models.PROTECT, verbose_name="人员", related_name="posts")
    body = models.ForeignKey(Body, models.PROTECT, verbose_name="组织", related_name="posts")
    town = models.ForeignKey(Town, models.PROTECT, related_name="+")
    community = models.ForeignKey(Community, models.PROTECT, related_name="+", null=True)
    branch = models.ForeignKey(Body, models.PROTECT, related_name="+", null=True)
    title = models.CharField("职务", max_length=24, choices=Title)
    position = models.PositiveSmallIntegerField("排列次序", default=0)
    how = models.CharField("产生方式", max_length=16, choices=How, blank=True)
    source = models.CharField("来源", max_length=32, choices=Source, blank=True)
    paper = models.CharField("依据文件", max_length=80, blank=True)
    duty = models.CharField("分工", max_length=40, blank=True)  # 支委分工、党小组、楼栋长的楼栋
    reason = models.CharField("理由", max_length=200, blank=True)
    ended_how = models.CharField("离任原因", max_length=16, choices=EndedHow, blank=True)
    ended_paper = models.CharField("离任依据", max_length=80, blank=True)

    objects = PostQuerySet.as_manager()

    class Meta(Dated.Meta):
        verbose_name = "任职"
        ordering = ["position", "id"]
        constraints = [
            *Dated.Meta.constraints,
            models.UniqueConstraint(
                fields=["body", "title"],
                condition=Q(ends_on=None, title__in=["secretary", "chair", "project_manager", "liaison", "patch_head"]),
                name="post_one_holder_at_a_time",
                violation_error_message="这个职务已有人担任，先结束原来的任职。",
            ),
            models.UniqueConstraint(
                fields=["person", "body", "title"],
                condition=Q(ends_on=None),
                name="post_open_once_per_person",
            ),
            # 组织调整要有决定（C-12）
            models.CheckConstraint(
                name="post_adjusted_by_a_paper", condition=~Q(ended_how="adjusted") | ~Q(ended_paper="")
            ),
        ]
        indexes = [
            models.Index(fields=["town", "title", "body"], name="post_town"),
            models.Index(fields=["community", "title", "body"], name="post_community"),
            models.Index(fields=["body", "ends_on"], name="post_body"),
            models.Index(fields=["person", "ends_on"], name="post_person"),
        ]

    def __str__(self):
        return f"{self.body}{self.get_title_display()}"

    def copy_scope(self):
        self.town_id, self.community_id = self.body.town_id, self.body.community_id
        self.branch_id = self.body.branch_id


BRANCH_OFFICERS = (
    Post.Title.SECRETARY,
    Post.Title.DEPUTY_SECRETARY,
    Post.Title.ORGANISATION,
    Post.Title.PUBLICITY,
    Post.Title.DISCIPLINE,
    Post.Title.COMMITTEE_MEMBER,
)
OWNERS_SEATS = (Post.Title.CHAIR, Post.Title.VICE_CHAIR, Post.Title.SEAT)
