"""The year-end report: write it (R15), mend it (R16), receive it (R21)."""

from django.db.models import Count, Min
from django.urls import reverse
from django.utils import timezone

from accounts.roles import Role
from accounts.todo import Todo
from assessments.models import BranchReport
from office.chinese.dates import cn_date, cn_month_day
from office.rulebook.towns import town_rule, town_rules

State = BranchReport.State
_SEASON = ("branch_report_opens", "branch_report_due", "report_season_until")


def due_on(town_id, year, today):
    """The last day for the year-end report of that year, by the town's rules."""
    return town_rule(town_id, "branch_report_due", today).in_year(year)


def todos(user, today):
    """To-dos about reports: the branch's own, and for communities what has come in."""
    return [*_own(user, today), *_received(user, today)]


def _own(user, today):
    """For each branch this year's report, and until the season's end last year's: late is allowed."""
    led = [a for a in user.current_assignments if a.role == Role.BRANCH_SECRETARY]
    if not led:
        return
    rules = town_rules(user.town_id, _SEASON, today)
    years = [today.year]
    if today <= rules["report_season_until"].in_year(today.year):
        years.insert(0, today.year - 1)
    written = BranchReport.objects.filter(branch__in=[a.body_id for a in led], year__in=years)
    reports = {(report.branch_id, report.year): report for report in written}
    for assignment in led:
        for year in years:
            if assignment.body.starts_on is None or assignment.body.starts_on.year <= year:
                yield from _of_year(assignment, year, reports.get((assignment.body_id, year)), rules, today)


def _of_year(assignment, year, report, rules, today):
    opens, due = (rules[key].in_year(year) for key in _SEASON[:2])
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
