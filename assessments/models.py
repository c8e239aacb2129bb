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
    """支部书记年度述职: draft → submitted → received, or returned with a comment. Late is allowed and said."""

    class State(models.TextChoices):
        DRAFT = "draft", "还没有提交"
        SUBMITTED = "submitted", "已提交"
        RETURNED = "returned", "退回修改"
        RECEIVED = "received", "已收下"

    HANDED_IN = (State.SUBMITTED, State.RECEIVED)
    OPEN = (State.DRAFT, State.RETURNED)  # 支部可以改
    BOXES = ("done", "problem", "cause", "plan")

    scope = {"towns": "town_id", "communities": "community_id", "branches": "branch_id"}
    scope_source = "branch"

    branch = models.ForeignKey(Body, models.PROTECT, verbose_name="党支部", related_name="reports")
    town = models.ForeignKey(Town, models.PROTECT, related_name="+")
    community = models.ForeignKey(Community, models.PROTECT, related_name="+")
    year = models.PositiveSmallIntegerField("年度")
    state = models.CharField("状态", max_length=12, choices=State, default=State.DRAFT)
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
            (name, self._meta.get_field(name).verbose_name)
            for name in ("problem", "cause", "plan")
            if not getattr(self, name).strip()
        ]

    @transaction.atomic
    def submit(self, *, by, version):
        """Hand in to the community what was read at `version`; a second press changes nothing.

        Raises ValueError with what is missing, or because the text has changed since.
        """
        current = self._locked()
        if current.state in self.HANDED_IN:
            return current
        if missing := current.missing_to_submit():
            raise ValueError("还没写：" + "、".join(label for _, label in missing))
        if current.version != version:
            raise ValueError("这份述职刚才又改过，请再看一遍，然后提交。")
        current.state, current.submitted_at, current.submitted_by = self.State.SUBMITTED, timezone.now(), by
        current.version += 1
        current.save()
        trail.record("assessments.report_submitted", current, by=by)
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

    def _locked(self):
        return BranchReport.objects.select_for_update().get(pk=self.pk)

    def _refuse_unless_waiting(self, by):
        """Only what is handed in can be taken or sent back, and nobody does it to their own (decisions 8)."""
        if self.state != self.State.SUBMITTED:
            raise ValueError(f"这份述职现在是“{self.get_state_display()}”，不能收下或退回。")
        if self.submitted_by_id == by.pk:
            raise ValueError("自己交的述职不能自己收下或退回，请社区党委另一位负责同志办理。")
