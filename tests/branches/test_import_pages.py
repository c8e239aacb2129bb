"""小区导入、支部导入 on the page; and every list that leaves the product is known again, wherever it is handed in."""

import io
import re
from datetime import date

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import get_resolver, reverse
from openpyxl import load_workbook

from accounts.models import Assignment, User
from branches.models import Branch
from office.areas.models import Body, Community, Compound, Town
from office.imports.kinds import all_kinds, kind_called
from office.imports.models import ImportBatch
from tests.branches.test_import import NEW_BRANCH, table
from tests.cast import PASSWORD
from tests.test_access import arguments
from tests.test_house import all_views

COMES_BACK = {"members_export": "roster", "compounds_export": "compounds", "branches_export": "branches"}
ONLY_LEAVES = {
    "meetings_export": (
        "社区书记",
        "这是从本系统导出的会议台账，会议不从表格导入，请在“会议与事项”里点“录入会议”，一次一次录。",
    ),
    "committees_export": ("镇党建办", "这是从本系统导出的业委会台账，业委会现在还不能从表格导入。"),
    "trail_export": ("审计管理员", "这是从本系统导出的操作记录，操作记录由系统自己记，不能导入。"),
    "census_export": ("镇党建办", "这是从本系统导出的摸排情况表，人有变动的，请到“导入名册”里传名册。"),
    "reports_export": ("镇党建办", "这是从本系统导出的述职收交情况，述职由支部在系统里写，不从表格导入。"),
    "patches_export": ("镇党建办", "这是从本系统导出的片区台账，片区不从表格导入，请在“片区”页划分。"),
    "cells_export": ("镇党建办", "这是从本系统导出的网格台账，网格不从表格导入，请在“网格”页划分。"),
    "guidance_export": ("镇党建办", "这是从本系统导出的指导组走访台账，走访不从表格导入，请在“指导组”页登记。"),
    "funding_export": ("镇党建办", "这是从本系统导出的经费台账，经费不从表格导入，请在“经费”页一笔一笔登记。"),
    "leadership_export": (
        "镇党建办",
        "这是从本系统导出的支部班子台账，班子不从表格导入，请在各支部的“班子”页登记任职。",
    ),
    "cases_export": (
        "镇党建办",
        "这是从本系统导出的党支部设立调整台账，设立、调整、撤销要一件一件办，请在“设立调整”里起草。",
    ),
    "coverage_export": ("镇党建办", "这是从本系统导出的小区覆盖任务表，覆盖情况由记录算出；下一步在“小区覆盖”页写。"),
    "venues_export": ("镇党建办", "这是从本系统导出的阵地七有台账，七有在各支部的“阵地七有”页勾选，不从表格导入。"),
    "rooms_export": ("镇党建办", "这是从本系统导出的活动场所台账，活动场所在“活动场所”页登记和修改，不从表格导入。"),
}
IMPORTS = ("roster_import", "compounds_import", "branches_import")


def upload(content, name="表.xlsx"):
    return SimpleUploadedFile(name, content)


def post(client, kind, lines, query=""):
    return client.post(reverse(kind_called(kind).address) + query, {"file": upload(table(kind, lines))}, follow=True)


def do(client, what, **fields):
    batch = ImportBatch.objects.latest("pk")
    return client.post(reverse(f"import_{what}", args=[batch.pk]), fields, follow=True).content.decode()


@pytest.fixture
def new_town(place):
    """A town with two communities and nothing else, kept by 新镇党建办, one of its communities by 甲社区书记."""
    town = Town.objects.create(name="新镇")
    bodies = {
        "新镇党建办": Body.objects.create(
            town=town, kind="town_committee", name="中共新镇委员会", short_name="新镇党委"
        )
    }
    for name in ("甲社区", "乙社区"):
        community = Community.objects.create(town=town, name=name)
        facts = {"kind": "community_committee", "name": f"中共{name}委员会", "short_name": f"{name}党委"}
        bodies[f"{name}书记"] = Body.objects.create(community=community, **facts)
    for name, body in bodies.items():
        place.user[name] = User.objects.create_user(f"new{body.pk}", PASSWORD, name=name, town=town)
        role = "town_office" if body.community is None else "community_secretary"
        Assignment.objects.create(user=place.user[name], role=role, body=body, starts_on=date(2020, 1, 1))
    return town


