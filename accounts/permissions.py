"""Who may open a view. The decorators also tell the menu and the tests."""

from functools import wraps

from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import PermissionDenied


def open_to(*roles):
    """The view opens to users holding one of `roles` today; others get 403. Rows are narrowed by visible_to."""

    def decorate(view):
        @wraps(view)
        def guarded(request, *args, **kwargs):
            if not request.user.has_role(*roles):
                raise PermissionDenied
            return view(request, *args, **kwargs)

        guarded.open_to = roles
        return guarded

    return decorate


def open_to_signed_in(view):
    """The view opens to everybody who has signed in (own account, help, home)."""
    view.open_to = "signed_in"
    return view


def open_to_all(view):
    """The view opens without signing in (sign-in itself, health)."""
    view = login_not_required(view)
    view.open_to = "public"
    return view
