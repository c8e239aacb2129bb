"""Addresses of this site that a person may be sent back to; anything else that came from outside is dropped."""

from urllib.parse import urlsplit

from django.utils.http import url_has_allowed_host_and_scheme


def own_address(request, wanted):
    """The path and query of `wanted` when it is an address of this site, else ""."""
    allowed = url_has_allowed_host_and_scheme(wanted, {request.get_host()}, require_https=request.is_secure())
    parts = urlsplit(wanted if allowed else "")
    path = parts.path + (f"?{parts.query}" if parts.query else "")
    # 只认从根写起的：别的写法会被当成网址的名字；“//”开头的会去别的网站。
    return path if path.startswith("/") and url_has_allowed_host_and_scheme(path, allowed_hosts=None) else ""


def page_before(request):
    """The address, without host, of the page the user came from; "" when it is unknown or another site's."""
    return own_address(request, request.META.get("HTTP_REFERER", ""))


def page_of(request):
    """The page the user is on: this one when it is being read, else the one whose form was sent."""
    return request.get_full_path() if request.method in ("GET", "HEAD") else page_before(request)
