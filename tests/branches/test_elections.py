"""An election from its opening to the filing, as the office lives it on the pages (R-126, R-141…R-152)."""

import re
from datetime import date, timedelta

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.urls import get_resolver, reverse

from branches import ballots, election_results, election_steps, elections
from branches.models import Ballot, BallotName, Branch, Election
from members.models import Member, Post
from office.audit.models import Trail
from tests.branches import case_cast
from tests.conftest import Critic
from tests.test_house import all_views

NAMES = ["丁一", "万里", "王伟二", "石磊", "田中", "何静二", "罗辉二"]


@pytest.fixture
def branch(place):
    """湖畔党支部 with ten full members, one on probation, one 在职报到."""
    for name in NAMES:
        place.add_member(name, "湖畔党支部", "湖畔")
    place.add_member("新预备", "湖畔党支部", "湖畔", stage="probationary")
    return Branch.objects.get(pk=place.body["湖畔党支部"].pk)


def person(place, name):
    return place.member[name].person_id


def persons(place, *names):
    return [person(place, name) for name in names]


def opened(place, branch, **facts):
    facts = {"kind": Election.Kind.TERM, "seats": 3, **facts}
    return elections.open_election(branch, by=place.user["社区书记"], **facts)


def prepared(place, election, **changes):
    """With four candidates for three seats, 丁一 for secretary, consent, and who counts."""
    day = place.today - timedelta(days=20)
    facts = {
        "chosen": {"committee": persons(place, "石磊", "丁一", "何静二", "万里"), "secretary": persons(place, "丁一")},
        "helpers": {"scrutineer": persons(place, "田大利"), "teller": persons(place, "王伟")},
        "nominated_on": day,
        "agreed_on": day + timedelta(days=5),
        "agreed_paper": "西党〔2026〕7号",
        "version": election.version,
        **changes,
    }
    elections.set_candidates(election, by=place.user["社区书记"], **facts)
    election.refresh_from_db()
    return election


def ballot_of(election, office, number=1):
    return Ballot.objects.get(election=election, office=office, round=number)


def votes(ballot, won, valid):
    """{name: (赞成, 不赞成, 弃权)} in the order of the ballot, the rest 不赞成."""
    rows = BallotName.objects.filter(ballot=ballot, written_in=False).order_by("position")
    return {row.pk: (n, valid - n, 0) for row, n in zip(rows, won, strict=True)}


def recorded(place, election, office, won, *, number=1, voters=10, **more):
    ballot = ballot_of(election, office, number)
    meeting = {
        "held_on": place.today - timedelta(days=3), "place": "活动室", "expected": 10, "present": voters,
        "expected_note": "", "introduced": True,
    }  # fmt: skip
    count = {
        "voters": voters, "issued": voters, "returned": voters, "void": 0, "votes": votes(ballot, won, voters),
        "written": [], **more,
    }  # fmt: skip
    first = office == Ballot.Office.COMMITTEE and number == 1 or not election.seats
    ballots.record(
        election, ballot, count, meeting=meeting if first else None, version=election.version,
        by=place.user["社区书记"],
    )  # fmt: skip
    election.refresh_from_db()
    return election


