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
from office.areas.models import Coverage
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
    own = Decision.objects.filter(town=user.town_id, owner_person__user=user.pk)
    decisions = Decision.objects.within(nearby) | own
    rows = figures.open_decisions(decisions.filter(due_on__lte=soon))
    for decision in rows[:MOST]:
        owner = str(decision.owner) if decision.owner else "还没有责任人"
        where = f"{decision.compound} · " if decision.compound else ""
        url = f"{reverse('meeting', args=[decision.meeting_id])}#decision-{decision.pk}"
        yield Todo("task_due", "落实", decision.text, f"{where}{owner}", url, due_on=decision.due_on)


def _late_in_town(reach, today):
    late = Decision.objects.within(reach).filter(done_on=None, due_on__lt=today)
    found = late.aggregate(count=Count("pk"), oldest=Min("due_on"))
    if found["count"]:
        why = "看看卡在哪里，需要时一事一督办"
        url = f"{reverse('meeting_decisions')}?state=late"
        yield Todo("task_due", "过期的会议决定", f"{found['count']}件", why, url, due_on=found["oldest"])


def _to_confirm(user, today):
    """R18: what somebody else entered for the branch, lately, and its secretary has not looked at yet."""
    branches = user.reach_as(Role.BRANCH_SECRETARY).branches
    if not branches:
        return
    waiting = Meeting.objects.filter(branch__in=branches, state=Meeting.State.FILED, objection="")
    waiting = waiting.filter(held_on__gte=today - timedelta(days=ASKED_FOR_DAYS)).exclude(filed_by=user.pk)
    rows = waiting.exclude(changed_by=user.pk).order_by("held_on", "id")[:MOST_TO_CONFIRM]
    for meeting in rows:
        said = f"{cn_month_day(meeting.held_on)}{meeting}"
        since = timezone.localdate(meeting.changed_at or meeting.filed_at)
        yield Todo("minutes_to_confirm", "看一看、点确认", said, "请确认", _address(meeting), waiting_since=since)


def _sent_to(user):
    """Handed-in drafts, for whoever may make records of them; R16: what the branch says is wrong, for who wrote it."""
    State = Meeting.State
    reach = user.reach_as(Role.COMMUNITY_SECRETARY, Role.COMMUNITY_WORKER, Role.LIAISON, Role.BRANCH_SECRETARY)
    mine = Q(changed_by=user.pk) | Q(changed_by=None, filed_by=user.pk)
    wrong = Meeting.objects.filter(mine, state=State.FILED).exclude(objection="")
    if reach:
        drafts = Meeting.objects.filter(state=State.DRAFT, drafted_by__isnull=False).within(reach)
        wrong |= drafts.exclude(drafted_by=user.pk)
    for meeting in wrong.select_related("drafted_by").order_by("state", "id")[: 2 * MOST_TO_CONFIRM]:
        yield _to_release(meeting) if meeting.state == State.DRAFT else _objected(meeting)


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
    covered = Coverage.objects.on(today).within(reach).filter(body__kind="branch").order_by("compound__pinyin")
    rows = {row[0]: row for row in covered.values_list("compound_id", "compound__name", "body_id")}
    latest = figures.last_held("compound_id", rows, Meeting.Kind.JOINT)
    for compound, name, branch in rows.values():
        last = latest.get(compound)
        if last is None or period.after(last) < today:
            why = f"上次记录是{last.year}年{last.month}月" if last else "还没有记录"
            url = f"{reverse('meeting_file')}?kind={Meeting.Kind.JOINT.value}&at=b{branch}c{compound}"
            yield Todo("joint_meeting_wanted", "开联席会议", name, why, url)
