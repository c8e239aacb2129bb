"""Coverage and branch rows are what the records say that day."""

from datetime import date, timedelta

import pytest

from branches import coverage, figures
from branches.models import Branch, Venue
from members.models import Post
from office.areas.models import Compound, Coverage
from office.areas.scope import Reach


def covers(place):
    reach = Reach(towns=frozenset([place.town["西塘镇"].pk]))
    return {c.name: c for c in figures.coverage(reach, place.today)}


def uncovered(place, name, full, probationary=0):
    compound = Compound.objects.create(community=place.community["北社区"], name=name)
    place.compound[name] = compound
    for number in range(full + probationary):
        stage = "full" if number < full else "probationary"
        place.add_member(f"住户{'甲乙丙丁'[number]}{name}", "湖畔党支部", name, stage=stage)
    return covers(place)[name]


def test_a_branch_of_its_own_covers(place):
    cover = covers(place)["湖畔"]
    assert (cover.cover, cover.branches) == ("own", ((place.body["湖畔党支部"].pk, "湖畔党支部"),))


def test_a_branch_over_two_compounds_is_joint(place):
    extra = Compound.objects.create(community=place.community["北社区"], name="滨河")
    Coverage.objects.create(body=place.body["公园党支部"], compound=extra)
    found = covers(place)
    assert found["滨河"].cover == found["公园"].cover == "joint"


def test_coverage_that_has_ended_covers_no_more(place):
    Coverage.objects.filter(body=place.body["湖畔党支部"]).update(ends_on=place.today - timedelta(days=1))
    assert covers(place)["湖畔"].cover == "none"


@pytest.mark.parametrize(
    ("full", "probationary", "words"),
    [
        (0, 0, "先摸排"),
        (2, 0, "正式党员2名，不足3名，建议与邻近小区成立联合党支部"),
        (2, 1, "正式党员只有2名"),
        (3, 0, "正式党员3名，达到3名，应当成立党支部"),
    ],
)
def test_what_the_plan_allows_an_uncovered_compound(place, full, probationary, words):
    """方案三、1 counts 直管党员; 支部工作条例第四条 counts 正式党员 (R-101, R-102)."""
    assert words in uncovered(place, "新城", full, probationary).route


def test_in_service_members_do_not_count_towards_a_branch(place):
    """R-103: 在职报到 keeps its relation elsewhere."""
    before = covers(place)["湖畔"].direct
    place.add_member("报到甲", "湖畔党支部", "湖畔", relation="in_service")
    assert covers(place)["湖畔"].direct == before


def row(place, name):
    return figures.branch_rows(Branch.objects.filter(pk=place.body[name].pk), place.today)[0]


def test_a_row_tells_leader_term_and_venue(place):
    found = row(place, "湖畔党支部")
    assert (found.secretary, found.direct, found.venue_held, found.venue_missing) == ("田大利", 3, 6, ("书报",))


def test_an_ended_post_leaves_the_seat_empty(place):
    Post.objects.filter(title="secretary", body=place.body["湖畔党支部"]).update(
        ends_on=place.today - timedelta(days=1)
    )
    assert row(place, "湖畔党支部").secretary == ""


def test_a_post_lasts_through_its_last_day(place):
    Post.objects.filter(title="secretary", body=place.body["湖畔党支部"]).update(ends_on=place.today)
    assert row(place, "湖畔党支部").secretary == "田大利"


def test_what_was_not_recorded_is_not_missing(place):
    """R-319."""
    Venue.objects.filter(branch=place.body["湖畔党支部"]).update(books=None)
    assert row(place, "湖畔党支部").venue_missing == ()


def test_only_city_communities_count_towards_the_target(place):
    """decisions 1."""
    reach = Reach(towns=frozenset([place.town["西塘镇"].pk]))
    before = coverage.whole(reach, place.today)
    place.community["南社区"].kind = "village"
    place.community["南社区"].save()
    after = coverage.whole(reach, place.today)
    assert (before.branches - after.branches, before.covered - after.covered) == (1, 1)


def test_the_target_is_the_towns_own_setting(place):
    from office.rulebook.models import TownRule

    reach = Reach(towns=frozenset([place.town["西塘镇"].pk]))
    assert coverage.whole(reach, place.today).target is None
    TownRule.objects.create(
        town=place.town["西塘镇"], key="branch_target", value=7, basis="镇党委会纪要", valid_from=date(2026, 1, 1)
    )
    assert coverage.whole(reach, place.today).target == 7
