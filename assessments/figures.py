"""A branch's year in figures, computed once as plain frozen data; page, paper and sheet only print them (R-406).

The sections are those of decisions 13, in its order; nobody re-enters anything. What has no record is None or empty
and reads 未记录, never 未开展 (R-319). A whole town takes the same number of queries as one branch.
"""

from dataclasses import dataclass, replace
from datetime import date

from django.db.models import Q
from django.utils import timezone

from assessments import gaps, leadership, meetings_held, owners, period
from assessments.gaps import Gap
from assessments.leadership import Leadership
from assessments.meetings_held import Held, Setting
from assessments.models import BranchReport
from assessments.owners import Committee, Crossing
from assessments.period import Period
from branches.models import Branch, Venue, VenueDetail
from members import figures as member_figures
from members.figures import Membership
from office.areas.models import Coverage

OF_COMPOUNDS = (Branch.Kind.COMPOUND, Branch.Kind.JOINT)


@dataclass(frozen=True)
class Covered:
    """One compound the branch covers that day."""

    id: int
    name: str
    households: int | None
    buildings: int | None


@dataclass(frozen=True)
class Basics:
    """基本情况."""

    id: int
    name: str
    short_name: str
    town: str
    community_id: int
    community: str
    community_kind: str
    kind: str
    kind_label: str
    compounds: tuple[Covered, ...]
    approved_on: date | None
    approval_paper: str
    term_years: int | None
    term_ends_on: date | None
    has_committee: bool
    theme_day: str

    @property
    def joint(self):
        return self.kind == Branch.Kind.JOINT

    @property
    def households(self):
        """Households of the covered compounds; None unless every one is on record."""
        known = [covered.households for covered in self.compounds]
        return sum(known) if known and None not in known else None


@dataclass(frozen=True)
class VenueYear:
    """七有 as they were looked at in the year: (word, True 有 / False 缺 / None 未记录); without what does not apply."""

    address: str
    checked_on: date | None
    items: tuple

    @property
    def held(self):
        return sum(has is True for _, has in self.items)

    @property
    def missing(self):
        return [word for word, has in self.items if has is False]

    @property
    def unrecorded(self):
        return [word for word, has in self.items if has is None]


@dataclass(frozen=True)
class Report:
    """The secretary's report. Its text is printed once handed in; a draft belongs to the branch alone.

    `before` is the problem that last year's report named, `mended` what has become of it (R-407).
    """

    state: str
    state_label: str
    submitted_on: date | None
    before: str = ""
    mended: str = ""
    done: str = ""
    problem: str = ""
    cause: str = ""
    plan: str = ""

    @property
    def handed_in(self):
        return self.state in BranchReport.HANDED_IN


@dataclass(frozen=True)
class BranchYear:
    """One branch's year as of `as_of`: what 年度述职考核材料 prints."""

    year: int
    as_of: date
    basics: Basics
    leadership: Leadership
    membership: Membership
    held: Held
    venue: VenueYear | None
    committees: tuple[Committee, ...]
    crossings: tuple[Crossing, ...]
    report: Report | None
    gaps: tuple[Gap, ...] = ()

    @property
    def span_words(self):
        return Period(self.year, self.as_of).words

    @property
    def crossing_people(self):
        return len({crossing.name for crossing in self.crossings})


def running(town_id, day):
    """The town's compound and joint branches that day, in the order of its lists: by community, then by name."""
    there = Branch.objects.filter(town=town_id, kind__in=OF_COMPOUNDS).exclude(state=Branch.State.APPROVED)
    lasting = Q(body__ends_on=None) & ~Q(state=Branch.State.DISSOLVED) | Q(body__ends_on__gte=day)
    begun = Q(approved_on=None) | Q(approved_on__lte=day)
    return there.filter(lasting, begun).order_by("community__position", "community_id", "kind", "body_id")


def of_branch(branch_id, year, today=None):
    """The year of one branch. Raises Branch.DoesNotExist, period.NotYet."""
    branch = Branch.objects.get(pk=branch_id)
    return of_branches(Branch.objects.filter(pk=branch.pk), branch.town_id, period.of_year(year, today))[0]


