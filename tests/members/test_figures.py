"""Numbers of membership on a day, with their class; cards, search and to-dos."""

import re
from datetime import date, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from members import cards, changes, figures, finds, todos
from members.models import Member, Placement
from tests.members.test_list import names


def test_each_class_is_counted_by_itself(place):
    place.add_member("马小云", "湖畔党支部", "湖畔", stage="probationary", sex="F", birth_date=date(1999, 1, 1))
    found = figures.of_branch(place.body["湖畔党支部"].pk, place.today)
    assert (found.direct, found.full, found.probationary, found.in_service) == (4, 3, 1, 1)
    assert (found.men, found.women, found.sex_unknown) == (3, 1, 0)
    assert found.direct == found.full + found.probationary
    assert found.people == 5
    assert dict(found.by_age) == {"35岁及以下": 1, "36至45岁": 0, "46至60岁": 0, "61岁及以上": 3}
    assert sum(count for _, count in found.by_standing) == found.full
    assert dict(found.by_standing)["20至29年"] == 3
    assert found.by_background == (("未记录", 4),)


def test_the_bands_turn_on_the_birthday():
    assert figures.full_years(date(1990, 11, 23), date(2025, 11, 22)) == 34
    assert figures.full_years(date(1990, 11, 23), date(2025, 11, 23)) == 35
    assert figures.full_years(date(2000, 2, 29), date(2026, 2, 28)) == 25


def test_the_day_decides_who_is_counted(place):
    branch, member = place.body["湖畔党支部"].pk, place.member["王伟"]
    Placement.objects.filter(member=member).update(ends_on=place.today - timedelta(days=10))
    assert figures.of_branch(branch, place.today).direct == 2
    assert figures.of_branch(branch, place.today - timedelta(days=10)).direct == 3
    assert figures.of_branch(branch, date(2019, 12, 31)).direct == 0


def test_who_became_full_later_was_probationary_then(place):
    Placement.objects.update(starts_on=None)
    found = figures.of_branch(place.body["湖畔党支部"].pk, date(2002, 1, 1))
    assert (found.full, found.probationary) == (0, 3)
    assert figures.of_branch(place.body["湖畔党支部"].pk, date(2001, 6, 30)).direct == 0


def test_the_suspended_are_not_counted(place):
    """Since when somebody is suspended may not be on record: then he always was, until the day he was restored."""
    branch, wang, yesterday = place.body["湖畔党支部"].pk, place.member["王伟"], place.today - timedelta(days=1)
    Member.objects.filter(pk=wang.pk).update(status="suspended")
    assert [figures.of_branch(branch, day).direct for day in (yesterday, place.today)] == [2, 2]
    decided = {"decided_by": "社区党委", "paper": "〔2026〕1号", "by": place.user["社区书记"]}
    changes.restore_membership(wang, on=place.today, version=wang.version, **decided)
    assert [figures.of_branch(branch, day).direct for day in (yesterday, place.today)] == [2, 3]


def test_the_figures_of_a_past_day_stay_after_later_changes(place):
    """Year-end figures asked for again in spring: who left, died or was suspended since still counts there."""
    ids = {name: place.body[f"{name}党支部"].pk for name in ("湖畔", "公园")}
    day = [place.today - timedelta(days=days) for days in range(40)]

    def direct(on):
        found = figures.by_branch(ids.values(), on)
        return found[ids["湖畔"]].direct, found[ids["公园"]].direct

    def do(deed, name, **facts):
        member = place.member[name]
        member.refresh_from_db()
        deed(member, version=member.version, by=place.user["社区书记"], **facts)

    assert direct(day[30]) == (3, 2)
    decided = {"decided_by": "社区党委", "paper": "〔2026〕1号"}
    do(changes.suspend_membership, "王伟", on=day[28], **decided)
    do(changes.restore_membership, "王伟", on=day[26], **decided)
    do(changes.move, "田大利", on=day[24], branch=place.body["公园党支部"], relation="direct")
    do(changes.record_death, "丁小宁", on=day[22])
    do(changes.suspend_membership, "王伟", on=day[20], **decided)
    told = {30: (3, 2), 28: (2, 2), 27: (2, 2), 26: (3, 2), 24: (2, 3), 23: (2, 3), 22: (1, 3), 20: (0, 3), 0: (0, 3)}
    assert {days: direct(day[days]) for days in told} == told


