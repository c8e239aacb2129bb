"""Coverage as a piece of work: what comes next at each compound, targets against what stands, month by month (N-03).

Branches and covered compounds are two figures and are never mixed. Only 城市社区 count towards a target (decisions 1).
What is computed comes from the rows as they are dated; nothing is kept of a past month, so a correction moves the past.
"""

from dataclasses import dataclass
from datetime import date, timedelta

from django.db import transaction

from branches import cases, figures
from branches.models import Branch, CommunityTarget, CoverageNote
from branches.standing import standing_in
from office.areas.models import Community, Compound, Coverage, Town
from office.areas.prepared import prepared
from office.audit import trail
from office.rulebook.towns import town_rules

STALE = "刚才有人改过这个小区的下一步。您填的还在，请对照现在的记录再保存一次。"
STALE_TARGETS = "刚才有人改过各社区的目标。您填的还在，请对照现在的目标再保存一次。"
MONTHS = 24
NO_TARGET = (None, None)
TARGET_KEYS = ("branch_target", "branch_target_date", "branch_target_from")


class Stale(ValueError):
    """Somebody was quicker; the message says so in Chinese."""


# ── Compound by compound ──


@dataclass(frozen=True)
class Line:
    """One compound: how it is covered, and where it is not, why, the lawful route, who does what by when.

    `case` is (id, words) of the formation case that the compound is in.
    """

    cover: figures.CompoundCover
    reason: str = ""
    responsible: str = ""
    next_step: str = ""
    due_on: date | None = None
    late: bool = False
    case: tuple[int, str] | None = None

    @property
    def route(self):
        return self.cover.route

    @property
    def wanting(self):
        """Whether anything is left to do: nothing is where a branch stands."""
        return self.cover.cover == "none"


def lines(reach, day) -> list[Line]:
    """Every compound in reach, in the order of lists; six queries, whatever their number."""
    covers = figures.coverage(reach, day)
    wanting = [cover.id for cover in covers if cover.cover == "none"]
    notes = _notes(wanting)
    open_cases = cases.open_cases_of([cover.id for cover in covers])
    return [_line(cover, notes.get(cover.id), open_cases.get(cover.id), day) for cover in covers]


def _notes(compounds):
    rows = CoverageNote.objects.filter(compound__in=compounds)
    return {
        row[0]: row[1:] for row in rows.values_list("compound", "reason", "responsible__name", "next_step", "due_on")
    }


def _line(cover, note, case, day):
    if cover.cover != "none":
        return Line(cover, case=case)
    reason, responsible, next_step, due_on = note or ("", "", "", None)
    return Line(
        cover,
        reason=reason or _plain_reason(cover),
        responsible=responsible or "",
        next_step=next_step,
        due_on=due_on,
        late=due_on is not None and due_on < day,
        case=case,
    )


def _plain_reason(cover):
    """What the roster says where nobody has written a reason."""
    if not cover.direct:
        return "没有直管党员"
    if cover.full == cover.direct:
        return f"直管党员{cover.direct}名"
    return f"直管党员{cover.direct}名，其中正式{cover.full}名"


# ── Targets ──


@dataclass(frozen=True)
class Tally:
    """One community, or all of them: what is wanted by when, and what stands.

    `branches` are approved and not dissolved, `waiting` of them still elect; `new` counts from the day the town has
    set, None where it has set none.
    """

    label: str
    target: int | None
    due_on: date | None
    branches: int
    joint: int
    new: int | None
    waiting: int
    compounds: int
    covered: int
    id: int | None = None

    @property
    def counted(self):
        """What is held against the target."""
        return self.branches if self.new is None else self.new

    @property
    def short(self):
        """How many the target still lacks; None without one."""
        return None if self.target is None else max(0, self.target - self.counted)

    @property
    def uncovered(self):
        return self.compounds - self.covered


@dataclass(frozen=True)
class Tallies:
    """城市社区 one by one in the order of lists and together; what stands in villages is told apart."""

    whole: Tally
    communities: tuple[Tally, ...]
    village_branches: int
    village_compounds: int
    since: date | None  # 从哪天起批准的算新建


