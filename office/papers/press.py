"""WeasyPrint as this office uses it: own fonts, own stylesheet, nothing fetched.

Only `office.papers.pdf` imports this module, and only when a paper is to be made. It relies on inner parts of
WeasyPrint 70; that version is pinned, and tests/office/papers/test_pdf.py looks at the finished pages.
"""

import logging
import os
from contextlib import contextmanager
from pathlib import Path

import uharfbuzz as hb
from weasyprint import CSS, HTML
from weasyprint.document import Document
from weasyprint.pdf import fonts as pdf_fonts
from weasyprint.text.ffi import ffi as c
from weasyprint.text.ffi import fontconfig, pangoft2
from weasyprint.text.fonts import FontConfiguration
from weasyprint.urls import URLFetcher

from office.papers import cjk
from office.papers.fonts import FACES

log = logging.getLogger(__name__)
_STYLE_FOLDER = Path(__file__).resolve().parents[2] / "static" / "css"
STYLESHEETS = (_STYLE_FOLDER / "paper.css", _STYLE_FOLDER / "paper-document.css")
NO_SYSTEM_FONTS = Path(__file__).with_name("fonts.conf")
# Layout tables are of no use in a PDF, whose glyphs are already placed.
_DROPPED_TABLES = (b"BASE", b"DSIG", b"GDEF", b"GPOS", b"GSUB", b"JSTF")


def print_paper(html: str) -> bytes:
    """See `office.papers.pdf.render`."""
    return lay_out(html).write_pdf(pdf_identifier=True)


def lay_out(html: str) -> Document:
    """The pages of a paper with every line in its place, not yet written as PDF."""
    paper = HTML(string=html, url_fetcher=NothingFetched())
    cjk.allow_breaks_at_quotes(paper.etree_element)
    document = paper.render(stylesheets=STYLES, font_config=FONTS)
    heading = paper.etree_element.find(".//h1")
    if heading is not None:
        document.metadata.title = "".join("".join(heading.itertext()).replace(cjk.BREAK, "").split())
    return document


class NothingFetched(URLFetcher):
    """Refuses every address: a paper holds its text, its drawings and our fonts, and points at nothing."""

    def fetch(self, url, headers=None):
        """Raise ValueError; WeasyPrint then leaves the picture or stylesheet out."""
        log.warning("纸面引用了外部地址，没有读取：%.60s", url)
        raise ValueError("papers fetch nothing")


class OfficeFonts(FontConfiguration):
    """The vendored faces and no others, read where they lie.

    @font-face would copy 20 MB into a temporary folder per process, and leave it there when the process is killed.
    """

    def __init__(self):
        with _environment("FONTCONFIG_FILE", str(NO_SYSTEM_FONTS)):
            super().__init__()
        for path in FACES.values():
            if not fontconfig.FcConfigAppFontAddFile(self._config, os.fsencode(path)):
                raise FileNotFoundError(path)
        pangoft2.pango_fc_font_map_config_changed(c.cast("PangoFcFontMap *", self.font_map))

    def add_font_face(self, rule_descriptors, url_fetcher):
        """Ignored: no paper brings fonts."""


@contextmanager
def _environment(name: str, value: str):
    """Set a variable for a moment: whatever this process starts later keeps the machine's own fonts."""
    before = os.environ.get(name)
    os.environ[name] = value
    try:
        yield
    finally:
        if before is None:
            del os.environ[name]
        else:
            os.environ[name] = before


def _subset(font, to_unicode, hinting):
    """Keep the glyphs a paper uses: with the uharfbuzz wheel, so that every machine makes the same file.

    Stands in for weasyprint.pdf.fonts.Font.subset, which needs the system's libharfbuzz-subset or else takes
    five to fifteen times as long. `hinting` is not asked for: the vendored fonts have none.
    """
    if not to_unicode:
        return
    wish = hb.SubsetInput()
    wish.glyph_set.update(to_unicode)
    flags = hb.SubsetFlags
    wish.flags = flags.RETAIN_GIDS | flags.PASSTHROUGH_UNRECOGNIZED | flags.DESUBROUTINIZE
    if font.missing:
        wish.flags |= flags.NOTDEF_OUTLINE
    wish.drop_table_tag_set.update(int.from_bytes(tag, "big") for tag in _DROPPED_TABLES)
    font.file_content = hb.subset(hb.Face(font.file_content, font.index), wish).blob.data


FONTS = OfficeFonts()
STYLES = [
    CSS(string=sheet.read_text(encoding="utf-8"), font_config=FONTS, url_fetcher=NothingFetched())
    for sheet in STYLESHEETS
]
pdf_fonts.Font.subset = _subset
cjk.install()
