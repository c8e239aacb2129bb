"""Every list as a file: what the page shows, for whom it shows it, harmless, with its purpose, one trail row (N-24)."""

import csv
import io
import json
import re
import zipfile
from datetime import date, datetime
from html.parser import HTMLParser

import pytest
from django.db import transaction
from django.urls import get_resolver, reverse
from openpyxl import load_workbook

from accounts.models import Assignment
from branches.forms import BranchForm, CompoundForm
from branches.models import Branch, Room
from meetings.models import Meeting
from members import listing
from members.models import Member, Person
from office.areas.models import Body, Community, Compound, Coverage
from office.audit import trail
from office.audit.models import Trail
from office.chinese.dates import dotted
from tests.members.conftest import id_number
from tests.office.sheets.test_writing import HOSTILE
from tests.test_access import READERS, arguments
from tests.test_house import all_views

LISTS = {  # 名单页、谁来看、第一列叫什么
    "members": ("社区书记", "姓名"),
    "compounds": ("镇党建办", "小区名称"),
    "branches": ("镇党建办", "简称"),
    "meetings": ("社区书记", "议题"),
    "committees": ("镇党建办", "小区"),
    "leadership": ("镇党建办", "支部"),
    "venues": ("镇党建办", "支部"),
}
# 不是名单页的，各有自己的测试；有没有公式在这里查。谁来看、第一列叫什么
OTHERS = {
    "trail_export": ("审计管理员", "序号"),
    "census_export": ("镇党建办", "社区"),
    "reports_export": ("镇党建办", "社区"),
    "coverage_export": ("镇党建办", "小区名称"),
    "cases_export": ("镇党建办", "党支部"),
    "patches_export": ("镇党建办", "片区"),
    "cells_export": ("镇党建办", "网格"),
    "guidance_export": ("镇党建办", "走访日期"),
    "funding_export": ("镇党建办", "日期"),
    "rooms_export": ("镇党建办", "名称"),
}
CHECK = {"purpose": "check"}
NOTHING = ("", "—", "未记录")  # 页上“没有”的几种写法；能改了再导入的列里留空
every_list = pytest.mark.parametrize("name", LISTS)


def test_every_export_is_walked_here():
    exports = {name for name, *_ in all_views(get_resolver().url_patterns) if name.endswith("_export")}
    assert exports == {f"{name}_export" for name in LISTS} | set(OTHERS)


class Table(HTMLParser):
    """The heads and the words of the rows of the one table of a page."""

    def __init__(self, text):
        super().__init__()
        self.rows, self._cell = [], None
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        if tag == "tr":
            self.rows.append([])
        elif tag in ("th", "td"):
            self._cell = []

    def handle_endtag(self, tag):
        if tag in ("th", "td"):
            self.rows[-1].append("".join("".join(self._cell).split()))
            self._cell = None

    def handle_data(self, data):
        if self._cell is not None:
            self._cell.append(data)


class File:
    """A posted export: its lines above the table, its heads, its rows."""

    def __init__(self, response, first):
        assert response["Content-Type"].startswith("application/vnd.openxml"), response.content.decode()
        self.bytes = b"".join(response.streaming_content)
        self.sheet = load_workbook(io.BytesIO(self.bytes)).worksheets[0]
        rows = [[cell.value for cell in row] for row in self.sheet.iter_rows()]
        at = next(number for number, row in enumerate(rows) if row[0] == first)
        self.above = [row[0] for row in rows[:at]]
        self.heads, self.rows = rows[at], rows[at + 1 :]
        self.xml = b"".join(zipfile.ZipFile(io.BytesIO(self.bytes)).read(n) for n in self._names()).decode()

    def _names(self):
        return zipfile.ZipFile(io.BytesIO(self.bytes)).namelist()

    def column(self, title):
        return [row[self.heads.index(title)] for row in self.rows]


def ticked(client, url):
    """Every ordinary column of the page's form, as a reader leaves it."""
    page = client.get(url).content.decode()
    return re.findall(r'name="columns" value="(\w+)"[^>]* checked', page)


def export(client, name, query="", **more):
    url = f"{reverse(f'{name}_export')}{query}"
    data = CHECK | {"columns": ticked(client, url)} | more
    return File(client.post(url, data), LISTS[name][1])


