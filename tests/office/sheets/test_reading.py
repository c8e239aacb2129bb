"""Tables as they come from communities: shifted heads, odd cells, and files meant to do harm."""

import contextlib
import datetime
import io
import random
import re
import subprocess
import sys
import zipfile

import pytest

from office.sheets import reading
from office.sheets.columns import Column
from office.sheets.problems import SheetProblem
from office.sheets.reading import read_rows
from office.sheets.writing import Sheet, write_xlsx
from tests.office.sheets.conftest import read_in_child

HEAD = ["姓名", "性别", "公民身份号码", "手机", "入党日期", "房号"]
WANG = ["王伟", "男", "110101199003077715", "13800138000", "2010-07-01", "101"]


def messages(read, row=None):
    return [error.message for error in read.errors if row in (None, error.row)]


def problem(path, columns, **limits):
    with pytest.raises(SheetProblem) as caught:
        read_rows(path, columns=columns, **limits)
    return str(caught.value)


# The head


def test_plain_table(save, columns):
    read = read_rows(save([HEAD, WANG]), columns=columns)
    assert (read.sheet, read.header_row, read.refusals, read.notices, read.errors) == ("名册", 1, [], [], [])
    assert [read.rows[0].text(column.key) for column in columns] == WANG
    assert read.rows[0].number == 2
    assert read.rows[0]["phone"].address == "D2"


def test_head_further_down_in_another_order_by_its_aliases(save, columns):
    rows = [
        ["城东社区党员名册"],
        [],
        ["填报单位：城东社区"],
        ["序号", "联系电话（必填）", " 姓 名 *", "身份证号"],
        [1, "138", "王伟", "x"],
    ]
    read = read_rows(save(rows), columns=columns)
    assert read.header_row == 4
    assert [read.rows[0].text(key) for key in ("name", "phone", "id_number")] == ["王伟", "138", "x"]
    assert read.rows[0]["joined_on"].kind == "empty"
    assert not any("序号" in notice for notice in read.notices)
    assert any("没有“入党日期”这一列" in notice for notice in read.notices)


def test_two_row_head_with_merged_titles(save, columns):
    rows = [
        ["党员名册"],
        ["姓名", "性别", "联系方式", None],
        [None, None, "手机", "房号"],
        ["王伟", "男", "138", "101"],
    ]

    def merge(sheet):
        for area in ("A2:A3", "B2:B3", "C2:D2"):
            sheet.merge_cells(area)

    read = read_rows(save(rows, merge), columns=columns)
    assert read.header_row == 3
    assert [read.rows[0].text(key) for key in ("name", "sex", "phone", "door")] == ["王伟", "男", "138", "101"]


def test_first_person_is_never_taken_for_a_second_head(save, columns):
    read = read_rows(save([["姓名", "手机", None], ["王伟", "138", "房号"], ["李娜", "139", None]]), columns=columns)
    assert read.header_row == 1
    assert [row.text("name") for row in read.rows] == ["王伟", "李娜"]


def test_head_in_row_ten_is_found_and_in_row_eleven_not(save, columns):
    filler = [["标题"]]
    assert read_rows(save(filler * 9 + [HEAD, WANG]), columns=columns).header_row == 10
    assert "没有找到表头" in problem(save(filler * 10 + [HEAD, WANG]), columns)


def test_line_above_a_head_is_not_part_of_it(save, columns):
    read = read_rows(save([[None] * 6 + ["党员名册"], HEAD, WANG]), columns=columns)
    assert (read.header_row, read.notices) == (2, [])


def test_missing_required_column_is_refused_by_name(save, columns):
    read = read_rows(save([["姓名", "性别"], ["王伟", "男"]]), columns=columns)
    assert read.refusals == ["缺少“手机”这一列。请在表头加上，或用模板重新填。"]
    assert read.rows == []


def test_one_column_twice_is_refused_with_its_letters(save, columns):
    read = read_rows(save([["姓名", "手机", "手机"], ["王伟", "138", "139"]]), columns=columns)
    assert read.refusals == ["“手机”有 2 列（B、C 列），请只留一列。"]


def test_exact_title_wins_over_an_alias_and_says_so(save, columns):
    read = read_rows(save([["姓名", "联系电话", "手机"], ["王伟", "0571", "139"]]), columns=columns)
    assert read.rows[0].text("phone") == "139"
    assert any("“联系电话”" in notice for notice in read.notices)


