"""The list of branches. One branch's page is composed by the desk."""

from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from accounts.permissions import open_to
from accounts.roles import ROSTER_KEEPERS, STAFF
from branches import figures
from branches.filters import BranchFilter
from branches.models import Branch


@require_safe
@open_to(*STAFF)
def branches(request):
    """支部列表: every branch in reach, with what is missing."""
    today = timezone.localdate()
    shown = Branch.objects.visible_to(request.user).exclude(state="dissolved")
    bar = BranchFilter(request.GET, user=request.user, queryset=shown)
    rows = bar.narrow(figures.branch_rows(bar.qs, today))
    context = {"filter": bar, "rows": rows, "today": today, "adds": request.user.has_role(*ROSTER_KEEPERS)}
    return render(request, "branches/list.html", context)
