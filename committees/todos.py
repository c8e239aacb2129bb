"""Owners' committees: the share as a compass (R9, decisions 14) and the term clock (R10). Never a gate (R-671)."""

from dateutil.relativedelta import relativedelta
from django.urls import reverse

from accounts.roles import Role
from accounts.todo import Todo
from committees import figures
from committees.models import OwnersCommittee
from office.chinese.dates import cn_date
from office.rulebook.rules import rule


def todos(user, today):
    """To-dos about owners' committees for town and community staff, unordered."""
    reach = user.reach_as(Role.TOWN_OFFICE, Role.COMMUNITY_SECRETARY, Role.COMMUNITY_WORKER)
    if not reach:
        return []
    community_side = bool(reach.communities)
    committees = OwnersCommittee.objects.within(reach).filter(stage="in_office")
    share_months = rule("party_share_reminder_months", today).value
    term_months = rule("owners_term_reminder_months", today).value
    found = []
    for row in figures.committee_rows(committees, today):
        ends_within = _ends_within(row, today)
        url = reverse("committee", args=[row.id])
        if community_side and not row.over_half and (row.vacancies or ends_within(share_months)):
            found.append(
                Todo("party_share_below", "推荐党员进业委会", row.compound, f"党员{row.share}，还差{row.short}名（方案三、3）", url)
            )
        if ends_within(term_months):
            why = f"业委会任期到{cn_date(row.term_ends_on)}"
            found.append(Todo("owners_term_ending", "准备换届", row.compound, why, url, due_on=row.term_ends_on))
    return found


def _ends_within(row, today):
    return lambda months: bool(row.term_ends_on) and row.term_ends_on <= today + relativedelta(months=months)