def test_no_head_at_all(save, columns):
    assert "没有找到表头" in problem(save([["甲", "乙"], ["丙", "丁"]]), columns)
    assert "没有找到表头" in problem(save([]), columns)


def test_head_without_rows(save, columns):
    assert "没有数据" in read_rows(save([HEAD]), columns=columns).refusals[0]


def test_side_sheets_and_hidden_sheets_are_passed_over(save, columns):
    def add(sheet):
        book = sheet.parent
        for place, (title, state) in enumerate((("说明", "visible"), ("旧表", "hidden"))):
            other = book.create_sheet(title, place)
            other.append(HEAD)
            other.append(["错的"] * 6)
            other.sheet_state = state
        book.create_sheet("统计").append(["合计", 1])

    read = read_rows(save([HEAD, WANG], add), columns=columns)
    assert read.sheet == "名册"
    assert read.rows[0].text("name") == "王伟"
    assert read.notices == ["只读了“名册”这张表，没有读：统计。"]


# Cells


def test_id_typed_as_a_number_is_reported_and_a_phone_is_exact(save, columns):
    read = read_rows(save([HEAD, ["王伟", "男", 110101199003077715, 13800138000, None, 101]]), columns=columns)
    cell = read.rows[0]["id_number"]
    assert (cell.kind, cell.lossy) == ("number", True)
    assert [(error.row, error.column_key) for error in read.errors] == [(2, "id_number")]
    assert "请把这一列设为文本后重填" in read.errors[0].message
    assert read.rows[0]["phone"] == ("13800138000", "number", "D2", False)
    assert read.rows[0].text("door") == "101"


def test_id_as_excel_itself_writes_it(forge, text_row, columns):
    number = '<row r="2"><c r="A2" t="str"><v>王伟</v></c><c r="B2"><v>1.1010119900307757E+17</v></c></row>'
    read = read_rows(forge(text_row(1, "姓名", "身份证号", "手机") + number), columns=columns)
    assert read.rows[0]["id_number"].lossy
    assert read.rows[0].text("id_number") == "110101199003077568"


@pytest.mark.parametrize(
    ("number", "text", "lossy"),
    [
        (999999999999999, "999999999999999", False),
        (10**15, "1000000000000000", True),
        (88.5, "88.5", True),
        (0.1 + 0.2, "0.3", True),
        (-3, "-3", False),
    ],
)
def test_digits_of_numbers(save, columns, number, text, lossy):
    cell = read_rows(save([HEAD, ["王伟", None, None, "138", None, number]]), columns=columns).rows[0]["door"]
    assert (cell.value, cell.kind, cell.lossy) == (text, "number", lossy)


@pytest.mark.parametrize(
    "number_format", ["yyyy-mm-dd", 'yyyy"年"m"月"d"日"', "[$-804]yyyy/m/d;@", "mm-dd-yy", "m/d/yy h:mm"]
)
def test_date_cells(save, columns, number_format):
    def shape(sheet):
        sheet["E2"].number_format = number_format

    rows = [HEAD, ["王伟", None, None, "138", datetime.date(1990, 1, 2), None]]
    read = read_rows(save(rows, shape), columns=columns)
    assert read.rows[0]["joined_on"][:2] == ("1990-01-02", "date")
    assert read.errors == []


def test_dates_written_as_text_or_plain_numbers_are_left_to_the_caller(save, columns):
    spellings = ["1990年1月2日", "1990.1.2", "１９９０－０１－０２", 19900102, 32875]
    rows = [HEAD, *(["王伟", None, None, "138", spelling, None] for spelling in spellings)]
    read = read_rows(save(rows), columns=columns)
    assert [row["joined_on"].kind for row in read.rows] == ["text", "text", "text", "number", "number"]
    assert [row.text("joined_on") for row in read.rows] == [str(spelling) for spelling in spellings]


def test_dates_of_the_1904_count_and_with_a_time(save, columns):
    def shape(sheet):
        from openpyxl.utils.datetime import CALENDAR_MAC_1904

        sheet.parent.epoch = CALENDAR_MAC_1904
        sheet["E2"].number_format = "yyyy-mm-dd hh:mm"

    rows = [HEAD, ["王伟", None, None, "138", datetime.datetime(2026, 1, 5, 14, 30), None]]
    assert read_rows(save(rows, shape), columns=columns).rows[0].text("joined_on") == "2026-01-05 14:30"


