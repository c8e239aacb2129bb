"""公文 on their way: 拟稿 → 审核 → 签发 → 归档, with 退回, 撤回 and 作废 (ux C24), and the numbers they take (C3).

Who may do which step is asked by the room `documents`; that nobody reviews or signs what they drafted is kept here
and by the database (decisions 8). Every deed takes the `version` its page was read at and refuses when the document
has moved on since.
"""

import uuid

from django.db import transaction
from django.utils import timezone

from office.areas.models import Body
from office.audit import trail
from office.chinese.dates import cn_date
from office.papers import builds, layout
from office.papers.fonts import missing_glyphs
from office.papers.layout import Layout
from office.papers.models import (
    ISSUED,
    ON_THE_WAY,
    WRITABLE,
    Document,
    DocumentNumber,
    DocumentRecipient,
    DocumentStep,
    IssuerWord,
    Kind,
    NumberRegister,
    Stage,
)

ISSUERS = (Body.Kind.TOWN_COMMITTEE, Body.Kind.COMMUNITY_COMMITTEE, Body.Kind.RESIDENTS_COMMITTEE)  # decisions 12
WITHIN_A_CASE = ("branches.branchcase",)  # its answers take effect when they are signed
Step = DocumentStep.Step
ELEMENTS = (
    "title",
    "mark",
    "addressee",
    "present",
    "on_leave",
    "observers",
    "cc",
    "note",
    "urgency",
    "sealed",
)


class ChangedMeanwhile(ValueError):
    """Somebody changed the document first; `document` is the row as it stands now."""

    def __init__(self, document):
        super().__init__("这份公文刚才有人改过，请再看一遍，然后办理。")
        self.document = document


# --- 拟稿 ---------------------------------------------------------------------------------------------------------


@transaction.atomic
def draft(
    *, kind, issuer, title, by, text="", branch=None, source=None, answers=None, recipients=(), token=None, **elements
) -> Document:
    """Begin a document and return it; the same `token` (uuid) twice gives the same document.

    `text` is typed text (`layout.read_text`: 一、 and 附件：名称 at the head of a line), `source` the object it was made
    from, `recipients` the communities it is sent to, `elements` any others of ELEMENTS, e.g. present="…" of a 纪要.
    Raises ValueError for an issuer that sends no 公文.
    """
    if issuer.kind not in ISSUERS:
        raise ValueError("只有镇党委、社区党委和居委会发文。")
    token = token or uuid.uuid4()
    if begun := Document.objects.filter(uuid=token).first():
        return begun
    begun = Document(uuid=token, kind=kind, issuer=issuer, branch=branch, answers=answers, drafted_by=by)
    begun.sealed = kind != Kind.MINUTES
    if source is not None:
        begun.source_model, begun.source_key = source._meta.label_lower, str(source.pk)
    _put(begun, text, {"title": title, **elements})
    begun.save()
    _send_to(begun, recipients)
    _step(begun, Step.DRAFTED, by)
    trail.record("papers.document_drafted", begun, by=by)
    return begun


def drafted_from(source, user):
    """Documents visible to the user that were made from this object, newest first."""
    made = Document.objects.visible_to(user).filter(source_model=source._meta.label_lower, source_key=str(source.pk))
    return made.order_by("-id")


@transaction.atomic
def write(document, *, version, by, text, recipients=(), **elements) -> Document:
    """Keep what the drafter wrote. The same again changes nothing. Raises ChangedMeanwhile, ValueError when not open."""
    current = _locked(document)
    if current.state not in WRITABLE:
        raise ValueError(f"这份公文现在是“{current.get_state_display()}”，不能改。")
    before = _content(current)
    _put(current, text, elements)
    if before == (*_content(current)[:-1], frozenset(c.pk for c in recipients)):
        return current
    if current.version != version:
        raise ChangedMeanwhile(Document.objects.get(pk=current.pk))
    current.version += 1
    current.save()
    _send_to(current, recipients)
    trail.record("papers.document_saved", current, by=by)
    return current


