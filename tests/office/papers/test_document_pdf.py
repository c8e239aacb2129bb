"""公文 on paper, measured: every R-8xx of the rulebook that is a distance has its assertion here, in millimetres.

Places are those of the boxes WeasyPrint laid out; where a rule speaks of the edge of a character, its ink is taken
from the font.
"""

import io
import re
from functools import cache

import pypdf
import pytest
from fontTools.pens.boundsPen import BoundsPen
from fontTools.ttLib import TTFont

from office.papers import cjk, document_pdf, document_press, layout, pdf
from office.papers.fonts import FACES
from office.papers.layout import Layout

MM = 96 / 25.4
PT = 96 / 72
TOP, LEFT, RIGHT, BOTTOM = 37, 28, 184, 262  # 版心的四边，毫米
ROW, CELL = 28.99 / 72 * 25.4, 15.79 / 72 * 25.4  # 一行、一字
ISSUER = "中共示范镇委员会"
TEXT = """现将有关事项通知如下。
一、总体要求
（一）压实责任。各社区党委书记为第一责任人。
（二）注重实效
1.突出问题导向
（1）物业服务方面的问题；
二、时间安排
——十二月十日前完成。
附件：安排表
|社区|时间|
|城东社区|12月10日|
附件：测评表"""


def document(kind="notice", text=TEXT, **elements):
    blocks, attachments = layout.read_text(text)
    whole = {
        "title": "关于开展述职评议的通知",
        "issuer": ISSUER,
        "mark": f"{ISSUER}文件",
        "number": "示委发〔2026〕12号",
        "addressee": "各社区党委",
        "signature": ISSUER,
        "date": "2026年1月5日",
        "note": "联系人：周敏，电话：87654321",
        "cc": "县委组织部",
        "printed_by": ISSUER,
        "printed_on": "2026年1月5日",
    }
    whole |= {"blocks": tuple(blocks), "attachments": tuple(attachments), "signed": True} | elements
    return Layout(kind, **whole)


MINUTES = {"mark": "城东社区联席会议纪要", "signature": "", "date": "", "addressee": "", "sealed": False, "note": ""}
LONG = "汉" * 28 * 21 + "\n"


def pages(made):
    return [page._page_box for page in document_press.lay_out(document_pdf.page_of(made)).pages]


def texts(page):
    """(text, box) of every piece of text on a page, margins too."""
    return [
        (b.text.replace(cjk.BREAK, ""), b)
        for b in page.descendants(placeholders=True)
        if type(b).__name__ == "TextBox" and b.text.strip()
    ]


def find(page, words):
    return next(box for text, box in texts(page) if words in text)


def whole_line(page, words):
    """The box of the line that holds the words."""
    return next(
        b
        for b in page.descendants(placeholders=True)
        if type(b).__name__ == "LineBox"
        and words
        in "".join(t.text for t in b.descendants(placeholders=True) if type(t).__name__ == "TextBox").replace(
            cjk.BREAK, ""
        )
    )


def page_with(made, words):
    return next(page for page in pages(made) if any(words in text for text, _ in texts(page)))


def row(page, words):
    """On which of the page's 22 rows the line of the words begins, as a number with a fraction."""
    return (whole_line(page, words).position_y / MM - TOP) / ROW


def pieces(page, characters):
    """Boxes whose text is made of these characters only, in order."""
    return [box for text, box in texts(page) if not text.strip(characters)]


def classed(page, name):
    return next(
        b
        for b in page.descendants(placeholders=True)
        if b.element is not None and name in (b.element.get("class") or "").split()
    )


@cache
def bounds(character, family):
    """(lowest, highest) ink of a character in thousandths of an em."""
    with TTFont(FACES[family], lazy=True) as font:
        glyphs = font.getGlyphSet()
        pen = BoundsPen(glyphs)
        glyphs[font.getBestCmap()[ord(character)]].draw(pen)
    return pen.bounds[1], pen.bounds[3]


