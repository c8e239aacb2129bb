"""People: anybody the office knows by name, their Party membership, and the posts they hold."""

import uuid

from django.conf import settings
from django.db import models
from django.db.models import Q

from members.identity import CannotOpen, fingerprint, seal, unseal
from office.areas.dated import PRECISIONS, Dated, DatedQuerySet
from office.areas.models import Body, Community, Compound, Town
from office.areas.scope import Scoped, ScopedQuerySet
from office.chinese.masking import mask_id, mask_phone
from office.chinese.pinyin import pinyin_keys, sort_pinyin
from office.chinese.strokes import stroke_key

UNOPENED = "登记过，但用现有密钥打不开，请系统管理员核对"


class PersonQuerySet(ScopedQuerySet):
    def within(self, reach):
        """People of whole towns, and those with a place in the reach."""
        places = PersonPlace.objects.within(reach).values("person")
        if reach.towns and not (reach.communities or reach.branches or reach.compounds):
            return super().within(reach)
        return self.filter(Q(town__in=reach.towns) | Q(pk__in=places)) if reach else self.none()

    def found_by(self, text):
        """Narrow by 汉字, pinyin, initials or the last four digits of a phone (C13)."""
        text = text.strip().lower()
        if text.isascii() and text.isdecimal() and len(text) == 4:
            return self.filter(phone_tail=text)
        if text.isascii():
            return self.filter(pinyin__contains=text.replace(" ", ""))
        return self.filter(name__contains=text)


class Person(Scoped):
    """Anybody the office knows by name, once, in one town."""

    class Sex(models.TextChoices):
        MALE = "M", "男"
        FEMALE = "F", "女"

    class Political(models.TextChoices):
        PARTY = "party", "中共党员"
        LEAGUE = "league", "共青团员"
        OTHER_PARTY = "other_party", "民主党派"
        MASSES = "masses", "群众"

    scope = {"towns": "town_id"}

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    town = models.ForeignKey(Town, models.PROTECT, verbose_name="镇", related_name="people")
    name = models.CharField("姓名", max_length=40)
    strokes = models.CharField(max_length=400, editable=False)
    pinyin = models.CharField(max_length=400, editable=False)
    sex = models.CharField("性别", max_length=1, choices=Sex, blank=True)
    birth_date = models.DateField("出生日期", null=True, blank=True)
    phone = models.CharField("联系电话", max_length=20, blank=True)
    phone_tail = models.CharField(max_length=4, blank=True, editable=False)
    political_status = models.CharField("政治面貌", max_length=12, choices=Political, blank=True)
    unit = models.CharField("单位", max_length=80, blank=True)
    id_sealed = models.CharField(max_length=200, blank=True, editable=False)
    id_fingerprint = models.CharField(max_length=64, null=True, editable=False)  # noqa: DJ001 - NULL 允许多人未填
    user = models.OneToOneField(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="person")

    objects = PersonQuerySet.as_manager()

    class Meta:
        verbose_name = "人员"
        ordering = ["strokes", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["town", "id_fingerprint"],
                name="person_id_number_once_per_town",
                violation_error_message="本镇已有人登记了这个公民身份号码。",
            )
        ]
        indexes = [
            models.Index(fields=["town", "strokes", "id"], name="person_town"),
            models.Index(fields=["town", "phone_tail"], name="person_phone"),
            models.Index(fields=["town", "phone"], name="person_same_phone"),
            models.Index(fields=["town", "name"], name="person_name"),
        ]

    def __str__(self):
        return self.name

    def copy_scope(self):
        """The sort and search keys travel with the name and phone."""
        self.strokes, self.pinyin = stroke_key(self.name), pinyin_keys(self.name)
        self.phone_tail = self.phone[-4:]

    def set_id_number(self, number):
        self.id_sealed = seal(number, self.uuid) if number else ""
        self.id_fingerprint = fingerprint(number, self.town_id) if number else None

    def id_number(self):
        """The number in clear; only the reveal deed and the roster comparison call it."""
        return unseal(self.id_sealed, self.uuid) if self.id_sealed else ""

    def shown_id(self, shape=str):
        """The number in the given shape for a page, or the words for one that the keys at hand do not open."""
        try:
            return shape(self.id_number()) if self.id_sealed else ""
        except CannotOpen:
            return UNOPENED

    @property
    def masked_id(self):
        return self.shown_id(mask_id)

    @property
    def masked_phone(self):
        return mask_phone(self.phone) if self.phone else ""

    @property
    def sort_pinyin(self):
        return sort_pinyin(self.name)


