"""Asking for the year's papers, making them, and who may open which."""

import io
import re
import socket
import zipfile

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from docx import Document
from pypdf import PdfReader

from assessments import annual, tasks
from assessments.models import BranchReport
from members.models import Person
from office.audit.models import Trail
from office.papers import builds
from office.papers.models import Build, State
from office.papers.pdf import PaperProblem
from tests.cast import enter

LAKE, PARK, HILL = "湖畔党支部", "公园党支部", "山水党支部"


@pytest.fixture
def batch(place):
    return annual.request_annual(place.town["西塘镇"], place.today.year, by=place.user["镇党建办"])


def paper(batch, branch, kind=annual.BRANCH):
    return Build.objects.get(batch=batch, branch__short_name=branch, kind=kind)


def text_of(data):
    text = "".join(page.extract_text() for page in PdfReader(io.BytesIO(data)).pages)
    return re.sub(r"\s|\u200b", "", text)


def text_of_word(build):
    return re.sub(r"\s", "", "".join(Document(builds.path_of(build)).element.body.itertext()))


def make(build):
    """What the worker does."""
    getattr(tasks, build.task.removeprefix("assessments."))(build.pk)
    build.refresh_from_db()
    return build


def pretend_made(batch, *branches):
    """Finished papers with a few bytes in them, quicker than printing."""
    for name in branches:
        finish(paper(batch, name), f"%PDF {name}".encode(), f"{name}材料.pdf")


def finish(build, data, name):
    builds.finish(builds.claim(build.pk), data, name)


def test_pdf_and_word_for_each_running_branch_and_the_town_one_annex_one_bundle(place, batch):
    rows = Build.objects.filter(batch=batch)
    for kind in (annual.BRANCH, annual.BRANCH_WORD):
        assert sorted(row.branch.short_name for row in rows if row.kind == kind) == sorted([LAKE, PARK, HILL])
    of_town = [row.task.removeprefix("assessments.") for row in rows if row.branch is None]
    assert sorted(of_town) == ["annex", "bundle", "town_word", "town_year"]
    assert paper(batch, LAKE).community == place.community["北社区"]


def test_asking_twice_gives_one_batch(place, as_user, batch):
    client = as_user("镇党建办")
    response = client.post(reverse("material_request"), {"year": place.today.year}, follow=True)
    assert response.redirect_chain == [(reverse("material_batch", args=[batch.pk]), 302)]
    assert "不用再点一次" in response.content.decode()
    assert Build.objects.batches().count() == 1


def test_the_button_asks_and_leads_to_the_batch(place, as_user):
    response = as_user("镇党建办").post(reverse("material_request"), {"year": place.today.year})
    batch = Build.objects.batches().get()
    assert response["Location"] == reverse("material_batch", args=[batch.pk])
    assert batch.requested_by == place.user["镇党建办"]


@pytest.mark.parametrize("year", ["", "abc", "1999", "2099", "9" * 400, "20２6x"])
def test_a_year_that_is_none_is_refused_kindly(as_user, place, year):
    response = as_user("镇党建办").post(reverse("material_request"), {"year": year}, follow=True)
    assert response.status_code == 200
    assert not Build.objects.exists()
    assert as_user("镇党建办").get(reverse("materials"), {"year": year}).status_code == 200


@pytest.mark.parametrize("who", ["镇领导", "社区书记", "支部书记", "指导组"])
def test_only_the_towns_office_asks(as_user, who):
    assert as_user(who).post(reverse("material_request"), {"year": 2025}).status_code == 403


# --- The papers themselves ---------------------------------------------------------------------------------------


def test_the_branchs_paper_prints_its_numbers_and_names(place, batch):
    place.add_post("丁小宁", LAKE, "org_member", how="elected")
    Person.objects.filter(name="丁小宁").update(name="丁䶮㛃")
    build = make(paper(batch, LAKE))
    assert build.state == State.DONE, build.error
    text = text_of(builds.path_of(build).read_bytes())
    assert "北社区湖畔小区支部委员会" in text
    assert f"{place.today.year}年度述职考核材料" in text
    assert "材料·未签发" in text
    assert "直管党员3名，其中正式党员3名、预备党员0名" in text
    assert "在职报到党员1名" in text
    assert "田大利" in text
    assert "丁䶮㛃" in text
    assert "2/3人，67%" in text
    assert "落实电梯协商" in text
    assert "缺书报" in text
    assert "重大事项未记录" in text
    assert "未开展" not in text
    assert "镇党建办生成" in text
    assert build.file_name == f"湖畔党支部{place.today.year}年度述职考核材料.pdf"