@transaction.atomic
def take_over(document, *, by, version) -> Document:
    """`by` goes on as the drafter, so that the one who began may review or sign. What is approved stays approved."""
    current = _ready(document, version, [*WRITABLE, Stage.APPROVED], "接手")
    if current.drafted_by_id == by.pk:
        return current
    if current.reviewed_by_id == by.pk:
        raise ValueError("自己审核过的稿不能接手，请另一位同志接手。")
    before, current.drafted_by = current.drafted_by, by
    return _moved(
        current, Step.TAKEN_OVER, "papers.document_taken_over", by, changes={"拟稿人": (before.name, by.name)}
    )


def missing_to_send(document) -> list[str]:
    """What the drafter still has to write, in the office's words (R-820, R-823)."""
    missing = [] if document.title.strip() else ["标题"]
    if not document.body:
        missing.append("正文")
    if document.kind == Kind.MINUTES:
        return missing if document.present else [*missing, "出席"]
    if not document.addressee:
        missing.append("主送机关")
    if document.kind == Kind.REQUEST:
        if any(mark in document.addressee for mark in "、，,；; "):
            missing.append("一个主送机关（请示只送一个上级机关）")
        if not document.note:
            missing.append("附注里的联系人和电话")
    return missing


@transaction.atomic
def send(document, *, by, version) -> Document:
    """送审. Raises ValueError with what is missing."""
    current = _ready(document, version, WRITABLE, "送审")
    if current.state == Stage.REVIEW:
        return current
    if missing := missing_to_send(current):
        raise ValueError("还没写：" + "、".join(missing))
    current.state, current.sent_at, current.reason = Stage.REVIEW, timezone.now(), ""
    return _moved(current, Step.SENT, "papers.document_sent", by)


@transaction.atomic
def withdraw(document, *, by, version) -> Document:
    """撤回 before it is signed: the drafter may write on, or nothing comes of what was sent back to him."""
    current = _ready(document, version, (*ON_THE_WAY, Stage.RETURNED), "撤回")
    current.state, current.reason = Stage.WITHDRAWN, ""
    current.reviewed_by, current.reviewed_at = None, None
    return _moved(current, Step.WITHDRAWN, "papers.document_withdrawn", by)


# --- 审核、签发 ---------------------------------------------------------------------------------------------------


@transaction.atomic
def approve(document, *, by, version, opinion="") -> Document:
    """审核同意."""
    current = _ready(document, version, [Stage.REVIEW], "审核")
    _refuse_own(current, by, "审核")
    current.state, current.reviewed_by, current.reviewed_at = Stage.APPROVED, by, timezone.now()
    return _moved(current, Step.APPROVED, "papers.document_approved", by, reason=opinion)


@transaction.atomic
def send_back(document, reason, *, by, version) -> Document:
    """退回修改, by the reviewer or the signer, with the reason the drafter sees first."""
    current = _ready(document, version, ON_THE_WAY, "退回")
    _refuse_own(current, by, "退回")
    if not reason.strip():
        raise ValueError("请写明退回的理由，拟稿人才好改。")
    current.state, current.reason = Stage.RETURNED, reason
    current.reviewed_by, current.reviewed_at = None, None
    return _moved(current, Step.RETURNED, "papers.document_returned", by, reason=reason)


def missing_to_sign(document) -> list[str]:
    """What keeps the document from being signed, in whole sentences."""
    missing = ["还没写：" + "、".join(lacking)] if (lacking := missing_to_send(document)) else []
    if not IssuerWord.objects.filter(issuer=document.issuer_id, kind=document.kind).exists():
        missing.append(f"{document.issuer}的{document.get_kind_display()}还没有机关代字，编不了号。")
    return missing


def undrawable(document) -> list[str]:
    """Characters of the document that no font of ours draws (ux C31), for the page before signing."""
    return missing_glyphs(layout_of(document).text)


def next_number(document, on) -> str:
    """The number the document would take that day; "" while the issuer has no word for its kind."""
    word = IssuerWord.objects.filter(issuer=document.issuer_id, kind=document.kind).first()
    if word is None:
        return ""
    register = NumberRegister.objects.filter(town=word.town_id, word=word.word, year=on.year).first()
    register = register or NumberRegister(word=word.word, year=on.year)
    return register.label(register.last + 1)


