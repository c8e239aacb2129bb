"""The process that opens Word templates from users: `python -m office.papers.templates_child`.

One JSON line and the template on stdin, the answer on stdout. It holds no secret, no database and no Django; if a file
makes it swell or hang, it dies alone. A template may only name what it wants filled: `{{ 标题 }}`. Everything else Jinja
could do (loops, filters, attributes, calls) is refused before anything is filled.
"""

import copy
import io
import json
import resource
import secrets
import sys
import warnings

from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docxtpl import DocxTemplate
from jinja2 import StrictUndefined, TemplateError, nodes
from jinja2.sandbox import SandboxedEnvironment

from office.papers.pdf import limit_process

MEGABYTE = 1024 * 1024
PROBLEM_EXIT = 3
TEXT = "正文"  # the one placeholder that becomes several paragraphs
BAD_WORDS = "这份模板里写了“{}”，没有这个占位。请对照占位清单改正，再传。"
CODE = "这份模板里除了占位还写了别的指令（{}），不能用。请只留双花括号里写名称的占位。"
BROKEN = "这份模板里的占位写得不完整（少了半边花括号），请检查后再传。"
NONE_FOUND = "这份模板里一个占位也没有，填不进内容。请对照占位清单写上占位，再传。"
_BODY = f"{TEXT}{secrets.token_hex(16)}"  # 一次一个，别处写的字撞不上
_PROPERTIES = ("author", "comments", "identifier", "language", "subject", "title")
_FACES = {"hei": "黑体", "kai": "楷体_GB2312"}


class Problem(Exception):
    """Words for the person who sent the template."""


def main():
    limit_process(512 * MEGABYTE)
    resource.setrlimit(resource.RLIMIT_CPU, (20, 20))
    warnings.simplefilter("ignore")
    request = json.loads(sys.stdin.buffer.readline())
    try:
        answer = fill(sys.stdin.buffer.read(), request["values"], request["paragraphs"])
    except Problem as problem:
        sys.stdout.buffer.write(str(problem).encode())
        sys.exit(PROBLEM_EXIT)
    sys.stdout.buffer.write(answer)


def fill(data: bytes, values: dict, paragraphs: list) -> bytes:
    """The template with its placeholders filled. `values` are plain texts by name, `paragraphs` those of 正文 as
    [[text, face], …] each. Raises Problem."""
    environment = SandboxedEnvironment(autoescape=True, undefined=StrictUndefined)
    environment.globals.clear()
    template = DocxTemplate(io.BytesIO(data))
    _check(template, environment, {*values, TEXT})
    try:
        template.render(values | {TEXT: _BODY}, environment, autoescape=True)
    except TemplateError as fault:
        raise Problem(BROKEN) from fault
    _set_text(template.docx, paragraphs)
    out = io.BytesIO()
    template.save(out)
    return out.getvalue()


def _check(template, environment, allowed):
    """Refuse whatever is not a bare name of the list, in the text, headers and footers."""
    template.init_docx()
    for name in _PROPERTIES:  # 属性里也会被当成模板填
        setattr(template.docx.core_properties, name, "")
    found = set()
    for source in _sources(template):
        try:
            tree = environment.parse(source)
        except TemplateError as fault:
            raise Problem(BROKEN) from fault
        for node in tree.find_all(nodes.Node):
            _refuse_code(node)
        found |= {name.name for name in tree.find_all(nodes.Name)}
    if unknown := sorted(found - allowed):
        raise Problem(BAD_WORDS.format(unknown[0][:20]))
    if not found:
        raise Problem(NONE_FOUND)


def _sources(template):
    """What docxtpl is going to hand to Jinja: the text, headers, footers and footnotes."""
    yield template.patch_xml(template.get_xml())
    for kind in (template.HEADER_URI, template.FOOTER_URI):
        for _, part in template.get_headers_footers(kind):
            yield template.patch_xml(template.get_part_xml(part))
    for part in template.docx.part.package.iter_parts():
        if part.content_type.endswith("footnotes+xml"):
            yield template.patch_xml(part.blob.decode())


def _refuse_code(node):
    if not isinstance(node, (nodes.Template, nodes.Output, nodes.TemplateData, nodes.Name)):
        raise Problem(CODE.format(type(node).__name__))


def _set_text(document, paragraphs):
    """Put the text where its placeholder stood, each paragraph formatted like the one that held it."""
    for paragraph in list(document.element.body.iter(qn("w:p"))):
        written = "".join(t.text or "" for t in paragraph.iter(qn("w:t")))
        if _BODY not in written:
            continue
        before, after = written.split(_BODY, 1)
        made = [*([[[before, ""]]] if before else []), *paragraphs, *([[[after, ""]]] if after else [])]
        for pieces in made:
            paragraph.addprevious(_like(paragraph, pieces))
        paragraph.getparent().remove(paragraph)


def _like(model, pieces):
    made = OxmlElement("w:p")
    if (properties := model.find(qn("w:pPr"))) is not None:
        made.append(copy.deepcopy(properties))
    face = model.find(f".//{qn('w:r')}/{qn('w:rPr')}")
    for text, wanted in pieces:
        run = OxmlElement("w:r")
        run.append(_run_properties(face, wanted))
        words = OxmlElement("w:t")
        words.text = text
        words.set(qn("xml:space"), "preserve")
        run.append(words)
        made.append(run)
    return made


def _run_properties(model, face):
    made = copy.deepcopy(model) if model is not None else OxmlElement("w:rPr")
    if face:
        for fonts in made.findall(qn("w:rFonts")):
            made.remove(fonts)
        fonts = OxmlElement("w:rFonts")
        fonts.set(qn("w:eastAsia"), _FACES[face])
        made.insert(0, fonts)
    return made


if __name__ == "__main__":
    main()
