"""The formation case from draft to 备案: who may take which step, what the papers say, what the signature brings about."""

from datetime import date, timedelta

import pytest
from django.core.exceptions import ValidationError

from accounts.models import Assignment
from branches import case_pages, cases
from branches.models import Branch, BranchCase, CaseCompound, Election, PartyGroup, PartyGroupMember, Venue, VenueDetail
from meetings.models import Meeting
from members.models import Member, PersonPlace, Placement, Post
from office.areas.models import Body, Compound, Coverage
from office.audit.models import Trail
from office.papers import documents
from office.papers.models import Document
from tests.branches import case_cast as cast

NAME = "中共西塘镇北社区湖畔、公园联合党支部"


@pytest.fixture
def lakeside(place):
    """A compound without a branch, whose two residents sit in 公园's branch and one in none of a compound."""
    north = place.community["北社区"]
    place.compound["滨河"] = Compound.objects.create(community=north, name="滨河", households=120, buildings=2)
    place.body["机关支部"] = Body.objects.create(
        community=north,
        kind="branch",
        name="中共西塘镇北社区机关党支部",
        short_name="机关支部",
        starts_on=date(2015, 1, 1),
    )
    Branch.objects.create(body=place.body["机关支部"], kind="community")
    place.add_member("方敏", "机关支部", "滨河")
    place.add_member("孙强", "公园党支部", "滨河", stage="probationary")
    return place.compound["滨河"]


def words_of(document):
    return document.title + documents.typed_text(document)


def test_a_joint_branch_from_study_to_filing(place, lakeside, django_capture_on_commit_callbacks):
    case = cast.opened(place, "joint", ("湖畔", "滨河"), secretary=place.member["王伟"].person)
    assert (case.name, case.short_name) == ("中共西塘镇北社区湖畔、滨河联合党支部", "湖畔、滨河联合党支部")
    assert not case.has_committee
    assert {(m.member.person.name, m.ticked) for m in case.members.all()} == {("方敏", True), ("孙强", False)}
    assert cases.missing_to_hand_in(case) == []
    assert cases.standing(case).waits_for == "社区书记报送"

    case = cast.handed_in(place, case)
    asked = case.request
    text = words_of(asked)
    assert asked.note == cast.NOTE
    assert "拟成立中共西塘镇北社区湖畔、滨河联合党支部" in text
    assert "合计直管党员4名，其中正式党员4名" in text
    assert "原湖畔党支部同时撤销" in text
    assert "|1|方敏|正式党员|滨河|机关支部|" in text
    assert "孙强" not in text
    assert cases.standing(case).words == "请示等镇审核"

    documents.send_back(asked, "请补充书记人选来源", by=place.user["镇党建办"], version=asked.version)
    case = cast.fresh(case)
    assert cases.standing(case).waits_for == "社区修改后再报送"
    case = cases.save(case, {"secretary_source": "source_selected"}, version=case.version, by=place.user["社区书记"])
    assert "书记人选来源：小区选拔" in words_of(case.request)
    case = cases.hand_in(case, version=case.version, by=place.user["社区书记"])
    assert case.applied_on == place.today
    case = cast.signed(place, cast.reviewed(place, case))
    assert case.request.number == f"北社请〔{place.today.year}〕1号"
    assert cases.waits_for_the_town(case)

    case = cast.decided(place, case)
    assert (case.state, case.reply.state, case.term_years) == ("agreed", "review", 3)
    said = words_of(case.reply)
    assert case.request.number in said
    assert "任期3年" in said
    assert "方敏" in said

    old_venue = Venue.objects.get(branch=place.body["湖畔党支部"], year=place.today.year)
    VenueDetail.objects.create(venue=old_venue, item="books", note="书架在修", photo="湖畔.jpg")
    before = set(Meeting.objects.visible_to(place.user["社区书记"]).values_list("pk", flat=True))
    with django_capture_on_commit_callbacks(execute=True):
        case = cast.carried_out(place, case)
    assert (case.state, case.effective_on, case.reply.number) == (
        "approved",
        place.today,
        f"西委〔{place.today.year}〕1号",
    )
    _stands_in_the_books(place, case, before)

    cases.begin_running(case.branch, on=place.today, by=place.user["社区书记"])
    branch = Branch.objects.get(pk=case.branch_id)
    assert (branch.state, branch.term_ends_on.year) == ("running", (place.today - timedelta(days=1)).year + 3)
    case = cast.fresh(case)
    assert case.state == "done"
    assert cases.open_cases_of([lakeside.pk]) == {}
    case = cases.mark_filed(
        case,
        filed_on=place.today,
        filed_with="区委组织部",
        filing_no="7",
        version=case.version,
        by=place.user["镇党建办"],
    )
    assert (case.state, Branch.objects.get(pk=case.branch_id).filed_on) == ("filed", place.today)
    verbs = list(Trail.objects.about(case).values_list("verb", flat=True))
    assert [verb.removeprefix("branches.case_") for verb in verbs] == [
        "opened", "handed_in", "saved", "handed_in", "decided", "carried_out", "filed",
    ]  # fmt: skip


