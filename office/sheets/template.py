"""The empty form a town hands out: 说明, the table with its drop-downs, one example row."""

import io

from office.sheets.reading import EXAMPLE_MARK
from office.sheets.workbook import column_letters

FORMATTED_ROWS = 2_000
CHOICE_SHEET = "选项"
NOTES_SHEET = "说明"
DATE_FORMAT = 'yyyy"年"m"月"d"日"'
_FIRST_DATA_ROW = 2
_LAST_DATA_ROW = _FIRST_DATA_ROW + FORMATTED_ROWS - 1

# What stays possible on the protected sheet: everything but changing the head.
_PROTECTION = {
    "format_cells": True,
    "format_columns": True,
    "format_rows": True,
    "insert_rows": True,
    "delete_rows": True,
    "sort": True,
    "autofilter": True,
}


def write_template(columns, *, title, instructions, choices=None):
    """The bytes of an empty .xlsx for `columns`.

    `title` names the table and its sheet, `instructions` are lines for the 说明 sheet, `choices` gives drop-downs by
    column key and wins over `column.choices` (a town's own list of compounds, say).  The head is protected without a
    password; the example row is recognised by its first cell and skipped on reading.  Source: UX C8.
    """
    import xlsxwriter  # noqa: PLC0415 (heavy)

    options = {column.key: column.choices for column in columns if column.choices}
    options.update({key: values for key, values in (choices or {}).items() if values})
    buffer = io.BytesIO()
    book = xlsxwriter.Workbook(buffer, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False})
    try:
        _write_notes(book, columns, title, instructions, options)
        table = book.add_worksheet(sheet_name(title))
        ranges = _write_choices(book, columns, options)
        _write_table(book, table, columns, ranges)
    finally:
        book.close()
    return buffer.getvalue()


def sheet_name(title):
    """`title` as Excel allows it for a tab: no []:*?/\\, at most 31 characters."""
    allowed = "".join(" " if letter in "[]:*?/\\" or ord(letter) < 32 else letter for letter in title)
    return allowed[:31].strip(" '") or "表"


def required_title(column):
    return f"{column.title}（必填）" if column.required else column.title


def _write_notes(book, columns, title, instructions, options):
    notes = book.add_worksheet(NOTES_SHEET)
    wrapped = book.add_format({"text_wrap": True, "valign": "top"})
    bold = book.add_format({"bold": True, "text_wrap": True, "bg_color": "#EEEEEE", "border": 1})
    boxed = book.add_format({"text_wrap": True, "valign": "top", "border": 1})
    notes.set_column(0, 0, 20)
    notes.set_column(1, 1, 10)
    notes.set_column(2, 2, 70)
    notes.write_string(0, 0, f"{title}：填写说明", book.add_format({"bold": True, "font_size": 16}))
    line = 1
    for instruction in [*instructions, *_habits(columns, sheet_name(title))]:
        notes.merge_range(line, 0, line, 2, "", wrapped)
        notes.write_string(line, 0, instruction, wrapped)
        # Excel does not fit the height of merged cells by itself.
        notes.set_row(line, 16 * (1 + len(instruction) // 48))
        line += 1
    line += 1
    for place, head in enumerate(("列名", "是否必填", "怎么填")):
        notes.write_string(line, place, head, bold)
    for column in columns:
        line += 1
        texts = (column.title, "必填" if column.required else "选填", _how_to_fill(column, options))
        for place, text in enumerate(texts):
            notes.write_string(line, place, text, boxed)
    _set_print(notes, landscape=False)


def _habits(columns, table_name):
    yield f"请在“{table_name}”这张表里填，一行一条。表头不要改动；带“（必填）”的列每行都要填。"
    yield f"第 2 行是示例（写着“{EXAMPLE_MARK}”），不会导入，可以删掉。"
    yield "从别处复制时，请用“粘贴为数值”，不要合并单元格，不要用公式。"
    if any(column.kind in ("id", "phone") for column in columns):
        yield "证件号码、手机号码的列已设为文本，请直接填写，不要改成数字。"


def _how_to_fill(column, options):
    parts = [column.note] if column.note else []
    values = options.get(column.key, ())
    if values and len(values) <= 8:
        parts.append(f"从下拉里选：{'、'.join(values)}。")
    elif values:
        parts.append("从下拉里选。")
    if column.kind == "date" and not column.note:
        parts.append("填日期，例如 2026年1月5日 或 2026-01-05。")
    return "".join(parts)


def _write_choices(book, columns, options):
    """Fill the hidden sheet; the range of each column's drop-down.  A literal list would end at 255 characters."""
    if not options:
        return {}
    hidden = book.add_worksheet(CHOICE_SHEET)
    hidden.hide()
    ranges = {}
    keys = [column.key for column in columns if column.key in options]
    for place, key in enumerate(keys):
        for line, value in enumerate(options[key]):
            hidden.write_string(line, place, value)
        letters = column_letters(place + 1)
        ranges[key] = f"={CHOICE_SHEET}!${letters}$1:${letters}${len(options[key])}"
    return ranges


def _write_table(book, table, columns, ranges):
    head = book.add_format(
        {"bold": True, "text_wrap": True, "align": "center", "valign": "vcenter", "border": 1, "bg_color": "#DDE7F3"}
    )
    text = book.add_format({"num_format": "@", "locked": False})
    date = book.add_format({"num_format": DATE_FORMAT, "align": "left", "locked": False})
    example = book.add_format({"num_format": "@", "italic": True, "font_color": "#666666", "locked": False})
    for place, column in enumerate(columns):
        body = date if column.kind == "date" else text
        table.set_column(place, place, column.width, body)
        table.write_string(0, place, required_title(column), head)
        shown = EXAMPLE_MARK + column.example if place == 0 else column.example
        table.write_string(1, place, shown, example)
        if column.kind in ("id", "phone"):
            # Some programs heed the format of a cell only, not that of its column.
            for line in range(_FIRST_DATA_ROW, _LAST_DATA_ROW + 1):
                table.write_blank(line, place, None, text)
        if column.key in ranges:
            _add_drop_down(table, place, column, ranges[column.key])
    table.set_row(0, 32)
    table.freeze_panes(1, 1)
    table.protect("", _PROTECTION)
    table.repeat_rows(0)
    _set_print(table, landscape=True)


def _add_drop_down(table, place, column, source):
    table.data_validation(
        _FIRST_DATA_ROW,
        place,
        _LAST_DATA_ROW,
        place,
        {
            "validate": "list",
            "source": source,
            "ignore_blank": True,
            "error_title": "请从下拉里选",
            "error_message": f"“{column.title[:40]}”请从下拉选项里选一个。",
        },
    )


def _set_print(sheet, *, landscape):
    if landscape:
        sheet.set_landscape()
    sheet.set_paper(9)
    sheet.fit_to_pages(1, 0)
    sheet.set_margins(left=0.5, right=0.5, top=0.6, bottom=0.7)
    sheet.set_footer("&C第 &P 页，共 &N 页")
