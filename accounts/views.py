"""Sign-in and sign-out, the own account, the text size, and the page for a form that is too old."""

from django.conf import settings
from django.contrib import messages
from django.contrib.auth import authenticate, login, logout, update_session_auth_hash
from django.db import transaction
from django.http import Http404
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts import deeds, locks, rights
from accounts.addresses import own_address, page_of
from accounts.forms import NewPasswordForm, PhoneForm, SignInForm
from accounts.models import LoginSlip
from accounts.permissions import open_to_all, open_to_signed_in
from office.audit import trail
from office.drafts import keeping

TEXT_SIZES = {"s": "标准", "l": "大", "xl": "特大"}
A_YEAR = 365 * 24 * 3600
SHORTEST_TO_KEEP = 10  # 字：比这短的格子重填不费事，长的才值得给人抄回去


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
@sensitive_post_parameters("password")
@open_to_all
def sign_in(request):
    """Account and password; a wrong try says the same words whether or not the account exists."""
    onward = own_address(request, request.POST.get("next") or request.GET.get("next") or "")
    if request.user.is_authenticated and request.method != "POST":
        return redirect(onward or settings.LOGIN_REDIRECT_URL)
    form = SignInForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        username = form.cleaned_data["username"]
        if locks.locked_until(username, locks.axes_address(request)):
            return locks.locked_out(request, credentials={"username": username})
        if user := authenticate(request, username=username, password=form.cleaned_data["password"]):
            _begin_session(request, user)
            return redirect(onward or settings.LOGIN_REDIRECT_URL)
        deeds.sign_in_refused(username, locked=getattr(request, "axes_locked_out", False))
        form.add_error(None, "账号或口令不对。请看一下大小写和全角半角；连续输错 5 次要等 15 分钟。")
    return render(request, "accounts/sign_in.html", {"form": form, "next": onward, "ended": "ended" in request.GET})


def _begin_session(request, user):
    with transaction.atomic():
        login(request, user)
        trail.record("accounts.signed_in", user, by=user)


@require_POST
@never_cache
@open_to_signed_in
def sign_out(request):
    """Ends the session and asks the browser to forget what it kept of these pages."""
    with transaction.atomic():
        trail.record("accounts.signed_out", request.user, by=request.user)
        logout(request)
    response = redirect("login")
    response["Clear-Site-Data"] = '"cache", "storage"'
    return response


@require_http_methods(["GET", "HEAD", "POST"])
@sensitive_post_parameters("current", "new", "again")
@open_to_signed_in
def password_change(request):
    """Change the own password; an issued one must be changed before anything else."""
    user = request.user
    form = NewPasswordForm(request.POST if request.method == "POST" else None, user=user)
    if request.method == "POST" and form.is_valid():
        # 由 authenticate 核对，猜现口令也受五次的限制。
        if authenticate(request, username=user.username, password=form.cleaned_data["current"]):
            deeds.change_password(user, form.cleaned_data["new"], by=user)
            update_session_auth_hash(request, user)
            messages.success(request, "口令已修改，别处登录的都已退出。")
            return redirect("me")
        form.add_error("current", "现在的口令不对，请再输一遍。")
    return render(request, "accounts/password_change.html", {"form": form, "forced": user.must_change_password})


@require_http_methods(["GET", "HEAD", "POST"])
@open_to_signed_in
def me(request):
    """The own account: duties with dates, what they let one see and do, phone, password, text size."""
    user = request.user
    form = PhoneForm(request.POST if request.method == "POST" else None, initial={"phone": user.phone})
    if request.method == "POST" and form.is_valid():
        if form.cleaned_data["phone"] != user.phone:
            deeds.change_phone(user, form.cleaned_data["phone"], by=user)
        messages.success(request, "联系电话已保存。")
        return redirect("me")
    context = {
        "form": form,
        "duties": rights.explain(user, timezone.localdate()),
        "text_sizes": TEXT_SIZES.items(),
        "devices": LoginSlip.objects.devices(timezone.now()).filter(user=user.pk).order_by("-used_at"),
    }
    return render(request, "accounts/me.html", context)


@require_safe
@open_to_all
def text_size(request, size):
    """Keep the text size for a year and go back; a GET, so that it works as a plain link in every footer."""
    if size not in TEXT_SIZES:
        raise Http404
    response = redirect(own_address(request, request.GET.get("next", "")) or settings.LOGIN_REDIRECT_URL)
    response.set_cookie(
        "text_size", size, max_age=A_YEAR, secure=settings.SESSION_COOKIE_SECURE, httponly=True, samesite="Lax"
    )
    return response


def csrf_failure(request, reason=""):
    """The form is too old: nothing was saved, and longer texts are shown so that they can be copied back."""
    token_is_old = reason.startswith("CSRF")  # 来源不对（别的网站）的，不把它送来的字显示出来
    is_kept = token_is_old and keeping.keep_unasked(request.POST)
    texts = _texts_worth_keeping(request.POST) if token_is_old and not is_kept else []
    context = {"texts": texts, "back": page_of(request), "is_kept": is_kept}
    response = render(request, "accounts/stale_form.html", context, status=403)
    response["Cache-Control"] = "no-store"
    return response


def _texts_worth_keeping(sent):
    secret = ("csrfmiddlewaretoken", "token", "password", "current", "new", "again", "next", "page")
    return [text for name in sent if name not in secret for text in sent.getlist(name) if len(text) >= SHORTEST_TO_KEEP]
