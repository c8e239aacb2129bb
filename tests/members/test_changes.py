"""The register kept by hand: what each deed writes, refuses and remembers."""

from datetime import date, timedelta
from uuid import uuid4

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.urls import reverse

from desk import home, verify
from members import changes, corrections, figures, transfers
from members.models import Member, Person, Placement, Post, StandingChange, Transfer
from office.audit.models import Trail
from tests.members.conftest import id_number


@pytest.fixture
def keeper(place):
    return place.user["社区书记"]


@pytest.fixture
def wang(place):
    return place.member["王伟"]


def again(member):
    return Member.objects.select_related("person", "community", "branch").get(pk=member.pk)


def last_trail(member):
    return Trail.objects.about(member.person).order_by("-id").first()


def facts(**more):
    """What the form of a new direct member gives."""
    return {"name": "钱多多", "phone": "13900001111", "stage": "full", "relation": "direct", **more}


def add(place, by="社区书记", **more):
    over = {key: more.pop(key) for key in ("token", "since", "another") if key in more}
    branch = more.pop("branch", place.body["湖畔党支部"])
    told = facts(branch=branch, **more)
    return changes.register(place.community["北社区"], told, **{"token": uuid4(), **over}, by=place.user[by])


# ── 修改资料 ──


def test_a_correction_raises_the_version_and_tells_both_values_masked(place, wang, keeper):
    changes.correct(wang, {"phone": "13712345678", "home_compound": place.compound["公园"]}, version=1, by=keeper)
    now = again(wang)
    assert (now.version, now.person.phone_tail, now.home_compound.name) == (2, "5678", "公园")
    assert last_trail(wang).changes == {
        "联系电话": ["138****8000", "137****5678"],
        "居住小区": ["湖畔", "公园"],
    }
    assert list(verify.person_places()) == []


def test_nothing_is_written_when_nothing_changes(wang, keeper):
    assert changes.correct(wang, {"name": "王伟", "phone": "13800138000"}, version=1, by=keeper) == {}
    assert again(wang).version == 1
    assert last_trail(wang) is None


def test_whoever_comes_second_overwrites_nothing(wang, keeper):
    changes.correct(wang, {"door": "3栋502"}, version=1, by=keeper)
    with pytest.raises(changes.Stale):
        changes.correct(wang, {"door": "4栋101"}, version=1, by=keeper)
    assert again(wang).door == "3栋502"


def test_another_name_asks_for_a_reason_and_moves_the_sort_key(wang, keeper):
    with pytest.raises(ValidationError, match="写明原因"):
        changes.correct(wang, {"name": "丁伟"}, version=1, by=keeper)
    changes.correct(wang, {"name": "丁伟"}, version=1, reason="身份证上改了姓", by=keeper)
    now = again(wang)
    assert now.strokes == now.person.strokes
    assert last_trail(wang).reason == "身份证上改了姓"


def test_an_id_number_never_stands_in_the_trail(wang, keeper):
    number = id_number(date(1960, 5, 1))
    changes.correct(wang, {"id_number": number}, version=1, reason="补登身份证号码", by=keeper)
    assert again(wang).person.id_number() == number
    assert last_trail(wang).changes == {"公民身份号码": ["", "已登记"]}


def test_an_id_number_of_somebody_else_is_refused(place, wang, keeper):
    number = id_number(date(1960, 5, 1))
    other = place.member["田大利"].person
    other.set_id_number(number)
    other.save()
    with pytest.raises(ValidationError, match="已有人登记"):
        changes.correct(wang, {"id_number": number}, version=1, reason="补登身份证号码", by=keeper)
    assert again(wang).version == 1


def test_contradictions_are_those_of_the_roster(wang, keeper):
    with pytest.raises(ValidationError) as refused:
        changes.correct(wang, {"joined_on": date(1970, 7, 1)}, version=1, by=keeper)
    assert refused.value.message_dict == {"joined_on": ["加入党组织时不满 18 岁，请核对出生日期和入党日期。"]}


