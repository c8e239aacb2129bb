"""A list that left the product, mended in WPS or Excel, comes back: exactly the edited cells change (N-13)."""

import io

import pytest
from django.urls import reverse
from openpyxl import load_workbook

from members import roster
from members.models import Member, Person
from office.imports import batches
from tests.members.conftest import counts, faults, id_number, line


class Exported:
    """The member list as 社区书记 takes it away, cell by name and title."""

    def __init__(self, content):
        self.book = load_workbook(io.BytesIO(content))
        self.sheet = self.book.worksheets[0]
        self.head = next(row for row in self.sheet.iter_rows() if row[0].value == "姓名")
        self.columns = {cell.value: cell.column for cell in self.head}

    def row_of(self, name):
        return next(row[0].row for row in self.sheet.iter_rows() if row[0].value == name)

    def cell(self, name, title):
        return self.sheet.cell(self.row_of(name), self.columns[title])

    def set(self, name, title, value):
        self.cell(name, title).value = value

    def drop(self, title):
        self.sheet.delete_cols(self.columns.pop(title))
        self.columns = {cell.value: cell.column for cell in self.sheet[self.head[0].row]}

    def content(self):
        buffer = io.BytesIO()
        self.book.save(buffer)
        return buffer.getvalue()


@pytest.fixture
def exported(place, as_user):
    place.add_post("王伟", "湖畔党支部", "org_member")

    def make():
        url = reverse("members_export")
        client = as_user("社区书记")
        page = client.get(url).context["form"]
        ticked = {name: page[name].value() for name in page.fields if page[name].value()}
        response = client.post(url, {**ticked, "purpose": "other", "words": "核对党员名册再传回来"})
        assert response.status_code == 200, response.content.decode()[:500]
        return Exported(response.getvalue())

    return make


@pytest.fixture
def hand_in(place):
    def hand_in(file):
        community = place.community["北社区"]
        return roster.hand_in(file.content(), "名单.xlsx", community=community, by=place.user["社区书记"])

    return hand_in


def test_a_list_sent_back_as_it_is_changes_nothing(exported, hand_in):
    batch = hand_in(exported())
    assert not faults(batch), faults(batch)
    assert counts(batch) == (0, 0, Member.objects.filter(community__name="北社区").count(), 0, 0)


def test_exactly_the_edited_cells_change(exported, hand_in, place):
    file = exported()
    file.set("王伟", "居住小区", "公园")
    file.set("丁小宁", "联系电话", "13900139000")
    file.set("丁小宁", "姓名", "丁晓宁")
    file.set("田大利", "职务", "省长")
    file.set("何静", "居住小区", None)
    batch = hand_in(file)
    assert {line.name: line.shown["changes"] for line in batch.lines.filter(action="changed")} == {
        "王伟": [["居住小区", "湖畔", "公园"]],
        "丁晓宁": [["姓名", "丁小宁", "丁晓宁"], ["联系电话", "138****8000", "139****9000"]],
    }
    assert batch.unchanged == 4
    assert [notice for notice in batch.notices if "职务" in notice] == ["这几列只是给人看的，改了也不导入：职务。"]
    batches.apply(batch, by=place.user["社区书记"])
    assert Person.objects.get(name="丁晓宁").phone == "13900139000"
    assert Member.objects.get(person__name="王伟").home_compound == place.compound["公园"]
    assert Member.objects.get(person__name="何静").home_compound == place.compound["公园"], "blank is not delete"


def test_a_mask_that_is_not_the_persons_own_is_a_fault(exported, hand_in):
    file = exported()
    file.set("王伟", "联系电话", "139****8000")
    file.set("何静", "出生年月", "1961年5月")
    batch = hand_in(file)
    assert sorted((key, message[:5]) for _, key, message, _ in faults(batch)) == [
        ("birth_date", "出生日期请"),
        ("phone", "带星号的号"),
    ]


def test_a_masked_number_is_the_one_on_record(read, place):
    person = place.member["王伟"].person
    person.set_id_number(id_number())
    person.save()
    key = f"P{person.pk}"
    same = read([line("王伟", key=key, id_number="330***********" + id_number()[-4:], phone="138****8000")])
    assert counts(same) == (0, 0, 1, 0, 0)
    other = read([line("王伟", key=key, id_number="330***********9999")])
    assert [column for _, column, *_ in faults(other)] == ["id_number"]
    unkeyed = read([line("王伟", id_number="330***********" + id_number()[-4:])])
    assert [column for _, column, *_ in faults(unkeyed)] == ["id_number"]


@pytest.mark.parametrize("whose", ["南社区", "东港镇", "nobody"])
def test_a_key_of_somebody_elsewhere_says_no_more_than_an_unknown_one(read, place, whose):
    keys = {"南社区": place.member["高富"].pk, "东港镇": place.member["赵云"].pk, "nobody": 999_999}
    batch = read([line("王小明", key=f"P{keys[whose]}")])
    ((_, column, message, _),) = faults(batch)
    assert (column, message[:20]) == ("key", "本社区的名册里没有这个系统编号，请核对；")


@pytest.mark.parametrize("key", ["123", "王", "P", "P-1", "P1.5", "=1+1", "P" + "9" * 30])
def test_what_is_no_key_is_a_fault(read, key):
    assert [column for _, column, *_ in faults(read([line("王小明", key=key, phone="13900139000")]))] == ["key"]


def test_one_key_in_two_rows_is_a_fault_in_both(read, place):
    key = f"P{place.member['王伟'].pk}"
    assert [(row, column) for row, column, *_ in faults(read([line("王伟", key=key), line("王玮", key=key)]))] == [
        (2, "key"),
        (3, "key"),
    ]


def test_a_key_beside_quite_another_name_is_asked(read, respond, place):
    batch = read([line("何静", key=f"P{place.member['王伟'].pk}")])
    assert counts(batch) == (0, 0, 0, 0, 1)
    assert "“王伟”" in batch.questions.get().text


def test_a_key_beside_somebody_elses_number_is_a_fault(read, load, place):
    load([line("李小红", id_number=id_number())])
    batch = read([line("王伟", key=f"P{place.member['王伟'].pk}", id_number=id_number())])
    assert [column for _, column, *_ in faults(batch)] == ["id_number"]


def test_a_list_without_the_required_columns_does_for_people_with_keys_only(exported, hand_in):
    file = exported()
    file.drop("人员类别")
    assert hand_in(file).changed == 0
    row = file.sheet.max_row + 1
    file.sheet.cell(row, file.columns["姓名"]).value = "王小明"
    batch = hand_in(file)
    assert batch.state == "refused"
    assert "缺少“人员类别”这一列" in batch.refusal
