"""The rule that holds in a town on a day: the town's own value where it may set one, else the rulebook's."""

from office.rulebook import rules
from office.rulebook.models import TownRule


def town_rule(town_id, key, on):
    """The rule `key` for the town on that day, with its citation. Raises KeyError for an unknown key."""
    rule = rules.rule(key, on)
    own = (
        TownRule.objects.filter(town=town_id, key=key, valid_from__lte=on).order_by("-valid_from").first()
        if rule.overridable
        else None
    )
    return rules.with_override(rule, own.value, own.basis) if own else rule
