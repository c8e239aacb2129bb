"""Owners' committees as lists and papers see them; Party shares are queries over posts (decisions 14, R-670, R-671)."""

from dataclasses import dataclass
from datetime import date

from django.db.models import Count, Exists, OuterRef, Q

from committees.models import OwnersCommittee
from members.models import OWNERS_SEATS, Post
from office.areas.models import Coverage
from office.areas.prepared import prepared
from office.chinese.numbers import share

BRANCH_SIDE = ("branch", "community_committee")


@dataclass(frozen=True)
class CommitteeRow:
    """One owners' committee (or preparatory group) that day."""

    id: int
    name: str
    compound_id: int
    compound: str
    community: str
    stage: str
    state: str
    seats: int
    seat_count: int | None
    party: int
    chair: str
    cross: int | None
    term_ends_on: date | None
    filed_on: date | None

    @property
    def share(self):
        """党员比例 with its numbers; 50.0% counts as 50%以上 and rounding never crosses it."""
        return share(self.party, self.seats)

    @property
    def over_half(self):
        return self.seats > 0 and self.party * 2 >= self.seats

    @property
    def short(self):
        """How many more Party members would make half of the seats."""
        return max(0, -(-self.seats // 2) - self.party)

    @property
    def vacancies(self):
        return max(0, (self.seat_count or self.seats) - self.seats)


def committee_rows(committees, day):
    """Rows for the given OwnersCommittee queryset; a constant number of queries."""
    return _rows(list(_facts(committees)), day, crossed=True)


def in_office(reach, day):
    """The same of committees in office within reach, without 交叉任职; for to-dos."""
    return _rows(_in_office(reach), day, crossed=False)


@prepared
def _in_office(reach):
    return _facts(OwnersCommittee.objects.within(reach).filter(stage="in_office"))


def _facts(committees):
    return committees.order_by("community__position", "compound__pinyin", "body_id").values_list(
        "body_id",
        "body__short_name",
        "compound_id",
        "compound__name",
        "community__name",
        "stage",
        "seat_count",
        "term_ends_on",
        "filed_on",
    )


def _rows(committees, day, *, crossed):
    seats = {}
    for body, *seat in _seats([pk for pk, *_ in committees], day):
        seats.setdefault(body, []).append(seat)
    cross = _on_the_branch_side({person for rows in seats.values() for person, *_ in rows}, day) if crossed else None
    return [_row(facts, seats.get(facts[0], []), cross, day) for facts in committees]


@prepared
def _seats(bodies, day):
    held = Post.objects.on(day).filter(body__in=bodies, title__in=OWNERS_SEATS).order_by("position", "id")
    return held.values_list("body_id", "person_id", "title", "person__name", "person__political_status")


@prepared
def _on_the_branch_side(people, day):
    """Who of these people holds a post in a branch or a community's Party committee that day."""
    held = Post.objects.on(day).filter(person__in=people, body__kind__in=BRANCH_SIDE).order_by()
    return held.values_list("person_id", flat=True)


def _row(facts, seats, cross, day):
    pk, name, compound_id, compound, community, stage, seat_count, term_ends_on, filed_on = facts
    return CommitteeRow(
        id=pk,
        name=name,
        compound_id=compound_id,
        compound=compound,
        community=community,
        stage=stage,
        state=OwnersCommittee.state_on(day, stage, term_ends_on),
        seats=len(seats),
        seat_count=seat_count,
        party=sum(status == "party" for *_, status in seats),
        chair=next((name for _, title, name, _ in seats if title == Post.Title.CHAIR), ""),
        cross=None if cross is None else len({person for person, *_ in seats}.intersection(cross)),
        term_ends_on=term_ends_on,
        filed_on=filed_on,
    )


def half_reached(reach, day):
    """(committees in office, those with half of their seats held by Party members) that day; one query."""
    rows = _seats_in_office(reach, day)
    return len(rows), sum(party * 2 >= seats for _, seats, party in rows)


@prepared
def _seats_in_office(reach, day):
    seats = Post.objects.on(day).within(reach).filter(body__owners_committee__stage="in_office", title__in=OWNERS_SEATS)
    party = Count("pk", filter=Q(person__political_status="party"))
    return seats.order_by().values_list("body").annotate(seats=Count("pk"), party=party)


def property_projects(compound_ids, day):
    """Compound id → (project name, manager, manager is a Party member, concurrent member) that day."""
    rows = Coverage.objects.on(day).filter(compound__in=compound_ids, body__kind="property_project")
    projects = {
        body: (compound, name)
        for compound, body, name in rows.values_list("compound_id", "body_id", "body__short_name")
    }
    concurrent = Post.objects.on(day).filter(person=OuterRef("person"), title=Post.Title.CONCURRENT)
    managers = {
        body: (name, status == "party", serves)
        for body, name, status, serves in Post.objects.on(day)
        .filter(body__in=projects, title=Post.Title.PROJECT_MANAGER)
        .annotate(serves=Exists(concurrent))
        .values_list("body_id", "person__name", "person__political_status", "serves")
    }
    return {compound: (name, *managers.get(body, ("", False, False))) for body, (compound, name) in projects.items()}
