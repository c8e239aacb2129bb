"""Pages still to come; their doors and addresses stand so that others may link to them."""

from django.http import Http404
from django.views.decorators.http import require_safe

from accounts.permissions import open_to
from accounts.roles import ROSTER_KEEPERS, STAFF, Role


@require_safe
@open_to(*STAFF, Role.BRANCH_SECRETARY)
def branch_elections(request, pk):
    """选举."""
    raise Http404


@require_safe
@open_to(*ROSTER_KEEPERS)
def election_new(request, pk):
    """开始选举."""
    raise Http404


@require_safe
@open_to(*STAFF, Role.BRANCH_SECRETARY)
def election(request, pk):
    """一次选举."""
    raise Http404
