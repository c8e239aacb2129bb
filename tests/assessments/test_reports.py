"""The year-end report: written, checked, handed in, taken or sent back; each step once, by the right person."""

import io
import re
from datetime import date, timedelta

import pytest
from django.urls import reverse
from django.utils import timezone
from openpyxl import load_workbook

from accounts.models import Assignment
from accounts.roles import Role
from assessments import reports, todos
from assessments.models import BranchReport, NumberDispute
from assessments.report_pages import days_left
from meetings.models import Decision, Meeting
from office.audit.models import Trail
from tests.cast import enter

LAKE = "湖畔党支部"
TEXTS = {"problem": "停车难", "cause": "车位少", "plan": "重新划线"}


@pytest.fixture
def url(place):
    return lambda name="report", *more, branch=LAKE: reverse(
        name, args=[place.body[branch].pk, place.today.year, *more]
    )


@pytest.fixture
def secretary(as_user):
    return as_user("支部书记")


@pytest.fixture
def liaison(as_user):
    return as_user("联系干部")


@pytest.fixture
def community(as_user):
    return as_user("社区书记")


def now(place, branch=LAKE):
    return BranchReport.objects.get(branch=place.body[branch], year=place.today.year)


def mark_of(client, address):
    """What the form says the writer has read."""
    return re.search(r'name="read" value="(\w+)"', page(client.get(address))).group(1)


def save(client, url, texts=TEXTS, read=None, **buttons):
    """Step 3 as the page sends it; `read` from an older page where given."""
    address = url("report_words")
    return client.post(address, {**texts, "read": read or mark_of(client, address), **buttons})


def choose(client, url, *keys, done="", read=None, **buttons):
    address = url("report_things")
    return client.post(address, {"chosen": keys, "done": done, "read": read or mark_of(client, address), **buttons})


def submit(place, client, url):
    return client.post(url("report_submit"), {"version": now(place).version})


def hand_in(place, client, url):
    save(client, url)
    return submit(place, client, url)


def page(response):
    return response.content.decode()


# --- Four steps --------------------------------------------------------------------------------------------------


def test_until_it_is_handed_in_every_page_says_so(place, secretary, url):
    assert "还没有提交。" in page(secretary.get(url()))
    save(secretary, url)
    assert "还没有提交。" in page(secretary.get(url()))
    assert "还没有提交。" in page(secretary.get(url("report_check")))
    assert now(place).state == "draft"


def test_the_first_page_tells_how_far_it_is_and_where_to_go_on(place, secretary, url):
    text = page(secretary.get(url()))
    assert "开始：核对今年的数字" in text
    secretary.post(url("report_numbers"))
    assert "继续：做成的事" in page(secretary.get(url()))
    choose(secretary, url, "joint")
    assert "继续：问题和打算" in page(secretary.get(url()))
    save(secretary, url, TEXTS | {"plan": ""}, later="1")
    assert "没写完" in page(secretary.get(url()))
    save(secretary, url)
    assert "继续：检查并提交" in page(secretary.get(url()))


def test_each_step_leads_to_the_next(place, secretary, url):
    assert secretary.post(url("report_numbers"))["Location"] == url("report_things")
    assert choose(secretary, url)["Location"] == url("report_words")
    assert save(secretary, url)["Location"] == url("report_check")
    assert "提交给北社区党委" in page(secretary.get(url("report_check")))
    assert now(place).state == "draft"


def test_a_step_can_be_left_for_later(place, secretary, url):
    for keep in (choose, save):
        assert keep(secretary, url, later="1")["Location"] == url()
        assert "已保存，还没有提交。" in page(secretary.get(url()))


def test_the_years_numbers_are_there_with_their_rows(place, secretary, url):
    text = page(secretary.get(url("report_numbers")))
    meetings = f"{reverse('meetings')}?branch={place.body[LAKE].pk}&amp;year={place.today.year}&amp;kind=joint_meeting"
    assert "直管党员" in text
    assert "其中正式党员3名" in text
    assert meetings in text
    assert "支部党员大会" in text
    assert "未记录" in text


def test_the_numbers_are_kept_as_they_were_handed_in(place, secretary, url):
    hand_in(place, secretary, url)
    place.add_meeting("再开一次", LAKE)
    assert ["联席会议", "1 次", ""] in now(place).numbers
    assert "1 次" in page(secretary.get(url()))