def words(value):
    """A cell of the file as the page would print it."""
    if isinstance(value, (date, datetime)):
        return dotted(value)
    return "" if value is None else "".join(str(value).split())


# ── The file is the page ──

QUERIES = {
    "members": ["", "?tab=in_service", "?q=w", "?stage=full&relation=direct", "?tab=incomplete", "?tab=gone"],
    "compounds": ["", "?view=none", "?view=own", "?q=湖"],
    "branches": ["", "?gap=secretary", "?gap=liaison", "?kind=compound&q=公园"],
    "meetings": ["", "?q=电梯", "?kind=joint_meeting"],
    "committees": ["", "?stage=in_office"],
    "leadership": ["", "?gap=check", "?q=湖"],
    "venues": ["", "?gap=missing", "?q=湖"],
}


@pytest.fixture
def lively(place):
    """The cast, and what makes cells differ: somebody who left, a bare compound, a joint and a bare branch, a project."""
    Member.objects.filter(person__name="罗辉").update(status="suspended")
    north, town = place.community["北社区"], place.town["西塘镇"]
    place.compound["空地"] = Compound.objects.create(community=north, name="空地", built_year=2006, address="东路1号")
    place.compound["荒地"] = Compound.objects.create(community=north, name="荒地")
    for kind, covered in (("joint", ["空地", "公园"]), ("community", [])):
        body = Body.objects.create(
            town=town, community=north, kind="branch", name=f"中共{kind}支部委员会", short_name=f"{kind}党支部"
        )
        Branch.objects.create(body=body, kind=kind, term_ends_on=date(2024, 1, 1) if covered else None)
        Coverage.objects.bulk_create([Coverage(body=body, compound=place.compound[each]) for each in covered])
    project = Body.objects.create(
        town=town, community=north, kind="property_project", name="安居物业湖畔项目部", short_name="安居项目部"
    )
    Coverage.objects.create(body=project, compound=place.compound["湖畔"])
    place.body["安居项目部"] = project
    place.add_post("丁小宁", "安居项目部", "project_manager")
    Room.objects.create(community=north, kind="centre", name="北社区党群服务中心", address="东路1号")
    return place


@pytest.mark.parametrize(("name", "query"), [(name, query) for name in LISTS for query in QUERIES[name]])
def test_the_file_says_what_the_page_says(lively, as_user, name, query):
    client = as_user(LISTS[name][0])
    heads, *shown = Table(client.get(f"{reverse(name)}{query}").content.decode()).rows or [[]]
    file = export(client, name, query)
    if not shown:
        assert file.rows[0][0].startswith("没有符合条件的")
        return
    titles = [title for title in file.heads if title != "党籍状态"]  # 页上跟在姓名后面，不占一列
    assert titles[: len(heads)] == heads
    assert len(file.rows) == len(shown)
    for on_page, row in zip(shown, file.rows, strict=True):
        printed = dict(zip(file.heads, map(words, row), strict=True))
        printed[file.heads[0]] += printed.pop("党籍状态", "")
        for title, said in zip(heads, on_page, strict=True):
            given = printed[title]
            marked = said.removesuffix("已届满").removesuffix("联合")  # 页上的记号，文件里另有一列说明
            assert given == marked or (given in NOTHING and said in NOTHING), (title, given, said)


@pytest.mark.any_database
@every_list
def test_the_heads_of_the_file(place, as_user, name):
    file = export(as_user(LISTS[name][0]), name, words="打印签到用表")
    user = place.user[LISTS[name][0]]
    scope = {"镇党建办": "西塘镇", "社区书记": "北社区"}[user.name]
    assert file.above[0].startswith(scope)
    assert file.above[1].startswith(f"填报单位：{scope}党委　填报人：{user.name}　日期：")
    assert f"共 {len(file.rows)} " in file.above[2]
    assert file.above[3].endswith("用途：核对：打印签到用表")
    assert file.above[3].startswith(f"{user.name}（")
    footer = file.sheet.oddFooter.left.text
    assert user.name in footer
    assert "核对：打印签到用表" in footer


