"""Tables made by LibreOffice itself.  Needs `soffice` and its Python bridge (Debian: libreoffice-calc-nogui, python3-uno).

Only run by hand (`make.py libre`): the files it made are kept beside it, as each run of LibreOffice differs in bytes.
"""

import json
import subprocess
import tempfile
from pathlib import Path

from tests.office.sheets.files import excel, product
from tests.office.sheets.files.people import HEAD, SHEET, lines

BRIDGE = Path(__file__).with_name("bridge.py")
FILTERS = {
    ".xlsx": "Calc MS Excel 2007 XML",
    ".xlsm": "Calc MS Excel 2007 VBA XML",
    ".xls": "MS Excel 97",
    ".ods": "calc8",
    ".pdf": "calc_pdf_Export",
}


def saved(data, *, suffix=".xlsx", source=".xlsx", cells=None, **how):
    """What LibreOffice saves after opening `data`, and typing `cells` ({(sheet, address): text}) into it.

    `how` may hold `password`, `macro` (Basic) and `open_as` (filter options of a .csv).
    """
    with tempfile.TemporaryDirectory() as folder:
        before, after = Path(folder, f"before{source}"), Path(folder, f"after{suffix}")
        before.write_bytes(data)
        request = {
            "home": folder,
            "before": str(before),
            "after": str(after),
            "filter": FILTERS[suffix],
            "cells": [[sheet, address, text] for (sheet, address), text in (cells or {}).items()],
            **how,
        }
        subprocess.run(["/usr/bin/python3", str(BRIDGE)], input=json.dumps(request).encode(), check=True, timeout=120)
        return after.read_bytes()


def csv(encoding):
    """The roster as Excel saves it with “CSV”: in GBK on a Chinese Windows."""
    texts = [[_typed(value) for value in row] for row in [HEAD, *lines()]]
    return "".join(",".join(row) + "\r\n" for row in texts).encode(encoding, errors="replace")


def _typed(value):
    return "" if value is None else str(value)


def plain():
    return saved(excel.plain())


def dates():
    return saved(excel.date_formats())


def hidden_and_filtered():
    return saved(excel.hidden_and_filtered())


def two_row_head():
    return saved(excel.two_row_head())


def merged_cells():
    return saved(excel.merged_cells())


def formulas():
    return saved(excel.formulas())


def through_xls():
    """An old .xls opened and saved as the page asks for."""
    return saved(saved(excel.plain(), suffix=".xls"), source=".xls")


def through_ods():
    return saved(saved(excel.plain(), suffix=".ods"), source=".ods")


def csv_opened_by_double_click():
    """A GBK .csv opened and saved as .xlsx: every number is a number now, the ID numbers too."""
    return saved(csv("gbk"), source=".csv", open_as="44,34,85,1,,2052,false,true")


def csv_in_the_wrong_code():
    """GBK taken for UTF-8: 乱码 throughout."""
    return saved(csv("gbk"), source=".csv", open_as="44,34,76,1,,2052,false,true")


def csv_with_text_columns():
    """The same with every column set to text in the import dialogue."""
    columns = "/".join(f"{number}/2" for number in range(1, len(HEAD) + 1))
    return saved(csv("utf-8-sig"), source=".csv", open_as=f"44,34,76,1,{columns},2052,false,false")


def old_xls():
    return saved(excel.plain(), suffix=".xls")


def open_document():
    return saved(excel.plain(), suffix=".ods")


def locked():
    """With a password: no longer a zip, but an encrypted package inside an old container."""
    return saved(excel.plain(), password="Jiami-2026")


def macros():
    """A real VBA project, written by LibreOffice."""
    return saved(excel.plain(), suffix=".xlsm", macro='Option VBASupport 1\nSub 汇总\nMsgBox "你好"\nEnd Sub\n')


def filled_template():
    """The product's own empty form, filled in by typing and saved."""
    cells = {
        (SHEET, f"{chr(ord('A') + place)}{number}"): _typed(value)
        for number, (_, *values) in enumerate(lines(), start=3)
        for place, value in enumerate(values)
        if value is not None
    }
    return saved(product.template(), cells=cells)


def saved_export():
    """A list the product gave out, opened and saved."""
    return saved(product.export())


def saved_error_file():
    """The marked copy the product sends back, opened and saved with nothing corrected."""
    return saved(product.error_file())
