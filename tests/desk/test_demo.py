"""The demo data: the same town each time, true to its own books, and believable in its numbers."""

from collections import Counter, defaultdict
from datetime import date, timedelta

import pytest
from django.contrib.auth.password_validation import validate_password
from django.core.management import call_command
from django.db import connection, models, transaction
from django.utils import timezone

from accounts.models import Assignment, User
from accounts.roles import Role
from assessments.models import BranchReport
from branches.models import Branch, Venue
from committees.models import OwnersCommittee
from desk import demo
from desk.demo.load import load, plans, tell
from desk.demo.matters import MATTERS
from desk.demo.places import FOCUS
from desk.demo.rows import ORDER, Rows
from desk.demo.staff import Passwords
from meetings.models import Attendance, Decision, Meeting
from members import census as rounds
from members import duplicates
from members.models import OWNERS_SEATS, Census, Member, Person, PersonPlace, Placement, Post
from members.places import wanted
from office.areas.models import Body, Compound, Coverage, Town
from office.areas.scope import NOTHING
from office.chinese.idnumber import birth_date_of, id_problem, sex_of
from office.chinese.names import name_problem

AS_OF = date(2026, 12, 7)  # the clock of fixture F1 (ux §9.1)
PLAN_MATTERS = {"小区建设改造", "加装电梯", "垃圾分类", "维修资金使用", "物业服务企业选聘", "矛盾纠纷调处"}


pytestmark = pytest.mark.any_database  # test_load_demo.py loads the town into each; what it tells is the same


@pytest.fixture(scope="module")
def loaded(django_db_setup, django_db_blocker):
    """示范镇 in the database for all tests of this module, rolled back after the last."""
    with django_db_blocker.unblock(), transaction.atomic():
        load("town", AS_OF, 7, Passwords(demo=True))
        connection.check_constraints()  # once for all: PostgreSQL would look at the whole town after every test
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE")
        yield
        transaction.set_rollback(True)


@pytest.fixture
def town(loaded, db):
    return Town.objects.get(name=FOCUS)


def told(seed=7, as_of=AS_OF):
    rows = Rows()
    tell(next(plans("town", seed)), as_of, seed, rows, 0, Passwords(demo=True))
    return rows


def test_equal_seeds_tell_equal_towns(monkeypatch):
    monkeypatch.setattr("desk.demo.meetings.MONTHS", 4)
    first = told().digest()

    assert told().digest() == first
    assert told(seed=8).digest() != first


def test_the_focus_town_is_planned_alike_at_every_scale():
    assert next(plans("county", 7)) == next(plans("town", 7))
    assert len(list(plans("county", 7))) == 20


@pytest.mark.parametrize("as_of", [date(2027, 1, 2), date(2028, 2, 29)])
def test_it_can_be_told_on_any_day(as_of):
    rows = told(as_of=as_of)

    assert all(m.held_on < as_of for m in rows.of[Meeting])
    assert {r.state for r in rows.of[BranchReport] if r.year == as_of.year} >= {"draft", "submitted", "received"}


def test_counts_are_those_of_the_story(town):
    live = Member.objects.filter(town=town, status="normal")
    kinds = Counter(Branch.objects.filter(town=town).values_list("kind", flat=True))
    stages = Counter(OwnersCommittee.objects.filter(town=town).values_list("stage", flat=True))

    assert Compound.objects.filter(town=town).count() == 40
    assert kinds["compound"] == 28
    assert kinds["joint"] == 3
    assert kinds["community"] >= 8
    assert 1200 <= live.filter(relation="direct").count() <= 1400
    assert 1500 <= live.exclude(relation="direct").count() <= 1900
    assert stages["preparing"] >= 2
    assert stages["acting"] >= 1
    valid = OwnersCommittee.objects.filter(town=town, stage="in_office", term_ends_on__gte=AS_OF)
    assert valid.count() == 26
    assert 2700 <= Meeting.objects.filter(town=town).count() <= 3600
    ages = [AS_OF.year - year for year in live.values_list("person__birth_date__year", flat=True) if year]
    assert min(ages) <= 22
    assert max(ages) >= 90


