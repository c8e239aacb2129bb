"""N-09: an election from the tally sheet over a tie and a second vote to its result, the 请示, approval and filing."""

from datetime import date, timedelta
from urllib.parse import quote, urlsplit

import pytest

from office.chinese.dates import cn_date
from tests.browser import look, test_pages

BRANCH = "安居小区党支部"
APPROVAL, RECEIPT = "示委〔2026〕61号", "备2026-077"
SOURCE = "小区选拔"
TITLES = ("组织委员", "宣传委员", "纪检委员")


@pytest.mark.parametrize("walker", ["phone", "no_script"], indirect=True)  # 电脑上和不用脚本时一样
@pytest.mark.usefixtures("town_as_it_was")
def test_an_election_from_the_count_over_a_tie_to_the_filing(walker, site, weights):
    seen = Seen(walker, weights)
    walker.sign_in("sec01")
    finds_the_election(walker)
    secretary = walker.page.get_by_text("书记候选人").locator("xpath=following-sibling::*[1]").inner_text().split()[0]
    tied = counts_a_tie(walker, secretary)
    votes_again(walker, seen, tied)
    the_committee_elects(walker, secretary)
    concludes(walker, seen, tied)
    asks(walker)
    the_town_approves(walker, seen, secretary)
    stands_in_the_books(site, secretary, tied)


class Seen:
    """A page that no walk by links comes to is measured here as tests/browser/test_pages.py measures all others."""

    def __init__(self, walker, weights):
        self.walker, self.weights = walker, weights

    def __call__(self):
        walker, page = self.walker, self.walker.page
        if walker.way == "phone":
            weight = self.weights.of_page(page, page.content())
            assert weight <= look.MOST_BYTES["staff"], f"{page.url}：{weight} 字节"
            test_pages.inspect(page, walker)
        walker.looks_well()


def yesterday():
    return cn_date(date.today() - timedelta(days=1))


def finds_the_election(walker):
    """By words, from the branch's page to the election that is being prepared; its ballots can be printed."""
    search = walker.page.get_by_role("searchbox", name="查找")
    search.fill(BRANCH)
    search.press("Enter")
    walker.follow(BRANCH)
    walker.page.get_by_role("link", name="选举", exact=True).click()
    walker.follow("换届选举")
    walker.sees("打印选票和计票单，开完会把票数登记进来")
    walker.looks_well()
    larger = walker.page.get_by_role("link", name="特大").get_attribute("href")
    assert larger.endswith(f"next={quote(urlsplit(walker.page.url).path, safe='')}")  # 换字号还回这一页
    ballots = walker.page.get_by_role("link", name="打印选票和计票单").get_attribute("href")
    assert walker.context.request.get(ballots).body().startswith(b"%PDF-")


def counts_a_tie(walker, secretary):
    """What cannot be is refused with its formula and stays as typed; put right, the last place is tied. Who is tied."""
    walker.follow("登记委员的票数")
    walker.sees("应选4名")
    here = int(walker.page.get_by_label("应到会有选举权的党员").input_value())
    names = walker.page.locator("tbody th").all_inner_texts()
    tied = [name for name in names if name != secretary][-2:]
    elected = [name for name in names if name not in tied]
    least = here // 2 + 1
    won = dict(zip(elected, (here, here - 1, here - 1), strict=True)) | dict.fromkeys(tied, least)
    walker.fill("选举日期", yesterday())
    walker.fill("实到会有选举权的党员", str(here))
    walker.page.get_by_label("投票前已介绍候选人").check()
    enters(walker, here, won)
    walker.fill("收回选票", str(here + 1))
    walker.press("登记票数")
    walker.sees(f"收回选票{here + 1}张＞发出{here}张，选举无效")
    walker.sees(f"＝{here}，应等于收回{here + 1}－废票0＝{here + 1}。")
    assert field(walker, "收回选票") == str(here + 1)
    assert field(walker, f"{tied[0]}赞成") == str(least)
    walker.looks_well()
    walker.fill("收回选票", str(here))
    walker.press("登记票数")
    walker.sees("委员的票数已登记")
    walker.sees(f"{'、'.join(tied)}票数相等，余下1名对他们再投一次。")
    walker.looks_well()
    return tied