def test_a_new_town_comes_from_nothing_to_its_roster(place, as_user, new_town):
    """小区 from the template, then branches, then the roster: each page names the next."""
    client = as_user("新镇党建办")
    for name in ("home", "compounds"):
        page = client.get(reverse(name)).content.decode()
        assert "下载模板，导入小区" in page
        assert f'href="{reverse("compounds_import")}"' in page
    page = client.get(reverse("compounds_import")).content.decode()
    assert "导入到新镇" in page
    assert "换一个社区" not in page
    template = load_workbook(io.BytesIO(client.get(reverse("compounds_template")).content))
    sheet = template["新镇小区表"]
    sheet["A3"], sheet["B3"], sheet["C3"] = "新城", "甲社区", 812
    buffer = io.BytesIO()
    template.save(buffer)
    page = client.post(reverse("compounds_import"), {"file": upload(buffer.getvalue())}, follow=True).content.decode()
    assert "全部导入 1 行" in page
    assert "新增 1 个小区" in page
    page = do(client, "apply")
    assert "小区已导入" in page
    assert f'href="{reverse("branches_import")}"' in page
    assert f'href="{reverse("roster_import")}"' in page
    post(client, "branches", [NEW_BRANCH | {"community": "甲社区", "compounds": "新城"}])
    page = do(client, "apply")
    assert "党支部已导入" in page
    assert f'href="{reverse("roster_import")}"' in page
    branch = Branch.objects.get(body__short_name="新城党支部")
    assert (branch.community.name, [c.name for c in branch.compounds_on(place.today)]) == ("甲社区", ["新城"])


def test_the_pages_say_when_compounds_come_first(as_user, new_town):
    client = as_user("甲社区书记")
    for name in ("roster_import", "branches_import"):
        page = client.get(reverse(name)).content.decode()
        assert "甲社区还没有小区" in page
        assert f'href="{reverse("compounds_import")}?community=' in page
    assert "新镇还没有小区" in as_user("新镇党建办").get(reverse("branches_import")).content.decode()
    assert "下载模板，导入党支部" in client.get(reverse("branches")).content.decode()
    for name in ("roster_import", "branches_import", "compounds_import"):
        assert "还没有小区" not in as_user("社区书记").get(reverse(name)).content.decode()


@pytest.mark.parametrize("reader", ["镇党建办", "社区书记"])
def test_the_lists_lead_to_their_imports(as_user, reader):
    client = as_user(reader)
    for name in ("compounds", "branches"):
        assert f'href="{reverse(f"{name}_import")}"' in client.get(reverse(name)).content.decode()
        assert f'href="{reverse(f"{name}_import")}"' not in as_user("镇领导").get(reverse(name)).content.decode()


def test_the_pages_of_an_import_speak_of_its_kind(place, as_user):
    client = as_user("社区书记")
    lines = [{"name": "新城", "households": 812}, {"name": "旧城", "households": "很多"}]
    page = post(client, "compounds", lines).content.decode()
    assert "核对小区" in page
    assert "导入到北社区" in page
    assert '<span class="told">B3 旧城</span>' in page
    page = do(client, "apply", only_good="1")
    assert re.search(r"新增</dt><dd>1 个小区", page)
    assert "名册" not in re.sub(r"导入党员名册|导入名册", "", page)
    batch = ImportBatch.objects.latest("pk")
    undo = reverse("import_undo", args=[batch.pk])
    assert "要撤销吗" in client.get(undo).content.decode()
    assert "已撤销，小区和导入以前一样" in client.post(undo, follow=True).content.decode()
    assert not Compound.objects.filter(name="新城").exists()
    listed = client.get(reverse("imports")).content.decode()
    assert "小区表" in listed
    assert "新增 1 个小区" in listed
    page = post(client, "compounds", [{"name": "湖畔", "households": 500}]).content.decode()
    assert "没有变化：表里的 1 个小区都和系统里的一致" in page


def test_a_towns_batch_is_the_towns(place, as_user):
    post(as_user("镇党建办"), "compounds", [{"name": "新城", "community": "北社区"}])
    batch = ImportBatch.objects.get()
    assert batch.community is None
    url = reverse("import_batch", args=[batch.pk])
    assert as_user("社区书记").get(url).status_code == 404
    assert as_user("邻镇党建办").get(url).status_code == 404
    assert as_user("镇党建办").get(url).status_code == 200


