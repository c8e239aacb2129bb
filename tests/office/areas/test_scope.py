"""Scope columns: copied when rows are made, refused afterwards, and asked by every list."""

import pytest

from members.models import Member, Post
from office.areas.models import Body, Compound, Coverage
from office.areas.scope import NOTHING, Reach


def test_a_row_takes_its_home_from_its_source(place):
    coverage = Coverage.objects.get(body=place.body["湖畔党支部"])
    assert (coverage.town, coverage.community) == (place.town["西塘镇"], place.community["北社区"])


def test_bulk_create_copies_the_home_too(place):
    person = place.member["王伟"].person
    body = place.body["湖畔党支部"]
    (post,) = Post.objects.bulk_create([Post(person=person, body=body, title=Post.Title.DISCIPLINE)])
    assert (post.town_id, post.community_id, post.branch_id) == (body.town_id, body.community_id, body.pk)


@pytest.mark.parametrize("column", ["community", "community_id", "branch", "home_compound"])
def test_update_refuses_to_move_rows(place, column):
    with pytest.raises(ValueError, match="rescope"):
        Member.objects.update(**{column: 1})


def test_rescope_is_the_one_door(place):
    place.member["王伟"].refresh_from_db()
    Member.objects.filter(pk=place.member["王伟"].pk).rescope(branch=place.body["公园党支部"])
    assert Member.objects.get(pk=place.member["王伟"].pk).branch == place.body["公园党支部"]


def test_an_empty_reach_sees_nothing(place):
    assert not Compound.objects.within(NOTHING)
    assert not Member.objects.within(NOTHING)


def test_reaches_add_up(place):
    both = Reach(branches=frozenset([place.body["湖畔党支部"].pk])) | Reach(
        communities=frozenset([place.community["南社区"].pk])
    )
    seen = {str(b) for b in Body.objects.within(both).filter(kind="branch")}
    assert seen == {"湖畔党支部", "山水党支部"}


def test_scope_is_read_without_joins(place):
    """The condition stands on the row's own column, so that the list's index answers it (performance §4)."""
    sql = str(Member.objects.within(Reach(communities=frozenset([1]))).query)
    assert "JOIN" not in sql
