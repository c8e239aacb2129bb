"""小区导入、支部导入: the same engine, the entry forms' own rules, exactly the edited cells, and back again."""

import io
from datetime import date, datetime

import pytest
from django.core.exceptions import PermissionDenied
from django.urls import reverse
from openpyxl import Workbook, load_workbook

from branches import import_branch_forms, import_compound_forms, registry
from branches.models import Branch
from members.models import Post
from office.areas.models import Body, Community, Compound, Coverage
from office.audit import trail
from office.audit.models import Trail
from office.imports import batches, holding, undoing
from office.imports.models import ImportBatch
from tests.members.conftest import counts, faults

TITLES = {
    table.key: {column.key: column.title for column in table.columns}
    for table in (import_compound_forms.CompoundTable, import_branch_forms.BranchTable)
}
NEW_BRANCH = {
    "short_name": "新城党支部",
    "community": "北社区",
    "kind": "小区党支部",
    "name": "中共西塘镇北社区新城支部委员会",
    "compounds": "公园",
    "approved_on": "2020年12月24日",
}


def table(kind, lines):
    """The bytes of a real .xlsx with the columns that the lines use, first line in row 2."""
    keys = [key for key in TITLES[kind] if any(key in line for line in lines)]
    book = Workbook()
    book.active.append([TITLES[kind][key] for key in keys])
    for line in lines:
        book.active.append([line.get(key) for key in keys])
    buffer = io.BytesIO()
    book.save(buffer)
    return buffer.getvalue()


@pytest.fixture
def hand_in(place):
    """hand_in(kind, [line, …] or bytes) → the ImportBatch; for the town, or for the community named."""

    def hand_in(kind, content, *, community=None, by=None):
        content = content if isinstance(content, bytes) else table(kind, content)
        home = place.community.get(community)
        user = place.user[by or ("社区书记" if home else "镇党建办")]
        return batches.upload(content, "表.xlsx", kind=kind, town=user.town, community=home, by=user)

    return hand_in


@pytest.fixture
def save(hand_in, place):
    def save(*args, **options):
        batch = hand_in(*args, **options)
        assert not faults(batch), faults(batch)
        batches.apply(batch, by=batch.uploaded_by)
        return batch

    return save


def shown(batch):
    return {line.name: line.shown["changes"] for line in batch.lines.filter(action__in=("new", "changed"))}


def columns_at_fault(batch):
    return [(row, column) for row, column, *_ in faults(batch)]


class Exported:
    """A list as somebody takes it away, cell by name and title."""

    def __init__(self, client, name, first, query=""):
        url = f"{reverse(f'{name}_export')}{query}"
        form = client.get(url).context["form"]
        response = client.post(url, {"purpose": "check", "columns": [key for key, _ in form.fields["columns"].choices]})
        self.book = load_workbook(io.BytesIO(response.getvalue()))
        self.sheet = self.book.worksheets[0]
        self.head = next(row for row in self.sheet.iter_rows() if row[0].value == first)

    def cell(self, name, title):
        row = next(row for row in self.sheet.iter_rows() if row[0].value == name)
        return row[[cell.value for cell in self.head].index(title)]

    def set(self, name, title, value):
        self.cell(name, title).value = value

    def content(self):
        buffer = io.BytesIO()
        self.book.save(buffer)
        return buffer.getvalue()


# ── Compounds ──


@pytest.fixture
def compounds(as_user):
    return lambda reader="镇党建办", query="": Exported(as_user(reader), "compounds", "小区名称", query)