def whole(reach, day, covers=None) -> Tally:
    """城市社区 in reach together that day, against the town's target or the one community's own.

    `covers` are those of figures.coverage, where already read.
    """
    covers = figures.coverage(reach, day) if covers is None else covers
    city = [row for row in standing_in(reach) if row["community__kind"] == Community.Kind.CITY]
    counted = [cover for cover in covers if cover.counted]
    rules = _rules(reach, day, covers)
    label = "全镇" if reach.towns else "合计"
    return _tally(label, city, counted, _since(rules), _whole_target(reach, rules, day))


def tallies(reach, day, covers=None) -> Tallies:
    """The same and each community by itself."""
    covers = figures.coverage(reach, day) if covers is None else covers
    standing, since = standing_in(reach), _since(_rules(reach, day, covers))
    wanted = _targets_on(reach, day)
    communities = tuple(
        _tally(
            name,
            [row for row in standing if row["community_id"] == pk],
            [cover for cover in covers if cover.community_id == pk],
            since,
            wanted.get(pk, NO_TARGET),
            pk=pk,
        )
        for pk, name in _cities(reach, covers).items()
    )
    return Tallies(
        whole=whole(reach, day, covers),
        communities=communities,
        village_branches=sum(row["community__kind"] != Community.Kind.CITY for row in standing),
        village_compounds=sum(not cover.counted for cover in covers),
        since=since,
    )


def _rules(reach, day, covers):
    town = next(iter(reach.towns), None) or next((cover.town_id for cover in covers), None)
    return town_rules(town, TARGET_KEYS, day) if town else {}


def _since(rules):
    """From which day on what is approved counts as 新建, where the town has set one."""
    return rules["branch_target_from"].value if rules else None


def _cities(reach, covers):
    """{id: name} of the 城市社区 in reach, in the order of lists, also those without a compound."""
    found = dict(Community.objects.within(reach).filter(kind=Community.Kind.CITY).values_list("pk", "name"))
    return found | {cover.community_id: cover.community for cover in covers if cover.counted}


def _tally(label, standing, covers, since, target, pk=None):
    return Tally(
        label=label,
        target=target[0],
        due_on=target[1],
        branches=len(standing),
        joint=sum(row["kind"] == Branch.Kind.JOINT for row in standing),
        new=sum(bool(row["approved_on"] and row["approved_on"] >= since) for row in standing) if since else None,
        waiting=sum(row["state"] == Branch.State.APPROVED for row in standing),
        compounds=len(covers),
        covered=sum(cover.cover != "none" for cover in covers),
        id=pk,
    )


def _whole_target(reach, rules, day):
    """(number, by when): the town's own setting; for the reader of one community, the community's."""
    if reach.towns:
        number, due = rules["branch_target"], rules["branch_target_date"]
        return number.value, due.value if number.value is not None and due.overridden else None
    wanted = _targets_on(reach, day)
    return next(iter(wanted.values())) if len(wanted) == 1 else NO_TARGET


def _targets_on(reach, day):
    """Community → (number, by when): the next target that is not past, else the last one."""
    found = {}
    for community, number, due_on in _targets(reach):
        if community not in found or found[community][1] < day:
            found[community] = number, due_on
    return found


@prepared
def _targets(reach):
    rows = CommunityTarget.objects.within(reach).order_by("due_on")
    return rows.values_list("community_id", "number", "due_on")


# ── Month by month ──


@dataclass(frozen=True)
class Month:
    """What stood on the last day of a month (of the current month: today)."""

    last: date
    branches: int
    compounds: int
    covered: int


def history(reach, until, months=MONTHS, compounds=None) -> tuple[Month, ...]:
    """城市社区's branches and covered compounds on the last day of each month up to `until`; at most three queries.

    The number of compounds is today's: a compound has no dates. `compounds` is that number, where already known.
    """
    if compounds is None:
        compounds = Compound.objects.within(reach).filter(community__kind=Community.Kind.CITY).count()
    lives, covered = list(_lives(reach)), list(_covered(reach))
    return tuple(
        Month(
            last=day,
            branches=sum(_holds(starts, ends, day) for starts, ends in lives),
            compounds=compounds,
            covered=len({compound for compound, starts, ends in covered if _holds(starts, ends, day)}),
        )
        for day in _month_ends(until, months)
    )


