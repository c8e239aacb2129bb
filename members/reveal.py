"""Looking up an ID number or a telephone: with a reason, for ten minutes, one trail row each (ux C16)."""

import time
from dataclasses import dataclass

from django.core.exceptions import PermissionDenied
from django.db import transaction

from members.permissions import may_call, may_see_id
from office.audit import trail

SHOWN_FOR = 10 * 60  # 秒
SESSION_KEY = "revealed"


@dataclass(frozen=True)
class Secret:
    """Something masked: its word, the verb of the trail, who may look it up, and how to get it."""

    word: str
    verb: str
    may: object
    value: object


SECRETS = {
    "id": Secret("公民身份号码", "members.id_revealed", may_see_id, lambda person: person.shown_id()),
    "phone": Secret("联系电话", "members.phone_revealed", may_call, lambda person: person.phone),
}


@transaction.atomic
def reveal(person, what, *, reason, by):
    """Record that `by` looks up `what` ("id" or "phone") of the person. Raises PermissionDenied outside own reach."""
    secret = SECRETS[what]
    if not secret.may(by, person):
        raise PermissionDenied
    trail.record(secret.verb, person, by=by, reason=reason)


def stamp(session, person, what):
    """Let this session show it from now on; the session keeps the hour, never the number."""
    now = int(time.time())
    kept = {key: until for key, until in session.get(SESSION_KEY, {}).items() if until > now}
    session[SESSION_KEY] = kept | {f"{what}:{person.pk}": now + SHOWN_FOR}


def shown(session, user, person, what):
    """The value while it may be shown, else "" ; the right is asked again each time."""
    until = session.get(SESSION_KEY, {}).get(f"{what}:{person.pk}", 0)
    if until <= time.time() or not SECRETS[what].may(user, person):
        return ""
    return SECRETS[what].value(person)
