"""Small plots as ready coordinates, drawn by templates/papers/_bar.svg and _tiles.svg: the same on page and paper.

Grey is the rule; red marks only what falls short of a target. Rows keep the order they come in: a plot never
ranks (ux C27). Beside every plot stands the table of its numbers; `words` says them to those who do not see it, and
`rows` are what a Word file prints in its place.
"""

import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass, field

WIDTH = 560
HALF_WIDTH = 272  # two beside each other, 16 apart
# The size of a full-width character in drawing units; .plot in app.css sets the same.
LETTER = 16

_BAR_STEP, _BAR_TOP, _SHORTEST_BAR = 30, 18, 2
_LONGEST_LABEL = 10
_TILE_HEIGHT, _TILE_GAP = 34, 8


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
    """What _bar.svg draws. `rows` has the labels whole, each with its value in words."""

    description: str
    width: int
    height: int
    left: int
    bars: tuple[Bar, ...]
    target: Target | None
    rows: tuple[tuple[str, str], ...] = ()

    @property
    def words(self):
        return spoken(self.description, self.rows)


@dataclass(frozen=True)
class Tile:
    """One thing that is there (filled), missing (empty) or unrecorded (dashed), told in words as well."""

    label: str
    word: str
    x: float
    middle: float
    width: float
    has: bool | None

    @property
    def unrecorded(self):
        return self.has is None


@dataclass(frozen=True)
class Tiles:
    """What _tiles.svg draws: things in a line, each there, missing or unrecorded."""

    description: str
    tiles: tuple[Tile, ...]
    width: int = WIDTH
    height: int = _TILE_HEIGHT + LETTER + 16
    tile_height: int = _TILE_HEIGHT
    word_y: int = _TILE_HEIGHT // 2 + 8
    label_y: int = _TILE_HEIGHT + LETTER + 8
    rows: tuple[tuple[str, str], ...] = field(default=())

    @property
    def words(self):
        return spoken(self.description, self.rows)


def spoken(description, rows):
    """各年龄段党员：35岁及以下1名，36至45岁0名."""
    told = "，".join(f"{label}{value}" for label, value in rows)
    return f"{description}：{told}" if told else description


def bars(
    rows: Iterable[tuple], *, description: str, unit: str = "", target: int | None = None, half: bool = False
) -> Bars:
    """Rows of (label, number from 0 up) or (label, number, its words). Labels past ten characters are cut in the
    drawing alone. `half` draws for half the width of the page.
    """
    rows = [(row[0], row[1], row[2] if len(row) > 2 else f"{row[1]}{unit}") for row in rows]
    width = HALF_WIDTH if half else WIDTH
    left = max((_text_width(_clipped(label)) for label, *_ in rows), default=0) + 12
    # Room to the right of the longest bar for its number.
    widest = max((_text_width(words) for *_, words in rows), default=0)
    room = max(width - left - max(widest + LETTER, 5 * LETTER * width // WIDTH), LETTER)
    largest = max([number for _, number, _ in rows] + [target or 0, 1])
    drawn = tuple(
        _bar(place * _BAR_STEP, _clipped(label), number, words, left, room / largest, target)
        for place, (label, number, words) in enumerate(rows)
    )
    bottom = _BAR_TOP + _BAR_STEP * len(rows)
    mark = None if target is None else _target(left + target * room / largest, bottom, f"应为 {target}{unit}", width)
    height = bottom + (0 if mark is None else LETTER + 8)
    return Bars(description, width, height, left, drawn, mark, tuple((label, words) for label, _, words in rows))


def tiles(items: Iterable[tuple[str, bool | None]], *, description: str) -> Tiles:
    """(label, True 有 / False 缺 / None 未记录), side by side in their order; at least one."""
    items = list(items)
    width = (WIDTH + _TILE_GAP) / len(items) - _TILE_GAP
    drawn = tuple(
        Tile(
            label,
            {True: "有", False: "缺", None: "未记录"}[has],
            round(place * (width + _TILE_GAP), 1),
            round(place * (width + _TILE_GAP) + width / 2, 1),
            round(width, 1),
            has,
        )
        for place, (label, has) in enumerate(items)
    )
    return Tiles(description, drawn, rows=tuple((tile.label, tile.word) for tile in drawn))


def _bar(top, label, number, words, left, scale, target) -> Bar:
    y = _BAR_TOP + top
    length = max(round(number * scale, 1), _SHORTEST_BAR)
    short = target is not None and number < target
    return Bar(label, words, y, y + LETTER, length, round(left + length + 8, 1), short)


def _target(x, bottom, label, width) -> Target:
    """The words stand right of the line unless they would leave the drawing."""
    fits = x + 6 + _text_width(label) <= width
    label_x, anchor = (x + 6, "start") if fits else (x - 6, "end")
    return Target(round(x, 1), bottom, label, round(label_x, 1), bottom + LETTER // 2, anchor)


def _clipped(label: str) -> str:
    return label if len(label) <= _LONGEST_LABEL else label[: _LONGEST_LABEL - 1] + "…"


def _text_width(text: str) -> int:
    """How wide the text is drawn: Latin letters and digits take little more than half a letter."""
    wide = sum(unicodedata.east_asian_width(c) in "WFA" for c in text)
    return LETTER * wide + LETTER * 5 // 8 * (len(text) - wide)
