"""The rule that holds in a town on a day: the town's own value where it may set one, else the rulebook's."""

from office.areas.prepared import prepared
from office.rulebook import rules
from office.rulebook.models import TownRule


def town_rules(town_id, keys, on):
    """Key → the rule for the town on that day, with its citation; one query. Raises KeyError for an unknown key."""
    found = {key: rules.rule(key, on) for key in keys}
    for setting in _own(town_id, keys, on):
        found[setting.key] = rules.with_override(rules.rule(setting.key, on), setting.value, setting.basis)
    return found


@prepared
def _own(town, keys, on):
    return TownRule.objects.filter(town=town, key__in=keys, valid_from__lte=on).order_by("valid_from")


def town_rule(town_id, key, on):
    """The rule `key` for the town on that day."""
    return town_rules(town_id, [key], on)[key]
