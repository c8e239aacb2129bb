"""Asking for papers, and the life of a Build from queue to file.

Every step is a compare-and-set on the row, so that a message delivered twice, a worker killed in the middle or work
finished too late changes nothing: it is noticed and thrown away. A lost message is no loss either: `sweep` sends
again whatever nobody holds.
"""

import hashlib
import logging
import os
import secrets
import shutil
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import timedelta
from functools import partial
from pathlib import Path

from celery import current_app
from django.core.files.storage import default_storage
from django.db import IntegrityError, transaction
from django.db.models import Count, F, Q
from django.db.models.functions import Coalesce
from django.utils import timezone
from kombu.exceptions import OperationalError

from office.areas.models import Body, Community, Town
from office.audit import trail
from office.papers.models import FIRST_ATTEMPTS, LIVE, Build, State

log = logging.getLogger(__name__)

LEASE = timedelta(seconds=20)  # renewed every quarter of it while a builder works
MESSAGE_LEASE = timedelta(seconds=30)  # how long a sent message is trusted to arrive
SWEPT_AT_ONCE = 100
BROKER_TIMEOUT = 1  # seconds; a page never waits longer for a broker that does not answer
GAVE_UP = "连续几次都没有做完，已停止。请点“重新生成”；仍不行请告诉系统管理员。"


class AlreadyRequested(Exception):
    """The same papers are being made now; `build` is the live row to show instead."""

    def __init__(self, build):
        super().__init__(f"“{build}”正在生成，不用再点一次。")
        self.build = build


@dataclass(frozen=True)
class Paper:
    """One file somebody asks for. `task` is the name of the Celery task that makes it from the Build's key."""

    kind: str
    title: str
    task: str
    town: Town
    community: Community | None = None
    branch: Body | None = None
    year: int | None = None
    parameters: dict = field(default_factory=dict)

    def row(self, by, batch=None):
        """The unsaved Build."""
        return Build(**vars(self), requested_by=by, batch=batch)


# --- Asked for by people -----------------------------------------------------------------------------------------


@transaction.atomic
def request(paper: Paper, *, by) -> Build:
    """Queue one paper in the caller's transaction. Raises AlreadyRequested while the same is being made."""
    build = enqueue(paper, by=by)
    trail.record("papers.batch_requested", build, by=by)
    return build


@transaction.atomic
def enqueue(job: Paper, *, by) -> Build:
    """Queue one job in the caller's transaction, whose deed leaves its own trail. Raises AlreadyRequested."""
    build = _save_unless_live(job.row(by))
    transaction.on_commit(partial(try_publish, build.pk), robust=True)
    return build


@transaction.atomic
def request_batch(
    *, kind, title, papers: Iterable[Paper], town, by, community=None, year=None, parameters=None
) -> Build:
    """Queue many papers as one batch in the caller's transaction; returns the batch's row.

    Raises AlreadyRequested while the same batch is being made, ValueError when `papers` is empty.
    """
    papers = list(papers)
    if not papers:
        raise ValueError("没有可以生成的材料。")
    batch = Build(
        kind=kind,
        title=title,
        town=town,
        community=community,
        year=year,
        parameters=parameters or {},
        requested_by=by,
        progress_total=len(papers),
    )
    _save_unless_live(batch)
    rows = Build.objects.bulk_create([paper.row(by, batch) for paper in papers])
    transaction.on_commit(partial(try_publish, *[row.pk for row in rows]), robust=True)
    trail.record("papers.batch_requested", batch, by=by, changes={"progress_total": (None, len(papers))})
    return batch


@transaction.atomic
def retry(build, *, by) -> int:
    """Queue again what failed or was cancelled: one build, or those of a batch. Returns how many.

    The figures stay those of the first claim. Raises AlreadyRequested when a newer one of the same is being made.
    """
    _lock_batch(build)
    again = (State.FAILED, State.CANCELLED)
    chosen = list(_builds_of(build).filter(state__in=again).values_list("pk", flat=True))
    if not chosen:
        return 0
    queued = {"state": State.QUEUED, "error": "", "finished_at": None, "lease_until": None}
    try:
        with transaction.atomic():
            Build.objects.filter(pk__in=chosen).update(
                **queued, progress_done=0, attempts_allowed=F("attempt") + FIRST_ATTEMPTS
            )
            if batch := build if build.is_batch else build.batch:
                Build.objects.filter(pk=batch.pk).exclude(state__in=LIVE).update(**queued)
                _settle(batch.pk)
    except IntegrityError:
        raise AlreadyRequested(_live_twin(build if build.batch is None else build.batch)) from None
    transaction.on_commit(partial(try_publish, *chosen), robust=True)
    trail.record("papers.batch_retried", build, by=by, changes={"queued": (0, len(chosen))})
    return len(chosen)


