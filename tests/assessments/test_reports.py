"""The year-end report: written, checked, handed in, taken or sent back; each step once, by the right person."""

from datetime import date

import pytest
from django.urls import reverse
from django.utils import timezone

from accounts.models import Assignment
from accounts.roles import Role
from assessments import todos
from assessments.models import BranchReport
from office.audit.models import Trail

LAKE = "湖畔党支部"
TEXTS = {"done": "装了两部电梯", "problem": "停车难", "cause": "车位少", "plan": "重新划线"}


@pytest.fixture
def url(place):
    return lambda name="report", branch=LAKE: reverse(name, args=[place.body[branch].pk, place.today.year])


@pytest.fixture
def secretary(as_user):
    return as_user("支部书记")


@pytest.fixture
def community(as_user):
    return as_user("社区书记")


def now(place, branch=LAKE):
    return BranchReport.objects.get(branch=place.body[branch], year=place.today.year)


def save(client, url, texts=TEXTS, version=1, **buttons):
    return client.post(url(), {**texts, "version": version, **buttons})


def hand_in(place, client, url):
    save(client, url, check="1")
    return client.post(url("report_submit"), {"version": now(place).version})


def page(response):
    return response.content.decode()


# --- Writing -----------------------------------------------------------------------------------------------------


def test_until_it_is_handed_in_the_page_says_so(place, secretary, url):
    assert "还没有提交。" in page(secretary.get(url()))
    save(secretary, url)
    assert "还没有提交。" in page(secretary.get(url()))
    assert "还没有提交。" in page(secretary.get(url("report_check")))
    assert now(place).state == "draft"


def test_the_years_numbers_are_there_with_their_rows(place, secretary, url):
    text = page(secretary.get(url()))
    meetings = f"{reverse('meetings')}?branch={place.body[LAKE].pk}&amp;kind=joint_meeting&amp;year={place.today.year}"
    assert "直管党员" in text
    assert "其中正式党员3名" in text
    assert meetings in text
    assert "支部党员大会" in text
    assert "未记录" in text


def test_saving_keeps_the_text_and_says_it_is_not_handed_in(place, secretary, url):
    response = save(secretary, url)
    assert response["Location"] == url()
    assert "已保存，还没有提交。" in page(secretary.get(url()))
    report = now(place)
    assert {box: getattr(report, box) for box in TEXTS} == TEXTS
    assert (report.version, report.saved_by) == (2, place.user["支部书记"])
    assert Trail.objects.filter(verb="assessments.report_saved").count() == 1


def test_the_first_save_begins_the_report(place, secretary, url):
    BranchReport.objects.all().delete()
    save(secretary, url, version=0)
    assert now(place).problem == "停车难"


def test_too_long_is_said_beside_the_box_and_nothing_is_lost(place, secretary, url):
    long = "长" * 201
    text = page(save(secretary, url, TEXTS | {"cause": long}))
    assert "最多200字，现在有201字" in text
    assert long in text
    assert now(place).problem == ""


def test_a_line_break_counts_once(place, secretary, url):
    lines = "一\r\n" * 100
    save(secretary, url, TEXTS | {"cause": lines.strip()})
    assert now(place).cause == ("一\n" * 100).strip()
    assert save(secretary, url, TEXTS | {"cause": "字" * 198 + "\r\n尾"}, version=2).status_code == 302


@pytest.mark.parametrize("version", ["", "x", "-1", "9" * 30])
def test_a_broken_version_is_no_fault(secretary, url, version):
    assert save(secretary, url, version=version).status_code == 200


def test_two_windows_show_both_texts_and_lose_none(place, secretary, url):
    save(secretary, url, TEXTS | {"plan": "先存的"}, version=1)
    response = save(secretary, url, TEXTS | {"plan": "后写的"}, version=1)
    assert response.status_code == 409
    assert "先存的" in page(response)
    assert "后写的" in page(response)
    assert "支部书记" in page(response)
    assert now(place).plan == "先存的"
    save(secretary, url, TEXTS | {"plan": "合起来"}, version=2)
    assert now(place).plan == "合起来"


def test_two_windows_beginning_at_once_show_both_texts(place, secretary, url):
    BranchReport.objects.all().delete()
    save(secretary, url, TEXTS | {"plan": "先存的"}, version=0)
    response = save(secretary, url, TEXTS | {"plan": "后写的"}, version=0)
    assert response.status_code == 409
    assert now(place).plan == "先存的"


def test_pressing_save_twice_is_no_conflict(place, secretary, url):
    save(secretary, url)
    assert save(secretary, url).status_code == 302
    assert now(place).version == 2
    assert Trail.objects.filter(verb="assessments.report_saved").count() == 1


