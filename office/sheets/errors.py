"""The faulty file back to its sender: the same rows, the bad cells marked, the reasons in words."""

import io
from collections import Counter
from dataclasses import asdict

from office.sheets.headers import REASON_TITLE
from office.sheets.problems import RowError
from office.sheets.reading import choose_sheet, run_child
from office.sheets.workbook import Workbook

__all__ = ["RowError", "write_error_file"]

SUMMARY_SHEET = "汇总"
NOTE_AUTHOR = "系统核对"
PALE_RED = "00FFD9D9"
REASON_WIDTH = 60
MAX_SUMMARY_LINES = 200
# openpyxl needs about 20 s for the largest file the guard lets through.
TIME_LIMIT = 60


def write_error_file(source_path, errors, columns):
    """The bytes of a copy of the guarded file at `source_path` with `errors` (RowError) marked in it.

    Made in the limited child, as the source comes from a user.  Raises SheetProblem when the copy cannot be made: the
    page then shows its own list.
    """
    request = {
        "job": "mark",
        "path": str(source_path),
        "columns": [asdict(column) for column in columns],
        "errors": errors,
    }
    return run_child(request, time_limit=TIME_LIMIT)


def marked_copy(source_path, errors, columns):
    """The work of `write_error_file`, in this process."""
    from openpyxl import load_workbook  # noqa: PLC0415 (heavy)

    with Workbook(source_path) as source:
        sheet, header, _ = choose_sheet(source, columns)
        reason_column, marked_before = _reason_column(source, sheet, header)
    with open(source_path, "rb") as file:
        workbook = load_workbook(file)
    worksheet = workbook[sheet.name]
    _forget_marks(worksheet, header.positions, reason_column, marked_before)
    _mark_cells(worksheet, header.positions, errors)
    _write_reasons(worksheet, header.last_row, reason_column, errors, columns)
    _write_summary(workbook, errors, columns)
    buffer = io.BytesIO()
    workbook.save(buffer)
    return buffer.getvalue()


def _reason_column(source, sheet, header):
    """(column, rows that hold a reason): that of an earlier copy, or the one beyond everything filled in."""
    widest, column, marked = 0, None, []
    for row in source.rows(sheet):
        if row.number == header.last_row:
            column = next((n for n, cell in row.cells.items() if cell.value == REASON_TITLE), None)
        elif column in row.cells and row.number > header.last_row:
            marked.append(row.number)
        widest = max(widest, *row.cells)
    return (column or widest + 1), marked


def _forget_marks(worksheet, positions, reason_column, rows):
    """Take away the marks of an earlier copy: the sender corrects and sends the same file again."""
    from openpyxl.styles import PatternFill  # noqa: PLC0415 (heavy)

    for row in rows:
        worksheet.cell(row, reason_column).value = None
        for number in positions.values():
            cell = worksheet.cell(row, number)
            if cell.comment is not None and cell.comment.author == NOTE_AUTHOR:
                cell.comment = None
                cell.fill = PatternFill()


def _mark_cells(worksheet, positions, errors):
    from openpyxl.cell.cell import MergedCell  # noqa: PLC0415 (heavy)
    from openpyxl.comments import Comment  # noqa: PLC0415 (heavy)
    from openpyxl.styles import PatternFill  # noqa: PLC0415 (heavy)

    red = PatternFill("solid", fgColor=PALE_RED)
    for (row, key), messages in _grouped(errors).items():
        if key not in positions:
            continue
        cell = worksheet.cell(row, positions[key])
        cell.fill = red
        if not isinstance(cell, MergedCell):
            cell.comment = Comment("\n".join(messages), NOTE_AUTHOR, height=90, width=260)


def _grouped(errors):
    grouped = {}
    for error in errors:
        grouped.setdefault((error.row, error.column_key), []).append(error.message)
    return grouped


def _write_reasons(worksheet, header_row, reason_column, errors, columns):
    from openpyxl.styles import Alignment, Font  # noqa: PLC0415 (heavy)
    from openpyxl.utils import get_column_letter  # noqa: PLC0415 (heavy)

    for merged in list(worksheet.merged_cells.ranges):
        if merged.min_col <= reason_column <= merged.max_col:
            worksheet.unmerge_cells(merged.coord)
    title = worksheet.cell(header_row, reason_column, REASON_TITLE)
    title.font = Font(bold=True)
    worksheet.column_dimensions[get_column_letter(reason_column)].width = REASON_WIDTH
    wrapped = Alignment(wrap_text=True, vertical="top")
    for row, reasons in _reasons_by_row(errors, columns).items():
        cell = worksheet.cell(row, reason_column)
        _set_text(cell, "；".join(reasons))
        cell.alignment = wrapped


def _reasons_by_row(errors, columns):
    titles = {column.key: column.title for column in columns}
    reasons = {}
    for error in errors:
        title = titles.get(error.column_key)
        message = error.message.rstrip("。")
        reasons.setdefault(error.row, []).append(f"{title}：{message}" if title else message)
    return reasons


def _write_summary(workbook, errors, columns):
    from openpyxl.styles import Alignment, Font  # noqa: PLC0415 (heavy)

    if SUMMARY_SHEET in workbook.sheetnames:
        del workbook[SUMMARY_SHEET]
    summary = workbook.create_sheet(SUMMARY_SHEET)
    for line in _summary_lines(errors, columns):
        summary.append(line)
    for row in summary.iter_rows():
        for cell in row:
            if isinstance(cell.value, str):
                _set_text(cell, cell.value)
    for cell in summary[3]:
        cell.font = Font(bold=True)
    for (cell,) in summary["C3" : f"C{summary.max_row}"]:
        cell.alignment = Alignment(horizontal="center")
    for letters, width in (("A", 18), ("B", 60), ("C", 8), ("D", 30)):
        summary.column_dimensions[letters].width = width


def _summary_lines(errors, columns):
    titles = {column.key: column.title for column in columns}
    counts = Counter((error.column_key, error.message) for error in errors)
    first_rows = {}
    for error in errors:
        first_rows.setdefault((error.column_key, error.message), []).append(error.row)
    faulty = len({error.row for error in errors})
    yield [f"共 {faulty:,} 行有问题，{len(errors):,} 处。红色的格子要改，原因写在最后一列。"]
    yield ["改好后直接把这个文件再传一次，不用删掉“错误原因”和这张表。"]
    yield ["哪一列", "什么问题", "几处", "在第几行"]
    for kind, count in counts.most_common(MAX_SUMMARY_LINES):
        rows = "、".join(str(row) for row in sorted(first_rows[kind])[:5])
        yield [titles.get(kind[0], "整行"), kind[1], count, rows + (" 等" if count > 5 else "")]
    if len(counts) > MAX_SUMMARY_LINES:
        yield ["", f"还有 {len(counts) - MAX_SUMMARY_LINES:,} 种问题，见每行的“错误原因”。"]


def _set_text(cell, text):
    cell.value = text
    cell.data_type = "s"
