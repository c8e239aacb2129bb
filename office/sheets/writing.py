"""Tables out: streamed to a temporary file, ready to print, and harmless when opened.

Why the XML is written here and not by XlsxWriter: a table of 100,000 rows takes a tenth of the time and the memory
does not grow with it; the parts below are the whole of the format that we need.
"""

import datetime
import re
import tempfile
import zipfile
from collections.abc import Iterable
from dataclasses import dataclass, field
from decimal import Decimal
from html import escape
from itertools import islice
from zoneinfo import ZoneInfo

from office.sheets.columns import Column
from office.sheets.neutral import FORMULA_STARTS, neutral
from office.sheets.problems import SheetProblem
from office.sheets.template import DATE_FORMAT, sheet_name
from office.sheets.workbook import EXACT_DIGITS, LAST_ROW, column_letters

CONTENT_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
MAX_TEXT = 32_767
MAX_FOOTER = 255
CUT = "……（太长，后面的没有列出）"
BATCH = 500
KEPT = 1000  # texts remembered a column, so that the memory stays flat
SPOOL_BYTES = 1024 * 1024
OFFICE_TIME = ZoneInfo("Asia/Shanghai")

_TITLE, _LINE, _HEAD, _TEXT, _NUMBER, _DATE, _MOMENT = range(1, 8)
_FIRST_REAL_DAY = datetime.date(1900, 3, 1)
_EPOCH = datetime.date(1899, 12, 30)
_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_RELATIONS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_HIDDEN = ' hidden="1"'
_NO_ADDRESS = '<c r="'
_XML = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'

_NEEDS_CARE = re.compile(
    rf"^[\s{re.escape(FORMULA_STARTS)}]|\s$|[&<>\r\n\x00-\x1f\x7f\ud800-\udfff\ufffe\uffff]|_x[0-9A-Fa-f]{{4}}_"
)
_NOT_IN_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff\ufffe\uffff]")
_LOOKS_ESCAPED = re.compile(r"_(?=x[0-9A-Fa-f]{4}_)")


@dataclass
class Sheet:
    """One table.  `rows` may be any iterable of sequences, one value per column; it is gone through once.

    `subtitle_lines` are the lines under the title: 填报单位, 填报人, 日期, 按姓氏笔画排序.  `empty_text` stands under
    the head of a table without rows.  Hidden columns stand last.  `written` tells afterwards how many rows went out.
    """

    title: str
    subtitle_lines: list[str]
    columns: list[Column]
    rows: Iterable
    empty_text: str = "没有记录。"
    written: int = field(default=0, init=False)

    @property
    def head_row(self):
        return 2 + len(self.subtitle_lines)

    @property
    def shown(self):
        """How many columns are seen and printed; hidden ones follow them."""
        return sum(not column.hidden for column in self.columns)


def write_xlsx(sheets, *, watermark):
    """An open temporary file, at its start, that vanishes when closed.  Source: UX C11, reliability G8.

    `watermark` says who made it, when and what for; it stands in the footer of each printed page.
    Values: text, int, float, Decimal, date, datetime (shown in office time), bool (是/否), None.  Text is never a
    formula, nor after saving as CSV (`neutral`).  IDs and phones are text.  Raises SheetProblem beyond Excel's rows.
    """
    names = _tab_names(sheets)
    file = tempfile.SpooledTemporaryFile(max_size=SPOOL_BYTES)  # noqa: SIM115 (handed to the caller)
    try:
        with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
            last_rows = []
            for number, sheet in enumerate(sheets, start=1):
                with archive.open(f"xl/worksheets/sheet{number}.xml", "w") as part:
                    last_rows.append(_write_sheet(part, sheet, watermark, active=number == 1))
            for name, text in _small_parts(sheets, names, last_rows):
                archive.writestr(name, _XML + text)
    except BaseException:
        file.close()
        raise
    file.seek(0)
    return file


def _tab_names(sheets):
    names = []
    for sheet in sheets:
        name = base = sheet_name(sheet.title)
        number = 2
        while name.casefold() in {taken.casefold() for taken in names}:
            name = f"{base[:27]}({number})"
            number += 1
        names.append(name)
    return names


