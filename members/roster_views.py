"""导入党员名册: hand in the file, look at what it would do, answer, save, take back."""

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.http import content_disposition_header
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts.permissions import open_to
from accounts.roles import ROSTER_KEEPERS
from members import roster
from members.forms import RosterForm
from members.roster_pages import BATCH_COLUMNS, batch_context, batch_lines, nothing_changes
from office.areas.models import Community
from office.areas.pages import page
from office.imports import batches
from office.imports.models import ImportBatch
from office.sheets.guard import check_upload
from office.sheets.problems import SheetProblem
from office.sheets.writing import CONTENT_TYPE

REFRESH_EVERY = 4  # seconds
RECENT = 5


def _mine(user):
    return Community.objects.within(user.reach_as(*ROSTER_KEEPERS))


def _batches(user):
    return ImportBatch.objects.within(user.reach_as(*ROSTER_KEEPERS)).filter(kind=roster.ROSTER)


def _batch(request, pk):
    related = ("town", "community", "build", "uploaded_by", "applied_by", "undone_by")
    return get_object_or_404(_batches(request.user).select_related(*related), pk=pk)


def _community(request):
    """The community of the address, or the only one; None where one is still to be chosen."""
    chosen = request.GET.get("community", "")
    if chosen:
        if not (chosen.isascii() and chosen.isdecimal() and len(chosen) < 18):
            raise Http404
        return get_object_or_404(_mine(request.user), pk=chosen)
    own = list(_mine(request.user)[:2])
    return own[0] if len(own) == 1 else None


def _crumbs(*more):
    return [{"label": "党员名单", "url": reverse("members")}, *more]


# --- Handing in --------------------------------------------------------------------------------------------------


@require_http_methods(["GET", "POST"])
@open_to(*ROSTER_KEEPERS)
def roster_import(request):
    """Choose the community, take the template, hand in the file; the files handed in lately stand below."""
    community = _community(request)
    form = RosterForm()
    if request.method == "POST" and community:
        form = RosterForm(request.POST, request.FILES)
        if form.is_valid() and (batch := _hand_in(request, community, form)):
            return _onwards(request, batch)
    recent = _batches(request.user).filter(community=community).order_by("-id") if community else _batches(request.user)
    context = {
        "community": community,
        "communities": [] if community else list(_mine(request.user)),
        "several": _mine(request.user).count() > 1,
        "form": form,
        "recent": batch_lines(recent.order_by("-id").values(*BATCH_COLUMNS)[:RECENT]),
        "crumbs": _crumbs(),
    }
    return render(request, "members/roster.html", context)


def _hand_in(request, community, form):
    """The batch of the file; None where the form says what is wrong with it."""
    upload = form.cleaned_data["file"]
    try:
        check_upload(upload, name=upload.name)
        batch = roster.hand_in(upload.read(), upload.name, community=community, by=request.user)
    except SheetProblem as problem:
        form.add_error("file", str(problem))
        return None
    if batch.refusal:
        form.add_error("file", batch.refusal)
        return None
    return batch


def _onwards(request, batch):
    """To the preview; a file that changes nothing is done with at once."""
    if nothing_changes(batch):
        batches.discard(batch, by=request.user)
        messages.info(request, f"没有变化：表里的 {batch.rows} 人都和系统里的一致。")
        return redirect(f"{reverse('roster_import')}?community={batch.community_id}")
    return redirect("import_batch", batch.pk)


@require_GET
@open_to(*ROSTER_KEEPERS)
def roster_template(request):
    """The community's own empty table."""
    community = _community(request)
    if community is None:
        raise Http404
    return _file(roster.template(community, by=request.user), f"{community.name}党员名册模板.xlsx")


def _file(content, name):
    response = HttpResponse(content, content_type=CONTENT_TYPE)
    response["Content-Disposition"] = content_disposition_header(True, name)
    return response


@require_GET
@open_to(*ROSTER_KEEPERS)
def imports(request):
    """导入记录: every file handed in within reach, the newest first."""
    found = page(_batches(request.user), request, key="uploaded_at", descending=True, columns=BATCH_COLUMNS)
    context = {"rows": batch_lines(found.rows), "page": found, "crumbs": _crumbs()}
    return render(request, "imports/list.html", context)


