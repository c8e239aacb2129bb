"""Tables as WPS 表格 saves them.

Made by dressing Excel's XML in what WPS is known to write: its own namespace `etc`, its marks in docProps, pictures in
cells (DISPIMG with xl/cellimages.xml), formats laid over thousands of empty rows, and a dimension that names them all.
"""

import re

from tests.office.sheets.files import excel
from tests.office.sheets.files.packing import packed, parts_of
from tests.office.sheets.files.people import HEAD, PEOPLE, lines

ETC = "http://www.wps.cn/officeDocument/2017/etCustomData"
_RELATIONS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_NAMESPACES = (
    ' xmlns:xdr="http://schemas.openxmlformats.org/drawingml/2006/spreadsheetDrawing"'
    ' xmlns:x14="http://schemas.microsoft.com/office/spreadsheetml/2009/9/main"'
    ' xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006"'
    f' xmlns:etc="{ETC}"'
)
_CUSTOM = (
    '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
    '<Properties xmlns="http://schemas.openxmlformats.org/officeDocument/2006/custom-properties" '
    'xmlns:vt="http://schemas.openxmlformats.org/officeDocument/2006/docPropsVTypes">'
    '<property fmtid="{D5CDD505-2E9C-101B-9397-08002B2CF9AE}" pid="2" name="KSOProductBuildVer">'
    "<vt:lpwstr>2052-12.1.0.18276</vt:lpwstr></property>"
    '<property fmtid="{D5CDD505-2E9C-101B-9397-08002B2CF9AE}" pid="3" name="ICV">'
    "<vt:lpwstr>0A1B2C3D4E5F60718293A4B5C6D7E8F9_12</vt:lpwstr></property></Properties>"
)
_CELL_IMAGES = (
    '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
    f'<etc:cellImages xmlns:etc="{ETC}" xmlns:xdr="http://schemas.openxmlformats.org/drawingml/2006/spreadsheetDrawing" '
    'xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main" xmlns:r="' + _RELATIONS + '"><etc:cellImage>'
    '<xdr:pic><xdr:nvPicPr><xdr:cNvPr id="2" name="ID_3654D3570AB743EDA675788E119E9613"/><xdr:cNvPicPr/></xdr:nvPicPr>'
    '<xdr:blipFill><a:blip r:embed="rId1"/></xdr:blipFill><xdr:spPr/></xdr:pic></etc:cellImage></etc:cellImages>'
)


def dressed(data):
    """The workbook `data` as WPS would have saved it."""
    parts = parts_of(data)
    sheet = parts[excel.MAIN_SHEET].decode()
    sheet = sheet.replace(f' xmlns:r="{_RELATIONS}"', f' xmlns:r="{_RELATIONS}"{_NAMESPACES}', 1)
    sheet = re.sub(r' (?:spans|thickBot)="[^"]*"', "", sheet)
    sheet = sheet.replace("<sheetViews>", "<sheetPr/><sheetViews>", 1).replace("<sheetPr/><dimension", "<dimension")
    sheet = sheet.replace("</worksheet>", "<headerFooter/></worksheet>")
    app = parts["docProps/app.xml"].decode().replace("Microsoft Excel", "WPS 表格")
    kinds = parts["[Content_Types].xml"].decode()
    kinds = kinds.replace(
        "</Types>",
        '<Override PartName="/docProps/custom.xml" '
        'ContentType="application/vnd.openxmlformats-officedocument.custom-properties+xml"/></Types>',
    )
    rels = parts["_rels/.rels"].decode()
    rels = rels.replace(
        "</Relationships>",
        f'<Relationship Id="rId9" Type="{_RELATIONS}/custom-properties" Target="docProps/custom.xml"/></Relationships>',
    )
    return packed(
        {
            **parts,
            "[Content_Types].xml": kinds,
            "_rels/.rels": rels,
            "docProps/app.xml": app,
            "docProps/custom.xml": _CUSTOM,
            excel.MAIN_SHEET: sheet,
        }
    )


def plain():
    return dressed(excel.plain())


def date_spellings():
    return dressed(excel.date_spellings())


def number_typed_ids():
    return dressed(excel.number_typed_ids())


def two_row_head():
    return dressed(excel.two_row_head())


def lying_dimension():
    """A format laid over a whole column makes the sheet claim to be full."""
    return _with_sheet(
        plain(), lambda sheet: re.sub(r'<dimension ref="[^"]*"/>', '<dimension ref="A1:XFD1048576"/>', sheet)
    )


def styled_empty_rows(rows=850):
    """A border drawn around rows nobody has filled in."""
    cells = "".join('<c r="%s{0}" s="1"/>' % chr(ord("A") + place) for place in range(len(HEAD)))
    blank = "".join(
        f'<row r="{number}" ht="20" customHeight="1">{cells.format(number)}</row>'
        for number in range(len(PEOPLE) + 2, len(PEOPLE) + 2 + rows)
    )
    return _with_sheet(plain(), lambda sheet: sheet.replace("</sheetData>", blank + "</sheetData>"))


def pictures_in_cells():
    """A photo in a cell is a formula that only WPS knows, in a column that is not read."""

    def dress(_workbook, sheet):
        call = '=_xlfn.DISPIMG("ID_3654D3570AB743EDA675788E119E9613",1)'
        sheet.write_formula(1, len(HEAD), call, None, call.replace("_xlfn.", ""))

    parts = parts_of(dressed(excel.table(head=[*HEAD, "照片"], dress=dress)))
    rels = parts["xl/_rels/workbook.xml.rels"].decode()
    link = '<Relationship Id="rId99" Type="http://www.wps.cn/officeDocument/2020/cellImage" Target="cellimages.xml"/>'
    return packed(
        {
            **parts,
            "xl/_rels/workbook.xml.rels": rels.replace("</Relationships>", link + "</Relationships>"),
            "xl/cellimages.xml": _CELL_IMAGES,
            "xl/media/image1.jpeg": b"\xff\xd8\xff\xe0" + b"\0" * 400,
        }
    )


def picture_where_a_name_should_be():
    def dress(_workbook, sheet):
        call = '=_xlfn.DISPIMG("ID_3654D3570AB743EDA675788E119E9613",1)'
        sheet.write_formula("B2", call, None, call.replace("_xlfn.", ""))

    return dressed(excel.table(dress=dress))


def extension_elements():
    """WPS keeps its own data in elements named like those of a sheet: they are no rows and no cells."""
    extra = (
        '<extLst><ext uri="{7A5B1C2D-0000-4000-8000-000000000001}"><etc:sheetData><etc:row r="2"><etc:c r="A2">'
        "<etc:v>9</etc:v></etc:c></etc:row></etc:sheetData></ext></extLst>"
    )
    return _with_sheet(plain(), lambda sheet: sheet.replace("<headerFooter/>", "<headerFooter/>" + extra))


def backslashes():
    """Packed on Windows by a program that writes its own zip: names with \\, and not in the case of the references."""
    parts = parts_of(plain())
    renamed = {
        name if name == "[Content_Types].xml" else name.replace("/", "\\").replace("sheet1", "Sheet1"): content
        for name, content in parts.items()
    }
    return packed(renamed)


def footing():
    return dressed(excel.table([*lines(), ["填报单位（盖章）：北社区党委"], ["总 计", "5人"]]))


def _with_sheet(data, change):
    parts = parts_of(data)
    return packed({**parts, excel.MAIN_SHEET: change(parts[excel.MAIN_SHEET].decode())})
