"""Coverage and the state of branches, computed once as plain data for pages, to-dos and papers."""

from collections import Counter
from dataclasses import dataclass

from django.db.models import Count, Q

from branches import formation
from branches.models import Branch, Venue
from branches.standing import facts, standing_in
from members.models import BRANCH_OFFICERS, Member, Post
from office.areas.models import Community, Compound, Coverage
from office.areas.prepared import prepared
from office.areas.scope import Reach

KIND = dict(Branch.Kind.choices)


@dataclass(frozen=True)
class CompoundCover:
    """One compound and what stands on it: how it is covered (own, joint, none) and by which branches.

    `route` is what the rules allow where there is no branch (方案三、1; R-101, R-102, R-104), without a full stop:
    advice, never a decision.
    """

    id: int
    name: str
    town_id: int
    community_id: int
    community: str
    community_kind: str
    cover: str
    branches: tuple  # (branch id, short name) in name order
    direct: int
    full: int
    route: str = ""

    @property
    def words(self):
        return {"own": "已建支部", "joint": "联合支部", "none": "还没有支部"}[self.cover]

    @property
    def counted(self):
        """Whether the plan's target is about it: 城市社区 only (decisions 1)."""
        return self.community_kind == Community.Kind.CITY


def direct_members(reach):
    """Compound id → (direct, full direct) members of normal standing who live there."""
    return {compound: (direct, full) for compound, direct, full in _living_there(reach)}


@prepared
def _living_there(reach):
    rows = Member.objects.within(reach).filter(relation="direct", status="normal", home_compound__isnull=False)
    full = Count("pk", filter=Q(stage="full"))
    return rows.order_by().values_list("home_compound_id").annotate(direct=Count("pk"), full=full)


def coverage(reach, day):
    """Every compound in reach with its coverage that day; a constant number of queries."""
    by_compound, widths = {}, Counter()
    for compound, body, name in _covered(reach, day):
        by_compound.setdefault(compound, []).append((body, name))
        widths[body] += 1
    counts, compounds = direct_members(reach), _compounds(reach)
    limits = {row[2]: formation.thresholds(row[2], day) for row in compounds if row[0] not in by_compound}
    return [
        _cover(row, tuple(by_compound.get(row[0], ())), widths, counts.get(row[0], (0, 0)), limits) for row in compounds
    ]


def any_compound(reach):
    """Whether reach has a compound at all."""
    return bool(_compounds(reach))


@prepared
def _compounds(reach):
    rows = Compound.objects.within(reach).order_by("community__position", "pinyin", "id")
    return rows.values_list("id", "name", "town_id", "community_id", "community__name", "community__kind")


@prepared
def _covered(reach, day):
    rows = Coverage.objects.on(day).within(reach).filter(body__kind="branch").order_by("body_id")
    return rows.values_list("compound_id", "body_id", "body__short_name")


def _cover(row, branches, widths, counts, limits):
    if branches:
        cover = "joint" if all(widths[body] > 1 for body, _ in branches) else "own"
        return CompoundCover(*row, cover=cover, branches=branches, direct=counts[0], full=counts[1])
    route = _route(*counts, limits[row[2]])
    return CompoundCover(*row, cover="none", branches=(), direct=counts[0], full=counts[1], route=route)


def _route(direct, full, limits):
    counts = formation.Counts(direct=direct, full=full, probationary=direct - full)
    return formation.check(counts, limits).conclusion.removesuffix("。")


def coverage_of(compound, day):
    """The coverage of one compound, by the same rules as the list."""
    return coverage(Reach(compounds=frozenset([compound.pk])), day)[0]


@dataclass(frozen=True)
class BranchRow:
    """One branch as lists and to-dos see it."""

    id: int
    name: str
    kind: str
    kind_label: str
    community_id: int
    community: str
    compounds: tuple | None
    direct: int | None
    full: int | None
    secretary: str
    acting: bool
    officers: int
    liaison: str
    term_ends_on: object
    venue_held: int | None
    venue_missing: tuple


def branch_rows(branches, day):
    """Rows for the given Branch queryset that day; a constant number of queries, whatever the number of branches."""
    found = list(facts(branches))
    ids = [row["body_id"] for row in found]
    return _branch_rows(found, day, _compound_names(ids, day), _member_counts(ids))


def running_rows(reach, day):
    """The same of the compounds' branches at work within reach, for to-dos: compounds and members stay None."""
    running = [row for row in standing_in(reach) if row["state"] == Branch.State.RUNNING]
    return _branch_rows(running, day, None, None)


def _branch_rows(found, day, compounds, counts):
    ids = [row["body_id"] for row in found]
    posts = {}
    for body, *post in _posts(ids, day):
        posts.setdefault(body, []).append(post)
    venues = {venue.branch_id: venue for venue in _venues(ids, day.year)}
    return [_branch_row(row, posts, venues.get(row["body_id"]), compounds, counts) for row in found]


@prepared
def _posts(branches, day):
    held = Post.objects.on(day).filter(body__in=branches).order_by("position", "id")
    return held.values_list("body_id", "title", "how", "person__name")


@prepared
def _venues(branches, year):
    return Venue.objects.filter(branch__in=branches, year=year)


def _compound_names(ids, day):
    """Branch → the names of its compounds that day."""
    names = {}
    for body, name in _compounds_of(ids, day):
        names.setdefault(body, []).append(name)
    return names


@prepared
def _compounds_of(branches, day):
    rows = Coverage.objects.on(day).filter(body__in=branches).order_by("compound__pinyin")
    return rows.values_list("body_id", "compound__name")


def _member_counts(ids):
    """(branch, stage) → direct members of normal standing."""
    return Counter({(branch, stage): number for branch, stage, number in _members_of(ids)})


@prepared
def _members_of(branches):
    members = Member.objects.filter(branch__in=branches, relation="direct", status="normal").order_by()
    return members.values_list("branch_id", "stage").annotate(Count("pk"))


def _branch_row(row, posts, venue, compounds, counts):
    pk = row["body_id"]
    held = posts.get(pk, [])
    secretary = next(((name, how) for title, how, name in held if title == Post.Title.SECRETARY), ("", ""))
    full = None if counts is None else counts[pk, "full"]
    return BranchRow(
        id=pk,
        name=row["body__short_name"],
        kind=row["kind"],
        kind_label=KIND[row["kind"]],
        community_id=row["community_id"],
        community=row["community__name"],
        compounds=None if compounds is None else tuple(compounds.get(pk, ())),
        direct=None if counts is None else full + counts[pk, "probationary"],
        full=full,
        secretary=secretary[0],
        acting=secretary[1] == Post.How.ACTING,
        officers=len({name for title, _, name in held if title in BRANCH_OFFICERS}),
        liaison=next((name for title, _, name in held if title == Post.Title.LIAISON), ""),
        term_ends_on=row["term_ends_on"],
        venue_held=venue.held if venue else None,
        venue_missing=tuple(venue.missing) if venue else (),
    )
