"""What is missing around branches: rules R1–R5 of ux §10.3, and the term clock (R-125)."""

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
from office.areas.models import Body, Community
from office.areas.pages import address_of
from office.areas.prepared import prepared
from office.chinese.dates import cn_date
from office.rulebook.rules import rule

MORE = (coverage_todos, formation_todos, case_todos, leadership_todos, election_todos, territory_todos, venue_todos)
COMMUNITY = (Role.COMMUNITY_SECRETARY, Role.COMMUNITY_WORKER)


def todos(user, today):
    """To-dos about branches for this user, unordered."""
    town, community = user.reach_as(Role.TOWN_OFFICE), user.reach_as(*COMMUNITY)
    staff, own = town | community, user.reach_as(Role.BRANCH_SECRETARY, Role.LIAISON)
    found = [*_uncovered(staff, today)]
    for row in figures.running_rows(staff | own, today):
        in_staff = row.community_id in community.communities or bool(town)
        found += _of_branch(row, today, staff=in_staff, town=bool(town))
    found += [todo for more in MORE for todo in more.todos(user, today)]
    return found + _without_guidance(town, today)


def _uncovered(reach, today):
    """R1, R2: compounds without a branch, and what the plan allows (可, not 应)."""
    if not reach:
        return
    enough = rule("compound_min_direct_members", today)
    for cover in figures.coverage(reach, today):
        if cover.cover != "none" or cover.direct == 0:
            continue
        url = address_of("compound")(cover.id)
        if enough.holds(cover.direct):
            why = f"{cover.community} · 已有{cover.direct}名直管党员"
            yield Todo("branch_can_stand", "成立党支部", cover.name, why, url)
        else:
            why = f"{cover.community} · 只有{cover.direct}名直管党员"
            yield Todo("joint_partner_wanted", "选联合对象", cover.name, why, url)


def _of_branch(row, today, *, staff, town):
    url = address_of("branch")(row.id)
    if staff and not row.secretary:
        yield Todo("secretary_wanted", "补书记", row.name, f"{row.community} · 书记职务空着", url)
    if staff and row.acting:
        yield Todo("secretary_wanted", "选正式书记", row.name, f"{row.secretary}暂任", url)
    if town and not row.liaison:
        yield Todo("guide_wanted", "补派联系干部", row.name, f"{row.community} · 每个支部明确一名", url)
    if row.venue_missing:
        missing = "、".join(row.venue_missing)
        yield Todo("venue_gap", f"补“{missing}”", row.name, f"七有缺{len(row.venue_missing)}项", url)
    reminder = rule("branch_term_reminder_months", today)
    if staff and row.term_ends_on and reminder.before(row.term_ends_on) <= today:
        why = f"任期到{cn_date(row.term_ends_on)}"
        yield Todo("branch_term_ending", "准备支部换届", row.name, why, url, due_on=row.term_ends_on)


def _without_guidance(reach, today):
    """R4: city communities without a guidance group today (方案四、1)."""
    if not reach:
        return []
    url = reverse("compounds")
    return [Todo("guide_wanted", "派指导组", name, "镇党委向每个社区派一个", url) for name in _unguided(reach, today)]


@prepared
def _unguided(reach, day):
    guided = Body.objects.within(reach).on(day).filter(kind="guidance_group").values("community")
    return Community.objects.within(reach).filter(kind="city").exclude(pk__in=guided).values_list("name", flat=True)