def test_a_town_fills_its_compounds_at_once(save, place):
    lines = [
        {"name": "新　城", "community": "北社区", "households": 812, "buildings": "6", "built_year": 2006},
        {"name": "旧城", "community": "南社区", "address": "东路1号"},
    ]
    batch = save("compounds", lines)
    assert counts(batch) == (2, 0, 0, 0, 0)
    assert shown(batch)["新 城"] == [
        ["小区名称", "", "新城"],
        ["社区", "", "北社区"],
        ["户数", "", "812"],
        ["栋数", "", "6"],
        ["建成年份", "", "2006"],
    ]
    found = Compound.objects.get(name="新城")
    assert (found.community.name, found.town, found.households, found.pinyin) == (
        "北社区",
        place.town["西塘镇"],
        812,
        Compound(name="新城", community=found.community).pinyin or found.pinyin,
    )
    assert Compound.objects.get(name="旧城").address == "东路1号"
    assert {row.verb for row in Trail.objects.all()} == {"areas.compound_added", "areas.compounds_imported"}


def test_a_list_of_compounds_sent_back_as_it_is_changes_nothing(compounds, hand_in, place):
    batch = hand_in("compounds", compounds().content())
    assert not faults(batch), faults(batch)
    assert counts(batch) == (0, 0, Compound.objects.filter(town=place.town["西塘镇"]).count(), 0, 0)


def test_exactly_the_edited_cells_change_and_go_back(compounds, hand_in, place):
    before = list(Compound.objects.order_by("pk").values())
    file = compounds()
    file.set("湖畔", "户数", 501)
    file.set("湖畔", "建成年份", 2006)
    file.set("公园", "小区名称", "大公园")
    file.set("山水", "覆盖", "随便写")
    file.set("山水", "户数", None)
    batch = hand_in("compounds", file.content())
    assert shown(batch) == {
        "湖畔": [["户数", "500", "501"], ["建成年份", "", "2006"]],
        "大公园": [["小区名称", "公园", "大公园"]],
    }
    assert any("覆盖" in notice and "改了也不导入" in notice for notice in batch.notices)
    batches.apply(batch, by=place.user["镇党建办"])
    assert Compound.objects.get(pk=place.compound["公园"].pk).name == "大公园"
    assert Compound.objects.get(pk=place.compound["山水"].pk).households == 500, "blank is not delete"
    undoing.undo(batch, by=place.user["镇党建办"])
    assert list(Compound.objects.order_by("pk").values()) == before


def test_a_saved_file_again_says_nothing_changed(save, hand_in):
    lines = [{"name": "新城", "community": "北社区", "households": 812}]
    save("compounds", lines)
    assert counts(hand_in("compounds", lines)) == (0, 0, 1, 0, 0)


@pytest.mark.parametrize(
    ("line", "column", "words"),
    [
        ({"name": "新城", "address": "东路1号"}, "community", "没有填“社区”"),
        ({"name": "新城", "community": "东社区"}, "community", "没有“东社区”这个社区"),
        ({"name": "新城", "community": "港口社区"}, "community", "没有“港口社区”这个社区"),
        ({"name": "新城", "community": "北社区", "households": "很多"}, "households", "户数写数字"),
        ({"name": "新城", "community": "北社区", "households": 10**12}, "households", "太大"),
        ({"name": "新城", "community": "北社区", "buildings": 0}, "buildings", "从 1 写起"),
        ({"name": "新城", "community": "北社区", "built_year": "06"}, "built_year", "四位数的年份"),
        ({"name": "长" * 41, "community": "北社区"}, "name", "40"),
        ({"name": "=1+1", "community": "北社区"}, "name", "公式"),
        ({"name": "湖畔", "community": "北社区", "key": "X999999"}, "key", "没有这个系统编号的小区"),
        ({"name": "湖畔", "community": "北社区", "key": "Z1"}, "key", "这不是系统编号"),
        ({"name": "湖畔", "community": "北社区", "key": "X" + "9" * 30}, "key", "这不是系统编号"),
    ],
)
def test_the_entry_forms_rules_hold_for_every_line(hand_in, line, column, words):
    batch = hand_in("compounds", [line])
    (_, at, message, _), *_ = faults(batch)
    assert at == column
    assert words in message
    assert batch.to_save == 0


