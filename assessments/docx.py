"""A paper's HTML as a Word file that staff can edit: headings, text, real tables; a plot becomes its table.

The HTML is the one the PDF is printed from (templates that extend papers/base.pdf.html), so both say the same. Nothing
is fetched: pictures, links and styles of the HTML are not looked at. Measures are those of static/css/paper.css; fonts
are named, with a stand-in for machines that lack them (R-825).
"""

import io
import re
import unicodedata
from dataclasses import dataclass, replace
from itertools import pairwise

from docx import Document
from docx.enum.section import WD_ORIENT, WD_SECTION
from docx.enum.table import WD_TABLE_ALIGNMENT
from docx.enum.text import WD_ALIGN_PARAGRAPH, WD_TAB_ALIGNMENT
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Length, Mm, Pt, RGBColor
from docx.text.paragraph import Paragraph
from lxml import etree, html

# 小标宋、仿宋、黑体、楷体；没有方正和 GB2312 字体的电脑用后面的。
TITLE, TEXT, HEAD, SUBHEAD = "方正小标宋简体", "仿宋_GB2312", "黑体", "楷体_GB2312"
STAND_INS = {TITLE: "宋体", TEXT: "仿宋", HEAD: "SimHei", SUBHEAD: "楷体"}
LATIN = "Times New Roman"
_LINE, _INDENT = Pt(28.99), Pt(31.58)
_JUSTIFIED, _CENTER, _LEFT = WD_ALIGN_PARAGRAPH.JUSTIFY, WD_ALIGN_PARAGRAPH.CENTER, WD_ALIGN_PARAGRAPH.LEFT
_SPACES = re.compile(r"[ \t\r\n\f\u200b]+")  # 不含全角空格
_NOT_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff\ud800-\udfff]")
_LONGEST_CELL = 20  # 汉字；更长的格子靠折行
_CELL_PADDING = 11  # 磅，两边合计


@dataclass(frozen=True)
class _Look:
    """How a paragraph looks; sizes in points."""

    font: str = TEXT
    size: float = 16
    line: Length = _LINE
    indent: Length = Pt(0)
    align: WD_ALIGN_PARAGRAPH = _JUSTIFIED
    before: Length = Pt(0)
    after: Length = Pt(0)
    keep: bool = False  # 与下段同页
    style: str = "Normal"


@dataclass(frozen=True)
class _Sheet:
    """A page and its margins, in millimetres."""

    width: int
    height: int
    top: int
    bottom: int
    left: int
    right: int

    @property
    def text_width(self):
        return self.width - self.left - self.right


_UPRIGHT = _Sheet(210, 297, 37, 35, 28, 26)
_WIDE = _Sheet(297, 210, 28, 26, 37, 35)
_PLAIN = _Look(indent=_INDENT)
_CELL, _SMALL_CELL = _Look(size=12, line=Pt(18), align=_CENTER), _Look(size=10.5, line=Pt(15), align=_CENTER)
_BY_TAG = {
    "h1": _Look(TITLE, 22, align=_CENTER, before=_LINE, after=_LINE, keep=True, style="Title"),
    "h2": _Look(HEAD, indent=_INDENT, keep=True, style="Heading 1"),
    "h3": _Look(SUBHEAD, indent=_INDENT, keep=True, style="Heading 2"),
    "figcaption": _Look(HEAD, 12, line=Pt(20), align=_CENTER, after=Pt(7)),
}
_BY_CLASS = {"mark": _Look(HEAD, align=_LEFT), "note": _Look(size=10.5, line=Pt(16), align=_LEFT)}
_ISSUER = _Look(SUBHEAD, align=_CENTER, after=_LINE)
_INLINE_FONTS = {"em": SUBHEAD, "i": SUBHEAD, "strong": HEAD, "b": HEAD}


def from_html(text):
    """The bytes of the .docx. What XML cannot hold (control characters) is left out, all other text is kept."""
    body = html.document_fromstring(_NOT_XML.sub("", text)).body
    word = _Word(mark=body.get("data-mark", ""), made_on=body.get("data-made-on", ""))
    word.add_all(body)
    return word.saved()


