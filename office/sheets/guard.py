"""The first look at a file somebody sent: name, size and zip directory.  Unpacks nothing, parses nothing.

The sizes in a zip directory are the sender's claim; the reader holds him to them (`workbook.Package`).
"""

import os
import re
import struct
import zipfile

from office.sheets.problems import SheetProblem

MAX_BYTES = 5 * 1024 * 1024
MAX_ENTRIES = 200
MAX_UNPACKED = 50 * 1024 * 1024
MAX_RATIO = 200
RATIO_MATTERS_ABOVE = 1024 * 1024

SAVE_AS_XLSX = "请在 WPS 或 Excel 里打开，另存为 .xlsx 再传。"
SAVE_AGAIN = "请在 WPS 或 Excel 里打开，检查后另存为一个新的 .xlsx 再传。"
REMOVE_MACROS = "这个文件带有宏。请在 WPS 或 Excel 里去掉宏后另存为 .xlsx 再传。"
LOCKED = "这个文件设了密码。请先去掉密码，另存为 .xlsx 再传。"
BROKEN = "这个文件打不开，可能没有传完整。请重新传一次；还不行，" + SAVE_AGAIN
NOT_A_WORKBOOK = "这不是 Excel 表格，只是名字像。" + SAVE_AS_XLSX
TOO_LARGE = "这个文件展开后太大，像是有大片空白格或图片。请只留下要导入的表，另存后再传。"

RENAMED = "这其实是{}文件，改名字没有用。请在 WPS 里另存为 .xlsx 再传。"
LOST_IN_CSV = "另存以前看一看号码列：末几位成了 0 的，要把这一列设为文本后重填。"

_OLD_SUFFIXES = (".xls", ".et", ".csv", ".ods", ".xlsb", ".xlt", ".xltx", ".ett")
# Excel Online numbers it: xl/workbook22.xml.
_WORKBOOK_PART = re.compile(r"xl/workbook[0-9]*\.xml")
_OLE_HEADER = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_ENCRYPTED_STREAM = "EncryptedPackage".encode("utf-16-le")
_FLAG_ENCRYPTED = 0x1
_READABLE_METHODS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
_DIRECTORY_FAULTS = (
    zipfile.BadZipFile,
    zipfile.LargeZipFile,
    struct.error,
    EOFError,
    NotImplementedError,
    OSError,
    OverflowError,
    ValueError,
)


def check_upload(file, *, name):
    """Refuse what is not a plain .xlsx of a reasonable size.

    `file` is an open, seekable binary file and is left at its start; `name` is the name the sender gave it.
    Raises SheetProblem.  Source: reliability G6; UX C9.
    """
    _check_name(name)
    size = file.seek(0, os.SEEK_END)
    if size == 0:
        raise SheetProblem("这个文件是空的，请检查后重新选择。")
    if size > MAX_BYTES:
        raise SheetProblem("这个文件超过 5 MB。请去掉图片和用不到的表，或分成几个文件再传。")
    file.seek(0)
    _check_signature(file)
    file.seek(0)
    _check_directory(file)
    file.seek(0)


def _check_name(name):
    suffix = os.path.splitext(name.strip())[1].lower()
    if suffix == ".xlsx":
        return
    if suffix == ".xlsm":
        raise SheetProblem(REMOVE_MACROS)
    if suffix in _OLD_SUFFIXES:
        hint = LOST_IN_CSV if suffix == ".csv" else ""
        raise SheetProblem(f"这是 {suffix} 文件，请在 WPS 里另存为 .xlsx 再传。{hint}")
    raise SheetProblem("请传 .xlsx 表格文件。其他格式请先在 WPS 里另存为 .xlsx 再传。")


def _check_signature(file):
    head = file.read(8)
    if head == _OLE_HEADER:
        if _ENCRYPTED_STREAM in file.read():
            raise SheetProblem(LOCKED)
        raise SheetProblem(RENAMED.format("旧的 .xls "))
    if not head.startswith(b"PK"):
        raise SheetProblem(NOT_A_WORKBOOK)


def _check_directory(file):
    try:
        with zipfile.ZipFile(file) as archive:
            entries = archive.infolist()
    except _DIRECTORY_FAULTS as fault:
        raise SheetProblem(BROKEN) from fault
    if len(entries) > MAX_ENTRIES or sum(entry.file_size for entry in entries) > MAX_UNPACKED:
        raise SheetProblem(TOO_LARGE)
    for entry in entries:
        _check_entry(entry)
    _check_is_workbook([entry.filename for entry in entries])


def _check_entry(entry):
    if entry.flag_bits & _FLAG_ENCRYPTED:
        raise SheetProblem(LOCKED)
    if entry.compress_type not in _READABLE_METHODS:
        raise SheetProblem(BROKEN)
    swollen = entry.file_size > MAX_RATIO * max(entry.compress_size, 1)
    if swollen and entry.file_size > RATIO_MATTERS_ABOVE:
        raise SheetProblem(TOO_LARGE)


def _check_is_workbook(names):
    keys = [part_key(name) for name in names]
    if any(key.endswith("vbaproject.bin") for key in keys):
        raise SheetProblem(REMOVE_MACROS)
    if len(set(keys)) != len(keys):
        raise SheetProblem(BROKEN)
    if "content.xml" in keys and "mimetype" in keys:
        raise SheetProblem(RENAMED.format(" .ods "))
    if "xl/workbook.bin" in keys:
        raise SheetProblem(RENAMED.format(" .xlsb "))
    if "[content_types].xml" not in keys or not any(_WORKBOOK_PART.fullmatch(key) for key in keys):
        raise SheetProblem(NOT_A_WORKBOOK)


def part_key(name):
    """A part's name as it is compared: packages are case-blind, and some programs on Windows write backslashes."""
    return name.replace("\\", "/").lstrip("/").lower()
