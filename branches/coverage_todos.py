"""The next step at a compound without a branch, as it falls due (R37)."""

from django.db.models import Exists, OuterRef
from django.urls import reverse

from accounts.roles import Role
from accounts.todo import Todo
from branches.models import CoverageNote
from office.areas.models import Coverage
from office.areas.prepared import prepared
from office.rulebook.rules import rule

COMMUNITY = (Role.COMMUNITY_SECRETARY, Role.COMMUNITY_WORKER)


def todos(user, today):
    """To-dos of a community's own notes that are due soon or late, unordered; one query."""
    reach = user.reach_as(*COMMUNITY)
    if not reach:
        return []
    soon = rule("todo_soon_days", today).after(today)
    return [_todo(*row) for row in _due(reach, today, soon)]


@prepared
def _due(reach, day, soon):
    covered = Coverage.objects.on(day).filter(compound=OuterRef("compound"), body__kind="branch")
    notes = CoverageNote.objects.within(reach).filter(~Exists(covered), due_on__lte=soon)
    return notes.values_list("pk", "compound__name", "next_step", "due_on", "community__name", "responsible__name")


def _todo(pk, compound, step, due_on, community, responsible):
    why = f"{community} · {responsible}负责" if responsible else community
    return Todo("coverage_step_due", step, compound, why, reverse("coverage_note", args=[pk]), due_on=due_on)