def test_the_first_save_begins_the_report(place, secretary, url):
    BranchReport.objects.all().delete()
    save(secretary, url)
    assert now(place).problem == "停车难"
    assert Trail.objects.filter(verb="assessments.report_saved").count() == 1


def test_the_years_records_are_offered_as_things_done(place, secretary, url):
    Decision.objects.filter(pk=place.decision["电梯协商"].pk).update(done_on=place.today, outcome="已装好")
    text = page(secretary.get(url("report_things")))
    assert "开联席会议1次，定事1项，办结1项" in text
    assert "办结：落实电梯协商（已装好）" in text
    assert "联席会议：电梯协商" in text
    assert "停车划线" not in text  # 邻支部的


def test_what_was_chosen_keeps_its_words(place, secretary, url):
    key = f"meeting-{place.meeting['电梯协商'].pk}"
    choose(secretary, url, key, done="另外办了微心愿")
    Meeting.objects.filter(pk=place.meeting["电梯协商"].pk).update(title="改了名")
    assert now(place).things.endswith("联席会议：电梯协商\n另外办了微心愿")
    assert "联席会议：电梯协商" in page(secretary.get(url("report_things")))


def test_at_most_eight_are_offered_and_five_chosen(place, secretary, url):
    for number in range(9):
        place.add_meeting(f"第{number}次", LAKE, days_ago=number)
    keys = re.findall(r'name="chosen" value="([\w-]+)"', page(secretary.get(url("report_things"))))
    assert len(keys) == 8
    text = page(choose(secretary, url, *keys[:6]))
    assert "最多选5件，现在选了6件" in text
    assert choose(secretary, url, *keys[:5]).status_code == 302
    assert len(now(place).chosen) == 5


def test_what_is_not_offered_cannot_be_chosen(place, secretary, url):
    assert choose(secretary, url, f"meeting-{place.meeting['停车划线'].pk}").status_code == 200
    assert now(place).chosen == []


def test_last_years_problem_is_asked_after(place, secretary, url):
    assert "上年的问题" not in page(secretary.get(url("report_words")))
    past = {"state": "received", "problem": "电梯没装", "received_by": place.user["社区书记"]}
    past |= {"submitted_at": timezone.now(), "submitted_by": place.user["支部书记"], "received_at": timezone.now()}
    BranchReport.objects.create(branch=place.body[LAKE], year=place.today.year - 1, **past)
    text = page(secretary.get(url("report_words")))
    assert "电梯没装" in text
    assert save(secretary, url).status_code == 302  # 可以不写
    save(secretary, url, TEXTS | {"mended": "装了两部"})
    blocks = reports.content(now(place))["blocks"]
    assert blocks[0] == {"heading": "一、上年度问题整改", "lines": ["上年的问题：电梯没装", "装了两部"]}
    assert blocks[3]["lines"] == ["停车难", "车位少"]


def test_too_long_is_said_beside_the_box_and_nothing_is_lost(place, secretary, url):
    long = "长" * 201
    text = page(save(secretary, url, TEXTS | {"cause": long}))
    assert "最多200字，现在有201字" in text
    assert long in text
    assert now(place).problem == ""


def test_texts_are_kept_to_the_letter(place, secretary, url):
    """Full-width marks, the two wide spaces a paragraph begins with, line breaks as one character."""
    written = "　　５栋、６栋没人愿意当委员……“难”！\n《办法》：①先走访"
    save(secretary, url, TEXTS | {"problem": written.replace("\n", "\r\n")})
    assert now(place).problem == written
    assert save(secretary, url, TEXTS | {"cause": "字" * 198 + "\r\n尾"}).status_code == 302


@pytest.mark.parametrize("read", ["", "x", "-1", "9" * 30])
def test_a_broken_mark_is_no_fault(place, secretary, url, read):
    assert secretary.post(url("report_words"), {**TEXTS, "read": read}).status_code in (200, 409)
    assert now(place).problem == ""


def test_two_phones_show_both_texts_and_lose_none(place, secretary, url):
    read = mark_of(secretary, url("report_words"))
    save(secretary, url, TEXTS | {"plan": "先存的"}, read=read)
    response = save(secretary, url, TEXTS | {"plan": "后写的"}, read=read)
    assert response.status_code == 409
    assert "先存的" in page(response)
    assert "后写的" in page(response)
    assert "支部书记" in page(response)
    assert now(place).plan == "先存的"
    again = re.search(r'name="read" value="(\w+)"', page(response)).group(1)
    save(secretary, url, TEXTS | {"plan": "合起来"}, read=again)
    assert now(place).plan == "合起来"