def _write_sheet(part, sheet, watermark, *, active):
    """Write one worksheet part; the number of its last row."""
    part.write(_sheet_start(sheet, active=active).encode())
    last_row = sheet.head_row
    columns = [_Tails(always_text=column.kind in ("id", "phone")) for column in sheet.columns]
    starts = [f'<c r="{column_letters(place)}' for place in range(1, len(columns) + 1)]
    found = iter(sheet.rows)
    while batch := list(islice(found, BATCH)):
        if last_row + len(batch) > LAST_ROW:
            raise SheetProblem("行数超过一张表的上限，请先筛选，再分几次导出。")
        # Column by column, since what a column holds repeats itself.
        tails = [
            map(column.__getitem__, values) for column, values in zip(columns, zip(*batch, strict=True), strict=True)
        ]
        lines = []
        for number, row in enumerate(zip(*tails, strict=True), start=last_row + 1):
            cells = "".join([f"{start}{number}{tail}" for start, tail in zip(starts, row, strict=True)])
            lines.append(f'<row r="{number}">{cells}</row>')
        last_row += len(lines)
        part.write("".join(lines).encode())
    sheet.written = last_row - sheet.head_row
    empty = not sheet.written
    if empty:
        last_row += 1
        part.write(_line(last_row, sheet.empty_text, _LINE, height=24).encode())
    part.write(_sheet_end(sheet, last_row, watermark, empty=empty).encode())
    return last_row


def _sheet_start(sheet, *, active):
    columns = "".join(
        f'<col min="{place}" max="{place}" width="{column.width}" customWidth="1"{_HIDDEN * column.hidden}/>'
        for place, column in enumerate(sheet.columns, start=1)
    )
    selected = 'tabSelected="1" ' if active else ""
    lines = [_line(1, sheet.title, _TITLE, height=30)]
    lines += [_line(number, text, _LINE, height=20) for number, text in enumerate(sheet.subtitle_lines, start=2)]
    head = "".join(
        _text_cell(f"{column_letters(place)}{sheet.head_row}", column.title, _HEAD)
        for place, column in enumerate(sheet.columns, start=1)
    )
    return (
        f'{_XML}<worksheet xmlns="{_MAIN}"><sheetPr><pageSetUpPr fitToPage="1"/></sheetPr>'
        f'<sheetViews><sheetView {selected}workbookViewId="0">'
        f'<pane ySplit="{sheet.head_row}" topLeftCell="A{sheet.head_row + 1}" activePane="bottomLeft" state="frozen"/>'
        f'</sheetView></sheetViews><sheetFormatPr defaultRowHeight="16"/><cols>{columns}</cols><sheetData>'
        f'{"".join(lines)}<row r="{sheet.head_row}" ht="32" customHeight="1">{head}</row>'
    )


def _sheet_end(sheet, last_row, watermark, *, empty):
    last, seen = column_letters(len(sheet.columns)), column_letters(sheet.shown)
    merged = list(range(1, sheet.head_row)) + ([last_row] if empty else [])
    merges = "".join(f'<mergeCell ref="A{row}:{seen}{row}"/>' for row in merged)
    merge_part = f'<mergeCells count="{len(merged)}">{merges}</mergeCells>' if seen != "A" else ""
    # The filter covers hidden columns too: sorting by its arrows must move whole rows.
    return (
        f'</sheetData><autoFilter ref="A{sheet.head_row}:{last}{last_row}"/>{merge_part}'
        '<printOptions horizontalCentered="1"/>'
        '<pageMargins left="0.5" right="0.5" top="0.6" bottom="0.75" header="0.3" footer="0.3"/>'
        '<pageSetup paperSize="9" orientation="landscape" fitToWidth="1" fitToHeight="0"/>'
        f"<headerFooter><oddFooter>{_escaped(_footer(watermark))}</oddFooter></headerFooter></worksheet>"
    )


def _footer(watermark):
    """Left the watermark, right the page; Excel takes 255 characters in all, and & begins its codes."""
    pages = "&R第 &P 页，共 &N 页"
    # The blank keeps a leading digit of the watermark from being read as a font size.
    mark = " ".join(watermark.split()).replace("&", "＆")
    return f"&L {mark[: MAX_FOOTER - len(pages) - 3]}{pages}"


def _line(number, text, style, *, height):
    return f'<row r="{number}" ht="{height}" customHeight="1">{_text_cell(f"A{number}", text, style)}</row>'


