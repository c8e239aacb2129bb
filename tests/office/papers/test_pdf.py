"""The printed page: GB/T 9704-2012 layout, own fonts, complete text, nothing fetched, same bytes every time."""

import io
import os
import re
import subprocess
import sys
import threading
from datetime import date
from http.server import BaseHTTPRequestHandler, HTTPServer

import pypdf
import pytest
from django.template import engines

from office import papers
from office.papers import cjk, pdf, press
from office.papers.fonts import FACES

PX_PER_MM = 96 / 25.4
LEFT, RIGHT = 28 * PX_PER_MM, 184 * PX_PER_MM
PROSE = (
    "各党支部要严格执行“三会一课”、主题党日、组织生活会、民主评议党员等制度，截至2026年11月，全镇共有党组织58个，"
    "党员1862名（其中预备党员39名），支部书记王喆、李堃、张䶮、刘㛃、赵𬱖、孙𠅤到会，陳國榮列席并讲了话——大家说“好”。"
)


def template(source, **context):
    return engines["django"].from_string(source).render(context)


def paper(body, **context):
    return template(
        '{% extends "papers/base.pdf.html" %}{% load papers %}'
        "{% block title %}金桂苑支部<br>2026年度述职考核材料{% endblock %}"
        "{% block made_on %}2026年12月7日 09:00 打印人 周建国{% endblock %}"
        "{% block body %}" + body + "{% endblock %}",
        **context,
    )


def boxes(box, kind):
    """Boxes of a kind below a box, in reading order; margin boxes are asked for by name."""
    for child in getattr(box, "children", ()):
        if type(child).__name__ == kind:
            yield child
        else:
            yield from boxes(child, kind)


def text_of(box):
    return "".join(child.text for child in boxes(box, "TextBox")).replace(cjk.BREAK, "")


def lines(page):
    """The lines of the page's body."""
    root = next(child for child in page._page_box.children if child.element_tag == "html")
    return list(boxes(root, "LineBox"))


def body_lines(body):
    return [text_of(line) for line in lines(press.lay_out(paper(body)).pages[0])]


def margin_box(page, place):
    return next((b for b in boxes(page._page_box, "MarginBox") if b.at_keyword == place and text_of(b)), None)


def pages_of(data):
    return [page.extract_text() for page in pypdf.PdfReader(io.BytesIO(data)).pages]


def squeezed(text):
    return re.sub(r"\s", "", text)


def test_a_page_of_prose_holds_22_lines_of_28_characters():
    page = press.lay_out(paper("<p>" + "汉" * 28 * 60 + "</p>")).pages[1]
    assert [len(text_of(line)) for line in lines(page)] == [28] * 22


def test_paper_is_a4_with_the_margins_of_the_standard():
    box = press.lay_out(paper("<p>汉</p>")).pages[0]._page_box
    millimetres = [
        round(side / PX_PER_MM)
        for side in (box.margin_width(), box.margin_height(), box.margin_top, box.margin_left, box.width, box.height)
    ]
    assert millimetres == [210, 297, 37, 28, 156, 225]


def test_every_full_line_of_prose_reaches_both_edges():
    page = press.lay_out(paper("<p>" + PROSE * 12 + "</p>")).pages[1]
    for line in lines(page)[:-1]:
        last = list(boxes(line, "TextBox"))[-1]
        spacing = last.style["letter_spacing"]
        assert line.position_x == pytest.approx(LEFT, abs=0.5)
        assert last.position_x + last.width - spacing == pytest.approx(RIGHT, abs=1), text_of(line)


def test_a_line_breaks_before_an_opening_quote_and_not_after_it():
    for before in (27, 28):
        texts = body_lines(f'<p class="flush">{"汉" * before}“引文”字</p>')
        assert texts[-2:] == ["汉" * before, "“引文”字"]


@pytest.mark.parametrize("after", ["字", "《字》", "（字）"])
def test_a_line_breaks_after_a_closing_quote(after):
    assert body_lines(f'<p class="flush">{"汉" * 25}“引”{after}</p>')[-2:] == ["汉" * 25 + "“引”", after]


@pytest.mark.parametrize("marks", ["”。", "。”", "”、", "》，", "）；", "”）。", "？"])
def test_punctuation_never_starts_a_line(marks):
    for before in range(25, 29):
        texts = body_lines(f'<p class="flush">{"汉" * before}{marks}字字字</p>')
        assert texts[-1][0] in "汉字"