def of_branches(branches, town_id, span):
    """The year of every branch of the queryset, in its order; a constant number of queries."""
    branches = list(branches.select_related("body", "community", "town"))
    ids = [branch.pk for branch in branches]
    covered = _covered(ids, span.day)
    leaders = leadership.by_branch(ids, span)
    settings = {
        branch.pk: Setting(branch.approved_on, branch.has_committee, bool(leaders[branch.pk].group_leaders))
        for branch in branches
    }
    held = meetings_held.by_branch(settings, span, meetings_held.rules_of(town_id, span.day))
    members = member_figures.by_branch(ids, span.day)
    venues, reports = _venues(ids, span.year), _reports(ids, span.year)
    communities = {branch.pk: branch.community.name for branch in branches}
    compounds = {c.id: (c.name, communities[pk]) for pk, rows in covered.items() for c in rows}
    committees = owners.by_compound(compounds, span.day)
    crossings = owners.crossings(compounds, span.day)
    book = gaps.rules_of(town_id, span.day)
    found = []
    for branch in branches:
        own = covered.get(branch.pk, ())
        year = BranchYear(
            year=span.year,
            as_of=span.day,
            basics=_basics(branch, own),
            leadership=leaders[branch.pk],
            membership=members[branch.pk],
            held=held[branch.pk],
            venue=venues.get(branch.pk),
            committees=tuple(committees[compound.id] for compound in own),
            crossings=tuple(row for compound in own for row in crossings.get(compound.id, ())),
            report=reports.get(branch.pk),
        )
        found.append(replace(year, gaps=gaps.of_branch(year, book, span)))
    return found


def _basics(branch, compounds):
    return Basics(
        id=branch.pk,
        name=branch.body.name,
        short_name=branch.body.short_name,
        town=branch.town.name,
        community_id=branch.community_id,
        community=branch.community.name,
        community_kind=branch.community.kind,
        kind=branch.kind,
        kind_label=branch.get_kind_display(),
        compounds=tuple(compounds),
        approved_on=branch.approved_on,
        approval_paper=branch.approval_paper,
        term_years=branch.term_years,
        term_ends_on=branch.term_ends_on,
        has_committee=branch.has_committee,
        theme_day=branch.theme_day,
    )


def _covered(branch_ids, day):
    rows = (
        Coverage.objects.on(day).filter(body__in=branch_ids).order_by("compound__pinyin", "compound_id")
    ).values_list("body_id", "compound_id", "compound__name", "compound__households", "compound__buildings")
    found = {}
    for branch, *facts in rows:
        found.setdefault(branch, []).append(Covered(*facts))
    return found


def _venues(branch_ids, year):
    apart = set(
        VenueDetail.objects.filter(venue__branch__in=branch_ids, venue__year=year, applies=False).values_list(
            "venue_id", "item"
        )
    )
    return {
        venue.branch_id: VenueYear(
            address=venue.address,
            checked_on=venue.checked_on,
            items=tuple(
                (word, getattr(venue, column)) for column, word in Venue.ITEMS if (venue.pk, column) not in apart
            ),
        )
        for venue in Venue.objects.filter(branch__in=branch_ids, year=year)
    }


def _reports(branch_ids, year):
    written = BranchReport.objects.filter(branch__in=branch_ids, year__in=(year - 1, year))
    kept = {(report.branch_id, report.year): report for report in written}
    return {
        branch: _report(report, kept.get((branch, year - 1)))
        for (branch, of_year), report in kept.items()
        if of_year == year
    }


def _report(report, before):
    texts = {}
    if report.state in BranchReport.HANDED_IN:
        named = before is not None and before.state in BranchReport.HANDED_IN
        texts = {box: getattr(report, box) for box in ("mended", "problem", "cause", "plan")}
        texts |= {"done": report.things, "before": before.problem if named else ""}
    return Report(
        state=report.state,
        state_label=report.get_state_display(),
        submitted_on=timezone.localdate(report.submitted_at) if report.submitted_at else None,
        **texts,
    )


def _texts(report):
    return {box: report.things if box == "done" else getattr(report, box) for box in BranchReport.BOXES}
