"""The marked copy of a faulty roster, kept a short while for the one who sent it.

It holds what the sender typed, ID numbers included: a random name, readable by the owner only, gone after two hours.
"""

import os
import re
import secrets
import time

from django.conf import settings

KEPT_FOR = 2 * 3600  # 秒
_TOKEN = re.compile(r"[A-Za-z0-9_-]{20,60}")


def _folder():
    return settings.DATA_DIR / "roster-errors"


def keep(content, user):
    """Keep the bytes for the user; returns the token of the address. Old copies of everybody go."""
    folder = _folder()
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    _forget_old(folder)
    token = secrets.token_urlsafe(24)
    descriptor = os.open(folder / _name(user, token), os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(content)
    return token


def path_of(token, user):
    """The path of the user's own copy, or None when it is gone or never was theirs."""
    if not _TOKEN.fullmatch(token):
        return None
    path = _folder() / _name(user, token)
    return path if path.exists() and time.time() - path.stat().st_mtime < KEPT_FOR else None


def _name(user, token):
    return f"{user.pk}-{token}.xlsx"


def _forget_old(folder):
    for path in folder.glob("*.xlsx"):
        if time.time() - path.stat().st_mtime >= KEPT_FOR:
            path.unlink(missing_ok=True)
