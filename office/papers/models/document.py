"""Official documents: three steps to the signature, the register of their numbers, what is put away."""

import uuid

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from office.areas.models import Body, Community, Town
from office.areas.scope import Scoped, ScopedQuerySet

# --- 公文 ---------------------------------------------------------------------------------------------------------


class Kind(models.TextChoices):
    """The kinds of 公文 the town sends (《党政机关公文处理工作条例》第八条, R-823)."""

    MINUTES = "minutes", "纪要"
    NOTICE = "notice", "通知"
    REQUEST = "request", "请示"
    REPLY = "reply", "批复"
    LETTER = "letter", "函"


class Stage(models.TextChoices):
    """Where a document is on its way: 拟稿 → 审核 → 签发 (ux C24)."""

    DRAFT = "draft", "拟稿"
    REVIEW = "review", "待审核"
    RETURNED = "returned", "退回修改"
    WITHDRAWN = "withdrawn", "已撤回"
    APPROVED = "approved", "待签发"
    SIGNED = "signed", "已签发"
    ARCHIVED = "archived", "已归档"
    VOID = "void", "作废"


WRITABLE = (Stage.DRAFT, Stage.RETURNED, Stage.WITHDRAWN)  # 拟稿人可以改
ON_THE_WAY = (Stage.REVIEW, Stage.APPROVED)
ISSUED = (Stage.SIGNED, Stage.ARCHIVED)
NUMBERED = (*ISSUED, Stage.VOID)  # 签发过，占着一个号


class DocumentQuerySet(ScopedQuerySet):
    def within(self, reach):
        """Documents whose issuer is in the reach, and signed ones sent to a community in it, 作废 ones too."""
        own = self.of_issuers(reach)
        if not reach.communities:
            return own
        received = DocumentRecipient.objects.filter(community__in=reach.communities).values("document")
        return own | self.filter(state__in=NUMBERED, pk__in=received)

    def of_issuers(self, reach):
        """Documents made in the reach's own offices: what its staff may work on."""
        return super().within(reach)


class Document(Scoped):
    """公文: one content, printed as PDF and as DOCX. What was signed stays as it was signed (`frozen`).

    `body` and `attachments` are blocks as office.papers.layout reads them. `branch` is set where a community writes
    for one of its branches.
    """

    scope = {"towns": "town_id", "communities": "community_id", "branches": "branch_id"}

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    town = models.ForeignKey(Town, models.PROTECT, related_name="+")
    community = models.ForeignKey(Community, models.PROTECT, verbose_name="社区", related_name="+", null=True)
    branch = models.ForeignKey(Body, models.PROTECT, verbose_name="党支部", related_name="+", null=True)
    issuer = models.ForeignKey(Body, models.PROTECT, verbose_name="发文机关", related_name="documents")
    kind = models.CharField("文种", max_length=10, choices=Kind)
    title = models.CharField("标题", max_length=120)
    mark = models.CharField("纪要名称", max_length=40, blank=True)
    addressee = models.CharField("主送机关", max_length=200, blank=True)
    body = models.JSONField("正文", default=list)
    attachments = models.JSONField("附件", default=list)
    present = models.CharField("出席", max_length=1000, blank=True)
    on_leave = models.CharField("请假", max_length=1000, blank=True)
    observers = models.CharField("列席", max_length=1000, blank=True)
    cc = models.CharField("抄送", max_length=300, blank=True)
    note = models.CharField("附注", max_length=120, blank=True)
    urgency = models.CharField("紧急程度", max_length=10, blank=True, choices=[("urgent", "加急"), ("at_once", "特急")])
    sealed = models.BooleanField("加盖印章", default=True)
    source_model = models.CharField(max_length=60, blank=True)
    source_key = models.CharField(max_length=40, blank=True)
    answers = models.ForeignKey(
        "self", models.PROTECT, verbose_name="答复的请示", related_name="replies", null=True, blank=True
    )

    state = models.CharField("状态", max_length=10, choices=Stage, default=Stage.DRAFT)
    reason = models.CharField("理由", max_length=200, blank=True)
    drafted_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, verbose_name="拟稿人", related_name="+")
    drafted_at = models.DateTimeField("拟稿时间", default=timezone.now)
    sent_at = models.DateTimeField("送审时间", null=True)
    reviewed_at = models.DateTimeField("审核时间", null=True)
    reviewed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, verbose_name="审核人", related_name="+", null=True
    )
    signed_at = models.DateTimeField("签发时间", null=True)
    signed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, verbose_name="签发人", related_name="+", null=True
    )
    issued_on = models.DateField("成文日期", null=True)
    number = models.CharField("发文字号", max_length=60, blank=True)
    frozen = models.JSONField("签发的版面", null=True)
    version = models.PositiveIntegerField(default=1)

    objects = DocumentQuerySet.as_manager()

    class Meta:
        verbose_name = "公文"
        ordering = ["-id"]
        constraints = [
            models.CheckConstraint(name="document_kind_known", condition=Q(kind__in=Kind.values)),
            models.CheckConstraint(name="document_state_known", condition=Q(state__in=Stage.values)),
            models.CheckConstraint(
                name="document_number_only_when_signed",
                condition=Q(state__in=NUMBERED, signed_at__isnull=False, signed_by__isnull=False)
                & Q(issued_on__isnull=False, frozen__isnull=False)
                & ~Q(number="")
                | ~Q(state__in=NUMBERED) & Q(signed_at=None, signed_by=None, issued_on=None, frozen=None, number=""),
            ),
            models.CheckConstraint(
                name="document_reviewed_before_signed",
                condition=Q(state__in=[Stage.APPROVED, *NUMBERED], reviewed_at__isnull=False, reviewed_by__isnull=False)
                | ~Q(state__in=[Stage.APPROVED, *NUMBERED]) & Q(reviewed_at=None, reviewed_by=None),
            ),
            models.CheckConstraint(
                name="document_reason_when_returned_or_void",
                condition=Q(state__in=[Stage.RETURNED, Stage.VOID]) & ~Q(reason="")
                | ~Q(state__in=[Stage.RETURNED, Stage.VOID]) & Q(reason=""),
            ),
            # 谁拟的稿，谁就不审、不签（decisions 8）。
            models.CheckConstraint(
                name="document_not_reviewed_by_its_drafter",
                condition=Q(reviewed_by=None) | ~Q(reviewed_by=F("drafted_by")),
            ),
            models.CheckConstraint(
                name="document_not_signed_by_its_drafter",
                condition=Q(signed_by=None)
                | ~Q(signed_by=F("drafted_by"))
                | Q(kind="request", community__isnull=False),
            ),
        ]
        indexes = [
            models.Index(fields=["town", "-id"], name="document_town"),
            models.Index(fields=["community", "-id"], name="document_community"),
            models.Index(fields=["town", "state"], name="document_state"),
            models.Index(fields=["source_model", "source_key"], name="document_source"),
        ]

    def __str__(self):
        return f"{self.get_kind_display()}：{self.title}"

    def copy_scope(self):
        self.town_id, self.community_id = self.issuer.town_id, self.issuer.community_id


