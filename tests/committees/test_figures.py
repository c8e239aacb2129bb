"""Party shares of owners' committees are queries over posts; 50% counts as half."""

from datetime import timedelta

import pytest

from committees import figures
from committees.models import OwnersCommittee
from members.models import Person, Post
from office.areas.scope import Reach


def row(place):
    return figures.committee_rows(OwnersCommittee.objects.filter(compound=place.compound["湖畔"]), place.today)[0]


def seat(place, name, political_status, title=Post.Title.SEAT):
    person = Person.objects.create(town=place.town["西塘镇"], name=name, political_status=political_status)
    return Post.objects.create(person=person, body=place.body["湖畔业委会"], title=title, starts_on=place.today)


def test_the_share_is_counted_from_seats(place):
    assert (row(place).seats, row(place).party, row(place).share) == (3, 2, "2/3人，67%")


@pytest.mark.parametrize(("more", "over", "short"), [(0, True, 0), (1, True, 0), (2, False, 1), (4, False, 2)])
def test_half_is_reached_at_exactly_half(place, more, over, short):
    """方案三、3: 50%以上 includes the half (R-001)."""
    for number in range(more):
        seat(place, f"群众{'甲乙丙丁'[number]}", "masses")
    assert (row(place).over_half, row(place).short) == (over, short)


def test_half_reached_agrees_with_the_rows(place):
    reach = Reach(towns=frozenset([place.town["西塘镇"].pk]))
    assert figures.half_reached(reach, place.today) == (1, 1)
    for name in ("群众甲", "群众乙"):
        seat(place, name, "masses")
    assert figures.half_reached(reach, place.today) == (1, 0)


def test_alternates_hold_no_seat(place):
    seat(place, "候补甲", "masses", Post.Title.ALTERNATE)
    assert row(place).seats == 3


def test_a_seat_ended_yesterday_is_a_vacancy(place):
    Post.objects.filter(person__name="吴芳").update(ends_on=place.today - timedelta(days=1))
    assert (row(place).seats, row(place).vacancies) == (2, 1)


def test_cross_posts_are_those_who_also_serve_the_branch(place):
    """田大利 is 支部书记 and holds a seat; 王伟 chairs but holds no Party post."""
    assert row(place).cross == 1


def test_a_term_that_ran_out_is_said(place):
    OwnersCommittee.objects.update(term_ends_on=place.today - timedelta(days=1))
    assert row(place).state == "任期已届满"


def test_the_todo_to_recommend_members_waits_for_a_vacancy_or_the_term(place):
    """decisions 14: below half is a line on the compass; a to-do only at a vacancy or within a year of 换届."""
    from committees.todos import todos

    user = place.user["社区书记"]
    for name in ("群众甲", "群众乙"):
        seat(place, name, "masses")
    OwnersCommittee.objects.update(term_ends_on=place.today + timedelta(days=800), seat_count=5)
    assert "party_share_below" not in {t.rule for t in todos(user, place.today)}
    OwnersCommittee.objects.update(seat_count=6)
    assert "party_share_below" in {t.rule for t in todos(user, place.today)}