def test_people_stand_in_stroke_order_and_the_file_says_so(as_user):
    file = export(as_user("社区书记"), "members")
    assert "按姓氏笔画排序" in file.above[2]
    assert file.column("姓名")[0] == "丁小宁"


def test_a_list_read_in_pieces_is_the_list(place, as_user, monkeypatch, django_assert_num_queries):
    whole = export(as_user("社区书记"), "members").rows
    monkeypatch.setattr(listing, "CHUNK", 2)
    reach = place.user["社区书记"].reach
    with django_assert_num_queries(2):  # 职务一次，名单一次
        pieces = list(listing.everybody(Member.objects.within(reach), place.today))
    assert [len(rows) for rows, _ in pieces] == [2, 2, 2]
    assert export(as_user("社区书记"), "members").rows == whole


def test_unticked_columns_stay_here(as_user):
    client = as_user("社区书记")
    file = File(client.post(reverse("members_export"), CHECK | {"columns": ["branch", "stage"]}), "姓名")
    assert file.heads == ["姓名", "人员类别", "所在党支部", "系统编号"]


# ── The round trip ──


@pytest.mark.parametrize(
    ("name", "letter", "rows"),
    [("members", "P", Member), ("compounds", "X", Compound), ("branches", "Z", Branch)],
)
def test_a_hidden_number_at_the_end_knows_the_row_again(place, as_user, name, letter, rows):
    file = export(as_user("邻社区书记"), name)
    assert file.heads[-1] == "系统编号"
    theirs = rows.objects.within(place.user["邻社区书记"].reach).values_list("pk", flat=True)
    assert file.column("系统编号") == [f"{letter}{pk}" for pk in theirs]
    columns = list(file.sheet.column_dimensions.values())
    assert [column.hidden for column in columns] == [False] * (len(file.heads) - 1) + [True]


@pytest.mark.parametrize(
    ("name", "form", "fields"),
    [
        ("compounds", CompoundForm, ["community", "name", "households", "buildings", "built_year", "address"]),
        (
            "branches",
            BranchForm,
            [
                "community",
                "kind",
                "name",
                "short_name",
                "compounds",
                "approved_on",
                "approval_paper",
                "term_years",
                "term_ends_on",
                "has_committee",
            ],
        ),
    ],
)
def test_what_an_entry_form_asks_goes_out_under_its_labels(lively, as_user, name, form, fields):
    assert set(fields) == set(form.base_fields)
    heads = export(as_user("镇党建办"), name).heads
    assert {form.base_fields[field].label for field in fields} <= set(heads)


def test_what_was_typed_goes_out_as_it_was_typed(lively, as_user):
    file = export(as_user("镇党建办"), "compounds", "?q=空地")
    assert [file.column(title)[0] for title in ("户数", "建成年份", "地址")] == [None, 2006, "东路1号"]
    file = export(as_user("镇党建办"), "branches", "?q=湖畔")
    typed = {title: file.column(title)[0] for title in ("类别", "全称", "批准日期", "任期", "设支部委员会", "批复文号")}
    assert typed == {
        "类别": "小区党支部",
        "全称": "中共北社区湖畔小区支部委员会",
        "批准日期": datetime(2020, 7, 1),
        "任期": "3年",
        "设支部委员会": "否",
        "批复文号": None,
    }


# ── Harmless, and nobody else's ──


def write_everywhere(payload):
    """Put the payload before what every row of the lists is called."""
    for model, field in (
        (Community, "name"),
        (Compound, "name"),
        (Compound, "address"),
        (Body, "short_name"),
        (Body, "name"),
        (Branch, "approval_paper"),
        (Person, "name"),
        (Person, "phone"),
        (Member, "door"),
        (Meeting, "title"),
    ):
        limit = model._meta.get_field(field).max_length
        for row in model.objects.all():
            model.objects.filter(pk=row.pk).update(**{field: f"{payload}{row.pk}"[:limit]})


def no_formula(file, payload):
    """The payload is there, as text, also after the table was saved as CSV."""
    assert "<f" not in re.sub(r"<(fonts?|fills?|fgColor|fileVersion)\b", "", file.xml), payload
    said = [cell for row in file.sheet.iter_rows() for cell in row if isinstance(cell.value, str)]
    assert {cell.data_type for cell in said} == {"s"}, payload
    saved = io.StringIO()
    csv.writer(saved).writerow([cell.value for cell in said])
    for text in next(csv.reader(io.StringIO(saved.getvalue()))):
        assert not re.match(r"\s*[=@＝＠]|\s*[+＋－-][^\d\s]", text), (payload, text)
    assert any(payload.strip() in cell.value for cell in said), payload


