"""The town's year: its branches' figures summed by community, and the list of findings (decisions 13).

Communities stand in the order of the town's lists, never by a number (C27). The lists of branches and owners'
committees are what the annex prints.
"""

from collections import Counter
from dataclasses import dataclass
from datetime import date

from assessments import figures, gaps, meetings_held, owners, period
from assessments.owners import Committee
from branches import figures as branch_figures
from committees.models import OwnersCommittee
from meetings import figures as meeting_figures
from meetings.models import Meeting
from members import figures as member_figures
from members.figures import Membership
from office.areas.models import Body, Community, Town
from office.areas.scope import Reach
from office.chinese.names import padded
from office.chinese.numbers import share
from office.rulebook.rules import rule
from office.rulebook.towns import town_rule


@dataclass(frozen=True)
class BranchLine:
    """One branch in the town's list. `meetings` are its counts in the order of LIFE and TALKS."""

    short_name: str
    community: str
    kind_label: str
    compounds: str
    approved_on: date | None
    secretary: str
    secretary_how: str
    officers: int
    liaison: str
    term_ends_on: date | None
    full: int
    probationary: int
    in_service: int
    meetings: tuple
    decided: int
    done: int
    overdue: int
    venue_held: int | None
    report_state: str

    @property
    def direct(self):
        return self.full + self.probationary

    @property
    def padded_secretary(self):
        return padded(self.secretary)

    @property
    def padded_liaison(self):
        return padded(self.liaison)


@dataclass(frozen=True)
class Finding:
    """One line of the 问题清单: where, what, on which article."""

    community: str
    place: str
    text: str
    cite: str


@dataclass(frozen=True)
class Uncovered:
    """A compound without a branch, and what the plan allows there."""

    name: str
    community: str
    route: str


@dataclass(frozen=True)
class CommunityYear:
    """One community's sums."""

    name: str
    city: bool
    compounds: int
    covered: int
    jointly: int
    branches: int
    joint: int
    membership: Membership
    branch_members: int  # 小区党支部的直管党员
    secretaries: int
    acting: int
    liaisons: int
    life: tuple  # 与 meetings_held.LIFE 同序的次数
    talks: tuple  # 与 meetings_held.TALKS 同序的次数
    studies: int
    decided: int
    done: int
    overdue: int
    venue_full: int
    venue_unrecorded: int
    committees: int
    preparing: int
    over_half: int
    seats: int
    party: int
    expired: int
    crossings: int
    reports: int
    received: int
    guided: bool

    @property
    def vacant(self):
        return self.branches - self.secretaries

    @property
    def reports_wanted(self):
        return self.branches - self.reports

    @property
    def life_count(self):
        return sum(self.life)

    @property
    def party_share(self):
        return share(self.party, self.seats)


@dataclass(frozen=True)
class TownYear:
    """The town's year as of `as_of`."""

    year: int
    as_of: date
    town: str
    target: int | None
    target_cite: str
    by_month: tuple
    communities: tuple[CommunityYear, ...]
    branches: tuple[BranchLine, ...]
    committees: tuple[Committee, ...]
    uncovered: tuple[Uncovered, ...]
    findings: tuple[Finding, ...]

    @property
    def span_words(self):
        return period.Period(self.year, self.as_of).words

    @property
    def total(self):
        """The sums of all communities by name, so that a paper's last line is the sum of the lines above it."""
        return {name: sum(getattr(row, name) for row in self.communities) for name in _SUMMED}

    @property
    def party_share(self):
        total = self.total
        return share(total["party"], total["seats"])

    @property
    def members(self):
        names = ("direct", "full", "probationary", "in_service", "floating_in", "floating_out")
        return {name: sum(getattr(row.membership, name) for row in self.communities) for name in names}

    @property
    def life(self):
        """(kind's label, count) of the town."""
        labels = [kind.label for kind, _ in meetings_held.LIFE]
        return tuple((label, sum(row.life[i] for row in self.communities)) for i, label in enumerate(labels))

    @property
    def talks(self):
        """(kind's label, count) of the town."""
        labels = [kind.label for kind in meetings_held.TALKS]
        return tuple((label, sum(row.talks[i] for row in self.communities)) for i, label in enumerate(labels))

    @property
    def life_heads(self):
        """The kinds of organisational life, short enough for the head of a table."""
        return [kind.label.removeprefix("支部").removesuffix("党员") for kind, _ in meetings_held.LIFE]

    @property
    def findings_by_community(self):
        """(community, ((place, its findings), …)) in the order of the communities; those without any stand too."""
        found = {row.name: {} for row in self.communities}
        for finding in self.findings:
            found[finding.community].setdefault(finding.place, []).append(finding)
        return tuple((community, tuple(places.items())) for community, places in found.items())