class PersonPlace(Scoped):
    """Where a person may be seen from: one row per community, branch or compound, kept by members.places."""

    scope = {
        "towns": "town_id",
        "communities": "community_id",
        "branches": "branch_id",
        "compounds": "compound_id",
    }

    person = models.ForeignKey(Person, models.CASCADE, related_name="places")
    town = models.ForeignKey(Town, models.PROTECT, related_name="+")
    community = models.ForeignKey(Community, models.PROTECT, related_name="+")
    branch = models.ForeignKey(Body, models.PROTECT, related_name="+", null=True)
    compound = models.ForeignKey(Compound, models.PROTECT, related_name="+", null=True)
    # 三个归属合成一格：两种数据库对 NULL 的唯一约束看法不同。
    key = models.CharField(max_length=80, editable=False)

    class Meta:
        verbose_name = "可见范围"
        constraints = [
            models.UniqueConstraint(fields=["person", "key"], name="personplace_once"),
        ]
        indexes = [
            models.Index(fields=["community", "person"], name="personplace_community"),
            models.Index(fields=["branch", "person"], name="personplace_branch"),
            models.Index(fields=["compound", "person"], name="personplace_compound"),
        ]

    def __str__(self):
        return f"{self.person_id}@{self.community_id}"

    def copy_scope(self):
        self.key = f"{self.community_id}:{self.branch_id or ''}:{self.compound_id or ''}"


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

    objects = PostQuerySet.as_manager()

    class Meta(Dated.Meta):
        verbose_name = "任职"
        ordering = ["position", "id"]
        constraints = [
            *Dated.Meta.constraints,
            models.UniqueConstraint(
                fields=["body", "title"],
                condition=Q(ends_on=None, title__in=["secretary", "chair", "project_manager", "liaison"]),
                name="post_one_holder_at_a_time",
                violation_error_message="这个职务已有人担任，先结束原来的任职。",
            ),
            models.UniqueConstraint(
                fields=["person", "body", "title"],
                condition=Q(ends_on=None),
                name="post_open_once_per_person",
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


class NotSame(Scoped):
    """Two people who look like one and were told apart by somebody who knows them (P-12).

    `keys` are the signs they shared that day (members.duplicates.SIGNS): a sign that joins later asks again.
    `community` is theirs where both belong to one, else empty: then the pair is the town's.
    """

    scope = {"towns": "town_id", "communities": "community_id"}

    one = models.ForeignKey(Person, models.CASCADE, related_name="+")
    other = models.ForeignKey(Person, models.CASCADE, related_name="+")
    town = models.ForeignKey(Town, models.PROTECT, related_name="+")
    community = models.ForeignKey(Community, models.PROTECT, related_name="+", null=True)
    keys = models.CharField("相同之处", max_length=80)
    reason = models.CharField("理由", max_length=100, blank=True)
    told_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, verbose_name="核对人", related_name="+")
    told_at = models.DateTimeField("核对时间")

    class Meta:
        verbose_name = "不是同一个人"
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(fields=["one", "other"], name="notsame_once_per_pair"),
            models.CheckConstraint(name="notsame_in_order", condition=Q(one__lt=models.F("other"))),
        ]
        indexes = [
            models.Index(fields=["town", "id"], name="notsame_town"),
            models.Index(fields=["community", "id"], name="notsame_community"),
        ]

    def __str__(self):
        return f"{self.one}和{self.other}"


