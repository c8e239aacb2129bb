"""This year's meetings and open decisions, as cards on compound and branch pages."""

from datetime import date

from django.urls import reverse

from meetings import figures
from meetings.models import Decision, Meeting
from office.chinese.dates import cn_month_day


def this_year(scope_column, pk, day):
    """Card 今年: how many meetings of each kind are on record; 0 reads 未记录."""
    counts = figures.held(scope_column, [pk], date(day.year, 1, 1), day)
    query = "branch" if scope_column == "branch_id" else "compound"
    rows = [
        {
            "label": kind.label,
            "count": counts[pk, kind.value],
            "url": f"{reverse('meetings')}?{query}={pk}&kind={kind.value}&year={day.year}",
        }
        for kind in Meeting.Kind
        if counts[pk, kind.value]
    ]
    return {"template": "meetings/_year_card.html", "rows": rows, "year": day.year}


def open_decisions(scope_column, pk, day):
    """Card 在办的决定: the most urgent first, at most five."""
    rows = figures.open_decisions(Decision.objects.filter(**{scope_column: pk}))
    items = []
    for decision in rows[:5]:
        state, kind = decision.state_on(day)
        items.append(
            {
                "object": decision.text,
                "why": str(decision.owner or "还没有责任人"),
                "url": f"{reverse('meeting', args=[decision.meeting_id])}#decision-{decision.pk}",
                "state": state,
                "kind": kind,
                "late": kind == "err",
            }
        )
    return {"template": "meetings/_decisions_card.html", "items": items}


def recent(meetings, limit=5):
    """The latest meetings of a queryset, as lines with a link each."""
    rows = meetings.exclude(state="draft").order_by("-held_on", "-id")
    kinds = dict(Meeting.Kind.choices)
    return [
        {"when": cn_month_day(day), "kind": kinds[kind], "title": title, "url": reverse("meeting", args=[pk])}
        for pk, day, kind, title in rows.values_list("pk", "held_on", "kind", "title")[:limit]
    ]
