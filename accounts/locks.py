"""Locks after wrong passwords: who is locked out, until when, and where a request comes from.

django-axes counts the wrong tries by account and address together; only the account or only the address would lock
a colleague or a whole office out (reliability §3.9).
"""

import ipaddress
from datetime import timedelta

from axes.handlers.proxy import AxesProxyHandler
from axes.models import AccessAttempt
from django.conf import settings
from django.db.models import Max, Sum
from django.shortcuts import render
from django.utils import timezone

COOL_OFF = timedelta(hours=settings.AXES_COOLOFF_TIME)


def client_address(request):
    """The address of the browser; "" where there is none or it cannot be read.

    Behind PROXY_COUNT own proxies, each adds the address it was asked from, so the browser's own is that many places
    from the right. What stands left of it was written by the browser and is not believed.
    """
    address = request.META.get("REMOTE_ADDR", "")
    if settings.PROXY_COUNT:
        hops = request.META.get("HTTP_X_FORWARDED_FOR", "").split(",")
        address = hops[-settings.PROXY_COUNT].strip() if len(hops) >= settings.PROXY_COUNT else address
    try:
        return str(ipaddress.ip_address(address))
    except ValueError:
        return ""


def axes_address(request):
    """The address as django-axes stores it: NULL where it is unknown."""
    return client_address(request) or None


def locked_until(username, *addresses):
    """When the account can be tried again from `addresses` (default: from everywhere); None when it is not locked."""
    tries = AccessAttempt.objects.filter(username=username, attempt_time__gte=timezone.now() - COOL_OFF)
    if addresses:
        tries = tries.filter(ip_address__in=addresses)
    by_address = tries.values("ip_address").annotate(failures=Sum("failures_since_start"), last=Max("attempt_time"))
    locked = [row["last"] for row in by_address.order_by() if row["failures"] >= settings.AXES_FAILURE_LIMIT]
    return max(locked) + COOL_OFF if locked else None


def release(username):
    """Forget the wrong tries at the account, from every address."""
    AxesProxyHandler.reset_attempts(username=username)


def locked_out(request, original_response=None, credentials=None):
    """The answer to a locked-out try: when to come back and whom to call (django-axes calls it)."""
    username = (credentials or {}).get("username")
    until = locked_until(username, axes_address(request)) or timezone.now() + COOL_OFF
    response = render(request, "429.html", {"until": until}, status=429)
    response["Cache-Control"] = "no-store"
    return response
