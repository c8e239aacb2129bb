"""This year's meetings and open decisions, as cards on compound and branch pages."""

from datetime import date

from django.urls import reverse

from meetings import figures
from meetings.models import Decision, Meeting
from office.areas.pages import address_of
from office.areas.prepared import prepared
from office.chinese.dates import cn_month_day

KIND = dict(Meeting.Kind.choices)


def this_year(scope_column, pk, day):
    """Card 今年: how many meetings of each kind are on record; 0 reads 未记录."""
    counts = figures.held(scope_column, [pk], date(day.year, 1, 1), day)
    url = f"{reverse('meetings')}?{'branch' if scope_column == 'branch_id' else 'compound'}={pk}"
    rows = [
        {
            "label": kind.label,
            "count": counts[pk, kind.value],
            "url": f"{url}&kind={kind.value}&year={day.year}",
        }
        for kind in Meeting.Kind
        if counts[pk, kind.value]
    ]
    return {"template": "meetings/_year_card.html", "rows": rows, "year": day.year}


def open_decisions(scope_column, pk, day):
    """Card 在办的决定: the most urgent first, at most five."""
    items, address = [], address_of("meeting")
    for decision in _open({scope_column: pk}):
        state, kind = decision.state_on(day)
        items.append(
            {
                "object": decision.text,
                "why": str(decision.owner or "还没有责任人"),
                "url": f"{address(decision.meeting_id)}#decision-{decision.pk}",
                "state": state,
                "kind": kind,
                "late": kind == "err",
            }
        )
    return {"template": "meetings/_decisions_card.html", "items": items}


@prepared
def _open(where):
    return figures.open_decisions(Decision.objects.filter(**where))[:5]


def recent(scope_column, pk, user):
    """The latest five meetings that the user may see, as lines with a link each."""
    address = address_of("meeting")
    return [
        {"when": cn_month_day(day), "kind": KIND[kind], "title": title, "url": address(meeting)}
        for meeting, day, kind, title in _recent(user.reach, {scope_column: pk})
    ]


@prepared
def _recent(reach, where):
    rows = Meeting.objects.filter(**where).within(reach, of_few=True).exclude(state="draft")
    return rows.order_by("-held_on", "-id").values_list("pk", "held_on", "kind", "title")[:5]
