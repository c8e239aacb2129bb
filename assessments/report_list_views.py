"""收述职: who has handed in, a line to those who have not, and the numbers that are said to be wrong."""

from django.contrib import messages
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts import exports
from accounts.export_views import export_page
from accounts.permissions import open_to
from accounts.roles import EXPORTERS, STAFF, Role
from assessments import cards, figures, period, report_numbers, reports
from assessments.forms import AnswerForm
from assessments.models import BranchReport, NumberDispute
from assessments.report_pages import days_left
from assessments.todos import due_on
from office.areas.models import Body
from office.chinese.dates import cn_date
from office.sheets.columns import Column

REMINDERS = (Role.COMMUNITY_SECRETARY, Role.COMMUNITY_WORKER, Role.LIAISON)
ANSWERERS = (Role.COMMUNITY_SECRETARY, Role.COMMUNITY_WORKER, Role.LIAISON)
FACTS = (
    "branch_id",
    "pk",
    "state",
    "submitted_at",
    "submitted_by__name",
    "filled_by__name",
    "offered_at",
    "reminded_at",
    "comment",
)
COLUMNS = [
    Column("community", "社区", width=14),
    Column("branch", "党支部", width=24),
    Column("state", "状态", width=14),
    Column("number", "编号", width=12),
    Column("day", "提交日期", width=14),
    Column("by", "提交人", width=12),
    Column("late", "是否迟交", width=10),
    Column("filled", "代填", width=12),
]


def _span(year):
    try:
        return period.of_year(year)
    except period.NotYet as refused:
        raise Http404(str(refused)) from refused


def rows_of(user, span, reach=None):
    """Every running branch the user sees (or of `reach`) with how its report stands, in the order of the town's lists."""
    due = due_on(user.town_id, span.year, timezone.localdate())
    shown = figures.running(user.town_id, span.day)
    shown = shown.visible_to(user) if reach is None else shown.within(reach)
    branches = list(shown.values_list("pk", "body__short_name", "community__name"))
    written = BranchReport.objects.filter(branch__in=[pk for pk, *_ in branches], year=span.year)
    reports_by = {row["branch_id"]: row for row in written.values(*FACTS)}
    return [_row(branch, reports_by.get(branch[0]), span, due) for branch in branches]


def _row(branch, report, span, due):
    pk, name, community = branch
    state = report["state"] if report else BranchReport.State.DRAFT
    at = report and report["submitted_at"]
    word, kind = BranchReport.State(state).label, cards.KINDS[state]
    if report and report["offered_at"]:
        word, kind = "等书记确认", "info"
    elif report is None and span.is_over:
        word, kind = "未记录", "plain"
    return {
        "pk": pk,
        "url": reverse("report", args=[pk, span.year]),
        "branch": name,
        "community": community,
        "open": state in BranchReport.OPEN,
        "state": word,
        "kind": kind,
        "number": f"{span.year}—{report['pk']:04d}" if at else "",
        "at": at,
        "day": cn_date(timezone.localtime(at)) if at else "",
        "by": (report["submitted_by__name"] or "") if at else "",
        "late": "迟交" if at and not report["comment"] and timezone.localdate(at) > due else "",
        "filled": (report["filled_by__name"] or "") if report else "",
        "reminded": cn_date(timezone.localtime(report["reminded_at"])) if report and report["reminded_at"] else "",
    }


@require_safe
@open_to(*STAFF)
def report_list(request, year):
    """谁交了、谁没交: in the order of the areas, no ranks (R-1005)."""
    span, today = _span(year), timezone.localdate()
    rows = rows_of(request.user, span)
    reach = request.user.reach_as(*REMINDERS)
    mine = set(figures.running(request.user.town_id, span.day).within(reach).values_list("pk", flat=True))
    for row in rows:
        row["remind"] = row["open"] and row["pk"] in mine
    due = due_on(request.user.town_id, span.year, today)
    context = {
        "year": span.year,
        "rows": rows,
        "counts": _counts(rows),
        "left": days_left(due, today),
        "to_remind": sum(row["remind"] for row in rows),
        "several": len({row["community"] for row in rows}) > 1,
        "slips": request.user.has_role(Role.LIAISON),
        "switches": request.user.has_role(Role.TOWN_OFFICE),
        "exports": request.user.has_role(*EXPORTERS),
        "crumbs": [{"label": "述职考核", "url": f"{reverse('materials')}?year={span.year}"}],
    }
    return render(request, "assessments/report_list.html", context)


def _counts(rows):
    """已交12份，其中收下8份；没交5份，退回1份."""
    states = [row["state"] for row in rows]
    received, returned = states.count("已收下"), states.count("退回修改")
    handed_in = sum(not row["open"] for row in rows)
    words = f"已交{handed_in}份" + (f"，其中收下{received}份" if received else "")
    words += f"；还没有交{len(rows) - handed_in}份" + (f"，其中退回修改{returned}份" if returned else "")
    return words


@require_POST
@open_to(*REMINDERS)
def report_remind(request, year):
    """提醒: a line on the home page of one branch, or of all that have not handed in. Nothing is sent to telephones."""
    span = _span(year)
    bodies = Body.objects.filter(
        pk__in=figures.running(request.user.town_id, span.day).within(request.user.reach_as(*REMINDERS)).values("pk")
    )
    if sent := request.POST.get("branch", ""):
        if not (sent.isascii() and sent.isdecimal() and len(sent) < 18):
            raise Http404
        bodies = [get_object_or_404(bodies, pk=int(sent))]
    count = reports.remind(bodies, span.year, by=request.user)
    messages.success(
        request, f"已提醒{count}个支部，书记打开待办就能看到。" if count else "一周之内已经提醒过，或者都已交。"
    )
    return redirect("reports", span.year)


@require_http_methods(["GET", "HEAD", "POST"])
@open_to(*EXPORTERS)
def reports_export(request, year):
    """收述职一览 as a file, as its page shows it."""
    span = _span(year)
    rows = rows_of(request.user, span, exports.reach_of(request.user))
    export = exports.Export(
        name=f"{span.year}年度述职收交情况",
        noun="党支部",
        unit="个支部",
        total=len(rows),
        chosen=f"{span.year}年度",
        order="按社区和支部的次序",
        columns=tuple(COLUMNS),
        rows=lambda secrets: iter(rows),
        back=reverse("reports", args=[span.year]),
    )
    return export_page(request, export)


@require_http_methods(["GET", "HEAD", "POST"])
@open_to(*ANSWERERS)
def report_correction(request, pk):
    """核对更正: the number that is said to be wrong, its rows, and the answer the secretary will read."""
    seen = NumberDispute.objects.within(request.user.reach_as(*ANSWERERS))
    dispute = get_object_or_404(seen.select_related("report__branch", "said_by", "answered_by"), pk=pk)
    year = figures.of_branch(dispute.branch_id, dispute.report.year)
    number = next((n for n in report_numbers.of_year(year) if n.key == dispute.key), None)
    form = AnswerForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        outcome, words = form.cleaned_data["outcome"], form.cleaned_data["answer"]
        try:
            first = report_numbers.answer(dispute, outcome, words, by=request.user)
        except ValueError as refused:
            form.add_error(None, str(refused))
        else:
            messages.success(request, "已答复，支部书记会看到。" if first else "已经有人答复过了。")
            return redirect("report_correction", dispute.pk)
    context = {"dispute": dispute, "number": number, "form": form, "crumbs": _crumbs(dispute)}
    return render(request, "assessments/report_correction.html", context)


def _crumbs(dispute):
    return [{"label": "收述职", "url": reverse("reports", args=[dispute.report.year])}]