def _stands_in_the_books(place, case, meetings_before):
    yesterday, old = place.today - timedelta(days=1), Body.objects.get(pk=place.body["湖畔党支部"].pk)
    new = Branch.objects.select_related("body").get(pk=case.branch_id)
    assert (new.state, new.kind, new.approval_paper, new.term_years) == ("approved", "joint", case.reply.number, 3)
    assert (new.body.name, new.body.starts_on) == (case.name, place.today)
    assert {c.name for c in new.compounds_on(place.today)} == {"湖畔", "滨河"}
    assert (old.ends_on, old.branch.state) == (yesterday, "dissolved")
    assert not Coverage.objects.on(place.today).filter(body=old).exists()
    assert Coverage.objects.on(yesterday).filter(body=old).exists()
    moved = {"田大利", "王伟", "丁小宁", "周瑜", "方敏"}
    assert {m.person.name for m in Member.objects.filter(branch=new.body).select_related("person")} == moved
    placed = Placement.objects.get(member=place.member["方敏"], ends_on=None)
    assert (placed.branch_id, placed.starts_on, placed.how) == (new.pk, place.today, "bulk_transfer")
    assert Placement.objects.get(member=place.member["方敏"], ends_on=yesterday).branch_id == place.body["机关支部"].pk
    assert Member.objects.get(pk=place.member["周瑜"].pk).relation == "in_service"
    assert Member.objects.get(pk=place.member["孙强"].pk).branch_id == place.body["公园党支部"].pk
    assert PersonPlace.objects.filter(person=place.member["方敏"].person, branch=new.body).exists()
    ended = Post.objects.get(body=old, title="secretary")
    assert (ended.ends_on, ended.ended_how) == (yesterday, "reorganised")
    assert Venue.objects.get(branch=new.body).signs is True
    said = VenueDetail.objects.get(venue__branch=new.body)
    assert (said.item, said.note, said.photo) == ("books", "书架在修", "")
    assert set(Meeting.objects.visible_to(place.user["社区书记"]).values_list("pk", flat=True)) == meetings_before
    assert Meeting.objects.filter(branch=old).exists()


def test_what_a_replaced_branch_had_open_ends_with_it(place, lakeside):
    body, since = place.body["湖畔党支部"], date(2024, 1, 1)
    election = Election.objects.create(branch=body, kind="term", opened_by=place.user["社区书记"])
    group = PartyGroup.objects.create(branch=body, name="第一党小组", starts_on=since)
    row = PartyGroupMember.objects.create(group=group, member=place.member["王伟"], starts_on=since)
    cast.brought_to(place, cast.opened(place, "joint", ("湖畔", "滨河")), "生效")
    for each in (election, group, row):
        each.refresh_from_db()
    yesterday = place.today - timedelta(days=1)
    assert (election.state, group.ends_on, row.ends_on) == ("cancelled", yesterday, yesterday)


def test_the_liaison_and_the_old_secretary_go_over_to_the_new_branch(place, lakeside):
    for name, user, title in (("田大利", "支部书记", None), ("丁小宁", "联系干部", "liaison")):
        person = place.member[name].person
        person.user = place.user[user]
        person.save()
        if title:
            place.add_post(name, "湖畔党支部", title)
    case = cast.brought_to(place, cast.opened(place, "joint", ("湖畔", "滨河")), "生效")
    assert Post.objects.get(body=case.branch, title="liaison").person == place.member["丁小宁"].person
    today = Assignment.objects.on(place.today)
    assert today.get(user=place.user["联系干部"]).body == case.branch
    convening = today.get(user=place.user["支部书记"])
    assert (convening.body, convening.role, convening.reason) == (case.branch, "branch_secretary", "选举前召集")


