"""Build the fonts in static/fonts from Debian packages; run by hand, never by the product.

    python -m office.papers.build_fonts

It needs a Debian 12 machine (apt-get, dpkg), the network, and the pinned uharfbuzz and fontTools. Each font is cut
down to the characters of an office (see `wanted`) and gets a family name of our own: a subset must never be mistaken
for the full font a machine may have installed. docs/fonts.md says which characters are kept and why.
"""

import bz2
import io
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

import uharfbuzz as hb
from fontTools.misc.timeTools import epoch_diff
from fontTools.pens.cu2quPen import Cu2QuPen
from fontTools.pens.ttGlyphPen import TTGlyphPen
from fontTools.ttLib import TTCollection, TTFont, newTable

PACKAGES = ("texlive-lang-chinese", "fonts-noto-cjk", "unicode-data")
FANDOL = "usr/share/texlive/texmf-dist/fonts/opentype/public/fandol/Fandol"
FANGSONG, SONGTI, KAITI = (f"{FANDOL}{name}-Regular.otf" for name in ("Fang", "Song", "Kai"))
NOTO = "usr/share/fonts/opentype/noto/Noto"
NOTO_SERIF, NOTO_SERIF_BOLD = NOTO + "SerifCJK-Regular.ttc", NOTO + "SerifCJK-Bold.ttc"
NOTO_SANS = NOTO + "SansCJK-Regular.ttc"
READINGS = "usr/share/unicode/Unihan_OtherMappings.txt.bz2"

# Characters of people's names that one or another official list leaves out.
NAMES = "㛃䶮𬱖喆堃頔𠅤㼆䴙𫖯𬭎𬬭𣲗𦙶㮾㥄翀赟燊犇骉淼垚龑顗祎玥珺㬎𬘡𪩘䂮㑇𨱏𬙂𬀩𫍽㐆𬸣𠙶𤩽𨐈𩽾𮧵"
# Holds all of GBK: identity cards show variants and traditional forms beyond the 8105.
UNIFIED_HAN = set(range(0x4E00, 0xA000)) | set(range(0xF900, 0xFA2A))
# Letters and digits of 仿宋 are heavy and without serifs; those of its 宋体 sister, half an em wide, stand in.
ASCII = set(range(0x21, 0x7F))
# How far a quadratic outline may stray from the cubic one, in thousandths of an em: invisible on paper.
CURVE_ERROR = 1.0
TRUETYPE, CFF = "ttf", "otf"
GPL = "GPL-3 with font exception, see COPYING.fandol"
OFL = "SIL Open Font License 1.1, see OFL.txt"


@dataclass(frozen=True)
class Cut:
    """One font to build: what is taken from where, and under which name it is kept."""

    family: str
    name: str
    source: str
    format: str
    licence: str
    characters: frozenset


def main():
    target = Path(sys.argv[1]) if len(sys.argv) > 1 else Path(__file__).parents[2] / "static/fonts"
    with tempfile.TemporaryDirectory() as folder:
        root = fetch(Path(folder))
        for cut in cuts(root):
            path = target / f"{cut.name}.{cut.format}"
            path.write_bytes(build(root, cut))
            sys.stdout.write(f"{path.name}  {len(cut.characters)} characters  {path.stat().st_size:,} bytes\n")
        (target / "rare-sans.woff2").write_bytes(rare_webfont(root))


def fetch(folder: Path) -> Path:
    """Download the packages and unpack them; nothing is installed."""
    subprocess.run(["apt-get", "download", *PACKAGES], cwd=folder, check=True)  # noqa: S603, S607
    root = folder / "root"
    for package in sorted(folder.glob("*.deb")):
        subprocess.run(["dpkg", "-x", str(package), str(root)], check=True)  # noqa: S603, S607
    return root


def cuts(root: Path) -> list[Cut]:
    """The six faces of a paper. 宋体 holds what 仿宋 lacks and all of GBK, so that no name goes unprinted."""
    office = wanted(root)
    fang = (office & drawn_by(root / FANGSONG)) - ASCII
    kai = office & drawn_by(root / KAITI)
    rare = ((office | UNIFIED_HAN) - fang - ASCII) | {ord("—")}
    return [
        Cut("Paper Fang", "paper-fang", FANGSONG, TRUETYPE, GPL, frozenset(fang)),
        Cut("Paper Latin", "paper-latin", SONGTI, TRUETYPE, GPL, frozenset(ASCII | {0x20})),
        Cut("Paper Kai", "paper-kai", KAITI, CFF, GPL, frozenset(kai)),
        Cut("Paper Song", "paper-song", NOTO_SERIF, CFF, OFL, frozenset(rare)),
        Cut("Paper Title", "paper-title", NOTO_SERIF_BOLD, CFF, OFL, frozenset(office)),
        Cut("Paper Hei", "paper-hei", NOTO_SANS, CFF, OFL, frozenset(office)),
    ]


def drawn_by(path: Path) -> set[int]:
    return set(TTFont(path).getBestCmap())


def wanted(root: Path) -> set[int]:
    """通用规范汉字表 (8105), GB 2312, names, and the marks, numbers and forms that papers use."""
    gb2312 = {ord(c) for row in range(0xA1, 0xF8) for c in decoded_row(row)}
    ranges = ((0x20, 0x7F), (0xA0, 0x100), (0x2010, 0x2028), (0x2030, 0x205F), (0x2100, 0x2200))
    forms = ((0x2460, 0x2500), (0x25A0, 0x2700), (0x3000, 0x3040), (0x3200, 0x3300), (0x3380, 0x33E0), (0xFF01, 0xFFE7))
    marks = {code for start, end in ranges + forms for code in range(start, end)}
    return general_standard(root) | gb2312 | marks | {ord(c) for c in NAMES} | {0x20AC}