def ink(box, character, family):
    """(top, bottom) of the character's ink in millimetres."""
    size = box.style["font_size"]
    baseline = box.position_y + box.baseline
    low, high = bounds(character, family)
    return (baseline - high * size / 1000) / MM, (baseline - low * size / 1000) / MM


def left(box):
    return box.position_x / MM


def right(box):
    spacing = box.style["letter_spacing"]
    return (box.position_x + box.width - (0 if spacing == "normal" else spacing)) / MM


def top_of_em(box):
    """The upper edge of a full-width character."""
    return (box.position_y + box.baseline - 0.88 * box.style["font_size"]) / MM


def bottom_of_em(box):
    return top_of_em(box) + box.style["font_size"] / MM


def family(box):
    return box.style["font_family"][0]


def points(box):
    return round(box.style["font_size"] / PT, 2)


def near(value, within=0.4):
    return pytest.approx(value, abs=within)


# ── 版头 ──


@pytest.mark.parametrize(("kind", "more"), [("notice", {}), ("reply", {}), ("minutes", MINUTES)])
def test_the_mark_stands_35_mm_below_the_top_of_the_type_area(kind, more):
    """R-807, R-820."""
    page = pages(document(kind, **more))[0]
    mark = find(page, "中共" if kind != "minutes" else "城东")
    assert ink(mark, "中", "Paper Title")[0] == near(TOP + 35, 0.3)
    assert family(mark) == "Paper Title"
    assert tuple(mark.style["color"].coordinates) == (1, 0, 0)
    outer = classed(page, "issuer-mark")
    assert (outer.position_x + outer.width / 2) / MM == near((LEFT + RIGHT) / 2)


@pytest.mark.parametrize("issuer", [ISSUER, "中共示范镇城东社区委员会", "示范镇城东社区居民委员会"])
def test_a_long_mark_is_flattened_into_the_type_area(issuer):
    html = document_pdf.page_of(document(mark=f"{issuer}文件"))
    width, scale = re.search(r'issuer-mark".*?width: ([\d.]+)pt; transform: scaleX\(([\d.]+)\)', html).groups()
    assert float(width) * float(scale) <= document_pdf.WIDTH + 0.1


def test_the_number_stands_two_lines_below_the_mark_centred():
    """R-808."""
    page = pages(document())[0]
    mark, number = find(page, "中共"), find(page, "示委发")
    gap = whole_line(page, "示委发").position_y / MM - bottom_of_em(mark)
    assert gap == near(2 * ROW, 0.6)
    assert (left(number) + right(number)) / 2 == near((LEFT + RIGHT) / 2, 0.6)
    assert (points(number), family(number)) == (16, "Paper Fang")


def test_the_red_rule_is_4_mm_below_the_number_as_wide_as_the_type_area():
    """R-809."""
    page = pages(document())[0]
    rule, number = classed(page, "red-rule"), find(page, "示委发")
    assert rule.position_y / MM - bottom_of_em(number) == near(4, 0.2)
    assert (left(rule), (rule.position_x + rule.width) / MM) == (near(LEFT), near(RIGHT))
    assert tuple(rule.style["border_top_color"].coordinates) == (1, 0, 0)


def test_an_upward_document_has_number_left_and_signer_right():
    """R-808: one character in from either side, the name in 楷体."""
    page = pages(document("request", number="城东党〔2026〕3号", signer="李建国"))[0]
    assert left(find(page, "城东党")) == near(LEFT + CELL)
    assert right(find(page, "李建国")) == near(RIGHT - CELL, 0.6)
    assert family(find(page, "李建国")) == "Paper Kai"
    assert family(find(page, "签发人")) == "Paper Fang"


def test_other_documents_name_no_signer():
    assert "签发人" not in "".join(text for text, _ in texts(pages(document(signer="郑和"))[0]))


