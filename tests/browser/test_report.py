"""J2: a branch secretary signs in by a slip, says that a number is wrong, writes in two sittings and hands in; the
community sends it back once and takes it. Also by keyboard in the largest letters, and filled in by the 联系干部."""

import json
import re

import pytest

from tests.browser import look
from tests.browser.walker import WAYS

BRANCH, SECRETARY, LIAISON, COMMUNITY = "金桂苑党支部", "br01", "cad01", "sec01"
PROBLEM = "　　业委会换届拖了半年，５栋、６栋没有人愿意当委员……“难”！"
CAUSE = "前期走访不细，年轻党员上班忙、见面少。"
PLAN = "明年３月底前开好业主大会；\n每季度议事一次。"
MOST_TAPS, MOST_FIELDS = 20, 4
TWO_DAYS = "'-2 days'"


@pytest.fixture
def report(site):
    """The address of 金桂苑's report of this year, not begun; its season is open whatever the day."""
    branch, town, year = site.select(
        "SELECT id, town_id, CAST(strftime('%Y', 'now', '+8 hours') AS INTEGER) FROM areas_body WHERE short_name = ?",
        BRANCH,
    )[0]
    own = f"SELECT id FROM assessments_branchreport WHERE branch_id = {branch} AND year = {year}"
    site.write(f"DELETE FROM assessments_numberdispute WHERE report_id IN ({own})")
    site.write(f"DELETE FROM assessments_branchreport WHERE branch_id = {branch} AND year = {year}")
    site.write("DELETE FROM rulebook_townrule WHERE key = 'branch_report_opens'")
    columns = "town_id, key, value, basis, valid_from"
    values = f"{town}, 'branch_report_opens', '{json.dumps('01-01')}', '本镇通知', '2000-01-01'"
    site.write(f"INSERT INTO rulebook_townrule ({columns}) VALUES ({values})")
    yield Report(site, branch, year)
    site.write("DELETE FROM rulebook_townrule WHERE key = 'branch_report_opens'")


class Report:
    def __init__(self, site, branch, year):
        self.site, self.branch, self.year = site, branch, year
        self.address = f"/materials/report/{branch}/{year}/"

    def read(self, columns):
        rows = self.site.select(
            f"SELECT {columns} FROM assessments_branchreport WHERE branch_id = ? AND year = ?", self.branch, self.year
        )
        return rows[0] if rows else None

    def later(self):
        """Two days go by."""
        for table, days in {
            "accounts_loginslip": ("made_at", "expires_at", "used_at"),
            "assessments_branchreport": ("checked_at", "saved_at"),
            "assessments_numberdispute": ("said_at",),
            "django_session": ("expire_date",),
        }.items():
            moved = ", ".join(f"{day} = strftime('%Y-%m-%d %H:%M:%f', {day}, {TWO_DAYS})" for day in days)
            self.site.write(f"UPDATE {table} SET {moved}")


class Phone(look.Watched):
    """The secretary's device: counts taps and fields, and forgets what a dying browser forgets."""

    def __init__(self, chromium, site, way):
        super().__init__(None, site)
        self.chromium, self.way, self.taps, self.fields = chromium, way, 0, 0
        self.open([])

    def open(self, cookies):
        self.context = self.chromium.new_context(base_url=self.site.address, locale="zh-CN", **WAYS[self.way])
        self.context.set_default_timeout(15_000)
        self.context.add_cookies([*cookies, {"name": "text_size", "value": "l", "url": self.site.address}])
        viewport = WAYS[self.way]["viewport"]
        self.page = super().page(viewport["width"], viewport["height"])

    def die_and_start(self):
        """The battery is empty: only cookies with a day of their own are there afterwards."""
        kept = [cookie for cookie in self.context.cookies() if cookie["expires"] > 0]
        self.context.close()
        self.open(kept)

    def tap(self, role, words):
        self.taps += 1
        self.page.get_by_role(role, name=words).first.click()

    def fill(self, label, text):
        self.fields += 1
        self.page.get_by_label(label).first.fill(text)

    def sees(self, words):
        self.page.get_by_text(words).locator("visible=true").first.wait_for()

    def looks_well(self, weights):
        page = self.page
        page.wait_for_load_state()
        assert page.evaluate(look.SCROLL) <= 0, page.url
        assert weights.of_page(page, page.content()) <= look.MOST_BYTES["small"], page.url
        if self.way != "no_script":
            assert look.axe(page, colours=self.way == "desk") == [], page.url
        if self.way == "phone":
            assert look.small_targets(page) == [], page.url
        assert self.trouble == [], page.url


