"""Which compounds lie together: neighbours and coordinates as people type them; no map service (N-02)."""

from django.db import transaction

from office.areas.models import Compound
from office.audit import trail

STALE = "刚才有人改过这个小区的邻近小区或者坐标。您填的还在，请对照现在的情况再保存一次。"


class Stale(ValueError):
    """Somebody was quicker; the message says so in Chinese."""


def seen(compound):
    """What is on record for a compound, as the form carries it along."""
    return _fingerprint(compound, {each.pk for each in compound.neighbours.all()})


def _fingerprint(compound, neighbours):
    return f"{compound.latitude_e6},{compound.longitude_e6};{','.join(map(str, sorted(neighbours)))}"


def degrees(e6):
    """30.512, or nothing."""
    if e6 is None:
        return ""
    whole, part = divmod(abs(e6), 1_000_000)
    return f"{'-' if e6 < 0 else ''}{whole}.{part:06}".rstrip("0").rstrip(".")


@transaction.atomic
def set_neighbours(compound, ticked, *, offered, latitude_e6, longitude_e6, seen_before, by):
    """Keep the ticked neighbours among those `offered` (others stay as they are) and the coordinates.

    Both sides become neighbours of each other. Raises Stale when the record is no longer what `seen_before` says.
    """
    compound = Compound.objects.select_for_update().get(pk=compound.pk)
    names = dict(compound.neighbours.values_list("pk", "name"))
    if _fingerprint(compound, names) != seen_before:
        raise Stale(STALE)
    kept = {pk: name for pk, name in names.items() if pk not in {each.pk for each in offered}}
    wanted = kept | {each.pk: each.name for each in ticked if each.pk != compound.pk}
    before = _place(compound)
    compound.latitude_e6, compound.longitude_e6 = latitude_e6, longitude_e6
    compound.save()
    compound.neighbours.set(wanted)
    changes = {}
    if set(wanted) != set(names):
        changes["neighbours"] = _listed(names), _listed(wanted)
    if _place(compound) != before:
        changes["坐标"] = before, _place(compound)
    if changes:
        trail.record("areas.neighbours_set", compound, by=by, changes=changes)
    return compound


def _listed(names):
    return "、".join(name for _, name in sorted(names.items()))


def _place(compound):
    """北纬 first, as maps write it."""
    return "，".join(filter(None, (degrees(compound.latitude_e6), degrees(compound.longitude_e6))))
