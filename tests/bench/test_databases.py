"""The bench never touches a database it did not make."""

import pytest

from bench import databases
from bench.figures import Figure, missed


def test_a_database_with_tables_and_no_mark_is_refused(db, monkeypatch):
    monkeypatch.setattr(databases, "use", lambda scale: None)
    monkeypatch.setattr(databases, "_wipe", lambda: pytest.fail("nothing may be deleted"))

    with pytest.raises(databases.NotOurs):
        databases.prepare("town")


def test_a_marked_database_is_reused_until_what_it_is_made_of_changes(db, monkeypatch):
    monkeypatch.setattr(databases, "use", lambda scale: None)
    made = []
    monkeypatch.setattr(databases, "_wipe", lambda: made.append("wiped"))
    monkeypatch.setattr(databases, "call_command", lambda name, **options: made.append(name))
    databases._set_mark("another story")

    databases.prepare("town", say=made.append)
    databases.prepare("town", say=made.append)

    assert made[0] == "wiped"
    assert made[2:] == ["migrate", "load_demo"]


@pytest.mark.parametrize(
    ("figure", "passed"),
    [
        (Figure("P1", "", 2.0, at_most=2.0), True),
        (Figure("P1", "", 2.01, at_most=2.0), False),
        (Figure("D2", "", 1.79, at_least=1.8), False),
        (Figure("P2", "", 5.0), None),
    ],
)
def test_verdicts(figure, passed):
    assert figure.passed is passed
    assert missed([figure]) == ([figure] if passed is False else [])
