"""扫码登录条: spent once by a press, of one's own branches, and a device that opens little."""

import re
from datetime import timedelta
from urllib.parse import quote

import pytest
from django.db import transaction
from django.urls import get_resolver, reverse
from django.utils import timezone

from accounts import slips
from accounts.models import Assignment, LoginSlip, SlipSwitch
from accounts.roles import Role
from office.audit.models import Trail
from tests.cast import PASSWORD
from tests.conftest import Critic
from tests.test_house import all_views

LAKE = "湖畔党支部"


@pytest.fixture
def make(place, as_user):
    """A new slip of the 联系干部 for 湖畔's secretary: the path its code leads to."""

    def made(who="联系干部"):
        duty = place.user["支部书记"].assignments.filter(role=Role.BRANCH_SECRETARY).get()
        response = as_user(who).post(reverse("slip_make", args=[duty.pk]))
        return re.search(r"(/s/[\w-]+/)", response.content.decode()).group(1)

    return made


@pytest.fixture
def phone(make):
    """A phone that has signed in by a slip."""
    client = Critic(headers={"user-agent": "Mozilla/5.0 (Linux; Android 13) MicroMessenger/8.0"})
    client.post(make())
    return client


def page(response):
    return response.content.decode()


def is_signed_in(client):
    return "_auth_user_id" in client.session


# --- The sheet ---------------------------------------------------------------------------------------------------


def test_reading_the_address_spends_nothing_and_a_press_signs_in(place, make):
    path = make()
    preview, phone = Critic(), Critic()
    for _ in range(3):
        assert "我是，登录" in page(preview.get(path))
    assert not is_signed_in(preview)
    assert phone.post(path)["Location"] == reverse("home")
    assert phone.get("/").status_code == 200
    assert phone.get("/").context["user"] == place.user["支部书记"]
    assert Trail.objects.filter(verb__in=["accounts.slip_made", "accounts.slip_used"]).count() == 2


def test_it_is_spent_once(make):
    path = make()
    Critic().post(path)
    late = Critic()
    for response in (late.get(path), late.post(path)):
        assert response.status_code == 410
        assert "已用过，请向联系干部要一张新的" in page(response)
    assert not is_signed_in(late)
    assert Trail.objects.filter(verb="accounts.slip_refused", result="refused").count() == 1


def test_it_holds_for_fifteen_minutes(make):
    path = make()
    LoginSlip.objects.update(expires_at=timezone.now() - timedelta(seconds=1))
    phone = Critic()
    assert "过了15分钟" in page(phone.post(path))
    assert not is_signed_in(phone)
    made = LoginSlip.objects.get()
    assert made.expires_at - made.made_at <= timedelta(minutes=15)


def test_a_newer_slip_takes_the_older_back(make):
    older, newer = make(), make()
    assert "已收回" in page(Critic().post(older))
    assert Critic().post(newer).status_code == 302


def test_taken_back_it_lets_nobody_in(as_user, make):
    path = make()
    as_user("联系干部").post(reverse("slip_revoke", args=[LoginSlip.objects.get().pk]))
    assert "已收回" in page(Critic().post(path))


def test_what_it_says_is_kept_nowhere(make):
    token = make().split("/")[2]
    made = LoginSlip.objects.get()
    assert token not in str([getattr(made, f.attname) for f in made._meta.concrete_fields])
    assert not Trail.objects.filter(object_label__contains=token).exists()
    assert len(token) >= 22


def test_it_ends_with_the_secretarys_duty(place, make):
    path = make()
    Assignment.objects.filter(user=place.user["支部书记"]).update(ends_on=place.today - timedelta(days=1))
    assert "不能用条登录" in page(Critic().post(path))


def test_a_disabled_account_does_not_come_in(place, make):
    path = make()
    place.user["支部书记"].is_active = False
    place.user["支部书记"].save()
    assert "不能用条登录" in page(Critic().post(path))


def test_only_the_liaison_of_the_branch_makes_one(place, as_user):
    duty = place.user["支部书记"].assignments.get()
    for who, answer in {"邻支部联系干部": 404, "社区书记": 403, "镇党建办": 403, "支部书记": 403}.items():
        assert as_user(who).post(reverse("slip_make", args=[duty.pk])).status_code == answer, who
    assert not LoginSlip.objects.exists()


