"""A ratio means something only while all importers refuse and save the same."""

import pytest
from django.db import transaction

from bench import importer, rosters
from members.roster import _places
from office.imports import batches, jobs
from tests.members.conftest import faults, read

__all__ = ["read"]
ROWS = rosters.FAULTY * len(rosters.FAULTS)


@pytest.fixture
def lines(place):
    """A roster of 北社区 with every kind of fault, made the way the bench makes it."""
    places = _places(place.community["北社区"])
    names = {"compounds": list(places.compounds.values()), "branches": list(places.branches.values())}
    return rosters.lines(ROWS, **names)


@pytest.fixture
def by_hand(place, monkeypatch):
    """by_hand(lines) → the rows refused by the checks that floor and peers share; the rest is written by the floor."""
    monkeypatch.setattr(importer, "community", lambda: place.community["北社区"])

    def run(found):
        checks, good, bad = importer.Checks(), [], []
        for row, cells in enumerate(found, start=2):
            try:
                good.append(checks.values(cells))
            except ValueError:
                bad.append(row)
        importer._write(good, checks)
        return bad

    return run


def test_every_kind_of_fault_is_there_and_nobody_known_has_one(lines):
    handed_in = rosters.handed_in(lines)
    changed = [number for number, (made, said) in enumerate(zip(lines, handed_in, strict=True)) if made != said]
    assert len(changed) >= len(rosters.FAULTS) - 1
    assert not any(number % rosters.KNOWN == 0 for number in changed)


@pytest.mark.any_database  # the floor gives its rows their keys itself, past the counters of PostgreSQL
def test_the_floor_refuses_and_saves_what_the_product_does(read, place, lines, by_hand, monkeypatch):
    monkeypatch.setattr(jobs, "AT_ONCE", 2 * ROWS)
    handed_in = rosters.handed_in(lines)
    results = []
    for way in ("product", "floor"):
        with transaction.atomic():
            by_hand(rosters.known(lines))
            if way == "product":
                batch = read(handed_in)
                refused = sorted({row for row, *_ in faults(batch)})
                batches.apply(batch, only_good=True, by=place.user["社区书记"], at_once=True)
            else:
                refused = by_hand(handed_in)
            results.append((refused, importer._digest(refused)))
            transaction.set_rollback(True)
    assert results[0] == results[1]
    assert results[0][0]
