"""Reading a table somebody sent: typed cells, and every error at once, by row and column.

What is decided here: hidden and filtered rows are read (and said so); of merged cells only the first holds a value; a
row counts when one of the known columns holds something, so ready-numbered blank rows are skipped; the template's
example row and the sheets 说明 and 汇总 are skipped; totals, signatures and repeated heads are skipped and named;
formulas, errors, TRUE/FALSE and cells lost to a merge are refused cell by cell.
Meaning (is it a date, is it an ID number) is the caller's; text is only trimmed at its edges.
"""

import itertools
import json
import logging
import signal
import subprocess  # noqa: S404 (one fixed command, no shell)  # nosec B404
import sys
from bisect import bisect_left, bisect_right
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import NamedTuple

from office.sheets.guard import BROKEN
from office.sheets.headers import SEARCHED_ROWS, SIDE_SHEETS, find_header
from office.sheets.neutral import without_quote
from office.sheets.problems import RowError, SheetProblem
from office.sheets.trimmings import is_head_again, is_trimming, shown
from office.sheets.workbook import Workbook, column_letters

MAX_ROWS = 20_000
# Rows that hold anything at all, such as 序号 pulled down to the end of the sheet.
MAX_FILLED_ROWS = 200_000
MAX_CELL_TEXT = 2_000
# One long text may be referred to by every cell; the answer of the child is bounded by this, in characters.
MAX_TOTAL_TEXT = 10_000_000
EXAMPLE_MARK = "（示例）"
TIME_LIMIT = 20
MAX_NAMED = 10
# What stands above the head of every list that leaves the product (accounts.exports, accounts.trail_views).
LINES_OF_OURS = 4
MARKS_OF_OURS = ("用途：",)
MERGED = "这一格和别的格合并了，内容只在第一格里；请取消合并，每一行都填上。"
PULLED_DOWN = f"表里填了 {MAX_FILLED_ROWS:,} 行以上，多半是序号拉到了底。请删掉没有内容的行再传。"
TOO_SLOW = "这个文件读了太久，已经停下。请只留下要导入的表，分成几个文件再传。"
PROBLEM_EXIT = 3
ROOT = Path(__file__).resolve().parents[2]

log = logging.getLogger(__name__)


class Cell(NamedTuple):
    """`kind` is text, number, date, formula, error or empty; `value` is always text.

    Dates read 2026-01-05 (2026-01-05 14:30 with a time).  Whole numbers up to 15 digits are exact; any other number
    has `lossy` set, because Excel may have changed its last digits.
    """

    value: str
    kind: str
    address: str
    lossy: bool = False


class Row:
    """One row; `row["phone"]` is its Cell, `row.text("phone")` what it says."""

    __slots__ = ("_positions", "_raw", "number")

    def __init__(self, number, raw, positions):
        self.number = number
        self._raw = raw
        self._positions = positions

    def __getitem__(self, key):
        place = self._positions.get(key)
        if place is None:
            return Cell("", "empty", "")
        index, letters = place
        raw = self._raw[index]
        address = f"{letters}{self.number}"
        if raw is None:
            return Cell("", "empty", address)
        if isinstance(raw, str):
            return Cell(raw, "text", address)
        kind, value, lossy = raw
        return Cell(value, kind, address, bool(lossy))

    def text(self, key):
        """The words or digits of a cell; "" for an empty, missing or refused one."""
        place = self._positions.get(key)
        raw = None if place is None else self._raw[place[0]]
        if raw is None:
            return ""
        if isinstance(raw, str):
            return raw
        kind, value, _ = raw
        return "" if kind in ("formula", "error") else value


@dataclass
class Reading:
    """What a file says.

    `refusals` are faults of the head: then no row is read.  `notices` are to be shown but stop nothing.  `errors`
    are cells and rows to correct.  `rows` holds the faulty rows too: leave out those named in `errors`.
    """

    sheet: str
    header_row: int
    refusals: list[str]
    notices: list[str]
    rows: list[Row]
    errors: list[RowError]


def pack_in_child(path, *, columns, max_rows=MAX_ROWS, elsewhere=None):
    """Read the guarded file at `path` in a process of limited memory and time; bytes for `unpacked`.

    `elsewhere` names lists of our own that are refused, each with its sentence.  Raises SheetProblem when the file as
    a whole cannot be taken.  Source: reliability G6.
    """
    request = {
        "job": "read",
        "path": str(path),
        "columns": [asdict(column) for column in columns],
        "max_rows": max_rows,
        "elsewhere": elsewhere or {},
    }
    return run_child(request)


def unpacked(packed: bytes) -> Reading:
    """The Reading that was packed."""
    return _reading(json.loads(packed))


