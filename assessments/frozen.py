"""Frozen dataclasses as JSON and back, so that a paper made again prints exactly what it printed first."""

from dataclasses import fields, is_dataclass
from datetime import date
from functools import cache
from types import NoneType, UnionType
from typing import get_args, get_origin, get_type_hints


def as_json(value):
    """The value as plain JSON data: dataclasses become objects, tuples lists, dates ISO text."""
    if is_dataclass(value):
        return {field.name: as_json(getattr(value, field.name)) for field in fields(value)}
    if isinstance(value, tuple):
        return [as_json(item) for item in value]
    return value.isoformat() if isinstance(value, date) else value


def from_json(kind, data):
    """The dataclass `kind` that `as_json` was given, read back by its type hints."""
    hints = _hints(kind)
    return kind(**{name: _value(hints[name], item) for name, item in data.items()})


@cache
def _hints(kind):
    return get_type_hints(kind)


def _value(hint, data):
    if data is None:
        return None
    if get_origin(hint) is UnionType:
        hint = next(option for option in get_args(hint) if option is not NoneType)
    if is_dataclass(hint):
        return from_json(hint, data)
    if hint is date:
        return date.fromisoformat(data)
    if get_origin(hint) is tuple:
        return tuple(_value(get_args(hint)[0], item) for item in data)
    return _tuples(data)


def _tuples(data):
    """Under a bare `tuple` everything that was a list was a tuple."""
    return tuple(_tuples(item) for item in data) if isinstance(data, list) else data
