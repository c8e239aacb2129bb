"""What leaves a meeting: 会议记录表, 交办单, calendar files, and the 纪要 begun from it."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.http import content_disposition_header
from django.views.decorators.http import require_POST, require_safe

from accounts.permissions import open_to
from accounts.roles import EVERYBODY_AT_WORK
from meetings import calendars, papers, summary
from meetings.models import Decision, Meeting
from meetings.permissions import FILERS, within
from office.areas.models import Body
from office.papers import documents
from office.papers.models import Kind
from office.papers.pdf import PaperProblem

PDF, CALENDAR = "application/pdf", "text/calendar; charset=utf-8"
LONGEST_NAME = 60


@require_safe
@open_to(*EVERYBODY_AT_WORK)
def meeting_record(request, pk):
    """会议记录表 as PDF, opened in the browser."""
    meeting = _filed(request, pk)
    try:
        data = papers.record(meeting)
    except PaperProblem as refused:
        messages.warning(request, str(refused))
        return redirect("meeting", pk=pk)
    return _file(data, PDF, f"会议记录 {meeting.held_on:%Y%m%d} {meeting.title}.pdf", inline=True)


@require_safe
@open_to(*EVERYBODY_AT_WORK)
def meeting_calendar(request, pk):
    """加到日历."""
    meeting = _filed(request, pk)
    return _file(calendars.of_meeting(meeting).encode(), CALENDAR, f"{meeting.title}.ics")


@require_safe
@open_to(*EVERYBODY_AT_WORK)
def meeting_slip(request, pk):
    """交办单 of one decision as PDF, opened in the browser."""
    decision = _decision(request, pk)
    try:
        data = papers.slip(decision)
    except PaperProblem as refused:
        messages.warning(request, str(refused))
        return redirect("meeting_decision", pk=pk)
    return _file(data, PDF, f"交办单 {decision.label} {decision.text}.pdf", inline=True)


@require_safe
@open_to(*EVERYBODY_AT_WORK)
def meeting_decision_calendar(request, pk):
    """The day a decision falls due."""
    decision = _decision(request, pk)
    if decision.due_on is None:
        raise Http404
    return _file(calendars.of_decision(decision).encode(), CALENDAR, f"{decision.text}.ics")


@require_POST
@open_to(*FILERS)
def document_draft_from_meeting(request, pk):
    """起草纪要: a 公文 of the community's Party committee with the meeting's content; the same meeting gives the same."""
    meeting = _filed(request, pk)
    place = {"community": meeting.community_id, "branch": meeting.branch_id, "compound": meeting.compound_id}
    if not within(request.user.reach_as(*FILERS), **place):
        raise PermissionDenied
    if begun := documents.drafted_from(meeting, request.user).filter(kind=Kind.MINUTES).first():
        return redirect("document", begun.pk)
    issuer = Body.objects.filter(community=meeting.community, kind=Body.Kind.COMMUNITY_COMMITTEE, ends_on=None).first()
    if issuer is None:
        messages.warning(request, "这个社区还没有登记社区党委，发不了纪要。")
        return redirect("meeting", pk=pk)
    begun = documents.draft(issuer=issuer, by=request.user, **minutes_of(meeting))
    messages.success(request, "纪要已起草，请看一遍再送审。")
    return redirect("document", begun.pk)


def minutes_of(meeting):
    """What office.papers.documents.draft takes for the 纪要 of a meeting."""
    content = summary.content(meeting)
    return {
        "kind": Kind.MINUTES,
        "title": content["title"],
        "text": summary.text(content),
        "branch": meeting.branch,
        "source": meeting,
        "token": meeting.uuid,
        "mark": f"{meeting.compound or meeting.branch or meeting.community}{content['kind']}纪要",
        "present": summary.names_of(content, "出席"),
        "on_leave": "、".join(filter(None, (summary.names_of(content, label) for label in ("请假", "缺席")))),
        "observers": summary.names_of(content, "列席"),
    }


def _filed(request, pk):
    shown = Meeting.objects.visible_to(request.user).exclude(state=Meeting.State.DRAFT)
    return get_object_or_404(shown.select_related("community", "branch", "compound", "chair"), pk=pk)


def _decision(request, pk):
    shown = Decision.objects.openable_by(request.user)
    return get_object_or_404(shown.select_related("meeting", "compound", "owner_person", "owner_body"), pk=pk)


def _file(data, content_type, name, *, inline=False):
    response = HttpResponse(data, content_type=content_type)
    name = "".join("＿" if c in '\\/:*?"<>|' or c < " " else c for c in name)
    stem, _, ending = name.rpartition(".")
    response["Content-Disposition"] = content_disposition_header(not inline, f"{stem[:LONGEST_NAME]}.{ending}")
    return response
