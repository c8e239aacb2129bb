"""Every trap of UX C8–C10 as a file: read exactly right, or pointed out in words that name the cell and say what to do."""

import datetime
import io
import json
import re
import subprocess
import sys
from dataclasses import asdict

import pytest
from openpyxl import load_workbook

from members.entries import COLUMNS
from members.entries import TITLES as ROSTER_TITLES
from office.chinese.dates import parse_date
from office.chinese.digits import clean_phone, halfwidth
from office.chinese.idnumber import clean_id, id_problem
from office.chinese.names import clean_name
from office.sheets import guard, reading
from office.sheets.problems import SheetProblem
from office.sheets.reading import MERGED, TOO_SLOW
from tests.office.sheets.conftest import read_in_child
from tests.office.sheets.files import large, make
from tests.office.sheets.files.people import DATES, KEYS, PEOPLE, TITLES

TODAY = datetime.date(2026, 11, 20)
MEGABYTE = 1024 * 1024
FORMULA = "这一格是公式。请复制后“粘贴为数值”再传。"
AS_NUMBER = "这一格存成了数字，末几位已经不准。请把这一列设为文本后重填。"
AS_DATE = "这一格被表格改成了日期。请把这一列设为文本后重填。"
NO_STAGE = "没有填“人员类别”。"
HIDDEN = ["有 3 行是隐藏或筛选掉的，也读进来了。"]


def not_a_person(*rows):
    return [f"这些行不是表里的内容，没有读：{'、'.join(rows)}。"]


# What must be read as the five people, and what is told beside it.
RIGHT = {
    "excel-plain": [],
    "excel-date_system_1904": [],
    "excel-inline_strings": [],
    "excel-rich_text": [],
    "excel-phonetic": [],
    "excel-strict": [],
    "excel-absolute_names": [],
    "excel-extensions": [],
    "excel-list_object": not_a_person("第 7 行“合计”"),
    "excel-hidden_and_filtered": HIDDEN,
    "excel-title_lines": [],
    "excel-head_with_notes": [],
    "excel-two_row_head": [],
    "excel-moved_columns": ["这些列不认识，没有读：“备注”、“年龄”。"],
    "excel-total_and_signatures": not_a_person("第 7 行“合计”", "第 10 行“填表人：李娜”"),
    "excel-pages_with_their_own_heads": not_a_person("第 5 行“序号”"),
    "excel-date_spellings": [],
    "excel-date_formats": [],
    "excel-padded_cells": [],
    "excel-full_width_digits": [],
    "excel-phones_as_numbers": [],
    "excel-several_sheets": ["只读了“党员名册”这张表，没有读：填表说明、统计。"],
    "wps-plain": [],
    "wps-date_spellings": [],
    "wps-two_row_head": [],
    "wps-lying_dimension": [],
    "wps-styled_empty_rows": [],
    "wps-pictures_in_cells": ["这些列不认识，没有读：“照片”。"],
    "wps-extension_elements": [],
    "wps-backslashes": [],
    "wps-footing": not_a_person("第 8 行“总 计”"),
    "libre-plain": [],
    "libre-dates": [],
    "libre-hidden_and_filtered": HIDDEN,
    "libre-two_row_head": [],
    "libre-through_xls": [],
    "libre-through_ods": [],
    "libre-csv_with_text_columns": [],
    "libre-filled_template": [],
    "libre-saved_export": [],
    "libre-saved_error_file": [],
}

# Cells to correct.
MERGED_CELLS = {"J3": MERGED, "J4": MERGED, "G6": NO_STAGE + MERGED}
FORMULAS = {"D2": FORMULA, "E2": FORMULA, "M2": FORMULA, "B3": FORMULA}
FAULTY = {
    "excel-number_typed_ids": {"C2": AS_NUMBER, "C3": AS_NUMBER},
    "wps-number_typed_ids": {"C2": AS_NUMBER, "C3": AS_NUMBER},
    "excel-merged_cells": MERGED_CELLS,
    "libre-merged_cells": MERGED_CELLS,
    "excel-formulas": FORMULAS,
    "libre-formulas": FORMULAS,
    "wps-picture_where_a_name_should_be": {"B2": FORMULA},
    "excel-errors_and_booleans": {
        "D2": "这一格是 TRUE 或 FALSE，请改成文字。",
        "C3": "这一格显示的是错误“#N/A”，请改成应填的内容。",
    },
    "excel-rooms_turned_into_dates": {"M3": AS_DATE},
    "libre-csv_opened_by_double_click": {**{f"C{row}": AS_NUMBER for row in range(2, 6)}, "M3": AS_DATE},
}

