"""导入: hand in a table, look at what it would do, answer, save, take back; the same pages for every kind of table."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.http import content_disposition_header
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts.forms import TableForm
from accounts.import_pages import BATCH_COLUMNS, batch_context, batch_lines, nothing_changes, place_of, upload_url
from accounts.permissions import open_to
from accounts.roles import ROSTER_KEEPERS
from office.areas.models import Community
from office.areas.pages import page
from office.imports import batches, error_copies, holding, jobs, undoing
from office.imports.kinds import all_kinds, kind_called
from office.imports.models import ImportBatch, State
from office.sheets.guard import check_upload
from office.sheets.problems import SheetProblem
from office.sheets.writing import CONTENT_TYPE

REFRESH_EVERY = 4  # seconds
RECENT = 5


def _reach(user):
    return user.reach_as(*ROSTER_KEEPERS)


def _batches(user):
    return ImportBatch.objects.within(_reach(user))


def _batch(request, pk):
    related = ("town", "community", "build", "uploaded_by", "applied_by", "undone_by")
    return get_object_or_404(_batches(request.user).select_related(*related), pk=pk)


def _place(request, kind):
    """What the table is handed in for: the address's community, the town where the kind allows that, the only community.

    None where a community is still to be chosen.
    """
    reach = _reach(request.user)
    mine = Community.objects.within(reach).select_related("town")
    if chosen := request.GET.get("community", ""):
        if not (chosen.isascii() and chosen.isdecimal() and len(chosen) < 18):
            raise Http404
        return get_object_or_404(mine, pk=chosen)
    if kind.of_town and request.user.town_id in reach.towns:
        return request.user.town
    own = list(mine[:2])
    return own[0] if len(own) == 1 else None


def _home(place):
    """The town and community of a batch for this place."""
    if isinstance(place, Community):
        return {"town": place.town, "community": place}
    return {"town": place, "community": None}


def _query(place):
    return f"?community={place.pk}" if isinstance(place, Community) else ""


def _crumbs(kind, *more):
    return [{"label": kind.list_title, "url": reverse(kind.list_address)}, *more]


# --- Handing in --------------------------------------------------------------------------------------------------


def upload_page(request, kind):
    """Choose the community, take the template, hand in the file; the files handed in lately stand below.

    The page of one kind of table; the calling view says who may open it.
    """
    place = _place(request, kind)
    form = TableForm(kind=kind)
    if request.method == "POST" and place:
        form = TableForm(request.POST, request.FILES, kind=kind)
        if form.is_valid() and (batch := _hand_in(request, kind, place, form)):
            return _onwards(request, kind, batch)
    context = {
        "kind": kind,
        "place": place,
        **_choosing(request, kind, place),
        "form": form,
        "recent": batch_lines(_recent(request, kind, place)),
        "template_url": f"{reverse(kind.template_address)}{_query(place)}",
        "upload_url": reverse(kind.address),
        "most_rows": f"{kind.max_rows:,}",
        "first": _first(kind, place),
        "crumbs": _crumbs(kind),
    }
    return render(request, "imports/upload.html", context)


def _choosing(request, kind, place):
    """The communities to choose from, and whether there is another choice than this one."""
    mine = Community.objects.within(_reach(request.user))
    of_town = kind.of_town and not isinstance(place, Community)
    return {"communities": [] if place else list(mine), "several": not of_town and mine.count() > 1}


def _first(kind, place):
    """What has to be done before, with the way there."""
    first = kind.first(**_home(place)) if place else ()
    if not first:
        return None
    why, address, words = first
    return {"why": why, "url": f"{reverse(address)}{_query(place)}", "words": words}


def _recent(request, kind, place):
    found = _batches(request.user).filter(kind=kind.key)
    if isinstance(place, Community):
        found = found.filter(community=place)
    return found.order_by("-id").values(*BATCH_COLUMNS)[:RECENT]


def _hand_in(request, kind, place, form):
    """The batch of the file; None where the form says what is wrong with it."""
    upload = form.cleaned_data["file"]
    try:
        check_upload(upload, name=upload.name)
        batch = batches.upload(upload.read(), upload.name, kind=kind.key, by=request.user, **_home(place))
    except SheetProblem as problem:
        form.add_error("file", str(problem))
        return None
    if batch.refusal:
        form.add_error("file", batch.refusal)
        return None
    return batch


def _onwards(request, kind, batch):
    """To the preview; a file that changes nothing is done with at once."""
    if nothing_changes(batch):
        batches.discard(batch, by=request.user)
        messages.info(request, f"没有变化：表里的 {batch.rows} {kind.unit}都和系统里的一致。")
        return redirect(upload_url(batch))
    return redirect("import_batch", batch.pk)


def template_file(request, kind):
    """The place's own empty table; the calling view says who may open it."""
    place = _place(request, kind)
    if place is None:
        raise Http404
    home = _home(place)
    if not kind.may_keep(request.user, **home):
        raise PermissionDenied
    return _file(kind.template(**home), f"{place.name}{kind.title}模板.xlsx")


