"""活动场所: the register of 党群服务中心 and shared rooms."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from accounts.export_views import export_page
from accounts.exports import reach_of
from accounts.permissions import open_to
from accounts.roles import EXPORTERS, ROSTER_KEEPERS, STAFF
from branches import rooms as registry
from branches import venue_export as export
from branches.models import Room
from branches.venue_filters import RoomFilter
from branches.venue_forms import RoomForm, compounds_of
from office.areas.models import Community
from office.areas.pages import filters_of
from office.rulebook.rules import rule


def _listed(request, found):
    bar = RoomFilter(request.GET, user=request.user, queryset=found)
    return bar, export.room_lines(bar.qs, timezone.localdate().year)


@require_safe
@open_to(*STAFF)
def rooms(request):
    """活动场所: where branches meet, and which of them do."""
    bar, rows = _listed(request, registry.seen(request.user))
    keeps = request.user.reach_as(*ROSTER_KEEPERS)
    context = {"filter": bar, "rows": rows, "adds": bool(keeps), "law": rule("seven_haves", timezone.localdate())}
    context["kept"] = set(Room.objects.within(keeps).values_list("pk", flat=True)) if keeps else set()
    if request.user.has_role(*EXPORTERS):
        context["export_url"] = f"{reverse('rooms_export')}{filters_of(request)}"
    return render(request, "branches/rooms.html", context)


@require_http_methods(["GET", "POST"])
@open_to(*EXPORTERS)
def rooms_export(request):
    """活动场所台账 as a file: the page's own filter, with its purpose."""
    within = Room.objects.within(reach_of(request.user)).values("pk")
    bar, rows = _listed(request, registry.seen(request.user).filter(pk__in=within))
    return export_page(request, export.room_export(bar, rows, back=f"{reverse('rooms')}{filters_of(request)}"))


@require_http_methods(["GET", "POST"])
@open_to(*ROSTER_KEEPERS)
def room_new(request):
    """登记活动场所."""
    return _room_page(request, None)


@require_http_methods(["GET", "POST"])
@open_to(*ROSTER_KEEPERS)
def room_edit(request, pk):
    """修改活动场所."""
    room = get_object_or_404(registry.seen(request.user).select_related("community", "compound"), pk=pk)
    if not Room.objects.within(request.user.reach_as(*ROSTER_KEEPERS)).filter(pk=pk).exists():
        raise PermissionDenied
    return _room_page(request, room)


def _room_page(request, room):
    communities = Community.objects.within(request.user.reach_as(*ROSTER_KEEPERS)).order_by("position")
    compounds = compounds_of([room.community_id] if room else communities)
    posted = request.POST if request.method == "POST" else None
    form = RoomForm(posted, communities=communities, compounds=compounds, room=room)
    if request.method == "POST" and form.is_valid():
        target = room or Room(community=form.cleaned_data["community"])
        try:
            saved = registry.save(target, form.facts(), seen_before=form.cleaned_data["seen"], by=request.user)
        except ValidationError as refusal:
            form.add_error(None, refusal) if not hasattr(refusal, "error_dict") else form.add_error(
                "name", refusal.messages
            )
            if room:
                form = _again(request.POST, form, room, communities, compounds)
        else:
            way = "已经停用，不再给支部选。" if saved.closed_on else "各支部在“阵地七有”里可以选它。"
            messages.success(request, f"{saved}已保存。{way}")
            return redirect("rooms")
    crumbs = [{"label": "活动场所", "url": reverse("rooms")}]
    title = f"修改{room}" if room else "登记活动场所"
    context = {"form": form, "title": title, "crumbs": crumbs, "law": rule("seven_haves", timezone.localdate())}
    return render(request, "branches/room_form.html", context)


def _again(posted, refused, room, communities, compounds):
    """The form with what was typed and why it was refused, over what is on record by now."""
    room.refresh_from_db()
    typed = posted.copy()
    typed["seen"] = registry.fingerprint(room)
    form = RoomForm(typed, communities=communities, compounds=compounds, room=room)
    form.is_valid()
    for name, errors in refused.errors.items():
        for error in errors:
            form.add_error(name if name in form.fields else None, error)
    return form
