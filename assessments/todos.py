"""The year-end report: write it (R15), mend it (R16), receive it (R21)."""

from datetime import date

from django.db.models import Count, Min
from django.urls import reverse
from django.utils import timezone

from accounts.roles import Role
from accounts.todo import Todo
from assessments.models import BranchReport
from office.chinese.dates import cn_date, cn_month_day
from office.rulebook.towns import town_rule, town_rules

State = BranchReport.State


def season(town_id, year, today):
    """(opens, due) of the year-end report of that year, from the town's rules (month-day settings)."""
    keys = ("branch_report_opens", "branch_report_due")
    rules = town_rules(town_id, keys, today)
    return tuple(rules[key].in_year(year) for key in keys)


def todos(user, today):
    """To-dos about reports: the branch's own, and for communities what has come in."""
    return [*_own(user, today), *_received(user, today)]


def _own(user, today):
    for assignment in user.current_assignments:
        if assignment.role == Role.BRANCH_SECRETARY:
            for year in _years_open(assignment, today):
                yield from _of_year(assignment, year, today)


def _years_open(assignment, today):
    """This year; until the season's end also last year, if the branch existed then: late is allowed."""
    season_ends = town_rule(assignment.town_id, "report_season_until", today).in_year(today.year)
    began = assignment.body.starts_on
    if today <= season_ends and (began is None or began <= date(today.year - 1, 12, 31)):
        yield today.year - 1
    yield today.year


def _of_year(assignment, year, today):
    opens, due = season(assignment.town_id, year, today)
    report = BranchReport.objects.filter(branch=assignment.body_id, year=year).first()
    url = reverse("report", args=[assignment.body_id, year])
    if report and report.state == State.RETURNED:
        why = f"社区意见：{report.comment}"
        yield Todo("returned_to_me", "改一改再交", f"{year}年度述职", why, url, due_on=due)
    elif today >= opens and (report is None or report.state == State.DRAFT):
        when = cn_month_day(due) if due.year == today.year else cn_date(due)
        why = f"{assignment.body} · {when}前交，还没有提交"
        yield Todo("report_open", "写述职", f"{year}年度述职", why, url, due_on=due)


def _received(user, today):
    """One line a year: how many reports wait for the community, since when."""
    reach = user.reach_as(Role.COMMUNITY_SECRETARY)
    if not reach:
        return
    waiting = BranchReport.objects.within(reach).filter(state=State.SUBMITTED).exclude(submitted_by=user.pk)
    for year, count, since in waiting.order_by("year").values_list("year").annotate(Count("pk"), Min("submitted_at")):
        url = f"{reverse('materials')}?year={year}#reports"
        why = "看后收下，或写明意见退回"
        yield Todo(
            "report_to_receive",
            "收述职",
            f"{year}年度{count}份等您看",
            why,
            url,
            waiting_since=timezone.localdate(since),
        )
