"""The file handed back with its faults and open questions marked; that of a large file is made by a worker."""

from office.imports import files, jobs
from office.imports.holding import FILE_GONE, WORDS, NotNow, must_keep_batch
from office.imports.kinds import kind_called
from office.imports.models import Action, State
from office.papers import builds
from office.papers.models import Build
from office.sheets.errors import RowError, write_error_file


def error_copy(batch):
    """The bytes of the file with its faults and open questions marked, as the preview shows them now.

    That of a large file must have been made by a worker. Raises NotNow, or SheetProblem when no copy can be made.
    """
    if batch.state != State.READY:
        raise NotNow(WORDS[batch.state])
    if (made := files.error_file(batch)) is not None:
        return made
    if batch.size > jobs.AT_ONCE:
        raise NotNow("错误表还没有做好，请稍等。")
    try:
        return _marked_copy(batch)
    except files.FileGone as gone:
        raise NotNow(FILE_GONE) from gone


def _marked_copy(batch):
    errors = []
    for row, shown in batch.lines.filter(action__in=(Action.FAULTY, Action.ASKING)).values_list("row", "shown"):
        errors += [RowError(row, fault[0], fault[1]) for fault in shown["faults"]]
        errors += [RowError(row, None, note) for note in shown["notes"] if not shown["faults"]]
    with files.opened(batch) as path:
        return write_error_file(path, errors, kind_called(batch.kind).columns)


def make_error_file(batch):
    """A worker's part for a large file: make the marked copy once and keep it sealed."""
    files.keep_error_file(batch, _marked_copy(batch))


def error_file_build(batch):
    """The latest worker's part of making the marked copy, or None."""
    return Build.objects.filter(town=batch.town_id, kind=f"import_errors_{batch.pk}").order_by("-id").first()


def request_error_file(batch, *, by):
    """Have the marked copy of a large file made; the live Build."""
    must_keep_batch(batch, by)
    if batch.state != State.READY:
        raise NotNow(WORDS[batch.state])
    try:
        return builds.enqueue(jobs.job(batch, "errors", f"标出错处：{batch.file_name}"), by=by)
    except builds.AlreadyRequested as already:
        return already.build
