"""指导组: one for each community, visits and advice; one 联系干部 for each branch (方案四、1; R-135)."""

from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError
from django.urls import reverse

from branches import guidance, territory_todos
from branches.models import GuidanceVisit
from members import posts
from members.models import Post
from office.areas.models import Body
from office.areas.scope import Reach
from office.audit.models import Trail


@pytest.fixture
def group(place):
    sent = guidance.send(
        place.community["北社区"], starts_on=place.today - timedelta(days=60), by=place.user["镇党建办"]
    )
    place.body["指导组"] = sent
    return sent


def facts(place, /, **more):
    return {
        "place": f"c{place.compound['湖畔'].pk}",
        "visited_on": "今天",
        "people": "周敏",
        "found": "楼栋长缺1名",
        "advice": "补齐楼栋长",
        "due_on": f"{place.today + timedelta(days=7):%Y%m%d}",
    } | more


def test_one_group_and_one_cadre_each_and_what_is_missing(place, as_user, group):
    whole = Reach(towns=frozenset([place.town["西塘镇"].pk]))
    found = guidance.gaps(whole, place.today)
    assert [name for _, name in found.communities] == ["南社区"]
    assert {name for _, name in found.branches} == {"湖畔党支部", "公园党支部", "山水党支部"}
    cadre, by = place.member["何静"].person, place.user["镇党建办"]
    posts.take_up(cadre, place.body["湖畔党支部"], Post.Title.LIAISON, starts_on=place.today, by=by)
    assert {name for _, name in guidance.gaps(whole, place.today).branches} == {"公园党支部", "山水党支部"}
    with pytest.raises(ValidationError, match="先结束他的任职"):  # 只有一名
        posts.take_up(
            place.member["罗辉"].person, place.body["湖畔党支部"], Post.Title.LIAISON, starts_on=place.today, by=by
        )
    page = as_user("镇党建办").get(reverse("guidance")).content.decode()
    assert "1个社区没有指导组，2个支部没有联系干部" in page
    assert reverse("guidance_send", args=[place.community["南社区"].pk]) in page
    assert f"{reverse('post_new', args=[place.body['公园党支部'].pk])}?title=liaison" in page


def test_a_group_is_sent_once(place, as_user, group):
    with pytest.raises(ValidationError, match="北社区已经有指导组，每个社区一个"):
        guidance.send(place.community["北社区"], starts_on=place.today, by=place.user["镇党建办"])
    sent = as_user("镇党建办").post(
        reverse("guidance_send", args=[place.community["南社区"].pk]), {"starts_on": "今天"}
    )
    south = Body.objects.get(kind="guidance_group", community=place.community["南社区"])
    assert sent["Location"] == reverse("body_post_new", args=[south.pk])
    assert south.short_name == "驻南社区指导组"
    assert Trail.objects.filter(verb="branches.guidance_sent").count() == 2


def test_a_visit_becomes_a_to_do_and_its_answer_ends_it(place, as_user, group):
    visitor, url = as_user("指导组"), reverse("guidance_new")
    assert "还没有走访记录" in visitor.get(reverse("guidance")).content.decode()
    made = visitor.post(url, facts(place))
    visit = GuidanceVisit.objects.get()
    assert made["Location"] == reverse("guidance_visit", args=[visit.pk])
    visitor.post(url, facts(place))  # 按了两下
    assert GuidanceVisit.objects.count() == 1 == Trail.objects.filter(verb="branches.visit_recorded").count()

    secretary = place.user["社区书记"]
    todo = territory_todos.todos(secretary, place.today)[0]
    assert (todo.rule, todo.verb, todo.object, todo.due_on) == ("advice_due", "回复指导意见", "湖畔", visit.due_on)
    assert territory_todos.todos(place.user["社区工作者"], place.today) == []
    assert territory_todos.todos(place.user["邻社区书记"], place.today) == []

    client, page = as_user("社区书记"), reverse("guidance_visit", args=[visit.pk])
    empty = client.post(page, {"outcome": "", "settled_on": "今天"}).content.decode()
    assert "请填写落实情况" in empty
    early = client.post(page, {"outcome": "已补", "settled_on": f"{place.today - timedelta(days=3):%Y%m%d}"})
    assert "答复日期要在" in early.content.decode()
    assert "已补" in early.content.decode()
    assert client.post(page, {"outcome": "已补齐", "settled_on": "今天"}).status_code == 302
    assert territory_todos.todos(secretary, place.today) == []
    again = client.post(page, {"outcome": "再说一遍", "settled_on": "今天"}).content.decode()
    assert "已经答复，没有重复登记" in again
    visit.refresh_from_db()
    assert (visit.outcome, visit.settled_by) == ("已补齐", secretary)
    assert "已补齐" in visitor.get(page).content.decode()
    for state, seen in (("settled", True), ("waiting", False), ("late", False), ("none", False)):
        assert ("补齐楼栋长" in visitor.get(reverse("guidance"), {"state": state}).content.decode()) == seen


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"visited_on": "20990101"}, "走访以后再登记"),
        ({"visited_on": "20000101", "due_on": ""}, "起派出"),
        ({"advice": ""}, "请写清意见建议"),
        ({"due_on": "20200101"}, "答复时限不能早于走访日期"),
        ({"place": "c999999"}, "请选列出的小区或者党支部"),
        ({"people": ""}, "请填写参加人员"),
        ({"found": "长" * 501}, "请删短一些"),
    ],
)
def test_a_visit_is_refused_in_words_and_keeps_what_was_typed(place, as_user, group, wrong, words):
    page = as_user("指导组").post(reverse("guidance_new"), facts(place, **wrong)).content.decode()
    assert words in page
    assert not GuidanceVisit.objects.exists()
    if "found" not in wrong:
        assert "楼栋长缺1名" in page