@transaction.atomic
def cancel(build, *, by) -> int:
    """Stop what is queued or being made, of one build or of a whole batch. Returns how many; finished files stay."""
    _lock_batch(build)
    over = {"state": State.CANCELLED, "finished_at": timezone.now(), "lease_until": None}
    stopped = _builds_of(build).live().update(**over)
    if build.is_batch:
        stopped += Build.objects.filter(pk=build.pk).live().update(**over)
    elif stopped and build.batch_id:
        _settle(build.batch_id)
    if stopped:
        trail.record("papers.batch_cancelled", build, by=by)
    return stopped


def batch_state(batch) -> dict[str, int]:
    """How many builds of the batch are in each state, every state named, and their `total`."""
    counted = dict(batch.builds.order_by().values_list("state").annotate(Count("pk")))
    return {state: counted.get(state, 0) for state in State.values} | {"total": sum(counted.values())}


def path_of(build) -> Path:
    """Where a finished build's file lies on this machine. Raises FileNotFoundError for work that makes no file."""
    if not build.file:
        raise FileNotFoundError(build.pk)
    return Path(default_storage.path(build.file))


# --- Sent to the workers -----------------------------------------------------------------------------------------


def try_publish(*pks) -> bool:
    """Send the builds' keys to the workers. A dead broker is no error: False, and the sweeper tries again."""
    rows = list(Build.objects.single().live().filter(pk__in=pks).values_list("pk", "task"))
    if not _send(rows):
        return False
    sent_until = timezone.now() + MESSAGE_LEASE
    Build.objects.filter(pk__in=pks, state=State.QUEUED).update(lease_until=sent_until)
    return True


def nudge(build) -> bool:
    """For the page that shows a build or a batch: send again what nobody holds, writing nothing to the database."""
    rows = _builds_of(build).live().filter(_unheld(timezone.now())).order_by("pk")
    return _send(list(rows.values_list("pk", "task")[:SWEPT_AT_ONCE]))


def sweep() -> int:
    """Send again every live build that nobody holds; give up on those out of attempts. Returns how many were sent.

    Called by beat. Also the cure for a lost message, a flushed broker, a killed worker.
    """
    unheld = Build.objects.single().live().filter(_unheld(timezone.now())).order_by("pk")
    for build in unheld.filter(attempt__gte=F("attempts_allowed")):
        log.error("Build %s gave up after %s attempts", build.pk, build.attempt)
        fail(build, GAVE_UP)
    pks = list(unheld.filter(attempt__lt=F("attempts_allowed")).values_list("pk", flat=True)[:SWEPT_AT_ONCE])
    return len(pks) if pks and try_publish(*pks) else 0


def _unheld(now):
    return Q(lease_until=None) | Q(lease_until__lt=now)


def _send(rows):
    """Send (pk, task name) pairs over one short-lived connection; False when the broker cannot be reached."""
    if not rows:
        return True
    limits = {"socket_timeout": BROKER_TIMEOUT, "socket_connect_timeout": BROKER_TIMEOUT, "max_retries": 0}
    try:
        with (
            current_app.connection_for_write(transport_options=limits) as connection,
            current_app.amqp.Producer(connection) as producer,
        ):
            for pk, task in rows:
                current_app.send_task(task, args=[pk], producer=producer, retry=False)
    except (OperationalError, OSError) as error:
        log.warning("Broker not reached, the sweeper will send again: %s", error)
        return False
    return True


# --- Worked on ---------------------------------------------------------------------------------------------------


def claim(pk) -> Build | None:
    """Take the build for this worker: the row, or None when it is over, held by another or out of attempts."""
    now = timezone.now()
    free = Q(state=State.QUEUED) | Q(state=State.BUILDING, lease_until__lt=now)
    with transaction.atomic():
        claimed = (
            Build.objects.single()
            .filter(free, pk=pk, attempt__lt=F("attempts_allowed"))
            .update(
                state=State.BUILDING,
                attempt=F("attempt") + 1,
                lease_until=now + LEASE,
                started_at=Coalesce("started_at", now),
            )
        )
        if not claimed:
            return None
        build = Build.objects.select_related("town", "community", "branch", "batch").get(pk=pk)
    Build.objects.filter(pk=build.batch_id, state=State.QUEUED).update(state=State.BUILDING, started_at=now)
    return build


