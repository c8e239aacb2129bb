"""Spreadsheets made on the spot: by openpyxl as an office program would, and by hand as an attacker would."""

import io
import zipfile

import pytest
from openpyxl import Workbook

from office.sheets.columns import Column
from office.sheets.reading import pack_in_child, unpacked

CONTENT_TYPES = (
    '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
    '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
    '<Default Extension="xml" ContentType="application/xml"/></Types>'
)
RELATION = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
PACKAGE_RELATION = "http://schemas.openxmlformats.org/package/2006/relationships"
MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"


def read_in_child(path, **wanted):
    """What the limited child makes of a file."""
    return unpacked(pack_in_child(path, **wanted))


@pytest.fixture
def columns():
    return [
        Column("name", "姓名", required=True, example="张三"),
        Column("sex", "性别", kind="choice", choices=("男", "女")),
        Column("id_number", "公民身份号码", aliases=("身份证号", "身份证号码"), kind="id", width=22),
        Column("phone", "手机", aliases=("联系电话", "手机号"), kind="phone", required=True, width=14),
        Column("joined_on", "入党日期", kind="date", width=16),
        Column("door", "房号"),
    ]


@pytest.fixture
def save(tmp_path):
    """Save rows (lists from A1 on) as an .xlsx; `edit` may change the sheet before."""

    def saved(rows, edit=None, name="upload.xlsx", title="名册"):
        workbook = Workbook()
        sheet = workbook.active
        sheet.title = title
        for row in rows:
            sheet.append(row)
        if edit is not None:
            edit(sheet)
        path = tmp_path / name
        workbook.save(path)
        return path

    return saved


@pytest.fixture
def forge(tmp_path):
    """Save a hand-made .xlsx around the XML of its only sheet; `parts` adds or (None) leaves out parts."""

    def forged(sheet_data="", *, parts=None, whole_sheet=None, name="forged.xlsx"):
        contents = {
            "[Content_Types].xml": CONTENT_TYPES,
            "_rels/.rels": (
                f'<Relationships xmlns="{PACKAGE_RELATION}"><Relationship Id="rId1" '
                f'Type="{RELATION}/officeDocument" Target="xl/workbook.xml"/></Relationships>'
            ),
            "xl/workbook.xml": (
                f'<workbook xmlns="{MAIN}" xmlns:r="{RELATION}"><sheets>'
                '<sheet name="名册" sheetId="1" r:id="rId1"/></sheets></workbook>'
            ),
            "xl/_rels/workbook.xml.rels": (
                f'<Relationships xmlns="{PACKAGE_RELATION}"><Relationship Id="rId1" '
                f'Type="{RELATION}/worksheet" Target="worksheets/sheet1.xml"/>'
                f'<Relationship Id="rId2" Type="{RELATION}/sharedStrings" Target="sharedStrings.xml"/>'
                "</Relationships>"
            ),
            "xl/worksheets/sheet1.xml": whole_sheet
            or f'<worksheet xmlns="{MAIN}"><sheetData>{sheet_data}</sheetData></worksheet>',
            **(parts or {}),
        }
        path = tmp_path / name
        with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
            for part, content in contents.items():
                if content is not None:
                    archive.writestr(part, content)
        return path

    return forged


@pytest.fixture
def text_row():
    """The XML of a row of inline texts."""

    def made(number, *texts):
        cells = "".join(
            f'<c r="{chr(65 + place)}{number}" t="inlineStr"><is><t>{text}</t></is></c>'
            for place, text in enumerate(texts)
        )
        return f'<row r="{number}">{cells}</row>'

    return made


@pytest.fixture
def opened():
    """A saved or written file as an openpyxl workbook."""
    from openpyxl import load_workbook

    def load(source):
        if isinstance(source, bytes):
            return load_workbook(io.BytesIO(source))
        with source:
            return load_workbook(io.BytesIO(source.read()))

    return load
