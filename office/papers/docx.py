"""A 公文 as a Word file that the office goes on editing, with the same measures as the PDF.

Every face and distance is in a named style (公文标题, 一级标题, …), Chinese and Latin font both, so that what staff type
looks like what stands there (R-805, R-825, ux C7). Fonts are named, not carried: 方正小标宋, 仿宋_GB2312 and 楷体_GB2312
are on the office's machines; where they are not, Word takes the substitute named in the font table.
"""

import io
import re

from office.papers.document_pdf import (
    CHARACTER,
    LETTER_MARK_SIZE,
    MARK_SIZE,
    WIDTH,
    lines_of,
    signature_of,
    title_lines,
)
from office.papers.layout import HEADING, LIST, TABLE, Layout
from office.papers.models import Kind

CONTENT_TYPE = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
SONG, FANG, KAI, HEI, LATIN = "方正小标宋简体", "仿宋_GB2312", "楷体_GB2312", "黑体", "Times New Roman"
RARE = "SimSun-ExtB"  # Windows 自带，画得出扩展区的字
SUBSTITUTES = {SONG: "华文中宋", FANG: "仿宋", KAI: "楷体", HEI: "SimHei", RARE: "宋体-ExtB"}
LINE = 28.95  # 磅，22 行正好在 225 毫米之内（579/20）
GRID = {"type": "linesAndChars", "linePitch": "579", "charSpace": "-848"}
# 样式自己定行距和字距（一行 28 字），不靠网格：LibreOffice 会把比格子宽一点的字排成两格。
TIGHTER = -5  # 每字少 0.25 磅
_ASTRAL = re.compile("([\U00010000-\U0010ffff]+)")
_MM = 72 / 25.4  # points in a millimetre


def render(layout: Layout) -> bytes:
    """The .docx of a document."""
    return _Writer(layout).file()


