"""Whether a branch may be formed, of what form, and what would change the answer (R-101…R-107, R-114, R-121; C-1, C-2).

Advice only: the town's written reply decides (R-110, R-116). Every number comes from the rulebook at the date asked for.
"""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, fields
from datetime import date

from django.db.models import Count
from django.utils import timezone

from branches.models import Branch
from branches.standing import facts, standing, standing_in
from members import figures as membership
from members.models import Member
from office.areas.models import Coverage
from office.areas.prepared import prepared
from office.chinese.dates import cn_date
from office.rulebook import rules
from office.rulebook.rules import Rule
from office.rulebook.towns import town_rules

OWN, JOINT, NONE = "own", "joint", "none"


@dataclass(frozen=True)
class Counts:
    """People of one compound or branch: 直管 and what they consist of; 在职报到 and 流入 never count (R-103)."""

    direct: int
    full: int
    probationary: int
    in_service: int = 0
    floating_in: int = 0

    def __post_init__(self):
        """Raises ValueError in Chinese, with the formula, for numbers that cannot be."""
        if any(getattr(self, one.name) < 0 for one in fields(self)):
            raise ValueError("人数不能小于0")
        if self.full + self.probationary != self.direct:
            raise ValueError(
                f"正式{self.full}＋预备{self.probationary}＝{self.full + self.probationary}，与直管{self.direct}不符"
            )

    def __add__(self, other: "Counts") -> "Counts":
        return Counts(*(getattr(self, one.name) + getattr(other, one.name) for one in fields(self)))


NOBODY = Counts(0, 0, 0)


@dataclass(frozen=True)
class Thresholds:
    """The rules a formation is held against, as they hold in one town on one day."""

    full: Rule
    direct: Rule
    joint: Rule
    units: Rule
    members: Rule
    party_committee: Rule
    committee: Rule
    no_committee: Rule
    seats_min: Rule
    seats_max: Rule
    communities: Rule
    reply: Rule
    probation: Rule
    near: Rule


KEYS = {
    "full": "branch_min_full_members",
    "direct": "compound_min_direct_members",
    "joint": "joint_branch_below_full_members",
    "units": "joint_branch_max_units",
    "members": "branch_max_members",
    "party_committee": "party_committee_above_members",
    "committee": "committee_min_full_members",
    "no_committee": "no_committee_below_full_members",
    "seats_min": "committee_seats_min",
    "seats_max": "committee_seats_usual_max",
    "communities": "formation_joint_communities_max",
    "reply": "formation_reply_months",
    "probation": "probation_years",
    "near": "neighbour_distance",
}


def thresholds(town_id, on) -> Thresholds:
    """The thresholds of the town on that day; one query."""
    found = town_rules(town_id, list(KEYS.values()), on)
    return Thresholds(**{name: found[key] for name, key in KEYS.items()})


@dataclass(frozen=True)
class Finding:
    """One thing to know about: level B refuses, W needs a reason, I informs."""

    key: str
    level: str
    text: str
    cite: str


@dataclass(frozen=True)
class Check:
    """What the numbers allow: the form, one sentence with its articles, who decides, what would change it."""

    counts: Counts
    form: str
    conclusion: str
    cite: str
    next: str
    changes: tuple[str, ...]
    findings: tuple[Finding, ...]
    committee: bool

    @property
    def needs_reason(self) -> bool:
        """Whether going on asks for a typed reason."""
        return any(finding.level == "W" for finding in self.findings)

    @property
    def refused(self) -> bool:
        return any(finding.level == "B" for finding in self.findings)


def check(counts, t, *, units=1, communities=1, kind=OWN, upcoming: Iterable[date] = ()) -> Check:
    """Hold the numbers of one compound, or of several together, against the rules.

    `kind` is what is intended ("own", "joint"); `units` how many compounds it would cover, `communities` how many
    communities they lie in; `upcoming` the days on which probations end.
    """
    joint = kind == JOINT or units > 1
    form, conclusion, cite = _conclusion(counts, t, joint)
    return Check(
        counts=counts,
        form=form,
        conclusion=conclusion,
        cite=cite,
        next=_who_decides(t),
        changes=tuple(_changes(counts, t, joint, upcoming)),
        findings=tuple(_findings(counts, t, joint, units, communities)),
        committee=t.committee.holds(counts.full),
    )


def _cites(*rows):
    """支部工作条例第四条；方案三、1; each named once."""
    return "；".join(dict.fromkeys(row.short for row in rows))


