"""Columns by month as ready coordinates, drawn by templates/assessments/_months.svg.

A month without a record has no column and reads —, because it may only not have been written down (R-319).
"""

from dataclasses import dataclass

from office.papers.plots import spoken

WIDTH, HEIGHT = 560, 132
_BASE, _TALLEST, _SHORTEST, _COLUMN = 104, 80, 4, 24


@dataclass(frozen=True)
class Column:
    """One month: its words and its box."""

    label: str
    value: str
    middle: float
    x: float
    y: float
    height: float

    @property
    def value_y(self):
        return self.y - 6


@dataclass(frozen=True)
class Months:
    """What _months.svg draws; `description` tells it to those who do not see it."""

    description: str
    columns: tuple[Column, ...]
    rows: tuple[tuple[str, str], ...]
    width: int = WIDTH
    height: int = HEIGHT
    base: int = _BASE

    @property
    def words(self):
        return spoken(self.description, self.rows)


def months(counts, *, description):
    """A column for each month's count, January first; counts may stop before December."""
    largest = max([*counts, 1])
    step = WIDTH / 12
    rows = tuple((f"{place}月", f"{count}次" if count else "未记录") for place, count in enumerate(counts, start=1))
    return Months(description, tuple(_column(i, count, largest, step) for i, count in enumerate(counts)), rows)


def _column(place, count, largest, step):
    height = max(round(count * _TALLEST / largest, 1), _SHORTEST) if count else 0
    middle = round(step * (place + 0.5), 1)
    return Column(
        f"{place + 1}月", str(count) if count else "—", middle, middle - _COLUMN / 2, round(_BASE - height, 1), height
    )
