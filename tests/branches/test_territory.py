"""片区 and 网格: dated sets of compounds, who answers for them, members by 楼栋 (M-03, M-09, M-11)."""

from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError
from django.urls import reverse

from branches import cells, territory
from members import posts
from members.models import Member, Post
from office.areas.models import Body, Compound, Coverage
from office.areas.scope import Reach
from office.audit.models import Trail


def of_town(place):
    return Reach(towns=frozenset([place.town["西塘镇"].pk]))


def ago(place, days):
    return place.today - timedelta(days=days)


def draw(place, name, compounds, days, patch=None):
    seen = territory.seen(patch) if patch else ""
    return territory.save_patch(
        patch, place.town["西塘镇"], name=name, compounds=[place.compound[each] for each in compounds],
        on=ago(place, days), seen_before=seen, by=place.user["镇党建办"],
    )  # fmt: skip


def covered(patch):
    rows = Coverage.objects.filter(body=patch).order_by("pk")
    return [(row.compound.name, row.starts_on, row.ends_on) for row in rows]


def test_a_compound_changes_its_patch_from_a_day_and_the_past_stays(place, as_user, django_assert_num_queries):
    east = draw(place, "东片区", ["湖畔", "公园"], 100)
    west = draw(place, "西片区", ["山水"], 90)
    draw(place, "西片区", ["山水", "公园"], 30, west)
    assert covered(east) == [("湖畔", ago(place, 100), None), ("公园", ago(place, 100), ago(place, 31))]
    assert covered(west) == [("山水", ago(place, 90), None), ("公园", ago(place, 30), None)]
    posts.take_up(
        place.member["田大利"].person, east, Post.Title.PATCH_HEAD, starts_on=ago(place, 5), by=place.user["镇党建办"]
    )
    with django_assert_num_queries(6):
        now = territory.patches(of_town(place), place.today)
    assert [(line.name, line.words, line.heads, line.counts.direct, line.branches) for line in now.lines] == [
        ("东片区", "湖畔", "田大利", 3, 1),
        ("西片区", "公园、山水", "", 3, 2),
    ]
    assert not now.free
    then = territory.patches(of_town(place), ago(place, 95))
    assert [(line.words, line.heads) for line in then.lines] == [("公园、湖畔", "")]
    assert [name for _, name, _ in then.free] == ["山水"]

    page = as_user("镇党建办").get(reverse("patches"), {"on": f"{ago(place, 95):%Y%m%d}"}).content.decode()
    assert "那天的片区" in page
    assert "还没有划入片区的小区" in page
    south = as_user("邻社区书记").get(reverse("patches")).content.decode()
    assert "山水" in south
    assert "另有1个在别的社区" in south
    assert "湖畔" not in south


@pytest.mark.parametrize(
    ("compounds", "days", "name", "words"),
    [
        ([], 0, "东片区", "请选小区"),
        (["湖畔"], -1, "东片区", "这一天还没有到"),
        (["湖畔"], 101, "东片区", "起才有"),
        (["山水"], 60, "东片区", "不能从更早的一天起划走"),
        (["湖畔"], 0, "西片区", "本镇已有同名的片区"),
    ],
)
def test_what_a_patch_does_not_allow(place, compounds, days, name, words):
    east = draw(place, "东片区", ["湖畔"], 100)
    draw(place, "西片区", ["山水"], 50)
    before = covered(east)
    with pytest.raises(ValidationError, match=words):
        draw(place, name, compounds, days, east)
    assert covered(east) == before


