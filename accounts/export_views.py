"""导出什么、给谁用: the one page through which every list leaves."""

from django.http import FileResponse
from django.shortcuts import render
from django.utils import timezone

from accounts import exports
from accounts.forms import ExportForm
from accounts.roles import ROSTER_KEEPERS
from office.sheets.problems import SheetProblem
from office.sheets.writing import CONTENT_TYPE


def export_page(request, export):
    """The form of an `exports.Export`; posted with a purpose, its file. The calling view says who may open it."""
    form = ExportForm(request.POST if request.method == "POST" else None, export=export)
    if request.method == "POST" and not export.problem and form.is_valid():
        try:
            return _file(export, form, request.user)
        except SheetProblem as problem:
            form.add_error(None, str(problem))
    context = {
        "form": form,
        "export": export,
        "crumbs": [{"label": export.name, "url": export.back}],
        "comes_back": export.key and request.user.has_role(*ROSTER_KEEPERS),
    }
    return render(request, "accounts/export.html", context)


def _file(export, form, user):
    chosen = form.cleaned_data
    file = exports.write(
        export, columns=chosen["columns"], secrets=chosen.get("secrets", ()), purpose=form.stated, by=user
    )
    name = f"{export.name}{timezone.localtime():%Y%m%d-%H%M}.xlsx"
    return FileResponse(file, as_attachment=True, filename=name, content_type=CONTENT_TYPE)
