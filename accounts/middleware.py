"""The session's clock, the forced change of an issued password, and no caching of what stands behind the sign-in."""

import time

from django.conf import settings
from django.contrib.auth import logout
from django.shortcuts import redirect
from django.urls import reverse

from office.audit.trail import current_address

TOUCH_EVERY = 60  # 秒：会话时钟最多一分钟写一次，读一页不应每次都写库


class SessionClock:
    """Idle and absolute time-out. The idle clock is the session's expiry, touched at most once a minute."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        current_address.set(request.META.get("REMOTE_ADDR", ""))
        if request.user.is_authenticated:
            now = int(time.time())
            since = request.session.setdefault("since", now)
            if now - since > settings.SESSION_ABSOLUTE_AGE:
                logout(request)
                return redirect(f"{reverse('login')}?ended=1")
            if now - request.session.get("touched", 0) > TOUCH_EVERY:
                request.session["touched"] = now
        return self.get_response(request)


class PasswordChange:
    """Whoever holds an issued password changes it before anything else."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        user = request.user
        if user.is_authenticated and user.must_change_password:
            free = {reverse("password_change"), reverse("logout")}
            if request.path not in free and not request.path.startswith(settings.STATIC_URL):
                return redirect("password_change")
        return self.get_response(request)


class PrivatePages:
    """Pages behind the sign-in are kept by no browser or proxy (ASVS 14.3.2)."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        response = self.get_response(request)
        if request.user.is_authenticated and not response.has_header("Cache-Control"):
            response["Cache-Control"] = "no-store, private"
        return response
