"""Small plots as ready coordinates, drawn by templates/papers/_bar.svg: the same on page and paper.

Grey is the rule; red marks only what falls short of a target. Rows keep the order they come in: a plot never
ranks (ux C27). Beside every plot stands the table of its numbers.
"""

import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass

WIDTH = 560
# The size of a full-width character in drawing units; .plot in app.css sets the same.
LETTER = 16

_BAR_STEP, _BAR_TOP, _SHORTEST_BAR = 38, 18, 2
_LONGEST_LABEL = 10


@dataclass(frozen=True)
class Bar:
    """One row: its words, its box, and whether it falls short of the target."""

    label: str
    value: str
    y: int
    baseline: int
    length: float
    value_x: float
    short: bool


@dataclass(frozen=True)
class Target:
    """The upright dashed line and its words."""

    x: float
    bottom: int
    label: str
    label_x: float
    label_y: int
    anchor: str


@dataclass(frozen=True)
class Bars:
    """What _bar.svg draws; `description` tells it to those who do not see it."""

    description: str
    height: int
    left: int
    bars: tuple[Bar, ...]
    target: Target | None


def bars(rows: Iterable[tuple[str, int]], *, description: str, unit: str = "", target: int | None = None) -> Bars:
    """Rows of (label, number from 0 up). Labels past ten characters are cut; the table has them whole."""
    rows = [(_clipped(label), number) for label, number in rows]
    left = max((_text_width(label) for label, _ in rows), default=0) + 12
    # Room to the right of the longest bar for its number.
    room = WIDTH - left - 5 * LETTER
    largest = max([number for _, number in rows] + [target or 0, 1])
    drawn = tuple(
        _bar(place, label, number, left, room / largest, unit, target) for place, (label, number) in enumerate(rows)
    )
    bottom = _BAR_TOP + _BAR_STEP * len(rows)
    mark = None if target is None else _target(left + target * room / largest, bottom, f"应为 {target}{unit}")
    return Bars(description, bottom + (0 if mark is None else LETTER + 8), left, drawn, mark)


def _bar(place, label, number, left, scale, unit, target) -> Bar:
    y = _BAR_TOP + place * _BAR_STEP
    length = max(round(number * scale, 1), _SHORTEST_BAR)
    short = target is not None and number < target
    return Bar(label, f"{number}{unit}", y, y + LETTER, length, round(left + length + 8, 1), short)


def _target(x, bottom, label) -> Target:
    """The words stand right of the line unless they would leave the drawing."""
    fits = x + 6 + _text_width(label) <= WIDTH
    label_x, anchor = (x + 6, "start") if fits else (x - 6, "end")
    return Target(round(x, 1), bottom, label, round(label_x, 1), bottom + LETTER // 2, anchor)


def _clipped(label: str) -> str:
    return label if len(label) <= _LONGEST_LABEL else label[: _LONGEST_LABEL - 1] + "…"


def _text_width(text: str) -> int:
    """How wide the text is drawn: Latin letters and digits take little more than half a letter."""
    wide = sum(unicodedata.east_asian_width(c) in "WFA" for c in text)
    return LETTER * wide + LETTER * 5 // 8 * (len(text) - wide)