@pytest.fixture(params=WAYS)
def phone(request, chromium, site):
    phone = Phone(chromium, site, request.param)
    yield phone
    phone.context.close()


def make_slip(chromium, site):
    """The address on a slip that cad01 makes, in at most four clicks from home."""
    context = chromium.new_context(base_url=site.address, locale="zh-CN")
    page, clicks = context.new_page(), 0
    page.goto("/")
    page.get_by_label("账号").fill(LIAISON)
    page.get_by_label("口令").fill(site.passwords[LIAISON])
    page.get_by_role("button", name="登录").click()
    for role, words in (
        ("link", "述职考核"),
        ("link", "收述职"),
        ("link", "扫码登录条"),
        ("button", re.compile(f"开登录条.*{BRANCH}")),
    ):
        page.get_by_role(role, name=words).first.click()
        clicks += 1
    address = page.locator(".slip-url").inner_text()
    page.emulate_media(media="print")
    box = page.locator(".qr").bounding_box()
    assert min(box["width"], box["height"]) >= 25 / 25.4 * 96  # 印出来不小于25毫米
    context.close()
    assert clicks <= 4
    return address


def handed_in(site):
    """How many reports the community sees as handed in."""
    return site.select(
        "SELECT COUNT(*) FROM assessments_branchreport r JOIN areas_community c ON c.id = r.community_id "
        "WHERE c.name = '城东社区' AND r.state IN ('submitted', 'received') AND r.year = "
        "CAST(strftime('%Y', 'now', '+8 hours') AS INTEGER)"
    )[0][0]


def test_the_year_end_report_in_two_sittings(phone, chromium, site, report, weights):
    before = handed_in(site)
    slip = make_slip(chromium, site)
    page = phone.page
    page.goto(slip)
    phone.looks_well(weights)
    phone.tap("button", "我是，登录")
    phone.sees("还没有提交")
    phone.tap("link", f"{report.year}年度述职")
    phone.looks_well(weights)
    phone.tap("link", "开始：核对今年的数字")
    joint = site.select(
        "SELECT COUNT(*) FROM meetings_meeting WHERE branch_id = ? AND kind = 'joint_meeting' AND state <> 'draft' "
        "AND held_on BETWEEN ? AND date('now', '+8 hours')",
        report.branch,
        f"{report.year}-01-01",
    )[0][0]
    phone.sees(f"{joint} 次" if joint else "未记录")
    phone.looks_well(weights)
    phone.tap("link", re.compile("不对.*联席会议"))
    phone.looks_well(weights)
    phone.fill("应该是多少", str(joint + 1))
    phone.tap("button", "告诉社区")
    phone.sees("等社区核对")
    phone.tap("button", "看过了，下一步")
    listed = page.get_by_role("checkbox")
    listed.first.wait_for()
    assert listed.count() == 8
    for at in range(3):
        phone.taps += 1
        listed.nth(at).check()
    phone.looks_well(weights)
    phone.tap("button", "保存，下一步")
    phone.sees("今年最大的问题")
    phone.looks_well(weights)
    phone.fill("今年最大的问题", PROBLEM)
    phone.fill("为什么没解决好", CAUSE)
    if phone.way == "no_script":
        phone.tap("button", "先存着，以后再写")
        phone.sees("已保存，还没有提交")
    else:
        phone.sees("已存好")

    phone.die_and_start()
    report.later()
    page = phone.page
    page.goto("/")
    phone.sees("还没有提交")
    assert report.read("state") == ("draft",)
    phone.tap("link", f"{report.year}年度述职")
    phone.sees("还没有提交")
    phone.tap("link", "继续：问题和打算")
    assert page.get_by_label("今年最大的问题").input_value() == PROBLEM
    phone.fill("明年打算", PLAN)
    phone.tap("button", "保存，下一步")
    phone.sees("检查并提交")
    phone.looks_well(weights)
    again = page.url
    phone.tap("button", "提交给城东社区党委")
    phone.sees("交上去了")
    phone.looks_well(weights)
    assert phone.taps <= MOST_TAPS
    assert phone.fields <= MOST_FIELDS

    assert report.read("problem, cause, plan, state") == (PROBLEM, CAUSE, PLAN, "submitted")
    chosen, numbers, key = report.read("chosen, numbers, id")
    assert len(json.loads(chosen)) == 3
    assert ["联席会议", f"{joint} 次" if joint else "未记录", ""] in json.loads(numbers)
    page.goto(again)  # 回到“检查并提交”也交不了第二次
    phone.sees("交上去了")
    submitted = "SELECT COUNT(*) FROM audit_trail WHERE verb = 'assessments.report_submitted' AND object_id = ?"
    assert site.select(submitted, str(key)) == [(1,)]
    assert handed_in(site) == before + 1
    page.goto("/")
    assert "写述职" not in page.locator("main").inner_text()
    page.goto("/people/")  # 名单要口令
    phone.sees("看这一页要输口令")
    phone.looks_well(weights)


