"""Coverage as work: targets against what stands, months from dated rows, the next step and its to-do (N-03)."""

from datetime import date, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from branches import coverage, coverage_todos, figures
from branches.models import Branch, BranchCase, CaseCompound, CommunityTarget, CoverageNote
from members.models import Person
from office.areas.models import Body, Community, Compound, Coverage
from office.areas.scope import Reach
from office.audit.models import Trail
from office.rulebook.models import TownRule


@pytest.fixture
def town(place):
    """北社区 with a joint branch over two more compounds, one without a branch, and a branch awaiting its election;
    柳村 is a village with a branch."""
    north = place.community["北社区"]
    for name in ("河东", "河西", "空地", "新城"):
        place.compound[name] = Compound.objects.create(community=north, name=name)
    village = Community.objects.create(town=place.town["西塘镇"], name="柳村", kind="village", position=9)
    place.compound["柳湾"] = Compound.objects.create(community=village, name="柳湾")
    stand(place, north, "河东、河西联合党支部", "joint", ["河东", "河西"], date(2023, 3, 15))
    stand(place, north, "新城党支部", "compound", ["新城"], place.today - timedelta(days=3), state="approved")
    stand(place, village, "柳湾党支部", "compound", ["柳湾"], date(2022, 1, 1))
    place.add_member("住户甲", "湖畔党支部", "空地")
    place.add_member("住户乙", "湖畔党支部", "空地", stage="probationary")
    return place


def stand(place, community, name, kind, compounds, approved_on, state="running"):
    body = Body.objects.create(
        town=community.town,
        community=community,
        kind="branch",
        name=f"中共{name}",
        short_name=name,
        starts_on=approved_on,
    )
    place.body[name] = body
    Branch.objects.create(body=body, kind=kind, state=state, approved_on=approved_on)
    for compound in compounds:
        Coverage.objects.create(body=body, compound=place.compound[compound], starts_on=approved_on)


def whole(place):
    return Reach(towns=frozenset([place.town["西塘镇"].pk]))


def north_of(place):
    return Reach(communities=frozenset([place.community["北社区"].pk]))


def rule(place, key, value):
    TownRule.objects.create(
        town=place.town["西塘镇"], key=key, value=value, basis="镇党委会2026年1月议定", valid_from=date(2020, 1, 1)
    )


def test_branches_and_compounds_are_two_figures_and_villages_are_neither(town):
    found = coverage.tallies(whole(town), town.today)
    # 湖畔、公园、山水、联合、新城；小区 湖畔 公园 山水 河东 河西 空地 新城
    assert (found.whole.branches, found.whole.joint, found.whole.waiting) == (5, 1, 1)
    assert (found.whole.compounds, found.whole.covered, found.whole.uncovered) == (7, 6, 1)
    assert (found.village_branches, found.village_compounds) == (1, 1)
    assert [(row.label, row.branches, row.compounds, row.covered) for row in found.communities] == [
        ("北社区", 4, 6, 5),
        ("南社区", 1, 1, 1),
    ]
    assert coverage.whole(whole(town), town.today) == found.whole


def test_targets_are_the_towns_rule_and_each_communitys_next_one(town):
    assert coverage.tallies(whole(town), town.today).whole.target is None
    rule(town, "branch_target", 9)
    north, basis = town.community["北社区"], {"basis": "会议议定"}
    for days, number in ((-30, 3), (30, 6), (400, 8)):
        CommunityTarget.objects.create(
            community=north, number=number, due_on=town.today + timedelta(days=days), **basis
        )
    found = coverage.tallies(whole(town), town.today)
    assert (found.whole.target, found.whole.short, found.whole.due_on) == (9, 4, None)  # 方案写的2020年不是本镇定的
    rule(town, "branch_target_date", "2026-12-31")
    assert coverage.tallies(whole(town), town.today).whole.due_on == date(2026, 12, 31)
    first, second = found.communities
    assert (first.target, first.short, first.due_on) == (6, 2, town.today + timedelta(days=30))
    assert (second.target, second.short) == (None, None)
    own = coverage.tallies(north_of(town), town.today)
    assert (own.whole.label, own.whole.target, len(own.communities)) == ("合计", 6, 1)


def test_only_what_is_new_counts_where_the_town_says_from_when(town):
    rule(town, "branch_target", 3)
    rule(town, "branch_target_from", "2023-03-15")
    found = coverage.tallies(whole(town), town.today).whole
    assert (found.branches, found.new, found.counted, found.short) == (5, 2, 2, 1)
    assert coverage.whole(whole(town), town.today) == found


def test_months_are_what_a_recount_of_that_day_gives(town):
    gone, today = town.body["公园党支部"], town.today
    ended = (today - timedelta(days=70)).replace(day=1) - timedelta(days=1)  # 一个月的最后一天，这一天还在
    Coverage.objects.filter(body=gone).update(ends_on=ended)
    Body.objects.filter(pk=gone.pk).update(ends_on=ended)
    Branch.objects.filter(pk=gone.pk).update(state="dissolved")
    months = coverage.history(whole(town), today, 60)
    assert [month.last for month in months] == sorted({month.last for month in months})
    assert months[-1].last == today
    assert all((month.last + timedelta(days=1)).day == 1 for month in months[:-1])
    at_its_end = next(month for month in months if month.last == ended)
    for month in (at_its_end, months[-2], months[-5], months[-40], months[0]):
        covers = [cover for cover in figures.coverage(whole(town), month.last) if cover.counted]
        assert month.covered == sum(cover.cover != "none" for cover in covers), month
        standing = Body.objects.on(month.last).filter(kind="branch", town=town.town["西塘镇"])
        assert month.branches == standing.filter(community__kind="city").count(), month
    tally = coverage.tallies(whole(town), today).whole
    assert (months[-1].branches, months[-1].covered, months[-1].compounds) == (
        tally.branches,
        tally.covered,
        tally.compounds,
    )


