"""一支部一档: one branch on one page, composed from every app's cards."""

from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_safe

from accounts.permissions import open_to
from accounts.roles import STAFF, Role
from assessments import cards as assessment_cards
from branches import cards as branch_cards
from branches.models import Branch
from meetings import cards as meeting_cards
from meetings.models import Meeting
from members import cards as member_cards


@require_safe
@open_to(*STAFF, Role.BRANCH_SECRETARY)
def branch(request, pk):
    """The branch's file: leadership, members, venue, this year's meetings, reports."""
    today = timezone.localdate()
    found = get_object_or_404(Branch.objects.visible_to(request.user).select_related("body", "community"), pk=pk)
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
            "recent": meeting_cards.recent(Meeting.objects.visible_to(request.user).filter(branch=found.pk)),
            "crumbs": crumbs if staff else [],
        },
    )


def _covered(branch, day):
    return [{"name": c.name, "url": reverse("compound", args=[c.pk])} for c in branch.compounds_on(day)]