class _Writer:
    """Builds one file; python-docx is loaded when the first is made."""

    def __init__(self, layout):
        import docx  # noqa: PLC0415 - python-docx with lxml, only where Word files are made

        self.layout = layout
        self.letter = layout.kind == Kind.LETTER and layout.signed
        self.document = docx.Document()
        self.section = self.document.sections[0]
        self._begin()

    def file(self):
        """The finished file."""
        d = self.layout
        self._head()
        self._title(d.title)
        if d.addressee:
            self._paragraph("主送机关", f"{d.addressee}：")
        self._blocks(d.blocks)
        self._attachment_notes()
        self._closing()
        for label, attachment in d.appended:
            self._paragraph("附件标签", label)
            self._title(attachment.name, style="附件标题")
            self._blocks(attachment.blocks)
        self._colophon()
        out = io.BytesIO()
        self.document.save(out)
        return out.getvalue()

    # --- The page and its styles ---

    def _begin(self):
        _strip_template(self.document)
        _page(self.section, self.letter)
        _styles(self.document)
        _font_table(self.document)
        _numbers_at_the_foot(self.document, self.section, first_without=self.letter)
        if not self.layout.signed:
            _unsigned_header(self.section)
        properties = self.document.core_properties
        properties.title, properties.author, properties.comments = self.layout.title, "", ""

    def _paragraph(self, style, text=""):
        paragraph = self.document.add_paragraph(style=style)
        _write(paragraph, text)
        return paragraph

    # --- Parts of the document ---

    def _head(self):
        d = self.layout
        if self.letter:
            _letter_head(self.section, d.mark)
            self._paragraph("函字号", d.number)
        elif d.signed:
            mark = self._paragraph("发文机关标志", d.mark)
            _flatten(mark, min(1, WIDTH / (max(len(d.mark), 1) * MARK_SIZE)))
            if d.kind == Kind.REQUEST:
                number = self._paragraph("上行文字号", f"　{d.number}\t签发人：")
                _write(number, d.signer, character_style="楷体字")
            else:
                self._paragraph("发文字号", d.number)
        if d.urgency:
            self._paragraph("紧急程度", d.urgency)

    def _title(self, text, style=None):
        style = style or ("公文标题" if self.layout.signed else "未签发标题")
        paragraph = self.document.add_paragraph(style=style)
        for number, line in enumerate(title_lines(text)):
            if number:
                paragraph.add_run().add_break()
            _write(paragraph, line)

    def _blocks(self, blocks):
        for line in lines_of(blocks):
            if line.kind == TABLE:
                self._table(line.rows)
            elif line.kind == LIST:
                for item in line.items:
                    self._paragraph("公文正文", f"——{item}")
            elif line.kind == HEADING and line.tag != "p":
                self._paragraph(f"{'一二三四'[line.level - 1]}级标题", line.head)
            else:
                paragraph = self.document.add_paragraph(style="公文正文")
                _write(paragraph, line.head, character_style={1: "黑体字", 2: "楷体字"}.get(line.level))
                _write(paragraph, line.text)

    def _table(self, rows):
        table = self.document.add_table(len(rows), len(rows[0]), style="公文表格")
        for at, row in enumerate(rows):
            for cell, text in zip(table.rows[at].cells, row, strict=True):
                paragraph = cell.paragraphs[0]
                paragraph.style = self.document.styles["表格表头" if at == 0 else "表格文字"]
                _write(paragraph, text)
        _repeat_head(table)

    def _attachment_notes(self):
        notes = self.layout.attachment_notes
        for at, (number, name) in enumerate(notes):
            style = "附件说明" if at == 0 else "附件说明续"
            paragraph = self._paragraph(style, ("附件：" if at == 0 else "") + number + name)
            if len(notes) > 1:
                _hang(paragraph, first=4 if at == 0 else 1, left=6)

    def _closing(self):
        d = self.layout
        if d.kind == Kind.MINUTES:
            for at, (label, names) in enumerate(d.attendance):
                paragraph = self.document.add_paragraph(style="出席" if at == 0 else "出席续")
                _write(paragraph, f"{label}：", character_style="黑体字")
                _write(paragraph, names)
        elif d.signature:
            right = signature_of(d)
            name = self._paragraph("发文机关署名", d.signature)
            _right_indent(name, right["name"])
            if d.sealed:
                _space_before(name, 2 * LINE)
            _right_indent(self._paragraph("成文日期", d.date), right["date"])
        if d.note:
            self._paragraph("附注", f"（{d.note}）")

    def _colophon(self):
        d = self.layout
        plain = d.kind == Kind.LETTER
        rows = [("版记抄送", f"抄送：{d.cc}。")] if d.cc else []
        if not plain:
            printed = f"{d.printed_on}印发" if d.printed_on else ""
            rows.append(("版记印发", f"{d.printed_by}\t{printed}"))
        if not rows:
            return
        table = self.document.add_table(len(rows), 1)
        for row, (style, text) in zip(table.rows, rows, strict=True):
            paragraph = row.cells[0].paragraphs[0]
            paragraph.style = self.document.styles[style]
            _write(paragraph, text)
        _at_the_foot(table, lines=not plain)
        self._paragraph("版记锚点")


# --- OOXML, a piece each -----------------------------------------------------------------------------------------


def _element(tag, **attributes):
    """<w:tag w:name="value"/>."""
    from docx.oxml import OxmlElement  # noqa: PLC0415
    from docx.oxml.ns import qn  # noqa: PLC0415

    made = OxmlElement(f"w:{tag}")
    for name, value in attributes.items():
        made.set(qn(f"w:{name}"), str(value))
    return made


def _twips(points):
    return round(points * 20)


def _write(paragraph, text, *, character_style=None):
    """Runs of the text; characters beyond the first plane in a font that has them."""
    for at, part in enumerate(_ASTRAL.split(text)):
        if part:
            run = paragraph.add_run(part, style="生僻字" if at % 2 else character_style)
            run._element.set("{http://www.w3.org/XML/1998/namespace}space", "preserve")


def _strip_template(document):
    """Take away what python-docx's own empty document brings: theme fonts, another language, two hundred styles."""
    defaults = document.styles.element.find(".//{*}docDefaults")
    run = defaults.find(".//{*}rPr")
    for child in list(run):
        run.remove(child)
    # 每行 28 字的格子从缺省字号算起，所以缺省也要是 3 号。
    size = _element("sz", val=32), _element("szCs", val=32)
    for child in (_fonts(FANG), *size, _element("lang", val="en-US", eastAsia="zh-CN", bidi="ar-SA")):
        run.append(child)
    for style in list(document.styles.element.findall("{*}style")):
        if style.get(_w("default")) != "1":
            document.styles.element.remove(style)


