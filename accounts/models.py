"""Who works here and what they may do: User, dated Assignment, suggestions, login slips."""

from datetime import timedelta

from django.contrib.auth.models import AbstractBaseUser, BaseUserManager
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.crypto import salted_hmac
from django.utils.functional import cached_property

from accounts.roles import OF_BRANCH, OF_COMMUNITY, OF_COMPOUND, OF_TOWN, Role
from office.areas.dated import Dated, DatedQuerySet
from office.areas.models import Body, Compound, Coverage, Town
from office.areas.prepared import prepared
from office.areas.scope import NOTHING, Reach, Scoped, ScopedQuerySet


class UserManager(BaseUserManager):
    def get_queryset(self):
        """With the town: every page shows its name."""
        return super().get_queryset().select_related("town")

    def create_user(self, username, password=None, **fields):
        user = self.model(username=username, **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def administered_by(self, user):
        """Accounts of the towns the user administers."""
        return self.filter(town__in=user.administers)


class User(AbstractBaseUser):
    """An account. Its rights come from today's assignments, read anew at each request."""

    username = models.CharField(
        "账号", max_length=40, unique=True, error_messages={"unique": "这个账号名已有人用，请换一个。"}
    )
    name = models.CharField("姓名", max_length=40)
    phone = models.CharField("联系电话", max_length=20, blank=True)
    town = models.ForeignKey(Town, models.PROTECT, verbose_name="镇", related_name="users")
    is_active = models.BooleanField("启用", default=True)
    is_demo = models.BooleanField("试用账号", default=False)
    must_change_password = models.BooleanField("须改口令", default=False)
    password_changed_at = models.DateTimeField("口令修改时间", null=True)
    session_version = models.PositiveIntegerField(default=0)
    created_at = models.DateTimeField(auto_now_add=True)

    objects = UserManager()
    USERNAME_FIELD = "username"
    REQUIRED_FIELDS = ["name"]

    class Meta:
        verbose_name = "账号"
        ordering = ["town_id", "username"]

    def __str__(self):
        return self.name

    def _get_session_auth_hash(self, secret=None):
        """Raising `session_version` ends every session of the account at once."""
        return salted_hmac(
            "accounts.User.session",
            f"{self.password}{self.session_version}",
            secret=secret,
            algorithm="sha256",
        ).hexdigest()

    @cached_property
    def current_assignments(self):
        """Today's assignments with their bodies, one query; the few of other days are sorted out here, on every page."""
        today = timezone.localdate()
        return [assignment for assignment in _assignments_of(self.pk) if assignment.is_on(today)]

    @cached_property
    def roles(self):
        return {a.role for a in self.current_assignments}

    @cached_property
    def reach(self):
        """What the user may see: the union over today's assignments."""
        return self.reach_as(*Role)

    def reach_as(self, *roles):
        """What the user may reach in these roles only; the answer to “may they do it to this row”."""
        reach = NOTHING
        for assignment in self.current_assignments:
            if assignment.role in roles:
                reach |= self._reach_of(assignment)
        return reach

    def _reach_of(self, assignment):
        if assignment.role in OF_TOWN:
            return Reach(towns=frozenset([assignment.town_id]))
        if assignment.role in OF_COMMUNITY:
            return Reach(communities=frozenset([assignment.community_id]))
        if assignment.role in OF_BRANCH:
            return Reach(
                branches=frozenset([assignment.body_id]),
                compounds=frozenset(self._covered_today.get(assignment.body_id, ())),
            )
        if assignment.role in OF_COMPOUND:
            return Reach(compounds=frozenset([assignment.compound_id]))
        return NOTHING

    @cached_property
    def _covered_today(self):
        """Compounds covered today, by branch, for the user's branches: one query for all of them."""
        branches = [a.body_id for a in self.current_assignments if a.role in OF_BRANCH]
        covered = {}
        for body, compound in _covered(branches, timezone.localdate()):
            covered.setdefault(body, []).append(compound)
        return covered

    def has_role(self, *roles):
        return not self.roles.isdisjoint(roles)

    def towns_as(self, *roles):
        """Towns in which the user holds one of `roles` today; what administrators' deeds ask."""
        return frozenset(a.town_id for a in self.current_assignments if a.role in roles)

    @property
    def administers(self):
        """Towns whose accounts the user keeps (系统或安全管理员)."""
        return self.towns_as(Role.SYSTEM_ADMIN, Role.SECURITY_ADMIN)

    @property
    def audits(self):
        """Towns whose trail the user reads (审计管理员)."""
        return self.towns_as(Role.AUDITOR)

    @property
    def office_line(self):
        """The line beside the name: what the person is here, e.g. “城东社区 社区书记”; places of one role together."""
        places = {}
        for assignment in self.current_assignments:
            places.setdefault(assignment.get_role_display(), []).append(assignment.place)
        lines = (" ".join(filter(None, ["、".join(filter(None, where)), role])) for role, where in places.items())
        return "、".join(lines) or "尚未分配职责"


class AssignmentQuerySet(ScopedQuerySet, DatedQuerySet):
    def visible_to(self, user):
        """Administrators see their town's assignments; everybody sees their own."""
        return self.filter(Q(town__in=user.administers) | Q(user=user.pk))


class Assignment(Scoped, Dated):
    """User × role × body (or compound) × from–until; rights end the day after `ends_on`."""

    scope = {"towns": "town_id"}

    user = models.ForeignKey(User, models.PROTECT, verbose_name="账号", related_name="assignments")
    role = models.CharField("职责", max_length=24, choices=Role)
    body = models.ForeignKey(Body, models.PROTECT, verbose_name="所在组织", null=True, blank=True)
    compound = models.ForeignKey(Compound, models.PROTECT, verbose_name="小区", null=True, blank=True)
    town = models.ForeignKey(Town, models.PROTECT, related_name="+")
    community = models.ForeignKey("areas.Community", models.PROTECT, related_name="+", null=True)
    reason = models.CharField("兼任理由", max_length=200, blank=True)

    objects = AssignmentQuerySet.as_manager()

    class Meta(Dated.Meta):
        verbose_name = "职责"
        constraints = [
            *Dated.Meta.constraints,
            models.CheckConstraint(
                name="assignment_to_a_body_or_a_compound",
                condition=Q(role=Role.COMPOUND_WORKER, body=None, compound__isnull=False)
                | ~Q(role=Role.COMPOUND_WORKER) & Q(body__isnull=False, compound=None),
                violation_error_message="小区工作人员要选小区，其他职责要选所在组织。",
            ),
            models.UniqueConstraint(
                fields=["user", "role", "body"],
                condition=Q(ends_on=None, compound=None),
                name="assignment_open_once_per_body",
            ),
            models.UniqueConstraint(
                fields=["user", "role", "compound"],
                condition=Q(ends_on=None, body=None),
                name="assignment_open_once_per_compound",
            ),
        ]

    def __str__(self):
        return self.title

    def copy_scope(self):
        home = self.body if self.body_id else self.compound
        self.town_id, self.community_id = home.town_id, home.community_id

    @property
    def title(self):
        return f"{self.place} {self.get_role_display()}".strip()

    @property
    def place(self):
        """Where the role holds, in words; "" for the whole town."""
        if self.role in OF_COMMUNITY:
            return str(self.community)
        if self.role in OF_BRANCH:
            return str(self.body)
        return str(self.compound) if self.role in OF_COMPOUND else ""


@prepared
def _assignments_of(user):
    return Assignment.objects.filter(user=user).select_related("body", "compound", "community").order_by("id")


@prepared
def _covered(branches, day):
    return Coverage.objects.on(day).filter(body__in=branches).values_list("body_id", "compound_id")


class FeedbackQuerySet(ScopedQuerySet):
    def visible_to(self, user):
        """One's own suggestions; the town's office sees and answers all of its town."""
        offices = user.reach_as(Role.TOWN_OFFICE).towns
        return self.filter(Q(town__in=offices) | Q(user=user.pk))


class Feedback(Scoped):
    """意见建议 and its answer (R-1008)."""

    scope = {"towns": "town_id"}
    scope_source = "user"

    user = models.ForeignKey(User, models.PROTECT, verbose_name="提出人", related_name="feedback")
    town = models.ForeignKey(Town, models.PROTECT, related_name="+")
    page = models.CharField("在哪一页", max_length=200, blank=True)
    text = models.TextField("意见建议", max_length=1000)
    given_at = models.DateTimeField("提出时间", auto_now_add=True)
    answer = models.TextField("答复", max_length=1000, blank=True)
    answered_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    answered_at = models.DateTimeField("答复时间", null=True)
    token = models.UUIDField("防重复提交", unique=True)

    objects = FeedbackQuerySet.as_manager()

    class Meta:
        verbose_name = "意见建议"
        ordering = ["-id"]
        constraints = [
            models.CheckConstraint(
                name="feedback_answered_at_and_by_together",
                condition=Q(answered_at=None, answered_by=None)
                | Q(answered_at__isnull=False, answered_by__isnull=False),
            )
        ]

    def __str__(self):
        # 正文里可能写了别人的事，不进标签和操作记录。
        return f"第{self.pk}条意见建议"


class LoginSlipQuerySet(ScopedQuerySet):
    def waiting(self, now):
        """Made, neither used nor taken back, and not yet too old."""
        return self.filter(used_at=None, revoked_at=None, expires_at__gt=now)

    def devices(self, now):
        """Slips by which a device is still signed in."""
        return self.filter(used_at__gt=now - LoginSlip.STAYS, revoked_at=None)


class LoginSlip(Scoped):
    """扫码登录条 (decisions 10): a sheet by which a branch secretary's phone signs in once and stays so for a while.

    Only the hash of what the sheet says is kept. Used, the row is the signed-in device; taken back, the device is out.
    """

    VALID = timedelta(minutes=15)
    STAYS = timedelta(days=30)

    scope = {"towns": "town_id", "communities": "community_id", "branches": "branch_id"}
    scope_source = "branch"

    user = models.ForeignKey(User, models.PROTECT, verbose_name="给谁用", related_name="slips")
    branch = models.ForeignKey(Body, models.PROTECT, verbose_name="党支部", related_name="+")
    town = models.ForeignKey(Town, models.PROTECT, related_name="+")
    community = models.ForeignKey("areas.Community", models.PROTECT, related_name="+")
    token_hash = models.CharField(max_length=64, unique=True)
    made_by = models.ForeignKey(User, models.PROTECT, verbose_name="谁开的", related_name="+")
    made_at = models.DateTimeField("开条时间")
    expires_at = models.DateTimeField("有效到")
    used_at = models.DateTimeField("使用时间", null=True)
    device = models.CharField("设备", max_length=40, blank=True)
    revoked_at = models.DateTimeField("收回时间", null=True)
    revoked_by = models.ForeignKey(User, models.PROTECT, related_name="+", null=True)

    objects = LoginSlipQuerySet.as_manager()

    class Meta:
        verbose_name = "扫码登录条"
        constraints = [
            models.CheckConstraint(
                name="loginslip_revoked_at_and_by_together",
                condition=Q(revoked_at=None, revoked_by=None) | Q(revoked_at__isnull=False, revoked_by__isnull=False),
            ),
            models.CheckConstraint(name="loginslip_not_for_oneself", condition=~Q(user=models.F("made_by"))),
        ]
        indexes = [
            models.Index(fields=["user", "used_at"], name="loginslip_user"),
            models.Index(fields=["branch", "made_at"], name="loginslip_branch"),
        ]

    def __str__(self):
        return f"{self.user}的登录条"

    @property
    def stays_until(self):
        """When the device that used it is signed out; None while unused."""
        return self.used_at and self.used_at + self.STAYS

    def keeps_in(self, now):
        """Whether the device that used it is still signed in."""
        return bool(self.used_at) and self.revoked_at is None and now < self.stays_until


class SlipSwitch(Scoped):
    """Whether a town uses 扫码登录条; without a row it does."""

    scope = {"towns": "town_id"}

    town = models.OneToOneField(Town, models.PROTECT, verbose_name="镇", related_name="+")
    on = models.BooleanField("启用", default=True)
    set_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    set_at = models.DateTimeField("设定时间")

    class Meta:
        verbose_name = "扫码登录条开关"

    def __str__(self):
        return f"{self.town}：{'启用' if self.on else '停用'}"
