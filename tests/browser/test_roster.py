"""J4 (ux §9): 120 people, nine tricky rows, one more that only a person can tell; from template to trail.

A community secretary hands in a roster with mistakes, answers what is asked, mends the error file, imports, finds a
person, looks a number up; the auditor sees that.
"""

import openpyxl
from stdnum.cn.ric import calc_check_digit

from tests.browser.walker import WAYS

COMPOUND, BRANCH = "金桂苑", "金桂苑党支部"
# 每种走法各有一位名字少见的人，首字母也少见；各用各的姓，互不重名。
SOUGHT = {"desk": ("卜钰珂", "byk"), "phone": ("佘钰珂", "syk"), "no_script": ("臧钰珂", "zyk")}
SURNAMES = {"desk": "闵卞", "phone": "冼厉", "no_script": "逄亓"}
GIVEN = "安邦昌达恩方广浩嘉康"
COUNT = 120
UNKNOWN = {"desk": "金桂苑小区", "phone": "金桂花园", "no_script": "金桂苑一期"}
REASON = "核对入党材料需要"
CLICKS = 10  # J4 的预算


def people(way):
    """120 right lines by title."""
    for at in range(COUNT):
        name = SURNAMES[way][at // 100 % 2] + GIVEN[at // 10 % 10] + GIVEN[at % 10]
        year = 1950 if at < 60 else 1951
        body = f"32010{2 + list(WAYS).index(way)}{year}0{at % 9 + 1}1{at % 10}{at:03d}"
        yield {
            "姓名": SOUGHT[way][0] if at == 0 else name,
            "公民身份号码": body + calc_check_digit(body + "0"),
            "联系电话": f"139{list(WAYS).index(way)}{at:07d}",
            "人员类别": "正式党员",
            "关系类别": "直管",
            "居住小区": COMPOUND,
            "所在党支部": BRANCH,
            "加入党组织日期": "1999.7.1",
            "转为正式党员日期": "2000年7月1日",
        }


def spoil(lines, way):
    """Seven wrong lines, one that asks, two that only look wrong; the mended cells as {(row, title): value}."""
    right = {}

    def wrong(at, title, value):
        right[at, title] = lines[at][title]
        lines[at][title] = value

    number = lines[11]["公民身份号码"]
    wrong(10, "公民身份号码", int(lines[10]["公民身份号码"].replace("X", "0")))  # 存成了数字
    wrong(11, "公民身份号码", number[:-1] + ("1" if number[-1] != "1" else "2"))  # 最后一位不对
    wrong(12, "公民身份号码", lines[13]["公民身份号码"])  # 两行同一个号码：两行都要看
    right[13, "公民身份号码"] = lines[13]["公民身份号码"]
    wrong(14, "加入党组织日期", "2019.13.1")
    wrong(15, "姓名", None)
    wrong(16, "加入党组织日期", "1967年7月1日")  # 十六岁
    lines[17]["居住小区"] = UNKNOWN[way]  # 只有人知道是哪一个
    lines[18]["姓名"] = f"{lines[18]['姓名'][0]}　{lines[18]['姓名'][1:]}"  # 打字习惯，不是错
    lines[19]["联系电话"] = "".join(chr(ord(digit) + 0xFEE0) for digit in lines[19]["联系电话"])
    return right


def fill_in(template, path, lines):
    book = openpyxl.load_workbook(template)
    sheet = next(each for each in book if "党员名册" in each.title)
    titles = {str(cell.value).partition("（")[0]: cell.column for cell in sheet[1]}
    for at, told in enumerate(lines):
        for title, value in told.items():
            sheet.cell(row=3 + at, column=titles[title], value=value)
    book.save(path)
    return path


def mend(marked, path, right):
    """What the secretary does with the error file: the red cells right, everything else as it came."""
    book = openpyxl.load_workbook(marked)
    sheet = next(each for each in book if "党员名册" in each.title)
    titles = {str(cell.value).partition("（")[0]: cell.column for cell in sheet[1]}
    reasons = titles["错误原因"]
    told = {row[0].row for row in sheet.iter_rows(min_row=3, min_col=reasons, max_col=reasons) if row[0].value}
    assert told == {3 + at for at, _ in right}
    assert any("行有问题" in str(cell.value) for row in book["汇总"].iter_rows() for cell in row)
    for (at, title), value in right.items():
        assert sheet.cell(3 + at, titles[title]).fill.start_color.rgb == "00FFD9D9"
        sheet.cell(3 + at, titles[title]).value = value
    book.save(path)
    return path


class Clicks:
    """Counts what J4 counts: presses of a button, a link, the choosing of a file or an answer."""

    def __init__(self, walker):
        self.walker, self.count = walker, 0

    def press(self, words):
        self.count += 1
        self.walker.press(words)

    def hand_in(self, path):
        self.count += 1
        self.walker.page.get_by_label("填好的党员名册").set_input_files(path)
        self.press("上传并核对")

    def download(self, words, path):
        self.count += 1
        return self.walker.download(words, path)

    def choose(self, question, answer):
        self.count += 1
        box = self.walker.page.get_by_label(question)
        if box.count():
            box.first.select_option(label=answer)
        else:
            self.walker.page.get_by_role("group", name=question).get_by_label(answer).check()


def test_a_roster_from_template_to_trail(walker, site, tmp_path):
    way = walker.way
    name, initials = SOUGHT[way]
    members = "SELECT COUNT(*) FROM members_member"
    before = site.select(members)[0][0]
    clicks = Clicks(walker)

    walker.sign_in("sec01")
    walker.open_menu("支部与党员")
    walker.page.get_by_role("navigation", name="支部与党员").get_by_role("link", name="党员", exact=True).click()
    walker.follow("导入名册")
    walker.looks_well()
    template = walker.download("下载模板", tmp_path / "模板.xlsx")
    lines = list(people(way))
    right = spoil(lines, way)

    clicks.hand_in(fill_in(template, tmp_path / "名册.xlsx", lines))
    walker.sees("112 行可以导入，7 行有错，1 行要您回答")
    walker.page.wait_for_selector("#faults:focus")
    assert "现在一行也没有保存" in walker.text
    walker.looks_well()
    clicks.choose(UNKNOWN[way], COMPOUND)
    clicks.press("记下回答")
    walker.sees("113 行可以导入，7 行有错")
    walker.looks_well()
    assert site.select(members)[0][0] == before
    marked = clicks.download("下载错误表", tmp_path / "错误表.xlsx")

    clicks.hand_in(mend(marked, tmp_path / "改好.xlsx", right))
    walker.sees("120 行可以导入")
    walker.looks_well()
    clicks.press("全部导入 120 行")
    walker.sees("名册已导入")
    assert clicks.count <= CLICKS
    walker.looks_well()
    assert site.select(members)[0][0] == before + COUNT
    padded = lines[18]["姓名"].replace("　", "")
    ((born, sex, phone),) = site.select(
        "SELECT birth_date, sex, phone FROM members_person WHERE name = ? AND id_fingerprint IS NOT NULL", padded
    )
    assert (str(born)[:4], bool(sex), len(phone)) == ("1950", True, 11)

    walker.follow("导入名册")
    clicks.hand_in(tmp_path / "改好.xlsx")
    walker.sees("没有变化")
    assert site.select(members)[0][0] == before + COUNT
    old = tmp_path / "名册.xls"
    old.write_bytes(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 504)
    clicks.hand_in(old)
    walker.sees("请在 WPS 里另存为 .xlsx 再传")
    walker.looks_well()

    look_a_number_up(walker, name, initials, next(people(way))["公民身份号码"])


def look_a_number_up(walker, name, initials, number):
    walker.page.get_by_role("searchbox", name="查找").fill(initials)
    walker.press("查找")
    walker.follow(name)
    walker.sees("党员身份")
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


def test_good_lines_first_and_taken_back(walker, site, tmp_path):
    """先导入正确的 N 行, then 撤销: the register is as it was, and an undo that would lose something says so."""
    members = "SELECT COUNT(*) FROM members_member"
    before = site.select(members)[0][0]
    way = walker.way
    surname = {"desk": "钭", "phone": "郗", "no_script": "妫"}[way]
    lines = [
        line | {"姓名": surname + line["姓名"][1:], "公民身份号码": None, "联系电话": f"138{line['联系电话'][3:]}"}
        for line in list(people(way))[20:25]
    ]
    lines[1]["联系电话"] = "138"
    walker.sign_in("sec01", to="/people/import/")
    template = walker.download("下载模板", tmp_path / "模板.xlsx")
    first = fill_in(template, tmp_path / "五人.xlsx", lines)
    Clicks(walker).hand_in(first)
    walker.sees("4 行可以导入，1 行有错")
    walker.press("先导入正确的 4 行")
    walker.sees("名册已导入")
    assert site.select(members)[0][0] == before + 4

    imported = walker.page.url
    for line in lines:
        line["楼栋房号"] = "3栋502"
    Clicks(walker).hand_in(fill_in(template, tmp_path / "又改.xlsx", lines))
    walker.press("先导入正确的 4 行")
    walker.sees("名册已导入")
    latest = walker.page.url
    walker.page.goto(imported)
    walker.follow("撤销这次导入")
    walker.sees("不能撤销")
    assert "又导入过" in walker.text
    walker.looks_well()

    for url in (latest, imported):
        walker.page.goto(url)
        walker.follow("撤销这次导入")
        walker.sees("要撤销吗")
        walker.looks_well()
        walker.press("撤销这次导入")
        walker.sees("和导入以前一样")
        walker.looks_well()
    assert site.select(members)[0][0] == before
    walker.page.goto("/imports/")
    walker.sees("已撤销")
    walker.looks_well()
