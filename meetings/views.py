"""Meetings: the list and one meeting's page."""

from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from accounts.export_views import export_page
from accounts.exports import left_behind, reach_of
from accounts.permissions import open_to
from accounts.roles import EVERYBODY_AT_WORK, LIST_EXPORTERS, STAFF
from meetings import listing
from meetings.filters import DecisionFilter, MeetingFilter
from meetings.models import Attendance, Decision, Meeting
from meetings.permissions import FILERS, WRITERS, may_change, may_confirm, may_handle, within
from members.models import Person
from members.permissions import READERS
from office.areas.pages import filters_of
from office.papers import documents
from office.papers.models import Stage


@require_safe
@open_to(*EVERYBODY_AT_WORK)
def meetings(request):
    """会议列表, newest first."""
    bar = MeetingFilter(request.GET, user=request.user, reach=request.user.reach)
    found, rows = listing.one_page(bar, request)
    context = {"filter": bar, "page": found, "columns": listing.COLUMNS, "rows": rows, "total": listing.total(bar)}
    if request.user.has_role(*WRITERS):
        context["new_url"] = reverse("meeting_new")
    if request.user.has_role(*LIST_EXPORTERS):
        context["export_url"] = f"{reverse('meetings_export')}{filters_of(request)}"
    return render(request, "meetings/list.html", context)


@require_http_methods(["GET", "POST"])
@open_to(*LIST_EXPORTERS)
def meetings_export(request):
    """会议台账 as a file: the page's own filter, with its purpose."""
    given = MeetingFilter(request.GET, user=request.user, reach=reach_of(request.user))
    seen = MeetingFilter(request.GET, user=request.user, reach=request.user.reach)
    back = f"{reverse('meetings')}{filters_of(request)}"
    return export_page(request, listing.export(given, back=back, note=left_behind(seen.qs, given.qs, "次会议")))


MOST_DECISIONS = 100


@require_safe
@open_to(*EVERYBODY_AT_WORK)
def decisions(request):
    """会议决定: what was decided, who sees to it and how far it is; the most urgent first."""
    today = timezone.localdate()
    bar = DecisionFilter(request.GET, user=request.user, queryset=Decision.objects.visible_to(request.user))
    shown = bar.in_order().select_related("owner_person", "owner_body", "compound")[: MOST_DECISIONS + 1]
    rows = [_decision(d, today) | {"meeting": d.meeting_id, "compound": d.compound} for d in shown]
    context = {"filter": bar, "rows": rows[:MOST_DECISIONS], "more": len(rows) > MOST_DECISIONS}
    return render(request, "meetings/decisions.html", context)


@require_safe
@open_to(*EVERYBODY_AT_WORK)
def meeting(request, pk):
    """会议一页: who came, what was said, what was decided and how far it is."""
    shown = Meeting.objects.visible_to(request.user).select_related(
        "community", "branch", "compound", "chair", "filed_by", "drafted_by", "changed_by", "confirmed_by"
    )
    found = get_object_or_404(shown, pk=pk)
    today = timezone.localdate()
    attendance = list(found.attendance.select_related("person").order_by("person__strokes", "id"))
    return render(
        request,
        "meetings/page.html",
        {
            "meeting": found,
            "groups": _by_status(request.user, attendance),
            "decisions": [_decision(d, today) | {"handle": may_handle(request.user, d)} for d in _decisions_of(found)],
            "may_draft": _may_draft(request.user, found),
            "documents": documents_of(found, request.user),
            "versions": list(found.versions.select_related("by")),
            "may_change": may_change(request.user, found),
            "may_confirm": may_confirm(request.user, found),
            "crumbs": [{"label": "会议与事项", "url": reverse("meetings")}],
        },
    )


def _may_draft(user, meeting):
    """May begin the 纪要 of it."""
    place = {"community": meeting.community_id, "branch": meeting.branch_id, "compound": meeting.compound_id}
    return meeting.state != Meeting.State.DRAFT and within(user.reach_as(*FILERS), **place)


def documents_of(meeting, user):
    """公文 begun from the meeting, for readers of 公文."""
    if not user.has_role(*STAFF):
        return []
    made = documents.drafted_from(meeting, user).values_list("pk", "title", "number", "state")
    states = dict(Stage.choices)
    return [{"pk": pk, "title": title, "number": number, "state": states[state]} for pk, title, number, state in made]


def _decisions_of(meeting):
    return meeting.decisions.select_related("owner_person", "owner_body").order_by("number")


def _decision(decision, today):
    state, kind = decision.state_on(today)
    return {
        "pk": decision.pk,
        "label": decision.label,
        "text": decision.text,
        "owner": str(decision.owner or "还没有责任人"),
        "due_on": decision.due_on,
        "done_on": decision.done_on,
        "outcome": decision.outcome,
        "state": state,
        "kind": kind,
    }


def _by_status(user, attendance):
    """Attendance in the four groups the minutes print; a name links only where the reader may open the person."""
    people = [row.person_id for row in attendance if row.person_id and user.has_role(*READERS)]
    linked = set(Person.objects.visible_to(user).filter(pk__in=people).values_list("pk", flat=True))
    groups = []
    for status in Attendance.Status:
        rows = [
            {
                "name": str(row),
                "url": reverse("person", args=[row.person_id]) if row.person_id in linked else "",
                "note": row.represents or row.note,
            }
            for row in attendance
            if row.status == status
        ]
        if rows:
            groups.append({"label": status.label, "rows": rows})
    return groups
