"""To-dos about members: the end of a probation (R-204); the decision is the branch's."""

from datetime import timedelta

from django.urls import reverse

from accounts.roles import Role
from accounts.todo import Todo
from members.models import Member
from office.chinese.dates import cn_date
from office.rulebook.rules import rule

HANDLERS = (Role.COMMUNITY_SECRETARY, Role.COMMUNITY_WORKER, Role.LIAISON, Role.BRANCH_SECRETARY)
AHEAD = timedelta(days=30)


def todos(user, today):
    """Probationary members whose year is over within thirty days, or was over, and who are not full yet.

    A joining date known to the year only sets no clock; one known to the month counts from its first day.
    """
    soon = rule("probation_years", today).before(today + AHEAD)
    members = Member.objects.within(user.reach_as(*HANDLERS)).filter(
        stage=Member.Stage.PROBATIONARY,
        relation=Member.Relation.DIRECT,
        status=Member.Status.NORMAL,
        joined_on__lte=soon,
        joined_precision__in=["d", "m"],
    )
    rows = members.order_by("joined_on", "pk").values_list(
        "pk", "person__name", "joined_on", "joined_precision", "branch__short_name"
    )
    for pk, name, joined_on, precision, branch in rows[:60]:
        ends_on = rule("probation_years", joined_on).after(joined_on)
        why = f"{branch}，{cn_date(joined_on, precision)}入党，预备期一年"
        yield Todo("probation_ending", "讨论转正", name, why, reverse("person", args=[pk]), due_on=ends_on)
