"""Pages of 经费."""

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from accounts.export_views import export_page
from accounts.exports import reach_of
from accounts.paging import newest_first
from accounts.permissions import open_to
from accounts.roles import EXPORTERS, ROSTER_KEEPERS, STAFF
from branches import funding as funds
from branches import territory_export
from branches.leadership_views import kept, show_refusal
from branches.models import FundingItem
from branches.territory_filters import FundingFilter
from branches.territory_forms import FundingForm, VoidForm
from office.areas.models import Body, Community
from office.areas.pages import filters_of
from office.chinese.numbers import yuan

SIZE = 50


@require_safe
@open_to(*STAFF)
def funding(request):
    """经费: sums in 万元 for each branch, rows in 元, the latest recorded first."""
    bar = FundingFilter(request.GET, user=request.user, queryset=FundingItem.objects.visible_to(request.user))
    page, neighbours = newest_first(bar.qs.values(*territory_export.FUNDING_FACTS), request, size=SIZE)
    whole, lines = funds.sums(bar.qs)
    context = {
        "filter": bar,
        "rows": [territory_export.shown_item(row) for row in page],
        "whole": whole,
        "lines": lines,
        "is_of_years": FundingItem.objects.visible_to(request.user).exists() if not page else True,
        "records": request.user.has_role(*ROSTER_KEEPERS),
        **neighbours,
    }
    if request.user.has_role(*EXPORTERS):
        context["export_url"] = f"{reverse('funding_export')}{filters_of(request)}"
    return render(request, "branches/funding.html", context)


@require_http_methods(["GET", "POST"])
@open_to(*EXPORTERS)
def funding_export(request):
    """经费台账 as a file: the page's own filter, with its purpose."""
    found = FundingItem.objects.within(reach_of(request.user))
    bar = FundingFilter(request.GET, user=request.user, queryset=found)
    back = f"{reverse('funding')}{filters_of(request)}"
    return export_page(request, territory_export.funding(bar, back=back))


def _crumbs():
    return [{"label": "支部与党员", "url": reverse("branches")}, {"label": "经费", "url": reverse("funding")}]


def _places(reach):
    """[(community, its branches)] for which the reader may record."""
    bodies = {}
    rows = (
        Body.objects.within(reach).on(timezone.localdate()).filter(kind=Body.Kind.BRANCH).order_by("short_name", "pk")
    )
    for body in rows:
        bodies.setdefault(body.community_id, []).append(body)
    communities = Community.objects.within(reach).order_by("position", "id")
    return [(community, bodies.get(community.pk, [])) for community in communities]


@require_http_methods(["GET", "POST"])
@open_to(*ROSTER_KEEPERS)
def funding_new(request):
    """登记一笔经费."""
    places = _places(request.user.reach_as(*ROSTER_KEEPERS))
    asked = {"place": request.GET.get("place", ""), "on": "今天"}
    form = FundingForm(request.POST if request.method == "POST" else None, communities=places, initial=asked)
    if request.method == "POST" and form.is_valid():
        community, branch, facts = form.facts()
        try:
            item = funds.record(community, branch, by=request.user, **facts)
        except ValidationError as refusal:
            show_refusal(form, refusal)
        else:
            words = f"{branch or community}{item.get_kind_display()}{yuan(item.amount_fen)}元已登记。"
            messages.success(request, words)
            return redirect(f"{reverse('funding')}?year={item.on.year}")
    return render(request, "branches/funding_new.html", {"form": form, "crumbs": _crumbs()})


@require_http_methods(["GET", "POST"])
@open_to(*ROSTER_KEEPERS)
def funding_void(request, pk):
    """作废一笔 that was recorded wrongly."""
    item = kept(request, FundingItem.objects.select_related("branch", "community", "recorded_by"), pk)
    form = VoidForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            funds.void(item, by=request.user, **form.cleaned_data)
        except ValidationError as refusal:
            show_refusal(form, refusal)
        else:
            messages.success(request, "这一笔已作废，留在记录里，不计入合计。")
            return redirect(f"{reverse('funding')}?year={item.on.year}")
    context = {"item": item, "amount": yuan(item.amount_fen), "form": form, "crumbs": _crumbs()}
    return render(request, "branches/funding_void.html", context)
