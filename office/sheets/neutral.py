"""Text that no spreadsheet takes for a formula, also after the table was saved again as CSV.

In .xlsx we write text cells, which are never formulas.  Saved as CSV and opened again they would be: so text that
begins like a formula gets a leading ' — but not `-`, `-3`, `+86 138…` or `-1楼`, which can do no harm and would look
wrong.  The reader takes the same ' away, so a table that went out comes back unchanged.  Source: reliability G8.
"""

import re

FORMULA_STARTS = "=+-@\t\r\n＝＋－＠"
_BLANKS = " \u00a0\u3000"
_HARMLESS = re.compile(r"[-+－＋]?[\d\s,.]*[\u4e00-\u9fff]*")


def neutral(text):
    """`text`, with a leading ' if a spreadsheet might take it for a formula."""
    start = text.lstrip(_BLANKS)
    if start[:1] and start[0] in FORMULA_STARTS and not _HARMLESS.fullmatch(start):
        return f"'{text}"
    return text


def without_quote(text):
    """Undo `neutral`."""
    if text[:1] == "'" and neutral(text[1:]) != text[1:]:
        return text[1:]
    return text
