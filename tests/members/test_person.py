"""一人一页: who opens it, what each sees, and looking up a number or a telephone."""

import re
import time
from datetime import date

import pytest
from django.contrib.sessions.models import Session
from django.core.exceptions import PermissionDenied
from django.urls import reverse

from members import reveal
from members.models import Person
from office.audit.models import Trail
from tests.members.conftest import id_number

NUMBER = id_number(date(1960, 5, 1))


@pytest.fixture
def wang(place):
    person = place.member["王伟"].person
    person.set_id_number(NUMBER)
    person.save()
    return person


def page_of(client, person):
    return client.get(reverse("person", args=[person.pk]))


@pytest.mark.parametrize(
    ("who", "status"),
    [
        ("镇党建办", 200),
        ("镇领导", 200),
        ("指导组", 200),
        ("社区书记", 200),
        ("联系干部", 200),
        ("支部书记", 200),
        ("小区工作人员", 403),
        ("邻支部联系干部", 404),
        ("邻支部书记", 404),
        ("邻社区书记", 404),
        ("邻镇党建办", 404),
        ("审计管理员", 403),
    ],
)
def test_who_opens_the_page_of_a_member(as_user, wang, who, status):
    assert page_of(as_user(who), wang).status_code == status
    look_up = as_user(who).get(reverse("person_reveal", args=[wang.pk]) + "?what=phone")
    assert look_up.status_code == status


@pytest.mark.parametrize("pk", ["999999", "99999999999999999999999999"])
def test_an_unknown_person_is_not_found(as_user, pk):
    assert as_user("镇党建办").get(f"/people/{pk}/").status_code == 404
    assert as_user("镇党建办").get(f"/people/{pk}/reveal/?what=id").status_code == 404


def test_staff_read_the_membership_with_its_classes(as_user, wang):
    page = page_of(as_user("社区书记"), wang).content.decode()
    for words in (
        "正式党员",
        "直管（组织关系在本社区）",
        "湖畔党支部",
        "2001年7月1日",
        "湖畔业委会主任",
        "1960年5月1日",
    ):
        assert words in page
    assert "330***********" in page
    assert NUMBER not in page


def test_the_branch_secretary_sees_no_number_at_all(as_user, wang):
    page = page_of(as_user("支部书记"), wang).content.decode()
    assert "公民身份号码" not in page
    assert "出生日期" not in page
    assert "138****8000" in page


def test_of_a_member_of_another_community_only_name_and_posts_show(place, as_user):
    person = place.member["高富"].person
    place.add_post("高富", "湖畔业委会", "alternate")
    response = page_of(as_user("社区书记"), person)
    page = response.content.decode()
    assert response.status_code == 200
    assert "湖畔业委会候补委员" in page
    assert "只看到姓名和任职" in page
    for hidden in ("138****8000", "山水", "1960", "2001年", "正式党员"):
        assert hidden not in page.replace("山水党支部书记", "")
    for what in ("id", "phone"):
        url = reverse("person_reveal", args=[person.pk]) + f"?what={what}"
        assert as_user("社区书记").get(url).status_code == 403
        assert as_user("社区书记").post(url, {"reason": "通知参加会议"}).status_code == 403
    assert not Trail.objects.filter(verb__startswith="members.", object_id=str(person.pk)).exists()


@pytest.mark.parametrize(
    ("who", "what", "whole"),
    [("社区书记", "id", NUMBER), ("联系干部", "id", NUMBER), ("指导组", "phone", "13800138000")],
)
def test_a_look_up_shows_the_value_and_leaves_one_row(as_user, wang, who, what, whole):
    client, url = as_user(who), reverse("person_reveal", args=[wang.pk]) + f"?what={what}"
    before = Trail.objects.count()
    assert client.get(url).status_code == 200
    assert Trail.objects.count() == before
    response = client.post(url, {"reason": "核对组织关系介绍信"})
    assert response["Location"] == reverse("person", args=[wang.pk])
    row = Trail.objects.get(pk__gt=before)
    assert (row.verb, row.reason, row.object_id) == (reveal.SECRETS[what].verb, "核对组织关系介绍信", str(wang.pk))
    assert whole not in str(row.changes) + row.object_label
    assert whole in page_of(client, wang).content.decode()
    assert Trail.objects.count() == before + 1


def test_what_was_looked_up_stays_with_the_one_who_asked(place, as_user, wang):
    client = as_user("社区书记")
    client.post(reverse("person_reveal", args=[wang.pk]) + "?what=phone", {"reason": "通知参加会议"})
    assert "13800138000" in page_of(client, wang).content.decode()
    assert "13800138000" not in page_of(as_user("社区工作者"), wang).content.decode()
    other = place.member["田大利"].person
    assert "13800138000" not in page_of(client, other).content.decode()
    for session in Session.objects.all():
        assert "13800138000" not in str(session.get_decoded())


