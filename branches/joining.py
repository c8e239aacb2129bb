"""With which neighbours a compound could form a joint branch: three ranked options, and why not the others (R-104…R-106).

A covered compound brings its whole branch along, so that nobody is left without one. The search is exhaustive over the
connected groups of the nearest blocs; it knows no map service, only what was typed. Advice, never a decision.
"""

import math
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from functools import cached_property
from itertools import groupby

from branches import formation
from branches.formation import (
    JOINT,
    NOBODY,
    Check,
    Counts,
    Thresholds,
    check,
    counts_of_branches,
    counts_of_compounds,
)
from branches.models import CaseBranch, CaseCompound
from office.areas.models import Compound, Coverage

NEAREST = 8  # pairs by distance that a bloc keeps
CONSIDERED = 14  # blocs beside the target that are tried, the nearest first
OPTIONS = 3
REJECTED = 8
_FAR = 10**9  # sorts behind every distance on earth
_METRES_PER_E6 = math.tau * 6_371_008 / 360 / 1_000_000  # of latitude


@dataclass(frozen=True)
class Site:
    """A compound with what is known of its place."""

    id: int
    name: str
    community: int
    community_name: str = ""
    latitude_e6: int | None = None
    longitude_e6: int | None = None
    neighbours: frozenset = frozenset()


@dataclass(frozen=True)
class Bloc:
    """What joins as a whole: an uncovered compound with its residents, or a branch with all its compounds."""

    key: int
    compounds: tuple[tuple[int, str], ...]
    branch: tuple[int, str] | None
    counts: Counts
    community: int
    community_name: str = ""
    busy: bool = False  # in a case on its way
    away: int | None = None  # metres from the target, where both have coordinates

    @property
    def name(self) -> str:
        return "、".join(name for _, name in self.compounds)


@dataclass(frozen=True)
class Edge:
    """Two blocs that lie together: sharing a boundary as typed, or so many metres apart by coordinates."""

    a: int
    b: int
    boundary: bool
    metres: int | None

    @property
    def words(self) -> str:
        return "接壤" if self.boundary else f"相距{self.metres}米"

    @property
    def length(self) -> tuple:
        """Boundary before distance, near before far."""
        return not self.boundary, _FAR if self.metres is None else self.metres


@dataclass(frozen=True)
class Option:
    """One joint branch that could be: its blocs, the target first, and what speaks for and against it."""

    blocs: tuple[Bloc, ...]
    counts: Counts
    check: Check
    replaces: tuple[tuple[int, str], ...]
    boundary: bool
    metres: int | None
    left_over: tuple[str, ...]
    why: tuple[str, ...]

    @property
    def sum_words(self) -> str:
        """2＋17＝19, the full members."""
        return f"{'＋'.join(str(bloc.counts.full) for bloc in self.blocs)}＝{self.counts.full}"

    @property
    def compound_ids(self) -> tuple[int, ...]:
        return tuple(dict.fromkeys(pk for bloc in self.blocs for pk, _ in bloc.compounds))

    @property
    def names(self) -> str:
        return "、".join(dict.fromkeys(name for bloc in self.blocs for _, name in bloc.compounds))


@dataclass(frozen=True)
class Rejected:
    names: tuple[str, ...]
    why: str


@dataclass(frozen=True)
class Suggestion:
    target: Bloc
    options: tuple[Option, ...]
    rejected: tuple[Rejected, ...]


def distance(a, b) -> int:
    """Metres between two sites with coordinates, on a plane laid at their middle latitude."""
    middle = math.radians((a.latitude_e6 + b.latitude_e6) / 2_000_000)
    turned = (a.longitude_e6 - b.longitude_e6 + 180_000_000) % 360_000_000 - 180_000_000
    east = turned * math.cos(middle)
    return round(math.hypot(a.latitude_e6 - b.latitude_e6, east) * _METRES_PER_E6)


def edges(sites: Iterable[Site], blocs: Iterable[Bloc], near) -> list[Edge]:
    """What lies together: typed neighbours, and within the distance `near` the NEAREST of each."""
    by_id = {site.id: site for site in sites}
    blocs = sorted(blocs, key=lambda bloc: bloc.key)
    places = [[by_id[pk] for pk, _ in bloc.compounds if pk in by_id] for bloc in blocs]
    typed, close = [], defaultdict(list)
    for i, one in enumerate(blocs):
        for j in range(i + 1, len(blocs)):
            metres = _between(places[i], places[j])
            if _touch(places[i], places[j]):
                typed.append(Edge(one.key, blocs[j].key, boundary=True, metres=metres))
            elif metres is not None and near.holds(metres):
                edge = Edge(one.key, blocs[j].key, boundary=False, metres=metres)
                close[edge.a].append(edge)
                close[edge.b].append(edge)
    kept = {edge for found in close.values() for edge in sorted(found, key=_by_length)[:NEAREST]}
    return sorted((*typed, *kept), key=lambda edge: (edge.a, edge.b))


