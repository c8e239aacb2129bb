"""What the pages of one 公文 show: its text as it will be printed, its steps, what is missing."""

from django.urls import reverse
from django.utils import timezone

from documents.listing import BADGES
from office.chinese.dates import cn_date
from office.papers import documents
from office.papers.document_pdf import lines_of
from office.papers.documents import WITHIN_A_CASE
from office.papers.models import Kind, Stage

_CRUMBS = (("台账与公文", "ledgers"), ("公文", "documents"))


def crumbs(document=None):
    """The way down to a page of documents, or of one document."""
    way = [{"label": label, "url": reverse(name)} for label, name in _CRUMBS]
    if document is not None:
        way.append({"label": document.title or "公文稿", "url": reverse("document", args=[document.pk])})
    return way


def case_of(source_model, source_key):
    """The key of the 支部设立调整 in which a document with this source is handled; None for any other document."""
    return int(source_key) if source_model in WITHIN_A_CASE else None


def home_of(document):
    """Where a document is handled: the page of its case, else its own."""
    case = case_of(document.source_model, document.source_key)
    return reverse("document", args=[document.pk]) if case is None else reverse("case", args=[case])


def answer_of_case(document):
    """The page on which the answer to a case is signed, because it takes effect there; None for any other document."""
    case = case_of(document.source_model, document.source_key)
    return reverse("case_reply", args=[case]) if case is not None and document.kind != Kind.REQUEST else None


def shown(document, layout):
    """What the preview prints."""
    return {
        "d": layout,
        "lines": lines_of(layout.blocks),
        "appended": [{"label": label, "name": a.name, "lines": lines_of(a.blocks)} for label, a in layout.appended],
        "badge": BADGES.get(document.state, "plain"),
    }


def steps(document):
    """The document's way, newest first, for components/trail.html."""
    rows = document.steps.select_related("by").order_by("-id")
    return [
        {
            "when": f"{cn_date(row.at)} {row.at:%H:%M}",
            "text": f"{row.get_step_display()}：{row.reason}" if row.reason else row.get_step_display(),
            "who": row.by.name if row.by else "系统",
            "on": True,
        }
        for row in localised(rows)
    ]


def localised(rows):
    """The same rows with their moments in local time."""
    for row in rows:
        row.at = timezone.localtime(row.at)
        yield row


def missing(document, rights):
    """What the page asks for before the next step: of the drafter before 送审, of the signer before 签发."""
    if rights.write:
        return documents.missing_to_send(document)
    return documents.missing_to_sign(document) if document.state == Stage.APPROVED and rights.sign else []
