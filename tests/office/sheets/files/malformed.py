"""Ways to break the good roster, one per entry of KINDS: what is done to it and what must come of it.

`READ`: the five people, as if nothing had happened.  A text: the words of the refusal.  A dict: the people, but for
these cells ({address: text}).  `Faults`: cells that are pointed out ({address: message}).
"""

import io
import struct
import zipfile

from office.sheets.guard import BROKEN, LOCKED, NOT_A_WORKBOOK, TOO_LARGE
from tests.office.sheets.files import excel
from tests.office.sheets.files.packing import packed, parts_of

READ = "read"
NO_SHEET = "这个文件里没有表。请在 WPS 或 Excel 里打开，检查后另存为一个新的 .xlsx 再传。"
UNWANTED = "这个文件里有表格用不到的内容，不能收。请在 WPS 或 Excel 里打开，检查后另存为一个新的 .xlsx 再传。"
NO_HEAD = "前 10 行里没有找到表头。表头要有：姓名、人员类别、关系类别。请下载模板，按模板填好再传。"

KINDS_PART = "[Content_Types].xml"
ROOT_RELS = "_rels/.rels"
BOOK = "xl/workbook.xml"
BOOK_RELS = "xl/_rels/workbook.xml.rels"
SHEET = excel.MAIN_SHEET
STRINGS = "xl/sharedStrings.xml"
STYLES = "xl/styles.xml"
READ_PARTS = (ROOT_RELS, BOOK, BOOK_RELS, SHEET, STRINGS, STYLES)
IDLE_PARTS = ("xl/theme/theme1.xml", "docProps/core.xml", "docProps/app.xml")

GOOD = excel.plain()
PARTS = parts_of(GOOD)


class Faults(dict):
    """Cells that are pointed out."""


def kinds():
    """{name: (bytes, outcome)}."""
    return {
        **_cut(),
        **_packing(),
        **_names(),
        **_parts(),
        **_xml(),
        **_encodings(),
        **_entities(),
        **_references(),
        **_rows(),
        **_cells(),
        **_merges(),
    }


def swapped(part, old, new, count=1):
    """The roster with a text of a part replaced; it must be there."""
    text = PARTS[part].decode()
    if old not in text:
        raise ValueError(f"{part} has no {old!r}")
    return packed({**PARTS, part: text.replace(old, new, count)})


def with_part(part, content):
    return packed({**PARTS, part: content})


