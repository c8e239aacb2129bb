"""Finding the head of a table: which row, which column is which, and what is wrong with it, in words."""

from dataclasses import dataclass, field
from itertools import pairwise

from office.sheets.columns import plain_title, without_remark
from office.sheets.workbook import column_letters

SEARCHED_ROWS = 10
LONGEST_TITLE = 200
REASON_TITLE = "错误原因"
# Columns that nobody misses, as compared.
_IDLE_TITLES = frozenset({REASON_TITLE, "序号", "编号"})
# Sheets we write ourselves beside the table.
SIDE_SHEETS = ("说明", "汇总")


@dataclass
class Header:
    """`positions` gives the column number of each key; `last_row` is the row above the first row of data.

    `titles` gives the title in each of those columns, as titles are compared.
    """

    first_row: int
    last_row: int
    positions: dict[str, int]
    titles: dict[int, str] = field(default_factory=dict)
    refusals: list[str] = field(default_factory=list)
    notices: list[str] = field(default_factory=list)


def find_header(rows, columns):
    """The Header among the first rows of a sheet, or None when no row looks like one.

    A head may stand lower than row 1 and may take two rows (联系方式 over 手机 and 住址, 姓名 merged across both).
    """
    known = _known_titles(columns)
    best, best_score = None, min(2, len(columns)) - 1
    for upper, lower in _candidates(rows[:SEARCHED_ROWS]):
        titles = _titles(upper, lower, known)
        score = len({known[name] for _, _, name in titles if name in known})
        if score > best_score:
            best, best_score = (upper, lower, titles), score
    if best is None:
        return None
    upper, lower, titles = best
    return _described(upper, lower or upper, titles, columns, known)


def _candidates(rows):
    """Single rows before pairs: a pair must be better, or the line above a head would count as part of it."""
    yield from ((row, None) for row in rows)
    yield from pairwise(rows)


def _known_titles(columns):
    known = {}
    for column in columns:
        for title in (column.title, *column.aliases):
            known.setdefault(plain_title(title), column.key)
    return known


def _titles(upper, lower, known):
    """(column number, title as written, title as compared) of a one-row or two-row head; the lower title counts.

    A person under a head covers its titles and so never makes it a better head.
    """
    texts = {}
    for row in filter(None, (upper, lower)):
        for number, cell in row.cells.items():
            if cell.kind != "text" or len(cell.value) > LONGEST_TITLE:
                continue
            texts[number] = (cell.value, _compared(cell.value, known))
    return [(number, *texts[number]) for number in sorted(texts)]


def _compared(text, known):
    name = plain_title(text)
    shorter = without_remark(name)
    return shorter if name not in known and shorter in known else name


def _described(upper, lower, titles, columns, known):
    header = Header(upper.number, lower.number, {})
    by_key = {}
    unknown = []
    for number, title, name in titles:
        if name in known:
            by_key.setdefault(known[name], []).append((number, title, name))
        elif name and name not in _IDLE_TITLES:
            unknown.append(title)
    for column in columns:
        _place(column, by_key.get(column.key, []), header, unknown)
    absent = [column.title for column in columns if column.required and column.key not in by_key]
    if absent:
        header.refusals.append(lacking_columns(absent))
    if unknown:
        header.notices.append(f"这些列不认识，没有读：{_listed(unknown)}。")
    return header


def _place(column, found, header, unknown):
    # 手机 and 联系电话 side by side: the exact title wins, the other is reported as not read.
    exact = [place for place in found if place[2] == plain_title(column.title)]
    chosen = exact or found
    unknown.extend(title for number, title, name in found if (number, title, name) not in chosen)
    if len(chosen) > 1:
        letters = "、".join(column_letters(number) for number, _, _ in chosen)
        header.refusals.append(f"“{column.title}”有 {len(chosen)} 列（{letters} 列），请只留一列。")
    elif chosen:
        header.positions[column.key] = number = chosen[0][0]
        header.titles[number] = chosen[0][2]
    elif not column.required:
        header.notices.append(f"没有“{column.title}”这一列，按空白处理。")


def lacking_columns(titles):
    """Why a head without these columns is refused."""
    which = f"“{titles[0]}”这一列" if len(titles) == 1 else f"这几列：{_listed(titles)}"
    return f"缺少{which}。请在表头加上，或用模板重新填。"


def _listed(titles):
    shown = "、".join(f"“{title[:20]}”" for title in titles[:10])
    return shown if len(titles) <= 10 else f"{shown}等 {len(titles)} 列"
