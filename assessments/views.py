"""述职考核: the year's materials, asked for by the town, read by everybody within their scope."""

import io
from collections import Counter
from itertools import groupby

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db.models import Count
from django.http import FileResponse, Http404, StreamingHttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import content_disposition_header
from django.views.decorators.http import require_POST, require_safe

from accounts.permissions import open_to
from accounts.roles import EXPORTERS, MATERIAL_MAKERS, MATERIAL_READERS, STAFF
from assessments import annual, cards, figures, period
from assessments.forms import YearForm
from assessments.models import BranchReport
from office.areas.models import Town
from office.papers import builds
from office.papers.models import Build, State
from office.papers.pdf import PaperProblem

YEARS_SHOWN = 4
STATE_KINDS = {
    State.QUEUED: "info",
    State.BUILDING: "info",
    State.DONE: "ok",
    State.FAILED: "err",
    State.CANCELLED: "plain",
}
OFFICE = "application/vnd.openxmlformats-officedocument"
CONTENT_TYPES = {
    ".pdf": "application/pdf",
    ".docx": f"{OFFICE}.wordprocessingml.document",
    ".xlsx": f"{OFFICE}.spreadsheetml.sheet",
}
OF_TOWN = {annual.TOWN: "全镇材料", annual.ANNEX: "全镇附表", annual.BUNDLE: "汇编"}
FORMAT_WORDS = dict.fromkeys(annual.PDFS, "PDF") | dict.fromkeys(annual.WORDS, "Word") | {annual.ANNEX: "Excel"}

REFRESH_EVERY = 5  # 秒


@require_safe
@open_to(*MATERIAL_READERS)
def materials(request):
    """One year: its batches of papers, and how far the branches' reports are."""
    today = timezone.localdate()
    year = _year(request.GET, today)
    batches = list(annual.batches_of(request.user).filter(year=year).select_related("requested_by")[:10])
    return render(
        request,
        "assessments/materials.html",
        {
            "year": year,
            "tabs": _years(request, year, today),
            "maker": request.user.has_role(*MATERIAL_MAKERS),
            "batches": _batch_lines(request.user, batches),
            "running": next((batch for batch in batches if batch.is_live), None),
            "reports": _reports(request.user, period.of_year(year, today)),
            "several": request.user.has_role(*STAFF),
        },
    )


def _year(data, today):
    form = YearForm(data)
    year = form.cleaned_data["year"] if form.is_valid() else today.year
    return year if period.FIRST_YEAR <= year <= today.year else today.year


def _years(request, year, today):
    years = sorted({year, *range(today.year, today.year - YEARS_SHOWN, -1)}, reverse=True)
    return [{"label": f"{y}年度", "url": f"{request.path}?year={y}", "current": y == year} for y in years]


def _batch_lines(user, batches):
    """One line a batch; its count is of the papers the user may see."""
    shown = Build.objects.visible_to(user).filter(batch__in=batches).order_by()
    made = {}
    for batch, state, count in shown.values_list("batch", "state").annotate(Count("pk")):
        made.setdefault(batch, Counter())[state] = count
    return [
        {
            "url": reverse("material_batch", args=[batch.pk]),
            "asked_at": batch.queued_at,
            "by": str(batch.requested_by),
            "state": batch.get_state_display(),
            "kind": STATE_KINDS[batch.state],
            "words": f"{made[batch.pk][State.DONE]}/{made[batch.pk].total()}个文件",
        }
        for batch in batches
    ]


def _reports(user, span):
    """Every running branch in scope with the state of its report, in the order of the town's lists."""
    shown = figures.running(user.town_id, span.day).visible_to(user)
    written = BranchReport.objects.visible_to(user).filter(year=span.year)
    states = {branch: (state, at) for branch, state, at in written.values_list("branch_id", "state", "submitted_at")}
    rows = []
    for pk, name, community in shown.values_list("pk", "body__short_name", "community__name"):
        state, at = states.get(pk, ("draft", None))
        unrecorded = span.is_over and pk not in states
        rows.append(
            {
                "url": reverse("report", args=[pk, span.year]),
                "branch": name,
                "community": community,
                "state": "未记录" if unrecorded else BranchReport.State(state).label,
                "kind": "plain" if unrecorded else cards.KINDS[state],
                "submitted_at": at,
            }
        )
    return rows


