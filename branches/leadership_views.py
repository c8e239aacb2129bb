"""Pages still to come; their doors and addresses stand so that others may link to them."""

from django.http import Http404
from django.views.decorators.http import require_safe

from accounts.permissions import open_to
from accounts.roles import ROSTER_KEEPERS, STAFF, Role


@require_safe
@open_to(*STAFF)
def leadership(request):
    """支部班子."""
    raise Http404


@require_safe
@open_to(*STAFF, Role.BRANCH_SECRETARY)
def branch_posts(request, pk):
    """班子."""
    raise Http404


@require_safe
@open_to(*ROSTER_KEEPERS)
def post_new(request, pk):
    """登记任职."""
    raise Http404


@require_safe
@open_to(*ROSTER_KEEPERS)
def body_post_new(request, pk):
    """登记任职."""
    raise Http404


@require_safe
@open_to(Role.TOWN_OFFICE, Role.COMMUNITY_SECRETARY)
def branch_term(request, pk):
    """任期."""
    raise Http404


@require_safe
@open_to(*STAFF, Role.BRANCH_SECRETARY)
def branch_groups(request, pk):
    """党小组."""
    raise Http404
