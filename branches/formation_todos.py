"""Branches whose members or compounds have moved away from the conditions they were formed on (R35, R-114)."""

from accounts.roles import ROSTER_KEEPERS
from accounts.todo import Todo
from branches import formation
from branches.models import CaseBranch
from office.areas.pages import address_of


def todos(user, today):
    """看是否调整, for the town and the community; not while a case about the branch is on its way."""
    reach = user.reach_as(*ROSTER_KEEPERS)
    found = formation.lost(reach, today) if reach else []
    if not found:
        return []
    ids = [branch.id for branch in found]
    busy = set(CaseBranch.objects.filter(is_open=True, branch__in=ids).values_list("branch_id", flat=True))
    return [_todo(branch) for branch in found if branch.id not in busy]


def _todo(branch):
    why = f"{branch.community} · {branch.losing[0].text.rstrip('。')}"
    url = address_of("compound_formation")(branch.compounds[0]) if branch.compounds else address_of("branch")(branch.id)
    return Todo("branch_lost", "看是否调整", branch.name, why, url)
