"""年终述职: the branch secretary writes, checks and hands in; the community reads, takes or sends back (R-402)."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.permissions import open_to
from accounts.roles import MATERIAL_READERS, STAFF, Role
from assessments import figures, period, reports
from assessments.forms import ReportForm, ReturnForm
from assessments.models import BranchReport
from assessments.todos import due_on
from branches.models import Branch

LABELS = {
    "done": "做成的事",
    "problem": "今年最大的问题",
    "cause": "为什么没解决好",
    "plan": "明年打算",
}


@require_http_methods(["GET", "HEAD", "POST"])
@open_to(*MATERIAL_READERS)
def report(request, branch, year):
    """述职: the writer's form while it is open, else the text for those who may read it."""
    found = _branch(request.user, branch)
    span = _span(year)
    own = BranchReport.objects.filter(branch=found.pk, year=year).first()
    if not _writes(request.user, found):
        if request.method == "POST":
            raise PermissionDenied
        return _read(request, found, span, own, ReturnForm())
    if own is not None and not own.is_open:
        if request.method == "POST":
            messages.info(request, "这份述职已经交过了，不能再改。")
            return redirect("report", found.pk, year)
        return _read(request, found, span, own, ReturnForm())
    return _save(request, found, span, own) if request.method == "POST" else _write(request, found, span, own)


def _save(request, branch, span, own):
    form = ReportForm(request.POST)
    if not form.is_valid():
        return _write(request, branch, span, own, form)
    try:
        reports.write(branch.body, span.year, form.texts, version=form.cleaned_data["version"], by=request.user)
    except reports.ChangedMeanwhile as conflict:
        return _write(request, branch, span, conflict.report, _newer(form, conflict.report), conflict=True)
    except ValueError as refused:
        messages.warning(request, str(refused))
        return redirect("report", branch.pk, span.year)
    if "check" in request.POST:
        return redirect("report_check", branch.pk, span.year)
    messages.success(request, "已保存，还没有提交。")
    return redirect("report", branch.pk, span.year)


def _newer(form, saved):
    """The writer's own text again, now standing on what was saved meanwhile."""
    return ReportForm(initial=form.texts | {"version": saved.version})


def _write(request, branch, span, own, form=None, *, conflict=False):
    initial = {box: getattr(own, box) for box in BranchReport.BOXES} if own else {}
    context = _facts(request, branch, span, own) | {
        "form": form or ReportForm(initial=initial | {"version": own.version if own else 0}),
        "numbers": _numbers(figures.of_branch(branch.pk, span.year)),
        "theirs": _rows(own) if conflict else [],
    }
    return render(request, "assessments/report_write.html", context, status=409 if conflict else 200)


def _read(request, branch, span, own, form, status=200):
    """What is handed in, for whoever may read it; the rest learn only that it is not handed in yet."""
    readable = own is not None and BranchReport.objects.readable_by(request.user).filter(pk=own.pk).exists()
    context = _facts(request, branch, span, own) | {
        "form": form,
        "rows": _rows(own) if readable else [],
        "receives": own is not None and own.state == BranchReport.State.SUBMITTED and _receives(request.user, branch),
        "writer": _writes(request.user, branch),
    }
    return render(request, "assessments/report_read.html", context, status=status)


@require_safe
@open_to(*MATERIAL_READERS)
def report_check(request, branch, year):
    """Check-your-answers before handing in; says what is still to write."""
    found, span = _branch(request.user, branch), _span(year)
    if not _writes(request.user, found):
        raise PermissionDenied
    own = BranchReport.objects.filter(branch=found.pk, year=year).first()
    if own is None or not own.is_open:
        return redirect("report", found.pk, year)
    url = reverse("report", args=[found.pk, year])
    rows = [row | {"url": f"{url}#id_{row['name']}"} for row in _rows(own)]
    missing = [{"anchor": "", "url": f"{url}#id_{name}", "text": label} for name, label in own.missing_to_submit()]
    return render(
        request,
        "assessments/report_check.html",
        _facts(request, found, span, own) | {"rows": rows, "missing": missing},
    )


