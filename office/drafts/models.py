"""What somebody is writing and has not handed in yet."""

import uuid

from django.conf import settings
from django.db import models


class DraftQuerySet(models.QuerySet):
    def open_of(self, user):
        """What the user has begun and not finished, the latest first."""
        return self.filter(user=user.pk, done_key="").order_by("-saved_at", "-pk")


class Draft(models.Model):
    """The fields of one form as they were last kept, for the one who writes it and nobody else.

    `kind` and `key` say which form of which thing, as text; what comes of it carries `uuid` (unique there), so that
    whatever is sent twice is one. `page` is the page that wrote last and `seq` its count: see office.drafts.keeping.
    """

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    kind = models.CharField(max_length=40)
    key = models.CharField(max_length=80)
    base_version = models.PositiveIntegerField(null=True)
    body = models.JSONField(default=dict)  # 名称 → 各个值，和表单送来的一样
    page = models.CharField(max_length=32)
    seq = models.PositiveBigIntegerField(default=0)
    saved_at = models.DateTimeField()
    done_key = models.CharField(max_length=80, blank=True)

    objects = DraftQuerySet.as_manager()

    class Meta:
        verbose_name = "没写完的"
        indexes = [models.Index(fields=["user", "kind", "key", "done_key"], name="draft_open")]

    def __str__(self):
        return f"{self.kind} {self.key}"
