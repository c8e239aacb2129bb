"""The rows of the meeting list, ready to print: for the page of fifty and for the whole list as a file."""

from functools import partial

from django.db.models import Count, Value

from accounts.exports import Export
from meetings.filters import narrowed
from meetings.models import Meeting
from office.areas.filters import chosen_words
from office.areas.pages import address_of, page_of, rows_after
from office.areas.prepared import prepared
from office.chinese.dates import dotted
from office.sheets.columns import Column

READ = (
    "id",
    "held_on",
    "kind",
    "title",
    "expected",
    "present",
    "compound__name",
    "branch__short_name",
    "community__name",
)
KIND = dict(Meeting.Kind.choices)
CHUNK = 2000
COLUMNS = (
    Column("title", "议题", width=44),
    Column("day", "日期", kind="date", width=16),
    Column("kind", "类型", width=16),
    Column("compound", "小区", width=20),
    Column("branch", "党支部", width=24),
    Column("attendance", "实到/应到", width=12),
)


def total(bar):
    """How many meetings the bar (a MeetingFilter) leaves; one query."""
    return sum(row["count"] for row in _counted(bar.reach, bar.where))


@prepared
def _counted(reach, where):
    """One row: all meetings are in the one group."""
    return narrowed(reach, where).order_by().values(group=Value(1)).annotate(count=Count("pk"))


def one_page(bar, request):
    """The office's Page of fifty, newest first, with its rows ready to print."""
    found = page_of(partial(_rows, bar.reach, bar.where), request, Meeting, key="held_on")
    address = address_of("meeting")
    return found, [_ready(row) | {"url": address(row["id"]), "day": dotted(row["held_on"])} for row in found.rows]


@prepared
def _rows(reach, where, value, last):
    return rows_after(narrowed(reach, where), value, last, key="held_on", descending=True, columns=READ)


def export(bar, *, back, note=""):
    """The list that `bar` (a MeetingFilter) shows, ready to leave; read in pieces, one query."""
    meetings = bar.qs
    return Export(
        name="会议台账",
        noun="会议",
        unit="次",
        total=meetings.count(),
        chosen=chosen_words(bar.form) or "全部会议",
        order="按日期从近到远排列",
        columns=COLUMNS,
        rows=lambda secrets: (_ready(row) | {"day": row["held_on"]} for row in _everything(meetings)),
        back=back,
        note=note,
        problem="" if bar.form.is_valid() else "筛选条件不对，没有可以导出的会议。",
    )


def _everything(meetings):
    return meetings.order_by("-held_on", "-id").values(*READ).iterator(chunk_size=CHUNK)


def _ready(row):
    return {
        "title": row["title"],
        "kind": KIND[row["kind"]],
        "compound": row["compound__name"] or "—",
        "branch": row["branch__short_name"] or row["community__name"] or "",
        "attendance": f"{row['present']}/{row['expected']}",
    }
