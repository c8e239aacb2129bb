"""Whatever is typed into any field of a 公文: nothing is fetched, nothing runs, nothing is lost — on the page, in the
PDF, in the Word file, in the Word file by the town's template."""

import io
import re
import threading
import zipfile
from html import unescape
from http.server import BaseHTTPRequestHandler, HTTPServer

import docx as python_docx
import pypdf
import pytest
from django.test import Client
from django.urls import reverse
from lxml import etree

from office.papers import document_pdf, document_press, documents, docx, layout, templates
from tests.cast import enter
from tests.documents import cast
from tests.office.papers.test_document_templates import made

# {0} 是在听的地址。
PAYLOADS = [
    "<script>alert(1)</script>",
    "<img src={0}/a.png onerror=alert(1)>",
    "\"'><svg/onload=alert(1)>",
    "<link rel=stylesheet href={0}/a.css>",
    "<style>@import '{0}/b.css'; p {{ background: url({0}/c.png) }}</style>",
    "<base href='{0}/'><img src=d.png>",
    "<object data='{0}/e.svg'></object><embed src='{0}/f'>",
    "<a href='javascript:alert(1)'>点这里</a>",
    "<iframe src='file:///etc/passwd'></iframe>",
    "<link rel=attachment href='file:///etc/passwd'>",
    "</p></body></html><h1>假标题</h1>",
    "]]><!DOCTYPE a [<!ENTITY b SYSTEM '{0}/g'>]>&b;",
    '<section data-place="">假版记</section>',
    'data-place=""',
    "<w:p><w:r><w:t>假段</w:t></w:r></w:p>",
    "{{{{ settings.SECRET_KEY }}}}{{% debug %}}{{# x #}}",
    "{{{{ 标题.__class__ }}}}",
    "5 < 6 & 7 > 3 &amp; &lt; &#60;",
    '=HYPERLINK("{0}/h","点")',
    'INCLUDEPICTURE "{0}/i.png"',
    "../../../etc/passwd",
    "王㛃张䶮李𠅤刘𬱖",
    "“引”‘号’——破折……省略·间隔",
    "e\u0301 ﷽ ١٢٣ １２３ ² ①",
    "👨\u200d👩\u200d👧 😀",
    "汉\u200b字\u2060分\ufeff开",
]
ELEMENTS = [e for e in documents.ELEMENTS if e not in ("urgency", "sealed")]


@pytest.fixture(scope="module")
def listener():
    """A web server on this machine that notes what it is asked for."""
    asked = []

    class Note(BaseHTTPRequestHandler):
        def do_GET(self):
            asked.append(self.path)
            self.send_response(404)
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


@pytest.fixture(params=range(len(PAYLOADS)), ids=lambda n: PAYLOADS[n][:24])
def hostile(request, listener):
    """(words, addresses asked for)."""
    address, asked = listener
    return PAYLOADS[request.param].format(address), asked


def begin(place, words, kind="notice"):
    """A document with the words in every field, as paragraph, heading, item, cell and attachment."""
    text = f"{words}\n一、{words}\n（一）甲。{words}\n——{words}\n|{words}|乙|\n附件：{words}\n{words}"
    elements = dict.fromkeys((e for e in ELEMENTS if e != "title"), words[:40])
    return cast.begin(place, kind, by="镇党建办", issuer="西塘镇", title=words, **elements | {"text": text})


def squeezed(text):
    """Without what a PDF does not keep: spaces, invisible characters."""
    return re.sub(r"[\s\u00ad\u200b-\u200d\u2060\ufeff]", "", text)


def laid(place, words):
    return documents.layout_of(begin(place, words))


def test_the_page_shows_it_as_words(place, hostile):
    words, asked = hostile
    document, client = begin(place, words), plain(place)
    for name in ("document", "document_edit", "document_slip"):
        response = client.get(reverse(name, args=[document.pk]))
        html = response.content.decode()
        assert response.status_code == 200
        assert layout.clean_line(words) in unescape(html)
        assert not re.search(r"<(script(?![^>]*src=)|img|iframe|object|embed|base|svg/)", html)
    assert asked == []


def plain(place):
    """A client that does not look for braces and handlers, which here are the words shown."""
    client = Client()
    enter(client, place.user["镇党建办"])
    return client


@pytest.mark.any_database
def test_the_pdf_keeps_every_word_and_fetches_nothing(place, hostile):
    words, asked = hostile
    data = document_press.print_document(document_pdf.page_of(laid(place, words)))
    reader = pypdf.PdfReader(io.BytesIO(data))
    said = squeezed("".join(page.extract_text() for page in reader.pages))
    drawable = squeezed("".join(c for c in words if c not in documents.missing_glyphs(words)))
    if "\u0301" not in words and "①" not in words:  # 组合附加符和连字，PDF 里抽出来的次序不同
        assert drawable in said
    assert asked == []
    assert reader.attachments == {}
    assert "root:" not in said
    for page in reader.pages:
        assert not list(page.images)
        assert "/Annots" not in page


@pytest.mark.any_database
def test_the_word_file_keeps_every_word_and_points_nowhere(place, hostile):
    words, asked = hostile
    data = docx.render(laid(place, words))
    check_package(data)
    said = everything(data)
    assert layout.clean_line(words) in said
    assert asked == []


@pytest.mark.any_database
def test_the_towns_template_keeps_every_word_and_runs_nothing(place, hostile):
    words, asked = hostile
    lines = [f"{{{{ {name} }}}}" for name in templates.PLACEHOLDERS]
    data = templates.fill_bytes(made(*lines), laid(place, words))
    check_package(data)
    assert layout.clean_line(words) in everything(data)
    assert asked == []


def everything(data):
    """All text of a Word file, a paragraph a line, table cells too."""
    opened = python_docx.Document(io.BytesIO(data))
    tag = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
    return "\n".join("".join(t.text or "" for t in p.iter(f"{tag}t")) for p in opened.element.body.iter(f"{tag}p"))


def check_package(data):
    """Every part is well-formed; no relationship leaves the file; no field but the page number; nothing embedded."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        for name in archive.namelist():
            if not name.endswith((".xml", ".rels")):
                continue
            root = etree.fromstring(archive.read(name))
            modes = [r.get("TargetMode") for r in root.iter("{*}Relationship")]
            assert "External" not in modes, name
            fields = {i.text.strip() for i in root.iter("{*}instrText")}
            assert fields <= {"PAGE"}, name
            assert not list(root.iter("{*}hyperlink", "{*}object", "{*}altChunk"))
        assert not [n for n in archive.namelist() if "vba" in n.lower() or "embeddings" in n.lower()]
