"""The faulty file back: what is marked, what is said, and sending it again."""

import pytest

from office.sheets.errors import RowError, write_error_file
from office.sheets.problems import SheetProblem
from office.sheets.reading import read_rows
from office.sheets.template import write_template

HEAD = ["序号", "姓名", "身份证号", "手机"]
ERRORS = [
    RowError(4, "id_number", "第18位校验码不对。"),
    RowError(4, "phone", "没有填“手机”。"),
    RowError(5, None, "和第 4 行是同一个人。"),
    RowError(5, "id_number", "第18位校验码不对。"),
]


@pytest.fixture
def source(save):
    rows = [["党员名册"], HEAD, [1, "王伟", "甲", "138"], [2, "李娜", "乙", None], [3, "张敏", "丙", "139"]]
    return save(rows)


def red(cell):
    return cell.fill.fgColor.rgb == "00FFD9D9"


def test_right_cells_are_marked_and_explained(source, columns, opened):
    workbook = opened(write_error_file(source, ERRORS, columns))
    sheet = workbook["名册"]
    assert {cell.coordinate for row in sheet.iter_rows() for cell in row if red(cell)} == {"C4", "D4", "C5"}
    assert sheet["C4"].comment.text == "第18位校验码不对。"
    assert [sheet[f"E{row}"].value for row in range(2, 6)] == [
        "错误原因",
        None,
        "公民身份号码：第18位校验码不对；手机：没有填“手机”",
        "和第 4 行是同一个人；公民身份号码：第18位校验码不对",
    ]


def test_rows_are_those_of_the_source(source, columns, opened):
    before = opened(source.read_bytes())["名册"]
    after = opened(write_error_file(source, ERRORS, columns))["名册"]
    assert [[cell.value for cell in row[:4]] for row in after.iter_rows()] == [
        [cell.value for cell in row] for row in before.iter_rows()
    ]


def test_summary_counts_kinds(source, columns, opened):
    summary = opened(write_error_file(source, ERRORS, columns))["汇总"]
    lines = [[cell.value for cell in row] for row in summary.iter_rows()]
    assert lines[0][0].startswith("共 2 行有问题，4 处")
    assert lines[2] == ["哪一列", "什么问题", "几处", "在第几行"]
    assert lines[3] == ["公民身份号码", "第18位校验码不对。", 2, "4、5"]
    assert ["整行", "和第 4 行是同一个人。", 1, "5"] in lines


def test_corrected_copy_can_be_sent_again_and_again(source, columns, opened, tmp_path):
    again = tmp_path / "again.xlsx"
    workbook = opened(write_error_file(source, ERRORS, columns))
    workbook["名册"]["D4"] = "137"
    workbook.save(again)
    read = read_rows(again, columns=columns)
    assert (read.sheet, len(read.rows), read.errors) == ("名册", 3, [])
    assert not any("错误原因" in notice or "汇总" in notice for notice in read.notices[1:])
    workbook = opened(write_error_file(again, ERRORS[3:], columns))
    sheet = workbook["名册"]
    assert workbook.sheetnames == ["名册", "汇总"]
    assert {cell.coordinate for row in sheet.iter_rows() for cell in row if red(cell)} == {"C5"}
    assert sheet["C4"].comment is None
    assert [sheet["E4"].value, sheet["E5"].value, sheet["F5"].value] == [None, "公民身份号码：第18位校验码不对", None]


def test_messages_are_text_whatever_they_begin_with(source, columns, opened):
    sheet = opened(write_error_file(source, [RowError(3, None, "=1+1")], columns))["名册"]
    assert (sheet["E3"].value, sheet["E3"].data_type) == ("=1+1", "s")


def test_merged_cells_and_faults_of_missing_columns_do_no_harm(save, columns, opened):
    def merge(sheet):
        sheet.merge_cells("A1:Z1")
        sheet.merge_cells("B3:B4")
        sheet.merge_cells("E3:F4")

    path = save([["党员名册"], HEAD, [1, "王伟", "甲", "138"], [2, None, "乙", "139"]], merge)
    errors = [RowError(4, "name", "没有填。"), RowError(4, "joined_on", "没有这一列。")]
    sheet = opened(write_error_file(path, errors, columns))["名册"]
    assert sheet["E4"].value == "姓名：没有填；入党日期：没有这一列"


def test_template_with_protection_and_drop_downs_survives(columns, opened, tmp_path):
    path = tmp_path / "template.xlsx"
    workbook = opened(write_template(columns, title="名册", instructions=[]))
    workbook["名册"]["A3"] = "王伟"
    workbook.save(path)
    copy = opened(write_error_file(path, [RowError(3, "phone", "没有填。")], columns))
    assert len(copy["名册"].data_validations.dataValidation) == 1
    assert red(copy["名册"]["D3"])


def test_source_that_cannot_be_copied_is_said_in_words(forge, columns):
    with pytest.raises(SheetProblem):
        write_error_file(forge("<row"), [], columns)