def test_the_wrong_number_is_checked_by_the_liaison(walker, site, report):
    walker.sign_in(SECRETARY, to=f"{report.address}numbers/joint_meeting/")
    walker.press("告诉社区")
    walker.sees("请写应该是多少")
    walker.looks_well()
    walker.fill("应该是多少", "99")
    walker.press("告诉社区")
    walker.sign_in(LIAISON)
    walker.follow("说联席会议是99")
    walker.sees("现在系统里")
    walker.looks_well()
    walker.page.get_by_label("经核对无误").check()
    walker.fill("答复支部", "查了会议记录，没有漏的")
    walker.press("答复书记")
    walker.sees("已答复")
    walker.looks_well()
    walker.sign_in(SECRETARY, to=report.address)
    walker.sees("查了会议记录，没有漏的")
    walker.looks_well()


def test_the_community_sends_a_report_back_and_takes_it(walker, site, report):
    write(walker, report, PLAN)
    walker.sign_in(COMMUNITY)
    walker.open_menu("述职考核")
    walker.follow("收述职")
    walker.sees("还没有交")
    walker.looks_well()
    walker.follow(BRANCH)
    walker.sees("每季度议事一次")
    walker.press("退回修改")
    walker.sees("请写明哪里要改")
    walker.looks_well()
    walker.fill("退回的话，写明哪里要改", "请补上换届的时间")
    walker.press("退回修改")
    walker.sees("已退回")
    walker.sign_in(SECRETARY)
    walker.sees("请补上换届的时间")
    write(walker, report, f"{PLAN}六月底前完成换届。")
    walker.sign_in(COMMUNITY, to=report.address)
    walker.sees("六月底前完成换届")
    walker.press("收下")
    walker.sees("已收下")
    walker.looks_well()
    assert report.read("state") == ("received",)


def test_filled_in_by_the_liaison_and_confirmed(walker, site, report):
    walker.sign_in(LIAISON, to=f"{report.address}words/")
    write_words(walker, PLAN)
    walker.press("填好了，请书记确认")
    walker.sees("书记确认以后才算交")
    walker.looks_well()
    walker.sign_in(COMMUNITY, to=report.address)
    walker.follow("登记书记签字")
    walker.sees("看着签字的人")
    walker.looks_well()
    walker.sign_in(SECRETARY)
    walker.sees("代填，您确认了才算交")
    walker.follow(f"{report.year}年度述职")
    walker.sees("共4步")
    walker.looks_well()
    walker.follow("看一看，确认提交")
    walker.press("确认提交给")
    walker.sees("交上去了")
    assert report.read("state, filled_by_id IS NOT NULL") == ("submitted", 1)


