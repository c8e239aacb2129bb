"""Pages still to come; their doors and addresses stand so that others may link to them."""

from django.http import Http404
from django.views.decorators.http import require_safe

from accounts.permissions import open_to
from accounts.roles import ROSTER_KEEPERS, STAFF


@require_safe
@open_to(*STAFF)
def compound_formation(request, pk):
    """成立条件."""
    raise Http404


@require_safe
@open_to(*ROSTER_KEEPERS)
def compound_neighbours(request, pk):
    """邻近小区."""
    raise Http404