class DocumentRecipient(Scoped):
    """A community an issued document is sent to: its staff may read it."""

    scope = {"towns": "town_id", "communities": "community_id"}
    scope_source = "community"

    document = models.ForeignKey(Document, models.PROTECT, related_name="recipients")
    town = models.ForeignKey(Town, models.PROTECT, related_name="+")
    community = models.ForeignKey(Community, models.PROTECT, verbose_name="主送社区", related_name="+")

    class Meta:
        verbose_name = "主送社区"
        constraints = [models.UniqueConstraint(fields=["document", "community"], name="recipient_once")]

    def __str__(self):
        return str(self.community)

    def copy_scope(self):
        self.town_id = self.community.town_id


class DocumentStep(Scoped):
    """One step of a document's way, as the 发文稿纸 prints it; rows are only ever added."""

    class Step(models.TextChoices):
        DRAFTED = "drafted", "拟稿"
        TAKEN_OVER = "taken_over", "接手拟稿"
        SENT = "sent", "送审"
        APPROVED = "approved", "审核同意"
        RETURNED = "returned", "退回修改"
        WITHDRAWN = "withdrawn", "撤回"
        SIGNED = "signed", "签发"
        ARCHIVED = "archived", "归档"
        VOIDED = "voided", "作废"

    scope_parent = "document"

    document = models.ForeignKey(Document, models.PROTECT, related_name="steps")
    step = models.CharField("步骤", max_length=12, choices=Step)
    at = models.DateTimeField("时间")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", null=True)
    reason = models.CharField("意见", max_length=200, blank=True)

    class Meta:
        verbose_name = "公文办理"
        ordering = ["id"]

    def __str__(self):
        return self.get_step_display()


class IssuerWord(Scoped):
    """发文机关代字 of one issuer and kind: 示委发 in 示委发〔2026〕5号. No two of a town are alike."""

    scope = {"towns": "town_id", "communities": "community_id"}
    scope_source = "issuer"

    town = models.ForeignKey(Town, models.PROTECT, related_name="+")
    community = models.ForeignKey(Community, models.PROTECT, related_name="+", null=True)
    issuer = models.ForeignKey(Body, models.PROTECT, verbose_name="发文机关", related_name="+")
    kind = models.CharField("文种", max_length=10, choices=Kind)
    word = models.CharField("机关代字", max_length=20)

    class Meta:
        verbose_name = "机关代字"
        constraints = [
            models.UniqueConstraint(fields=["issuer", "kind"], name="issuerword_once_per_kind"),
            models.UniqueConstraint(
                fields=["town", "word"], name="issuerword_once_per_town", violation_error_message="本镇已有这个代字。"
            ),
        ]

    def __str__(self):
        return self.word


