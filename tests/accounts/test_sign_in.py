"""Sign-in: same words for everybody refused, a lock after five wrong tries, nowhere to go but this site."""

from datetime import timedelta

import pytest
from axes.models import AccessAttempt
from django.db.models import F
from django.utils import timezone

from accounts import locks
from office.audit.models import Trail
from tests.cast import PASSWORD
from tests.conftest import Critic

WRONG = "账号或口令不对"


def sign_in(client, username, password, **extra):
    return client.post("/login/", {"username": username, "password": password}, **extra)


def fail(times, username="user06", address="10.0.0.1"):
    return [sign_in(Critic(), username, "wrong", REMOTE_ADDR=address) for _ in range(times)]


def test_right_password_leads_home_and_leaves_a_row(place, client):
    response = sign_in(client, "user06", PASSWORD)
    assert (response.status_code, response["Location"]) == (302, "/")
    row = Trail.objects.get()
    assert (row.verb, row.actor_name, row.town) == ("accounts.signed_in", "联系干部", place.town["西塘镇"].pk)
    assert row.address == "127.0.0.1"


def test_full_width_account_is_understood(place, client):
    assert sign_in(client, " ｕｓｅｒ06 ", PASSWORD).status_code == 302


def test_known_unknown_and_disabled_accounts_are_refused_in_the_same_words(place, client):
    disabled = place.user["社区书记"]
    disabled.is_active = False
    disabled.save()
    tries = [("user06", "wrong"), ("nobody", "wrong"), (disabled.username, PASSWORD)]
    pages = []
    for username, password in tries:
        response = sign_in(Critic(), username, password)
        text = response.content.decode()
        assert WRONG in text
        pages.append(text.replace(username, "").split("<main", 1)[1].split('name="csrf')[0])
    assert len(set(pages)) == 1


def test_unknown_accounts_cost_a_hash_too(place, client, monkeypatch):
    """So that the time does not tell which accounts exist."""
    from django.contrib.auth.hashers import MD5PasswordHasher

    hashed = []
    plain = MD5PasswordHasher.encode
    monkeypatch.setattr(MD5PasswordHasher, "encode", lambda *a, **k: hashed.append(1) or plain(*a, **k))
    sign_in(client, "nobody", "wrong")
    unknown = len(hashed)
    sign_in(client, "user06", "wrong")
    assert unknown == len(hashed) - unknown == 1


def test_refused_try_leaves_a_row_in_the_accounts_town_without_the_password(place, client):
    sign_in(client, "user14", "Not-the-password-1")
    row = Trail.objects.get()
    assert (row.verb, row.town, row.actor) == ("accounts.sign_in_refused", place.town["东港镇"].pk, None)
    assert row.result == "refused"
    assert "Not-the" not in str(list(Trail.objects.values()))


def test_name_of_an_unknown_account_is_not_kept(place, client):
    """Somebody types the password into the wrong field."""
    sign_in(client, "My-secret-2026", "x")
    row = Trail.objects.get()
    assert row.town == 0
    assert "secret" not in str(list(Trail.objects.values()))


def test_fifth_wrong_try_locks_account_and_address_together(place):
    answers = fail(5)
    assert [a.status_code for a in answers] == [200, 200, 200, 200, 429]
    page = answers[-1].content.decode()
    until = timezone.localtime(locks.locked_until("user06"))
    assert f"{until:%H:%M}" in page
    assert "系统管理员" in page
    assert sign_in(Critic(), "user06", PASSWORD, REMOTE_ADDR="10.0.0.1").status_code == 429
    assert sign_in(Critic(), "user04", PASSWORD, REMOTE_ADDR="10.0.0.1").status_code == 302
    assert sign_in(Critic(), "user06", PASSWORD, REMOTE_ADDR="10.0.0.2").status_code == 302


def test_lock_is_told_once_in_the_trail_and_further_tries_do_not_fill_it(place):
    fail(8)
    reasons = [row.reason for row in Trail.objects.filter(verb="accounts.sign_in_refused").order_by("id")]
    assert reasons == ["", "", "", "", "连续输错，锁定15分钟"]


def test_changing_the_browser_does_not_lift_the_lock(place):
    fail(4)
    assert sign_in(Critic(), "user06", "x", REMOTE_ADDR="10.0.0.1", HTTP_USER_AGENT="other").status_code == 429


def test_written_forwarded_address_does_not_lift_the_lock(place):
    fail(5)
    extra = {"REMOTE_ADDR": "10.0.0.1", "HTTP_X_FORWARDED_FOR": "1.2.3.4"}
    assert sign_in(Critic(), "user06", PASSWORD, **extra).status_code == 429


