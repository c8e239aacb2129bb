"""Files too large to keep: each is written to a path when a test asks for it."""

import zipfile

from tests.office.sheets.files import excel
from tests.office.sheets.files.packing import parts_of

LAST_ROW = 1_048_576
CHUNK_ROWS = 10_000


def _written(path, sheet_rows, *, before="", after="</sheetData></worksheet>"):
    """A workbook whose sheet is streamed: `sheet_rows` yields XML; the other parts are Excel's."""
    parts = parts_of(excel.plain())
    head = parts[excel.MAIN_SHEET].decode().partition("</sheetData>")[0]
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=6) as archive:
        for name, content in parts.items():
            if name != excel.MAIN_SHEET:
                archive.writestr(name, content)
        with archive.open(excel.MAIN_SHEET, "w") as part:
            part.write((head + before).encode())
            for text in sheet_rows:
                part.write(text.encode())
            part.write(after.encode())
    return path


def _rows(template, first, last):
    """`template` for each row, many at a time."""
    for start in range(first, last + 1, CHUNK_ROWS):
        yield "".join(template % {"n": number} for number in range(start, min(start + CHUNK_ROWS, last + 1)))


def every_row_formatted(path):
    """A row height set for all 1,048,575 rows below the head; five of them hold people."""
    return _written(path, _rows('<row r="%(n)d"/>', 7, LAST_ROW))


def every_row_spelled_out(path):
    """The same as an office program writes it, with spans and heights: more than 50 MB unpacked."""
    return _written(path, _rows('<row r="%(n)d" spans="1:13" ht="20" customHeight="1"/>', 7, LAST_ROW))


def every_row_numbered(path):
    """序号 pulled down to the end of the sheet. Written without references, as it may be, to stay below 50 MB."""
    return _written(path, _rows("<row><c><v>%(n)d</v></c></row>", 7, LAST_ROW))


def every_row_a_person(path):
    """1,048,575 people: the 20,001st ends the reading."""
    return _written(path, _rows("<row><c/><c><v>%(n)d</v></c></row>", 7, LAST_ROW))


def every_row_a_total(path):
    """A row that is passed over, again and again."""
    return _written(path, _rows('<row><c/><c t="str"><v>合计%(n)d</v></c></row>', 7, LAST_ROW))


def bomb(path):
    """A few KB that unpack to 300 MB of blanks."""
    return _written(path, (" " * 1_000_000 for _ in range(300)))


def lying_bomb(path):
    """The same, with a zip directory that says 1,000 bytes."""
    data = bytearray(bomb(path).read_bytes())
    place = data.rindex(b"xl/worksheets/sheet1.xml") - 46
    data[place + 24 : place + 28] = (1000).to_bytes(4, "little")
    path.write_bytes(data)
    return path


def above_five_megabytes(path):
    """The roster with a photo of 5 MB behind it."""
    path.write_bytes(excel.plain())
    with zipfile.ZipFile(path, "a", zipfile.ZIP_STORED) as archive:
        archive.writestr("xl/media/image1.jpeg", b"\xff\xd8" + b"\0" * (5 * 1024 * 1024))
    return path


def many_merges(path):
    """Thirty thousand merged ranges, all over all the rows."""
    merges = "".join(f'<mergeCell ref="B{n % 5 + 2}:M{n % 5_000 + 7}"/>' for n in range(30_000))
    return _written(
        path,
        _rows('<row><c/><c t="s"><v>12</v></c></row>', 7, 5_000),
        after=f"</sheetData><mergeCells>{merges}</mergeCells></worksheet>",
    )


def one_long_text(path):
    """One text of 30,000 letters that half a million cells refer to."""
    parts = parts_of(excel.plain())
    strings = parts["xl/sharedStrings.xml"].decode().replace("<si><t>序号</t></si>", f"<si><t>{'长' * 30_000}</t></si>")
    _written(path, _rows('<row><c/><c t="s"><v>0</v></c><c t="s"><v>0</v></c></row>', 7, 15_000))
    kept = parts_of(path.read_bytes())
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in {**kept, "xl/sharedStrings.xml": strings}.items():
            archive.writestr(name, content)
    return path


ALL = (
    every_row_formatted,
    every_row_spelled_out,
    every_row_numbered,
    every_row_a_person,
    every_row_a_total,
    bomb,
    lying_bomb,
    above_five_megabytes,
    many_merges,
    one_long_text,
)
