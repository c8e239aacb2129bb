"""姓氏笔画 order (ux §4.2): fewer strokes first, then 横竖撇点折 in turn, then the next character."""

import re
from array import array
from collections.abc import Iterable
from functools import cache
from pathlib import Path

from office.chinese.names import LATIN, NAME_LENGTH, clean_name
from office.chinese.surnames import split_name

# A character takes 3 digits of base 36 when known, 5 when not.
STROKE_KEY_LENGTH = 5 * (NAME_LENGTH + 2)

_DATA = Path(__file__).parent / "data" / "stroke_order.tsv"
_DIGITS = "0123456789abcdefghijklmnopqrstuvwxyz"
_EMPTY_SLOT = "000"
_IGNORED = re.compile(r"[·\s.'’-]")


def stroke_key(name: str) -> str:
    """Digits and small letters whose plain byte order is 姓氏笔画 order; at most STROKE_KEY_LENGTH long.

    The surname has two places and the given name at least two; an empty place comes first, so 田富
    stands before 田大利 and 欧卫国 before 欧阳少东. Spaces and · do not count. Characters without
    stroke data come after all others.
    """
    surname, given = split_name(_letters(name)[:NAME_LENGTH])
    if not surname:
        return ""
    places = [_weight(character) for character in surname]
    if len(surname) == 1:
        places.append(_EMPTY_SLOT)
    if len(given) == 1:
        places.append(_EMPTY_SLOT)
    places.extend(_weight(character) for character in given)
    return "".join(places)


def by_strokes(names: Iterable[str]) -> list[str]:
    """The names in 姓氏笔画 order."""
    return sorted(names, key=lambda name: (stroke_key(name), name))


def has_unknown_strokes(name: str) -> bool:
    """Whether a person has to check this name's place in a list (笔画待核); Latin letters need none."""
    return any(not _rank(character) and not LATIN.match(character) for character in _letters(name))


def _letters(name: str) -> str:
    return _IGNORED.sub("", clean_name(name))


def _weight(character: str) -> str:
    rank = _rank(character)
    if rank:
        return _base36(rank, 3)
    # "z" is above every known weight: 28,165 is "lqd".
    return "z" + _base36(ord(character), 4)


def _rank(character: str) -> int:
    """Place of the character in stroke order, from 1; 0 when there are no data."""
    ranks = _ranks()
    code = ord(character)
    return ranks[code] if code < len(ranks) else 0


@cache
def _ranks() -> array:
    """Rank by code point: a flat array (400 KB), where a dict would take 4 MB in every process."""
    ranks = array("H", bytes(2 * 0x32400))
    with _DATA.open(encoding="utf-8") as lines:
        next(lines)
        for rank, line in enumerate(lines, start=1):
            ranks[ord(line[0])] = rank
    return ranks


def _base36(number: int, width: int) -> str:
    digits = ""
    for _ in range(width):
        number, digit = divmod(number, 36)
        digits = _DIGITS[digit] + digits
    return digits