def test_urgency_stands_at_the_top_left():
    """R-806."""
    urgent = find(pages(document(urgency="加急"))[0], "加急")
    assert (left(urgent), family(urgent), points(urgent)) == (near(LEFT), "Paper Hei", 16)
    assert top_of_em(urgent) == near(TOP + (ROW - 16 / 72 * 25.4) / 2)


# ── 标题、主送、正文 ──


def test_the_title_stands_two_lines_below_the_rule():
    """R-810."""
    page = pages(document())[0]
    title, rule = find(page, "关于开展"), classed(page, "red-rule")
    assert top_of_em(title) - rule.position_y / MM == near(2 * ROW, 0.8)
    assert (points(title), family(title)) == (22, "Paper Title")
    assert (left(title) + right(title)) / 2 == near((LEFT + RIGHT) / 2, 0.6)


def test_a_long_title_breaks_in_even_lines_at_a_word():
    lines = document_pdf.title_lines("关于同意成立中共示范镇城东社区金桂苑、滨河一号联合支部委员会的批复")
    assert lines == ["关于同意成立中共示范镇城东社区金桂苑、", "滨河一号联合支部委员会的批复"]
    for title in ("关" * 20, "甲" * 41, "一" * 119, "党建，" * 15, "字"):
        lines = document_pdf.title_lines(title)
        assert "".join(lines) == title
        assert max(map(len, lines)) <= 24
        assert not any(line[0] in "，、。" for line in lines)


def test_the_addressee_is_one_line_below_the_title_flush_with_a_full_colon():
    """R-811."""
    page = pages(document())[0]
    assert left(find(page, "各社区党委：")) == near(LEFT)
    assert row(page, "各社区党委：") - row(page, "关于开展") == near(2, 0.02)


def test_levels_have_their_faces_and_two_characters_of_indent():
    """R-812, C4."""
    page = pages(document())[0]
    found = {"一、总体要求": "Paper Hei", "（一）压实责任。": "Paper Kai", "（二）注重实效": "Paper Kai"}
    found |= {"1.突出问题导向": "Paper Fang", "（1）物业服务": "Paper Fang"}
    for words, face in found.items():
        box = find(page, words)
        assert (family(box), points(box)) == (face, 16), words
        assert left(box) == near(LEFT + 2 * CELL), words
    assert family(find(page, "各社区党委书记为")) == "Paper Fang"


def test_the_text_keeps_to_the_grid_of_22_lines():
    """R-803: also on the first page, below the red head."""
    first, second = pages(document(text="汉" * 28 * 60))[:2]
    for page, fewest in ((first, 8), (second, 22)):
        lines = [b for b in page.descendants(placeholders=True) if type(b).__name__ == "LineBox"]
        tops = {round((b.position_y / MM - TOP) / ROW, 2) for b in lines if b.width > 100 and b.position_x > 100}
        assert len(tops) >= fewest
        assert all(top == near(round(top), 0.02) for top in tops), tops


def test_full_lines_hold_28_characters():
    page = pages(document(text="汉" * 28 * 30))[1]
    full = [text for text, box in texts(page) if set(text) == {"汉"}]
    assert {len(text) for text in full[:-1]} == {28}


# ── 附件说明、落款、附注 ──


def test_attachment_notes_are_one_line_below_the_text_and_align():
    """R-813."""
    page = page_with(document(text="内容。\n附件：安排表\n附件：测评表"), "附件：")
    assert row(page, "安排表") - row(page, "内容。") == near(2, 0.02)
    assert left(find(page, "附件：")) == near(LEFT + 2 * CELL)
    assert left(find(page, "安排表")) == near(left(find(page, "测评表")), 0.1)
    assert [text for text, _ in texts(page) if "测评表" in text] == ["测评表"], "名称后不加标点"


