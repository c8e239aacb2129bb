"""Builds: the background work of making papers. The row is the job; Celery only carries its key."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Coalesce

from office.areas.models import Body, Community, Town
from office.areas.scope import Scoped, ScopedQuerySet

FIRST_ATTEMPTS = 3  # a build that took its worker down three times in a row would do it a fourth time


class State(models.TextChoices):
    QUEUED = "queued", "排队中"
    BUILDING = "building", "生成中"
    DONE = "done", "已生成"
    FAILED = "failed", "未能生成"
    CANCELLED = "cancelled", "已取消"


LIVE = (State.QUEUED, State.BUILDING)
IS_BATCH = Q(task="")


class BuildQuerySet(ScopedQuerySet):
    def batches(self):
        return self.filter(IS_BATCH)

    def live(self):
        return self.filter(state__in=LIVE)

    def single(self):
        """Builds that a worker works on, inside a batch or alone."""
        return self.exclude(IS_BATCH)


class Build(Scoped):
    """One job: a paper being made (task named, `file` when done), other long work (task named, never a file), or one
    batch over many papers (no task, no file).

    `attempt` counts claims and never goes back, so that work finished late is recognised; `lease_until` is how long
    the present claim, or the message on its way, keeps others off the row.
    """

    scope = {"towns": "town_id", "communities": "community_id", "branches": "branch_id"}

    town = models.ForeignKey(Town, models.PROTECT, verbose_name="镇", related_name="builds")
    community = models.ForeignKey(
        Community, models.PROTECT, verbose_name="社区", related_name="builds", null=True, blank=True
    )
    branch = models.ForeignKey(
        Body, models.PROTECT, verbose_name="党支部", related_name="builds", null=True, blank=True
    )
    batch = models.ForeignKey("self", models.PROTECT, verbose_name="批次", related_name="builds", null=True, blank=True)
    kind = models.CharField("种类", max_length=40)
    title = models.CharField("标题", max_length=120)
    year = models.PositiveSmallIntegerField("年度", null=True, blank=True)
    task = models.CharField("任务名", max_length=80, blank=True)
    parameters = models.JSONField("参数", default=dict)
    figures = models.JSONField("数据", null=True)

    state = models.CharField("状态", max_length=10, choices=State, default=State.QUEUED)
    progress_done = models.PositiveIntegerField("已完成", default=0)
    progress_total = models.PositiveIntegerField("总数", default=0)
    error = models.CharField("原因", max_length=300, blank=True)
    attempt = models.PositiveSmallIntegerField("第几次", default=0)
    attempts_allowed = models.PositiveSmallIntegerField("最多几次", default=FIRST_ATTEMPTS)
    lease_until = models.DateTimeField("占用至", null=True)

    requested_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, verbose_name="申请人", related_name="builds"
    )
    queued_at = models.DateTimeField("申请时间", auto_now_add=True)
    started_at = models.DateTimeField("开始时间", null=True)
    finished_at = models.DateTimeField("结束时间", null=True)

    file = models.CharField("文件位置", max_length=100, blank=True)  # relative to the storage's root
    file_name = models.CharField("文件名", max_length=200, blank=True)
    sha256 = models.CharField("校验值", max_length=64, blank=True)
    size = models.PositiveBigIntegerField("字节数", null=True)

    objects = BuildQuerySet.as_manager()

    class Meta:
        verbose_name = "材料生成"
        ordering = ["-id"]
        constraints = [
            models.CheckConstraint(name="build_state_known", condition=Q(state__in=State.values)),
            models.CheckConstraint(
                name="build_finished_at_when_over",
                condition=Q(state__in=LIVE, finished_at=None) | ~Q(state__in=LIVE) & Q(finished_at__isnull=False),
            ),
            models.CheckConstraint(
                name="build_error_when_failed",
                condition=Q(state=State.FAILED) & ~Q(error="") | ~Q(state=State.FAILED) & Q(error=""),
            ),
            models.CheckConstraint(
                name="build_file_when_done",
                condition=Q(file="", file_name="", sha256="", size=None)
                | ~IS_BATCH & Q(state=State.DONE, size__isnull=False) & ~Q(file="") & ~Q(file_name="") & ~Q(sha256=""),
            ),
            models.CheckConstraint(
                name="build_claimed_when_building",
                condition=~Q(state=State.BUILDING)
                | IS_BATCH
                | Q(attempt__gte=1, lease_until__isnull=False, started_at__isnull=False),
            ),
            models.CheckConstraint(name="build_batch_in_no_batch", condition=~IS_BATCH | Q(batch=None, figures=None)),
            models.CheckConstraint(
                name="build_progress_in_bounds",
                condition=Q(progress_total=0) | Q(progress_done__lte=F("progress_total")),
            ),
            models.CheckConstraint(
                name="build_year_plausible", condition=Q(year=None) | Q(year__gte=2000, year__lte=2100)
            ),
            # 同一范围、同一种类、同一年度，同时只有一份在做：重复点击和两个人同时点都只得一份。
            models.UniqueConstraint(
                "town",
                "kind",
                Coalesce("year", 0),
                Coalesce("community", 0),
                Coalesce("branch", 0),
                condition=Q(batch=None, state__in=LIVE),
                name="build_one_live_per_scope",
            ),
            models.UniqueConstraint(
                "batch",
                "kind",
                Coalesce("community", 0),
                Coalesce("branch", 0),
                condition=Q(batch__isnull=False),
                name="build_once_in_a_batch",
            ),
        ]
        indexes = [
            models.Index(fields=["lease_until", "id"], condition=Q(state__in=LIVE), name="build_live"),
            models.Index(fields=["town", "-id"], name="build_town"),
            models.Index(fields=["community", "-id"], name="build_community"),
            models.Index(fields=["branch", "-id"], name="build_branch"),
        ]

    def __str__(self):
        return self.title

    def copy_scope(self):
        if self.branch_id is not None:
            self.community_id = self.branch.community_id
        if self.community_id is not None:
            self.town_id = self.community.town_id

    @property
    def is_batch(self):
        return self.task == ""

    @property
    def is_live(self):
        return self.state in LIVE

    @property
    def is_over(self):
        return not self.is_live
