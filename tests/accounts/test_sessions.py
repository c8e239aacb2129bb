"""The session's clock: 30 minutes without a page, 12 hours in all, and accounts that end at once."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts import deeds
from accounts.models import Assignment
from tests.cast import PASSWORD
from tests.conftest import Critic


@pytest.fixture
def clock(monkeypatch):
    """Moves time on: clock(minutes=31)."""
    start = timezone.now()
    passed = timedelta()

    def move(**time):
        nonlocal passed
        passed += timedelta(**time)

    monkeypatch.setattr(timezone, "now", lambda: start + passed)
    return move


@pytest.fixture
def session(place, clock):
    client = Critic()
    client.post("/login/", {"username": "user06", "password": PASSWORD})
    assert client.get("/me/").status_code == 200
    return client


def test_half_an_hour_without_a_page_ends_the_session_and_says_why(session, clock):
    clock(minutes=31)
    response = session.get("/feedback/?before=3")
    assert response["Location"] == "/login/?ended=1&next=%2Ffeedback%2F%3Fbefore%3D3"
    assert "为安全请重新登录" in session.get(response["Location"]).content.decode()


def test_reading_keeps_the_session_alive(session, clock):
    for _ in range(4):
        clock(minutes=25)
        assert session.get("/me/").status_code == 200


def test_twelve_hours_end_the_session_however_busy(session, clock):
    for _ in range(28):
        clock(minutes=25)
        assert session.get("/me/").status_code == 200
    clock(minutes=21)
    assert session.get("/me/")["Location"] == "/login/?ended=1&next=%2Fme%2F"
    assert session.get("/me/").status_code == 302


def test_a_form_sent_too_late_leads_back_to_its_own_page(session, clock):
    clock(minutes=31)
    sent = {"HTTP_REFERER": "http://testserver/feedback/?before=3"}
    assert session.post("/feedback/", {"text": "x"}, **sent)["Location"].endswith("next=%2Ffeedback%2F%3Fbefore%3D3")
    sent = {"HTTP_REFERER": "https://evil.example/feedback/"}
    assert session.post("/feedback/", {"text": "x"}, **sent)["Location"] == "/login/"


def test_who_never_signed_in_is_not_told_of_an_end(client, db):
    assert client.get("/me/")["Location"] == "/login/?next=%2Fme%2F"


def test_clock_writes_at_most_once_a_minute(session, clock):
    def writes():
        with CaptureQueriesContext(connection) as asked:
            session.get("/me/")
        return [q for q in asked.captured_queries if "UPDATE" in q["sql"]]

    clock(seconds=30)
    assert writes() == []
    clock(seconds=40)
    assert len(writes()) == 1


def test_pages_behind_the_sign_in_are_kept_nowhere(session):
    assert session.get("/me/")["Cache-Control"] == "no-store, private"


def test_disabling_ends_the_session_at_once(session, place):
    deeds.disable(place.user["联系干部"], by=place.user["系统管理员"])
    assert session.get("/me/").status_code == 302
    deeds.enable(place.user["联系干部"], by=place.user["系统管理员"])
    assert session.get("/me/").status_code == 302


def test_issued_password_ends_the_session_at_once(session, place):
    deeds.issue_password(place.user["联系干部"], by=place.user["系统管理员"])
    assert session.get("/me/").status_code == 302


def test_duty_that_ends_is_gone_with_the_next_page(place, as_user):
    client = as_user("审计管理员")
    assert client.get("/trail/").status_code == 200
    duty = Assignment.objects.get(user=place.user["审计管理员"])
    deeds.end(duty, on=place.today - timedelta(days=1), by=place.user["安全管理员"])
    assert client.get("/trail/").status_code == 403


def test_production_cookies_are_bound_to_the_host(tmp_path):
    """The settings of a real deployment, read in a process of their own."""
    import os
    import subprocess
    import sys

    names = "SESSION_COOKIE_NAME CSRF_COOKIE_NAME SESSION_COOKIE_SECURE CSRF_COOKIE_SECURE SESSION_COOKIE_HTTPONLY"
    code = f"from config import settings as s; print([getattr(s, n) for n in '{names} PASSWORD_HASHERS'.split()])"
    environment = {
        "PATH": os.environ["PATH"],
        "APP_MODE": "production",
        "DATA_DIR": str(tmp_path),
        "SECRET_KEY": "k3J9-" * 12 + "abcdefghij",
        "ID_KEYS": "00" * 32,
        "ID_HASH_KEY": "11" * 32,
        "DATABASE_URL": "postgres://u:p@localhost/x",
        "REDIS_URL": "redis://localhost",
        "ALLOWED_HOSTS": "desk.example",
    }
    printed = subprocess.run([sys.executable, "-c", code], env=environment, capture_output=True, text=True, check=True)
    assert "['__Host-session', '__Host-csrf', True, True, True" in printed.stdout
    assert "Argon2PasswordHasher" in printed.stdout