def test_an_election_from_the_opening_to_the_filing(place, branch, as_user):
    desk = as_user("社区书记")
    page = desk.get(reverse("branch_elections", args=[branch.pk])).content.decode()
    assert "这里还没有登记过选举" in page
    response = desk.post(
        reverse("election_new", args=[branch.pk]), {"kind": "term", "seats": "3", "secretary": "on", "reason": ""}
    )
    election = Election.objects.get()
    assert response["Location"] == reverse("election", args=[election.pk])
    assert (election.has_committee, election.town, election.community) == (True, branch.town, branch.community)
    assert sorted(election.ballots.values_list("office", "seats")) == [("committee", 3), ("secretary", 1)]
    assert election.voters.filter(counted=True).count() == 10
    assert set(election.voters.filter(counted=False).values_list("reason", flat=True)) == {
        "预备党员",
        "在职报到，组织关系在单位",
    }

    # 选举人：一名长期卧病
    url, out = reverse("election_voters", args=[election.pk]), person(place, "罗辉二")
    page = desk.post(url, {"version": "1", "who_1": out, "why_1": ""}).content.decode()
    assert "请写明原因" in page
    desk.post(url, {"version": "1", "who_1": out, "why_1": "长期卧病"})
    assert election.voters.get(member=out).reason == "长期卧病"
    assert "应到9人，另有3人不计入" in desk.get(reverse("election", args=[election.pk])).content.decode()

    # 候选人：少一名就写出算式，填过的还在
    url = reverse("election_candidates", args=[election.pk])
    data = {
        "version": "2",
        "committee": persons(place, "石磊", "丁一", "何静二"),
        "secretary": str(person(place, "丁一")),
        "nominated_on": "2026年1月5日",
        "agreed_on": "2026年1月20日",
        "agreed_paper": "西党〔2026〕7号",
        "scrutineer": persons(place, "田大利"),
        "teller": persons(place, "丁一"),
    }
    page = desk.post(url, data).content.decode()
    assert "应选3名，候选人至少4名（3＋3×20%＝3.6，进为4；" in page
    assert "丁一是候选人，不能担任计票人" in page
    assert "西党〔2026〕7号" in page
    assert not BallotName.objects.exists()
    assert desk.get(reverse("election_ballots_pdf", args=[election.pk])).status_code == 302  # 上级还没有同意
    data |= {"committee": persons(place, "石磊", "丁一", "何静二", "万里"), "teller": persons(place, "王伟")}
    assert desk.post(url, data).status_code == 302
    election.refresh_from_db()
    assert election.version == 3

    # 票数：不可能的写出算式，全部一次说完
    url = reverse("election_held", args=[election.pk])
    rows = list(BallotName.objects.filter(ballot__office="committee").order_by("position"))
    assert [row.person.name for row in rows] == ["丁一", "万里", "石磊", "何静二"]
    data = {
        "version": "3", "held_on": "2026年2月1日", "place": "活动室", "expected": "9", "present": "7", "introduced": "on",
        "voters": "8", "issued": "8", "returned": "8", "void": "0",
    }  # fmt: skip
    for row, won in zip(rows, (8, 7, 6, 2), strict=True):
        data |= {f"a{row.pk}": won, f"d{row.pk}": 8 - won, f"x{row.pk}": 0}
    page = desk.post(url, data).content.decode()
    assert "7×5＜9×4，不足五分之四" in page
    assert 'value="活动室"' in page
    wrong = data | {"present": "8", "void": "1", "returned": "9"}
    page = desk.post(url, wrong).content.decode()
    assert "收回选票9张＞发出8张，选举无效" in page
    desk.post(url, data | {"present": "8", f"a{rows[0].pk}": "7"})
    assert Election.objects.get().state == "preparing"
    assert desk.post(url, data | {"present": "8"}).status_code == 302
    election.refresh_from_db()
    assert (election.state, election.expected, election.present, election.base) == ("held", 9, 8, "present")
    assert election.introduced
    elected = BallotName.objects.filter(elected=True).order_by("position")
    assert [row.person.name for row in elected] == ["丁一", "万里", "石磊"]

    # 书记由委员会选
    ballot = ballot_of(election, "secretary")
    name = ballot.names.get()
    data = {"version": "4", "voters": "3", "issued": "3", "returned": "3", "void": "0"}
    data |= {f"a{name.pk}": 3, f"d{name.pk}": 0, f"x{name.pk}": 0}
    assert desk.post(url, data).status_code == 302

    # 结果
    url = reverse("election_conclude", args=[election.pk])
    page = desk.get(url).content.decode()
    assert "应选3名，当选3名：丁一、万里、石磊" in page
    data = {"version": "5", "source": "source_selected", f"t{person(place, '万里')}": "org_member"}
    page = desk.post(url, data | {f"t{person(place, '石磊')}": "org_member"}).content.decode()
    assert "各选一人" in page
    assert desk.post(url, data | {f"t{person(place, '石磊')}": "committee_member"}).status_code == 302
    held_on = date(2026, 2, 1)
    on = Post.objects.on(held_on).filter(body=branch.pk)
    assert set(on.values_list("person__name", "title", "how")) == {
        ("丁一", "secretary", "elected"),
        ("万里", "org_member", "elected"),
        ("石磊", "committee_member", "elected"),
    }
    former = Post.objects.get(body=branch.pk, person__name="田大利")
    assert (former.ends_on, former.ended_how) == (date(2026, 1, 31), "term")
    branch.refresh_from_db()
    assert (branch.has_committee, branch.term_ends_on) == (True, date(2029, 1, 31))

    # 报告单、请示、批准和备案
    assert desk.get(reverse("election_report_pdf", args=[election.pk])).content.startswith(b"%PDF-")
    first = desk.post(reverse("election_request", args=[election.pk]))
    assert first["Location"] == desk.post(reverse("election_request", args=[election.pk]))["Location"]
    town = as_user("镇党建办")
    assert "批准并备案" in town.get(reverse("home")).content.decode()
    url = reverse("election_approved", args=[election.pk])
    data = {"version": "6", "approved_on": "2026年1月10日", "approval_paper": "西党〔2026〕9号"}
    assert "在选举（2026年2月1日）以后" in town.post(url, data).content.decode()
    assert town.post(url, data | {"approved_on": "2026年2月10日", "filed_on": "2026年2月11日"}).status_code == 302
    assert "批准并备案" not in town.get(reverse("home")).content.decode()
    page = desk.get(reverse("branch_elections", args=[branch.pk])).content.decode()
    assert "丁一（书记）" in page
    verbs = list(
        Trail.objects.filter(verb__startswith="branches.election").order_by("id").values_list("verb", flat=True)
    )
    assert verbs[0] == "branches.election_opened"
    assert verbs[-2:] == ["branches.election_concluded", "branches.election_approved"]


