"""Many papers as one: pages on their side of the sheet, bookmarks, a zip that is never whole in memory."""

import io
import os
import tracemalloc
import zipfile
from datetime import datetime

from pypdf import PdfReader, PdfWriter

from office.papers import bundle

NOON = datetime(2026, 1, 5, 12, 0)


def pdf_of(path, pages):
    with PdfWriter() as writer:
        for _ in range(pages):
            writer.add_blank_page(595, 842)
        writer.write(path)
    return path


def test_each_part_begins_on_a_right_hand_page_and_is_found_by_its_bookmark(tmp_path):
    sizes = {"封面": 2, "甲": 3, "乙": 1, "丙": 4}
    parts = [bundle.Part(pdf_of(tmp_path / f"{n}.pdf", size), n) for n, size in sizes.items()]
    bundle.join(parts, tmp_path / "all.pdf", title="汇编")
    reader = PdfReader(tmp_path / "all.pdf")
    begins = {mark.title: reader.get_destination_page_number(mark) for mark in reader.outline}
    assert begins == {"封面": 0, "甲": 2, "乙": 6, "丙": 8}
    assert len(reader.pages) == 12
    assert reader.metadata.title == "汇编"


def test_a_part_within_another_hangs_below_it(tmp_path):
    parts = [bundle.Part(pdf_of(tmp_path / "a", 1), "甲"), bundle.Part(pdf_of(tmp_path / "b", 1), "乙", within=True)]
    bundle.join(parts, tmp_path / "all.pdf", title="汇编")
    first, below = PdfReader(tmp_path / "all.pdf").outline
    assert (first.title, [mark.title for mark in below]) == ("甲", ["乙"])


def test_the_zip_opens_and_says_that_its_names_are_utf_8(tmp_path):
    (tmp_path / "a").write_bytes(b"1" * 700_000)
    (tmp_path / "b").write_bytes(b"")
    entries = [
        bundle.Entry(tmp_path / "a", "城东社区/金桂苑.pdf", NOON),
        bundle.Entry(tmp_path / "b", "附表.xlsx", NOON),
    ]
    archive = zipfile.ZipFile(io.BytesIO(b"".join(bundle.zipped(entries))))
    assert archive.testzip() is None
    assert archive.namelist() == ["城东社区/金桂苑.pdf", "附表.xlsx"]
    assert all(info.flag_bits & 0x800 for info in archive.infolist())
    assert archive.read("城东社区/金桂苑.pdf") == b"1" * 700_000
    assert archive.infolist()[0].date_time == (2026, 1, 5, 12, 0, 0)


def test_the_zip_leaves_in_pieces(tmp_path):
    (tmp_path / "a").write_bytes(os.urandom(1024**2))
    entries = [bundle.Entry(tmp_path / "a", f"{n}.pdf", NOON) for n in range(20)]
    tracemalloc.start()
    sizes = [len(piece) for piece in bundle.zipped(entries)]
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert sum(sizes) > 20 * 1024**2
    assert peak < 3 * 1024**2
