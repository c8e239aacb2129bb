"""Pages still to come; their doors and addresses stand so that others may link to them."""

from django.http import Http404
from django.views.decorators.http import require_safe

from accounts.permissions import open_to
from accounts.roles import CASE_WRITERS, STAFF


@require_safe
@open_to(*STAFF)
def cases(request):
    """支部设立调整."""
    raise Http404


@require_safe
@open_to(*CASE_WRITERS)
def case_new(request):
    """起草."""
    raise Http404


@require_safe
@open_to(*STAFF)
def case(request, pk):
    """一件事项."""
    raise Http404
