"""The year-end report: write it (R15), mend it (R16), receive it."""

from django.db.models import Count, Q
from django.urls import reverse

from accounts.roles import Role
from accounts.todo import Todo
from assessments.models import BranchReport
from office.chinese.dates import cn_month_day
from office.rulebook.towns import town_rule


def season(town_id, year, today):
    """(opens, due) of the year-end report of that year, from the town's rules (month-day settings)."""
    return tuple(town_rule(town_id, key, today).in_year(year) for key in ("branch_report_opens", "branch_report_due"))


def todos(user, today):
    """To-dos about reports: the branch's own, and for communities what has come in."""
    return [*_own(user, today), *_received(user, today)]


def _own(user, today):
    for assignment in user.current_assignments:
        if assignment.role != Role.BRANCH_SECRETARY:
            continue
        opens, due = season(assignment.town_id, today.year, today)
        report = BranchReport.objects.filter(branch=assignment.body_id, year=today.year).first()
        url = reverse("report", args=[assignment.body_id, today.year])
        if report and report.state == "returned":
            yield Todo("report_returned", "改一改再交", f"{today.year}年度述职", report.comment, url, due_on=due)
        elif today >= opens and (report is None or report.state == "draft"):
            why = f"{assignment.body} · {cn_month_day(due)}前交，还没有提交"
            yield Todo("report_open", "写述职", f"{today.year}年度述职", why, url, due_on=due)


def _received(user, today):
    reach = user.reach_as(Role.COMMUNITY_SECRETARY)
    if not reach:
        return
    reports = BranchReport.objects.within(reach).filter(year=today.year)
    counts = reports.aggregate(
        waiting=Count("id", filter=Q(state="submitted")),
    )
    if counts["waiting"]:
        oldest = reports.filter(state="submitted").order_by("submitted_at").first()
        yield Todo(
            "report_to_receive",
            "收述职",
            f"{counts['waiting']}份等您看",
            "看后收下，或写明意见退回",
            f"{reverse('materials')}?year={today.year}",
            waiting_since=oldest.submitted_at.date(),
        )
