"""公文模板: a town's own Word templates for 纪要 and 通知."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.http import content_disposition_header
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.permissions import open_to
from documents.forms import TemplateForm
from documents.pages import crumbs
from documents.permissions import TEMPLATE_KEEPERS
from office.papers import templates
from office.papers.docx import CONTENT_TYPE
from office.papers.models import PaperTemplate
from office.papers.pdf import PaperProblem


@require_http_methods(["GET", "HEAD", "POST"])
@open_to(*TEMPLATE_KEEPERS)
def document_templates(request):
    """What stands, which placeholders there are, and one form to hand in another."""
    form = TemplateForm()
    if request.method == "POST":
        form = TemplateForm(request.POST, request.FILES)
        if form.is_valid():
            kind, upload = form.cleaned_data["kind"], form.cleaned_data["file"]
            try:
                templates.keep(request.user.town, kind, upload, by=request.user)
            except PaperProblem as refused:
                form.add_error("file", str(refused))
            else:
                messages.success(request, "已换上，先点“测试填充”看一看。")
                return redirect("document_templates")
    rows = PaperTemplate.objects.visible_to(request.user).select_related("uploaded_by").order_by("kind")
    context = {"form": form, "rows": rows, "placeholders": templates.PLACEHOLDERS.items(), "crumbs": crumbs()}
    return render(request, "documents/templates.html", context)


@require_safe
@open_to(*TEMPLATE_KEEPERS)
def document_template_trial(request, pk):
    """测试填充: the template with invented words, to be looked at."""
    return _file(request, pk, templates.trial, "测试填充 ")


@require_safe
@open_to(*TEMPLATE_KEEPERS)
def document_template_file(request, pk):
    """The template as it was handed in."""
    return _file(request, pk, templates.bytes_of, "")


def _file(request, pk, read, head):
    kept = _own(request, pk)
    try:
        data = read(kept)
    except PaperProblem as refused:
        messages.warning(request, f"{refused}，请重新传一份。")
        return redirect("document_templates")
    response = HttpResponse(data, content_type=CONTENT_TYPE)
    response["Content-Disposition"] = content_disposition_header(True, f"{head}{kept.file_name}")
    return response


@require_POST
@open_to(*TEMPLATE_KEEPERS)
def document_template_remove(request, pk):
    """停用: from now on the standard layout."""
    templates.remove(_own(request, pk), by=request.user)
    messages.success(request, "已停用，以后按国标版式生成。")
    return redirect("document_templates")


def _own(request, pk):
    return get_object_or_404(PaperTemplate.objects.within(request.user.reach_as(*TEMPLATE_KEEPERS)), pk=pk)
