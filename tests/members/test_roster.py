"""The roster: every trap told at once with its cell, boundaries kept, all or nothing."""

from datetime import date, timedelta

import pytest
from django.core.exceptions import PermissionDenied
from django.db import connection
from django.test.utils import CaptureQueriesContext

from members import roster
from members.models import Member, Person, PersonPlace, Placement
from members.roster import Roster
from office.audit import trail
from office.audit.models import Trail
from office.imports import batches, error_copies, holding
from office.sheets.guard import check_upload
from office.sheets.reading import unpacked
from tests.members.conftest import counts, faults, id_number, line, write


def messages(batch, row):
    return " ".join(message for fault_row, _, message, _ in faults(batch) if fault_row == row)


def test_a_full_line_becomes_a_person_a_member_a_placement_and_places(load, place):
    batch = load(
        [
            line(
                "王　小明",
                id_number=id_number(),
                phone="１３９ 0013 9000",
                compound="湖畔",
                joined_on="1995.7.1",
                full_on="1996年7月",
                background="离退休",
                door="3栋502",
                owns_unit="是",
            )
        ]
    )
    assert (batch.new, batch.changed, batch.unchanged) == (1, 0, 0)
    person = Person.objects.get(name="王小明")
    assert (person.sex, person.birth_date, person.phone) == ("M", date(1970, 3, 5), "13900139000")
    assert person.id_number() == id_number()
    assert id_number() not in person.id_sealed
    member = person.member
    assert (member.branch, member.home_compound) == (place.body["湖畔党支部"], place.compound["湖畔"])
    assert (member.joined_on, member.joined_precision) == (date(1995, 7, 1), "d")
    assert (member.full_on, member.full_precision) == (date(1996, 7, 1), "m")
    assert (member.background, member.owns_unit, member.town) == ("retired", True, place.town["西塘镇"])
    placement = Placement.objects.get(member=member)
    assert (placement.branch, placement.relation, placement.starts_on, placement.ends_on) == (
        place.body["湖畔党支部"],
        "direct",
        None,
        None,
    )
    assert PersonPlace.objects.get(person=person).compound == place.compound["湖畔"]


def test_one_trail_row_holds_the_counts_and_the_file(load, place):
    before = Trail.objects.count()
    load([line("王小明", phone="13900139000"), line("李小红", phone="13900139001")])
    row = Trail.objects.get(pk__gt=before, verb="members.roster_applied")
    assert row.changes["新增"] == [None, 2]
    assert len(row.changes["文件"][1]) == 64
    assert not trail.broken_links(place.town["西塘镇"].pk)


def test_the_same_file_again_changes_nothing(load):
    lines = [
        line("王小明", id_number=id_number(), compound="湖畔", joined_on="1995年"),
        line("李小红", phone="13900139001", relation="在职报到", compound="湖畔", branch=None),
        line("张无名"),
    ]
    load(lines)
    members, rows, places = Member.objects.count(), Trail.objects.count(), set(PersonPlace.objects.values_list("pk"))
    assert counts(load(lines)) == (0, 0, 3, 0, 0)
    assert (Member.objects.count(), Trail.objects.count()) == (members, rows)
    assert set(PersonPlace.objects.values_list("pk")) == places