def test_the_boundaries_are_there(town):
    direct = {c.name: 0 for c in Compound.objects.filter(town=town)}
    full = dict(direct)
    rows = Member.objects.filter(relation="direct", status="normal", home_compound__isnull=False)
    for name, stage in rows.values_list("home_compound__name", "stage"):
        direct[name] += 1
        full[name] += stage == "full"

    assert {0, 2, 3, 7, 50, 51} <= set(direct.values())
    assert [n for n in direct if direct[n] == 3 and full[n] == 2]  # 两名正式、一名预备
    seven = Branch.objects.get(body__short_name="紫荆苑党支部")
    assert full["紫荆苑"] == 7
    assert seven.has_committee
    assert (
        Member.objects.filter(relation="direct")
        .exclude(home_compound=None)
        .exclude(branch__coverage__compound=models.F("home_compound"))
    )  # 居住小区不是所在党支部


# 每行依次是小区、社区、直管党员、有没有支部、业委会的党员和委员、七有
F1 = (
    ("金桂苑", "城东社区", 17, True, (4, 7), 6),
    ("滨河一号", "城东社区", 2, False, None, 0),
    ("文昌苑", "城东社区", 3, True, (3, 5), 7),
    ("锦绣花园", "城南社区", 9, True, (2, 5), 7),
    ("世纪城", "城南社区", 22, True, (3, 7), 5),
    ("东风小区", "城南社区", 1, False, None, 0),
    ("阳光水岸", "城北社区", 8, True, (4, 7), 7),
    ("碧桂名邸", "城北社区", 4, False, (3, 5), 0),
)


@pytest.mark.parametrize(("name", "community", "direct", "branch", "seats", "venue"), F1)
def test_fixture_f1_compounds(town, name, community, direct, branch, seats, venue):
    compound = Compound.objects.get(town=town, name=name)
    covering = Body.objects.filter(kind="branch", coverage__compound=compound)
    held = Post.objects.on(AS_OF).filter(body__coverage__compound=compound, title__in=OWNERS_SEATS)
    party = held.filter(person__political_status="party", person__member__status="normal").count()

    assert compound.community.name == community
    assert Member.objects.filter(home_compound=compound, relation="direct", status="normal").count() == direct
    assert covering.exists() == branch
    if branch:
        assert Member.objects.filter(branch=covering.get(), relation="direct", status="normal").count() == direct
        assert Venue.objects.get(branch=covering.get(), year=AS_OF.year).held == venue
    assert (party, held.count()) == (seats or (0, 0))


def test_a_census_is_half_way_and_last_years_is_done(town):
    last, now = Census.objects.filter(town=town).order_by("opens_on")
    parts = rounds.parts(now.returns.select_related("community", "confirmed_by").order_by("community__position"))

    assert last.closed_on < now.opens_on <= AS_OF < now.due_on
    assert not last.returns.filter(confirmed_at=None).exists()
    assert now.closed_on is None
    assert {part.state[0] for part in parts} == {"已确认", "核对中", "未开始"}
    assert any(part.differences.new for part in parts)
    for part in parts:
        assert part.row.opening_figures["total"] == len(part.row.opening_register)