@require_POST
@open_to(*MATERIAL_MAKERS)
def material_request(request):
    """生成年度述职考核材料; a second press leads to the batch that is running."""
    town = Town.objects.within(request.user.reach_as(*MATERIAL_MAKERS)).get()
    form = YearForm(request.POST)
    if not form.is_valid():
        messages.warning(request, "请选一个年度。")
        return redirect("materials")
    try:
        batch = annual.request_annual(town, form.cleaned_data["year"], by=request.user)
    except builds.AlreadyRequested as already:
        messages.info(request, "这一年的材料正在生成，不用再点一次。")
        batch = already.build
    except period.NotYet as refused:
        messages.warning(request, str(refused))
        return redirect("materials")
    return redirect("material_batch", batch.pk)


@require_safe
@open_to(*MATERIAL_READERS)
def material_batch(request, pk):
    """One batch: its progress while it runs, its papers as they come."""
    batch = get_object_or_404(annual.batches_of(request.user).select_related("requested_by"), pk=pk)
    if batch.is_live:
        builds.nudge(batch)
    shown = annual.papers_of(batch, request.user)
    count = Counter(build.state for build in shown)
    makes = _makes(request.user, batch)
    response = render(
        request,
        "assessments/batch.html",
        {
            "batch": batch,
            "state_kind": STATE_KINDS[batch.state],
            "rows": [_paper_line(list(files), makes) for _, files in groupby(shown, key=_paper)],
            "files": len(shown),
            "progress": _progress(count),
            "done": count[State.DONE],
            "silent": batch.is_live and annual.worker_is_silent(),
            "again": count[State.FAILED] + count[State.CANCELLED] if makes and not batch.is_live else 0,
            "makes": makes,
            "zips": request.user.has_role(*EXPORTERS) and any(build.state == State.DONE for build in shown),
            "crumbs": [{"label": "述职考核", "url": f"{reverse('materials')}?year={batch.year}"}],
        },
    )
    if batch.is_live:
        # 不靠脚本也会自己更新；写在回应头里，页面里不放会打断读屏的标签。
        response["Refresh"] = str(REFRESH_EVERY)
    return response


def _progress(count):
    """已生成12个文件，共32个；未能生成1个."""
    words = f"已生成{count[State.DONE]}个文件，共{count.total()}个"
    for state in (State.FAILED, State.CANCELLED):
        if count[state]:
            words += f"；{state.label}{count[state]}个"
    return words


def _makes(user, batch):
    return Build.objects.within(user.reach_as(*MATERIAL_MAKERS)).filter(pk=batch.pk).exists()


def _paper(build):
    """What the PDF and the Word file of one paper have in common."""
    return build.branch_id, build.title


def _paper_line(files, makes):
    """One line of the page: a paper and the files it comes in."""
    first = files[0]
    readable = first.kind in annual.BOUND and first.figures is not None
    return {
        "title": str(first.branch) if first.branch_id else OF_TOWN[first.kind],
        "community": first.community.name if first.community_id else "全镇",
        "read": reverse("material_read", args=[first.pk]) if readable else "",
        "same": len({build.state for build in files}) == 1,
        "state": first.get_state_display(),
        "kind": STATE_KINDS[first.state],
        "files": [_file_line(build, makes) for build in files],
    }


def _file_line(build, makes):
    done = build.state == State.DONE
    return {
        "pk": build.pk,
        "word": FORMAT_WORDS[build.kind],
        "done": done,
        "opens": done and build.kind in annual.PDFS,
        "size": _size(build.size) if done else "",
        "state": build.get_state_display(),
        "kind": STATE_KINDS[build.state],
        "error": build.error,
        "again": makes and build.state in (State.FAILED, State.CANCELLED),
    }


def _size(count):
    return f"{count / 1024**2:.1f} 兆" if count >= 1024**2 else f"{max(1, round(count / 1024))} 千字节"


