"""Writing and proving the trail."""

import hashlib
import json
from contextvars import ContextVar

from django.db import transaction
from django.db.models import Max
from django.utils import timezone

from office.audit.models import Trail, TrailHead

START = "0" * 64
# 请求的来源地址；由中间件设定，后台任务里为空。
current_address: ContextVar[str] = ContextVar("current_address", default="")


def _canonical(row):
    """The bytes that are hashed: every fact of the row but its hash, in one fixed spelling."""
    facts = {
        "town": row.town,
        "at": row.at.isoformat(),
        "actor": row.actor,
        "actor_name": row.actor_name,
        "verb": row.verb,
        "model": row.model,
        "object_id": row.object_id,
        "object_label": row.object_label,
        "changes": row.changes,
        "reason": row.reason,
        "result": row.result,
        "address": row.address,
        "previous_hash": row.previous_hash,
    }
    return json.dumps(facts, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()


def _printable(value):
    return value if isinstance(value, (int, str, bool, list, dict, type(None))) else str(value)


def record(verb, obj, *, by, town=None, changes=None, reason="", result="done"):
    """Write one deed, as the last statement of the caller's transaction.

    `verb` is "app.deed" (members.roster_applied), `by` the user or None for the system, `town` the town's id where
    `obj` carries no `town_id`, `changes` maps a field to (before, after). Raises TransactionManagementError outside a
    transaction: a deed and its trail stand or fall together.
    """
    connection = transaction.get_connection()
    if not connection.in_atomic_block:
        raise transaction.TransactionManagementError("操作记录必须与操作写在同一个事务里。")
    town = town if town is not None else getattr(obj, "town_id", None) or 0
    TrailHead.objects.get_or_create(town=town, defaults={"hash": START})
    head = TrailHead.objects.select_for_update().get(town=town)
    row = Trail(
        town=town,
        at=timezone.now(),
        actor=getattr(by, "pk", None),
        actor_name=str(by) if by else "系统",
        verb=verb,
        model=obj._meta.label_lower,
        object_id=str(obj.pk),
        object_label=str(obj)[:200],
        changes={field: [_printable(v) for v in pair] for field, pair in (changes or {}).items()},
        reason=reason,
        result=result,
        address=current_address.get(),
        previous_hash=head.hash,
    )
    row.hash = hashlib.sha256(_canonical(row)).hexdigest()
    row.save(force_insert=True)
    head.hash, head.count = row.hash, head.count + 1
    head.save(update_fields=["hash", "count"])
    return row


def newest(town):
    """The id of the town's newest row (0: none): a mark to ask `deeds_since` about later."""
    return Trail.objects.filter(town=town).aggregate(newest=Max("pk"))["newest"] or 0


def deeds_since(town, mark, *, but):
    """Whether anything was done in the town since the mark, not counting the verbs of the room `but`."""
    return Trail.objects.filter(town=town, pk__gt=mark).exclude(verb__startswith=f"{but}.").exists()


def broken_links(town):
    """Ids of rows where the town's chain does not hold (edited, removed or reordered); empty when it is whole.

    A chain cut or lengthened at its end is told by the head's count and hash, reported as -1. Deeds may go on
    meanwhile: rows younger than the head first read are proved among themselves only.
    """
    head = TrailHead.objects.filter(town=town).first()
    previous, count, at_head, broken = START, 0, START, []
    for row in Trail.objects.filter(town=town).order_by("id").iterator(chunk_size=2000):
        if row.previous_hash != previous or hashlib.sha256(_canonical(row)).hexdigest() != row.hash:
            broken.append(row.pk)
        previous, count = row.hash, count + 1
        if head and count == head.count:
            at_head = row.hash
    if not _ends_at(town, head, count, at_head):
        broken.append(-1)
    return broken


def _ends_at(town, head, count, at_head):
    """Whether the rows end where the head says: at least there, and no later unless a deed has moved the head on."""
    if head is None:
        return count == 0 or TrailHead.objects.filter(town=town).exists()
    if head.hash != at_head or count < head.count:
        return False
    return count == head.count or TrailHead.objects.get(town=town).count >= count