# Whole files that cannot be taken.
NO_HEAD = "前 10 行里没有找到表头。表头要有：姓名、人员类别、关系类别。请下载模板，按模板填好再传。"
REFUSED = {
    "excel-no_roster.xlsx": NO_HEAD,
    "libre-csv_in_the_wrong_code.xlsx": NO_HEAD,
    "excel-missing_column.xlsx": "缺少“人员类别”这一列。请在表头加上，或用模板重新填。",
    "excel-column_twice.xlsx": "“联系电话”有 2 列（F、N 列），请只留一列。",
    "excel-head_only.xlsx": "表头下面没有数据。请从第 2 行起填写后再传。",
    "excel-macros.xlsx": "这个文件带有宏。请在 WPS 或 Excel 里去掉宏后另存为 .xlsx 再传。",
    "libre-macros.xlsm": "这个文件带有宏。请在 WPS 或 Excel 里去掉宏后另存为 .xlsx 再传。",
    "libre-locked.xlsx": "这个文件设了密码。请先去掉密码，另存为 .xlsx 再传。",
    "excel-binary_workbook.xlsx": "这其实是 .xlsb 文件，改名字没有用。请在 WPS 里另存为 .xlsx 再传。",
    "libre-old_xls.xls": "这是 .xls 文件，请在 WPS 里另存为 .xlsx 再传。",
    "libre-open_document.ods": "这是 .ods 文件，请在 WPS 里另存为 .xlsx 再传。",
    "excel-gbk.csv": "这是 .csv 文件，请在 WPS 里另存为 .xlsx 再传。" + guard.LOST_IN_CSV,
    "excel-utf8.csv": "这是 .csv 文件，请在 WPS 里另存为 .xlsx 再传。" + guard.LOST_IN_CSV,
}
# The same bytes under another name.
RENAMED = {
    ("libre-old_xls.xls", "名册.xlsx"): "这其实是旧的 .xls 文件，改名字没有用。请在 WPS 里另存为 .xlsx 再传。",
    ("libre-old_xls.xls", "名册.et"): "这是 .et 文件，请在 WPS 里另存为 .xlsx 再传。",
    ("libre-open_document.ods", "名册.xlsx"): "这其实是 .ods 文件，改名字没有用。请在 WPS 里另存为 .xlsx 再传。",
    ("excel-gbk.csv", "名册.xlsx"): guard.NOT_A_WORKBOOK,
    ("excel-utf8.csv", "名册.xlsx"): guard.NOT_A_WORKBOOK,
    ("libre-macros.xlsm", "名册.xlsx"): guard.REMOVE_MACROS,
}
# Read as they stand: what is wrong with them is said by the roster (see the page below).
LEFT_TO_THE_ROSTER = {
    "excel-dots_in_names",
    "excel-lost_digits_as_text",
    "excel-wrong_check_digit",
    "excel-same_person_twice",
}


def made(name):
    return make.MADE / (name if "." in name else f"{name}.xlsx")


def handed_in(path, name=None):
    """Guard and child, as the page takes a file."""
    with open(path, "rb") as file:
        guard.check_upload(file, name=name or path.name)
    return read_in_child(path, columns=COLUMNS, max_rows=2_000)


def meant(row):
    """What a line says, once blanks, digits and dates are understood as everywhere else in the product."""
    said = {key: " ".join(row.text(key).split()) for key in KEYS}
    said["name"], said["id_number"] = clean_name(said["name"]), clean_id(said["id_number"])
    said["phone"] = clean_phone(said["phone"])
    said["branch"] = halfwidth(said["branch"]).strip()
    for key in DATES:
        said[key] = parse_date(said[key], today=TODAY)[0] if said[key] else None
    return said


