"""The rule that holds in a town on a day: the town's own value where it may set one, else the rulebook's."""

from office.rulebook import rules
from office.rulebook.models import TownRule


def town_rules(town_id, keys, on):
    """Key → the rule for the town on that day, with its citation; one query. Raises KeyError for an unknown key."""
    found = {key: rules.rule(key, on) for key in keys}
    own = TownRule.objects.filter(town=town_id, key__in=keys, valid_from__lte=on).order_by("valid_from")
    for setting in own:
        found[setting.key] = rules.with_override(rules.rule(setting.key, on), setting.value, setting.basis)
    return found


def town_rule(town_id, key, on):
    """The rule `key` for the town on that day."""
    return town_rules(town_id, [key], on)[key]
