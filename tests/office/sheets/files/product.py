"""What the product itself writes for the people: the empty form, a list, a marked copy."""

import tempfile

from office.sheets.columns import Column
from office.sheets.errors import RowError, marked_copy
from office.sheets.template import write_template
from office.sheets.writing import Sheet, write_xlsx
from tests.office.sheets.files import excel
from tests.office.sheets.files.people import DATES, PEOPLE, SHEET, TITLES

KINDS = {"id_number": "id", "phone": "phone", **dict.fromkeys(DATES, "date")}
REQUIRED = ("name", "stage", "relation")
COLUMNS = [
    Column(key, title, kind=KINDS.get(key, "text"), required=key in REQUIRED, width=16, example="例")
    for key, title in TITLES.items()
]
CHOICES = {"sex": ("男", "女"), "stage": ("正式党员", "预备党员"), "compound": ("湖畔", "公园")}


def template():
    return write_template(COLUMNS, title=SHEET, instructions=["本表由社区填写。"], choices=CHOICES)


def export():
    rows = [[person[column.key] for column in COLUMNS] for person in PEOPLE]
    with write_xlsx([Sheet(SHEET, ["填报单位：北社区", "2026年1月5日"], COLUMNS, rows)], watermark="李娜") as file:
        return file.read()


def error_file():
    errors = [
        RowError(2, "id_number", "号码的最后一位对不上，说明有一位写错了，请对照身份证逐位核对。"),
        RowError(4, "compound", "本社区没有“湖畔”这个小区。"),
        RowError(4, None, "和第 3 行是同一个人。"),
    ]
    with tempfile.NamedTemporaryFile(suffix=".xlsx") as source:
        source.write(excel.plain())
        source.flush()
        return marked_copy(source.name, errors, COLUMNS)
