"""Handing in a table: upload → preview → answers → apply, each step a compare-and-set on the batch's state.

Nothing of the preview is saved as it stands: `apply` makes the plan anew inside its transaction and saves only if that
is the plan the preview showed (docs/decisions/0017). What is large is done by a worker (office.papers.builds).
"""

import hashlib
import logging
import re
import zipfile
import zlib
from datetime import timedelta
from functools import partial
from io import BytesIO

from django.db import IntegrityError, transaction
from django.utils import timezone

from office.audit import trail
from office.imports import files, jobs
from office.imports.holding import FILE_GONE, WORDS, NotNow, locked, must_keep, must_keep_batch, refresh, take
from office.imports.kinds import Overtaken, in_slices, kind_called
from office.imports.models import (
    LIVE,
    SAVED,
    Action,
    ImportAnswer,
    ImportBatch,
    ImportedRow,
    ImportLine,
    ImportQuestion,
    State,
)
from office.imports.undoing import UNDO_FOR, keep_after, keep_before, let_be
from office.imports.writing import write
from office.sheets.problems import SheetProblem
from office.sheets.reading import unpacked

log = logging.getLogger(__name__)

KEPT_FOR = timedelta(days=7)
OVERTAKEN = "核对以后{noun}刚被别人改过，已按最新情况重新核对。请再看一遍。"
_ROW = re.compile(rb"<(?:\w+:)?row\b")
_VALUE = re.compile(rb"<(?:\w+:)?(?:v|is)\b")


class Changed(Exception):
    """Nothing was saved: the register had moved on, and the preview has been made anew."""


# --- Handing in --------------------------------------------------------------------------------------------------


def upload(data, name, *, kind, town, community=None, by, at_once=False):
    """Take the guarded bytes of a file and read them, or queue the reading of a large one. Returns the batch.

    `at_once` reads a large one in this process, too. The same file with a live batch of the same place leads to that
    one, read anew.
    """
    must_keep(kind_called(kind), by, town, community)
    sha256 = hashlib.sha256(data).hexdigest()
    same = ImportBatch.objects.filter(town=town, community=community, kind=kind, sha256=sha256, state__in=LIVE)
    batch = same.first()
    if batch is None:
        batch = _new_batch(data, name, same, kind=kind, town=town, community=community, sha256=sha256, uploaded_by=by)
    if batch.state == State.READY or batch.state == State.READING and batch.build_id is None:
        if at_once or batch.size <= jobs.AT_ONCE:
            read(batch)
        else:
            _queue_reading(batch, by=by)
    return batch


def _new_batch(data, name, same, **columns):
    batch = ImportBatch(file_name=_short(name), size=_count_rows(data), **columns)
    try:
        with transaction.atomic():
            batch.save()
            files.keep(batch, data)
    except IntegrityError:
        return same.get()
    return batch


def _short(name):
    """The end of a file's name tells more than its beginning."""
    name = "".join(ch for ch in name.replace("\\", "/").rpartition("/")[2] if ch.isprintable())
    return name[-120:] or "表格.xlsx"


def _count_rows(data):
    """About how many filled rows the longest sheet has; unpacks without parsing. The guard has held the size."""
    counted = 0
    try:
        with zipfile.ZipFile(BytesIO(data)) as package:
            for name in package.namelist():
                if name.startswith("xl/worksheets/") and name.endswith(".xml"):
                    rows = _ROW.split(package.read(name))[1:]
                    counted = max(counted, sum(_VALUE.search(row) is not None for row in rows))
    except (zipfile.BadZipFile, OSError, EOFError, NotImplementedError, RuntimeError, ValueError, zlib.error):
        return 0  # the reader will say what is wrong with it
    return counted


@transaction.atomic
def _queue_reading(batch, *, by):
    take(batch, State.READING, State.READY)
    jobs.queue(batch, State.READING, by=by)


def read(batch, progress=None):
    """Bring the preview up to date with the file and the register: READING or READY → READY or REFUSED.

    Safe to repeat. The number of queries of the plan does not depend on the number of lines.
    """
    kind = kind_called(batch.kind)
    try:
        plan = _plan(kind, batch, progress)
    except (SheetProblem, files.FileGone) as problem:
        _refuse(batch, FILE_GONE if isinstance(problem, files.FileGone) else str(problem))
        return
    if plan.refusals:
        _refuse(batch, "".join(plan.refusals))
        return
    with transaction.atomic():
        if locked(batch).state in (State.READING, State.READY):
            _keep_plan(kind, batch, plan)
        refresh(batch)


