"""Queries whose SQL the ORM writes once: later calls only fill in the values.

Building a queryset and turning it into SQL costs Django several times what the database takes to answer, and was half of
a page's time. The rule stays where it is, in the QuerySet; what is kept is the text of the question, never a row.

    @prepared
    def _held(body, day):
        return Post.objects.on(day).filter(body=body).values_list("title", "person__name")

    _held(branch.pk, today)  # a list of tuples
"""

from collections.abc import Collection
from contextlib import contextmanager
from contextvars import ContextVar
from copy import copy
from datetime import date
from functools import wraps
from itertools import count
from types import SimpleNamespace

from django.core.exceptions import EmptyResultSet
from django.db import connections
from django.db.models import Expression, Q

from office.areas.scope import Reach

DATABASE = "default"
_answers = ContextVar("what prepared queries have answered so far, inside read_once()", default=None)


@contextmanager
def read_once():
    """Inside, a prepared query asked again with the same values answers what it answered before.

    For a page that only reads and is made of many rooms' figures: they share rows, which nobody may change.
    """
    outer = _answers.set({})
    try:
        yield
    finally:
        _answers.reset(outer)


def prepared(build):
    """Make `build`, which turns its arguments into a queryset, a function from them to the list of its rows.

    Numbers, texts and days are filled in; so are collections of them behind `__in`, a Reach in `within()`, and what a
    dict has under its names. The names, None, truth values, empty collections and a Q, which must be a constant of the
    code, shape the question; it is written once for each shape. What `build` asks may depend on nothing else: not on
    the clock, a setting or a row. Raises TypeError for arguments of other kinds.
    """
    statements = {}

    @wraps(build)
    def rows(*arguments):
        values = []
        shapes = tuple([_shape(argument, values) for argument in arguments])
        connection = connections[DATABASE]
        key = (connection.vendor, shapes)
        statement = statements.get(key)
        if statement is None:
            places = count()
            statement = statements[key] = _Statement(build(*[_stand_in(shape, places) for shape in shapes]))
        return list(_answer(statement, values, connection))

    return rows


def _answer(statement, values, connection):
    known = _answers.get()
    if known is None:
        return statement.rows(values, connection)
    question = (statement, tuple([tuple(value) if isinstance(value, list) else value for value in values]))
    if question not in known:
        known[question] = statement.rows(values, connection)
    return known[question]


class _Slot(Expression):
    """Where one value goes in the SQL, known by its place among the values of a call."""

    def __init__(self, place):
        super().__init__()
        self.place = place

    def as_sql(self, compiler, connection):
        return "%s", [self]


class _Slots(_Slot):
    """Where several values go, behind `__in`; how many is known at the call."""

    @property
    def mark(self):
        return f"<values {self.place}>"

    def as_sql(self, compiler, connection):
        return self.mark, [self]


class _Unknown:
    """What `build` gets in place of a value: it may be put into a queryset, never looked at."""

    slot = _Slot

    def __init__(self, place):
        self.place = place

    def __bool__(self):
        raise TypeError("What a prepared query asks cannot depend on a value.")

    def resolve_expression(self, *args, **kwargs):
        return self.slot(self.place)


class _UnknownSeveral(_Unknown):
    slot = _Slots

    def __len__(self):
        """More than one, as office.areas.scope.one_or_many() wants to know."""
        return 2

    def __bool__(self):
        return True


def _shape(argument, values):
    """What an argument leaves to fill in goes to `values`; the rest, which shapes the question, is returned."""
    if isinstance(argument, (int, str, date)) and not isinstance(argument, bool):
        values.append(getattr(argument, "value", argument))
        return _Unknown
    if argument is None or isinstance(argument, (bool, Q)):
        return argument
    if isinstance(argument, Reach):
        return (Reach, *[_shape_of_places(getattr(argument, kind), values) for kind in Reach.__dataclass_fields__])
    if isinstance(argument, dict):
        return (dict, *[(name, _shape(each, values)) for name, each in argument.items()])
    if isinstance(argument, Collection):
        return _shape_of_several(argument, values)
    raise TypeError(f"A prepared query cannot be asked with {type(argument).__name__}.")


def _shape_of_several(argument, values):
    if not argument:
        return ()
    values.append(list(argument))
    return _UnknownSeveral


def _shape_of_places(ids, values):
    if len(ids) != 1:
        return _shape_of_several(ids, values)
    values.extend(ids)
    return _Unknown


def _stand_in(shape, places):
    """The argument that a question of this shape is built with."""
    if shape in (_Unknown, _UnknownSeveral):
        return shape(next(places))
    if not isinstance(shape, tuple) or shape == ():
        return shape
    if shape[0] is dict:
        return {name: _stand_in(each, places) for name, each in shape[1:]}
    ids = [_stand_in(each, places) for each in shape[1:]]
    return Reach(*[frozenset([each]) if type(each) is _Unknown else each for each in ids])


class _Statement:
    """The SQL of a queryset with slots, and how Django makes rows of what comes back."""

    def __init__(self, queryset):
        self.queryset = queryset
        self.compiler = queryset.query.get_compiler(DATABASE)
        try:
            self.sql, self.params = self.compiler.as_sql()
        except EmptyResultSet:
            self.sql, self.params = "", ()
            return
        converters = self.compiler.get_converters([column for column, *_ in self.compiler.select])
        self.compiler.get_converters = lambda expressions: converters

    def rows(self, values, connection):
        if not self.sql:
            return []
        compiler = copy(self.compiler)
        compiler.connection = connection
        compiler.as_sql = lambda: self._filled(values)
        query = copy(self.queryset.query)
        query.get_compiler = lambda using: compiler
        known = SimpleNamespace(db=DATABASE, query=query, _fields=self.queryset._fields, _known_related_objects={})
        return list(self.queryset._iterable_class(known))

    def _filled(self, values):
        sql, params = self.sql, []
        for param in self.params:
            if isinstance(param, _Slots):
                several = values[param.place]
                sql = sql.replace(param.mark, ", ".join(["%s"] * len(several)))
                params += several
            else:
                params.append(values[param.place] if isinstance(param, _Slot) else param)
        return sql, params