def test_community_and_town_add_up(place):
    ids = [place.community[name].pk for name in ("北社区", "南社区")]
    north, south = figures.by_community(ids, place.today).values()
    town = figures.of_town(place.town["西塘镇"].pk, place.today)
    assert (north.direct, south.direct, town.direct) == (5, 1, 6)
    assert town.in_service == north.in_service + south.in_service


def test_many_branches_cost_one_query(place):
    ids = [place.body[f"{name}党支部"].pk for name in ("湖畔", "公园", "山水")]
    with CaptureQueriesContext(connection) as queries:
        found = figures.by_branch(ids, place.today)
    assert len(queries) == 1
    assert [found[pk].direct for pk in ids] == [3, 2, 1]


@pytest.mark.parametrize("of", ["compound", "branch"])
def test_every_number_of_a_card_opens_the_rows_that_make_it(place, as_user, of):
    place.add_member("马小云", "湖畔党支部", "湖畔", stage="probationary")
    user = place.user["社区书记"]
    if of == "compound":
        card = cards.of_compound(place.compound["湖畔"], place.today, user)
    else:
        card = cards.of_branch(place.body["湖畔党支部"].pk, place.today, user)
    client = as_user("社区书记")
    assert [item["value"] for item in card["items"]] == [4, 3, 1, 1]
    for item in card["items"]:
        assert len(names(client.get(item["url"]))) == item["value"]


def test_the_card_of_a_compound_worker_opens_nothing(place):
    card = cards.of_compound(place.compound["湖畔"], place.today, place.user["小区工作人员"])
    assert {item["url"] for item in card["items"]} == {""}


def test_the_search_tells_namesakes_apart_and_stays_in_scope(place):
    place.add_member("王伟", "公园党支部", "公园", phone="13900139000")
    rows = finds.find(place.user["社区书记"], "王伟")
    assert [(row["name"], row["about"]) for row in rows] == [
        ("王伟", "直管 · 湖畔党支部 · 湖畔"),
        ("王伟", "直管 · 公园党支部 · 公园"),
    ]
    assert [row["about"] for row in finds.find(place.user["支部书记"], "ww")] == ["直管 · 湖畔党支部 · 湖畔"]
    assert finds.find(place.user["社区书记"], "高富") == []
    assert finds.find(place.user["小区工作人员"], "王伟") == []
    assert finds.find(place.user["社区书记"], "  ") == []


def test_the_search_says_of_others_only_their_post(place):
    place.add_post("高富", "湖畔业委会", "alternate")
    (row,) = finds.find(place.user["社区书记"], "高富")
    assert row["about"] == "湖畔业委会候补委员"
    assert row["url"] == reverse("person", args=[place.member["高富"].pk])
    (guest,) = finds.find(place.user["社区书记"], "吴芳")
    assert guest["about"] == "湖畔业委会委员"


def test_at_most_fifteen_are_found(place):
    for n in range(20):
        place.add_member(f"赵{chr(0x4E00 + n)}", "湖畔党支部", "湖畔")
    assert len(finds.find(place.user["社区书记"], "赵")) == 15


def probationary(place, joined_on, precision="d"):
    member = place.add_member("马小云", "湖畔党支部", "湖畔", stage="probationary")
    Member.objects.filter(pk=member.pk).update(joined_on=joined_on, joined_precision=precision)
    return member


@pytest.mark.parametrize("who", ["社区书记", "社区工作者", "联系干部", "支部书记"])
def test_the_end_of_a_probation_is_a_to_do(place, who):
    probationary(place, date(2025, 7, 1))
    (todo,) = todos.todos(place.user[who], date(2026, 6, 15))
    assert (todo.verb, todo.object, todo.due_on) == ("讨论转正", "马小云", date(2026, 7, 1))
    assert "湖畔党支部" in todo.why
    assert list(todos.todos(place.user[who], date(2026, 5, 1))) == []


@pytest.mark.parametrize("who", ["镇党建办", "邻支部书记", "邻社区书记", "小区工作人员"])
def test_others_have_no_such_to_do(place, who):
    probationary(place, date(2025, 7, 1))
    assert list(todos.todos(place.user[who], date(2026, 6, 15))) == []


def test_a_year_alone_sets_no_clock(place):
    probationary(place, date(2025, 1, 1), "y")
    assert list(todos.todos(place.user["社区书记"], date(2026, 6, 15))) == []


def test_the_to_do_stands_on_the_rulebook(place):
    from office.rulebook import rules

    probationary(place, date(2025, 7, 1))
    (todo,) = todos.todos(place.user["社区书记"], date(2026, 7, 15))
    assert re.search("党章", rules.todo(todo.rule).cite)