def test_a_single_attachment_has_no_number_and_wraps_under_its_name():
    page = page_with(document(text="内容。\n附件：" + "长" * 40), "附件：")
    first, second = pieces(page, "长")
    assert left(find(page, "附件：")) == near(LEFT + 2 * CELL)
    assert left(first) == near(LEFT + 5 * CELL, 0.2)
    assert left(second) == near(left(first), 0.1)


@pytest.mark.parametrize("issuer", ["中共示范镇委员会", "中共示范镇城东社区委员会", "示范镇城东社区居民委员会"])
def test_with_a_seal_the_date_is_four_characters_in_and_the_issuer_centred_above(issuer):
    """R-814."""
    page = page_with(document(text="内容。", signature=issuer), "内容。")
    name, first, last = signature(page, issuer)
    assert right(last) == near(RIGHT - 4 * CELL, 0.3)
    assert (left(name) + right(name)) / 2 == near((left(first) + right(last)) / 2, 0.4)


def signature(page, issuer):
    """The issuer's box, and the first and last of the date's line."""
    name = [box for text, box in texts(page) if text == issuer][-1]
    days = [b for b in whole_line(page, "2026年1月5日").descendants(placeholders=True) if type(b).__name__ == "TextBox"]
    return name, days[0], days[-1]


def test_without_a_seal_the_date_begins_two_characters_right_of_the_issuer():
    """R-814."""
    name, first, _ = signature(page_with(document(text="内容。", sealed=False), "内容。"), ISSUER)
    assert right(name) == near(RIGHT - 2 * CELL, 0.3)
    assert left(first) == near(left(name) + 2 * CELL, 0.3)


def test_without_a_seal_a_date_longer_than_the_issuer_is_two_in_and_the_issuer_further():
    """R-814."""
    made = document(text="内容。", sealed=False, signature="示范镇")
    name, first, last = signature(page_with(made, "内容。"), "示范镇")
    assert right(last) == near(RIGHT - 2 * CELL, 0.3)
    assert left(first) == near(left(name) + 2 * CELL, 0.3)


def test_the_note_stands_in_brackets_two_characters_in():
    """R-815."""
    page = page_with(document(text="内容。"), "内容。")
    note = find(page, "（联系人：周敏")
    # 全角括号的字面在格子右半，量格子。
    assert note.position_x / MM == near(LEFT + 2 * CELL)
    assert row(page, "（联系人") - row(page, "2026年1月5日") == near(1, 0.02)


def test_attachments_begin_on_a_new_page_with_the_title_on_the_third_line():
    """R-815."""
    made = document()
    page = page_with(made, "附件1")
    label, title = find(page, "附件1"), find(page, "安排表")
    assert (left(label), family(label), points(label)) == (near(LEFT), "Paper Hei", 16)
    assert row(page, "附件1") == near(0, 0.02)
    assert row(page, "安排表") == near(2, 0.02)
    assert (left(title) + right(title)) / 2 == near((LEFT + RIGHT) / 2)
    assert not any("附件2" in t for p in pages(made) for t, _ in texts(p)), "没有内容的附件不另起一页"


# ── 版记、页码 ──


def colophon(made):
    """(page number, page, box) of 版记, and how many pages there are."""
    all_pages = pages(made)
    for number, page in enumerate(all_pages, start=1):
        for box in page.descendants(placeholders=True):
            if box.element is not None and box.element.get("id") == "colophon":
                return number, page, box, len(all_pages)
    return None


# 正文多少行时版记在第几页、共几页：一页印不满 → 背面；两页还放得下 → 第二页；第二页放不下 → 空一页，第四页。
ENDINGS = {
    "短": ("汉" * 28, 2),
    "两页": ("汉" * 28 * 14, 2),
    "第二页满": ("汉" * 28 * 24, 4),
    "三页": ("汉" * 28 * 40, 4),
}


