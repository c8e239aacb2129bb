"""Tables as Microsoft Excel saves them. XlsxWriter writes Excel's own XML; what it has no word for is put in by hand."""

import datetime
import io
import re

import xlsxwriter

from tests.office.sheets.files.packing import packed, parts_of, replaced
from tests.office.sheets.files.people import HEAD, KEYS, PEOPLE, SHEET, changed, id_number, lines

CREATED = datetime.datetime(2026, 1, 5, 9, 0, tzinfo=datetime.UTC)
FORMAT = 'yyyy"年"m"月"d"日"'
MAIN_SHEET = "xl/worksheets/sheet1.xml"
TRANSITIONAL = "http://schemas.openxmlformats.org/"
LETTER = {key: chr(ord("B") + place) for place, key in enumerate(KEYS)}


def book(fill, **options):
    """The bytes of a workbook; `fill(workbook)` puts in what is wanted."""
    buffer = io.BytesIO()
    workbook = xlsxwriter.Workbook(
        buffer, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, **options}
    )
    workbook.set_properties({"author": "社区", "created": CREATED})
    fill(workbook)
    workbook.close()
    return packed(parts_of(buffer.getvalue()))


def table(rows=None, *, head=HEAD, top=0, dress=None, date_format=FORMAT, **options):
    """One sheet with `head` in row `top` (counted from 0) and the rows below; `dress(workbook, sheet)` adds the rest."""

    def fill(workbook):
        sheet = workbook.add_worksheet(SHEET)
        day = workbook.add_format({"num_format": date_format})
        write(sheet, top, head, day)
        for number, row in enumerate(lines() if rows is None else rows, start=top + 1):
            write(sheet, number, row, day)
        if dress:
            dress(workbook, sheet)

    return book(fill, **options)


def write(sheet, number, row, day):
    for place, value in enumerate(row):
        if isinstance(value, datetime.date):
            sheet.write_datetime(number, place, datetime.datetime.combine(value, datetime.time()), day)
        elif isinstance(value, str):
            sheet.write_string(number, place, value)
        elif value is not None:
            sheet.write(number, place, value)


# What must be read right


def plain():
    return table()


def date_system_1904():
    """Excel for Mac of old counts its days from 1904."""
    return table(date_1904=True)


def inline_strings():
    """Rows streamed out: texts stand in the cells instead of in sharedStrings.xml."""
    return table(constant_memory=True)


def rich_text():
    """A name half bold is several runs."""

    def dress(workbook, sheet):
        bold = workbook.add_format({"bold": True})
        sheet.write_rich_string("B2", bold, "欧阳", "建国")
        sheet.write_rich_string("I2", "湖", bold, "畔")

    return table(dress=dress)


def phonetic():
    """拼音指南 keeps the reading beside the name; it is no part of it."""
    return replaced(
        plain(),
        "xl/sharedStrings.xml",
        (
            "<si><t>丁宁</t></si>",
            '<si><t>丁宁</t><rPh sb="0" eb="2"><t>dīng níng</t></rPh><phoneticPr fontId="1" type="noConversion"/></si>',
        ),
    )


def strict():
    """“Strict Open XML 电子表格”: other namespaces, dates as ISO text."""
    parts = {}
    for name, content in parts_of(plain()).items():
        text = content.decode()
        text = text.replace(f"{TRANSITIONAL}spreadsheetml/2006/main", "http://purl.oclc.org/ooxml/spreadsheetml/main")
        text = text.replace(
            f"{TRANSITIONAL}officeDocument/2006/relationships",
            "http://purl.oclc.org/ooxml/officeDocument/relationships",
        )
        if name == "xl/workbook.xml":
            text = text.replace("<workbook ", '<workbook conformance="strict" ', 1)
        if name == MAIN_SHEET:
            text = re.sub(r'(<c r="[EKL]\d+" s="1")><v>(\d+)</v>', _iso_cell, text)
        parts[name] = text
    return packed(parts)


def _iso_cell(found):
    day = datetime.date(1899, 12, 30) + datetime.timedelta(days=int(found[2]))
    return f'{found[1]} t="d"><v>{day.isoformat()}T00:00:00.000</v>'


