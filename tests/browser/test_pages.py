"""Every page by its fullest reader, on a desk and on a phone: filled, empty, and refused (ux §8)."""

import re

import pytest
from django.template.loader import render_to_string

from tests.browser import look
from tests.browser.site import READERS, SMALL_SCREENS
from tests.test_access import rows

# 只收表单的网址在 test_access 的表里没有 GET 行。
NAMES = sorted({name for name, method, *_ in rows() if method == "GET"})
# 不是从链接走到的页面，以及为什么。
NO_PAGE = {
    "import_batch": "要先传文件，见 test_roster",
    "import_undo": "要先导入，见 test_roster",
    "coverage_sheet": "文件",
    "election_again": "要先计票，见 test_election",
    "election_approved": "要先有结果，见 test_election",
    "election_ballots_pdf": "文件",
    "election_conclude": "要先计票，见 test_election",
    "election_report_pdf": "文件",
    "census_new": "试用镇已有一轮摸排，结束了才能再开始",
    "healthz": "给机器看的",
    "login": "已登录的人看不到，下面另查",
    "material_batch": "要先生成，见 test_materials",
    "material_file": "文件",
    "material_read": "要先生成，见 test_materials",
    "case_filed": "要先办结，见 tests/branches/test_case_pages.py",
    "case_reply": "镇领导签发的那一页，见 test_formation",
    "document_pdf": "文件",
    "document_template_file": "文件",
    "document_template_trial": "文件",
    "document_word": "文件",
    "draft_token": "给脚本的",
    "meeting_calendar": "文件",
    "meeting_decision_calendar": "文件",
    "meeting_file": "要先选在哪里开，见 test_filing",
    "meeting_record": "文件",
    "meeting_slip": "文件",
    "meeting_version": "要先改过，见 tests/meetings",
    "my_branch": "转到支部页",
    "my_compound": "转到小区页",
    "person_merge_undo": "要先合并，见 tests/members/test_merging.py",
    "report_check": "要先写，见 test_report",
    "guidance_send": "试用镇每个社区都派了，见 tests/branches/test_guidance.py",
    "import_errors": "文件",
    "roster_template": "文件",
    "compounds_template": "文件",
    "branches_template": "文件",
    "branch_file": "文件",
    "wall_sheet": "文件",
    "venue_photo_file": "文件",
    "report_signed": "要先代填，见 test_report",
    "slip": "从纸上的码打开，见 test_report",
    "slip_unlock": "用条登录的设备才有，见 test_report",
    "text_size": "转回原页",
}
every_page = pytest.mark.parametrize("name", [name for name in NAMES if name not in NO_PAGE])
NOBODY = "查不到的人和事"
# 交一张空表会被拒绝的那些表单：有必填的格子。
WITH_REQUIRED = """() => [...document.querySelectorAll('main form')]
  .map((form, at) => [at, form.querySelectorAll('[required]:not([type=hidden])').length])
  .filter(([, required]) => required).map(([at]) => at)"""
EMPTY = """form => form.querySelectorAll('input:not([type=hidden]),textarea,select').forEach(
  field => { if (/radio|checkbox/.test(field.type)) field.checked = false; else field.value = ''; })"""


def fullest(walks, name, readers):
    """(reader, path, text) of the page with most on it, or None where none of the readers came there."""
    found = [
        (len(text), -at, path)
        for at, reader in enumerate(readers)
        for path, text in walks[reader].get(name, {}).items()
        if text
    ]
    if not found:
        return None
    _, at, path = max(found)
    return readers[-at], path, walks[readers[-at]][name][path]


def shown_pages(walks, name):
    """The fullest page of staff and administrators, and of branch and compound, whose letters are larger."""
    staff = tuple(reader for reader in READERS if reader not in SMALL_SCREENS)
    found = [fullest(walks, name, staff), fullest(walks, name, SMALL_SCREENS)]
    return [each for each in found if each]


def inspect(page, watched):
    """The bars that hold for every opened page whatever it says, at both widths."""
    page.set_viewport_size({"width": look.WIDE, "height": 780})
    assert look.axe(page) == [], page.url
    inspect_on_a_phone(page, watched, colours=False)


def inspect_on_a_phone(page, watched, *, colours=True):
    """The same without the desk's width: for what a page says besides, when it was seen at both widths before."""
    site, where = watched.site, page.url
    assert look.foreign_words(page, site.usernames) == [], where
    assert page.evaluate(look.SMALLEST_TEXT) >= look.SMALLEST_LETTER, where
    assert look.sideways(page) == {}, where
    page.set_viewport_size({"width": look.NARROW, "height": 780})
    assert look.axe(page, colours=colours) == [], f"{where} 手机宽"
    assert look.small_targets(page) == [], where
    assert watched.trouble == [], where


@every_page
def test_a_page_can_be_reached_by_links(walks, name):
    reached = len(shown_pages(walks, name))
    assert reached, "没有读者能顺着链接走到这里"


def test_no_link_leads_to_a_closed_door(walks, visitors):
    assert {visitor.username: visitor.dead for visitor in visitors.values() if visitor.dead} == {}


NUMBERS = re.compile(r"(?<![0-9])(?:1[3-9][0-9]{9}|[0-9]{17}[0-9X])(?![0-9])")


def test_no_page_shows_a_whole_number(walks, site):
    """Telephones and 公民身份号码 stay masked for every reader until they are asked for with a reason (Q22); of those
    who work here the office shows whom to call."""
    colleagues = {phone for (phone,) in site.select("SELECT phone FROM accounts_user")}
    shown = {
        (reader, path): found
        for reader, pages in walks.items()
        for texts in pages.values()
        for path, text in texts.items()
        if (found := set(NUMBERS.findall(text)) - colleagues)
    }
    assert shown == {}