def test_a_tie_is_voted_again_among_the_tied_and_seats_may_stay_empty(place, branch):
    election = prepared(place, opened(place, branch))
    election = recorded(place, election, "committee", (9, 7, 7, 7))
    progress = election_steps.read(election)
    assert (progress.step, progress.open["committee"]) == (election_steps.AGAIN, 2)
    tied = progress.chosen(progress.ballot).tied
    assert set(tied) == set(persons(place, "万里", "石磊", "何静二"))
    assert not ballots.may_reduce(progress)
    by = place.user["社区书记"]
    with pytest.raises(ValidationError, match="只对这几个人再投一次"):
        ballots.put_up(election, tied[:2], version=election.version, by=by)
    ballots.put_up(election, tied, version=election.version, by=by)
    election.refresh_from_db()
    election = recorded(place, election, "committee", (8, 3, 3), number=2)
    progress = election_steps.read(election)
    assert (progress.step, progress.open["committee"], ballots.may_reduce(progress)) == ("again", 1, True)

    # 登错了可以改：上一次票数改过，随后的再投就不作数
    again = progress.last("committee")
    ballots.put_up(election, ballots.suggested(progress), version=election.version, by=by)
    election.refresh_from_db()
    election = recorded(place, election, "committee", (8, 4, 3), number=2)
    assert Ballot.objects.filter(election=election, office="committee").count() == again.round == 2

    ballots.fewer_seats(election, version=election.version, by=by)
    election.refresh_from_db()
    assert election.seats == 2
    assert election_steps.read(election).step == election_steps.COUNT  # 委员会接着选书记
    with pytest.raises(elections.Stale):
        ballots.fewer_seats(election, version=election.version - 1, by=by)

    election = recorded(place, election, "committee", (8, 6, 3), number=2)  # 又改了票数：减少名额也不作数
    last = ballot_of(election, "committee", 2)
    assert (election.seats, last.note, election_steps.read(election).open["committee"]) == (3, "", 0)