def absolute_names():
    """Targets from the root of the package, as Excel Online writes them, and its numbered workbook part."""
    parts = parts_of(plain())
    rels = parts["xl/_rels/workbook.xml.rels"].decode().replace('Target="', 'Target="/xl/')
    parts["xl/_rels/workbook22.xml.rels"] = rels
    parts["xl/_rels/workbook.xml.rels"] = None
    parts["xl/workbook22.xml"] = parts["xl/workbook.xml"]
    parts["xl/workbook.xml"] = None
    parts["_rels/.rels"] = parts["_rels/.rels"].decode().replace('"xl/workbook.xml"', '"/xl/workbook22.xml"')
    parts["[Content_Types].xml"] = parts["[Content_Types].xml"].decode().replace("workbook.xml", "workbook22.xml")
    return packed(parts)


def extensions():
    """x14 extension lists (data bars, sparklines), a drop-down from another sheet, a note, a check box with its anchor."""

    def dress(workbook, sheet):
        hidden = workbook.add_worksheet("选项")
        hidden.write_column("A1", ["男", "女"])
        hidden.hide()
        sheet.data_validation("D2:D100", {"validate": "list", "source": "=选项!$A$1:$A$2"})
        sheet.conditional_format("A2:A9", {"type": "data_bar", "data_bar_2010": True})
        sheet.add_sparkline("N2", {"range": f"{SHEET}!A2:A6"})
        sheet.write_comment("B2", "核对过")

    return replaced(
        table(dress=dress),
        MAIN_SHEET,
        (
            "<extLst>",
            '<mc:AlternateContent xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006"><mc:Choice '
            'Requires="x14"><controls><control shapeId="1" name="复选框 1"><controlPr><anchor><from>'
            '<xdr:col xmlns:xdr="x">1</xdr:col><xdr:row xmlns:xdr="x">5</xdr:row></from></anchor></controlPr></control>'
            "</controls></mc:Choice></mc:AlternateContent><extLst>",
        ),
    )


def list_object():
    """套用表格格式, with its own 汇总 row of formulas below."""

    def dress(_workbook, sheet):
        columns = [{"header": title} for title in HEAD]
        columns[0]["total_string"] = "合计"
        columns[1]["total_function"] = "count"
        sheet.add_table(0, 0, len(PEOPLE) + 1, len(HEAD) - 1, {"columns": columns, "total_row": True})

    return table(dress=dress)


def hidden_and_filtered():
    """One row hidden by hand, two by a filter, one column hidden."""

    def dress(_workbook, sheet):
        sheet.autofilter(0, 0, len(PEOPLE), len(HEAD) - 1)
        sheet.filter_column("D", "x == 男")
        for number in (2, 4, 5):
            sheet.set_row(number, options={"hidden": True})
        sheet.set_column("C:C", None, None, {"hidden": True})

    return table(dress=dress)


def title_lines():
    """As the product's own export prints it: title, 填报单位, date, then the head in row 4."""

    def dress(workbook, sheet):
        centred = workbook.add_format({"align": "center", "bold": True})
        sheet.merge_range(0, 0, 0, len(HEAD) - 1, "北社区党员名册", centred)
        sheet.merge_range(1, 0, 1, len(HEAD) - 1, "填报单位：北社区党委    填报人：李娜")
        sheet.merge_range(2, 0, 2, len(HEAD) - 1, "2026年1月5日    按姓氏笔画排序")

    return table(top=3, dress=dress)


def head_with_notes():
    """Stars, remarks in both kinds of brackets, line breaks, blanks and English punctuation in the head."""
    noted = {
        "姓名": "姓 名*",
        "公民身份号码": "身份证号码\n（18位）",
        "性别": "性　别",
        "出生日期": "出生年月日(yyyy-mm-dd)",
        "联系电话": "联系电话（必填）:",
        "人员类别": "人员类别(正式/预备)",
        "居住小区": "＊居住小区",
        "加入党组织日期": "入党时间（年月日）",
        "转为正式党员日期": "转正\n时间",
    }
    return table(head=[noted.get(title, title) for title in HEAD])


def two_row_head():
    """Groups above, titles below; what has no group is merged over both rows."""
    groups = {"D": ("基本情况", "D", "F"), "G": ("党籍", "G", "H"), "K": ("重要日期", "K", "L")}

    def dress(workbook, sheet):
        middle = workbook.add_format({"align": "center", "valign": "vcenter"})
        grouped = set()
        for text, first, last in groups.values():
            sheet.merge_range(f"{first}1:{last}1", text, middle)
            grouped |= {chr(code) for code in range(ord(first), ord(last) + 1)}
        for place, title in enumerate(HEAD):
            letter = chr(ord("A") + place)
            if letter in grouped:
                sheet.write_string(f"{letter}2", title)
            else:
                sheet.merge_range(f"{letter}1:{letter}2", title, middle)

    return table(head=[None] * len(HEAD), top=1, dress=dress)