def _plan(kind, batch, progress=None):
    """What the file would do now. The reading goes with the end of it; the cells are kept sealed for the next time."""
    remembered = ImportAnswer.objects.filter(town=batch.town_id, community=batch.community_id, kind=batch.kind)
    return kind.plan(
        unpacked(_cells(kind, batch)),
        town=batch.town,
        community=batch.community,
        answers=dict(remembered.values_list("key", "answer")),
        progress=progress,
    )


def _cells(kind, batch):
    """The file as the child packed it: opened once, however often it is planned."""
    try:
        return files.content(batch, files.READING)
    except files.FileGone:
        with files.opened(batch) as path:
            packed = kind.read(path)
        files.keep(batch, packed, files.READING)
        return packed


@transaction.atomic
def _refuse(batch, reason):
    if locked(batch).state in (State.READING, State.READY):
        batch.state, batch.refusal, batch.plan_digest = State.REFUSED, reason[:600], ""
        batch.save()
        _clear(batch)


def _keep_plan(kind, batch, plan, *, notice=""):
    """Put the plan on the batch, whose row the caller holds: lines, questions, counts, digest."""
    ImportLine.objects.filter(batch=batch).delete()
    ImportQuestion.objects.filter(batch=batch).delete()
    for some in in_slices(plan.lines):
        write([_line_row(kind, batch, plan, line) for line in some])
    ImportQuestion.objects.bulk_create(
        [ImportQuestion(batch=batch, **vars(question)) for question in plan.questions], batch_size=2_000
    )
    for action in Action:
        setattr(batch, action, plan.count(action))
    batch.notices = ([notice] if notice else []) + plan.notices
    batch.plan_digest, batch.state = plan.digest(), State.READY
    batch.save()


def _line_row(kind, batch, plan, line):
    changes = kind.in_words(plan, line) if line.action in SAVED else []
    shown = {"changes": changes, "faults": [fault[1:] for fault in line.faults], "notes": line.notes}
    return ImportLine(batch=batch, row=line.row, action=line.action, name=line.name[:40], shown=shown)


# --- Answering ---------------------------------------------------------------------------------------------------


def answer(batch, given, *, by):
    """Remember the answers ({question key: value}) and make the preview anew. Returns how many were taken.

    What is not a question of this batch or not one of its choices is passed over.
    """
    must_keep_batch(batch, by)
    large = batch.size > jobs.AT_ONCE
    with transaction.atomic():
        take(batch, State.READY)
        taken = {
            question.key: given[question.key]
            for question in batch.questions.filter(key__in=given)
            if given[question.key] in {value for value, _ in question.choices}
        }
        _remember(batch, taken, by)
        if taken and large:
            _queue_reading(batch, by=by)
    if taken and not large:
        read(batch)
    return len(taken)


def _remember(batch, taken, by):
    place = {"town_id": batch.town_id, "community_id": batch.community_id, "kind": batch.kind}
    for key, value in taken.items():
        ImportAnswer.objects.update_or_create(**place, key=key, defaults={"answer": value, "by": by})


# --- Saving ------------------------------------------------------------------------------------------------------


def apply(batch, *, only_good=False, by, at_once=False):
    """Save the batch as its preview shows it, or queue that for a large one: READY → APPLIED (or APPLYING).

    `only_good` leaves out the lines with faults or open questions; without it they stand in the way (NotNow).
    Raises Changed when the register has moved on: nothing is saved and the preview is made anew.
    """
    must_keep_batch(batch, by)
    with transaction.atomic():
        take(batch, State.READY)
        if not batch.to_save:
            raise NotNow("没有可以导入的行。")
        if batch.held_back and not only_good:
            raise NotNow("还有没改好或没回答的行。可以先导入正确的行。")
        batch.only_good = only_good
        batch.save()
        if batch.size > jobs.AT_ONCE and not at_once:
            jobs.queue(batch, State.APPLYING, by=by)
            return
    save(batch, by=by)


