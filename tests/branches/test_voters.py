"""Who may vote in a branch on a day (R-103, R-128, R-141), and the paper ballot they get (R-148)."""

import io
import re
from datetime import date, timedelta

import pytest
from django.urls import reverse
from pypdf import PdfReader

from branches import counting, voters
from branches.models import BallotName
from members.models import Member, Placement
from office.chinese.strokes import by_strokes
from tests.branches import election_cast


@pytest.fixture
def listed(place):
    """A function: {name: (counted, why not)} of 湖畔党支部 on a day."""
    branch = place.body["湖畔党支部"].pk
    return lambda on: {one.name: (one.counted, one.why_not) for one in voters.voters(branch, on)}


def test_status_and_date_decide(place, listed, django_assert_num_queries):
    today = place.today
    branch = place.body["湖畔党支部"].pk
    place.add_member("流入人", "湖畔党支部", "湖畔", relation="floating_in")
    place.add_member("预备人", "湖畔党支部", "湖畔", stage="probationary")
    place.add_member("停止人", "湖畔党支部", "湖畔")
    place.add_member("转出人", "湖畔党支部", "湖畔")
    Member.objects.filter(person__name="停止人").update(status="suspended")
    Placement.objects.filter(member__person__name="转出人").update(ends_on=today - timedelta(days=10))
    Member.objects.filter(person__name="丁小宁").update(full_on=today - timedelta(days=30))
    Member.objects.filter(person__name="王伟").update(
        vote_suspended_from=today - timedelta(days=5), vote_suspended_until=today
    )
    found = listed(today)
    assert {name for name, (counted, _) in found.items() if counted} == {"田大利", "丁小宁"}
    assert {name: why for name, (counted, why) in found.items() if not counted} == {
        "流入人": "流入党员，组织关系不在本支部",
        "周瑜": "在职报到，组织关系在单位",
        "预备人": "预备党员",
        "停止人": "停止党籍",
        "王伟": f"表决权暂停到{today.year}年{today.month}月{today.day}日",
    }
    # 那一天的名册说了算
    assert listed(today + timedelta(days=1))["王伟"] == (True, "")
    assert listed(today - timedelta(days=10))["转出人"] == (True, "")
    assert listed(today - timedelta(days=31))["丁小宁"] == (False, "那天还是预备党员")
    # 转正只知道年份的，不当作那一天
    Member.objects.filter(person__name="丁小宁").update(full_precision="y")
    assert listed(today - timedelta(days=31))["丁小宁"] == (True, "")
    with django_assert_num_queries(1):
        voters.voters(branch, today)


def test_a_secretary_has_a_year_of_standing_to_the_day(place):
    ding = Member.objects.get(person__name="丁小宁")
    Member.objects.filter(pk=ding.pk).update(full_on=date(2025, 3, 10))
    branch = place.body["湖畔党支部"].pk
    for on, short in ((date(2026, 3, 9), True), (date(2026, 3, 10), False)):
        voter = voters.eligible(branch, on)[ding.pk]
        assert bool(voters.standing_short(voter, on)) == short
    assert "2025年3月10日转正，书记一般应当有1年以上党龄" in voters.standing_short(voter, date(2026, 1, 1))


def test_the_paper_ballot_names_the_candidates_by_strokes(place, as_user):
    """Read back from the PDF: the ballot and its tally sheet, nothing of who votes."""
    election = election_cast.election(place)
    election.seats, election.has_committee = 3, True
    election.save()
    names = ["魏新民", "丁一二", "何静三", "王伟"]
    ballot = election.ballots.get()
    ballot.office, ballot.seats = "committee", 3
    ballot.save()
    ballot.names.all().delete()
    people = [
        (place.member[n] if n in place.member else place.add_member(n, "湖畔党支部", "湖畔")).person for n in names
    ]
    for position, pk in enumerate(counting.order((p.pk, p.name) for p in people), start=1):
        BallotName.objects.create(ballot=ballot, person_id=pk, position=position)
    response = as_user("社区工作者").get(reverse("election_ballots_pdf", args=[election.pk]))
    pages = [re.sub(r"\s", "", page.extract_text()) for page in PdfReader(io.BytesIO(response.content)).pages]
    assert len(pages) == 2
    ballot_page, tally = pages
    places = [ballot_page.index(name) for name in by_strokes(names)]
    assert places == sorted(places)
    assert "应选3名，候选人4名，按姓氏笔画排列" in ballot_page
    assert ballot_page.count("另选他人姓名") == 1
    assert "超过的作废" in ballot_page
    assert "计票单" in tally
    assert "田大利" not in ballot_page  # 选举人不写在选票上