@pytest.mark.any_database
@every_list
def test_no_text_becomes_a_formula(lively, as_user, name):
    client = as_user(LISTS[name][0])
    for payload in HOSTILE:
        write_everywhere(payload)
        more = {"secrets": "door"} if name == "members" else {}
        no_formula(export(client, name, words=f"{payload}核对名册", **more), payload)


@pytest.mark.any_database
@pytest.mark.parametrize("name", OTHERS)
def test_no_text_becomes_a_formula_in_the_other_exports(lively, as_user, name):
    reader, first = OTHERS[name]
    url = reverse(name, args=arguments(lively, name, "湖畔" if name in ("census_export", "reports_export") else "-"))
    client = as_user(reader)
    for payload in HOSTILE:
        write_everywhere(payload)
        with transaction.atomic():
            trail.record("areas.compound_changed", Compound.objects.latest("pk"), by=lively.user["社区书记"])
        purpose = {"purpose": f"{payload}核对名册"} if name == "trail_export" else CHECK
        no_formula(File(client.post(url, purpose), first), payload)


OWN = {  # 各读者导出的文件里该有、不该有的地方
    "镇党建办": ("湖畔 公园 山水", "海景"),
    "镇领导": ("湖畔 公园 山水", "海景"),
    "社区书记": ("湖畔 公园", "山水 海景"),
    "社区工作者": ("湖畔 公园", "山水 海景"),
    "联系干部": ("湖畔", "公园 山水 海景"),
    "支部书记": ("湖畔", "公园 山水 海景"),
    "邻支部联系干部": ("公园", "湖畔 山水 海景"),
    "邻支部书记": ("公园", "湖畔 山水 海景"),
    "邻社区书记": ("山水", "湖畔 公园 海景"),
    "邻镇党建办": ("海景", "湖畔 公园 山水"),
}
PEOPLE = {"湖畔": "田大利 王伟 丁小宁 周瑜", "公园": "何静 罗辉", "山水": "高富", "海景": "赵云"}
BRANCH_READS = ("members", "meetings")


@pytest.mark.parametrize("reader", [reader for reader in READERS if reader != "没有登录"])
@every_list
def test_nobody_takes_away_another_ones_rows(place, as_user, name, reader):
    place.add_meeting("泳池开放", "海景党支部", by="邻镇党建办")
    url, client = reverse(f"{name}_export"), as_user(reader)
    opens = reader in OWN and (name in BRANCH_READS or "支部书记" not in reader)
    if not opens:
        assert client.get(url).status_code == client.post(url, CHECK).status_code == 403
        return
    own, foreign = (names.split() for names in OWN[reader])
    file = export(client, name)
    for compound in foreign:
        for canary in (compound, *PEOPLE[compound].split()):
            assert canary not in file.xml, canary
    if name == "committees" and "湖畔" not in own:
        return
    for compound in ["湖畔"] if name == "committees" else own:
        assert compound in file.xml


def test_a_filter_that_names_a_foreign_place_lets_nothing_out(place, as_user):
    url = f"{reverse('members_export')}?compound={place.compound['山水'].pk}"
    page = as_user("社区书记").post(url, CHECK).content.decode()
    assert "筛选条件不对" in page
    assert Trail.objects.count() == 0


@pytest.mark.parametrize("query", ["community=999999", "kind=x", "year=²", "q=%00", "q=" + "很" * 500, "view=nothing"])
@every_list
def test_a_hostile_query_is_answered_in_words(as_user, name, query):
    client = as_user(LISTS[name][0])
    for answer in (client.get, lambda url: client.post(url, {"purpose": "\x00", "columns": ["²"], "secrets": "<b>"})):
        page = answer(f"{reverse(f'{name}_export')}?{query}")
        assert page.status_code == 200
        assert "导出" in page.content.decode()


