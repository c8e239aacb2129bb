"""党小组: who is in which from when, who leads, what practice asks."""

from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError
from django.urls import reverse

from branches import groups
from branches.models import PartyGroup, PartyGroupMember
from members.models import Post
from members.together import move_together
from office.areas.models import Body
from office.audit.models import Trail


def save(place, group, names, leader, **facts):
    member = place.member
    facts = {"name": "第一党小组", "on": place.today, "by": place.user["支部书记"], **facts}
    people = [member[name] for name in names]
    return groups.save(place.branch["湖畔"], group, members=people, leader=leader and member[leader], **facts)


def refusal(*args, **kwargs):
    with pytest.raises(ValidationError) as caught:
        save(*args, **kwargs)
    return caught.value.message_dict


def test_a_group_changes_from_a_day_on_and_keeps_its_past(place):
    place.add_member("新人", "湖畔党支部", "湖畔", stage="probationary")
    everybody = ["田大利", "王伟", "丁小宁", "新人"]
    assert "党小组2人，一般不少于3人。" in refusal(place, None, ["田大利", "王伟"], "田大利")["reason"][0]
    assert "没有正式党员" in refusal(place, None, ["新人"], None)["reason"][1]
    assert refusal(place, None, everybody[:3], "新人") == {"leader": ["组长要在本组党员里。"]}
    assert "还是预备党员" in refusal(place, None, everybody, "新人")["leader"][0]
    ago = place.today - timedelta(days=30)
    first = save(place, None, everybody, "王伟", on=ago)
    assert groups.leader_of(first).person.name == "王伟"
    assert "已有同名的党小组" in refusal(place, None, everybody, "王伟")["name"][0]

    second = save(place, None, ["丁小宁"], "丁小宁", name="第二党小组", reason="只有一名行动不便的老党员")
    moved = PartyGroupMember.objects.filter(member=place.member["丁小宁"]).order_by("id")
    assert [(row.group, row.ends_on) for row in moved] == [(first, place.today - timedelta(days=1)), (second, None)]
    renamed = save(place, first, ["田大利", "王伟", "新人"], "田大利", name="东区党小组")
    assert groups.leader_of(renamed).person.name == "田大利"
    old = Post.objects.get(title="group_leader", person=place.member["王伟"].person)
    assert (old.ends_on, old.duty) == (place.today - timedelta(days=1), "第一党小组")
    assert Trail.objects.filter(verb="branches.group_saved").count() == 3

    groups.close(renamed, on=place.today, reason="合并到第二党小组", by=place.user["支部书记"])
    assert groups.leader_of(renamed) is None
    assert not PartyGroupMember.objects.filter(group=renamed, ends_on=None).exists()
    with pytest.raises(ValidationError, match="已经撤销"):
        groups.close(renamed, on=place.today, reason="再来一次", by=place.user["支部书记"])


def test_an_earlier_day_rewrites_nothing_that_was_true_then(place):
    everybody, ago = ["田大利", "王伟", "丁小宁"], place.today - timedelta(days=30)
    before_the_branch = place.body["湖畔党支部"].starts_on - timedelta(days=1)
    assert "才有" in refusal(place, None, everybody, None, reason="试", on=before_the_branch)["on"][0]
    Body.objects.filter(pk=place.body["湖畔党支部"].pk).update(ends_on=place.today)
    with pytest.raises(ValidationError, match="湖畔党支部已经撤销"):  # 页面打开以后才撤销的
        save(place, None, everybody, None, reason="试")
    Body.objects.filter(pk=place.body["湖畔党支部"].pk).update(ends_on=None)
    first = save(place, None, everybody, "王伟", on=ago)
    earlier = ago - timedelta(days=1)
    assert "才有" in refusal(place, first, everybody, "王伟", on=earlier)["on"][0]
    said = refusal(place, None, ["丁小宁"], "丁小宁", name="第二党小组", reason="行动不便", on=earlier)
    assert "丁小宁" in said["on"][0]
    row = PartyGroupMember.objects.get(member=place.member["丁小宁"])
    assert (row.group, row.starts_on, row.ends_on) == (first, ago, None)
    groups.close(first, on=place.today, reason="重新划分", by=place.user["支部书记"])
    said = refusal(place, None, ["丁小宁"], "丁小宁", name="第二党小组", reason="行动不便", on=place.today)
    assert "丁小宁" in said["on"][0]  # 到今天为止还在第一党小组


def test_who_left_the_branch_is_in_none_of_its_groups(place, as_user):
    save(place, None, ["田大利", "王伟", "丁小宁"], "王伟", on=place.today - timedelta(days=30))
    move_together(
        [place.member["丁小宁"].pk], branch=place.body["公园党支部"], on=place.today, by=place.user["社区书记"]
    )
    page = as_user("支部书记").get(reverse("branch_groups", args=[place.body["湖畔党支部"].pk])).content.decode()
    assert "丁小宁" not in page
    assert "党小组2人，一般不少于3人" in page


def test_the_pages_of_the_branchs_own_secretary(place, as_user):
    client, branch = as_user("支部书记"), place.body["湖畔党支部"]
    url = reverse("branch_groups", args=[branch.pk])
    assert "还没有党小组" in client.get(url).content.decode()
    new = reverse("group_new", args=[branch.pk])
    keys = {name: place.member[name].pk for name in ("田大利", "王伟", "丁小宁", "罗辉")}
    answers = {"name": "第一党小组", "members": [keys["田大利"], keys["王伟"]], "leader": keys["王伟"], "on": "今天"}
    assert "请从列出的党员里选。" in client.post(new, answers | {"members": [keys["罗辉"]]}).content.decode()
    said = client.post(new, answers).content.decode()
    assert "一般不少于3人" in said
    assert 'value="第一党小组"' in said
    assert client.post(new, answers | {"reason": "小区分两期，人少"}).url == url
    page = client.get(url).content.decode()
    assert "还没有编组的" in page
    assert "丁小宁" in page
    group = PartyGroup.objects.get()
    edit = reverse("group_edit", args=[group.pk])
    assert f'value="{keys["王伟"]}" selected' in client.get(edit).content.decode()
    done = client.post(edit, {"close": "1", "end-on": "今天", "end-reason": "人员调整"})
    assert done.url == url
    group.refresh_from_db()
    assert group.ends_on == place.today