def test_two_phones_choosing_different_things_show_both(place, secretary, url):
    read = mark_of(secretary, url("report_things"))
    choose(secretary, url, "joint", read=read)
    response = choose(secretary, url, done="后写的", read=read)
    assert response.status_code == 409
    assert "开联席会议1次" in page(response)
    assert "后写的" in page(response)


def test_different_steps_on_two_phones_do_not_collide(place, secretary, url):
    read = mark_of(secretary, url("report_words"))
    choose(secretary, url, "joint")
    assert save(secretary, url, read=read).status_code == 302


def test_two_phones_beginning_at_once_show_both_texts(place, secretary, url):
    BranchReport.objects.all().delete()
    read = mark_of(secretary, url("report_words"))
    save(secretary, url, TEXTS | {"plan": "先存的"}, read=read)
    assert save(secretary, url, TEXTS | {"plan": "后写的"}, read=read).status_code == 409
    assert now(place).plan == "先存的"


def test_pressing_save_twice_is_no_conflict(place, secretary, url):
    read = mark_of(secretary, url("report_words"))
    for _ in range(2):
        assert save(secretary, url, read=read).status_code == 302
    assert now(place).version == 2
    assert Trail.objects.filter(verb="assessments.report_saved").count() == 1


def test_what_is_being_written_is_kept_without_a_press(place, secretary, url):
    """static/js/report.js sends the form as it stands; the browser may die right after."""
    kept = save(secretary, url, TEXTS | {"plan": ""}, keep="1").json()
    assert now(place).problem == "停车难"
    assert "已存好" in kept["said"]
    again = save(secretary, url, TEXTS, read=kept["read"], keep="1")
    assert again.status_code == 200
    assert now(place).plan == "重新划线"
    assert Trail.objects.filter(verb="assessments.report_saved").count() == 1  # 一次坐下来记一笔
    assert "停车难" in page(secretary.get(url("report_words")))
    assert save(secretary, url, TEXTS | {"plan": "旧的"}, read=kept["read"], keep="1").status_code == 409
    assert save(secretary, url, TEXTS | {"plan": "长" * 201}, keep="1").status_code == 422
    assert now(place).plan == "重新划线"


def test_what_is_sent_after_the_session_ran_out_is_there_again(place, client, url):
    """Without script: the press meets the sign-in page, and after signing in the text stands in its boxes."""
    for name, sent in (("report_words", TEXTS), ("report_things", {"done": "自己写的一件"})):
        enter(client, place.user["支部书记"], anew=True)
        form = page(client.get(url(name)))
        hidden = dict(re.findall(r'name="(read|draft)" value="([^"]+)"', form))
        client.logout()
        assert "/login/" in client.post(url(name), {**sent, **hidden})["Location"]
        enter(client, place.user["支部书记"], anew=True)
        form = page(client.get(url(name)))
        assert all(text in form for text in sent.values())
        assert "登录到期前写的还在" in form
        hidden = dict(re.findall(r'name="(read|draft)" value="([^"]+)"', form))
        assert client.post(url(name), {**sent, **hidden}).status_code == 302
        assert "登录到期前写的还在" not in page(client.get(url(name)))
    assert (now(place).problem, now(place).done) == ("停车难", "自己写的一件")


# --- A number that is wrong --------------------------------------------------------------------------------------


def dispute(client, url, key="joint_meeting", claimed="2", **fields):
    return client.post(url("report_dispute", key), {"claimed": claimed, **fields})


def test_a_wrong_number_goes_to_the_liaison_and_holds_up_nothing(place, secretary, url):
    assert dispute(secretary, url, note="3月那次没录")["Location"] == url("report_numbers")
    text = page(secretary.get(url("report_numbers")))
    assert "等社区核对" in text
    assert "3月那次没录" in text
    found = todos.todos(place.user["联系干部"], place.today)
    assert [(t.rule, t.object, t.why) for t in found] == [
        ("number_disputed", "支部书记说联席会议是2", f"{LAKE} · 系统里是1 次")
    ]
    assert lines(place, "社区书记", place.today) == []  # 有联系干部
    hand_in(place, secretary, url)
    assert now(place).state == "submitted"


