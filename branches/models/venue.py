"""Where a branch meets: rooms, the yearly 七有, what is said about each item, the town's texts for the wall."""

from django.db import models
from django.db.models import Q

from office.areas.models import Body, Community, Compound, Town
from office.areas.scope import Scoped


class Room(Scoped):
    """党群服务中心 and shared rooms (M-08, R-501). `area_cm2` in square centimetres."""

    class Kind(models.TextChoices):
        CENTRE = "centre", "党群服务中心"
        ACTIVITY = "activity_room", "党员活动室"
        SHARED = "shared", "共享场所"

    scope = {"towns": "town_id", "communities": "community_id"}
    scope_source = "community"

    community = models.ForeignKey(Community, models.PROTECT, verbose_name="社区", related_name="rooms")
    town = models.ForeignKey(Town, models.PROTECT, related_name="+")
    compound = models.ForeignKey(Compound, models.PROTECT, verbose_name="小区", related_name="+", null=True)
    kind = models.CharField("类别", max_length=14, choices=Kind)
    name = models.CharField("名称", max_length=40)
    address = models.CharField("地址", max_length=80)
    area_cm2 = models.BigIntegerField("面积（平方厘米）", null=True)
    owner = models.CharField("产权或提供单位", max_length=40, blank=True)
    shared_with = models.CharField("与谁共用", max_length=120, blank=True)
    plate = models.BooleanField("门牌规范", null=True)
    closed_on = models.DateField("停用日期", null=True)

    class Meta:
        verbose_name = "活动场所"
        constraints = [models.UniqueConstraint(fields=["community", "name"], name="room_name_once")]

    def __str__(self):
        return self.name


class Venue(Scoped):
    """七有 of one branch in one year (R-501…R-507): True 有, False 无, NULL 未记录; yearly state only (R-516)."""

    ITEMS = (
        ("place", "场所"),
        ("facilities", "设施"),
        ("signs", "标志"),
        ("flag", "党旗"),
        ("oath", "誓词"),
        ("books", "书报"),
        ("systems", "制度"),
    )

    scope = {"towns": "town_id", "communities": "community_id", "branches": "branch_id"}
    scope_source = "branch"

    branch = models.ForeignKey(Body, models.PROTECT, verbose_name="党支部", related_name="venues")
    town = models.ForeignKey(Town, models.PROTECT, related_name="+")
    community = models.ForeignKey(Community, models.PROTECT, related_name="+")
    year = models.PositiveSmallIntegerField("年度")
    address = models.CharField("地点", max_length=80, blank=True)
    place = models.BooleanField("场所", null=True)
    facilities = models.BooleanField("设施", null=True)
    signs = models.BooleanField("标志", null=True)
    flag = models.BooleanField("党旗", null=True)
    oath = models.BooleanField("誓词", null=True)
    books = models.BooleanField("书报", null=True)
    systems = models.BooleanField("制度", null=True)
    checked_on = models.DateField("查看日期", null=True)
    room = models.ForeignKey(Room, models.PROTECT, verbose_name="所在场所", related_name="venues", null=True)
    version = models.PositiveIntegerField(default=1)

    class Meta:
        verbose_name = "阵地七有"
        constraints = [models.UniqueConstraint(fields=["branch", "year"], name="venue_once_a_year")]
        indexes = [models.Index(fields=["town", "year"], name="venue_town")]

    def __str__(self):
        return f"{self.branch} {self.year}年七有"

    @property
    def held(self):
        """How many of the seven are there."""
        return sum(getattr(self, field) is True for field, _ in self.ITEMS)

    @property
    def missing(self):
        """The words of those recorded as missing; 未记录 is not missing (R-319)."""
        return [label for field, label in self.ITEMS if getattr(self, field) is False]


class VenueDetail(Scoped):
    """What is said about one item in one year. The seven keep their columns; 门牌, 宣传栏 and wall items stand here.

    An item that does not apply says why (N-27); nothing here is ever counted (R-512, R-513). One photo at most (R-516).
    """

    scope_parent = "venue"

    venue = models.ForeignKey(Venue, models.PROTECT, related_name="details")
    item = models.CharField("项目", max_length=20)
    has = models.BooleanField("具备", null=True)
    applies = models.BooleanField("适用", default=True)
    note = models.CharField("说明", max_length=120, blank=True)
    plan_on = models.DateField("计划时间", null=True)
    photo = models.CharField("照片位置", max_length=100, blank=True)  # relative to the storage's root
    photo_sha256 = models.CharField("照片校验值", max_length=64, blank=True)

    class Meta:
        verbose_name = "阵地项目说明"
        constraints = [
            models.UniqueConstraint(fields=["venue", "item"], name="venuedetail_once"),
            models.CheckConstraint(name="venuedetail_not_applicable_says_why", condition=Q(applies=True) | ~Q(note="")),
        ]

    def __str__(self):
        return self.item


class WallText(Scoped):
    """The town's own text of a sheet for the wall; without it the product's words are printed."""

    scope = {"towns": "town_id"}

    town = models.ForeignKey(Town, models.PROTECT, related_name="+")
    name = models.CharField("哪一张", max_length=20)
    text = models.TextField("内容", max_length=2000)

    class Meta:
        verbose_name = "上墙内容"
        constraints = [models.UniqueConstraint(fields=["town", "name"], name="walltext_once")]

    def __str__(self):
        return self.name