@require_safe
@open_to(*MATERIAL_READERS)
def material_read(request, pk):
    """A paper on the screen, from the figures its PDF was printed from."""
    build = get_object_or_404(Build.objects.visible_to(request.user), pk=pk, kind__in=annual.BOUND)
    if build.figures is None:
        raise Http404("还没有生成。")
    crumbs = [{"label": "述职考核", "url": f"{reverse('materials')}?year={build.year}"}]
    if build.batch_id:
        crumbs.append({"label": "这一批材料", "url": reverse("material_batch", args=[build.batch_id])})
    of_town = build.kind == annual.TOWN
    return render(
        request,
        "assessments/material_read.html",
        {
            "build": build,
            "body": "assessments/_town_year.html" if of_town else "assessments/_branch_year.html",
            "crumbs": crumbs,
            "opens": build.state == State.DONE,
        }
        | annual.shown(build),
    )


@require_safe
@open_to(*MATERIAL_READERS)
def material_file(request, pk):
    """One finished PDF, opened in the browser; what is taken away goes by material_download."""
    build = get_object_or_404(_finished(request.user), pk=pk, kind__in=annual.PDFS)
    try:
        file = builds.path_of(build).open("rb")
    except FileNotFoundError:
        raise Http404("文件不在了，请重新生成。") from None
    return FileResponse(file, filename=build.file_name, content_type="application/pdf")


@require_POST
@open_to(*MATERIAL_READERS)
def material_download(request, pk):
    """One finished file to take away; leaves a trail row."""
    build = get_object_or_404(_finished(request.user).select_related("batch"), pk=pk)
    try:
        file = annual.handed_out(build, by=request.user)
    except FileNotFoundError:
        messages.warning(request, "文件不在了，请重新生成。")
        return redirect("material_batch", build.batch_id) if build.batch_id else redirect("materials")
    kind = CONTENT_TYPES[builds.path_of(build).suffix]
    return FileResponse(file, as_attachment=True, filename=build.file_name, content_type=kind)


def _finished(user):
    return Build.objects.visible_to(user).single().filter(state=State.DONE, kind__in=FORMAT_WORDS)


@require_POST
@open_to(*EXPORTERS)
def material_zip(request, pk):
    """All finished files of the batch that the user may see, as one zip that is made while it is sent; leaves a trail."""
    batch = get_object_or_404(annual.batches_of(request.user), pk=pk)
    try:
        pieces = annual.zipped(batch, annual.papers_of(batch, request.user), by=request.user)
    except PaperProblem as refused:
        messages.warning(request, str(refused))
        return redirect("material_batch", batch.pk)
    name = content_disposition_header(as_attachment=True, filename=f"{batch.title}.zip")
    return StreamingHttpResponse(pieces, content_type="application/zip", headers={"Content-Disposition": name})


@require_POST
@open_to(*MATERIAL_READERS)
def material_retry(request, pk):
    """Make again what failed or was cancelled: one paper, or those of a batch."""
    build = _to_change(request.user, pk)
    try:
        queued = annual.retry(build, by=request.user)
    except builds.AlreadyRequested as already:
        messages.info(request, str(already))
        return redirect("material_batch", already.build.pk)
    if queued:
        messages.success(request, f"已重新排队{queued}个文件。")
    return redirect("material_batch", build.batch_id or build.pk)


@require_POST
@open_to(*MATERIAL_READERS)
def material_cancel(request, pk):
    """Stop what is queued or being made; finished papers stay."""
    build = _to_change(request.user, pk)
    if builds.cancel(build, by=request.user):
        messages.success(request, "已取消，已经生成的仍可打开。")
    return redirect("material_batch", build.batch_id or build.pk)


def _to_change(user, pk):
    """The build, for a maker of its town; 404 when not visible, 403 when visible but not theirs."""
    found = Build.objects.filter(pk__in=annual.batches_of(user).values("pk")) | Build.objects.visible_to(user)
    build = get_object_or_404(found.distinct().select_related("batch"), pk=pk)
    if not _makes(user, build):
        raise PermissionDenied
    return build


@require_POST
@open_to(*MATERIAL_READERS)
def report_word(request, branch, year):
    """述职报告稿 as Word: facts and what is written so far, for whoever may read the text; leaves a trail row."""
    asked = {"branch": branch, "year": year}
    report = get_object_or_404(BranchReport.objects.visible_to(request.user).select_related("branch"), **asked)
    if not BranchReport.objects.readable_by(request.user).filter(pk=report.pk).exists():
        raise PermissionDenied
    data, name = annual.report_word(report, by=request.user)
    return FileResponse(io.BytesIO(data), as_attachment=True, filename=name, content_type=CONTENT_TYPES[".docx"])
