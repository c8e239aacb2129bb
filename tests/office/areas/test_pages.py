"""Pages by key: every row once, in order, however many share a key."""

from datetime import date
from urllib.parse import parse_qs

import pytest
from django.test import RequestFactory

from meetings.models import Meeting
from office.areas.pages import page


@pytest.fixture
def meetings(place):
    town, user = place.town["西塘镇"], place.user["社区书记"]
    days = [date(2026, 1, 1 + n // 3) for n in range(20)]
    Meeting.objects.bulk_create(
        Meeting(town=town, kind="theme_day", title=f"第{n}次", held_on=day, filed_at="2026-02-01T00:00Z", filed_by=user)
        for n, day in enumerate(days)
    )
    return Meeting.objects.filter(kind="theme_day")


def walk(queryset, **how):
    query, rows = "", []
    while True:
        found = page(queryset, RequestFactory().get("/" + query), columns=("title",), size=3, **how)
        rows += found.rows
        if not found.next_query:
            return rows
        query = found.next_query


@pytest.mark.parametrize("descending", [True, False])
def test_all_rows_come_once_and_in_order(meetings, descending):
    rows = [(r["held_on"], r["id"]) for r in walk(meetings, key="held_on", descending=descending)]
    assert rows == sorted(rows, reverse=descending)
    assert len(rows) == meetings.count() == 20


def test_the_filter_travels_with_the_page(meetings):
    found = page(meetings, RequestFactory().get("/?kind=theme_day"), key="held_on", columns=("title",), size=3)
    assert parse_qs(found.next_query[1:])["kind"] == ["theme_day"]


@pytest.mark.parametrize(
    "cursor", ["", "~", "x~y", "2026-01-01~", "~5", "2026-01-01~-1", "2026-01-01~" + "9" * 30, "²~²"]
)
def test_a_malformed_cursor_is_the_first_page(meetings, cursor):
    found = page(meetings, RequestFactory().get("/", {"after": cursor}), key="held_on", columns=("title",), size=3)
    assert found.is_first
