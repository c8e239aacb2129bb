"""What hangs on a person: every row that points at one, found by walking the models, and how rows are kept to go back.

This is the one walk upwards that the house permits (architecture §7): a merge must not forget a relation of a room that
`members` does not know.
"""

import hashlib
from dataclasses import dataclass

from django.apps import apps
from django.core import serializers
from django.db import models

from members.models import Member, NotSame, Person, PersonPlace, Placement
from office.chinese.dates import cn_date
from office.chinese.names import HAN

# 合并时另有做法的：党员身份逐项选，归属按日期接起来，可见范围重新算，“不是同一个人”换人。
WITH_THEIR_OWN_WAY = (
    Member.person.field,
    Placement.member.field,
    PersonPlace.person.field,
    NotSame.one.field,
    NotSame.other.field,
)


def pointing_fields():
    """Every column of every model that points at a Person or a Member, hidden relations included."""
    return [
        field
        for model in apps.get_models(include_auto_created=True)
        for field in model._meta.concrete_fields
        if field.is_relation and field.related_model in (Person, Member)
    ]


def moved_fields():
    """The columns whose rows simply go over to the person who is kept."""
    return [field for field in pointing_fields() if field not in WITH_THEIR_OWN_WAY]


def rows_of(field, person):
    return field.model._base_manager.filter(**{field.attname: person.pk})


@dataclass(frozen=True)
class Clash:
    """Two rows of which only one can stand once both belong to one person, e.g. both came to the same meeting."""

    kept: models.Model
    dropped: models.Model
    about: str
    kept_words: str
    dropped_words: str

    @property
    def key(self):
        return f"{self.kept._meta.label_lower}:{self.kept.pk}:{self.dropped.pk}"

    @property
    def is_a_question(self):
        """Whether the two rows say different things, so that somebody has to choose."""
        return self.kept_words != self.dropped_words


def clashes(keep, drop):
    """Rows that a uniqueness rule would not let stand together, in the order of the models."""
    found = {}
    for field in moved_fields():
        for names, condition in _uniqueness_with(field):
            # NULL 和 NULL 在唯一约束里不算相同。
            known = condition & models.Q(**{f"{name}__isnull": False for name in names})
            mine = {_others(row, names): row for row in rows_of(field, keep).filter(known)}
            for row in rows_of(field, drop).filter(known):
                if (other := mine.get(_others(row, names))) is not None:
                    clash = _clash(field, names, other, row)
                    found.setdefault(clash.key, clash)
    return list(found.values())


def _uniqueness_with(field):
    """(the other columns, condition) of every uniqueness rule of the model that the column is part of."""
    if field.unique:
        yield (), models.Q()
    for rule in field.model._meta.constraints:
        if isinstance(rule, models.UniqueConstraint) and field.name in rule.fields:
            yield tuple(name for name in rule.fields if name != field.name), rule.condition or models.Q()


def _others(row, names):
    return tuple(row.serializable_value(name) for name in names)


def _clash(field, names, kept, dropped):
    about = "".join(filter(None, [_value(kept, kept._meta.get_field(name)) for name in names]))
    told = [
        other
        for other in field.model._meta.concrete_fields
        if other is not field and other.name not in names and HAN.search(str(other.verbose_name))
    ]
    differing = [
        other for other in told if kept.serializable_value(other.name) != dropped.serializable_value(other.name)
    ]
    words = (
        "，".join(f"{other.verbose_name}{_value(row, other) or '未填'}" for other in differing)
        for row in (kept, dropped)
    )
    return Clash(
        kept, dropped, f"{kept._meta.verbose_name}：{about}" if about else str(kept._meta.verbose_name), *words
    )


def _value(row, field):
    value = getattr(row, f"get_{field.name}_display")() if field.choices else getattr(row, field.name)
    if isinstance(field, models.DateField):
        return cn_date(value) if value else ""
    if isinstance(value, bool):
        return "是" if value else "否"
    return str(value) if value is not None else ""


def counted(rows):
    """任职2条、到会情况5条: how many rows of each kind."""
    kinds = {}
    for row in rows:
        kinds[row._meta.verbose_name] = kinds.get(row._meta.verbose_name, 0) + 1
    return "、".join(f"{kind}{count}条" for kind, count in kinds.items())


def as_text(rows):
    """The rows with all their columns, as they stand in the database."""
    return serializers.serialize("json", rows, ensure_ascii=False)


def from_text(text):
    """The rows of as_text(), each with a save() that writes it back column by column."""
    return list(serializers.deserialize("json", text))


def key_of(row):
    """members.post:12, the name under which a row is remembered."""
    return f"{row._meta.label_lower}:{row.pk}"


def standing(keys):
    """The rows of these keys as the database has them now; what is gone is missing."""
    wanted = {}
    for key in keys:
        label, _, pk = key.partition(":")
        wanted.setdefault(label, []).append(pk)
    found = (row for label, pks in wanted.items() for row in apps.get_model(label)._base_manager.filter(pk__in=pks))
    return {key_of(row): row for row in found}


def digests(rows):
    """{key: what the row says, as one short word}, to tell later whether somebody changed it."""
    return {key_of(row): hashlib.sha256(as_text([row]).encode()).hexdigest() for row in rows}