def field(walker, label):
    return walker.page.get_by_label(label, exact=True).input_value()


def enters(walker, here, won):
    """The sums of a tally sheet: who does not approve disapproves."""
    for label in ("投票时在场", "发出选票", "收回选票"):
        walker.fill(label, str(here))
    walker.fill("废票", "0")
    for name, votes in won.items():
        walker.fill(f"{name}赞成", str(votes))
        walker.fill(f"{name}不赞成", str(here - votes))
        walker.fill(f"{name}弃权", "0")


def votes_again(walker, seen, tied):
    """Only those who are tied stand again; the first of them comes through."""
    walker.follow("再投一次")
    seen()
    boxes = walker.page.get_by_role("checkbox")
    assert [box.is_checked() for box in boxes.all()] == [True, True]
    walker.press("对这几个人再投一次")
    walker.sees("委员，第2次投票的候选人已记下")
    walker.follow("登记委员，第2次投票的票数")
    here = int(field(walker, "投票时在场"))
    enters(walker, here, dict(zip(tied, (here - 1, 1), strict=True)))
    walker.press("登记票数")
    walker.sees("委员，第2次投票的票数已登记")
    walker.sees(f"应选1名，当选1名：{tied[0]}")


def the_committee_elects(walker, secretary):
    walker.sees("接着由委员会选书记")
    walker.follow("登记书记的票数")
    walker.sees("委员会4人投票")
    enters(walker, 4, {secretary: 4})
    walker.looks_well()
    walker.press("登记票数")
    walker.sees("书记的票数已登记")


def concludes(walker, seen, tied):
    walker.follow("确认结果")
    walker.sees(f"应选1名，当选1名：{tied[0]}")
    seen()
    walker.page.get_by_label(SOURCE, exact=True).check()
    for name, title in zip(divided(walker), TITLES, strict=True):
        walker.page.get_by_label(f"{name}的分工", exact=True).select_option(label=title)
    walker.press("确认结果，登记任职")
    walker.sees("已有结果，任职已登记")
    walker.sees("镇党委还没有批准")
    walker.looks_well()


def divided(walker):
    """Whose work is to be named: the committee without its secretary."""
    labels = walker.page.locator("label", has_text="的分工").all_inner_texts()
    return [label.split("的分工")[0].strip() for label in labels]


def asks(walker):
    walker.press("起草请示")
    walker.sees("请示已起草")
    walker.sees(f"关于{BRANCH}选举结果的请示")
    walker.looks_well()


def the_town_approves(walker, seen, secretary):
    walker.sign_in("town01")
    todo = walker.page.get_by_role("link", include_hidden=True).filter(has_text=f"{BRANCH}选举结果")
    assert "批准并备案" in todo.inner_text()
    if not todo.is_visible():
        walker.page.get_by_text("还有").first.click()
    todo.click()
    walker.sees(secretary)
    seen()
    walker.fill("批准日期", yesterday())
    walker.fill("批准文号", APPROVAL)
    walker.page.get_by_label("备案日期").fill(yesterday())
    walker.page.get_by_label("备案回执号").fill(RECEIPT)
    walker.press("保存")
    walker.sees("批准和备案已登记")
    walker.sees(f"{yesterday()}批准（{APPROVAL}）；{yesterday()}备案（{RECEIPT}）")
    walker.looks_well()
    walker.page.goto("/")
    assert walker.page.get_by_text("批准并备案").count() == 0


def stands_in_the_books(site, secretary, tied):
    """The officers of the day of the election, the secretary with his source; the loser of the tie has no seat."""
    rows = site.select(
        "SELECT p.name, t.title, t.source FROM members_post t JOIN members_person p ON p.id = t.person_id"
        " JOIN areas_body b ON b.id = t.body_id"
        " WHERE b.short_name = ? AND t.how = 'elected' AND t.starts_on = ? AND t.ends_on IS NULL",
        BRANCH,
        (date.today() - timedelta(days=1)).isoformat(),
    )
    assert (secretary, "secretary", "source_selected") in rows
    assert {title for _, title, _ in rows} == {"secretary", "org_member", "publicity_member", "discipline_member"}
    names = [name for name, *_ in rows]
    assert len(names) == 4
    assert tied[0] in names
    assert tied[1] not in names
