"""查找: people, compounds, branches and meetings in one list, each kind narrowed to the user's scope."""

from django.shortcuts import render
from django.views.decorators.http import require_safe

from accounts.permissions import open_to
from accounts.roles import EVERYBODY_AT_WORK, STAFF, Role
from meetings.models import Meeting
from members import finds as people_finds
from office.areas.models import Body, Compound
from office.areas.pages import address_of
from office.areas.prepared import prepared
from office.chinese.dates import cn_date

MOST = 15
KIND = dict(Meeting.Kind.choices)


@require_safe
@open_to(*EVERYBODY_AT_WORK)
def find(request):
    """At most fifteen of each kind; the list pages go on from there."""
    text = request.GET.get("q", "").replace("\x00", "").strip()[:40]
    groups = _groups(request.user, text) if text else []
    return render(request, "desk/find.html", {"text": text, "groups": [g for g in groups if g["rows"]]})


def _groups(user, text):
    readers = (*STAFF, Role.BRANCH_SECRETARY)
    people = people_finds.find(user, text) if user.has_role(*readers) else []
    return [
        {"label": "人员", "rows": people},
        {"label": "小区", "rows": _lines("compound", _compounds(user.reach, text))},
        {"label": "党支部", "rows": _lines("branch", _branches(user.reach, text)) if user.has_role(*readers) else []},
        {"label": "会议", "rows": _lines("meeting", _with_day(_meetings(user.reach, text)))},
    ]


@prepared
def _compounds(reach, text):
    found = Compound.objects.within(reach).filter(name__contains=text)
    return found.values_list("pk", "name", "community__name")[:MOST]


@prepared
def _branches(reach, text):
    found = Body.objects.within(reach).filter(kind="branch", short_name__contains=text)
    return found.values_list("pk", "short_name", "community__name")[:MOST]


@prepared
def _meetings(reach, text):
    found = Meeting.objects.within(reach).exclude(state="draft").filter(title__contains=text)
    return found.order_by("-held_on", "-id").values_list("pk", "title", "held_on", "kind")[:MOST]


def _with_day(meetings):
    return [(pk, title, f"{cn_date(day)} {KIND[kind]}") for pk, title, day, kind in meetings]


def _lines(page, rows):
    """Rows (id, name, about) as lines with the address of each one's page."""
    address = address_of(page)
    return [{"name": name, "about": about, "url": address(pk)} for pk, name, about in rows]