def _w(name):
    return f"{{http://schemas.openxmlformats.org/wordprocessingml/2006/main}}{name}"


def _fonts(chinese, latin=LATIN):
    return _element("rFonts", ascii=latin, hAnsi=latin, eastAsia=chinese, cs=latin, hint="eastAsia")


def _page(section, letter):
    from docx.shared import Mm  # noqa: PLC0415

    section.page_width, section.page_height = Mm(210), Mm(297)
    section.top_margin, section.bottom_margin = Mm(37), Mm(35)
    section.left_margin, section.right_margin = Mm(28), Mm(26)
    section.header_distance, section.footer_distance = Mm(30 if letter else 20), Mm(20)
    for grid in section._sectPr.findall("{*}docGrid"):
        section._sectPr.remove(grid)
    section._sectPr.append(_element("docGrid", **GRID))


def _styles(document):
    """Every style of a document: (name, Chinese font, size in points, and how its lines stand)."""
    add = _StyleMaker(document)
    two = {"first_chars": 200}
    add("公文正文", FANG, 16, align="both", **two)
    add("一级标题", HEI, 16, outline=1, keep=True, **two)
    add("二级标题", KAI, 16, outline=2, keep=True, **two)
    add("三级标题", FANG, 16, outline=3, keep=True, **two)
    add("四级标题", FANG, 16, outline=4, keep=True, **two)
    add("公文标题", SONG, 22, align="center", before=2 * LINE, after=LINE, outline=0)
    add("未签发标题", SONG, 22, align="center", after=LINE, outline=0)
    add("主送机关", FANG, 16, align="both")
    add("附件说明", FANG, 16, before=LINE, left_chars=500, hanging_chars=300)
    add("附件说明续", FANG, 16, left_chars=600, hanging_chars=100)
    add("发文机关署名", FANG, 16, align="right", before=LINE, keep=True)
    add("成文日期", FANG, 16, align="right")
    add("附注", FANG, 16, **two)
    add("出席", FANG, 16, before=LINE, left_chars=500, hanging_chars=300)
    add("出席续", FANG, 16, left_chars=500, hanging_chars=300)
    add("附件标签", HEI, 16, page_break=True)
    add("附件标题", SONG, 22, align="center", before=LINE, after=LINE, outline=0)
    add("紧急程度", HEI, 16)
    add("发文机关标志", SONG, MARK_SIZE, align="center", before=97.8, colour="FF0000", line=MARK_SIZE)
    # 红色分隔线：字号段的下边框，字面下 4 毫米（行高里已有 6.5 磅）。
    rule = {"border": ("bottom", 8, "FF0000", 5)}
    add("发文字号", FANG, 16, align="center", before=2 * LINE, **rule)
    tab = ("right", WIDTH - CHARACTER)
    add("上行文字号", FANG, 16, before=2 * LINE, tab=tab, **rule)
    add("函标志", SONG, LETTER_MARK_SIZE, align="center", colour="FF0000", line=LETTER_MARK_SIZE)
    add("函上线", FANG, 4, line=11.3, wide=True, border=("bottom", 24, "FF0000", 0, "thickThinSmallGap"))
    add("函下线", FANG, 4, line=4, wide=True, border=("bottom", 24, "FF0000", 0, "thinThickSmallGap"))
    add("函字号", FANG, 16, align="right")
    add("单页码", FANG, 14, align="right", right_chars=100, line=17, after=6, latin="宋体")
    add("双页码", FANG, 14, left_chars=100, line=17, after=6, latin="宋体")
    add("未签发", HEI, 10.5, align="right", line=14)
    add("表格表头", HEI, 12, align="center", line=18)
    add("表格文字", FANG, 12, align="center", line=18)
    add("版记抄送", FANG, 14, line=24, left_chars=400, right_chars=100, hanging_chars=300)
    add("版记印发", FANG, 14, line=24, left_chars=100, right_chars=100, tab=("right", WIDTH - 14))
    add("版记锚点", FANG, 1, line=1)
    add.character("黑体字", HEI)
    add.character("楷体字", KAI)
    add.character("生僻字", RARE, latin=RARE)
    add.table("公文表格")


