"""业委会与交叉任职 around the branches: the committees of covered compounds and who serves on both sides.

The Party share is a compass for recommending candidates, never a condition (decisions 14, R-671).
"""

from dataclasses import dataclass
from datetime import date

from committees import figures
from committees.models import OwnersCommittee
from members.models import Post
from office.areas.models import Body, Coverage
from office.chinese.names import padded
from office.chinese.numbers import share

_OUTSIDE = (Body.Kind.OWNERS_COMMITTEE, Body.Kind.PREPARATORY_GROUP, Body.Kind.PROPERTY_PROJECT)
_PARTY_SIDE = (Body.Kind.BRANCH, Body.Kind.COMMUNITY_COMMITTEE, Body.Kind.RESIDENTS_COMMITTEE)


@dataclass(frozen=True)
class Committee:
    """One compound's owners' committee that day; `state` is empty where none is on record."""

    compound: str
    community: str
    stage: str = ""
    state: str = ""
    seats: int = 0
    seat_count: int | None = None
    party: int = 0
    chair: str = ""
    term_ends_on: date | None = None
    filed_on: date | None = None
    project: str = ""
    manager: str = ""

    @property
    def in_office(self):
        return self.stage == OwnersCommittee.Stage.IN_OFFICE

    @property
    def share(self):
        return share(self.party, self.seats) if self.seats else ""

    @property
    def padded_chair(self):
        return padded(self.chair)

    @property
    def over_half(self):
        return self.seats > 0 and self.party * 2 >= self.seats

    @property
    def vacancies(self):
        return max(0, (self.seat_count or self.seats) - self.seats)


@dataclass(frozen=True)
class Crossing:
    """Somebody with a post on both sides: in the owners' committee or property project, and in a Party body."""

    name: str
    outside: str
    party_side: str


def by_compound(compounds, day):
    """{compound id: Committee} for {compound id: (name, community)}; a constant number of queries."""
    rows = figures.committee_rows(OwnersCommittee.objects.filter(compound__in=compounds).exclude(stage="ended"), day)
    found = {row.compound_id: row for row in rows}
    projects = figures.property_projects(list(compounds), day)
    return {
        pk: _committee(name, community, found.get(pk), projects.get(pk)) for pk, (name, community) in compounds.items()
    }


def _committee(compound, community, row, project):
    name, manager = project[:2] if project else ("", "")
    if row is None:
        return Committee(compound, community, project=name, manager=manager)
    return Committee(
        compound=compound,
        community=community,
        stage=row.stage,
        state=row.state,
        seats=row.seats,
        seat_count=row.seat_count,
        party=row.party,
        chair=row.chair,
        term_ends_on=row.term_ends_on,
        filed_on=row.filed_on,
        project=name,
        manager=manager,
    )


def crossings(compound_ids, day):
    """{compound id: (Crossing, …)} in 姓氏笔画 order; three queries."""
    served = Coverage.objects.on(day).filter(compound__in=compound_ids, body__kind__in=_OUTSIDE)
    where = dict(served.values_list("body_id", "compound_id"))
    outside = _posts(Post.objects.on(day).filter(body__in=where).exclude(title=Post.Title.ALTERNATE))
    people = {person for person, *_ in outside}
    inside = {}
    for person, _, words, _ in _posts(Post.objects.on(day).filter(person__in=people, body__kind__in=_PARTY_SIDE)):
        inside.setdefault(person, []).append(words)
    found = {}
    for person, body, words, name in outside:
        if person in inside:
            crossing = Crossing(name, words, "、".join(inside[person]))
            found.setdefault(where[body], []).append(crossing)
    return {compound: tuple(rows) for compound, rows in found.items()}


def _posts(posts):
    """(person id, body id, body and title in words, name) by 姓氏笔画."""
    titles = dict(Post.Title.choices)
    rows = posts.order_by("person__strokes", "person_id", "position", "id")
    return [
        (person, body, f"{short}{titles[title].removeprefix('业委会')}", name)
        for person, body, short, title, name in rows.values_list(
            "person_id", "body_id", "body__short_name", "title", "person__name"
        )
    ]
