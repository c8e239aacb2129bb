"""汇编: cover, contents with true page numbers, every paper numbered through; it waits for all of them."""

import re

import pytest
from django.urls import reverse
from pypdf import PdfReader

from assessments import annual, tasks
from office.papers import builds
from office.papers.models import Build, State

LAKE, PARK, HILL = "湖畔党支部", "公园党支部", "山水党支部"


@pytest.fixture
def batch(place):
    return annual.request_annual(place.town["西塘镇"], place.today.year, by=place.user["镇党建办"])


def bound(batch):
    return Build.objects.filter(batch=batch, kind__in=annual.BOUND).order_by("pk")


def bundle_of(batch):
    return Build.objects.get(batch=batch, kind=annual.BUNDLE)


def make(build):
    getattr(tasks, build.task.removeprefix("assessments."))(build.pk)
    build.refresh_from_db()
    return build


def pretend_made(build):
    builds.finish(builds.claim(build.pk), b"%PDF", "材料.pdf")


def text_of(page):
    return re.sub(r"\s|\u200b", "", page.extract_text())


def test_it_binds_every_paper_under_numbers_that_run_through(batch):
    for build in bound(batch):
        make(build)
    build = make(bundle_of(batch))
    assert build.state == State.DONE, build.error
    assert build.file_name == f"西塘镇{build.year}年度述职考核材料汇编.pdf"
    reader = PdfReader(builds.path_of(build))
    pages = [text_of(page) for page in reader.pages]
    assert "汇编" in pages[0]
    assert "小区党支部材料3份" in pages[0]
    assert "未签发" in pages[0]
    contents = next(text for text in pages if text.startswith("目录"))
    assert contents.index("北社区") < contents.index("湖畔") < contents.index("南社区") < contents.index("山水")
    marks = {mark.title: reader.get_destination_page_number(mark) for mark in reader.outline}
    assert marks.pop("封面、目录") == 0
    assert list(marks)[1:] == [str(row.branch) for row in bound(batch)[1:]]
    front = min(marks.values())
    assert front % 2 == 0, "the first paper begins on a right-hand page"
    for title, at in marks.items():
        number = int(re.search(re.escape(title) + r"…+(\d+)", contents)[1])
        assert at == front + number - 1
        assert number % 2 == 1
        assert "年度述职考核材料" in pages[at]
        assert f"—{number}—" in pages[at]
    assert "—1—" not in "".join(pages[:front])
    for place, text in enumerate(pages[front:], start=1):
        assert not text or f"—{place}—" in text


def test_it_waits_for_the_last_paper_without_spending_an_attempt(batch, sent):
    *early, last = bound(batch)
    for build in early:
        pretend_made(build)
    waiting = make(bundle_of(batch))
    assert (waiting.state, waiting.attempt) == (State.QUEUED, 0)
    sent.clear()
    annual.send_bundle(early[0].pk)
    assert sent == []
    pretend_made(last)
    annual.send_bundle(last.pk)
    assert sent == [waiting.pk]


def test_without_one_paper_there_is_no_bundle_and_it_says_which(place, batch):
    *rest, last = bound(batch)
    for build in rest:
        pretend_made(build)
    builds.fail(builds.claim(last.pk), "内容太多。")
    bundle = make(bundle_of(batch))
    assert bundle.state == State.FAILED
    assert "还缺1份：山水党支部" in bundle.error


def test_making_the_missing_paper_again_takes_the_bundle_along(place, as_user, batch):
    *rest, last = bound(batch)
    for build in rest:
        pretend_made(build)
    builds.fail(builds.claim(last.pk), "内容太多。")
    make(bundle_of(batch))
    as_user("镇党建办").post(reverse("material_retry", args=[last.pk]))
    assert bundle_of(batch).state == State.QUEUED
    assert make(bundle_of(batch)).state == State.QUEUED, "it waits again"


def test_a_word_file_that_fails_holds_up_no_bundle(batch, monkeypatch):
    for build in bound(batch):
        pretend_made(build)
    word = Build.objects.filter(batch=batch, kind=annual.BRANCH_WORD).first()
    builds.fail(builds.claim(word.pk), "内容太多。")
    assert annual.bundle_may_begin(bundle_of(batch).pk)


def test_cancelled_in_the_middle_it_stops(batch, monkeypatch):
    for build in bound(batch):
        make(build)
    made = []

    def cancel_then_print(page, row, number=annual._numbered_from):
        made.append(row.pk)
        builds.cancel(row.batch, by=None)
        return number(page, row)

    monkeypatch.setattr(annual, "_numbered_from", cancel_then_print)
    build = make(bundle_of(batch))
    assert build.state == State.CANCELLED
    assert len(made) == 1
    assert build.file == ""


def test_only_the_town_sees_it(as_user, batch):
    for build in [*bound(batch), bundle_of(batch)]:
        pretend_made(build)
    pk = bundle_of(batch).pk
    for who, answer in {"镇党建办": 200, "镇领导": 200, "社区书记": 404, "支部书记": 404, "邻镇党建办": 404}.items():
        assert as_user(who).get(reverse("material_file", args=[pk])).status_code == answer, who