_SUMMED = (
    "compounds covered jointly branches joint branch_members secretaries acting vacant liaisons studies decided done "
    "overdue venue_full venue_unrecorded committees preparing over_half seats party expired crossings reports received reports_wanted life_count"
).split()


def of_town(town_id, year, today=None):
    """The year of one town; a constant number of queries. Raises Town.DoesNotExist, period.NotYet."""
    span = period.of_year(year, today)
    town = Town.objects.get(pk=town_id)
    return gathered(town, span, figures.of_branches(figures.running(town_id, span.day), town_id, span))


def gathered(town, span, years):
    """The town's year from its branches' years."""
    communities = list(Community.objects.filter(town=town))
    covers = branch_figures.coverage(Reach(towns=frozenset([town.pk])), span.day)
    committees = owners.by_compound({c.id: (c.name, c.community) for c in covers}, span.day)
    sums = _Sums(town, span, communities, covers, years, committees)
    goal = town_rule(town.pk, "branch_target", span.day)
    return TownYear(
        year=span.year,
        as_of=span.day,
        town=town.name,
        target=goal.value,
        target_cite=goal.short,
        by_month=tuple(sum(months) for months in zip(*[year.held.by_month for year in years], strict=True)),
        communities=tuple(sums.of(community) for community in communities),
        branches=tuple(_branch_line(year) for year in years),
        committees=tuple(committee for committee in committees.values() if committee.stage),
        uncovered=tuple(Uncovered(c.name, c.community, c.route) for c in covers if c.cover == "none"),
        findings=tuple(_findings(town, span, communities, covers, years, committees)),
    )


def _branch_line(year):
    leaders, members, report = year.leadership, year.membership, year.report
    counts = Counter({kept.kind: kept.count for kept in year.held.life})
    counts.update({str(kind): year.held.talks_of(kind) for kind in meetings_held.TALKS})
    return BranchLine(
        short_name=year.basics.short_name,
        community=year.basics.community,
        kind_label=year.basics.kind_label,
        compounds="、".join(compound.name for compound in year.basics.compounds),
        approved_on=year.basics.approved_on,
        secretary=leaders.secretary.name if leaders.secretary else "",
        secretary_how=leaders.secretary.how_words if leaders.secretary else "",
        officers=leaders.people,
        liaison=leaders.liaison,
        term_ends_on=year.basics.term_ends_on,
        full=members.full,
        probationary=members.probationary,
        in_service=members.in_service,
        meetings=tuple(counts[kind] for kind in KINDS),
        decided=len(year.held.decided),
        done=year.held.done,
        overdue=year.held.overdue,
        venue_held=year.venue.held if year.venue else None,
        report_state=report.state_label if report else "",
    )


KINDS = tuple(str(kind) for kind, _ in meetings_held.LIFE) + tuple(str(kind) for kind in meetings_held.TALKS)