def refusal(path, name=None):
    """The words with which the file as a whole is refused."""
    try:
        read = handed_in(path, name)
    except SheetProblem as problem:
        return str(problem)
    assert read.rows == []
    return "".join(read.refusals)


def test_every_file_has_its_outcome_and_its_maker():
    outcomes = {made(name).name for name in [*RIGHT, *FAULTY, *REFUSED, *LEFT_TO_THE_ROSTER]}
    files = {path.name for path in make.MADE.iterdir()}
    assert files == outcomes
    assert files == make.shaped().keys() | {
        make.file_name(make.libre, name, suffix) for name, suffix in make.LIBRE.items()
    }
    assert all(path.stat().st_size < 30_000 for path in make.MADE.iterdir())


def test_the_files_are_what_the_makers_make():
    assert [name for name, data in make.shaped().items() if made(name).read_bytes() != data] == []


def test_the_titles_are_those_of_the_roster():
    assert {key: ROSTER_TITLES[key] for key in TITLES} == TITLES


def test_the_people_have_right_numbers():
    assert [id_problem(person["id_number"], today=TODAY) for person in PEOPLE if person["id_number"]] == [None] * 4


@pytest.mark.parametrize("name", RIGHT)
def test_read_exactly_right(name):
    read = handed_in(made(name))
    assert (read.errors, read.refusals) == ([], [])
    assert [meant(row) for row in read.rows] == list(PEOPLE)
    assert [notice for notice in read.notices if "按空白处理" not in notice] == RIGHT[name]


@pytest.mark.parametrize("name", FAULTY)
def test_pointed_out_cell_by_cell(name):
    read = handed_in(made(name))
    rows = {row.number: row for row in read.rows}
    assert {rows[error.row][error.column_key].address: error.message for error in read.errors} == FAULTY[name]
    sound = [row for row in read.rows if row.number not in {error.row for error in read.errors}]
    assert [meant(row) for row in sound] == [PEOPLE[row.number - 2] for row in sound]


@pytest.mark.parametrize("name", REFUSED)
def test_refused_as_a_whole(name):
    assert refusal(made(name)) == REFUSED[name]


@pytest.mark.parametrize(("name", "renamed"), RENAMED)
def test_another_name_changes_nothing(name, renamed):
    assert refusal(made(name), renamed) == RENAMED[name, renamed]


def test_dots_in_names_are_one_dot():
    read = handed_in(made("excel-dots_in_names"))
    assert [meant(row)["name"] for row in read.rows] == ["阿依古丽·买买提"] * 3


