"""Taking an applied batch back: all or nothing, and only while nothing was done since to what it made or changed."""

import json
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta

from django.db import IntegrityError, transaction
from django.utils import timezone

from office.audit import trail
from office.imports import jobs
from office.imports.holding import WORDS, NotNow, locked, must_keep_batch, take
from office.imports.kinds import digest, kind_called
from office.imports.models import ImportedRow, State
from office.imports.writing import write
from office.sealing import seal, unseal

UNDO_FOR = timedelta(days=30)
CONFLICTS_SHOWN = 50
TAKEN_SINCE = "导入以后，原来的名称或号码已经用在别处，恢复不了，所以一个也没有撤销。请到各自的页面上改。"


@dataclass(frozen=True)
class Conflict:
    """Why one object keeps a batch from being taken back."""

    name: str
    what: str


class InTheWay(Exception):
    """The batch cannot be taken back; `conflicts` lists the first of them, `count` says how many there are."""

    def __init__(self, conflicts, count):
        super().__init__(f"导入以后又有 {count} 处改动，不能撤销。")
        self.conflicts, self.count = conflicts, count


def may_undo(batch, now=None):
    """Whether the batch is young enough to be taken back."""
    return batch.state == State.APPLIED and (now or timezone.now()) - batch.applied_at < UNDO_FOR


def why_no_undo(batch):
    return f"导入已超过 {UNDO_FOR.days} 天，不能撤销了。" if batch.state == State.APPLIED else WORDS[batch.state]


def undo(batch, *, by):
    """Put everything back as it was before the batch, or queue that for a large one: APPLIED → UNDONE (or UNDOING).

    Raises InTheWay when something was done to one of these objects since, NotNow when it is too late.
    """
    must_keep_batch(batch, by)
    with _all_or_nothing():
        take(batch, State.APPLIED)
        if not may_undo(batch):
            raise NotNow(why_no_undo(batch))
        if batch.to_save > jobs.AT_ONCE:
            jobs.queue(batch, State.UNDOING, by=by)
        else:
            _take_back(batch, by)


def take_back(batch, *, by):
    """A worker's part for a large batch, safe to begin again: UNDOING → UNDONE.

    Where something stands in the way the batch stays applied, and NotNow says so.
    """
    try:
        with _all_or_nothing():
            if locked(batch).state == State.UNDOING:
                _take_back(batch, by)
    except (InTheWay, NotNow) as refused:
        let_be(batch)
        where = "点“撤销这次导入”可以看是哪些。" if isinstance(refused, InTheWay) else ""
        raise NotNow(f"{refused}{where}") from refused


@contextmanager
def _all_or_nothing():
    """A transaction that a name or number taken since ends with NotNow."""
    try:
        with transaction.atomic():
            yield
    except IntegrityError as taken:
        raise NotNow(TAKEN_SINCE) from taken


def _take_back(batch, by):
    kind = kind_called(batch.kind)
    kind.lock(batch.town, batch.community)
    imported = list(batch.imported.order_by("key"))
    _refuse_in_the_way(kind, batch, imported)
    kind.take_back(
        [row.key for row in imported if row.is_new],
        {row.key: _image(batch, row) for row in imported if not row.is_new},
    )
    batch.imported.all().delete()
    batch.state, batch.undone_by, batch.undone_at = State.UNDONE, by, timezone.now()
    batch.save()
    trail.record(
        kind.undone_verb,
        batch.community or batch.town,
        by=by,
        town=batch.town_id,
        changes={"数量": [None, len(imported)], "文件": [None, batch.sha256]},
    )


def why_refused(batch):
    """What a worker said that could not take the batch back, or ""."""
    asked = batch.state == State.APPLIED and jobs.does(batch.build, State.UNDOING)
    return batch.build.error if asked else ""


@transaction.atomic
def give_up(batch, *, by):
    """Leave the batch as it is after an undo that got stuck."""
    must_keep_batch(batch, by)
    if locked(batch).state != State.UNDOING or not jobs.is_stuck(batch):
        raise NotNow(WORDS[batch.state])
    let_be(batch)


@transaction.atomic
def let_be(batch):
    """Nothing of an undo that did not come to its end was done: UNDOING → APPLIED."""
    if locked(batch).state == State.UNDOING:
        batch.state = State.APPLIED
        batch.save()


def conflicts(batch):
    """What keeps the batch from being taken back now: (the first of them, how many).

    A large batch is not looked through for a page, unless a worker has found that there is something.
    """
    if batch.to_save > jobs.AT_ONCE and not why_refused(batch):
        return [], 0
    return _in_the_way(kind_called(batch.kind), batch, list(batch.imported.order_by("key")))


def _refuse_in_the_way(kind, batch, imported):
    found, count = _in_the_way(kind, batch, imported)
    if count:
        raise InTheWay(found, count)


def _in_the_way(kind, batch, imported):
    """What was done since to the objects of the batch: (the first Conflicts, how many)."""
    now = kind.images([row.key for row in imported])
    moved = {row.key for row in imported if row.key not in now or digest(now[row.key]) != row.after}
    attached = kind.attached([row.key for row in imported if row.is_new])
    keys = sorted(moved | attached.keys())
    shown = keys[:CONFLICTS_SHOWN]
    names, touched, again = kind.names(shown), kind.touched(shown, batch.applied_at), _imported_again(batch, shown)
    return [Conflict(names.get(key, "已删除"), _why(key, again, touched, attached)) for key in shown], len(keys)


def _imported_again(batch, keys):
    """{key: words} of the later batches that changed these objects."""
    later = ImportedRow.objects.filter(
        key__in=keys, batch__kind=batch.kind, batch__town=batch.town_id, batch__applied_at__gt=batch.applied_at
    )
    rows = later.order_by("batch").values_list("key", "batch__applied_at", "batch__applied_by__name")
    return {key: f"{_when(at)} {who} 又导入过" for key, at, who in rows}


def _why(key, again, touched, attached):
    if key in again:
        return again[key]
    if key in attached:
        return attached[key]
    if key in touched:
        deed = touched[key]
        return f"{_when(deed.at)} {deed.who} {deed.what}"
    return "导入以后改过"


def _when(moment):
    local = timezone.localtime(moment)
    return f"{local.month}月{local.day}日 {local:%H:%M}"


def keep_before(batch, images):
    """Keep, sealed, what is about to change; `keep_after` follows."""
    sealed = {key: _sealed_image(batch, key, image) for key, image in images.items()}
    write([ImportedRow(batch=batch, key=key, is_new=False, before=before) for key, before in sealed.items()])


def keep_after(batch, images):
    """Keep by what to tell whether the objects are still as the import left them; what was not kept before is new."""
    write(
        [ImportedRow(batch=batch, key=key, is_new=True, after=digest(images[key])) for key in images],
        unique=["batch", "key"],
        update=["after"],
    )


def _sealed_image(batch, key, image):
    return seal(json.dumps(image, ensure_ascii=False).encode(), f"imports.before:{batch.token}:{key}")


def _image(batch, row):
    return json.loads(unseal(bytes(row.before), f"imports.before:{batch.token}:{row.key}"))
