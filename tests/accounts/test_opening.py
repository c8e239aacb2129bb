"""manage.py open_town: the first steps of a real town."""

from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from accounts.models import Assignment, User
from accounts.roles import Role
from office.areas.models import Body, Community, Town
from office.audit.models import Trail
from office.audit.trail import broken_links
from tests.conftest import Critic

TOWN = ["示范镇", "--communities", "城东社区，城南社区, 柳河村", "--admin", "zhoumin", "--admin-name", "周敏"]


def open_town(*arguments):
    printed = StringIO()
    call_command("open_town", *arguments, stdout=printed)
    return printed.getvalue()


def test_town_with_its_bodies_and_administrators(db):
    printed = open_town(*TOWN, "--auditor", "sunli", "--auditor-name", "孙丽")
    town = Town.objects.get(name="示范镇")
    names = set(Body.objects.filter(town=town).values_list("name", flat=True))
    assert "中共示范镇委员会" in names
    assert {"中共示范镇城东社区委员会", "示范镇城东社区居民委员会", "示范镇柳河村民委员会"} <= names
    assert Community.objects.get(name="柳河村").kind == Community.Kind.VILLAGE
    assert User.objects.get(username="zhoumin").roles == {Role.SYSTEM_ADMIN, Role.SECURITY_ADMIN}
    assert User.objects.get(username="sunli").roles == {Role.AUDITOR}
    assert Trail.objects.filter(town=town.pk, verb="areas.town_opened").exists()
    assert broken_links(town.pk) == []
    password = printed.split("账号 zhoumin　口令 ")[1].split("\n")[0]
    client = Critic()
    assert client.post("/login/", {"username": "zhoumin", "password": password}).status_code == 302
    assert client.get("/accounts/")["Location"] == "/me/password/"


def test_both_duties_in_one_person_carry_their_reason(db):
    printed = open_town(*TOWN)
    assert "还没有审计管理员" in printed
    assert Assignment.objects.exclude(reason="").count() == 2


def test_security_may_be_somebody_else(db):
    open_town(*TOWN, "--security", "lihua")
    assert User.objects.get(username="lihua").roles == {Role.SECURITY_ADMIN}
    assert User.objects.get(username="zhoumin").roles == {Role.SYSTEM_ADMIN}


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (TOWN, "已经开通过"),
        (["新镇", *TOWN[1:]], "已有人用"),
        (["新镇", "--communities", "甲社区,甲社区", "--admin", "wang", "--admin-name", "王"], "重名"),
        (["新镇", "--communities", "甲社区", "--admin", "wang", "--admin-name", "王", "--auditor", "wang"], "已有人用"),
    ],
)
def test_refusals_keep_nothing(db, arguments, words):
    open_town(*TOWN)
    before = (Town.objects.count(), Body.objects.count(), User.objects.count(), Trail.objects.count())
    with pytest.raises(CommandError, match=words):
        open_town(*arguments)
    assert (Town.objects.count(), Body.objects.count(), User.objects.count(), Trail.objects.count()) == before