class _StyleMaker:
    """Adds styles to the document's style sheet."""

    def __init__(self, document):
        self.root = document.styles.element

    def __call__(self, name, chinese, size, *, line=LINE, latin=LATIN, colour="000000", **paragraph):
        style = self._style(name, "paragraph")
        properties = _element("pPr")
        for child in _paragraph_properties(line=line, size=size, **paragraph):
            properties.append(child)
        style.append(properties)
        run = _element("rPr")
        half_points = round(size * 2)
        for child in (
            _fonts(chinese, latin),
            _element("color", val=colour),
            *([_element("spacing", val=TIGHTER)] if size == 16 else []),
            _element("sz", val=half_points),
            _element("szCs", val=half_points),
        ):
            run.append(child)
        style.append(run)
        self.root.append(style)

    def character(self, name, chinese, latin=LATIN):
        style = self._style(name, "character")
        run = _element("rPr")
        run.append(_fonts(chinese, latin))
        style.append(run)
        self.root.append(style)

    def table(self, name):
        style = self._style(name, "table")
        properties = _element("tblPr")
        properties.append(_borders(dict.fromkeys(("top", "left", "bottom", "right", "insideH", "insideV"), 4)))
        style.append(properties)
        self.root.append(style)

    def _style(self, name, kind):
        style = _element("style", type=kind, styleId=f"gw{len(self.root)}", customStyle="1")
        style.append(_element("name", val=name))
        if kind == "paragraph":
            style.append(_element("qFormat"))
        return style


def _paragraph_properties(
    *,
    line,
    size,
    align="left",
    before=0,
    after=0,
    outline=None,
    keep=False,
    page_break=False,
    wide=False,
    border=None,
    tab=None,
    first_chars=0,
    left_chars=0,
    right_chars=0,
    hanging_chars=0,
):
    """The children of <w:pPr> in the order the schema asks for. Indents are hundredths of a character."""
    if keep:
        yield _element("keepNext")
    if page_break:
        yield _element("pageBreakBefore")
    yield _element("widowControl", val="0")
    if border:
        side, width, colour, space, *kind = border
        edge = _element("pBdr")
        edge.append(_element(side, val=kind[0] if kind else "single", sz=width, space=space, color=colour))
        yield edge
    if tab:
        stops = _element("tabs")
        stops.append(_element("tab", val=tab[0], pos=_twips(tab[1])))
        yield stops
    yield _element("snapToGrid", val="0")
    yield _element("spacing", before=_twips(before), after=_twips(after), line=_twips(line), lineRule="exact")
    yield _indent(size, first_chars, left_chars, right_chars, hanging_chars, wide)
    yield _element("jc", val=align)
    if outline is not None:
        yield _element("outlineLvl", val=outline)


def _indent(size, first, left, right, hanging, wide):
    """Both in characters, which Word keeps to when the size changes, and in twips, for others."""
    cell = _twips(CHARACTER if size == 16 else size)
    if wide:
        return _element("ind", left=_twips(-7 * _MM - 3), right=_twips(-7 * _MM))
    values = {"left": left, "right": right, "firstLine": first, "hanging": hanging}
    attributes = {}
    for name, hundredths in values.items():
        if hundredths:
            attributes[f"{name}Chars"] = hundredths
            attributes[name] = round(hundredths * cell / 100)
    return _element("ind", **attributes)


def _borders(widths):
    made = _element("tblBorders")
    for side in ("top", "left", "bottom", "right", "insideH", "insideV"):
        if side in widths:
            made.append(_element(side, val="single", sz=widths[side], space=0, color="000000"))
    return made


def _hang(paragraph, *, first, left):
    """A paragraph whose first line begins `first` characters before the rest, which stand `left` characters in."""
    paragraph._p.get_or_add_pPr().append(
        _element(
            "ind",
            left=_twips(left * CHARACTER),
            leftChars=left * 100,
            hanging=_twips(first * CHARACTER),
            hangingChars=first * 100,
        )
    )