def _conclusion(counts, t, joint):
    full, direct, needed = counts.full, counts.direct, t.full.value
    if joint:
        return _joint_conclusion(counts, t)
    if direct == 0:
        reported = f"；在职报到的{counts.in_service}名不计入" if counts.in_service else ""
        return NONE, f"没有直管党员，先摸排{reported}。", rules.principle("in_service_not_counted").short
    if t.full.holds(full):
        tail = (
            f"直管党员{direct}名，符合方案的条件。"
            if t.direct.holds(direct)
            else f"直管党员{direct}名，不到{_whose(t.direct)}的{t.direct.value}名，写明理由可以继续。"
        )
        return OWN, f"正式党员{full}名，达到{needed}名，应当成立党支部；{tail}", _cites(t.full, t.direct)
    if t.direct.holds(direct):
        return (
            JOINT,
            f"直管党员{direct}名，达到{_whose(t.direct)}的{t.direct.value}名，但正式党员只有{full}名，不足{needed}名，预备党员不计入，"
            "宜与邻近小区成立联合党支部。",
            _cites(t.full, t.direct),
        )
    return JOINT, f"正式党员{full}名，不足{needed}名，建议与邻近小区成立联合党支部。", _cites(t.joint, t.direct)


def _whose(rule):
    return "本镇设定" if rule.overridden else "方案"


def _joint_conclusion(counts, t):
    if t.full.holds(counts.full):
        text = f"合计正式党员{counts.full}名、直管党员{counts.direct}名，可以成立联合党支部。"
    else:
        text = f"合计正式党员{counts.full}名，不足{t.full.value}名，再联合一个邻近小区。"
    return JOINT, text, _cites(t.joint, t.direct)


def _who_decides(t):
    return f"社区党委会研究后向镇党委请示，镇党委会研究决定，一般{t.reply.words}批复（{t.reply.short}）。"


def _changes(counts, t, joint, upcoming):
    together, lacking = ("合计" if joint else ""), t.full.value - counts.full
    if lacking > 0:
        yield f"{together}再有{lacking}名正式党员，即可{'成立联合党支部' if joint else '单独成立'}"
    full = counts.full
    for day, number in sorted(Counter(upcoming).items()):
        full += number
        yield f"{cn_date(day)}有{number}名预备党员预备期满，转正后{together}正式党员{full}名"
    if lacking <= 0:
        lost = rules.principle("formation_lost")
        yield f"{together}正式党员少于{t.full.value}名时，不再符合条件（{lost.short}）"
    if lacking <= 0 and not t.committee.holds(counts.full):
        yield f"正式党员达到{t.committee.value}名时，应当设支部委员会（{t.committee.short}）"


def _findings(counts, t, joint, units, communities):
    yield from _too_few(counts, t, joint)
    if not t.units.holds(units):
        text = f"覆盖{units}个小区，一般不超过{t.units.value}个，写明理由可以继续。"
        yield Finding("units", "W", text, t.units.short)
    yield from _too_many(counts, t)
    if not t.communities.holds(communities):
        text = "联合党支部的小区在同一个社区之内；跨社区的，先由镇调整小区归属。"
        yield Finding("communities", "B", text, t.communities.short)
    if t.full.holds(counts.full):
        yield _committee(counts, t)


def _too_few(counts, t, joint):
    full, direct = counts.full, counts.direct
    if t.full.holds(full):
        if not t.direct.holds(direct):
            text = f"直管党员{direct}名，不到{_whose(t.direct)}的{t.direct.value}名。"
            yield Finding("direct", "W", text, t.direct.short)
        return
    if direct and t.direct.holds(direct):
        text = f"只达到{_whose(t.direct)}的人数：直管党员{direct}名，其中正式党员{full}名，不足{t.full.value}名，要写明理由。"
        yield Finding("seed", "W", text, _cites(t.full, t.direct))
    else:
        text = f"{'合计' if joint else ''}正式党员{full}名，不足{t.full.value}名。"
        yield Finding("full", "W", text, t.full.short)


def _too_many(counts, t):
    if t.members.holds(counts.direct):
        return
    text = f"党员{counts.direct}名，一般不超过{t.members.value}名，建议分设或者成立党总支。"
    yield Finding("members", "W", text, t.members.short)
    if t.party_committee.holds(counts.direct):
        text = f"党员{counts.direct}名，超过{t.party_committee.value}名，经上级批准也可以成立基层党委。"
        yield Finding("party_committee", "I", text, t.party_committee.short)