# --- One file ----------------------------------------------------------------------------------------------------


@require_GET
@open_to(*ROSTER_KEEPERS)
def import_batch(request, pk):
    """The preview, the progress or the result, whatever the batch is at."""
    batch = _batch(request, pk)
    context = batch_context(batch, request)
    context |= {"form": RosterForm(), "crumbs": _crumbs({"label": "导入名册", "url": context["upload_url"]})}
    response = render(request, context["template"], context)
    if context["refreshes"]:
        # 不靠脚本也会自己更新；写在回应头里，页面里不放会打断读屏的标签。
        response["Refresh"] = str(REFRESH_EVERY)
    return response


@require_POST
@open_to(*ROSTER_KEEPERS)
def import_answer(request, pk):
    """The answers of one page of questions; those left open stay open."""
    batch = _batch(request, pk)
    given = {name.removeprefix("q-"): value for name, value in request.POST.items() if name.startswith("q-") and value}

    def done():
        taken = batches.answer(batch, given, by=request.user)
        if taken:
            messages.success(request, f"已记下 {taken} 个回答，下次导入时照此办理。")
        else:
            messages.warning(request, "还没有选好回答。")

    return _do(request, batch, done)


@require_POST
@open_to(*ROSTER_KEEPERS)
def import_apply(request, pk):
    """全部导入, or with only_good 先导入正确的."""
    batch = _batch(request, pk)
    return _do(
        request, batch, lambda: batches.apply(batch, only_good=bool(request.POST.get("only_good")), by=request.user)
    )


@require_POST
@open_to(*ROSTER_KEEPERS)
def import_again(request, pk):
    """Try once more what got stuck."""
    batch = _batch(request, pk)
    return _do(request, batch, lambda: batches.again(batch, by=request.user))


@require_POST
@open_to(*ROSTER_KEEPERS)
def import_discard(request, pk):
    """Give the file up."""
    batch = _batch(request, pk)

    def done():
        batches.discard(batch, by=request.user)
        messages.info(request, f"已放弃“{batch.file_name}”，一行也没有保存。")

    _do(request, batch, done)
    return redirect(f"{reverse('roster_import')}?community={batch.community_id}")


def _do(request, batch, deed):
    """Do it, or say why not; either way on to the batch."""
    try:
        deed()
    except (batches.NotNow, batches.Changed) as refused:
        messages.warning(request, str(refused))
    return redirect("import_batch", batch.pk)


@require_http_methods(["GET", "POST"])
@open_to(*ROSTER_KEEPERS)
def import_errors(request, pk):
    """GET: the marked copy. POST: have that of a large file made."""
    batch = _batch(request, pk)
    if request.method == "POST":
        return _do(request, batch, lambda: batches.request_error_file(batch, by=request.user))
    try:
        content = batches.error_copy(batch)
    except (SheetProblem, batches.NotNow) as problem:
        messages.warning(request, str(problem))
        return redirect("import_batch", batch.pk)
    return _file(content, f"{batch.file_name.removesuffix('.xlsx')}-标出要改的地方.xlsx")


@require_http_methods(["GET", "POST"])
@open_to(*ROSTER_KEEPERS)
def import_undo(request, pk):
    """撤销这次导入: asked first, refused with what stands in the way."""
    batch = _batch(request, pk)
    context = {"batch": batch, "crumbs": _crumbs({"label": batch.file_name, "url": reverse("import_batch", args=[pk])})}
    if request.method == "POST":
        try:
            batches.undo(batch, by=request.user)
        except batches.NotNow as refused:
            messages.warning(request, str(refused))
            return redirect("import_batch", pk)
        except batches.InTheWay as refused:
            context |= {"conflicts": refused.conflicts, "count": refused.count}
        else:
            messages.success(request, "已撤销，名册和导入以前一样。")
            return redirect("import_batch", pk)
    elif not batches.may_undo(batch):
        messages.warning(request, batches.why_no_undo(batch))
        return redirect("import_batch", pk)
    else:
        context["conflicts"], context["count"] = batches.conflicts(batch)
    return render(request, "imports/undo.html", context)
