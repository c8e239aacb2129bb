"""撤销这次导入: everything back as it was, all or nothing, and never over somebody's later work."""

from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied
from django.forms.models import model_to_dict

from accounts.models import User
from members.models import Member, Person, PersonPlace, Placement
from members.places import wanted
from office.audit import trail
from office.audit.models import Trail
from office.imports import holding, undoing
from office.imports.models import ImportBatch
from tests.members.conftest import id_number, line


def everything():
    """Every row an import can touch, but for versions, which only go on."""
    rows = {}
    for model in (Person, Member, Placement):
        rows[model] = {row.pk: model_to_dict(row) | {"version": None} for row in model.objects.all()}
    places = set(PersonPlace.objects.values_list("person", "community", "branch", "compound"))
    sealed = set(Person.objects.values_list("pk", "id_sealed", "id_fingerprint", "strokes", "pinyin", "phone_tail"))
    return rows, places, sealed


LINES = [
    line("王小明", id_number=id_number(), compound="湖畔"),
    line("王伟", phone="13800138000", birth_date="1960年5月1日", branch="公园党支部", door="9栋9"),
    line("丁小宁", phone="13800138000", id_number="", background="离退休", full_on="2003年7月"),
    line("吴芳", phone="13600136000"),
]


@pytest.fixture
def saved(load, place):
    Person.objects.filter(name="吴芳").update(phone="13600136000", phone_tail="6000")
    before = everything()
    batch = load(LINES)
    assert (batch.new, batch.changed) == (1, 3)
    return batch, before


def test_an_undo_puts_everything_back(saved, place):
    batch, before = saved
    undoing.undo(batch, by=place.user["社区工作者"])
    assert everything() == before
    assert (batch.state, batch.undone_by) == ("undone", place.user["社区工作者"])
    row = Trail.objects.latest("pk")
    assert (row.verb, row.changes["数量"]) == ("members.roster_undone", [None, 4])
    assert not trail.broken_links(batch.town_id)
    assert {row[:1] + row[2:] for row in wanted([place.member["王伟"].pk])}


def test_an_open_page_from_before_the_undo_does_not_write_over_it(saved, place):
    batch, _ = saved
    version = Member.objects.get(person__name="王伟").version
    undoing.undo(batch, by=place.user["社区书记"])
    assert Member.objects.get(person__name="王伟").version > version


def test_the_file_may_be_imported_again_after_an_undo(saved, place, load):
    batch, _ = saved
    undoing.undo(batch, by=place.user["社区书记"])
    again = load(LINES)
    assert (again.new, again.changed) == (1, 3)


def refused(batch, place):
    before = everything()
    with pytest.raises(undoing.InTheWay) as refusal:
        undoing.undo(batch, by=place.user["社区书记"])
    assert everything() == before
    assert ImportBatch.objects.get(pk=batch.pk).state == "applied"
    return {conflict.name: conflict.what for conflict in refusal.value.conflicts}


def test_who_has_chaired_a_meeting_since_stays(saved, place):
    """Meeting.chair has no way back from the person: it must be seen all the same, or the undo breaks in the middle."""
    batch, _ = saved
    meeting = place.meeting["电梯协商"]
    meeting.chair = Person.objects.get(name="王小明")
    meeting.save()
    assert refused(batch, place) == {"王小明": "已有会议"}


def test_a_later_import_stands_in_the_way_and_is_named(saved, place, load):
    batch, _ = saved
    load([line("王伟", phone="13800138000", door="1栋1")], by="社区工作者")
    found = refused(batch, place)
    assert list(found) == ["王伟"]
    assert found["王伟"].endswith("社区工作者 又导入过")


def test_once_the_later_import_is_taken_back_the_earlier_one_may_be(saved, place, load):
    batch, before = saved
    later = load([line("李小红", phone="13900139001"), line("王小明", id_number=id_number(), door="1栋1")])
    assert list(refused(batch, place)) == ["王小明"]
    undoing.undo(later, by=place.user["社区书记"])
    undoing.undo(batch, by=place.user["社区书记"])
    assert everything() == before


def test_a_change_by_hand_stands_in_the_way_with_who_and_what(saved, place):
    batch, _ = saved
    from django.db import transaction

    with transaction.atomic():
        member = Member.objects.get(person__name="王伟")
        member.door = "3栋3"
        member.save()
        trail.record("members.corrected", member.person, by=place.user["社区工作者"])
    what = refused(batch, place)["王伟"]
    assert "社区工作者" in what
    assert "members." not in what


@pytest.mark.parametrize(
    ("attach", "what"),
    [
        (lambda place: place.add_post("王小明", "湖畔党支部", "org_member"), "已有任职"),
        (
            lambda place: place.meeting["电梯协商"].attendance.create(person=Person.objects.get(name="王小明")),
            "已有",
        ),
        (
            lambda place: Person.objects.filter(name="王小明").update(
                user=User.objects.create_user("x", "y", name="王小明", town=place.town["西塘镇"])
            ),
            "已有账号",
        ),
    ],
    ids=["post", "attendance", "account"],
)
def test_what_points_at_a_new_person_stands_in_the_way(saved, place, attach, what):
    batch, _ = saved
    attach(place)
    found = refused(batch, place)
    assert list(found) == ["王小明"]
    assert what in found["王小明"]


def test_work_on_others_does_not_stand_in_the_way(saved, place):
    batch, _ = saved
    place.add_post("王伟", "湖畔业委会", "seat")
    Member.objects.filter(person__name="田大利").update(door="1栋1")
    undoing.undo(batch, by=place.user["社区书记"])
    assert not Person.objects.filter(name="王小明").exists()
    assert PersonPlace.objects.filter(person__name="王伟", branch=place.body["湖畔党支部"]).exists()


def test_an_undo_comes_too_late_after_thirty_days(saved, place):
    batch, _ = saved
    ImportBatch.objects.filter(pk=batch.pk).update(applied_at=batch.applied_at - timedelta(days=31))
    with pytest.raises(holding.NotNow, match="30 天"):
        undoing.undo(batch, by=place.user["社区书记"])
    assert Person.objects.filter(name="王小明").exists()


def test_only_keepers_take_back(saved, place):
    batch, _ = saved
    for name in ("邻社区书记", "联系干部", "镇领导"):
        with pytest.raises(PermissionDenied):
            undoing.undo(batch, by=place.user[name])


def test_an_undo_without_its_trail_row_is_none(saved, place, monkeypatch):
    batch, _ = saved
    before = everything()

    def broken(*args, **kwargs):
        raise RuntimeError

    monkeypatch.setattr(trail, "record", broken)
    with pytest.raises(RuntimeError):
        undoing.undo(batch, by=place.user["社区书记"])
    assert everything() == before
