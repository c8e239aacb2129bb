"""操作记录: only the auditor of the town reads, proves and exports it."""

import io
from datetime import timedelta

import pytest
from django.db import transaction
from django.utils import timezone
from openpyxl import load_workbook

from accounts import deeds
from accounts.roles import Role
from office.audit import trail
from office.audit.models import Trail


@pytest.fixture
def deeds_done(place):
    by = place.user["安全管理员"]
    deeds.grant(
        place.user["社区工作者"], Role.LIAISON, body=place.body["湖畔党支部"], reason="西塘委〔2026〕12号", by=by
    )
    deeds.disable(place.user["邻支部书记"], reason="调离", by=place.user["系统管理员"])
    deeds.disable(place.user["邻镇党建办"], reason="别镇的事", by=None)


def rows_of(client, query=""):
    page = client.get(f"/trail/{query}").content.decode()
    return page.split("<tbody>")[1].split("</tbody>")[0] if "<tbody>" in page else ""


@pytest.mark.parametrize("reader", ["镇党建办", "镇领导", "系统管理员", "安全管理员", "支部书记"])
def test_nobody_but_the_auditor(as_user, reader):
    client = as_user(reader)
    assert client.get("/trail/").status_code == 403
    assert client.post("/trail/verify/").status_code == 403
    assert client.get("/trail/export/").status_code == 403
    assert client.post("/trail/export/", {"purpose": "x"}).status_code == 403


def test_auditor_reads_sentences_of_the_own_town(as_user, deeds_done):
    rows = rows_of(as_user("审计管理员"))
    assert "安全管理员 <strong>授予职责</strong>" in rows
    assert "职责：湖畔党支部 社区联系干部" in rows
    assert "理由：西塘委〔2026〕12号" in rows
    assert "启用：是 → 否" in rows
    assert "别镇的事" not in rows


@pytest.mark.parametrize(
    ("query", "shown", "hidden"),
    [
        ("?actor=安全", "授予职责", "停用账号"),
        ("?verb=accounts.user_disabled", "停用账号", "授予职责"),
        ("?label=社区工作", "授予职责", "停用账号"),
        ("?since=今天&until=今天", "授予职责", "别镇的事"),
    ],
)
def test_filters(as_user, deeds_done, query, shown, hidden):
    rows = rows_of(as_user("审计管理员"), query)
    assert shown in rows
    assert hidden not in rows


@pytest.mark.parametrize("query", ["?until=昨天", "?since=明天", "?actor=无此人"])
def test_filter_that_finds_none_says_so(as_user, deeds_done, query):
    assert "没有符合的记录" in as_user("审计管理员").get(f"/trail/{query}").content.decode()


@pytest.mark.parametrize("query", ["?since=32号", "?actor=%00", "?verb=nope"])
def test_filter_that_cannot_be_read_shows_its_error_and_no_rows(as_user, deeds_done, query):
    client = as_user("审计管理员")
    assert "处需要修改" in client.get(f"/trail/{query}").content.decode()
    assert rows_of(client, query) == ""
    assert "共 0 条" in client.get(f"/trail/export/{query}").content.decode()


def test_history_of_one_object(place, as_user, deeds_done):
    pk = place.user["社区工作者"].pk
    client = as_user("审计管理员")
    assert f"?model=accounts.user&amp;object={pk}" in rows_of(client)
    rows = rows_of(client, f"?model=accounts.user&object={pk}")
    assert "授予职责" in rows
    assert "停用账号" not in rows


def test_pages_of_fifty_newest_first(place, as_user, django_assert_max_num_queries):
    client = as_user("审计管理员")
    client.get("/trail/")
    with transaction.atomic():
        for number in range(60):
            trail.record("accounts.phone_changed", place.user["联系干部"], by=None, reason=f"第{number:02d}条")
    with django_assert_max_num_queries(4):
        page = client.get("/trail/?verb=accounts.phone_changed").content.decode()
    assert "第59条" in page
    assert "第09条" not in page
    older = page.split('rel="next"')[0].split('href="')[-1].split('"')[0].replace("&amp;", "&")
    second = client.get(f"/trail/{older}").content.decode()
    assert "第09条" in second
    assert "回到最新" in second
    assert client.get("/trail/?before=%27--").status_code == 200


