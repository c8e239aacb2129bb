"""Anybody the office knows by name, and from where they may be seen."""

import uuid

from django.conf import settings
from django.db import models
from django.db.models import Q

from members.identity import CannotOpen, fingerprint, seal, unseal
from office.areas.models import Body, Community, Compound, Town
from office.areas.scope import Scoped, ScopedQuerySet, one_or_many
from office.chinese.masking import mask_id, mask_phone
from office.chinese.pinyin import pinyin_keys, sort_pinyin
from office.chinese.strokes import stroke_key

UNOPENED = "登记过，但用现有密钥打不开，请系统管理员核对"


class PersonQuerySet(ScopedQuerySet):
    def within(self, reach):
        """People of whole towns, and those with a place in the reach."""
        places = PersonPlace.objects.within(reach).values("person")
        if reach.towns and not (reach.communities or reach.branches or reach.compounds):
            return super().within(reach)
        return self.filter(one_or_many("town", reach.towns) | Q(pk__in=places)) if reach else self.none()

    def found_by(self, text):
        """Narrow by 汉字, pinyin, initials or the last four digits of a phone (C13)."""
        return self.filter(**meant_by(text))


def meant_by(text):
    """The condition {lookup: value} on people that a text in a search box stands for."""
    text = text.strip().lower()
    if text.isascii() and text.isdecimal() and len(text) == 4:
        return {"phone_tail": text}
    if text.isascii():
        return {"pinyin__contains": text.replace(" ", "")}
    return {"name__contains": text}


class Person(Scoped):
    """Anybody the office knows by name, once, in one town."""

    class Sex(models.TextChoices):
        MALE = "M", "男"
        FEMALE = "F", "女"

    class Political(models.TextChoices):
        PARTY = "party", "中共党员"
        LEAGUE = "league", "共青团员"
        OTHER_PARTY = "other_party", "民主党派"
        MASSES = "masses", "群众"

    scope = {"towns": "town_id"}

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    town = models.ForeignKey(Town, models.PROTECT, verbose_name="镇", related_name="people")
    name = models.CharField("姓名", max_length=40)
    strokes = models.CharField(max_length=400, editable=False)
    pinyin = models.CharField(max_length=400, editable=False)
    sex = models.CharField("性别", max_length=1, choices=Sex, blank=True)
    birth_date = models.DateField("出生日期", null=True, blank=True)
    phone = models.CharField("联系电话", max_length=20, blank=True)
    phone_tail = models.CharField(max_length=4, blank=True, editable=False)
    political_status = models.CharField("政治面貌", max_length=12, choices=Political, blank=True)
    unit = models.CharField("单位", max_length=80, blank=True)
    id_sealed = models.CharField(max_length=200, blank=True, editable=False)
    id_fingerprint = models.CharField(max_length=64, null=True, editable=False)  # noqa: DJ001 - NULL 允许多人未填
    user = models.OneToOneField(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="person")

    objects = PersonQuerySet.as_manager()

    class Meta:
        verbose_name = "人员"
        ordering = ["strokes", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["town", "id_fingerprint"],
                name="person_id_number_once_per_town",
                violation_error_message="本镇已有人登记了这个公民身份号码。",
            )
        ]
        indexes = [
            models.Index(fields=["town", "strokes", "id"], name="person_town"),
            models.Index(fields=["town", "phone_tail"], name="person_phone"),
            models.Index(fields=["town", "phone"], name="person_same_phone"),
            models.Index(fields=["town", "name"], name="person_name"),
        ]

    def __str__(self):
        return self.name

    def copy_scope(self):
        """The sort and search keys travel with the name and phone."""
        self.strokes, self.pinyin = stroke_key(self.name), pinyin_keys(self.name)
        self.phone_tail = self.phone[-4:]

    def set_id_number(self, number):
        self.id_sealed = seal(number, self.uuid) if number else ""
        self.id_fingerprint = fingerprint(number, self.town_id) if number else None

    def id_number(self):
        """The number in clear; only the reveal deed and the roster comparison call it."""
        return unseal(self.id_sealed, self.uuid) if self.id_sealed else ""

    def shown_id(self, shape=str):
        """The number in the given shape for a page, or the words for one that the keys at hand do not open."""
        try:
            return shape(self.id_number()) if self.id_sealed else ""
        except CannotOpen:
            return UNOPENED

    @property
    def masked_id(self):
        return self.shown_id(mask_id)

    @property
    def masked_phone(self):
        return mask_phone(self.phone) if self.phone else ""

    @property
    def sort_pinyin(self):
        return sort_pinyin(self.name)


class PersonPlace(Scoped):
    """Where a person may be seen from: one row per community, branch or compound, kept by members.places."""

    scope = {
        "towns": "town_id",
        "communities": "community_id",
        "branches": "branch_id",
        "compounds": "compound_id",
    }

    person = models.ForeignKey(Person, models.CASCADE, related_name="places")
    town = models.ForeignKey(Town, models.PROTECT, related_name="+")
    community = models.ForeignKey(Community, models.PROTECT, related_name="+")
    branch = models.ForeignKey(Body, models.PROTECT, related_name="+", null=True)
    compound = models.ForeignKey(Compound, models.PROTECT, related_name="+", null=True)
    # 三个归属合成一格：两种数据库对 NULL 的唯一约束看法不同。
    key = models.CharField(max_length=80, editable=False)

    class Meta:
        verbose_name = "可见范围"
        constraints = [
            models.UniqueConstraint(fields=["person", "key"], name="personplace_once"),
        ]
        indexes = [
            models.Index(fields=["community", "person"], name="personplace_community"),
            models.Index(fields=["branch", "person"], name="personplace_branch"),
            models.Index(fields=["compound", "person"], name="personplace_compound"),
        ]

    def __str__(self):
        return f"{self.person_id}@{self.community_id}"

    def copy_scope(self):
        self.key = f"{self.community_id}:{self.branch_id or ''}:{self.compound_id or ''}"
