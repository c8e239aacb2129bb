"""The pages of a case: begun from a link or from nothing, refused in words, two at once, its papers, its to-dos, its file."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from accounts.models import Assignment
from accounts.roles import Role
from branches import case_todos
from branches.models import BranchCase
from office.areas.models import Compound, Coverage
from office.papers import documents
from office.papers.models import Document
from tests.branches import case_cast as cast
from tests.test_exports import CHECK, File, ticked


@pytest.fixture
def lakeside(place):
    """滨河: a compound of 北社区 without a branch, where one member of 湖畔's branch lives."""
    place.compound["滨河"] = Compound.objects.create(community=place.community["北社区"], name="滨河", households=90)
    place.add_member("方敏", "湖畔党支部", "滨河")
    return place.compound["滨河"]


def said(response):
    return response.content.decode()


def url(name, case, **query):
    return reverse(name, args=[case.pk])


def hidden(response, name):
    """The value of a hidden field as the page carries it."""
    return response.context["form"][name].value()


def test_a_case_is_begun_from_nothing_in_three_steps(place, lakeside, as_user):
    client = as_user("社区书记")
    new = reverse("case_new")
    assert "成立联合党支部" in said(client.get(new))
    assert "请选要办的事项" in said(client.get(f"{new}?community={place.community['北社区'].pk}"))
    pick = f"{new}?kind=joint&community={place.community['北社区'].pk}"
    page = said(client.get(pick))
    assert "选两个以上小区" in page
    assert "湖畔党支部" in page  # 现在由谁覆盖
    one = client.get(f"{pick}&compounds={lakeside.pk}")
    assert "成立联合党支部要选两个以上小区" in said(one)
    two = f"{pick}&compounds={lakeside.pk}&compounds={place.compound['湖畔'].pk}"
    page = client.get(two)
    assert "合计正式党员4名、直管党员4名，可以成立联合党支部" in said(page)
    assert "替换的党支部" in said(page)
    assert page.context["form"]["name"].value() == "中共西塘镇北社区湖畔、滨河联合党支部"

    sent = {
        "draft": page.context["ticket"].signed,
        "draft_seq": "1",
        "name": "",
        "short_name": "湖滨",
        "leaders": "election",
    }
    refused = client.post(two, sent | {"reality": "物业刚换"})
    assert "请填写全称" in said(refused)
    assert "物业刚换" in said(refused)
    sent |= {"name": "中共西塘镇北社区湖滨联合党支部", "community_met_on": "昨儿"}
    assert refused.status_code == 200
    assert "写清是哪一天" in said(client.post(two, sent))
    sent["community_met_on"] = f"{place.today.month}月{place.today.day}日"
    landed = client.post(two, sent)
    case = BranchCase.objects.get()
    assert landed["Location"] == url("case_hand_in", case)
    assert client.post(two, sent)["Location"] == url("case_hand_in", case)  # 手快按了两下
    assert BranchCase.objects.count() == 1
    assert "湖畔（成立联合党支部，起草）" in said(client.post(two, sent | {"draft": ""}))


def test_the_request_goes_to_the_town_from_its_page(place, lakeside, as_user):
    cast.ensure_words(place)
    case = cast.opened(place, "joint", ("湖畔", "滨河"))
    client = as_user("社区书记")
    page = client.get(url("case_hand_in", case))
    assert "拟成立中共西塘镇北社区湖畔、滨河联合党支部" in said(page)
    nobody = client.post(url("case_hand_in", case), {"version": case.version, "note": ""})
    assert "请填写附注" in said(nobody)
    given = {"version": case.version, "note": cast.NOTE}
    assert client.post(url("case_hand_in", case), given)["Location"] == url("case", case)
    case = cast.fresh(case)
    assert (case.state, case.request.note) == ("applied", cast.NOTE)
    again = client.get(client.post(url("case_hand_in", case), given)["Location"])
    assert "这一步不用办" in said(again)

    town = as_user("镇党建办")
    assert url("case", case) in said(town.get("/"))  # 待办到事项页
    empty = town.post(
        reverse("document_return", args=[case.request_id]), {"version": case.request.version, "reason": ""}
    )
    assert "没有退回：请写明理由" in said(town.get(empty["Location"]))
    back = {"version": case.request.version, "reason": "请补充书记人选来源"}
    assert town.post(reverse("document_return", args=[case.request_id]), back)["Location"] == url("case", case)
    home = said(client.get("/"))
    assert url("case_edit", case) in home
    assert "请补充书记人选来源" in home
    case = cast.fresh(case)
    edit = client.get(url("case_edit", case))
    assert said(edit).index("请补充书记人选来源") < said(edit).index("直管党员")
    facts = {name: edit.context["form"][name].value() or "" for name in edit.context["form"].fields}
    facts |= {"secretary_source": "source_selected", "again": "1", "has_committee": ""}
    assert client.post(url("case_edit", case), facts)["Location"] == url("case", case)
    assert cast.fresh(case).request.state == "review"


