"""待办: the right line for the right person, the most urgent first."""

from datetime import date, timedelta

from accounts.todo import Todo
from branches.models import Branch, CommunityTarget
from desk import home
from meetings.models import Decision
from members.models import Post
from office.areas.models import Coverage

TODAY = date(2026, 12, 7)


def todo(object, **when):
    return Todo("task_due", "落实", object, "", "/", **when)


def test_the_order_of_urgency():
    """ux §10.3: 过期 → 今天 → 7天内 → 等我审批 → 以后 → 缺项."""
    lines = [
        todo("缺项"),
        todo("以后", due_on=TODAY + timedelta(days=30)),
        todo("等我", waiting_since=TODAY - timedelta(days=2)),
        todo("七天内", due_on=TODAY + timedelta(days=7)),
        todo("今天", due_on=TODAY),
        todo("过期", due_on=TODAY - timedelta(days=1)),
    ]
    assert [t.object for t in home.ordered(lines, TODAY)] == ["过期", "今天", "七天内", "等我", "以后", "缺项"]


def test_states_are_said_in_words():
    words = [
        home.line(t, TODAY)["state"]
        for t in (
            todo("", due_on=TODAY - timedelta(days=6)),
            todo("", due_on=TODAY),
            todo("", due_on=date(2026, 12, 11)),
            todo("", due_on=date(2027, 3, 1)),
            todo("", waiting_since=TODAY - timedelta(days=2)),
            todo(""),
        )
    ]
    assert words == ["过期6天", "今天", "12月11日前", "2027年3月1日前", "等了2天", "缺项"]


def test_a_gap_never_turns_red():
    assert home.line(todo("书报"), TODAY)["late"] is False


def lines(place, name):
    dated, gaps = home.todos(place.user[name], place.today)
    return [f"{row['verb']}：{row['object']}" for row in dated + gaps]


def test_each_line_cites_its_clause(place):
    dated, gaps = home.todos(place.user["社区书记"], place.today)
    assert all(row["why"].endswith("）") and "（" in row["why"] for row in dated + gaps)


def test_a_decision_goes_to_those_who_see_to_it(place):
    assert "落实：落实电梯协商" in lines(place, "支部书记")
    assert "落实：落实电梯协商" in lines(place, "联系干部")
    assert "落实：落实电梯协商" not in lines(place, "邻支部书记")
    assert "落实：落实电梯协商" not in lines(place, "邻社区书记")


def test_the_town_sees_overdue_decisions_in_one_line(place):
    Decision.objects.update(due_on=place.today - timedelta(days=3))
    found = [row for row in lines(place, "镇党建办") if "决定" in row]
    assert found == ["过期的会议决定：3件"]


def test_a_done_decision_leaves_the_list(place):
    Decision.objects.update(done_on=place.today)
    assert not [row for row in lines(place, "支部书记") if row.startswith("落实")]


def test_an_uncovered_compound_is_a_gap_for_its_community_and_the_town(place):
    Coverage.objects.filter(body=place.body["公园党支部"]).update(ends_on=place.today - timedelta(days=1))
    assert "选联合对象：公园" in lines(place, "社区书记")
    assert "选联合对象：公园" in lines(place, "镇党建办")
    assert "选联合对象：公园" not in lines(place, "邻社区书记")


def test_a_branch_without_a_secretary_is_told(place):
    Post.objects.filter(title="secretary", body=place.body["湖畔党支部"]).update(
        ends_on=place.today - timedelta(days=1)
    )
    assert "补书记：湖畔党支部" in lines(place, "社区书记")
    assert "补书记：湖畔党支部" in lines(place, "镇党建办")
    assert "补书记：湖畔党支部" not in lines(place, "支部书记")


def test_the_missing_books_are_told_to_branch_and_community(place):
    assert "补“书报”：湖畔党支部" in lines(place, "支部书记")
    assert "补“书报”：湖畔党支部" not in lines(place, "邻支部书记")


def test_leaders_and_administrators_are_given_no_chores(place):
    for name in ("镇领导", "系统管理员", "审计管理员"):
        assert lines(place, name) == []


def test_at_most_five_numbers_each_with_its_rows(place):
    found = home.numbers(place.user["镇党建办"], place.today)
    assert len(found) == 5
    assert all(number["url"] for number in found)
    assert {n["label"]: (n["value"], n["of"]) for n in found} == {
        "小区党支部": (3, None),
        "小区党组织覆盖": (3, 3),
        "业委会党员过半": (1, 1),
        "阵地七有齐全": (0, 3),
        "述职已交": (0, 3),
    }


def test_numbers_stop_at_the_communitys_border(place):
    found = {n["label"]: n["value"] for n in home.numbers(place.user["邻社区书记"], place.today)}
    assert found["小区党支部"] == 1
    assert home.numbers(place.user["支部书记"], place.today) == []


def number(place, name, label):
    (found,) = [one for one in home.numbers(place.user[name], place.today) if one["label"] == label]
    return found


def test_what_a_dissolved_branch_had_is_not_counted(place):
    before = number(place, "镇党建办", "阵地七有齐全")
    Branch.objects.filter(body=place.body["公园党支部"]).update(state="dissolved")
    after = number(place, "镇党建办", "阵地七有齐全")
    assert before["of"] - after["of"] == 1
    assert before["note"] == after["note"] == "今年都有记录"


def test_a_community_sees_its_own_target(place):
    target = {"community": place.community["北社区"], "basis": "会议议定"}
    CommunityTarget.objects.create(number=5, due_on=place.today + timedelta(days=30), **target)
    found = number(place, "社区书记", "小区党支部")
    assert (found["value"], found["of"]) == (2, 5)
    assert "离目标差3个" in found["note"]
    assert number(place, "镇党建办", "小区党支部")["of"] is None
