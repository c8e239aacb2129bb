"""小区: the list with its coverage, and one compound on one page."""

from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_safe

from accounts.permissions import open_to
from accounts.roles import EVERYBODY_AT_WORK, ROSTER_KEEPERS, STAFF, Role
from branches import cards as branch_cards
from branches import figures as branch_figures
from committees import cards as committee_cards
from committees import figures as committee_figures
from committees.models import OwnersCommittee
from meetings import cards as meeting_cards
from meetings.models import Meeting
from members import cards as member_cards
from office.areas.models import Compound

VIEWS = (("", "全部"), ("none", "还没有支部"), ("joint", "联合支部"), ("own", "已建支部"))


@require_safe
@open_to(*STAFF)
def compounds(request):
    """小区列表: coverage with the lawful route of each uncovered one (N-03), as a table and as a schematic."""
    today = timezone.localdate()
    covers = branch_figures.coverage(request.user.reach, today)
    view = request.GET.get("view", "")
    view = view if view in dict(VIEWS) else ""
    text = request.GET.get("q", "").strip()[:40]
    shown = [c for c in covers if (not view or c.cover == view) and text in c.name]
    committees = OwnersCommittee.objects.within(request.user.reach).exclude(stage="ended")
    by_compound = {row.compound_id: row for row in committee_figures.committee_rows(committees, today)}
    tabs = [
        {
            "label": label,
            "url": f"{request.path}?view={key}" if key else request.path,
            "current": key == view,
            "count": sum(not key or c.cover == key for c in covers),
        }
        for key, label in VIEWS
    ]
    return render(
        request,
        "desk/compounds.html",
        {
            "rows": [(cover, by_compound.get(cover.id)) for cover in shown],
            "bands": _bands(covers),
            "tabs": tabs,
            "text": text,
            "view": view,
            "add_url": reverse("compound_new") if request.user.has_role(*ROSTER_KEEPERS) else "",
            "total": len(covers),
        },
    )


def _bands(covers):
    """Communities with their compounds, for the schematic (C28)."""
    bands = {}
    for cover in covers:
        bands.setdefault(cover.community, []).append(cover)
    return list(bands.items())


@require_safe
@open_to(*EVERYBODY_AT_WORK)
def compound(request, pk):
    """一小区一页: one screen, one sheet of A4."""
    today = timezone.localdate()
    found = get_object_or_404(
        Compound.objects.visible_to(request.user).select_related("community").prefetch_related("neighbours"), pk=pk
    )
    branch = branch_cards.of_compound(found, today, request.user.reach)
    cards = [
        branch,
        *committee_cards.of_compound(found, today),
        member_cards.of_compound(found, today, request.user),
        branch_cards.venue([row.id for row in branch["branches"]], today),
        meeting_cards.this_year("compound_id", found.pk, today),
    ]
    staff = request.user.has_role(*STAFF)
    opens_cards = staff or request.user.has_role(Role.BRANCH_SECRETARY)  # 小区工作人员打不开支部页和业委会页
    return render(
        request,
        "desk/compound.html",
        {
            "compound": found,
            "cards": cards,
            "opens_cards": opens_cards,
            "decisions": meeting_cards.open_decisions("compound_id", found.pk, today),
            "recent": meeting_cards.recent(Meeting.objects.visible_to(request.user).filter(compound=found.pk)),
            "neighbours": _neighbours(found, request.user),
            "edits": Compound.objects.within(request.user.reach_as(*ROSTER_KEEPERS)).filter(pk=pk).exists(),
            "crumbs": [
                {"label": "小区", "url": reverse("compounds")},
                {"label": str(found.community), "url": f"{reverse('compounds')}#community-{found.community_id}"},
            ]
            if staff
            else [],
        },
    )


def _neighbours(compound, user):
    visible = set(
        Compound.objects.visible_to(user)
        .filter(pk__in=[n.pk for n in compound.neighbours.all()])
        .values_list("pk", flat=True)
    )
    return [
        {"name": n.name, "url": reverse("compound", args=[n.pk]) if n.pk in visible else ""}
        for n in compound.neighbours.all()
    ]