@pytest.mark.parametrize(("serial", "day"), [(1, "1900-01-01"), (59, "1900-02-28"), (61, "1900-03-01")])
def test_days_around_excels_29_february_1900(forge, text_row, columns, serial, day):
    styles = '<styleSheet><cellXfs count="2"><xf numFmtId="0"/><xf numFmtId="14"/></cellXfs></styleSheet>'
    relations = forge_relations("styles", "styles.xml")
    row = f'<row r="2"><c r="A2" t="str"><v>王伟</v></c><c r="B2"><v>1</v></c><c r="C2" s="1"><v>{serial}</v></c></row>'
    path = forge(text_row(1, "姓名", "手机", "入党日期") + row, parts={"xl/styles.xml": styles, **relations})
    assert read_rows(path, columns=columns).rows[0].text("joined_on") == day


def forge_relations(kind, target):
    base = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    return {
        "xl/_rels/workbook.xml.rels": (
            f'<Relationships><Relationship Id="rId1" Type="{base}/worksheet" Target="/xl/worksheets/sheet1.xml"/>'
            f'<Relationship Id="rId2" Type="{base}/{kind}" Target="{target}"/></Relationships>'
        )
    }


def test_room_number_turned_into_a_date_is_reported(save, columns):
    rows = [HEAD, ["王伟", None, None, "138", None, datetime.date(2026, 1, 2)]]
    assert "被表格改成了日期" in messages(read_rows(save(rows), columns=columns))[0]


def test_formula_error_and_boolean_cells_are_refused_one_by_one(save, columns):
    rows = [HEAD, ["=A1", "男", "x", "138", None, None], ["李娜", "#N/A", True, "138", None, None]]
    read = read_rows(save(rows), columns=columns)
    assert [(error.row, error.column_key) for error in read.errors] == [(2, "name"), (3, "sex"), (3, "id_number")]
    assert "公式" in read.errors[0].message
    assert "#N/A" in read.errors[1].message
    assert "TRUE" in read.errors[2].message
    assert [read.rows[0]["name"].kind, read.rows[1]["sex"].kind, read.rows[1]["id_number"].kind] == [
        "formula",
        "error",
        "error",
    ]
    assert [read.rows[0].text("name"), read.rows[1].text("sex")] == ["", ""]


def test_formula_result_is_never_taken(forge, text_row, columns):
    row = '<row r="2"><c r="A2" t="str"><f>"王"&amp;"伟"</f><v>王伟</v></c><c r="B2"><f/><v>138</v></c></row>'
    read = read_rows(forge(text_row(1, "姓名", "手机") + row), columns=columns)
    assert len(read.errors) == 2
    assert read.rows[0].text("phone") == ""


def test_choice_outside_its_list(save, columns):
    read = read_rows(save([HEAD, ["王伟", "男性", None, "138", None, None]]), columns=columns)
    assert messages(read) == ["“性别”只能填：男、女。"]


def test_missing_required_cell(save, columns):
    read = read_rows(save([HEAD, ["王伟", "男", None, None, None, None]]), columns=columns)
    assert read.errors == [(2, "phone", "没有填“手机”。")]


def test_cells_swallowed_by_a_merge_are_explained(save, columns):
    rows = [HEAD, WANG, ["李娜", None, None, None, None, None], ["张敏", None, None, None, None, None]]
    read = read_rows(save(rows, lambda sheet: sheet.merge_cells("D2:D3")), columns=columns)
    assert "合并" in messages(read, 3)[0]
    assert messages(read, 4) == ["没有填“手机”。"]


def test_hidden_rows_are_read_and_mentioned(save, columns):
    def hide(sheet):
        sheet.row_dimensions[2].hidden = True

    read = read_rows(save([HEAD, WANG, WANG], hide), columns=columns)
    assert len(read.rows) == 2
    assert read.notices == ["有 1 行是隐藏或筛选掉的，也读进来了。"]