@require_POST
@open_to(*MATERIAL_READERS)
def report_submit(request, branch, year):
    """提交给社区党委."""
    found = _branch(request.user, branch)
    if not _writes(request.user, found):
        raise PermissionDenied
    own = get_object_or_404(BranchReport, branch=found.pk, year=year)
    sent = request.POST.get("version", "")
    version = int(sent) if sent.isascii() and sent.isdecimal() and len(sent) < 10 else 0
    try:
        own.submit(by=request.user, version=version)
    except ValueError as refused:
        messages.warning(request, str(refused))
        return redirect("report_check", found.pk, year)
    return redirect("report", found.pk, year)


@require_POST
@open_to(*STAFF)
def report_receive(request, branch, year):
    """社区收下."""
    return _answer(request, branch, year, lambda own: own.receive(by=request.user), "已收下。")


@require_POST
@open_to(*STAFF)
def report_return(request, branch, year):
    """社区退回, with what should be mended."""
    found, own = _handed_in(request, branch, year)
    form = ReturnForm(request.POST)
    if not form.is_valid():
        return _read(request, found, _span(year), own, form)
    comment = form.cleaned_data["comment"]
    return _answer(
        request, branch, year, lambda own: own.return_with(comment, by=request.user), "已退回，支部会看到您的意见。"
    )


def _answer(request, branch, year, deed, said):
    found, own = _handed_in(request, branch, year)
    try:
        deed(own)
    except ValueError as refused:
        messages.warning(request, str(refused))
    else:
        messages.success(request, said)
    return redirect("report", found.pk, year)


def _handed_in(request, branch, year):
    """The branch and its report, for a community secretary of its own community; 403 for other readers."""
    found = _branch(request.user, branch)
    if not _receives(request.user, found):
        raise PermissionDenied
    return found, get_object_or_404(BranchReport, branch=found.pk, year=year)


def _branch(user, pk):
    return get_object_or_404(
        Branch.objects.visible_to(user).select_related("body__community__town", "community"), pk=pk
    )


def _span(year):
    try:
        return period.of_year(year)
    except period.NotYet as refused:
        raise Http404(str(refused)) from refused


def _writes(user, branch):
    return branch.pk in user.reach_as(Role.BRANCH_SECRETARY).branches


def _receives(user, branch):
    return branch.community_id in user.reach_as(Role.COMMUNITY_SECRETARY).communities


def _facts(request, branch, span, own):
    """What every page of one report says of it."""
    today = timezone.localdate()
    due = due_on(branch.town_id, span.year, today)
    return {
        "branch": branch,
        "year": span.year,
        "report": own,
        "due": due,
        "overdue": due < today,
        "late": own is not None and own.is_late(due),
        "crumbs": [
            {"label": "述职考核", "url": f"{reverse('materials')}?year={span.year}"},
        ]
        if request.user.has_role(*STAFF)
        else [],
    }


def _rows(own):
    return [
        {"name": box, "label": LABELS[box], "value": getattr(own, box) or ("没有写（选填）" if box == "done" else "")}
        for box in BranchReport.BOXES
    ]


def _numbers(year):
    """The year's numbers, each a link to the rows that make it; what has no record reads 未记录 (R-319)."""
    branch, held, members = year.basics.id, year.held, year.membership
    here = reverse("branch", args=[branch])

    def of_kind(kept):
        url = f"{reverse('meetings')}?branch={branch}&kind={kept.kind}&year={year.year}"
        return _number(kept.label, kept.count, "次", url if kept.count else "")

    rows = [
        _number("直管党员", members.direct, "名", here, f"其中正式党员{members.full}名"),
        _number("在职报到党员", members.in_service, "名", here),
        *[of_kind(kept) for kept in held.life if kept.due or kept.count],
        of_kind(held.joint),
    ]
    decisions = f"{reverse('meetings')}?branch={branch}&year={year.year}"
    rows.append(_number("会议决定", len(held.decided), "项", decisions, f"已办结{held.done}项" if held.decided else ""))
    rows.append(_number("阵地“七有”", year.venue.held if year.venue else 0, "项", here))
    rows += [
        _number(f"{compound.name}业委会委员中的党员", committee.share, "", reverse("compound", args=[compound.id]))
        for compound, committee in zip(year.basics.compounds, year.committees, strict=True)
        if committee.seats
    ]
    return rows


def _number(label, value, unit, url, note=""):
    if not value:
        return {"label": label, "value": "未记录", "unit": "", "url": "", "note": ""}
    return {"label": label, "value": value, "unit": unit, "url": url, "note": note}