def _file(content, name):
    response = HttpResponse(content, content_type=CONTENT_TYPE)
    response["Content-Disposition"] = content_disposition_header(True, name)
    return response


@require_GET
@open_to(*ROSTER_KEEPERS)
def imports(request):
    """导入记录: every file handed in within reach, the newest first."""
    found = page(_batches(request.user), request, key="uploaded_at", descending=True, columns=BATCH_COLUMNS)
    kinds = [{"url": reverse(kind.address), "noun": kind.noun} for kind in all_kinds()]
    return render(request, "imports/list.html", {"rows": batch_lines(found.rows), "page": found, "kinds": kinds})


# --- One file ----------------------------------------------------------------------------------------------------


@require_GET
@open_to(*ROSTER_KEEPERS)
def import_batch(request, pk):
    """The preview, the progress or the result, whatever the batch is at."""
    batch = _batch(request, pk)
    context = batch_context(batch, request)
    kind = context["kind"]
    upload = {"label": f"导入{kind.noun}", "url": context["upload_url"]}
    context |= {"form": TableForm(kind=kind), "crumbs": _crumbs(kind, upload)}
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
    return _do(request, batch, lambda: jobs.again(batch, by=request.user))


@require_POST
@open_to(*ROSTER_KEEPERS)
def import_discard(request, pk):
    """Give the file up, or the undo that got stuck."""
    batch = _batch(request, pk)
    if batch.state == State.UNDOING:
        return _do(request, batch, lambda: undoing.give_up(batch, by=request.user))

    def done():
        batches.discard(batch, by=request.user)
        messages.info(request, f"已放弃“{batch.file_name}”，一行也没有保存。")

    _do(request, batch, done)
    return redirect(upload_url(batch))


def _do(request, batch, deed):
    """Do it, or say why not; either way on to the batch."""
    try:
        deed()
    except (holding.NotNow, batches.Changed) as refused:
        messages.warning(request, str(refused))
    return redirect("import_batch", batch.pk)


@require_http_methods(["GET", "POST"])
@open_to(*ROSTER_KEEPERS)
def import_errors(request, pk):
    """GET: the marked copy. POST: have that of a large file made."""
    batch = _batch(request, pk)
    if request.method == "POST":
        return _do(request, batch, lambda: error_copies.request_error_file(batch, by=request.user))
    try:
        content = error_copies.error_copy(batch)
    except (SheetProblem, holding.NotNow) as problem:
        messages.warning(request, str(problem))
        return redirect("import_batch", batch.pk)
    return _file(content, f"{batch.file_name.removesuffix('.xlsx')}-标出要改的地方.xlsx")


@require_http_methods(["GET", "POST"])
@open_to(*ROSTER_KEEPERS)
def import_undo(request, pk):
    """撤销这次导入: asked first, refused with what stands in the way."""
    batch = _batch(request, pk)
    kind = kind_called(batch.kind)
    crumbs = _crumbs(kind, {"label": batch.file_name, "url": reverse("import_batch", args=[pk])})
    context = {"batch": batch, "kind": kind, "place": place_of(batch), "crumbs": crumbs}
    if request.method == "POST":
        try:
            undoing.undo(batch, by=request.user)
        except holding.NotNow as refused:
            messages.warning(request, str(refused))
            return redirect("import_batch", pk)
        except undoing.InTheWay as refused:
            context |= {"conflicts": refused.conflicts, "count": refused.count}
        else:
            if batch.state == State.UNDONE:
                messages.success(request, f"已撤销，{kind.noun}和导入以前一样。")
            return redirect("import_batch", pk)
    elif not undoing.may_undo(batch):
        messages.warning(request, undoing.why_no_undo(batch))
        return redirect("import_batch", pk)
    else:
        context["conflicts"], context["count"] = undoing.conflicts(batch)
    return render(request, "imports/undo.html", context)
