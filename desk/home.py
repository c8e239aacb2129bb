"""The home page: what needs doing, in the order ux §10.3 gives, and at most five small numbers."""

from datetime import timedelta

from django.urls import reverse

from accounts.roles import STAFF, Role
from assessments import todos as assessments_todos
from assessments.models import BranchReport
from branches import coverage
from branches import todos as branches_todos
from branches.models import Branch, Venue
from branches.standing import KINDS, standing_in
from committees import figures as committee_figures
from committees import todos as committees_todos
from documents import todos as documents_todos
from meetings import todos as meetings_todos
from members import todos as members_todos
from members.models import Post
from office.areas.prepared import prepared
from office.chinese.dates import cn_month_day
from office.rulebook import rules

SOURCES = (branches_todos, members_todos, committees_todos, meetings_todos, assessments_todos, documents_todos)
SOON = timedelta(days=7)
SHOWN = 20


def ordered(todos, today):
    """过期 → 今天 → 7天内 → 等我审批 → 以后 → 缺项; inside a group the earliest first."""

    def urgency(todo):
        if todo.due_on is not None:
            if todo.due_on < today:
                return 0
            return 1 if todo.due_on == today else 2 if todo.due_on <= today + SOON else 4
        return 3 if todo.waiting_since else 5

    return sorted(todos, key=lambda t: (urgency(t), t.due_on or t.waiting_since or today, t.rule, t.object))


def line(todo, today):
    """One to-do as the task list prints it, with the clause it stands on."""
    state, kind = _state(todo, today)
    return {
        "verb": todo.verb,
        "object": todo.object,
        "why": f"{todo.why}（{rules.todo(todo.rule).cite}）",
        "url": todo.url,
        "state": state,
        "kind": kind,
        "late": kind == "err",
    }


def _state(todo, today):
    if todo.waiting_since:
        days = (today - todo.waiting_since).days
        return (f"等了{days}天" if days else "今天送来"), "info"
    if todo.due_on is None:
        return "缺项", "plain"
    days = (todo.due_on - today).days
    if days < 0:
        return f"过期{-days}天", "err"
    if days == 0:
        return "今天", "warn"
    until = (
        f"{cn_month_day(todo.due_on)}前"
        if todo.due_on.year == today.year
        else f"{todo.due_on.year}年{cn_month_day(todo.due_on)}前"
    )
    return until, "warn" if todo.due_on <= today + SOON else "plain"


def todos(user, today):
    """Everything the user has to do, most urgent first; gaps (缺项) apart."""
    switched_on = [t for source in SOURCES for t in source.todos(user, today) if rules.todo(t.rule).on]
    found = ordered(switched_on, today)
    dated = [line(t, today) for t in found if not t.is_gap]
    gaps = [line(t, today) for t in found if t.is_gap]
    return dated, gaps


def numbers(user, today):
    """At most five numbers with a target, each a link to its rows. Nobody's use of the system is counted."""
    if not user.has_role(*STAFF):
        return []
    reach = user.reach_as(*STAFF)
    branches = sum(row["state"] == Branch.State.RUNNING for row in standing_in(reach))
    return [
        *_coverage_numbers(coverage.whole(reach, today)),
        _over_half(reach, today),
        _venues(reach, today, branches),
        _reports(reach, today, branches),
    ]


def _number(label, value, of, unit, url, note):
    percent = min(100, value * 100 // of) if of else None
    return {"label": label, "value": value, "of": of, "unit": unit, "url": url, "note": note, "percent": percent}


def _coverage_numbers(target):
    url = reverse("coverage")
    covered = _number(
        "小区党组织覆盖",
        target.covered,
        target.compounds,
        "个小区",
        f"{url}?view=none" if target.uncovered else url,
        f"还有{target.uncovered}个小区没有党支部" if target.uncovered else "全部覆盖",
    )
    note = f"其中联合支部{target.joint}个"
    if target.waiting:
        note += f"，待选举{target.waiting}个"
    if target.target:
        note += f"，离目标差{target.short}个"
    label = "小区党支部" if target.new is None else "新建小区党支部"
    return [_number(label, target.counted, target.target, "个", reverse("branches"), note), covered]


def _over_half(reach, today):
    committees, over = committee_figures.half_reached(reach, today)
    return _number("业委会党员过半", over, committees, "个", reverse("committees"), "由任职记录算出，供推荐参考")


def _venues(reach, today, branches):
    recorded = _recorded_venues(reach, today.year)
    full = sum(map(all, recorded))
    unrecorded = branches - len(recorded)
    note = f"{unrecorded}个支部今年还未记录" if unrecorded else "今年都有记录"
    return _number("阵地七有齐全", full, branches, "个支部", f"{reverse('branches')}?gap=venue", note)


def _reports(reach, today, branches):
    handed_in = len(_handed_in(reach, today.year))
    url = f"{reverse('materials')}?year={today.year}"
    return _number("述职已交", handed_in, branches, "份", url, f"{today.year}年度")


@prepared
def _recorded_venues(reach, year):
    branch = {"branch__branch__kind__in": KINDS, "branch__branch__state": "running"}
    recorded = Venue.objects.within(reach).filter(year=year, **branch)
    return recorded.values_list(*[field for field, _ in Venue.ITEMS])


@prepared
def _handed_in(reach, year):
    reports = BranchReport.objects.within(reach).filter(year=year, state__in=["submitted", "received"])
    reports = reports.filter(branch__branch__state="running")
    return reports.values_list("pk", flat=True)


def cadre_to_call(user, today):
    """(name, telephone) of the cadre named for the secretary's branch, or None (方案四、1)."""
    return next(iter(_liaisons(user.reach_as(Role.BRANCH_SECRETARY).branches, today)), None)


@prepared
def _liaisons(branches, day):
    posts = Post.objects.on(day).filter(body__in=branches, title=Post.Title.LIAISON).order_by("id")
    return posts.values_list("person__name", "person__phone")[:1]


def own_page(user):
    """(address, words) of the page a branch secretary or a compound's worker opens most; empty for others."""
    if user.has_role(Role.BRANCH_SECRETARY):
        return reverse("my_branch"), "打开我的支部"
    return (reverse("my_compound"), "打开我的小区") if user.has_role(Role.COMPOUND_WORKER) else ("", "")