def save(batch, *, by):
    """The saving itself, all or nothing; a batch that is saved already is left alone. Raises Changed.

    The plan is made before anything is held, and made again under the lock only if a deed was done in the town
    meanwhile: every deed writes its row in the trail, and those of accounts (sign-ins, exports) change no register.
    """
    kind = kind_called(batch.kind)
    try:
        mark = trail.newest(batch.town_id)
        plan = _plan(kind, batch)
        digest = plan.digest()
        with transaction.atomic():
            if locked(batch).state not in (State.READY, State.APPLYING):
                return
            kind.lock(batch.town, batch.community)
            if trail.deeds_since(batch.town_id, mark, but="accounts"):
                plan = _plan(kind, batch)
                digest = plan.digest()
            if digest != batch.plan_digest:
                raise Overtaken
            _save(kind, batch, plan, by)
    except (Overtaken, IntegrityError) as overtaken:
        log.info("Import %s: the register moved on (%s)", batch.pk, type(overtaken).__name__)
        _plan_anew(kind, batch)
        raise Changed(OVERTAKEN.format(noun=kind.noun)) from overtaken
    except files.FileGone as gone:
        _refuse(batch, FILE_GONE)
        raise NotNow(FILE_GONE) from gone


def _save(kind, batch, plan, by):
    rows = {line.row for line in plan.lines if line.action in SAVED}
    keys = kind.changing(plan, rows)
    for some in in_slices(keys):
        keep_before(batch, kind.images(some))
    new = kind.save(plan, rows, by=by)
    for some in in_slices([*keys, *new]):
        keep_after(batch, kind.images(some))
    batch.state, batch.applied_by, batch.applied_at = State.APPLIED, by, timezone.now()
    batch.save()
    transaction.on_commit(partial(files.remove, batch), robust=True)
    counts = {action.label: [None, getattr(batch, action)] for action in (*SAVED, Action.UNCHANGED)}
    left_out = {"没有导入的行": [None, batch.held_back + batch.aside]}
    trail.record(
        kind.applied_verb,
        batch.community or batch.town,
        by=by,
        town=batch.town_id,
        changes=counts | left_out | {"文件": [None, batch.sha256]},
    )


def _plan_anew(kind, batch):
    plan = _plan(kind, batch)
    with transaction.atomic():
        if locked(batch).state in (State.READY, State.APPLYING):
            _keep_plan(kind, batch, plan, notice=OVERTAKEN.format(noun=kind.noun))
        refresh(batch)


# --- Giving up ---------------------------------------------------------------------------------------------------


@transaction.atomic
def discard(batch, *, by):
    """Give the file up; nothing of it was saved, nothing of it stays. Work on it by a worker is thrown away."""
    must_keep_batch(batch, by)
    if locked(batch).state not in LIVE or batch.state == State.APPLYING and not jobs.is_stuck(batch):
        raise NotNow(WORDS[batch.state])
    batch.state, batch.plan_digest = State.DISCARDED, ""
    batch.save()
    _clear(batch)


# --- The clock ---------------------------------------------------------------------------------------------------


def roll(now):
    """Clear away: files nobody decided on for 7 days, previews and before-images older than an undo reaches.

    An undo that got stuck and that nobody tried again for as long is given up first.
    """
    for batch in ImportBatch.objects.filter(state__in=LIVE, uploaded_at__lt=now - KEPT_FOR):
        with transaction.atomic():
            if locked(batch).state in LIVE:
                batch.state, batch.plan_digest = State.DISCARDED, ""
                batch.save()
                _clear(batch)
    for batch in ImportBatch.objects.filter(state=State.UNDOING, applied_at__lt=now - UNDO_FOR - KEPT_FOR):
        let_be(batch)
    old = ImportBatch.objects.filter(state__in=(State.APPLIED, State.UNDONE), applied_at__lt=now - UNDO_FOR)
    ImportedRow.objects.filter(batch__in=old).delete()
    ImportLine.objects.filter(batch__in=old).delete()
    ImportQuestion.objects.filter(batch__in=old).delete()
    files.remove_unowned(ImportBatch.objects.filter(state__in=LIVE).values_list("token", flat=True))


def _clear(batch):
    """Nothing personal of a batch that will not be saved stays: lines, questions, files."""
    ImportLine.objects.filter(batch=batch).delete()
    ImportQuestion.objects.filter(batch=batch).delete()
    transaction.on_commit(partial(files.remove, batch), robust=True)
