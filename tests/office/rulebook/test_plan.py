"""The plan is quoted in its own words."""

import re
from pathlib import Path

import pytest

from office.rulebook import plan

PLAN = (Path(plan.__file__).with_name("data") / "plan.txt").read_text(encoding="utf-8")


def squeezed(text):
    return re.sub(r"\s", "", text)


def test_the_clauses_together_are_the_whole_plan():
    assert squeezed("".join(plan.CLAUSES.values())) == squeezed(PLAN)


def test_clauses_are_named_as_people_cite_them():
    points = ["三", "三.1", "三.2", "三.3", "三.4", "四", "四.1", "四.2", "四.3"]
    assert list(plan.CLAUSES) == ["标题", "前言", "一", "二", *points]
    assert [plan.heading(key) for key in points] == [
        "工作任务",
        "成立小区党支部",
        "规范服务活动阵地",
        "建立健全工作机制",
        "开展党建引领系列活动",
        "工作要求",
        "加强组织领导",
        "加强督促问效",
        "加强宣传引导",
    ]


def test_a_clause_is_given_whole():
    assert plan.clause("四.2").startswith("2.加强督促问效。镇党委将把小区党建工作情况纳入")
    assert plan.clause("四.2").endswith("可发力、可持续。")
    assert plan.clause("一").splitlines()[0] == "一、工作目标"


def test_a_clause_is_cited_as_on_screen():
    assert plan.cite("三.1") == "方案三、1"
    assert plan.cite("一") == "方案第一部分"


@pytest.mark.parametrize("name", plan.QUOTES)
def test_a_quote_stands_in_its_clause_and_in_no_other(name):
    found = plan.quote(name)
    assert [key for key, text in plan.CLAUSES.items() if found.text in text] == [found.clause]
    assert 8 <= len(found.text) <= 120


def test_the_rule_for_forming_a_branch_is_quoted_whole():
    own, joint = plan.quote("own_branch"), plan.quote("joint_branch")
    assert str(own).startswith("小区直管党员（指党组织关系在社区的党员）3人以上的")
    assert f"{own}，{joint}" in plan.clause("三.1")
    assert joint.cite == "方案三、1"


@pytest.mark.parametrize("ask", [plan.clause, plan.heading, plan.cite, plan.quote])
def test_what_the_plan_does_not_have_is_said_in_chinese(ask):
    with pytest.raises(plan.NoSuchClause) as refused:
        ask("五.9")
    assert str(refused.value) == "方案里没有“五.9”"