# --- Handing in --------------------------------------------------------------------------------------------------


def test_the_button_saves_and_leads_to_the_check(place, secretary, url):
    response = save(secretary, url, check="1")
    assert response["Location"] == url("report_check")
    text = page(secretary.get(url("report_check")))
    assert "停车难" in text
    assert "确认，提交给北社区党委" in text
    assert now(place).state == "draft"


def test_what_is_missing_is_named_with_the_way_to_its_box(place, secretary, url):
    save(secretary, url, TEXTS | {"cause": " ", "plan": ""}, check="1")
    text = page(secretary.get(url("report_check")))
    assert "还有 2 处没写" in text
    assert f'href="{url()}#id_cause"' in text
    assert "确认，提交" not in text
    response = secretary.post(url("report_submit"), {"version": now(place).version}, follow=True)
    assert "还没写：为什么没解决好、明年打算" in page(response)
    assert now(place).state == "draft"


def test_handing_in_shows_a_receipt(place, secretary, url):
    assert hand_in(place, secretary, url)["Location"] == url()
    text = page(secretary.get(url()))
    assert "交上去了" in text
    assert now(place).number in text
    assert "还没有提交" not in text
    report = now(place)
    assert (report.state, report.submitted_by) == ("submitted", place.user["支部书记"])


def test_handing_in_twice_is_once(place, secretary, url):
    hand_in(place, secretary, url)
    before = now(place)
    secretary.post(url("report_submit"), {"version": before.version})
    assert now(place).submitted_at == before.submitted_at
    assert Trail.objects.filter(verb="assessments.report_submitted").count() == 1


def test_what_was_checked_is_what_is_handed_in(place, secretary, url):
    save(secretary, url)
    checked = now(place).version
    save(secretary, url, TEXTS | {"plan": "另一个窗口改的"}, version=checked)
    response = secretary.post(url("report_submit"), {"version": checked}, follow=True)
    assert "刚才又改过" in page(response)
    assert now(place).state == "draft"


def test_after_handing_in_nothing_can_be_changed(place, secretary, url):
    hand_in(place, secretary, url)
    response = save(secretary, url, TEXTS | {"plan": "改"}, version=now(place).version)
    assert response["Location"] == url()
    assert now(place).plan == "重新划线"


@pytest.mark.parametrize(("day", "late"), [(date(2026, 12, 20), False), (date(2026, 12, 21), True)])
def test_after_the_last_day_it_is_late_and_still_taken(place, day, late):
    report = place.report[LAKE]
    report.submitted_at = timezone.make_aware(timezone.datetime(day.year, day.month, day.day, 0, 30))
    assert report.is_late(date(2026, 12, 20)) is late
    report.comment = "补充数字"
    assert not report.is_late(date(2026, 12, 20))


# --- The community -----------------------------------------------------------------------------------------------


def test_a_draft_is_read_by_its_branch_only(place, as_user, secretary, url):
    save(secretary, url)
    for who in ("社区书记", "社区工作者", "镇党建办", "镇领导", "指导组"):
        text = page(as_user(who).get(url()))
        assert "停车难" not in text, who
        assert "还没有提交" in text
    assert "停车难" in page(as_user("联系干部").get(url()))


def test_handed_in_it_is_read_by_staff_in_scope(place, as_user, secretary, url):
    hand_in(place, secretary, url)
    for who in ("社区书记", "社区工作者", "镇党建办", "镇领导", "指导组", "联系干部"):
        assert "停车难" in page(as_user(who).get(url())), who
    for who in ("邻社区书记", "邻支部书记", "邻支部联系干部", "邻镇党建办"):
        assert as_user(who).get(url()).status_code == 404, who
    assert as_user("小区工作人员").get(url()).status_code == 403


def test_taking_it_once(place, secretary, community, url):
    hand_in(place, secretary, url)
    assert "收下" in page(community.get(url()))
    for _ in range(2):
        assert "已收下。" in page(community.post(url("report_receive"), follow=True))
    report = now(place)
    assert (report.state, report.received_by) == ("received", place.user["社区书记"])
    assert Trail.objects.filter(verb="assessments.report_received").count() == 1
    assert "社区已收下" in page(secretary.get(url()))


def test_sent_back_with_a_comment_it_can_be_mended_and_handed_in_again(place, secretary, community, url):
    hand_in(place, secretary, url)
    for _ in range(2):
        community.post(url("report_return"), {"comment": "问题写具体些"})
    assert Trail.objects.filter(verb="assessments.report_returned").count() == 1
    text = page(secretary.get(url()))
    assert "社区退回修改" in text
    assert "问题写具体些" in text
    assert "停车难" not in page(community.get(url()))
    save(secretary, url, TEXTS | {"problem": "晚上停车难"}, version=now(place).version)
    secretary.post(url("report_submit"), {"version": now(place).version})
    assert now(place).state == "submitted"
    assert "晚上停车难" in page(community.get(url()))


