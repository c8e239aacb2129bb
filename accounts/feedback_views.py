"""意见建议: one's own and their answers; the town's office reads and answers those of its town (R-1008)."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods

from accounts import deeds
from accounts.addresses import page_before
from accounts.forms import AnswerForm, FeedbackForm
from accounts.models import Feedback
from accounts.paging import newest_first
from accounts.permissions import open_to_signed_in
from accounts.roles import Role

SIZE = 20


@require_http_methods(["GET", "HEAD", "POST"])
@open_to_signed_in
def feedback(request):
    """Write one, and see the answers: one's own, or for the town's office all of its town."""
    # 只留路径：网址里的查询可能带着查过的姓名。
    page = page_before(request).partition("?")[0][:200]
    form = FeedbackForm(request.POST if request.method == "POST" else None, initial={"page": page})
    if request.method == "POST" and form.is_valid():
        deeds.give_feedback(user=request.user, **form.cleaned_data)
        messages.success(request, "收到了。镇党建办答复后，您会在这一页看到。")
        return redirect("feedback")
    return render(request, "accounts/feedback.html", {"form": form, **_shown(request)})


@require_http_methods(["GET", "HEAD", "POST"])
@open_to_signed_in
def feedback_answer(request, pk):
    """The town's answer; whoever only gave the suggestion may read this page's row but not answer it."""
    found = get_object_or_404(Feedback.objects.visible_to(request.user).select_related("user", "answered_by"), pk=pk)
    if found.town_id not in request.user.reach_as(Role.TOWN_OFFICE).towns:
        raise PermissionDenied
    form = AnswerForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        if deeds.answer_feedback(found, form.cleaned_data["text"], by=request.user):
            messages.success(request, "已答复，本人打开这一页就能看到。")
            return redirect("feedback")
        found.refresh_from_db()
    status = 409 if request.method == "POST" and found.answered_at else 200
    return render(request, "accounts/feedback_answer.html", {"form": form, "feedback": found}, status=status)


def _shown(request):
    """One page of suggestions, newest first, and whether the user answers them."""
    rows, pages = newest_first(
        Feedback.objects.visible_to(request.user).select_related("user", "answered_by"), request, size=SIZE
    )
    return {"rows": rows, "answers": request.user.has_role(Role.TOWN_OFFICE), **pages}
