"""Reading pages as a browser behind gunicorn would: through the whole WSGI handler, signed in, without a network."""

from importlib import import_module
from time import thread_time
from wsgiref.util import setup_testing_defaults

from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.core.handlers.wsgi import WSGIHandler

from accounts.models import User

BACKEND = "django.contrib.auth.backends.ModelBackend"


class Failed(Exception):
    """A page did not answer 200: what it cost would mean nothing."""


class Visitor:
    """Somebody signed in; `get` reads a page, `cpu` says what that cost in seconds of this thread."""

    def __init__(self, username):
        self.user = User.objects.get(username=username)
        session = import_module(settings.SESSION_ENGINE).SessionStore()
        session[SESSION_KEY] = str(self.user.pk)
        session[BACKEND_SESSION_KEY] = BACKEND
        session[HASH_SESSION_KEY] = self.user.get_session_auth_hash()
        session.save()
        self.cookie = f"{settings.SESSION_COOKIE_NAME}={session.session_key}"
        self.handler = WSGIHandler()

    def get(self, path):
        """The bytes of the page. Raises Failed."""
        answer = {}
        environ = self._environ(path)
        response = self.handler(environ, lambda status, headers: answer.update(status=status))
        try:
            body = b"".join(response)
        finally:
            response.close()
        if not answer["status"].startswith("200"):
            raise Failed(f"{path}: {answer['status']}")
        return body

    def cpu(self, path):
        begun = thread_time()
        self.get(path)
        return thread_time() - begun

    def _environ(self, path):
        address, _, query = path.partition("?")
        environ = {"PATH_INFO": address, "QUERY_STRING": query, "HTTP_COOKIE": self.cookie, "HTTP_HOST": "bench"}
        setup_testing_defaults(environ)
        return environ