def test_fixture_f1_people(town):
    def direct(name):
        rows = Member.objects.filter(home_compound__name=name, relation="direct")
        return sorted(rows.values_list("person__name", flat=True))

    assert direct("金桂苑") == sorted(
        "丁小宁 于敏 王小宁 王伟 田富 田大利 史明 叶青 李一鹏 李大鸣 陈平 林涛 周瑜 洪少东 高富 高大富 赵云".split()
    )
    assert direct("文昌苑") == sorted(["王伟", "何静", "罗辉"])
    one, other = Person.objects.filter(
        name="王伟", member__home_compound__name__in=("金桂苑", "文昌苑"), member__relation="direct"
    )
    assert one.pk != other.pk
    secretaries = {
        compound: Post.objects.on(AS_OF).get(title="secretary", body__short_name=f"{compound}党支部").person
        for compound in ("金桂苑", "文昌苑")
    }
    assert secretaries["金桂苑"].name == "田大利"
    assert _age(secretaries["金桂苑"].birth_date) == 66
    assert secretaries["文昌苑"].name == "王伟"
    assert {n.name for n in Compound.objects.get(name="金桂苑").neighbours.all()} == {"滨河一号", "文昌苑"}
    liaison = Post.objects.on(AS_OF).filter(title="liaison")
    assert liaison.get(body__short_name="金桂苑党支部").person.name == "李一鸣"
    assert not liaison.filter(body__short_name="锦绣花园党支部").exists()
    assert OwnersCommittee.objects.get(compound__name="滨河一号").stage == "preparing"
    assert OwnersCommittee.objects.get(compound__name="世纪城").term_ends_on == date(2027, 3, 31)
    assert not OwnersCommittee.objects.filter(compound__name="东风小区").exists()


def _age(born):
    return AS_OF.year - born.year - ((AS_OF.month, AS_OF.day) < (born.month, born.day))


def test_fixture_f1_work_of_the_year(town):
    joint = Meeting.objects.filter(compound__name="金桂苑", kind="joint_meeting", held_on__year=AS_OF.year)
    lift = Decision.objects.get(compound__name="金桂苑", done_on=None)

    assert joint.exclude(state="draft").count() == 5
    assert (lift.text, lift.due_on, str(lift.owner)) == ("加装电梯协商", date(2026, 12, 1), "王伟")
    assert lift.owner.member.home_compound.name == "金桂苑"
    assert not BranchReport.objects.filter(branch__short_name="金桂苑党支部", year=AS_OF.year).exists()


def test_special_cases_are_told(town):
    running = Branch.objects.filter(town=town, state="running")
    led = Post.objects.on(AS_OF).filter(title="secretary", body__kind="branch")
    without = running.exclude(body__in=led.values("body"))
    people = defaultdict(set)
    for person, kind, title in Post.objects.on(AS_OF).values_list("person", "body__kind", "title"):
        people[person].add((kind, title))

    assert without.count() == 1
    assert led.filter(how="acting").count() == 1
    assert Branch.objects.filter(state="approved").count() == 1
    assert running.filter(term_ends_on__lt=AS_OF).count() == 1
    assert running.filter(term_ends_on__range=(AS_OF, AS_OF + timedelta(days=183))).count() >= 2
    assert set(running.values_list("term_years", flat=True)) == {3, 5}
    assert any({("branch", "secretary"), ("owners_committee", "chair")} <= held for held in people.values())
    assert any({("branch", "secretary"), ("branch", "liaison")} <= held for held in people.values())
    assert Post.objects.filter(ends_on__lt=AS_OF).count() > 10
    assert Post.objects.on(AS_OF).filter(title="concurrent_member").count() >= 5
    states = {d.state_on(AS_OF)[0][:2] for d in Decision.objects.filter(town=town)}
    assert {"已办", "过期", "还有"} <= states
    years = Counter(BranchReport.objects.values_list("year", "state"))
    assert {year_state for year_state in years if year_state[0] == 2025} == {(2025, "received")}
    assert {state for year, state in years if year == 2026} == {"draft", "submitted", "returned", "received"}
    assert any(m.is_late_entry for m in Meeting.objects.filter(town=town))
    marks = Counter(len(v.missing) for v in Venue.objects.filter(year=2026))
    assert marks[1] >= 2
    assert Venue.objects.filter(year=2026, systems=None).exists()


def test_every_copied_column_tells_the_truth(town):
    for model in (*ORDER, PersonPlace):
        if not hasattr(model, "copy_scope"):
            continue
        columns = [f.attname for f in model._meta.concrete_fields]
        homes = [f.name for f in model._meta.concrete_fields if f.is_relation and f.name != "user"]
        for row in model._default_manager.select_related(*homes)[:3500]:
            before = [getattr(row, c) for c in columns]
            row.copy_scope()
            assert [getattr(row, c) for c in columns] == before, (model, row.pk)


