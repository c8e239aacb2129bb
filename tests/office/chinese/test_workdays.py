from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from office.chinese.workdays import add_workdays, calendar_known, is_workday


def test_holidays_and_adjusted_weekends_count_as_published():
    assert not is_workday(date(2026, 10, 1))
    assert is_workday(date(2026, 2, 14))  # a Saturday worked before the Spring Festival
    assert not is_workday(date(2026, 12, 6))
    assert is_workday(date(2026, 12, 7))


def test_a_year_without_published_holidays_has_plain_weeks():
    assert calendar_known(2026)
    assert not calendar_known(2050)
    assert not calendar_known(1999)
    assert is_workday(date(2050, 10, 3))  # a Monday in the week of the National Day
    assert not is_workday(date(2050, 10, 1))  # a Saturday


def test_a_display_of_five_working_days_passes_over_the_weekend():
    assert add_workdays(date(2026, 12, 3), 5) == date(2026, 12, 9)
    assert add_workdays(date(2026, 12, 3), 5, counting_start=False) == date(2026, 12, 10)
    assert add_workdays(date(2026, 12, 5), 1) == date(2026, 12, 7)
    assert add_workdays(date(2026, 12, 7), 1) == date(2026, 12, 7)


def test_a_display_passes_over_a_long_holiday():
    assert add_workdays(date(2026, 9, 30), 2) == date(2026, 10, 8)


def test_a_display_runs_on_into_a_year_not_yet_published():
    assert add_workdays(date(2049, 12, 31), 2) == date(2050, 1, 3)


@pytest.mark.parametrize("n", [0, -1, 1001, 10**9])
def test_a_senseless_number_of_days_is_refused(n):
    with pytest.raises(ValueError, match="1 到 1000"):
        add_workdays(date(2026, 12, 7), n)


@given(st.dates(date(2020, 1, 1), date(2030, 12, 31)), st.integers(1, 60))
def test_the_last_day_is_a_working_day_and_exactly_n_were_counted(start, n):
    last = add_workdays(start, n)
    days = [date.fromordinal(day) for day in range(start.toordinal(), last.toordinal() + 1)]
    assert is_workday(last)
    assert sum(is_workday(day) for day in days) == n
