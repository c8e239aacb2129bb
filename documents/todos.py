"""待审核, 待签发, what a colleague has to take over before, and what came back (ux C23, C24)."""

from django.db.models import BooleanField, ExpressionWrapper, Q
from django.urls import reverse
from django.utils import timezone

from accounts.todo import Todo
from documents.pages import case_of
from documents.permissions import (
    HANDLERS,
    REVIEWERS,
    SIGNERS,
    Hands,
    waits_for_a_colleague,
    waits_for_review,
    waits_for_signature,
)
from office.areas.prepared import prepared
from office.papers.models import Document, Kind, Stage

KIND = dict(Kind.choices)
READ = (
    "pk",
    "kind",
    "title",
    "issuer__short_name",
    "state",
    "reason",
    "sent_at",
    "reviewed_at",
    "drafted_by__name",
    "signs",
    "source_model",
    "source_key",
)
MOST = 60


def todos(user, today):
    """To-dos about 公文: those the user may review, sign or has to take over, and the own that came back; one query."""
    if not user.has_role(*HANDLERS, *REVIEWERS, *SIGNERS):
        return []
    return [_todo(row) for row in _in_hand(today, *Hands.of(user))]


@prepared
def _in_hand(today, *hands):
    hands = Hands(*hands)
    back = Q(drafted_by=hands.user, state=Stage.RETURNED)
    signs = waits_for_signature(hands)
    found = Document.objects.filter(waits_for_review(hands) | signs | waits_for_a_colleague(hands, today) | back)
    found = found.annotate(signs=ExpressionWrapper(signs, BooleanField()))
    return found.order_by("id").values(*READ)[:MOST]


def _todo(row):
    case = case_of(row["source_model"], row["source_key"])
    back = row["state"] == Stage.RETURNED
    url = reverse("document", args=[row["pk"]]) if case is None else reverse(_step_of(row, back), args=[case])
    name = f"{KIND[row['kind']]}“{row['title']}”"
    why = f"{row['issuer__short_name']}的，同意或写明理由退回"
    if row["state"] == Stage.REVIEW:
        return Todo("document_to_review", "审核公文", name, why, url, waiting_since=_day(row["sent_at"]))
    if row["state"] == Stage.APPROVED:
        if not row["signs"]:
            why = f"{row['drafted_by__name']}拟的稿自己不能签发，接手以后才能签"
            return Todo("document_to_sign", "接手拟稿", name, why, url, waiting_since=_day(row["reviewed_at"]))
        return Todo("document_to_sign", "签发公文", name, why, url, waiting_since=_day(row["reviewed_at"]))
    why = f"退回理由：{row['reason']}"
    return Todo("returned_to_me", "改一改再交", name, why, url, waiting_since=_day(row["sent_at"]))


def _step_of(row, back):
    """A 请示 that came back is changed in its case, where the reason stands first."""
    return "case_edit" if back and row["kind"] == Kind.REQUEST else "case"


def _day(moment):
    return timezone.localdate(moment)