def test_the_pages_of_a_patch(place, as_user):
    client = as_user("镇党建办")
    assert "还没有划分片区" in client.get(reverse("patches")).content.decode()
    url = reverse("patch_new")
    wrong = client.post(url, {"name": "东 片区", "compounds": [place.compound["海景"].pk], "on": "今天"})
    assert "请选列出的小区" in wrong.content.decode()
    assert "东 片区" in wrong.content.decode()
    assert (
        client.post(url, {"name": "东片区", "compounds": [place.compound["湖畔"].pk], "on": "今天"}).status_code == 302
    )
    patch = Body.objects.get(kind="patch")
    assert patch.community_id is None
    assert Trail.objects.filter(verb="areas.patch_saved").count() == 1

    edit, seen = reverse("patch_edit", args=[patch.pk]), territory.seen(patch)
    given = {"name": "东片区", "compounds": [place.compound["公园"].pk], "on": "今天", "seen": seen}
    draw(place, "东区", ["湖畔"], 0, patch)  # 别人先改了
    late = client.post(edit, given).content.decode()
    assert "刚才有人改过" in late
    assert 'value="东片区"' in late
    posts.take_up(
        place.member["田大利"].person, patch, Post.Title.PATCH_HEAD, starts_on=place.today, by=place.user["镇党建办"]
    )
    assert client.post(edit, {"close": "1", "end-on": "今天", "end-reason": ""}).status_code == 200
    assert client.post(edit, {"close": "1", "end-on": "今天", "end-reason": "并入别的片区"}).status_code == 302
    patch.refresh_from_db()
    assert patch.ends_on == place.today
    assert not Post.objects.filter(body=patch, ends_on=None).exists()
    assert "已经撤销" in client.get(edit).content.decode()


# ── 网格 ──


def cell(place, name, compounds, labels=(), days=30, old=None):
    return cells.save(
        old, place.community["北社区"], name=name, compounds=[place.compound[each] for each in compounds],
        labels=list(labels), on=ago(place, days), seen_before=territory.seen(old) if old else "",
        by=place.user["社区书记"],
    )  # fmt: skip


def live(place, name, door):
    Member.objects.filter(person__name=name).update(door=door)


@pytest.fixture
def gridded(place):
    """湖畔 in two cells by building, 公园 whole; 王伟 has no building on record."""
    for name, door in (("田大利", "1栋502"), ("丁小宁", "2-301"), ("周瑜", "3号楼101")):
        live(place, name, door)
    place.body["一"] = cell(place, "第一网格", ["湖畔"], ["1栋", "2栋"])
    place.body["二"] = cell(place, "第二网格", ["湖畔"], ["5栋"])
    place.body["三"] = cell(place, "公园网格", ["公园"])
    return place


def test_cells_count_who_lives_in_their_buildings(gridded, as_user, django_assert_num_queries):
    place = gridded
    posts.take_up(
        place.member["王伟"].person, place.body["一"], Post.Title.GRID_WORKER, starts_on=place.today,
        by=place.user["社区书记"],
    )  # fmt: skip
    with django_assert_num_queries(5):
        rows = cells.lines(of_town(place), place.today)
    assert [(row.name, row.compounds, row.members, row.direct, row.workers, row.gap_words) for row in rows] == [
        ("第一网格", "湖畔1栋、2栋", 2, 2, "王伟", ""),
        ("第二网格", "湖畔5栋", 0, 0, "", "没有党员、没有网格员"),
        ("公园网格", "公园", 2, 2, "", "没有网格员"),
    ]
    assert [row.name for row in cells.of_compound(place.compound["公园"].pk, place.today)] == ["公园网格"]
    client = as_user("社区书记")
    page = client.get(reverse("cells")).content.decode()
    assert "3个网格，其中1个没有党员居住" in page
    lacking = client.get(reverse("cells"), {"gap": "member"}).content.decode()
    assert "第二网格" in lacking
    assert "公园网格" not in lacking
    for wrong in ({"gap": "x"}, {"community": "99999999999999999999"}, {"community": "a"}):
        assert "没有符合条件的网格" in client.get(reverse("cells"), wrong).content.decode()
    posted = client.post(reverse("cells_export"), {"purpose": "check", "columns": ["compounds"]})
    assert posted["Content-Type"].startswith("application/vnd.openxml")


