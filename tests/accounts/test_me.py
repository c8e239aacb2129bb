"""The own account: duties in words, phone, text size."""

import pytest

from accounts import rights
from accounts.roles import Role
from office.audit.models import Trail


@pytest.mark.parametrize(
    ("reader", "shown", "hidden"),
    [
        ("镇党建办", ["全镇的小区", "导入党员名册", "批量生成年度材料"], []),
        ("镇领导", ["全镇的小区", "导出名单"], ["批量生成", "导入党员名册"]),
        ("指导组", ["北社区的全部小区", "查看联系电话"], ["导出名单", "公民身份号码"]),
        ("社区工作者", ["北社区的全部小区", "导入党员名册"], []),
        ("联系干部", ["湖畔党支部的党员", "所覆盖的小区（湖畔）", "查看联系电话"], ["导入党员名册", "公园"]),
        ("支部书记", ["湖畔党支部的党员", "写本支部的年度述职"], ["导出名单", "公民身份号码"]),
        ("小区工作人员", ["湖畔这一个小区", "没有公民身份号码"], ["导出名单", "查看联系电话"]),
        ("审计管理员", ["本镇的操作记录", "看不到小区、党员和会议"], ["录入"]),
    ],
)
def test_page_says_what_one_sees_and_does(as_user, reader, shown, hidden):
    page = as_user(reader).get("/me/").content.decode().split("<main")[1]
    for words in shown:
        assert words in page
    for words in hidden:
        assert words not in page


def test_every_role_can_be_explained():
    for role in Role:
        assert rights.may(role) or role in (Role.GUIDANCE,), role


def test_without_duties_the_page_says_whom_to_ask(place, as_user):
    from accounts.models import Assignment

    Assignment.objects.filter(user=place.user["联系干部"]).delete()
    assert "请找镇里的安全管理员" in as_user("联系干部").get("/me/").content.decode()


def test_phone_is_tidied_and_its_change_leaves_a_row_without_the_number(place, as_user):
    client = as_user("联系干部")
    assert client.post("/me/", {"phone": "１３９ 0013 9000"}).status_code == 302
    place.user["联系干部"].refresh_from_db()
    assert place.user["联系干部"].phone == "13900139000"
    row = Trail.objects.get()
    assert row.verb == "accounts.phone_changed"
    assert "1390" not in str(row.changes)
    client.post("/me/", {"phone": "13900139000"})
    assert Trail.objects.count() == 1


@pytest.mark.parametrize("phone", ["123", "<b>", "1" * 500, "138\x00"])
def test_hostile_phone_is_told_what_to_mend(as_user, phone):
    assert "处需要修改" in as_user("联系干部").post("/me/", {"phone": phone}).content.decode()


def test_text_size_is_kept_for_a_year_and_leads_back(client, db):
    answer = client.get("/text-size/xl/?next=/login/")
    assert answer["Location"] == "/login/"
    assert answer.cookies["text_size"]["max-age"] == 365 * 24 * 3600
    assert 'data-size="xl"' in client.get("/login/").content.decode()


@pytest.mark.parametrize("wanted", ["//evil.example", "https://evil.example", "javascript:x", ""])
def test_text_size_leads_nowhere_but_here(client, db, wanted):
    assert client.get("/text-size/l/", {"next": wanted})["Location"] == "/"


def test_text_sizes_that_do_not_exist_are_not_there(client, db):
    assert client.get("/text-size/huge/").status_code == 404
    assert client.post("/text-size/l/").status_code == 405
