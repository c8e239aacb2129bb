"""The administrators' pages: who may open which, what they show once, and what a hostile form gets."""

from datetime import timedelta

import pytest

from accounts import deeds
from accounts.models import Assignment, User
from accounts.roles import Role
from office.audit.models import Trail
from tests.cast import PASSWORD
from tests.conftest import Critic


def urls_of(place, name="联系干部"):
    pk = place.user[name].pk
    duty = Assignment.objects.get(user=pk).pk
    return {
        "accounts": "/accounts/",
        "account_new": "/accounts/new/",
        "account": f"/accounts/{pk}/",
        "account_password": f"/accounts/{pk}/password/",
        "account_state": f"/accounts/{pk}/state/",
        "assignment_new": f"/accounts/{pk}/duties/new/",
        "assignment_end": f"/accounts/duties/{duty}/end/",
    }


MATRIX = {  # 页面: 系统, 安全, 审计, 镇党建办, 支部书记
    "accounts": [200, 200, 403, 403, 403],
    "account_new": [200, 403, 403, 403, 403],
    "account": [200, 200, 403, 403, 403],
    "account_password": [200, 403, 403, 403, 403],
    "account_state": [200, 403, 403, 403, 403],
    "assignment_new": [403, 200, 403, 403, 403],
    "assignment_end": [403, 200, 403, 403, 403],
}


@pytest.mark.parametrize("name", MATRIX)
def test_who_opens_what(place, as_user, name):
    readers = ("系统管理员", "安全管理员", "审计管理员", "镇党建办", "支部书记")
    assert [as_user(reader).get(urls_of(place)[name]).status_code for reader in readers] == MATRIX[name]


@pytest.mark.parametrize("reader", ["系统管理员", "安全管理员"])
def test_accounts_of_another_town_are_not_there(place, as_user, reader):
    client, foreign = as_user(reader), urls_of(place, "邻镇党建办")
    for name in ("account", "account_password", "account_state", "assignment_new", "assignment_end"):
        if MATRIX[name][reader == "安全管理员"] == 200:
            assert client.get(foreign[name]).status_code == 404, name
            assert client.post(foreign[name]).status_code == (405 if name == "account" else 404), name
    assert "邻镇党建办" not in client.get("/accounts/").content.decode()


def test_own_account_is_kept_by_somebody_else(place, as_user):
    system, security = urls_of(place, "系统管理员"), urls_of(place, "安全管理员")
    assert as_user("系统管理员").post(system["account_password"]).status_code == 403
    assert as_user("系统管理员").post(system["account_state"], {"state": "disabled"}).status_code == 403
    assert as_user("安全管理员").get(security["assignment_new"] + "?role=town_office").status_code == 403
    assert as_user("安全管理员").post(security["assignment_end"], {"on": "今天"}).status_code == 403
    assert "这是您自己的账号" in as_user("系统管理员").get(system["account"]).content.decode()


def test_new_account_shows_its_password_once_and_signs_in_with_it(place, as_user):
    client = as_user("系统管理员")
    answer = client.post("/accounts/new/", {"username": "liyiming", "name": "李一鸣", "phone": "１３８ 0013 8000"})
    user = User.objects.get(username="liyiming")
    assert (user.town, user.phone) == (place.town["西塘镇"], "13800138000")
    password = answer.content.decode().split('class="big">')[1].split("<")[0]
    assert password not in client.get(f"/accounts/{user.pk}/").content.decode()
    assert answer["Cache-Control"] == "no-store, private"
    other = Critic()
    other.post("/login/", {"username": "liyiming", "password": password})
    assert other.get("/")["Location"] == "/me/password/"
    assert password not in str(list(Trail.objects.values()))


def test_second_click_on_new_account_makes_no_second_one(as_user):
    client, form = as_user("系统管理员"), {"username": "liyiming", "name": "李一鸣"}
    client.post("/accounts/new/", form)
    assert "到他的账号页重置口令" in client.post("/accounts/new/", form).content.decode()
    assert User.objects.filter(username="liyiming").count() == 1


def test_account_taken_in_the_same_moment_is_a_word_not_a_fault(as_user, monkeypatch):
    from accounts.forms import AccountForm

    monkeypatch.setattr(AccountForm, "validate_unique", lambda form: None)
    page = as_user("系统管理员").post("/accounts/new/", {"username": "user01", "name": "甲"}).content.decode()
    assert "已有人用" in page


@pytest.mark.parametrize(
    "form",
    [
        {"username": "Zhou Min", "name": "周敏"},
        {"username": "a" * 5000, "name": "周敏"},
        {"username": "zhou\x00min", "name": "周敏"},
        {"username": "zhoumin", "name": "周" * 41},
        {"username": "zhoumin", "name": ""},
        {"username": "zhoumin", "name": "周敏", "phone": "<script>"},
        {"username": "zhoumin\n", "name": "周\x00"},
        {},
    ],
)
def test_hostile_account_forms_are_told_what_to_mend(as_user, form):
    users = User.objects.count()
    response = as_user("系统管理员").post("/accounts/new/", form)
    assert response.status_code == 200
    assert "处需要修改" in response.content.decode()
    assert User.objects.count() == users


def test_reset_password_replaces_the_old_one(place, as_user):
    url = urls_of(place)["account_password"]
    client = as_user("系统管理员")
    assert "确认是他本人" in client.get(url).content.decode()
    password = client.post(url).content.decode().split('class="big">')[1].split("<")[0]
    for word, status in ((PASSWORD, 200), (password, 302)):
        assert Critic().post("/login/", {"username": "user06", "password": word}).status_code == status