def renew(build, *, done=None, total=None) -> bool:
    """Hold the claim for another LEASE, noting progress; False when the build is no longer this worker's."""
    progress = {"progress_done": done, "progress_total": total} if total is not None else {}
    return bool(_still_mine(build).update(lease_until=timezone.now() + LEASE, **progress))


def freeze(build, figures):
    """Keep the figures the paper prints. The first claim wins: every retry and format gets back the same."""
    Build.objects.filter(pk=build.pk, figures__isnull=True).update(figures=figures)
    build.refresh_from_db(fields=["figures"])
    return build.figures


def finish(build, data, file_name) -> bool:
    """Store the file (bytes, or the path of a file to take over) and close the build.

    False when the build was cancelled, taken over or finished meanwhile; the file is then removed again.
    """
    file = f"builds/{build.pk // 1000}/{build.pk}-{build.attempt}-{secrets.token_hex(8)}{Path(file_name).suffix}"
    path = Path(default_storage.path(file))
    sha256, size = write_whole(path, data)
    try:
        kept = _end(
            build, state=State.DONE, file=file, file_name=file_name, sha256=sha256, size=size,
            progress_done=F("progress_total"),
        )  # fmt: skip
    except BaseException:
        path.unlink()
        raise
    # 采用了，就删掉崩溃留下的旧文件，写了一半的（以点开头）也在内；没有采用，只删这一份。
    earlier = {*path.parent.glob(f"{build.pk}-*"), *path.parent.glob(f".{build.pk}-*")} - {path}
    for leftover in earlier if kept else [path]:
        leftover.unlink(missing_ok=True)
    return kept


def finish_work(build) -> bool:
    """Close work that makes no file; False when it is no longer this worker's."""
    return _end(build, state=State.DONE, progress_done=F("progress_total"))


def fail(build, message) -> bool:
    """Close the build with a reason in plain Chinese; False when it is no longer this worker's."""
    return _end(build, state=State.FAILED, error=message[:300])


def _still_mine(build):
    return Build.objects.filter(pk=build.pk, attempt=build.attempt, state__in=LIVE)


def _end(build, **columns):
    """Compare-and-set the end of one claim, and of its batch when it was the last."""
    with transaction.atomic():
        _lock_batch(build)
        over = _still_mine(build).update(finished_at=timezone.now(), lease_until=None, **columns)
        if over and build.batch_id:
            _settle(build.batch_id)
    return bool(over)


def write_whole(path, data):
    """Write or move `data` to `path`, whole or not at all; returns its SHA-256 and size."""
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_name(f".{path.name}.part")
    if isinstance(data, bytes):
        part.write_bytes(data)
    else:
        shutil.move(data, part)
    with part.open("rb") as file:
        sha256 = hashlib.file_digest(file, "sha256").hexdigest()
        os.fsync(file.fileno())
    part.rename(path)
    folder = os.open(path.parent, os.O_RDONLY)
    os.fsync(folder)
    os.close(folder)
    return sha256, path.stat().st_size


# --- Batches -----------------------------------------------------------------------------------------------------


def _builds_of(build):
    return Build.objects.filter(batch=build) if build.is_batch else Build.objects.filter(pk=build.pk)


def _lock_batch(build):
    """Put the ends of a batch's builds in order, so that the last one sees that it is the last."""
    batch = build.pk if build.is_batch else build.batch_id
    if batch:
        Build.objects.select_for_update().get(pk=batch)


def _settle(batch_pk):
    """Bring the batch's row up to date with its builds; the caller holds its lock."""
    batch = Build.objects.get(pk=batch_pk)
    count = batch_state(batch)
    batch.progress_done, live = count[State.DONE], count[State.QUEUED] + count[State.BUILDING]
    if batch.is_live and not live:
        batch.finished_at = timezone.now()
        if count[State.FAILED]:
            batch.state, batch.error = State.FAILED, f"有 {count[State.FAILED]} 份没有生成，见清单。"
        else:
            batch.state = State.DONE if count[State.DONE] else State.CANCELLED
    batch.save(update_fields=["progress_done", "state", "error", "finished_at"])


def _save_unless_live(build):
    try:
        with transaction.atomic():
            build.save()
    except IntegrityError:
        if twin := _live_twin(build):
            raise AlreadyRequested(twin) from None
        raise
    return build


def _live_twin(build):
    """The live row of the same kind, year and scope, if there is one."""
    same = {}
    for name in ("town_id", "community_id", "branch_id", "kind", "year"):
        value = getattr(build, name)
        same[name if value is not None else f"{name}__isnull"] = value if value is not None else True
    return Build.objects.live().filter(batch=None, **same).first()
