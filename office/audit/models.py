"""The trail (操作记录): who did what to which object, append-only and hash-chained per town.

It holds no foreign keys, so it never interferes with live data and outlives every row it speaks of.
"""

from django.db import models


class TrailQuerySet(models.QuerySet):
    def visible_to(self, user):
        """Rows of the towns whose audit administrator (审计管理员) the user is today; nobody else reads the trail."""
        return self.filter(town__in=user.audits)

    def about(self, obj):
        """The history of one object, oldest first."""
        return self.filter(model=obj._meta.label_lower, object_id=str(obj.pk)).order_by("id")


class Trail(models.Model):
    """One deed. `changes` maps a field to [before, after] and never holds a sensitive value (only 已变更)."""

    town = models.BigIntegerField("镇", db_index=True)  # 0 = 不属于任何镇（平台级）
    at = models.DateTimeField("时间")
    actor = models.BigIntegerField("操作人编号", null=True)
    actor_name = models.CharField("操作人", max_length=80)
    verb = models.CharField("事项", max_length=60)
    model = models.CharField("对象类别", max_length=60)
    object_id = models.CharField("对象编号", max_length=40)
    object_label = models.CharField("对象", max_length=200)
    changes = models.JSONField("变更", default=dict)
    reason = models.CharField("理由", max_length=200, blank=True)
    result = models.CharField("结果", max_length=20, default="done")
    address = models.CharField("来源地址", max_length=45, blank=True)
    previous_hash = models.CharField(max_length=64)
    hash = models.CharField(max_length=64)

    objects = TrailQuerySet.as_manager()

    class Meta:
        verbose_name = "操作记录"
        indexes = [
            models.Index(fields=["town", "id"], name="trail_town"),
            models.Index(fields=["model", "object_id", "id"], name="trail_object"),
        ]


class TrailHead(models.Model):
    """The end of one town's chain; its row lock puts the town's deeds in order."""

    town = models.BigIntegerField(primary_key=True)
    hash = models.CharField(max_length=64)
    count = models.BigIntegerField(default=0)
