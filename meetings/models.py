"""Meetings of every kind, who came, and what was decided."""

import uuid

from django.conf import settings
from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.utils import timezone

from members.models import Person
from office.areas.models import Body, Community, Compound, Town
from office.areas.scope import Scoped, ScopedQuerySet, one_or_many

LATE_AFTER_DAYS = 30  # 会后超过一个月才录入的，注明补录；不锁定、不标红（architecture §1）


class MeetingQuerySet(ScopedQuerySet):
    def within(self, reach, *, of_few=False):
        """Meetings of whole towns, and those that a body or compound in the reach took part in.

        Where the rows at hand are few anyway (`of_few`), each is looked up instead of all that the reach sees.
        """
        if reach.towns and not (reach.communities or reach.branches or reach.compounds):
            return super().within(reach)
        part = MeetingBody.objects.within(reach)
        seen = Q(Exists(part.filter(meeting=OuterRef("pk")))) if of_few else Q(pk__in=part.values("meeting"))
        return self.filter(one_or_many("town", reach.towns) | seen) if reach else self.none()


class Meeting(Scoped):
    """One meeting. `branch` is who held it, `compound` where; every body that took part has a MeetingBody row."""

    class Kind(models.TextChoices):
        JOINT = "joint_meeting", "联席会议"
        WEEKEND = "weekend_deliberation", "周末议事会"
        FORUM = "residents_forum", "民情恳谈会"
        MEMBERS = "member_meeting", "支部党员大会"
        COMMITTEE = "committee_meeting", "支委会"
        GROUP = "group_meeting", "党小组会"
        LECTURE = "party_lecture", "党课"
        THEME_DAY = "theme_day", "主题党日"
        ORG_LIFE = "org_life_meeting", "组织生活会"
        APPRAISAL = "member_appraisal", "民主评议党员"
        COMMUNITY_STUDY = "community_study", "社区党委专题研究"

    class State(models.TextChoices):
        DRAFT = "draft", "草稿"
        FILED = "filed", "已录入"
        CONFIRMED = "confirmed", "支部已确认"

    scope = {"towns": "town_id"}

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    town = models.ForeignKey(Town, models.PROTECT, related_name="+")
    community = models.ForeignKey(Community, models.PROTECT, verbose_name="社区", related_name="meetings", null=True)
    branch = models.ForeignKey(Body, models.PROTECT, verbose_name="党支部", related_name="meetings", null=True)
    compound = models.ForeignKey(Compound, models.PROTECT, verbose_name="小区", related_name="meetings", null=True)
    kind = models.CharField("类型", max_length=24, choices=Kind)
    title = models.CharField("议题", max_length=80)
    held_on = models.DateField("日期")
    held_at = models.TimeField("时间", null=True, blank=True)
    place = models.CharField("地点", max_length=60, blank=True)
    chair = models.ForeignKey(Person, models.PROTECT, verbose_name="主持人", related_name="+", null=True, blank=True)
    recorder = models.CharField("记录人", max_length=40, blank=True)
    discussion = models.TextField("讨论情况", max_length=20000, blank=True)
    expected = models.PositiveSmallIntegerField("应到", default=0)
    present = models.PositiveSmallIntegerField("实到", default=0)
    state = models.CharField("状态", max_length=12, choices=State, default=State.FILED)
    filed_at = models.DateTimeField("录入时间", null=True)
    filed_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", null=True)
    # 小区工作人员、支部书记起草，等社区录入；pending 是起草的那张表原样。
    drafted_at = models.DateTimeField("起草时间", null=True)
    drafted_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", null=True)
    pending = models.JSONField("起草的内容", default=dict, blank=True)
    changed_at = models.DateTimeField("修改时间", null=True)
    changed_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", null=True)
    confirmed_at = models.DateTimeField("确认时间", null=True)
    confirmed_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", null=True)
    objection = models.CharField("支部说哪里不对", max_length=200, blank=True)
    version = models.PositiveIntegerField(default=1)

    objects = MeetingQuerySet.as_manager()

    class Meta:
        verbose_name = "会议"
        ordering = ["-held_on", "-id"]
        constraints = [
            models.CheckConstraint(
                name="meeting_filed_when_not_a_draft",
                condition=Q(state="draft", filed_at=None)
                | ~Q(state="draft") & Q(filed_at__isnull=False, filed_by__isnull=False),
            ),
            models.CheckConstraint(
                name="meeting_present_within_expected", condition=Q(present__lte=models.F("expected"))
            ),
        ]
        indexes = [
            models.Index(fields=["town", "held_on", "id"], name="meeting_town"),
            models.Index(fields=["community", "kind", "held_on"], name="meeting_community"),
            models.Index(fields=["branch", "kind", "held_on"], name="meeting_branch"),
            models.Index(fields=["compound", "kind", "held_on"], name="meeting_compound"),
        ]

    def __str__(self):
        return f"{self.get_kind_display()}：{self.title}"

    @property
    def is_late_entry(self):
        """补录: entered long after the day. Told, never punished (N-15)."""
        return bool(self.filed_at) and (timezone.localdate(self.filed_at) - self.held_on).days > LATE_AFTER_DAYS

    @property
    def written_by(self):
        """Who wrote it as it stands now; nobody confirms what they wrote themselves (decisions 8)."""
        return self.changed_by_id or self.filed_by_id


