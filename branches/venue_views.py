"""阵地七有 of one branch, and of all of them as a ledger."""

from functools import partial

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from accounts.export_views import export_page
from accounts.exports import reach_of
from accounts.permissions import open_to
from accounts.roles import EVERYBODY_AT_WORK, EXPORTERS, STAFF, Role
from branches import permissions, venue_export, venues, wall
from branches.models import Branch
from branches.venue_filters import VenueFilter
from branches.venue_forms import VenueForm
from office.areas.pages import filters_of, narrowed
from office.rulebook.rules import conflict, principle, rule

FIRST_YEAR = 2000


def seen_branch(request, pk, day):
    """The branch whose venue the reader may see; 404 otherwise."""
    rows = permissions.seen(request.user, day).select_related("body", "community")
    return get_object_or_404(rows, pk=pk)


def ticked_branch(request, pk, day):
    """The branch whose venue the reader may record: 404 where it is not seen, 403 where it is only seen."""
    branch = seen_branch(request, pk, day)
    if not permissions.ticks(request.user, branch, day):
        raise PermissionDenied
    return branch


def crumbs_of(user, branch, *more):
    """The way down to a page about this branch, for those who may walk it."""
    if user.has_role(*STAFF):
        above = [{"label": "支部与党员", "url": reverse("branches")}]
    else:
        above = []
    if above or user.has_role(Role.BRANCH_SECRETARY):
        above.append({"label": str(branch), "url": reverse("branch", args=[branch.pk])})
    return [*above, *more]


def venue_crumb(branch):
    return {"label": "阵地七有", "url": reverse("venue", args=[branch.pk])}


@require_http_methods(["GET", "POST"])
@open_to(*EVERYBODY_AT_WORK)
def venue(request, pk):
    """阵地七有: the yearly sheet, ticked in place; older years are read."""
    today = timezone.localdate()
    branch = seen_branch(request, pk, today)
    year = _year(request, today)
    ticks = year == today.year and permissions.ticks(request.user, branch, today)
    if request.method == "POST" and not ticks:
        raise PermissionDenied
    sheet, asked = venues.of_year(pk, year), venues.asked(branch.town_id, today)
    context = {
        "branch": branch,
        "year": year,
        "sheet": sheet,
        "ticks": ticks,
        "years": [(each, f"?year={each}", each == year) for each in venues.years_of(pk, today.year)],
        "laws": _laws(asked, today),
        "sheets": wall.SHEETS if asked.walls else {},
        "opens_sheets": request.user.has_role(*STAFF, Role.BRANCH_SECRETARY),
        "writes_texts": request.user.has_role(Role.TOWN_OFFICE),
        "photos": _photos(pk, year, sheet),
        "crumbs": crumbs_of(request.user, branch),
    }
    if not ticks:
        return render(request, "branches/venue.html", context | {"lines": _lines(asked, sheet)})
    before = sheet if sheet.venue else venues.of_year(pk, year - 1)  # 没有变的不用再填一遍
    rooms, posted = venues.rooms_for(branch), request.POST if request.method == "POST" else None
    form = VenueForm(posted, asked=asked, sheet=before, version=sheet.version, rooms=rooms)
    if request.method == "POST" and form.is_valid():
        try:
            venues.save(branch, year, form.facts(), version=form.cleaned_data["version"], day=today, by=request.user)
        except venues.Stale as refusal:
            form = _again(request.POST, branch, year, asked)
            form.add_error(None, str(refusal))
            context["sheet"] = venues.of_year(pk, year)
        else:
            messages.success(request, f"{branch}{year}年的七有已保存。")
            return redirect("venue", pk=pk)
    carried = not sheet.venue and bool(before.answers)
    lines = form.lines()
    lines["walls_open"] = any(line["wrong"] or line["choice"].value() for line in lines["walls"])
    return render(request, "branches/venue.html", context | {"form": form, "form_lines": lines, "carried": carried})


def _year(request, today):
    text = request.GET.get("year", "")
    year = int(text) if text.isascii() and text.isdecimal() and len(text) == 4 else today.year
    return year if FIRST_YEAR <= year <= today.year else today.year


def _again(posted, branch, year, asked):
    """The form with what was typed, over what is on record by now."""
    sheet, typed = venues.of_year(branch.pk, year), posted.copy()
    typed["version"] = str(sheet.version)
    form = VenueForm(typed, asked=asked, sheet=sheet, version=sheet.version, rooms=venues.rooms_for(branch))
    form.is_valid()
    return form


def _photos(pk, year, sheet):
    """(item, address) of the photographs kept."""
    kept = ((venues.SEVEN.get(key, key), key) for key in sheet.photos)
    return [(label, reverse("venue_photo_file", args=[pk, year, key])) for label, key in kept]


def _lines(asked, sheet):
    """The record in words, for those who only read and for older years; of what is optional only what was recorded."""
    lines = [{"item": item, "answer": sheet.answers.get(item.key, venues.Answer())} for item in asked.items]
    return [line for line in lines if line["item"].counts or line["answer"].state]


def _laws(asked, day):
    """What the page stands on: the seven, the board, the wall and where the plan and other rules differ (C-4)."""
    return {
        "seven": rule("seven_haves", day),
        "board": principle("board_where_possible"),
        "walls": principle("walls_not_scored"),
        "conflict": conflict("C-4") if asked.walls else None,
    }


# ── All branches ──


def _listed(request, branches):
    bar = VenueFilter(request.GET, user=request.user, queryset=branches)
    year = _year(request, timezone.localdate())
    return bar, bar.narrow(venue_export.lines(bar.qs, year)), year


@require_safe
@open_to(*STAFF)
def venues_list(request):
    """阵地七有: every compound and joint branch with its seven items of one year."""
    bar, rows, year = _listed(request, venue_export.of_compounds(Branch.objects.visible_to(request.user)))
    context = {"filter": bar, "rows": rows, "year": year, "words": list(venues.SEVEN.values())}
    context["sums"], context["law"] = (
        venue_export.sums(rows, partial(narrowed, request, "gap")),
        rule("seven_haves", timezone.localdate()),
    )
    context["year_query"] = f"?year={year}" if year != timezone.localdate().year else ""
    if request.user.has_role(*EXPORTERS):
        context["export_url"] = f"{reverse('venues_export')}{filters_of(request)}"
    return render(request, "branches/venues.html", context)


@require_http_methods(["GET", "POST"])
@open_to(*EXPORTERS)
def venues_export(request):
    """阵地七有台账 as a file (F-13): the page's own filter, with its purpose."""
    bar, rows, year = _listed(request, venue_export.of_compounds(Branch.objects.within(reach_of(request.user))))
    back = f"{reverse('venues')}{filters_of(request)}"
    return export_page(request, venue_export.export(bar, rows, year, back=back))