def test_a_secretary_with_exactly_half_is_not_elected_and_the_place_stays(place, branch, as_user):
    by = place.user["社区书记"]
    election = opened(place, branch, seats=0, reason="暂时不设委员会")
    day = place.today - timedelta(days=20)
    helpers = {"scrutineer": persons(place, "田大利"), "teller": persons(place, "王伟")}
    elections.set_candidates(
        election, chosen={"secretary": persons(place, "丁一")}, helpers=helpers, nominated_on=day,
        agreed_on=day, agreed_paper="会议", version=1, by=by,
    )  # fmt: skip
    election.refresh_from_db()
    election = recorded(place, election, "secretary", (4,), voters=8)
    progress = election_steps.read(election)
    assert (progress.step, ballots.may_reduce(progress)) == (election_steps.AGAIN, False)
    desk = as_user("社区书记")
    assert desk.get(reverse("election_conclude", args=[election.pk])).status_code == 302
    url = reverse("election_again", args=[election.pk])
    assert "不再投，减少名额" not in desk.get(url).content.decode()
    assert desk.post(url, {"version": election.version, "persons": persons(place, "田中")}).status_code == 302
    assert ballot_of(election, "secretary", 2).names.get().person.name == "田中"


def test_a_secretary_of_short_standing_put_up_again_wants_a_reason_too(place, branch, as_user):
    """R-128: nobody could be asked before the vote; what was written of the seats is not about the person."""
    by = place.user["社区书记"]
    election = opened(place, branch, seats=0, reason="暂时不设委员会")
    helpers = {"scrutineer": persons(place, "田大利"), "teller": persons(place, "王伟")}
    day = place.today - timedelta(days=20)
    elections.set_candidates(
        election, chosen={"secretary": persons(place, "丁一")}, helpers=helpers, nominated_on=day,
        agreed_on=day, agreed_paper="会议", version=1, by=by,
    )  # fmt: skip
    election.refresh_from_db()
    election = recorded(place, election, "secretary", (3,), voters=8)
    young = Member.objects.get(pk=person(place, "何静二"))
    young.full_on = place.today - timedelta(days=100)
    young.save()
    ballots.put_up(election, persons(place, "何静二"), version=election.version, by=by)
    election.refresh_from_db()
    election = recorded(place, election, "secretary", (7,), number=2, voters=8)

    desk, url = as_user("社区书记"), reverse("election_conclude", args=[election.pk])
    sent = {"version": election.version, "source": "source_selected"}
    page = desk.post(url, sent).content.decode()
    assert "书记一般应当有1年以上党龄" in page
    assert Election.objects.get().state == "held"
    with pytest.raises(ValidationError, match="写明理由可以继续"):
        election_results.conclude(election, titles={}, source="source_selected", version=election.version, by=by)
    assert desk.post(url, sent | {"standing_reason": "多年从事物业管理"}).status_code == 302
    post = Post.objects.get(body=branch.pk, title="secretary", ends_on=None)
    assert (post.person.name, post.reason) == ("何静二", "多年从事物业管理")


def test_both_bases_stand_on_the_page_where_they_differ(place, branch, as_user):
    election = prepared(place, opened(place, branch))
    election = recorded(place, election, "committee", (8, 6, 5, 4), voters=8)
    election = recorded(place, election, "secretary", (3,), voters=3)
    page = as_user("社区书记").get(reverse("election_conclude", args=[election.pk])).content.decode()
    assert "实到会有选举权的党员8名，超过半数须5票" in page
    assert "应到会有选举权的党员10名，超过半数须6票" in page
    data = {
        "version": election.version, "source": "source_selected",
        **dict(zip((f"t{p}" for p in persons(place, "万里", "石磊")), ("org_member", "publicity_member"), strict=True)),
    }  # fmt: skip
    url = reverse("election_conclude", args=[election.pk])
    assert as_user("社区书记").post(url, data).status_code == 200
    assert as_user("社区书记").post(url, data | {"base_reason": "按本镇规定以实到人数为准"}).status_code == 302
    election.refresh_from_db()
    assert election.base_reason == "按本镇规定以实到人数为准"


