"""The year: what a branch secretary reports to the community Party committee (R-402)."""

from django.conf import settings
from django.db import models, transaction
from django.db.models import Q
from django.utils import timezone

from accounts.roles import Role
from office.areas.models import Body, Community, Town
from office.areas.scope import Scoped, ScopedQuerySet
from office.audit import trail


class BranchReportQuerySet(ScopedQuerySet):
    def readable_by(self, user):
        """Reports whose text the user may read: what is not handed in is for the branch's secretary and liaison."""
        own = user.reach_as(Role.BRANCH_SECRETARY, Role.LIAISON).branches
        handed_in = Q(state__in=self.model.HANDED_IN)
        return self.visible_to(user).filter(handed_in | Q(branch__in=own))


class BranchReport(Scoped):
    """支部书记年度述职: draft → submitted → received, or returned with a comment. Late is allowed and said.

    Filled in by the 联系干部 (代填) it is handed in by the secretary's own word, or by a signed paper that somebody else
    records.
    """

    class State(models.TextChoices):
        DRAFT = "draft", "还没有提交"
        SUBMITTED = "submitted", "已提交"
        RETURNED = "returned", "退回修改"
        RECEIVED = "received", "已收下"

    HANDED_IN = (State.SUBMITTED, State.RECEIVED)
    OPEN = (State.DRAFT, State.RETURNED)  # 支部可以改
    BOXES = ("mended", "done", "problem", "cause", "plan")
    MUST = ("problem", "cause", "plan")  # 交之前要写的

    scope = {"towns": "town_id", "communities": "community_id", "branches": "branch_id"}
    scope_source = "branch"

    branch = models.ForeignKey(Body, models.PROTECT, verbose_name="党支部", related_name="reports")
    town = models.ForeignKey(Town, models.PROTECT, related_name="+")
    community = models.ForeignKey(Community, models.PROTECT, related_name="+")
    year = models.PositiveSmallIntegerField("年度")
    state = models.CharField("状态", max_length=12, choices=State, default=State.DRAFT)
    numbers = models.JSONField("提交时的数字", default=list, blank=True)  # [[名称, 数字, 说明]]
    checked_at = models.DateTimeField("核对数字时间", null=True)
    mended = models.TextField("上年的问题改得怎么样", max_length=200, blank=True)
    chosen = models.JSONField("选出的事", default=list, blank=True)  # [[来历, 写法]]，写法是选的时候看到的
    done = models.TextField("做成的事", max_length=600, blank=True)
    problem = models.TextField("今年最大的问题", max_length=200, blank=True)
    cause = models.TextField("为什么没解决好", max_length=200, blank=True)
    plan = models.TextField("明年打算", max_length=200, blank=True)
    submitted_at = models.DateTimeField("提交时间", null=True)
    submitted_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", null=True)
    comment = models.CharField("社区意见", max_length=200, blank=True)
    received_at = models.DateTimeField("收下时间", null=True)
    received_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", null=True)
    saved_at = models.DateTimeField("最后保存", null=True)
    saved_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", null=True)
    filled_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, verbose_name="代填人", related_name="+", null=True
    )
    filled_at = models.DateTimeField("代填时间", null=True)
    offered_at = models.DateTimeField("请书记确认时间", null=True)
    signed_on = models.DateField("书记签字日期", null=True)
    seen_by = models.CharField("看着签字的人", max_length=40, blank=True)
    recorded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, verbose_name="代录人", related_name="+", null=True
    )
    reminded_at = models.DateTimeField("提醒时间", null=True)
    reminded_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", null=True)
    version = models.PositiveIntegerField(default=1)

    objects = BranchReportQuerySet.as_manager()

    class Meta:
        verbose_name = "支部书记述职"
        constraints = [
            models.UniqueConstraint(fields=["branch", "year"], name="branchreport_once_a_year"),
            models.CheckConstraint(
                name="branchreport_submitted_when_not_a_draft",
                condition=Q(state="draft", submitted_at=None)
                | ~Q(state="draft") & Q(submitted_at__isnull=False, submitted_by__isnull=False),
            ),
            models.CheckConstraint(
                name="branchreport_received_at_and_by_together",
                condition=Q(state="received", received_at__isnull=False, received_by__isnull=False)
                | ~Q(state="received") & Q(received_at=None, received_by=None),
            ),
            models.CheckConstraint(
                name="branchreport_filled_at_and_by_together",
                condition=Q(filled_at=None, filled_by=None, offered_at=None)
                | Q(filled_at__isnull=False, filled_by__isnull=False),
            ),
            models.CheckConstraint(
                name="branchreport_signed_paper_is_told_whole",
                condition=Q(signed_on=None, seen_by="", recorded_by=None)
                | Q(signed_on__isnull=False, recorded_by__isnull=False, filled_by__isnull=False) & ~Q(seen_by=""),
            ),
            models.CheckConstraint(
                name="branchreport_signed_paper_recorded_by_another",
                condition=Q(recorded_by=None) | ~Q(recorded_by=models.F("filled_by")),
            ),
            models.CheckConstraint(
                name="branchreport_reminded_at_and_by_together",
                condition=Q(reminded_at=None, reminded_by=None)
                | Q(reminded_at__isnull=False, reminded_by__isnull=False),
            ),
        ]
        indexes = [
            models.Index(fields=["town", "year", "state"], name="branchreport_town"),
            models.Index(fields=["community", "year", "state"], name="branchreport_community"),
        ]

    def __str__(self):
        return f"{self.branch}{self.year}年度述职"

    @property
    def number(self):
        """What the receipt calls it: 2026—0012."""
        return f"{self.year}—{self.pk:04d}"

    @property
    def is_open(self):
        """Whether the branch may still write."""
        return self.state in self.OPEN

    def is_late(self, due):
        """Handed in after `due`. Told, never punished; what was sent back and handed in again is not late."""
        return bool(self.submitted_at) and not self.comment and timezone.localdate(self.submitted_at) > due

    def missing_to_submit(self):
        """The boxes still to write before it can be handed in, as (field, label) in their order."""
        return [
            (name, self._meta.get_field(name).verbose_name) for name in self.MUST if not getattr(self, name).strip()
        ]

    @property
    def things(self):
        """做成的事 in words, the chosen ones first, one a line."""
        return "\n".join([*(text for _, text in self.chosen), *([self.done] if self.done.strip() else [])])

    @property
    def waits_for_secretary(self):
        """Filled in by the 联系干部 and waiting for the secretary's word (decisions 8)."""
        return self.is_open and self.offered_at is not None

    @transaction.atomic
    def submit(self, *, by, version, numbers=()):
        """Hand in to the community what was read at `version`, with the year's `numbers`; a second press changes nothing.

        Raises ValueError with what is missing, because the text has changed since, or for one's own 代填.
        """
        current = self._locked()
        if current.state in self.HANDED_IN:
            return current
        if current.filled_by_id == by.pk:
            raise ValueError("这份述职是您代填的，要由支部书记本人确认。")
        current._refuse_unless_ready(version)
        current.signed_on, current.seen_by, current.recorded_by = None, "", None
        current._hand_in(by, numbers)
        trail.record("assessments.report_submitted", current, by=by)
        return current

    @transaction.atomic
    def offer(self, *, by, version):
        """请书记确认: whoever filled it in asks the secretary to confirm; a second press changes nothing. Raises ValueError."""
        current = self._locked()
        if current.waits_for_secretary and current.filled_by_id == by.pk:
            return current
        if not current.is_open or current.filled_by_id != by.pk:
            raise ValueError("这份述职不是您代填的，或者已经交上去了。")
        current._refuse_unless_ready(version)
        current.offered_at = timezone.now()
        current.version += 1
        current.save()
        trail.record("assessments.report_offered", current, by=by)
        return current

    @transaction.atomic
    def submit_signed(self, *, signed_on, seen_by, version, by, numbers=()):
        """代录: the secretary signed the printed 代填; `by` has the paper, `seen_by` saw the signing. Hands it in.

        Recorded by somebody else than who filled it in (decisions 8). A second press changes nothing. Raises ValueError.
        """
        current = self._locked()
        if current.state in self.HANDED_IN:
            return current
        if not current.waits_for_secretary:
            raise ValueError("代填好、请书记确认以后，才能登记签字。")
        if current.filled_by_id == by.pk:
            raise ValueError("代填的人不能自己登记签字，请社区另一位同志办理。")
        current._refuse_unless_ready(version)
        current.signed_on, current.seen_by, current.recorded_by = signed_on, seen_by, by
        current._hand_in(current.filled_by, numbers)
        trail.record("assessments.report_signed", current, by=by, changes={"signed_on": ("", signed_on)})
        return current

    @transaction.atomic
    def receive(self, *, by):
        """The community takes it; a second press changes nothing. Raises ValueError when there is nothing to take."""
        current = self._locked()
        if current.state == self.State.RECEIVED:
            return current
        current._refuse_unless_waiting(by)
        current.state, current.received_at, current.received_by = self.State.RECEIVED, timezone.now(), by
        current.version += 1
        current.save()
        trail.record("assessments.report_received", current, by=by)
        return current

    @transaction.atomic
    def return_with(self, comment, *, by):
        """Send it back with what should be mended; the same comment twice changes nothing. Raises ValueError."""
        current = self._locked()
        if current.state == self.State.RETURNED and current.comment == comment:
            return current
        if not comment.strip():
            raise ValueError("请写明哪里要改，支部才好改。")
        current._refuse_unless_waiting(by)
        current.state, current.comment = self.State.RETURNED, comment
        current.version += 1
        current.save()
        trail.record("assessments.report_returned", current, by=by)
        return current

    def _refuse_unless_ready(self, version):
        if missing := self.missing_to_submit():
            raise ValueError("还没写：" + "、".join(label for _, label in missing))
        if self.version != version:
            raise ValueError("这份述职刚才又改过，请再看一遍，然后提交。")

    def _hand_in(self, by, numbers):
        self.state, self.submitted_at, self.submitted_by = self.State.SUBMITTED, timezone.now(), by
        self.numbers, self.offered_at = list(numbers), None
        self.version += 1
        self.save()

    def _locked(self):
        return BranchReport.objects.select_for_update().get(pk=self.pk)

    def _refuse_unless_waiting(self, by):
        """Only what is handed in can be taken or sent back, and nobody does it to their own (decisions 8)."""
        if self.state != self.State.SUBMITTED:
            raise ValueError(f"这份述职现在是“{self.get_state_display()}”，不能收下或退回。")
        if by.pk in (self.submitted_by_id, self.filled_by_id):
            raise ValueError("自己交的述职不能自己收下或退回，请社区党委另一位负责同志办理。")


