"""The own password: forced after an issued one, policy in words, guessing the current one is counted."""

import pytest

from accounts import deeds, locks, passwords
from office.audit.models import Trail
from tests.cast import PASSWORD
from tests.conftest import Critic

NEW = "jingui yuan 2026"


def change(client, current=PASSWORD, new=NEW, again=None):
    return client.post("/me/password/", {"current": current, "new": new, "again": new if again is None else again})


@pytest.fixture
def issued(place):
    """A client who has just signed in with an issued password, and the password."""
    password = deeds.issue_password(place.user["联系干部"], by=place.user["系统管理员"])
    client = Critic()
    client.post("/login/", {"username": "user06", "password": password})
    return client, password


def test_issued_password_must_be_changed_before_anything_else(issued):
    client, password = issued
    for url in ("/", "/me/", "/feedback/", "/help/"):
        assert client.get(url)["Location"] == "/me/password/"
    assert client.get("/text-size/xl/?next=/me/password/")["Location"] == "/me/password/"
    assert "请先换成自己的口令" in client.get("/me/password/").content.decode()
    assert change(client, password)["Location"] == "/me/"
    assert client.get("/me/").status_code == 200


def test_issued_password_can_be_left_by_signing_out(issued):
    assert issued[0].post("/logout/")["Location"] == "/login/"


def test_issued_passwords_are_readable_and_never_the_same():
    made = {passwords.issue() for _ in range(200)}
    assert len(made) == 200
    assert not set("".join(made)) & set("0O1lIio")


def test_changing_keeps_this_session_and_ends_the_others(place):
    here, there = Critic(), Critic()
    for client in (here, there):
        client.post("/login/", {"username": "user06", "password": PASSWORD})
    assert change(here)["Location"] == "/me/"
    assert here.get("/me/").status_code == 200
    assert there.get("/me/").status_code == 302
    row = Trail.objects.filter(verb="accounts.password_changed").get()
    assert row.changes == {}
    assert NEW not in str(list(Trail.objects.values()))


@pytest.mark.parametrize(
    ("new", "words"),
    [
        ("short1", "至少10个字"),
        ("onlyletters", "至少有两种"),
        ("20262026202", "至少有两种"),
        ("zaixitang12345678", "太常见的词"),
        ("user06-jingui", "有账号、电话"),
        (PASSWORD, "不能和现在的一样"),
        ("口" * 10_000, "口令太长了"),
        ("", "请填写新口令"),
        ("abc\x00defghij1", "不能用的字符"),
    ],
)
def test_weak_password_is_refused_with_words(as_user, place, new, words):
    response = change(as_user("联系干部"), new=new)
    assert words in response.content.decode()
    place.user["联系干部"].refresh_from_db()
    assert place.user["联系干部"].check_password(PASSWORD)


def test_two_different_new_passwords_are_noticed(as_user):
    assert "两遍输的不一样" in change(as_user("联系干部"), again="jingui yuan 2027").content.decode()


def test_current_password_must_be_right_and_guessing_it_locks(as_user, place):
    client = as_user("联系干部")
    answers = [change(client, current=f"guess-{n}") for n in range(5)]
    assert "现在的口令不对" in answers[0].content.decode()
    assert answers[4].status_code == 429
    until = locks.locked_until("user06")
    assert change(client).status_code == 429
    assert locks.locked_until("user06") == until  # 锁着时再试不延长
    place.user["联系干部"].refresh_from_db()
    assert place.user["联系干部"].check_password(PASSWORD)


def test_the_new_field_does_not_tell_the_current_password(as_user):
    """Else it would be a place to guess it without limit."""
    page = change(as_user("联系干部"), current="guess", new=PASSWORD).content.decode()
    assert "不能和现在的一样" not in page
