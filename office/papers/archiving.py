"""Signed documents put away: PDF and Word as they were signed, each with its SHA-256 (features: 归档)."""

from pathlib import Path

from django.core.files.storage import default_storage
from django.db import transaction
from django.utils import timezone

from office.audit import trail
from office.papers import document_pdf, docx, templates
from office.papers.builds import write_whole
from office.papers.documents import layout_of
from office.papers.models import ArchivedFile, Document, DocumentStep, Stage

Format = ArchivedFile.Format
CONTENT_TYPES = {Format.PDF: "application/pdf", Format.DOCX: docx.CONTENT_TYPE}
VOID = "已作废"


def work(build):
    """The body of the task papers.archive_document; safe to repeat. Raises PaperProblem."""
    document = Document.objects.get(pk=build.parameters["document"])
    if document.state == Stage.SIGNED:
        archive(document)


def archive(document) -> Document:
    """Make the files of a signed document and keep them; a second time changes nothing."""
    layout = layout_of(document)
    word, _ = templates.word_file(layout, document.town_id)
    made = {Format.PDF: document_pdf.render(layout), Format.DOCX: word}
    stored = {format: _store(document, format, data) for format, data in made.items()}
    with transaction.atomic():
        current = Document.objects.select_for_update().get(pk=document.pk)
        if current.state != Stage.SIGNED:
            return current
        for format, (file, sha256, size) in stored.items():
            ArchivedFile.objects.create(document=current, format=format, file=file, sha256=sha256, size=size)
        current.state = Stage.ARCHIVED
        current.version += 1
        current.save()
        DocumentStep.objects.create(document=current, step=DocumentStep.Step.ARCHIVED, at=timezone.now())
        hashes = "、".join(sha256 for _, sha256, _ in stored.values())
        trail.record("papers.document_archived", current, by=None, changes={"校验值": (None, hashes)})
    return current


def file_of(document, format) -> tuple[bytes, str]:
    """(bytes, words for the reader) of the document as PDF or Word: the file that was put away, else made now.

    Raises PaperProblem when it cannot be made.
    """
    kept = document.files.filter(format=format).first() if document.state == Stage.ARCHIVED else None
    if kept is not None and (path := path_of(kept)).exists():
        return path.read_bytes(), ""
    layout = layout_of(document)
    if format == Format.DOCX:
        return templates.word_file(layout, document.town_id)
    return document_pdf.render(layout, void=VOID if document.state == Stage.VOID else ""), ""


def path_of(kept) -> Path:
    """Where an archived file lies on this machine."""
    return Path(default_storage.path(kept.file))


def _store(document, format, data):
    file = f"documents/{document.pk // 1000}/{document.pk}.{format}"
    sha256, size = write_whole(Path(default_storage.path(file)), data)
    return file, sha256, size
