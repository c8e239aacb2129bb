"""Posts taken up and left: who may, from when, what goes with them, what stays on record."""

from datetime import date, timedelta

import pytest
from django.core.exceptions import ValidationError

from accounts.models import Assignment, User
from members import posts
from members.models import Person, Post
from office.areas.models import Body
from office.audit.models import Trail

SINCE = date(2025, 3, 1)


def refusal(deed, *args, **kwargs):
    with pytest.raises(ValidationError) as caught:
        deed(*args, **kwargs)
    return "".join(caught.value.messages)


def test_a_post_is_taken_up_once_by_somebody_who_may_hold_it(place):
    town, branch = place.user["镇党建办"], place.body["湖畔党支部"]
    people = {name: place.member[name].person for name in ("田大利", "王伟", "丁小宁", "周瑜", "赵云")}

    def take(name, title, on=SINCE, body=branch, **more):
        return posts.take_up(people.get(name, name), body, title, starts_on=on, by=town, **more)

    assert "书记由田大利担任。先结束他的任职。" in refusal(take, "王伟", "secretary")
    assert "只能由本镇登记的人担任" in refusal(take, "赵云", "deputy_secretary")
    assert "党支部没有“项目负责人”这个职务" in refusal(take, "王伟", "project_manager")
    assert "还没有到" in refusal(take, "王伟", "deputy_secretary", place.today + timedelta(days=1))
    assert "2020年7月1日起才有" in refusal(take, "王伟", "deputy_secretary", date(2020, 6, 30))
    guest = Person.objects.get(name="吴芳")
    assert "不是党员" in refusal(take, guest, "concurrent_member")
    new = place.add_member("新人", "湖畔党支部", "湖畔", stage="probationary").person
    assert "还是预备党员" in refusal(take, new, "org_member")
    assert take(new, "concurrent_member").position < take(guest, "liaison").position

    made = take("王伟", "org_member", how="elected", duty="组织工作")
    assert (made.duty, made.community, made.position) == ("组织工作", place.community["北社区"], 3)
    assert "已经是组织委员" in refusal(take, "王伟", "org_member", SINCE + timedelta(days=9))
    row = Trail.objects.get(verb="members.post_taken", object_id=str(made.pk))
    assert (row.actor_name, row.changes["姓名"][1], row.changes["产生方式"][1]) == ("镇党建办", "王伟", "选举产生")

    group = Body.objects.create(
        town=branch.town, community=branch.community, kind="guidance_group", name="指导组", short_name="指导组"
    )
    assert take(guest, "group_head", body=group).community == branch.community


def test_the_rights_of_an_account_come_and_go_with_the_post(place):
    town, branch, wei = place.user["镇党建办"], place.body["公园党支部"], place.member["王伟"].person
    wei.user = User.objects.create_user("wei", "Xitang-2026-ok", name="王伟", town=wei.town)
    wei.save()
    first = Post.objects.get(body=branch, title="secretary")
    former = place.user["邻支部书记"]
    Assignment.objects.filter(user=former).update(reason=posts.CONVENES)
    yesterday = place.today - timedelta(days=1)
    posts.end(first, ends_on=yesterday, how="moved", by=town)

    post = posts.take_up(wei, branch, "secretary", starts_on=place.today, how="elected", by=town)
    assert User.objects.get(pk=wei.user_id).reach.branches == {branch.pk}
    assert not User.objects.get(pk=former.pk).reach
    assert posts.duty_words(post) == ""

    Assignment.objects.filter(user=wei.user).update(starts_on=date(2025, 1, 1))
    Post.objects.filter(pk=post.pk).update(starts_on=date(2025, 1, 1))
    posts.end(post, ends_on=yesterday, how="resigned", by=town)
    assert not User.objects.get(pk=wei.user_id).reach
    assert "安全管理员" in posts.duty_words(Post.objects.get(pk=post.pk))

    own = place.member["丁小宁"].person
    own.user = town
    own.save()
    mine = posts.take_up(own, branch, "liaison", starts_on=place.today, by=town)
    assert "账号职责请安全管理员授予" in posts.duty_words(mine)
    assert not Assignment.objects.filter(user=town, role="liaison").exists()


def test_a_post_ends_once_on_a_day_it_was_held(place):
    town, post = place.user["镇党建办"], Post.objects.get(body=place.body["湖畔党支部"], title="secretary")

    def end(how="term", on=place.today, paper="", post=post):
        return posts.end(post, ends_on=on, how=how, paper=paper, by=town)

    assert "还没有到" in refusal(end, on=place.today + timedelta(days=1))
    assert "2024年1月1日起任职" in refusal(end, on=date(2023, 12, 31))
    assert "组织调整要有决定" in refusal(end, how="adjusted")
    end(how="adjusted", paper="示委〔2026〕9号")
    post.refresh_from_db()
    assert (post.ends_on, post.ended_how, post.ended_paper) == (place.today, "adjusted", "示委〔2026〕9号")
    assert "已经结束" in refusal(end)
    assert Trail.objects.get(verb="members.post_ended").changes["离任依据"][1] == "示委〔2026〕9号"
    assert "田大利担任到" in refusal(
        posts.take_up, place.member["王伟"].person, post.body, "secretary", starts_on=place.today, by=town
    )

    today = posts.take_up(place.member["王伟"].person, post.body, "org_member", starts_on=place.today, by=town)
    end(how="reorganised", on=place.today - timedelta(days=1), post=today)
    assert not Post.objects.filter(pk=today.pk).exists()
    assert Trail.objects.filter(verb="members.post_ended", object_id=str(today.pk)).exists()
