"""Two records made one: nothing is lost, what cannot stand together is asked or refused, and it can be undone."""

from collections import Counter
from datetime import date, timedelta
from types import SimpleNamespace

import pytest
from django.apps import apps
from django.core.exceptions import PermissionDenied
from django.db import models
from django.urls import reverse
from django.utils import timezone

from desk import verify
from meetings.models import Attendance, Decision, Meeting
from members import duplicates, merging
from members.merging_periods import without
from members.merging_rows import WITH_THEIR_OWN_WAY, moved_fields, pointing_fields
from members.merging_sides import Comparison
from members.models import Member, MergeRecord, NotSame, Person, PersonPlace, Placement, Post, Transfer
from members.places import refresh
from members.tasks import roll
from office.audit.models import Trail
from tests.members.conftest import id_number

BORN = date(1960, 5, 1)


@pytest.fixture
def wang(place):
    """王伟 of 湖畔, a member with posts and meetings."""
    return place.member["王伟"].person


@pytest.fixture
def other(place, wang):
    """The same man, written down once more when he joined the owners' committee's work: no member."""
    person = Person.objects.create(town=wang.town, name="王伟", phone=wang.phone, unit="安居物业")
    Post.objects.create(person=person, body=place.body["湖畔业委会"], title="building_head", starts_on=date(2023, 1, 1))
    refresh([person.pk])
    return person


def second_member(place, name="王伟", branch="湖畔党支部", compound="湖畔", **fields):
    """A namesake on the register; the handle of the first stays in the cast."""
    first = place.member.get(name)
    member = place.add_member(name, branch, compound, **fields)
    if first is not None:
        place.member[name] = first
    return member.person


def sides_of(one, other):
    return Comparison(*Person.objects.filter(pk__in=[one.pk, other.pk]).order_by("pk"))


def merge(place, one, other, *, by="社区书记", **choices):
    sides = sides_of(one, other)
    return merging.merge(one.pk, other.pk, choices=choices, seen=sides.seen(), by=place.user[by])


def everything():
    """How many rows every table has, but for the trail."""
    own = (m for m in apps.get_models() if not m._meta.label.startswith("audit."))
    return Counter({m._meta.label: m._base_manager.count() for m in own})


def contents():
    """All rows of all tables that may be touched, as text; versions and salts aside."""
    found = {}
    for model in (Person, Member, Placement, Post, PersonPlace, Attendance, Decision, Meeting, NotSame):
        columns = [f.attname for f in model._meta.concrete_fields if f.attname != "version"]
        if model is PersonPlace:
            columns.remove("id")
        found[model] = sorted(map(repr, model._base_manager.values_list(*columns)))
    return found


def test_nothing_is_lost(place, wang, other):
    """Everything that named either person names the one who stays."""
    meeting = place.meeting["停车划线"]
    Attendance.objects.create(meeting=meeting, person=other)
    Meeting.objects.filter(pk=meeting.pk).update(chair=other)
    Decision.objects.filter(meeting=meeting).update(owner_body=None, owner_person=other)
    before, posts = everything(), Post.objects.filter(person__in=[wang, other]).count()

    record = merge(place, wang, other)

    gone = before - everything()
    assert record.kept == wang
    assert gone == Counter({"members.Person": 1, "members.PersonPlace": gone["members.PersonPlace"]})
    assert everything() - before == Counter({"members.MergeRecord": 1})
    assert wang.posts.count() == posts
    assert Attendance.objects.filter(meeting=meeting, person=wang).exists()
    meeting.refresh_from_db()
    assert meeting.chair == wang
    assert Decision.objects.get(meeting=meeting).owner_person == wang
    wang.refresh_from_db()
    assert wang.unit == "安居物业"
    assert not list(verify.problems())


@pytest.mark.parametrize("field", pointing_fields(), ids=str)
def test_every_relation_to_a_person_or_member_has_its_way(field):
    """A new relation moves by itself; one that cannot (its own key, many-to-many) has to be thought of here."""
    assert field in WITH_THEIR_OWN_WAY or not field.primary_key
    rules = [r for r in field.model._meta.constraints if isinstance(r, models.UniqueConstraint)]
    assert not [r.name for r in rules if not r.fields], "唯一约束写成表达式的，合并时看不出冲突"
    assert not field.model._meta.unique_together