@every_page
def test_a_filled_page(walks, signed_in, weights, name):
    for reader, path, text in shown_pages(walks, name):
        watched = signed_in(reader)
        page = watched.tab()
        assert look.shift(page, path) == 0, f"{path} 打开时跳动"
        kind = "small" if reader in SMALL_SCREENS else "staff"
        weight = weights.of_page(page, text)
        assert weight <= look.MOST_BYTES[kind], f"{path}：{weight} 字节"
        assert page.evaluate(look.NODES) <= look.MOST_NODES, path
        assert len(page.evaluate(look.LOADED)) < look.MOST_REQUESTS, path
        inspect(page, watched)


@every_page
def test_an_empty_list(walks, signed_in, name):
    for reader, path, text in shown_pages(walks, name):
        if not re.search(r'<main.*<input[^>]*type="search"', text, re.S):
            continue
        watched = signed_in(reader)
        page = watched.tab()
        page.goto(path)
        box = page.locator("main form[method=get] input[type=search]").first
        box.fill(NOBODY)
        box.press("Enter")
        page.wait_for_url(re.compile(r"\?"))
        said = page.locator("main").inner_text()
        assert re.search("没有|没找到|后面没有了", said), f"{page.url} 没有说没找到"
        inspect_on_a_phone(page, watched)


@every_page
def test_an_empty_form_is_told_what_it_lacks(walks, signed_in, name):
    for reader, path, text in shown_pages(walks, name)[-1:]:
        if " required" not in text:
            continue
        watched = signed_in(reader)
        page = watched.tab()
        page.goto(path)
        for at in page.evaluate(WITH_REQUIRED):
            page.set_viewport_size({"width": look.WIDE, "height": 780})
            page.goto(path)
            hand_in_empty(page, at)
            inspect_on_a_phone(page, watched)


def test_nobody_is_found(signed_in):
    watched = signed_in("sec01")
    page = watched.tab()
    page.goto("/")
    box = page.get_by_role("searchbox", name="查找")
    box.fill(NOBODY)
    box.press("Enter")
    page.get_by_text("没有找到").wait_for()
    inspect(page, watched)


def hand_in_empty(page, at=0):
    form = page.locator("main form").nth(at)
    form.evaluate("form => form.closest('details')?.setAttribute('open', '')")
    form.evaluate(EMPTY)
    form.locator("button").first.click()
    page.wait_for_selector("#errors:focus")  # 页面到了以后，光标才移过去
    assert page.title().startswith("错误：")
    # 每一处都能点到它的格子。
    for link in page.locator("#errors a").all():
        assert page.locator(f"[id='{link.get_attribute('href')[1:]}']").count() == 1


# ── Outside the walk: before signing in, and when something is wrong ──


@pytest.fixture
def stranger(chromium, site):
    """A browser nobody has signed in with."""
    context = chromium.new_context(viewport={"width": look.WIDE, "height": 780}, base_url=site.address)
    yield look.Watched(context, site)
    context.close()


def test_the_sign_in_page(stranger, weights):
    page = stranger.tab()
    page.goto("/trail/?q=1")
    assert "/login/" in page.url
    assert weights.of_page(page, page.content()) <= look.MOST_BYTES["small"]
    inspect(page, stranger)
    page.goto("/login/")
    hand_in_empty(page)
    inspect(page, stranger)


@pytest.mark.parametrize(
    ("reader", "path", "status"), [("br01", "/nowhere/", 404), ("br01", "/compounds/", 403), ("sec01", "/%00", 404)]
)
def test_pages_of_refusal(signed_in, reader, path, status):
    watched = signed_in(reader)
    page = watched.tab()
    assert page.goto(path).status == status
    assert page.locator("main a.btn").count() >= 1
    inspect(page, watched)


def test_a_form_that_is_too_old_keeps_the_text(stranger, site):
    page = stranger.tab()
    page.goto("/login/")
    sign_in(page, site, "br02")
    page.goto("/feedback/")
    text = "写了很久的一段话，不该丢，请原样还给我"
    page.fill("textarea", text)
    stranger.context.clear_cookies(name="csrf")
    page.locator("main form[method=post] button").first.click()
    page.wait_for_selector("h1")
    assert text in page.locator("main").inner_text() or text in page.locator("main textarea").input_value()
    inspect(page, stranger)


def sign_in(page, site, username, password=None):
    page.fill("[name=username]", username)
    page.fill("[name=password]", password or site.passwords[username])
    page.locator("main form button").click()
    page.wait_for_url(lambda url: "/login/" not in url)


@pytest.mark.parametrize("status", [400, 429, 500])
def test_pages_that_must_not_happen(stranger, site, status):
    """Shown as they are sent: the template alone, without a context."""
    page = stranger.tab()
    html = render_to_string(f"{status}.html", {})
    page.route("**/broken/", lambda route: route.fulfill(body=html, content_type="text/html; charset=utf-8"))
    page.goto(f"{site.address}/broken/")
    inspect(page, stranger)


def test_the_line_of_the_trial(signed_in, site):
    """The demo bar, which accounts with passwords of their own do not have."""
    site.write("UPDATE accounts_user SET is_demo = 1 WHERE username = 'cad01'")
    watched = signed_in("cad01")
    page = watched.tab()
    try:
        page.goto("/")
        assert page.locator(".demo").is_visible()
        inspect(page, watched)
    finally:
        site.write("UPDATE accounts_user SET is_demo = 0 WHERE username = 'cad01'")
