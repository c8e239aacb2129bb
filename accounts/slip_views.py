"""扫码登录条: made and taken back by the 联系干部, opened by whoever holds the sheet, switched by the town."""

from django.contrib import messages
from django.contrib.auth import authenticate
from django.core.exceptions import PermissionDenied
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts import locks, slips
from accounts.addresses import own_address
from accounts.forms import UnlockForm
from accounts.models import LoginSlip
from accounts.permissions import open_to, open_to_all, open_to_signed_in
from accounts.roles import Role
from office.chinese.dates import cn_date

KEPT_SHOWN = 20


@require_safe
@open_to(Role.LIAISON)
def slips_page(request):
    """登录条: the secretaries of the own branches, and the slips made lately."""
    branches, now = request.user.reach_as(Role.LIAISON).branches, timezone.now()
    made = LoginSlip.objects.filter(branch__in=branches).select_related("user", "branch").order_by("-pk")
    rows = [
        {"slip": slip, "state": _state(slip, now), "open": slip.revoked_at is None and _lets_in(slip, now)}
        for slip in made[:KEPT_SHOWN]
    ]
    context = {
        "duties": slips.secretaries(branches, timezone.localdate()),
        "rows": rows,
        "on": slips.switched_on(request.user.town_id),
    }
    return render(request, "accounts/slips.html", context)


def _lets_in(slip, now):
    return slip.keeps_in(now) if slip.used_at else slip.expires_at > now


def _state(slip, now):
    """(word, kind of badge) of a slip."""
    if slip.revoked_at:
        return "已收回", "plain"
    if slip.used_at:
        until = cn_date(timezone.localtime(slip.stays_until))
        return (f"登录着，到{until}", "ok") if slip.keeps_in(now) else ("已到期", "plain")
    return ("没用，还有效", "info") if slip.expires_at > now else ("没用，已过期", "plain")


@require_POST
@never_cache
@open_to(Role.LIAISON)
def slip_make(request, duty):
    """Make a slip and show its sheet, here and never again."""
    branches = request.user.reach_as(Role.LIAISON).branches
    found = get_object_or_404(slips.secretaries(branches, timezone.localdate()), pk=duty)
    try:
        slip, token = slips.make(found, by=request.user)
    except slips.Refused as refused:
        messages.warning(request, str(refused))
        return redirect("slips")
    url = slips.address(request, token)
    return render(request, "accounts/slip_sheet.html", {"slip": slip, "url": url, "qr": slips.qr(url)})


@require_POST
@open_to(Role.LIAISON)
def slip_revoke(request, pk):
    """收回: by the 联系干部 of the branch."""
    branches = request.user.reach_as(Role.LIAISON).branches
    slips.revoke(get_object_or_404(LoginSlip, pk=pk, branch__in=branches), by=request.user)
    messages.success(request, "已收回；用它登录的设备已退出。")
    return redirect("slips")


@require_POST
@open_to_signed_in
def slip_device_revoke(request, pk):
    """退出这台设备: by the account's owner."""
    slip = get_object_or_404(LoginSlip, pk=pk, user=request.user.pk)
    slips.revoke(slip, by=request.user)
    messages.success(request, "那台设备已退出。")
    return redirect("me")


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
@open_to_all
def slip(request, token):
    """What the sheet's code opens: one button. Reading it spends nothing, so a link's preview does not burn it."""
    found = slips.find(token)
    if found is None:
        return _unknown(request)
    said = slips.problem(found, timezone.now())
    if request.method == "POST":
        try:
            slips.use(request, found)
        except slips.Refused as refused:
            said = str(refused)
        else:
            return redirect("home")
    return render(request, "accounts/slip.html", {"slip": found, "said": said}, status=410 if said else 200)


def _unknown(request):
    """A sheet nobody made: pressed again and again it locks the address out, as wrong passwords do."""
    said = "没有这张条。请看看网址是不是抄错了，或者向联系干部要一张新的。"
    if request.method == "POST":
        credentials = {"username": slips.GUESSING}
        if locks.locked_until(slips.GUESSING, locks.axes_address(request)):
            return locks.locked_out(request, credentials=credentials)
        authenticate(request, **credentials)
        slips.refuse_unknown()
    return render(request, "accounts/slip.html", {"said": said}, status=404)


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
@sensitive_post_parameters("password")
@open_to_signed_in
def slip_unlock(request):
    """输一次口令: a device that came by a slip opens lists and exports only with the password."""
    onward = own_address(request, request.POST.get("next") or request.GET.get("next") or "")
    if slips.of_session(request) is None or slips.is_unlocked(request):
        return redirect(onward or "home")
    form = UnlockForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        username = request.user.username
        if locks.locked_until(username, locks.axes_address(request)):
            return locks.locked_out(request, credentials={"username": username})
        if authenticate(request, username=username, password=form.cleaned_data["password"]):
            slips.unlock(request)
            return redirect(onward or "home")
        form.add_error("password", "口令不对。连续输错 5 次要等 15 分钟。")
    return render(request, "accounts/slip_unlock.html", {"form": form, "next": onward})


@require_http_methods(["GET", "HEAD", "POST"])
@open_to(Role.TOWN_OFFICE, Role.SYSTEM_ADMIN)
def slip_switch(request):
    """启用、停用登录条: for the whole town."""
    if len(request.user.towns_as(Role.TOWN_OFFICE, Role.SYSTEM_ADMIN)) != 1:
        raise PermissionDenied
    town = request.user.town
    if request.method == "POST":
        on = request.POST.get("on") == "1"
        slips.switch(town, on, by=request.user)
        messages.success(request, "已启用扫码登录条。" if on else "已停用扫码登录条，用条登录的设备都已退出。")
        return redirect("slip_switch")
    devices = LoginSlip.objects.devices(timezone.now()).filter(town=town).count()
    return render(request, "accounts/slip_switch.html", {"on": slips.switched_on(town.pk), "devices": devices})