def _lives(reach):
    """(from, until) of every compound or joint branch there ever was; one that ended without a day is left out."""
    rows = Branch.objects.within(reach).filter(
        kind__in=[Branch.Kind.COMPOUND, Branch.Kind.JOINT], community__kind=Community.Kind.CITY
    )
    for approved, starts, ends, state in rows.values_list("approved_on", "body__starts_on", "body__ends_on", "state"):
        if state != Branch.State.DISSOLVED or ends is not None:
            yield approved or starts, ends


def _covered(reach):
    rows = Coverage.objects.within(reach).filter(body__kind="branch", community__kind=Community.Kind.CITY).order_by()
    return rows.values_list("compound_id", "starts_on", "ends_on")


def _holds(starts, ends, day):
    return (starts is None or starts <= day) and (ends is None or day <= ends)


def _month_ends(until, months):
    """`until`, and before it the last days of the months before, oldest first."""
    days = [until]
    while len(days) < months:
        days.append(days[-1].replace(day=1) - timedelta(days=1))
    return days[::-1]


# ── Deeds ──


@transaction.atomic
def note(compound, *, reason="", responsible=None, next_step="", due_on=None, version, by) -> CoverageNote:
    """Keep what comes next at a compound without a branch. `version` is that of the note the form showed, 0 for none.

    Raises Stale when somebody else has written meanwhile.
    """
    compound = Compound.objects.select_for_update().get(pk=compound.pk)
    kept = CoverageNote.objects.select_related("responsible").filter(compound=compound).first()
    if (kept.version if kept else 0) != version:
        raise Stale(STALE)
    kept = kept or CoverageNote(compound=compound, version=0)
    facts = {"reason": reason, "responsible": responsible, "next_step": next_step, "due_on": due_on}
    labels = {name: str(CoverageNote._meta.get_field(name).verbose_name) for name in facts}
    changes = {labels[name]: (getattr(kept, name), new) for name, new in facts.items() if getattr(kept, name) != new}
    for name, new in facts.items():
        setattr(kept, name, new)
    kept.version += 1
    kept.save()
    trail.record("branches.coverage_noted", kept, by=by, changes=changes)
    return kept


def targets_of(town, due_on):
    """Community → its CommunityTarget for that day."""
    return {row.community_id: row for row in CommunityTarget.objects.filter(town=town, due_on=due_on)}


def seen(town):
    """The town's targets as their form carries them along."""
    rows = CommunityTarget.objects.filter(town=town).order_by("due_on", "community_id")
    return ";".join(
        f"{community}:{due_on}={number}"
        for community, due_on, number in rows.values_list("community_id", "due_on", "number")
    )


@transaction.atomic
def set_targets(town, due_on, numbers, basis, *, seen_before, by):
    """Set how many branches each community shall have by a day: {community id: number, None for no target}.

    A second word about the same day corrects the first. Raises Stale when the targets are no longer what
    `seen_before` says.
    """
    town = Town.objects.select_for_update().get(pk=town.pk)
    if seen_before != seen(town):
        raise Stale(STALE_TARGETS)
    standing = targets_of(town, due_on)
    changes = {"完成时间": (None, due_on), "依据": (None, basis)}
    for community in Community.objects.filter(pk__in=numbers, town=town).order_by("position", "pk"):
        before, number = standing.get(community.pk), numbers[community.pk]
        if (before.number if before else None) != number:
            changes[community.name] = before.number if before else None, number
        if number is None:
            if before:
                before.delete()
            continue
        row = before or CommunityTarget(community=community, due_on=due_on)
        row.number, row.basis, row.set_by = number, basis, by
        row.save()
    trail.record("branches.target_set", town, by=by, town=town.pk, changes=changes)