def _committee(counts, t):
    if t.committee.holds(counts.full):
        seats = f"{t.seats_min.value}至{t.seats_max.value}人"
        return Finding("committee", "I", f"正式党员{counts.full}名，应当设支部委员会（{seats}）。", t.committee.short)
    text = f"正式党员不足{t.committee.value}名，设书记1名，不设支部委员会。"
    return Finding("no_committee", "I", text, t.no_committee.short)


def counts_of_compounds(compound_ids) -> dict[int, Counts]:
    """Who lives in each compound today, as {compound id: Counts}; one query."""
    return _counts(compound_ids, _living_in(compound_ids))


def counts_of_branches(branch_ids) -> dict[int, Counts]:
    """Who belongs to each branch today, as {branch id: Counts}; one query."""
    return _counts(branch_ids, _belonging_to(branch_ids))


@prepared
def _living_in(compounds):
    return _by_relation(Member.objects.filter(home_compound__in=compounds), "home_compound_id")


@prepared
def _belonging_to(branches):
    return _by_relation(Member.objects.filter(branch__in=branches), "branch_id")


def _by_relation(members, column):
    members = members.filter(status=Member.Status.NORMAL).order_by()
    return members.values_list(column, "relation", "stage").annotate(Count("pk"))


def _counts(ids, rows):
    found = Counter()
    for home, relation, stage, number in rows:
        found[home, stage if relation == Member.Relation.DIRECT else relation] += number
    return {one: _from(found, one) for one in ids}


def _from(found, home):
    full, probationary = found[home, Member.Stage.FULL], found[home, Member.Stage.PROBATIONARY]
    return Counts(
        direct=full + probationary,
        full=full,
        probationary=probationary,
        in_service=found[home, Member.Relation.IN_SERVICE],
        floating_in=found[home, Member.Relation.FLOATING_IN],
    )


def structure(members, day=None):
    """党员结构 of the given members on that day, today when none is given: age, 党龄, background, 流出; one query."""
    return membership.of_members(members, day or timezone.localdate())


def probations_ending(members, t, day) -> list[date]:
    """The days after `day` on which probations of the given members end, a year after joining (R-204); one query."""
    joined = members.filter(
        relation=Member.Relation.DIRECT,
        status=Member.Status.NORMAL,
        stage=Member.Stage.PROBATIONARY,
        joined_on__isnull=False,
    )
    ends = (t.probation.after(day_joined) for day_joined in joined.order_by().values_list("joined_on", flat=True))
    return sorted(end for end in ends if end > day)


TOO_FEW = ("full", "seed")
_LOSING = (*TOO_FEW, "units", "members", "communities")


@dataclass(frozen=True)
class Standing:
    """A branch held against the conditions it was formed on (R-114)."""

    id: int
    name: str
    community_id: int
    community: str
    compounds: tuple[int, ...]
    check: Check

    @property
    def losing(self) -> tuple[Finding, ...]:
        """What no longer holds; empty when the conditions are met."""
        return tuple(finding for finding in self.check.findings if finding.key in _LOSING)


def standings(branches, day) -> list[Standing]:
    """The compounds' branches at work among the given Branch queryset, each checked by its members and what it covers.

    In the order of lists; four queries for the branches of one town.
    """
    return _held_against_the_rules(list(facts(standing(branches))), day)


def lost(reach, day) -> list[Standing]:
    """Branches in reach that no longer meet their conditions; a constant number of queries."""
    return [branch for branch in _held_against_the_rules(standing_in(reach), day) if branch.losing]


def _held_against_the_rules(rows, day):
    if not rows:
        return []
    ids = [row["body_id"] for row in rows]
    counts, covered = counts_of_branches(ids), _covered(ids, day)
    limits = {town: thresholds(town, day) for town in {row["town_id"] for row in rows}}
    return [_standing(row, counts, covered.get(row["body_id"], {}), limits[row["town_id"]]) for row in rows]


def _standing(row, counts, places, limits):
    checked = check(
        counts[row["body_id"]],
        limits,
        units=len(places),
        communities=len(set(places.values())),
        kind=JOINT if row["kind"] == Branch.Kind.JOINT else OWN,
    )
    names = (row[name] for name in ("body_id", "body__short_name", "community_id", "community__name"))
    return Standing(*names, tuple(places), checked)


def _covered(branch_ids, day):
    """Branch → {compound: its community} that it covers that day."""
    covered = {}
    for body, compound, community in _covered_by(branch_ids, day):
        covered.setdefault(body, {})[compound] = community
    return covered


@prepared
def _covered_by(branches, day):
    rows = Coverage.objects.on(day).filter(body__in=branches).order_by("compound_id")
    return rows.values_list("body_id", "compound_id", "community_id")