def test_disable_enable_unlock(place, as_user):
    client, url = as_user("系统管理员"), urls_of(place)["account_state"]
    page = urls_of(place)["account"]
    client.post(url, {"state": "disabled", "reason": "调离"})
    client.post(url, {"state": "disabled", "reason": "调离"})
    assert "已停用" in client.get(page).content.decode()
    assert Trail.objects.filter(verb="accounts.user_disabled").get().reason == "调离"
    client.post(url, {"state": "enabled"})
    assert Critic().post("/login/", {"username": "user06", "password": PASSWORD}).status_code == 302
    for _ in range(5):
        Critic().post("/login/", {"username": "user06", "password": "wrong"})
    assert "锁到" in client.get(page).content.decode()
    client.post(url, {"state": "unlocked"})
    assert "锁到" not in client.get(page).content.decode()
    assert Critic().post("/login/", {"username": "user06", "password": PASSWORD}).status_code == 302
    assert client.post(url, {"state": "deleted"}).status_code == 200


def test_granting_in_two_steps(place, as_user):
    user, _ = deeds.create_user(town=place.town["西塘镇"], username="liyiming", name="李一鸣", by=None)
    client, url = as_user("安全管理员"), f"/accounts/{user.pk}/duties/new/"
    assert "选职责" in client.get(url).content.decode()
    form = client.get(f"{url}?role=liaison").content.decode()
    assert "湖畔党支部" in form
    assert "海景党支部" not in form
    assert "不等于任职" in form
    answer = client.post(f"{url}?role=liaison", {"place": place.body["湖畔党支部"].pk, "starts_on": "今天"})
    assert answer["Location"] == f"/accounts/{user.pk}/"
    assert User.objects.get(pk=user.pk).has_role(Role.LIAISON)


def test_places_of_another_town_or_kind_are_no_choice(place, as_user):
    url = urls_of(place)["assignment_new"]
    client = as_user("安全管理员")
    for role, foreign in (("liaison", "海景党支部"), ("liaison", "北社区"), ("community_secretary", "港口社区")):
        answer = client.post(f"{url}?role={role}", {"place": place.body[foreign].pk, "starts_on": "今天"})
        assert "处需要修改" in answer.content.decode()
    answer = client.post(f"{url}?role=compound_worker", {"place": place.compound["海景"].pk, "starts_on": "今天"})
    assert "处需要修改" in answer.content.decode()


def test_town_wide_duties_need_no_place(place, as_user):
    user, _ = deeds.create_user(town=place.town["西塘镇"], username="sunli", name="孙丽", by=None)
    url = f"/accounts/{user.pk}/duties/new/?role=auditor"
    assert as_user("安全管理员").post(url, {"starts_on": "今天"}).status_code == 302
    refused = as_user("安全管理员").post(url.replace("auditor", "town_office"), {"starts_on": "今天"}).content.decode()
    assert "三员分立" in refused


@pytest.mark.parametrize("starts_on", ["", "32号", "12月", "今天\x00", "9" * 500])
def test_hostile_dates_are_told_what_to_mend(place, as_user, starts_on):
    url = urls_of(place)["assignment_new"] + "?role=town_office"
    answer = as_user("安全管理员").post(url, {"starts_on": starts_on})
    assert "处需要修改" in answer.content.decode()


@pytest.mark.parametrize("query", ["?role=", "?role=god", "?role=%00", "?role=auditor&role=town_office"])
def test_hostile_roles_are_no_fault(place, as_user, query):
    assert as_user("安全管理员").get(urls_of(place)["assignment_new"] + query).status_code == 200


def test_ending_a_duty(place, as_user):
    url = urls_of(place)["assignment_end"]
    client = as_user("安全管理员")
    assert "处需要修改" in client.post(url, {"on": "2020-1-1"}).content.decode()
    assert client.post(url, {"on": "昨天", "reason": "轮岗"}).status_code == 302
    assert Assignment.objects.get(user=place.user["联系干部"]).ends_on == place.today - timedelta(days=1)


def test_list_is_searched_by_name_duty_and_state(place, as_user):
    client = as_user("系统管理员")
    deeds.disable(place.user["邻支部书记"], by=place.user["系统管理员"])
    for query, shown, hidden in (
        ("?q=user06", "联系干部", "社区工作者"),
        ("?role=auditor", "审计管理员", "社区工作者"),
        ("?state=disabled", "邻支部书记", "社区工作者"),
        ("?state=new", "没有符合的账号", "社区工作者"),
    ):
        rows = client.get(f"/accounts/{query}").content.decode().split("</form>", 3)[-1]
        assert shown in rows
        assert hidden not in rows
    assert client.get("/accounts/?q=%00&role=x&state=y&before=abc").status_code == 200
    assert client.get("/accounts/99999999999999999999/").status_code == 404


def test_list_asks_the_same_for_two_accounts_and_fifty_two(place, as_user, django_assert_max_num_queries):
    client = as_user("系统管理员")
    people = [User(username=f"many{n}", name=f"某{n}", town=place.town["西塘镇"]) for n in range(60)]
    User.objects.bulk_create(people)
    duty = {"role": Role.TOWN_OFFICE, "body": place.body["西塘镇"], "starts_on": place.today}
    Assignment.objects.bulk_create([Assignment(user=user, **duty) for user in people])
    client.get("/me/")  # 会话时钟先走一步
    with django_assert_max_num_queries(6):
        page = client.get("/accounts/").content.decode()
    assert page.count("<tr>") == 51
    older = page.split('href="?before=')[1].split('"')[0]
    assert "user01" in client.get(f"/accounts/?before={older}").content.decode()
