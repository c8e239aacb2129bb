"""Owners' committees: the share as a compass (R9, decisions 14) and the term clock (R10). Never a gate (R-671)."""

from accounts.roles import Role
from accounts.todo import Todo
from committees import figures
from office.areas.pages import address_of
from office.chinese.dates import cn_date
from office.rulebook.towns import town_rules

CLOCKS = ("party_share_reminder_months", "owners_term_reminder_months")


def todos(user, today):
    """To-dos about owners' committees for town and community staff, unordered."""
    reach = user.reach_as(Role.TOWN_OFFICE, Role.COMMUNITY_SECRETARY, Role.COMMUNITY_WORKER)
    if not reach:
        return []
    community_side = bool(reach.communities)
    clocks = town_rules(user.town_id, CLOCKS, today)
    share_clock, term_clock = (clocks[key] for key in CLOCKS)
    found = []
    for row in figures.in_office(reach, today):
        url = address_of("committee")(row.id)
        if community_side and not row.over_half and (row.vacancies or _ends_within(row, share_clock, today)):
            found.append(
                Todo("party_share_below", "推荐党员进业委会", row.compound, f"党员{row.share}，还差{row.short}名", url)
            )
        if _ends_within(row, term_clock, today):
            why = f"业委会任期到{cn_date(row.term_ends_on)}"
            found.append(Todo("owners_term_ending", "准备换届", row.compound, why, url, due_on=row.term_ends_on))
    return found


def _ends_within(row, clock, today):
    return bool(row.term_ends_on) and clock.before(row.term_ends_on) <= today
