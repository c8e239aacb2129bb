"""Deeds on accounts and duties: who may, what the trail keeps, and that a deed falls with its trail."""

from datetime import date, timedelta

import pytest
from django.core.exceptions import ValidationError

from accounts import deeds
from accounts.models import Assignment, User
from accounts.roles import Role
from office.audit import trail
from office.audit.models import Trail


@pytest.fixture
def newcomer(place):
    user, password = deeds.create_user(
        town=place.town["西塘镇"], username="liyiming", name="李一鸣", phone="13800138000", by=place.user["系统管理员"]
    )
    assert user.check_password(password)
    return user


def grant(place, user, role, home="西塘镇", by="安全管理员", **fields):
    where = {"compound": place.compound[home]} if role == Role.COMPOUND_WORKER else {"body": place.body[home]}
    return deeds.grant(user, role, by=place.user[by], **where, **fields)


def last_row():
    return Trail.objects.latest("id")


def test_new_account_sees_nothing_until_it_has_a_duty(place, newcomer):
    assert newcomer.must_change_password
    assert not newcomer.reach
    row = last_row()
    assert (row.verb, row.actor_name) == ("accounts.user_created", "系统管理员")
    assert "13800138000" not in str(row.changes)
    grant(place, newcomer, Role.LIAISON, "湖畔党支部")
    assert User.objects.get(pk=newcomer.pk).reach.branches == {place.body["湖畔党支部"].pk}


@pytest.mark.parametrize(
    ("deed", "verb"),
    [
        (
            lambda p, u: deeds.create_user(town=u.town, username="another", name="另一", by=p.user["系统管理员"]),
            "accounts.user_created",
        ),
        (lambda p, u: deeds.issue_password(u, by=p.user["系统管理员"]), "accounts.password_issued"),
        (lambda p, u: deeds.change_password(u, "jingui yuan 2026", by=u), "accounts.password_changed"),
        (lambda p, u: deeds.change_phone(u, "13900139000", by=u), "accounts.phone_changed"),
        (lambda p, u: deeds.disable(u, reason="调离", by=p.user["系统管理员"]), "accounts.user_disabled"),
        (lambda p, u: deeds.unlock(u, by=p.user["系统管理员"]), "accounts.user_unlocked"),
        (lambda p, u: grant(p, u, Role.GUIDANCE, "北社区"), "accounts.role_granted"),
    ],
)
def test_each_deed_leaves_one_row_and_falls_with_it(place, newcomer, monkeypatch, deed, verb):
    def state():
        users = User.objects.order_by("pk").values("username", "password", "phone", "is_active", "session_version")
        return list(users), list(Assignment.objects.order_by("pk").values())

    before, rows = state(), Trail.objects.count()

    def broken(*args, **kwargs):
        raise RuntimeError("the trail cannot be written")

    with monkeypatch.context() as patched:
        patched.setattr(trail, "record", broken)
        with pytest.raises(RuntimeError):
            deed(place, User.objects.get(pk=newcomer.pk))
    assert state() == before
    deed(place, User.objects.get(pk=newcomer.pk))
    assert Trail.objects.count() == rows + 1
    assert last_row().verb == verb


def test_disabling_and_enabling_twice_is_one_row_each(place, newcomer):
    by = place.user["系统管理员"]
    for deed in (deeds.disable, deeds.disable, deeds.enable, deeds.enable):
        deed(newcomer, by=by)
    verbs = list(Trail.objects.filter(verb__in=["accounts.user_disabled", "accounts.user_enabled"]).order_by("id"))
    assert [row.verb for row in verbs] == ["accounts.user_disabled", "accounts.user_enabled"]


def test_nobody_keeps_the_own_account_or_duties(place):
    system, security = place.user["系统管理员"], place.user["安全管理员"]
    for deed in (
        lambda: deeds.issue_password(system, by=system),
        lambda: deeds.disable(system, by=system),
        lambda: deeds.enable(system, by=system),
        lambda: deeds.unlock(system, by=system),
        lambda: grant(place, security, Role.TOWN_OFFICE),
        lambda: deeds.end(Assignment.objects.get(user=security), on=place.today, by=security),
    ):
        with pytest.raises(ValidationError, match="另一位管理员"):
            deed()