@pytest.mark.parametrize("whose", ["山水", "海景"])
def test_a_number_of_another_community_says_no_more_than_an_unknown_one(hand_in, place, whose):
    line = {"name": whose, "key": f"X{place.compound[whose].pk}", "households": 1}
    ((_, column, message, _),) = faults(hand_in("compounds", [line], community="北社区"))
    assert (column, message) == ("key", "北社区没有这个系统编号的小区，请核对；新的请清空这一格。")


def test_a_community_writes_its_own_compounds_only(hand_in, save, place):
    batch = hand_in("compounds", [{"name": "新城", "community": "南社区"}], community="北社区")
    assert faults(batch)[0][2] == "这张表导入到北社区，不能写南社区的。"
    save("compounds", [{"name": "新城", "address": "东路1号"}], community="北社区")
    assert Compound.objects.get(name="新城").community == place.community["北社区"]


def test_a_compound_does_not_change_its_community_here(hand_in, place):
    line = {"name": "湖畔", "community": "南社区", "key": f"X{place.compound['湖畔'].pk}"}
    assert faults(hand_in("compounds", [line]))[0][2] == "系统里记在北社区，换社区不在这里办。"


def test_a_name_that_is_taken_is_refused_before_anything_is_saved(hand_in, place):
    taken = {"name": "公园", "community": "北社区", "key": f"X{place.compound['湖畔'].pk}"}
    assert faults(hand_in("compounds", [taken]))[0][2] == registry.COMPOUND_TAKEN
    twins = [{"name": name, "community": "北社区"} for name in ("新城", "新 城")]
    assert columns_at_fault(hand_in("compounds", twins)) == [(2, "name"), (3, "name")]
    renamed = {"name": "新城", "community": "北社区", "key": f"X{place.compound['湖畔'].pk}"}
    assert columns_at_fault(hand_in("compounds", [renamed, twins[0]])) == [(3, "name")]
    same = [renamed, renamed | {"households": 3}]
    assert columns_at_fault(hand_in("compounds", same)) == [(2, "name"), (3, "name")]


def test_what_somebody_else_typed_meanwhile_stops_the_saving(hand_in, place):
    batch = hand_in("compounds", [{"name": "湖畔", "community": "北社区", "households": 501}])
    Compound.objects.filter(name="湖畔").update(households=502)
    with pytest.raises(batches.Changed, match="核对以后小区刚被别人改过"):
        batches.apply(batch, by=place.user["镇党建办"])
    assert batch.lines.get().shown["changes"] == [["户数", "502", "501"]]


def test_new_compounds_go_back_unless_something_points_at_them(save, place):
    batch = save("compounds", [{"name": "新城", "community": "北社区"}, {"name": "旧城", "community": "北社区"}])
    new, town = Compound.objects.get(name="新城"), place.user["镇党建办"]
    neighbour = new.neighbours
    neighbour.add(place.compound["湖畔"])
    with pytest.raises(undoing.InTheWay) as refused:
        undoing.undo(batch, by=town)
    assert [(c.name, c.what) for c in refused.value.conflicts] == [("新城", "已有邻近小区")]
    neighbour.clear()
    member = place.member["田大利"]
    member.home_compound = new
    member.save()
    with pytest.raises(undoing.InTheWay):
        undoing.undo(batch, by=town)
    member.home_compound = place.compound["湖畔"]
    member.save()
    undoing.undo(batch, by=town)
    assert not Compound.objects.filter(name__in=["新城", "旧城"]).exists()


def test_an_old_name_that_is_used_again_keeps_the_batch_from_going_back(save, place):
    batch = save("compounds", [{"name": "大湖畔", "community": "北社区", "key": f"X{place.compound['湖畔'].pk}"}])
    Compound.objects.create(community=place.community["北社区"], name="湖畔")
    with pytest.raises(holding.NotNow, match="原来的名称"):
        undoing.undo(batch, by=place.user["镇党建办"])


