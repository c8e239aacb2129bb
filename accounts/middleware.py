"""Who must sign in, the session's clock, the forced change of an issued password, and no caching behind the sign-in."""

from urllib.parse import urlencode

from django.conf import settings
from django.contrib.auth import logout
from django.contrib.auth.middleware import LoginRequiredMiddleware
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone

from accounts import slips
from accounts.addresses import page_of
from accounts.locks import client_address
from office.audit.trail import current_address
from office.drafts import keeping

TOUCH_EVERY = 60  # 秒：会话时钟最多一分钟写一次，读一页不应每次都写库


def to_sign_in(request, *, ended):
    """To the sign-in page and from there back; `ended` says that a session was over, not that none was begun.

    A form that carries a draft's ticket is put away first: its page shows it again after signing in.
    """
    if request.method == "POST":
        keeping.keep_unasked(request.POST)
    query = {"ended": 1} if ended else {}
    if page := page_of(request):
        query["next"] = page
    return redirect(f"{reverse('login')}?{urlencode(query)}" if query else "login")


class SignInRequired(LoginRequiredMiddleware):
    """Every page asks for a sign-in but the marked ones; whose session has run out is told so."""

    def handle_no_permission(self, request, view_func):
        return to_sign_in(request, ended=bool(request.COOKIES.get(settings.SESSION_COOKIE_NAME)))


class SessionClock:
    """Idle and absolute time-out. The idle clock is the session's expiry, touched at most once a minute."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        current_address.set(client_address(request))
        if request.user.is_authenticated:
            now = int(timezone.now().timestamp())
            since = request.session.setdefault("since", now)
            by_slip = slips.SESSION_KEY in request.session  # 用条登录的设备另有期限，见 SlipDoor
            if not by_slip and now - since > settings.SESSION_ABSOLUTE_AGE:
                logout(request)
                return to_sign_in(request, ended=True)
            # 自动保存不算有人在用：不延长空闲时限。
            by_itself = request.path == reverse("draft_keep")
            if not by_slip and not by_itself and now - request.session.get("touched", 0) > TOUCH_EVERY:
                request.session["touched"] = now
        return self.get_response(request)


class PasswordChange:
    """Whoever holds an issued password changes it before anything else."""

    FREE = ("password_change", "logout")

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        user = request.user
        held = user.is_authenticated and user.must_change_password and not self._by_slip(request)
        if held and not self._may_pass(request.path):
            return redirect("password_change")
        return self.get_response(request)

    def _by_slip(self, request):
        """Came by a slip and has not used the issued password here."""
        return slips.SESSION_KEY in request.session and not slips.is_unlocked(request)

    def _may_pass(self, path):
        return path in map(reverse, self.FREE) or path.startswith((settings.STATIC_URL, "/text-size/"))


class SlipDoor:
    """A device that came by 扫码登录条 opens the pages named in slips.OPEN, of its own branch, while the slip holds;
    anything else asks for the password first (decisions 10)."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        return self.get_response(request)

    def process_view(self, request, view, args, kwargs):
        if not request.user.is_authenticated or (slip := slips.of_session(request)) is None:
            return None
        if not slip.keeps_in(timezone.now()):
            logout(request)
            return to_sign_in(request, ended=True)
        if slips.is_unlocked(request):
            slips.keep_unlocked(request)
            return None
        own = kwargs.get("branch", slip.branch_id) == slip.branch_id
        if own and slips.is_open(request):
            return None
        query = {"next": page} if (page := page_of(request)) else {}
        return redirect(f"{reverse('slip_unlock')}?{urlencode(query)}")


class PrivatePages:
    """Pages behind the sign-in are kept by no browser or proxy (ASVS 14.3.2)."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        response = self.get_response(request)
        if request.user.is_authenticated and not response.has_header("Cache-Control"):
            response["Cache-Control"] = "no-store, private"
        return response