def test_a_truncated_original_is_to_be_sent_again(tmp_path):
    whole = made("libre-plain").read_bytes()
    for length in (100, len(whole) // 3, len(whole) - 1):
        path = tmp_path / "cut.xlsx"
        path.write_bytes(whole[:length])
        assert refusal(path) == guard.BROKEN


# Too large to keep

LARGE = {
    large.every_row_formatted: None,
    large.every_row_numbered: reading.PULLED_DOWN,
    large.every_row_a_person: "这张表超过 2,000 行，请分成几个文件，分几次传。",
    large.every_row_a_total: "这张表超过 2,000 行，请分成几个文件，分几次传。",
    large.many_merges: "这张表超过 2,000 行，请分成几个文件，分几次传。",
    large.every_row_spelled_out: guard.TOO_LARGE,
    large.bomb: guard.TOO_LARGE,
    large.lying_bomb: guard.BROKEN,
    large.above_five_megabytes: "这个文件超过 5 MB。请去掉图片和用不到的表，或分成几个文件再传。",
    large.one_long_text: "这张表里的文字太多。请分成几个文件，分几次传。",
}


def test_every_large_file_has_its_outcome():
    assert LARGE.keys() == set(large.ALL)


@pytest.mark.parametrize("write", LARGE, ids=lambda write: write.__name__)
def test_large_files(write, tmp_path):
    path = write(tmp_path / "large.xlsx")
    wanted = LARGE[write]
    if wanted is None:
        assert [meant(row) for row in handed_in(path).rows] == list(PEOPLE)
    elif write is large.one_long_text:
        with pytest.raises(SheetProblem, match=wanted):
            read_in_child(path, columns=COLUMNS)
    else:
        assert refusal(path) == wanted


def test_merges_over_everything_are_counted_once(tmp_path):
    read = read_in_child(large.many_merges(tmp_path / "large.xlsx"), columns=COLUMNS)
    assert len(read.rows) == 4_999
    assert len({(error.row, error.column_key) for error in read.errors}) == len(read.errors)


MEASURED = (
    "import json, re, sys; from office.sheets import child\n"
    "def peak(): return int(re.search(r'VmHWM:\\s+(\\d+)', open('/proc/self/status').read())[1])\n"
    "idle = peak()\n"
    "try: child.main()\n"
    "finally: sys.stderr.write(f'\\nPEAK {idle} {peak()}')\n"
)


def peak_above_idle(path):
    """MB that the child takes beyond what it takes before it reads."""
    request = {
        "job": "read",
        "path": str(path),
        "columns": [asdict(column) for column in COLUMNS],
        "max_rows": reading.MAX_ROWS,
    }
    done = subprocess.run(
        [sys.executable, "-c", MEASURED],
        input=json.dumps(request).encode(),
        capture_output=True,
        cwd=reading.ROOT,
        check=False,
    )
    idle, peak = re.search(rb"PEAK (\d+) (\d+)", done.stderr).groups()
    return (int(peak) - int(idle)) / 1024


@pytest.mark.parametrize("write", [large.every_row_formatted, large.many_merges, large.one_long_text, large.bomb])
def test_memory_is_bounded(write, tmp_path):
    assert peak_above_idle(write(tmp_path / "large.xlsx")) < 256


def test_a_child_killed_for_its_time_says_so(monkeypatch):
    class Killed:
        returncode = -24

    monkeypatch.setattr(reading.subprocess, "run", lambda *_args, **_options: Killed)
    with pytest.raises(SheetProblem, match=TOO_SLOW):
        reading.run_child({})


# What the product wrote, after LibreOffice opened and saved it


def saved_sheet(name):
    with open(made(name), "rb") as file:
        return load_workbook(io.BytesIO(file.read()))["党员名册"]


def test_the_form_keeps_its_drop_downs_its_lock_and_its_text_columns():
    sheet = saved_sheet("libre-filled_template")
    sources = {str(rule.sqref)[:2]: rule.formula1 for rule in sheet.data_validations.dataValidation}
    assert sources == {"C3": "选项!$A$1:$A$2", "F3": "选项!$B$1:$B$2", "H3": "选项!$C$1:$C$2"}
    assert sheet.protection.sheet
    assert (sheet["A1"].protection.locked, sheet["A3"].protection.locked) == (True, False)
    assert {sheet[f"{column}{row}"].number_format for column in "BE" for row in range(3, 7)} == {"@"}
    # LibreOffice writes the columns A to C and E to I as one group each.
    assert {sheet.column_dimensions[column].number_format for column in "AE"} == {"@"}
    assert sheet.print_title_rows == "$1:$1"


def test_a_list_keeps_its_filter_and_its_repeated_head():
    sheet = saved_sheet("libre-saved_export")
    assert (sheet.auto_filter.ref, sheet.print_title_rows) == ("A4:L9", "$4:$4")


def test_a_marked_copy_keeps_its_marks():
    sheet = saved_sheet("libre-saved_error_file")
    marked = {cell.coordinate: cell for row in sheet.iter_rows() for cell in row if cell.comment}
    assert marked.keys() == {"C2", "I4"}
    assert all(cell.fill.fgColor.rgb.endswith("FFD9D9") for cell in marked.values())
    assert sheet["N4"].value == "居住小区：本社区没有“湖畔”这个小区；和第 3 行是同一个人"
