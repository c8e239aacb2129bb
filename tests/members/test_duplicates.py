"""可能重复的人: who is asked about, who is certainly two, who sees which pair, and what is remembered."""

from datetime import date

import pytest
from django.core.exceptions import PermissionDenied
from django.db import connection
from django.urls import reverse

from accounts.roles import Role
from members import duplicates, duplicates_listing, todos
from members.models import NotSame, Person
from members.places import refresh
from office.audit.models import Trail
from office.rulebook import rules
from tests.members.conftest import id_number

BORN, LATER = date(1960, 5, 1), date(1985, 1, 2)
PHONE = "13911112222"


@pytest.fixture
def add(place):
    """add("王伟", home="湖畔", …) → a new Person on the register of that compound's branch."""

    def adder(name, home="湖畔", **fields):
        kept = place.member.get(name)
        number = fields.pop("number", "")
        person = place.add_member(name, f"{home}党支部", home, **fields).person
        if number:
            person.set_id_number(number)
            person.save()
        if kept:
            place.member[name] = kept
        return person

    return adder


def known(name, town):
    """Somebody without a membership and, for now, without a place."""
    return Person.objects.create(town=town, name=name)


def asked(place, who="镇党建办"):
    return {frozenset((pair.one.pk, pair.other.pk)): pair.why for pair in duplicates.pairs(place.user[who])}


def why(place, one, other, who="镇党建办"):
    return asked(place, who).get(frozenset((one.pk, other.pk)))


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [
        ({"birth_date": BORN}, {"birth_date": BORN, "phone": PHONE}, "同名同生日"),
        ({"phone": PHONE, "birth_date": BORN}, {"phone": "13700000000", "birth_date": BORN}, "同名同生日"),
        ({"phone": PHONE}, {"phone": PHONE}, "同名同电话"),
        ({"phone": PHONE, "birth_date": BORN}, {"phone": PHONE, "birth_date": BORN}, "同名同生日、同名同电话"),
        ({"number": id_number(BORN), "birth_date": BORN}, {"birth_date": BORN}, "同名同生日"),
        # 只是同名，或者一定是两个人
        ({}, {}, None),
        ({"phone": PHONE}, {}, None),
        ({"phone": PHONE, "birth_date": BORN}, {"phone": PHONE, "birth_date": LATER}, None),
        ({"phone": PHONE, "number": id_number(BORN)}, {"phone": PHONE, "number": id_number(BORN, 3)}, None),
        ({"birth_date": BORN, "number": id_number(BORN)}, {"birth_date": BORN, "number": id_number(BORN, 3)}, None),
    ],
)
def test_namesakes_in_two_compounds(place, add, one, other, expected):
    assert why(place, add("孙立", "湖畔", **one), add("孙立", "公园", **other)) == expected


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [
        ({}, {}, "同名，在同一个小区"),
        ({"phone": PHONE}, {}, "同名，在同一个小区"),
        ({"phone": PHONE}, {"phone": "13700000000"}, None),
        ({"sex": "M"}, {"sex": "F"}, None),
        ({"birth_date": BORN}, {"birth_date": LATER}, None),
    ],
)
def test_namesakes_in_one_compound(place, add, one, other, expected):
    assert why(place, add("孙立", **one), add("孙立", **other)) == expected


def test_a_member_and_a_seat_of_the_compounds_owners_committee(place, add):
    """The commonest double: written into the owners' committee by name, later onto the register."""
    member, seat = add("吴芳"), Person.objects.get(name="吴芳", member=None)
    assert why(place, member, seat) == "同名，在同一个小区"


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [
        (("孙立", {}), ("孙小立", {}), "电话相同，姓名相近"),
        (("孙立", {}), ("李红", {}), None),
        (("孙立", {"sex": "M"}), ("孙红", {"sex": "F"}), None),
        (("孙立", {"birth_date": BORN}), ("孙小立", {"birth_date": LATER}), None),
    ],
)
def test_one_telephone_and_two_names(place, add, one, other, expected):
    first, second = (add(name, home, phone=PHONE, **facts) for (name, facts), home in ((one, "湖畔"), (other, "公园")))
    assert why(place, first, second) == expected


