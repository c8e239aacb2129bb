"""Meetings counted once as plain data. A missing record reads 未记录, never 未开展 (R-319, decisions 13)."""

from collections import Counter

from django.db.models import Count, F, Max

from meetings.models import Meeting


def held(scope_column, ids, start, end):
    """(id, kind) → number of filed meetings in the period, for a scope column of Meeting (branch_id, compound_id, …)."""
    rows = Meeting.objects.filter(**{f"{scope_column}__in": ids}, held_on__range=(start, end)).exclude(state="draft")
    counted = rows.order_by().values_list(scope_column, "kind").annotate(Count("pk"))
    return Counter({(key, kind): number for key, kind, number in counted})


def last_held(scope_column, ids, kind):
    """id → the latest day a meeting of that kind was held."""
    rows = Meeting.objects.filter(**{f"{scope_column}__in": ids}, kind=kind).exclude(state="draft")
    return dict(rows.order_by().values_list(scope_column).annotate(Max("held_on")))


def open_decisions(decisions):
    """Decisions still to be carried out, the most urgent first; those without a day come last.

    With what a line says of them (owner, compound) and no more.
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
            "owner_person__name",
            "owner_body__short_name",
            "compound__name",
        )
    )
