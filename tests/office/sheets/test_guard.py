"""What the web process refuses before anything is unpacked."""

import io
import zipfile

import pytest

from office.sheets.guard import MAX_BYTES, check_upload
from office.sheets.problems import SheetProblem

OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"


def problem(data, name="名册.xlsx"):
    with pytest.raises(SheetProblem) as caught:
        check_upload(io.BytesIO(data), name=name)
    return str(caught.value)


def zipped(parts, method=zipfile.ZIP_DEFLATED):
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", method) as archive:
        for name, content in parts:
            archive.writestr(name, content)
    return buffer.getvalue()


BARE = [("[Content_Types].xml", "<Types/>"), ("xl/workbook.xml", "<workbook/>")]


def test_a_plain_workbook_passes_and_is_left_at_its_start(save):
    with open(save([["姓名"], ["王伟"]]), "rb") as file:
        check_upload(file, name="党员名册.XLSX")
        assert file.tell() == 0


@pytest.mark.parametrize("suffix", ["xls", "et", "csv", "ods", "xlsb", "XLS"])
def test_other_table_formats_are_to_be_saved_again(suffix):
    assert "请在 WPS 里另存为 .xlsx" in problem(b"whatever", f"名册.{suffix}")


@pytest.mark.parametrize("name", ["名册.docx", "名册", "名册.xlsx.exe", ""])
def test_what_is_no_table_is_refused(name):
    assert ".xlsx" in problem(zipped(BARE), name)


def test_renamed_xls_is_told_apart_from_a_password():
    directory = b"\0" * 504
    assert "旧的 .xls" in problem(OLE + directory + "Workbook".encode("utf-16-le"))
    assert "先去掉密码" in problem(OLE + directory + "EncryptedPackage".encode("utf-16-le"))


def test_renamed_csv_and_web_page_are_no_workbook():
    assert "不是 Excel 表格" in problem("姓名,手机\n王伟,13800000000\n".encode())
    assert "不是 Excel 表格" in problem(b"<html><table></table></html>")


def test_empty_file():
    assert "是空的" in problem(b"")


def test_too_many_bytes():
    assert "5 MB" in problem(b"PK" + b"\0" * MAX_BYTES)


def test_a_file_of_just_five_megabytes_is_not_too_large():
    filler = ("xl/media/a.bin", b"\0" * (MAX_BYTES - 2000))
    data = zipped([*BARE, filler], zipfile.ZIP_STORED)
    assert MAX_BYTES - 2000 < len(data) <= MAX_BYTES
    check_upload(io.BytesIO(data), name="a.xlsx")


def test_truncated_upload_is_to_be_sent_again(save):
    data = save([["姓名"], ["王伟"]]).read_bytes()
    for length in (10, len(data) // 2, len(data) - 30):
        assert "重新传一次" in problem(data[:length])


def test_macros_are_to_be_removed():
    assert "去掉宏后另存" in problem(zipped([*BARE, ("xl/vbaProject.bin", b"x")]))
    assert "去掉宏后另存" in problem(zipped(BARE), "名册.xlsm")


def test_zip_that_is_no_workbook():
    assert "不是 Excel 表格" in problem(zipped([("word/document.xml", "<x/>"), BARE[0]]))
    assert "不是 Excel 表格" in problem(zipped(BARE[1:]))


def test_too_many_entries():
    allowed = [*BARE, *((f"xl/media/{n}.png", b"") for n in range(198))]
    check_upload(io.BytesIO(zipped(allowed)), name="a.xlsx")
    assert "太大" in problem(zipped([*allowed, ("xl/media/198.png", b"")]))


def test_zip_bomb_by_ratio():
    assert "太大" in problem(zipped([*BARE, ("xl/worksheets/sheet1.xml", b" " * 3_000_000)]))


def test_small_well_packed_parts_are_no_bomb():
    check_upload(io.BytesIO(zipped([*BARE, ("xl/styles.xml", b" " * 900_000)])), name="a.xlsx")


def test_zip_bomb_by_sum_of_modest_parts():
    part = bytes(range(256)) * 4 + b" " * 150_000
    parts = [(f"xl/media/{n}.bin", part * 3) for n in range(120)]
    data = zipped([*BARE, *parts])
    assert len(data) < MAX_BYTES
    assert "太大" in problem(data)


def test_encrypted_entry():
    data = bytearray(zipped(BARE))
    central = data.rindex(b"PK\x01\x02")
    data[central + 8] |= 1
    assert "先去掉密码" in problem(bytes(data))


def test_unusual_packing_is_refused():
    assert "打不开" in problem(zipped(BARE, zipfile.ZIP_BZIP2))


@pytest.mark.filterwarnings("ignore:Duplicate name")
def test_one_name_twice_is_refused():
    assert "打不开" in problem(zipped([*BARE, BARE[1]]))
