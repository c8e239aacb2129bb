"""The rule that holds in a town on a day: the town's own value where it may set one, else the rulebook's."""

from collections import defaultdict

from django.db import transaction

from office.areas.models import Town
from office.areas.prepared import prepared
from office.audit import trail
from office.rulebook import rules
from office.rulebook.models import TownRule

STALE = "刚才有人设过这一条。您填的还在，请对照现在的设定再保存一次。"


class Stale(ValueError):
    """Somebody was quicker; the message says so in Chinese."""


def town_rules(town_id, keys, on):
    """Key → the rule for the town on that day, with its citation; one query. Raises KeyError for an unknown key."""
    found = {key: rules.rule(key, on) for key in keys}
    for setting in _settings(town_id, keys, on):
        found[setting.key] = rules.with_override(rules.rule(setting.key, on), setting.value, setting.basis)
    return found


def _settings(town_id, keys, on):
    """All that the town has set is read, so that a page of many rooms asks but once (office.areas.prepared)."""
    return [setting for setting in _own(town_id, on) if setting.key in keys]


@prepared
def _own(town, on):
    return TownRule.objects.filter(town=town, valid_from__lte=on).order_by("valid_from")


def town_rule(town_id, key, on):
    """The rule `key` for the town on that day."""
    return town_rules(town_id, [key], on)[key]


def town_settings(town_id):
    """Key → everything the town has set for it, oldest first; one query."""
    found = defaultdict(list)
    for setting in TownRule.objects.filter(town=town_id).select_related("set_by").order_by("key", "valid_from"):
        found[setting.key].append(setting)
    return found


def seen(town_id, key):
    """What the town has set for a rule so far, as its form carries it along."""
    return _fingerprint(TownRule.objects.filter(town=town_id, key=key))


def _fingerprint(settings):
    return ";".join(f"{one.valid_from}={one.value}" for one in sorted(settings, key=lambda one: one.valid_from))


@transaction.atomic
def set_rule(town, key, value, basis, valid_from, *, seen_before=None, by):
    """Lay the town's own value over a rule from a day on; a second word about the same day corrects the first.

    What happened before that day stays judged by the old value (R-002). `seen_before` is what `seen` said when the
    reader opened the form. Raises ValueError in Chinese: a rule of level B or not the town's to set, a value of the
    wrong kind, no basis; Stale when somebody else has set it meanwhile.
    """
    town = Town.objects.select_for_update().get(pk=town.pk)
    standing = list(TownRule.objects.filter(town=town, key=key))
    if seen_before is not None and seen_before != _fingerprint(standing):
        raise Stale(STALE)
    base = _base(key, valid_from)
    own = rules.with_override(base, value, basis)
    before = _before(base, standing, valid_from)
    setting = next((one for one in standing if one.valid_from == valid_from), None)
    setting = setting or TownRule(town=town, key=key, valid_from=valid_from)
    setting.value, setting.basis, setting.set_by = own.json, own.basis, by
    setting.save()
    changes = {
        "标准": ("", base.statement),
        "取值": (before.words, own.words),
        "依据": (before.basis, own.basis),
        "自何日起": ("", valid_from),
    }
    trail.record("rulebook.overridden", town, by=by, town=town.pk, changes=changes)
    return setting


def _base(key, on):
    try:
        return rules.rule(key, on)
    except rules.NoSuchRule as refusal:
        raise ValueError(str(refusal)) from None


def _before(base, standing, day):
    """The rule as it stood that day without the new word."""
    earlier = [one for one in standing if one.valid_from <= day]
    if not earlier:
        return base
    last = max(earlier, key=lambda one: one.valid_from)
    return rules.with_override(base, last.value, last.basis)
