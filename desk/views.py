"""The error pages: what to do and whom to call."""

from django.shortcuts import render

from accounts.permissions import open_to_all


def _page(request, status):
    response = render(request, f"{status}.html", status=status)
    response["Cache-Control"] = "no-store"
    return response


@open_to_all
def bad_request(request, exception=None):
    return _page(request, 400)


@open_to_all
def forbidden(request, exception=None):
    return _page(request, 403)


@open_to_all
def not_found(request, exception=None):
    return _page(request, 404)


@open_to_all
def server_error(request):
    return _page(request, 500)