def _by_length(edge):
    return *edge.length, edge.a, edge.b


def _touch(some, others):
    ids = {site.id for site in others}
    return any(site.id in ids or site.neighbours & ids for site in some) or any(
        other.neighbours & {site.id for site in some} for other in others
    )


def _between(some, others):
    """Metres from the nearest of some to the nearest of others; None when coordinates are missing."""
    known = [distance(a, b) for a in some for b in others if a.latitude_e6 is not None and b.latitude_e6 is not None]
    return min(known, default=None)


def suggest(key, blocs: Iterable[Bloc], edges: Iterable[Edge], t: Thresholds) -> Suggestion:
    """Up to three joint branches with the bloc `key`, best first, and why other neighbours were not taken.

    Ranked by: fewest findings that need a reason · no branch dissolved without need · boundary before distance · fewest
    branches replaced · fewest small compounds left without a partner · fewest compounds · enough for a committee · the
    shortest way. Which order the blocs come in makes no difference.
    """
    by_key = {bloc.key: bloc for bloc in blocs}
    joined = defaultdict(dict)
    for edge in edges:
        joined[edge.a][edge.b] = joined[edge.b][edge.a] = edge
    search = _Search(by_key[key], by_key, joined, t)
    options = tuple(search.options())
    return Suggestion(by_key[key], options, tuple(search.rejected(options)))


