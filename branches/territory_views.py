"""Pages still to come; their doors and addresses stand so that others may link to them."""

from django.http import Http404
from django.views.decorators.http import require_safe

from accounts.permissions import open_to
from accounts.roles import STAFF, Role


@require_safe
@open_to(*STAFF)
def patches(request):
    """片区."""
    raise Http404


@require_safe
@open_to(*STAFF)
def cells(request):
    """网格."""
    raise Http404


@require_safe
@open_to(*STAFF, Role.COMPOUND_WORKER)
def cell(request, pk):
    """一个网格."""
    raise Http404


@require_safe
@open_to(*STAFF)
def guidance(request):
    """指导组走访."""
    raise Http404


@require_safe
@open_to(*STAFF)
def funding(request):
    """经费."""
    raise Http404