class _Word:
    """The document being written, one element of the HTML after the other."""

    def __init__(self, mark, made_on):
        self.document = Document()
        _forget_the_template(self.document)
        self.document.settings.odd_and_even_pages_header_footer = True
        self.mark, self.made_on = mark, made_on
        section = self.document.sections[0]
        section.different_first_page_header_footer = True  # 首页上方已有“未签发”
        self._lay_out(section, _UPRIGHT)

    def add_all(self, element):
        for child in element.iterchildren(etree.Element):
            self._add(child)

    def saved(self):
        file = io.BytesIO()
        self.document.save(file)
        return file.getvalue()

    def _add(self, node):
        kinds = node.get("class", "").split()
        if node.tag == "table":
            self._table(node, kinds)
        elif node.tag == "p":
            own = next((_BY_CLASS[kind] for kind in kinds if kind in _BY_CLASS), _PLAIN)
            _write(self.document.add_paragraph(), node, _ISSUER if node.getparent().get("class") == "issuer" else own)
        elif node.tag in _BY_TAG:
            self._heading(node)
        elif node.tag == "section" and "wide" in kinds:
            section = self.document.add_section(WD_SECTION.NEW_PAGE)
            section.different_first_page_header_footer = False
            self._lay_out(section, _WIDE)
            self.add_all(node)
        else:
            self.add_all(node)

    def _heading(self, node):
        look = _BY_TAG[node.tag]
        if node.tag == "h1":
            self.document.core_properties.title = "".join(node.itertext())[:255]
        _write(self.document.add_paragraph(style=look.style), node, look)

    def _lay_out(self, section, sheet):
        self.sheet = sheet
        section.orientation = WD_ORIENT.LANDSCAPE if sheet.width > sheet.height else WD_ORIENT.PORTRAIT
        section.page_width, section.page_height = Mm(sheet.width), Mm(sheet.height)
        section.top_margin, section.bottom_margin = Mm(sheet.top), Mm(sheet.bottom)
        section.left_margin, section.right_margin = Mm(sheet.left), Mm(sheet.right)
        section.header_distance, section.footer_distance = Mm(sheet.top - 12), Mm(sheet.bottom - 13)
        footers = [(section.footer, False), (section.even_page_footer, True)]
        headers = [section.header, section.even_page_header]
        if section.different_first_page_header_footer:
            footers.append((section.first_page_footer, False))
        for header in headers:
            header.is_linked_to_previous = False
            _write_text(header.paragraphs[0], self.mark, _Look(size=9, line=Pt(12), align=WD_ALIGN_PARAGRAPH.RIGHT))
        for footer, even in footers:
            footer.is_linked_to_previous = False
            _number_pages(footer.paragraphs[0], self.made_on, sheet, even=even)

    def _table(self, node, kinds):
        rows = [list(row.iterchildren("th", "td")) for row in node.iter("tr")]
        if not rows:
            return
        captioned = getattr(node.getnext(), "tag", "") == "figcaption"
        look = replace(_SMALL_CELL if "small" in kinds else _CELL, keep=captioned)
        widths = _widths(rows, Mm(self.sheet.text_width), look.size)
        table = self.document.add_table(rows=len(rows), cols=len(widths), style="Table Grid")
        table.alignment, table.autofit = WD_TABLE_ALIGNMENT.CENTER, False
        for column, width in zip(table.columns, widths, strict=True):
            column.width = width
        heads = len(node.findall("thead/tr"))
        for number, (row, cells) in enumerate(zip(table._tbl.tr_lst, rows, strict=True)):
            properties = row.get_or_add_trPr()
            properties.append(OxmlElement("w:cantSplit"))
            if number < heads:
                properties.append(OxmlElement("w:tblHeader"))  # 表头每页重复
            for cell, written, width in zip(row.tc_lst, cells, widths, strict=False):
                cell.width = width
                cell.get_or_add_tcPr().append(_element("w:vAlign", val="center"))
                left = "text" in written.get("class", "") or ("facts" in kinds and written.tag == "td")
                _write(
                    Paragraph(cell.p_lst[0], table),
                    written,
                    look,
                    font=HEAD if written.tag == "th" else None,
                    align=_LEFT if left else None,
                )
        if not captioned:
            _format(self.document.add_paragraph(), _Look(line=Pt(8)), _LEFT)