def moved_columns():
    """The columns the other way round, with two the office added for itself."""
    rows = [[*reversed(row), "在册", 66] for row in lines()]
    return table(rows, head=[*reversed(HEAD), "备注", "年龄"])


def total_and_signatures():
    """Below the people: 合计, an empty line, a note, who filled it in."""
    below = [["合计", 5], [], ["注：本表一式两份。"], ["填表人：李娜", None, None, "填表日期：2026年1月5日"]]
    return table([*lines(), *below])


def pages_with_their_own_heads():
    """Two printed pages put under one another: the head comes again."""
    rows = lines()
    return table([*rows[:3], HEAD, *rows[3:]])


def date_spellings():
    """Cells and texts as communities write them, all meaning the same days."""
    born = ["1950.3.5", "1968-12-31", "１９７０年０１月０９日", 19990228, "1980/10/1"]
    joined = ["2001年7月1日", "2001.07.01", "20010701", "2025-12-1", " 2001/07/01 "]
    full = ["2002年7月1号", "2002 年 7 月 1 日", "2002-07-01 00:00:00", None, datetime.date(2002, 7, 1)]
    rows = [
        [number, *({**person, "birth_date": a, "joined_on": b, "full_on": c}[key] or None for key in KEYS)]
        for number, (person, a, b, c) in enumerate(zip(PEOPLE, born, joined, full, strict=True), start=1)
    ]
    return table(rows)


def date_formats():
    """Real date cells in the formats Excel offers a Chinese user."""
    formats = [
        "yyyy/m/d",
        "[$-404]e/m/d",
        '[DBNum1][$-804]yyyy"年"m"月"d"日";@',
        "[$-F800]dddd\\,\\ mmmm\\ dd\\,\\ yyyy",
        "m/d/yy h:mm",
    ]

    def dress(workbook, sheet):
        for number, (person, code) in enumerate(zip(PEOPLE, formats, strict=True), start=1):
            shown = workbook.add_format({"num_format": code})
            for key in ("birth_date", "joined_on", "full_on"):
                if person[key]:
                    moment = datetime.datetime.combine(person[key], datetime.time())
                    sheet.write_datetime(f"{LETTER[key]}{number + 1}", moment, shown)

    return table(dress=dress)


def padded_cells():
    """Blanks of every kind around and inside, as they come from web pages and phones."""
    people = changed(2, name="　丁　宁 ", phone="\u202d0571-87654321\u202c", branch="\u00a0湖畔党支部\u200b")
    people = (*people[:3], {**people[3], "id_number": f" {PEOPLE[3]['id_number']}\t", "door": "3栋502\n"}, people[4])
    return table(lines(people))


def full_width_digits():
    """ID and phone typed with the Chinese input method on."""
    wide = str.maketrans("0123456789X-", "０１２３４５６７８９Ｘ－")
    people = [
        {**person, "id_number": person["id_number"].translate(wide), "phone": person["phone"].translate(wide)}
        for person in PEOPLE
    ]
    return table(lines(people))


def dots_in_names():
    """Three of the dots people find on their keyboards; all are ·."""
    people = [{**PEOPLE[1], "name": f"阿依古丽{dot}买买提"} for dot in "·•．"]
    for number, person in enumerate(people):
        person["id_number"] = id_number(person["birth_date"], 942 + 2 * number)
        person["phone"] = f"1390013900{number}"
    return table(lines(people))


def phones_as_numbers():
    """A phone of 11 digits is exact as a number, and so is a room."""
    rows = lines()
    for row in rows:
        if row[5].isdecimal():
            row[5] = int(row[5])
    return table(rows)


def several_sheets():
    """说明 first, the roster second, a statistic third, last year's hidden."""

    def fill(workbook):
        workbook.add_worksheet("填表说明").write_string("A1", "每人一行。")
        sheet = workbook.add_worksheet(SHEET)
        day = workbook.add_format({"num_format": FORMAT})
        for number, row in enumerate([HEAD, *lines()]):
            write(sheet, number, row, day)
        workbook.add_worksheet("统计").write_row("A1", ["合计", 5])
        old = workbook.add_worksheet("2024年")
        write(old, 0, HEAD, day)
        write(old, 1, lines(changed(0, name="去年的人"))[0], day)
        old.hide()
        workbook.add_chartsheet("图")

    return book(fill)