def test_a_branch_secretary_takes_away_the_own_branch_and_is_told_of_the_rest(place, as_user):
    place.add_member("马小云", "公园党支部", "湖畔", phone="13900139000")  # 住在湖畔，组织关系在公园
    client = as_user("支部书记")
    assert "马小云" in client.get(reverse("members")).content.decode()
    page = client.get(reverse("members_export")).content.decode()
    assert "页面上还有 1 人不归您导出" in page
    file = export(client, "members")
    assert set(file.column("姓名")) == {"田大利", "王伟", "丁小宁", "周瑜"}
    assert not {"性别", "出生年月"} & set(file.heads)
    assert "公民身份号码" not in page


@every_list
def test_an_export_reaches_no_further_than_the_role_that_may_export(place, as_user, name):
    """指导组 of 南社区 reads there; as 联系干部 of 湖畔 one exports 湖畔 only."""
    user = place.user["邻社区指导组"]
    Assignment.objects.create(user=user, role="liaison", body=place.body["湖畔党支部"], starts_on=date(2020, 1, 1))
    client = as_user("邻社区指导组")
    if name != "committees":  # 山水还没有业委会
        assert "山水" in client.get(reverse(name)).content.decode()
    file = export(client, name)
    assert "湖畔" in file.xml
    assert "山水" not in file.xml


# ── Purpose, and what is sensitive ──


@pytest.fixture
def known(place):
    """王伟 with a number and a door."""
    person = place.member["王伟"].person
    person.set_id_number(id_number())
    person.save()
    Member.objects.filter(person=person).update(door="3栋502")
    return person


SENSITIVE = ["phone", "door", "id_number"]


def test_what_is_sensitive_stays_unless_asked_for(known, as_user):
    file = export(as_user("社区书记"), "members")
    assert "不含完整电话、楼栋房号、公民身份号码" in file.above[2]
    for secret in ("13800138000", "3栋502", id_number()):
        assert secret not in file.xml
    assert "138****8000" in file.xml


def test_what_is_asked_for_in_own_words_goes_out_as_text(known, as_user):
    client = as_user("社区书记")
    file = export(client, "members", secrets=SENSITIVE, words="组织部核对身份信息")
    row = next(row for row in file.sheet.iter_rows() if row[0].value == "王伟")
    given = dict(zip(file.heads, row, strict=True))
    told = {title: (cell.value, cell.data_type, cell.number_format) for title, cell in given.items()}
    assert told["公民身份号码"] == (id_number(), "s", "@")
    assert told["联系电话"] == ("13800138000", "s", "@")
    assert told["楼栋房号"][0] == "3栋502"
    assert "不含" not in file.above[2]


@pytest.mark.parametrize(
    ("reader", "offered"),
    [
        ("镇党建办", SENSITIVE),
        ("社区工作者", SENSITIVE),
        ("联系干部", SENSITIVE),
        ("镇领导", ["phone", "door"]),
        ("支部书记", ["phone", "door"]),
    ],
)
def test_what_is_sensitive_is_offered_to_those_who_may_look_it_up(known, as_user, reader, offered):
    client, url = as_user(reader), reverse("members_export")
    page = client.get(url).content.decode()
    assert re.findall(r'name="secrets" value="(\w+)"', page) == offered
    assert not re.findall(r'name="secrets"[^>]* checked', page)
    refused = client.post(url, {"purpose": "other", "words": "组织部核对身份信息", "secrets": [*SENSITIVE, "x"]})
    assert "请从列出的内容里选" in refused.content.decode()
    assert Trail.objects.count() == 0


def test_what_is_sensitive_goes_no_further_than_the_role_that_may_look_it_up(known, place, as_user):
    """镇领导 exports the town's list; as 联系干部 of 湖畔 too, numbers of 湖畔 only."""
    other = place.member["何静"].person
    other.set_id_number(id_number(sequence=3))
    other.save()
    Assignment.objects.create(
        user=place.user["镇领导"], role="liaison", body=place.body["湖畔党支部"], starts_on=date(2020, 1, 1)
    )
    file = export(as_user("镇领导"), "members", secrets=["id_number"], words="组织部核对身份信息")
    numbers = dict(zip(file.column("姓名"), file.column("公民身份号码"), strict=True))
    assert (numbers["王伟"], numbers["何静"]) == (id_number(), None)