def test_branch_compound_and_community_agree(town):
    def strays(model, *paths):
        return [p for p in paths if model.objects.exclude(**{p: None}).exclude(**{p: models.F("community")}).exists()]

    assert not strays(Member, "branch__community", "home_compound__community")
    assert not strays(Meeting, "branch__community", "compound__community")
    assert not strays(Decision, "meeting__community", "owner_body__community")
    assert not strays(Coverage, "body__community", "compound__community")
    assert not strays(OwnersCommittee, "body__community", "compound__community")
    assert not strays(Placement, "branch__community")


def test_every_text_fits_its_column_and_no_reference_dangles(town):
    connection.check_constraints()
    for model in ORDER:
        for field in model._meta.concrete_fields:
            if isinstance(field, models.CharField) and field.max_length:
                longest = max(
                    map(len, filter(None, model._default_manager.values_list(field.attname, flat=True))), default=0
                )
                assert longest <= field.max_length, (model, field)
            if field.choices:
                used = set(model._default_manager.values_list(field.attname, flat=True))
                assert used <= {value for value, _ in field.flatchoices} | {""}, (model, field)


def test_today_is_what_the_dated_rows_say(town):
    current = {p.member_id: p for p in Placement.objects.on(AS_OF)}
    for member in Member.objects.filter(town=town):
        placement = current.get(member.pk)
        if member.status != "normal":
            assert placement is None
            continue
        assert (placement.branch_id, placement.relation) == (member.branch_id, member.relation)
        assert placement.starts_on >= member.joined_on
    for placement in Placement.objects.exclude(ends_on=None).select_related("branch"):
        assert placement.branch.kind == "branch"


def test_everybody_is_seen_from_where_they_belong(town):
    ids = list(Person.objects.filter(town=town).values_list("pk", flat=True))
    held = PersonPlace.objects.values_list("person_id", "town_id", "community_id", "branch_id", "compound_id")

    assert set(held) == wanted(ids)
    assert len(held) == len(set(held))


def test_the_numbers_of_a_meeting_are_its_people(town):
    expected, present, chairs = Counter(), Counter(), set()
    for meeting, person, status in Attendance.objects.values_list("meeting", "person", "status"):
        expected[meeting] += status != "observer"
        present[meeting] += status == "present"
        if status == "present":
            chairs.add((meeting, person))
    for meeting in Meeting.objects.filter(town=town):
        assert (meeting.expected, meeting.present) == (expected[meeting.pk], present[meeting.pk])
        assert meeting.expected > 0
        assert meeting.state == "draft" or meeting.chair_id


def test_nothing_happens_before_its_time(town):
    joined = Member.objects.select_related("person").filter(person__birth_date__isnull=False)
    assert all(m.joined_on.year - m.person.birth_date.year >= 18 for m in joined)
    assert all(m.joined_on <= AS_OF for m in joined)
    for meeting in Meeting.objects.filter(town=town):
        assert meeting.held_on < AS_OF
        if meeting.filed_at:
            assert meeting.held_on <= timezone.localdate(meeting.filed_at) < AS_OF
    for decision in Decision.objects.select_related("meeting"):
        assert decision.done_on is None or decision.meeting.held_on <= decision.done_on < AS_OF
        assert bool(decision.outcome) == bool(decision.done_on)
    for report in BranchReport.objects.exclude(state="draft"):
        assert timezone.localdate(report.submitted_at) <= AS_OF
        assert report.received_at is None or report.received_at > report.submitted_at
    for model in (Post, Placement, Coverage, Assignment):
        assert not model.objects.filter(starts_on__gt=AS_OF).exists()


def test_decisions_are_numbered_without_gaps(town):
    numbers = defaultdict(list)
    for community, year, number in Decision.objects.order_by("id").values_list("community", "year", "number"):
        numbers[community, year].append(number)

    assert all(found == list(range(1, len(found) + 1)) for found in numbers.values())


