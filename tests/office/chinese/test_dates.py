from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from office.chinese.dates import cn_date, cn_month_day, dotted, parse_date, weekday

TODAY = date(2026, 12, 7)
DAYS = st.dates(date(1900, 1, 1), date(2100, 12, 31))


@pytest.mark.parametrize(
    "typed",
    [
        "2026年11月20日",
        "2026年11月20号",
        "2026.11.20",
        "2026-11-20",
        "2026/11/20",
        "20261120",
        "11.20",
        "11月20日",
        "11-20",
        "２０２６年１１月２０日",
        "2026 年 11 月 20 日",
        "2026年11月20日（星期五）",
        "11月20日 周五",
        "2026-11-20 00:00:00",
    ],
)
def test_a_day_is_understood_in_every_spelling(typed):
    assert parse_date(typed, today=TODAY) == (date(2026, 11, 20), "d")


@pytest.mark.parametrize(
    ("typed", "day"), [("前天", 5), ("昨天", 6), ("今天", 7), (" 今天 ", 7), ("明天", 8), ("后天", 9)]
)
def test_days_around_today_are_understood(typed, day):
    assert parse_date(typed, today=TODAY) == (date(2026, 12, day), "d")


@pytest.mark.parametrize(
    ("typed", "day"),
    [
        ("1.5", date(2027, 1, 5)),
        ("2月5日", date(2027, 2, 5)),
        ("2月6日", date(2026, 2, 6)),
        ("12月8日", date(2026, 12, 8)),
        ("2月29日", date(2024, 2, 29)),
    ],
)
def test_a_date_without_a_year_is_the_latest_at_most_60_days_ahead(typed, day):
    assert parse_date(typed, today=TODAY) == (day, "d")


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        ("1985年7月", (date(1985, 7, 1), "m")),
        ("1985.07", (date(1985, 7, 1), "m")),
        ("1985-7", (date(1985, 7, 1), "m")),
        ("198507", (date(1985, 7, 1), "m")),
        ("1985年", (date(1985, 1, 1), "y")),
    ],
)
def test_a_month_or_a_year_is_taken_as_no_more_than_that(typed, expected):
    assert parse_date(typed, today=TODAY) == expected


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("", "请填写日期"),
        ("2019.13.1", "没有13月"),
        ("13月1日", "没有13月"),
        ("2019年0月1日", "没有0月"),
        ("198513", "没有13月"),
        ("2026.2.30", "2026年2月没有30日"),
        ("2月30日", "2月没有30日"),
        ("1899年1月1日", "1900 到 2100"),
        ("21010101", "1900 到 2100"),
        ("上周", "写清是哪一天，例如 12月6日"),
        ("周五", "写清是哪一天"),
        ("2026.11-20", "写清是哪一天"),
        ("٢٠٢٦", "写清是哪一天"),
    ],
)
def test_an_impossible_date_is_refused_with_the_reason(typed, said):
    with pytest.raises(ValueError, match=said):
        parse_date(typed, today=TODAY)


def test_dates_are_printed_without_leading_zeros_but_aligned_in_tables():
    day = date(2026, 1, 5)
    assert cn_date(day) == "2026年1月5日"
    assert cn_date(day, "m") == "2026年1月"
    assert cn_date(day, "y") == "2026年"
    assert cn_month_day(day) == "1月5日"
    assert dotted(day) == "2026.01.05"


def test_weekdays_in_words():
    assert [weekday(date(2026, 12, day)) for day in range(7, 14)] == [
        "星期一",
        "星期二",
        "星期三",
        "星期四",
        "星期五",
        "星期六",
        "星期日",
    ]


@given(DAYS)
def test_what_is_printed_can_be_typed_back(day):
    assert parse_date(cn_date(day), today=TODAY) == (day, "d")
    assert parse_date(dotted(day), today=TODAY) == (day, "d")
    assert parse_date(cn_date(day, "m"), today=TODAY) == (day.replace(day=1), "m")
    assert parse_date(cn_date(day, "y"), today=TODAY) == (date(day.year, 1, 1), "y")


@given(st.dates(date(2000, 1, 1), date(2090, 1, 1)), st.dates(date(2000, 1, 1), date(2000, 12, 31)))
def test_a_date_without_a_year_is_near_its_today(today, day):
    found, _ = parse_date(cn_month_day(day), today=today)
    assert (found.month, found.day) == (day.month, day.day)
    assert (found - today).days <= 60
    if (day.month, day.day) != (2, 29):
        assert (found - today).days > -306


@given(st.text(max_size=20) | st.text("0123456789年月日./-", max_size=12))
def test_any_text_is_a_date_or_a_sentence_in_chinese(text):
    said = ""
    try:
        day, precision = parse_date(text, today=TODAY)
    except ValueError as problem:
        said = str(problem)
    if said:
        assert any("\u4e00" <= character <= "\u9fff" for character in said)
    else:
        assert 1900 <= day.year <= 2100
        assert precision in "dmy"