def test_the_walk_finds_relations_without_a_reverse_name():
    found = {str(field) for field in moved_fields()}
    assert {"meetings.Meeting.chair", "meetings.Attendance.person", "members.Post.person"} <= found
    assert not [f for m in (Person, Member) for f in m._meta.get_fields() if f.many_to_many]


def test_where_they_differ_somebody_chooses(place, wang, other):
    Person.objects.filter(pk=other.pk).update(name="王玮", phone="13900139000", unit="")
    questions = {line.key: line for line in sides_of(wang, other).lines() if line.is_a_question}

    assert set(questions) == {"name", "sex", "birth_date", "phone"}
    assert questions["sex"].proposed == wang.pk  # 填了的那一条
    merge(place, wang, other, name=other.pk, phone=other.pk)

    wang.refresh_from_db()
    assert (wang.name, wang.phone, wang.phone_tail, wang.sex) == ("王玮", "13900139000", "9000", "M")
    assert Member.objects.get(pk=wang.pk).strokes == wang.strokes


def test_the_trail_says_what_happened_without_numbers(place, wang, other):
    other.set_id_number(id_number(BORN))
    other.phone, other.name = "13900139000", "王玮"
    other.save()
    merge(place, wang, other, name=other.pk, phone=other.pk, id_number=other.pk)

    row = Trail.objects.get(verb="members.merged")
    assert (row.object_id, row.actor_name) == (str(wang.pk), "社区书记")
    assert row.changes["姓名"] == ["王伟", "王玮"]
    assert row.changes["联系电话"] == ["", "已变更"]
    assert row.changes["公民身份号码"] == ["", "已变更"]
    assert "任职1条" in row.changes["移过来的记录"][1]
    assert "1390" not in str(row.changes)
    assert other.id_number()[-4:] not in str(row.changes)


def test_the_number_is_sealed_anew_for_the_person_who_keeps_it(place, wang, other):
    number = id_number(BORN)
    other.set_id_number(number)
    other.save()
    merge(place, wang, other)

    wang.refresh_from_db()
    assert wang.id_number() == number
    assert not list(verify.problems())


def test_what_is_kept_for_going_back_lies_sealed(place, wang, other):
    record = merge(place, wang, other)
    for word in ("王伟", "13800138000", "members.post"):
        assert word not in record.image


def test_both_at_one_meeting_is_one_attendance(place, wang, other):
    meeting = place.meeting["电梯协商"]
    Attendance.objects.create(meeting=meeting, person=other)
    before = Attendance.objects.count()
    assert not [line for line in sides_of(wang, other).lines() if line.is_a_question and "会议" in line.label]
    merge(place, wang, other)

    assert Attendance.objects.count() == before - 1
    assert Attendance.objects.filter(meeting=meeting, person=wang).count() == 1


@pytest.mark.parametrize("winner", ["first", "second"])
def test_present_in_one_record_and_on_leave_in_the_other_is_asked(place, wang, other, winner):
    meeting = place.meeting["电梯协商"]
    second = Attendance.objects.create(meeting=meeting, person=other, status="leave", note="住院")
    first = Attendance.objects.get(meeting=meeting, person=wang)
    line = next(line for line in sides_of(wang, other).lines() if "电梯协商" in line.label)
    assert [words for _, words in line.options] == ["到会到会，说明未填", "到会请假，说明住院"]

    merge(place, wang, other, **{line.key: wang.pk if winner == "first" else other.pk})

    left = Attendance.objects.get(meeting=meeting, person=wang)
    assert left.pk == (first if winner == "first" else second).pk


def test_the_same_open_post_twice_is_one(place, wang, other):
    Post.objects.create(person=other, body=place.body["湖畔党支部"], title="org_member", starts_on=date(2024, 1, 1))
    place.add_post("王伟", "湖畔党支部", "org_member")
    merge(place, wang, other)

    assert Post.objects.filter(person=wang, title="org_member").count() == 1
    assert Post.objects.filter(person=wang, title="building_head").count() == 1


