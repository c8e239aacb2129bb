"""A town's own Word templates: only bare placeholders, nothing that points outside, and always a file in the end."""

import io
import zipfile

import docx as python_docx
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from office.papers import templates
from office.papers.models import PaperTemplate
from office.papers.pdf import PaperProblem
from tests.office.papers.test_document_pdf import document

LINES = (
    "{{ 发文机关标志 }}",
    "{{ 发文字号 }}",
    "{{ 标题 }}",
    "{{主送机关}}：",
    "{{ 正文 }}",
    "{{ 署名 }} {{ 成文日期 }}",
)


def made(*lines, header="", **properties):
    """The bytes of a .docx with these paragraphs."""
    file = python_docx.Document()
    for line in lines:
        paragraph = file.add_paragraph()
        # 两段一起才是一个占位：人改过的文件常常这样。
        for piece in (line[:3], line[3:]):
            paragraph.add_run(piece).bold = True
    file.sections[0].header.paragraphs[0].text = header
    for name, value in properties.items():
        setattr(file.core_properties, name, value)
    out = io.BytesIO()
    file.save(out)
    return out.getvalue()


def upload(data, name="通知模板.docx"):
    return SimpleUploadedFile(name, data)


def words(data):
    return [p.text for p in python_docx.Document(io.BytesIO(data)).paragraphs]


