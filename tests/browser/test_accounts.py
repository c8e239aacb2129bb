"""Administrators: an account with an issued password, a duty, the forced change, the lock after five wrong tries."""

ACCOUNTS = {"desk": ("liuming", "刘明"), "phone": ("sunhua", "孙华"), "no_script": ("maping", "马萍")}
OWN = "Jingui-yuan-2026"


def test_an_account_from_opening_to_lock(walker):
    username, name = ACCOUNTS[walker.way]
    walker.sign_in("sys01")
    walker.open_menu("账号与职责")
    walker.follow("开通账号")
    walker.fill("账号", username)
    walker.fill("姓名", name)
    walker.press("开通")
    walker.sees("账号已开通")
    issued = walker.page.locator("dd").last.inner_text()
    walker.looks_well()

    walker.sign_in("safe01")
    walker.open_menu("账号与职责")
    walker.follow(name)
    walker.follow("授予职责")
    walker.page.get_by_label("社区党务工作者").check()
    walker.press("下一步")
    choice = walker.page.get_by_role("option").filter(has_text="城东社区").first.inner_text()
    walker.page.get_by_label("所在组织").select_option(label=choice)
    walker.looks_well()
    walker.press("授予")
    walker.sees(f"已授予{name}")

    walker.sign_in(username, issued)
    walker.sees("请先换成自己的口令")
    walker.page.goto("/compounds/")
    walker.sees("请先换成自己的口令")
    walker.looks_well()
    change_password(walker, issued, "Yutang-yutang-1", OWN)
    walker.sees("两遍输的不一样")
    change_password(walker, issued, OWN, OWN)
    walker.sees("口令已修改")
    walker.open_menu("小区")
    walker.sees("金桂苑")

    for _ in range(5):
        walker.sign_in(username, "wrong-password-1")
    walker.sees("试的次数太多了")
    walker.looks_well()
    walker.sign_in(username, OWN)
    walker.sees("试的次数太多了")

    walker.sign_in("sys01", to="/accounts/")
    walker.follow(name)
    walker.sees("连续输错口令")
    walker.press("现在解锁")
    walker.sees("已解除锁定")
    walker.sign_in(username, OWN)
    walker.open_menu("小区")

    walker.sign_in("audit01", to="/trail/")
    walker.sees("操作记录")
    for deed in ("开通账号", "授予职责", "修改口令", "登录被拒", "解除锁定"):
        assert walker.page.get_by_role("row").filter(has_text=name).filter(has_text=deed).count(), deed
    assert issued not in walker.page.content()


def change_password(walker, current, new, again):
    walker.fill("现在的口令", current)
    walker.fill("新口令", new)
    walker.fill("再输一遍新口令", again)
    walker.press("保存新口令")
