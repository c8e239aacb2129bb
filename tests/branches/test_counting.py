"""The arithmetic of an election (R-142, R-143, R-148…R-152): golden cases, boundaries, and what holds for any count."""

from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from branches import counting
from branches.counting import EXPECTED, PRESENT, Line, Sheet
from office.chinese.strokes import by_strokes

ON = date(2026, 11, 23)
most = settings(max_examples=60)


def sheet(votes, *, seats=3, present=20, expected=20, void=0):
    """A sound sheet in which candidate n has votes[n] of all valid ballots, the rest 不赞成."""
    valid = present - void
    lines = tuple(Line(n, f"候选{n}", False, won, valid - won, 0) for n, won in enumerate(votes))
    return Sheet(seats, present, expected, present, present, void, lines)


def test_four_fifths_of_those_who_should_come_are_enough():
    exactly, short = counting.quorum(20, 16, ON), counting.quorum(20, 15, ON)
    assert (exactly.holds, exactly.needed, exactly.formula) == (True, 16, "16×5≥20×4，达到五分之四")
    assert (short.holds, short.formula) == (False, "15×5＜20×4，不足五分之四")
    assert counting.quorum(7, 6, ON).needed == 6  # 5.6 rounds up
    assert not counting.quorum(0, 0, ON).holds
    with pytest.raises(ValueError, match="实到21人，多于应到20人"):
        counting.quorum(20, 21, ON)


def test_candidates_exceed_the_seats_by_a_fifth_rounded_up():
    assert [counting.candidates_needed(seats, ON) for seats in (3, 5, 7)] == [4, 6, 9]
    assert counting.candidates_formula(3, ON) == "3＋3×20%＝3.6，进为4"
    assert counting.candidates_formula(5, ON) == "5＋5×20%＝6"


def test_more_than_half_elects_and_exactly_half_does_not():
    found = counting.outcome(sheet([18, 11, 10, 9]), PRESENT, ON)
    assert (found.elected, found.open_seats, found.needed) == ((0, 1), 1, 11)
    assert found.conclusion == "实到会有选举权的党员20名，超过半数须11票；应选3名，当选2名：候选0、候选1"
    assert found.next == "余下1名没有选出，再选，或者按规定减少名额。"


def test_too_many_pass_and_votes_decide():
    found = counting.outcome(sheet([12, 19, 15, 17]), PRESENT, ON)
    assert (found.elected, found.tied, found.open_seats, found.next) == ((1, 3, 2), (), 0, "")


def test_nobody_of_those_tied_at_the_cut_is_elected():
    found = counting.outcome(sheet([19, 15, 15, 15, 12]), PRESENT, ON)
    assert (found.elected, found.tied, found.open_seats) == ((0,), (1, 2, 3), 2)
    assert found.next == "候选1、候选2、候选3票数相等，余下2名对他们再投一次。"
    # 相等的人都当选得下，就不用再投
    assert counting.outcome(sheet([19, 15, 15, 12]), PRESENT, ON).tied == ()


def test_both_bases_are_told_where_they_differ():
    count = sheet([9, 9, 12], present=16, expected=20)
    present, expected = counting.both(count, ON)
    assert (present.needed, expected.needed) == (9, 11)
    assert (len(present.elected), expected.elected) == (3, (2,))
    assert counting.differ(present, expected)
    assert not counting.differ(*counting.both(sheet([15, 15, 15], present=16), ON))


def test_every_impossible_number_is_told_at_once_with_its_formula():
    lines = (
        Line(1, "田大利", False, 10, 3, 1),
        Line(2, "王伟", False, 20, 0, 0),
        Line(3, "丁小宁", True, 9, 1, 0),
    )
    said = counting.impossibilities(Sheet(1, 18, 17, 19, 20, 21, lines), ON)
    assert "投票时在场18人，多于应到17人。" in said
    assert "发出选票19张，多于在场有选举权的18人。" in said
    assert "收回选票20张＞发出19张，选举无效，应当重新选举。" in said
    assert "废票21张，多于收回的20张。" in said
    sound = replace(Sheet(1, 18, 20, 18, 18, 2, lines))
    assert counting.impossibilities(sound, ON) == [
        "田大利：赞成10＋不赞成3＋弃权1＝14，应等于收回18－废票2＝16。",
        "王伟：赞成20＋不赞成0＋弃权0＝20，应等于收回18－废票2＝16。",
        "丁小宁是另选的人，只记得票，没有不赞成和弃权。",
        "赞成票合计39＞应选1名×有效票16张＝16，每张票最多选1名。",
        "另选他人得票合计9＞不赞成票合计3，投不赞成票的才能另选他人。",
    ]
    assert counting.impossibilities(replace(sound, void=-1), ON) == ["票数不能小于0。"]
    assert not counting.is_void(replace(sound, issued=18, returned=18), ON)
    assert counting.is_void(replace(sound, issued=0, returned=1), ON)


def test_a_committees_candidates_stand_by_strokes():
    names = ["丁小宁", "田大利", "王伟", "何静"]
    ordered = counting.order(enumerate(names))
    assert [names[n] for n in ordered] == by_strokes(names) == ["丁小宁", "王伟", "田大利", "何静"]


@given(st.integers(1, 60), st.integers(0, 60))
@most
def test_the_quorum_is_exact_and_never_lost_by_coming(expected, present):
    present = min(present, expected)
    found = counting.quorum(expected, present, ON)
    assert found.holds == (5 * present >= 4 * expected) == (present >= found.needed)


@given(st.lists(st.integers(0, 20), min_size=1, max_size=9), st.integers(1, 5), st.integers(0, 10))
@most
def test_no_count_elects_too_many_or_too_few(votes, seats, absent):
    count = sheet(votes, seats=seats, expected=20 + absent)
    present, expected = counting.both(count, ON)
    for found in (present, expected):
        assert len(found.elected) + found.open_seats == seats
        assert set(found.elected) <= set(found.passed)
        assert not set(found.elected) & set(found.tied)
        assert len(found.tied) != 1
        lowest = min((votes[n] for n in found.elected), default=21)
        assert all(votes[n] <= lowest for n in range(len(votes)) if n not in found.elected)
        assert bool(found.next) == bool(found.open_seats)
        # 有空额又没有并列，就是没有更多的人过半
        assert found.tied or not found.open_seats or found.passed == found.elected
    assert set(expected.passed) <= set(present.passed)


@given(st.permutations(range(5)))
@most
def test_the_order_of_the_sheet_changes_nothing(order):
    count = sheet([19, 15, 15, 12, 3])
    turned = replace(count, lines=tuple(count.lines[n] for n in order))
    assert counting.outcome(turned, PRESENT, ON) == counting.outcome(count, PRESENT, ON)
    assert counting.outcome(turned, EXPECTED, ON).tied == counting.outcome(count, EXPECTED, ON).tied
