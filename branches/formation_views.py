"""成立条件 and 邻近小区 of one compound."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db.models import Case, When
from django.http import QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from accounts.permissions import open_to
from accounts.roles import CASE_WRITERS, ROSTER_KEEPERS, STAFF
from branches import formation, joining, neighbours
from branches.formation_forms import NeighboursForm
from branches.models import Branch, CaseCompound
from members.models import Member
from office.areas.models import Compound, Coverage


@require_safe
@open_to(*STAFF)
def compound_formation(request, pk):
    """成立条件: what the numbers of one compound allow, who decides, and with whom it could join (N-01, N-02)."""
    found = get_object_or_404(Compound.objects.visible_to(request.user).select_related("community"), pk=pk)
    today = timezone.localdate()
    t = formation.thresholds(found.town_id, today)
    residents = Member.objects.filter(home_compound=found)
    counts = formation.counts_of_compounds([found.pk])[found.pk]
    upcoming = formation.probations_ending(residents, t, today) if counts.probationary else []
    covering = Coverage.objects.on(today).filter(compound=found, body__kind="branch").values_list("body", flat=True)
    standings = formation.standings(Branch.objects.filter(pk__in=list(covering)), today) if covering else []
    case = CaseCompound.objects.filter(compound=found, is_open=True).select_related("case").first()
    joins = not case and _wants_partners(standings) and _reaches(request.user.reach, found)
    suggestion = joining.of_compound(found, today, t) if joins else None
    writes = not case and _reaches(request.user.reach_as(*CASE_WRITERS), found)
    return render(
        request,
        "branches/formation.html",
        {
            "compound": found,
            "facts": _facts(found, counts),
            "check": formation.check(counts, t, upcoming=upcoming),
            "structure": formation.structure(residents, today) if counts.direct else None,
            "standings": standings,
            "case": case.case if case else None,
            "options": [(option, _asking(option, found)) for option in suggestion.options] if suggestion else [],
            "rejected": suggestion.rejected if suggestion else (),
            "joins": joins,
            "own_url": _case_url(found, "own") if writes and not standings and counts.direct else "",
            "writes": writes,
            "keeps_neighbours": _reaches(request.user.reach_as(*ROSTER_KEEPERS), found),
            "crumbs": _crumbs(found),
        },
    )


def _wants_partners(standings):
    """Whether to look for neighbours: no branch yet, or one that has grown too small."""
    return not standings or any(finding.key in formation.TOO_FEW for branch in standings for finding in branch.losing)


def _reaches(reach, compound):
    """Whether the reach holds the whole community of the compound: what lies beside it counts as well."""
    return compound.town_id in reach.towns or compound.community_id in reach.communities


def _facts(compound, counts):
    """The four counters, each with the people behind it (R-103: in-service members are shown and never counted)."""
    base = f"{reverse('members')}?compound={compound.pk}"
    counters = (
        ("直管党员", counts.direct, "tab=direct", "组织关系在社区、住在本小区"),
        ("其中正式党员", counts.full, "tab=direct&stage=full", "成立支部按这个数"),
        ("其中预备党员", counts.probationary, "tab=probationary", "不计入"),
        ("在职报到", counts.in_service, "tab=in_service", "组织关系在单位，不计入"),
    )
    return [
        {"label": label, "value": number, "unit": "名", "note": note, "url": f"{base}&{tab}" if number else ""}
        for label, number, tab, note in counters
    ]


def _asking(option, compound):
    """Where the case of an option is opened."""
    return _case_url(compound, "joint", [pk for pk in option.compound_ids if pk != compound.pk])


def _case_url(compound, kind, others=()):
    query = QueryDict(mutable=True)
    query["kind"], query["compound"] = kind, compound.pk
    query.setlist("with", others)
    return f"{reverse('case_new')}?{query.urlencode()}"


def _crumbs(compound):
    return [
        {"label": "小区", "url": reverse("compounds")},
        {"label": compound.name, "url": reverse("compound", args=[compound.pk])},
    ]


@require_http_methods(["GET", "POST"])
@open_to(*ROSTER_KEEPERS)
def compound_neighbours(request, pk):
    """邻近小区: which compounds lie beside one, and where it is."""
    found = get_object_or_404(Compound.objects.visible_to(request.user).select_related("community"), pk=pk)
    reach = request.user.reach_as(*ROSTER_KEEPERS)
    if not Compound.objects.within(reach).filter(pk=pk).exists():
        raise PermissionDenied
    offered = Compound.objects.within(reach).exclude(pk=pk).select_related("community")
    others = Case(When(community=found.community_id, then=0), default=1)
    offered = offered.order_by(others, "community__position", "pinyin", "pk")
    initial = {
        "neighbours": list(found.neighbours.values_list("pk", flat=True)),
        "latitude": found.latitude_e6,
        "longitude": found.longitude_e6,
        "seen": neighbours.seen(found),
    }
    form = NeighboursForm(request.POST or None, initial=initial, compounds=offered, compound=found)
    if request.method == "POST" and form.is_valid():
        try:
            _keep(found, form.cleaned_data, offered, request.user)
        except neighbours.Stale as refusal:
            form = _again(request.POST, offered, found)
            form.add_error(None, str(refusal))
        else:
            messages.success(request, f"{found}的邻近小区已保存。")
            return redirect("compound_formation", pk=pk)
    back = reverse("compound_formation", args=[pk])
    now = "、".join(each.name for each in found.neighbours.all())
    context = {"form": form, "compound": found, "back": back, "now": now, "any": offered.exists()}
    return render(request, "branches/neighbours.html", context)


def _keep(compound, typed, offered, user):
    neighbours.set_neighbours(
        compound,
        typed["neighbours"],
        offered=offered,
        latitude_e6=typed["latitude"],
        longitude_e6=typed["longitude"],
        seen_before=typed["seen"],
        by=user,
    )


def _again(posted, offered, compound):
    """The form with what was typed, over what is on record by now."""
    typed = posted.copy()
    typed["seen"] = neighbours.seen(Compound.objects.get(pk=compound.pk))
    form = NeighboursForm(typed, compounds=offered, compound=compound)
    form.is_valid()
    return form
