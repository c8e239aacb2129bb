"""Small plots as ready coordinates, drawn by templates/papers/_bar.svg and _trend.svg: the same on page and paper.

Grey is the rule; red marks only what falls short of a target. Rows keep the order they come in: a plot never
ranks (ux C27). Beside every plot stands the table of its numbers.
"""

import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

WIDTH = 560
# The size of a full-width character in drawing units; .plot in app.css sets the same.
LETTER = 16

_BAR_STEP, _BAR_TOP, _SHORTEST_BAR = 38, 18, 2
_LONGEST_LABEL = 10
_TREND_LEFT, _TREND_RIGHT, _TREND_TOP, _TREND_BOTTOM = 48, 478, 24, 170
_TREND_HEIGHT = 206
_GRID_LINES = 4


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


@dataclass(frozen=True)
class Tick:
    """A word at a place on an axis."""

    label: str
    x: float
    y: float


@dataclass(frozen=True)
class Aim:
    """The dashed line from where the series starts to the target, and its words."""

    start_x: float
    start_y: float
    x: float
    y: float
    label: str
    label_y: float


@dataclass(frozen=True)
class Trend:
    """What _trend.svg draws: grid, line with its last point, and the way to the target if there is one."""

    description: str
    height: int
    left: int
    right: int
    grid: tuple[Tick, ...]
    months: tuple[Tick, ...]
    points: str
    last: Tick
    target: Aim | None


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


def trend(series: Sequence[tuple[str, int]], *, description: str, unit: str = "", target: int | None = None) -> Trend:
    """Numbers from 0 up in the order of time, as (label, number); needs at least one.

    Raises ValueError when there is none: a page says 未记录 instead.
    """
    if not series:
        raise ValueError("没有可画的数")
    top = _round_up(max([number for _, number in series] + [target or 0]))
    step = (_TREND_RIGHT - _TREND_LEFT) / max(len(series) - 1, 1)
    places = [(_TREND_LEFT + i * step, _height_of(number, top)) for i, (_, number) in enumerate(series)]
    grid = tuple(
        Tick(str(top * i // _GRID_LINES), _TREND_LEFT, _height_of(top * i // _GRID_LINES, top))
        for i in range(_GRID_LINES + 1)
    )
    last = Tick(f"{series[-1][1]}{unit}", round(places[-1][0], 1), places[-1][1])
    return Trend(
        description,
        _TREND_HEIGHT,
        _TREND_LEFT,
        _TREND_RIGHT,
        grid,
        _months(series, places),
        " ".join(f"{x:.1f},{y:.1f}" for x, y in places),
        last,
        None if target is None else _aim(places[0], last, _height_of(target, top), f"目标{target}{unit}"),
    )


def _aim(first, last, y, label) -> Aim:
    """The words keep a line's distance from those of the last point: above it, or below for a target passed."""
    distance = LETTER + 4
    if abs(y - last.y) >= distance:
        label_y = y
    else:
        label_y = last.y + (distance if y > last.y else -distance)
    return Aim(round(first[0], 1), first[1], last.x, y, label, label_y)


def _months(series, places) -> tuple[Tick, ...]:
    """As many labels below the axis as stand apart from each other, the first and the last among them."""
    widest = max(_text_width(label) for label, _ in series) + LETTER
    fitting = max(int((_TREND_RIGHT - _TREND_LEFT) // widest), 1)
    every = -(-len(series) // fitting)
    last = len(series) - 1
    shown = [i for i in range(0, len(series), every) if i == last or last - i >= every] + [last]
    return tuple(Tick(series[i][0], round(places[i][0], 1), _TREND_BOTTOM + 26) for i in dict.fromkeys(shown))


def _height_of(number, top) -> float:
    return round(_TREND_BOTTOM - (_TREND_BOTTOM - _TREND_TOP) * number / top, 1)


def _round_up(number: int) -> int:
    """The next number that the grid divides into whole steps."""
    return max(-(-number // _GRID_LINES), 1) * _GRID_LINES


def _clipped(label: str) -> str:
    return label if len(label) <= _LONGEST_LABEL else label[: _LONGEST_LABEL - 1] + "…"


def _text_width(text: str) -> int:
    """How wide the text is drawn: Latin letters and digits take little more than half a letter."""
    wide = sum(unicodedata.east_asian_width(c) in "WFA" for c in text)
    return LETTER * wide + LETTER * 5 // 8 * (len(text) - wide)