@pytest.mark.parametrize(
    ("cells", "key", "reason"),
    [
        ({"id_number": 330106197003050010}, "id_number", "存成了数字"),
        ({"id_number": "330106197003050000"}, "id_number", "Excel 改掉"),
        ({"id_number": id_number()[:-1] + ("1" if id_number()[-1] != "1" else "2")}, "id_number", "最后一位对不上"),
        ({"id_number": "330106700305001"}, "id_number", "18 位"),
        ({"id_number": id_number(), "sex": "女"}, "sex", "不一致"),
        ({"phone": "138001380"}, "phone", "11 位"),
        ({"compound": "山水"}, "compound", "其他社区"),
        ({"branch": "山水党支部"}, "branch", "其他社区"),
        ({"joined_on": "2019.13.1"}, "joined_on", "13月"),
        ({"joined_on": "2019年2月30日"}, "joined_on", "没有30日"),
        ({"joined_on": "7月1日"}, "joined_on", "四位的年份"),
        ({"joined_on": 2019.1}, "joined_on", "1 月还是 10 月"),
        ({"joined_on": "2001年7月1日", "full_on": "2000年7月1日"}, "full_on", "早于"),
        ({"birth_date": "1990年1月1日", "joined_on": "2006年7月1日"}, "joined_on", "不满 18 岁"),
        ({"birth_date": "1990年1月"}, "birth_date", "写到日"),
        ({"name": None}, "name", "没有填"),
        ({"name": "张三13800138000"}, "name", "数字"),
        ({"stage": "积极分子"}, "stage", "只能填"),
        ({"stage": None}, "stage", "没有填"),
        ({"stage": "预备党员", "full_on": "2002年7月1日"}, "full_on", "还没有转正"),
        ({"branch": None}, "branch", "要写明所在党支部"),
        ({"door": "很长" * 30}, "door", "最多 40 个字"),
        ({"owns_unit": "租的"}, "owns_unit", "只能填：是、否"),
    ],
)
def test_each_trap_is_told_with_its_cell(read, tmp_path, cells, key, reason):
    cells = {"phone": "13900139000", **cells}
    if cells.get("branch", "") is None:
        cells["branch"] = ""
    result = read([line("王小明", **cells), line("李小红", phone="13900139001", **{key: ""} if key == "door" else {})])
    assert [(row, column) for row, column, *_ in faults(result)] == [(2, key)]
    assert reason in faults(result)[0][2]
    assert faults(result)[0][3].endswith("2")


def test_the_address_is_the_cell_as_excel_shows_it(read):
    result = read([line("王小明", phone="13900139000"), line("李小红", phone="138")])
    assert [address for *_, address in faults(result)] == ["B3"]


def test_all_errors_of_all_rows_at_once_and_nothing_is_saved(read, place):
    before = Member.objects.count()
    result = read(
        [
            line("王小明", phone="13900139000"),
            line("李小红", phone="138", compound="山水", joined_on="2019.13.1"),
            line("张一", stage="积极分子", phone="13900139001"),
            line(None, phone="13900139002"),
        ]
    )
    assert {(row, column) for row, column, *_ in faults(result)} == {
        (3, "phone"),
        (3, "compound"),
        (3, "joined_on"),
        (4, "stage"),
        (5, "name"),
    }
    assert counts(result) == (1, 0, 0, 3, 0)
    with pytest.raises(holding.NotNow, match="没改好"):
        batches.apply(result, by=place.user["社区书记"])
    assert Member.objects.count() == before


def test_the_same_number_twice_in_one_file_names_the_other_row(read):
    same = id_number()
    result = read([line("王小明", id_number=same), line("李小红", phone="13900139001"), line("王晓明", id_number=same)])
    assert "第 4 行" in messages(result, 2)
    assert "第 2 行" in messages(result, 4)
    assert not messages(result, 3)


def test_two_of_one_name_without_a_key_are_not_guessed(read):
    result = read([line("王小明"), line("王小明", phone="13900139000")])
    assert "公民身份号码" in messages(result, 2)
    assert "第 2 行" in messages(result, 3)


def test_two_of_one_name_with_their_own_telephones_are_two_people(load):
    assert load([line("王小明", phone="13900139001"), line("王小明", phone="13900139002")]).new == 2


def test_name_and_telephone_find_the_person_and_the_number_is_added(load, place):
    batch = load([line("王伟", phone="13800138000", id_number=id_number(date(1960, 5, 1)))])
    assert batch.changed == 1
    person = place.member["王伟"].person
    person.refresh_from_db()
    assert person.id_number() == id_number(date(1960, 5, 1))


def test_the_same_birthday_outweighs_a_new_telephone(load, place):
    assert load([line("王伟", phone="13700137000", birth_date="1960年5月1日")]).changed == 1
    person = place.member["王伟"].person
    person.refresh_from_db()
    assert (person.phone, person.phone_tail) == ("13700137000", "7000")


def test_the_same_number_in_another_town_is_none_of_our_business(load, place):
    load([line("赵云飞", id_number=id_number(), branch="海景党支部")], community="港口社区", by="邻镇党建办")
    assert load([line("赵云飞", id_number=id_number())]).new == 1


def test_blank_does_not_delete(load, place):
    load([line("王伟", phone="13800138000", compound="湖畔", joined_on="2001年7月1日", background="离退休")])
    assert load([line("王伟", phone="13800138000", door="2栋101")]).changed == 1
    member = Member.objects.get(person__name="王伟")
    assert (member.background, member.door, member.joined_on) == ("retired", "2栋101", date(2001, 7, 1))


