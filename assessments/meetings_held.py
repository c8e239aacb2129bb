"""What the meetings on record say of the branches' year: 组织生活, 联席会议, decisions.

A period without a record is "未记录", never "not held" (R-319); there is no ranking and no score (R-423).
"""

from collections import Counter
from dataclasses import dataclass
from datetime import date

from assessments.period import months_words, stretch_words
from meetings.models import Decision, Meeting
from office.chinese.numbers import share
from office.rulebook.towns import town_rules

Kind = Meeting.Kind
# 组织生活的种类和管它多久一次的规则；次序即材料里的次序。
LIFE = (
    (Kind.MEMBERS, "member_meeting_every"),
    (Kind.COMMITTEE, "committee_meeting_every"),
    (Kind.GROUP, "group_meeting_every"),
    (Kind.LECTURE, "party_lecture_every"),
    (Kind.THEME_DAY, "theme_day_every"),
    (Kind.ORG_LIFE, "org_life_meeting_every"),
    (Kind.APPRAISAL, "appraisal_every"),
)
TALKS = (Kind.JOINT, Kind.WEEKEND, Kind.FORUM)


@dataclass(frozen=True)
class Kept:
    """One kind of meeting in the year. `missing` are the periods that are over and have no record, in words."""

    kind: str
    label: str
    rule: str
    cite: str
    due: bool  # 按规定应当有；不设支委会的没有支委会
    count: int
    months: tuple
    present: int
    expected: int
    missing: tuple

    @property
    def months_words(self):
        return months_words(self.months)

    @property
    def share(self):
        """到会率 with its numbers, over the meetings whose 应到 is on record."""
        return share(self.present, self.expected, "人次") if self.expected else ""


@dataclass(frozen=True)
class Talk:
    """One joint meeting, weekend council or residents' forum."""

    id: int
    day: date
    label: str
    title: str
    present: int
    expected: int
    decisions: int


@dataclass(frozen=True)
class Decided:
    """One decision as it stood on the day of the figures."""

    label: str
    text: str
    owner: str
    due_on: date | None
    done_on: date | None
    overdue: bool

    @property
    def state(self):
        if self.done_on:
            return "已办结"
        return "超期未记录" if self.overdue else "办理中"


@dataclass(frozen=True)
class Held:
    """A branch's meetings of the year."""

    life: tuple[Kept, ...]
    joint: Kept
    talks: tuple[Talk, ...]
    decided: tuple[Decided, ...]
    by_month: tuple

    @property
    def life_count(self):
        return sum(kept.count for kept in self.life)

    @property
    def recorded_life(self):
        return tuple(kept for kept in self.life if kept.due or kept.count)

    @property
    def done(self):
        return sum(decision.done_on is not None for decision in self.decided)

    @property
    def overdue(self):
        return sum(decision.overdue for decision in self.decided)

    def talks_of(self, kind):
        return sum(talk.label == Kind(kind).label for talk in self.talks)

    @property
    def talks_words(self):
        """联席会议4次、周末议事会未记录、民情恳谈会5次."""
        counts = ((kind.label, self.talks_of(kind)) for kind in TALKS)
        return "、".join(f"{label}{count}次" if count else f"{label}未记录" for label, count in counts)


@dataclass(frozen=True)
class Setting:
    """What decides which meetings a branch owes: since when it exists, whether it has a committee, groups."""

    since: date | None
    has_committee: bool
    has_groups: bool

    def owes(self, kind):
        return {Kind.COMMITTEE: self.has_committee, Kind.GROUP: self.has_groups}.get(kind, True)


def rules_of(town_id, day):
    """{kind: rule} of the meetings that have a rhythm, in force in the town that day; one query."""
    keys = dict((*LIFE, (Kind.JOINT, "joint_meeting_every")))
    found = town_rules(town_id, keys.values(), day)
    return {kind: found[key] for kind, key in keys.items()}


def by_branch(settings, period, rules):
    """{branch id: Held} for {branch id: Setting}; two queries, whatever the number of branches."""
    meetings = {branch: [] for branch in settings}
    rows = (
        Meeting.objects.filter(branch__in=settings, held_on__range=(period.start, period.day))
        .exclude(state=Meeting.State.DRAFT)
        .order_by("held_on", "id")
    )
    for branch, *facts in rows.values_list("branch_id", "id", "kind", "held_on", "title", "present", "expected"):
        meetings[branch].append(facts)
    decided, numbers = _decided(settings, period)
    return {
        branch: _held(meetings[branch], decided.get(branch, ()), numbers, setting, period, rules)
        for branch, setting in settings.items()
    }


def _decided(branches, period):
    """Branch → its decisions of the year by number, and meeting → how many it took."""
    rows = (
        Decision.objects.filter(
            branch__in=branches, year=period.year, meeting__held_on__range=(period.start, period.day)
        )
        .exclude(meeting__state=Meeting.State.DRAFT)
        .select_related("owner_person", "owner_body")
        .order_by("number", "id")
    )
    found, numbers = {}, Counter()
    for row in rows:
        done = row.done_on if row.done_on and row.done_on <= period.day else None
        overdue = done is None and row.due_on is not None and row.due_on < period.day
        owner = str(row.owner or "")
        found.setdefault(row.branch_id, []).append(Decided(row.label, row.text, owner, row.due_on, done, overdue))
        numbers[row.meeting_id] += 1
    return found, numbers


def _held(meetings, decided, numbers, setting, period, rules):
    by_month = Counter(day.month for _, _, day, *_ in meetings)
    labels = dict(Kind.choices)
    return Held(
        life=tuple(_kept(kind, meetings, setting, period, rules[kind]) for kind, _ in LIFE),
        joint=_kept(Kind.JOINT, meetings, setting, period, rules[Kind.JOINT]),
        talks=tuple(
            Talk(pk, day, labels[kind], title, present, expected, numbers[pk])
            for pk, kind, day, title, present, expected in meetings
            if kind in TALKS
        ),
        decided=tuple(decided),
        by_month=tuple(by_month[month] for month in range(1, period.day.month + 1)),
    )


def _kept(kind, meetings, setting, period, rule):
    rows = [(day, present, expected) for _, found, day, _, present, expected in meetings if found == kind]
    months = tuple(sorted({day.month for day, *_ in rows}))
    counted = [(present, expected) for _, present, expected in rows if expected]
    due = setting.owes(kind)
    missing = tuple(
        stretch_words(first, last)
        for first, last in period.stretches(rule.value, setting.since)
        if due and not any(first <= month <= last for month in months)
    )
    return Kept(
        kind=str(kind),
        label=kind.label,
        rule=rule.words,
        cite=rule.short,
        due=due,
        count=len(rows),
        months=months,
        present=sum(present for present, _ in counted),
        expected=sum(expected for _, expected in counted),
        missing=missing,
    )