@pytest.mark.parametrize(("people", "pairs"), [(5, 10), (6, 0)])
def test_an_offices_telephone_tells_nothing(place, add, people, pairs):
    for number in range(people):
        add(f"孙{'一二三四五六'[number]}", phone=PHONE)
    assert len(asked(place)) == pairs


def test_towns_are_apart(place, add):
    add("孙立", "湖畔", phone=PHONE)
    add("孙立", "海景", phone=PHONE)
    assert not asked(place)
    assert not asked(place, "邻镇党建办")


def test_a_community_sees_its_pairs_and_half_of_those_across(place, add, as_user):
    here, across = add("孙立", "湖畔", phone=PHONE), add("孙小立", "山水", phone=PHONE, unit="安居物业")
    away = add("钱进", "山水", phone="13700001111"), add("钱进", "山水", phone="13700001111")

    assert why(place, here, across, "社区书记") == "电话相同，姓名相近"
    assert why(place, *away, "社区书记") is None
    assert set(asked(place, "邻社区书记")) == {frozenset((here.pk, across.pk)), frozenset(p.pk for p in away)}
    page = as_user("社区书记").get(reverse("person_pairs")).content.decode()
    assert "另一人在其他社区，请镇党建办核对" in page
    assert "孙小立" not in page
    assert "山水" not in page
    assert page.count("139****2222") == 1
    town = as_user("镇党建办").get(reverse("person_pairs")).content.decode()
    assert "孙立、孙小立" in town
    assert reverse("person_pair", args=[here.pk, across.pk]) in town
    assert reverse("person_pair", args=[here.pk, across.pk]) not in page


def test_an_own_person_with_a_post_elsewhere_is_for_the_town(place, add, as_user):
    one, other = add("孙立", phone=PHONE), add("孙立", phone=PHONE)
    place.member["孙立"] = other.member
    place.add_post("孙立", "山水党支部", "group_leader")
    page = as_user("社区书记").get(reverse("person_pairs")).content.decode()
    assert "在其他社区也有任职，请镇党建办核对" in page
    assert as_user("社区书记").get(reverse("person_pair", args=[one.pk, other.pk])).status_code == 403


@pytest.mark.parametrize("who", ["联系干部", "支部书记", "镇领导"])
def test_others_have_no_pairs(place, add, who):
    add("孙立", phone=PHONE), add("孙立", phone=PHONE)
    assert not asked(place, who)


def test_told_apart_is_remembered_until_something_new_speaks_for_it(place, add):
    one, other = add("孙立", "湖畔", birth_date=BORN), add("孙立", "公园", birth_date=BORN)
    kept = duplicates.tell_apart(other, one, reason="堂兄弟", by=place.user["社区书记"])

    assert (kept.one, kept.other, kept.keys) == (one, other, "name_birthday")
    assert not asked(place)
    Person.objects.filter(pk=one.pk).update(unit="新单位")
    assert not asked(place)
    for person in (one, other):
        person.phone = PHONE
        person.save()
    assert why(place, one, other) == "同名同生日、同名同电话"
    duplicates.tell_apart(one, other, by=place.user["社区书记"])
    assert not asked(place)
    assert NotSame.objects.count() == 1


def test_the_word_can_be_taken_back(place, add, as_user):
    one, other = add("孙立", phone=PHONE), add("孙立", phone=PHONE)
    client = as_user("社区书记")
    done = client.post(reverse("person_pair_apart", args=[one.pk, other.pk]), {"reason": "父子共用电话"}, follow=True)
    assert "是两个人，以后不再提示" in done.content.decode()
    settled = client.get(reverse("person_pairs_settled")).content.decode()
    assert "父子共用电话" in settled
    assert "同名同电话" in settled
    kept = NotSame.objects.get()
    assert as_user("邻社区书记").post(reverse("person_pair_forget", args=[kept.pk])).status_code == 404
    assert "父子共用电话" not in as_user("邻社区书记").get(reverse("person_pairs_settled")).content.decode()

    client.post(reverse("person_pair_forget", args=[kept.pk]))

    assert why(place, one, other)
    assert client.post(reverse("person_pair_forget", args=[kept.pk])).status_code == 404
    verbs = list(Trail.objects.filter(verb__startswith="members.told").order_by("id").values_list("verb", "reason"))
    assert verbs == [("members.told_apart", "父子共用电话"), ("members.told_apart_undone", "")]