@pytest.mark.parametrize("full_on", ["1970年", "1970年7月"])
def test_a_coarse_date_does_not_contradict_an_exact_one(load, full_on):
    """Before 1977 one became full on the day of joining; the archives often know the year only."""
    load([line("王小明", phone="13900139000", joined_on="1970年7月15日", full_on=full_on)])
    member = Member.objects.get(person__name="王小明")
    assert (member.full_on, member.full_precision) == (date(1970, 7, 15), "y" if full_on == "1970年" else "m")


def test_what_stands_on_record_counts_when_a_line_is_checked(read, place):
    result = read([line("王伟", phone="13800138000", full_on="1999年7月1日")])
    assert "早于" in messages(result, 2)


def test_a_direct_member_keeps_the_branch_on_record(load, place):
    assert load([line("王伟", phone="13800138000", branch="", door="1栋1")]).changed == 1
    assert Member.objects.get(person__name="王伟").branch == place.body["湖畔党支部"]


def test_in_service_members_register_with_the_branch_of_their_compound(load, place):
    load(
        [
            line(
                "孙在职",
                phone="13900139000",
                relation="在职报到",
                branch="",
                compound="湖畔",
                employer_org="县医院党委",
            )
        ]
    )
    member = Member.objects.get(person__name="孙在职")
    assert (member.branch, member.relation, member.employer_org) == (
        place.body["湖畔党支部"],
        "in_service",
        "县医院党委",
    )


def test_another_branch_closes_one_placement_and_opens_the_next(load, place):
    load([line("王伟", phone="13800138000", branch="公园党支部")])
    first, second = Placement.objects.filter(member__person__name="王伟").order_by("pk")
    assert first.ends_on == place.today - timedelta(days=1)
    assert (second.branch, second.starts_on, second.ends_on) == (place.body["公园党支部"], place.today, None)
    places = PersonPlace.objects.filter(person__name="王伟", branch=place.body["公园党支部"])
    assert places.exists()
    # 同一天改回来是更正，不留只有一天的经历。
    load([line("王伟", phone="13800138000", branch="湖畔党支部")])
    assert Placement.objects.filter(member__person__name="王伟", ends_on=None).count() == 1
    assert Placement.objects.filter(member__person__name="王伟").count() == 2


def test_who_has_left_may_come_back_but_the_dead_may_not(load, read, place):
    Member.objects.filter(person__name="高富").update(status="left")
    Placement.objects.filter(member__person__name="高富").update(ends_on=place.today - timedelta(days=30))
    assert load([line("高富", phone="13800138000")]).changed == 1
    member = Member.objects.get(person__name="高富")
    assert (member.community, member.status) == (place.community["北社区"], "normal")
    Member.objects.filter(person__name="王伟").update(status="deceased")
    assert "已去世" in messages(read([line("王伟", phone="13800138000")]), 2)


def test_somebody_known_by_a_post_becomes_a_member(load, place):
    Person.objects.filter(name="吴芳").update(phone="13600136000")
    assert load([line("吴芳", phone="13600136000")]).changed == 1
    person = Person.objects.get(name="吴芳")
    assert (person.member.branch, person.political_status) == (place.body["湖畔党支部"], "party")


def test_the_archives_may_know_another_birthday(read):
    result = read([line("王小明", id_number=id_number(), birth_date="1970年3月6日")])
    assert not result.held_back
    assert any("第 2 行的出生日期" in notice for notice in result.notices)


def test_what_a_number_implies_never_overrides_what_was_written(load):
    load([line("王小明", id_number=id_number(), birth_date="1970年3月6日")])
    assert load([line("王小明", id_number=id_number())]).unchanged == 1
    assert Person.objects.get(name="王小明").birth_date == date(1970, 3, 6)


@pytest.mark.parametrize("name", ["邻社区书记", "联系干部", "支部书记", "指导组", "镇领导", "系统管理员", "邻镇党建办"])
def test_only_keepers_of_the_roster_hand_it_in(read, place, name):
    with pytest.raises(PermissionDenied):
        read([line("王小明")], by=name)
    with pytest.raises(PermissionDenied):
        roster.template(place.community["北社区"], by=place.user[name])