def test_what_an_election_refuses(place, branch):
    by, election = place.user["社区书记"], opened(place, branch)
    with transaction.atomic(), pytest.raises(ValidationError, match="已有一次选举在办"):
        opened(place, branch)
    for facts, words in (
        ({"helpers": {"scrutineer": persons(place, "石磊")}}, "不能担任监票人"),
        ({"chosen": {"committee": persons(place, "石磊", "丁一", "何静二", "新预备")}}, "有被选举权的正式党员"),
        ({"agreed_on": place.today + timedelta(days=1)}, "不能晚于今天"),
    ):
        with pytest.raises(ValidationError) as refused:
            prepared(place, election, **facts)
        assert words in str(refused.value)
    secretary = {"committee": persons(place, "石磊", "丁一", "何静二", "万里"), "secretary": persons(place, "田中")}
    with pytest.raises(ValidationError, match="请从委员候选人里选"):
        prepared(place, election, chosen=secretary)

    # 党龄不满一年：写明理由可以继续，理由跟着任职
    young = Member.objects.get(pk=person(place, "丁一"))
    young.full_on = place.today - timedelta(days=200)
    young.save()
    with pytest.raises(ValidationError, match="1年以上党龄"):
        prepared(place, election)
    election = prepared(place, election, reason="群众基础好")
    assert ballot_of(election, "secretary").note == "群众基础好"

    # 投票那天的名册说了算：候选人那天表决权暂停
    young.vote_suspended_from = place.today - timedelta(days=4)
    young.save()
    with pytest.raises(ValidationError, match="丁一那天没有被选举权"):
        recorded(place, election, "committee", (9, 8, 7, 2), voters=10)
    with transaction.atomic(), pytest.raises(IntegrityError):
        Election.objects.filter(pk=election.pk).update(present=11, expected=10)

    elections.stop(election, reason="到会人数不够", void=True, version=election.version, by=by)
    assert Election.objects.get().state == "void"
    assert opened(place, branch).state == "preparing"  # 可以重新开始


def test_a_branch_dissolved_meanwhile_holds_no_election(place, branch):
    Branch.objects.filter(pk=branch.pk).update(state="dissolved")  # 页面打开以后才撤销的
    with pytest.raises(ValidationError, match="撤销"):
        opened(place, branch)
    assert not Election.objects.exists()


def test_a_branch_is_locked_before_its_election(place, branch):
    """As by the 批复 that dissolves it: two deeds that lock the other way round would wait for each other for ever."""
    election = opened(place, branch)
    with CaptureQueriesContext(connection) as asked:
        elections.stop(election, reason="到会人数不够", void=False, version=election.version, by=place.user["社区书记"])
    read = [found[1] for query in asked if (found := re.match(r'SELECT .*? FROM "(\w+)"', query["sql"]))]
    assert read.index("branches_branch") < read.index("branches_election")


def test_seats_outside_the_usual_want_a_reason(place, branch):
    for facts, words in (
        ({"seats": 0}, "应当设支部委员会"),
        ({"seats": 6}, "超过5人须写明理由"),
        ({"seats": 2}, "这里是下限"),
    ):
        with transaction.atomic(), pytest.raises(ValidationError) as refused:
            opened(place, branch, **facts)
        assert words in str(refused.value)
    assert opened(place, branch, seats=6, reason="联合党支部").ballots.first().note == "联合党支部"


def test_a_by_election_leaves_the_others_in_their_seats(place, branch):
    by = place.user["社区书记"]
    branch.has_committee = True
    branch.save()
    for name, title in (("丁一", "org_member"), ("万里", "publicity_member"), ("石磊", "committee_member")):
        place.add_post(name, "湖畔党支部", title)
    Post.objects.filter(body=branch.pk, title="secretary").update(ends_on=place.today - timedelta(days=60))
    election = opened(place, branch, kind=Election.Kind.BY, seats=0)
    assert election.has_committee
    election = prepared(place, election, chosen={"secretary": persons(place, "丁一")})
    ballot = ballot_of(election, "secretary")
    meeting = {
        "held_on": place.today - timedelta(days=1),
        "place": "",
        "expected": 3,
        "present": 3,
        "expected_note": "",
        "introduced": True,
    }
    count = {"voters": 3, "issued": 3, "returned": 3, "void": 0, "votes": votes(ballot, (3,), 3), "written": []}
    ballots.record(election, ballot, count, meeting=meeting, version=election.version, by=by)
    election.refresh_from_db()
    election_results.conclude(election, titles={}, source="source_selected", version=election.version, by=by)
    now = set(Post.objects.on(place.today).filter(body=branch.pk).values_list("person__name", "title", "how"))
    assert ("丁一", "secretary", "by_election") in now
    assert {name for name, *_ in now} == {"丁一", "万里", "石磊"}
    assert Branch.objects.get(pk=branch.pk).term_ends_on == branch.term_ends_on