def test_two_who_write_at_once_see_both(place, lakeside, as_user):
    case = cast.opened(place, "joint", ("湖畔", "滨河"))
    one, other = as_user("社区书记"), as_user("社区工作者")
    page = one.get(url("case_edit", case))
    facts = {name: page.context["form"][name].value() or "" for name in page.context["form"].fields}
    facts["has_committee"] = ""
    assert other.post(url("case_edit", case), facts | {"reality": "物业刚换"}).status_code == 302
    conflict = one.post(url("case_edit", case), facts | {"reality": "没有物业"})
    assert conflict.status_code == 409
    assert "物业刚换" in said(conflict)
    assert "没有物业" in said(conflict)
    merged = facts | {"reality": "物业刚换，原来没有", "version": hidden(conflict, "version")}
    assert one.post(url("case_edit", case), merged).status_code == 302
    assert cast.fresh(case).reality == "物业刚换，原来没有"


def test_the_town_records_its_meeting_and_the_leader_signs(place, lakeside, as_user):
    case = cast.brought_to(place, cast.opened(place, "joint", ("湖畔", "滨河")), "已请示")
    town, leader = as_user("镇党建办"), as_user("镇领导")
    assert url("case_town", case) in said(town.get("/"))
    day = f"{place.today.month}月{place.today.day}日"
    given = {"version": case.version, "met_on": day, "item": "研究成立", "outcome": "agreed"}
    assert "请选任期" in said(town.post(url("case_town", case), given))
    late = town.post(url("case_town", case), given | {"outcome": "declined"})
    assert "写明答复" in said(late)
    assert "研究成立" in said(late)
    town.post(url("case_town", case), given | {"outcome": "deferred", "answer": "等摸排结束"})
    case = cast.fresh(case)
    assert "等摸排结束" in said(town.get(url("case", case)))
    town.post(url("case_town", case), given | {"version": case.version, "term_years": "none"})
    case = cast.fresh(case)
    assert (case.state, case.term_years) == ("agreed", None)

    paper = case.reply_id
    assert url("case", case) in said(leader.get("/"))
    page = leader.get(url("case_reply", case))
    assert "湖畔党支部到昨天为止" in said(page)
    assert "任期" not in documents.typed_text(case.reply).replace("班子和任期", "")
    documents.withdraw(case.reply, by=place.user["镇党建办"], version=case.reply.version)
    held = Document.objects.get(pk=paper)
    documents.send(held, by=place.user["镇党建办"], version=held.version)
    read = {"version": hidden(page, "version"), "reply_version": hidden(page, "reply_version")}
    stale = leader.get(leader.post(url("case_reply", case), read)["Location"])
    assert "刚才有人改过" in said(stale)  # 看过以后又改过的，不算看过
    page = leader.get(url("case_reply", case))
    read = {"version": hidden(page, "version"), "reply_version": hidden(page, "reply_version")}
    done = leader.get(leader.post(url("case_reply", case), read)["Location"])
    assert "已签发，已经生效" in said(done)
    assert "已批复待选举" in said(done)
    voided = leader.get(
        leader.post(reverse("document_void", args=[paper]), {"reason": "写错", "version": 9})["Location"]
    )
    assert "要改请另办调整或者撤销" in said(voided)
    assert leader.get(reverse("document_sign", args=[paper]))["Location"] == url("case_reply", case)

    assert "备案不能更早" not in said(town.get(url("case", case)))
    case = cast.done(place, case)
    early = place.today - timedelta(days=1)
    filed = {"version": case.version, "filed_on": f"{early.year}年{early.month}月{early.day}日"}
    assert "备案不能更早" in said(town.post(url("case_filed", case), filed))
    town.post(url("case_filed", case), {"version": case.version, "filed_on": day})
    assert cast.fresh(case).state == "filed"