def test_the_towns_paper_sums_its_communities(place, batch):
    build = make(Build.objects.get(batch=batch, kind=annual.TOWN))
    assert build.state == State.DONE, build.error
    text = text_of(builds.path_of(build).read_bytes())
    assert "小区3个，已有党支部覆盖3个" in text
    assert "直管党员6名" in text
    assert "（一）北社区" in text
    assert "附件小区党支部一览" in text
    assert "海景" not in text


def test_the_annex_holds_the_same_figures(place, batch):
    from openpyxl import load_workbook

    build = make(Build.objects.get(batch=batch, kind=annual.ANNEX))
    assert build.state == State.DONE, build.error
    book = load_workbook(builds.path_of(build))
    assert book.sheetnames == ["支部一览", "会议汇总", "业委会一览", "问题清单"]
    rows = list(book["支部一览"].iter_rows(values_only=True))
    lake = dict(zip(rows[3], next(row for row in rows if row[2] == LAKE), strict=True))
    assert (lake["书记"], lake["直管党员"], lake["在职报到"], lake["七有（项）"]) == ("田大利", 3, 1, 6)
    found = [row for row in book["问题清单"].iter_rows(values_only=True) if row[1] == LAKE]
    assert ("北社区", LAKE, "活动室缺书报", "方案三、2") in found


def test_figures_stay_those_of_the_first_making(place, batch, monkeypatch):
    def refuse(*args, **kwargs):
        raise PaperProblem("缺字体")

    with monkeypatch.context() as broken:
        broken.setattr(annual.papers, "branch_pdf", refuse)
        failed = make(paper(batch, LAKE))
    assert (failed.state, failed.error) == (State.FAILED, "缺字体")
    place.add_member("新来的", LAKE, "湖畔")
    builds.retry(failed, by=place.user["镇党建办"])
    text = text_of(builds.path_of(make(failed)).read_bytes())
    assert "直管党员3名" in text


def test_an_empty_past_year_prints_unrecorded(place):
    batch = annual.request_annual(place.town["西塘镇"], 2021, by=place.user["镇党建办"])
    text = text_of(builds.path_of(make(paper(batch, LAKE))).read_bytes())
    assert "组织生活未记录" in text
    assert "会议决定未记录" in text
    town = text_of(builds.path_of(make(Build.objects.get(batch=batch, kind=annual.TOWN))).read_bytes())
    assert "组织生活未记录" in town


def test_the_page_says_what_the_paper_says(place, as_user, batch):
    build = make(paper(batch, LAKE))
    text = as_user("支部书记").get(reverse("material_read", args=[build.pk])).content.decode()
    assert "其中正式党员3名" in text
    assert "各月有记录的会议和组织生活：" in text
    assert "材料 · 未签发" in text
    whole = make(Build.objects.get(batch=batch, kind=annual.TOWN))
    assert "小区3个" in as_user("镇领导").get(reverse("material_read", args=[whole.pk])).content.decode()
    assert status(as_user("支部书记"), "material_read", whole.pk) == 404
    assert status(as_user("镇党建办"), "material_read", paper(batch, PARK).pk) == 404, "no figures yet"


def test_word_and_annex_print_the_figures_of_the_pdf(place, batch):
    make(paper(batch, LAKE))
    place.add_member("新来的", LAKE, "湖畔")
    text = text_of_word(make(paper(batch, LAKE, annual.BRANCH_WORD)))
    assert "直管党员3名" in text
    make(Build.objects.get(batch=batch, kind=annual.ANNEX))
    town = Build.objects.get(batch=batch, kind=annual.TOWN)
    assert town.figures is not None, "whoever is first freezes them where the PDF keeps them"
    kept = town.figures
    make(town)
    assert town.figures == kept


# --- Who sees what -----------------------------------------------------------------------------------------------


def status(client, name, *args, method="get"):
    response = getattr(client, method)(reverse(name, args=args))
    return response.status_code