@dataclass
class _Search:
    """The groups around one target, as sets of bits: bit 0 the target, then the blocs tried, the nearest first."""

    target: Bloc
    by_key: dict
    joined: dict
    t: Thresholds
    tried: list = field(init=False)
    touching: list = field(init=False)
    bordering: list = field(init=False)
    full: dict = field(init=False)

    def __post_init__(self):
        self.tried = [self.target, *self._nearest()]
        place = {bloc.key: i for i, bloc in enumerate(self.tried)}
        self.touching, self.bordering = [], []
        for bloc in self.tried:
            near = [(place[key], edge) for key, edge in self.joined[bloc.key].items() if key in place]
            self.touching.append(sum(1 << i for i, _ in near))
            self.bordering.append(sum(1 << i for i, edge in near if edge.boundary))
        self.full = self._groups()

    def _nearest(self):
        """The blocs tried: layer by layer away from the target, within its community, none that is in a case."""
        seen, layer, found = {self.target.key}, [self.target.key], []
        while layer and len(found) < CONSIDERED:
            reached = {}
            for key in layer:
                for other, edge in self.joined[key].items():
                    bloc = self.by_key[other]
                    if other not in seen and bloc.community == self.target.community and not bloc.busy:
                        reached[other] = min(reached.get(other, edge.length), edge.length)
            layer = sorted(reached, key=lambda other: (reached[other], other))
            seen.update(layer)
            found += layer
        return [self.by_key[key] for key in found[:CONSIDERED]]

    def _groups(self):
        """Connected groups around the target that cover no more compounds than one branch should → full members."""
        most = self.t.units.value
        covers = [frozenset(pk for pk, _ in bloc.compounds) for bloc in self.tried]
        full = {1: self.target.counts.full}
        todo = [(1, covers[0], self.touching[0])]
        while todo:
            group, compounds, around = todo.pop()
            for i in _bits(around & ~group):
                larger, wider = group | 1 << i, compounds | covers[i]
                if larger not in full and len(wider) <= most:
                    full[larger] = full[group] + self.tried[i].counts.full
                    todo.append((larger, wider, around | self.touching[i]))
        return full

    def options(self):
        enough = [group for group, full in self.full.items() if self.t.full.holds(full) and self._is_joint(group)]
        ranked = sorted((self._rank(group), group) for group in enough)
        taken = 0
        for _, alike in groupby(ranked, key=lambda pair: pair[0]):
            for group in sorted((group for _, group in alike), key=self._way):
                if taken == OPTIONS:
                    return
                taken += 1
                yield self._option(group)

    def _is_joint(self, group):
        """Several blocs over more than one compound."""
        return group != 1 and len({pk for i in _bits(group) for pk, _ in self.tried[i].compounds}) > 1

    def _rank(self, group):
        chosen = [self.tried[i] for i in _bits(group)]
        direct = sum(bloc.counts.direct for bloc in chosen)
        return (
            not self.t.members.holds(direct),
            self._needless(group),
            not self._bordered(group),
            sum(bloc.branch is not None for bloc in chosen),
            len(self._left_over(group)),
            sum(len(bloc.compounds) for bloc in chosen),
            not self.t.committee.holds(self.full[group]),
        )

    def _needless(self, group):
        """How many branches of the group would be dissolved although the others suffice without them."""
        rest = (group ^ 1 << i for i in _bits(group) if i and self.tried[i].branch)
        return sum(1 for fewer in rest if fewer in self.full and self.t.full.holds(self.full[fewer]))

    def _bordered(self, group):
        """Whether typed boundaries alone connect the group."""
        reached, edge = 1, self.bordering[0] & group
        while edge & ~reached:
            reached |= edge
            edge = 0
            for i in _bits(reached):
                edge |= self.bordering[i]
            edge &= group
        return reached == group

    def _left_over(self, group):
        """Compounds too small to stand alone, beside the group, with nobody outside it to join."""
        inside = {self.tried[i].key for i in _bits(group)}
        return [
            bloc for bloc, partners in self._small if bloc.key not in inside and self._stranded(bloc, partners, inside)
        ]

    def _stranded(self, bloc, partners, inside):
        return not partners - inside and not inside.isdisjoint(self.joined[bloc.key])

    @cached_property
    def _small(self):
        """Uncovered compounds with members, but too few, and the keys of those they could join."""
        return [
            (bloc, self._partners(bloc))
            for bloc in sorted(self.by_key.values(), key=lambda bloc: bloc.key)
            if bloc.branch is None
            and bloc.community == self.target.community
            and bloc.key != self.target.key
            and bloc.counts.direct
            and not self.t.full.holds(bloc.counts.full)
        ]

    def _partners(self, bloc):
        others = (self.by_key[key] for key in self.joined[bloc.key])
        return {
            other.key
            for other in others
            if other.community == bloc.community
            and not other.busy
            and self.t.full.holds(bloc.counts.full + other.counts.full)
        }

    def _tree(self, group):
        """The shortest edges that connect the group, outward from the target."""
        keys = sorted(self.tried[i].key for i in _bits(group))
        reached, tree = {self.target.key}, []
        while len(reached) < len(keys):
            edge = min(
                (
                    edge
                    for key in reached
                    for other, edge in self.joined[key].items()
                    if other in keys and other not in reached
                ),
                key=_by_length,
            )
            tree.append(edge)
            reached |= {edge.a, edge.b}
        return tree

    def _way(self, group):
        metres = sum(edge.metres or 0 for edge in self._tree(group) if not edge.boundary)
        return metres, sorted(self.tried[i].key for i in _bits(group))

    def _option(self, group):
        blocs = tuple(self.tried[i] for i in _bits(group))
        counts = blocs[0].counts
        for bloc in blocs[1:]:
            counts += bloc.counts
        tree = self._tree(group)
        apart = [edge.metres for edge in tree if not edge.boundary]
        left_over = tuple(bloc.name for bloc in self._left_over(group))
        replaces = tuple(bloc.branch for bloc in blocs if bloc.branch)
        units = len({pk for bloc in blocs for pk, _ in bloc.compounds})
        return Option(
            blocs=blocs,
            counts=counts,
            check=check(counts, self.t, units=units, kind=JOINT),
            replaces=replaces,
            boundary=not apart,
            metres=sum(apart) if apart else None,
            left_over=left_over,
            why=tuple(self._why(tree, replaces, left_over)),
        )

    def _why(self, tree, replaces, left_over):
        reached = {self.target.key}
        for edge in tree:
            near, far = (edge.a, edge.b) if edge.a in reached else (edge.b, edge.a)
            reached.add(far)
            yield f"{self.by_key[near].name}与{self.by_key[far].name}{edge.words}"
        if replaces:
            yield f"成立后替换{'、'.join(name for _, name in replaces)}，党员一并划入"
        if left_over:
            yield f"{'、'.join(left_over)}没有别的邻近小区可以联合"

    def rejected(self, options):
        """Why the other blocs are in no option, those that lie nearest first."""
        taken = {bloc.key for option in options for bloc in option.blocs}
        others = [bloc for key, bloc in self.by_key.items() if key not in taken and key != self.target.key]
        beside = self.joined[self.target.key]
        known = [bloc for bloc in others if bloc.key in beside or bloc.away is not None]
        known.sort(key=lambda bloc: (bloc.key not in beside, self._far(bloc), bloc.key))
        found = [Rejected((bloc.name,), self._why_not(bloc, bloc.key in beside)) for bloc in known[:REJECTED]]
        unknown = sorted((bloc.key, bloc.name) for bloc in others if bloc not in known)
        if unknown and len(found) < REJECTED:
            found.append(Rejected(tuple(name for _, name in unknown), "没有登记为邻近小区"))
        return found

    def _far(self, bloc):
        edge = self.joined[self.target.key].get(bloc.key)
        return edge.length if edge else (True, bloc.away)

    def _why_not(self, bloc, beside):
        together = self.target.counts + bloc.counts
        units = len({pk for pk, _ in self.target.compounds + bloc.compounds})
        if bloc.community != self.target.community:
            return f"属{bloc.community_name}，联合党支部不跨社区"
        if bloc.busy:
            return "已有别的办理中的事项"
        if not beside:
            return f"不相邻（相距{bloc.away}米）"
        if not self.t.units.holds(units):
            return f"会覆盖{units}个小区，一般不超过{self.t.units.value}个"
        if not self.t.full.holds(together.full):
            return f"合计正式党员只有{together.full}名"
        if not self.t.members.holds(together.direct):
            return f"合计{together.direct}名，超过{self.t.members.value}名"
        return "条件也够，排在前面几种之后"