def decoded_row(row: int) -> str:
    return b"".join(bytes((row, cell)) for cell in range(0xA1, 0xFF)).decode("gb2312", errors="ignore")


def general_standard(root: Path) -> set[int]:
    """The 8105 characters of 通用规范汉字表, from Unihan (kTGH)."""
    with bz2.open(root / READINGS, "rt", encoding="utf-8") as lines:
        return {int(line.split("\t")[0][2:], 16) for line in lines if "\tkTGH\t" in line}


def build(root: Path, cut: Cut) -> bytes:
    font = TTFont(io.BytesIO(subset(root / cut.source, cut.characters)), recalcTimestamp=False)
    if cut.format == TRUETYPE:
        outlines_to_truetype(font)
    rename(font, cut)
    level(font)
    return saved(font)


def subset(path: Path, characters) -> bytes:
    """Keep the characters; drop hinting, vertical writing and feature tables, which papers do not use."""
    wish = hb.SubsetInput()
    wish.unicode_set.update(characters)
    wish.flags = hb.SubsetFlags.NO_HINTING
    unused = (b"GSUB", b"GPOS", b"GDEF", b"BASE", b"VORG", b"vhea", b"vmtx", b"gasp", b"DSIG", b"JSTF")
    wish.drop_table_tag_set.update(int.from_bytes(tag, "big") for tag in unused)
    face = hb.Face(hb.Blob.from_file_path(str(path)), simplified_index(path))
    return hb.subset(face, wish).blob.data


def simplified_index(path: Path) -> int:
    """Which font of a collection draws the shapes of the mainland."""
    if path.suffix != ".ttc":
        return 0
    names = [font["name"].getDebugName(1) for font in TTCollection(path, lazy=True).fonts]
    return next(i for i, name in enumerate(names) if name.endswith(" SC") and "Mono" not in name)


def outlines_to_truetype(font: TTFont):
    """Cubic to quadratic outlines: half the size once a paper embeds its few hundred glyphs."""
    glyph_set, order = font.getGlyphSet(), font.getGlyphOrder()
    glyphs = {}
    for name in order:
        pen = TTGlyphPen(None)
        glyph_set[name].draw(Cu2QuPen(pen, CURVE_ERROR, reverse_direction=True))
        glyphs[name] = pen.glyph()
    font["loca"] = newTable("loca")
    font["glyf"] = glyf = newTable("glyf")
    glyf.glyphOrder, glyf.glyphs = order, glyphs
    widths = font["hmtx"].metrics
    for name, glyph in glyphs.items():
        glyph.recalcBounds(glyf)
        widths[name] = (widths[name][0], getattr(glyph, "xMin", 0))
    largest = font["maxp"]
    largest.tableVersion = 0x00010000
    largest.maxZones, largest.maxTwilightPoints, largest.maxStorage = 1, 0, 0
    largest.maxFunctionDefs = largest.maxInstructionDefs = largest.maxStackElements = 0
    largest.maxSizeOfInstructions = largest.maxComponentElements = 0
    font["post"].formatType = 3.0
    del font["CFF "]
    font.sfntVersion = "\000\001\000\000"


def rename(font: TTFont, cut: Cut):
    """Own family name, one plain weight; copyright lines stay, the origin is told in the description."""
    names = font["name"]
    origin = f"{names.getDebugName(4)} {names.getDebugName(5)}"
    copyright_line = names.getDebugName(0)
    postscript = cut.family.replace(" ", "") + "-Regular"
    names.names = []
    texts = {0: copyright_line, 1: cut.family, 2: "Regular", 3: postscript, 4: cut.family, 6: postscript}
    texts |= {5: "Version 1.0", 10: f"Subset made from {origin}", 13: cut.licence}
    for number, text in texts.items():
        names.setName(text, number, 3, 1, 0x409)
    font["OS/2"].usWeightClass, font["OS/2"].fsSelection = 400, 0x40
    font["head"].macStyle = 0
    font["head"].created = font["head"].modified = -epoch_diff
    if "CFF " in font:
        outlines = font["CFF "].cff
        outlines.fontNames = [postscript]
        top = outlines.topDictIndex[0]
        top.FullName, top.FamilyName, top.Weight = cut.family, cut.family, "Regular"


def level(font: TTFont):
    """One height and one baseline for all faces: a borrowed rare character must not push its line apart."""
    head, system = font["hhea"], font["OS/2"]
    head.ascent, head.descent, head.lineGap = 880, -120, 0
    system.sTypoAscender, system.sTypoDescender, system.sTypoLineGap = 880, -120, 0
    system.usWinAscent, system.usWinDescent = 880, 120


def saved(font: TTFont) -> bytes:
    out = io.BytesIO()
    font.save(out)
    return out.getvalue()


def rare_webfont(root: Path) -> bytes:
    """For screens: the part of the 8105 and of NAMES that old Windows fonts leave as empty boxes."""
    names = {ord(c) for c in NAMES}
    rare = {code for code in general_standard(root) | names if not 0x4E00 <= code <= 0x9FA5}
    cut = Cut("Rare Sans", "rare-sans", NOTO_SANS, CFF, OFL, frozenset(rare))
    font = TTFont(io.BytesIO(subset(root / cut.source, cut.characters)), recalcTimestamp=False)
    rename(font, cut)
    font.flavor = "woff2"
    return saved(font)


if __name__ == "__main__":
    main()
