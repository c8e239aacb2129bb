"""Drives one hidden LibreOffice: opens a file, types into cells, saves it.  Run by LibreOffice's own Python.

One request as JSON on stdin: home, before, after, filter, cells; optional password, macro, open_as.
"""

import json
import subprocess
import sys
import time

import uno
from com.sun.star.beans import NamedValue, PropertyValue
from com.sun.star.connection import NoConnectException
from com.sun.star.util.NumberFormat import TEXT

PIPE = "uno:pipe,name={};urp;StarOffice.ComponentContext"


def main():
    request = json.load(sys.stdin)
    pipe = "sheets" + request["home"].rpartition("/")[2]
    office = subprocess.Popen(
        [
            "soffice",
            "--headless",
            "--norestore",
            f"-env:UserInstallation=file://{request['home']}/profile",
            f"--accept=pipe,name={pipe};urp;",
        ]
    )
    desktop = None
    try:
        desktop = connected(pipe)
        convert(desktop, request)
    finally:
        if desktop is not None:
            desktop.terminate()
        office.wait(timeout=30)


def connected(pipe):
    local = uno.getComponentContext()
    resolver = local.ServiceManager.createInstanceWithContext("com.sun.star.bridge.UnoUrlResolver", local)
    for _attempt in range(200):
        try:
            context = resolver.resolve(PIPE.format(pipe))
        except NoConnectException:
            time.sleep(0.2)
        else:
            return context.ServiceManager.createInstanceWithContext("com.sun.star.frame.Desktop", context)
    raise SystemExit("LibreOffice does not answer")


def convert(desktop, request):
    opening = {"Hidden": True}
    if "open_as" in request:
        opening |= {"FilterName": "Text - txt - csv (StarCalc)", "FilterOptions": request["open_as"]}
    document = desktop.loadComponentFromURL(f"file://{request['before']}", "_blank", 0, properties(opening))
    for sheet, address, text in request["cells"]:
        type_into(document, document.Sheets.getByName(sheet).getCellRangeByName(address), text)
    if "macro" in request:
        libraries = document.BasicLibraries
        libraries.VBACompatibilityMode = True
        if not libraries.hasByName("VBAProject"):
            libraries.createLibrary("VBAProject")
        libraries.getByName("VBAProject").insertByName("Module1", request["macro"])
    saving = {"FilterName": request["filter"]}
    if "password" in request:
        saving["EncryptionData"] = uno.Any(
            "[]com.sun.star.beans.NamedValue",
            (NamedValue("CryptoType", "Standard"), NamedValue("OOXPassword", request["password"])),
        )
    document.storeToURL(f"file://{request['after']}", properties(saving))
    document.close(True)


def type_into(document, cell, text):
    """As by hand: what looks like a date becomes one, but not in a cell set to text."""
    if document.NumberFormats.getByKey(cell.NumberFormat).Type & TEXT:
        cell.setString(text)
    else:
        cell.setFormula(text)


def properties(values):
    return tuple(PropertyValue(Name=name, Value=value) for name, value in values.items())


main()
