"""Many finished papers as one: a PDF with cover and contents, or a zip sent while it is being read.

Neither is ever held in memory whole: the PDF grows page tree by page tree from files on disk, the zip leaves in pieces.
"""

import zipfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

_PIECE = 256 * 1024
_A4 = (595.28, 841.89)  # 磅


@dataclass(frozen=True)
class Part:
    """One PDF of a bundle: its file and what the reader's list of bookmarks calls it; `within` the part above it."""

    file: Path
    title: str
    within: bool = False


@dataclass(frozen=True)
class Entry:
    """One file of a zip and its name there (城东社区/金桂苑党支部….pdf)."""

    file: Path
    name: str
    moment: datetime


def page_count(file: Path) -> int:
    from pypdf import PdfReader  # noqa: PLC0415 - only the worker joins PDFs

    with PdfReader(file) as reader:
        return len(reader.pages)


def join(parts: Iterable[Part], target: Path, *, title: str):
    """Write the parts one after the other into `target`, each beginning on a right-hand page."""
    from pypdf import PdfReader, PdfWriter  # noqa: PLC0415 - as above

    with PdfWriter() as writer:
        above = None
        for part in parts:
            with PdfReader(part.file) as reader:
                first = len(writer.pages)
                for page in reader.pages:
                    writer.add_page(page)
            if len(writer.pages) % 2:
                writer.add_blank_page(*_A4)
            bookmark = writer.add_outline_item(part.title, first, parent=above if part.within else None)
            above = above if part.within else bookmark
        writer.add_metadata({"/Title": title})
        writer.write(target)


def zipped(entries: Iterable[Entry]) -> Iterator[bytes]:
    """The zip in pieces. Names are stored as UTF-8; a file that is gone ends the zip early, so that it does not open."""
    pipe = _Pipe()
    # 内容已压缩过；仍走一遍 deflate，因为边写边发的 zip 里“只存不压”的条目有的解压程序不认。
    with zipfile.ZipFile(pipe, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        for entry in entries:
            info = zipfile.ZipInfo(entry.name, entry.moment.timetuple()[:6])
            info.compress_type = zipfile.ZIP_DEFLATED
            with entry.file.open("rb") as source, archive.open(info, "w") as goal:
                while piece := source.read(_PIECE):
                    goal.write(piece)
                    yield from pipe.taken()
            yield from pipe.taken()
    yield from pipe.taken()


class _Pipe:
    """A file that zipfile can write to but not go back in; what was written is taken away at once."""

    def __init__(self):
        self.pieces = []

    def write(self, data):
        self.pieces.append(bytes(data))
        return len(data)

    def flush(self):
        """Nothing waits here."""

    def taken(self):
        data, self.pieces = b"".join(self.pieces), []
        if data:
            yield data
