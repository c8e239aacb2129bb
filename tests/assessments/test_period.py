"""Words and bounds of the year that is reported on."""

from datetime import date

import pytest

from assessments.period import months_words, of_year, stretch_words


@pytest.mark.parametrize(
    ("months", "words"),
    [
        ((), ""),
        ((3,), "3月"),
        ((1, 2, 3), "1至3月"),
        ((1, 2, 4, 6, 7), "1至2、4、6至7月"),
        (range(1, 13), "1至12月"),
    ],
)
def test_months_are_written_in_runs(months, words):
    assert months_words(months) == words


@pytest.mark.parametrize(
    ("stretch", "words"),
    [
        ((4, 4), "4月"),
        ((1, 3), "第一季度"),
        ((10, 12), "第四季度"),
        ((1, 12), "全年"),
        ((1, 6), "1至6月"),
        ((2, 4), "2至4月"),
    ],
)
def test_stretches_have_their_names(stretch, words):
    assert stretch_words(*stretch) == words


def test_a_stretch_counts_on_its_last_day():
    assert list(of_year(2026, date(2026, 3, 31)).stretches(3, None)) == [(1, 3)]
    assert list(of_year(2026, date(2026, 3, 30)).stretches(3, None)) == []


def test_a_running_year_says_how_far_it_goes():
    assert of_year(2026, date(2026, 11, 22)).words == "2026年1月1日至11月22日"
    assert of_year(2025, date(2026, 11, 22)).words == "2025年"