def test_blank_and_ready_numbered_rows_do_not_count(save, columns):
    rows = [["序号", *HEAD], [1, *WANG], [2], [None, " ", "　", None], [3, *WANG], [4]]
    read = read_rows(save(rows), columns=columns, max_rows=2)
    assert [row.number for row in read.rows] == [2, 5]
    assert read.errors == []


def test_edges_are_trimmed_and_prose_left_alone(save, columns):
    rows = [HEAD, ["　王　伟\u200b ", None, None, "\u202d13800138000\u202c", None, "（甲）：１"]]
    row = read_rows(save(rows), columns=columns).rows[0]
    assert [row.text(key) for key in ("name", "phone", "door")] == ["王　伟", "13800138000", "（甲）：１"]


def test_rich_text_escapes_and_phonetics(forge, text_row, columns):
    strings = (
        "<sst><si><r><t>王</t></r><r><t>伟</t></r><rPh sb='0' eb='1'><t>WANG</t></rPh></si>"
        "<si><t>1_x000D_</t></si><si><t>a_x0000_b_xD800_</t></si></sst>"
    )
    row = '<row r="2"><c r="A2" t="s"><v>0</v></c><c r="B2" t="s"><v>1</v></c><c r="C2" t="s"><v>2</v></c>'
    row += '<c r="D2" t="inlineStr"><is><t>李</t><rPh><t>LI</t></rPh><r><t>娜</t></r></is></c></row>'
    path = forge(text_row(1, "姓名", "手机", "房号", "性别") + row, parts={"xl/sharedStrings.xml": strings})
    read = read_rows(path, columns=columns).rows[0]
    assert [read.text(key) for key in ("name", "phone", "door", "sex")] == ["王伟", "1", "ab", "李娜"]


def test_prefixed_elements_and_cells_without_references(forge, columns):
    cell = '<x:c t="inlineStr"><x:is><x:t>{}</x:t></x:is></x:c>'
    rows = "".join(
        f"<x:row>{''.join(cell.format(text) for text in texts)}</x:row>"
        for texts in (("姓名", "手机"), ("王伟", "138"))
    )
    path = forge(whole_sheet=f'<x:worksheet xmlns:x="m"><x:sheetData>{rows}</x:sheetData></x:worksheet>')
    assert read_rows(path, columns=columns).rows[0].text("phone") == "138"


def test_rare_characters_survive(save, columns):
    read = read_in_child(save([HEAD, ["𬱖㛃·阿依古丽", None, None, "138", None, None]]), columns=columns)
    assert read.rows[0].text("name") == "𬱖㛃·阿依古丽"


# Limits and harm


def test_one_row_too_many(save, columns):
    rows = [HEAD, WANG, WANG, WANG]
    assert len(read_rows(save(rows), columns=columns, max_rows=3).rows) == 3
    assert "超过 2 行" in problem(save(rows), columns, max_rows=2)


def test_lying_dimension_changes_nothing(forge, text_row, columns):
    data = text_row(1, "姓名", "手机") + text_row(2, "王伟", "138") + text_row(3, "李娜", "139")
    for claim in ("A1:XFD1048576", "A1", "A1:A0"):
        path = forge(whole_sheet=f'<worksheet><dimension ref="{claim}"/><sheetData>{data}</sheetData></worksheet>')
        assert len(read_rows(path, columns=columns).rows) == 2


def test_two_hundred_thousand_blank_rows_are_passed_over(forge, text_row, columns):
    blank = "".join(f'<row r="{number}"><c r="A{number}" s="1"/></row>' for number in range(3, 200_003))
    path = forge(text_row(1, "姓名", "手机") + text_row(2, "王伟", "138") + blank)
    assert len(read_in_child(path, columns=columns).rows) == 1


def test_more_rows_than_a_roster_has_are_refused_quickly(forge, text_row, columns):
    full = "".join(f'<row r="{number}"><c r="A{number}"><v>1</v></c></row>' for number in range(2, 200_002))
    with pytest.raises(SheetProblem, match="超过 20,000 行"):
        read_in_child(forge(text_row(1, "姓名", "手机") + full), columns=columns)


BILLION_LAUGHS = (
    '<!DOCTYPE x [<!ENTITY a "haha"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;"><!ENTITY c "&b;&b;&b;&b;&b;&b;&b;&b;">]>'
)
OUTSIDE = '<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/hostname">]>'