def test_without_a_liaison_the_community_checks_it(place, secretary, url):
    Assignment.objects.filter(user=place.user["联系干部"]).delete()
    dispute(secretary, url)
    for who in ("社区书记", "社区工作者"):
        assert ("number_disputed", "支部书记说联席会议是2", None) in lines(place, who, place.today), who
    assert lines(place, "邻社区书记", place.today) == []


def test_said_twice_it_is_one(place, secretary, url):
    for _ in range(2):
        dispute(secretary, url)
    assert Trail.objects.filter(verb="assessments.number_disputed").count() == 1
    dispute(secretary, url, claimed="3")
    assert [d.claimed for d in NumberDispute.objects.all()] == [3]


@pytest.mark.parametrize("claimed", ["", "x", "-1", "1.5", "9" * 30, "²", "1"])
def test_what_is_no_other_number_is_told(secretary, url, claimed):
    response = dispute(secretary, url, claimed=claimed)
    assert response.status_code == 200
    assert "错误：" in page(response)
    assert not NumberDispute.objects.exists()


def test_wide_digits_are_digits(secretary, url):
    dispute(secretary, url, claimed="２")
    assert NumberDispute.objects.get().claimed == 2


def test_a_number_that_is_none_is_not_found(secretary, url):
    assert secretary.get(url("report_dispute", "nothing")).status_code == 404


@pytest.mark.parametrize(("outcome", "word"), [("mended", "已更正"), ("stands", "经核对无误")])
def test_the_answer_is_read_on_the_report(place, secretary, liaison, url, outcome, word):
    dispute(secretary, url)
    address = reverse("report_correction", args=[NumberDispute.objects.get().pk])
    assert "看是哪些" in page(liaison.get(address))
    for words in ("三月的会已经补录", "改口"):
        liaison.post(address, {"outcome": outcome, "answer": words + "在册"})
    for name in ("report", "report_numbers"):
        text = page(secretary.get(url(name)))
        assert word in text
        assert "三月的会已经补录在册" in text
    assert Trail.objects.filter(verb="assessments.number_answered").count() == 1
    assert lines(place, "联系干部", place.today) == []
    dispute(secretary, url, claimed="5")  # 答复以后还不对，可以再提
    assert NumberDispute.objects.filter(outcome="").count() == 1


def test_an_answer_needs_words(secretary, liaison, url):
    dispute(secretary, url)
    address = reverse("report_correction", args=[NumberDispute.objects.get().pk])
    for sent in ({"outcome": "mended"}, {"answer": "已经补录在册"}, {"outcome": "x", "answer": "已经补录在册"}):
        assert "错误：" in page(liaison.post(address, sent))
    assert NumberDispute.objects.get().outcome == ""


def test_nobody_answers_their_own(place, liaison, community, url):
    """Said by the 联系干部 for the secretary, it is the community's to check."""
    dispute(liaison, url)
    assert lines(place, "联系干部", place.today) == []
    assert ("number_disputed", "联系干部说联席会议是2", None) in lines(place, "社区书记", place.today)
    address = reverse("report_correction", args=[NumberDispute.objects.get().pk])
    sent = {"outcome": "stands", "answer": "核对过没有错"}
    assert "请另一位同志核对" in page(liaison.post(address, sent))
    community.post(address, sent)
    assert NumberDispute.objects.get().answered_by == place.user["社区书记"]


def test_corrections_of_others_are_not_found(place, secretary, as_user, url):
    dispute(secretary, url)
    address = reverse("report_correction", args=[NumberDispute.objects.get().pk])
    for who in ("邻支部联系干部", "邻社区书记"):
        assert as_user(who).post(address, {"outcome": "stands", "answer": "核对过没有错"}).status_code == 404


# --- 代填 ---------------------------------------------------------------------------------------------------------


def offer(place, client, url):
    return client.post(url("report_offer"), {"version": now(place).version})