def test_sending_back_needs_a_comment(place, secretary, community, url):
    hand_in(place, secretary, url)
    for comment in ("", "   ", "长" * 201):
        response = community.post(url("report_return"), {"comment": comment})
        assert response.status_code == 200
        assert "错误" in page(response)
    assert now(place).state == "submitted"


def test_what_is_not_handed_in_cannot_be_taken(place, community, url):
    response = community.post(url("report_receive"), follow=True)
    assert "不能收下或退回" in page(response)
    assert now(place).state == "draft"


def test_nobody_takes_their_own(place, secretary, url, as_user):
    hand_in(place, secretary, url)
    Assignment.objects.create(
        user=place.user["支部书记"],
        role=Role.COMMUNITY_SECRETARY,
        body=place.body["北社区"],
        starts_on=date(2020, 1, 1),
    )
    response = as_user("支部书记").post(url("report_receive"), follow=True)
    assert "自己交的述职不能自己收下" in page(response)
    assert now(place).state == "submitted"


def test_ones_own_report_is_not_ones_own_to_do(place, secretary, url):
    hand_in(place, secretary, url)
    Assignment.objects.filter(user=place.user["支部书记"]).update(role=Role.COMMUNITY_SECRETARY)
    Assignment.objects.filter(user=place.user["支部书记"]).update(body=place.body["北社区"])
    assert lines(place, "支部书记", place.today) == []


def test_only_the_communitys_secretary_takes(place, as_user, secretary, url):
    hand_in(place, secretary, url)
    for who, answer in {
        "镇党建办": 403, "社区工作者": 403, "联系干部": 403, "支部书记": 403, "指导组": 403, "邻社区书记": 404,
    }.items():  # fmt: skip
        for deed in ("report_receive", "report_return"):
            assert as_user(who).post(url(deed), {"comment": "改"}).status_code == answer, who
    assert now(place).state == "submitted"


def test_only_the_branchs_secretary_writes(place, as_user, url):
    for who, answer in {
        "联系干部": 403,
        "社区书记": 403,
        "镇党建办": 403,
        "邻支部书记": 404,
        "小区工作人员": 403,
    }.items():
        client = as_user(who)
        assert save(client, url).status_code == answer, who
        assert client.post(url("report_submit"), {"version": 1}).status_code == answer, who
        assert client.get(url("report_check")).status_code == answer, who
    assert now(place).problem == ""


@pytest.mark.parametrize("year", [1999, 2014, 2999])
def test_a_year_that_is_none_is_not_found(place, secretary, year):
    for name in ("report", "report_check"):
        assert secretary.get(reverse(name, args=[place.body[LAKE].pk, year])).status_code == 404


# --- To-dos ------------------------------------------------------------------------------------------------------


def lines(place, who, day):
    return [(todo.rule, todo.object, todo.due_on) for todo in todos.todos(place.user[who], day)]


def test_writing_is_to_do_from_the_opening_until_it_is_handed_in(place, secretary, url):
    year = place.today.year
    due = date(year, 12, 20)
    assert ("report_open", f"{year}年度述职", due) not in lines(place, "支部书记", date(year, 11, 30))
    assert ("report_open", f"{year}年度述职", due) in lines(place, "支部书记", date(year, 12, 1))
    hand_in(place, secretary, url)
    assert ("report_open", f"{year}年度述职", due) not in lines(place, "支部书记", date(year, 12, 1))


def test_last_years_report_stays_to_do_until_the_seasons_end(place):
    year = place.today.year
    assert ("report_open", f"{year}年度述职", date(year, 12, 20)) in lines(place, "支部书记", date(year + 1, 3, 31))
    assert ("report_open", f"{year}年度述职", date(year, 12, 20)) not in lines(place, "支部书记", date(year + 1, 4, 1))


def test_what_was_sent_back_and_what_waits_are_to_do(place, secretary, community, url):
    year = place.today.year
    hand_in(place, secretary, url)
    assert ("report_to_receive", f"{year}年度1份等您看", None) in lines(place, "社区书记", place.today)
    assert not lines(place, "邻社区书记", place.today)
    community.post(url("report_return"), {"comment": "写具体些"})
    assert ("returned_to_me", f"{year}年度述职", date(year, 12, 20)) in lines(place, "支部书记", place.today)
    assert not lines(place, "社区书记", place.today)


def test_the_page_costs_no_more_than_a_composite_page_may(secretary, url, django_assert_max_num_queries):
    secretary.get(url())
    with django_assert_max_num_queries(30):
        secretary.get(url())
