"""The year: what a branch secretary reports to the community Party committee (R-402)."""

from django.conf import settings
from django.db import models, transaction
from django.db.models import Q
from django.utils import timezone

from office.areas.models import Body, Community, Town
from office.areas.scope import Scoped
from office.audit import trail


class BranchReport(Scoped):
    """支部书记年度述职: draft → submitted → received, or returned with a comment. Late is allowed and said."""

    class State(models.TextChoices):
        DRAFT = "draft", "还没有提交"
        SUBMITTED = "submitted", "已提交"
        RETURNED = "returned", "退回修改"
        RECEIVED = "received", "已收下"

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
    version = models.PositiveIntegerField(default=1)

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

    def missing_to_submit(self):
        """What is still to write before it can be handed in, in the words shown to the secretary."""
        boxes = [("problem", "今年最大的问题"), ("cause", "为什么没解决好"), ("plan", "明年打算")]
        return [label for field, label in boxes if not getattr(self, field).strip()]

    @transaction.atomic
    def submit(self, *, by):
        """Hand in to the community. Raises ValueError with what is missing; a second press changes nothing."""
        current = BranchReport.objects.select_for_update().get(pk=self.pk)
        if current.state in (self.State.SUBMITTED, self.State.RECEIVED):
            return current
        if missing := self.missing_to_submit():
            raise ValueError("还没写：" + "、".join(missing))
        self.state, self.submitted_at, self.submitted_by = self.State.SUBMITTED, timezone.now(), by
        self.save()
        trail.record("assessments.report_submitted", self, by=by)
        return self
