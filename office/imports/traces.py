"""What an import needs to know before it takes something back: who points at it, who touched it since."""

from typing import Any, NamedTuple

from office.audit.models import Trail
from office.audit.words import sentence


class Touched(NamedTuple):
    """The last thing done to an object: when, by whom, in words."""

    at: Any
    who: str
    what: str


def pointing_at(model, keys, *, own=()):
    """{key: words} of these rows of `model` at which something points, rows of the `own` models apart."""
    found = {}
    for relation in model._meta.get_fields(include_hidden=True):
        if not relation.auto_created or relation.concrete or relation.many_to_many or relation.related_model in own:
            continue
        name = relation.field.attname
        rows = relation.related_model._base_manager.filter(**{f"{name}__in": keys})
        found |= dict.fromkeys(rows.values_list(name, flat=True), f"已有{_called(model, relation.related_model)}")
    return found


def _called(model, pointing):
    """The name of what points: of a table between two models, that of the field it serves."""
    own = (field.verbose_name for field in model._meta.many_to_many if field.remote_field.through is pointing)
    return next(own, pointing._meta.verbose_name)


def deeds_about(models, keys, since):
    """{key: Touched}: the last deed about each of these objects since then."""
    about = Trail.objects.filter(
        model__in=[model._meta.label_lower for model in models], object_id__in=[str(key) for key in keys], at__gt=since
    )
    rows = about.order_by("id").values_list("object_id", "at", "actor_name", "verb")
    return {int(key): Touched(at, who, sentence(verb)) for key, at, who, verb in rows}
