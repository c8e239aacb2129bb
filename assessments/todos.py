"""The year-end report: write it (R15), mend it (R16), receive it (R21), check a number said to be wrong (R17)."""

from django.db.models import Count, Min
from django.urls import reverse
from django.utils import timezone

from accounts.roles import Role
from accounts.todo import Todo
from assessments import report_numbers
from assessments.models import BranchReport, NumberDispute
from office.chinese.dates import cn_date, cn_month_day
from office.rulebook.towns import town_rule, town_rules

State = BranchReport.State
IN_COMMUNITY = (Role.COMMUNITY_SECRETARY, Role.COMMUNITY_WORKER)
_SEASON = ("branch_report_opens", "branch_report_due", "report_season_until")


def due_on(town_id, year, today):
    """The last day for the year-end report of that year, by the town's rules."""
    return town_rule(town_id, "branch_report_due", today).in_year(year)


def todos(user, today):
    """To-dos about reports: the branch's own, what has come in, and numbers said to be wrong."""
    return [*_own(user, today), *_received(user, today), *_disputed(user, today)]


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
    written = written.select_related("filled_by", "reminded_by")
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
    elif report and report.waits_for_secretary:
        why = f"{assignment.body} · {report.filled_by}代填，您确认了才算交，还没有提交"
        yield Todo("report_open", "看一看、点确认", f"{year}年度述职", why, url, due_on=due)
    elif report is None and today >= opens or report and report.state == State.DRAFT and _is_on(report, opens, today):
        why = f"{assignment.body} · 还没有提交，{_left(due, today)}{_reminded(report)}"
        yield Todo("report_open", "写述职", f"{year}年度述职", why, url, due_on=due)


def _is_on(report, opens, today):
    """Once it has been begun or reminded of it stays on the list, also before its season."""
    return today >= opens or report.saved_at or report.reminded_at


def _left(due, today):
    """还有13天 · 今天是最后一天 · 过了3天仍可以交."""
    days = (due - today).days
    if days < 0:
        return f"{cn_date(due)}截止，现在仍可以交"
    when = cn_month_day(due) if due.year == today.year else cn_date(due)
    return f"{when}前交，还有{days}天" if days else "今天是最后一天"


def _reminded(report):
    if report is None or report.reminded_at is None:
        return ""
    return f" · {report.reminded_by}{cn_month_day(timezone.localdate(report.reminded_at))}提醒"


def _received(user, today):
    """One line a year: how many reports wait for the community, since when."""
    reach = user.reach_as(Role.COMMUNITY_SECRETARY)
    if not reach:
        return
    waiting = BranchReport.objects.within(reach).filter(state=State.SUBMITTED).exclude(submitted_by=user.pk)
    for year, count, since in waiting.order_by("year").values_list("year").annotate(Count("pk"), Min("submitted_at")):
        url = reverse("reports", args=[year])
        why = "看后收下，或写明意见退回"
        yield Todo(
            "report_to_receive",
            "收述职",
            f"{year}年度{count}份等您看",
            why,
            url,
            waiting_since=timezone.localdate(since),
        )


def _disputed(user, today):
    """R17: each number said to be wrong, for the 联系干部 of its branch; for the community where there is none."""
    own, community = user.reach_as(Role.LIAISON), user.reach_as(*IN_COMMUNITY)
    if not (own or community):
        return
    rows = NumberDispute.objects.within(own | community).filter(outcome="").exclude(said_by=user.pk)
    rows = list(rows.select_related("report__branch", "said_by").order_by("said_at", "pk"))
    liaisons = report_numbers.liaisons_of({row.branch_id for row in rows}, today) if rows else {}
    for row in rows:
        others = liaisons.get(row.branch_id, set()) - {row.said_by_id}
        if user.pk not in others and (others or row.community_id not in community.communities):
            continue
        yield Todo(
            "number_disputed",
            "核对",
            f"{row.said_by}说{row.label}是{row.claimed}",
            f"{row.report.branch} · 系统里是{row.shown}",
            reverse("report_correction", args=[row.pk]),
            waiting_since=timezone.localdate(row.said_at),
        )
