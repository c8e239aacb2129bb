"""One decision: how it went, and what its owner or whoever speaks for them says."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from accounts.permissions import open_to
from accounts.roles import EVERYBODY_AT_WORK
from meetings import progress
from meetings.forms import ProgressForm
from meetings.models import Decision, Meeting
from meetings.permissions import may_handle


@require_http_methods(["GET", "HEAD", "POST"])
@open_to(*EVERYBODY_AT_WORK)
def meeting_decision(request, pk):
    """一条决定: its course, newest first, and a form for who may tell of it."""
    shown = Decision.objects.openable_by(request.user).select_related(
        "meeting", "compound", "owner_person", "owner_body"
    )
    decision = get_object_or_404(shown, pk=pk)
    handles = may_handle(request.user, decision)
    if request.method == "POST" and not handles:
        raise PermissionDenied
    first = {"on": timezone.localdate(), "what": None if decision.done_on else "done"}
    form = ProgressForm(request.POST if request.method == "POST" else None, decision=decision, initial=first)
    if request.method == "POST" and form.is_valid():
        return _tell(request, decision, form.cleaned_data)
    word, kind = decision.state_on(timezone.localdate())
    context = {
        "decision": decision,
        "owner": str(decision.owner or "还没有责任人"),
        "state": word,
        "kind": kind,
        "form": form if handles else None,
        "filled_for": progress.filled_for(decision, request.user),
        "steps": decision.steps.select_related("by"),
        "crumbs": [
            {"label": "会议决定", "url": reverse("meeting_decisions")},
            {"label": decision.meeting.title, "url": _address_of_meeting(decision, request.user)},
        ],
    }
    return render(request, "meetings/decision.html", context)


def _address_of_meeting(decision, user):
    """Empty for whoever may carry out the task and not read the minutes."""
    seen = Meeting.objects.visible_to(user).filter(pk=decision.meeting_id).exists()
    return reverse("meeting", args=[decision.meeting_id]) if seen else ""


def _tell(request, decision, said):
    due_on = said["due_on"] if said["what"] == "postponed" else None
    try:
        step = progress.tell(decision, said["what"], on=said["on"], text=said["text"], due_on=due_on, by=request.user)
    except progress.AlreadyTold as refused:
        messages.warning(request, str(refused))
    else:
        messages.success(request, f"已登记：{step.get_what_display()}。")
    return redirect("meeting_decision", pk=decision.pk)