def test_behind_a_proxy_each_office_is_counted_by_its_own_address(place, settings):
    settings.PROXY_COUNT = 1
    for _ in range(5):
        sign_in(Critic(), "user06", "x", REMOTE_ADDR="172.16.0.1", HTTP_X_FORWARDED_FOR="9.9.9.9, 10.0.0.1")
    again = {"REMOTE_ADDR": "172.16.0.1"}
    locked = sign_in(Critic(), "user06", PASSWORD, HTTP_X_FORWARDED_FOR="8.8.8.8, 10.0.0.1", **again)
    other = sign_in(Critic(), "user06", PASSWORD, HTTP_X_FORWARDED_FOR="10.0.0.2", **again)
    assert (locked.status_code, other.status_code) == (429, 302)


def test_lock_opens_after_a_quarter_of_an_hour_even_if_one_keeps_trying(place):
    fail(5)
    AccessAttempt.objects.update(attempt_time=F("attempt_time") - timedelta(minutes=10))
    assert fail(1)[0].status_code == 429
    AccessAttempt.objects.update(attempt_time=F("attempt_time") - timedelta(minutes=6))
    assert sign_in(Critic(), "user06", PASSWORD, REMOTE_ADDR="10.0.0.1").status_code == 302


@pytest.mark.parametrize(
    "wanted", ["//evil.example", "https://evil.example/", "javascript:alert(1)", "\\\\evil.example", "http:///evil"]
)
def test_next_leads_nowhere_but_here(place, client, wanted):
    response = client.post("/login/", {"username": "user06", "password": PASSWORD, "next": wanted})
    assert response["Location"] == "/"
    assert wanted not in Critic().get("/login/", {"next": wanted}).content.decode()


def test_next_of_this_site_is_followed(place, client):
    assert 'value="/me/?a=1"' in client.get("/login/", {"next": "/me/?a=1"}).content.decode()
    response = client.post("/login/", {"username": "user06", "password": PASSWORD, "next": "/me/?a=1"})
    assert response["Location"] == "/me/?a=1"


@pytest.mark.parametrize(
    ("username", "password"),
    [
        ("user\x0006", "x"),
        ("user06", "口" * 10_000),
        ("a" * 10_000, "x"),
        ("", ""),
        ("\ud7ff'\"<b>", "%00"),
        ("user06", "\x00"),
    ],
)
def test_hostile_input_gets_a_chinese_answer(place, client, username, password):
    response = sign_in(client, username, password)
    assert response.status_code == 200
    page = response.content.decode()
    assert "处需要修改" in page
    assert "<b>" not in page.split("<main")[1].split("error-summary")[1].split("</form>")[0]


def test_long_password_is_called_too_long(place, client):
    assert "口令太长了" in sign_in(client, "user06", "a" * 10_000).content.decode()


def test_strange_headers_do_no_harm(place, client):
    junk = {
        "HTTP_X_FORWARDED_FOR": "<script>,'--",
        "HTTP_USER_AGENT": "x" * 9000,
        "HTTP_REFERER": "::::",
        "REMOTE_ADDR": "junk",
    }
    assert sign_in(client, "user06", "wrong", **junk).status_code == 200
    assert client.get("/me/", **junk).status_code == 302


def test_sign_in_is_not_kept_by_the_browser_and_says_the_secrecy_line(place, client):
    response = client.get("/login/")
    assert "no-store" in response["Cache-Control"]
    assert "涉密的内容一律不要录入" in response.content.decode()


def test_signed_in_go_on_without_a_form(as_user):
    assert as_user("联系干部").get("/login/?next=/me/")["Location"] == "/me/"


def test_sign_out_is_a_post_that_ends_the_session_and_clears_the_browser(as_user, place):
    client = as_user("联系干部")
    assert client.get("/logout/").status_code == 405
    response = client.post("/logout/")
    assert response["Location"] == "/login/"
    assert response["Clear-Site-Data"] == '"cache", "storage"'
    assert "no-store" in response["Cache-Control"]
    assert client.get("/me/").status_code == 302
    assert Trail.objects.get().verb == "accounts.signed_out"


def test_form_that_is_too_old_says_so_and_gives_the_text_back(place):
    client = Critic(enforce_csrf_checks=True).sign_in(place.user["联系干部"])
    text = "到会人员能不能默认上次的？<b>"
    response = client.post(
        "/feedback/", {"text": text, "token": "not shown, as it is a token"}, HTTP_REFERER="http://testserver/feedback/"
    )
    page = response.content.decode()
    assert response.status_code == 403
    assert "还没有存上" in page
    assert "默认上次的？&lt;b&gt;" in page
    assert "not shown" not in page
    assert 'href="/feedback/"' in page


def test_form_from_another_site_is_refused_without_repeating_what_it_sent(place):
    client = Critic(enforce_csrf_checks=True).sign_in(place.user["联系干部"])
    response = client.post("/feedback/", {"text": "请拨打一二三四五六七"}, HTTP_ORIGIN="https://evil.example")
    assert response.status_code == 403
    assert "请拨打" not in response.content.decode()