class _Tails(dict):
    """Value → the XML of its cell after the cell's address, for one column; the commonest texts are worked out once."""

    def __init__(self, *, always_text):
        super().__init__()
        self.always_text = always_text

    def __missing__(self, value):
        tail = self._tail(value)
        # Text only: 1, 1.0 and True are one key of a dict and three different cells.
        if type(value) is str and len(self) < KEPT:
            self[value] = tail
        return tail

    def _tail(self, value):
        if value is None or value == "":
            return f'" s="{_TEXT}"/>'
        if type(value) is str and not _NEEDS_CARE.search(value) and len(value) <= MAX_TEXT:
            return f'" s="{_TEXT}" t="inlineStr"><is><t>{value}</t></is></c>'
        return _cell("", str(value) if self.always_text else value).removeprefix(_NO_ADDRESS)


def _cell(reference, value):
    if isinstance(value, str):
        return _text_cell(reference, value, _TEXT)
    if isinstance(value, bool):
        return _text_cell(reference, "是" if value else "否", _TEXT)
    if isinstance(value, (int, float, Decimal)):
        if value == value and abs(value) < EXACT_DIGITS:
            return _value_cell(reference, value, _NUMBER)
        return _text_cell(reference, str(value), _TEXT)
    if isinstance(value, datetime.date):
        return _date_cell(reference, value)
    raise TypeError(f"no cell for {type(value).__name__}")


def _date_cell(reference, value):
    moment = isinstance(value, datetime.datetime)
    if moment and value.tzinfo is not None:
        value = value.astimezone(OFFICE_TIME)
    day = value.date() if moment else value
    if day < _FIRST_REAL_DAY:
        return _text_cell(reference, f"{day.year}年{day.month}月{day.day}日", _TEXT)
    serial = (day - _EPOCH).days
    if not moment:
        return _value_cell(reference, serial, _DATE)
    seconds = value.hour * 3600 + value.minute * 60 + value.second
    return _value_cell(reference, f"{serial + seconds / 86400:.10f}", _MOMENT)


def _value_cell(reference, value, style):
    return f'<c r="{reference}" s="{style}"><v>{value}</v></c>'


def _text_cell(reference, text, style):
    text = neutral(text)
    if len(text) > MAX_TEXT:
        text = text[: MAX_TEXT - len(CUT)] + CUT
    return f'<c r="{reference}" s="{style}" t="inlineStr"><is><t xml:space="preserve">{_escaped(text)}</t></is></c>'


def _escaped(text):
    """Text as XML takes it; Excel would read _x0041_ as A, so the mark is escaped in its own way."""
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    return escape(_LOOKS_ESCAPED.sub("_x005F_", _NOT_IN_XML.sub("", text)), quote=False)


def _small_parts(sheets, names, last_rows):
    numbers = range(1, len(sheets) + 1)
    yield "[Content_Types].xml", _content_types(numbers)
    yield (
        "_rels/.rels",
        f'<Relationships xmlns="{_PACKAGE}/relationships"><Relationship Id="rId1" '
        f'Type="{_RELATIONS}/officeDocument" Target="xl/workbook.xml"/></Relationships>',
    )
    yield "xl/workbook.xml", _workbook(sheets, names, last_rows)
    targets = [
        f'<Relationship Id="rId{number}" Type="{_RELATIONS}/worksheet" Target="worksheets/sheet{number}.xml"/>'
        for number in numbers
    ]
    yield (
        "xl/_rels/workbook.xml.rels",
        f'<Relationships xmlns="{_PACKAGE}/relationships">{"".join(targets)}'
        f'<Relationship Id="rIdStyles" Type="{_RELATIONS}/styles" Target="styles.xml"/></Relationships>',
    )
    yield "xl/styles.xml", _styles()


def _content_types(numbers):
    kind = "application/vnd.openxmlformats-officedocument.spreadsheetml"
    sheets = "".join(
        f'<Override PartName="/xl/worksheets/sheet{number}.xml" ContentType="{kind}.worksheet+xml"/>'
        for number in numbers
    )
    return (
        f'<Types xmlns="{_PACKAGE}/content-types">'
        '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        '<Default Extension="xml" ContentType="application/xml"/>'
        f'<Override PartName="/xl/workbook.xml" ContentType="{kind}.sheet.main+xml"/>{sheets}'
        f'<Override PartName="/xl/styles.xml" ContentType="{kind}.styles+xml"/></Types>'
    )


