"""The Word file of a 公文: the same words and measures as the PDF, in styles staff can type on with."""

import io
import re
import zipfile
from dataclasses import replace

import docx as python_docx
import pytest
from lxml import etree

from office.papers import docx
from tests.office.papers.test_document_pdf import ISSUER, LETTER, MINUTES, document

W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"


def parts(made):
    """Name → bytes of the file's parts."""
    with zipfile.ZipFile(io.BytesIO(docx.render(made))) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def opened(made):
    return python_docx.Document(io.BytesIO(docx.render(made)))


def style_of(made, words):
    return next(p.style.name for p in opened(made).paragraphs if words in p.text)


def styles(made):
    root = etree.fromstring(parts(made)["word/styles.xml"])
    return {s.find(f"{W}name").get(f"{W}val"): s for s in root.iter(f"{W}style")}


def face(style):
    fonts = style.find(f".//{W}rFonts")
    return fonts.get(f"{W}eastAsia"), fonts.get(f"{W}ascii")


def size(style):
    return int(style.find(f".//{W}sz").get(f"{W}val")) / 2


def test_page_margins_and_grid_are_those_of_the_standard():
    """R-801, R-802, R-805."""
    section = opened(document()).sections[0]
    sides = (section.page_width, section.page_height, section.top_margin, section.bottom_margin)
    assert [round(s.mm) for s in (*sides, section.left_margin, section.right_margin)] == [210, 297, 37, 35, 28, 26]
    grid = section._sectPr.find(f"{W}docGrid")
    assert (grid.get(f"{W}type"), grid.get(f"{W}linePitch"), grid.get(f"{W}charSpace")) == (
        "linesAndChars",
        "579",
        "-848",
    )


def test_22_lines_and_28_characters_fit_the_type_area():
    body = styles(document())["公文正文"]
    line = int(body.find(f".//{W}spacing[@{W}line]").get(f"{W}line")) / 20
    letter = size(body) + int(body.find(f"{W}rPr/{W}spacing").get(f"{W}val")) / 20
    assert 22 * line <= 225 / 25.4 * 72 < 23 * line
    assert 28 * letter <= 156 / 25.4 * 72 < 29 * letter


def test_every_style_names_a_chinese_font():
    """ux C7: python-docx alone sets the Latin font only."""
    for name, style in styles(document()).items():
        if style.get(f"{W}customStyle") == "1" and style.find(f".//{W}rPr") is not None:
            chinese, latin = face(style)
            assert chinese in docx.SUBSTITUTES, name
            assert latin, name


@pytest.mark.parametrize(
    ("name", "font", "points"),
    [
        ("公文标题", "方正小标宋简体", 22),
        ("一级标题", "黑体", 16),
        ("二级标题", "楷体_GB2312", 16),
        ("三级标题", "仿宋_GB2312", 16),
        ("四级标题", "仿宋_GB2312", 16),
        ("公文正文", "仿宋_GB2312", 16),
        ("版记抄送", "仿宋_GB2312", 14),
        ("附件标签", "黑体", 16),
    ],
)
def test_faces_and_sizes(name, font, points):
    """R-810, R-812, R-815, R-816."""
    style = styles(document())[name]
    assert (face(style)[0], size(style)) == (font, points)


def test_levels_are_styles_and_a_heading_with_text_is_one_paragraph():
    made = document()
    assert style_of(made, "一、总体要求") == "一级标题"
    assert style_of(made, "（二）注重实效") == "二级标题"
    assert style_of(made, "1.突出问题导向") == "三级标题"
    run_in = next(p for p in opened(made).paragraphs if "压实责任" in p.text)
    assert run_in.style.name == "公文正文"
    assert [(r.text, r.style.name) for r in run_in.runs][0] == ("（一）压实责任。", "楷体字")


def test_first_lines_stand_two_characters_in():
    for name in ("公文正文", "一级标题", "四级标题", "附注"):
        indent = styles(document())[name].find(f".//{W}ind")
        assert indent.get(f"{W}firstLineChars") == "200", name


def test_substitutes_are_named_for_machines_without_the_fonts():
    """R-825."""
    table = etree.fromstring(parts(document())["word/fontTable.xml"])
    named = {f.get(f"{W}name"): f.find(f"{W}altName").get(f"{W}val") for f in table}
    assert named == docx.SUBSTITUTES


def test_the_red_rule_is_a_border_under_the_number():
    """R-809."""
    made = document()
    assert style_of(made, "示委发〔2026〕12号") == "发文字号"
    border = styles(made)["发文字号"].find(f".//{W}pBdr/{W}bottom")
    assert (border.get(f"{W}color"), border.get(f"{W}sz")) == ("FF0000", "8")


def test_a_long_mark_is_flattened():
    mark = next(p for p in opened(document(mark="中共示范镇城东社区委员会文件")).paragraphs if "文件" in p.text)
    scale = int(mark.runs[0]._element.find(f".//{W}w").get(f"{W}val"))
    assert 14 * docx.MARK_SIZE * scale / 100 <= docx.WIDTH


