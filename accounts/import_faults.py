"""The faults of a file by kind: three hundred cells that are wrong in one way are one thing to mend."""

from dataclasses import dataclass, field
from itertools import islice
from typing import NamedTuple

from office.areas.pages import SIZE, page_of
from office.imports.models import ImportLine
from office.sheets.problems import said

AT_ONCE = 5  # cells of a kind; the others are folded up
UNFOLDED = 50  # cells; the others are on the page of the kind


class Cell(NamedTuple):
    """One cell to correct: where it is, whose line that is, why."""

    address: str
    name: str
    message: str


@dataclass
class FaultKind:
    """What is wrong with some cells of one column; `cells` are the first of them."""

    title: str
    words: str
    count: int = 0
    cells: list[Cell] = field(default_factory=list)
    alike: bool = True
    _common: list[str] = field(default_factory=list)

    @property
    def told(self):
        """The reason of every cell, or what their reasons have in common."""
        return self.cells[0].message if self.alike else "".join(self._common) + "。"

    @property
    def first(self):
        return self._with_own_words(self.cells[:AT_ONCE])

    @property
    def others(self):
        return self._with_own_words(self.cells[AT_ONCE:])

    def _with_own_words(self, cells):
        """[(Cell, what only its reason says)]: what stands in the place of each “…”."""
        return [
            (
                cell,
                "、".join(
                    part for part, all_say in zip(said(cell.message), self._common, strict=True) if part != all_say
                ),
            )
            for cell in cells
        ]

    @property
    def folded(self):
        """How many there are beside the first."""
        return self.count - AT_ONCE

    @property
    def has_own_page(self):
        return not self.alike or self.count > len(self.cells)

    def add(self, cell):
        parts = said(cell.message)
        self._common = [part if part == one else "…" for part, one in zip(self._common or parts, parts, strict=True)]
        self.count += 1
        if len(self.cells) < UNFOLDED:
            self.cells.append(cell)
        self.alike = self.alike and cell.message == self.cells[0].message


def kinds(lines):
    """The kinds of fault of these ImportLines, the most frequent first."""
    found = {}
    for name, shown in lines.order_by("row").values_list("name", "shown").iterator():
        for title, words, cell in _faults(name, shown):
            found.setdefault((title, words), FaultKind(title, words)).add(cell)
    return sorted(found.values(), key=lambda kind: -kind.count)


def of_kind(lines, title, words, request):
    """A page of the lines with a fault of that kind, each with the `cells` of it."""

    def read(row, _):
        rest = lines if row is None else lines.filter(row__gt=row)
        rows = rest.order_by("row").values("id", "row", "name", "shown").iterator()
        told = (one | {"cells": _cells(one, title, words)} for one in rows)
        return islice((one for one in told if one["cells"]), SIZE + 1)

    return page_of(read, request, ImportLine, key="row")


def _cells(line, *kind):
    return [cell for *of, cell in _faults(line["name"], line["shown"]) if tuple(of) == kind]


def _faults(name, shown):
    """(column, the words for what is wrong, Cell) of each fault of a line."""
    for _, message, address, title in shown["faults"]:
        yield title, "…".join(said(message)[::2]), Cell(address, name, message)
