"""Pages of patches (片区) and grid cells (网格)."""

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from accounts.export_views import export_page
from accounts.exports import reach_of
from accounts.permissions import open_to
from accounts.roles import EXPORTERS, ROSTER_KEEPERS, STAFF, Role
from branches import cells as gridding
from branches import territory, territory_export
from branches.leadership_forms import CloseForm
from branches.leadership_views import kept, show_refusal
from branches.territory_forms import CellBar, CellForm, DayBar, PatchForm
from members.models import Post
from office.areas.models import Body, Community, Compound, Coverage
from office.areas.pages import filters_of
from office.chinese.dates import cn_date

Kind = Body.Kind
LONGEST_KEY = 18


# ── 片区 ──


def _patches_on(request, reach):
    """(filter bar, day, the patches of that day)."""
    bar = DayBar(request.GET or None)
    day = bar.chosen("on") or timezone.localdate()
    return bar, day, territory.patches(reach, day)


@require_safe
@open_to(*STAFF)
def patches(request):
    """片区: which compounds each has on a day, who answers for it; compounds in none."""
    bar, day, found = _patches_on(request, request.user.reach)
    context = {
        "bar": bar,
        "day": day,
        "is_today": day == timezone.localdate(),
        "patches": found.lines,
        "free": found.free,
        "draws": request.user.has_role(Role.TOWN_OFFICE),
    }
    if request.user.has_role(*EXPORTERS):
        context["export_url"] = f"{reverse('patches_export')}{filters_of(request)}"
    return render(request, "branches/patches.html", context)


@require_http_methods(["GET", "POST"])
@open_to(*EXPORTERS)
def patches_export(request):
    """片区台账 as a file: the day of the page, with its purpose."""
    _, day, found = _patches_on(request, reach_of(request.user))
    back = f"{reverse('patches')}{filters_of(request)}"
    return export_page(request, territory_export.patches(found, day, back=back))


@require_http_methods(["GET", "POST"])
@open_to(Role.TOWN_OFFICE)
def patch_new(request):
    """划分一个片区."""
    return _patch_page(request, None)


@require_http_methods(["GET", "POST"])
@open_to(Role.TOWN_OFFICE)
def patch_edit(request, pk):
    """调整一个片区 from a day on, or 撤销."""
    patch = kept(request, Body.objects.filter(kind=Kind.PATCH), pk, (Role.TOWN_OFFICE,))
    if patch.ends_on is None and "close" in request.POST:
        return _patch_page(request, patch, closing=CloseForm(request.POST))
    return _patch_page(request, patch)


def _patch_page(request, patch, closing=None):
    town = patch.town if patch else request.user.town
    compounds = Compound.objects.within(request.user.reach_as(Role.TOWN_OFFICE)).filter(town=town)
    compounds = compounds.select_related("community").order_by("community__position", "pinyin", "pk")
    given = _given(request, patch, closing)
    form = PatchForm(given, compounds=compounds, initial=_as_it_stands(patch))
    if given is not None and form.is_valid():
        facts = dict(form.cleaned_data)
        try:
            saved = territory.save_patch(
                patch, town, name=facts["name"], compounds=list(facts["compounds"]), on=facts["on"],
                seen_before=facts["seen"], by=request.user,
            )  # fmt: skip
        except ValidationError as refusal:
            show_refusal(form, refusal)
        else:
            messages.success(request, f"{saved}从{cn_date(facts['on'])}起有{len(facts['compounds'])}个小区，已保存。")
            return redirect("patches")
    if closing is not None and _closed(request, patch, closing, "areas.patch_closed"):
        return redirect("patches")
    context = {"body": patch, "form": form, "close": closing or CloseForm(), "crumbs": _patch_crumbs()}
    if patch is not None:
        context |= _history(patch)
    return render(request, "branches/patch.html", context)


def _given(request, body, closing):
    """What was posted to change it; nothing to a body that is closed or being closed."""
    open_still = body is None or body.ends_on is None
    return request.POST if request.method == "POST" and closing is None and open_still else None


def _patch_crumbs():
    return [{"label": "小区", "url": reverse("compounds")}, {"label": "片区", "url": reverse("patches")}]


def _as_it_stands(body):
    """What a form starts with."""
    if body is None:
        return {}
    held = body.coverage.filter(ends_on=None).values_list("compound_id", flat=True)
    return {"name": body.short_name, "compounds": list(held), "seen": territory.seen(body)}


def _history(body):
    """Who answers for it now, and which compounds were in it from when until when."""
    rows = Coverage.objects.filter(body=body).select_related("compound").order_by("-ends_on", "-starts_on", "pk")
    over = [row for row in rows if row.ends_on is not None]
    return {
        "posts": Post.objects.on(timezone.localdate()).filter(body=body).select_related("person"),
        "former": [
            {
                "when": f"{cn_date(row.starts_on) if row.starts_on else ''}—{cn_date(row.ends_on)}",
                "text": row.compound.name,
            }
            for row in over
        ],
    }