def test_only_secretaries_get_one(place, as_user):
    """Not another account, whatever its number."""
    for who in ("社区书记", "联系干部", "小区工作人员", "系统管理员"):
        duty = place.user[who].assignments.get()
        assert as_user("联系干部").post(reverse("slip_make", args=[duty.pk])).status_code == 404, who


def test_nobody_makes_one_for_oneself(place, as_user):
    Assignment.objects.create(
        user=place.user["联系干部"], role=Role.BRANCH_SECRETARY, body=place.body[LAKE], starts_on=place.today
    )
    duty = place.user["联系干部"].assignments.get(role=Role.BRANCH_SECRETARY)
    response = as_user("联系干部").post(reverse("slip_make", args=[duty.pk]), follow=True)
    assert "不能给自己开登录条" in page(response)


def test_the_code_says_the_address_under_it(settings, as_user, place):
    """Under PUBLIC_BASE_URL where it is set, else the host that was asked; printed under the code."""
    duty = place.user["支部书记"].assignments.get()
    for base, start in (
        ("", "http://testserver/s/"),
        ("https://dangjian.example.gov.cn/", "https://dangjian.example.gov.cn/s/"),
    ):
        settings.PUBLIC_BASE_URL = base
        response = as_user("联系干部").post(reverse("slip_make", args=[duty.pk]))
        url = response.context["url"]
        assert url.startswith(start)
        assert response.context["qr"] == slips.qr(url)
        assert url in page(response)


def test_guessing_locks_the_address_out(place, make):
    make()
    stranger = Critic()
    answers = [stranger.post(f"/s/{'x' * 22}{number}/").status_code for number in range(7)]
    assert answers[:4] == [404] * 4
    assert answers[-1] == 429
    assert Trail.objects.filter(verb="accounts.slip_refused").count() <= 5
    assert Critic().post(make()).status_code == 302  # 手里有真条的照样能进


def test_somebody_else_signed_in_on_the_phone_is_replaced(place, as_user, make):
    client = as_user("社区书记")
    client.post(make())
    assert client.get("/").context["user"] == place.user["支部书记"]


# --- The device --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("days", [0, 29])
def test_the_device_stays_signed_in(phone, days):
    LoginSlip.objects.update(used_at=timezone.now() - timedelta(days=days))
    session = phone.session
    session["since"] = int((timezone.now() - timedelta(days=days)).timestamp())
    session.save()
    assert phone.get("/").status_code == 200


def test_it_stays_for_thirty_days_and_no_longer(phone):
    assert timedelta(days=29) < phone.session.get_expiry_date() - timezone.now() <= timedelta(days=30)
    phone.get("/")  # 每次打开不再往后延
    assert phone.session.get_expiry_date() <= LoginSlip.objects.get().stays_until
    LoginSlip.objects.update(used_at=timezone.now() - timedelta(days=30, seconds=1))
    assert "/login/" in phone.get("/")["Location"]
    assert not is_signed_in(phone)


OPENS = "home help me logout text_size login healthz slip slip_device_revoke slip_unlock report report_numbers report_dispute".split()
OPENS += "report_things report_words report_check report_submit meeting meeting_confirm meeting_object".split()


def test_without_the_password_it_opens_these_and_nothing_else(place, phone):
    """Every address of the site, read and posted to; the door stands before the page looks for anything."""
    found, cookies = set(), {name: morsel.value for name, morsel in phone.cookies.items()}
    for name, pattern, _ in all_views(get_resolver().url_patterns):
        path = "/" + re.sub(r"<\w+:(\w+)>", lambda match: str(_argument(place, match.group(1))), pattern)
        for method in ("get", "post"):
            client = Critic()
            client.cookies.load(cookies)
            undo = transaction.savepoint()
            response = getattr(client, method)(path)
            transaction.savepoint_rollback(undo)
            if not response.get("Location", "").startswith(reverse("slip_unlock")):
                found.add(name)
    assert found == set(OPENS)


def _argument(place, name):
    return {"branch": place.body[LAKE].pk, "year": place.today.year, "size": "l"}.get(name, 1)