@pytest.mark.parametrize("marks", ["《“", "“《", "（", "：“"])
def test_opening_marks_never_end_a_line(marks):
    for before in range(25, 29):
        texts = body_lines(f'<p class="flush">{"汉" * before}{marks}字字字</p>')
        assert texts[-2][-1] in "汉字："


def test_page_numbers_stand_at_the_outer_corners():
    first, second = press.lay_out(paper("<p>" + "汉" * 28 * 30 + "</p>")).pages[:2]
    assert text_of(margin_box(first, "@bottom-right")) == "— 1 —"
    assert text_of(margin_box(second, "@bottom-left")) == "— 2 —"
    (number,) = boxes(margin_box(first, "@bottom-right"), "TextBox")
    # 居右空一字，版心下 7 毫米。
    assert number.position_x + number.width == pytest.approx(RIGHT - 14 * 4 / 3, abs=1)
    assert number.position_y == pytest.approx((37 + 225 + 7) * PX_PER_MM, abs=3)
    (number,) = boxes(margin_box(second, "@bottom-left"), "TextBox")
    assert number.position_x == pytest.approx(LEFT + 14 * 4 / 3, abs=1)


def test_who_printed_it_stands_on_every_page():
    for page in pages_of(pdf.render(paper("<p>" + "汉" * 28 * 50 + "</p>"))):
        assert "打印人 周建国" in page


def test_an_unsigned_material_says_so_on_every_page_until_the_blocks_are_emptied():
    body = "<p>" + "汉" * 28 * 30 + "</p>"
    assert [squeezed(page).count("未签发") for page in pages_of(pdf.render(paper(body)))] == [1, 1]
    signed = paper(
        "{% endblock %}{% block mark %}{% endblock %}{% block running_mark %}{% endblock %}{% block issuer %}" + body
    )
    assert "未签发" not in "".join(pages_of(pdf.render(signed)))


def test_extracted_text_is_the_text_that_was_put_in():
    text = squeezed(pages_of(pdf.render(paper("<p>" + PROSE + "</p>")))[0])
    assert PROSE in text
    assert "\u200b" not in text
    assert "\ufffd" not in text


def test_only_our_fonts_are_embedded():
    body = (
        "<h2>一、甲</h2><h3>（一）乙</h3><p>" + PROSE + "<b>重点</b></p><svg viewBox='0 0 9 9'><text>图ab</text></svg>"
    )
    used = set()
    for page in pypdf.PdfReader(io.BytesIO(pdf.render(paper(body)))).pages:
        for font in page["/Resources"]["/Font"].values():
            descendant = font.get_object()["/DescendantFonts"][0].get_object()
            assert {"/FontFile2", "/FontFile3"} & set(descendant["/FontDescriptor"])
            used.add(descendant["/BaseFont"].split("+")[1].replace("-", " "))
    assert used == set(FACES)


def test_same_html_same_bytes_whatever_fonts_the_machine_has(tmp_path):
    html = paper("<p>" + PROSE + "</p>")
    bare = tmp_path / "fonts.conf"
    bare.write_text("<fontconfig/>")
    program = "import sys; from office.papers import pdf; sys.stdout.buffer.write(pdf.render(sys.stdin.read()))"
    elsewhere = subprocess.run(
        [sys.executable, "-c", program],
        input=html.encode(),
        capture_output=True,
        env=os.environ | {"FONTCONFIG_FILE": str(bare), "PYTHONHASHSEED": "1"},
        check=True,
    )
    assert pdf.render(html) == elsewhere.stdout == pdf.render(html)


def test_other_programs_keep_the_fonts_of_the_machine():
    pdf.render(paper("<p>汉</p>"))
    assert os.environ.get("FONTCONFIG_FILE") != str(press.NO_SYSTEM_FONTS)


def test_the_title_of_the_file_is_that_of_the_paper():
    reader = pypdf.PdfReader(io.BytesIO(pdf.render(paper("<p>汉</p>"))))
    assert reader.metadata.title == "金桂苑支部2026年度述职考核材料"


def test_table_heads_repeat_and_rows_stay_whole():
    body = (
        "<table><thead><tr><th>表头</th><th>姓名</th></tr></thead><tbody>{% for n in rows %}"
        "<tr><td>第{{ n }}行起<br>甲<br>乙<br>丙<br>第{{ n }}行止</td><td>王喆</td></tr>{% endfor %}</tbody></table>"
    )
    pages = [squeezed(page) for page in pages_of(pdf.render(paper(body, rows=range(100, 140))))]
    assert len(pages) > 2
    for page in pages:
        assert page.count("表头") == 1
        assert page.count("行起") == page.count("行止")


