"""小区覆盖: targets, months, what comes next at each compound, and the secretary's one sheet of paper (N-03)."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import content_disposition_header
from django.views.decorators.http import require_http_methods, require_safe

from accounts.export_views import export_page
from accounts.exports import reach_of
from accounts.permissions import open_to
from accounts.roles import EXPORTERS, OF_TOWN, ROSTER_KEEPERS, STAFF, Role
from branches import coverage as covering
from branches import coverage_export as exporting
from branches import coverage_papers, coverage_plot, picking
from branches.coverage_forms import NoteForm, TargetsForm
from branches.models import CommunityTarget, CoverageNote
from members.models import Person, Post
from office.areas.models import Community, Compound, Coverage
from office.areas.pages import filters_of
from office.areas.scope import Reach
from office.chinese.dates import cn_date
from office.papers.pdf import PaperProblem
from office.rulebook.towns import town_rule

VIEWS = (("none", "还没有支部"), ("joint", "联合支部"), ("own", "已建支部"), ("all", "全部"))
SHEET_READERS = (*OF_TOWN, Role.COMMUNITY_SECRETARY, Role.GUIDANCE)


class Listing:
    """The compounds of a reach, as tab and community narrow them; those without a branch unless asked otherwise."""

    def __init__(self, request, reach):
        self.today = timezone.localdate()
        self.all = covering.lines(reach, self.today)
        asked = request.GET.get("view", "")
        self.view = asked if asked in dict(VIEWS) else "none"
        self.community = request.GET.get("community", "")[:20]
        self.communities = {str(line.cover.community_id): line.cover.community for line in self.all}

    @property
    def lines(self):
        return [line for line in self._near if self.view in ("all", line.cover.cover)]

    @property
    def _near(self):
        return [line for line in self.all if self.community in ("", str(line.cover.community_id))]

    def tabs(self, path):
        near, query = self._near, f"&community={self.community}" if self._named else ""
        return [
            {
                "label": label,
                "url": f"{path}?view={key}{query}",
                "current": key == self.view,
                "count": sum(key in ("all", line.cover.cover) for line in near),
            }
            for key, label in VIEWS
        ]

    @property
    def _named(self):
        return self.communities.get(self.community, "")

    @property
    def words(self):
        """What is chosen, in words."""
        label = "全部小区" if self.view == "all" else dict(VIEWS)[self.view]
        return f"{label}；社区 {self._named}" if self._named else label


@require_safe
@open_to(*STAFF)
def coverage(request):
    """小区覆盖: targets against what stands, month by month, and compound by compound what comes next."""
    user = request.user
    listing = Listing(request, user.reach)
    tallies = covering.tallies(user.reach, listing.today, [line.cover for line in listing.all])
    months = covering.history(user.reach, listing.today, compounds=tallies.whole.compounds)
    keeps = user.reach_as(*ROSTER_KEEPERS)
    context = {
        "listing": listing,
        "rows": [(line, _writes(keeps, line)) for line in listing.lines],
        "tabs": listing.tabs(request.path),
        "tallies": tallies,
        "numbers": _numbers(tallies.whole, request.path),
        "months": months[::-1],
        "plot": coverage_plot.lines(months) if tallies.whole.compounds or tallies.whole.branches else None,
        "sets_targets": user.has_role(Role.TOWN_OFFICE),
        "prints": user.has_role(*SHEET_READERS),
    }
    if user.has_role(*EXPORTERS):
        context["export_url"] = f"{reverse('coverage_export')}{filters_of(request)}"
    return render(request, "branches/coverage.html", context)


def _writes(reach, line):
    return line.wanting and (line.cover.town_id in reach.towns or line.cover.community_id in reach.communities)


def _numbers(whole, path):
    """The two figures of the plan, each under its own name."""
    note = f"其中联合支部{whole.joint}个" + (f"，待选举{whole.waiting}个" if whole.waiting else "")
    if whole.short is not None:
        note += f"，离目标差{whole.short}个"
    branches = {
        "label": "小区党支部" if whole.new is None else "新建小区党支部",
        "value": whole.counted,
        "of": whole.target,
        "unit": "个",
        "url": reverse("branches"),
        "note": note,
    }
    covered = {
        "label": "有党支部覆盖的小区",
        "value": whole.covered,
        "of": whole.compounds,
        "unit": "个",
        "url": f"{path}?view=none",
        "note": _uncovered_words(whole),
    }
    return [branches, covered]


def _uncovered_words(whole):
    if not whole.compounds:
        return "只计城市社区的小区"
    return f"还有{whole.uncovered}个没有党支部" if whole.uncovered else "全部覆盖"


@require_http_methods(["GET", "POST"])
@open_to(*EXPORTERS)
def coverage_export(request):
    """小区覆盖任务表 as a file: the page's tab and community, with its purpose."""
    listing = Listing(request, reach_of(request.user))
    back = f"{reverse('coverage')}{filters_of(request)}"
    return export_page(request, exporting.export(listing.lines, chosen=listing.words, back=back))


