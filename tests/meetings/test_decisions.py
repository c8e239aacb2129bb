"""What is said of decisions, and what leaves a meeting: 代录, 延期, papers, calendar, the 纪要."""

import io
import re
from datetime import date, time, timedelta

import pytest
from pypdf import PdfReader

from meetings import calendars, papers, summary
from meetings.models import Attendance, DecisionStep
from members.models import Person
from office.papers.models import Document

pytestmark = pytest.mark.django_db


@pytest.fixture
def decision(place):
    return place.decision["电梯协商"]


def tell(client, decision, **said):
    return client.post(f"/meetings/decisions/{decision.pk}/", {"on": "今天", **said})


def test_typed_for_the_owner_it_is_marked(place, as_user, decision):
    assert tell(as_user("联系干部"), decision, what="done", text="装好了").status_code == 302
    decision.refresh_from_db()
    step = decision.steps.get()
    assert (decision.done_on, decision.outcome) == (place.today, "装好了")
    assert (step.filled_for, step.by) == ("湖畔党支部", place.user["联系干部"])
    assert "代录（湖畔党支部）" in as_user("支部书记").get(f"/meetings/decisions/{decision.pk}/").content.decode()


def test_the_owners_own_word_is_no_proxy(place, as_user, decision):
    user = place.user["支部书记"]
    Person.objects.filter(pk=place.member["田大利"].pk).update(user=user)
    decision.owner_body, decision.owner_person = None, place.member["田大利"].person
    decision.save()
    tell(as_user("支部书记"), decision, what="progress", text="量过尺寸了")
    assert decision.steps.get().filled_for == ""


def test_a_later_day_needs_its_reason(place, as_user, decision):
    client = as_user("社区书记")
    response = tell(client, decision, what="postponed", due_on="一个月内")
    assert "原因" in str(response.context["form"].errors["text"])
    earlier = tell(client, decision, what="postponed", text="等材料", due_on="今天")
    assert "之后" in str(earlier.context["form"].errors["due_on"])
    before = decision.due_on
    assert tell(client, decision, what="postponed", text="等材料", due_on="一个月内").status_code == 302
    step = DecisionStep.objects.get()
    decision.refresh_from_db()
    assert (step.due_before, step.due_after) == (before, place.today + timedelta(days=30))
    assert decision.due_on == step.due_after


def test_done_twice_is_told_once(place, as_user, decision):
    tell(as_user("社区书记"), decision, what="done", text="好了")
    tell(as_user("联系干部"), decision, what="done", text="又好了")
    assert DecisionStep.objects.count() == 1


def test_a_neighbour_says_nothing(as_user, decision):
    assert tell(as_user("邻支部书记"), decision, what="done").status_code == 404
    assert tell(as_user("小区工作人员"), decision, what="done").status_code == 403


def test_whose_task_it_is_opens_it_even_where_the_meeting_is_closed(place, as_user, decision):
    """A task given to somebody of another branch: their to-do leads to the decision, not into the minutes."""
    user = place.user["邻支部书记"]
    Person.objects.filter(pk=place.member["何静"].pk).update(user=user)
    decision.owner_body, decision.owner_person = None, place.member["何静"].person
    decision.save()
    client, address = as_user("邻支部书记"), f"/meetings/decisions/{decision.pk}/"
    meeting = f"/meetings/{decision.meeting_id}/"
    home = client.get("/").content.decode()
    assert f'href="{address}"' in home
    assert meeting not in home
    assert client.get(meeting).status_code == 404
    shown = client.get(address).content.decode()
    assert decision.meeting.title in shown
    assert meeting not in shown
    assert client.get(f"{address}slip/").status_code == client.get(f"{address}calendar/").status_code == 200
    assert tell(client, decision, what="done", text="办好了").status_code == 302
    decision.refresh_from_db()
    assert decision.done_on == place.today


# ── Papers ──


def test_the_content_groups_names_by_strokes_and_numbers_decisions(place):
    meeting = place.meeting["电梯协商"]
    Attendance.objects.filter(meeting=meeting, person=place.member["王伟"].pk).update(status="leave", note="出差")
    content = summary.content(meeting)
    assert summary.names_of(content, "出席") == "丁小宁、田大利"
    assert summary.names_of(content, "请假") == "王伟"
    assert summary.names_of(content, "列席") == "物业陈经理（安居物业）"
    assert [(d["number"], d["owner"]) for d in content["decisions"]] == [("一", "湖畔党支部")]
    assert "一、落实电梯协商。由湖畔党支部负责，" in summary.text(content)


def test_a_minutes_document_is_begun_once(place, as_user):
    meeting, client = place.meeting["电梯协商"], as_user("社区书记")
    first = client.post(f"/meetings/{meeting.pk}/minutes/")
    second = client.post(f"/meetings/{meeting.pk}/minutes/")
    assert first["Location"] == second["Location"]
    document = Document.objects.get()
    assert (document.kind, document.present, document.mark) == ("minutes", "丁小宁、王伟、田大利", "湖畔联席会议纪要")


def printed(paper):
    (page,) = PdfReader(io.BytesIO(paper)).pages
    return "".join(page.extract_text().split())


def test_the_slip_is_one_plain_page(place, decision):
    assert "小区湖畔交给" in printed(papers.slip(decision))
    decision.compound = None  # 支部自己的会定的，没有小区
    assert "支部湖畔党支部交给" in printed(papers.slip(decision))


def test_the_record_is_a_table(place, as_user):
    response = as_user("支部书记").get(f"/meetings/{place.meeting['电梯协商'].pk}/record/")
    assert response["Content-Type"] == "application/pdf"
    assert response.content.startswith(b"%PDF")


# ── Calendar ──


def test_the_calendar_names_zone_and_alarm_and_folds_its_lines(place):
    meeting = place.meeting["电梯协商"]
    meeting.held_on, meeting.held_at = date(2026, 12, 6), time(14, 30)
    meeting.title = "很长的议题；带逗号,和分号;" + "电梯" * 25
    text = calendars.of_meeting(meeting)
    assert "DTSTART;TZID=Asia/Shanghai:20261206T143000\r\n" in text
    assert {"BEGIN:VTIMEZONE", "TZID:Asia/Shanghai", "BEGIN:VALARM", "TRIGGER:-PT1H"} <= set(text.split("\r\n"))
    assert all(len(line.encode()) <= 75 for line in text.split("\r\n"))
    assert "带逗号\\,和分号\\;" in re.sub(r"\r\n ", "", text)


def test_a_due_day_is_a_whole_day(decision):
    decision.due_on = date(2026, 12, 31)
    text = calendars.of_decision(decision)
    assert "DTSTART;VALUE=DATE:20261231" in text
    assert "DTEND;VALUE=DATE:20270101" in text


def test_a_line_break_in_a_title_starts_no_line_of_the_file(place):
    meeting = place.meeting["电梯协商"]
    meeting.title = "电梯\r\nATTACH:http://evil.example"
    assert "\r\nATTACH" not in calendars.of_meeting(meeting)