@pytest.mark.parametrize("prologue", [BILLION_LAUGHS, OUTSIDE, "<!DOCTYPE worksheet>"])
def test_document_types_are_refused_in_every_part(forge, text_row, columns, prologue):
    data = text_row(1, "姓名", "手机") + text_row(2, "&a;", "138")
    sheet = f"{prologue}<worksheet><sheetData>{data}</sheetData></worksheet>"
    assert "不能收" in problem(forge(whole_sheet=sheet), columns)
    strings = f"{prologue}<sst><si><t>&a;</t></si></sst>"
    assert "不能收" in problem(forge(data, parts={"xl/sharedStrings.xml": strings}), columns)


def test_unpacking_stops_at_its_limit_whatever_the_directory_claims(forge, text_row, columns, monkeypatch):
    monkeypatch.setattr("office.sheets.workbook.MAX_UNPACKED", 100_000)
    data = text_row(1, "姓名", "手机") + "<!-- -->" * 50_000
    assert "太大" in problem(forge(data), columns)


def test_one_long_text_named_by_every_cell_does_not_swell(forge, text_row, columns):
    strings = f"<sst><si><t>{'长' * 30_000}</t></si></sst>"
    rows = "".join(
        f'<row r="{n}"><c r="A{n}" t="s"><v>0</v></c><c r="B{n}" t="s"><v>0</v></c></row>' for n in range(2, 12_000)
    )
    path = forge(text_row(1, "姓名", "手机") + rows, parts={"xl/sharedStrings.xml": strings})
    assert "文字太多" in problem(path, columns)


def test_a_text_too_long_for_a_cell_is_reported(save, columns):
    read = read_rows(save([HEAD, ["长" * 2001, None, None, "138", None, None]]), columns=columns)
    assert "字太多" in messages(read)[0]
    assert len(read.rows[0].text("name")) == 2000


@pytest.mark.parametrize(
    "row",
    [
        '<row r="2"><c r="A2" t="s"><v>99</v></c></row>',
        '<row r="2"><c r="A2" t="s"><v>-1</v></c></row>',
        '<row r="2"><c r="A2"><v>12x</v></c></row>',
        '<row r="2"><c r="A2"><v>NaN</v></c></row>',
        '<row r="2"><c r="A2"><v>1E999</v></c></row>',
        '<row r="2"><c r="A2"><v>1_0</v></c></row>',
        '<row r="2"><c r="A2" t="zz"><v>1</v></c></row>',
        '<row r="2"><c r="A7"><v>1</v></c></row>',
        '<row r="2"><c r="ABCD2"><v>1</v></c></row>',
        '<row r="2"><c r="A2"><v>1</v></c><c r="A2"><v>2</v></c></row>',
        '<row r="0"><c r="A0"><v>1</v></c></row>',
        '<row r="1048577"><c r="A1048577"><v>1</v></c></row>',
        '<row r="2"/><row r="2"/>',
        '<row r="x"/>',
        "<row>",
        '<row r="2"><c r="A2" t="inlineStr"><is><t>\x01</t></is></c></row>',
    ],
)
def test_malformed_rows_are_a_broken_file_not_a_crash(forge, text_row, columns, row):
    strings = {"xl/sharedStrings.xml": "<sst><si><t>x</t></si></sst>"}
    path = forge(text_row(1, "姓名", "手机") + row, parts=strings)
    assert "打不开" in problem(path, columns)


@pytest.mark.parametrize(
    "parts",
    [
        {"_rels/.rels": None},
        {"xl/_rels/workbook.xml.rels": None},
        {"xl/worksheets/sheet1.xml": None},
        {"xl/workbook.xml": "<workbook><sheets/></workbook>"},
        {"xl/workbook.xml": "<workbook><sheets><sheet name='a'/></sheets></workbook>"},
        {"xl/workbook.xml": ""},
        {"xl/sharedStrings.xml": "<sst><si></sst>"},
    ],
)
def test_missing_or_broken_parts(forge, text_row, columns, parts):
    message = problem(forge(text_row(1, "姓名", "手机"), parts=parts), columns)
    assert message.endswith("再传。")