def test_the_one_who_saves_must_be_a_keeper_too(read, place):
    with pytest.raises(PermissionDenied):
        batches.apply(read([line("王小明")]), by=place.user["邻社区书记"])


def test_nothing_stays_when_the_trail_cannot_be_written(read, place, monkeypatch):
    result = read([line("王小明", phone="13900139000"), line("王伟", phone="13800138000", door="9栋9")])
    before = (Person.objects.count(), Member.objects.count(), Placement.objects.count(), PersonPlace.objects.count())

    def broken(*args, **kwargs):
        raise RuntimeError("the trail is gone")

    monkeypatch.setattr(trail, "record", broken)
    with pytest.raises(RuntimeError):
        batches.apply(result, by=place.user["社区书记"])
    after = (Person.objects.count(), Member.objects.count(), Placement.objects.count(), PersonPlace.objects.count())
    assert before == after
    assert Member.objects.get(person__name="王伟").door == ""


def test_five_thousand_lines_are_checked_with_as_many_queries_as_fifty(place, tmp_path):
    def plan(count):
        given = [chr(0x4E00 + 7 * n) for n in range(60)]
        lines = [
            line(
                f"{'王李'[n // 3600]}{given[n % 60]}{given[n // 60 % 60]}",
                phone=f"139{n:08d}",
                compound="湖畔",
                birth_date="1970年1月1日",
            )
            for n in range(count)
        ]
        reading = unpacked(Roster().read(write(tmp_path / "roster.xlsx", lines)))
        community = place.community["北社区"]
        with CaptureQueriesContext(connection) as queries:
            made = Roster().plan(reading, town=community.town, community=community, answers={})
        assert made.count("new") == count, [line.faults for line in made.lines if line.faults][:3]
        return len(queries)

    plan(2)  # 节假日之类只查一次的，先查过
    few = plan(50)
    assert plan(5_000) == few
    assert few <= 8


def test_more_lines_than_can_be_taken_at_once_are_told_plainly(read, monkeypatch):
    monkeypatch.setattr(roster.Roster, "max_rows", 20)
    batch = read([line(f"王{chr(0x4E00 + n)}") for n in range(21)])
    assert batch.state == "refused"
    assert "20 行" in batch.refusal


def test_the_template_offers_the_communitys_own_places_and_can_be_handed_in(place, tmp_path):
    from openpyxl import load_workbook

    path = tmp_path / "模板.xlsx"
    path.write_bytes(roster.template(place.community["北社区"], by=place.user["社区书记"]))
    with path.open("rb") as file:
        check_upload(file, name="模板.xlsx")
    book = load_workbook(path)
    texts = {str(cell.value) for sheet in book for row in sheet.iter_rows() for cell in row if cell.value}
    assert {"湖畔", "公园", "湖畔党支部", "公园党支部"} <= texts
    assert "山水" not in texts
    sheet = book["北社区党员名册"]
    heads = {str(cell.value): cell.column_letter for cell in sheet[1]}
    assert sheet[f"{heads['公民身份号码']}3"].number_format == "@"
    assert sheet[f"{heads['联系电话']}3"].number_format == "@"
    for key, value in {
        "姓名": "王小明",
        "人员类别": "正式党员",
        "关系类别": "直管",
        "所在党支部": "湖畔党支部",
    }.items():
        column = next(letter for title, letter in heads.items() if title.startswith(key))
        sheet[f"{column}3"] = value
    book.save(path)
    batch = roster.hand_in(path.read_bytes(), path.name, community=place.community["北社区"], by=place.user["社区书记"])
    assert not batch.held_back
    assert [row.name for row in batch.lines.filter(action="new")] == ["王小明"]


def test_the_marked_file_says_why(read, tmp_path):
    from openpyxl import load_workbook

    result = read([line("王小明", phone="138")])
    marked = tmp_path / "marked.xlsx"
    marked.write_bytes(error_copies.error_copy(result))
    texts = [str(cell.value) for row in load_workbook(marked).worksheets[0].iter_rows() for cell in row]
    assert any("手机号应为 11 位" in text for text in texts)


def test_a_table_without_its_columns_is_refused_as_a_whole(read):
    batch = read([line("王小明")], keys=["name", "branch"])
    assert batch.state == "refused"
    assert "人员类别" in batch.refusal
