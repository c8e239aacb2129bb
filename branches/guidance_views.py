"""Pages of the guidance groups: who is sent where, what is missing, visits and what came of their advice."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from accounts.export_views import export_page
from accounts.exports import reach_of
from accounts.paging import newest_first
from accounts.permissions import open_to
from accounts.roles import EXPORTERS, ROSTER_KEEPERS, STAFF, Role
from branches import guidance as guiding
from branches import territory_export
from branches.leadership_views import kept, show_refusal
from branches.models import GuidanceVisit
from branches.territory_filters import VisitFilter
from branches.territory_forms import OutcomeForm, SendForm, VisitForm
from office.areas.models import Body, Community, Compound
from office.areas.pages import address_of, filters_of
from office.chinese.dates import cn_date

VISITORS = (Role.TOWN_OFFICE, Role.GUIDANCE)
ANSWERERS = (Role.COMMUNITY_SECRETARY,)
SIZE = 50
LONGEST_KEY = 18


@require_safe
@open_to(*STAFF)
def guidance(request):
    """指导组: one for each community, one 联系干部 for each branch; visits, the latest recorded first."""
    today = timezone.localdate()
    bar = VisitFilter(request.GET, user=request.user, queryset=GuidanceVisit.objects.visible_to(request.user))
    page, neighbours = newest_first(bar.qs.values(*territory_export.VISIT_FACTS), request, size=SIZE)
    address = address_of("guidance_visit")
    lines = guiding.communities(request.user.reach, today)
    context = {
        "filter": bar,
        "rows": [territory_export.shown_visit(row, today) | {"url": address(row["id"])} for row in page],
        "lines": lines,
        "unguided": sum(line.is_city and line.group is None for line in lines),
        "unlinked": sum(len(line.unlinked) for line in lines),
        "sends": request.user.has_role(Role.TOWN_OFFICE),
        "assigns": request.user.has_role(*ROSTER_KEEPERS),
        "visits": request.user.has_role(*VISITORS) and any(line.group for line in lines),
        **neighbours,
    }
    if request.user.has_role(*EXPORTERS):
        context["export_url"] = f"{reverse('guidance_export')}{filters_of(request)}"
    return render(request, "branches/guidance.html", context)


@require_http_methods(["GET", "POST"])
@open_to(*EXPORTERS)
def guidance_export(request):
    """指导组走访台账 as a file: the page's own filter, with its purpose."""
    found = GuidanceVisit.objects.within(reach_of(request.user))
    bar = VisitFilter(request.GET, user=request.user, queryset=found)
    back = f"{reverse('guidance')}{filters_of(request)}"
    return export_page(request, territory_export.visits(bar, back=back))


def _crumbs():
    return [{"label": "小区", "url": reverse("compounds")}, {"label": "指导组", "url": reverse("guidance")}]


@require_http_methods(["GET", "POST"])
@open_to(Role.TOWN_OFFICE)
def guidance_send(request, pk):
    """派指导组 to a community."""
    community = kept(request, Community.objects.select_related("town"), pk, (Role.TOWN_OFFICE,))
    form = SendForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            group = guiding.send(community, by=request.user, **form.cleaned_data)
        except ValidationError as refusal:
            show_refusal(form, refusal)
        else:
            messages.success(request, f"{group}已派出。接着登记组长和成员。")
            return redirect("body_post_new", pk=group.pk)
    context = {"community": community, "form": form, "crumbs": _crumbs()}
    return render(request, "branches/guidance_send.html", context)


@require_http_methods(["GET", "POST"])
@open_to(*VISITORS)
def guidance_new(request):
    """登记走访: which group, then what it saw and advised."""
    groups = Body.objects.within(request.user.reach_as(*VISITORS)).on(timezone.localdate())
    groups = groups.filter(kind=Body.Kind.GUIDANCE_GROUP).select_related("community")
    groups = groups.order_by("community__position", "id")
    asked = request.GET.get("group", "")
    if asked.isascii() and asked.isdecimal() and len(asked) <= LONGEST_KEY:
        groups = groups.filter(pk=asked)
    found = list(groups)
    if len(found) != 1:
        rows = [{"object": str(one), "url": f"{request.path}?group={one.pk}"} for one in found]
        return render(request, "branches/guidance_start.html", {"rows": rows, "crumbs": _crumbs()})
    return _visit_form(request, found[0])


def _visit_form(request, group):
    places = {
        "compounds": list(Compound.objects.filter(community=group.community_id).order_by("pinyin", "pk")),
        "branches": list(
            Body.objects.filter(community=group.community_id, kind=Body.Kind.BRANCH, ends_on=None).order_by("pk")
        ),
    }
    form = VisitForm(request.POST if request.method == "POST" else None, **places)
    if request.method == "POST" and form.is_valid():
        try:
            visit = guiding.record_visit(group, by=request.user, **form.facts())
        except ValidationError as refusal:
            show_refusal(form, refusal)
        else:
            sent = f"{cn_date(visit.due_on)}前由社区书记答复。" if visit.due_on else ""
            messages.success(request, f"{cn_date(visit.visited_on)}的走访已登记。{sent}")
            return redirect("guidance_visit", pk=visit.pk)
    return render(request, "branches/guidance_new.html", {"group": group, "form": form, "crumbs": _crumbs()})


@require_http_methods(["GET", "POST"])
@open_to(*STAFF)
def guidance_visit(request, pk):
    """One visit; the community's secretary answers its advice here."""
    rows = GuidanceVisit.objects.select_related("group", "community", "compound", "branch", "recorded_by", "settled_by")
    visit = get_object_or_404(rows.visible_to(request.user), pk=pk)
    answers = GuidanceVisit.objects.within(request.user.reach_as(*ANSWERERS)).filter(pk=pk).exists()
    if request.method == "POST" and not answers:
        raise PermissionDenied
    waits = bool(visit.advice) and visit.settled_on is None
    form = OutcomeForm(request.POST if request.method == "POST" else None) if answers else None
    if request.method == "POST" and form.is_valid():
        try:
            guiding.answer(visit, by=request.user, **form.cleaned_data)
        except ValidationError as refusal:
            show_refusal(form, refusal)
        else:
            messages.success(request, "答复已登记，指导组和镇党建办能看到。")
            return redirect("guidance_visit", pk=pk)
    context = {"visit": visit, "waits": waits, "crumbs": _crumbs()}
    if answers and (waits or form.errors):
        context["form"] = form
    return render(request, "branches/guidance_visit.html", context)
