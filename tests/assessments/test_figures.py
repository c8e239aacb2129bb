"""The numbers of the year equal the rows they come from, at one price for any number of branches."""

import json
from datetime import date, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from assessments import figures, frozen, period, town
from branches.models import Branch, Venue
from meetings.models import Decision, Meeting
from office.areas.models import Body, Community, Coverage
from tests import cast

LAKE, PARK = "湖畔党支部", "公园党支部"
YEAR = 2025
YEAR_END = date(2025, 12, 31)


@pytest.fixture
def today(place):
    return place.today


def meet(place, kind, day, *, branch=LAKE, present=2, expected=3, title="学习", state="filed"):
    body = place.body[branch]
    filed = {"filed_at": timezone.now(), "filed_by": place.user["社区书记"]} if state != "draft" else {}
    return Meeting.objects.create(
        town=body.town, community=body.community, branch=body, kind=kind, title=title, held_on=day,
        present=present, expected=expected, state=state, **filed,
    )  # fmt: skip


def of(place, branch=LAKE, year=YEAR, today=date(2026, 6, 1)):
    return figures.of_branch(place.body[branch].pk, year, today)


def kept(year, kind):
    return next(row for row in year.held.life if row.kind == kind)


def texts(year):
    return [gap.text for gap in year.gaps]


def test_members_and_officers_are_those_of_the_rows(place):
    year = of(place)
    assert (year.membership.direct, year.membership.full, year.membership.in_service) == (3, 3, 1)
    assert year.leadership.secretary.name == "田大利"
    assert year.leadership.secretary.how_words == "小区选拔、选举产生"
    assert [c.name for c in year.basics.compounds] == ["湖畔"]


def test_officers_are_those_of_the_day_and_who_left_is_told(place):
    place.add_post("王伟", LAKE, "org_member", starts_on=date(2024, 1, 1), ends_on=date(2025, 6, 30))
    place.add_post("丁小宁", LAKE, "org_member", starts_on=date(2025, 7, 1))
    place.add_post("王伟", LAKE, "publicity_member", starts_on=date(2026, 1, 1))
    leaders = of(place).leadership
    assert [(o.label, o.name) for o in leaders.officers] == [("组织委员", "丁小宁"), ("书记", "田大利")]
    assert [(o.name, o.until) for o in leaders.left] == [("王伟", date(2025, 6, 30))]


def test_officers_of_one_rank_stand_by_strokes(place):
    place.add_post("王伟", LAKE, "committee_member")
    place.add_post("丁小宁", LAKE, "committee_member")
    assert [o.name for o in of(place).leadership.officers if o.title == "committee_member"] == ["丁小宁", "王伟"]


def test_meetings_are_counted_by_kind_month_and_attendance(place):
    for month in (1, 2, 2, 5):
        meet(place, "member_meeting", date(2025, month, 10), present=2, expected=3)
    meet(place, "member_meeting", date(2025, 8, 10), present=0, expected=0)
    meet(place, "member_meeting", date(2024, 12, 31))
    meet(place, "member_meeting", date(2025, 11, 10), state="draft")
    meet(place, "member_meeting", date(2025, 11, 10), branch=PARK)
    row = kept(of(place), "member_meeting")
    assert (row.count, row.months, row.share) == (5, (1, 2, 5, 8), "8/12人次，67%")
    assert row.missing == ("第四季度",)
    assert of(place).held.by_month == (1, 2, 0, 0, 1, 0, 0, 1, 0, 0, 0, 0)


def test_a_period_without_record_is_unrecorded_not_undone(place):
    meet(place, "theme_day", date(2025, 3, 20))
    year = of(place)
    assert "主题党日有11个月未记录" in texts(year)
    assert "组织生活会全年未记录" in texts(year)
    assert not [text for text in texts(year) if "未开展" in text]


def test_only_periods_that_are_over_are_missed(place):
    year = of(place, today=date(2025, 5, 20))
    assert kept(year, "member_meeting").missing == ("第一季度",)
    assert kept(year, "theme_day").missing == ("1月", "2月", "3月", "4月")
    assert kept(year, "org_life_meeting").missing == ()
    assert year.as_of == date(2025, 5, 20)


def test_a_branch_owes_nothing_for_the_time_before_it_stood(place):
    Branch.objects.filter(pk=place.body[LAKE].pk).update(approved_on=date(2025, 8, 20))
    year = of(place)
    assert kept(year, "member_meeting").missing == ("第四季度",)
    assert kept(year, "org_life_meeting").missing == ()