def test_the_own_phone_number_is_changed_with_the_password_only(place, phone):
    assert phone.get(reverse("me")).status_code == 200
    assert reverse("slip_unlock") in phone.post(reverse("me"), {"phone": "13900139000"})["Location"]


def test_another_branchs_report_asks_for_the_password(place, phone):
    """Also for somebody who leads both."""
    Assignment.objects.create(
        user=place.user["支部书记"], role=Role.BRANCH_SECRETARY, body=place.body["公园党支部"], starts_on=place.today
    )
    own, other = (reverse("report", args=[place.body[b].pk, place.today.year]) for b in (LAKE, "公园党支部"))
    assert phone.get(own).status_code == 200
    assert reverse("slip_unlock") in phone.get(other)["Location"]


def test_the_password_opens_the_rest_for_a_while(phone):
    members = reverse("members")
    asked = phone.get(members)["Location"]
    assert asked == f"{reverse('slip_unlock')}?next={quote(members, safe='')}"
    assert "看这一页要输口令" in page(phone.get(asked))
    assert phone.post(asked, {"password": PASSWORD, "next": members})["Location"] == members
    assert phone.get(members).status_code == 200
    session = phone.session
    session[slips.UNLOCKED_KEY] = int(timezone.now().timestamp()) - 1
    session.save()
    assert reverse("slip_unlock") in phone.get(members)["Location"]
    assert phone.get("/").status_code == 200


def test_wrong_passwords_lock_as_at_the_sign_in(phone):
    answers = [phone.post(reverse("slip_unlock"), {"password": "x"}).status_code for _ in range(6)]
    assert answers[0] == 200
    assert answers[-1] == 429


@pytest.mark.parametrize("onward", ["https://evil.example/", "//evil.example/", "javascript:alert(1)"])
def test_the_password_leads_to_this_site_only(phone, onward):
    assert phone.post(reverse("slip_unlock"), {"password": PASSWORD, "next": onward})["Location"] == "/"


def test_an_issued_password_does_not_stand_in_the_way(place, make):
    place.user["支部书记"].must_change_password = True
    place.user["支部书记"].save()
    phone = Critic()
    phone.post(make())
    assert phone.get("/").status_code == 200
    phone.post(reverse("slip_unlock"), {"password": PASSWORD})
    assert phone.get("/")["Location"] == reverse("password_change")  # 用了口令，就要先改


def test_the_own_devices_are_listed_and_can_be_ended(place, as_user, phone):
    desk = as_user("支部书记")
    assert "安卓手机（微信）" in page(desk.get(reverse("me")))
    address = reverse("slip_device_revoke", args=[LoginSlip.objects.get().pk])
    assert as_user("邻支部书记").post(address).status_code == 404
    desk.post(address)
    assert "/login/" in phone.get("/")["Location"]
    assert "安卓手机" not in page(desk.get(reverse("me")))
    assert Trail.objects.filter(verb="accounts.slip_revoked").count() == 1


def test_the_liaison_ends_a_device(as_user, phone):
    address = reverse("slip_revoke", args=[LoginSlip.objects.get().pk])
    for _ in range(2):
        as_user("联系干部").post(address)
    assert "/login/" in phone.get("/")["Location"]
    assert Trail.objects.filter(verb="accounts.slip_revoked").count() == 1


# --- The town's switch -------------------------------------------------------------------------------------------


def test_the_town_switches_slips_off(as_user, make, phone):
    path = make()
    town = as_user("镇党建办")
    for _ in range(2):
        assert "已停用" in page(town.post(reverse("slip_switch"), {"on": "0"}, follow=True))
    assert "/login/" in phone.get("/")["Location"]
    assert Critic().post(path).status_code == 410
    assert "停用了扫码登录条" in page(as_user("联系干部").get(reverse("slips")))
    assert "开登录条" not in page(as_user("联系干部").get(reverse("slips")))
    assert Trail.objects.filter(verb="accounts.slips_switched").count() == 1
    as_user("系统管理员").post(reverse("slip_switch"), {"on": "1"})
    assert Critic().post(make()).status_code == 302


def test_another_towns_switch_is_not_ours(place, as_user, make):
    as_user("邻镇党建办").post(reverse("slip_switch"), {"on": "0"})
    assert SlipSwitch.objects.get().town == place.town["东港镇"]
    assert Critic().post(make()).status_code == 302