@pytest.mark.parametrize("who", ["联系干部", "支部书记", "邻社区书记", "镇领导", "邻镇党建办"])
def test_others_change_nothing(place, wang, who):
    with pytest.raises(PermissionDenied):
        changes.correct(wang, {"door": "1栋101"}, version=1, by=place.user[who])


def test_the_form_shows_both_texts_when_somebody_was_quicker(place, wang, as_user):
    client, url = as_user("社区书记"), reverse("member_edit", args=[wang.pk])
    sent = {"name": "王伟", "version": 1, "door": "4栋101", "sex": "M", "phone": "", "birth_date": "1960年5月1日"}
    sent |= {"joined_on": "2001年7月1日", "full_on": "2002年7月1日"}
    changes.correct(wang, {"employer_org": "区医院党支部"}, version=1, by=place.user["社区工作者"])
    answer = client.post(url, sent)
    text = answer.content.decode()
    assert "社区工作者" in text
    assert "区医院党支部" in text
    assert 'value="4栋101"' in text
    client.post(url, sent | {"version": 2, "employer_org": "区医院党支部"})
    assert (again(wang).door, again(wang).employer_org) == ("4栋101", "区医院党支部")


def test_an_empty_phone_field_leaves_the_phone(wang, as_user):
    sent = {"name": "王伟", "version": 1, "sex": "M", "birth_date": "1960年5月1日", "door": "1栋1"}
    as_user("社区书记").post(reverse("member_edit", args=[wang.pk]), sent)
    assert again(wang).person.phone == "13800138000"
    as_user("社区书记").post(
        reverse("member_edit", args=[wang.pk]), sent | {"version": 2, "drop_phone": "on", "reason": "号码已经停用"}
    )
    assert again(wang).person.phone == ""


# ── 新增 ──


def test_a_new_member_stands_in_the_register_with_his_placement(place):
    member = add(place, id_number=id_number(date(1970, 3, 5)))
    assert (member.version, member.person.sex, member.person.birth_date) == (1, "M", date(1970, 3, 5))
    placement = Placement.objects.get(member=member)
    assert (placement.branch, placement.starts_on, placement.how) == (place.body["湖畔党支部"], None, "recorded")
    assert Person.objects.visible_to(place.user["支部书记"]).filter(pk=member.pk).exists()


def test_a_double_click_makes_one_member(place):
    token = uuid4()
    assert add(place, token=token) == add(place, token=token)
    assert Person.objects.filter(name="钱多多").count() == 1


def test_who_is_on_the_register_is_not_doubled(place, wang):
    with pytest.raises(ValidationError, match="已在本社区名册里"):
        add(place, name="王伟", phone="13800138000")


def test_a_mere_namesake_has_to_be_told_apart(place, wang):
    with pytest.raises(ValidationError, match="确实是另一个人"):
        add(place, name="王伟", phone="")
    add(place, name="王伟", phone="", another=True)
    assert Member.objects.filter(person__name="王伟").count() == 2


def test_a_namesake_with_another_birthday_is_another_person(place, wang):
    add(place, name="王伟", phone="13900001111", birth_date=date(1985, 1, 1))
    assert Member.objects.filter(person__name="王伟").count() == 2


def test_who_left_and_comes_back_keeps_his_history(place, wang, keeper):
    changes.transfer_out(wang, on=place.today - timedelta(days=30), place="外省某街道", version=1, by=keeper)
    add(place, name="王伟", phone="13800138000", since=place.today)
    now = again(wang)
    assert (now.status, now.branch) == ("normal", place.body["湖畔党支部"])
    assert [row.ends_on for row in Placement.objects.filter(member=wang).order_by("pk")] == [
        place.today - timedelta(days=31),
        None,
    ]


def test_a_direct_member_without_a_branch_is_refused_by_the_form(as_user):
    answer = as_user("社区书记").post(reverse("member_new"), {"name": "钱多多", "relation": "direct", "stage": "full"})
    assert "直管党员要写明所在党支部" in answer.content.decode()
    assert not Person.objects.filter(name="钱多多").exists()


