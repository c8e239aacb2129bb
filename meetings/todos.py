"""Meetings: decisions that fall due (R7) and joint meetings not yet on record this period (R6)."""

from dataclasses import replace
from datetime import timedelta

from django.db.models import Count, Min, Q
from django.urls import reverse
from django.utils import timezone

from accounts.roles import Role
from accounts.todo import Todo
from meetings import figures
from meetings.models import Decision, Meeting
from meetings.permissions import is_near
from office.areas.models import Coverage
from office.areas.prepared import prepared
from office.chinese.dates import cn_month_day
from office.rulebook.towns import town_rules

ASKED_FOR_DAYS = 90  # 再早的会不再请支部确认
MOST_TO_CONFIRM = 10
MOST = 60  # 一个人名下的决定再多，待办也只列最急的这些
HANDLERS = (Role.TOWN_OFFICE, Role.COMMUNITY_SECRETARY, Role.COMMUNITY_WORKER, Role.LIAISON, Role.BRANCH_SECRETARY)


def todos(user, today):
    """To-dos about meetings and their decisions, unordered."""
    rules = town_rules(user.town_id, ("todo_soon_days", "joint_meeting_every"), today)
    return [
        *_due(user, today, rules["todo_soon_days"]),
        *_joint_meeting_wanted(user, today, rules["joint_meeting_every"]),
        *_to_confirm(user, today),
        *_sent_to(user),
    ]


def _due(user, today, soon_days):
    """R7: decisions due soon or overdue, one by one for those who see to them, in one line for the town."""
    reach = user.reach_as(*HANDLERS)
    if reach.towns:
        yield from _late_in_town(reach, today)
    soon = today + timedelta(days=soon_days.value)
    nearby = replace(reach, towns=frozenset())
    for decision in _falling_due(nearby, user.town_id, user.pk, soon):
        owner = str(decision.owner) if decision.owner else "还没有责任人"
        where = f"{decision.compound} · " if decision.compound else ""
        url = _address_of_task(decision, user.reach)
        yield Todo("task_due", "落实", decision.text, f"{where}{owner}", url, due_on=decision.due_on)


def _address_of_task(decision, reach):
    """Its line in the meeting, or its own page for whom the meeting gave a task and does not show its minutes."""
    if is_near(reach, decision):
        return f"{reverse('meeting', args=[decision.meeting_id])}#decision-{decision.pk}"
    return reverse("meeting_decision", args=[decision.pk])


@prepared
def _falling_due(reach, town, user, until):
    """The most urgent decisions within reach, and the user's own of the town."""
    own = Decision.objects.filter(town=town, owner_person__user=user)
    return figures.open_decisions((Decision.objects.within(reach) | own).filter(due_on__lte=until))[:MOST]


def _late_in_town(reach, today):
    for _, count, oldest in _late(reach, today):
        why = "看看卡在哪里，需要时一事一督办"
        url = f"{reverse('meeting_decisions')}?state=late"
        yield Todo("task_due", "过期的会议决定", f"{count}件", why, url, due_on=oldest)


@prepared
def _late(reach, today):
    late = Decision.objects.within(reach).filter(done_on=None, due_on__lt=today).order_by()
    return late.values_list("town_id").annotate(Count("pk"), Min("due_on"))


def _to_confirm(user, today):
    """R18: what somebody else entered for the branch, lately, and its secretary has not looked at yet."""
    branches = user.reach_as(Role.BRANCH_SECRETARY).branches
    if not branches:
        return
    for meeting in _not_looked_at(branches, user.pk, today - timedelta(days=ASKED_FOR_DAYS)):
        said = f"{cn_month_day(meeting.held_on)}{meeting}"
        since = timezone.localdate(meeting.changed_at or meeting.filed_at)
        yield Todo("minutes_to_confirm", "看一看、点确认", said, "请确认", _address(meeting), waiting_since=since)


@prepared
def _not_looked_at(branches, user, since):
    waiting = Meeting.objects.filter(branch__in=branches, state=Meeting.State.FILED, objection="")
    waiting = waiting.filter(held_on__gte=since).exclude(filed_by=user).exclude(changed_by=user)
    return waiting.order_by("held_on", "id")[:MOST_TO_CONFIRM]


def _sent_to(user):
    """Handed-in drafts, for whoever may make records of them; R16: what the branch says is wrong, for who wrote it."""
    reach = user.reach_as(Role.COMMUNITY_SECRETARY, Role.COMMUNITY_WORKER, Role.LIAISON, Role.BRANCH_SECRETARY)
    for meeting in _drafts_and_objections(reach, user.pk):
        yield _to_release(meeting) if meeting.state == Meeting.State.DRAFT else _objected(meeting)


@prepared
def _drafts_and_objections(reach, user):
    State = Meeting.State
    mine = Q(changed_by=user) | Q(changed_by=None, filed_by=user)
    wrong = Meeting.objects.filter(mine, state=State.FILED).exclude(objection="")
    drafts = Meeting.objects.filter(state=State.DRAFT, drafted_by__isnull=False).within(reach)
    wrong |= drafts.exclude(drafted_by=user)
    return wrong.select_related("drafted_by").order_by("state", "id")[: 2 * MOST_TO_CONFIRM]


def _to_release(meeting):
    said = f"{cn_month_day(meeting.held_on)}{meeting}"
    url = reverse("meeting_change", args=[meeting.pk])
    since = timezone.localdate(meeting.drafted_at)
    return Todo("minutes_to_release", "核对", said, f"{meeting.drafted_by}起草", url, waiting_since=since)


def _objected(meeting):
    said = f"{cn_month_day(meeting.held_on)}{meeting}"
    url = reverse("meeting_change", args=[meeting.pk])
    since = timezone.localdate(meeting.changed_at or meeting.filed_at)
    return Todo("returned_to_me", "改会议记录", said, f"支部说：{meeting.objection}", url, waiting_since=since)


def _address(meeting):
    return reverse("meeting", args=[meeting.pk])


def _joint_meeting_wanted(user, today, period):
    """R6: covered compounds whose last joint meeting on record is older than the period (the plan says 定期)."""
    reach = user.reach_as(Role.COMMUNITY_SECRETARY, Role.COMMUNITY_WORKER)
    if not reach:
        return
    rows = {row[0]: row for row in _covered(reach, today)}
    latest = figures.last_held("compound_id", rows, Meeting.Kind.JOINT)
    for compound, name, branch in rows.values():
        last = latest.get(compound)
        if last is None or period.after(last) < today:
            why = f"上次记录是{last.year}年{last.month}月" if last else "还没有记录"
            url = f"{reverse('meeting_file')}?kind={Meeting.Kind.JOINT.value}&at=b{branch}c{compound}"
            yield Todo("joint_meeting_wanted", "开联席会议", name, why, url)


@prepared
def _covered(reach, today):
    covered = Coverage.objects.on(today).within(reach).filter(body__kind="branch").order_by("compound__pinyin")
    return covered.values_list("compound_id", "compound__name", "body_id")