def test_each_sees_the_papers_of_their_scope(place, as_user, batch):
    pretend_made(batch, LAKE, PARK, HILL)
    lake, park, hill = (paper(batch, name).pk for name in (LAKE, PARK, HILL))
    for who, opens in {
        "镇党建办": (200, 200, 200),
        "镇领导": (200, 200, 200),
        "社区书记": (200, 200, 404),
        "邻社区书记": (404, 404, 200),
        "联系干部": (200, 404, 404),
        "支部书记": (200, 404, 404),
        "邻支部书记": (404, 200, 404),
        "邻镇党建办": (404, 404, 404),
        "小区工作人员": (403, 403, 403),
    }.items():
        client = as_user(who)
        assert tuple(status(client, "material_file", pk) for pk in (lake, park, hill)) == opens, who


def test_the_batch_page_lists_only_ones_own_papers(place, as_user, batch):
    text = as_user("支部书记").get(reverse("material_batch", args=[batch.pk])).content.decode()
    assert LAKE in text
    assert PARK not in text
    assert "小区党建述职考核材料" not in text
    assert "共1份、2个文件" in text
    assert status(as_user("邻镇党建办"), "material_batch", batch.pk) == 404


def test_a_paper_not_yet_made_has_no_file(as_user, batch):
    assert status(as_user("镇党建办"), "material_file", paper(batch, LAKE).pk) == 404
    assert status(as_user("镇党建办"), "material_file", batch.pk) == 404


def test_a_word_file_is_taken_away_not_opened_and_leaves_a_trail(place, as_user, batch):
    build = make(paper(batch, LAKE, annual.BRANCH_WORD))
    client = as_user("支部书记")
    assert status(client, "material_file", build.pk) == 404
    response = client.post(reverse("material_download", args=[build.pk]))
    assert response["Content-Type"].endswith("wordprocessingml.document")
    assert response["Content-Disposition"].startswith("attachment; filename*=utf-8''")
    assert b"".join(response.streaming_content).startswith(b"PK")
    row = Trail.objects.get(verb="papers.downloaded")
    assert row.actor == place.user["支部书记"].pk
    assert row.changes == {"file": [None, f"湖畔党支部{place.today.year}年度述职考核材料.docx"]}


def test_downloads_end_at_ones_scope(as_user, batch):
    pretend_made(batch, LAKE)
    pk = paper(batch, LAKE).pk
    for who, answer in {
        "支部书记": 200,
        "指导组": 200,
        "邻支部书记": 404,
        "邻社区书记": 404,
        "小区工作人员": 403,
    }.items():
        assert status(as_user(who), "material_download", pk, method="post") == answer, who
    assert Trail.objects.filter(verb="papers.downloaded").count() == 2


def test_a_download_of_a_lost_file_is_told(as_user, batch):
    pretend_made(batch, LAKE)
    builds.path_of(paper(batch, LAKE)).unlink()
    response = as_user("镇党建办").post(reverse("material_download", args=[paper(batch, LAKE).pk]), follow=True)
    assert "请重新生成" in response.content.decode()
    assert not Trail.objects.filter(verb="papers.downloaded").exists()


def test_a_file_lost_from_the_disk_is_no_error(as_user, batch):
    pretend_made(batch, LAKE)
    builds.path_of(paper(batch, LAKE)).unlink()
    assert status(as_user("镇党建办"), "material_file", paper(batch, LAKE).pk) == 404
    response = as_user("镇党建办").post(reverse("material_zip", args=[batch.pk]), follow=True)
    assert "请重新生成" in response.content.decode()


def test_a_pdf_opens_in_the_browser_under_its_chinese_name(as_user, batch):
    pretend_made(batch, LAKE)
    response = as_user("支部书记").get(reverse("material_file", args=[paper(batch, LAKE).pk]))
    assert response["Content-Type"] == "application/pdf"
    assert response["Content-Disposition"].startswith("inline; filename*=utf-8''")
    assert b"".join(response.streaming_content).startswith(b"%PDF")


# --- The whole batch in one file ---------------------------------------------------------------------------------


def unzip(response):
    return zipfile.ZipFile(io.BytesIO(b"".join(response.streaming_content)))


def test_the_zip_holds_ones_own_papers_by_community_and_leaves_a_trail(place, as_user, batch):
    pretend_made(batch, LAKE, PARK, HILL)
    archive = unzip(as_user("社区书记").post(reverse("material_zip", args=[batch.pk])))
    assert archive.namelist() == ["北社区/湖畔党支部材料.pdf", "北社区/公园党支部材料.pdf"]
    assert archive.read("北社区/湖畔党支部材料.pdf") == "%PDF 湖畔党支部".encode()
    row = Trail.objects.get(verb="papers.downloaded")
    assert (row.actor, row.changes) == (place.user["社区书记"].pk, {"files": [0, 2]})