def _bits(group):
    while group:
        lowest = group & -group
        yield lowest.bit_length() - 1
        group ^= lowest


def of_compound(compound, day, t: Thresholds | None = None) -> Suggestion:
    """The suggestion for one compound from what is on record that day; a constant number of queries."""
    t = t or formation.thresholds(compound.town_id, day)
    sites = _sites(compound.town_id)
    own = {pk: site for pk, site in sites.items() if site.community == compound.community_id}
    blocs = _blocs(compound.community_id, own, day)
    target = next(bloc for bloc in blocs if compound.pk in dict(bloc.compounds))
    at = sites[compound.pk]
    blocs = [_placed(bloc, sites, at) for bloc in blocs]
    blocs += [_elsewhere(site, at) for site in sites.values() if site.id not in own and _beside(site, at, t.near)]
    return suggest(target.key, blocs, edges(sites.values(), blocs, t.near), t)


def _sites(town_id):
    rows = Compound.objects.filter(town=town_id).values_list(
        "id", "name", "community_id", "community__name", "latitude_e6", "longitude_e6"
    )
    typed = defaultdict(set)
    through = Compound.neighbours.through.objects.filter(from_compound__town=town_id)
    for one, other in through.values_list("from_compound_id", "to_compound_id"):
        typed[one].add(other)
    return {row[0]: Site(*row, neighbours=frozenset(typed[row[0]])) for row in rows}


def _blocs(community_id, sites, day):
    """The blocs of a community: its branches by what they cover that day, then the compounds without one."""
    covered = defaultdict(list)
    rows = Coverage.objects.on(day).filter(body__kind="branch", compound__in=sites).order_by("compound__pinyin", "id")
    for body, name, pk in rows.values_list("body_id", "body__short_name", "compound_id"):
        covered[body, name].append((pk, sites[pk].name))
    held = {pk for compounds in covered.values() for pk, _ in compounds}
    free = {pk: site for pk, site in sites.items() if pk not in held}
    members = counts_of_branches([body for body, _ in covered])
    living = counts_of_compounds(list(free))
    compounds_busy, branches_busy = _busy(community_id)
    of_branches = [
        Bloc(
            key=-body,
            compounds=tuple(compounds),
            branch=(body, name),
            counts=members[body],
            community=community_id,
            busy=body in branches_busy or any(pk in compounds_busy for pk, _ in compounds),
        )
        for (body, name), compounds in covered.items()
    ]
    return of_branches + [
        Bloc(pk, ((pk, site.name),), None, living[pk], community_id, busy=pk in compounds_busy)
        for pk, site in free.items()
    ]


def _busy(community_id):
    """(compounds, branches) of the community that are in a case on its way."""
    compounds = CaseCompound.objects.filter(is_open=True, case__community=community_id)
    branches = CaseBranch.objects.filter(is_open=True, case__community=community_id)
    return (
        set(compounds.values_list("compound_id", flat=True)),
        set(branches.values_list("branch_id", flat=True)),
    )


def _placed(bloc, sites, at):
    return replace(bloc, away=_between([sites[pk] for pk, _ in bloc.compounds], [at]))


def _beside(site, at, near):
    """Whether a compound of another community is typed as a neighbour or lies near."""
    metres = _between([site], [at])
    return site.id in at.neighbours or metres is not None and near.holds(metres)


def _elsewhere(site, at):
    """A compound of another community: named, never counted."""
    return Bloc(
        site.id,
        ((site.id, site.name),),
        None,
        NOBODY,
        site.community,
        community_name=site.community_name,
        away=_between([site], [at]),
    )
