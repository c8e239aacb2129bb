"""联合方案: connected neighbours of one community, three options at most, and why not the others (R-104…R-106)."""

import random
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from branches import joining
from branches.formation import Counts
from branches.joining import Bloc, Edge, Site, distance, edges, suggest
from branches.models import BranchCase, CaseCompound
from office.areas.models import Compound
from tests.branches.test_formation import BOOK


def free(key, full, *, probationary=0, community=1, **more):
    return Bloc(key, ((key, f"小区{key}"),), None, Counts(full + probationary, full, probationary), community, **more)


def branch(key, full, compounds=None, community=1, **more):
    covered = tuple((pk, f"小区{pk}") for pk in compounds or [key])
    return Bloc(-key, covered, (key, f"支部{key}"), Counts(full, full, 0), community, **more)


def beside(*pairs):
    return [Edge(min(a, b), max(a, b), boundary=True, metres=None) for a, b in pairs]


def words(found):
    return [option.sum_words for option in found.options]


def test_the_three_options_of_the_journey():
    """滨河一号 2, 金桂苑 17, 文昌苑 3 (J3)."""
    blocs = [free(1, 2), branch(2, 17), branch(3, 3)]
    found = suggest(1, blocs, beside((1, -2), (1, -3), (-2, -3)), BOOK)
    assert words(found) == ["2＋17＝19", "2＋3＝5", "2＋3＋17＝22"]
    first, second, third = found.options
    assert first.replaces == ((2, "支部2"),)
    assert first.compound_ids == (1, 2)
    assert first.names == "小区1、小区2"
    assert first.why == ("小区1与小区2接壤", "成立后替换支部2，党员一并划入")
    assert first.check.committee
    assert not second.check.committee
    assert third.check.conclusion == "合计正式党员22名、直管党员22名，可以成立联合党支部。"
    assert found.rejected == ()


def test_what_comes_first():
    # 不用写理由的在前；没有支部要替换的在前；接壤的在前
    blocs = [free(1, 1), branch(2, 50), free(3, 2), branch(4, 9), branch(5, 9)]
    near = Edge(-5, 1, boundary=False, metres=90)
    found = suggest(1, blocs, [*beside((1, -2), (1, 3), (1, -4)), near], BOOK)
    assert words(found) == ["1＋2＝3", "1＋9＝10", "1＋9＝10"]
    assert found.options[1].boundary
    assert found.options[2].metres == 90
    assert "小区1与小区5相距90米" in found.options[2].why
    assert {one.names: one.why for one in found.rejected} == {("小区2",): "合计51名，超过50名"}


def test_a_boundary_counts_more_than_a_larger_branch_that_is_only_near():
    blocs = [free(1, 1), branch(2, 9), branch(3, 3)]
    near = Edge(-2, 1, boundary=False, metres=30)
    found = suggest(1, blocs, [near, *beside((1, -3))], BOOK)
    assert words(found)[:2] == ["1＋3＝4", "1＋9＝10"]


def test_no_branch_is_dissolved_without_need_while_another_partner_is_there():
    blocs = [free(1, 2), branch(2, 9), branch(3, 9), branch(4, 3)]
    near = Edge(-4, 1, boundary=False, metres=700)
    found = suggest(1, blocs, [*beside((1, -2), (1, -3), (-2, -3)), near], BOOK)
    assert words(found) == ["2＋9＝11", "2＋9＝11", "2＋3＝5"]


def test_a_group_covers_five_compounds_at_most():
    def chain(links):
        blocs = [free(1, 1), *(free(key, 0) for key in range(2, links)), free(links, 2)]
        return suggest(1, blocs, beside(*((key, key + 1) for key in range(1, links))), BOOK)

    assert words(chain(5)) == ["1＋0＋0＋0＋2＝3"]
    assert chain(6).options == ()


def test_a_small_neighbour_is_not_left_alone_when_it_can_come_along():
    blocs = [free(1, 2), branch(2, 8), free(3, 1)]
    found = suggest(1, blocs, beside((1, -2), (-2, 3)), BOOK)
    assert words(found)[0] == "2＋8＋1＝11"
    assert found.options[1].left_over == ("小区3",)
    assert "小区3没有别的邻近小区可以联合" in found.options[1].why


def test_each_refusal_says_why():
    blocs = [
        free(1, 1),
        free(2, 1),
        free(3, 4, community=2, community_name="城南社区"),
        free(4, 5, busy=True),
        branch(5, 6, compounds=[5, 15, 25, 35, 45]),
        branch(6, 9, away=1200),
        free(7, 9),
    ]
    found = suggest(1, blocs, beside((1, 2), (1, 3), (1, 4), (1, -5)), BOOK)
    assert found.options == ()
    assert {one.names[0]: one.why for one in found.rejected} == {
        "小区2": "合计正式党员只有2名",
        "小区3": "属城南社区，联合党支部不跨社区",
        "小区4": "已有别的办理中的事项",
        "小区5、小区15、小区25、小区35、小区45": "会覆盖6个小区，一般不超过5个",
        "小区6": "不相邻（相距1200米）",
        "小区7": "没有登记为邻近小区",
    }


def test_distance_is_in_metres_of_the_ground():
    here, north = Site(1, "甲", 1, latitude_e6=30_000_000, longitude_e6=114_000_000), None
    north = Site(2, "乙", 1, latitude_e6=30_010_000, longitude_e6=114_000_000)
    east = Site(3, "丙", 1, latitude_e6=30_000_000, longitude_e6=114_010_000)
    assert distance(here, north) == 1112  # 0.01 度纬度
    assert distance(here, east) == pytest.approx(963, abs=1)  # 北纬30度，东西向要短
    assert distance(here, here) == 0
    assert distance(east, here) == distance(here, east)


