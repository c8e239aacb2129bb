"""J3: two compounds become one joint branch — 请示, 退回, 镇党委会, 批复 — and the branch stands the moment it is signed."""

from datetime import date, timedelta

import pytest

MOST_CLICKS, MOST_FIELDS, MOST_FOR_THE_TOWN = 12, 2, 3
NAME = "中共示范镇城东社区金桂苑、滨河一号联合支部委员会"
SHORT = "金桂苑、滨河一号联合党支部"
REASON = "请补充书记人选来源"


class Counted:
    """One person's clicks and fields, counted over all their turns; signing in counts once."""

    def __init__(self, walker):
        self.walker, self.page, self.clicks, self.fields = walker, walker.page, 0, 0

    def follow(self, words):
        """A to-do below the first twenty is unfolded first, which is one click more."""
        links = self.page.get_by_role("link", name=words, include_hidden=True)
        links.first.wait_for(state="attached")
        if not links.locator("visible=true").count():
            self.unfold("还有")
        self.clicks += 1
        links.locator("visible=true").first.click()

    def press(self, words):
        self.clicks += 1
        self.walker.press(words)

    def unfold(self, words):
        self.clicks += 1
        self.page.get_by_text(words).first.click()

    def choose(self, words):
        self.clicks += 1
        self.page.get_by_label(words, exact=True).check()

    def fill(self, label, text):
        self.fields += 1
        self.page.get_by_label(label).fill(text)


def one(site, sql, *parameters):
    (row,) = site.select(sql, *parameters)
    return row


@pytest.mark.usefixtures("town_as_it_was")
def test_a_joint_branch_is_asked_for_sent_back_and_granted(walker, site):
    secretary, today = Counted(walker), date.today()
    next_number = site.select("SELECT last + 1 FROM papers_numberregister WHERE word = '示委' AND year = ?", today.year)
    walker.sign_in("sec01")
    secretary.clicks = 1
    asks(walker, secretary, today)

    town = Counted(walker)
    walker.sign_in("town01")
    town.follow("滨河一号")
    walker.sees("请示等镇审核")
    walker.looks_well()
    town.fill("退回理由", REASON)
    town.press("退回修改")
    walker.sees("已退回")
    assert town.clicks <= MOST_FOR_THE_TOWN

    walker.sign_in("sec01")
    walker.sees(f"退回理由：{REASON}")
    secretary.follow("滨河一号")
    assert walker.text.index(REASON) < walker.text.index("直管党员")  # 理由先看到
    walker.looks_well()
    secretary.choose("小区选拔")
    secretary.press("保存并再次报送")
    walker.sees("已保存并再次报送")

    town = Counted(walker)
    walker.sign_in("town01")
    town.follow("滨河一号")
    town.press("同意")
    walker.sees("已同意，送签发")
    assert town.clicks <= MOST_FOR_THE_TOWN

    walker.sign_in("sec01")
    secretary.follow("滨河一号")
    secretary.follow("签发请示")
    secretary.press("签发")
    walker.sees("已签发，编了号")
    assert secretary.clicks <= MOST_CLICKS
    assert secretary.fields <= MOST_FIELDS

    meets(walker, today)
    signs(walker)
    if walker.way == "desk":
        site.start_worker()
    stands_in_the_books(site, today, next_number)
    if walker.way == "desk":
        kept = "SELECT COUNT(*) FROM papers_archivedfile WHERE document_id = (SELECT MAX(id) FROM papers_document)"
        site.until(lambda: site.select(kept) == [(2,)])
    walker.sign_in("br01")
    walker.open_menu("我的支部")
    walker.sees(SHORT)
    walker.looks_well()


def asks(walker, secretary, today):
    """From the gap on the home page to the 请示 that waits for the town."""
    secretary.unfold("缺项")
    secretary.follow("选联合对象：滨河一号")
    walker.sees("2＋17＝19")
    walker.sees("2＋3＝5")
    walker.looks_well()
    secretary.follow("选这个，写请示")
    assert walker.page.get_by_label("全称").input_value() == NAME
    studied = today - timedelta(days=2)
    secretary.fill("社区党委会研究日期", f"{studied.month}月{studied.day}日")
    secretary.press("下一步")
    walker.sees("报送这份请示？")
    walker.sees("合计直管党员19名")
    walker.looks_well()
    secretary.press("报送镇党委")
    walker.sees("已报送")


def meets(walker, today):
    """镇党委会: date, the proposed item, the term as the 批复 has it."""
    town = Counted(walker)
    walker.sign_in("town01")
    town.follow("上镇党委会：金桂苑、滨河一号")
    walker.looks_well()
    town.fill("镇党委会日期", f"{today.month}月{today.day}日")
    town.choose("5年")
    town.press("记下镇党委会决定")
    walker.sees("批复已起草，送镇领导签发")
    walker.looks_well()
    assert town.clicks <= MOST_FOR_THE_TOWN


def signs(walker):
    leader = Counted(walker)
    walker.sign_in("town02")
    leader.follow("滨河一号")
    leader.follow("签发批复")
    walker.sees("金桂苑党支部到昨天为止")
    walker.looks_well()
    leader.press("签发")
    walker.sees("已签发，已经生效")
    walker.looks_well()
    assert leader.clicks <= MOST_FOR_THE_TOWN


def stands_in_the_books(site, today, next_number):
    body, name, starts = one(site, "SELECT id, name, starts_on FROM areas_body WHERE short_name = ?", SHORT)
    assert (name, starts) == (NAME, today.isoformat())
    old = one(site, "SELECT id FROM areas_body WHERE short_name = '金桂苑党支部'")[0]
    ends, state = one(
        site,
        "SELECT b.ends_on, r.state FROM areas_body b JOIN branches_branch r ON r.body_id = b.id WHERE b.id = ?",
        old,
    )
    assert (ends, state) == ((today - timedelta(days=1)).isoformat(), "dissolved")
    covered = "SELECT COUNT(*) FROM areas_coverage WHERE body_id = ? AND ends_on IS NULL"
    assert site.select(covered, body) == [(2,)]
    assert site.select(covered, old) == [(0,)]
    assert one(site, "SELECT COUNT(*) FROM meetings_meeting WHERE branch_id = ?", old)[0] > 10
    moved = (
        "SELECT COUNT(*) FROM members_placement WHERE branch_id = ? AND how = 'bulk_transfer' AND relation = 'direct'"
        " AND starts_on = ? AND ends_on IS NULL"
    )
    assert site.select(moved, body, today.isoformat()) == [(19,)]
    paper = "SELECT kind, number FROM papers_document ORDER BY id DESC LIMIT 1"
    kind, number = one(site, paper)
    assert (kind, number) == ("reply", f"示委〔{today.year}〕{next_number[0][0]}号")
    assert one(site, "SELECT state, approval_paper FROM branches_branch WHERE body_id = ?", body) == (
        "approved",
        number,
    )
