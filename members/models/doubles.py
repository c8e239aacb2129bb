"""Two records of one person: told apart, or merged and kept for an undo."""

import uuid

from django.conf import settings
from django.db import models
from django.db.models import Q

from members.models.person import Person
from office.areas.models import Community, Town
from office.areas.scope import Scoped


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