# What must be pointed out, cell by cell


def number_typed_ids():
    """18 digits typed as a number: Excel keeps 15."""

    def dress(_workbook, sheet):
        sheet.write_number("C2", int(PEOPLE[0]["id_number"]))
        sheet.write_number("C3", float(PEOPLE[1]["id_number"]))

    return replaced(
        table(dress=dress),
        MAIN_SHEET,
        (f"<v>{float(PEOPLE[1]['id_number']):.16G}</v>", "<v>3.3010619681231942E+17</v>"),
    )


def lost_digits_as_text():
    """Numbers that lost their digits and were made text afterwards."""
    people = changed(0, id_number="3.30106E+17")
    lost = PEOPLE[1]["id_number"][:15] + "000"
    return table(lines((people[0], {**people[1], "id_number": lost}, *people[2:])))


def wrong_check_digit():
    number = PEOPLE[0]["id_number"]
    return table(lines(changed(0, id_number=number[:-1] + str((int(number[-1]) + 1) % 10 if number[-1] != "X" else 0))))


def same_person_twice():
    return table(lines((*PEOPLE, PEOPLE[0])))


def merged_cells():
    """支部 merged over three people, a person's 手机 over two: only the first of each holds the text."""

    def dress(_workbook, sheet):
        sheet.merge_range("J2:J4", "湖畔党支部")
        sheet.merge_range("G5:G6", "预备党员")

    rows = lines()
    rows[1][9] = rows[2][9] = rows[4][6] = None
    return table(rows, dress=dress)


def formulas():
    """Sex and birthday worked out from the number, an array formula, and one shared by two rows."""

    def dress(workbook, sheet):
        day = workbook.add_format({"num_format": FORMAT})
        sheet.write_formula("D2", '=IF(MOD(MID(C2,17,1),2),"男","女")', None, "男")
        sheet.write_formula("E2", "=DATE(MID(C2,7,4),MID(C2,11,2),MID(C2,13,2))", day, 18327)
        sheet.write_array_formula("B3:B3", "{=T(B4)}", None, "丁宁")
        sheet.write_formula("A4", "=ROW()-1", None, 3)

    return replaced(
        table(dress=dress),
        MAIN_SHEET,
        ('<c r="M2" t="s">', '<c r="M2" t="str"><f t="shared" ref="M2:M3" si="0">A2&amp;"栋"</f>'),
    )


def errors_and_booleans():
    def dress(_workbook, sheet):
        sheet.write_boolean("D2", True)
        sheet.write_formula("C3", "=NA()", None, "#N/A")

    return replaced(
        table(dress=dress),
        MAIN_SHEET,
        ('<c r="C3" t="e"><f>NA()</f><v>#N/A</v></c>', '<c r="C3" t="e"><v>#N/A</v></c>'),
    )


def rooms_turned_into_dates():
    """1-2 typed into a cell without text format is 2 January."""
    return table(lines(changed(1, door=datetime.date(2026, 1, 2))))


# What must be refused as a whole


def no_roster():
    return table([["西瓜", 3]], head=["品名", "数量"])


def missing_column():
    keep = [place for place, title in enumerate(HEAD) if title != "人员类别"]
    return table([[row[place] for place in keep] for row in lines()], head=[HEAD[place] for place in keep])


def column_twice():
    return table([[*row, "13900139000"] for row in lines()], head=[*HEAD, "联系电话"])


def head_only():
    return table([])


def one_row_too_many(limit):
    """As many people as one roster may have, and one more."""
    return table(lines([PEOPLE[0]] * (limit + 1)), constant_memory=True)


def macros():
    """A VBA project inside, whatever the name says. (A stand-in: only its place in the package is looked at.)"""
    parts = parts_of(plain())
    kinds = parts["[Content_Types].xml"].decode()
    kinds = kinds.replace("spreadsheetml.sheet.main+xml", "ms-excel.sheet.macroEnabled.main+xml")
    return packed({**parts, "[Content_Types].xml": kinds, "xl/vbaProject.bin": b"\xd0\xcf\x11\xe0" + b"\0" * 508})


def binary_workbook():
    """.xlsb renamed: the same package with binary parts."""
    parts = parts_of(plain())
    kinds = parts["[Content_Types].xml"].decode().replace("/xl/workbook.xml", "/xl/workbook.bin")
    return packed({**parts, "[Content_Types].xml": kinds, "xl/workbook.xml": None, "xl/workbook.bin": b"\x83\x01\x00"})