def test_after_ten_minutes_it_is_masked_again(as_user, wang, monkeypatch):
    client = as_user("社区书记")
    client.post(reverse("person_reveal", args=[wang.pk]) + "?what=id", {"reason": "核对组织关系介绍信"})
    now = time.time()
    monkeypatch.setattr(reveal.time, "time", lambda: now + reveal.SHOWN_FOR - 5)
    assert NUMBER in page_of(client, wang).content.decode()
    monkeypatch.setattr(reveal.time, "time", lambda: now + reveal.SHOWN_FOR + 5)
    assert NUMBER not in page_of(client, wang).content.decode()


def test_the_branch_secretary_calls_after_a_logged_look_up(as_user, wang):
    client = as_user("支部书记")
    client.post(reverse("person_reveal", args=[wang.pk]) + "?what=phone", {"reason": "通知参加会议"})
    assert 'href="tel:13800138000"' in page_of(client, wang).content.decode()
    assert Trail.objects.filter(verb="members.phone_revealed").count() == 1


@pytest.mark.parametrize("who", ["支部书记", "指导组", "镇领导"])
def test_who_may_not_see_the_number_is_refused(as_user, wang, who):
    url = reverse("person_reveal", args=[wang.pk]) + "?what=id"
    assert as_user(who).get(url).status_code == 403
    assert as_user(who).post(url, {"reason": "核对组织关系介绍信"}).status_code == 403
    assert not Trail.objects.filter(verb="members.id_revealed").exists()


def test_the_deed_itself_guards_the_reach(place, wang):
    with pytest.raises(PermissionDenied):
        reveal.reveal(wang, "id", reason="核对组织关系介绍信", by=place.user["邻社区书记"])


@pytest.mark.parametrize("reason", ["", " ", "。。。。", "abcd", "看看", "很" * 101])
def test_a_reason_is_asked_for(as_user, wang, reason):
    client = as_user("社区书记")
    response = client.post(reverse("person_reveal", args=[wang.pk]) + "?what=phone", {"reason": reason})
    assert response.status_code == 200
    assert "错误：" in response.content.decode()
    assert not Trail.objects.filter(verb="members.phone_revealed").exists()
    assert "13800138000" not in page_of(client, wang).content.decode()


@pytest.mark.parametrize("what", ["", "name", "id_sealed", "%00", "../id"])
def test_only_the_two_secrets_can_be_asked_for(as_user, wang, what):
    assert as_user("社区书记").get(reverse("person_reveal", args=[wang.pk]) + f"?what={what}").status_code == 404


def test_the_history_reads_as_sentences(as_user, wang):
    client = as_user("社区书记")
    client.post(reverse("person_reveal", args=[wang.pk]) + "?what=phone", {"reason": "通知参加会议"})
    page = page_of(client, wang).content.decode()
    assert "查看联系电话，通知参加会议" in page
    assert "members.phone_revealed" not in page
    assert "通知参加会议" not in page_of(as_user("支部书记"), wang).content.decode()


def test_ended_posts_stand_apart_from_those_held(place, as_user, wang):
    place.add_post("王伟", "湖畔党支部", "org_member", starts_on=date(2019, 1, 1), ends_on=date(2022, 6, 30))
    page = page_of(as_user("社区书记"), wang).content.decode()
    assert re.search(r"以前的任职（1）.*2019年1月1日—2022年6月30日", page, re.S)


def test_somebody_who_is_no_member_has_a_page_too(place, as_user):
    guest = Person.objects.get(name="吴芳")
    page = page_of(as_user("社区书记"), guest).content.decode()
    assert "湖畔业委会委员" in page
    assert "群众" in page
    assert "党员身份" not in page
    assert "公民身份号码" not in page
    assert "出生日期" not in page
    assert page_of(as_user("邻社区书记"), guest).status_code == 404


def test_what_is_missing_is_said(place, as_user):
    page = page_of(as_user("社区书记"), place.member["周瑜"].person).content.decode()
    assert "还缺：</strong>电话" in page


def test_the_page_takes_ten_queries_at_most(as_user, wang):
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    client = as_user("镇党建办")
    page_of(client, wang)
    with CaptureQueriesContext(connection) as queries:
        page_of(client, wang)
    own = [q["sql"] for q in queries if not re.search("django_session|accounts_", q["sql"].split("WHERE")[0])]
    assert len(own) <= 10, own


@pytest.mark.parametrize("who", ["社区书记", "镇领导"])
def test_a_number_whose_key_is_missing_is_told_and_breaks_no_page(place, as_user, wang, who):
    """After a restore with other keys the page still stands and says whom to ask."""
    client, url = as_user(who), reverse("person_reveal", args=[wang.pk]) + "?what=id"
    Person.objects.filter(pk=wang.pk).update(id_sealed="00000000:" + "ab" * 40)
    client.post(url, {"reason": "核对组织关系介绍信"})
    response = page_of(client, wang)
    assert response.status_code == 200
    assert "用现有密钥打不开" in response.content.decode()