class NumberDispute(Scoped):
    """更正: the secretary says that a number of the year is another one; answered in words, it never holds up the report."""

    class Outcome(models.TextChoices):
        MENDED = "mended", "已更正"
        STANDS = "stands", "经核对无误"

    scope = {"towns": "town_id", "communities": "community_id", "branches": "branch_id"}
    scope_source = "report"

    report = models.ForeignKey(BranchReport, models.PROTECT, related_name="disputes")
    branch = models.ForeignKey(Body, models.PROTECT, verbose_name="党支部", related_name="+")
    town = models.ForeignKey(Town, models.PROTECT, related_name="+")
    community = models.ForeignKey(Community, models.PROTECT, related_name="+")
    key = models.CharField("哪个数字", max_length=40)
    label = models.CharField("数字名称", max_length=80)
    shown = models.CharField("系统里的数", max_length=20)
    claimed = models.PositiveIntegerField("应该是多少")
    note = models.CharField("说明", max_length=60, blank=True)
    said_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    said_at = models.DateTimeField("提出时间")
    outcome = models.CharField("核对结果", max_length=10, choices=Outcome, blank=True)
    answer = models.CharField("答复", max_length=100, blank=True)
    answered_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", null=True)
    answered_at = models.DateTimeField("答复时间", null=True)

    class Meta:
        verbose_name = "数字更正"
        constraints = [
            models.UniqueConstraint(
                fields=["report", "key"], condition=Q(outcome=""), name="numberdispute_open_once_a_number"
            ),
            models.CheckConstraint(
                name="numberdispute_answered_at_and_by_together",
                condition=Q(outcome="", answer="", answered_at=None, answered_by=None)
                | ~Q(outcome="") & ~Q(answer="") & Q(answered_at__isnull=False, answered_by__isnull=False),
            ),
            models.CheckConstraint(
                name="numberdispute_answered_by_another",
                condition=Q(answered_by=None) | ~Q(answered_by=models.F("said_by")),
            ),
        ]
        indexes = [
            models.Index(fields=["town", "outcome"], name="numberdispute_town"),
            models.Index(fields=["community", "outcome"], name="numberdispute_community"),
            models.Index(fields=["branch", "outcome"], name="numberdispute_branch"),
        ]

    def __str__(self):
        return f"{self.label}应为{self.claimed}"