def test_the_form_makes_a_member(place, as_user):
    form = {"name": "钱 多多", "phone": "139 0000 1111", "relation": "direct", "stage": "full", "token": str(uuid4())}
    answer = as_user("社区书记").post(reverse("member_new"), form | {"branch": place.body["湖畔党支部"].pk})
    assert answer.status_code == 302
    assert Member.objects.get(person__name="钱多多").person.phone == "13900001111"


# ── 变动 ──


def test_a_move_closes_one_placement_and_opens_the_next(place, wang, keeper):
    on = place.today - timedelta(days=10)
    changes.move(wang, branch=place.body["公园党支部"], relation="direct", on=on, version=1, by=keeper)
    rows = Placement.objects.filter(member=wang).order_by("pk")
    assert [(row.branch.short_name, row.ends_on) for row in rows] == [
        ("湖畔党支部", on - timedelta(days=1)),
        ("公园党支部", None),
    ]
    assert list(verify.memberships()) == []
    assert list(verify.person_places()) == []


def test_no_move_before_the_placement_in_force_or_ahead(place, wang, keeper):
    for on, words in ((date(2019, 1, 1), "更早的日期"), (place.today + timedelta(days=1), "还没有到")):
        with pytest.raises(ValidationError, match=words):
            changes.move(wang, branch=place.body["公园党支部"], relation="direct", on=on, version=1, by=keeper)
    assert Placement.objects.get(member=wang).ends_on is None


def test_who_left_is_counted_no_more_from_that_day(place, wang, keeper):
    before = figures.of_branch(place.body["湖畔党支部"].pk, place.today).direct
    changes.transfer_out(wang, on=place.today, place="外省某街道", version=1, by=keeper)
    branch = place.body["湖畔党支部"].pk
    assert figures.of_branch(branch, place.today).direct == before - 1
    assert figures.of_branch(branch, place.today - timedelta(days=1)).direct == before


def test_death_ends_the_posts_and_the_placement(place, wang, keeper):
    on = place.today - timedelta(days=3)
    changes.record_death(wang, on=on, version=1, by=keeper)
    assert again(wang).status == "deceased"
    assert Post.objects.get(person=wang.pk).ends_on == on
    assert not Placement.objects.filter(member=wang, ends_on=None).exists()
    assert last_trail(wang).changes["职务同时结束"] == [None, "湖畔业委会主任"]


def test_a_suspension_names_who_decided_and_counts_no_more(place, wang, keeper):
    before = figures.of_branch(place.body["湖畔党支部"].pk, place.today).direct
    decided = {"decided_by": "西塘镇党委（郑和签批）", "paper": "西委〔2026〕3号"}
    changes.suspend_membership(wang, on=place.today, version=1, by=keeper, **decided)
    assert figures.of_branch(place.body["湖畔党支部"].pk, place.today).direct == before - 1
    row = StandingChange.objects.get(member=wang)
    assert (row.status, row.decided_by, row.paper, row.recorded_by) == ("suspended", *decided.values(), keeper)
    changes.restore_membership(wang, on=place.today, version=2, by=keeper, **decided)
    assert figures.of_branch(place.body["湖畔党支部"].pk, place.today).direct == before


def test_full_before_the_year_is_over_asks_for_a_reason(place, keeper):
    member = place.add_member("钟秀", "湖畔党支部", "湖畔", stage="probationary")
    Member.objects.filter(pk=member.pk).update(joined_on=place.today - timedelta(days=200))
    with pytest.raises(ValidationError, match="预备期到"):
        changes.make_full(member, on=place.today, version=1, by=keeper)
    changes.make_full(member, on=place.today, reason="上级党委批准提前", version=1, by=keeper)
    assert (again(member).stage, again(member).full_on) == ("full", place.today)


