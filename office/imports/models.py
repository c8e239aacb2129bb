"""Tables handed in: what a file would do, what was answered about it, what was done and can be taken back."""

import uuid

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.db.models.functions import Coalesce

from office.areas.models import Community, Town
from office.areas.scope import Scoped
from office.papers.models import Build


class State(models.TextChoices):
    READING = "reading", "正在核对"
    READY = "ready", "等您决定"
    APPLYING = "applying", "正在保存"
    APPLIED = "applied", "已导入"
    UNDOING = "undoing", "正在撤销"
    UNDONE = "undone", "已撤销"
    REFUSED = "refused", "没有收下"
    DISCARDED = "discarded", "已放弃"


LIVE = (State.READING, State.READY, State.APPLYING)
AT_WORK = (State.READING, State.APPLYING, State.UNDOING)
ONCE_APPLIED = (State.APPLIED, State.UNDOING, State.UNDONE)


class Action(models.TextChoices):
    """What a line would do. Only new and changed lines are saved."""

    NEW = "new", "新增"
    CHANGED = "changed", "更新"
    UNCHANGED = "unchanged", "未变"
    FAULTY = "faulty", "有错"
    ASKING = "asking", "要回答"
    ASIDE = "aside", "先不导入"


SAVED = (Action.NEW, Action.CHANGED)


class ImportBatch(Scoped):
    """One file handed in for one community (or, for lists of a town, for the town).

    The file itself lies sealed beside the database under `token` while the batch is live (office.imports.files).
    `plan_digest` stands for everything the preview shows; nothing else than that is ever saved.
    """

    scope = {"towns": "town_id", "communities": "community_id"}

    town = models.ForeignKey(Town, models.PROTECT, verbose_name="镇", related_name="imports")
    community = models.ForeignKey(
        Community, models.PROTECT, verbose_name="社区", related_name="imports", null=True, blank=True
    )
    kind = models.CharField("种类", max_length=20)
    token = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    file_name = models.CharField("文件名", max_length=120)
    sha256 = models.CharField("校验值", max_length=64)
    state = models.CharField("状态", max_length=10, choices=State, default=State.READING)
    refusal = models.CharField("没有收下的原因", max_length=600, blank=True)
    notices = models.JSONField("请注意", default=list)
    size = models.PositiveIntegerField("大约几行", default=0)
    plan_digest = models.CharField("核对结果的校验值", max_length=64, blank=True)

    new = models.PositiveIntegerField("新增", default=0)
    changed = models.PositiveIntegerField("更新", default=0)
    unchanged = models.PositiveIntegerField("未变", default=0)
    faulty = models.PositiveIntegerField("有错", default=0)
    asking = models.PositiveIntegerField("要回答", default=0)
    aside = models.PositiveIntegerField("先不导入", default=0)

    build = models.ForeignKey(
        Build, models.PROTECT, verbose_name="后台任务", related_name="+", null=True, blank=True, editable=False
    )
    uploaded_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, verbose_name="上传人", related_name="+")
    uploaded_at = models.DateTimeField("上传时间", auto_now_add=True)
    applied_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, verbose_name="导入人", related_name="+", null=True
    )
    applied_at = models.DateTimeField("导入时间", null=True)
    only_good = models.BooleanField("只导入了正确的行", default=False)
    undone_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, verbose_name="撤销人", related_name="+", null=True
    )
    undone_at = models.DateTimeField("撤销时间", null=True)

    class Meta:
        verbose_name = "导入"
        ordering = ["-id"]
        constraints = [
            models.CheckConstraint(name="import_state_known", condition=Q(state__in=State.values)),
            models.CheckConstraint(
                name="import_applied_when_it_was",
                condition=Q(state__in=ONCE_APPLIED, applied_at__isnull=False, applied_by__isnull=False)
                | ~Q(state__in=ONCE_APPLIED) & Q(applied_at=None, applied_by=None),
            ),
            models.CheckConstraint(
                name="import_undone_when_it_was",
                condition=Q(state=State.UNDONE, undone_at__isnull=False, undone_by__isnull=False)
                | ~Q(state=State.UNDONE) & Q(undone_at=None, undone_by=None),
            ),
            models.CheckConstraint(
                name="import_refused_with_a_reason",
                condition=Q(state=State.REFUSED) & ~Q(refusal="") | ~Q(state=State.REFUSED) & Q(refusal=""),
            ),
            models.CheckConstraint(
                name="import_ready_with_a_plan",
                condition=Q(state__in=(State.READING, State.REFUSED, State.DISCARDED)) | ~Q(plan_digest=""),
            ),
            # 同一个文件在同一处只核对一份：再传一次就回到那一份。
            models.UniqueConstraint(
                "town",
                "kind",
                Coalesce("community", 0),
                "sha256",
                condition=Q(state__in=LIVE),
                name="import_one_live_per_file",
            ),
        ]
        indexes = [
            models.Index(fields=["town", "-id"], name="import_town"),
            models.Index(fields=["community", "-id"], name="import_community"),
        ]

    def __str__(self):
        return self.file_name

    def copy_scope(self):
        if self.community_id is not None:
            self.town_id = self.community.town_id

    @property
    def is_at_work(self):
        return self.state in AT_WORK

    @property
    def to_save(self):
        """How many lines would be saved."""
        return self.new + self.changed

    @property
    def held_back(self):
        """How many lines stand in the way of saving the whole file."""
        return self.faulty + self.asking

    @property
    def rows(self):
        return sum(getattr(self, action) for action in Action.values)