def test_people_are_invented_and_only_members_have_numbers(town):
    people = list(Person.objects.filter(town=town).select_related("member"))
    assert all(name_problem(p.name) is None for p in people)
    numbered = [p for p in people if p.id_sealed]
    for person in numbered[::25]:
        number = person.id_number()
        assert id_problem(number, today=AS_OF) is None
        assert number.startswith("119999")  # 没有分配给任何县
        assert (birth_date_of(number), sex_of(number)) == (person.birth_date, person.sex)
    assert all(hasattr(p, "member") for p in numbered)
    assert {"陈䶮", "王㛃", "李𠅤", "吴喆", "刘堃", "阿依古丽·买买提"} <= {p.name for p in people}
    assert max(Counter(p.name for p in people).values()) <= 8
    assert {p.sex for p in people} == {"M", "F"}


def test_meetings_are_about_what_the_plan_names():
    assert {m.kind for m in MATTERS} == PLAN_MATTERS | {"其他"}
    assert len(MATTERS) >= 40
    assert all(m.decisions and len(m.talk) >= 3 for m in MATTERS)


def test_every_role_has_an_account_here_and_next_door(town):
    held = Assignment.objects.on(AS_OF).select_related("user", "community")
    communities = defaultdict(set)
    for assignment in held:
        communities[assignment.role].add(assignment.community_id)

    assert set(communities) == set(Role)
    for role in (Role.GUIDANCE, Role.COMMUNITY_SECRETARY, Role.COMMUNITY_WORKER, Role.LIAISON):
        assert len(communities[role]) >= 2, role
    east = held.filter(role=Role.BRANCH_SECRETARY, community__name="城东社区")
    assert {"金桂苑党支部", "文昌苑党支部"} <= {str(a.body) for a in east}
    workers = {str(a.compound) for a in held if a.role == Role.COMPOUND_WORKER}
    assert {"金桂苑", "滨河一号", "世纪城"} <= workers
    assert [u for u in User.objects.all() if len({a.role for a in u.assignments.on(AS_OF)}) == 2]
    for assignment in held.filter(role__in=(Role.LIAISON, Role.BRANCH_SECRETARY)):
        title = "liaison" if assignment.role == Role.LIAISON else "secretary"
        post = Post.objects.on(AS_OF).get(body=assignment.body, title=title)
        assert post.person.user == assignment.user  # 职责跟着任职走


def test_an_ended_post_gives_no_access(town):
    former = User.objects.get(username="old01")

    assert former.person.posts.filter(title="secretary", ends_on__lt=AS_OF).exists()
    assert former.assignments.count() == 1
    assert former.reach == NOTHING


def test_demo_accounts_share_one_password_that_the_policy_accepts(town):
    for account in demo.accounts():
        user = User.objects.get(username=account["username"])
        assert user.is_demo
        assert not user.must_change_password
        assert user.check_password(demo.PASSWORD)
        validate_password(demo.PASSWORD, user)
        assert user.name in account["label"]


def test_demo_accounts_are_printed(town, capsys):
    call_command("demo_accounts")
    printed = capsys.readouterr().out

    assert demo.PASSWORD in printed
    assert "城东社区" in printed
    assert all(str(label) in printed for label in Role.labels)
    assert "old01" not in printed


def test_three_pairs_look_like_one_person(town):
    """One who is, two who are not, and one whom only the town can tell (P-11, P-12)."""
    office = Assignment.objects.get(user__username="town01").user
    found = {pair.one.name: pair for pair in duplicates.pairs(office)}
    assert {"沈志勇": "name_phone", "邱永福": "phone_alike", "韩雪梅": "name_birthday"}.items() <= {
        name: pair.signs[0] for name, pair in found.items()
    }.items()
    assert len(found) <= 8
    secretary = (
        Assignment.objects.filter(role=Role.COMMUNITY_SECRETARY, community=first_home(found["沈志勇"])).get().user
    )
    mine = {pair.one.name: pair.settled_here for pair in duplicates.pairs(secretary)}
    assert (mine["沈志勇"], mine["邱永福"], mine["韩雪梅"]) == (True, True, False)


def first_home(pair):
    return Member.objects.get(pk=pair.one.pk).community
