"""Pages still to come; their doors and addresses stand so that others may link to them."""

from django.http import Http404
from django.views.decorators.http import require_safe

from accounts.permissions import open_to
from accounts.roles import EVERYBODY_AT_WORK, STAFF, Role


@require_safe
@open_to(*EVERYBODY_AT_WORK)
def venue(request, pk):
    """阵地七有."""
    raise Http404


@require_safe
@open_to(*STAFF, Role.BRANCH_SECRETARY)
def branch_file(request, pk):
    """一支部一档."""
    raise Http404


@require_safe
@open_to(*STAFF)
def rooms(request):
    """活动场所."""
    raise Http404
