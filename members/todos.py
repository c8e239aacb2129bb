"""To-dos about members: the end of a probation (R-204), whose decision is the branch's; people on record twice (R-231)."""

from datetime import timedelta

from django.urls import reverse

from accounts.roles import ROSTER_KEEPERS, Role
from accounts.todo import Todo
from members import duplicates, keeping_todos
from members.models import Member
from office.areas.prepared import prepared
from office.chinese.dates import cn_date
from office.rulebook.rules import rule

HANDLERS = (Role.COMMUNITY_SECRETARY, Role.COMMUNITY_WORKER, Role.LIAISON, Role.BRANCH_SECRETARY)
AHEAD = timedelta(days=30)


def todos(user, today):
    yield from _probations(user, today)
    yield from _duplicates(user)
    yield from keeping_todos.todos(user, today)


def _duplicates(user):
    """One line for all pairs that this user may settle."""
    if user.has_role(*ROSTER_KEEPERS) and (count := duplicates.to_settle(user)):
        why = f"{count}对，是同一个人的合并，不是的记下来"
        yield Todo("duplicates_to_check", "核对", "可能重复的人", why, reverse("person_pairs"))


def _probations(user, today):
    """Probationary members whose year is over within thirty days, or was over, and who are not full yet.

    A joining date known to the year only sets no clock; one known to the month counts from its first day.
    """
    soon = rule("probation_years", today).before(today + AHEAD)
    for pk, name, joined_on, precision, branch in _on_probation(user.reach_as(*HANDLERS), soon):
        ends_on = rule("probation_years", joined_on).after(joined_on)
        why = f"{branch}，{cn_date(joined_on, precision)}入党，预备期一年"
        yield Todo("probation_ending", "讨论转正", name, why, reverse("person", args=[pk]), due_on=ends_on)


@prepared
def _on_probation(reach, joined_until):
    members = Member.objects.within(reach).filter(
        stage=Member.Stage.PROBATIONARY,
        relation=Member.Relation.DIRECT,
        status=Member.Status.NORMAL,
        joined_on__lte=joined_until,
        joined_precision__in=["d", "m"],
    )
    facts = ("pk", "person__name", "joined_on", "joined_precision", "branch__short_name")
    return members.order_by("joined_on", "pk").values_list(*facts)[:60]
