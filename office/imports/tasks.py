"""The parts of an import that a worker does: each safe to begin again."""

from celery import shared_task
from django.utils import timezone

from office.imports import batches, error_copies, files, holding, undoing
from office.imports.models import ImportBatch
from office.papers import builds
from office.papers.pdf import PaperProblem
from office.papers.tasks import run_work
from office.sheets.problems import SheetProblem


@shared_task(name="imports.read")
def read(pk):
    run_work(pk, lambda build: batches.read(_batch(build), partial_progress(build)))


@shared_task(name="imports.apply")
def apply(pk):
    run_work(pk, _apply)


@shared_task(name="imports.undo")
def undo(pk):
    run_work(pk, _undo)


@shared_task(name="imports.errors")
def errors(pk):
    run_work(pk, _errors)


@shared_task(name="imports.roll")
def roll():
    batches.roll(timezone.now())


def partial_progress(build):
    """How far the reading is, told to the page with the renewal of the claim."""
    return lambda done, total: builds.renew(build, done=done, total=total)


def _apply(build):
    try:
        batches.save(_batch(build), by=build.requested_by)
    except (batches.Changed, holding.NotNow):
        return  # the preview, made anew, says so


def _undo(build):
    try:
        undoing.take_back(_batch(build), by=build.requested_by)
    except holding.NotNow as refused:
        raise PaperProblem(str(refused)) from refused


def _errors(build):
    try:
        error_copies.make_error_file(_batch(build))
    except SheetProblem as problem:
        raise PaperProblem(str(problem)) from problem
    except files.FileGone as gone:
        raise PaperProblem(holding.FILE_GONE) from gone


def _batch(build):
    return ImportBatch.objects.select_related("town", "community", "build").get(pk=build.parameters["batch"])
