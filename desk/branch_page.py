"""一支部一档: one branch on one page, composed from every app's cards."""

from django.http import Http404
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_safe

from accounts.permissions import open_to
from accounts.roles import STAFF, Role
from assessments import cards as assessment_cards
from branches import cards as branch_cards
from branches.models import Branch
from meetings import cards as meeting_cards
from members import cards as member_cards
from office.areas.pages import address_of
from office.areas.prepared import prepared


@require_safe
@open_to(*STAFF, Role.BRANCH_SECRETARY)
def branch(request, pk):
    """The branch's file: leadership, members, venue, this year's meetings, reports."""
    today = timezone.localdate()
    found = next(iter(_branch(request.user.reach, pk)), None)
    if found is None:
        raise Http404
    leadership = branch_cards.leadership(found, today)
    staff = request.user.has_role(*STAFF)
    crumbs = [
        {"label": "支部与党员", "url": reverse("branches")},
        {"label": str(found.community), "url": f"{reverse('branches')}?community={found.community_id}"},
    ]
    return render(
        request,
        "desk/branch.html",
        {
            "branch": found,
            "liaison": leadership["liaison"],
            "covered": _covered(found, today),
            "cards": [
                leadership,
                member_cards.of_branch(found.pk, today, request.user),
                branch_cards.venue([found.pk], today),
                meeting_cards.this_year("branch_id", found.pk, today),
                assessment_cards.reports_of(found.pk, request.user),
                meeting_cards.open_decisions("branch_id", found.pk, today),
            ],
            "recent": meeting_cards.recent("branch_id", found.pk, request.user),
            "crumbs": crumbs if staff else [],
        },
    )


@prepared
def _branch(reach, pk):
    return Branch.objects.within(reach).filter(pk=pk).select_related("body", "community")


def _covered(branch, day):
    address = address_of("compound")
    return [{"name": c.name, "url": address(c.pk)} for c in branch.compounds_on(day)]