def test_committee_meetings_are_owed_where_there_is_a_committee(place):
    assert kept(of(place), "committee_meeting").missing == ()
    Branch.objects.filter(pk=place.body[LAKE].pk).update(has_committee=True)
    assert len(kept(of(place), "committee_meeting").missing) == 12


def test_seven_full_members_and_no_committee_is_a_finding(place):
    assert not [text for text in texts(of(place)) if "未记录设立支部委员会" in text]
    for name in ("甲一", "甲二", "甲三", "甲四"):
        place.add_member(name, LAKE, "湖畔")
    assert "正式党员7名，未记录设立支部委员会" in texts(of(place))


def test_decisions_stand_as_they_stood_at_the_years_end(place):
    meeting = meet(place, "joint_meeting", date(2025, 10, 8), title="电梯")
    rows = [
        ("按期办结", date(2025, 11, 1), date(2025, 10, 30)),
        ("次年才办结", date(2025, 12, 1), date(2026, 1, 15)),
        ("没有期限", None, None),
    ]
    for number, (text, due, done) in enumerate(rows, start=51):
        Decision.objects.create(
            meeting=meeting, year=2025, number=number, text=text, due_on=due, done_on=done,
            owner_person=place.member["王伟"].person,
        )  # fmt: skip
    held = of(place).held
    assert [(d.label, d.owner, d.state) for d in held.decided] == [
        ("2025—051", "王伟", "已办结"),
        ("2025—052", "王伟", "超期未记录"),
        ("2025—053", "王伟", "办理中"),
    ]
    assert (held.done, held.overdue, held.talks[0].decisions) == (1, 1, 3)
    assert "有1项会议决定超过期限未记录办结" in texts(of(place))


def test_talks_that_have_no_record_read_unrecorded(place):
    meet(place, "joint_meeting", date(2025, 10, 8))
    assert of(place).held.talks_words == "联席会议1次、周末议事会未记录、民情恳谈会未记录"


def test_venue_tells_missing_from_unrecorded(place):
    assert of(place).venue is None
    assert "阵地“七有”情况全年未记录" in texts(of(place))
    Venue.objects.create(branch=place.body[LAKE], year=YEAR, place=True, flag=False)
    year = of(place)
    assert year.venue.held == 1
    assert "活动室缺党旗" in texts(year)
    assert "活动室设施、标志、誓词、书报、制度未记录" in texts(year)


def test_owners_committee_and_who_serves_on_both_sides(place):
    place.add_post("王伟", LAKE, "org_member")
    year = of(place, year=place.today.year, today=place.today)
    committee = year.committees[0]
    assert (committee.compound, committee.party, committee.seats, committee.chair) == ("湖畔", 2, 3, "王伟")
    assert [(c.name, c.outside, c.party_side) for c in year.crossings] == [
        ("王伟", "湖畔业委会主任", "湖畔党支部组织委员"),
        ("田大利", "湖畔业委会委员", "湖畔党支部书记"),
    ]


def test_party_share_is_a_finding_only_near_the_end_or_at_a_vacancy(place):
    committee = place.committee["湖畔"]

    def found(seat_count, term_ends_on):
        committee.seat_count, committee.term_ends_on = seat_count, term_ends_on
        committee.save()
        return [text for text in texts(of(place)) if "委员中党员" in text]

    far, near = date(2029, 1, 1), date(2026, 6, 1)
    assert found(3, near) == []  # 2/3：过半，再近也不提示
    committee.body.posts.filter(person__name__in=["王伟", "田大利"]).update(ends_on=date(2025, 1, 31))
    assert found(1, far) == []
    assert found(1, near) == ["湖畔业委会任期到2026年6月1日，委员中党员0/1人，0%，宜提前物色推荐人选"]
    assert found(3, far) == ["湖畔业委会出缺2人，委员中党员0/1人，0%，宜提前物色推荐人选"]


def test_the_secretarys_words_are_printed_once_handed_in(place):
    report = place.report[LAKE]
    report.problem, report.cause, report.plan = "停车难", "车位少", "划线"
    report.save()
    today = place.today
    assert of(place, year=today.year, today=today).report.problem == ""
    report.submit(by=place.user["支部书记"], version=report.version)
    assert of(place, year=today.year, today=today).report.problem == "停车难"


def test_an_empty_year_is_all_unrecorded(place):
    year = of(place, year=2021)
    assert year.held.life_count == 0
    assert (year.venue, year.report, year.held.talks, year.held.decided) == (None, None, (), ())


def test_years_that_cannot_be_reported_on_are_refused(place):
    for year in (2014, 2027):
        with pytest.raises(period.NotYet, match="只能选2015年到2026年"):
            of(place, year=year)


