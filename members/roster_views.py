"""导入党员名册: the template, the upload with every fault at once, the marked copy."""

import tempfile
from pathlib import Path

from django.contrib import messages
from django.http import FileResponse, Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.http import content_disposition_header
from django.views.decorators.http import require_GET, require_http_methods

from accounts.permissions import open_to
from accounts.roles import ROSTER_KEEPERS
from members import error_files, roster
from members.forms import RosterForm
from office.areas.models import Community
from office.audit.models import Trail
from office.sheets.guard import check_upload
from office.sheets.problems import SheetProblem
from office.sheets.writing import CONTENT_TYPE

ERRORS_SHOWN = 200
NOTICE_LENGTH = 300


def _mine(user):
    return Community.objects.within(user.reach_as(*ROSTER_KEEPERS))


def _community(request):
    """The community of the address, or the only one; None where one is still to be chosen."""
    chosen = request.GET.get("community", "")
    if chosen:
        if not (chosen.isascii() and chosen.isdecimal() and len(chosen) < 18):
            raise Http404
        return get_object_or_404(_mine(request.user), pk=chosen)
    own = list(_mine(request.user)[:2])
    return own[0] if len(own) == 1 else None


@require_http_methods(["GET", "POST"])
@open_to(*ROSTER_KEEPERS)
def roster_import(request):
    """One page: choose the community, take the template, hand in the file, see what is wrong or what was done."""
    community = _community(request)
    context = {
        "community": community,
        "communities": [] if community else list(_mine(request.user)),
        "several": _mine(request.user).count() > 1,
        "form": RosterForm(),
        "done": _done(request),
        "crumbs": [{"label": "党员名单", "url": reverse("members")}],
    }
    if request.method == "POST" and community:
        context["form"] = form = RosterForm(request.POST, request.FILES)
        if form.is_valid():
            answer = _hand_in(request, community, form)
            if not isinstance(answer, dict):
                return answer
            context |= answer
    return render(request, "members/roster.html", context)


def _hand_in(request, community, form):
    """Read and save: a redirect when it is done, else what the page shows about the faults."""
    upload = form.cleaned_data["file"]
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "roster.xlsx"
        try:
            check_upload(upload, name=upload.name)
            path.write_bytes(upload.read())
            read = roster.read(path, community=community, by=request.user)
        except SheetProblem as problem:
            form.add_error("file", str(problem))
            return {}
        for refusal in read.refusals:
            form.add_error("file", refusal)
        if read.refusals:
            return {"notices": read.notices}
        if read.errors:
            return _faults(request, path, read)
    try:
        counts = roster.apply(read, by=request.user)
    except roster.RosterRefused as refused:
        form.add_error("file", str(refused))
        return {}
    here = f"{reverse('roster_import')}?community={community.pk}"
    if counts["record"] is None:
        messages.info(request, f"没有变化：表里的 {counts['unchanged']} 人都和系统里的一致。")
        return redirect(here)
    if read.notices:
        messages.info(request, "".join(read.notices)[:NOTICE_LENGTH])
    return redirect(f"{here}&done={counts['record']}")


def _faults(request, path, read):
    rows = {fault.row for fault in read.errors}
    try:
        token = error_files.keep(roster.error_file(path, read), request.user)
    except SheetProblem:
        token = ""
    return {
        "faults": read.errors[:ERRORS_SHOWN],
        "more": max(0, len(read.errors) - ERRORS_SHOWN),
        "fault_count": len(read.errors),
        "row_count": len(rows),
        "good_count": read.rows,
        "notices": read.notices,
        "token": token,
    }


def _done(request):
    """The counts of the import just made, read from its own row in the trail."""
    pk = request.GET.get("done", "")
    if not (pk.isascii() and pk.isdecimal() and len(pk) < 18):
        return None
    own = Trail.objects.filter(pk=pk, actor=request.user.pk, verb="members.roster_applied")
    row = own.first()
    if row is None:
        return None
    return [{"label": label, "value": f"{row.changes[label][1]} 人"} for label in ("新增", "更新", "未变")]


@require_GET
@open_to(*ROSTER_KEEPERS)
def roster_template(request):
    """The community's own empty table."""
    community = _community(request)
    if community is None:
        raise Http404
    response = HttpResponse(roster.template(community, by=request.user), content_type=CONTENT_TYPE)
    name = f"{community.name}党员名册模板.xlsx"
    response["Content-Disposition"] = content_disposition_header(True, name)
    return response


@require_GET
@open_to(*ROSTER_KEEPERS)
def roster_errors(request, token):
    """The marked copy, for its own sender only."""
    path = error_files.path_of(token, request.user)
    if path is None:
        raise Http404
    return FileResponse(
        path.open("rb"), as_attachment=True, filename="名册-标出要改的地方.xlsx", content_type=CONTENT_TYPE
    )
