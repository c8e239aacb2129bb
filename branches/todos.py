"""What is missing around branches: rules R1, R2 and R4 of ux §10.3; the other files of to-dos add theirs."""

from django.urls import reverse

from accounts.roles import Role
from accounts.todo import Todo
from branches import (
    case_todos,
    coverage_todos,
    election_todos,
    figures,
    formation_todos,
    leadership_todos,
    territory_todos,
    venue_todos,
)
from branches.models import CaseCompound
from office.areas.models import Body, Community
from office.areas.pages import address_of
from office.areas.prepared import prepared
from office.rulebook.towns import town_rule

MORE = (coverage_todos, formation_todos, case_todos, election_todos, territory_todos)
COMMUNITY = (Role.COMMUNITY_SECRETARY, Role.COMMUNITY_WORKER)


def todos(user, today):
    """To-dos about branches for this user, unordered."""
    town, community = user.reach_as(Role.TOWN_OFFICE), user.reach_as(*COMMUNITY)
    staff, own = town | community, user.reach_as(Role.BRANCH_SECRETARY, Role.LIAISON)
    found = [*_uncovered(user, staff, today)]
    rows = figures.running_rows(staff | own, today)
    in_staff = [row for row in rows if town or row.community_id in community.communities]
    found += leadership_todos.of_branches(user, in_staff, today, town=bool(town))
    found += venue_todos.of_branches(rows, today)
    found += [todo for more in MORE for todo in more.todos(user, today)]
    return found + _without_guidance(town, today)


def _uncovered(user, reach, today):
    """R1, R2: compounds without a branch that no case is about, and what the plan allows (可, not 应)."""
    if not reach:
        return
    waiting = [cover for cover in figures.coverage(reach, today) if cover.cover == "none" and cover.direct]
    if not waiting:
        return
    enough = town_rule(user.town_id, "compound_min_direct_members", today)
    in_a_case = set(_in_a_case([cover.id for cover in waiting]))
    for cover in waiting:
        if cover.id in in_a_case:
            continue
        url = address_of("compound_formation")(cover.id)
        if enough.holds(cover.direct):
            why = f"{cover.community} · 已有{cover.direct}名直管党员"
            yield Todo("branch_can_stand", "成立党支部", cover.name, why, url)
        else:
            why = f"{cover.community} · 只有{cover.direct}名直管党员"
            yield Todo("joint_partner_wanted", "选联合对象", cover.name, why, url)


@prepared
def _in_a_case(compounds):
    return CaseCompound.objects.filter(is_open=True, compound__in=compounds).values_list("compound_id", flat=True)


def _without_guidance(reach, today):
    """R4: city communities without a guidance group today (方案四、1)."""
    if not reach:
        return []
    url = reverse("guidance")
    return [Todo("guide_wanted", "派指导组", name, "镇党委向每个社区派一个", url) for name in _unguided(reach, today)]


@prepared
def _unguided(reach, day):
    guided = Body.objects.within(reach).on(day).filter(kind="guidance_group").values("community")
    return Community.objects.within(reach).filter(kind="city").exclude(pk__in=guided).values_list("name", flat=True)