class MergeRecord(Scoped):
    """Two records made one (P-11), and what undoes it: everything touched as it was, sealed, for thirty days."""

    scope = {"towns": "town_id", "communities": "community_id"}

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    kept = models.ForeignKey(Person, models.PROTECT, related_name="+")
    dropped = models.BigIntegerField("合并掉的编号", db_index=True)
    name = models.CharField("姓名", max_length=40)
    town = models.ForeignKey(Town, models.PROTECT, related_name="+")
    community = models.ForeignKey(Community, models.PROTECT, related_name="+", null=True)
    image = models.TextField(editable=False)
    merged_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, verbose_name="合并人", related_name="+")
    merged_at = models.DateTimeField("合并时间", db_index=True)

    class Meta:
        verbose_name = "合并记录"
        ordering = ["-id"]
        indexes = [
            models.Index(fields=["town", "id"], name="mergerecord_town"),
            models.Index(fields=["community", "id"], name="mergerecord_community"),
        ]

    def __str__(self):
        return self.name


BRANCH_OFFICERS = (
    Post.Title.SECRETARY,
    Post.Title.DEPUTY_SECRETARY,
    Post.Title.ORGANISATION,
    Post.Title.PUBLICITY,
    Post.Title.DISCIPLINE,
    Post.Title.COMMITTEE_MEMBER,
)
OWNERS_SEATS = (Post.Title.CHAIR, Post.Title.VICE_CHAIR, Post.Title.SEAT)


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


class Census(Scoped):
    """摸排党员: one round in a town, in which every community checks its register (方案三、1)."""

    scope = {"towns": "town_id"}

    town = models.ForeignKey(Town, models.PROTECT, verbose_name="镇", related_name="censuses")
    title = models.CharField("名称", max_length=40)
    check_what = models.CharField("要核对什么", max_length=100, blank=True)
    opens_on = models.DateField("开始日期")
    due_on = models.DateField("截止日期")
    opened_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    closed_on = models.DateField("结束日期", null=True)
    closed_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", null=True)

    class Meta:
        verbose_name = "摸排"
        ordering = ["-opens_on", "-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["town"],
                condition=Q(closed_on=None),
                name="census_one_open_in_a_town",
                violation_error_message="上一轮摸排还没有结束，先结束它。",
            ),
            models.CheckConstraint(
                name="census_due_after_opening",
                condition=Q(due_on__gte=models.F("opens_on")),
                violation_error_message="截止日期不能早于开始日期。",
            ),
            models.CheckConstraint(
                name="census_closed_by_and_on_together",
                condition=Q(closed_on=None, closed_by=None) | Q(closed_on__isnull=False, closed_by__isnull=False),
            ),
        ]

    def __str__(self):
        return self.title


class CensusReturn(Scoped):
    """One community's part of a round: its register as it stood at the opening and when it was signed off.

    A register is kept as {person id: version of the Member row}, so that 新增、更新、转出 are a comparison and each
    number has its rows. Figures are the counts on the same day.
    """

    scope = {"towns": "town_id", "communities": "community_id"}
    scope_source = "community"

    census = models.ForeignKey(Census, models.PROTECT, verbose_name="摸排", related_name="returns")
    community = models.ForeignKey(Community, models.PROTECT, verbose_name="社区", related_name="+")
    town = models.ForeignKey(Town, models.PROTECT, related_name="+")
    opening_figures = models.JSONField("开始时人数")
    opening_register = models.JSONField()
    final_figures = models.JSONField("核对后人数", null=True)
    final_register = models.JSONField(null=True)
    note = models.CharField("说明", max_length=200, blank=True)
    confirmed_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", null=True)
    confirmed_at = models.DateTimeField("确认时间", null=True)
    reminded_on = models.DateField("提醒日期", null=True)

    class Meta:
        verbose_name = "社区摸排情况"
        ordering = ["census_id", "community__position", "community_id"]
        constraints = [
            models.UniqueConstraint(fields=["census", "community"], name="censusreturn_once_per_community"),
            models.CheckConstraint(
                name="censusreturn_confirmed_at_and_by_together",
                condition=Q(confirmed_at=None, confirmed_by=None)
                | Q(confirmed_at__isnull=False, confirmed_by__isnull=False, final_figures__isnull=False),
            ),
        ]
        indexes = [models.Index(fields=["community", "census"], name="censusreturn_community")]

    def __str__(self):
        return f"{self.census}：{self.community}"