@transaction.atomic
def sign(document, *, by, version, effect=None) -> Document:
    """签发: take the next number, fix the content as it stands, put the files away when this is committed.

    `effect` is what the signature brings about, done in the same transaction with the signed document; an answer that
    is written within a case is signed there only. A community's own 请示 was agreed by the town before: its secretary
    signs it even where he drafted it.
    """
    current = _ready(document, version, [Stage.APPROVED], "签发")
    if not (current.kind == Kind.REQUEST and current.community_id):
        _refuse_own(current, by, "签发")
    if effect is None and current.source_model in WITHIN_A_CASE and current.kind != Kind.REQUEST:
        raise ValueError("这份公文要在“支部设立调整”里签发。")
    if missing := missing_to_sign(current):
        raise ValueError("".join(missing))
    now = timezone.now()
    current.state, current.signed_by, current.signed_at = Stage.SIGNED, by, now
    current.issued_on = timezone.localdate(now)
    current.number = _take_number(current, now)
    current.frozen = layout_of(current).as_row()
    _moved(current, Step.SIGNED, "papers.document_signed", by, changes={"发文字号": (None, current.number)})
    builds.enqueue(_archiving(current), by=by)
    if effect is not None:
        effect(current)
    return current


def _archiving(document) -> builds.Paper:
    """The work of putting the files away (office.papers.archiving)."""
    return builds.Paper(
        kind=f"archive_{document.pk}",
        title=f"归档：{document.number}",
        task="papers.archive_document",
        town=document.town,
        community=document.community,
        year=document.issued_on.year,
        parameters={"document": document.pk},
    )


@transaction.atomic
def void(document, reason, *, by, version) -> Document:
    """作废 what was signed: the document stays readable, its number stays used."""
    current = _ready(document, version, ISSUED, "作废")
    if not reason.strip():
        raise ValueError("请写明作废的理由，登记簿上要写。")
    current.state, current.reason = Stage.VOID, reason
    taken = DocumentNumber.objects.get(document=current)
    taken.voided_at, taken.void_reason = timezone.now(), reason
    taken.save()
    return _moved(current, Step.VOIDED, "papers.document_voided", by, reason=reason)


def _take_number(document, now) -> str:
    """The next number of the document's register, under the register's row lock; no gap, because it is given in the
    transaction that signs; no double, because the unique constraint would end that transaction."""
    word = IssuerWord.objects.get(issuer=document.issuer_id, kind=document.kind)
    kept = {"town_id": word.town_id, "word": word.word, "year": document.issued_on.year}
    NumberRegister.objects.get_or_create(**kept, defaults={"issuer": document.issuer, "kind": document.kind})
    register = NumberRegister.objects.select_for_update().get(**kept)
    register.last += 1
    register.save(update_fields=["last"])
    DocumentNumber.objects.create(register=register, number=register.last, document=document, given_at=now)
    return register.label(register.last)


# --- 机关代字 -----------------------------------------------------------------------------------------------------


@transaction.atomic
def set_word(issuer, kind, word, *, by, used_before=None, year=None) -> IssuerWord:
    """Set the issuer's word for a kind; `used_before` is the last number of `year` that was given on paper.

    Raises ValueError for a word that is another's, and for numbers once the register has begun.
    """
    word = layout.clean_line(word)
    taken = IssuerWord.objects.filter(town=issuer.town_id, word=word).exclude(issuer=issuer, kind=kind).first()
    used = NumberRegister.objects.filter(town=issuer.town_id, word=word).exclude(issuer=issuer, kind=kind).first()
    if holder := taken or used:
        raise ValueError(f"“{word}”是{holder.issuer}{holder.get_kind_display()}的代字，换一个。")
    kept = IssuerWord.objects.filter(issuer=issuer, kind=kind).first() or IssuerWord(issuer=issuer, kind=kind)
    before, kept.word = kept.word, word
    changed = {} if before == word else {"机关代字": (before or None, word)}
    kept.save()
    if used_before is not None and (opened := _open_register(kept, year, used_before)):
        changed["启用前已用到"] = opened
    if changed:
        trail.record("papers.word_set", kept, by=by, changes=changed)
    return kept


def _open_register(word, year, used_before):
    """(before, after) where the start of the year's register changes, else None."""
    columns = {"town_id": word.town_id, "word": word.word, "year": year}
    NumberRegister.objects.get_or_create(**columns, defaults={"issuer": word.issuer, "kind": word.kind})
    register = NumberRegister.objects.select_for_update().get(**columns)
    if register.used_before == used_before:
        return None
    if register.numbers.exists():
        raise ValueError(f"“{register}”已经编过号，不能再改启用前用到第几号。")
    before = register.used_before
    register.used_before = register.last = used_before
    register.save()
    return (before, used_before)


