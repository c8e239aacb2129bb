"""Pages still to come; their doors and addresses stand so that others may link to them."""

from django.http import Http404
from django.views.decorators.http import require_safe

from accounts.permissions import open_to
from accounts.roles import STAFF


@require_safe
@open_to(*STAFF)
def coverage(request):
    """小区覆盖."""
    raise Http404
