"""What cases wait for: a draft left lying (R31), the 镇党委会 (R32), the election (R33), the filing (R34)."""

from datetime import timedelta

from django.db.models import Q
from django.urls import reverse

from accounts.roles import Role
from accounts.todo import Todo
from branches.models import BranchCase
from office.areas.pages import address_of
from office.areas.prepared import prepared
from office.chinese.dates import cn_date
from office.papers.models import ISSUED
from office.rulebook.rules import rule

State = BranchCase.State
KIND = dict(BranchCase.Kind.choices)
COMMUNITY = (Role.COMMUNITY_SECRETARY, Role.COMMUNITY_WORKER)
IDLE = timedelta(days=7)
READ = ("id", "kind", "state", "directed", "leaders", "short_name", "community_id", "community__name", "branch_id")
READ += ("opened_at__date", "applied_on", "effective_on")


def todos(user, today):
    """To-dos about cases for this user, unordered; one query."""
    town, community = user.reach_as(Role.TOWN_OFFICE), user.reach_as(*COMMUNITY)
    reach = town | community
    if not reach:
        return []
    found = (_todo(row, bool(town), community.communities, today) for row in _waiting(reach, today - IDLE))
    return [todo for todo in found if todo is not None]


@prepared
def _waiting(reach, idle_since):
    idle = Q(state=State.DRAFT, opened_at__date__lte=idle_since)
    asked = Q(state=State.APPLIED, request__state__in=ISSUED)
    rows = BranchCase.objects.within(reach).filter(idle | asked | Q(state__in=[State.APPROVED, State.DONE]))
    return rows.order_by("id").values(*READ)


def _todo(row, town, communities, today):
    own = row["community_id"] in communities
    name, url, place = row["short_name"], address_of("case")(row["id"]), row["community__name"]
    if row["state"] == State.DRAFT:
        if not (town if row["directed"] else own):
            return None
        why = f"{place} · {KIND[row['kind']]}，{cn_date(row['opened_at__date'])}起草"
        return Todo("case_to_finish", "上镇党委会" if row["directed"] else "写完请示", name, why, url)
    if row["state"] == State.APPLIED:
        return _for_the_town(row, name, place) if town else None
    if row["state"] == State.APPROVED:
        return _leaders(row, name, place) if own else None
    if not town:
        return None
    why = f"{place} · {KIND[row['kind']]}，{cn_date(row['effective_on'])}生效"
    return Todo("branch_to_file", "备案", name, why, url, waiting_since=row["effective_on"])


def _for_the_town(row, name, place):
    due = rule("formation_reply_months", row["applied_on"]).after(row["applied_on"])
    why = f"{place} · {KIND[row['kind']]}，{cn_date(row['applied_on'])}请示"
    return Todo("case_for_the_town", "上镇党委会", name, why, reverse("case_town", args=[row["id"]]), due_on=due)


def _leaders(row, name, place):
    why = f"{place} · {cn_date(row['effective_on'])}批复"
    if row["leaders"] == BranchCase.Leaders.ELECTION:
        url = reverse("election_new", args=[row["branch_id"]])
        return Todo("branch_to_elect", "组织选举", name, why, url, waiting_since=row["effective_on"])
    url = f"{reverse('post_new', args=[row['branch_id']])}?title=secretary"
    return Todo("branch_to_elect", "登记指派的书记", name, why, url, waiting_since=row["effective_on"])
