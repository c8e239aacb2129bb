"""Where things are and which organisations exist: Town > Community > Compound; Body and what it covers."""

from django.db import models
from django.db.models import Q

from office.areas.dated import Dated, DatedQuerySet
from office.areas.scope import Scoped, ScopedQuerySet
from office.chinese.pinyin import sort_pinyin


class Town(Scoped):
    """镇（街道）: the widest scope there is; nothing is shared between towns."""

    scope = {"towns": "id"}

    name = models.CharField("名称", max_length=40, unique=True)
    county = models.CharField("所属县（市、区）", max_length=40, blank=True)

    class Meta:
        verbose_name = "镇"
        ordering = ["name"]

    def __str__(self):
        return self.name

    @property
    def party_committee(self):
        """The town's Party committee by its full name, as papers print it."""
        return f"中共{self.name}委员会"


class Community(Scoped):
    """社区（村）: the area of one residents' committee. Targets and coverage count 城市社区 only (decisions 1)."""

    class Kind(models.TextChoices):
        CITY = "city", "城市社区"
        VILLAGE = "village", "村"

    scope = {"towns": "town_id", "communities": "id"}

    town = models.ForeignKey(Town, models.PROTECT, verbose_name="镇", related_name="communities")
    name = models.CharField("名称", max_length=40)
    kind = models.CharField("类别", max_length=10, choices=Kind, default=Kind.CITY)
    position = models.PositiveSmallIntegerField("排列次序", default=0)

    class Meta:
        verbose_name = "社区"
        ordering = ["town_id", "position", "id"]
        constraints = [models.UniqueConstraint(fields=["town", "name"], name="community_name_once_per_town")]

    def __str__(self):
        return self.name


class Compound(Scoped):
    """小区: the residential compound a branch serves. Facts about it are typed here and nowhere else."""

    scope = {"towns": "town_id", "communities": "community_id", "compounds": "id"}
    scope_source = "community"

    town = models.ForeignKey(Town, models.PROTECT, verbose_name="镇", related_name="compounds")
    community = models.ForeignKey(Community, models.PROTECT, verbose_name="社区", related_name="compounds")
    name = models.CharField("名称", max_length=40)
    pinyin = models.CharField(max_length=200, default="", editable=False)
    households = models.PositiveIntegerField("户数", null=True, blank=True)
    buildings = models.PositiveSmallIntegerField("栋数", null=True, blank=True)
    built_year = models.PositiveSmallIntegerField("建成年份", null=True, blank=True)
    address = models.CharField("地址", max_length=100, blank=True)
    latitude_e6 = models.IntegerField("纬度（百万分之一度）", null=True, blank=True)
    longitude_e6 = models.IntegerField("经度（百万分之一度）", null=True, blank=True)
    neighbours = models.ManyToManyField("self", verbose_name="邻近小区", blank=True)

    class Meta:
        verbose_name = "小区"
        ordering = ["pinyin", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["community", "name"],
                name="compound_name_once_per_community",
                violation_error_message="这个社区里已经有同名的小区。",
            ),
            models.CheckConstraint(
                name="compound_coordinates_together_and_possible",
                condition=Q(latitude_e6=None, longitude_e6=None)
                | Q(latitude_e6__range=(-90_000_000, 90_000_000), longitude_e6__range=(-180_000_000, 180_000_000)),
            ),
        ]
        indexes = [
            models.Index(fields=["town", "pinyin", "id"], name="compound_town"),
            models.Index(fields=["community", "pinyin", "id"], name="compound_community"),
        ]

    def __str__(self):
        return self.name

    def copy_scope(self):
        super().copy_scope()
        self.pinyin = sort_pinyin(self.name)

    @property
    def compound_id(self):
        """So that rows may copy their home from a compound."""
        return self.pk


class BodyQuerySet(ScopedQuerySet, DatedQuerySet):
    pass


class Body(Scoped, Dated):
    """Any organisation that can hold posts, sit at a meeting, host an activity or own a task."""

    class Kind(models.TextChoices):
        TOWN_COMMITTEE = "town_committee", "镇党委"
        COMMUNITY_COMMITTEE = "community_committee", "社区党委"
        RESIDENTS_COMMITTEE = "residents_committee", "居委会"
        GUIDANCE_GROUP = "guidance_group", "指导组"
        BRANCH = "branch", "党支部"
        OWNERS_COMMITTEE = "owners_committee", "业委会"
        PREPARATORY_GROUP = "preparatory_group", "业委会筹备组"
        PROPERTY_PROJECT = "property_project", "物业项目部"
        MASS_ORGANISATION = "mass_organisation", "群团组织"
        SOCIAL_ORGANISATION = "social_organisation", "社会组织"
        PATCH = "patch", "片区"
        GRID_CELL = "grid_cell", "网格"

    scope = {"towns": "town_id", "communities": "community_id", "branches": "id"}

    town = models.ForeignKey(Town, models.PROTECT, verbose_name="镇", related_name="bodies")
    community = models.ForeignKey(
        Community, models.PROTECT, verbose_name="社区", related_name="bodies", null=True, blank=True
    )
    kind = models.CharField("类别", max_length=24, choices=Kind)
    name = models.CharField("全称", max_length=120)
    short_name = models.CharField("简称", max_length=60)

    objects = BodyQuerySet.as_manager()

    class Meta(Dated.Meta):
        verbose_name = "组织"
        constraints = [
            *Dated.Meta.constraints,
            models.UniqueConstraint(
                fields=["town", "kind", "name"],
                condition=Q(ends_on=None),
                name="body_name_once_per_town",
                violation_error_message="本镇已有同名的组织。",
            ),
            models.CheckConstraint(
                name="body_community_unless_of_the_town",
                condition=Q(community__isnull=False)
                | Q(kind__in=["town_committee", "social_organisation", "mass_organisation", "patch"]),
            ),
        ]
        indexes = [
            models.Index(fields=["town", "kind", "id"], name="body_town"),
            models.Index(fields=["community", "kind", "id"], name="body_community"),
        ]

    def __str__(self):
        return self.short_name

    def copy_scope(self):
        if self.community_id is not None:
            self.town_id = self.community.town_id

    @property
    def branch_id(self):
        """The branch this body is, so that rows may copy their home from it; None for other bodies."""
        return self.pk if self.kind == self.Kind.BRANCH else None


class Coverage(Scoped, Dated):
    """Body × Compound × from–until: which compounds a branch, an owners' committee or a property project serves."""

    scope = {
        "towns": "town_id",
        "communities": "community_id",
        "branches": "body_id",
        "compounds": "compound_id",
    }
    scope_source = "compound"

    body = models.ForeignKey(Body, models.PROTECT, verbose_name="组织", related_name="coverage")
    compound = models.ForeignKey(Compound, models.PROTECT, verbose_name="小区", related_name="coverage")
    town = models.ForeignKey(Town, models.PROTECT, related_name="+")
    community = models.ForeignKey(Community, models.PROTECT, related_name="+")

    objects = BodyQuerySet.as_manager()

    class Meta(Dated.Meta):
        verbose_name = "覆盖"
        constraints = [
            *Dated.Meta.constraints,
            models.UniqueConstraint(fields=["body", "compound"], condition=Q(ends_on=None), name="coverage_open_once"),
        ]
        indexes = [
            models.Index(fields=["town", "compound"], name="coverage_town"),
            models.Index(fields=["community", "compound"], name="coverage_community"),
        ]

    def __str__(self):
        return f"{self.body}—{self.compound}"

    def copy_scope(self):
        compound = self.compound
        self.town_id, self.community_id = compound.town_id, compound.community_id