@pytest.mark.parametrize("name", ENDINGS)
def test_the_colophon_stands_in_the_last_line_of_an_even_last_page(name):
    """R-816."""
    text, expected = ENDINGS[name]
    number, page, box, count = colophon(document(text=text))
    assert (number, count) == (expected, expected)
    assert (box.position_y + box.border_height()) / MM == near(BOTTOM, 0.5)


def test_its_lines_are_35_and_25_hundredths_of_a_millimetre():
    """R-816."""
    _, page, box, _ = colophon(document())
    assert box.border_top_width / MM == near(0.35, 0.02)
    assert box.border_bottom_width / MM == near(0.35, 0.02)
    printed = classed(page, "printed")
    assert printed.border_top_width / MM == near(0.25, 0.02)
    assert (left(box), (box.position_x + box.border_width()) / MM) == (near(LEFT), near(RIGHT))


def test_the_colophon_has_4_hao_letters_one_character_in():
    """R-816: 14 pt; copies end with 。"""
    _, page, _, _ = colophon(document())
    cell = 14 / 72 * 25.4
    copies = find(page, "抄送：")
    assert (left(copies), points(copies)) == (near(LEFT + cell), 14)
    line = [b for t, b in texts(page) if "印发" in t][-1]
    assert right(line) == near(RIGHT - cell, 0.5)
    assert any(t.endswith("县委组织部。") for t, _ in texts(page))
    assert left([b for t, b in texts(page) if t == ISSUER][-1]) == near(LEFT + cell)


def test_copies_wrap_under_their_first_character():
    _, page, _, _ = colophon(document(cc="甲乙丙丁" * 15))
    label, wrapped = find(page, "抄送："), pieces(page, "甲乙丙丁。")[-1]
    assert left(wrapped) == near(left(label) + 3 * 14 / 72 * 25.4, 0.3)


def margin_texts(page):
    return "".join(
        t.text
        for b in page.children
        if type(b).__name__ == "MarginBox"
        for t in b.descendants(placeholders=True)
        if type(t).__name__ == "TextBox"
    )


def test_a_blank_page_before_the_colophon_and_the_colophons_page_carry_no_number():
    """R-817."""
    numbers = [margin_texts(page) for page in pages(document(text=ENDINGS["第二页满"][0]))]
    assert numbers == ["— 1 —", "— 2 —", "", ""]


def test_pages_are_numbered_through_the_attachments():
    """R-817."""
    made = document(text=TEXT.replace("附件：测评表", "附件：测评表\n请填报。"))
    numbers = [margin_texts(page) for page in pages(made)]
    assert numbers == [f"— {n} —" for n in range(1, len(numbers) + 1)]
    assert len(numbers) == 4


# ── 纪要、函 ──


def test_minutes_list_who_was_there_aligned_and_carry_no_seal():
    """R-820."""
    names = "、".join(["李建国"] * 12)
    page = pages(document("minutes", text="定了。", present=names, on_leave="周瑜", observers="陈刚", **MINUTES))[0]
    for label in ("出席：", "请假：", "列席："):
        box = find(page, label)
        assert (family(box), left(box)) == ("Paper Hei", near(LEFT + 2 * CELL)), label
    first, second = [b for t, b in texts(page) if t.startswith(("李建国", "建国", "国", "、"))][:2]
    assert family(first) == "Paper Fang"
    assert left(first) == near(LEFT + 5 * CELL, 0.5)
    assert left(second) == near(LEFT + 5 * CELL, 0.5)
    assert row(page, "出席：") - row(page, "定了。") == near(2, 0.02)
    assert not any(t == ISSUER for t, _ in texts(page))


LETTER = {"mark": ISSUER, "number": "示委函〔2026〕2号", "text": "请予支持。"}


