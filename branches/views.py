"""The list of branches. One branch's page is composed by the desk."""

from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from accounts.export_views import export_page
from accounts.exports import reach_of
from accounts.permissions import open_to
from accounts.roles import EXPORTERS, ROSTER_KEEPERS, STAFF
from branches import export, figures
from branches.filters import BranchFilter
from branches.models import Branch
from office.areas.pages import filters_of


@require_safe
@open_to(*STAFF)
def branches(request):
    """支部列表: every branch in reach, with what is missing."""
    bar, rows = _listed(request, Branch.objects.visible_to(request.user))
    context = {
        "filter": bar,
        "rows": rows,
        "today": timezone.localdate(),
        "adds": request.user.has_role(*ROSTER_KEEPERS),
    }
    if request.user.has_role(*EXPORTERS):
        context["export_url"] = f"{reverse('branches_export')}{filters_of(request)}"
    return render(request, "branches/list.html", context)


def _listed(request, branches):
    """The filter bar over these branches, and the BranchRows it leaves."""
    bar = BranchFilter(request.GET, user=request.user, queryset=branches.exclude(state="dissolved"))
    return bar, bar.narrow(figures.branch_rows(bar.qs, timezone.localdate()))


@require_http_methods(["GET", "POST"])
@open_to(*EXPORTERS)
def branches_export(request):
    """党支部台账 as a file: the page's own filter, with its purpose."""
    bar, rows = _listed(request, Branch.objects.within(reach_of(request.user)))
    return export_page(request, export.export(bar, rows, back=f"{reverse('branches')}{filters_of(request)}"))