def test_two_accounts_that_can_sign_in_are_refused(place, wang, other):
    for person, user in ((wang, "支部书记"), (other, "小区工作人员")):
        person.user = place.user[user]
        person.save()
    with pytest.raises(merging.MergeRefused, match="先停用其中一个账号"):
        merge(place, wang, other)

    place.user["支部书记"].is_active = False
    place.user["支部书记"].save()
    merge(place, wang, other)
    wang.refresh_from_db()
    assert wang.user == place.user["小区工作人员"]


def test_two_id_numbers_are_two_people(place, wang, other):
    for person, sequence in ((wang, 1), (other, 3)):
        person.set_id_number(id_number(BORN, sequence))
        person.save()
    with pytest.raises(merging.MergeRefused, match="是两个人"):
        merge(place, wang, other)


def test_a_birthday_against_the_number_is_refused(place, wang, other):
    other.set_id_number(id_number(BORN))
    other.birth_date = date(1961, 5, 1)
    other.save()
    with pytest.raises(merging.MergeRefused, match="出生日期和公民身份号码对不上"):
        merge(place, wang, other, birth_date=other.pk)
    assert Person.objects.filter(pk=other.pk).exists()


def test_two_memberships_become_one_with_the_history_of_both(place, wang):
    twin = second_member(place, branch="公园党支部", compound="公园")
    Placement.objects.filter(member=twin.pk).update(starts_on=date(2018, 3, 1))
    merge(place, wang, twin, standing=wang.pk)

    member = Member.objects.get(pk=wang.pk)
    assert not Member.objects.filter(pk=twin.pk).exists()
    assert member.branch == place.body["湖畔党支部"]
    spans = list(member.placements.order_by("starts_on").values_list("branch__short_name", "starts_on", "ends_on"))
    assert spans == [
        ("公园党支部", date(2018, 3, 1), date(2019, 12, 31)),
        ("湖畔党支部", date(2020, 1, 1), None),
    ]
    assert not list(verify.problems())


@pytest.mark.parametrize("side", ["wang", "twin"])
def test_of_two_branches_the_chosen_one_holds_today(place, wang, side):
    twin = second_member(place, branch="公园党支部", compound="公园", relation="in_service")
    chosen = {"wang": wang, "twin": twin}[side]
    merge(place, wang, twin, standing=chosen.pk)

    member = Member.objects.get(pk=wang.pk)
    assert member.branch.short_name == {"wang": "湖畔党支部", "twin": "公园党支部"}[side]
    assert member.placements.on(place.today).count() == 1
    assert not list(verify.problems())


def test_who_has_left_by_the_chosen_record_sits_nowhere_today(place, wang):
    twin = second_member(place, branch="公园党支部", compound="公园")
    Placement.objects.filter(member=twin.pk).update(ends_on=date(2021, 12, 31))
    Member.objects.filter(pk=twin.pk).rescope(branch=None, status="left")
    merge(place, wang, twin, standing=twin.pk)

    member = Member.objects.get(pk=wang.pk)
    assert member.status == "left"
    spans = list(member.placements.order_by("starts_on").values_list("starts_on", "ends_on"))
    yesterday = place.today - timedelta(days=1)
    assert spans == [(date(2020, 1, 1), date(2021, 12, 31)), (date(2022, 1, 1), yesterday)]


def test_a_transfer_under_way_is_settled_first(place, wang):
    twin = second_member(place)
    Transfer.objects.create(
        member=twin.member,
        from_community=place.community["北社区"],
        to_community=place.community["南社区"],
        opened_by=place.user["社区书记"],
        opened_on=place.today,
    )
    with pytest.raises(merging.MergeRefused, match="转接还没有办完"):
        merge(place, wang, twin)


def test_dead_in_one_record_only_is_refused(place, wang):
    twin = second_member(place)
    Member.objects.filter(pk=twin.pk).update(status="deceased")
    with pytest.raises(merging.MergeRefused, match="已去世"):
        merge(place, wang, twin)