def with_part(data, name, text):
    """The package with one more part, or another text in a part it has."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as source, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as target:
        for entry in source.infolist():
            if entry.filename != name:
                target.writestr(entry, source.read(entry))
        target.writestr(name, text)
    return out.getvalue()


def test_placeholders_are_filled_and_the_text_takes_its_paragraphs_format():
    filled = templates.fill_bytes(made(*LINES, header="{{ 发文机关标志 }}"), document())
    said = words(filled)
    assert said[:4] == ["中共示范镇委员会文件", "示委发〔2026〕12号", "关于开展述职评议的通知", "各社区党委："]
    assert said[4:8] == [
        "现将有关事项通知如下。",
        "一、总体要求",
        "（一）压实责任。各社区党委书记为第一责任人。",
        "（二）注重实效",
    ]
    assert said[-1] == "中共示范镇委员会 2026年1月5日"
    opened = python_docx.Document(io.BytesIO(filled))
    assert all(run.bold for p in opened.paragraphs[4:8] for run in p.runs)
    assert opened.sections[0].header.paragraphs[0].text == "中共示范镇委员会文件"


def test_what_people_wrote_is_text_and_not_instructions():
    hostile = '5 < 6 & {{ 标题 }} {% for x in 9 %} <w:p/> ]]> "引" &amp;'
    filled = templates.fill_bytes(made(*LINES), document(title=hostile, text=hostile))
    assert words(filled)[2] == hostile
    assert hostile in words(filled)


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("{{ 姓名 }}", "没有这个占位"),
        ("{% for x in 标题 %}{{ 标题 }}{% endfor %}", "别的指令"),
        ("{{ 标题|upper }}", "别的指令"),
        ("{{ 标题.__class__ }}", "别的指令"),
        ("{{ 标题.format(1) }}", "别的指令"),
        ("{{ 9 ** 9 ** 9 }}", "别的指令"),
        ("{{ ''.__class__.__mro__ }}", "别的指令"),
        ("{%p if 标题 %}", "不完整|别的指令"),
        ("{{ 标题 }", "不完整|一个占位也没有"),
        ("{{ 标题", "不完整|一个占位也没有"),
        ("没有占位的一段", "一个占位也没有"),
    ],
)
def test_anything_but_a_bare_name_is_refused_in_words(line, said):
    with pytest.raises(PaperProblem, match=said):
        templates.fill_bytes(made(line), document())


def test_instructions_hidden_in_header_or_properties_are_never_run():
    with pytest.raises(PaperProblem, match="别的指令"):
        templates.fill_bytes(made(*LINES, header="{{ 标题.__class__ }}"), document())
    filled = templates.fill_bytes(made(*LINES, title="{{ 9 ** 9 ** 9 }}", author="{% for x in 标题 %}"), document())
    assert python_docx.Document(io.BytesIO(filled)).core_properties.title == ""


EXTERNAL = (
    '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="r9" '
    'Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/attachedTemplate" '
    'Target="http://127.0.0.1/x.dotm" TargetMode="External"/></Relationships>'
)
BAD_FILES = {
    "空.docx": (b"", "打不开"),
    "模板.doc": (b"x", "请传 .docx"),
    "模板.docm": (b"x", "请传 .docx"),
    "旧.docx": (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600, "旧的 .doc"),
    "不是.docx": (b"<html>", "打不开"),
    "大.docx": (b"P" * (templates.MAX_BYTES + 1), "超过 2 MB"),
    "宏.docx": (with_part(made(*LINES), "word/vbaProject.bin", "x"), "带有宏"),
    "嵌入.docx": (with_part(made(*LINES), "word/embeddings/a.bin", "x"), "嵌着别的文件"),
    "链接.docx": (with_part(made(*LINES), "word/_rels/settings.xml.rels", EXTERNAL), "有链接"),
    "炸弹.docx": (with_part(made(*LINES), "word/media/a.png", b"\0" * (21 * 1024 * 1024)), "展开后太大"),
    "实体.docx": (with_part(made(*LINES), "word/notes.xml", '<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>'), "不合规矩"),
    "坏的.docx": (with_part(made(*LINES), "word/document.xml", "<w:document"), "打不开"),
    "表格.docx": (with_part(made(*LINES), "word/Document.xml", "<a/>"), "不是 Word|打不开"),
}


@pytest.mark.parametrize("name", BAD_FILES)
def test_bad_files_are_refused_in_words_and_nothing_is_kept(place, name):
    data, said = BAD_FILES[name]
    with pytest.raises(PaperProblem, match=said):
        templates.keep(place.town["西塘镇"], "notice", upload(data, name), by=place.user["镇党建办"])
    assert not PaperTemplate.objects.exists()


def test_a_kept_template_is_used_and_a_new_one_takes_its_place(place, django_capture_on_commit_callbacks):
    town, by = place.town["西塘镇"], place.user["镇党建办"]
    first = templates.keep(town, "notice", upload(made("甲", *LINES)), by=by)
    old = templates.default_storage.path(first.file)
    assert words(templates.word_file(document(), town)[0])[0] == "甲"
    with django_capture_on_commit_callbacks(execute=True):
        templates.keep(town, "notice", upload(made("乙", *LINES)), by=by)
    assert words(templates.word_file(document(), town)[0])[0] == "乙"
    assert PaperTemplate.objects.count() == 1
    assert not templates.Path(old).exists()


def test_a_trial_says_what_a_filled_one_looks_like(place):
    kept = templates.keep(
        place.town["西塘镇"], "minutes", upload(made("{{ 标题 }}", "{{ 出席 }}")), by=place.user["镇党建办"]
    )
    assert words(templates.trial(kept)) == ["测试填充用的标题", "张三、李四、王䶮"]


def test_when_filling_fails_the_standard_layout_is_used_and_the_reader_told(place):
    town = place.town["西塘镇"]
    kept = templates.keep(town, "notice", upload(made(*LINES)), by=place.user["镇党建办"])
    templates.Path(templates.default_storage.path(kept.file)).write_bytes(b"broken")
    data, said = templates.word_file(document(), town)
    assert "模板文件被改动过" in said
    assert "国标版式" in said
    assert "各社区党委：" in words(data)


def test_given_up_the_standard_layout_is_used(place, django_capture_on_commit_callbacks):
    town, by = place.town["西塘镇"], place.user["镇党建办"]
    kept = templates.keep(town, "notice", upload(made("甲", *LINES)), by=by)
    with django_capture_on_commit_callbacks(execute=True):
        templates.remove(kept, by=by)
    data, said = templates.word_file(document(), town)
    assert "甲" not in words(data)
    assert said == ""


def test_another_towns_template_is_not_used(place):
    templates.keep(place.town["东港镇"], "notice", upload(made("甲", *LINES)), by=place.user["邻镇党建办"])
    assert "甲" not in words(templates.word_file(document(), place.town["西塘镇"])[0])
