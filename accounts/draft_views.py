"""Where forms keep what is being written: the answer to static/js/autosave.js."""

from django.http import Http404, JsonResponse
from django.middleware.csrf import get_token
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from accounts.permissions import open_to_signed_in
from office.drafts import keeping


@require_POST
@open_to_signed_in
def draft_keep(request):
    """Keep a form's fields; tells when, and the ticket to go on with."""
    ticket = keeping.opened(request.POST.get(keeping.TICKET, ""))
    if ticket is None or ticket.user != request.user.pk:
        raise Http404
    try:
        draft, onward = keeping.keep(ticket, request.POST, keeping.count_of(request.POST))
    except keeping.NotKept as refused:
        return JsonResponse({"said": str(refused)}, status=422)
    if draft.done_key:
        return JsonResponse({"said": "这一份已经在另一个窗口交过了。"}, status=409)
    said = f"已保存 {timezone.localtime(draft.saved_at):%H:%M}"
    if onward != ticket:
        said += "；另一个窗口也在写这一份，两边各存了一份草稿"
    return JsonResponse({"said": said, "draft": onward.signed})


@require_safe
@open_to_signed_in
def draft_token(request):
    """A fresh form token for a page that was open while its reader signed in again elsewhere."""
    return JsonResponse({"token": get_token(request)})
