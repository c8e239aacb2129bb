"""Sign-in, own account, suggestions, accounts and duties, the trail."""

from django.shortcuts import render


def csrf_failure(request, reason=""):
    """The form is too old or came from elsewhere; nothing was saved."""
    return render(request, "403.html", {"stale_form": True}, status=403)