def test_a_branch_is_adjusted_and_stays_itself(place, lakeside):
    case = cast.opened(
        place, "adjust", ("湖畔", "滨河"), branch="湖畔党支部", name="中共西塘镇北社区湖畔滨河联合党支部"
    )
    case = cast.brought_to(place, case, "同意")
    old = place.body["湖畔党支部"].name
    assert case.reply.title == f"关于同意调整{old}的批复"  # 批的是现在的支部，不是改了名以后的
    for paper in (case.request, case.reply):
        assert "名称改为中共西塘镇北社区湖畔滨河联合党支部。" in words_of(paper)
    case = cast.carried_out(place, case)
    branch = Branch.objects.select_related("body").get(pk=place.body["湖畔党支部"].pk)
    assert (case.state, case.branch_id, branch.kind, branch.state) == ("done", branch.pk, "joint", "running")
    assert branch.body.name == "中共西塘镇北社区湖畔滨河联合党支部"
    assert {c.name for c in branch.compounds_on(place.today)} == {"湖畔", "滨河"}
    assert Member.objects.get(pk=place.member["方敏"].pk).branch_id == branch.pk


def test_a_branch_is_dissolved_and_its_members_go_where_the_case_says(place):
    case = cast.opened(
        place, "dissolve", ("公园",), branch="公园党支部", receiving=place.body["湖畔党支部"], reason="人数不足",
    )  # fmt: skip
    case = cast.carried_out(place, cast.brought_to(place, case, "同意"))
    assert case.state == "done"
    assert Branch.objects.get(pk=place.body["公园党支部"].pk).state == "dissolved"
    assert Member.objects.get(pk=place.member["何静"].pk).branch_id == place.body["湖畔党支部"].pk
    assert not Coverage.objects.on(place.today).filter(compound=place.compound["公园"], body__kind="branch").exists()


def test_nobody_stays_behind_in_a_branch_that_is_dissolved(place):
    case = cast.opened(
        place, "dissolve", ("公园",), branch="公园党支部", receiving=place.body["湖畔党支部"], reason="人数不足"
    )
    with pytest.raises(ValueError, match="全部划转"):
        cases.set_members(case, set(), version=case.version, by=place.user["社区书记"])
    assert case.members.filter(ticked=True).count() == case.members.count() > 0


def test_who_went_to_another_community_meanwhile_stays_there(place, lakeside):
    case = cast.brought_to(place, cast.opened(place, "joint", ("湖畔", "滨河")), "同意")
    gone = place.member["方敏"]
    elsewhere = place.body["山水党支部"]
    Placement.objects.filter(member=gone, ends_on=None).update(ends_on=place.today - timedelta(days=1))
    Member.objects.filter(pk=gone.pk).rescope(community=elsewhere.community_id, branch=elsewhere.pk)
    case = cast.carried_out(place, case)
    assert Member.objects.get(pk=gone.pk).branch_id == elsewhere.pk
    assert Member.objects.get(pk=place.member["王伟"].pk).branch_id == case.branch_id


def test_who_moves_out_of_a_branch_that_stays_leaves_his_group_there(place, lakeside):
    group = PartyGroup.objects.create(branch=place.body["机关支部"], name="第一党小组", starts_on=date(2020, 1, 1))
    row = PartyGroupMember.objects.create(group=group, member=place.member["方敏"], starts_on=date(2020, 1, 1))
    cast.brought_to(place, cast.opened(place, "joint", ("湖畔", "滨河")), "生效")
    row.refresh_from_db()
    assert row.ends_on == place.today - timedelta(days=1)


def test_a_former_secretary_who_may_not_hold_the_duty_does_not_stop_the_signature(place, lakeside):
    person = place.member["田大利"].person
    person.user = place.user["审计管理员"]
    person.save()
    Post.objects.filter(body=place.body["湖畔党支部"], title="secretary").delete()
    place.add_post("田大利", "湖畔党支部", "secretary")
    case = cast.brought_to(place, cast.opened(place, "joint", ("湖畔", "滨河")), "生效")
    assert not Assignment.objects.filter(user=person.user, body=case.branch).exists()