class _Sums:
    """What the communities' sums are taken from, read once for all of them."""

    def __init__(self, town, span, communities, covers, years, committees):
        ids = [community.pk for community in communities]
        self.covers, self.years = covers, years
        self.committees = {c.id: committees[c.id] for c in covers}
        self.members = member_figures.by_community(ids, span.day)
        self.crossings = owners.crossings([c.id for c in covers], span.day)
        self.held = meeting_figures.held("community_id", ids, span.start, span.day)
        self.expired_before = span.day
        self.guided = set(
            Body.objects.on(span.day)
            .filter(town=town, kind=Body.Kind.GUIDANCE_GROUP)
            .values_list("community_id", flat=True)
        )

    def of(self, community):
        covers = [c for c in self.covers if c.community_id == community.pk]
        years = [year for year in self.years if year.basics.community_id == community.pk]
        committees = [self.committees[c.id] for c in covers if self.committees[c.id].stage]
        crossing = {row.name for c in covers for row in self.crossings.get(c.id, ())}
        return CommunityYear(
            name=community.name,
            city=community.kind == Community.Kind.CITY,
            compounds=len(covers),
            covered=sum(c.cover != "none" for c in covers),
            jointly=sum(c.cover == "joint" for c in covers),
            joint=sum(year.basics.joint for year in years),
            membership=self.members[community.pk],
            guided=community.pk in self.guided,
            crossings=len(crossing),
            **_of_branches(years),
            **self._of_committees(committees),
            talks=tuple(self.held[community.pk, kind] for kind in meetings_held.TALKS),
            studies=self.held[community.pk, Meeting.Kind.COMMUNITY_STUDY],
        )

    def _of_committees(self, committees):
        sitting = [committee for committee in committees if committee.in_office]
        return {
            "committees": len(sitting),
            "preparing": sum(c.stage == OwnersCommittee.Stage.PREPARING for c in committees),
            "over_half": sum(committee.over_half for committee in sitting),
            "seats": sum(committee.seats for committee in sitting),
            "party": sum(committee.party for committee in sitting),
            "expired": sum(bool(c.term_ends_on) and c.term_ends_on < self.expired_before for c in sitting),
        }


def _of_branches(years):
    lives = [[kept.count for kept in year.held.life] for year in years]
    reports = [year.report for year in years if year.report and year.report.handed_in]
    return {
        "branches": len(years),
        "branch_members": sum(year.membership.direct for year in years),
        "secretaries": sum(year.leadership.secretary is not None for year in years),
        "acting": sum(year.leadership.acting for year in years),
        "liaisons": sum(bool(year.leadership.liaison) for year in years),
        "life": tuple(sum(counts) for counts in zip(*lives, strict=True)) or (0,) * len(meetings_held.LIFE),
        "decided": sum(len(year.held.decided) for year in years),
        "done": sum(year.held.done for year in years),
        "overdue": sum(year.held.overdue for year in years),
        "venue_full": sum(year.venue is not None and year.venue.held == len(year.venue.items) for year in years),
        "venue_unrecorded": sum(year.venue is None for year in years),
        "reports": len(reports),
        "received": sum(report.state == "received" for report in reports),
    }


def _findings(town, span, communities, covers, years, committees):
    """By community: coverage first, then its branches, then the owners' committees no branch's paper speaks of."""
    book = gaps.rules_of(town.pk, span.day)
    coverage_cite = rule("joint_branch_below_direct_members", span.day).short
    guidance = town_rule(town.pk, "guidance_groups_per_community", span.day)
    guided = set(
        Body.objects.on(span.day).filter(town=town, kind=Body.Kind.GUIDANCE_GROUP).values_list("community", flat=True)
    )
    for community in communities:
        if community.kind == Community.Kind.CITY and community.pk not in guided:
            yield Finding(community.name, community.name, "没有派出指导组的记录", guidance.short)
        own = [c for c in covers if c.community_id == community.pk]
        for cover in own:
            if cover.cover == "none":
                text = f"还没有党支部覆盖，{cover.route}"
                yield Finding(community.name, cover.name, text, coverage_cite)
        for year in years:
            if year.basics.community_id == community.pk:
                yield from (Finding(community.name, year.basics.short_name, gap.text, gap.cite) for gap in year.gaps)
        for cover in own:
            if cover.cover == "none":
                for gap in gaps.of_committee(committees[cover.id], book, span):
                    yield Finding(community.name, cover.name, gap.text, gap.cite)
