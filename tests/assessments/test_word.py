"""A paper's HTML as Word: the same text, real tables, a file Word opens, nothing that points outside."""

import io
import re
import zipfile

import pytest
from django.urls import reverse
from docx import Document
from docx.oxml.ns import qn
from docx.shared import Mm, Pt

from assessments import docx
from office.audit.models import Trail

PAPER = '<html><body data-made-on="周敏生成" data-mark="材料 · 未签发">{}</body></html>'


def word(body):
    return Document(io.BytesIO(docx.from_html(PAPER.format(body))))


def texts(document):
    return [paragraph.text for paragraph in document.paragraphs if paragraph.text]


def test_headings_are_headings_and_spaces_run_together_as_in_html():
    document = word(
        "<p class='mark'>材料 · 未签发</p><h1>甲<br>\n乙</h1><h2>一、基本\n  情况</h2><p> 共 <em>三</em>人\n。</p>"
    )
    assert texts(document) == ["材料 · 未签发", "甲\n乙", "一、基本 情况", "共 三人 。"]
    assert [p.style.name for p in document.paragraphs] == ["Normal", "Title", "Heading 1", "Normal"]


def test_full_width_spaces_in_names_stay():
    assert texts(word("<p>丁　宁</p>")) == ["丁　宁"]


def test_tables_are_real_and_repeat_their_head():
    document = word("<table><thead><tr><th>日期</th><th>议题</th></tr></thead><tbody><tr><td class='nowrap'>2026.01.05</td>"
                    "<td class='text'>电梯<br>协商</td></tr></tbody></table>")  # fmt: skip
    (table,) = document.tables
    assert [[cell.text for cell in row.cells] for row in table.rows] == [["日期", "议题"], ["2026.01.05", "电梯\n协商"]]
    assert table.rows[0]._tr.trPr.find(qn("w:tblHeader")) is not None
    assert table.rows[1]._tr.trPr.find(qn("w:tblHeader")) is None
    assert sum(column.width for column in table.columns) == pytest.approx(Mm(156), rel=0.01)


def test_a_plot_becomes_its_table():
    document = word("<figure><svg><title>画</title><text>3</text></svg><table><tr><th>1月</th><td>3次</td></tr></table>"
                    "<figcaption>各月</figcaption></figure>")  # fmt: skip
    assert [cell.text for cell in document.tables[0].rows[0].cells] == ["1月", "3次"]
    assert texts(document) == ["各月"]
    assert all(p.paragraph_format.keep_with_next for cell in document.tables[0]._cells for p in cell.paragraphs)


def test_a_column_that_must_not_break_gets_its_width():
    row = "<td class='nowrap'>2026.01.05</td><td class='text'>" + "很长的议题" * 20 + "</td>"
    document = word(f"<table><tr>{row}</tr></table>")
    assert document.tables[0].columns[0].width > 10 * 0.6 * Pt(12)


def test_pages_measure_as_the_pdf_and_wide_tables_lie_on_their_side():
    document = word("<p>甲</p><section class='wide'><h2>附件</h2></section>")
    upright, wide = document.sections
    assert [round(side.mm) for side in (upright.page_width, upright.page_height)] == [210, 297]
    margins = (upright.top_margin, upright.bottom_margin, upright.left_margin, upright.right_margin)
    assert [round(side.mm) for side in margins] == [37, 35, 28, 26]
    assert [round(side.mm) for side in (wide.page_width, wide.page_height)] == [297, 210]


def test_page_numbers_stand_outside_and_the_mark_on_every_page_after_the_first():
    document = word("<p>甲</p>")
    section = document.sections[0]
    for footer in (section.footer, section.first_page_footer, section.even_page_footer):
        assert "PAGE" in footer._element.xpath("string(.//w:instrText)")
        assert "周敏生成" in footer.paragraphs[0].text
    assert section.footer.paragraphs[0].text.startswith("周敏生成")
    assert section.even_page_footer.paragraphs[0].text.endswith("周敏生成")
    assert section.header.paragraphs[0].text == "材料 · 未签发"
    assert section.first_page_header.is_linked_to_previous


def test_fonts_are_named_in_chinese_with_stand_ins():
    data = zipfile.ZipFile(io.BytesIO(docx.from_html(PAPER.format("<h1>甲</h1><p>乙</p>"))))
    body, fonts = data.read("word/document.xml").decode(), data.read("word/fontTable.xml").decode()
    assert 'w:eastAsia="方正小标宋简体"' in body
    assert 'w:eastAsia="仿宋_GB2312"' in body
    assert re.search(r'w:name="仿宋_GB2312"><w:altName w:val="仿宋"', fonts)


@pytest.mark.parametrize(
    "typed",
    [
        "5 < 6 & 7 > 3",
        "<script>alert(1)</script>",
        "<img src=http://127.0.0.1:9/x>",
        "{{ 7*7 }}",
        "=HYPERLINK(1)",
        "\"quoted\" 'too'",
        "䶮㛃𠅤𬱖",
        "]]>",
        "w:instrText",
    ],
)
def test_what_people_typed_stays_text_and_points_nowhere(typed):
    escaped = typed.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    data = docx.from_html(PAPER.format(f"<p>前{escaped}后</p><table><tr><td>{escaped}</td></tr></table>"))
    document = Document(io.BytesIO(data))
    assert texts(document)[0] == f"前{typed}后"
    assert document.tables[0].rows[0].cells[0].text == typed
    archive = zipfile.ZipFile(io.BytesIO(data))
    assert not [name for name in archive.namelist() if b'TargetMode="External"' in archive.read(name)]
    assert not [name for name in archive.namelist() if "media" in name or "embed" in name or "vba" in name]


def test_characters_that_no_file_can_hold_are_left_out():
    assert texts(word("<p>甲\x00\x08\x1f乙\ufffe丙</p>")) == ["甲乙丙"]


def test_it_carries_nothing_of_its_makers_template():
    data = zipfile.ZipFile(io.BytesIO(docx.from_html(PAPER.format("<h1>甲</h1>"))))
    assert not [name for name in data.namelist() if "thumbnail" in name]
    about = data.read("docProps/core.xml").decode()
    assert "python-docx" not in about
    assert "<dc:title>甲</dc:title>" in about


def test_a_report_begun_is_a_draft_with_the_years_facts_and_room_for_the_rest(place, as_user):
    report = place.report["湖畔党支部"]
    report.problem = "5 < 6 的电梯"
    report.save()
    response = as_user("支部书记").post(reverse("report_word", args=[report.branch_id, report.year]))
    document = Document(io.BytesIO(b"".join(response.streaming_content)))
    said = texts(document)
    assert said[:2] == ["材料 · 未签发", f"湖畔党支部书记{report.year}年度述职报告"]
    assert "二、履行第一责任人职责及重点任务" in said
    assert any("直管党员3名" in line for line in said)
    assert "5 < 6 的电梯" in said
    assert said[said.index("五、下一步打算") + 1] == "（还没有写）"
    row = Trail.objects.get(verb="papers.downloaded")
    assert row.changes == {"file": [None, f"湖畔党支部{report.year}年度述职报告.docx"]}
    report.refresh_from_db()
    assert report.numbers == [], "a draft's numbers are not frozen by looking at it"