def test_a_vote_is_suspended_for_a_time_without_a_reason(place, wang, keeper):
    with pytest.raises(ValidationError, match="结束日期"):
        changes.suspend_vote(wang, starts_on=place.today, ends_on=place.today - timedelta(days=1), version=1, by=keeper)
    changes.suspend_vote(wang, starts_on=place.today, ends_on=None, version=1, by=keeper)
    assert again(wang).vote_suspended_from == place.today


def test_only_direct_members_float_out(place, wang, keeper):
    changes.set_floating(wang, away=True, version=1, by=keeper)
    assert again(wang).floating_out
    with pytest.raises(ValidationError, match="只有直管"):
        changes.set_floating(place.member["周瑜"], away=True, version=1, by=keeper)


@pytest.mark.parametrize(
    ("what", "given"),
    [
        ("leave", {"place": "外省某街道", "on": "今天"}),
        ("death", {"on": "今天"}),
        ("suspend", {"decided_by": "西塘镇党委", "paper": "西委〔2026〕3号", "on": "今天"}),
        ("vote", {"starts_on": "今天"}),
        ("floating", {"away": "away"}),
    ],
)
def test_each_step_is_done_from_its_page(wang, as_user, what, given):
    url = reverse("member_step", args=[wang.pk, what])
    answer = as_user("社区书记").post(url, given | {"version": 1})
    assert answer.status_code == 302
    assert again(wang).version == 2
    stale = as_user("社区书记").post(url, given | {"version": 1})
    assert stale.status_code == 200
    assert again(wang).version == 2


def test_an_unknown_step_is_no_page(wang, as_user):
    assert as_user("社区书记").get(reverse("member_step", args=[wang.pk, "promote"])).status_code == 404


# ── 社区之间 ──


def hand_over(place, wang):
    return transfers.hand_over(wang, to_community=place.community["南社区"], version=1, by=place.user["社区书记"])


def test_a_member_stays_until_the_other_community_agrees(place, wang):
    transfer = hand_over(place, wang)
    assert again(wang).community == place.community["北社区"]
    assert "确认转接：王伟" in _lines(place, "邻社区书记")
    where = {"branch": place.body["山水党支部"], "home_compound": place.compound["山水"], "relation": "direct"}
    transfers.agree(transfer, by=place.user["邻社区书记"], **where)
    now = again(wang)
    assert (now.community, now.branch) == (place.community["南社区"], place.body["山水党支部"])
    assert list(verify.person_places()) == list(verify.memberships()) == list(verify.scope_columns()) == []
    assert Placement.objects.filter(member=wang).count() == 2
    assert not Member.objects.visible_to(place.user["社区书记"]).filter(pk=wang.pk).exists()


def test_neither_the_sender_nor_a_stranger_agrees_for_the_receiver(place, wang):
    transfer = hand_over(place, wang)
    for who in ("社区书记", "联系干部", "邻镇党建办"):
        with pytest.raises(PermissionDenied):
            transfers.agree(transfer, by=place.user[who])


def test_a_direct_member_is_not_received_without_a_branch(place, wang):
    transfer = hand_over(place, wang)
    with pytest.raises(ValidationError, match="所在党支部"):
        transfers.agree(transfer, relation="direct", by=place.user["邻社区书记"])
    assert again(wang).community == place.community["北社区"]


def test_one_transfer_at_a_time_and_a_settled_one_stays_settled(place, wang):
    transfer = hand_over(place, wang)
    with pytest.raises(ValidationError, match="已经提出"):
        hand_over(place, wang)
    transfers.decline(transfer, answer="人已经搬到别处", by=place.user["邻社区书记"])
    with pytest.raises(ValidationError, match="已经办过"):
        transfers.withdraw(transfer, by=place.user["社区书记"])
    assert again(wang).community == place.community["北社区"]