def test_names_in_the_zip_are_safe_and_each_once(place, as_user, batch):
    for name in (LAKE, PARK):
        finish(paper(batch, name), b"%PDF", "材料.pdf")
    community = place.community["北社区"]
    community.name = "../北/社区"
    community.save()
    names = unzip(as_user("镇党建办").post(reverse("material_zip", args=[batch.pk]))).namelist()
    assert names == ["－北－社区/材料.pdf", "－北－社区/材料（2）.pdf"]


def test_nothing_made_yet_is_said_not_zipped(as_user, batch):
    response = as_user("镇党建办").post(reverse("material_zip", args=[batch.pk]), follow=True)
    assert "还没有生成好的材料" in response.content.decode()
    assert not Trail.objects.filter(verb="papers.downloaded").exists()


# --- Retry, cancel, progress -------------------------------------------------------------------------------------


def fail(batch, name):
    builds.fail(builds.claim(paper(batch, name).pk), "缺字体，请告诉系统管理员。")


def test_a_running_batch_refreshes_itself_and_a_finished_one_does_not(as_user, batch, worker_alive):
    client, url = as_user("镇党建办"), reverse("material_batch", args=[batch.pk])
    response = client.get(url)
    text = response.content.decode()
    assert response["Refresh"] == "5"
    assert "已生成0个文件，共10个" in text
    assert "后台没有在工作" not in text
    builds.cancel(batch, by=None)
    response = client.get(url)
    text = response.content.decode()
    assert not response.has_header("Refresh")
    assert "已取消10个" in text


def test_a_silent_worker_is_told_in_plain_words(as_user, batch):
    text = as_user("镇党建办").get(reverse("material_batch", args=[batch.pk])).content.decode()
    assert "后台没有在工作，请告诉系统管理员" in text


def test_the_page_sends_again_what_nobody_holds(as_user, batch, sent):
    sent.clear()
    as_user("镇党建办").get(reverse("material_batch", args=[batch.pk]))
    assert len(sent) == 10


def test_what_failed_is_shown_with_its_reason_and_made_again(place, as_user, batch):
    fail(batch, LAKE)
    client = as_user("镇党建办")
    assert "缺字体，请告诉系统管理员。" in client.get(reverse("material_batch", args=[batch.pk])).content.decode()
    response = client.post(reverse("material_retry", args=[paper(batch, LAKE).pk]))
    assert response["Location"] == reverse("material_batch", args=[batch.pk])
    assert paper(batch, LAKE).state == State.QUEUED
    client.post(reverse("material_cancel", args=[batch.pk]))
    assert set(Build.objects.values_list("state", flat=True)) == {State.CANCELLED}
    client.post(reverse("material_retry", args=[batch.pk]))
    assert set(Build.objects.values_list("state", flat=True)) == {State.QUEUED}


@pytest.mark.parametrize("deed", ["material_retry", "material_cancel"])
def test_only_the_towns_office_starts_again_or_stops(as_user, batch, deed):
    for who, answer in {"镇领导": 403, "社区书记": 403, "支部书记": 403, "邻镇党建办": 404, "邻社区书记": 404}.items():
        assert status(as_user(who), deed, paper(batch, LAKE).pk, method="post") == answer, who
    assert paper(batch, LAKE).state == State.QUEUED


def test_starting_again_an_old_batch_leads_to_the_one_that_runs(place, as_user, batch):
    builds.cancel(batch, by=None)
    newer = annual.request_annual(place.town["西塘镇"], place.today.year, by=place.user["镇党建办"])
    response = as_user("镇党建办").post(reverse("material_retry", args=[batch.pk]))
    assert response["Location"] == reverse("material_batch", args=[newer.pk])


def test_what_failed_in_one_format_alone_is_named_and_made_again_alone(place, as_user, batch):
    finish(paper(batch, LAKE), b"%PDF", "材料.pdf")
    word = paper(batch, LAKE, annual.BRANCH_WORD)
    builds.fail(builds.claim(word.pk), "内容太多。")
    client = as_user("镇党建办")
    text = client.get(reverse("material_batch", args=[batch.pk])).content.decode()
    assert "Word：内容太多。" in text
    assert f'formaction="{reverse("material_retry", args=[word.pk])}"' in text
    assert "未能生成1个" in text
    client.post(reverse("material_retry", args=[word.pk]))
    assert paper(batch, LAKE, annual.BRANCH_WORD).state == State.QUEUED
    assert paper(batch, LAKE).state == State.DONE


