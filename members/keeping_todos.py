"""What waits for those who keep the register: a census round, transfers, what somebody says is wrong."""

from django.db.models import Count, Max, Q
from django.urls import reverse
from django.utils import timezone

from accounts.roles import Role
from accounts.todo import Todo
from members.models import Census, CensusReturn, Correction, Transfer
from office.areas.prepared import prepared
from office.chinese.dates import cn_month_day

KEEPERS = (Role.COMMUNITY_SECRETARY, Role.COMMUNITY_WORKER)
MOST = 60


def todos(user, today):
    if user.has_role(*KEEPERS):
        yield from _census_parts(user)
        yield from _transfers(user)
    if user.has_role(Role.TOWN_OFFICE):
        yield from _censuses(user, today)
    if user.has_role(*KEEPERS, Role.LIAISON):
        yield from _corrections(user)


def _census_parts(user):
    """The community's part of the open round until it is confirmed; a reminder of the town is said."""
    for pk, community, title, check_what, due_on, reminded_on in _open_parts(user.reach_as(*KEEPERS)):
        reminded = f"镇党建办{cn_month_day(reminded_on)}提醒过" if reminded_on else ""
        why = "，".join(filter(None, [title, check_what.rstrip("。"), reminded]))
        words = f"请在{cn_month_day(due_on)}前核对{community}党员名册"
        yield Todo("census_due", "摸排党员", words, why, reverse("census_part", args=[pk]), due_on=due_on)


@prepared
def _open_parts(reach):
    rows = CensusReturn.objects.within(reach).filter(census__closed_on=None, confirmed_at=None).order_by("pk")
    facts = ("pk", "community__name", "census__title", "census__check_what", "census__due_on", "reminded_on")
    return rows.values_list(*facts)


def _censuses(user, today):
    """For the town's office: a round that every community has confirmed, or whose day has passed."""
    for census in _open_rounds(user.reach_as(Role.TOWN_OFFICE)):
        url = reverse("census_round", args=[census.pk])
        if not census.waiting:
            since = timezone.localdate(census.last)
            yield Todo("census_to_close", "结束摸排", census.title, "各社区都已确认", url, waiting_since=since)
        elif census.due_on < today:
            why = f"{census.waiting}个社区还没有确认"
            yield Todo("census_to_close", "结束摸排", census.title, why, url, due_on=census.due_on)


@prepared
def _open_rounds(reach):
    waiting = Count("returns", filter=Q(returns__confirmed_at=None))
    open_now = Census.objects.within(reach).filter(closed_on=None)
    return open_now.annotate(waiting=waiting, last=Max("returns__confirmed_at"))


def _transfers(user):
    """Transfers that wait for the word of the user's community."""
    for pk, name, origin, target, opened_on in _open_transfers(user.reach_as(*KEEPERS).communities):
        url = reverse("member_transfer", args=[pk])
        yield Todo("transfer_waiting", "确认转接", name, f"从{origin}转到{target}", url, waiting_since=opened_on)


@prepared
def _open_transfers(communities):
    ours = Q(asked_by_receiver=True, from_community__in=communities)
    ours |= Q(asked_by_receiver=False, to_community__in=communities)
    rows = Transfer.objects.filter(ours, state=Transfer.State.OPEN).order_by("pk")
    facts = ("pk", "member__person__name", "from_community__name", "to_community__name", "opened_on")
    return rows.values_list(*facts)[:MOST]


def _corrections(user):
    """What somebody said is wrong about the community's, or the cadre's branch's, members."""
    for pk, name, by, at in _open_corrections(user.reach_as(*KEEPERS, Role.LIAISON)):
        url = reverse("member_correction_settle", args=[pk])
        since = timezone.localdate(at)
        yield Todo("correction_waiting", "核对资料", name, f"{by}反映资料有误", url, waiting_since=since)


@prepared
def _open_corrections(reach):
    rows = Correction.objects.within(reach).filter(settled_at=None).order_by("pk")
    return rows.values_list("pk", "member__person__name", "given_by__name", "given_at")[:MOST]
