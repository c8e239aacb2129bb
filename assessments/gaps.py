"""问题与整改: what the records show as missing, overdue or short, in words, each with the rule it stands on.

These are findings for people to check, not marks: nothing here is summed, weighted or ranked (R-423, N-01).
"""

from dataclasses import dataclass

from office.chinese.dates import cn_date
from office.rulebook import rules
from office.rulebook.towns import town_rules

_RULES = (
    "liaison_cadres_per_branch",
    "committee_min_full_members",
    "branch_term_reminder_months",
    "seven_haves",
    "owners_reelection_lead",
    "party_share_reminder_months",
    "owners_committee_party_share",
    "branch_report_due",
)
_MOST_PERIODS = 4  # 未记录的时段再多，也只写个数，不一一列出


@dataclass(frozen=True)
class Gap:
    """One finding and the article it stands on."""

    text: str
    cite: str


def rules_of(town_id, day):
    """The rules the findings stand on, in force in the town that day; one query."""
    return town_rules(town_id, _RULES, day)


def of_branch(year, book, period):
    """The findings about one BranchYear (still without its gaps), in the order of the paper's sections."""
    return (
        *_leadership(year, book),
        *_life(year),
        *_talks(year),
        *_venue(year, book),
        *_owners(year, book, period),
        *_report(year, book, period),
    )


def _leadership(year, book):
    if year.leadership.secretary is None:
        yield Gap("书记职务空缺，应及时补齐", rules.todo("secretary_wanted").cite)
    elif year.leadership.acting:
        yield Gap(f"书记由{year.leadership.secretary.name}暂任，应按程序产生书记", rules.todo("secretary_wanted").cite)
    if not year.leadership.liaison:
        yield Gap("没有明确联系干部的记录", book["liaison_cadres_per_branch"].short)
    enough = book["committee_min_full_members"]
    if not year.basics.has_committee and enough.holds(year.membership.full):
        yield Gap(f"正式党员{year.membership.full}名，未记录设立支部委员会", enough.short)
    ends = year.basics.term_ends_on
    if ends and ends < year.as_of:
        yield Gap(f"支部任期已于{cn_date(ends)}届满，未记录换届", book["branch_term_reminder_months"].short)


def _life(year):
    for kept in year.held.life:
        if kept.missing:
            yield Gap(_unrecorded(kept), kept.cite)


def _unrecorded(kept):
    """主题党日有5个月未记录 · 支部党员大会第二季度、第三季度未记录."""
    if kept.missing == ("全年",):
        return f"{kept.label}全年未记录"
    if len(kept.missing) > _MOST_PERIODS:
        unit = "个月" if kept.missing[0][0].isdecimal() else "个时段"
        return f"{kept.label}有{len(kept.missing)}{unit}未记录"
    return f"{kept.label}{'、'.join(kept.missing)}未记录"


def _talks(year):
    if year.held.joint.missing:
        yield Gap(_unrecorded(year.held.joint), year.held.joint.cite)
    if year.held.overdue:
        yield Gap(f"有{year.held.overdue}项会议决定超过期限未记录办结", rules.todo("task_due").cite)


def _venue(year, book):
    cite = book["seven_haves"].short
    if year.venue is None:
        yield Gap("阵地“七有”情况全年未记录", cite)
        return
    if year.venue.missing:
        yield Gap(f"活动室缺{'、'.join(year.venue.missing)}", cite)
    if year.venue.unrecorded:
        yield Gap(f"活动室{'、'.join(year.venue.unrecorded)}未记录", cite)


def _owners(year, book, period):
    for committee in year.committees:
        yield from of_committee(committee, book, period)


def of_committee(committee, book, period):
    """The findings about one owners' committee; its Party share only at a vacancy or near the end (decisions 14)."""
    if not committee.in_office:
        return
    name, ends = committee.compound, committee.term_ends_on
    if expired := bool(ends) and ends < period.day:
        yield Gap(f"{name}业委会任期已于{cn_date(ends)}届满，未记录换届", book["owners_reelection_lead"].short)
    near = bool(ends) and not expired and book["party_share_reminder_months"].before(ends) <= period.day
    goal = book["owners_committee_party_share"]
    if committee.seats and not goal.holds_of(committee.party, committee.seats) and (near or committee.vacancies):
        when = f"任期到{cn_date(ends)}" if near else f"出缺{committee.vacancies}人"
        yield Gap(f"{name}业委会{when}，委员中党员{committee.share}，宜提前物色推荐人选", goal.short)


def _report(year, book, period):
    due = book["branch_report_due"]
    handed_in = year.report is not None and year.report.handed_in
    if not handed_in and due.in_year(period.year) < period.day:
        yield Gap("书记年终述职未记录提交", rules.rule("branch_report_every", period.day).short)