def test_later_work_is_named_in_the_way_of_an_undo(save, place):
    batch = save("compounds", [{"name": "湖畔", "community": "北社区", "households": 501}])
    registry.save_compound(_with(Compound.objects.get(name="湖畔"), households=502), by=place.user["社区书记"])
    with pytest.raises(undoing.InTheWay) as refused:
        undoing.undo(batch, by=place.user["镇党建办"])
    (conflict,) = refused.value.conflicts
    assert conflict.name == "湖畔"
    assert conflict.what.endswith("社区书记 修改小区")


def _with(row, **values):
    for name, value in values.items():
        setattr(row, name, value)
    return row


# ── Branches ──


@pytest.fixture
def branches(as_user):
    return lambda reader="镇党建办": Exported(as_user(reader), "branches", "简称")


def test_existing_branches_are_registered_from_a_table(save, place):
    lines = [
        NEW_BRANCH | {"term_years": "5", "term_ends_on": "2025-12-23", "has_committee": "是"},
        NEW_BRANCH | {"short_name": "联合党支部", "name": "联合支部", "kind": "联合党支部", "compounds": "公园、湖畔"},
        NEW_BRANCH | {"short_name": "综合党支部", "name": "综合支部", "kind": "社区其他党支部", "compounds": "无"},
    ]
    batch = save("branches", lines)
    assert counts(batch) == (3, 0, 0, 0, 0)
    branch = Branch.objects.get(body__short_name="新城党支部")
    assert (branch.state, branch.term_years, branch.term_ends_on, branch.has_committee, branch.approved_on) == (
        "running",
        5,
        date(2025, 12, 23),
        True,
        date(2020, 12, 24),
    )
    covered = Coverage.objects.filter(body__short_name="联合党支部").values_list("compound__name", flat=True)
    assert set(covered) == {"公园", "湖畔"}
    assert Branch.objects.get(body__short_name="综合党支部").term_years is None, "R-123: a term is never made up"
    undoing.undo(batch, by=place.user["镇党建办"])
    assert Branch.objects.count() == 4
    assert not Body.objects.filter(name__in=[line["name"] for line in lines]).exists()


@pytest.fixture
def odd(place):
    """Branches as they may stand: one without a date of approval, a joint one."""
    north = place.community["北社区"]
    Branch.objects.filter(body=place.body["湖畔党支部"]).update(approved_on=None, term_years=None)
    body = Body.objects.create(community=north, kind="branch", name="中共联合支部", short_name="联合党支部")
    Branch.objects.create(body=body, kind="joint", approved_on=date(2020, 7, 1), approval_paper="西党〔2020〕7号")
    Coverage.objects.bulk_create(
        [Coverage(body=body, compound=place.compound[name], starts_on=date(2020, 7, 1)) for name in ("湖畔", "公园")]
    )
    return body


def test_a_list_of_branches_sent_back_as_it_is_changes_nothing(odd, branches, hand_in):
    batch = hand_in("branches", branches().content())
    assert not faults(batch), faults(batch)
    assert counts(batch) == (0, 0, 4, 0, 0)


def snapshot():
    return [list(model.objects.order_by("pk").values()) for model in (Body, Branch)] + [
        sorted(Coverage.objects.values_list("body", "compound", "starts_on", "ends_on"), key=str)
    ]


