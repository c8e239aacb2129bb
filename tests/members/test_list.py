"""党员名单: scope, stroke order, pages by key, counts with their class, the export equal to the screen."""

import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from members.models import Member, Person
from office.chinese.strokes import stroke_key
from tests.members.conftest import id_number

ROW = re.compile(r'<th scope="row"><a href="/people/(\d+)/">([^<]+)</a>')
OWN_QUERIES = re.compile(r"django_session|accounts_user|accounts_assignment|areas_coverage")


def names(response):
    return [name for _, name in ROW.findall(response.content.decode())]


def list_queries(client, url):
    with CaptureQueriesContext(connection) as queries:
        response = client.get(url)
    assert response.status_code == 200
    return [q["sql"] for q in queries if not OWN_QUERIES.search(q["sql"].split("WHERE")[0])]


@pytest.mark.parametrize(
    ("who", "seen"),
    [
        ("镇党建办", {"田大利", "王伟", "丁小宁", "周瑜", "何静", "罗辉", "高富"}),
        ("社区书记", {"田大利", "王伟", "丁小宁", "周瑜", "何静", "罗辉"}),
        ("联系干部", {"田大利", "王伟", "丁小宁", "周瑜"}),
        ("支部书记", {"田大利", "王伟", "丁小宁", "周瑜"}),
        ("邻支部书记", {"何静", "罗辉"}),
        ("邻社区书记", {"高富"}),
        ("邻镇党建办", {"赵云"}),
    ],
)
def test_everybody_sees_the_members_of_their_own_scope(as_user, who, seen):
    assert set(names(as_user(who).get(reverse("members")))) == seen


@pytest.mark.parametrize("who", ["小区工作人员", "系统管理员", "安全管理员", "审计管理员"])
def test_the_register_is_closed_to_others(as_user, who):
    assert as_user(who).get(reverse("members")).status_code == 403


def test_the_list_stands_in_stroke_order(as_user):
    found = names(as_user("镇党建办").get(reverse("members")))
    assert found == sorted(found, key=stroke_key)
    assert found[0] == "丁小宁"


@pytest.mark.parametrize("who", ["镇党建办", "社区书记", "支部书记"])
def test_no_number_and_no_whole_telephone_in_the_page(place, as_user, who):
    person = place.member["王伟"].person
    person.set_id_number(id_number())
    person.save()
    for url in (reverse("members"), reverse("person", args=[person.pk])):
        page = as_user(who).get(url).content.decode()
        assert "13800138000" not in page
        assert "138****8000" in page
        assert id_number() not in page
        assert person.id_sealed not in page


def test_a_branch_secretary_sees_no_birth_dates(as_user):
    assert "出生" not in as_user("支部书记").get(reverse("members")).content.decode()


def test_two_more_rows_cost_no_more_queries(place, as_user):
    client = as_user("镇党建办")
    client.get(reverse("members"))
    before = list_queries(client, reverse("members"))
    for name in ("马小云", "冯一飞"):
        place.add_member(name, "湖畔党支部", "湖畔", phone="13900139000")
        place.add_post(name, "湖畔业委会", "seat")
    after = list_queries(client, reverse("members"))
    assert len(before) == len(after)
    assert len(after) <= 6, after


