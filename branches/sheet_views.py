"""What leaves the venue page: photographs of items, one-page sheets for the wall, the town's texts for them."""

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import content_disposition_header
from django.views.decorators.http import require_http_methods, require_safe

from accounts.permissions import open_to
from accounts.roles import EVERYBODY_AT_WORK, STAFF, VENUE_TICKERS, Role
from branches import photos, venues, wall
from branches.models import Branch, VenueDetail
from branches.venue_forms import PhotoForm, WallTextForm
from branches.venue_views import crumbs_of, seen_branch, ticked_branch, venue_crumb
from office.papers.pdf import PaperProblem
from office.rulebook.rules import conflict, principle, rule


@require_http_methods(["GET", "POST"])
@open_to(*VENUE_TICKERS)
def venue_photos(request, pk):
    """照片: at most one of each of the seven items, this year's; a second one takes the place of the first."""
    today = timezone.localdate()
    branch = ticked_branch(request, pk, today)
    items = venues.asked(branch.town_id, today).seven
    sent = (request.POST, request.FILES) if request.method == "POST" else ()
    form = PhotoForm(*sent, items=items)
    if request.method == "POST" and form.is_valid():
        return _photo_done(request, branch, form.cleaned_data, today)
    kept = venues.of_year(pk, today.year).photos
    context = {
        "branch": branch,
        "form": form,
        "kept": [
            (item, _photo_url(branch, today.year, item.key, kept[item.key])) for item in items if item.key in kept
        ],
        "law": rule("venue_photos_max", today),
        "crumbs": crumbs_of(request.user, branch, venue_crumb(branch)),
    }
    return render(request, "branches/venue_photos.html", context)


def _photo_done(request, branch, asked, today):
    label = venues.SEVEN[asked["item"]]
    if asked["remove"]:
        photos.remove(branch, today.year, asked["item"], day=today, by=request.user)
        messages.success(request, f"“{label}”的照片已删除。")
    else:
        photos.keep(branch, today.year, asked["item"], asked["data"], day=today, by=request.user)
        messages.success(request, f"“{label}”的照片已保存。")
    return redirect("venue_photos", pk=branch.pk)


def _photo_url(branch, year, item, detail):
    """The address of a photograph; its sum makes a new one a new address."""
    return f"{reverse('venue_photo_file', args=[branch.pk, year, item])}?{detail.photo_sha256[:8]}"


@require_safe
@open_to(*EVERYBODY_AT_WORK)
def venue_photo_file(request, pk, year, item):
    """The photograph of one item in one year."""
    branch = seen_branch(request, pk, timezone.localdate())
    detail = get_object_or_404(
        VenueDetail.objects.exclude(photo=""), venue__branch=branch.pk, venue__year=year, item=item
    )
    data = photos.content(detail)
    if data is None:
        raise Http404
    return HttpResponse(data, content_type="image/jpeg")


@require_safe
@open_to(*STAFF, Role.BRANCH_SECRETARY)
def wall_sheet(request, pk, name):
    """One sheet for the wall or a screen, as PDF on one page."""
    branch = get_object_or_404(Branch.objects.visible_to(request.user).select_related("body"), pk=pk)
    if name not in wall.SHEETS:
        raise Http404
    today = timezone.localdate()
    if not venues.asked(branch.town_id, today).walls:
        messages.warning(request, "本镇设定了不列上墙内容，这几张不再打印。")
        return redirect("venue", pk=pk)
    try:
        data = wall.print_sheet(branch, name, today)
    except PaperProblem as refused:
        messages.warning(request, str(refused))
        return redirect("venue", pk=pk)
    response = HttpResponse(data, content_type="application/pdf")
    response["Content-Disposition"] = content_disposition_header(False, f"{wall.SHEETS[name]} {branch}.pdf")
    return response


@require_http_methods(["GET", "POST"])
@open_to(Role.TOWN_OFFICE)
def wall_texts(request):
    """上墙内容的文字: the town's own words of a sheet, or the product's."""
    town, today = request.user.town, timezone.localdate()
    name = request.GET.get("name", "")
    name = name if name in wall.TEXTS else next(iter(wall.TEXTS))
    own, default = wall.own_text(name, town.pk), wall.default_text(name, town.pk, today)
    form = WallTextForm(
        request.POST if request.method == "POST" else None, initial={"text": own or default, "seen": own}
    )
    if request.method == "POST" and form.is_valid():
        text = "" if form.cleaned_data["text"] == default else form.cleaned_data["text"]
        try:
            wall.set_text(town, name, text, seen=form.cleaned_data["seen"], by=request.user)
        except wall.Stale as refusal:
            form = _text_again(request.POST, wall.own_text(name, town.pk))
            form.add_error(None, str(refusal))
        except (ValueError, PaperProblem) as refusal:
            form.add_error("text", str(refusal))
        else:
            messages.success(request, f"{wall.TEXTS[name]}的文字已保存，各支部打印时就用它。")
            return redirect(f"{reverse('wall_texts')}?name={name}")
    context = {
        "form": form,
        "title": wall.TEXTS[name],
        "own": own,
        "default": default.splitlines(),
        "tabs": [{"label": label, "url": f"?name={key}", "current": key == name} for key, label in wall.TEXTS.items()],
        "law": principle("walls_not_scored"),
        "rule": rule("wall_items", today),
        "conflict": conflict("C-4"),
        "crumbs": [{"label": "台账与公文", "url": reverse("ledgers")}],
    }
    return render(request, "branches/wall_texts.html", context)


def _text_again(posted, own):
    """The form with what was typed, over what is on record by now."""
    typed = posted.copy()
    typed["seen"] = own
    form = WallTextForm(typed)
    form.is_valid()
    return form
