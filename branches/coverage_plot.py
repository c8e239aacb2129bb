"""The months as two lines with ready coordinates, drawn by templates/branches/_history.svg (ux C27).

Branches and covered compounds are two figures on one scale from 0; neither is coloured, one line is dashed. Beside
the plot stands the table of its numbers; `words` says them to those who do not see it.
"""

from dataclasses import dataclass

from office.chinese.dates import cn_date

WIDTH, HEIGHT = 360, 214
LETTER = 16
_LEFT, _RIGHT, _TOP, _BOTTOM = 30, 64, 40, 176


@dataclass(frozen=True)
class Series:
    """One line: its words, its points for a polyline, and where its last number stands."""

    label: str
    points: str
    first: int
    last: int
    first_y: float
    last_y: float
    word_y: float
    dashed: bool
    key_x: int  # 图例里从哪里起


@dataclass(frozen=True)
class Lines:
    """What _history.svg draws."""

    words: str
    series: tuple[Series, ...]
    marks: tuple[tuple[float, str, str], ...]  # x, month, anchor
    left: int = _LEFT
    right: int = WIDTH - _RIGHT
    bottom: int = _BOTTOM
    width: int = WIDTH
    height: int = HEIGHT
    word_x: int = WIDTH - _RIGHT + 8


def lines(months) -> Lines:
    """`months` are branches.coverage.Month, oldest first, at least one."""
    covered, branches = [month.covered for month in months], [month.branches for month in months]
    largest = max(*covered, *branches, 1)
    found = (
        _series("有支部覆盖的小区", covered, largest, dashed=True, key_x=0),
        _series("小区党支部", branches, largest, dashed=False, key_x=190),
    )
    told = "；".join(f"{each.label}从{each.first}个到{each.last}个" for each in found)
    first, last = months[0].last, months[-1].last
    words = f"{cn_date(first, 'm')}到{cn_date(last, 'm')}，{told}"
    marks = ((_LEFT, cn_date(first, "m"), "start"), (WIDTH - _RIGHT, cn_date(last, "m"), "end"))
    return Lines(words, _apart(found), marks)


def _series(label, values, largest, *, dashed, key_x):
    scale = (_BOTTOM - _TOP) / largest
    step = (WIDTH - _LEFT - _RIGHT) / max(len(values) - 1, 1)
    at = [(round(_LEFT + place * step, 1), round(_BOTTOM - value * scale, 1)) for place, value in enumerate(values)]
    return Series(
        label=label,
        points=" ".join(f"{x},{y}" for x, y in at),
        first=values[0],
        last=values[-1],
        first_y=at[0][1],
        last_y=at[-1][1],
        word_y=at[-1][1] + 5,
        dashed=dashed,
        key_x=key_x,
    )


def _apart(found):
    """The last numbers moved apart where the lines end close together, so that neither covers the other."""
    upper, lower = sorted(found, key=lambda each: each.last_y)
    gap = LETTER + 2 - (lower.word_y - upper.word_y)
    if gap > 0:
        upper = Series(**vars(upper) | {"word_y": round(upper.word_y - gap / 2, 1)})
        lower = Series(**vars(lower) | {"word_y": round(lower.word_y + gap / 2, 1)})
    return upper, lower