# --- Text --------------------------------------------------------------------------------------------------------


def _write(paragraph, node, look, *, font=None, align=None):
    """The node's text into an empty paragraph, spaces run together as in HTML."""
    _format(paragraph, look, look.align if align is None else align)
    runs = _trimmed(list(_runs(node, font or look.font)))
    for text, face in runs:
        run = paragraph.add_run()
        _set_font(run, face, look.size)
        for place, line in enumerate(text.split("\n")):
            if place:
                run.add_break()
            run.add_text(line)


def _write_text(paragraph, text, look):
    _format(paragraph, look, look.align)
    run = paragraph.add_run(text)
    _set_font(run, look.font, look.size)


def _runs(node, font):
    """(text, font) pieces of a node; a line break is a newline."""
    if node.tag == "br":
        yield "\n", font
    yield _SPACES.sub(" ", node.text or ""), font
    for child in node.iterchildren(etree.Element):
        yield from _runs(child, _INLINE_FONTS.get(child.tag, font))
        yield _SPACES.sub(" ", child.tail or ""), font


def _trimmed(runs):
    """Without empty pieces, and without spaces at the ends and around line breaks."""
    runs = [(text, font) for text, font in runs if text]
    kept = []
    for place, (text, font) in enumerate(runs):
        if not kept or kept[-1][0].endswith((" ", "\n")):
            text = text.lstrip(" ")
        if place == len(runs) - 1 or runs[place + 1][0] == "\n":
            text = text.rstrip(" ")
        if text:
            kept.append((text, font))
    while kept and not kept[-1][0].strip(" \n"):
        kept.pop()
    return kept


def _format(paragraph, look, align):
    layout = paragraph.paragraph_format
    layout.alignment, layout.line_spacing, layout.first_line_indent = align, look.line, look.indent
    layout.space_before, layout.space_after, layout.keep_with_next = look.before, look.after, look.keep
    layout.widow_control = False


def _set_font(run, font, size):
    run.font.size, run.font.name, run.font.bold = Pt(size), LATIN, False
    run._r.rPr.rFonts.set(qn("w:eastAsia"), font)


# --- Page furniture ----------------------------------------------------------------------------------------------


def _number_pages(paragraph, made_on, sheet, *, even):
    """— 1 — outside, who had it made inside (R-817)."""
    paragraph.style = "Normal"  # “页脚”样式自带的制表位在别处
    _format(paragraph, _Look(line=Pt(17)), _LEFT)
    stops = paragraph.paragraph_format.tab_stops
    stops.add_tab_stop(Mm(sheet.text_width) - Pt(14), WD_TAB_ALIGNMENT.RIGHT)
    if even:
        paragraph.paragraph_format.left_indent = Pt(14)
        _page_number(paragraph)
    who = paragraph.add_run(f"\t{made_on}" if even else f"{made_on}\t")
    _set_font(who, TEXT, 9)
    if not even:
        _page_number(paragraph)


def _page_number(paragraph):
    def run(*elements):
        made = paragraph.add_run()
        _set_font(made, STAND_INS[TITLE], 14)
        made._r.extend(elements)

    before, after = OxmlElement("w:t"), OxmlElement("w:t")
    before.text, after.text = "— ", " —"
    for part in (before, after):
        part.set(qn("xml:space"), "preserve")
    code = OxmlElement("w:instrText")
    code.text = "PAGE"
    shown = OxmlElement("w:t")
    shown.text = "1"
    run(before)
    run(_element("w:fldChar", fldCharType="begin"))
    run(code)
    run(_element("w:fldChar", fldCharType="separate"))
    run(shown)
    run(_element("w:fldChar", fldCharType="end"))
    run(after)