def test_a_letter_has_its_mark_30_mm_from_the_edge_and_two_double_lines():
    """R-821."""
    page = pages(document("letter", **LETTER))[0]
    assert ink(find(page, "中共"), "中", "Paper Title")[0] == near(30, 0.3)
    above, below = classed(page, "double-above"), classed(page, "double-below")
    assert above.position_y / MM - ink(find(page, "中共"), "中", "Paper Title")[1] == near(4, 0.4)
    assert (below.position_y + below.border_height()) / MM == near(297 - 20, 0.3)
    assert above.border_top_width > above.border_bottom_width, "上双线上粗下细"
    assert below.border_top_width < below.border_bottom_width, "下双线上细下粗"
    for line in (above, below):
        assert line.width / MM == near(170)
        assert left(line) == near((210 - 170) / 2)


def test_a_letters_number_is_right_under_the_first_line():
    """R-821: below the double line by 7/8 of a 3号 character."""
    page = pages(document("letter", **LETTER))[0]
    number, above = find(page, "示委函"), classed(page, "double-above")
    last = [b for t, b in texts(page) if b.position_y == number.position_y][-1]
    assert right(last) == near(RIGHT, 0.3)
    gap = top_of_em(number) - (above.position_y + above.border_height()) / MM
    assert gap == near(7 / 8 * 16 / 72 * 25.4, 0.5)


def test_a_letters_first_page_has_no_number_its_second_has():
    """R-821."""
    numbers = [margin_texts(page) for page in pages(document("letter", **(LETTER | {"text": LONG})))]
    assert numbers == ["", "— 2 —"]


def test_a_letters_copies_stand_without_lines_and_without_printing_note():
    """R-821."""
    number, page, box, count = colophon(document("letter", **LETTER))
    assert (number, count) == (1, 1)
    assert box.border_top_width == box.border_bottom_width == 0
    assert (box.position_y + box.border_height()) / MM == near(BOTTOM, 0.5)
    assert not any("印发" in t for t, _ in texts(page))


# ── 没有签发的、作废的 ──


@pytest.mark.parametrize("kind", ["notice", "letter", "minutes", "request"])
def test_what_is_not_signed_has_no_red_and_no_number_and_says_so_on_every_page(kind):
    """Decision 12."""
    made = document(
        kind, text=LONG * 2, signed=False, number="", printed_on="", **(MINUTES if kind == "minutes" else {})
    )
    for page in pages(made):
        said = "".join(text for text, _ in texts(page))
        assert "未签发" in said or not said.strip("—123456 ") or "抄送" in said
        assert "〔2026〕" not in said
        reds = [b for _, b in texts(page) if tuple(b.style["color"].coordinates) == (1, 0, 0)]
        assert not reds
    first = "".join(text for text, _ in texts(pages(made)[0]))
    assert "公文稿 · 未签发" in first


def test_what_is_void_says_so_on_every_page():
    made = document(text=LONG * 3)
    laid = document_press.lay_out(document_pdf.page_of(made, void="已作废"))
    assert all("已作废" in margin_texts(page._page_box) for page in laid.pages[1:] if page._page_box.children)


# ── 印出来的文件 ──


def squeezed(data):
    reader = pypdf.PdfReader(io.BytesIO(data))
    return re.sub(r"\s", "", "".join(page.extract_text() for page in reader.pages))


def test_the_file_made_in_a_process_of_its_own_is_the_same():
    made = document()
    assert document_pdf.render(made) == document_press.print_document(document_pdf.page_of(made))


def test_every_word_is_in_the_file():
    said = squeezed(document_pdf.render(document(text="王㛃、张䶮、李𠅤、刘𬱖说：5 < 6 & 7 > 3，“好”。")))
    for words in ("王㛃、张䶮、李𠅤、刘𬱖", "5<6&7>3", "示委发〔2026〕12号", "抄送：县委组织部。", "2026年1月5日印发"):
        assert words in said


def test_a_process_that_fails_ends_in_words(monkeypatch):
    monkeypatch.setattr(document_pdf, "page_of", lambda layout, void="": "没有版记的位置" + document_press.PLACE)
    with pytest.raises(pdf.PaperProblem, match="太长"):
        document_pdf.render(document())