def test_a_community_asks_for_somebody_it_cannot_see(place, as_user):
    """The form tells that he is elsewhere, not where; the other community's yes moves him."""
    form = {"name": "高富", "phone": "13800138000", "relation": "direct", "stage": "full", "token": str(uuid4())}
    form |= {"branch": place.body["湖畔党支部"].pk, "birth_date": "1960年5月1日"}
    told = as_user("社区书记").post(reverse("member_new"), form).content.decode()
    assert "本镇其他社区" in told
    assert "南社区" not in told
    as_user("社区书记").post(reverse("member_new"), form | {"ask": "1"})
    transfer = Transfer.objects.get()
    refused = as_user("社区书记").post(reverse("member_new"), form | {"ask": "1"}).content.decode()
    assert "正等对方确认" in refused
    assert f'<nav aria-label="位置"><ol class="breadcrumb"><li><a href="{reverse("members")}">' in refused
    assert "确认转接：高富" in _lines(place, "邻社区书记")
    as_user("邻社区书记").post(reverse("member_transfer", args=[transfer.pk]), {"deed": "agree"})
    assert again(place.member["高富"]).branch == place.body["湖畔党支部"]


def test_the_receiver_agrees_on_the_page(place, wang, as_user):
    transfer = hand_over(place, wang)
    url = reverse("member_transfer", args=[transfer.pk])
    refused = as_user("邻社区书记").post(url, {"deed": "agree", "relation": "direct"})
    assert "直管党员要写明所在党支部" in refused.content.decode()
    given = {"deed": "agree", "relation": "direct", "branch": place.body["山水党支部"].pk}
    assert as_user("邻社区书记").post(url, given).status_code == 302
    assert again(wang).community == place.community["南社区"]


def _lines(place, name):
    dated, gaps = home.todos(place.user[name], place.today)
    return [f"{row['verb']}：{row['object']}" for row in dated + gaps]


# ── 资料有误 ──


def test_a_branch_secretary_says_what_is_wrong_and_the_keepers_see_to_it(place, wang, as_user):
    form = {"text": "电话是空号", "token": str(uuid4())}
    for _ in range(2):
        as_user("支部书记").post(reverse("member_correction", args=[wang.pk]), form)
    assert [
        _lines(place, who).count("核对资料：王伟") for who in ("社区书记", "联系干部", "支部书记", "邻社区书记")
    ] == [
        1,
        1,
        0,
        0,
    ]
    row = wang.corrections.get()
    with pytest.raises(PermissionDenied):
        corrections.settle(row, "已换成新号码", by=place.user["支部书记"])
    assert corrections.settle(row, "已换成新号码", by=place.user["联系干部"])
    assert not corrections.settle(row, "又办了一次", by=place.user["社区书记"])
    assert "核对资料：王伟" not in _lines(place, "社区书记")
    assert "已换成新号码" in as_user("支部书记").get(reverse("person", args=[wang.pk])).content.decode()
    assert "空号" not in str(list(Trail.objects.values_list("changes", "reason", "object_label")))


def test_a_branch_secretary_finds_no_way_to_change_anything(wang, as_user):
    text = as_user("支部书记").get(reverse("person", args=[wang.pk])).content.decode()
    assert reverse("member_edit", args=[wang.pk]) not in text
    assert reverse("member_correction", args=[wang.pk]) in text
    for name in ("member_edit", "member_steps"):
        assert as_user("支部书记").get(reverse(name, args=[wang.pk])).status_code == 403


def test_the_form_asks_about_a_namesake_only_when_there_is_one(place, wang, as_user):
    client, url = as_user("社区书记"), reverse("member_new")
    ticked = '<input type="checkbox" name="another"'
    assert ticked not in client.get(url).content.decode()
    form = {"name": "王伟", "relation": "direct", "stage": "full", "branch": place.body["湖畔党支部"].pk}
    form |= {"token": str(uuid4()), "another": "False"}
    assert ticked in client.post(url, form).content.decode()
    assert client.post(url, form | {"another": "on"}).status_code == 302
    assert Member.objects.filter(person__name="王伟").count() == 2
