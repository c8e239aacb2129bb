"""What the pages of one report share: whose it is, who writes it, how far it is."""

from dataclasses import dataclass

from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone

from accounts.roles import STAFF, Role
from assessments import period
from assessments.models import BranchReport, NumberDispute
from assessments.todos import due_on
from branches.models import Branch
from office.chinese.dates import cn_date

STEPS = {
    "report_numbers": "核对今年的数字",
    "report_things": "做成的事",
    "report_words": "问题和打算",
    "report_check": "检查并提交",
}
SHORT = {  # 一页一件事：标题写在“第几步”后面
    "report_numbers": "数字对不对",
    "report_things": "今年做成的事",
    "report_words": "问题和打算",
    "report_check": "检查并提交",
}


@dataclass(frozen=True)
class Desk:
    """One branch's report of one year, before one reader. `report` is None until somebody began it."""

    user: object
    branch: Branch
    span: period.Period
    report: BranchReport | None

    @property
    def is_own(self):
        """The reader is the branch's secretary."""
        return self.branch.pk in self.user.reach_as(Role.BRANCH_SECRETARY).branches

    @property
    def is_filling(self):
        """The reader is its 联系干部 and not its secretary: what they write is 代填."""
        return not self.is_own and self.branch.pk in self.user.reach_as(Role.LIAISON).branches

    @property
    def is_community(self):
        return self.branch.community_id in self.user.reach_as(Role.COMMUNITY_SECRETARY).communities

    @property
    def writes(self):
        return self.is_own or self.is_filling

    @property
    def is_open(self):
        return self.report is None or self.report.is_open

    @property
    def waits(self):
        return self.report is not None and self.report.waits_for_secretary

    @property
    def records_signature(self):
        """May record the secretary's signature under a 代填: a colleague of whoever filled it in, never that person."""
        return self.waits and (self.is_filling or self.is_community) and self.report.filled_by_id != self.user.pk

    @property
    def args(self):
        return [self.branch.pk, self.span.year]

    def url(self, name="report", *more):
        return reverse(name, args=[*self.args, *more])

    def context(self, **more):
        """What every page of the report says of it."""
        today = timezone.localdate()
        due = due_on(self.branch.town_id, self.span.year, today)
        report = self.report
        return {
            "branch": self.branch,
            "year": self.span.year,
            "report": report,
            "due": due,
            "left": days_left(due, today),
            "late": report is not None and report.is_late(due),
            "writer": self.writes,
            "filling": self.is_filling,
            "crumbs": self._crumbs(),
        } | more

    def _crumbs(self):
        if not self.user.has_role(*STAFF):
            return []
        return [{"label": "收述职", "url": reverse("reports", args=[self.span.year])}]

    def step(self, name, **more):
        """The context of one step: its number, and the way back and on."""
        names = list(STEPS)
        at = names.index(name)
        return self.context(
            step=at + 1,
            steps=len(names),
            step_title=SHORT[name],
            back=self.url(names[at - 1] if at else "report"),
            **more,
        )

    def lines(self):
        """The four steps as the task list shows them, and the address of the first that is not done."""
        states = _states(self.report)
        rows = [
            {"object": f"{at}　{title}", "url": self.url(name), "state": states[name][0], "kind": states[name][1]}
            for at, (name, title) in enumerate(STEPS.items(), start=1)
        ]
        first = next(name for name in STEPS if states[name][1] != "ok")
        return rows, {"url": self.url(first), "label": STEPS[first]}

    def disputes(self):
        """The disputed numbers by key, the newest of each."""
        if self.report is None:
            return {}
        rows = NumberDispute.objects.filter(report=self.report).select_related("said_by", "answered_by").order_by("pk")
        return {row.key: row for row in rows}


def _states(report):
    """Each step's word and kind of badge."""
    missing = len(report.missing_to_submit()) if report else len(BranchReport.MUST)
    words = "已完成" if not missing else "没写完" if missing < len(BranchReport.MUST) else "还没写"
    done = ("已完成", "ok")
    return {
        "report_numbers": done if report and report.checked_at else ("还没看", "plain"),
        "report_things": done if report and report.things else ("还没选", "plain"),
        "report_words": (words, "ok" if not missing else "warn" if words == "没写完" else "plain"),
        "report_check": ("可以提交了", "info") if not missing else ("写完问题和打算再来", "plain"),
    }


def days_left(due, today):
    """还有13天 · 今天截止 · 截止已过3天，仍可以交，会注明“迟交”."""
    days = (due - today).days
    if days < 0:
        return f"截止日期（{cn_date(due)}）已过{-days}天，仍可以交，会注明“迟交”"
    return f"{cn_date(due)}前交，" + (f"还有{days}天" if days else "今天是最后一天")


def desk_of(user, branch, year):
    """The report's desk for somebody who may see the branch; Http404 else."""
    found = get_object_or_404(
        Branch.objects.visible_to(user).select_related("body__community__town", "community"), pk=branch
    )
    try:
        span = period.of_year(year)
    except period.NotYet as refused:
        raise Http404(str(refused)) from refused
    own = BranchReport.objects.filter(branch=found.pk, year=year)
    report = own.select_related("saved_by", "submitted_by", "received_by", "filled_by", "recorded_by", "reminded_by")
    return Desk(user, found, span, report.first())


def writing_desk(user, branch, year):
    """The same for whoever writes it; 403 for other readers."""
    desk = desk_of(user, branch, year)
    if not desk.writes:
        raise PermissionDenied
    return desk
