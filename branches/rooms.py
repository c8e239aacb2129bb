"""党群服务中心 and shared rooms: the register that branches' venues point at (M-08, R-501)."""

from decimal import Decimal

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.db.models import Q

from branches.models import Room, Venue
from office.audit import trail

FACTS = ("name", "kind", "compound", "address", "area_cm2", "owner", "shared_with", "plate", "closed_on")
PLATE = {True: "规范", False: "不规范", None: "未记录"}
CM2 = 10_000  # square centimetres in a square metre
STALE = "刚才有人改过这个场所。您填的还在，请对照现在的情况再保存一次。"


def seen(user):
    """The rooms of the reader's communities, and those where a branch in reach meets."""
    used = Venue.objects.visible_to(user).exclude(room=None).values("room")
    return Room.objects.filter(Q(pk__in=Room.objects.visible_to(user).values("pk")) | Q(pk__in=used))


def square_metres(cm2):
    """85.5, or nothing."""
    if cm2 is None:
        return ""
    whole, part = divmod(cm2, CM2)
    return f"{whole}.{part:04}".rstrip("0").rstrip(".")


def as_cm2(text):
    """Exact square centimetres of a number of square metres."""
    return int(Decimal(text) * CM2)


def fingerprint(room):
    """What is on record, as the form carries it along."""
    return "|".join(str(getattr(room, "compound_id" if fact == "compound" else fact)) for fact in FACTS)


@transaction.atomic
def save(room, facts, *, seen_before="", by):
    """Enter a room (community set, unsaved) or change one.

    Raises ValidationError where the community has a room of this name, or when the record is no longer what
    `seen_before` says.
    """
    if room.pk:
        room = Room.objects.select_for_update(of=("self",)).select_related("compound").get(pk=room.pk)
        if fingerprint(room) != seen_before:
            raise ValidationError(STALE)
    changes = _changes(room, facts)
    for fact in FACTS:
        setattr(room, fact, facts[fact])
    try:
        with transaction.atomic():
            room.save()
    except IntegrityError as twice:
        raise ValidationError({"name": f"{room.community}已经有“{room.name}”，请换个名称或者修改原来的。"}) from twice
    if changes:
        trail.record("branches.room_saved", room, by=by, changes=changes)
    return room


def _changes(room, facts):
    changes = {}
    for fact in FACTS:
        was, now = _word(fact, getattr(room, fact) if room.pk else None), _word(fact, facts[fact])
        if was != now:
            changes["面积（平方米）" if fact == "area_cm2" else fact] = was, now
    return changes


def _word(fact, value):
    if value is None or value == "":
        return ""
    if fact == "area_cm2":
        return square_metres(value)
    return PLATE[value] if fact == "plate" else str(Room.Kind(value).label if fact == "kind" else value)


def used_by(room_ids, year):
    """{room: names of the branches that met there that year}."""
    found = {}
    rows = Venue.objects.filter(room__in=room_ids, year=year).order_by("branch_id")
    for room, name in rows.values_list("room_id", "branch__short_name"):
        found.setdefault(room, []).append(name)
    return found
