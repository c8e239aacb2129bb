"""Advice of the guidance groups that waits for the community's answer (R36, 方案四、1)."""

from accounts.roles import Role
from accounts.todo import Todo
from branches.models import GuidanceVisit
from office.areas.pages import address_of
from office.areas.prepared import prepared
from office.chinese.dates import cn_date


def todos(user, today):
    """回复指导意见 for the community's secretary, who answers; one query."""
    reach = user.reach_as(Role.COMMUNITY_SECRETARY)
    if not reach:
        return []
    address = address_of("guidance_visit")
    return [
        Todo(
            "advice_due",
            "回复指导意见",
            branch or compound or community,
            f"指导组{cn_date(visited)}走访",
            address(pk),
            due_on=due,
        )
        for pk, branch, compound, community, visited, due in _waiting(reach)
    ]


@prepared
def _waiting(reach):
    waiting = GuidanceVisit.objects.within(reach).filter(due_on__isnull=False, settled_on=None).order_by("due_on", "id")
    facts = ("id", "branch__short_name", "compound__name", "community__name", "visited_on", "due_on")
    return waiting.values_list(*facts)