def test_an_answer_that_cannot_take_effect_is_withdrawn_by_the_town(place, lakeside):
    case = cast.brought_to(place, cast.opened(place, "joint", ("湖畔", "滨河")), "同意")
    Body.objects.create(community=case.community, kind="branch", name=NAME.replace("公园", "滨河"), short_name="同名")
    with pytest.raises(ValidationError, match="撤回"):
        cast.carried_out(place, case)
    case = cast.fresh(case)
    assert not case_pages.rights(place.user["社区书记"], case).withdraw
    assert case_pages.rights(place.user["镇党建办"], case).withdraw
    case = cases.withdraw(case, version=case.version, by=place.user["镇党建办"])
    assert (case.state, Document.objects.get(pk=case.reply_id).state) == ("withdrawn", "withdrawn")
    cast.opened(place, "joint", ("湖畔", "滨河"), name="另一个名称")


def test_the_town_alone_gives_its_reason_too(place, lakeside):
    cast.ensure_words(place)
    case = cast.opened(place, "own", ("滨河",), directed=True, by="镇党建办", community_met_on=None)
    with pytest.raises(ValidationError, match="理由"):
        cast.decided(place, case)


def test_the_town_decides_by_itself_and_sends_a_notice(place, lakeside):
    cast.ensure_words(place)
    case = cast.opened(
        place, "own", ("滨河",), directed=True, by="镇党建办", reason="新交付的小区", community_met_on=None
    )
    with pytest.raises(ValueError, match="不用请示"):
        cases.hand_in(case, version=case.version, by=place.user["社区书记"])
    case = cast.decided(place, case)
    assert (case.reply.kind, case.request) == ("notice", None)
    case = cast.carried_out(place, case)
    assert Branch.objects.get(pk=case.branch_id).approval_paper == f"西委发〔{place.today.year}〕1号"


def test_what_the_town_declines_or_puts_off(place, lakeside):
    case = cast.brought_to(place, cast.opened(place, "joint", ("湖畔", "滨河")), "已请示")
    office = place.user["镇党建办"]
    case = cases.defer(case, "等摸排结束", version=case.version, by=office)
    assert case.state == "applied"
    for wrong, field in (
        ({"met_on": place.today + timedelta(days=1)}, "met_on"),
        ({"met_on": place.today - timedelta(days=1)}, "met_on"),
        ({"item": ""}, "item"),
        ({"agreed": False}, "answer"),
    ):
        with pytest.raises(ValidationError) as refused:
            cast.decided(place, case, **wrong)
        assert field in refused.value.error_dict
    with pytest.raises(ValueError, match="不能撤回"):
        cases.withdraw(case, version=case.version, by=place.user["社区书记"])
    case = cast.decided(place, case, agreed=False, answer="先摸排")
    assert (case.state, case.reply, case.answer) == ("declined", None, "先摸排")
    assert not CaseCompound.objects.filter(case=case, is_open=True).exists()
    again = cast.opened(place, "joint", ("湖畔", "滨河"))  # 可以重新起草
    assert again.pk != case.pk


def test_a_draft_asks_for_what_is_missing_and_is_withdrawn(place, lakeside):
    case = cast.opened(place, "own", ("滨河",), community_met_on=None)
    missing = cases.missing_to_hand_in(case)
    assert missing[0] == "社区党委会研究日期"
    assert "正式党员1名" in missing[1]
    with pytest.raises(ValueError, match="还没写：社区党委会研究日期"):
        cases.hand_in(case, note=cast.NOTE, version=case.version, by=place.user["社区书记"])
    with pytest.raises(ValidationError, match="滨河（单独成立，起草）已有办理中的事项"):
        cast.opened(place, "joint", ("湖畔", "滨河"))
    assert BranchCase.objects.count() == 1
    facts = {"reason": "居民来自同一单位", "community_met_on": place.today}
    case = cases.save(case, facts, version=case.version, by=place.user["社区书记"])
    case = cast.handed_in(place, case)
    assert "居民来自同一单位" in words_of(case.request)
    case = cases.withdraw(case, version=case.version, by=place.user["社区书记"])
    assert (case.state, Document.objects.get(pk=case.request_id).state) == ("withdrawn", "withdrawn")
    cast.opened(place, "joint", ("湖畔", "滨河"))