# --- Tables ------------------------------------------------------------------------------------------------------


def _widths(rows, whole, size):
    """Column widths that share out the whole: what must not be broken first, the rest by how much text there is."""
    columns = max(len(row) for row in rows)
    least, wished = [0.0] * columns, [0.0] * columns
    for row in rows:
        for place, cell in enumerate(row):
            text = _SPACES.sub(" ", "".join(cell.itertext())).strip()
            width = _letters(text)
            unbroken = cell.tag == "th" or "nowrap" in cell.get("class", "")
            least[place] = max(least[place], width if unbroken else min(width, 4))
            wished[place] = max(wished[place], min(width, _LONGEST_CELL))
    padding, room = Pt(_CELL_PADDING), whole - columns * Pt(_CELL_PADDING)
    least = [min(width, _LONGEST_CELL) * Pt(size) for width in least]
    spare = room - sum(least)
    if spare < 0:
        return [Length(int(width * room / sum(least)) + padding) for width in least]
    more = [max(wish * Pt(size) - width, 0) + 1 for wish, width in zip(wished, least, strict=True)]
    return [Length(int(width + spare * extra / sum(more)) + padding) for width, extra in zip(least, more, strict=True)]


def _letters(text):
    """Width in Chinese characters, with the quarter that Word puts between Chinese and digits."""
    wide = [unicodedata.east_asian_width(c) in "WFA" for c in text]
    gaps = sum(here != there for here, there in pairwise(wide))
    return sum(1 if full else 0.65 for full in wide) + 0.25 * gaps


# --- python-docx's own template ----------------------------------------------------------------------------------


def _forget_the_template(document):
    """No author, picture or blue headings of python-docx; Chinese fonts with their stand-ins."""
    package = document.part.package
    for key, relation in list(package.rels.items()):
        if relation.reltype.endswith("/thumbnail"):
            del package.rels[key]
    about = document.core_properties
    about.author = about.last_modified_by = about.comments = about.keywords = ""
    about.language = "zh-CN"
    for look in (_PLAIN, *_BY_TAG.values()):
        _plain(document.styles[look.style], look)
    language = _element("w:lang", val="en-US", eastAsia="zh-CN")
    document.styles["Normal"].element.get_or_add_rPr().append(language)
    _name_stand_ins(document.part)


def _plain(style, look):
    """The style as its paragraphs are formatted, so that what staff add looks the same."""
    style.font.name, style.font.size, style.font.bold = LATIN, Pt(look.size), False
    style.font.color.rgb = RGBColor(0, 0, 0)
    properties = style.element.get_or_add_rPr()
    for theme in [name for name in properties.rFonts.attrib if name.endswith("Theme")]:
        del properties.rFonts.attrib[theme]
    properties.rFonts.set(qn("w:eastAsia"), look.font)
    for border in style.element.findall(f".//{qn('w:pBdr')}"):
        border.getparent().remove(border)
    layout = style.paragraph_format
    layout.line_spacing, layout.space_before, layout.space_after = look.line, look.before, look.after


def _name_stand_ins(part):
    """Tell Word and WPS what to use where one of the fonts is not installed."""
    table = next(relation.target_part for relation in part.rels.values() if relation.reltype.endswith("/fontTable"))
    fonts = etree.fromstring(table.blob)
    for name, stand_in in STAND_INS.items():
        font = etree.SubElement(fonts, qn("w:font"), {qn("w:name"): name})
        etree.SubElement(font, qn("w:altName"), {qn("w:val"): stand_in})
    table._blob = etree.tostring(fonts, xml_declaration=True, encoding="UTF-8", standalone=True)


def _element(name, **attributes):
    made = OxmlElement(name)
    for key, value in attributes.items():
        made.set(qn(f"w:{key}"), value)
    return made
