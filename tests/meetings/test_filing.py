"""A meeting on one page: what is asked, what comes out, who may, and that nothing is lost or doubled."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext

from meetings import filing, todos
from meetings.circle import circle_of, place_of
from meetings.models import Attendance, Decision, DecisionRegister, Meeting, MeetingVersion
from members.models import Person
from office.audit.models import Trail
from office.drafts import keeping
from office.drafts.models import Draft
from tests.meetings.filled import ADDRESS, address, decided, fields, fields_of, filed

pytestmark = pytest.mark.django_db


@pytest.fixture
def secretary(as_user):
    return as_user("社区书记")


@pytest.fixture
def page(place):
    return address(place)


def errors(response):
    assert response.status_code == 200
    return response.context["form"].errors


def test_everybody_of_the_branch_is_there_unless_said_otherwise(place, secretary, page):
    wang = place.member["王伟"].pk
    sent = fields(secretary, page) | decided(place) | {f"status-{wang}": "leave", f"note-{wang}": "出差"}
    meeting = filed(secretary.post(page, sent))
    assert (meeting.expected, meeting.present, meeting.state) == (3, 2, "filed")
    assert meeting.held_on == place.today - timedelta(days=1)
    away = meeting.attendance.get(person=wang)
    assert (away.status, away.note, away.represents) == ("leave", "出差", "湖畔业委会主任")
    assert meeting.title == "拿出电梯方案"
    assert {row.body for row in meeting.bodies.all()} >= {place.body["湖畔党支部"], place.body["湖畔业委会"]}


def test_the_decision_has_the_next_number_an_owner_and_a_day(place, secretary, page):
    used = Decision.objects.filter(community=place.community["北社区"]).count()
    meeting = filed(secretary.post(page, fields(secretary, page) | decided(place)))
    decision = meeting.decisions.get()
    assert (decision.owner_person, decision.due_on) == (
        place.member["王伟"].person,
        meeting.held_on + timedelta(days=14),
    )
    assert (decision.year, decision.number) == (meeting.held_on.year, used + 1)


def test_a_guest_is_typed_once(place, secretary, page):
    guest = {"guest-0": "陈刚", "unit-0": "安居物业", "keep-0": "on"}
    filed(secretary.post(page, fields(secretary, page) | decided(place, **guest)))
    assert Person.objects.filter(name="陈刚", unit="安居物业").count() == 1
    seat = next(
        s for s in circle_of("joint_meeting", place_of(page.partition("at=")[2]), place.today).seats if s.name == "陈刚"
    )
    assert seat.represents == "安居物业"
    again = decided(place, **guest) | {"held_on": "前天"}
    filed(secretary.post(page, fields(secretary, page) | again))
    assert Person.objects.filter(name="陈刚").count() == 1


def test_an_empty_decision_box_is_named_and_what_was_typed_stays(place, secretary, page):
    response = secretary.post(page, fields(secretary, page) | {"discussion": "说了很多", "held_on": "昨天"})
    assert "没有决定的，勾选“本次没有决定”" in str(errors(response)["text-0"])
    assert response.context["form"]["discussion"].value() == "说了很多"
    assert 'href="#id_text-0"' in response.content.decode()
    assert Meeting.objects.filter(title="拿出电梯方案").count() == 0


def test_no_decision_is_fine_when_said(place, secretary, page):
    meeting = filed(secretary.post(page, fields(secretary, page) | {"held_on": "昨天", "undecided": "on"}))
    assert (meeting.decisions.count(), meeting.title) == (0, "湖畔联席会议")


@pytest.mark.parametrize(
    ("changed", "field", "said"),
    [
        ({"held_on": "明天"}, "held_on", "还没有到"),
        ({"held_on": "2月30日"}, "held_on", "没有30日"),
        ({"owner-0": ""}, "owner-0", "未定"),
        ({"due-0": ""}, "due-0", "未定"),
        ({"due-0": "2020年1月1日"}, "due-0", "开会那天之前"),
        ({"guest-0": "", "unit-0": "派出所"}, "guest-0", "姓名"),
        ({"held_at": "25点"}, "held_at", "没有这个时间"),
        ({"owner-0": "p999999"}, "owner-0", "请选列出的"),
    ],
)
def test_what_cannot_be_is_said_in_words(place, secretary, page, changed, field, said):
    response = secretary.post(page, fields(secretary, page) | decided(place) | changed)
    assert said in str(errors(response)[field])


def test_an_owner_and_a_day_may_be_open(place, secretary, page):
    sent = fields(secretary, page) | decided(place, **{"owner-0": "none", "due-0": "未定"})
    decision = filed(secretary.post(page, sent)).decisions.get()
    assert (decision.owner, decision.due_on) == (None, None)


@pytest.mark.parametrize(
    "shape", ["{d.month}.{d.day}", "{d.month}月{d.day}日", "{d.year}年{d.month}月{d.day}日", "{d:%Y%m%d}"]
)
def test_dates_as_people_write_them(place, secretary, page, shape):
    day = place.today - timedelta(days=2)
    sent = fields(secretary, page) | decided(place) | {"held_on": shape.format(d=day)}
    assert filed(secretary.post(page, sent)).held_on == day


def test_two_people_of_one_name_are_told_apart(place, secretary, page):
    other = place.add_member("王伟", "公园党支部", "公园")
    response = secretary.post(page, fields(secretary, page) | {"seek": "1", "sought": "王伟"})
    owners = dict(response.context["form"].fields["owner-0"].choices[-1][1])
    assert "公园" in owners[f"p{other.pk}"]
    labels = [label for label in owners.values() if label.startswith("王伟")]
    assert len(labels) == len(set(labels)) == 2


def test_one_more_row_keeps_everything(place, secretary, page):
    sent = fields(secretary, page) | decided(place) | {"discussion": "写了一半", "more": "1"}
    form = secretary.post(page, sent).context["form"]
    assert form.decision_count == 4
    assert (form["text-0"].value(), form["discussion"].value()) == ("拿出电梯方案", "写了一半")


# ── Nothing doubled ──


def test_a_second_press_makes_no_second_meeting(place, secretary, page):
    sent = fields(secretary, page) | decided(place)
    first, second = filed(secretary.post(page, sent)), filed(secretary.post(page, sent))
    assert first == second
    assert Trail.objects.filter(verb="meetings.filed").count() == 1


def test_two_tabs_are_asked_whether_it_is_another_meeting(place, secretary, page):
    one, two = fields(secretary, page), fields(secretary, page)
    first = filed(secretary.post(page, one | decided(place)))
    response = secretary.post(page, two | decided(place))
    assert response.context["twin"] == first
    assert Meeting.objects.filter(title=first.title).count() == 1
    assert filed(secretary.post(page, two | decided(place) | {"another": "1"})) != first


def test_numbers_have_no_gap_when_a_filing_is_taken_back(place, secretary, page):
    user, circle = place.user["社区书记"], circle_of("joint_meeting", place_of(page.partition("at=")[2]), place.today)
    before = Decision.objects.filter(community=place.community["北社区"]).count()

    def minutes(text):
        return filing.Minutes(title=text, held_on=place.today, decisions=(filing.Resolved(text),))

    with transaction.atomic():
        filing.file(minutes("丢掉的"), circle, keeping.ticket_for(user, "meeting", "a"), by=user)
        transaction.set_rollback(True)
    made = [filing.file(minutes(t), circle, keeping.ticket_for(user, "meeting", t), by=user) for t in "甲乙"]
    assert [m.decisions.get().number for m in made] == [before + 1, before + 2]


def test_the_database_refuses_a_number_given_twice(place):
    taken = place.decision["电梯协商"]
    with pytest.raises(IntegrityError), transaction.atomic():
        Decision.objects.create(meeting=taken.meeting, year=taken.year, number=taken.number, text="又一条")


def test_a_meeting_that_was_written_meanwhile_is_found_and_not_doubled(place, secretary, page, monkeypatch):
    """Both presses look first and find nothing; the unique uuid stops the second."""
    user, circle = place.user["社区书记"], circle_of("joint_meeting", place_of(page.partition("at=")[2]), place.today)
    ticket = keeping.ticket_for(user, "meeting", "a")
    minutes = filing.Minutes(title="同时", held_on=place.today, decisions=(filing.Resolved("同时"),))
    first = filing.file(minutes, circle, ticket, by=user)
    register = DecisionRegister.objects.get(community=place.community["北社区"], year=place.today.year).last
    monkeypatch.setattr(filing, "_file", _blind(filing._new))
    assert filing.file(minutes, circle, ticket, by=user) == first
    assert DecisionRegister.objects.get(community=place.community["北社区"], year=place.today.year).last == register


def _blind(new):
    def file(minutes, circle, ticket, by):
        meeting = new(circle, ticket)
        filing._state_filed(meeting, by)
        filing._write(meeting, minutes, circle)
        return meeting

    return file


# ── Nothing lost ──


def test_a_draft_is_offered_again_where_it_was_left(place, secretary, page):
    secretary.post(page, fields(secretary, page) | decided(place) | {"later": "1"})
    response = secretary.get(page)
    assert response.context["form"]["text-0"].value() == "拿出电梯方案"
    assert "接着上次没写完的" in response.content.decode()
    assert "接着写" in secretary.get("/meetings/new/").content.decode()
    meeting = filed(secretary.post(page, fields_of(response)))
    assert meeting.decisions.count() == 1
    assert Draft.objects.get().done_key == str(meeting.pk)


def test_a_draft_can_be_thrown_away(place, secretary, page):
    secretary.post(page, fields(secretary, page) | decided(place) | {"later": "1"})
    secretary.post(page, {"discard": "1"})
    assert secretary.get(page).context["form"]["text-0"].value() is None


def test_a_wrong_page_is_kept_as_a_draft_too(place, secretary, page):
    secretary.post(page, fields(secretary, page) | {"discussion": "写了很久"})
    assert secretary.get(page).context["form"]["discussion"].value() == "写了很久"


def test_after_a_time_out_the_page_stands_as_it_was_sent(place, client, secretary, page):
    sent = fields(secretary, page) | decided(place) | {"discussion": "写了很久"}
    assert client.post(page, sent)["Location"].startswith("/login/")
    assert secretary.get(page).context["form"]["discussion"].value() == "写了很久"


# ── Changing ──


def changed(client, meeting, **more):
    url = f"/meetings/{meeting.pk}/change/"
    return client.post(url, fields(client, url) | more)


def test_a_change_is_a_new_version_and_the_original_is_kept(place, secretary, page):
    meeting = filed(secretary.post(page, fields(secretary, page) | decided(place) | {"discussion": "原来的话"}))
    filed(changed(secretary, meeting, discussion="改过的话"))
    meeting.refresh_from_db()
    kept = MeetingVersion.objects.get(meeting=meeting)
    assert (meeting.version, meeting.discussion) == (2, "改过的话")
    assert (kept.number, kept.content["discussion"], kept.by) == (1, "原来的话", place.user["社区书记"])
    assert "原来的话" in secretary.get(f"/meetings/{meeting.pk}/versions/1/").content.decode()
    assert "第1版" in secretary.get(f"/meetings/{meeting.pk}/").content.decode()


def test_the_same_text_again_makes_no_version(place, secretary, page):
    meeting = filed(secretary.post(page, fields(secretary, page) | decided(place)))
    filed(changed(secretary, meeting))
    meeting.refresh_from_db()
    assert (meeting.version, MeetingVersion.objects.count()) == (1, 0)


def test_a_change_after_the_confirmation_asks_the_branch_again(place, secretary, as_user):
    meeting = place.meeting["电梯协商"]
    as_user("支部书记").post(f"/meetings/{meeting.pk}/confirm/", {"version": "1"})
    filed(changed(secretary, meeting, discussion="补充一句"))
    meeting.refresh_from_db()
    assert (meeting.state, meeting.confirmed_by) == ("filed", None)
    assert MeetingVersion.objects.get().was_confirmed


def test_numbers_stay_when_decisions_are_changed_and_added(place, secretary):
    meeting = place.meeting["电梯协商"]
    number = meeting.decisions.get().number
    more = {"text-0": "改写的决定", "text-1": "新的决定", "owner-1": "none", "due-1": "未定"}
    filed(changed(secretary, meeting, **more))
    assert list(meeting.decisions.order_by("number").values_list("text", flat=True)) == ["改写的决定", "新的决定"]
    assert meeting.decisions.order_by("number").first().number == number


def test_two_editors_see_both_texts_and_neither_is_lost(place, secretary, as_user):
    meeting = place.meeting["电梯协商"]
    url = f"/meetings/{meeting.pk}/change/"
    liaison = as_user("联系干部")
    mine = fields(liaison, url)
    filed(changed(secretary, meeting, discussion="书记先改的"))
    response = liaison.post(url, mine | {"discussion": "干部写的"})
    text = response.content.decode()
    assert response.status_code == 409
    assert [words in text for words in ("书记先改的", "干部写的")] == [True, True]
    meeting.refresh_from_db()
    assert meeting.discussion == "书记先改的"
    filed(liaison.post(url, fields_of(response) | {"discussion": "合起来的"}))
    meeting.refresh_from_db()
    assert (meeting.discussion, meeting.version) == ("合起来的", 3)


# ── Who ──


def test_a_compound_worker_drafts_and_the_liaison_makes_it_a_record(place, as_user, page):
    worker, liaison = as_user("小区工作人员"), as_user("联系干部")
    draft = filed(worker.post(page, fields(worker, page) | decided(place)))
    assert (draft.state, draft.drafted_by, draft.decisions.count()) == ("draft", place.user["小区工作人员"], 0)
    said = [t for t in todos.todos(place.user["联系干部"], place.today) if t.rule == "minutes_to_release"]
    url = f"/meetings/{draft.pk}/change/"
    assert [t.url for t in said] == [url]
    sent = fields(liaison, url)
    assert sent["text-0"] == "拿出电梯方案"
    meeting = filed(liaison.post(url, sent))
    assert (meeting.pk, meeting.state, meeting.filed_by) == (draft.pk, "filed", place.user["联系干部"])
    assert meeting.decisions.get().text == "拿出电梯方案"


def test_the_branch_secretary_files_the_branchs_own_life_and_drafts_the_rest(place, as_user, page):
    own = as_user("支部书记")
    inner = address(place, kind="theme_day")
    assert filed(own.post(inner, fields(own, inner) | {"title": "学党章", "held_on": "昨天"})).state == "filed"
    assert filed(own.post(page, fields(own, page) | decided(place))).state == "draft"


def test_nobody_confirms_what_they_entered_themselves(place, as_user):
    own = as_user("支部书记")
    inner = address(place, kind="theme_day")
    meeting = filed(own.post(inner, fields(own, inner) | {"title": "学党章", "held_on": "昨天"}))
    assert own.post(f"/meetings/{meeting.pk}/confirm/", {"version": "1"}).status_code == 403


def test_the_branch_confirms_the_version_it_saw(place, as_user):
    own, meeting = as_user("支部书记"), place.meeting["电梯协商"]
    assert any(t.rule == "minutes_to_confirm" for t in todos.todos(place.user["支部书记"], place.today))
    own.post(f"/meetings/{meeting.pk}/confirm/", {"version": "7"})
    meeting.refresh_from_db()
    assert meeting.state == "filed"
    own.post(f"/meetings/{meeting.pk}/confirm/", {"version": "1"})
    meeting.refresh_from_db()
    assert (meeting.state, meeting.confirmed_by) == ("confirmed", place.user["支部书记"])
    assert not any(t.rule == "minutes_to_confirm" for t in todos.todos(place.user["支部书记"], place.today))


def test_what_the_branch_says_is_wrong_goes_back_to_whoever_entered_it(place, as_user, secretary):
    meeting = place.meeting["电梯协商"]
    as_user("支部书记").post(f"/meetings/{meeting.pk}/object/", {"version": "1", "note": "王伟那天没有来"})
    said = [t for t in todos.todos(place.user["社区书记"], place.today) if t.rule == "returned_to_me"]
    assert [t.why for t in said] == ["支部说：王伟那天没有来"]
    filed(changed(secretary, meeting, discussion="改好了"))
    assert not [t for t in todos.todos(place.user["社区书记"], place.today) if t.rule == "returned_to_me"]


def test_the_page_costs_at_most_twenty_queries(place, secretary, page):
    secretary.get(page)
    with CaptureQueriesContext(connection) as queries:
        secretary.get(page)
    before = len(queries)
    assert before <= 20
    for number in range(6):
        place.add_member(f"新人{'甲乙丙丁戊己'[number]}", "湖畔党支部", "湖畔")
    with CaptureQueriesContext(connection) as queries:
        secretary.get(page)
    assert len(queries) == before


def test_the_next_meeting_starts_from_what_is_open(place, secretary, page):
    open_one = place.decision["电梯协商"]
    sent = (
        fields(secretary, page) | decided(place) | {f"before-{open_one.pk}": "done", f"outcome-{open_one.pk}": "装好了"}
    )
    meeting = filed(secretary.post(page, sent))
    open_one.refresh_from_db()
    assert (open_one.done_on, open_one.outcome) == (meeting.held_on, "装好了")
    assert open_one.steps.get().filled_for == "湖畔党支部"


def test_late_entry_is_marked(place, secretary, page):
    day = place.today - timedelta(days=60)
    sent = decided(place) | {"held_on": f"{day.year}年{day.month}月{day.day}日"}
    meeting = filed(secretary.post(page, fields(secretary, page) | sent))
    assert "补录" in secretary.get(f"/meetings/{meeting.pk}/").content.decode()


def test_attendance_rows_are_one_a_person(place, secretary, page):
    meeting = filed(secretary.post(page, fields(secretary, page) | decided(place)))
    people = list(Attendance.objects.filter(meeting=meeting).values_list("person", flat=True))
    assert len(people) == len(set(people))


def test_the_to_do_of_a_joint_meeting_opens_its_page(place, secretary):
    Meeting.objects.filter(kind="joint_meeting").update(held_on=place.today - timedelta(days=400))
    due = todos.todos(place.user["社区书记"], place.today)
    wanted = [todo for todo in due if todo.rule == "joint_meeting_wanted"]
    page = secretary.get(wanted[0].url)
    assert page.status_code == 200
    assert wanted[0].object in page.content.decode()


# ── Where and what, first ──


@pytest.mark.parametrize(
    ("chosen", "said", "anchor"),
    [
        ("", "请选会议类型", "#kind-1"),
        ("?kind=joint_meeting", "请选在哪里开", "#at"),
        ("?kind=theme_day&at=c{}", "这种会议不在那里开", "#at"),
    ],
)
def test_a_place_or_kind_not_chosen_is_told_above_and_at_its_box(place, secretary, chosen, said, anchor):
    response = secretary.get(ADDRESS + chosen.format(place.compound["湖畔"].pk), follow=True)
    text = response.content.decode()
    assert response.redirect_chain[-1][0].startswith("/meetings/new/?said=")
    assert [words in text for words in ("<title>错误：", said, f'href="{anchor}"')] == [True, True, True]
    assert "<title>错误：" not in secretary.get("/meetings/new/").content.decode()
