"""Keeping what is being written, so that time-out, lost network, double click and two tabs lose and double nothing.

A form carries one signed `Ticket` (whose it is, what it is about, the uuid of what will come of it, the page) and a
count that its script raises with every keep. GET begins one (`ticket_for`), POST reads it (`opened`), `keep` writes the
fields, `finish` closes the draft in the transaction of the deed. A ticket is proof enough to keep, not to read: a form
sent after the session ran out is put away by `keep_unasked` and stands there again after signing in.
"""

import secrets
import uuid
from dataclasses import dataclass, replace
from datetime import timedelta

from django.core import signing
from django.db import IntegrityError, transaction
from django.http import QueryDict
from django.utils import timezone

from office.drafts.models import Draft

LASTS = timedelta(days=30)
LONGEST = 200_000  # 一份草稿最多多少字
MOST_FIELDS = 2000
LARGEST_COUNT = 2**53  # 浏览器里数得准的
TICKET, COUNT = "draft", "draft_seq"  # 表单里的两格
OWN_FIELDS = (TICKET, COUNT, "csrfmiddlewaretoken")
_SIGNER = signing.TimestampSigner(salt="office.drafts.ticket")


class NotKept(ValueError):
    """The fields cannot be kept; the message is a Chinese sentence."""


@dataclass(frozen=True)
class Ticket:
    """What a form says of its draft. `seen` is the count of the kept draft that the page was filled from."""

    user: int
    kind: str
    key: str
    version: int | None
    uuid: str
    page: str
    seen: int

    @property
    def signed(self):
        told = (
            self.user,
            self.kind,
            "-" if self.version is None else self.version,
            self.uuid,
            self.page,
            self.seen,
            self.key,
        )
        return _SIGNER.sign(" ".join(map(str, told)))


def ticket_for(user, kind, key, *, version=None, draft=None) -> Ticket:
    """The ticket of a page that is opened now; from `draft` on when the page is filled from it."""
    token, seen = (str(draft.uuid), draft.seq) if draft else (str(uuid.uuid4()), 0)
    version = draft.base_version if draft else version
    return Ticket(user.pk, kind, key, version, token, secrets.token_hex(8), seen)


def opened(text) -> Ticket | None:
    """The ticket in a sent form; None when it is not ours, altered or older than a draft lasts."""
    try:
        told = _SIGNER.unsign(text[:2000], max_age=LASTS)
    except signing.BadSignature:
        return None
    user, kind, version, token, page, seen, key = told.split(" ", 6)
    return Ticket(int(user), kind, key, None if version == "-" else int(version), token, page, int(seen))


def count_of(sent) -> int:
    """The count in a sent form, 0 for nonsense."""
    text = sent.get(COUNT, "")
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 16 else 0


def open_draft(user, kind, key) -> Draft | None:
    """The latest draft the user has open for this thing."""
    return Draft.objects.open_of(user).filter(kind=kind, key=key).first()


def fields_of(draft) -> QueryDict:
    """What was kept, as a form takes it."""
    fields = QueryDict(mutable=True)
    for name, values in draft.body.items():
        fields.setlist(name, values)
    return fields


@transaction.atomic
def keep(ticket, sent, seq) -> tuple[Draft, Ticket]:
    """Keep the fields of a form; returns the draft and the ticket the page goes on with.

    An older request of the same page changes nothing. What another page wrote since this one was opened stays: then
    this page's text becomes a draft of its own, and the returned ticket names it. Raises NotKept when there is too
    much of it.
    """
    body = _body(sent)
    row, is_new = _row(ticket, body, seq)
    if is_new or row.done_key:
        return row, ticket
    if row.page == ticket.page:
        if seq <= row.seq:
            return row, ticket
    elif row.seq != ticket.seen and row.body != body:
        apart = replace(ticket, uuid=str(uuid.uuid4()), seen=0)
        return _row(apart, body, seq)[0], apart
    row.seq = seq if row.page == ticket.page else max(seq, row.seq + 1)
    row.body, row.page, row.saved_at = body, ticket.page, timezone.now()
    row.save()
    return row, ticket


def keep_unasked(sent) -> bool:
    """Keep a form that met a closed door (no session, an old token); whether it was one of ours."""
    ticket = opened(sent.get(TICKET, ""))
    if ticket is None:
        return False
    try:
        keep(ticket, sent, count_of(sent) + 1)
    except NotKept:
        return False
    return True


def finish(ticket, done_key):
    """Close the draft, within the transaction of the deed it led to. Others of the same page's uuid stay closed too."""
    Draft.objects.filter(uuid=ticket.uuid, user=ticket.user).update(done_key=str(done_key), body={})


def discard(user, kind, key) -> int:
    """Throw away what the user has open for this thing; returns how many."""
    return Draft.objects.open_of(user).filter(kind=kind, key=key).delete()[0]


def forget_old(now) -> int:
    """Remove drafts nobody touched for LASTS; returns how many. Called by the hourly roll."""
    return Draft.objects.filter(saved_at__lt=now - LASTS).delete()[0]


def _row(ticket, body, seq):
    """(the locked row of the ticket, whether it was made now from these fields)."""
    first = {"kind": ticket.kind, "key": ticket.key, "base_version": ticket.version, "body": body}
    first |= {"page": ticket.page, "seq": seq, "saved_at": timezone.now()}
    try:
        with transaction.atomic():
            _, is_new = Draft.objects.get_or_create(uuid=ticket.uuid, user_id=ticket.user, defaults=first)
    except IntegrityError:
        raise NotKept("这份草稿不是您的。") from None
    return Draft.objects.select_for_update().get(uuid=ticket.uuid, user_id=ticket.user), is_new


def _body(sent):
    body = {name: sent.getlist(name) for name in sent if name not in OWN_FIELDS}
    if len(body) > MOST_FIELDS or sum(len(value) for values in body.values() for value in values) > LONGEST:
        raise NotKept("写得太长了，存不下，请先交一部分。")
    return {_clean(name)[:80]: [_clean(value) for value in values] for name, values in body.items()}


def _clean(text):
    return text.replace("\x00", "")  # PostgreSQL 的 JSON 里放不下
