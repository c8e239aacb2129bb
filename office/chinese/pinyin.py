"""Pinyin of names: text to search in and a key to sort by. Surnames are read as surnames (ux §4.3)."""

import re
import unicodedata
from functools import lru_cache

from office.chinese.names import HAN, NAME_LENGTH, clean_name
from office.chinese.strokes import stroke_key
from office.chinese.surnames import READINGS, split_name

# Nobody types more than this of a name to find it; the bound keeps the column short.
_FULL_LENGTH, _INITIALS_LENGTH, _READINGS_AT_MOST = 60, 20, 2
PINYIN_KEYS_LENGTH = _READINGS_AT_MOST * (_FULL_LENGTH + 1 + _INITIALS_LENGTH + 1)
SORT_PINYIN_LENGTH = 120
_TONE = re.compile("[0-9]")


def pinyin_keys(name: str) -> str:
    """Lower-case search text: full pinyin, then initials, for every reading of the surname.

    曾国强 → "zengguoqiang cengguoqiang zgq cgq". ü is written v, as it is typed.
    At most PINYIN_KEYS_LENGTH long.
    """
    surname, given = split_name(clean_name(name)[:NAME_LENGTH])
    if not surname:
        return ""
    rest = [_without_tone(syllable) for syllable in _syllables(given)]
    readings = [[_without_tone(syllable) for syllable in reading] + rest for reading in _surname_readings(surname)]
    full = ["".join(syllables)[:_FULL_LENGTH] for syllables in readings]
    initials = ["".join(syllable[0] for syllable in syllables)[:_INITIALS_LENGTH] for syllables in readings]
    return " ".join(key for key in dict.fromkeys(full + initials) if key)


def sort_pinyin(name: str) -> str:
    """ASCII key whose plain byte order is by syllable, then tone; people of one surname stay together.

    The tone number parts the syllables, so 李 (li3) stands before 连 (lian2).
    At most SORT_PINYIN_LENGTH long.
    """
    surname, given = split_name(clean_name(name)[:NAME_LENGTH])
    if not surname:
        return ""
    reading = "".join(_surname_readings(surname)[0])
    return (reading + stroke_key(surname) + "".join(_syllables(given)))[:SORT_PINYIN_LENGTH]


def _surname_readings(surname: str) -> list[list[str]]:
    """The readings as a surname first, then the everyday one, which people also type."""
    pieces = list(surname) if HAN.match(surname) else [surname]
    everyday = [syllable for piece in pieces for syllable in _syllables(piece)]
    distinct: dict[str, list[str]] = {}
    for reading in [*READINGS.get(surname, ()), everyday]:
        distinct.setdefault(_without_tone("".join(reading)), reading)
    return list(distinct.values())[:_READINGS_AT_MOST]


@lru_cache(maxsize=10_000)
def _syllables(text: str) -> tuple[str, ...]:
    """zeng1, guo2 …; Latin words as they are; characters pypinyin does not know are left out."""
    from pypinyin import Style, lazy_pinyin  # noqa: PLC0415 0.4 s and 60 MB, only when a name is saved

    syllables = lazy_pinyin(text, style=Style.TONE3, neutral_tone_with_five=True, errors=_latin_words)
    return tuple(syllable for syllable in syllables if syllable)


def _latin_words(text: str) -> list[str]:
    unaccented = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode()
    return re.findall("[a-z]+", unaccented.lower())


def _without_tone(syllable: str) -> str:
    return _TONE.sub("", syllable)