@pytest.mark.parametrize("held", [Role.TOWN_OFFICE, Role.SYSTEM_ADMIN, Role.SECURITY_ADMIN])
@pytest.mark.parametrize("auditor_first", [True, False])
def test_auditor_is_nothing_else(place, newcomer, held, auditor_first):
    first, second = (Role.AUDITOR, held) if auditor_first else (held, Role.AUDITOR)
    grant(place, newcomer, first)
    with pytest.raises(ValidationError, match="三员分立"):
        grant(place, newcomer, second, reason="人手不够")
    assert Assignment.objects.filter(user=newcomer).count() == 1


def test_auditor_may_be_something_else_after_the_duty_has_ended(place, newcomer):
    grant(place, newcomer, Role.AUDITOR, starts_on=place.today, ends_on=place.today + timedelta(days=10))
    with pytest.raises(ValidationError):
        grant(place, newcomer, Role.TOWN_OFFICE, starts_on=place.today + timedelta(days=10))
    grant(place, newcomer, Role.TOWN_OFFICE, starts_on=place.today + timedelta(days=11))


def test_system_and_security_in_one_person_need_a_reason(place, newcomer):
    grant(place, newcomer, Role.SYSTEM_ADMIN)
    with pytest.raises(ValidationError, match="写明理由"):
        grant(place, newcomer, Role.SECURITY_ADMIN, reason="  ")
    duty = grant(place, newcomer, Role.SECURITY_ADMIN, reason="编制只有一人")
    assert duty.reason == last_row().reason == "编制只有一人"


def test_two_business_duties_go_together(place, newcomer):
    grant(place, newcomer, Role.LIAISON, "湖畔党支部")
    grant(place, newcomer, Role.COMPOUND_WORKER, "公园")
    assert len(User.objects.get(pk=newcomer.pk).roles) == 2


def test_same_duty_twice_at_a_time_is_refused(place, newcomer):
    grant(place, newcomer, Role.LIAISON, "湖畔党支部", ends_on=place.today + timedelta(days=9))
    with pytest.raises(ValidationError, match="已有这项职责"):
        grant(place, newcomer, Role.LIAISON, "湖畔党支部")
    grant(place, newcomer, Role.LIAISON, "公园党支部")


@pytest.mark.parametrize(
    ("role", "home", "words"),
    [
        (Role.LIAISON, "北社区", "不能落在"),
        (Role.TOWN_OFFICE, "北社区", "不能落在"),
        (Role.COMMUNITY_SECRETARY, "湖畔党支部", "不能落在"),
        (Role.LIAISON, "海景党支部", "本镇"),
        (Role.COMPOUND_WORKER, "海景", "本镇"),
    ],
)
def test_duty_has_its_place(place, newcomer, role, home, words):
    with pytest.raises(ValidationError, match=words):
        grant(place, newcomer, role, home)


def test_dates_in_order(place, newcomer):
    with pytest.raises(ValidationError, match="不能早于"):
        grant(place, newcomer, Role.TOWN_OFFICE, starts_on=date(2026, 5, 2), ends_on=date(2026, 5, 1))


def test_granting_appoints_nobody(place, newcomer):
    from members.models import Post

    posts = Post.objects.count()
    grant(place, newcomer, Role.BRANCH_SECRETARY, "湖畔党支部")
    assert Post.objects.count() == posts


def test_last_day_is_included(place):
    duty = Assignment.objects.get(user=place.user["联系干部"])
    deeds.end(duty, on=place.today, by=place.user["安全管理员"])
    assert User.objects.get(pk=duty.user_id).has_role(Role.LIAISON)
    deeds.end(duty, on=place.today - timedelta(days=1), by=place.user["安全管理员"])
    assert not User.objects.get(pk=duty.user_id).has_role(Role.LIAISON)
    assert last_row().verb == "accounts.role_ended"


def test_an_end_rewrites_neither_the_past_nor_a_nearer_end(place):
    duty = Assignment.objects.get(user=place.user["联系干部"])
    with pytest.raises(ValidationError, match="不能倒改"):
        deeds.end(duty, on=place.today - timedelta(days=2), by=place.user["安全管理员"])
    deeds.end(duty, on=place.today, by=place.user["安全管理员"])
    with pytest.raises(ValidationError, match="另授一次"):
        deeds.end(duty, on=place.today + timedelta(days=1), by=place.user["安全管理员"])


def test_duty_given_today_by_mistake_is_taken_back(place, newcomer):
    duty = grant(place, newcomer, Role.TOWN_OFFICE)
    deeds.end(duty, on=place.today - timedelta(days=1), by=place.user["安全管理员"])
    assert not Assignment.objects.filter(user=newcomer).exists()
    assert last_row().verb == "accounts.role_withdrawn"
    assert "镇党建办" in str(last_row().changes)
