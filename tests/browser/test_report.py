"""A branch secretary, with the largest letters and without a mouse, writes and hands in the year-end report; the
community sends it back once and takes it."""

import pytest

WRITERS = {"desk": ("br01", "金桂苑党支部"), "phone": ("br02", "文昌苑党支部"), "no_script": ("br05", "阳光水岸党支部")}
DONE = "一是加装电梯12部；二是“微心愿”办成2件；三是调解停车纠纷。\n群众满意。"
PROBLEM = "业委会换届拖了半年，５栋、６栋没有人愿意当委员……"
CAUSE = "前期走访不细，年轻党员上班忙、见面少。"
PLAN = "明年3月底前开好业主大会，每季度议事一次。"


@pytest.fixture
def unwritten(walker, site):
    """(account, branch, address) of a report that nobody has begun."""
    username, name = WRITERS[walker.way]
    branch, year = site.select(
        "SELECT id, CAST(strftime('%Y', 'now', '+8 hours') AS INTEGER) FROM areas_body WHERE short_name = ?", name
    )[0]
    site.write(f"DELETE FROM assessments_branchreport WHERE branch_id = {branch} AND year = {year}")
    return username, branch, f"/materials/report/{branch}/{year}/"


def test_a_report_by_keyboard_in_the_largest_letters(walker, site, unwritten):
    username, branch, address = unwritten
    page, keys = walker.page, walker.page.keyboard
    page.goto(address)
    keys.insert_text(username)  # 打开登录页，焦点就在账号框里
    keys.press("Tab")
    keys.insert_text(site.passwords[username])
    keys.press("Enter")
    walker.sees("还没有提交")
    walker.enter("特大")
    page.wait_for_selector("html[data-size=xl]")
    assert page.evaluate("parseFloat(getComputedStyle(document.body).fontSize)") >= 30
    walker.looks_well()

    walker.type("做成的事", DONE)
    walker.type("今年最大的问题", PROBLEM)
    walker.type("为什么没解决好", "原" * 201)
    walker.enter("先存着")
    walker.sees("现在有201字")
    assert page.evaluate("document.activeElement.id") == "errors"
    walker.looks_well()
    assert page.get_by_label("做成的事").input_value() == DONE
    walker.type("为什么没解决好", CAUSE)
    walker.enter("先存着")
    walker.sees("已保存，还没有提交")

    walker.enter("提交给")
    walker.sees("还有 1 处没写")
    assert page.evaluate("document.activeElement.id") == "errors"
    walker.looks_well()
    walker.enter("明年打算")
    page.wait_for_url("**/#id_plan")
    assert page.evaluate("document.activeElement.id") == "id_plan"
    keys.insert_text(PLAN)
    walker.enter("提交给")
    walker.sees("检查并提交")
    for text in (DONE.partition("\n")[0], PROBLEM, CAUSE, PLAN):
        assert text in walker.text
    walker.looks_well()
    walker.enter("确认，提交给")
    walker.sees("交上去了")
    walker.looks_well()
    kept = (
        "SELECT done, problem, cause, plan, state FROM assessments_branchreport WHERE branch_id = ? ORDER BY year DESC"
    )
    assert site.select(kept, branch)[0] == (DONE, PROBLEM, CAUSE, PLAN, "submitted")

    page.go_back()  # 回到“检查并提交”也交不了第二次
    walker.sees("交上去了")
    handed_in = "SELECT COUNT(*) FROM audit_trail WHERE verb = 'assessments.report_submitted' AND object_id = ?"
    report = site.select("SELECT id FROM assessments_branchreport WHERE branch_id = ? ORDER BY year DESC", branch)[0][0]
    assert site.select(handed_in, str(report)) == [(1,)]


def test_the_community_sends_a_report_back_and_takes_it(walker, site, unwritten):
    username, branch, address = unwritten
    secretary = "sec03" if walker.way == "no_script" else "sec01"
    write(walker, username, address, PLAN)

    walker.sign_in(secretary)
    walker.open_menu("述职考核")
    walker.follow(WRITERS[walker.way][1])
    walker.sees(PLAN)
    walker.press("退回修改")
    walker.sees("请写明哪里要改")
    walker.looks_well()
    walker.fill("退回的话，写明哪里要改", "请补上换届的时间")
    walker.press("退回修改")
    walker.sees("已退回")

    walker.sign_in(username)
    walker.sees("请补上换届的时间")
    write(walker, username, address, f"{PLAN}六月底前完成换届。")
    walker.sign_in(secretary, to=address)
    walker.sees("六月底前完成换届")
    walker.press("收下")
    walker.sees("已收下")
    walker.looks_well()
    assert site.select("SELECT state FROM assessments_branchreport WHERE branch_id = ? ORDER BY year DESC", branch)[
        0
    ] == ("received",)


def write(walker, username, address, plan):
    walker.sign_in(username, to=address)
    for label, text in (("今年最大的问题", PROBLEM), ("为什么没解决好", CAUSE), ("明年打算", plan)):
        walker.fill(label, text)
    walker.press("提交给")
    walker.press("确认，提交给")
    walker.sees("交上去了")