def test_figures_come_back_from_json_as_they_were(place):
    for found, kind in (
        (of(place, year=place.today.year, today=place.today), figures.BranchYear),
        (town.of_town(place.town["西塘镇"].pk, YEAR, date(2026, 6, 1)), town.TownYear),
    ):
        text = json.dumps(frozen.as_json(found), ensure_ascii=False)
        assert frozen.from_json(kind, json.loads(text)) == found


# --- The town ----------------------------------------------------------------------------------------------------


def of_town(place, today=None):
    today = today or place.today
    return town.of_town(place.town["西塘镇"].pk, today.year, today)


def test_the_town_is_the_sum_of_its_communities(place):
    Branch.objects.filter(pk=place.body["山水党支部"].pk).update(kind="joint")
    found = of_town(place)
    assert [row.name for row in found.communities] == ["北社区", "南社区"]
    north, south = found.communities
    assert (north.compounds, north.covered, north.branches, north.secretaries) == (2, 2, 2, 2)
    assert (south.compounds, south.branches, south.joint) == (1, 1, 1)
    assert (found.total["compounds"], found.total["branches"], found.total["joint"]) == (3, 3, 1)
    assert found.members["direct"] == 6
    assert found.members["in_service"] == 1
    assert (found.total["seats"], found.total["party"]) == (3, 2)
    assert [branch.short_name for branch in found.branches] == [LAKE, PARK, "山水党支部"]
    assert dict(found.talks)["联席会议"] == 3


def test_other_towns_and_branches_not_yet_running_stay_out(place):
    Branch.objects.filter(pk=place.body[PARK].pk).update(state="approved")
    assert [branch.short_name for branch in of_town(place).branches] == [LAKE, "山水党支部"]
    assert "海景" not in json.dumps(frozen.as_json(of_town(place)), ensure_ascii=False)


def test_a_branch_dissolved_later_still_has_its_year(place):
    Branch.objects.filter(pk=place.body[PARK].pk).update(state="dissolved")
    Body.objects.filter(pk=place.body[PARK].pk).update(ends_on=date(2026, 3, 1))
    shown = figures.running(place.town["西塘镇"].pk, YEAR_END)
    assert place.body[PARK].pk in shown.values_list("pk", flat=True)
    later = figures.running(place.town["西塘镇"].pk, date(2026, 3, 2))
    assert place.body[PARK].pk not in later.values_list("pk", flat=True)


def test_a_compound_without_a_branch_is_on_the_list_with_its_route(place):
    Coverage.objects.filter(compound=place.compound["山水"]).delete()
    found = of_town(place)
    assert [row.name for row in found.uncovered] == ["山水"]
    text = "还没有党支部覆盖，正式党员1名，不足3名，建议与邻近小区成立联合党支部"
    assert ("山水", text) in [(finding.place, finding.text) for finding in found.findings]


def test_a_city_community_without_guidance_group_is_found(place):
    assert ("北社区", "没有派出指导组的记录") in [(f.place, f.text) for f in of_town(place).findings]
    Community.objects.filter(name="北社区").update(kind="village")
    assert ("北社区", "没有派出指导组的记录") not in [(f.place, f.text) for f in of_town(place).findings]


def count_queries(make):
    with CaptureQueriesContext(connection) as captured:
        make()
    return len(captured)


def add_branches(place, number):
    for n in range(number):
        name = f"新建{n}"
        place.compound[name] = place.compound["湖畔"].__class__.objects.create(
            community=place.community["北社区"], name=name
        )
        cast._branch(place, place.community["北社区"], name)
        place.add_member(f"人{n}", f"{name}党支部", name)
        place.add_post(f"人{n}", f"{name}党支部", "secretary")
        place.add_meeting(f"会{n}", f"{name}党支部")


def test_ten_branches_cost_the_queries_of_two(place):
    town_pk, span = place.town["西塘镇"].pk, period.of_year(place.today.year, place.today)

    def branches():
        return figures.of_branches(figures.running(town_pk, span.day), town_pk, span)

    few = count_queries(branches), count_queries(lambda: of_town(place))
    add_branches(place, 8)
    assert len(branches()) == 11
    assert (count_queries(branches), count_queries(lambda: of_town(place))) == few
    assert few[0] <= 25


def test_one_day_before_and_after_the_years_end(place):
    meet(place, "theme_day", YEAR_END)
    meet(place, "theme_day", YEAR_END + timedelta(days=1))
    assert kept(of(place), "theme_day").count == 1
    assert period.of_year(2025, date(2025, 12, 31)).is_over
    assert not period.of_year(2025, date(2025, 12, 30)).is_over
