"""The cast stands: each of them sees their own and not the neighbour's."""

from datetime import timedelta

from django.db import transaction
from django.utils import timezone

from members.models import Member, Person
from tests import cast


def names(rows):
    return {str(row) for row in rows}


def test_a_branch_secretary_sees_own_branch_and_who_lives_in_its_compound(place):
    assert names(Member.objects.visible_to(place.user["支部书记"])) == {"田大利", "王伟", "丁小宁", "周瑜"}


def test_a_community_sees_its_people_members_or_not(place):
    seen = names(Person.objects.visible_to(place.user["社区书记"]))
    assert seen == {"田大利", "王伟", "丁小宁", "周瑜", "何静", "罗辉", "吴芳"}


def test_administrators_see_no_business_rows(place):
    for role in ("系统管理员", "安全管理员", "审计管理员"):
        assert not Member.objects.visible_to(place.user[role])


def test_after_midnight_it_lives_on_the_new_day(db, monkeypatch):
    """A run that begins before midnight ends after it: what is due in five days must be so for every test."""
    monkeypatch.setattr(cast, "_made", {})
    with transaction.atomic():
        first = cast.build()
        transaction.set_rollback(True)
    tomorrow = first.today + timedelta(days=1)
    monkeypatch.setattr(timezone, "localdate", lambda *_, **__: tomorrow)
    second = cast.build()
    assert second.today == tomorrow
    assert second.decision["电梯协商"].due_on == first.decision["电梯协商"].due_on + timedelta(days=1)
