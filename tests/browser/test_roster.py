"""The thin line (plan: 党员名册 → 一人一页 → 查看留痕): a community secretary hands in a roster with a mistake in it,
mends it, finds a person, looks a number up; the auditor sees that."""

import openpyxl
from stdnum.cn.ric import calc_check_digit

COMPOUND, BRANCH = "金桂苑", "金桂苑党支部"
# 每种走法各有一位名字少见的人，首字母也少见。
SOUGHT = {"desk": ("卜钰珂", "byk"), "phone": ("佘钰珂", "syk"), "no_script": ("臧钰珂", "zyk")}
OTHERS = ("梁启铭", "邱月娥", "段学勤", "毛建英", "史大勇")
REASON = "核对入党材料需要"


def id_number(way, at):
    body = f"320102{1950 + at}0{at + 1}1{at}{list(SOUGHT).index(way)}{at}1"
    return body + calc_check_digit(f"{body}0")


def fill_in(template, path, way, *, wrong):
    """Six people; with `wrong` the last digit of the third one's number does not fit."""
    book = openpyxl.load_workbook(template)
    sheet = next(each for each in book if "党员名册" in each.title)
    titles = {str(cell.value).partition("（")[0]: cell.column for cell in sheet[1]}
    for at, name in enumerate((SOUGHT[way][0], *OTHERS)):
        number = id_number(way, at)
        if wrong and at == 2:
            number = number[:-1] + ("1" if number[-1] != "1" else "2")
        told = {
            "姓名": f"{name[0]}　{name[1:]}" if at == 1 else name,  # 中间的空格是打字习惯，不是错
            "公民身份号码": number,
            "联系电话": f"１３９{at}{list(SOUGHT).index(way)}００１２３４"
            if at
            else f"139{list(SOUGHT).index(way)}0004321",
            "人员类别": "正式党员",
            "关系类别": "直管",
            "居住小区": COMPOUND,
            "所在党支部": BRANCH,
            "加入党组织日期": "1999.7.1",
            "转为正式党员日期": "2000年7月1日",
        }
        for title, value in told.items():
            sheet.cell(row=3 + at, column=titles[title], value=value)
    book.save(path)
    return path


def test_a_roster_from_template_to_trail(walker, site, tmp_path):
    name, initials = SOUGHT[walker.way]
    before = site.select("SELECT COUNT(*) FROM members_member")[0][0]

    walker.sign_in("sec01")
    walker.open_menu("支部与党员")
    walker.page.get_by_role("navigation", name="支部与党员").get_by_role("link", name="党员").click()
    walker.follow("导入名册")
    walker.looks_well()
    template = walker.download("下载模板", tmp_path / "模板.xlsx")

    hand_in(walker, fill_in(template, tmp_path / "名册.xlsx", walker.way, wrong=True))
    walker.sees("1 行有错，共 1 处")
    assert "另有 5 行没有问题" in walker.text
    assert "对不上" in walker.text
    assert walker.page.evaluate("document.activeElement.id") == "faults"
    walker.looks_well()
    marked = openpyxl.load_workbook(walker.download("下载标好错处的文件", tmp_path / "标出.xlsx"))
    assert any("对不上" in str(cell.value) for sheet in marked for row in sheet for cell in row)
    assert site.select("SELECT COUNT(*) FROM members_member")[0][0] == before

    hand_in(walker, fill_in(template, tmp_path / "改好.xlsx", walker.way, wrong=False))
    walker.sees("名册已导入")
    assert "6 人" in walker.text
    walker.looks_well()
    assert site.select("SELECT COUNT(*) FROM members_member")[0][0] == before + 6

    hand_in(walker, tmp_path / "改好.xlsx")
    walker.sees("没有变化")

    walker.page.get_by_role("searchbox", name="查找").fill(initials)
    walker.press("查找")
    walker.follow(name)
    walker.sees("党员身份")
    number = id_number(walker.way, 0)
    assert number not in walker.page.content()
    walker.looks_well()

    walker.page.get_by_role("link", name="查看").first.click()
    walker.fill("为什么要看", "看看")
    walker.press("显示公民身份号码")
    walker.sees("有 1 处需要修改")
    walker.fill("为什么要看", REASON)
    walker.press("显示公民身份号码")
    walker.sees(number)
    walker.looks_well()

    walker.sign_in("audit01", to="/trail/")
    walker.sees("操作记录")
    row = walker.page.get_by_role("row").filter(has_text=name).filter(has_text=REASON)
    assert "李建国" in row.inner_text()
    assert number not in walker.page.content()
    walker.looks_well()


def hand_in(walker, path):
    walker.page.get_by_label("填好的名册").set_input_files(path)
    walker.press("核对并导入")