def test_exactly_the_edited_cells_of_branches_change_and_go_back(odd, branches, hand_in, place):
    before = snapshot()
    file = branches()
    file.set("湖畔党支部", "批准日期", datetime(2021, 3, 1))
    file.set("湖畔党支部", "任期", "3年")
    file.set("公园党支部", "设支部委员会", "是")
    file.set("公园党支部", "简称", "大公园党支部")
    file.set("山水党支部", "书记", "张三")
    file.set("山水党支部", "批准日期", None)
    file.set("联合党支部", "覆盖的小区", "公园")
    file.set("联合党支部", "类别", "小区党支部")
    batch = hand_in("branches", file.content())
    assert not faults(batch), faults(batch)
    assert shown(batch) == {
        "湖畔党支部": [["批准日期", "", "2021年3月1日"], ["任期", "", "3年"]],
        "大公园党支部": [["简称", "公园党支部", "大公园党支部"], ["设支部委员会", "否", "是"]],
        "联合党支部": [["覆盖的小区", "湖畔、公园", "公园"], ["类别", "联合党支部", "小区党支部"]],
    }
    town = place.user["镇党建办"]
    batches.apply(batch, by=town)
    assert Branch.objects.get(body=odd).kind == "compound"
    assert [c.name for c in Branch.objects.get(body=odd).compounds_on(place.today)] == ["公园"]
    ended = Coverage.objects.get(body=odd, compound=place.compound["湖畔"])
    assert (ended.starts_on, (place.today - ended.ends_on).days) == (date(2020, 7, 1), 1)
    undoing.undo(batch, by=town)
    assert snapshot() == before


def test_covering_another_compound_holds_from_today(save, place):
    key = f"Z{place.body['湖畔党支部'].pk}"
    save("branches", [{"short_name": "湖畔党支部", "key": key, "compounds": "公园"}])
    rows = Coverage.objects.filter(body=place.body["湖畔党支部"]).order_by("pk")
    assert [(row.compound.name, row.starts_on == place.today, row.ends_on is None) for row in rows] == [
        ("湖畔", False, False),
        ("公园", True, True),
    ]
    save("branches", [{"short_name": "湖畔党支部", "key": key, "compounds": "湖畔"}])
    names = [row.compound.name for row in rows.filter(ends_on=None)]
    assert names == ["湖畔"], "what began today and is changed today was a slip"
    assert Trail.objects.filter(verb="branches.corrected").count() == 2


@pytest.mark.parametrize(
    ("changed", "column", "words"),
    [
        ({"name": None}, "name", "请填写全称"),
        ({"approved_on": None}, "approved_on", "写清是哪一天"),
        ({"approved_on": "12月24日"}, "approved_on", "四位的年份"),
        ({"approved_on": "2020年12月"}, "approved_on", "写清是哪一天"),
        ({"kind": None}, "kind", ""),
        ({"kind": "大支部"}, "kind", "只能填：小区党支部、联合党支部、社区其他党支部"),
        ({"term_years": "4年"}, "term_years", "只能填：5年、3年"),
        ({"has_committee": "也许"}, "has_committee", "只能填：是、否"),
        ({"compounds": "湖边"}, "compounds", "北社区没有“湖边”这个小区"),
        ({"compounds": "山水"}, "compounds", "山水不在北社区"),
        ({"compounds": "海景"}, "compounds", "没有“海景”这个小区"),
        ({"compounds": None}, "compounds", "选一个小区"),
        ({"compounds": "湖畔、公园"}, "compounds", "选一个小区"),
        ({"kind": "联合党支部"}, "compounds", "至少选两个小区"),
        ({"approval_paper": "号" * 41}, "approval_paper", "40"),
        ({"community": "东港镇"}, "community", "没有“东港镇”这个社区"),
    ],
)
def test_the_entry_forms_rules_hold_for_every_branch(hand_in, changed, column, words):
    batch = hand_in("branches", [NEW_BRANCH | changed])
    (_, at, message, _), *others = faults(batch)
    assert (at, others) == (column, [])
    assert words in message
    assert batch.to_save == 0


def test_a_branch_of_another_community_stays_untouched(hand_in, place):
    line = NEW_BRANCH | {"key": f"Z{place.body['山水党支部'].pk}"}
    assert faults(hand_in("branches", [line], community="北社区"))[0][2].startswith("北社区没有这个系统编号的党支部")
    taken = NEW_BRANCH | {"name": place.body["山水党支部"].name}
    assert faults(hand_in("branches", [taken], community="北社区"))[0][2] == registry.BRANCH_TAKEN