def test_coordinates_make_neighbours_up_to_the_distance():
    sites = [
        Site(1, "甲", 1, latitude_e6=30_000_000, longitude_e6=114_000_000, neighbours=frozenset([3])),
        Site(2, "乙", 1, latitude_e6=30_007_194, longitude_e6=114_000_000),  # 800 米
        Site(3, "丙", 1),
        Site(4, "丁", 1, latitude_e6=30_007_210, longitude_e6=114_000_000),  # 802 米
    ]
    found = edges(sites, [free(pk, 1) for pk in (1, 2, 3, 4)], BOOK.near)
    assert [(edge.a, edge.b, edge.words) for edge in found] == [
        (1, 2, "相距800米"),
        (1, 3, "接壤"),
        (2, 4, "相距2米"),
    ]


@st.composite
def neighbourhoods(draw):
    """Blocs of two communities, some with a branch, some busy, and which of them lie together."""
    blocs = []
    for key in range(1, draw(st.integers(3, 9)) + 1):
        full, community = draw(st.integers(0, 30)), draw(st.sampled_from([1, 1, 1, 2]))
        busy = key > 1 and draw(st.integers(0, 5)) == 0
        made = branch if draw(st.booleans()) and key > 1 else free
        blocs.append(made(key, full, community=1 if key == 1 else community, busy=busy))
    names = [bloc.key for bloc in blocs]
    pairs = draw(st.sets(st.tuples(st.sampled_from(names), st.sampled_from(names)), max_size=20))
    found = {(min(pair), max(pair)) for pair in pairs if pair[0] != pair[1]}
    metres = {pair: draw(st.one_of(st.none(), st.integers(1, 800))) for pair in sorted(found)}
    return blocs, [Edge(*pair, boundary=m is None, metres=m) for pair, m in metres.items()]


def connected(option, links):
    keys = {bloc.key for bloc in option.blocs}
    reached = {option.blocs[0].key}
    while grown := {b for a, b in links if a in reached and b in keys} - reached:
        reached |= grown
    return reached == keys


@given(neighbourhoods(), st.randoms(use_true_random=False))
@settings(max_examples=60)
def test_every_option_is_lawful_and_the_order_of_the_records_makes_no_difference(around, chance):
    blocs, joined = around
    found = suggest(1, blocs, joined, BOOK)
    links = {pair for edge in joined for pair in ((edge.a, edge.b), (edge.b, edge.a))}
    assert len(found.options) <= 3
    assert len(found.rejected) <= 8
    assert len({option.compound_ids for option in found.options}) == len(found.options)
    for option in found.options:
        assert option.blocs[0].key == 1
        assert len(option.blocs) > 1
        assert option.counts.full == sum(bloc.counts.full for bloc in option.blocs) >= 3
        assert {bloc.community for bloc in option.blocs} == {1}
        assert not any(bloc.busy for bloc in option.blocs)
        assert len(option.compound_ids) <= 5
        assert connected(option, links)
        assert option.check.needs_reason == (option.counts.direct > 50)
    lawful = [b for b in blocs if b.key != 1 and b.community == 1 and not b.busy and (1, b.key) in links]
    if any(blocs[0].counts.full + bloc.counts.full >= 3 for bloc in lawful):
        assert found.options
    elif len(blocs) > 1 and not found.options:
        assert found.rejected
    shuffled, mixed = list(blocs), list(joined)
    chance.shuffle(shuffled)
    chance.shuffle(mixed)
    assert suggest(1, shuffled, mixed, BOOK) == found


@pytest.mark.parametrize("typed", [True, False], ids=["接壤", "坐标"])
def test_sixty_compounds_all_near_cost_little(typed):
    chance, everybody = random.Random(5), frozenset(range(1, 61))
    sites = [
        Site(
            pk,
            f"小区{pk}",
            1,
            latitude_e6=30_000_000 + chance.randrange(5000),
            longitude_e6=114_000_000 + chance.randrange(5000),
            neighbours=everybody - {pk} if typed else frozenset(),
        )
        for pk in everybody
    ]
    blocs = [branch(pk, chance.randrange(60)) if pk % 3 == 0 else free(pk, chance.randrange(3)) for pk in everybody]
    start = time.process_time()
    found = suggest(1, blocs, edges(sites, blocs, BOOK.near), BOOK)
    assert time.process_time() - start < 0.3  # 单独量时不到 0.1 秒：bench/formation.py
    assert len(found.options) == 3


def test_from_the_records_of_a_community(place, django_assert_max_num_queries):
    """湖畔 has 3 full members and a branch; 新村 none yet; 山水 lies in the other community."""
    north, south = place.community["北社区"], place.compound["山水"]
    new = Compound.objects.create(community=north, name="新村")
    new.neighbours.set([place.compound["湖畔"], south])
    with django_assert_max_num_queries(8):
        found = joining.of_compound(new, place.today)
    assert [(option.names, option.sum_words) for option in found.options] == [("新村、湖畔", "0＋3＝3")]
    assert found.options[0].replaces == ((place.body["湖畔党支部"].pk, "湖畔党支部"),)
    assert {one.names: one.why for one in found.rejected} == {
        ("山水",): "属南社区，联合党支部不跨社区",
        ("公园",): "没有登记为邻近小区",
    }
    case = BranchCase.objects.create(community=north, kind="joint", opened_by=place.user["社区书记"])
    CaseCompound.objects.create(case=case, compound=place.compound["湖畔"])
    found = joining.of_compound(new, place.today)
    assert found.options == ()
    assert found.rejected[0].why == "已有别的办理中的事项"