def test_filled_in_by_the_liaison_it_waits_for_the_secretary(place, secretary, liaison, url):
    assert "由您代填" in page(liaison.get(url()))
    save(liaison, url)
    assert offer(place, liaison, url)["Location"] == url()
    report = now(place)
    assert (report.state, report.filled_by, report.waits_for_secretary) == ("draft", place.user["联系干部"], True)
    text = page(secretary.get(url()))
    assert "联系干部" in text
    assert "代填" in text
    assert "看一看，确认提交" in text
    todo = todos.todos(place.user["支部书记"], date(place.today.year, 12, 7))[0]
    assert (todo.verb, "联系干部代填" in todo.why, "还没有提交" in todo.why) == ("看一看、点确认", True, True)
    submit(place, secretary, url)
    report = now(place)
    assert (report.state, report.submitted_by) == ("submitted", place.user["支部书记"])
    assert "代填，支部书记确认" in page(secretary.get(url()))


def test_whoever_fills_in_does_not_hand_in(place, liaison, url):
    save(liaison, url)
    offer(place, liaison, url)
    assert submit(place, liaison, url).status_code == 403
    assert "提交给北社区党委" not in page(liaison.get(url("report_check")))


def test_nobody_confirms_their_own_filling_in(place, secretary, liaison, url, as_user):
    """Also when the 联系干部 has become the branch's secretary meanwhile."""
    save(liaison, url)
    offer(place, liaison, url)
    grant(place, "联系干部", Role.BRANCH_SECRETARY, LAKE)
    response = as_user("联系干部").post(url("report_submit"), {"version": now(place).version}, follow=True)
    assert "要由支部书记本人确认" in page(response)
    assert now(place).state == "draft"


def test_a_secretary_who_is_also_liaison_writes_as_secretary(place, secretary, url):
    grant(place, "支部书记", Role.LIAISON, LAKE)
    hand_in(place, secretary, url)
    assert (now(place).filled_by, now(place).state) == (None, "submitted")


def test_what_is_changed_after_the_offer_must_be_offered_again(place, secretary, liaison, url):
    save(liaison, url)
    offer(place, liaison, url)
    save(liaison, url, TEXTS | {"plan": "又改了"})
    assert not now(place).waits_for_secretary
    offer(place, liaison, url)
    save(secretary, url, TEXTS | {"plan": "书记自己改的"})
    assert not now(place).waits_for_secretary
    assert "代填过" in page(secretary.get(url()))


def test_only_the_own_filling_in_is_offered(place, secretary, liaison, url):
    save(secretary, url)
    assert "不是您代填的" in page(client_follow(liaison, url, place))
    assert not now(place).waits_for_secretary


def client_follow(client, url, place):
    return client.post(url("report_offer"), {"version": now(place).version}, follow=True)


def test_an_unfinished_one_is_not_offered(place, liaison, url):
    save(liaison, url, TEXTS | {"plan": ""})
    assert "还没写：明年打算" in page(client_follow(liaison, url, place))
    assert not now(place).waits_for_secretary


SIGNED = {"signed_on": "昨天", "seen_by": "李一鸣"}


def sign(place, client, url, **fields):
    return client.post(url("report_signed"), {**SIGNED, "version": now(place).version, **fields})


def test_a_signed_paper_is_recorded_by_somebody_else(place, liaison, community, url):
    save(liaison, url)
    offer(place, liaison, url)
    assert "不能自己登记签字" in page(liaison.post(url("report_signed"), SIGNED, follow=True))
    assert "登记书记签字" in page(community.get(url()))
    assert sign(place, community, url)["Location"] == url()
    report = now(place)
    assert (report.state, report.submitted_by) == ("submitted", place.user["联系干部"])
    assert (report.seen_by, report.recorded_by) == ("李一鸣", place.user["社区书记"])
    assert report.signed_on == place.today - timedelta(days=1)
    assert "李一鸣在场，社区书记代录" in page(community.get(url()))
    assert Trail.objects.filter(verb="assessments.report_signed").count() == 1
    assert sign(place, community, url)["Location"] == url()  # 再按一次
    assert Trail.objects.filter(verb="assessments.report_signed").count() == 1


@pytest.mark.parametrize(
    "wrong", [{"signed_on": "明天"}, {"signed_on": ""}, {"seen_by": " "}, {"signed_on": "2月30日"}]
)
def test_a_signature_needs_its_day_and_who_saw_it(place, liaison, community, url, wrong):
    save(liaison, url)
    offer(place, liaison, url)
    assert "错误：" in page(sign(place, community, url, **wrong))
    assert now(place).state == "draft"