@pytest.mark.parametrize(
    ("period", "others", "rest"),
    [
        (("2018", None), [("2020", None)], [("2018", "2019")]),
        (("2018", None), [(None, None)], []),
        ((None, None), [("2020", "2021")], [(None, "2019"), ("2022", None)]),
        (("2018", "2019"), [("2020", None)], [("2018", "2019")]),
        (("2010", None), [("2012", "2013"), ("2015", None)], [("2010", "2011"), ("2014", "2014")]),
    ],
)
def test_time_outside_other_time(period, others, rest):
    def row(span):
        first, last = span
        return SimpleNamespace(
            starts_on=date(int(first), 1, 1) if first else None, ends_on=date(int(last), 12, 31) if last else None
        )

    found = without(row(period), [row(other) for other in others])
    assert found == [(row(span).starts_on, row(span).ends_on) for span in rest]


def test_what_was_said_of_the_dropped_person_holds_for_the_kept_one(place, wang, other):
    third = second_member(place)
    duplicates.tell_apart(other, third, by=place.user["社区书记"])
    duplicates.tell_apart(wang, other, by=place.user["社区书记"])
    merge(place, wang, other)

    assert list(NotSame.objects.values_list("one", "other")) == [(wang.pk, third.pk)]


def test_somebody_changing_it_meanwhile_is_told(place, wang, other):
    seen = sides_of(wang, other).seen()
    Person.objects.filter(pk=other.pk).update(unit="别的单位")
    with pytest.raises(merging.MergeRefused, match="刚刚改过"):
        merging.merge(wang.pk, other.pk, choices={}, seen=seen, by=place.user["社区书记"])


@pytest.mark.parametrize("who", ["镇领导", "联系干部", "支部书记", "邻社区书记", "邻镇党建办"])
def test_only_keepers_of_both_merge(place, wang, other, who):
    with pytest.raises(PermissionDenied):
        merge(place, wang, other, by=who)


def test_somebody_with_a_post_elsewhere_is_the_towns_to_merge(place, wang, other):
    Post.objects.create(person=other, body=place.body["山水党支部"], title="group_leader", starts_on=date(2024, 1, 1))
    refresh([other.pk])
    with pytest.raises(PermissionDenied):
        merge(place, wang, other)
    assert merge(place, wang, other, by="镇党建办").community is None


def test_it_can_be_undone_to_the_last_row(place, wang):
    twin = second_member(place, branch="公园党支部", compound="公园", phone="13900139000", unit="安居物业")
    twin.set_id_number(id_number(BORN))
    twin.user = place.user["小区工作人员"]
    twin.save()
    Attendance.objects.create(meeting=place.meeting["电梯协商"], person=twin, status="leave")
    Post.objects.create(
        person=twin, body=place.body["湖畔业委会"], title="chair", starts_on=None, ends_on=date(2020, 1, 1)
    )
    refresh([twin.pk])
    third = second_member(place)
    duplicates.tell_apart(twin, third, by=place.user["社区书记"])
    Placement.objects.filter(member=wang.pk).update(starts_on=date(2022, 1, 1))
    before = contents()
    clash = next(line.key for line in sides_of(wang, twin).lines() if line.key.startswith("meetings."))
    record = merge(place, wang, twin, standing=twin.pk, phone=twin.pk, **{clash: twin.pk})
    assert contents() != before

    back = merging.undo(record, by=place.user["社区书记"])

    assert contents() == before
    assert (record.kept, back) == (twin, wang)  # 有账号的那一条留下
    assert Person.objects.get(pk=twin.pk).id_number() == id_number(BORN)
    assert not MergeRecord.objects.exists()
    assert Trail.objects.filter(verb="members.merge_undone").count() == 1
    assert not list(verify.problems())


