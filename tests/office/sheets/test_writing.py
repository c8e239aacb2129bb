"""Exports: print-ready, typed, harmless, and small in memory."""

import csv
import datetime
import io
import tracemalloc
from decimal import Decimal
from itertools import repeat

import pytest

from office.sheets.columns import Column
from office.sheets.neutral import neutral, without_quote
from office.sheets.problems import SheetProblem
from office.sheets.reading import read_rows
from office.sheets.writing import MAX_TEXT, Sheet, write_xlsx

HOSTILE = [
    "=1+1",
    "＝cmd|' /C calc'!A0",
    "@SUM(1+1)",
    "＠x",
    "+1+cmd|' /C calc'!A0",
    "＋x()",
    "-2+3",
    "－a1",
    "\t=1+1",
    "\r=1+1",
    "\n=1+1",
    "　=1+1",
    '=HYPERLINK("http://a","b")',
]
HARMLESS = ["-", "-3", "-1楼", "+86 13800138000", "王伟", "3-2", "a=b", "", "'引号'", "（甲）：", "—"]


@pytest.fixture
def exported(columns):
    def export(*rows, **settings):
        sheet = Sheet("党员名册", ["填报单位：城东社区　填报人：李一鸣", "日期：2026年1月5日"], columns, rows)
        return write_xlsx([sheet], watermark=settings.get("watermark", "李一鸣 2026-01-05 核对名册"))

    return export


def person(name="王伟", door="101"):
    return [name, "男", "110101199003077715", "13800138000", datetime.date(2010, 7, 1), door]


def reread(file, columns, tmp_path):
    path = tmp_path / "exported.xlsx"
    with file:
        path.write_bytes(file.read())
    return read_rows(path, columns=columns)


def test_layout(exported, opened):
    sheet = opened(exported(person()))["党员名册"]
    assert [sheet[f"A{row}"].value for row in (1, 2, 3, 4, 5)] == [
        "党员名册",
        "填报单位：城东社区　填报人：李一鸣",
        "日期：2026年1月5日",
        "姓名",
        "王伟",
    ]
    assert {str(area) for area in sheet.merged_cells.ranges} == {"A1:F1", "A2:F2", "A3:F3"}
    assert sheet.freeze_panes == "A5"
    assert sheet.auto_filter.ref == "A4:F5"
    assert sheet.column_dimensions["C"].width == 22


def test_print_set_up(exported, opened):
    sheet = opened(exported(person()))["党员名册"]
    assert (sheet.page_setup.paperSize, sheet.page_setup.orientation) == (9, "landscape")
    assert (sheet.page_setup.fitToWidth, sheet.page_setup.fitToHeight) == (1, 0)
    assert sheet.sheet_properties.pageSetUpPr.fitToPage
    assert sheet.print_title_rows == "$4:$4"
    assert sheet.print_area == "'党员名册'!$A$1:$F$5"
    assert sheet.oddFooter.left.text.strip() == "李一鸣 2026-01-05 核对名册"
    assert sheet.oddFooter.right.text == "第 &P 页，共 &N 页"


def test_a_hidden_column_is_sorted_with_its_row_and_never_printed(opened):
    columns = [Column("a", "甲", width=20), Column("b", "乙"), Column("key", "编号", hidden=True)]
    sheet = opened(write_xlsx([Sheet("表", ["说明"], columns, [["一", "二", "P1"]])], watermark=""))["表"]
    assert [sheet.column_dimensions[letter].hidden for letter in "ABC"] == [False, False, True]
    assert sheet.auto_filter.ref == "A3:C4"
    assert sheet.print_area == "'表'!$A$1:$B$4"
    assert {str(area) for area in sheet.merged_cells.ranges} == {"A1:B1", "A2:B2"}


def test_watermark_cannot_break_out_of_the_footer(exported, opened):
    sheet = opened(exported(person(), watermark="&R9 甲&乙\n<丙>" + "长" * 300))["党员名册"]
    assert sheet.oddFooter.left.text.strip().startswith("＆R9 甲＆乙 <丙>长")
    assert sheet.oddFooter.right.text == "第 &P 页，共 &N 页"


def test_values_keep_their_kind(opened):
    columns = [Column(str(n), str(n)) for n in range(9)]
    moment = datetime.datetime(2026, 1, 5, 6, 30, tzinfo=datetime.UTC)
    row = [3, 88.5, Decimal("0.1"), True, None, datetime.date(2026, 1, 5), moment, 10**17, datetime.date(1899, 5, 1)]
    sheet = opened(write_xlsx([Sheet("表", [], columns, [row])], watermark=""))["表"]
    values = [cell.value for cell in sheet[3]]
    assert values[:6] == [3, 88.5, 0.1, "是", None, datetime.datetime(2026, 1, 5)]
    assert values[6] == datetime.datetime(2026, 1, 5, 14, 30)
    assert values[7:] == ["100000000000000000", "1899年5月1日"]
    assert sheet["F3"].number_format == 'yyyy"年"m"月"d"日"'
    assert sheet["F3"].is_date
    assert sheet["G3"].is_date
    with pytest.raises(TypeError, match="object"):
        write_xlsx([Sheet("表", [], columns[:1], [[object()]])], watermark="")