def test_a_branch_without_a_number_is_known_by_its_full_name_then_by_its_short_one(save, hand_in):
    save("branches", [NEW_BRANCH])
    assert counts(hand_in("branches", [NEW_BRANCH])) == (0, 0, 1, 0, 0)
    renamed = hand_in("branches", [NEW_BRANCH | {"name": "中共西塘镇北社区新城小区支部委员会"}])
    assert shown(renamed) == {"新城党支部": [["全称", NEW_BRANCH["name"], "中共西塘镇北社区新城小区支部委员会"]]}
    elsewhere = {"community": "南社区", "compounds": "山水", "name": "中共西塘镇南社区新城支部委员会"}
    assert hand_in("branches", [NEW_BRANCH | elsewhere]).new == 1


def test_a_branch_that_has_a_post_by_now_stays(save, place):
    batch = save("branches", [NEW_BRANCH])
    place.body["新城党支部"] = Body.objects.get(short_name="新城党支部")
    place.add_post("王伟", "新城党支部", Post.Title.SECRETARY)
    with pytest.raises(undoing.InTheWay) as refused:
        undoing.undo(batch, by=place.user["镇党建办"])
    assert [conflict.name for conflict in refused.value.conflicts] == ["新城党支部"]


# ── Both ──


@pytest.mark.parametrize("kind", ["compounds", "branches"])
def test_the_cost_of_a_plan_does_not_grow_with_the_lines(hand_in, django_assert_max_num_queries, kind):
    def lines(number):
        if kind == "compounds":
            return [{"name": f"新城{n}", "community": "北社区", "households": n + 1} for n in range(number)]
        return [NEW_BRANCH | {"name": f"支部{n}", "short_name": f"支部{n}"} for n in range(number)]

    with django_assert_max_num_queries(35):
        assert hand_in(kind, lines(2)).new == 2
    with django_assert_max_num_queries(35):
        assert hand_in(kind, lines(200)).new == 200


@pytest.mark.parametrize("kind", ["compounds", "branches"])
@pytest.mark.parametrize("by", ["镇领导", "指导组", "社区书记", "联系干部", "支部书记", "邻镇党建办", "系统管理员"])
def test_only_who_keeps_the_town_hands_in_for_the_town(place, kind, by):
    with pytest.raises(PermissionDenied):
        batches.upload(b"", "a.xlsx", kind=kind, town=place.town["西塘镇"], community=None, by=place.user[by])


def test_nothing_stands_when_the_trail_cannot_be_written(hand_in, place, monkeypatch):
    batch = hand_in("compounds", [{"name": "新城", "community": "北社区"}])

    def broken(*args, **kwargs):
        raise RuntimeError

    monkeypatch.setattr(trail, "record", broken)
    with pytest.raises(RuntimeError):
        batches.apply(batch, by=place.user["镇党建办"])
    assert not Compound.objects.filter(name="新城").exists()
    assert ImportBatch.objects.get().state == "ready"


def test_every_community_of_the_template_can_be_chosen(place, as_user):
    for name, town in (("compounds_template", "北社区"), ("branches_template", "北社区")):
        response = as_user("镇党建办").get(reverse(name))
        book = load_workbook(io.BytesIO(response.content))
        offered = {cell.value for row in book["选项"].iter_rows() for cell in row}
        assert set(Community.objects.filter(town=place.town["西塘镇"]).values_list("name", flat=True)) <= offered
        assert town in offered
        assert "港口社区" not in offered
        own = load_workbook(io.BytesIO(as_user("社区书记").get(reverse(name)).content))
        heads = [cell.value for cell in own.worksheets[1][1]]
        assert not any("社区" in head for head in heads), "it can only be the own one"