class MeetingBody(Scoped):
    """Meeting × body that took part: what each side may see, and who convened."""

    class Part(models.TextChoices):
        CONVENER = "convener", "召集"
        ATTENDING = "attending", "参加"

    scope = {
        "towns": "town_id",
        "communities": "community_id",
        "branches": "branch_id",
        "compounds": "compound_id",
    }

    meeting = models.ForeignKey(Meeting, models.CASCADE, related_name="bodies")
    body = models.ForeignKey(Body, models.PROTECT, related_name="+", null=True)
    town = models.ForeignKey(Town, models.PROTECT, related_name="+")
    community = models.ForeignKey(Community, models.PROTECT, related_name="+", null=True)
    branch = models.ForeignKey(Body, models.PROTECT, related_name="+", null=True)
    compound = models.ForeignKey(Compound, models.PROTECT, related_name="+", null=True)
    part = models.CharField(max_length=12, choices=Part, default=Part.ATTENDING)

    class Meta:
        verbose_name = "参会组织"
        indexes = [
            models.Index(fields=["community", "meeting"], name="meetingbody_community"),
            models.Index(fields=["branch", "meeting"], name="meetingbody_branch"),
            models.Index(fields=["compound", "meeting"], name="meetingbody_compound"),
        ]

    def __str__(self):
        return f"{self.meeting_id}·{self.body}"


class Attendance(Scoped):
    """One person at one meeting: a known Person, or a guest whose name was typed once."""

    class Status(models.TextChoices):
        PRESENT = "present", "到会"
        LEAVE = "leave", "请假"
        ABSENT = "absent", "缺席"
        OBSERVER = "observer", "列席"

    scope_parent = "meeting"

    meeting = models.ForeignKey(Meeting, models.CASCADE, related_name="attendance")
    person = models.ForeignKey(Person, models.PROTECT, related_name="attendance", null=True)
    guest = models.CharField("来宾姓名", max_length=40, blank=True)
    represents = models.CharField("代表", max_length=60, blank=True)
    status = models.CharField("到会", max_length=12, choices=Status, default=Status.PRESENT)
    note = models.CharField("说明", max_length=60, blank=True)

    class Meta:
        verbose_name = "到会情况"
        constraints = [
            models.CheckConstraint(
                name="attendance_person_or_guest",
                condition=Q(person__isnull=False, guest="") | Q(person=None) & ~Q(guest=""),
            ),
            models.UniqueConstraint(
                fields=["meeting", "person"], condition=Q(person__isnull=False), name="attendance_once"
            ),
        ]

    def __str__(self):
        return self.guest or str(self.person)


class DecisionQuerySet(ScopedQuerySet):
    def openable_by(self, user):
        """Each that the user may open: within reach, or their own task, whatever meeting gave it to them."""
        return self.visible_to(user) | self.filter(owner_person__user=user)


