"""划转: many members, one day, one row in the trail; each keeps what he is."""

from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError

from members.models import Member, PersonPlace, Placement
from members.together import move_together
from office.audit.models import Trail


def test_members_move_together_and_each_keeps_his_relation(place, django_assert_max_num_queries):
    there, today = place.body["公园党支部"], place.today
    ids = [place.member[name].pk for name in ("田大利", "王伟", "周瑜", "何静")]
    suspended, dead = place.member["王伟"], place.add_member("已故", "湖畔党支部", "湖畔")
    Member.objects.filter(pk=suspended.pk).update(status="suspended")
    Member.objects.filter(pk=dead.pk).update(status="deceased")
    Placement.objects.filter(member=place.member["周瑜"]).update(starts_on=today)  # 当天才报到

    with django_assert_max_num_queries(26):
        moved = move_together([*ids, dead.pk], branch=there, on=today, by=place.user["镇领导"])

    assert moved == 3  # 何静本来就在，去世的不动
    for name in ("田大利", "王伟", "周瑜"):
        member = Member.objects.get(pk=place.member[name].pk)
        assert (member.branch_id, member.version, member.relation) == (there.pk, 2, place.member[name].relation)
        now = Placement.objects.get(member=member, ends_on=None)
        assert (now.branch_id, now.relation, now.starts_on, now.how) == (
            there.pk,
            member.relation,
            today,
            "bulk_transfer",
        )
        assert PersonPlace.objects.filter(person=member.pk, branch=there).exists()
        if name != "田大利":  # 他在原支部的任职还在，人还看得到
            assert not PersonPlace.objects.filter(person=member.pk, branch=place.body["湖畔党支部"]).exists()
    assert Placement.objects.filter(member=place.member["田大利"], ends_on=today - timedelta(days=1)).count() == 1
    assert Placement.objects.filter(member=place.member["周瑜"]).count() == 1
    assert Member.objects.get(pk=dead.pk).branch_id == place.body["湖畔党支部"].pk
    row = Trail.objects.get(verb="members.moved_together")
    assert (row.changes["人数"], row.object_label) == ([None, 3], "公园党支部")


def test_nobody_is_moved_where_one_cannot_be(place):
    there, today = place.body["公园党支部"], place.today
    both = [place.member["田大利"].pk, place.member["高富"].pk]
    with pytest.raises(ValidationError, match="高富的组织关系不在北社区"):
        move_together(both, branch=there, on=today, by=None)
    Placement.objects.filter(member=place.member["王伟"]).update(starts_on=today + timedelta(days=3))
    with pytest.raises(ValidationError, match="王伟现在的归属从"):
        move_together([place.member["田大利"].pk, place.member["王伟"].pk], branch=there, on=today, by=None)
    assert Member.objects.get(pk=place.member["田大利"].pk).branch_id == place.body["湖畔党支部"].pk
    assert not Trail.objects.filter(verb="members.moved_together").exists()