def test_damaged_bytes_never_crash(save, columns):
    """Any outcome but a reading or a SheetProblem fails the test."""
    good = save([HEAD, WANG, WANG]).read_bytes()
    chance = random.Random(7)
    outcomes = set()
    for _ in range(300):
        data = bytearray(good)
        for _ in range(chance.randint(1, 8)):
            data[chance.randrange(len(data))] = chance.randrange(256)
        try:
            read_rows(io.BytesIO(bytes(data)), columns=columns)
            outcomes.add("read")
        except SheetProblem:
            outcomes.add("refused")
    assert outcomes == {"read", "refused"}


def test_damaged_xml_never_crashes(save, columns):
    with zipfile.ZipFile(save([HEAD, WANG, WANG])) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    chance = random.Random(11)
    for _ in range(300):
        name = chance.choice([name for name in parts if name.startswith(("xl/w", "xl/s", "xl/_", "_r"))])
        data = bytearray(parts[name])
        start = chance.randrange(len(data))
        data[start : start + chance.randint(0, 12)] = bytes(
            chance.randrange(32, 127) for _ in range(chance.randint(0, 3))
        )
        buffer = io.BytesIO()
        with zipfile.ZipFile(buffer, "w") as archive:
            for part, content in parts.items():
                archive.writestr(part, bytes(data) if part == name else content)
        with contextlib.suppress(SheetProblem):
            read_rows(buffer, columns=columns)


# The child


def test_child_reads_what_the_parent_would(save, columns):
    path = save([HEAD, WANG, ["=1", "男", 110101199003077715, 138, datetime.date(2020, 1, 1), None]])
    here, there = read_rows(path, columns=columns), read_in_child(path, columns=columns)
    assert there.errors == here.errors
    assert (there.sheet, there.header_row, there.notices) == (here.sheet, here.header_row, here.notices)
    for mine, theirs in zip(here.rows, there.rows, strict=True):
        assert [mine[column.key] for column in columns] == [theirs[column.key] for column in columns]


def test_child_hands_over_its_problem_in_words(save, columns):
    with pytest.raises(SheetProblem, match="没有找到表头"):
        read_in_child(save([["甲", "乙"]]), columns=columns)


def test_child_that_takes_too_long_is_stopped(save):
    request = {"job": "read", "path": str(save([HEAD, WANG])), "columns": [], "max_rows": 1}
    with pytest.raises(SheetProblem, match="太久"):
        reading.run_child(request, time_limit=0.001)


def test_child_that_dies_is_a_broken_file_and_no_cell_reaches_the_log(tmp_path, columns, caplog):
    with pytest.raises(SheetProblem, match="打不开"):
        reading.run_child({"job": "no such job", "columns": [], "path": "王伟"})
    assert "KeyError" in caplog.text
    assert "no such job" not in caplog.text


def test_child_has_a_memory_limit(forge, text_row, columns):
    """One wide character makes each Latin one take four bytes: 52 MB of XML want 208 MB more."""
    strings = f"<sst><si><t>{'a' * 52_000_000}𬱖</t></si></sst>"
    path = forge(text_row(1, "姓名", "手机"), parts={"xl/sharedStrings.xml": strings})
    with pytest.raises(SheetProblem, match="读不下"):
        read_in_child(path, columns=columns)


def test_twenty_thousand_rows_stay_small(columns, tmp_path):
    rows = (
        [f"王伟{n}", "男", f"1101011990030{n:05}", f"138{n:08}", datetime.date(2010, 1, 1), "101"]
        for n in range(20_000)
    )
    path = tmp_path / "large.xlsx"
    with write_xlsx([Sheet("名册", [], columns, rows)], watermark="") as file:
        path.write_bytes(file.read())
    assert len(read_in_child(path, columns=columns).rows) == 20_000
    code = (
        "import sys; from office.sheets.columns import Column; from office.sheets.reading import read_packed;"
        "read_packed(sys.argv[1], columns=[Column('name', '姓名'), Column('phone', '手机')], max_rows=20_000);"
        "print(open('/proc/self/status').read())"
    )
    status = subprocess.run([sys.executable, "-c", code, path], cwd=reading.ROOT, capture_output=True, text=True)
    assert int(re.search(r"VmHWM:\s+(\d+) kB", status.stdout)[1]) < 100 * 1024


def test_a_column_has_a_known_kind():
    with pytest.raises(ValueError, match="kind"):
        Column("a", "甲", kind="number")
