"""Branches whose members or compounds have moved away from the conditions they were formed on (R35, R-114)."""

from accounts.roles import ROSTER_KEEPERS
from accounts.todo import Todo
from branches import formation
from branches.models import CaseBranch
from office.areas.pages import address_of
from office.areas.prepared import prepared


def todos(user, today):
    """看是否调整, for the town and the community; not while a case about the branch is on its way."""
    reach = user.reach_as(*ROSTER_KEEPERS)
    found = formation.lost(reach, today) if reach else []
    if not found:
        return []
    busy = set(_in_a_case([branch.id for branch in found]))
    return [_todo(branch) for branch in found if branch.id not in busy]


@prepared
def _in_a_case(branches):
    return CaseBranch.objects.filter(is_open=True, branch__in=branches).values_list("branch_id", flat=True)


def _todo(branch):
    why = f"{branch.community} · {branch.losing[0].text.rstrip('。')}"
    url = address_of("compound_formation")(branch.compounds[0]) if branch.compounds else address_of("branch")(branch.id)
    return Todo("branch_lost", "看是否调整", branch.name, why, url)
