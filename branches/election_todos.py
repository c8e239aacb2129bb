"""Results of elections that wait for the town's approval and the filing (R39, R-126)."""

from django.urls import reverse

from accounts.roles import Role
from accounts.todo import Todo
from branches.models import Election
from office.areas.prepared import prepared
from office.chinese.dates import cn_date


def todos(user, today):
    """批准并备案 of each election with a result, for the town's office."""
    reach = user.reach_as(Role.TOWN_OFFICE)
    if not reach:
        return []
    return [
        Todo(
            "election_to_file",
            "批准并备案",
            f"{branch}选举结果",
            f"{community} · {cn_date(held_on)}选举",
            reverse("election_approved", args=[pk]),
            waiting_since=held_on,
        )
        for pk, branch, community, held_on in _waiting(reach)
    ]


@prepared
def _waiting(reach):
    waiting = Election.objects.within(reach).filter(state=Election.State.CONCLUDED, approved_on=None)
    return waiting.values_list("pk", "branch__short_name", "community__name", "held_on").order_by("held_on", "pk")
