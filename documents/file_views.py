"""A 公文 as PDF and as Word: the archived file of a signed one, else made at once in a limited process."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.http import content_disposition_header
from django.views.decorators.http import require_safe

from accounts.permissions import open_to
from documents.permissions import READERS
from documents.views import visible
from office.papers import archiving
from office.papers.archiving import CONTENT_TYPES, Format
from office.papers.models import Stage
from office.papers.pdf import PaperProblem

LONGEST_NAME = 60


@require_safe
@open_to(*READERS)
def document_pdf(request, pk):
    """The PDF, opened in the browser."""
    return _file(request, pk, Format.PDF)


@require_safe
@open_to(*READERS)
def document_word(request, pk):
    """The Word file, saved; by the town's template where it has one."""
    return _file(request, pk, Format.DOCX)


def _file(request, pk, format):
    found = visible(request.user, pk)
    try:
        data, said = archiving.file_of(found, format)
    except PaperProblem as refused:
        messages.warning(request, str(refused))
        return redirect("document", found.pk)
    if said:
        messages.warning(request, said)
    response = HttpResponse(data, content_type=CONTENT_TYPES[format])
    name = file_name(found, format)
    response["Content-Disposition"] = content_disposition_header(format == Format.DOCX, name)
    return response


def file_name(document, format):
    """示委发〔2026〕5号 关于….pdf; what is not signed or is void says so."""
    state = "作废 " if document.state == Stage.VOID else ""
    head = document.number or f"未签发 {document.get_kind_display()}"
    title = "".join("＿" if c in '\\/:*?"<>|' else c for c in document.title)[:LONGEST_NAME]
    return f"{state}{head} {title}.{format}"
