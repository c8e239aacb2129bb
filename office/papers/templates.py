"""A town's own Word templates for 纪要 and 通知: kept, tried with invented words, filled, given up (stack: docxtpl).

A template names what it wants as `{{ 标题 }}`; nothing else is allowed in it. It is opened only in a process of its own
(office.papers.templates_child). Where filling fails, the layout of GB/T 9704 is used and the reader is told.
"""

import hashlib
import io
import json
import secrets
import subprocess
import sys
import zipfile
from functools import partial
from pathlib import Path

from django.conf import settings
from django.core.files.storage import default_storage
from django.db import transaction
from django.utils import timezone

from office.audit import trail
from office.papers import docx
from office.papers.builds import write_whole
from office.papers.document_pdf import lines_of
from office.papers.layout import HEADING, LIST, TABLE, Layout, read_text
from office.papers.models import Kind, PaperTemplate
from office.papers.pdf import PaperProblem
from office.sheets.guard import part_key

KINDS = (Kind.MINUTES, Kind.NOTICE)
MAX_BYTES = 2 * 1024 * 1024
MAX_ENTRIES, MAX_UNPACKED, MAX_RATIO = 300, 20 * 1024 * 1024, 200
SECONDS = 30
TEXT = "正文"
PLACEHOLDERS = {  # 占位 → 填什么
    "发文机关标志": "例如 中共示范镇委员会文件、城东社区联席会议纪要",
    "发文字号": "签发后才有，例如 示委发〔2026〕5号",
    "紧急程度": "加急、特急；没有时空着",
    "标题": "公文标题",
    "主送机关": "不带冒号",
    TEXT: "正文，一段一段照占位这一段的格式排；要单独占一段",
    "附件说明": "附件的名称，用分号隔开",
    "署名": "发文机关全称",
    "成文日期": "签发的日期",
    "附注": "联系人和电话",
    "出席": "纪要的出席人",
    "请假": "纪要的请假人",
    "列席": "纪要的列席人",
    "抄送": "抄送机关",
    "印发机关": "发文机关全称",
    "印发日期": "签发的日期",
}
FELL_BACK = "镇里的模板没有填成（{}），这一份用的是国标版式。请到“公文模板”换一份模板。"
_FACE_OF_LEVEL = {1: "hei", 2: "kai"}
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_FAULTS = (zipfile.BadZipFile, zipfile.LargeZipFile, EOFError, NotImplementedError, OSError, RuntimeError, ValueError)


# --- Kept and given up --------------------------------------------------------------------------------------------


def keep(town, kind, upload, *, by) -> PaperTemplate:
    """Check the file, try it, and keep it as the town's template for the kind, in place of an earlier one.

    `upload` is an uploaded file. Raises PaperProblem with what is wrong with it.
    """
    data = _read(upload)
    fill_bytes(data, invented(kind))
    file = f"templates/{town.pk}-{kind}-{secrets.token_hex(8)}.docx"
    sha256, _ = write_whole(Path(default_storage.path(file)), data)
    with transaction.atomic():
        kept = PaperTemplate.objects.select_for_update().filter(town=town, kind=kind).first()
        kept = kept or PaperTemplate(town=town, kind=kind)
        if kept.file:
            transaction.on_commit(partial(_forget, kept.file))
        kept.file, kept.file_name, kept.sha256 = file, _shown_name(upload.name), sha256
        kept.uploaded_by, kept.uploaded_at = by, timezone.now()
        kept.save()
        trail.record("papers.template_kept", kept, by=by, changes={"文件名": (None, kept.file_name)})
    return kept


@transaction.atomic
def remove(template, *, by):
    """Give the template up: from now on the layout of GB/T 9704 is used."""
    trail.record("papers.template_removed", template, by=by, changes={"文件名": (template.file_name, None)})
    transaction.on_commit(partial(_forget, template.file))
    template.delete()


def bytes_of(template) -> bytes:
    """The template's file. Raises PaperProblem when it is gone or was changed."""
    try:
        data = Path(default_storage.path(template.file)).read_bytes()
    except FileNotFoundError:
        raise PaperProblem("模板文件不在了") from None
    if hashlib.sha256(data).hexdigest() != template.sha256:
        raise PaperProblem("模板文件被改动过")
    return data


# --- Filled -------------------------------------------------------------------------------------------------------


def word_file(layout: Layout, town) -> tuple[bytes, str]:
    """(.docx, words for the reader): by the town's template where there is one; else, or where it cannot be filled,
    by GB/T 9704. The words are empty when all is well."""
    template = PaperTemplate.objects.filter(town=town, kind=layout.kind).first()
    if template is None:
        return docx.render(layout), ""
    try:
        return fill_bytes(bytes_of(template), layout), ""
    except PaperProblem as problem:
        return docx.render(layout), FELL_BACK.format(str(problem).rstrip("。"))


def trial(template) -> bytes:
    """The template filled with invented words. Raises PaperProblem."""
    return fill_bytes(bytes_of(template), invented(template.kind))


def fill_bytes(data: bytes, layout: Layout) -> bytes:
    """A template filled with a document, in a limited process. Raises PaperProblem."""
    request = json.dumps({"values": _values(layout), "paragraphs": list(_paragraphs(layout))}, ensure_ascii=True)
    try:
        done = subprocess.run(  # noqa: S603 - our own module, nothing of the user's on the command line
            [sys.executable, "-m", "office.papers.templates_child"],
            input=request.encode() + b"\n" + data,
            capture_output=True,
            timeout=SECONDS,
            cwd=settings.BASE_DIR,
            env={"PYTHONIOENCODING": "utf-8"},  # 只给它这些：密钥和口令不进那个进程
            check=False,
        )
    except subprocess.TimeoutExpired:
        raise PaperProblem("这份模板填了太久，没有填完。请换一份简单些的。") from None
    if done.returncode == 3:  # noqa: PLR2004 - templates_child.PROBLEM_EXIT; 那个模块不进网页进程
        raise PaperProblem(done.stdout.decode())
    if done.returncode or not done.stdout.startswith(b"PK"):
        raise PaperProblem("这份模板打不开。请在 WPS 或 Word 里另存为一个新的 .docx 再传。")
    return done.stdout