def test_pages_by_key_walk_through_everybody_once_in_stroke_order(place, as_user):
    given = "一二三四五六七八九十"
    town, community = place.town["西塘镇"], place.community["北社区"]
    people = Person.objects.bulk_create(
        [Person(town=town, name=f"{surname}{a}{b}") for surname in "王李丁" for a in given[:6] for b in given[:7]]
    )
    Member.objects.bulk_create([Member(person=p, community=community, branch=place.body["湖畔党支部"]) for p in people])
    client, url, found, pages = as_user("社区书记"), reverse("members"), [], 0
    while url:
        page = client.get(url).content.decode()
        rows = ROW.findall(page)
        assert len(rows) <= 50
        found += rows
        pages += 1
        following = re.search(r'href="([^"]+)" rel="next"', page)
        url = reverse("members") + following.group(1).replace("&amp;", "&") if following else ""
    everybody = Member.objects.filter(community=community).order_by("strokes", "pk").values_list("pk", flat=True)
    assert [int(pk) for pk, _ in found] == list(everybody)
    assert pages == 3


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("q=王", ["王伟"]),
        ("q=wangwei", ["王伟"]),
        ("q=ww", ["王伟"]),
        ("q=WW", ["王伟"]),
        ("tab=in_service", ["周瑜"]),
        ("tab=direct&q=丁", ["丁小宁"]),
        ("relation=in_service", ["周瑜"]),
        ("stage=probationary", []),
        ("tab=incomplete", ["周瑜"]),
    ],
)
def test_the_filter_narrows(as_user, query, found):
    assert names(as_user("联系干部").get(f"{reverse('members')}?{query}")) == found


def test_the_last_four_of_a_telephone_find_the_person(place, as_user):
    place.add_member("马小云", "湖畔党支部", "湖畔", phone="13900139876")
    assert names(as_user("联系干部").get(f"{reverse('members')}?q=9876")) == ["马小云"]


def test_the_tab_of_the_incomplete_says_what_is_missing(as_user):
    page = as_user("社区书记").get(f"{reverse('members')}?tab=incomplete").content.decode()
    assert '<td data-l="还缺">电话</td>' in page


def test_counts_name_their_class(place, as_user):
    place.add_member("马小云", "湖畔党支部", "湖畔", stage="probationary")
    page = as_user("联系干部").get(reverse("members")).content.decode()
    assert "直管 4 人（其中预备 1 人），在职报到 1 人" in page


def test_members_who_left_stand_on_a_tab_of_their_own(place, as_user):
    Member.objects.filter(person__name="罗辉").update(status="suspended")
    client = as_user("社区书记")
    assert "罗辉" not in names(client.get(reverse("members")))
    page = client.get(f"{reverse('members')}?tab=gone")
    assert names(page) == ["罗辉"]
    assert "停止党籍" in page.content.decode()


HOSTILE = [
    "community=999999",
    "community=abc",
    "compound=-1",
    "branch=1%20OR%201=1",
    "relation=x",
    "stage=",
    "tab=nothing",
    "q=%00",
    "q=" + "很" * 500,
    "q=%25",
    "after=zzz",
    "after=~",
    "after=abc~99999999999999999999999",
    "after=" + "9" * 5000 + "~1",
    "q=a&q=b",
]


@pytest.mark.parametrize("query", HOSTILE)
def test_hostile_queries_get_a_page_in_chinese(as_user, query):
    response = as_user("社区书记").get(f"{reverse('members')}?{query}")
    assert response.status_code == 200
    assert "党员" in response.content.decode()


def test_a_place_of_another_community_is_no_choice_and_never_widens(place, as_user):
    query = f"compound={place.compound['山水'].pk}"
    page = as_user("社区书记").get(f"{reverse('members')}?{query}")
    assert names(page) == []
    assert "山水" not in page.content.decode()


def test_posts_stand_beside_the_name(as_user):
    page = as_user("联系干部").get(reverse("members")).content.decode()
    assert "书记、湖畔业委会委员" in page
    assert "湖畔业委会主任" in page


def test_an_empty_register_offers_the_import(place, as_user):
    from members.models import PersonPlace, Placement

    place.report["山水党支部"].delete()
    member = place.member["高富"]
    Placement.objects.filter(member=member).delete()
    PersonPlace.objects.filter(person=member.pk).delete()
    Member.objects.filter(pk=member.pk).delete()
    page = as_user("邻社区书记").get(reverse("members")).content.decode()
    assert "还没有党员" in page
    assert reverse("roster_import") in page
