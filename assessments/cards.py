"""The branch's year-end reports, as a card on its page."""

from django.urls import reverse

from accounts.roles import Role
from assessments.models import BranchReport
from office.areas.prepared import prepared

KINDS = {"draft": "warn", "submitted": "info", "returned": "warn", "received": "ok"}


def reports_of(branch_id, user):
    """Card 述职: the reports of the last years; the text itself opens only for those who may read it."""
    words = dict(BranchReport.State.choices)
    rows = [
        {
            "year": year,
            "state": words[state],
            "kind": KINDS[state],
            "url": reverse("report", args=[branch_id, year]),
        }
        for year, state in _reports(user.reach, branch_id)
    ]
    return {"template": "assessments/_reports_card.html", "rows": rows, "own": user.has_role(Role.BRANCH_SECRETARY)}


@prepared
def _reports(reach, branch):
    return BranchReport.objects.within(reach).filter(branch=branch).order_by("-year").values_list("year", "state")[:4]