class Decision(Scoped):
    """What a meeting decided: numbered per community and year, with an owner and a day (P-31)."""

    scope = {
        "towns": "town_id",
        "communities": "community_id",
        "branches": "branch_id",
        "compounds": "compound_id",
    }
    scope_source = "meeting"

    meeting = models.ForeignKey(Meeting, models.PROTECT, related_name="decisions")
    town = models.ForeignKey(Town, models.PROTECT, related_name="+")
    community = models.ForeignKey(Community, models.PROTECT, related_name="+", null=True)
    branch = models.ForeignKey(Body, models.PROTECT, related_name="+", null=True)
    compound = models.ForeignKey(Compound, models.PROTECT, related_name="+", null=True)
    year = models.PositiveSmallIntegerField("年度")
    number = models.PositiveIntegerField("编号")
    text = models.CharField("决定", max_length=200)
    owner_person = models.ForeignKey(Person, models.PROTECT, related_name="decisions", null=True, blank=True)
    owner_body = models.ForeignKey(Body, models.PROTECT, related_name="+", null=True, blank=True)
    due_on = models.DateField("期限", null=True, blank=True)
    done_on = models.DateField("办结日期", null=True, blank=True)
    outcome = models.CharField("办理结果", max_length=200, blank=True)

    objects = DecisionQuerySet.as_manager()

    class Meta:
        verbose_name = "会议决定"
        constraints = [
            models.UniqueConstraint(fields=["community", "year", "number"], name="decision_number_once"),
            models.CheckConstraint(name="decision_one_owner", condition=Q(owner_person=None) | Q(owner_body=None)),
        ]
        indexes = [
            models.Index(fields=["town", "done_on", "due_on"], name="decision_town"),
            models.Index(fields=["community", "done_on", "due_on"], name="decision_community"),
            models.Index(fields=["branch", "done_on", "due_on"], name="decision_branch"),
            models.Index(fields=["compound", "done_on", "due_on"], name="decision_compound"),
        ]

    def __str__(self):
        return self.text

    @property
    def label(self):
        return f"{self.year}—{self.number:03d}"

    @property
    def owner(self):
        return self.owner_person or self.owner_body

    def state_on(self, day):
        """办理状态 in words and the kind of badge it takes."""
        if self.done_on:
            return "已办结", "ok"
        if self.due_on is None:
            return "办理中", "plain"
        days = (self.due_on - day).days
        if days < 0:
            return f"过期{-days}天", "err"
        return ("今天到期", "warn") if days == 0 else (f"还有{days}天", "warn" if days <= 7 else "plain")


class DecisionRegister(Scoped):
    """How far a community's decisions of one year are numbered; its row lock keeps numbers without gap or double."""

    scope = {"towns": "town_id", "communities": "community_id"}
    scope_source = "community"

    community = models.ForeignKey(Community, models.PROTECT, related_name="+")
    town = models.ForeignKey(Town, models.PROTECT, related_name="+")
    year = models.PositiveSmallIntegerField("年度")
    last = models.PositiveIntegerField("用到第几号", default=0)

    class Meta:
        verbose_name = "决定编号"
        constraints = [models.UniqueConstraint(fields=["community", "year"], name="decisionregister_once_a_year")]

    def __str__(self):
        return f"{self.community} {self.year}年"


class DecisionStep(Scoped):
    """What was said or done about a decision: progress, done, postponed. Typed for its owner it is 代录 (decisions 7)."""

    class What(models.TextChoices):
        PROGRESS = "progress", "进展"
        DONE = "done", "办结"
        POSTPONED = "postponed", "延期"
        REOPENED = "reopened", "重新办理"

    scope_parent = "decision"

    decision = models.ForeignKey(Decision, models.PROTECT, related_name="steps")
    what = models.CharField("办理情况", max_length=12, choices=What)
    text = models.CharField("说明", max_length=200, blank=True)
    on = models.DateField("日期")
    due_before = models.DateField("原期限", null=True)
    due_after = models.DateField("新期限", null=True)
    filled_for = models.CharField("代录", max_length=60, blank=True)  # 替谁录的；空的是本人
    at = models.DateTimeField("记录时间")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")

    class Meta:
        verbose_name = "办理情况"
        ordering = ["-id"]

    def __str__(self):
        return f"{self.decision}：{self.get_what_display()}"


class MeetingVersion(Scoped):
    """A meeting as it read before somebody changed it: the original is kept, with author and time (R-743)."""

    scope_parent = "meeting"

    meeting = models.ForeignKey(Meeting, models.PROTECT, related_name="versions")
    number = models.PositiveIntegerField("第几版")
    content = models.JSONField("内容")  # meetings.summary.content
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", null=True)
    at = models.DateTimeField("时间", null=True)
    was_confirmed = models.BooleanField("支部确认过", default=False)

    class Meta:
        verbose_name = "会议记录旧版"
        ordering = ["-number"]
        constraints = [models.UniqueConstraint(fields=["meeting", "number"], name="meetingversion_once")]

    def __str__(self):
        return f"{self.meeting} 第{self.number}版"