def test_a_new_branch_runs_from_its_first_election(place):
    """R-111: the case waits for the election; its result makes the branch run and the case done."""
    case = case_cast.brought_to(place, case_cast.opened(place), "生效")
    branch, by = Branch.objects.get(pk=case.branch_id), place.user["社区书记"]
    assert branch.state == "approved"
    with transaction.atomic(), pytest.raises(ValidationError, match="不能办这种选举"):
        opened(place, branch)
    election = opened(place, branch, kind=Election.Kind.FORMATION, seats=0)
    assert election.case == case
    people = list(election.voters.filter(counted=True).values_list("member_id", flat=True))
    helpers = {"scrutineer": people[1:2], "teller": people[2:3]}
    elections.set_candidates(
        election, chosen={"secretary": people[:1]}, helpers=helpers, nominated_on=place.today,
        agreed_on=place.today, agreed_paper="会议", version=1, by=by,
    )  # fmt: skip
    election.refresh_from_db()
    ballot, n = ballot_of(election, "secretary"), len(people)
    meeting = {
        "held_on": place.today,
        "place": "",
        "expected": n,
        "present": n,
        "expected_note": "",
        "introduced": True,
    }
    count = {"voters": n, "issued": n, "returned": n, "void": 0, "votes": votes(ballot, (n,), n), "written": []}
    ballots.record(election, ballot, count, meeting=meeting, version=election.version, by=by)
    election.refresh_from_db()
    election_results.conclude(election, titles={}, source="source_selected", version=election.version, by=by)
    branch.refresh_from_db()
    case.refresh_from_db()
    assert (branch.state, case.state) == ("running", "done")
    assert Post.objects.get(body=branch.pk, title="secretary").person_id == people[0]


def test_somebody_quicker_is_told_and_what_was_typed_stays(place, branch, as_user):
    election = prepared(place, opened(place, branch))
    url, desk = reverse("election_stop", args=[election.pk]), as_user("社区工作者")
    data = {"version": election.version - 1, "reason": "到会人数不够改期"}
    page = desk.post(url, data).content.decode()
    assert "刚才有人改过" in page
    assert 'value="到会人数不够改期"' in page
    assert Election.objects.get().state == "preparing"
    assert f'name="version" value="{election.version}"' in page
    assert desk.post(url, data | {"version": election.version}).status_code == 302
    election.refresh_from_db()
    assert election.state == "cancelled"
    page = desk.get(reverse("election", args=[election.pk])).content.decode()
    assert "到会人数不够改期" in page


def test_no_address_takes_or_shows_anybodys_vote():
    """What is entered are sums; a voter row has no choice, and no address names a voter (R-148)."""
    patterns = {name: pattern for name, pattern, _ in all_views(get_resolver().url_patterns)}
    ours = {name: pattern for name, pattern in patterns.items() if name.startswith("election") or "ballot" in name}
    assert all(pattern.count("<") == 1 for pattern in ours.values())
    columns = {field.name for field in Election._meta.get_field("voters").related_model._meta.get_fields()}
    assert columns == {"id", "election", "member", "counted", "reason"}


@pytest.mark.parametrize("name", ["社区工作者", "支部书记"])
def test_who_confirms_a_result(place, branch, name):
    election = prepared(place, opened(place, branch))
    client = Critic().sign_in(place.user[name])
    assert client.post(reverse("election_conclude", args=[election.pk])).status_code == 403
    page = client.get(reverse("election", args=[election.pk])).content.decode()
    assert ("打印选票" in page) == (name == "社区工作者")