def test_nothing_is_signed_that_was_not_offered(place, secretary, community, url):
    save(secretary, url)
    response = community.post(url("report_signed"), SIGNED, follow=True)
    assert "没有在等书记确认" in page(response)
    assert now(place).state == "draft"


# --- Handing in --------------------------------------------------------------------------------------------------


def test_what_is_missing_is_named_with_the_way_to_its_box(place, secretary, url):
    save(secretary, url, TEXTS | {"cause": " ", "plan": ""})
    text = page(secretary.get(url("report_check")))
    assert "还有 2 处没写" in text
    assert f'href="{url("report_words")}#id_cause"' in text
    assert "提交给北社区党委" not in text
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
    save(secretary, url, TEXTS | {"plan": "另一个窗口改的"})
    response = secretary.post(url("report_submit"), {"version": checked}, follow=True)
    assert "刚才又改过" in page(response)
    assert now(place).state == "draft"


def test_after_handing_in_nothing_can_be_changed(place, secretary, liaison, url):
    read = mark_of(secretary, url("report_words"))
    hand_in(place, secretary, url)
    for client in (secretary, liaison):
        assert save(client, url, TEXTS | {"plan": "改"}, read=read)["Location"] == url()
        assert client.post(url("report_numbers"))["Location"] == url()
    assert "已经交上去了" in page(dispute(secretary, url))
    assert now(place).plan == "重新划线"


@pytest.mark.parametrize(("day", "late"), [(date(2026, 12, 20), False), (date(2026, 12, 21), True)])
def test_after_the_last_day_it_is_late_and_still_taken(place, day, late):
    report = place.report[LAKE]
    report.submitted_at = timezone.make_aware(timezone.datetime(day.year, day.month, day.day, 0, 30))
    assert report.is_late(date(2026, 12, 20)) is late
    report.comment = "补充数字"
    assert not report.is_late(date(2026, 12, 20))


@pytest.mark.parametrize(
    ("day", "words"),
    [
        (date(2026, 12, 7), "2026年12月20日前交，还有13天"),
        (date(2026, 12, 20), "2026年12月20日前交，今天是最后一天"),
        (date(2026, 12, 23), "截止日期（2026年12月20日）已过3天，仍可以交，会注明“迟交”"),
    ],
)
def test_the_days_left_are_told(day, words):
    assert days_left(date(2026, 12, 20), day) == words


# --- The community -----------------------------------------------------------------------------------------------


def test_a_draft_is_read_by_its_branch_only(place, as_user, secretary, url):
    save(secretary, url)
    for who in ("社区书记", "社区工作者", "镇党建办", "镇领导", "指导组"):
        text = page(as_user(who).get(url()))
        assert "停车难" not in text, who
        assert "还没有提交" in text
    assert "停车难" in page(as_user("联系干部").get(url("report_check")))


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
    save(secretary, url, TEXTS | {"problem": "晚上停车难"})
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
    grant(place, "支部书记", Role.COMMUNITY_SECRETARY, "北社区")
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


def test_only_the_branchs_secretary_and_liaison_write(place, as_user, url):
    for who, answer in {
        "社区书记": 403,
        "社区工作者": 403,
        "镇党建办": 403,
        "邻支部书记": 404,
        "邻支部联系干部": 404,
        "小区工作人员": 403,
    }.items():
        client = as_user(who)
        for step in ("report_numbers", "report_things", "report_words", "report_submit", "report_offer"):
            assert client.post(url(step), {**TEXTS, "read": "x", "version": 1}).status_code == answer, (who, step)
        assert client.get(url("report_check")).status_code == answer, who
    assert now(place).problem == ""


@pytest.mark.parametrize("year", [1999, 2014, 2999])
def test_a_year_that_is_none_is_not_found(place, secretary, year):
    for name in ("report", "report_numbers", "report_things", "report_words", "report_check"):
        assert secretary.get(reverse(name, args=[place.body[LAKE].pk, year])).status_code == 404


# --- To-dos ------------------------------------------------------------------------------------------------------


def grant(place, who, role, body):
    Assignment.objects.create(user=place.user[who], role=role, body=place.body[body], starts_on=date(2020, 1, 1))


def lines(place, who, day):
    return [(todo.rule, todo.object, todo.due_on) for todo in todos.todos(place.user[who], day)]


