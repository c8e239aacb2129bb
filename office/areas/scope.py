"""Who sees which rows: a user's reach, and querysets that narrow to it.

`Model.objects.visible_to(user)` is the one question every list, page, form choice, search, export and file asks.
A row's home is told by its scope columns (town, community, branch, compound), kept on the row itself, so that no list
is ever narrowed through a join.
"""

from dataclasses import dataclass

from django.db import models
from django.db.models import Q


@dataclass(frozen=True)
class Reach:
    """What somebody may see: whole towns, whole communities, branches (their Body's id) and compounds."""

    towns: frozenset = frozenset()
    communities: frozenset = frozenset()
    branches: frozenset = frozenset()
    compounds: frozenset = frozenset()

    def __or__(self, other):
        return Reach(*(getattr(self, k) | getattr(other, k) for k in self.__dataclass_fields__))

    def __bool__(self):
        return any(getattr(self, kind) for kind in self.__dataclass_fields__)


NOTHING = Reach()


def one_or_many(column, ids):
    """A condition on one column; equality for a single id lets the database use the list's index order."""
    return Q(**{column: next(iter(ids))}) if len(ids) == 1 else Q(**{f"{column}__in": ids})


class ScopedQuerySet(models.QuerySet):
    """Rows with homes. Scope columns are copied on save and bulk_create, and refused by update()."""

    def visible_to(self, user):
        return self.within(user.reach)

    def within(self, reach):
        """Rows inside `reach`, by the model's declared scope columns or through its parent."""
        if parent := self.model.scope_parent:
            owner = self.model._meta.get_field(parent).related_model
            return self.filter(**{f"{parent}__in": owner.objects.within(reach)}) if reach else self.none()
        condition = Q()
        for kind, column in self.model.scope.items():
            if ids := getattr(reach, kind):
                condition |= one_or_many(column, ids)
        return self.filter(condition) if condition else self.none()

    def bulk_create(self, objs, *args, **kwargs):
        objs = list(objs)
        for obj in objs:
            obj.copy_scope()
        return super().bulk_create(objs, *args, **kwargs)

    def update(self, **fields):
        names = {column.removesuffix("_id") for column in self.model.scope.values()} - {"id", "pk"}
        if moved := names & {name.removesuffix("_id") for name in fields}:
            raise ValueError(f"归属列 {sorted(moved)} 只能由 rescope() 修改。")
        return super().update(**fields)

    def rescope(self, **columns):
        """The one door for moving rows to another home; callers are the deeds that move people and compounds."""
        return super().update(**columns)


class Scoped(models.Model):
    """A row with a home.

    `scope` maps a kind of reach to the column that answers it. `scope_source` names the relation whose home the row
    copies. `scope_parent` names the relation whose visibility the row shares (rows that never stand alone).
    """

    scope: dict = {}
    scope_source: str | None = None
    scope_parent: str | None = None

    objects = ScopedQuerySet.as_manager()

    class Meta:
        abstract = True

    def save(self, *args, **kwargs):
        self.copy_scope()
        super().save(*args, **kwargs)

    def copy_scope(self):
        if not self.scope_source or getattr(self, f"{self.scope_source}_id") is None:
            return
        source = getattr(self, self.scope_source)
        for column in self.scope.values():
            own = column in (self._meta.pk.attname, f"{self.scope_source}_id")
            if not own and hasattr(source, column):
                setattr(self, column, getattr(source, column))