@pytest.mark.parametrize("name", ["compounds", "branches"])
@pytest.mark.parametrize("chosen", ["南社区", "港口社区", "x", "-1", "999999", "9" * 30])
def test_a_community_that_is_not_mine_is_not_found(place, as_user, chosen, name):
    query = f"?community={place.community[chosen].pk if chosen in place.community else chosen}"
    client = as_user("社区书记")
    assert client.get(reverse(f"{name}_import") + query).status_code == 404
    assert client.get(reverse(f"{name}_template") + query).status_code == 404
    assert client.post(reverse(f"{name}_import") + query, {"file": upload(b"PK")}).status_code == 404


@pytest.mark.parametrize("name", ["compounds_import", "branches_import"])
@pytest.mark.parametrize(
    ("file", "content", "reason"),
    [
        ("表.xls", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "另存为 .xlsx"),
        ("表.xlsx", b"PK\x03\x04 broken", "打不开"),
        ("表.xlsx", b"", "空的"),
    ],
)
def test_what_is_no_table_is_told_plainly(as_user, name, file, content, reason):
    response = as_user("镇党建办").post(reverse(name), {"file": upload(content, file)})
    assert response.status_code == 200
    assert reason in response.content.decode()


# ── Every list that leaves ──


def exported(place, as_user, name):
    """The file as it leaves, for the reader who keeps most of it."""
    reader = ONLY_LEAVES[name][0] if name in ONLY_LEAVES else "社区书记"
    client = as_user(reader)
    url = reverse(name, args=arguments(place, name, "湖畔" if name in ("census_export", "reports_export") else "-"))
    data = {"purpose": "other", "words": "核对以后再传回来"} if name != "trail_export" else {"purpose": "核对操作记录"}
    form = client.get(url).context["form"]
    if "columns" in form.fields:
        data["columns"] = [key for key, _ in form.fields["columns"].choices]
    response = client.post(url, data)
    assert response["Content-Type"].startswith("application/vnd.openxml"), response.content.decode()[:300]
    return b"".join(response.streaming_content)


def test_every_list_that_leaves_is_walked_here():
    names = {name for name, *_ in all_views(get_resolver().url_patterns) if name.endswith("_export")}
    assert names == {*COMES_BACK, *ONLY_LEAVES}
    assert {kind.key for kind in all_kinds()} == set(COMES_BACK.values())
    assert {kind.address for kind in all_kinds()} == set(IMPORTS)


@pytest.mark.parametrize("name", COMES_BACK)
def test_a_list_that_comes_back_unchanged_changes_nothing(place, as_user, name):
    content = exported(place, as_user, name)
    kind = kind_called(COMES_BACK[name])
    page = as_user("社区书记").post(reverse(kind.address), {"file": upload(content)}, follow=True).content.decode()
    assert "没有变化：表里的" in page
    for other in all_kinds():
        if other is not kind:
            page = as_user("社区书记").post(reverse(other.address), {"file": upload(content)}).content.decode()
            assert f"这是从本系统导出的{kind.exported_as}，请到“导入{kind.noun}”里传。" in page


@pytest.mark.parametrize("name", ONLY_LEAVES)
def test_a_result_that_is_handed_in_is_named(place, as_user, name):
    content = exported(place, as_user, name)
    before = ImportBatch.objects.count()
    for address in IMPORTS:
        page = as_user("社区书记").post(reverse(address), {"file": upload(content)}).content.decode()
        assert ONLY_LEAVES[name][1] in page
    assert not ImportBatch.objects.exclude(state="refused").order_by("pk")[before:]


def test_a_table_of_ones_own_that_is_called_like_ours_is_read(place, as_user):
    """Only with the line that says who made it, when and what for, a table is ours."""
    book = load_workbook(io.BytesIO(table("compounds", [{"name": "湖畔", "households": 500}])))
    book.active.insert_rows(1)
    book.active["A1"] = "北社区会议台账"
    buffer = io.BytesIO()
    book.save(buffer)
    client = as_user("社区书记")
    page = client.post(reverse("compounds_import"), {"file": upload(buffer.getvalue())}, follow=True).content.decode()
    assert "没有变化" in page