@pytest.mark.parametrize("walker", ["desk", "phone"], indirect=True)
def test_by_keyboard_in_the_largest_letters(walker, site, report):
    page, keys = walker.page, walker.page.keyboard
    page.goto(f"{report.address}words/")
    page.wait_for_selector("[name=username]:focus")  # 打开登录页，焦点就在账号框里
    keys.insert_text(SECRETARY)
    keys.press("Tab")
    keys.insert_text(site.passwords[SECRETARY])
    keys.press("Enter")
    walker.sees("今年最大的问题")
    walker.enter("特大")
    page.wait_for_selector("html[data-size=xl]")
    assert page.evaluate("parseFloat(getComputedStyle(document.body).fontSize)") >= 30
    walker.looks_well()
    walker.type("今年最大的问题", PROBLEM)
    walker.type("为什么没解决好", "原" * 201)
    walker.enter("保存，下一步")
    walker.sees("现在有201字")
    page.wait_for_selector("#errors:focus")
    walker.looks_well()
    assert page.get_by_label("今年最大的问题").input_value() == PROBLEM
    walker.type("为什么没解决好", CAUSE)
    walker.enter("保存，下一步")
    walker.sees("还有 1 处没写")
    page.wait_for_selector("#errors:focus")
    walker.enter("明年打算")
    page.wait_for_url("**/#id_plan")
    page.wait_for_selector("#id_plan:focus")
    keys.insert_text(PLAN)
    walker.enter("保存，下一步")
    walker.sees("提交后不能再改")
    walker.looks_well()
    walker.enter("提交给")
    walker.sees("交上去了")
    assert report.read("problem, cause, plan, state") == (PROBLEM, CAUSE, PLAN, "submitted")


def test_without_network_the_text_stays_and_is_kept_later(walker, site, report):
    if walker.way == "no_script":
        pytest.skip("没有脚本，不会自己存")
    walker.sign_in(SECRETARY, to=f"{report.address}words/")
    walker.sees("今年最大的问题")
    walker.context.set_offline(True)
    walker.page.get_by_label("今年最大的问题").press_sequentially("没有网的时候写的")
    walker.sees("还没有存上，不要关这一页")
    assert report.read("problem") is None
    walker.context.set_offline(False)
    walker.sees("已存好")
    assert report.read("problem") == ("没有网的时候写的",)


def test_two_phones_show_both_texts(walker, site, report):
    """Also where the script comes only after the first words were written, as it does on a slow line."""
    scripts = []
    walker.page.route("**/report.js", lambda route: scripts.append(route), times=1)
    walker.sign_in(SECRETARY, to=f"{report.address}words/")
    walker.sees("今年最大的问题")
    site.write(
        "INSERT INTO assessments_branchreport (branch_id, town_id, community_id, year, state, problem, cause, plan, done, mended, "
        "chosen, numbers, comment, seen_by, version, saved_at) "
        f"SELECT id, town_id, community_id, {report.year}, 'draft', '另一台手机写的', '', '', '', '', '[]', '[]', '', '', 2, "
        f"datetime('now') FROM areas_body WHERE id = {report.branch}"
    )
    walker.page.get_by_label("今年最大的问题").fill("这台手机写的")
    for script in scripts:
        script.continue_()
    if walker.way != "no_script":
        walker.sees("别处刚改过，还没有存上")
    walker.press("先存着")
    walker.sees("另一台手机写的")
    assert walker.page.get_by_label("今年最大的问题").input_value() == "这台手机写的"
    walker.looks_well()


def write(walker, report, plan):
    walker.sign_in(SECRETARY, to=f"{report.address}words/")
    write_words(walker, plan)
    walker.press("提交给")
    walker.sees("交上去了")


def write_words(walker, plan):
    for label, text in (("今年最大的问题", PROBLEM), ("为什么没解决好", CAUSE), ("明年打算", plan)):
        walker.page.get_by_label(label).first.fill(text)
    walker.press("保存，下一步")
