"""Rows of a table that are no records: 合计, 填表人：…, a note, the head come again on the next printed page."""

import re

from office.sheets.columns import plain_title, without_remark

# Characters; no total, signature or title needs more to be known.
LOOKED_AT = 100

_TOTAL = re.compile(r"(合计|总计|共计|小计|累计)([:：共0-9０-９(（].*)?", re.DOTALL)
_SIGNATURE = re.compile(
    r"(注|备注|说明|填表说明|(填表|填报|制表|审核|经办|负责|联系)人?|(填报|填表)?(单位|日期|时间))"
    r"([(（](盖章|签字|签名)[)）])?[:：].*",
    re.DOTALL,
)

# 5人 under 姓名, beside a total.
_COUNT = re.compile(r"共?[0-9０-９]{1,6}[人名个]?")


def is_trimming(row, *, required):
    """Whether a RawRow is a total or a note rather than a record.

    Its first cell must say so, and the columns numbered in `required` must not hold a record: beside a total at most
    one of them is filled in (5人 under 姓名), beside a note none.
    """
    number = min(row.cells)
    text = _closed_up(row.cells[number])
    if _TOTAL.fullmatch(text):
        allowed = 1
    elif _SIGNATURE.fullmatch(text):
        allowed = 0
    else:
        return False
    others = [place for place in required if place != number]
    filled = [row.cells[place] for place in others if place in row.cells and not _is_note(row.cells[place])]
    if allowed and len(filled) == 1 and _is_count(filled[0]):
        return True
    return not others or len(filled) <= min(allowed, len(others) - 1)


def is_head_again(row, *, titles):
    """Whether a RawRow repeats the head: each cell under one of the `titles` ({column: compared title}) is that title."""
    under = [number for number in row.cells if number in titles]
    return len(under) > 1 and all(_same_title(row.cells[number], titles[number]) for number in under)


def shown(row):
    """The row in a notice: 第 7 行“合计”."""
    return f"第 {row.number} 行“{row.cells[min(row.cells)].value[:20]}”"


def _closed_up(cell):
    return re.sub(r"\s", "", cell.value[:LOOKED_AT]) if cell.kind == "text" else ""


def _is_note(cell):
    return bool(_SIGNATURE.fullmatch(_closed_up(cell)))


def _is_count(cell):
    return cell.kind == "number" or bool(_COUNT.fullmatch(_closed_up(cell)))


def _same_title(cell, title):
    name = plain_title(cell.value[:LOOKED_AT])
    return title in (name, without_remark(name))