def test_writing_is_to_do_from_the_opening_until_it_is_handed_in(place, secretary, url):
    year = place.today.year
    due = date(year, 12, 20)
    assert ("report_open", f"{year}年度述职", due) not in lines(place, "支部书记", date(year, 11, 30))
    assert ("report_open", f"{year}年度述职", due) in lines(place, "支部书记", date(year, 12, 1))
    hand_in(place, secretary, url)
    assert ("report_open", f"{year}年度述职", due) not in lines(place, "支部书记", date(year, 12, 1))


def test_once_begun_it_stays_to_do_also_before_the_opening(place, secretary, url):
    save(secretary, url)
    todo = todos.todos(place.user["支部书记"], date(place.today.year, 11, 30))[0]
    assert "还没有提交，12月20日前交，还有20天" in todo.why


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


@pytest.mark.parametrize("step", ["report", "report_numbers", "report_things", "report_words", "report_check"])
def test_a_page_costs_no_more_than_a_composite_page_may(secretary, url, django_assert_max_num_queries, step):
    secretary.get(url(step))
    with django_assert_max_num_queries(30):
        secretary.get(url(step))


# --- Who has handed in -------------------------------------------------------------------------------------------


@pytest.fixture
def listed(place):
    return lambda name="reports": reverse(name, args=[place.today.year])


def test_the_list_tells_who_has_handed_in(place, secretary, community, url, listed):
    text = page(community.get(listed()))
    assert "已交0份；还没有交2份" in text
    assert text.index("公园党支部") < text.index(LAKE) or text.index(LAKE) < text.index("公园党支部")
    assert "山水党支部" not in text
    hand_in(place, secretary, url)
    text = page(community.get(listed()))
    assert "已交1份；还没有交1份" in text
    community.post(url("report_return"), {"comment": "改一改"})
    assert "其中退回修改1份" in page(community.get(listed()))


def test_the_list_keeps_the_order_of_the_areas(place, secretary, as_user, url, listed):
    before = page(as_user("镇党建办").get(listed()))
    order = sorted((LAKE, "公园党支部", "山水党支部"), key=before.index)
    hand_in(place, secretary, url)
    after = page(as_user("镇党建办").get(listed()))
    assert sorted(order, key=after.index) == order


def test_a_reminder_is_a_line_on_the_branchs_home(place, secretary, community, listed):
    community.post(listed("report_remind"), {"branch": place.body[LAKE].pk})
    assert "社区书记" in todos.todos(place.user["支部书记"], place.today)[0].why
    assert "提醒" in todos.todos(place.user["支部书记"], place.today)[0].why
    assert todos.todos(place.user["邻支部书记"], place.today) == []
    response = community.post(listed("report_remind"), follow=True)
    assert "已提醒1个支部" in page(response)  # 只剩公园：一周最多一次
    assert Trail.objects.filter(verb="assessments.report_reminded").count() == 2


def test_reminding_reaches_the_own_branches_only(place, liaison, community, listed):
    assert liaison.post(listed("report_remind"), {"branch": place.body["公园党支部"].pk}).status_code == 404
    for branch in ("x", "9" * 30, "-1"):
        assert community.post(listed("report_remind"), {"branch": branch}).status_code == 404
    liaison.post(listed("report_remind"))
    assert now(place, "公园党支部").reminded_at is None


def test_what_is_handed_in_is_not_reminded_of(place, secretary, community, url, listed):
    hand_in(place, secretary, url)
    community.post(listed("report_remind"), {"branch": place.body[LAKE].pk})
    assert now(place).reminded_at is None


def test_the_list_leaves_as_its_page_shows_it(place, secretary, community, url, listed):
    hand_in(place, secretary, url)
    sent = {"columns": ["state", "number", "by"], "purpose": "report"}
    response = community.post(listed("reports_export"), sent)
    sheet = load_workbook(io.BytesIO(response.getvalue())).worksheets[0]
    cells = [list(row) for row in sheet.iter_rows(values_only=True)]
    assert any({"北社区", "已提交", now(place).number, "支部书记"} <= set(row) for row in cells)
    assert not any("山水党支部" in row for row in cells)


@pytest.mark.parametrize("year", [1999, 2999])
def test_a_list_of_no_year_is_not_found(community, year):
    assert community.get(reverse("reports", args=[year])).status_code == 404