@pytest.mark.parametrize(
    ("data", "said"),
    [
        ({}, "请选一项用途"),
        ({"purpose": "nothing"}, "请从列出的用途里选一项"),
        ({"purpose": "other"}, "请写清楚给谁、做什么用"),
        ({"purpose": "other", "words": "……"}, "至少 4 个汉字"),
        ({"purpose": "check", "words": "用" * 101}, "错误"),
        ({"purpose": "report", "secrets": ["phone"]}, "要敏感内容，请写清楚"),
        ({"purpose": "report", "words": "aaaa", "secrets": ["phone"]}, "至少 4 个汉字"),
        ({"purpose": "report", "columns": ["id_sealed"]}, "请从列出的列里选"),
    ],
)
def test_without_a_purpose_nothing_goes_out(as_user, data, said):
    page = as_user("社区书记").post(reverse("members_export"), data)
    assert page["Content-Type"].startswith("text/html")
    assert said in page.content.decode()
    assert Trail.objects.count() == 0


@every_list
def test_each_export_leaves_one_row_in_the_trail(place, as_user, name):
    client = as_user(LISTS[name][0])
    client.get(reverse(f"{name}_export"))
    assert Trail.objects.count() == 0
    file = export(client, name, "?q=湖畔" if name in ("compounds", "branches") else "", words="年底向县里汇总")
    row = Trail.objects.get()
    told = {key: after for key, (_, after) in row.changes.items()}
    assert (row.verb, row.reason, row.town) == (
        "accounts.list_exported",
        "核对：年底向县里汇总",
        place.town["西塘镇"].pk,
    )
    assert told["行数"] == len(file.rows)
    assert told["列"].split("、") == [title for title in file.heads if title != "系统编号"]
    assert told["名单"] in file.above[0]
    assert told["条件"] in file.above[2]
    assert "敏感内容" not in told


def test_the_trail_names_what_was_sensitive_and_nobody(known, as_user):
    export(as_user("社区书记"), "members", secrets=["phone", "id_number"], words="组织部核对身份信息")
    row = Trail.objects.get()
    assert row.changes["敏感内容"] == [None, "完整电话、公民身份号码"]
    kept = json.dumps(row.changes, ensure_ascii=False) + row.reason + row.object_label
    for personal in ("王伟", "13800138000", id_number()):
        assert personal not in kept


# ── The way there ──


@every_list
def test_the_page_leads_to_its_export_with_its_filter(place, as_user, name):
    page = as_user(LISTS[name][0]).get(f"{reverse(name)}?q=%E6%B9%96&community=").content.decode()
    links = re.findall(rf'href="{reverse(f"{name}_export")}([^"]*)"', page)
    if "没有符合条件" in page:
        assert links == []
    else:
        assert links
        assert "q=%E6%B9%96" in links[0]


@pytest.mark.any_database
@every_list
def test_whoever_may_not_export_is_not_led_there(as_user, name):
    assert reverse(f"{name}_export") not in as_user("指导组").get(reverse(name)).content.decode()


def test_the_ledgers_lead_to_their_exports(as_user):
    page = as_user("社区书记").get(reverse("ledgers")).content.decode()
    assert all(f'href="{reverse(f"{name}_export")}"' in page for name in LISTS)
    assert "_export" not in as_user("指导组").get(reverse("ledgers")).content.decode()
    assert "/export/" not in as_user("指导组").get(reverse("ledgers")).content.decode()


def test_a_list_of_nothing_says_so_before_and_in_the_file(as_user):
    client, query = as_user("社区书记"), "?q=查不到的人"
    assert "没有符合条件的党员" in client.get(f"{reverse('members_export')}{query}").content.decode()
    file = File(client.post(f"{reverse('members_export')}{query}", CHECK), "姓名")
    assert file.rows[0][0] == "没有符合条件的党员。"


def test_more_rows_than_a_table_holds_is_told_in_words(as_user, monkeypatch):
    monkeypatch.setattr("office.sheets.writing.LAST_ROW", 6)
    page = as_user("社区书记").post(reverse("members_export"), CHECK).content.decode()
    assert "请先筛选，再分几次导出" in page
    assert Trail.objects.count() == 0
