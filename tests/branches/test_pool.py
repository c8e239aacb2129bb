"""书记人才库 by consent; 人选考察表 in words, read on the trail."""

from datetime import date, timedelta

import pytest
from django.core.exceptions import ValidationError
from django.urls import reverse

from branches import pool
from branches.models import CandidateSheet, PoolEntry
from members.models import Member
from office.audit.models import Trail

WORDS = {"political": "讲原则守规矩", "standing": "居民都说公道", "service": "值守门岗两个月"}


def test_only_who_agreed_and_may_be_asked_is_in_the_pool(place, as_user):
    by, today = place.user["社区书记"], place.today

    def join(name, **facts):
        facts = {"consented_on": today, "consent": "signed", **facts}
        return pool.join(place.member[name], by=by, **facts)

    for name, facts in (("周瑜", {}), ("王伟", {"consented_on": today + timedelta(days=1)})):
        with pytest.raises(ValidationError):
            join(name, **facts)
    almost = date(today.year - 1, today.month, min(today.day, 28)) + timedelta(days=4)  # 差几天满一年
    Member.objects.filter(person__name="王伟").update(background="retired_cadre", full_on=almost)
    entry = join("王伟", note="退休前做党务")
    with pytest.raises(ValidationError, match="已经在人才库里"):
        join("王伟")
    assert [row["standing"] for _, rows in pool.listed(PoolEntry.objects.all(), today) for row in rows] == ["0年"]
    client = as_user("社区工作者")
    page = client.get(reverse("pool"), {"q": "王"}).content.decode()
    assert "离退休" in page
    assert "退休前做党务" in page
    assert "已在库里" in page
    assert "人选考察表" not in page  # 只给镇党建办和社区书记
    leave = reverse("pool_leave", args=[entry.pk])
    assert "请填写退出原因。" in client.post(leave, {"left_on": "今天"}).content.decode()
    assert client.post(leave, {"left_on": "今天", "left_why": "本人提出"}).url == reverse("pool")
    assert "已经退出" in client.post(leave, {"left_on": "今天", "left_why": "本人提出"}).content.decode()
    assert client.post(reverse("pool_add", args=[entry.member_id]), {"consented_on": "今天", "consent": "said"}).url
    assert PoolEntry.objects.filter(left_on=None).count() == 1
    assert [t.verb for t in Trail.objects.filter(verb__startswith="branches.pool")] == [
        "branches.pool_joined", "branches.pool_left", "branches.pool_joined",
    ]  # fmt: skip


def test_a_candidate_is_written_of_in_words_and_every_reading_is_on_the_trail(place, as_user):
    client, branch = as_user("社区书记"), place.body["湖畔党支部"]
    new = reverse("candidate_new", args=[branch.pk])
    answers = {"person": place.member["王伟"].pk, "office": "secretary", "source": "source_selected"}
    answers |= {"written_on": "今天", "conflicts": "无", "opinion": "建议", **WORDS}
    said = client.post(new, answers | {"service": ""}).content.decode()
    assert "请填写服务意识。" in said
    assert "居民都说公道" in said
    url = client.post(new, answers).url
    sheet = CandidateSheet.objects.get()
    assert sheet.community == place.community["北社区"]

    closed = client.get(url).content.decode()
    assert "居民都说公道" not in closed
    assert not Trail.objects.filter(verb="branches.candidate_read").exists()
    assert "居民都说公道" in client.post(url).content.decode()
    assert Trail.objects.get(verb="branches.candidate_read").actor_name == "社区书记"
    assert "居民" not in str(list(Trail.objects.values_list("changes", "object_label")))

    edit = reverse("candidate_edit", args=[sheet.pk])
    changed = answers | {"opinion": "建议提交党员大会", "version": 1}
    assert client.post(edit, changed).url == url
    stale = client.post(edit, changed | {"opinion": "别人写的"}).content.decode()
    assert "刚才有人改过这张表" in stale
    assert "别人写的" in stale
    sheet.refresh_from_db()
    assert (sheet.opinion, sheet.version) == ("建议提交党员大会", 2)
    assert client.post(edit, changed | {"version": "x"}).status_code == 200
    paper = client.post(reverse("candidate_paper", args=[sheet.pk]))
    assert paper.content.startswith(b"%PDF")
    assert Trail.objects.filter(verb="branches.candidate_read").count() == 2
    assert as_user("支部书记").get(url).status_code == 403
    assert as_user("邻社区书记").post(url).status_code == 404
