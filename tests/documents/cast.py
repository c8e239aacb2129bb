"""Documents of the cast, one in each state: 北社区's minutes, its 请示, the town's notice to it."""

from django.utils import timezone

from office.papers import documents
from office.papers.models import ArchivedFile, Document, PaperTemplate, Stage

WORDS = {"minutes": "北社纪", "request": "北社请", "notice": "北社发"}
DRAFTER, REVIEWER, SIGNER = "社区工作者", "社区书记", "社区书记"
# 称呼 → 文种、到哪一步。
STATES = {
    "拟稿": ("minutes", "draft"),
    "送审": ("minutes", "review"),
    "待签": ("minutes", "approved"),
    "签发": ("minutes", "signed"),
    "归档": ("minutes", "archived"),
    "请示": ("request", "review"),
    "已请示": ("request", "signed"),
}
TARGETS = (*STATES, "镇", "发来")


def words(place, issuer="北社区"):
    """机关代字 of an issuer."""
    for kind, word in WORDS.items():
        prefix = "" if issuer == "北社区" else "镇"
        documents.set_word(place.body[issuer], kind, prefix + word, by=place.user["镇党建办"])


def begin(place, kind="minutes", *, by=DRAFTER, issuer="北社区", title="电梯更新协商", **more):
    """A complete draft."""
    fields = {"text": "定了三件事。\n一、电梯\n二、停车", "cc": "镇党建办"}
    if kind == "minutes":
        fields |= {"present": "王伟、田大利", "on_leave": "丁小宁"}
    else:
        fields |= {"addressee": "中共西塘镇委员会", "note": "联系人：王伟，电话：87654321"}
    return documents.draft(kind=kind, issuer=place.body[issuer], by=place.user[by], title=title, **fields | more)


def move(place, document, state, *, reviewer=REVIEWER, signer=SIGNER):
    """The document brought to `state` by its people."""
    by = document.drafted_by
    if state != "draft":
        document = documents.send(document, by=by, version=document.version)
    if state in ("approved", "signed", "archived"):
        document = documents.approve(document, by=place.user[reviewer], version=document.version)
    if state in ("signed", "archived"):
        document = documents.sign(document, by=place.user[signer], version=document.version)
    if state == "archived":
        document = _archived(document)
    return document


def document(place, target):
    """The document a row of the access table speaks of, made once in a test."""
    if target == "镇":
        return _once("镇里的稿", lambda title: begin(place, "notice", by="镇党建办", issuer="西塘镇", title=title))
    if target == "发来":
        return _once("镇里发来的", lambda title: _sent_to_the_community(place, title))
    kind, state = STATES[target]

    def made(title):
        words(place)
        reviewer = "镇党建办" if kind == "request" else REVIEWER
        return move(place, begin(place, kind, title=title), state, reviewer=reviewer)

    return _once(f"北社区{target}", made)


def _once(title, make):
    return Document.objects.filter(title=title).first() or make(title)


def _sent_to_the_community(place, title):
    words(place, "西塘镇")
    begun = begin(place, "notice", by="镇党建办", issuer="西塘镇", title=title, recipients=[place.community["北社区"]])
    return move(place, begun, "signed", reviewer="镇领导", signer="镇领导")


def _archived(document):
    """Put away without making the files: their content does not matter to who may open them."""
    from office.papers import archiving

    for format in ArchivedFile.Format:
        file, sha256, size = archiving._store(document, format, b"%PDF-")
        ArchivedFile.objects.create(document=document, format=format, file=file, sha256=sha256, size=size)
    document.state = Stage.ARCHIVED
    document.save()
    return document


def template(place):
    """西塘镇's template of 通知; its file is not there."""
    given = {"file": "templates/none.docx", "file_name": "通知.docx", "sha256": "0" * 64}
    given |= {"uploaded_by": place.user["镇党建办"], "uploaded_at": timezone.now()}
    return PaperTemplate.objects.get_or_create(town=place.town["西塘镇"], kind="notice", defaults=given)[0]