def run_child(request, *, time_limit=TIME_LIMIT):
    """Give one request to `office.sheets.child`; its answer as bytes, or the SheetProblem it met."""
    command = [sys.executable, "-E", "-m", "office.sheets.child"]
    try:
        done = subprocess.run(  # noqa: S603 (the request goes in by stdin)  # nosec B603
            command,
            input=json.dumps(request).encode(),
            capture_output=True,
            cwd=ROOT,
            timeout=time_limit,
            check=False,
        )
    except subprocess.TimeoutExpired as fault:
        raise SheetProblem(TOO_SLOW) from fault
    if done.returncode == 0:
        return done.stdout
    if done.returncode == PROBLEM_EXIT:
        raise SheetProblem(done.stdout.decode())
    if done.returncode in (-signal.SIGXCPU, -signal.SIGKILL):
        raise SheetProblem(TOO_SLOW)
    # The last line names the exception; what stands in the cells is not written to the log.
    reason = done.stderr.decode(errors="replace").strip().rpartition("\n")[2].partition(":")[0]
    log.warning("sheet child ended with %s (%s)", done.returncode, reason)
    raise SheetProblem(BROKEN)


def read_rows(path, *, columns, max_rows=MAX_ROWS):
    """Read the file at `path` in this process.  For files from users call `pack_in_child`."""
    return _reading(read_packed(path, columns=columns, max_rows=max_rows))


def read_packed(path, *, columns, max_rows, elsewhere=None):
    """The reading as plain JSON data, as it travels between the processes."""
    with Workbook(path) as workbook:
        if elsewhere:
            refuse_our_other_lists(workbook, elsewhere)
        sheet, header, notices = choose_sheet(workbook, columns)
        packed = {
            "sheet": sheet.name,
            "header_row": header.last_row,
            "refusals": header.refusals,
            "notices": notices + header.notices,
            "positions": {key: column_letters(number) for key, number in header.positions.items()},
            "rows": [],
            "errors": [],
        }
        if not header.refusals:
            _Collector(workbook, sheet, header, columns, max_rows, packed).collect()
        return packed


def refuse_our_other_lists(workbook, elsewhere):
    """Raise SheetProblem for a list that we exported and that is not the table wanted, whatever its heads look like.

    Our lists begin with their title, place before name, and a line that says who made them, when and what for.
    """
    for sheet in workbook.sheets:
        lines = [row.cells[1].value for row in itertools.islice(workbook.rows(sheet), LINES_OF_OURS) if 1 in row.cells]
        if not any(mark in line for line in lines[1:] for mark in MARKS_OF_OURS):
            continue
        title = lines[0].strip()
        if name := max((name for name in elsewhere if title.endswith(name)), key=len, default=None):
            raise SheetProblem(elsewhere[name])


def choose_sheet(workbook, columns):
    """The first visible sheet with the best head: (sheet, header, notices).  Raises SheetProblem if none has one."""
    found, others = [], []
    for sheet in workbook.sheets:
        if sheet.hidden or sheet.name.strip() in SIDE_SHEETS:
            continue
        top = list(itertools.islice(workbook.rows(sheet), SEARCHED_ROWS))
        header = find_header(top, columns)
        if header is not None:
            found.append((sheet, header))
        elif top:
            others.append(sheet.name)
    if not found:
        wanted = "、".join(column.title for column in columns if column.required) or columns[0].title
        raise SheetProblem(f"前 {SEARCHED_ROWS} 行里没有找到表头。表头要有：{wanted}。请下载模板，按模板填好再传。")
    sheet, header = max(found, key=lambda pair: len(pair[1].positions))
    others = [entry.name for entry, _ in found if entry is not sheet] + others
    notices = [f"只读了“{sheet.name}”这张表，没有读：{'、'.join(others)}。"] if others else []
    return sheet, header, notices


def _reading(packed):
    positions = {key: (index, letters) for index, (key, letters) in enumerate(packed["positions"].items())}
    return Reading(
        sheet=packed["sheet"],
        header_row=packed["header_row"],
        refusals=packed["refusals"],
        notices=packed["notices"],
        rows=[Row(number, raw, positions) for number, raw in packed["rows"]],
        errors=[RowError(*error) for error in packed["errors"]],
    )