def test_a_line_says_why_which_way_who_and_what_next(town):
    lines = {line.cover.name: line for line in coverage.lines(whole(town), town.today)}
    bare = lines["空地"]
    assert (bare.reason, bare.next_step, bare.case) == ("直管党员2名，其中正式1名", "", None)
    assert bare.route == "正式党员1名，不足3名，建议与邻近小区成立联合党支部"
    assert (lines["河东"].cover.cover, lines["河东"].reason, lines["河东"].wanting) == ("joint", "", False)
    responsible = Person.objects.get(name="田大利")
    yesterday = town.today - timedelta(days=1)
    coverage.note(
        town.compound["空地"], reason="刚交付", responsible=responsible, next_step="摸排党员", due_on=yesterday,
        version=0, by=town.user["社区书记"],
    )  # fmt: skip
    case = BranchCase.objects.create(
        community=town.community["北社区"],
        kind="joint",
        name="某联合党支部",
        short_name="某",
        opened_by=town.user["社区书记"],
    )
    CaseCompound.objects.create(case=case, compound=town.compound["空地"])
    bare = next(line for line in coverage.lines(whole(town), town.today) if line.cover.name == "空地")
    assert (bare.reason, bare.responsible, bare.next_step, bare.late) == ("刚交付", "田大利", "摸排党员", True)
    assert bare.case == (case.pk, "成立联合党支部，起草")
    with CaptureQueriesContext(connection) as of_town:
        coverage.lines(whole(town), town.today)
    with CaptureQueriesContext(connection) as of_community:
        coverage.lines(north_of(town), town.today)
    assert len(of_town) == len(of_community) <= 6


def test_a_step_is_a_todo_of_the_community_until_a_branch_stands(town):
    def rows(name):
        return [(todo.verb, todo.object, todo.due_on) for todo in coverage_todos.todos(town.user[name], town.today)]

    due = town.today + timedelta(days=7)
    coverage.note(town.compound["空地"], next_step="摸排党员", due_on=due, version=0, by=town.user["社区书记"])
    assert rows("社区书记") == rows("社区工作者") == [("摸排党员", "空地", due)]
    assert rows("镇党建办") == rows("邻社区书记") == []
    note = CoverageNote.objects.get()
    CoverageNote.objects.update(due_on=due + timedelta(days=1))
    assert rows("社区书记") == []
    CoverageNote.objects.update(due_on=town.today - timedelta(days=9))
    assert len(rows("社区书记")) == 1
    Coverage.objects.create(body=town.body["河东、河西联合党支部"], compound=note.compound, starts_on=town.today)
    assert rows("社区书记") == []


def test_two_who_write_at_once_do_not_overwrite_each_other(town):
    bare, by = town.compound["空地"], town.user["社区书记"]
    first = coverage.note(bare, reason="刚交付", version=0, by=by)
    with pytest.raises(coverage.Stale):
        coverage.note(bare, reason="别的原因", version=0, by=by)
    coverage.note(bare, reason="改了", version=first.version, by=by)
    assert CoverageNote.objects.get().reason == "改了"
    trail = Trail.objects.filter(verb="branches.coverage_noted").order_by("pk")
    assert [row.changes for row in trail] == [{"原因": ["", "刚交付"]}, {"原因": ["刚交付", "改了"]}]

    west, office = town.town["西塘镇"], town.user["镇党建办"]
    seen, north, south = coverage.seen(west), town.community["北社区"].pk, town.community["南社区"].pk
    day = date(2026, 12, 31)
    coverage.set_targets(west, day, {north: 5, south: 2}, "议定", seen_before=seen, by=office)
    with pytest.raises(coverage.Stale):
        coverage.set_targets(west, day, {north: 9, south: 9}, "议定", seen_before=seen, by=office)
    coverage.set_targets(west, day, {north: 6, south: None}, "更正", seen_before=coverage.seen(west), by=office)
    assert [(row.community.name, row.number, row.basis) for row in CommunityTarget.objects.all()] == [
        ("北社区", 6, "更正")
    ]
    last = Trail.objects.filter(verb="branches.target_set").latest("pk")
    assert (last.changes["北社区"], last.changes["南社区"]) == ([5, 6], [2, None])


def test_a_community_of_another_town_gets_no_target(town):
    west, other = town.town["西塘镇"], town.community["港口社区"].pk
    coverage.set_targets(west, date(2026, 12, 31), {other: 5}, "议定", seen_before="", by=town.user["镇党建办"])
    assert not CommunityTarget.objects.exists()


def test_the_home_page_counts_the_approved_branch_and_leads_here(town, as_user):
    rule(town, "branch_target", 9)
    page = as_user("镇党建办").get(reverse("home")).content.decode()
    assert "其中联合支部1个，待选举1个，离目标差4个" in page
    assert f"{reverse('coverage')}?view=none" in page
