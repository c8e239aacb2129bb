"""The empty form: opens, guides, and comes back as it went out."""

import pytest

from office.sheets.columns import Column
from office.sheets.reading import read_rows
from office.sheets.template import sheet_name, write_template

COMPOUNDS = [f"城东社区金桂苑第{number}小区" for number in range(60)]


@pytest.fixture
def form(columns):
    columns = [*columns, Column("compound", "居住小区", kind="choice", required=True, note="写小区全名。")]
    return columns, write_template(
        columns, title="党员名册", instructions=["本表由社区填写。"], choices={"compound": COMPOUNDS}
    )


@pytest.fixture
def filled(form, opened, tmp_path):
    """Fill rows into the template as a community would and save it."""

    def fill(*rows):
        workbook = opened(form[1])
        for number, row in enumerate(rows, start=3):
            for place, value in enumerate(row, start=1):
                workbook["党员名册"].cell(number, place, value)
        path = tmp_path / "filled.xlsx"
        workbook.save(path)
        return path

    return fill


def test_sheets_and_head(form, opened):
    workbook = opened(form[1])
    assert workbook.sheetnames == ["说明", "党员名册", "选项"]
    assert workbook["选项"].sheet_state == "hidden"
    table = workbook["党员名册"]
    assert [cell.value for cell in table[1]][:4] == ["姓名（必填）", "性别", "公民身份号码", "手机（必填）"]
    assert table.freeze_panes == "B2"
    assert table.protection.sheet
    assert table["A1"].protection.locked
    assert not table["C3"].protection.locked
    assert not table.column_dimensions["A"].protection.locked
    assert table.print_title_rows == "$1:$1"
    assert (table.page_setup.orientation, table.page_setup.paperSize) == ("landscape", 9)
    assert table.column_dimensions["C"].width == pytest.approx(22, abs=1)


def test_drop_downs_have_no_255_character_limit(form, opened):
    workbook = opened(form[1])
    rules = {str(rule.sqref): rule for rule in workbook["党员名册"].data_validations.dataValidation}
    assert rules["B3:B2002"].formula1 == "选项!$A$1:$A$2"
    assert rules["G3:G2002"].formula1 == "选项!$B$1:$B$60"
    assert [cell.value for cell in workbook["选项"]["B"]] == COMPOUNDS


def test_ids_and_phones_are_text_for_two_thousand_rows(form, opened):
    table = opened(form[1])["党员名册"]
    for letters in "CD":
        assert table[f"{letters}3"].number_format == table[f"{letters}2002"].number_format == "@"
    assert len(form[1]) < 100_000


def test_notes_say_what_is_required_and_how(form, opened):
    text = "\n".join(str(cell.value) for row in opened(form[1])["说明"].iter_rows() for cell in row if cell.value)
    for words in ("本表由社区填写。", "必填", "写小区全名。", "从下拉里选：男、女。", "示例"):
        assert words in text


def test_empty_template_has_no_rows(form, tmp_path):
    columns, data = form
    path = tmp_path / "empty.xlsx"
    path.write_bytes(data)
    read = read_rows(path, columns=columns)
    assert read.rows == []
    assert "没有数据" in read.refusals[0]


def test_example_row_is_skipped_and_real_rows_are_read(form, filled):
    read = read_rows(filled(["李娜", "女", None, "13900139000", None, "1-2", COMPOUNDS[3]]), columns=form[0])
    assert (read.sheet, read.notices, read.errors) == ("党员名册", [], [])
    assert [row.number for row in read.rows] == [3]
    assert read.rows[0].text("door") == "1-2"


def test_example_row_overwritten_by_a_person_is_read(form, filled, tmp_path, opened):
    path = filled()
    workbook = opened(path.read_bytes())
    for place, value in enumerate(["李娜", "女", None, "139", None, "1", COMPOUNDS[0]], start=1):
        workbook["党员名册"].cell(2, place, value)
    workbook.save(path)
    assert [row.text("name") for row in read_rows(path, columns=form[0]).rows] == ["李娜"]


@pytest.mark.parametrize(
    ("title", "name"), [("2026/1 名册[草稿]:*?", "2026 1 名册 草稿"), ("'", "表"), ("长" * 40, "长" * 31), ("", "表")]
)
def test_tab_names_excel_allows(title, name):
    assert sheet_name(title) == name


def test_text_that_looks_like_a_formula_stays_text(opened):
    data = write_template([Column("a", "=1+1", example="=2+2")], title="=3", instructions=["=4"], choices={"a": ["=5"]})
    cells = [cell for sheet in opened(data) for row in sheet.iter_rows() for cell in row]
    assert not [cell.coordinate for cell in cells if cell.data_type == "f"]
