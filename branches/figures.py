"""Coverage and the state of branches, computed once as plain data for pages, to-dos and papers."""

from collections import Counter
from dataclasses import dataclass

from django.db.models import Count, Q

from branches.models import Branch, Venue
from members.models import BRANCH_OFFICERS, Member, Post
from office.areas.models import Compound, Coverage
from office.areas.scope import Reach
from office.rulebook.towns import town_rule

KIND = dict(Branch.Kind.choices)


@dataclass(frozen=True)
class CompoundCover:
    """One compound and what stands on it: how it is covered (own, joint, none) and by which branches."""

    id: int
    name: str
    community_id: int
    community: str
    community_kind: str
    cover: str
    branches: tuple  # (branch id, short name) in name order
    direct: int
    full: int

    @property
    def words(self):
        return {"own": "已建支部", "joint": "联合支部", "none": "还没有支部"}[self.cover]

    @property
    def route(self):
        """What the plan allows for an uncovered compound (方案三、1; R-101, R-102, R-104): advice, never a decision."""
        if self.cover != "none":
            return ""
        if self.full >= 3:
            return f"正式党员{self.full}名，可以单独成立党支部"
        if self.direct >= 3:
            return f"直管党员{self.direct}名，但正式党员只有{self.full}名，宜与邻近小区联合"
        return f"直管党员{self.direct}名，可与邻近小区成立联合党支部" if self.direct else "没有直管党员，先摸排"


def direct_members(reach):
    """Compound id → (direct, full direct) members of normal standing who live there."""
    rows = Member.objects.within(reach).filter(relation="direct", status="normal", home_compound__isnull=False)
    full = Count("pk", filter=Q(stage="full"))
    counted = rows.order_by().values_list("home_compound_id").annotate(direct=Count("pk"), full=full)
    return {compound: (direct, full) for compound, direct, full in counted}


def coverage(reach, day):
    """Every compound in reach with its coverage that day; a constant number of queries."""
    compounds = list(
        Compound.objects.within(reach)
        .order_by("community__position", "pinyin", "id")
        .values_list("id", "name", "community_id", "community__name", "community__kind")
    )
    rows = Coverage.objects.on(day).within(reach).filter(body__kind="branch").order_by("body_id")
    by_compound, widths = {}, Counter()
    for compound, body, name in rows.values_list("compound_id", "body_id", "body__short_name"):
        by_compound.setdefault(compound, []).append((body, name))
        widths[body] += 1
    counts = direct_members(reach)
    return [_cover(row, tuple(by_compound.get(row[0], ())), widths, counts.get(row[0], (0, 0))) for row in compounds]


def _cover(row, branches, widths, counts):
    cover = "none"
    if branches:
        cover = "joint" if all(widths[body] > 1 for body, _ in branches) else "own"
    return CompoundCover(*row, cover=cover, branches=branches, direct=counts[0], full=counts[1])


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


def branch_rows(branches, day, *, counted=True):
    """Rows for the given Branch queryset that day; a constant number of queries, whatever the number of branches.

    Where they are not wanted (`counted`), compounds and members are not looked up and stay None.
    """
    found = list(
        branches.order_by("community__position", "kind", "body_id").values(
            "body_id", "body__short_name", "kind", "community_id", "community__name", "term_ends_on"
        )
    )
    ids = [row["body_id"] for row in found]
    posts = {}
    held = Post.objects.on(day).filter(body__in=ids).values_list("body_id", "title", "how", "person__name")
    for body, title, how, name in held.order_by("position", "id"):
        posts.setdefault(body, []).append((title, how, name))
    venues = {v.branch_id: v for v in Venue.objects.filter(branch__in=ids, year=day.year)}
    compounds, counts = (_compound_names(ids, day), _member_counts(ids)) if counted else (None, None)
    return [_branch_row(row, posts, venues.get(row["body_id"]), compounds, counts) for row in found]


def _compound_names(ids, day):
    """Branch → the names of its compounds that day."""
    rows = Coverage.objects.on(day).filter(body__in=ids).order_by("compound__pinyin")
    names = {}
    for body, name in rows.values_list("body_id", "compound__name"):
        names.setdefault(body, []).append(name)
    return names


def _member_counts(ids):
    """(branch, stage) → direct members of normal standing."""
    members = Member.objects.filter(branch__in=ids, relation="direct", status="normal").order_by()
    counted = members.values_list("branch_id", "stage").annotate(Count("pk"))
    return Counter({(branch, stage): number for branch, stage, number in counted})


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


@dataclass(frozen=True)
class Target:
    """How far the plan's target is: branches and covered compounds are counted separately and say so."""

    target: int | None
    branches: int
    joint: int
    compounds: int
    covered: int
    in_all: int  # 连同村的


def target(reach, day):
    """Compound and joint branches against the town's target; 城市社区 only (方案一; decisions 1)."""
    compounds = Compound.objects.within(reach).filter(community__kind="city")
    covered = Coverage.objects.on(day).within(reach).filter(body__kind="branch", community__kind="city")
    running = Branch.objects.within(reach).filter(state="running", kind__in=["compound", "joint"])
    kinds = Counter(running.values_list("kind", "community__kind"))
    return Target(
        target=town_rule(next(iter(reach.towns)), "branch_target", day).value if reach.towns else None,
        branches=kinds["compound", "city"] + kinds["joint", "city"],
        joint=kinds["joint", "city"],
        in_all=kinds.total(),
        compounds=compounds.count(),
        covered=covered.aggregate(compounds=Count("compound", distinct=True))["compounds"],
    )