def test_ids_and_phones_are_text_even_when_given_as_numbers(columns, opened):
    row = ["王伟", "男", 110101199003077715, 13800138000, None, None]
    sheet = opened(write_xlsx([Sheet("表", [], columns, [row])], watermark=""))["表"]
    assert [sheet["C3"].value, sheet["D3"].value] == ["110101199003077715", "13800138000"]
    assert sheet["C3"].number_format == "@"


@pytest.mark.parametrize("payload", HOSTILE)
def test_hostile_text_is_no_formula_here_nor_after_saving_as_csv(exported, opened, payload):
    sheet = opened(exported(person(payload, payload)))["党员名册"]
    for address in ("A5", "F5"):
        assert sheet[address].data_type == "s"
    saved = io.StringIO()
    csv.writer(saved).writerow([cell.value for cell in sheet[5]])
    assert next(csv.reader(io.StringIO(saved.getvalue())))[0][0] == "'"


@pytest.mark.parametrize("text", HARMLESS)
def test_harmless_text_is_written_as_it_is(text):
    assert neutral(text) == text
    assert without_quote(text) == text


def test_titles_and_lines_are_guarded_too(opened):
    sheet = Sheet("=1+1", ["@x"], [Column("a", "=2+2")], [], empty_text="=3+3")
    cells = [row[0] for row in opened(write_xlsx([sheet], watermark="=4"))["=1+1"].iter_rows()]
    assert [cell.value for cell in cells] == ["'=1+1", "'@x", "'=2+2", "'=3+3"]


@pytest.mark.parametrize(
    "text", [*HARMLESS, *HOSTILE, "<&>\"'", "第一行\n第二行", "_x0041_", "𬱖㛃·阿依古丽", "王　伟"]
)
def test_what_went_out_comes_back(exported, columns, tmp_path, text):
    read = reread(exported(person("李娜", text)), columns, tmp_path)
    assert (read.header_row, read.errors, read.notices) == (4, [], [])
    assert read.rows[0].text("door") == text.strip()
    assert read.rows[0]["id_number"][:2] == ("110101199003077715", "text")
    assert read.rows[0]["joined_on"][:2] == ("2010-07-01", "date")


def test_characters_no_xml_can_hold_are_left_out(exported, opened):
    assert opened(exported(person("王\x00\x1f\ud800\uffff伟")))["党员名册"]["A5"].value == "王伟"


def test_text_longer_than_a_cell_is_cut_and_says_so(exported, opened):
    value = opened(exported(person("长" * 40_000)))["党员名册"]["A5"].value
    assert len(value) == MAX_TEXT
    assert value.endswith("后面的没有列出）")


def test_table_without_rows_says_so_under_its_head(exported, opened):
    sheet = opened(exported())["党员名册"]
    assert [sheet["A4"].value, sheet["A5"].value] == ["姓名", "没有记录。"]


def test_several_sheets_with_one_title(columns, opened):
    sheets = [Sheet("名册<&'>", [], columns, [person()]) for _ in range(3)]
    workbook = opened(write_xlsx(sheets, watermark=""))
    assert workbook.sheetnames == ["名册<&'>", "名册<&'>(2)", "名册<&'>(3)"]
    assert [sheet.print_title_rows for sheet in workbook] == ["$2:$2"] * 3


def test_row_of_another_length_is_a_mistake_in_the_program(exported):
    with pytest.raises(ValueError, match="zip"):
        exported(["王伟"])


def test_more_rows_than_a_sheet_holds(monkeypatch):
    monkeypatch.setattr("office.sheets.writing.LAST_ROW", 10)
    with pytest.raises(SheetProblem, match="先筛选"):
        write_xlsx([Sheet("表", [], [Column("a", "甲")], repeat(["x"]))], watermark="")


def test_memory_does_not_grow_with_the_rows(columns):
    def peak(count):
        tracemalloc.start()
        write_xlsx([Sheet("表", [], columns, (person() for _ in range(count)))], watermark="").close()
        highest = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        return highest

    peak(100)
    # The first megabyte of the file itself stays in memory before it goes to disk.
    assert peak(20_000) < peak(2_000) + 2 * 1024 * 1024