def _cut():
    size = len(GOOD)
    lengths = {"4 bytes": 4, "30 bytes": 30, "a quarter": size // 4, "half": size // 2, "the last 30": size - 30}
    cuts = {f"cut to {name}": (GOOD[:length], BROKEN) for name, length in lengths.items()}
    return cuts | {
        "cut by its last byte": (GOOD[:-1], BROKEN),
        "cut to its first letter": (GOOD[:1], NOT_A_WORKBOOK),
        "first half twice": (GOOD[: size // 2] * 2, BROKEN),
        "zeros after PK": (b"PK\x03\x04" + b"\0" * 3000, BROKEN),
        "random bytes": (bytes(n * 37 % 251 for n in range(5000)), NOT_A_WORKBOOK),
        "line ends changed as text": (GOOD.replace(b"\n", b"\r\n").replace(b"\0\0", b"\0"), BROKEN),
    }


def _packing():
    central = GOOD.rindex(SHEET.encode()) - 46
    local = GOOD.index(SHEET.encode()) - 30
    end = GOOD.rindex(b"PK\x05\x06")
    inner = io.BytesIO()
    with zipfile.ZipFile(inner, "w") as archive:
        archive.writestr("名册.xlsx", GOOD)
    kinds = {
        "junk before": (b"MZ" + b"\0" * 500 + GOOD, NOT_A_WORKBOOK),
        "junk after": (GOOD + b"\0" * 500, READ),
        "zip comment": (GOOD[:-2] + struct.pack("<H", 5) + b"hello", READ),
        "two workbooks in a row": (GOOD + GOOD, READ),
        "zip in a zip": (inner.getvalue(), NOT_A_WORKBOOK),
        "stored, not packed": (packed(PARTS, zipfile.ZIP_STORED), READ),
        "packed by bzip2": (packed(PARTS, zipfile.ZIP_BZIP2), BROKEN),
        "packed by lzma": (packed(PARTS, zipfile.ZIP_LZMA), BROKEN),
        "unknown packing": (_patched(central + 10, "<H", 99), BROKEN),
        "encrypted entry": (_patched(central + 8, "<H", 1), LOCKED),
        "wrong checksum": (_patched(central + 16, "<I", 0xDEADBEEF), BROKEN),
        "claims less than it holds": (_patched(central + 24, "<I", 100), BROKEN),
        "claims 4 GB": (_patched(central + 24, "<I", 0xFFFFFFF0), TOO_LARGE),
        "packed size of nothing": (_patched(central + 20, "<I", 0), BROKEN),
        "offset beyond the end": (_patched(central + 42, "<I", 0x7FFFFFFF), BROKEN),
        "offset of another part": (_patched(central + 42, "<I", 0), BROKEN),
        "local header gone": (_patched(local, "<I", 0), BROKEN),
        "directory entry gone": (_patched(central, "<I", 0), BROKEN),
        "65535 entries claimed": (_patched(end + 10, "<H", 0xFFFE), READ),
        "directory of no bytes": (_patched(end + 12, "<I", 0), NOT_A_WORKBOOK),
        "directory larger than the file": (_patched(end + 12, "<I", 0x7FFFFFFF), BROKEN),
        "201 parts": (packed({**PARTS, **{f"xl/media/{n}.png": b"" for n in range(201)}}), TOO_LARGE),
    }
    for part in READ_PARTS:
        kinds[f"flipped bytes in {part}"] = (_flipped(part), BROKEN)
    for part in (*IDLE_PARTS, KINDS_PART):
        kinds[f"flipped bytes in {part}"] = (_flipped(part), READ)
    return kinds


def _patched(place, form, value):
    data = bytearray(GOOD)
    struct.pack_into(form, data, place, value)
    return bytes(data)


def _flipped(part):
    """Three bytes of the packed part turned over."""
    with zipfile.ZipFile(io.BytesIO(GOOD)) as archive:
        entry = archive.getinfo(part)
    start = entry.header_offset + 30 + len(part) + entry.compress_size // 2
    data = bytearray(GOOD)
    for place in range(start, start + 3):
        data[place] ^= 0xFF
    return bytes(data)


def _names():
    twice = [*PARTS.items(), (SHEET, b"<worksheet/>")]
    extra = {"../../etc/passwd": b"x", "/etc/cron.d/x": b"x", "C:\\windows\\x.dll": b"x", "xl/" + "a" * 5000: b"x"}
    return {
        "one part twice": (_quietly_packed(twice), BROKEN),
        "one part twice but for case": (packed({**PARTS, "XL/Worksheets/SHEET1.xml": b"<worksheet/>"}), BROKEN),
        "paths out of the folder": (packed({**PARTS, **extra}), READ),
        "names with a leading slash": (packed({f"/{name}": content for name, content in PARTS.items()}), READ),
        "names in capitals": (packed({name.upper(): content for name, content in PARTS.items()}), READ),
        "NUL in a name": (with_part("xl/a\0b.xml", b"x"), READ),
        "folders as entries": (with_part("xl/worksheets/", b""), READ),
        "empty name": (with_part("", b"x"), READ),
    }


def _quietly_packed(pairs):
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name, content in pairs:
            archive.NameToInfo.pop(name, None)
            archive.writestr(name, content)
    return buffer.getvalue()


def _parts():
    kinds = {
        f"without {part}": (with_part(part, None), BROKEN) for part in (ROOT_RELS, BOOK_RELS, SHEET, STRINGS, STYLES)
    }
    kinds |= {f"without {part}": (with_part(part, None), NOT_A_WORKBOOK) for part in (KINDS_PART, BOOK)}
    kinds |= {f"without {part}": (with_part(part, None), READ) for part in IDLE_PARTS}
    kinds |= {f"empty {part}": (with_part(part, b""), BROKEN) for part in READ_PARTS}
    kinds |= {
        "content types of pictures": (swapped(KINDS_PART, "spreadsheetml.worksheet+xml", "image/png"), READ),
        "empty content types": (with_part(KINDS_PART, b""), READ),
    }
    return kinds


def _xml():
    sheet = PARTS[SHEET].decode()
    deep = "<x>" * 50_000 + "</x>" * 50_000
    return {
        "a picture as sheet": (with_part(SHEET, b"\x89PNG\r\n\x1a\n" + b"\0" * 100), BROKEN),
        "JSON as sheet": (with_part(SHEET, b'{"rows": []}'), BROKEN),
        "a web page as sheet": (with_part(SHEET, b"<html><br><table></html>"), BROKEN),
        "another root element": (with_part(SHEET, b"<rows><r><c>1</c></r></rows>"), NO_HEAD),
        "NUL bytes in the sheet": (with_part(SHEET, sheet.replace("<row", "\0<row", 1).encode()), BROKEN),
        "an element never closed": (with_part(SHEET, sheet.replace("</row>", "", 1)), BROKEN),
        "crossed elements": (with_part(SHEET, sheet.replace("</v></c>", "</c></v>", 1)), BROKEN),
        "cut in the middle": (with_part(SHEET, sheet[: len(sheet) // 2]), BROKEN),
        "two roots": (with_part(SHEET, sheet + "<worksheet/>"), BROKEN),
        "text after the root": (with_part(SHEET, sheet + "再来"), BROKEN),
        "one attribute twice": (with_part(SHEET, sheet.replace('<row r="2"', '<row r="2" r="2"')), BROKEN),
        "unknown entity": (swapped(STRINGS, "丁宁", "&name;"), BROKEN),
        "character reference to nothing": (swapped(STRINGS, "丁宁", "&#0;"), BROKEN),
        "CDATA": (swapped(STRINGS, "丁宁", "<![CDATA[丁宁]]>"), READ),
        "comments and instructions": (swapped(STRINGS, "丁宁", "丁<!-- x --><?php echo 1 ?>宁"), READ),
        "references for letters": (swapped(STRINGS, "丁宁", "&#x4e01;&#23425;"), READ),
        "no namespace": (
            with_part(SHEET, sheet.replace(f'xmlns="{excel.TRANSITIONAL}spreadsheetml/2006/main"', "")),
            READ,
        ),
        "50,000 deep beside the rows": (swapped(SHEET, "</sheetData>", f"</sheetData>{deep}"), READ),
        "50,000 deep in a cell": (swapped(SHEET, '<c r="B2" t="s">', f'<c r="B2" t="s">{deep}'), READ),
        "50,000 attributes": (
            swapped(SHEET, "<sheetData>", f"<a {_attributes(50_000)}/><sheetData>"),
            READ,
        ),
        "an attribute of 3 MB": (packed({**PARTS, SHEET: _long_attribute(sheet)}, zipfile.ZIP_STORED), READ),
        "xinclude": (
            swapped(SHEET, "<sheetData>", '<i:include xmlns:i="x" href="file:///etc/passwd"/><sheetData>'),
            READ,
        ),
        "a second sheetData": (swapped(SHEET, "</sheetData>", "</sheetData><sheetData><row/></sheetData>"), READ),
        "no sheetData": (with_part(SHEET, "<worksheet/>"), NO_HEAD),
    }


def _attributes(count):
    return " ".join(f'a{number}=""' for number in range(count))


def _long_attribute(sheet):
    return sheet.replace("<sheetData>", f'<a b="{"x" * 3_000_000}"/><sheetData>')


def _encodings():
    text = PARTS[STRINGS].decode()
    body = text.partition("?>")[2]
    declared = '<?xml version="1.0" encoding="{}"?>'
    return {
        "UTF-16 with its mark": (with_part(STRINGS, (declared.format("UTF-16") + body).encode("utf-16")), READ),
        "UTF-16 called UTF-8": (with_part(STRINGS, text.encode("utf-16")), BROKEN),
        "UTF-8 with its mark": (with_part(STRINGS, text.encode("utf-8-sig")), READ),
        "GBK called GBK": (with_part(STRINGS, (declared.format("GBK") + body).encode("gb18030")), BROKEN),
        "GBK called UTF-8": (with_part(STRINGS, text.encode("gb18030")), BROKEN),
        "an unknown encoding": (with_part(STRINGS, (declared.format("x-klingon") + body).encode()), BROKEN),
        "an encoding that is no text": (with_part(STRINGS, (declared.format("hex") + body).encode()), BROKEN),
        "XML 1.1": (with_part(STRINGS, text.replace('version="1.0"', 'version="1.1"')), READ),
        "lone surrogates": (
            with_part(STRINGS, text.replace("丁宁", "\ud800").encode("utf-8", "surrogatepass")),
            BROKEN,
        ),
    }


def _entities():
    laughs = (
        '<!DOCTYPE x [<!ENTITY a "哈"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;"><!ENTITY c "&b;&b;&b;&b;&b;&b;&b;&b;">]>'
    )
    kinds = {}
    for part in READ_PARTS:
        start, _, body = PARTS[part].decode().partition("?>")
        kinds[f"document type in {part}"] = (with_part(part, f"{start}?>{laughs}{body.lstrip()}"), UNWANTED)
    start, _, body = PARTS[STRINGS].decode().partition("?>")
    for name, declared in {
        "outside entity": '<!ENTITY n SYSTEM "file:///etc/hostname">',
        "entity from the net": '<!ENTITY n SYSTEM "http://127.0.0.1:9/x">',
        "parameter entity": '<!ENTITY % n SYSTEM "file:///etc/passwd"> %n;',
    }.items():
        changed = body.lstrip().replace("丁宁", "&n;")
        kinds[name] = (with_part(STRINGS, f"{start}?><!DOCTYPE x [{declared}]>{changed}"), UNWANTED)
    return kinds


def _references():
    target = 'Target="worksheets/sheet1.xml"'
    sheet = '<sheet name="党员名册" sheetId="1" r:id="rId1"/>'
    office = PARTS[ROOT_RELS].decode()
    link = office[office.index("<Relationship ") : office.index("/>") + 2]
    return {
        "sheet out of the package": (swapped(BOOK_RELS, target, 'Target="../../../../etc/passwd"'), BROKEN),
        "sheet by file address": (swapped(BOOK_RELS, target, 'Target="file:///etc/passwd"'), BROKEN),
        "sheet on the net": (
            swapped(BOOK_RELS, target, 'Target="http://127.0.0.1:9/" TargetMode="External"'),
            NO_SHEET,
        ),
        "sheet is the text table": (swapped(BOOK_RELS, target, 'Target="sharedStrings.xml"'), NO_HEAD),
        "sheet is the workbook": (swapped(BOOK_RELS, target, 'Target="workbook.xml"'), NO_HEAD),
        "two workbooks": (swapped(ROOT_RELS, link, link + link.replace("rId1", "rId8")), BROKEN),
        "no workbook": (swapped(ROOT_RELS, '/officeDocument"', '/thumbnail"'), BROKEN),
        "sheet without reference": (swapped(BOOK, sheet, '<sheet name="x" sheetId="1"/>'), NO_SHEET),
        "sheet without name": (swapped(BOOK, sheet, '<sheet sheetId="1" r:id="rId1"/>'), BROKEN),
        "no sheets": (swapped(BOOK, sheet, ""), NO_SHEET),
        "only a hidden sheet": (swapped(BOOK, sheet, sheet.replace("/>", ' state="veryHidden"/>')), NO_HEAD),
        "one sheet named twice": (swapped(BOOK, sheet, sheet + sheet.replace("党员名册", "另一张")), READ),
        "10,000 sheets that lead nowhere": (
            swapped(BOOK, sheet, sheet + '<sheet name="x" sheetId="2" r:id="rId77"/>' * 10_000),
            READ,
        ),
        "style table with words for numbers": (swapped(STYLES, '<xf numFmtId="164"', '<xf numFmtId="十四"'), BROKEN),
        "text table without texts": (with_part(STRINGS, "<sst/>"), BROKEN),
        "text table that lies about its length": (
            with_part(STRINGS, PARTS[STRINGS].decode().replace('uniqueCount="', 'uniqueCount="99999999')),
            READ,
        ),
    }


def _rows():
    sheet = PARTS[SHEET].decode()
    rows = sheet[sheet.index('<row r="2"') : sheet.index("</sheetData>")].split("</row>")[:-1]
    rows = [row + "</row>" for row in rows]
    head = sheet[: sheet.index('<row r="2"')]
    tail = sheet[sheet.index("</sheetData>") :]

    def put(*changed):
        return with_part(SHEET, head + "".join(changed) + tail)

    def numbered(number):
        return put(*rows[:-1], rows[-1].replace('<row r="6"', f'<row r="{number}"'))

    return {
        "rows out of order": (put(rows[1], rows[0], *rows[2:]), BROKEN),
        "one row twice": (put(*rows, rows[-1]), BROKEN),
        "row 0": (put(rows[0].replace('r="2"', 'r="0"'), *rows[1:]), BROKEN),
        "row of minus one": (numbered(-1), BROKEN),
        "row 1,048,577": (numbered(1_048_577), BROKEN),
        "row of a hundred digits": (numbered("9" * 100), BROKEN),
        "row of five thousand digits": (numbered("9" * 5000), BROKEN),
        "row by a word": (numbered("六"), BROKEN),
        "row that its cells deny": (numbered(7), BROKEN),
        "rows without numbers": (
            put(*(row.replace(f'<row r="{number}"', "<row") for number, row in enumerate(rows, start=2))),
            READ,
        ),
        "a row in a row": (put(rows[0].replace("</row>", '<row r="9"/></row>'), *rows[1:]), BROKEN),
        "cells outside of rows": (put(*rows, '<c t="str"><v>甲</v></c>'), BROKEN),
        "a row outside of the table": (
            with_part(SHEET, head + "".join(rows) + tail.replace("</worksheet>", f"{rows[0]}</worksheet>")),
            READ,
        ),
        "16,384 columns": (
            put(
                rows[0].replace(
                    "</row>", "".join(f'<c r="{_letters(n)}2"><v>1</v></c>' for n in range(27, 16_385)) + "</row>"
                ),
                *rows[1:],
            ),
            READ,
        ),
    }


def _letters(number):
    letters = ""
    while number:
        number, rest = divmod(number - 1, 26)
        letters = chr(65 + rest) + letters
    return letters


def _cells():
    name = '<c r="B2" t="s"><v>13</v></c>'
    sex, born = '<c r="D2" t="s">', '<c r="E2" s="1"><v>18327</v></c>'

    def name_as(cell):
        return swapped(SHEET, name, cell)

    def born_as(cell):
        return swapped(SHEET, born, cell)

    long = "长" * 1_000_000
    return {
        "text number minus one": (name_as('<c r="B2" t="s"><v>-1</v></c>'), BROKEN),
        "text number far too high": (name_as('<c r="B2" t="s"><v>99999</v></c>'), BROKEN),
        "text number with a point": (name_as('<c r="B2" t="s"><v>1.5</v></c>'), BROKEN),
        "text number as a word": (name_as('<c r="B2" t="s"><v>x</v></c>'), BROKEN),
        "unknown kind of cell": (name_as('<c r="B2" t="zz"><v>1</v></c>'), BROKEN),
        "one cell twice": (name_as(name + name), BROKEN),
        "a cell in a cell": (name_as(f'<c r="B2">{name}</c>'), BROKEN),
        "two values in a cell": (name_as('<c r="B2" t="s"><v>1</v><v>3</v></c>'), BROKEN),
        "cell of another row": (name_as(name.replace("B2", "B3")), BROKEN),
        "cell in small letters": (name_as(name.replace("B2", "b2")), BROKEN),
        "cell beyond the last column": (swapped(SHEET, "</row>", '<c r="XFE1"><v>1</v></c></row>'), READ),
        "cell with four letters": (swapped(SHEET, "</row>", '<c r="AAAA1"><v>1</v></c></row>'), BROKEN),
        "cell without letters": (name_as(name.replace("B2", "2")), BROKEN),
        "cells out of order": (
            with_part(SHEET, PARTS[SHEET].decode().replace(name, "").replace(sex, name + sex, 1)),
            READ,
        ),
        "style of minus one": (name_as(name.replace("t=", 's="-1" t=')), READ),
        "style that is not there": (name_as(name.replace("t=", 's="99999" t=')), READ),
        "style by a word": (name_as(name.replace("t=", 's="红" t=')), READ),
        "number that is none": (born_as('<c r="E2" s="1"><v>12x</v></c>'), BROKEN),
        "not a number": (born_as('<c r="E2" s="1"><v>NaN</v></c>'), BROKEN),
        "endless number": (born_as('<c r="E2" s="1"><v>1E999</v></c>'), BROKEN),
        "number in full-width digits": (born_as('<c r="E2" s="1"><v>１８３２７</v></c>'), BROKEN),
        "number with a line under": (born_as('<c r="E2" s="1"><v>1_8</v></c>'), BROKEN),
        "number of 400 digits": (born_as(f'<c r="E2" s="1"><v>{"9" * 400}</v></c>'), BROKEN),
        "day before days": (born_as('<c r="E2" s="1"><v>-5</v></c>'), {"E2": "-5"}),
        "day in the year 10000": (born_as('<c r="E2" s="1"><v>2958466</v></c>'), {"E2": "2958466"}),
        "ISO day that is none": (born_as('<c r="E2" t="d"><v>2026-02-30</v></c>'), BROKEN),
        "ISO day in words": (born_as('<c r="E2" t="d"><v>昨天</v></c>'), BROKEN),
        "text with nothing in it": (name_as('<c r="B2" t="inlineStr"/>'), Faults(B2="没有填“姓名”。")),
        "text of blanks": (name_as('<c r="B2" t="str"><v> 　\u200b</v></c>'), Faults(B2="没有填“姓名”。")),
        "text of a million letters": (
            packed({**PARTS, STRINGS: PARTS[STRINGS].decode().replace("欧阳建国", long)}, zipfile.ZIP_STORED),
            Faults(B2="这一格的字太多，最多 2,000 字。"),
        ),
        "escapes of control characters": (swapped(STRINGS, "丁宁", "_x0000__x001F_丁宁_xFFFF__xD800_"), READ),
        "a formula with no value": (
            name_as('<c r="B2"><f>NA()</f></c>'),
            Faults(B2="这一格是公式。请复制后“粘贴为数值”再传。"),
        ),
        "a command as formula": (
            name_as('<c r="B2" t="str"><f>cmd|\' /C calc\'!A0</f><v>欧阳建国</v></c>'),
            Faults(B2="这一格是公式。请复制后“粘贴为数值”再传。"),
        ),
    }


def _merges():
    def merged(*references):
        cells = "".join(f'<mergeCell ref="{reference}"/>' for reference in references)
        return swapped(SHEET, "</sheetData>", f"</sheetData><mergeCells>{cells}</mergeCells>")

    return {
        "everything merged": (merged("A1:XFD1048576"), READ),
        "merged the wrong way round": (merged("M6:A2", "C6:C2"), READ),
        "merged beyond the last column": (merged("A2:XFE3"), READ),
        "merged over itself": (merged(*["N2:N6"] * 20_000), READ),
        "merge without a range": (merged(""), BROKEN),
        "merge by words": (merged("甲2:乙3"), BROKEN),
        "merge of a single cell": (merged("B2"), READ),
        "merge with three corners": (merged("A1:B2:C3"), BROKEN),
    }