class OfBatch(Scoped):
    """A row that shares its batch's visibility and goes when it is cleared away."""

    scope_parent = "batch"

    class Meta:
        abstract = True


class ImportLine(OfBatch):
    """One line of the file as the preview shows it: numbers and telephones masked, as on every page."""

    batch = models.ForeignKey(ImportBatch, models.PROTECT, related_name="lines")
    row = models.PositiveIntegerField("行")
    action = models.CharField("结果", max_length=10, choices=Action)
    name = models.CharField("姓名", max_length=40, blank=True)
    # changes [[栏, 前, 后]]；faults [[单元格, 列的键, 列, 原因]]；notes [话]
    shown = models.JSONField(default=dict)

    class Meta:
        verbose_name = "导入的一行"
        constraints = [models.UniqueConstraint(fields=["batch", "row"], name="importline_once")]
        indexes = [models.Index(fields=["batch", "action", "row"], name="importline_action")]

    def __str__(self):
        return f"第 {self.row} 行"


class ImportQuestion(OfBatch):
    """Something the file leaves open, asked once however many lines it touches."""

    batch = models.ForeignKey(ImportBatch, models.PROTECT, related_name="questions")
    key = models.CharField(max_length=64)
    row = models.PositiveIntegerField("最先在第几行")
    rows = models.PositiveIntegerField("几行", default=1)
    text = models.CharField("问题", max_length=300)
    choices = models.JSONField("可以回答的")  # [[值, 话]]
    answer = models.CharField("回答", max_length=200, blank=True)

    class Meta:
        verbose_name = "导入时的问题"
        constraints = [models.UniqueConstraint(fields=["batch", "key"], name="importquestion_once")]
        indexes = [models.Index(fields=["batch", "row"], name="importquestion_row")]

    def __str__(self):
        return self.text


class ImportAnswer(Scoped):
    """What somebody answered, remembered for the next file. `key` is a keyed hash: it gives no name away."""

    scope = {"towns": "town_id", "communities": "community_id"}

    town = models.ForeignKey(Town, models.PROTECT, related_name="+")
    community = models.ForeignKey(Community, models.PROTECT, related_name="+", null=True)
    kind = models.CharField("种类", max_length=20)
    key = models.CharField(max_length=64)
    answer = models.CharField("回答", max_length=200)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, verbose_name="回答人", related_name="+")
    at = models.DateTimeField("回答时间", auto_now=True)

    class Meta:
        verbose_name = "导入时的回答"
        constraints = [
            models.UniqueConstraint("town", "kind", Coalesce("community", 0), "key", name="importanswer_once")
        ]

    def __str__(self):
        return self.answer

    def copy_scope(self):
        if self.community_id is not None:
            self.town_id = self.community.town_id


class ImportedRow(OfBatch):
    """One object that the batch made or changed, and what it takes to put that right again.

    `before` is the sealed image of the object as it was; `after` tells whether it is still as the import left it.
    """

    batch = models.ForeignKey(ImportBatch, models.PROTECT, related_name="imported")
    key = models.BigIntegerField("对象编号")
    is_new = models.BooleanField("新增的")
    before = models.BinaryField("原样")
    after = models.CharField("导入后的校验值", max_length=64)

    class Meta:
        verbose_name = "导入的对象"
        constraints = [models.UniqueConstraint(fields=["batch", "key"], name="importedrow_once")]
        indexes = [models.Index(fields=["key"], name="importedrow_key")]

    def __str__(self):
        return str(self.key)