def _workbook(sheets, names, last_rows):
    tabs, areas, titles, filters = [], [], [], []
    for place, (sheet, name, last_row) in enumerate(zip(sheets, names, last_rows, strict=True)):
        last, seen = column_letters(len(sheet.columns)), column_letters(sheet.shown)
        head = sheet.head_row
        quoted = escape("'" + name.replace("'", "''") + "'!")
        tabs.append(f'<sheet name="{escape(name)}" sheetId="{place + 1}" r:id="rId{place + 1}"/>')
        scope = f'localSheetId="{place}"'
        filters.append(
            f'<definedName name="_xlnm._FilterDatabase" {scope} hidden="1">'
            f"{quoted}$A${head}:${last}${last_row}</definedName>"
        )
        areas.append(f'<definedName name="_xlnm.Print_Area" {scope}>{quoted}$A$1:${seen}${last_row}</definedName>')
        titles.append(f'<definedName name="_xlnm.Print_Titles" {scope}>{quoted}${head}:${head}</definedName>')
    return (
        f'<workbook xmlns="{_MAIN}" xmlns:r="{_RELATIONS}"><bookViews><workbookView/></bookViews>'
        f"<sheets>{''.join(tabs)}</sheets><definedNames>{''.join(filters + areas + titles)}</definedNames></workbook>"
    )


def _styles():
    day, moment = (escape(code) for code in (DATE_FORMAT, f"{DATE_FORMAT} hh:mm"))
    fonts = "".join(
        f'<font>{bold}<sz val="{size}"/><name val="宋体"/><charset val="134"/></font>'
        for bold, size in (("", 11), ("<b/>", 16), ("<b/>", 11))
    )
    side = '<{0} style="thin"><color auto="1"/></{0}>'
    box = "".join(side.format(name) for name in ("left", "right", "top", "bottom"))
    top = '<alignment vertical="top"/>'
    wrapped = '<alignment vertical="top" wrapText="1"/>'
    centred = '<alignment horizontal="center" vertical="center" wrapText="1"/>'
    # In the order of _TITLE … _MOMENT; 49 is the text format.
    cells = [
        _style(),
        _style(font=1, align='<alignment horizontal="center" vertical="center"/>'),
        _style(align='<alignment vertical="center"/>'),
        _style(font=2, fill=2, border=1, align=centred),
        _style(number_format=49, border=1, align=wrapped),
        _style(border=1, align=top),
        _style(number_format=164, border=1, align='<alignment horizontal="left" vertical="top"/>'),
        _style(number_format=165, border=1, align='<alignment horizontal="left" vertical="top"/>'),
    ]
    return (
        f'<styleSheet xmlns="{_MAIN}"><numFmts count="2"><numFmt numFmtId="164" formatCode="{day}"/>'
        f'<numFmt numFmtId="165" formatCode="{moment}"/></numFmts><fonts count="3">{fonts}</fonts>'
        '<fills count="3"><fill><patternFill patternType="none"/></fill>'
        '<fill><patternFill patternType="gray125"/></fill><fill><patternFill patternType="solid">'
        '<fgColor rgb="FFEEEEEE"/><bgColor indexed="64"/></patternFill></fill></fills>'
        '<borders count="2"><border><left/><right/><top/><bottom/><diagonal/></border>'
        f"<border>{box}<diagonal/></border></borders>"
        '<cellStyleXfs count="1"><xf numFmtId="0" fontId="0" fillId="0" borderId="0"/></cellStyleXfs>'
        f'<cellXfs count="{len(cells)}">{"".join(cells)}</cellXfs>'
        '<cellStyles count="1"><cellStyle name="Normal" xfId="0" builtinId="0"/></cellStyles></styleSheet>'
    )


def _style(*, number_format=0, font=0, fill=0, border=0, align=""):
    return (
        f'<xf numFmtId="{number_format}" fontId="{font}" fillId="{fill}" borderId="{border}" xfId="0" '
        'applyNumberFormat="1" applyFont="1" applyFill="1" applyBorder="1" applyAlignment="1">'
        f"{align}</xf>"
    )