@pytest.mark.parametrize("what", ["person", "member", "post", "removed"])
def test_what_was_touched_since_is_not_undone(place, wang, other, what):
    record = merge(place, wang, other)
    post = Post.objects.get(person=wang, title="building_head")
    if what == "person":
        Person.objects.filter(pk=wang.pk).update(unit="新单位")
    elif what == "member":
        Member.objects.filter(pk=wang.pk).update(version=9)
    elif what == "post":
        Post.objects.filter(pk=post.pk).update(ends_on=place.today)
    else:
        post.delete()
    with pytest.raises(merging.MergeRefused, match="合并以后又改过"):
        merging.undo(record, by=place.user["社区书记"])
    assert not Person.objects.filter(pk=record.dropped).exists()


def test_new_work_of_the_kept_person_does_not_stand_in_the_way(place, wang, other):
    record = merge(place, wang, other)
    place.add_post("王伟", "湖畔党支部", "group_leader")
    merging.undo(record, by=place.user["社区书记"])
    assert wang.posts.filter(title="group_leader").exists()


def test_undoing_twice_is_told(place, wang, other):
    record = merge(place, wang, other)
    merging.undo(record, by=place.user["社区书记"])
    with pytest.raises(merging.MergeRefused, match="已经撤销"):
        merging.undo(record, by=place.user["社区书记"])


def test_after_thirty_days_the_image_is_gone(place, wang, other):
    record = merge(place, wang, other)
    MergeRecord.objects.update(merged_at=timezone.now() - timedelta(days=29))
    merging.forget_expired()
    assert MergeRecord.objects.exists()
    MergeRecord.objects.update(merged_at=timezone.now() - timedelta(days=30, minutes=1))
    with pytest.raises(merging.MergeRefused, match="过了三十天"):
        merging.undo(record, by=place.user["社区书记"])
    merging.forget_expired()
    assert not MergeRecord.objects.exists()


def test_the_hourly_roll_forgets(place, wang, other):
    merge(place, wang, other)
    MergeRecord.objects.update(merged_at=timezone.now() - timedelta(days=31))
    roll()
    assert not MergeRecord.objects.exists()


def test_from_the_list_to_one_record_and_back(place, as_user, wang, other):
    client = as_user("社区书记")
    page = client.get(reverse("person_pairs")).content.decode()
    url = reverse("person_pair", args=[wang.pk, other.pk])
    assert url in page
    compared = client.get(url)
    answers = {name: compared.context["form"][name].initial for name in compared.context["form"].fields}
    checked = client.post(url, answers)
    assert "合并以后是这样" in checked.content.decode()
    assert Person.objects.filter(pk=other.pk).exists()
    assert "回去改" in checked.content.decode()
    done = client.post(reverse("person_pair_merge", args=[wang.pk, other.pk]), answers, follow=True)
    assert done.redirect_chain[-1][0] == reverse("person", args=[wang.pk])
    assert "已经合并成这一条" in done.content.decode()

    again = client.post(reverse("person_pair_merge", args=[wang.pk, other.pk]), answers)
    assert again["Location"] == reverse("person", args=[wang.pk])
    settled = client.get(reverse("person_pairs_settled")).content.decode()
    undo = reverse("person_merge_undo", args=[MergeRecord.objects.get().pk])
    assert undo in settled
    assert "把这条记录重新分成两条" in client.get(undo).content.decode()
    assert client.post(undo)["Location"] == url
    assert Person.objects.filter(pk=other.pk).exists()


def test_an_unanswered_question_is_asked_for(as_user, wang, other):
    client, url = as_user("社区书记"), reverse("person_pair", args=[wang.pk, other.pk])
    page = client.post(url, {"seen": "x", "unit": "99999"}).content.decode()
    assert "请选定“单位”以哪一条为准" in page
    assert Person.objects.filter(pk=other.pk).exists()


def test_a_page_read_before_somebody_changed_it_is_shown_anew(as_user, wang, other):
    client, url = as_user("社区书记"), reverse("person_pair_merge", args=[wang.pk, other.pk])
    form = client.get(reverse("person_pair", args=[wang.pk, other.pk])).context["form"]
    answers = {name: form[name].initial for name in form.fields}
    Person.objects.filter(pk=wang.pk).update(unit="新单位")
    page = client.post(url, answers).content.decode()
    assert "有人刚刚改过这两条记录" in page
    assert "新单位" in page
