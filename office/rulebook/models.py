"""What a town has set differently from the rulebook, with its basis."""

from django.conf import settings
from django.db import models

from office.areas.models import Town
from office.areas.scope import Scoped


class TownRule(Scoped):
    """A town's own value for one rule from a day on. A rule of level B cannot be overridden (rules.with_override)."""

    scope = {"towns": "town_id"}

    town = models.ForeignKey(Town, models.PROTECT, verbose_name="镇", related_name="rules")
    key = models.CharField("标准", max_length=60)
    value = models.JSONField("取值")
    basis = models.CharField("依据", max_length=200)
    valid_from = models.DateField("自何日起")
    set_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", null=True)

    class Meta:
        verbose_name = "本镇标准"
        constraints = [
            models.UniqueConstraint(fields=["town", "key", "valid_from"], name="townrule_once_per_day"),
            models.CheckConstraint(name="townrule_has_a_basis", condition=~models.Q(basis="")),
        ]

    def __str__(self):
        return self.key