def test_who_has_what_to_do(place, lakeside):
    draft = cast.opened(place, "joint", ("湖畔", "滨河"))
    today = timezone.localdate()

    def of(user, day=today):
        place.user[user].__dict__.pop("current_assignments", None)
        return [(todo.rule, todo.object) for todo in case_todos.todos(place.user[user], day)]

    name = draft.short_name
    assert of("社区书记") == []
    assert of("社区书记", today + timedelta(days=8)) == [("case_to_finish", name)]
    assert of("镇党建办", today + timedelta(days=8)) == []
    case = cast.brought_to(place, draft, "已请示")
    assert of("社区书记") == []
    (todo,) = case_todos.todos(place.user["镇党建办"], today)
    month = today.month % 12 + 1
    assert (todo.rule, todo.due_on.month) == ("case_for_the_town", month)
    case = cast.carried_out(place, cast.decided(place, case))
    assert of("社区书记") == [("branch_to_elect", name)]
    assert of("邻社区书记") == of("镇党建办") == of("联系干部") == []
    cast.done(place, case)
    assert of("镇党建办") == [("branch_to_file", name)]


def test_the_ledger_and_its_file_say_the_same(place, lakeside, as_user):
    cast.brought_to(place, cast.opened(place, "joint", ("湖畔", "滨河")), "已请示")
    cast.opened(place, "own", ("公园",), reason="分设", name="中共西塘镇北社区公园第二党支部")
    town = as_user("镇党建办")
    page = said(town.get(reverse("cases")))
    assert page.index("公园党支部") < page.index("湖畔、滨河联合党支部")
    assert "镇党建办报镇党委会研究" in page
    assert "没有符合条件的事项" in said(town.get(f"{reverse('cases')}?state=filed"))
    export = f"{reverse('cases_export')}?kind=joint"
    file = File(town.post(export, CHECK | {"columns": ticked(town, export)}), "党支部")
    assert [row[0] for row in file.rows] == ["湖畔、滨河联合党支部"]
    assert f"北社请〔{place.today.year}〕1号" in file.rows[0]
    assert "还没有支部设立调整" in said(as_user("邻社区书记").get(reverse("cases")))


def test_a_branch_that_also_serves_elsewhere_is_not_halved(place, lakeside, as_user):
    Coverage.objects.create(body=place.body["公园党支部"], compound=lakeside, starts_on=place.today)
    new = f"{reverse('case_new')}?kind=joint&compound={lakeside.pk}&with={place.compound['湖畔'].pk}"
    assert "公园党支部还覆盖公园" in said(as_user("社区书记").get(new))
    foreign = f"{reverse('case_new')}?kind=own&compound={place.compound['山水'].pk}"
    assert "起草支部事项" in said(as_user("社区书记").get(foreign))  # 别的社区的小区，当没有写


def test_a_case_is_taken_back_by_whose_it_is(place, lakeside, as_user):
    """Somebody of the town's office who is secretary elsewhere as well is no secretary here."""
    Assignment.objects.create(user=place.user["镇党建办"], role=Role.COMMUNITY_SECRETARY, body=place.body["南社区"])
    case = cast.opened(place, "joint", ("湖畔", "滨河"))
    town = as_user("镇党建办")
    assert town.post(url("case_withdraw", case), {"version": case.version}).status_code == 403
    assert cast.fresh(case).state == "draft"

    case = cast.brought_to(place, case, "同意")
    refused = as_user("社区书记").post(url("case_withdraw", case), {"version": case.version})
    assert refused.status_code == 403
    assert url("case_withdraw", case) in said(town.get(url("case", case)))
    done = town.get(town.post(url("case_withdraw", case), {"version": case.version})["Location"])
    assert "可以另行起草" in said(done)
    assert cast.fresh(case).state == "withdrawn"


def test_the_papers_of_a_dissolution_name_the_branch(place, lakeside, as_user):
    park, desk = place.body["公园党支部"], as_user("社区书记")
    address = f"{reverse('case_new')}?kind=dissolve&branch={park.pk}"
    facts = {"receiving": place.body["湖畔党支部"].pk, "reason": "人数不足", "community_met_on": "今天"}
    ticket = desk.get(address).context["ticket"]
    begun = desk.post(address, facts | {"ticket": ticket})
    assert begun.status_code == 302
    case = BranchCase.objects.get()
    assert (case.name, case.short_name) == (park.name, park.short_name)
    assert f"关于撤销{park.name}的请示" in said(desk.get(url("case_hand_in", case)))
    assert park.short_name in said(desk.get(reverse("cases")))
