"""待审核, 待签发 and what came back (ux C23, C24)."""

from django.urls import reverse
from django.utils import timezone

from accounts.todo import Todo
from documents.permissions import HANDLERS, REVIEWERS, SIGNERS, waiting_for_review, waiting_for_signature
from office.papers.models import Document, Kind, Stage

KIND = dict(Kind.choices)
READ = ("pk", "kind", "title", "issuer__short_name")


def todos(user, today):
    """To-dos about 公文."""
    return [*_to_review(user), *_to_sign(user), *_returned(user)]


def _to_review(user):
    if user.has_role(*REVIEWERS):
        for *row, sent_at in waiting_for_review(user).values_list(*READ, "sent_at"):
            yield _waiting("document_to_review", "审核公文", row, sent_at)


def _to_sign(user):
    if user.has_role(*SIGNERS):
        for *row, reviewed_at in waiting_for_signature(user).values_list(*READ, "reviewed_at"):
            yield _waiting("document_to_sign", "签发公文", row, reviewed_at)


def _waiting(rule, verb, row, since):
    pk, kind, title, issuer = row
    return Todo(
        rule,
        verb,
        f"{KIND[kind]}“{title}”",
        f"{issuer}报来，同意或写明理由退回",
        reverse("document", args=[pk]),
        waiting_since=timezone.localdate(since),
    )


def _returned(user):
    """Own documents that came back, the reason first."""
    if not user.has_role(*HANDLERS):
        return
    back = Document.objects.filter(drafted_by=user.pk, state=Stage.RETURNED)
    for pk, kind, title, reason, at in back.values_list("pk", "kind", "title", "reason", "sent_at"):
        yield Todo(
            "returned_to_me",
            "改一改再交",
            f"{KIND[kind]}“{title}”",
            f"退回理由：{reason}",
            reverse("document", args=[pk]),
            waiting_since=timezone.localdate(at),
        )