def _closed(request, body, form, verb):
    """Close a patch or a cell as the form says; whether it is done."""
    if not form.is_valid():
        return False
    try:
        territory.close(body, **form.cleaned_data, verb=verb, by=request.user)
    except ValidationError as refusal:
        show_refusal(form, refusal)
        return False
    messages.success(request, f"{body}到{cn_date(form.cleaned_data['on'])}撤销，以前的记录都保留。")
    return True


# ── 网格 ──


def _cells(request, reach):
    rows = gridding.lines(reach, timezone.localdate())
    bar = CellBar(request.GET, rows=rows)
    return bar, bar.narrow(rows)


@require_safe
@open_to(*STAFF)
def cells(request):
    """网格: compounds and buildings, branch, 网格员, members; those without a member stand out."""
    bar, rows = _cells(request, request.user.reach)
    context = {
        "bar": bar,
        "rows": rows,
        "without": sum(not row.members for row in rows),
        "draws": request.user.has_role(*ROSTER_KEEPERS),
    }
    if request.user.has_role(*EXPORTERS):
        context["export_url"] = f"{reverse('cells_export')}{filters_of(request)}"
    return render(request, "branches/cells.html", context)


@require_http_methods(["GET", "POST"])
@open_to(*EXPORTERS)
def cells_export(request):
    """网格台账 as a file: the page's own filter, with its purpose."""
    bar, rows = _cells(request, reach_of(request.user))
    back = f"{reverse('cells')}{filters_of(request)}"
    return export_page(request, territory_export.cells(bar, rows, back=back))


@require_safe
@open_to(*STAFF, Role.COMPOUND_WORKER)
def cell(request, pk):
    """One page of a cell: compounds, branch, 网格员, 楼栋长, members by 楼栋."""
    covered = Coverage.objects.visible_to(request.user).filter(body=pk, body__kind=Kind.GRID_CELL)
    found = covered.select_related("body__community").first()
    if found is None:
        raise Http404
    staff = request.user.has_role(*STAFF)
    context = {
        "cell": found.body,
        "page": gridding.of_cell(found.body, request.user, timezone.localdate()),
        "keeps": found.body.ends_on is None and _keeps(request.user, pk),
        "opens": staff,
        "crumbs": _cell_crumbs() if staff else [],
    }
    return render(request, "branches/cell.html", context)


def _keeps(user, pk):
    return user.has_role(*ROSTER_KEEPERS) and Body.objects.within(user.reach_as(*ROSTER_KEEPERS)).filter(pk=pk).exists()


def _cell_crumbs():
    return [{"label": "小区", "url": reverse("compounds")}, {"label": "网格", "url": reverse("cells")}]


@require_http_methods(["GET", "POST"])
@open_to(*ROSTER_KEEPERS)
def cell_new(request):
    """划分一个网格: in which community, then what belongs to it."""
    communities = Community.objects.within(request.user.reach_as(*ROSTER_KEEPERS)).order_by("position", "id")
    asked = request.GET.get("community", "")
    if asked.isascii() and asked.isdecimal() and len(asked) <= LONGEST_KEY:
        communities = communities.filter(pk=asked)
    found = list(communities)
    if len(found) != 1:
        rows = [{"object": one.name, "url": f"{request.path}?community={one.pk}"} for one in found]
        return render(request, "branches/cell_start.html", {"rows": rows, "crumbs": _cell_crumbs()})
    return _cell_page(request, None, found[0])


@require_http_methods(["GET", "POST"])
@open_to(*ROSTER_KEEPERS)
def cell_edit(request, pk):
    """调整一个网格 from a day on, or 撤销."""
    cell = kept(request, Body.objects.filter(kind=Kind.GRID_CELL).select_related("community__town"), pk)
    if cell.ends_on is None and "close" in request.POST:
        return _cell_page(request, cell, cell.community, closing=CloseForm(request.POST))
    return _cell_page(request, cell, cell.community)


def _cell_page(request, cell, community, closing=None):
    compounds = Compound.objects.filter(community=community).order_by("pinyin", "pk")
    given = _given(request, cell, closing)
    initial = _as_it_stands(cell)
    if cell is not None:
        initial["labels"] = "、".join(cell.cell_buildings.values_list("label", flat=True))
    form = CellForm(given, compounds=compounds, initial=initial)
    if given is not None and form.is_valid():
        facts = dict(form.cleaned_data)
        try:
            saved = gridding.save(
                cell, community, name=facts["name"], compounds=list(facts["compounds"]), labels=facts["labels"],
                on=facts["on"], seen_before=facts["seen"], by=request.user,
            )  # fmt: skip
        except ValidationError as refusal:
            show_refusal(form, refusal)
        else:
            messages.success(request, f"{saved}已保存。")
            return redirect("cell", pk=saved.pk)
    if closing is not None and _closed(request, cell, closing, "areas.cell_closed"):
        return redirect("cells")
    context = {
        "body": cell,
        "community": community,
        "form": form,
        "any": compounds.exists(),
        "close": closing or CloseForm(),
        "crumbs": _cell_crumbs(),
    }
    return render(request, "branches/cell_form.html", context)
