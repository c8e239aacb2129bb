"""摸排党员 (方案三、1): the town opens a round, every community checks its register and confirms it, the town closes it.

Nothing is handed in twice: the register itself is what is checked. What changed since the opening is a comparison of
two registers, each kept as {person id: version}.
"""

from dataclasses import dataclass
from itertools import groupby

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, transaction
from django.utils import timezone

from accounts.roles import Role
from members.models import Census, CensusReturn, Member
from office.areas.models import Community
from office.audit import trail
from office.chinese.dates import cn_date, cn_month_day

FIGURES = ("total", "direct", "probationary", "in_service", "floating_in")
LABELS = {
    "total": "总数",
    "direct": "直管",
    "probationary": "其中预备",
    "in_service": "在职报到",
    "floating_in": "流入",
}
OPENERS = (Role.TOWN_OFFICE,)
CONFIRMERS = (Role.COMMUNITY_SECRETARY,)  # 社区党务工作者录入、核对，不确认（decisions 7）


@dataclass(frozen=True)
class Register:
    """One community's register on a day: who stands in it at which version, and how many of each class."""

    people: dict  # {person id as text: version}
    figures: dict


@dataclass(frozen=True)
class Differences:
    """Ids of whoever came, was changed, or left between two registers."""

    new: tuple = ()
    changed: tuple = ()
    gone: tuple = ()

    @property
    def any(self):
        return bool(self.new or self.changed or self.gone)


def registers(communities):
    """{community id: Register} as it stands now; one query."""
    columns = ("community_id", "pk", "version", "relation", "stage")
    members = Member.objects.filter(community__in=communities, status=Member.Status.NORMAL)
    found = {pk: Register({}, dict.fromkeys(FIGURES, 0)) for pk in communities}
    rows = members.order_by("community_id", "pk").values_list(*columns)
    for community, group in groupby(rows, key=lambda row: row[0]):
        register = found[community]
        for _, pk, version, relation, stage in group:
            register.people[str(pk)] = version
            count(register.figures, relation, stage)
    return found


def count(figures, relation, stage):
    """One more member in the figures of a register."""
    figures["total"] += 1
    figures[relation] += 1
    if relation == Member.Relation.DIRECT and stage == Member.Stage.PROBATIONARY:
        figures["probationary"] += 1


def differences(before, after):
    """Between two registers of people as {id: version}."""
    return Differences(
        new=tuple(int(pk) for pk in after if pk not in before),
        changed=tuple(int(pk) for pk, version in after.items() if before.get(pk, version) != version),
        gone=tuple(int(pk) for pk in before if pk not in after),
    )


@dataclass(frozen=True)
class Part:
    """A community's part of a round, ready to be read."""

    row: CensusReturn
    figures: dict  # at the sign-off or the close, else now
    differences: Differences

    @property
    def state(self):
        """(word, kind of badge)."""
        if self.row.confirmed_at:
            return "已确认", "ok"
        if self.row.final_figures:
            return "没有确认", "warn"
        return ("核对中", "info") if self.differences.any else ("未开始", "plain")

    @property
    def state_words(self):
        """未开始 · 核对中 · 已确认 12月3日 张书记."""
        if not self.row.confirmed_at:
            return self.state[0]
        return f"已确认 {cn_month_day(timezone.localtime(self.row.confirmed_at))} {self.row.confirmed_by}"


def parts(returns):
    """Each return with its figures and differences; frozen ones from the row, the others from the register of now."""
    returns = list(returns)
    now = registers([row.community_id for row in returns if row.final_register is None])
    return [_part(row, now) for row in returns]


def _part(row, now):
    if row.final_register is not None:
        people, figures = row.final_register, row.final_figures
    else:
        people, figures = now[row.community_id].people, now[row.community_id].figures
    return Part(row, figures, differences(row.opening_register, people))


