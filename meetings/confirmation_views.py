"""The branch's word about a record: 确认 or 有误; and the record as it read before it was changed."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.permissions import open_to
from accounts.roles import EVERYBODY_AT_WORK, Role
from meetings import filing
from meetings.forms import ObjectionForm
from meetings.models import Meeting
from meetings.permissions import may_confirm


@require_POST
@open_to(Role.BRANCH_SECRETARY)
def meeting_confirm(request, pk):
    """支部确认, of the text the page showed."""
    meeting = _to_confirm(request, pk)
    try:
        filing.confirm(meeting, version=_version(request), by=request.user)
    except filing.ChangedMeanwhile:
        messages.warning(request, "记录刚才有人改过，请再看一遍，再点确认。")
    else:
        messages.success(request, "已确认。")
    return redirect("meeting", pk=pk)


@require_http_methods(["GET", "HEAD", "POST"])
@open_to(Role.BRANCH_SECRETARY)
def meeting_object(request, pk):
    """有误: what is wrong, back to whoever entered it."""
    meeting = _to_confirm(request, pk)
    form = ObjectionForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            filing.object_to(meeting, form.cleaned_data["note"], version=_version(request), by=request.user)
        except filing.ChangedMeanwhile:
            messages.warning(request, "记录刚才有人改过，请再看一遍。")
        else:
            messages.success(request, "已告诉录入的同志，改好后再请您确认。")
        return redirect("meeting", pk=pk)
    context = {"form": form, "meeting": meeting, "crumbs": _crumbs(meeting)}
    return render(request, "meetings/object.html", context)


def _to_confirm(request, pk):
    meeting = get_object_or_404(Meeting.objects.visible_to(request.user), pk=pk)
    if not may_confirm(request.user, meeting):
        raise PermissionDenied
    return meeting


def _version(request):
    text = request.POST.get("version", "")
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 10 else None


def _crumbs(meeting):
    return [
        {"label": "会议与事项", "url": reverse("meetings")},
        {"label": meeting.title, "url": reverse("meeting", args=[meeting.pk])},
    ]


@require_safe
@open_to(*EVERYBODY_AT_WORK)
def meeting_version(request, pk, number):
    """An earlier version of the record, as it read then."""
    meeting = get_object_or_404(Meeting.objects.visible_to(request.user), pk=pk)
    version = get_object_or_404(meeting.versions.select_related("by"), number=number)
    context = {
        "meeting": meeting,
        "version": version,
        "content": version.content,
        "crumbs": _crumbs(meeting),
    }
    return render(request, "meetings/version.html", context)
