"""A prepared query answers as the queryset does that it was written from, for whatever values it is asked with."""

from datetime import date

import pytest
from django.db import connection
from django.db.models import Q
from django.test.utils import CaptureQueriesContext

from meetings.models import Meeting
from members.models import Member, Person, Post
from office.areas.models import Body, Community, Compound
from office.areas.prepared import prepared, read_once
from office.areas.scope import NOTHING


def compounds(reach, where):
    return Compound.objects.within(reach).filter(**where).order_by("pk").values_list("pk", "name")


def members(reach, condition, people, community):
    rows = Member.objects.within(reach).filter(condition, community=community, person__in=people)
    return rows.order_by("pk").values("pk", "person__name", "joined_on")


def posts(day, body):
    return Post.objects.on(day).filter(body=body).select_related("person", "body").order_by("pk")


@pytest.mark.parametrize("role", ["社区书记", "联系干部", "支部书记", "小区工作人员", "镇党建办"])
def test_every_reach_sees_what_it_sees_without(place, role):
    ask, reach = prepared(compounds), place.user[role].reach
    for where in ({}, {"name__contains": "湖"}, {"name__contains": "%"}, {"households": None}, {"pk__in": ()}):
        assert ask(reach, where) == list(compounds(reach, where))
    assert prepared(lambda reach: Meeting.objects.within(reach))(reach) == list(Meeting.objects.within(reach))


def test_a_reach_of_several_places_and_of_none(place):
    both = place.user["镇党建办"].reach | place.user["支部书记"].reach | place.user["小区工作人员"].reach
    ask = prepared(lambda reach: Person.objects.within(reach).order_by("pk"))
    assert ask(both) == list(Person.objects.within(both).order_by("pk"))
    assert ask(NOTHING) == []


def test_values_are_filled_in_and_shapes_asked_anew(place):
    ask, reach = prepared(members), place.user["社区书记"].reach
    people, home = list(Member.objects.values_list("pk", flat=True)), place.community["北社区"].pk
    for condition in (Q(), Q(relation="direct")):
        for some in (people, people[:2], people[:1], set(people), []):
            assert ask(reach, condition, some, home) == list(members(reach, condition, some, home))
    assert ask(reach, Q(), people, home) != ask(reach, Q(relation="direct"), people, home)


def test_objects_come_with_what_is_selected_beside_them(place, django_assert_num_queries):
    ask, body = prepared(posts), place.body["湖畔党支部"].pk
    with django_assert_num_queries(1):
        found = [(post.person.name, post.body.short_name, post.starts_on) for post in ask(place.today, body)]
    assert found == [(p.person.name, p.body.short_name, p.starts_on) for p in posts(place.today, body)] != []
    assert ask(date(1990, 1, 1), body) == list(posts(date(1990, 1, 1), body))


def test_rows_are_read_at_every_call(place):
    ask = prepared(lambda town: Community.objects.filter(town=town).values_list("name", flat=True))
    town = place.town["西塘镇"]
    before = ask(town.pk)
    Community.objects.create(town=town, name="新社区")
    assert set(ask(town.pk)) == {*before, "新社区"}


def test_inside_read_once_the_same_question_is_asked_once(place, django_assert_num_queries):
    ask = prepared(lambda day, bodies: Post.objects.on(day).filter(body__in=bodies).values_list("pk", flat=True))
    bodies = [body.pk for body in place.body.values()]
    with read_once(), django_assert_num_queries(2):
        first = ask(place.today, bodies)
        assert first
        first.clear()  # a list of one's own
        assert ask(place.today, bodies) == ask(place.today, bodies[:]) != []
        assert ask(date(1990, 1, 1), bodies) != ask(place.today, bodies)
    with django_assert_num_queries(2):
        ask(place.today, bodies), ask(place.today, bodies)


def test_hostile_words_are_values(place):
    ask = prepared(lambda text: Body.objects.filter(name=text).values_list("pk"))
    with CaptureQueriesContext(connection) as asked:
        assert ask("'; DROP TABLE areas_body; --") == ask("%s") == ask("<values 0>") == []
    assert len(asked) == 3


def test_a_question_that_looks_at_its_values_is_refused(place):
    with pytest.raises(TypeError, match="cannot depend"):
        prepared(lambda text: Body.objects.filter(name=text) if text else Body.objects.none())("x")


def test_other_arguments_are_refused(place):
    with pytest.raises(TypeError, match="cannot be asked with User"):
        prepared(lambda user: Body.objects.filter(town=user.town))(place.user["社区书记"])