@transaction.atomic
def open_round(town, *, title, due_on, check_what="", by):
    """Start a round today in every community of the town, with their registers as they stand. One at a time.

    Raises ValidationError in words, PermissionDenied unless `by` is of the town's office.
    """
    _must_run(by, town.pk)
    today = timezone.localdate()
    if due_on <= today:
        raise ValidationError({"due_on": "截止日期要在今天以后。"})
    communities = list(Community.objects.filter(town=town).values_list("pk", flat=True))
    if not communities:
        raise ValidationError("还没有社区，不能开始摸排。")
    facts = {"title": title, "check_what": check_what, "opens_on": today, "due_on": due_on}
    try:
        with transaction.atomic():
            census = Census.objects.create(town=town, opened_by=by, **facts)
    except IntegrityError:
        raise ValidationError("上一轮摸排还没有结束，先结束它。") from None
    CensusReturn.objects.bulk_create(
        CensusReturn(census=census, community_id=pk, opening_figures=now.figures, opening_register=now.people)
        for pk, now in registers(communities).items()
    )
    trail.record("members.census_opened", census, by=by, changes={"截止日期": (None, cn_date(due_on))})
    return census


@transaction.atomic
def confirm(part, *, note="", by):
    """The community's secretary says the register has been checked; gaps are no obstacle. Confirming twice does nothing.

    Raises ValidationError when the round is over.
    """
    row = _open_part(part, by)
    if row.confirmed_at:
        return row
    now = registers([row.community_id])[row.community_id]
    row.final_figures, row.final_register, row.note = now.figures, now.people, note
    row.confirmed_by, row.confirmed_at = by, timezone.now()
    row.save()
    trail.record("members.census_confirmed", row, by=by, changes={"总数": (None, now.figures["total"])}, reason=note)
    return row


@transaction.atomic
def withdraw(part, *, by):
    """Take the confirmation back, to go on checking; possible until the round is closed."""
    row = _open_part(part, by)
    if row.confirmed_at is None:
        return
    row.final_figures = row.final_register = row.confirmed_by = row.confirmed_at = None
    row.save()
    trail.record("members.census_withdrawn", row, by=by)


def _open_part(part, by):
    row = CensusReturn.objects.select_for_update(of=("self",)).select_related("census", "community").get(pk=part.pk)
    if not CensusReturn.objects.within(by.reach_as(*CONFIRMERS)).filter(pk=row.pk).exists():
        raise PermissionDenied("由社区书记确认。")
    if row.census.closed_on:
        raise ValidationError("这一轮摸排已经结束，不能再改。")
    return row


@transaction.atomic
def remind(part, *, by):
    """Put the round back before a community that has not confirmed; its to-do says when it was reminded."""
    row = CensusReturn.objects.select_for_update(of=("self",)).select_related("census").get(pk=part.pk)
    _must_run(by, row.town_id)
    if row.census.closed_on or row.confirmed_at:
        raise ValidationError("已经确认或结束，不用再提醒。")
    row.reminded_on = timezone.localdate()
    row.save()
    trail.record("members.census_reminded", row, by=by)


@transaction.atomic
def close(census, *, by):
    """End the round. Communities that did not confirm stay so, with their registers as of today. Twice does nothing."""
    census = Census.objects.select_for_update().get(pk=census.pk)
    _must_run(by, census.town_id)
    if census.closed_on:
        return
    unconfirmed = list(census.returns.filter(confirmed_at=None))
    now = registers([row.community_id for row in unconfirmed])
    for row in unconfirmed:
        row.final_figures, row.final_register = now[row.community_id].figures, now[row.community_id].people
        row.save()
    census.closed_on, census.closed_by = timezone.localdate(), by
    census.save()
    trail.record("members.census_closed", census, by=by, changes={"没有确认的社区": (None, len(unconfirmed))})


def _must_run(by, town):
    if town not in by.towns_as(*OPENERS):
        raise PermissionDenied