def test_a_wide_ledger_lies_on_its_side():
    wide = press.lay_out(paper('<p>汉</p><section class="wide"><table><tr><td>甲</td></tr></table></section>')).pages
    assert [round(page.width / PX_PER_MM) for page in wide] == [210, 297]


def test_dates_and_heading_numbers_follow_the_office():
    body = "<p>{{ day|cn_date }}，{{ day|dotted }}，{{ day|cn_date:'m' }}，{{ none|cn_date }}</p>"
    body += "<h2>{% heading 1 2 %}甲</h2><h3>{% heading 2 3 %}乙</h3>"
    text = squeezed(pages_of(pdf.render(paper(body, day=date(2026, 1, 5), none=None)))[0])
    assert "2026年1月5日，2026.01.05，2026年1月，未记录二、甲（三）乙" in text


def test_what_people_typed_stays_text():
    typed = '5 < 6 & <td colspan="100000000"> </p><script>1</script> “{{ x }}”'
    text = squeezed(pages_of(pdf.render(paper("<p>{{ typed }}</p>", typed=typed)))[0])
    assert squeezed(typed) in text


@pytest.fixture
def listener():
    """A web server on this machine that notes what it is asked for."""
    asked = []

    class Note(BaseHTTPRequestHandler):
        def do_GET(self):
            asked.append(self.path)
            self.send_response(200)
            self.end_headers()

        def log_message(self, *args):
            pass

    server = HTTPServer(("127.0.0.1", 0), Note)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}", asked
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.mark.parametrize(
    "hostile",
    [
        '<img src="{0}/x.png"><img src="{1}">',
        '<link rel="stylesheet" href="{0}/x.css"><link rel="stylesheet" href="{1}">',
        '<style>@import "{0}/x.css"; @font-face {{ font-family: x; src: url({0}/x.ttf), url({1}) }}</style>',
        '<p style="background: url({0}/x.png); list-style: url({1})">x</p>',
        '<svg viewBox="0 0 9 9"><image href="{0}/x.svg"/><use href="{1}#x"/></svg>',
        '<object data="{0}/x.svg"></object><embed src="{1}">',
        '<link rel="attachment" href="{1}"><a rel="attachment" href="{1}">x</a>',
        '<base href="{0}/"><img src="x.png">',
        '<img src="data:image/svg+xml,%3Csvg xmlns=%22http://www.w3.org/2000/svg%22/%3E">',
    ],
)
def test_a_paper_fetches_nothing_even_when_markup_slips_in(hostile, listener, tmp_path):
    address, asked = listener
    secret = tmp_path / "secret.txt"
    secret.write_text("这是机密")
    data = pdf.render(paper(hostile.format(address, secret.as_uri())))
    assert asked == []
    reader = pypdf.PdfReader(io.BytesIO(data))
    assert "机密" not in reader.pages[0].extract_text()
    assert reader.attachments == {}
    assert "/XObject" not in reader.pages[0].get("/Resources", {}) or not list(reader.pages[0].images)


def test_without_pango_the_person_gets_a_plain_sentence(monkeypatch):
    class NoLibrary:
        @staticmethod
        def find_spec(name, path=None, target=None):
            if name == "office.papers.press":
                raise OSError("cannot load library 'libpango-1.0.so.0'")

    monkeypatch.delitem(sys.modules, "office.papers.press")
    monkeypatch.delattr(papers, "press")
    monkeypatch.setattr(sys, "meta_path", [NoLibrary, *sys.meta_path])
    pdf._press.cache_clear()
    with pytest.raises(pdf.PaperProblem, match="缺少生成 PDF 的系统部件"):
        pdf.render("<p>汉</p>")


def test_importing_the_paper_module_does_not_load_weasyprint():
    program = "import sys; import office.papers.pdf, office.papers.fonts; sys.exit('weasyprint' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", program], check=False).returncode == 0


def test_a_limited_process_cannot_take_more_memory():
    program = "from office.papers.pdf import limit_process as l; l(300 << 20); bytearray(400 << 20)"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False)
    assert "MemoryError" in done.stderr


def test_a_paper_can_be_made_within_one_gigabyte():
    program = (
        "import sys; from office.papers import pdf; pdf.limit_process(1 << 30);"
        "sys.exit(not pdf.render(sys.stdin.read()).startswith(b'%PDF'))"
    )
    html = paper("<p>" + PROSE * 40 + "</p>").encode()
    assert subprocess.run([sys.executable, "-c", program], input=html, check=False).returncode == 0