def invented(kind) -> Layout:
    """Invented words for trying a template."""
    text = "这是测试填充的第一段，人和事都是编的。\n一、时间安排\n（一）十二月十日前。各支部完成。\n二、有关要求\n——按时报送。"
    blocks, _ = read_text(text)
    minutes = kind == Kind.MINUTES
    return Layout(
        kind=kind,
        title="测试填充用的标题",
        issuer="中共某某镇委员会",
        signed=True,
        mark="某某社区联席会议纪要" if minutes else "中共某某镇委员会文件",
        number="某委发〔2026〕1号",
        addressee="" if minutes else "各社区党委",
        blocks=tuple(blocks),
        signature="" if minutes else "中共某某镇委员会",
        date="" if minutes else "2026年1月5日",
        note="联系人：张三，电话：12345678",
        present="张三、李四、王䶮" if minutes else "",
        on_leave="赵六" if minutes else "",
        observers="物业陈经理" if minutes else "",
        cc="某某单位",
        printed_by="中共某某镇委员会",
        printed_on="2026年1月5日",
    )


def _values(d: Layout) -> dict[str, str]:
    return {
        "发文机关标志": d.mark if d.signed else f"{d.mark}（公文稿 · 未签发）",
        "发文字号": d.number,
        "紧急程度": d.urgency,
        "标题": d.title,
        "主送机关": d.addressee,
        "附件说明": "；".join(number + name for number, name in d.attachment_notes),
        "署名": d.signature,
        "成文日期": d.date,
        "附注": d.note,
        "出席": d.present,
        "请假": d.on_leave,
        "列席": d.observers,
        "抄送": d.cc,
        "印发机关": d.printed_by,
        "印发日期": d.printed_on,
    }


def _paragraphs(d: Layout):
    """正文 as [[text, face], …] a paragraph; a table becomes lines, its cells a space apart."""
    for line in lines_of(d.blocks):
        if line.kind == LIST:
            yield from ([[f"——{item}", ""]] for item in line.items)
        elif line.kind == TABLE:
            yield from ([["　".join(row), ""]] for row in line.rows)
        elif line.kind == HEADING:
            pieces = [[line.head, _FACE_OF_LEVEL.get(line.level, "")], [line.text, ""]]
            yield [piece for piece in pieces if piece[0]]
        else:
            yield [[line.text, ""]]


# --- The first look at what was sent -----------------------------------------------------------------------------


def _read(upload) -> bytes:
    """The bytes of a plain .docx of a reasonable size, that points nowhere. Raises PaperProblem."""
    if not upload.name.strip().lower().endswith(".docx"):
        raise PaperProblem("请传 .docx 文件。其他格式请先在 WPS 或 Word 里另存为 .docx 再传。")
    if upload.size > MAX_BYTES:
        raise PaperProblem("这个文件超过 2 MB。请去掉里面的图片，再传。")
    data = upload.read()
    if data.startswith(_OLE):
        raise PaperProblem("这是旧的 .doc 文件或设了密码的文件。请另存为没有密码的 .docx 再传。")
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            _check_directory(archive.infolist())
            _check_parts(archive)
    except _FAULTS as fault:
        raise PaperProblem("这个文件打不开，可能没有传完整。请重新传一次。") from fault
    return data


def _check_directory(entries):
    names = [part_key(entry.filename) for entry in entries]
    unpacked = sum(entry.file_size for entry in entries)
    swollen = any(e.file_size > 1024**2 and e.file_size > MAX_RATIO * max(e.compress_size, 1) for e in entries)
    if len(entries) > MAX_ENTRIES or unpacked > MAX_UNPACKED or swollen:
        raise PaperProblem("这个文件展开后太大。请只留下要填的文字，另存后再传。")
    if "word/document.xml" not in names or len(set(names)) != len(names):
        raise PaperProblem("这不是 Word 文件，只是名字像。请在 WPS 或 Word 里另存为 .docx 再传。")
    if any("vbaproject" in name or "/activex/" in name for name in names):
        raise PaperProblem("这个文件带有宏。请去掉宏后另存为 .docx 再传。")
    if any("/embeddings/" in name or "/afchunk" in name for name in names):
        raise PaperProblem("这个文件里嵌着别的文件。请去掉嵌入的对象，再传。")


def _check_parts(archive):
    """What a part may not hold: pointers to other files or the network, and document types of its own."""
    for entry in archive.infolist():
        if not part_key(entry.filename).endswith((".xml", ".rels")):
            continue
        text = archive.read(entry)
        if b"<!DOCTYPE" in text or b"<!ENTITY" in text or text[:2] in (b"\xff\xfe", b"\xfe\xff"):
            raise PaperProblem("这个文件的写法不合规矩，不能用。请在 WPS 或 Word 里另存为一个新的 .docx 再传。")
        if b'TargetMode="External"' in text or b"TargetMode='External'" in text:
            raise PaperProblem("这个文件里有链接（网址、外部图片或别的模板）。请去掉链接，再传。")


def _shown_name(name):
    return Path(name.replace("\\", "/")).name[-200:]


def _forget(file):
    Path(default_storage.path(file)).unlink(missing_ok=True)