def test_a_long_reason_is_refused_in_words(place, add, as_user):
    one, other = add("孙立", phone=PHONE), add("孙立", phone=PHONE)
    answer = as_user("社区书记").post(reverse("person_pair_apart", args=[one.pk, other.pk]), {"reason": "长" * 101})
    assert answer.status_code == 200
    assert "错误：" in answer.content.decode()
    assert not NotSame.objects.exists()


def test_the_deed_itself_guards_the_reach(place, add):
    one, other = add("孙立", phone=PHONE), add("孙立", "山水", phone=PHONE)
    with pytest.raises(PermissionDenied):
        duplicates.tell_apart(one, other, by=place.user["社区书记"])
    duplicates.tell_apart(one, other, by=place.user["镇党建办"])
    assert NotSame.objects.get().community is None


def test_nobody_is_their_own_double(place, as_user):
    pk = place.member["王伟"].person_id
    assert as_user("镇党建办").get(reverse("person_pair", args=[pk, pk])).status_code == 404


def test_the_to_do_counts_what_the_reader_can_settle(place, add):
    rules.todo("duplicates_to_check")
    add("孙立", phone=PHONE), add("孙立", phone=PHONE)
    add("钱进", phone="13700001111"), add("钱进", "山水", phone="13700001111")

    def why_of(who):
        lines = [t for t in todos.todos(place.user[who], place.today) if t.rule == "duplicates_to_check"]
        return [(t.object, t.why) for t in lines]

    assert why_of("社区书记") == [("可能重复的人", "1对，是同一个人的合并，不是的记下来")]
    assert why_of("镇党建办") == [("可能重复的人", "2对，是同一个人的合并，不是的记下来")]
    assert not why_of("邻社区书记")
    assert not why_of("支部书记")


def test_pages_follow_each_other_without_gap_or_repeat(place, add, as_user, monkeypatch):
    monkeypatch.setattr(duplicates_listing, "SIZE", 2)
    for name in ("孙立", "钱进", "何静", "丁一", "上官云"):
        for _ in range(2):
            add(name, phone=f"1391111000{len(name)}")
    client, query, seen = as_user("镇党建办"), "", []
    while query is not None:
        page = client.get(reverse("person_pairs") + query)
        seen += [row["url"] for row in page.context["rows"]]
        query = page.context["next_url"] or None
    assert len(seen) == len(set(seen)) == len(asked(place))
    for broken in ("x", "a~b~c", "~~", "a~1~" + "9" * 30, "%00~1~2"):
        assert client.get(reverse("person_pairs") + f"?after={broken}").status_code == 200


def test_people_without_any_place_are_the_towns(place):
    one, other = known("孙立", place.town["西塘镇"]), known("孙立", place.town["西塘镇"])
    Person.objects.filter(pk__in=[one.pk, other.pk]).update(phone=PHONE)
    refresh([one.pk, other.pk])
    assert why(place, one, other)
    assert not asked(place, "社区书记")
    assert Role.COMMUNITY_SECRETARY in place.user["社区书记"].roles


def test_the_groups_are_found_in_an_index(place, django_assert_num_queries):
    """A town's page never looks at the people of other towns: the grouping and the search go by index."""
    for column, index in (("name", "person_name"), ("phone", "person_same_phone")):
        people = Person.objects.filter(town=place.town["西塘镇"]).order_by().values(column)
        plan = people.explain()
        # 小表上 PostgreSQL 宁可通读，或者从另一个以镇开头的索引走。
        assert index in plan or (
            connection.vendor == "postgresql" and ("Seq Scan" in plan or "Index Cond: (town_id" in plan)
        )
    office = place.user["镇党建办"]
    assert office.reach
    with django_assert_num_queries(2):
        duplicates.pairs(office)