# --- 版面 ---------------------------------------------------------------------------------------------------------


def layout_of(document) -> Layout:
    """What the document prints: as it was signed, or as it stands with 未签发, no red head and no number."""
    if document.frozen:
        return layout.from_row(document.frozen)
    signed, day = document.state == Stage.SIGNED, document.issued_on
    minutes = document.kind == Kind.MINUTES
    return Layout(
        kind=document.kind,
        title=document.title,
        issuer=document.issuer.name,
        signed=signed,
        mark=mark_of(document),
        number=document.number,
        signer=document.signed_by.name if signed and document.kind == Kind.REQUEST else "",
        urgency=document.get_urgency_display() if document.urgency else "",
        addressee=document.addressee,
        blocks=layout.blocks_of(document.body),
        attachments=layout.attachments_of(document.attachments),
        signature="" if minutes else document.issuer.name,
        date="" if minutes else cn_date(day) if signed else f"{timezone.localdate().year}年　月　日",
        sealed=document.sealed,
        note=document.note,
        present=document.present,
        on_leave=document.on_leave,
        observers=document.observers,
        cc=document.cc,
        printed_by=document.issuer.name,
        printed_on=cn_date(day) if signed else "",
    )


def mark_of(document) -> str:
    """发文机关标志: the full name with 文件, the bare name on a 函, the 纪要's own name (R-807, R-820, R-821)."""
    if document.kind == Kind.MINUTES:
        return document.mark or f"{document.issuer.short_name}会议纪要"
    return document.issuer.name if document.kind == Kind.LETTER else f"{document.issuer.name}文件"


def typed_text(document) -> str:
    """The text and attachments as the box shows them for writing on."""
    return layout.write_text(layout.blocks_of(document.body), layout.attachments_of(document.attachments))


# --- Within -------------------------------------------------------------------------------------------------------


def _put(document, text, elements):
    for name, value in elements.items():
        if name not in ELEMENTS:
            raise TypeError(f"公文没有“{name}”这一项")
        setattr(document, name, layout.clean_line(value) if isinstance(value, str) else value)
    blocks, attachments = layout.read_text(text)
    document.body = [block.as_row() for block in blocks]
    document.attachments = [each.as_row() for each in attachments]


def _content(document):
    rows = [getattr(document, name) for name in (*ELEMENTS, "body", "attachments")]
    # JSON 写出来是列表，读进来之前是元组：比较之前拉平。
    return (*map(repr, map(_listed, rows)), frozenset(document.recipients.values_list("community", flat=True)))


def _listed(value):
    if isinstance(value, (list, tuple)):
        return [_listed(each) for each in value]
    return {key: _listed(each) for key, each in value.items()} if isinstance(value, dict) else value


def _send_to(document, communities):
    chosen = {community.pk: community for community in communities}
    document.recipients.exclude(community__in=chosen).delete()
    known = set(document.recipients.values_list("community", flat=True))
    DocumentRecipient.objects.bulk_create(
        [DocumentRecipient(document=document, community=c) for pk, c in chosen.items() if pk not in known]
    )


def _locked(document):
    return Document.objects.select_for_update(of=("self",)).select_related("issuer", "drafted_by").get(pk=document.pk)


def _ready(document, version, states, deed):
    """The locked row, in one of the states the deed starts from and as its page was read."""
    current = _locked(document)
    if current.state not in states:
        raise ValueError(f"这份公文现在是“{current.get_state_display()}”，不能{deed}。")
    if current.version != version:
        raise ChangedMeanwhile(current)
    return current


def _refuse_own(document, by, deed):
    if document.drafted_by_id == by.pk:
        raise ValueError(f"自己拟的稿不能自己{deed}，请另一位同志办理。")


def _moved(current, step, verb, by, *, reason="", changes=None):
    """Save the step: the row, its line on the 发文稿纸 and the trail."""
    current.version += 1
    current.save()
    _step(current, step, by, reason)
    trail.record(verb, current, by=by, reason=reason, changes=changes)
    return current


def _step(document, step, by, reason=""):
    DocumentStep.objects.create(document=document, step=step, at=timezone.now(), by=by, reason=reason)