def test_one_page_of_a_cell(gridded, as_user):
    place = gridded
    posts.take_up(
        place.member["丁小宁"].person, place.body["一"], Post.Title.BUILDING_HEAD, starts_on=place.today,
        duty="2栋", by=place.user["社区书记"],
    )  # fmt: skip
    page = cells.of_cell(place.body["一"], place.user["社区书记"], place.today)
    shown = [(row.name, row.heads, [member["name"] for member in row.members]) for row in page.buildings]
    assert shown == [("1栋", (), ["田大利"]), ("2栋", ("丁小宁",), ["丁小宁"])]
    assert page.unplaced == 1  # 王伟没有登记楼栋
    assert cells.of_cell(place.body["三"], place.user["社区书记"], place.today).buildings[-1].name == "楼栋没有登记"
    url = reverse("cell", args=[place.body["一"].pk])
    own = as_user("社区书记").get(url).content.decode()
    assert reverse("person", args=[place.member["田大利"].pk]) in own
    assert reverse("cell_edit", args=[place.body["一"].pk]) in own
    worker = as_user("小区工作人员").get(url).content.decode()
    assert "田大利" in worker
    assert "/people/" not in worker
    assert "/edit/" not in worker
    assert as_user("邻小区工作人员").get(url).status_code == 404


def test_no_building_is_in_two_cells_and_the_past_stays(gridded):
    place = gridded
    for compounds, labels, words in (
        (["湖畔"], ["2栋", "6栋"], "2栋已经在第一网格，一栋楼只在一个网格"),
        (["湖畔"], [], "湖畔的1栋、2栋已经在第一网格"),
        (["公园"], ["1栋"], "公园已经在公园网格"),
        (["湖畔", "公园"], ["6栋"], "选了2个小区，按整个小区算"),
        (["山水"], [], "网格不跨社区"),
        ([], [], "请选小区"),
    ):
        with pytest.raises(ValidationError, match=words):
            cell(place, "第四网格", compounds, labels)
    with pytest.raises(ValidationError, match="同名的网格"):
        cell(place, "第一网格", ["湖畔"], ["6栋"])
    spare = Compound.objects.create(community=place.community["北社区"], name="空地")
    place.compound["空地"] = spare
    changed = cell(place, "公园网格", ["空地"], days=10, old=place.body["三"])
    assert covered(changed) == [("公园", ago(place, 30), ago(place, 11)), ("空地", ago(place, 10), None)]
    page = cells.of_cell(changed, place.user["社区书记"], place.today)
    assert [part.name for part in page.parts] == ["空地"]
    assert page.former[0]["text"] == "包括公园"


def test_the_form_of_a_cell(place, as_user):
    client, hu = as_user("社区书记"), place.compound["湖畔"].pk
    assert "还没有划分网格" in client.get(reverse("cells")).content.decode()
    url = reverse("cell_new")
    wrong = client.post(url, {"name": "一网格", "compounds": [hu], "labels": "1-3栋", "on": "明年"}).content.decode()
    assert "看不出是哪一栋" in wrong
    assert 'value="1-3栋"' in wrong
    made = client.post(url, {"name": "一网格", "compounds": [hu], "labels": "3，1号楼", "on": "今天"})
    grid = Body.objects.get(kind="grid_cell")
    assert made["Location"] == reverse("cell", args=[grid.pk])
    assert grid.name == "北社区一网格"
    edit = reverse("cell_edit", args=[grid.pk])
    assert 'value="1栋、3栋"' in client.get(edit).content.decode()
    assert client.post(edit, {"close": "1", "end-on": "今天", "end-reason": "网格合并"}).status_code == 302
    assert "已撤销" in client.get(reverse("cell", args=[grid.pk])).content.decode()
    town = as_user("镇党建办").get(url).content.decode()  # 镇里先选社区
    assert f"?community={place.community['南社区'].pk}" in town
    assert "港口社区" not in town