def test_the_years_page_lists_batches_and_reports_in_scope(place, as_user, batch):
    text = as_user("社区书记").get(reverse("materials"), {"year": place.today.year}).content.decode()
    assert reverse("material_batch", args=[batch.pk]) in text
    assert LAKE in text
    assert HILL not in text
    assert "生成" + str(place.today.year) not in text
    assert "正在生成，看进度" in as_user("镇党建办").get(reverse("materials")).content.decode()
    assert "还没有生成" in as_user("社区书记").get(reverse("materials"), {"year": 2022}).content.decode()


def test_the_years_page_costs_the_same_for_more_branches(place, as_user, django_assert_max_num_queries):
    client = as_user("镇党建办")
    client.get(reverse("materials"))
    with django_assert_max_num_queries(12):
        client.get(reverse("materials"))


def test_states_of_reports_are_told(place, as_user):
    BranchReport.objects.filter(branch=place.body[PARK]).delete()
    text = as_user("社区书记").get(reverse("materials")).content.decode()
    assert text.count("还没有提交") == 2


# --- Text that means harm ----------------------------------------------------------------------------------------

NASTY = [
    "5 < 6 & 7 > 3",
    "<script>fetch('http://127.0.0.1:{port}/s')</script>",
    "<img src='http://127.0.0.1:{port}/i'>",
    "<link rel=stylesheet href='http://127.0.0.1:{port}/l'>",
    "<style>@import url(http://127.0.0.1:{port}/c);</style>",
    "<link rel=attachment href='file:///etc/hostname'>",
    "<svg><image href='http://127.0.0.1:{port}/v'/></svg>",
    "{{% include 'x' %}}{{{{ 7 }}}}",
    "䶮㛃𠅤𬱖",
    "<table><td colspan=100000000>",
]


@pytest.fixture
def listener():
    """A port of our own and how many connections came in."""
    heard = []
    server = socket.create_server(("127.0.0.1", 0))
    server.settimeout(0.05)

    def poll():
        while True:
            try:
                heard.append(server.accept())
            except TimeoutError:
                return heard

    yield server.getsockname()[1], poll
    server.close()


def test_what_a_secretary_typed_reaches_no_fetch_and_loses_nothing(place, batch, listener):
    port, poll = listener
    typed = [text.format(port=port) for text in NASTY]
    report = place.report[LAKE]
    report.done, report.problem = "；".join(typed[:5]), "；".join(typed[5:8])
    report.cause, report.plan = typed[8], typed[9]
    report.state, report.submitted_at, report.submitted_by = "submitted", timezone.now(), place.user["支部书记"]
    report.save()
    build = make(paper(batch, LAKE))
    assert build.state == State.DONE, build.error
    printed = text_of(builds.path_of(build).read_bytes())
    written = text_of_word(make(paper(batch, LAKE, annual.BRANCH_WORD)))
    for text in typed:
        assert re.sub(r"\s", "", text) in printed
        assert re.sub(r"\s", "", text) in written
    client = Client()  # the critic takes the typed braces for a tag left over
    enter(client, place.user["支部书记"])
    shown = client.get(reverse("material_read", args=[build.pk])).content.decode()
    assert "<script>fetch" not in shown
    assert "&lt;script&gt;fetch" in shown
    assert poll() == []


def test_a_character_no_font_draws_is_listed_on_the_paper(place, batch):
    report = place.report[LAKE]
    report.problem, report.cause, report.plan = "王𫝈来了", "无", "无"
    report.state, report.submitted_at, report.submitted_by = "submitted", timezone.now(), place.user["支部书记"]
    report.save()
    text = text_of(builds.path_of(make(paper(batch, LAKE))).read_bytes())
    assert "今年最大的问题。王〓来了" in text
    assert "字库中没有的字印作“〓”，请对照网页手写补上：U+2B748。" in text
    assert "王𫝈来了" in text_of_word(make(paper(batch, LAKE, annual.BRANCH_WORD)))
    assert "字库中没有的字" not in text_of(builds.path_of(make(paper(batch, PARK))).read_bytes())