class _Collector:
    """Goes once over the rows below the head."""

    def __init__(self, workbook, sheet, header, columns, max_rows, packed):
        self.workbook = workbook
        self.sheet = sheet
        self.header = header
        by_key = {column.key: column for column in columns}
        self.wanted = [(by_key[key], number) for key, number in header.positions.items()]
        self.required = [number for column, number in self.wanted if column.required]
        self.max_rows = max_rows
        self.packed = packed
        self.total_text = 0
        self.blanks = [[] for _ in self.wanted]
        self.passed_over = []
        self.passed_count = 0

    def collect(self):
        rows = self.packed["rows"]
        hidden = 0
        for filled, row in enumerate(self.workbook.rows(self.sheet), start=1):
            if filled > MAX_FILLED_ROWS:
                raise SheetProblem(PULLED_DOWN)
            if row.number <= self.header.last_row:
                continue
            raw = self._raw(row)
            if raw is None:
                continue
            if len(rows) == self.max_rows:
                self._refuse_length()
            rows.append((row.number, raw))
            hidden += row.hidden
        self._report_blanks()
        self._report_passed_over()
        self.packed["errors"].sort(key=lambda error: error[0])
        if hidden:
            self.packed["notices"].append(f"有 {hidden:,} 行是隐藏或筛选掉的，也读进来了。")
        if not rows:
            line = self.header.last_row + 1
            self.packed["refusals"].append(f"表头下面没有数据。请从第 {line} 行起填写后再传。")

    def _raw(self, row):
        """The wanted cells of a row as JSON data; None for a row that does not count."""
        cells = [row.cells.get(number) for _, number in self.wanted]
        filled = [cell for cell in cells if cell is not None]
        if not filled or any(cell.value.startswith(EXAMPLE_MARK) for cell in filled):
            return None
        if is_trimming(row, required=self.required) or is_head_again(row, titles=self.header.titles):
            self._pass_over(row)
            return None
        raw = []
        for place, ((column, _), cell) in enumerate(zip(self.wanted, cells, strict=True)):
            if cell is None:
                raw.append(None)
                self.blanks[place].append(row.number)
                continue
            message = fault(column, cell)
            if message is not None:
                self.packed["errors"].append((row.number, column.key, message))
            raw.append(self._packed_cell(cell))
        return raw

    def _pass_over(self, row):
        self.passed_count += 1
        if self.passed_count > self.max_rows:
            self._refuse_length()
        if self.passed_count <= MAX_NAMED:
            self.passed_over.append(row)

    def _refuse_length(self):
        raise SheetProblem(f"这张表超过 {self.max_rows:,} 行，请分成几个文件，分几次传。")

    def _packed_cell(self, cell):
        value = cell.value[:MAX_CELL_TEXT]
        self.total_text += len(value)
        if self.total_text > MAX_TOTAL_TEXT:
            raise SheetProblem("这张表里的文字太多。请分成几个文件，分几次传。")
        if cell.kind == "text":
            return without_quote(value).strip()
        kind = "error" if cell.kind == "boolean" else cell.kind
        return kind, value, int(cell.lossy)

    def _report_blanks(self):
        """Required cells that are empty, and cells whose content a merge has put into another row."""
        ranges = self.workbook.merged_ranges(self.sheet) if any(self.blanks) else []
        for (column, number), rows in zip(self.wanted, self.blanks, strict=True):
            swallowed, lost = self._swallowed(number, rows, ranges)
            for row in rows if column.required else sorted(lost):
                message = f"没有填“{column.title}”。" if column.required else ""
                self.packed["errors"].append((row, column.key, message + (MERGED if row in swallowed else "")))

    def _swallowed(self, number, blanks, ranges):
        """Of the rows in which column `number` is empty: (those in a merge but not its first cell, those that lost by it).

        Lost is what stands below a filled first cell.  A merge within one row is no fault where the cell may be empty:
        nobody can tell what it was to hold.
        """
        swallowed, lost = [], []
        for left, top, right, bottom in ranges:
            if left <= number <= right:
                swallowed.append((top + (number == left), bottom))
                if self._is_filled(top, left):
                    lost.append((top + 1, bottom))
        return _within(blanks, swallowed), _within(blanks, lost)

    def _is_filled(self, row, number):
        place = next((place for place, (_, wanted) in enumerate(self.wanted) if wanted == number), None)
        return place is not None and row > self.header.last_row and not _contains(self.blanks[place], row)

    def _report_passed_over(self):
        if self.passed_over:
            first = "、".join(shown(row) for row in self.passed_over[:MAX_NAMED])
            others = f"等 {self.passed_count:,} 行" if self.passed_count > MAX_NAMED else ""
            self.packed["notices"].append(f"这些行不是表里的内容，没有读：{first}{others}。")


def _contains(ordered, number):
    place = bisect_left(ordered, number)
    return place < len(ordered) and ordered[place] == number


def _within(ordered, stretches):
    """The numbers that lie in one of the stretches (first, last), however many of those there are."""
    steps = [0] * (len(ordered) + 1)
    for first, last in stretches:
        if first <= last:
            steps[bisect_left(ordered, first)] += 1
            steps[bisect_right(ordered, last)] -= 1
    return {number for number, depth in zip(ordered, itertools.accumulate(steps), strict=False) if depth}


def fault(column, cell):
    """What is wrong with a cell whatever it means, in words; None if nothing is."""
    if cell.kind == "formula":
        return "这一格是公式。请复制后“粘贴为数值”再传。"
    if cell.kind == "error":
        return f"这一格显示的是错误“{cell.value[:20]}”，请改成应填的内容。"
    if cell.kind == "boolean":
        return "这一格是 TRUE 或 FALSE，请改成文字。"
    if len(cell.value) > MAX_CELL_TEXT:
        return f"这一格的字太多，最多 {MAX_CELL_TEXT:,} 字。"
    if cell.lossy and column.kind in ("id", "phone"):
        return "这一格存成了数字，末几位已经不准。请把这一列设为文本后重填。"
    if cell.kind == "date" and column.kind != "date":
        return "这一格被表格改成了日期。请把这一列设为文本后重填。"
    if column.choices and without_quote(cell.value) not in column.choices:
        return _choice_message(column)
    return None


def _choice_message(column):
    if len(column.choices) <= 8:
        return f"“{column.title}”只能填：{'、'.join(column.choices)}。"
    return f"“{column.title}”请从模板的下拉选项里选一个。"