def test_unknown_verbs_and_fields_are_shown_as_they_are(place, as_user):
    town = place.town["西塘镇"]
    odd = {"odd": (None, ["甲", "乙"]), "none": ("", None), "three": ("一", "二", "三"), "county": ("甲县", "")}
    with transaction.atomic():
        trail.record("a.b", town, by=None, town=town.pk, changes=odd)
    rows = rows_of(as_user("审计管理员"))
    for words in ("a.b", "odd：甲、乙", "three：一 → 二 → 三", "所属县（市、区）：甲县 → 空"):
        assert words in rows
    assert "none" not in rows


@pytest.mark.parametrize("model", ["gone.model", "", "a.b.c", "x" * 60])
def test_rows_of_models_that_are_gone_are_still_shown(place, as_user, model):
    Trail.objects.create(
        town=place.town["西塘镇"].pk, at=timezone.now(), actor_name="张三", verb="a.b", model=model, object_id="1",
        object_label="从前的东西", changes={"x": ["", "y"]}, previous_hash="0" * 64, hash="1" * 64,
    )  # fmt: skip
    assert "从前的东西" in rows_of(as_user("审计管理员"))


def test_verifying_says_whole_and_leaves_a_row(as_user, deeds_done):
    client = as_user("审计管理员")
    assert client.get("/trail/verify/").status_code == 405
    assert "是完整的" in client.post("/trail/verify/").content.decode()
    row = Trail.objects.latest("id")
    assert (row.verb, row.result) == ("audit.verified", "whole")


def test_verifying_points_at_the_broken_row(place, as_user, deeds_done):
    town = place.town["西塘镇"].pk
    Trail.objects.create(
        town=town, at=timezone.now(), actor_name="张三", verb="forged", model="x", object_id="1",
        object_label="假的", previous_hash="0" * 64, hash="1" * 64,
    )  # fmt: skip
    page = as_user("审计管理员").post("/trail/verify/").content.decode()
    assert "操作记录不完整" in page
    assert "假的" in page
    assert Trail.objects.latest("id").result == "broken"


def test_export_states_its_purpose_on_the_sheet_and_in_the_trail(place, as_user, deeds_done):
    client = as_user("审计管理员")
    url = "/trail/export/?verb=accounts.user_disabled"
    assert "请填写用途" in client.post(url, {"purpose": ""}).content.decode()
    answer = client.post(url, {"purpose": "年度自查"})
    sheet = load_workbook(io.BytesIO(b"".join(answer.streaming_content))).active
    text = [[cell.value for cell in row] for row in sheet.iter_rows()]
    assert "年度自查" in text[1][0]
    assert [row[3] for row in text[3:]] == ["停用账号"]
    assert "年度自查" in sheet.oddFooter.left.text
    row = Trail.objects.latest("id")
    assert (row.verb, row.reason, row.changes["rows"]) == ("audit.exported", "年度自查", ["", 1])


def test_export_holds_what_was_there_before_it(as_user, deeds_done):
    answer = as_user("审计管理员").post("/trail/export/", {"purpose": "年度自查"})
    sheet = load_workbook(io.BytesIO(b"".join(answer.streaming_content))).active
    assert [row[3].value for row in sheet.iter_rows(min_row=4)] == ["授予职责", "停用账号"]


def test_export_of_a_hostile_name_is_text(place, as_user):
    person = place.user["联系干部"]
    person.name = "=1+1"
    person.save()
    deeds.change_phone(person, "", by=person)
    answer = as_user("审计管理员").post("/trail/export/", {"purpose": "=2+2"})
    sheet = load_workbook(io.BytesIO(b"".join(answer.streaming_content))).active
    assert not [cell for row in sheet.iter_rows() for cell in row if cell.data_type == "f"]


def test_too_long_an_export_is_asked_to_be_narrowed(as_user, deeds_done, monkeypatch):
    monkeypatch.setattr("accounts.trail_views.MOST_EXPORTED", 1)
    client = as_user("审计管理员")
    assert "请先按日期" in client.get("/trail/export/").content.decode()
    assert client.post("/trail/export/", {"purpose": "x"}).status_code == 200
    assert not Trail.objects.filter(verb="audit.exported").exists()


def test_last_day_of_the_filter_is_included(place, as_user, monkeypatch):
    at = timezone.localtime().replace(hour=23, minute=59) - timedelta(days=3)
    monkeypatch.setattr("office.audit.trail.timezone.now", lambda: at)
    deeds.change_phone(place.user["联系干部"], "", by=place.user["联系干部"])
    monkeypatch.undo()
    day = at.strftime("%Y-%m-%d")
    assert "修改联系电话" in rows_of(as_user("审计管理员"), f"?since={day}&until={day}")
