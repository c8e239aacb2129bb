"""The trail itself: the database refuses to change it, the chain tells when somebody did so all the same."""

from types import SimpleNamespace

import pytest
from django.db import DatabaseError, connection, transaction

from office.audit import trail
from office.audit.models import Trail, TrailHead
from tests.cast import build


@pytest.fixture
def town(db):
    """A town's chain of five rows, with another town's rows in between."""
    place = build()
    own, other = place.user["联系干部"], place.user["邻镇党建办"]
    for number in range(5):
        with transaction.atomic():
            trail.record("accounts.phone_changed", own, by=own, changes={"phone": ("", "已变更")}, reason=str(number))
            trail.record("accounts.phone_changed", other, by=other)
    return own.town_id


def ids(town):
    return list(Trail.objects.filter(town=town).order_by("id").values_list("pk", flat=True))


def run(sql, *params):
    with connection.cursor() as cursor:
        cursor.execute(sql, params)


def drop_triggers():
    """What somebody with the database's password would do first."""
    if connection.vendor == "sqlite":
        run("DROP TRIGGER trail_no_update")
        run("DROP TRIGGER trail_no_delete")
    else:
        run("DROP TRIGGER trail_no_change ON audit_trail")


def test_whole_chain_is_whole(town):
    assert trail.broken_links(town) == []
    assert trail.broken_links(10**9) == []


@pytest.mark.parametrize(
    "sql",
    [
        "UPDATE audit_trail SET actor_name = '别人'",
        "UPDATE audit_trail SET hash = hash WHERE reason = '3'",
        "DELETE FROM audit_trail WHERE reason = '3'",
        "DELETE FROM audit_trail",
    ],
)
def test_database_refuses_to_change_or_remove_a_row(town, sql):
    before = list(Trail.objects.order_by("id").values())
    with pytest.raises(DatabaseError, match="只能追加"), transaction.atomic():
        run(sql)
    assert list(Trail.objects.order_by("id").values()) == before


@pytest.mark.parametrize("field", ["actor_name", "verb", "object_label", "object_id", "reason", "result", "address"])
def test_edited_row_is_found(town, field):
    drop_triggers()
    edited = ids(town)[2]
    run(f"UPDATE audit_trail SET {field} = 'x' WHERE id = %s", edited)
    assert trail.broken_links(town) == [edited]


def test_edited_moment_town_and_changes_are_found(town):
    drop_triggers()
    edited = ids(town)
    run("UPDATE audit_trail SET at = (SELECT MIN(at) FROM audit_trail) WHERE id = %s", edited[1])
    run("UPDATE audit_trail SET changes = '{}' WHERE id = %s", edited[2])
    run("UPDATE audit_trail SET actor = 1 WHERE id = %s", edited[3])
    assert trail.broken_links(town) == edited[1:4]


def test_removed_row_is_found_at_its_successor(town):
    drop_triggers()
    rows = ids(town)
    run("DELETE FROM audit_trail WHERE id = %s", rows[1])
    assert trail.broken_links(town)[0] == rows[2]


def test_rows_cut_from_the_end_are_missed(town):
    drop_triggers()
    run("DELETE FROM audit_trail WHERE id = %s", ids(town)[-1])
    assert trail.broken_links(town) == [-1]


def test_emptied_town_is_missed(town):
    drop_triggers()
    run("DELETE FROM audit_trail WHERE town = %s", town)
    assert trail.broken_links(town) == [-1]


def test_exchanged_rows_are_found(town):
    drop_triggers()
    first, second = ids(town)[1:3]
    for before, after in ((first, -5), (second, first), (-5, second)):
        run("UPDATE audit_trail SET id = %s WHERE id = %s", after, before)
    assert trail.broken_links(town)


def test_row_slipped_in_at_the_end_is_found(town):
    """Rightly hashed, but the head knows nothing of it."""
    last = Trail.objects.filter(town=town).latest("id")
    last.previous_hash, last.pk = last.hash, None
    last.hash = trail.hashlib.sha256(trail._canonical(last)).hexdigest()
    last.save(force_insert=True)
    assert trail.broken_links(town) == [-1]


def test_removed_head_is_found(town):
    TrailHead.objects.filter(town=town).delete()
    assert trail.broken_links(town) == [-1]


def test_last_row_rewritten_with_a_right_hash_is_found(town):
    """Nothing follows it in the chain, so only the head can tell."""
    drop_triggers()
    last = Trail.objects.filter(town=town).latest("id")
    last.actor_name = "别人"
    last.hash = trail.hashlib.sha256(trail._canonical(last)).hexdigest()
    last.save()
    assert trail.broken_links(town) == [-1]


def test_deed_written_while_the_chain_is_being_proved_is_no_alarm(town, monkeypatch):
    """Between the reading of the head and of the rows somebody else's deed comes in."""
    manager, waiting = type(Trail.objects), [_Thing(town)]
    plain = manager.filter

    def late(self, *args, **kwargs):
        if waiting:
            with transaction.atomic():
                trail.record("accounts.phone_changed", waiting.pop(), by=None)
        return plain(self, *args, **kwargs)

    monkeypatch.setattr(manager, "filter", late)
    assert trail.broken_links(town) == []
    assert Trail.objects.count() == 11


class _Thing:
    """Any object: the trail holds no foreign keys."""

    _meta = Trail._meta
    pk = 7

    def __init__(self, town):
        self.town_id = town

    def __str__(self):
        return "一件东西"


def test_row_cannot_be_written_outside_its_deed(monkeypatch):
    monkeypatch.setattr(transaction, "get_connection", lambda: SimpleNamespace(in_atomic_block=False))
    with pytest.raises(transaction.TransactionManagementError):
        trail.record("accounts.phone_changed", _Thing(1), by=None)


def test_deed_and_row_fall_together(town):
    rows, head = ids(town), TrailHead.objects.get(town=town)

    def failing():
        with transaction.atomic():
            trail.record("accounts.phone_changed", _Thing(town), by=None)
            raise RuntimeError("the deed fails after its row")

    with pytest.raises(RuntimeError):
        failing()
    assert ids(town) == rows
    assert TrailHead.objects.get(town=town).hash == head.hash
    assert trail.broken_links(town) == []


def test_each_row_is_written_under_the_lock_of_its_towns_head(town, monkeypatch):
    """Two deeds at once queue at the head; without the lock both would name the same predecessor."""
    asked = []
    plain = TrailHead.objects.select_for_update
    monkeypatch.setattr(
        type(TrailHead.objects), "select_for_update", lambda self, *a, **k: asked.append(1) or plain(*a, **k)
    )
    with transaction.atomic():
        trail.record("accounts.phone_changed", _Thing(town), by=None)
    assert asked
    assert TrailHead.objects.get(town=town).count == Trail.objects.filter(town=town).count()
