"""Meetings counted once as plain data. A missing record reads 未记录, never 未开展 (R-319, decisions 13)."""

from collections import Counter

from django.db.models import Count, F, Max

from meetings.models import Meeting
from office.areas.prepared import prepared


def held(scope_column, ids, start, end):
    """(id, kind) → number of filed meetings in the period, for a scope column of Meeting (branch_id, compound_id, …)."""
    counted = _counted(start, end, {f"{scope_column}__in": ids})
    return Counter({(key, kind): number for key, kind, number in counted})


@prepared
def _counted(start, end, where):
    rows = Meeting.objects.filter(**where, held_on__range=(start, end)).exclude(state="draft")
    column = next(iter(where)).removesuffix("__in")
    return rows.order_by().values_list(column, "kind").annotate(Count("pk"))


def last_held(scope_column, ids, kind):
    """id → the latest day a meeting of that kind was held."""
    return dict(_last(kind, {f"{scope_column}__in": ids}))


@prepared
def _last(kind, where):
    rows = Meeting.objects.filter(**where, kind=kind).exclude(state="draft")
    column = next(iter(where)).removesuffix("__in")
    return rows.order_by().values_list(column).annotate(Max("held_on"))


def open_decisions(decisions):
    """Decisions still to be carried out, the most urgent first; those without a day come last.

    With what a line says of them (owner, compound), where they are at home (who may open the meeting), and no more.
    """
    return (
        decisions.filter(done_on=None)
        .order_by(F("due_on").asc(nulls_last=True), "id")
        .select_related("owner_person", "owner_body", "compound")
        .only(
            "meeting",
            "year",
            "number",
            "text",
            "due_on",
            "done_on",
            "town",
            "community",
            "branch",
            "owner_person__name",
            "owner_body__short_name",
            "compound__name",
        )
    )