def test_what_cannot_be_begun_is_refused_in_words(place, lakeside):
    with pytest.raises(ValidationError, match="山水不在北社区：联合党支部在同一个社区之内"):
        cast.matter(place, "joint", ("湖畔", "山水"))
    with pytest.raises(ValidationError, match="要选两个以上小区"):
        cast.matter(place, "joint", ("湖畔",))
    with pytest.raises(ValidationError, match="已由公园党支部覆盖"):
        cast.matter(place, "adjust", ("湖畔", "公园"), "湖畔党支部")
    Coverage.objects.create(body=place.body["湖畔党支部"], compound=place.compound["公园"], starts_on=place.today)
    with pytest.raises(ValidationError, match="湖畔党支部还覆盖公园"):
        cast.matter(place, "joint", ("湖畔", "滨河"))
    case = cast.opened(place, "joint", ("滨河", "公园", "湖畔"))
    with pytest.raises(ValidationError, match="本镇已有同名的党支部"):
        cases.save(case, {"name": place.body["山水党支部"].name}, version=case.version, by=place.user["社区书记"])


def test_whoever_comes_second_is_told_and_changes_nothing(place, lakeside):
    case = cast.brought_to(place, cast.opened(place, "joint", ("湖畔", "滨河")), "已请示")
    read = case.version
    cast.decided(place, case)
    with pytest.raises(cases.Stale, match="镇党建办刚才已经办过"):
        cases.decide(
            case, agreed=False, met_on=place.today, item="x", answer="不行", version=read, by=place.user["镇党建办"]
        )
    case = cast.carried_out(place, case)
    with pytest.raises(cases.Stale, match="镇领导刚才已经办过"):
        cases.sign_reply(case, version=case.version - 1, reply_version=1, by=place.user["镇领导"])
    with pytest.raises(cases.Stale):
        cases.withdraw(case, version=case.version, by=place.user["社区书记"])
    assert Branch.objects.filter(kind="joint").count() == 1


def test_a_hand_written_request_is_not_overwritten_unasked(place, lakeside):
    secretary = place.user["社区书记"]
    case = cast.handed_in(place, cast.opened(place, "joint", ("湖畔", "滨河")))
    documents.send_back(case.request, "写详细些", by=place.user["镇党建办"], version=case.request.version)
    asked = Document.objects.get(pk=case.request_id)
    kept = {name: getattr(asked, name) for name in documents.ELEMENTS}
    documents.write(asked, version=asked.version, by=secretary, text="手写的正文。\n妥否，请批示。", **kept)
    case = cast.fresh(case)
    assert cases.edited_by_hand(case)
    case = cases.save(case, {"reality": "物业刚换"}, version=case.version, by=secretary)
    assert "手写的正文" in words_of(case.request)
    case = cases.save(case, {"reality": "物业刚换了"}, version=case.version, rewrite=True, by=secretary)
    assert "物业刚换了" in words_of(case.request)
    assert "手写的正文" not in words_of(case.request)
    assert not cases.edited_by_hand(case)
    case = cases.set_members(case, set(), version=case.version, by=secretary)
    assert "方敏" not in words_of(case.request)


def test_the_answer_is_signed_in_the_case_only(place, lakeside):
    case = cast.brought_to(place, cast.opened(place, "joint", ("湖畔", "滨河")), "同意")
    office, leader = place.user["镇党建办"], place.user["镇领导"]
    paper = documents.approve(case.reply, by=leader, version=case.reply.version)
    with pytest.raises(ValueError, match="支部设立调整"):
        documents.sign(paper, by=leader, version=paper.version)
    place.add_member("拟稿人", "公园党支部", "公园")
    case = cast.fresh(case)
    with pytest.raises(ValueError, match="不能自己"):
        cases.sign_reply(case, version=case.version, reply_version=case.reply.version, by=office)
    Body.objects.create(community=place.community["北社区"], kind="branch", name=case.name, short_name="同名的")
    with pytest.raises(ValidationError, match="同名"):
        cast.carried_out(place, case)
    assert cast.fresh(case).reply.state == "approved"  # 没有生效，也就没有签发
    assert Branch.objects.get(pk=place.body["湖畔党支部"].pk).state == "running"