class NumberRegister(Scoped):
    """One run of numbers: a word in a year. `last` is the number given last; its row lock puts signers in order.

    `used_before` numbers were given on paper before this system kept the register.
    """

    scope = {"towns": "town_id", "communities": "community_id"}
    scope_source = "issuer"

    town = models.ForeignKey(Town, models.PROTECT, related_name="+")
    community = models.ForeignKey(Community, models.PROTECT, related_name="+", null=True)
    issuer = models.ForeignKey(Body, models.PROTECT, verbose_name="发文机关", related_name="+")
    kind = models.CharField("文种", max_length=10, choices=Kind)
    word = models.CharField("机关代字", max_length=20)
    year = models.PositiveSmallIntegerField("年度")
    used_before = models.PositiveIntegerField("启用前已用到", default=0)
    last = models.PositiveIntegerField("最后一号", default=0)

    class Meta:
        verbose_name = "发文登记簿"
        constraints = [
            models.UniqueConstraint(fields=["town", "word", "year"], name="numberregister_once"),
            models.CheckConstraint(name="numberregister_counts_up", condition=Q(last__gte=F("used_before"))),
        ]

    def __str__(self):
        return f"{self.word}〔{self.year}〕"

    def label(self, number):
        """示委发〔2026〕5号: no 第, no leading zero (R-808, ux C3)."""
        return f"{self.word}〔{self.year}〕{number}号"


class DocumentNumber(Scoped):
    """One number of a register. It stays when its document is withdrawn: 作废, with the reason."""

    scope = {"towns": "town_id", "communities": "community_id"}
    scope_source = "register"

    register = models.ForeignKey(NumberRegister, models.PROTECT, related_name="numbers")
    town = models.ForeignKey(Town, models.PROTECT, related_name="+")
    community = models.ForeignKey(Community, models.PROTECT, related_name="+", null=True)
    number = models.PositiveIntegerField("序号")
    document = models.OneToOneField(Document, models.PROTECT, verbose_name="公文", related_name="numbering")
    given_at = models.DateTimeField("登记时间")
    voided_at = models.DateTimeField("作废时间", null=True)
    void_reason = models.CharField("作废理由", max_length=200, blank=True)

    class Meta:
        verbose_name = "发文字号"
        constraints = [
            models.UniqueConstraint(fields=["register", "number"], name="documentnumber_once"),
            models.CheckConstraint(name="documentnumber_from_one", condition=Q(number__gte=1)),
            models.CheckConstraint(
                name="documentnumber_void_with_reason",
                condition=Q(voided_at=None, void_reason="") | Q(voided_at__isnull=False) & ~Q(void_reason=""),
            ),
        ]

    def __str__(self):
        return self.register.label(self.number)


class ArchivedFile(Scoped):
    """The file of a signed document as it was put away, with its SHA-256."""

    class Format(models.TextChoices):
        PDF = "pdf", "PDF"
        DOCX = "docx", "Word"

    scope_parent = "document"

    document = models.ForeignKey(Document, models.PROTECT, related_name="files")
    format = models.CharField("格式", max_length=4, choices=Format)
    file = models.CharField("文件位置", max_length=100)  # relative to the storage's root
    sha256 = models.CharField("校验值", max_length=64)
    size = models.PositiveBigIntegerField("字节数")
    stored_at = models.DateTimeField("归档时间", auto_now_add=True)

    class Meta:
        verbose_name = "归档文件"
        constraints = [models.UniqueConstraint(fields=["document", "format"], name="archivedfile_once")]

    def __str__(self):
        return f"{self.document}.{self.format}"


class PaperTemplate(Scoped):
    """A town's own Word template for one kind; without it the layout of GB/T 9704 is used."""

    scope = {"towns": "town_id"}

    town = models.ForeignKey(Town, models.PROTECT, related_name="+")
    kind = models.CharField("文种", max_length=10, choices=Kind)
    file = models.CharField("文件位置", max_length=100)  # relative to the storage's root
    file_name = models.CharField("文件名", max_length=200)
    sha256 = models.CharField("校验值", max_length=64)
    uploaded_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    uploaded_at = models.DateTimeField("上传时间")

    class Meta:
        verbose_name = "公文模板"
        constraints = [models.UniqueConstraint(fields=["town", "kind"], name="papertemplate_once_per_kind")]

    def __str__(self):
        return f"{self.get_kind_display()}模板"