def test_a_request_has_its_signer_at_the_right_in_kai():
    """R-808."""
    made = document("request", number="城东党〔2026〕3号", signer="李建国")
    line = next(p for p in opened(made).paragraphs if "签发人" in p.text)
    assert line.text == "　城东党〔2026〕3号\t签发人：李建国"
    assert line.runs[-1].style.name == "楷体字"


def test_page_numbers_are_fields_right_on_odd_left_on_even():
    """R-817."""
    made = opened(document())
    assert made.settings.odd_and_even_pages_header_footer
    section = made.sections[0]
    for footer, style, side in ((section.footer, "单页码", "right"), (section.even_page_footer, "双页码", "left")):
        paragraph = footer.paragraphs[0]
        assert paragraph.style.name == style
        assert "".join(i.text for i in paragraph._p.iter(f"{W}instrText")).strip() == "PAGE"
        assert paragraph.text.startswith("— ")
        assert styles(document())[style].find(f".//{W}jc").get(f"{W}val") == side


def test_the_colophon_stands_at_the_foot_with_its_lines():
    """R-816: 0.35 mm is 8 eighths of a point, 0.25 mm 6."""
    table = opened(document()).tables[-1]._tbl
    place = table.find(f".//{W}tblpPr")
    assert (place.get(f"{W}vertAnchor"), place.get(f"{W}tblpYSpec")) == ("margin", "bottom")
    widths = {side.tag.removeprefix(W): side.get(f"{W}sz") for side in table.find(f".//{W}tblBorders")}
    assert widths == {"top": "8", "bottom": "8", "insideH": "6"}
    texts = [cell.text for row in opened(document()).tables[-1].rows for cell in row.cells]
    assert texts == ["抄送：县委组织部。", f"{ISSUER}\t2026年1月5日印发"]


def test_attachments_begin_on_a_new_page():
    made = document()
    assert style_of(made, "附件1") == "附件标签"
    assert styles(made)["附件标签"].find(f".//{W}pageBreakBefore") is not None


def test_a_letter_has_its_lines_in_the_first_page_and_no_number_there():
    """R-821."""
    made = opened(document("letter", **LETTER))
    section = made.sections[0]
    assert section.different_first_page_header_footer
    assert section.header_distance.mm == pytest.approx(30, abs=0.1)
    assert section.first_page_header.paragraphs[0].text == ISSUER
    assert section.first_page_footer.paragraphs[0].text == ""
    found = styles(document("letter", **LETTER))
    kinds = {name: found[name].find(f".//{W}pBdr/{W}bottom").get(f"{W}val") for name in ("函上线", "函下线")}
    assert kinds == {"函上线": "thickThinSmallGap", "函下线": "thinThickSmallGap"}


def test_minutes_name_who_was_there():
    """R-820."""
    made = document("minutes", text="定了。", present="李建国、王伟", on_leave="周瑜", **MINUTES)
    said = [p.text for p in opened(made).paragraphs]
    assert "出席：李建国、王伟" in said
    assert "请假：周瑜" in said
    assert ISSUER not in said


def test_what_is_not_signed_says_so_and_has_no_red():
    """Decision 12."""
    made = document(signed=False, number="", printed_on="")
    section = opened(made).sections[0]
    assert section.header.paragraphs[0].text == section.even_page_header.paragraphs[0].text == "公文稿 · 未签发"
    used = {p.style.name for p in opened(made).paragraphs}
    assert not used & {"发文机关标志", "发文字号", "上行文字号", "函字号"}


def test_tables_keep_their_rows_whole_and_repeat_the_head():
    table = next(t for t in opened(document()).tables if t.rows[0].cells[0].text == "社区")
    assert table.rows[0]._tr.find(f".//{W}tblHeader") is not None
    assert table.rows[1]._tr.find(f".//{W}cantSplit") is not None


def test_rare_characters_have_a_font_that_draws_them():
    made = document(text="王㛃、李𠅤、刘𬱖到会。")
    paragraph = next(p for p in opened(made).paragraphs if "到会" in p.text)
    assert paragraph.text == "王㛃、李𠅤、刘𬱖到会。"
    assert {r.text for r in paragraph.runs if r.style.name == "生僻字"} == {"𠅤", "𬱖"}


def test_nothing_points_outside_and_nobody_is_named_as_author():
    for made in (document(), document("letter", **LETTER), replace(document(), signed=False)):
        found = parts(made)
        for name, data in found.items():
            if name.endswith(".rels"):
                assert b"External" not in data, name
        assert not [name for name in found if "vba" in name.lower() or "embed" in name.lower()]
        core = found["docProps/core.xml"].decode()
        assert "python-docx" not in core
        assert re.search(r"<dc:title>关于开展述职评议的通知</dc:title>", core)
