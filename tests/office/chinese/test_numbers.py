from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from office.chinese.numbers import chinese_number, heading, parse_yuan, share, wan_yuan, yuan


@pytest.mark.parametrize(
    ("n", "written"),
    [
        (0, "零"),
        (1, "一"),
        (10, "十"),
        (11, "十一"),
        (20, "二十"),
        (21, "二十一"),
        (100, "一百"),
        (105, "一百零五"),
        (110, "一百一十"),
        (115, "一百一十五"),
        (1000, "一千"),
        (1001, "一千零一"),
        (1050, "一千零五十"),
        (2026, "二千零二十六"),
        (9999, "九千九百九十九"),
    ],
)
def test_numbers_in_words(n, written):
    assert chinese_number(n) == written


def test_headings_follow_the_official_levels():
    assert [heading(level, 2) for level in range(1, 6)] == ["二、", "（二）", "2.", "（2）", "②"]
    assert [heading(5, n) for n in (1, 20, 21, 35, 36, 50)] == ["①", "⑳", "㉑", "㉟", "㊱", "㊿"]


@pytest.mark.parametrize(("level", "n"), [(0, 1), (6, 1), (5, 0), (5, 51), (1, 10000), (1, -1)])
def test_headings_that_do_not_exist_are_refused(level, n):
    with pytest.raises(ValueError, match="[没只]"):
        heading(level, n)


@pytest.mark.parametrize(
    ("part", "whole", "written"),
    [
        (4, 7, "4/7人，57%"),
        (1, 2, "1/2人，50%"),
        (62, 125, "62/125人，49.6%"),
        (63, 125, "63/125人，50.4%"),
        (1500, 3001, "1500/3001人，49.98%"),
        (299, 300, "299/300人，99.7%"),
        (1, 300, "1/300人，0.3%"),
        (7, 7, "7/7人，100%"),
        (0, 7, "0/7人，0%"),
        (0, 0, "—"),
    ],
)
def test_a_share_always_shows_its_numbers(part, whole, written):
    assert share(part, whole) == written


def test_a_share_may_count_something_else():
    assert share(3, 4, "个小区") == "3/4个小区，75%"


@given(st.integers(0, 10**12), st.integers(1, 10**12))
def test_rounding_never_crosses_half_none_or_all(part, whole):
    printed = Fraction(share(part, whole).rpartition("，")[2].removesuffix("%"))
    exact = Fraction(100 * part, whole)
    for limit in (0, 50, 100):
        assert (printed > limit) == (exact > limit)
        assert (printed < limit) == (exact < limit)
    assert abs(printed - exact) <= Fraction(1, 2)


def test_money_is_printed_in_yuan_and_wan_rounded_half_up():
    assert yuan(12345600) == "123,456.00"
    assert yuan(5) == "0.05"
    assert yuan(-12345) == "-123.45"
    assert wan_yuan(12350000) == "12.35"
    assert wan_yuan(12345000) == "12.35"
    assert wan_yuan(12344999) == "12.34"
    assert wan_yuan(-12345000) == "-12.35"
    assert wan_yuan(-1) == "0.00"


@pytest.mark.parametrize(
    ("typed", "fen"),
    [
        ("1234.5", 123450),
        ("1,234.50", 123450),
        ("１，２３４．５０", 123450),
        ("¥1234.5元", 123450),
        ("￥ 1 234.5", 123450),
        ("12.35万元", 12350000),
        ("12.345678万", 12345678),
        ("3.500", 350),
        ("3.", 300),
        ("0", 0),
    ],
)
def test_money_is_understood_as_it_is_typed(typed, fen):
    assert parse_yuan(typed) == fen


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("", "请填写金额"),
        ("-5", "负数"),
        ("1.234", "写到分"),
        ("1,23", "只写数字"),
        ("约3000", "只写数字"),
        ("1e9", "只写数字"),
        (".5", "只写数字"),
        ("9" * 15, "太大"),
        ("9" * 5000, "只写数字"),
        ("१२", "只写数字"),
    ],
)
def test_money_that_cannot_be_understood_is_refused_with_the_reason(typed, said):
    with pytest.raises(ValueError, match=said):
        parse_yuan(typed)


@given(st.integers(0, 10**14))
def test_printed_money_can_be_typed_back(fen):
    assert parse_yuan(yuan(fen)) == fen