def _right_indent(paragraph, points):
    properties = paragraph._p.get_or_add_pPr()
    properties.append(_element("ind", right=_twips(points)))


def _space_before(paragraph, points):
    from docx.shared import Pt  # noqa: PLC0415

    paragraph.paragraph_format.space_before = Pt(points)


def _flatten(paragraph, scale):
    """字符缩放: a long mark keeps its height and loses width. A little air, because programs round differently."""
    for run in paragraph.runs:
        run._element.get_or_add_rPr().append(_element("w", val=max(int(scale * 98), 1)))


def _font_table(document):
    """Name the substitute of each font that a machine may lack (R-825)."""
    part = next(p for p in document.part.package.iter_parts() if str(p.partname) == "/word/fontTable.xml")
    fonts = "".join(
        f'<w:font w:name="{name}"><w:altName w:val="{other}"/><w:charset w:val="86"/></w:font>'
        for name, other in SUBSTITUTES.items()
    )
    part._blob = (
        '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>'
        f'<w:fonts xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main">{fonts}</w:fonts>'
    ).encode()


def _numbers_at_the_foot(document, section, *, first_without):
    """— 1 — right on odd pages, left on even ones, 7 mm below the type area (R-817); none on a 函's first (R-821)."""
    document.settings.odd_and_even_pages_header_footer = True
    section.different_first_page_header_footer = first_without
    for footer, style in ((section.footer, "单页码"), (section.even_page_footer, "双页码")):
        footer.is_linked_to_previous = False
        paragraph = footer.paragraphs[0]
        paragraph.style = document.styles[style]
        paragraph.add_run("— ")
        for kind, text in (("begin", None), (None, " PAGE "), ("end", None)):
            run = paragraph.add_run()
            if kind:
                run._element.append(_element("fldChar", fldCharType=kind))
            else:
                instruction = _element("instrText")
                instruction.text = text
                run._element.append(instruction)
        paragraph.add_run(" —")


def _unsigned_header(section):
    for header in (section.header, section.even_page_header):
        header.is_linked_to_previous = False
        header.paragraphs[0].style = "未签发"
        header.paragraphs[0].add_run("公文稿 · 未签发")


def _letter_head(section, mark):
    """A 函's mark and upper line in the first page's header, its lower line in that page's footer (R-821)."""
    header, footer = section.first_page_header, section.first_page_footer
    header.is_linked_to_previous = footer.is_linked_to_previous = False
    header.paragraphs[0].style = "函标志"
    _write(header.paragraphs[0], mark)
    _flatten(header.paragraphs[0], min(1, WIDTH / (max(len(mark), 1) * LETTER_MARK_SIZE)))
    header.add_paragraph(style="函上线")
    footer.paragraphs[0].style = "函下线"


def _repeat_head(table):
    for at, row in enumerate(table.rows):
        properties = row._tr.get_or_add_trPr()
        properties.append(_element("cantSplit"))
        if at == 0:
            properties.append(_element("tblHeader"))


def _at_the_foot(table, *, lines):
    """A table that stands on the last line of its page, whatever comes before it (R-816)."""
    properties = table._tbl.tblPr
    for child in list(properties):
        if child.tag in (_w("tblStyle"), _w("tblLook"), _w("tblW"), _w("tblLayout")):
            properties.remove(child)
    # 从纸边量（28 毫米），LibreOffice 才肯让整行宽的表浮动。
    foot = {"vertAnchor": "margin", "horzAnchor": "page", "tblpX": _twips(28 * _MM), "tblpYSpec": "bottom"}
    properties.append(_element("tblpPr", **foot))
    properties.append(_element("tblW", w=_twips(WIDTH), type="dxa"))
    if lines:
        properties.append(_borders({"top": 8, "bottom": 8, "insideH": 6}))
    properties.append(_element("tblLayout", type="fixed"))
    margins = _element("tblCellMar")
    for side in ("left", "right"):
        margins.append(_element(side, w=0, type="dxa"))
    properties.append(margins)
    for column in table._tbl.tblGrid.findall("{*}gridCol"):
        column.set(_w("w"), str(_twips(WIDTH)))
    for cell in table._tbl.iter("{*}tcW"):
        cell.set(_w("w"), str(_twips(WIDTH)))