@require_http_methods(["GET", "POST"])
@open_to(*ROSTER_KEEPERS)
def coverage_note(request, pk):
    """下一步 at one compound without a branch: why, who, what, by when."""
    found = get_object_or_404(Compound.objects.visible_to(request.user).select_related("community"), pk=pk)
    if not Compound.objects.within(request.user.reach_as(*ROSTER_KEEPERS)).filter(pk=pk).exists():
        raise PermissionDenied
    today = timezone.localdate()
    if Coverage.objects.on(today).filter(compound=found, body__kind="branch").exists():
        messages.info(request, f"{found}已有党支部覆盖，不用再记下一步。")
        return redirect("compound", pk=pk)
    note = CoverageNote.objects.filter(compound=found).select_related("responsible").first()
    asked = {"people": _people(found, note, today), "today": today}
    form = NoteForm(request.POST or None, initial=_noted(note), **asked)
    if request.method == "POST" and form.is_valid():
        try:
            _keep_note(found, form.cleaned_data, request.user)
        except covering.Stale as refusal:
            note = CoverageNote.objects.filter(compound=found).select_related("responsible").first()
            form = _again(NoteForm, request.POST, {"version": note.version if note else 0}, refusal, **asked)
        else:
            messages.success(request, f"{found}的下一步已保存。")
            return redirect("coverage")
    line = covering.lines(Reach(compounds=frozenset([found.pk])), today)[0]
    context = {"form": form, "compound": found, "line": line, "crumbs": _crumbs()}
    return render(request, "branches/coverage_note.html", context)


def _crumbs():
    return [{"label": "小区覆盖", "url": reverse("coverage")}]


def _people(compound, note, day):
    """Whom the form offers: those in office in the town's, the community's Party committee and the 居委会."""
    people, _ = picking.offered(compound, Post.Title.PATCH_HEAD, day)  # 管得了一个片区的人，也管得了一个小区
    named = note.responsible if note else None
    if named and named.pk not in dict(people):
        people = [(named.pk, named.name), *people]
    return people


def _noted(note):
    if note is None:
        return {"version": 0}
    kept = {name: getattr(note, name) for name in ("reason", "next_step", "due_on", "version")}
    return kept | {"responsible": note.responsible_id}


def _keep_note(compound, typed, user):
    facts = {name: typed[name] for name in ("reason", "next_step", "due_on")}
    person = Person.objects.get(pk=typed["responsible"]) if typed["responsible"] else None
    covering.note(compound, **facts, responsible=person, version=typed["version"], by=user)


def _again(kind, posted, now, refusal, **asked):
    """The form with what was typed, over what is on record by now."""
    form = kind({**posted.dict(), **now}, **asked)
    form.is_valid()
    form.add_error(None, str(refusal))
    return form


@require_http_methods(["GET", "POST"])
@open_to(Role.TOWN_OFFICE)
def coverage_targets(request):
    """各社区的目标: one number each, by a day, on a basis; the town's own stands on the rules page."""
    town = request.user.town
    cities = Community.objects.within(request.user.reach_as(Role.TOWN_OFFICE)).filter(kind=Community.Kind.CITY)
    communities = list(cities.values_list("pk", "name"))
    standing = _rounds(cities)
    form = TargetsForm(request.POST or None, initial=_standing(town, standing), communities=communities)
    if request.method == "POST" and form.is_valid():
        typed = form.cleaned_data
        try:
            covering.set_targets(
                town, typed["due_on"], form.numbers, typed["basis"], seen_before=typed["seen"], by=request.user
            )
        except covering.Stale as refusal:
            standing = _rounds(cities)
            now = {"seen": covering.seen(town)}
            form = _again(TargetsForm, request.POST, now, refusal, communities=communities)
        else:
            messages.success(request, "各社区的目标已保存。")
            return redirect("coverage")
    context = {
        "form": form,
        "any": communities,
        "rounds": standing,
        "whole": town_rule(town.pk, "branch_target", timezone.localdate()),
        "crumbs": _crumbs(),
    }
    return render(request, "branches/coverage_targets.html", context)


def _rounds(communities):
    """[(by when, sum, [CommunityTarget…])] as set so far, the last first."""
    rows = CommunityTarget.objects.filter(community__in=communities).select_related("community", "set_by")
    by_day = {}
    for row in rows.order_by("-due_on", "community__position", "community_id"):
        by_day.setdefault(row.due_on, []).append(row)
    return [(day, sum(row.number for row in found), found) for day, found in by_day.items()]


def _standing(town, rounds):
    """What the form begins with: the last round."""
    start = {"seen": covering.seen(town)}
    if not rounds:
        return start
    day, _, rows = rounds[0]
    numbers = {f"number_{row.community_id}": row.number for row in rows}
    return start | numbers | {"due_on": day, "basis": rows[0].basis}


@require_safe
@open_to(*SHEET_READERS)
def coverage_sheet(request):
    """书记一页纸 as PDF for the 党委会: coverage, gaps, waiting matters on one side of A4."""
    user, today = request.user, timezone.localdate()
    try:
        data = coverage_papers.sheet(user.reach_as(*SHEET_READERS), today, place=_place(user), made_by=user.name)
    except PaperProblem as problem:
        messages.error(request, str(problem))
        return redirect("coverage")
    name = f"小区党建一页纸{cn_date(today)}.pdf"
    headers = {"Content-Disposition": content_disposition_header(False, name)}
    return HttpResponse(data, content_type="application/pdf", headers=headers)


def _place(user):
    """Whose sheet it is: the town, or the one community."""
    if user.has_role(*OF_TOWN):
        return user.town.name
    names = dict.fromkeys(str(each.community) for each in user.current_assignments if each.role in SHEET_READERS)
    return "、".join(names)
