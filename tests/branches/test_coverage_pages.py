"""The pages of coverage: the list and its file, the next step, the targets, the one sheet, the schematic."""

import io
import re
from datetime import date, timedelta

import pytest
from django.urls import reverse
from openpyxl import load_workbook
from pypdf import PdfReader

from branches import coverage_papers, schematic
from branches.models import Branch, CommunityTarget, CoverageNote
from members.models import Post
from office.areas.models import Body, Community, Compound
from office.areas.scope import Reach
from office.audit.models import Trail


@pytest.fixture
def bare(place):
    """A compound of 北社区 without a branch."""
    place.compound["空地"] = Compound.objects.create(community=place.community["北社区"], name="空地")
    place.add_member("住户甲", "湖畔党支部", "空地")
    return place.compound["空地"]


def text_of(page):
    return re.sub(r"\s+", "", re.sub(r"<[^>]*>", "", page.content.decode()))


def test_the_list_shows_first_what_is_missing(place, bare, as_user):
    client, url = as_user("镇党建办"), reverse("coverage")
    page = client.get(url)
    text = text_of(page)
    assert "空地" in text
    assert "湖畔" not in text
    assert "正式党员1名，不足3名，建议与邻近小区成立联合党支部" in text
    assert "小区党支部3个" in text
    assert "还有1个没有党支部" in text
    html = page.content.decode()
    for name in ("compound_formation", "coverage_note"):
        assert reverse(name, args=[bare.pk]) in html
    assert reverse("coverage_sheet") in html
    assert "<polyline" in html
    assert "style=" not in html[html.index("<polyline") - 900 : html.index("</svg>", html.index("<polyline"))]
    months = re.search(r"各月最后一天的小区党支部.*?</table>", html, re.S).group()
    assert months.count("<tr>") == 25
    everything = text_of(client.get(f"{url}?view=all"))
    assert "湖畔党支部" in everything
    south = client.get(f"{url}?view=all&community={place.community['南社区'].pk}").content.decode()
    assert "山水党支部" in south
    assert "湖畔党支部" not in south
    assert "没有符合条件的小区" in client.get(f"{url}?view=joint&community=²").content.decode()
    seen = as_user("联系干部").get(f"{url}?view=all").content.decode()
    assert "湖畔" in seen
    assert "公园" not in seen
    assert reverse("coverage_sheet") not in seen


def test_a_town_without_compounds_is_told_how_to_begin(place, as_user):
    page = as_user("邻镇党建办").get(f"{reverse('coverage')}?view=none")
    assert "全部小区都有党支部覆盖" in page.content.decode()
    Community.objects.create(town=place.town["西塘镇"], name="东社区")
    body = Body.objects.create(
        town=place.town["西塘镇"], community=Community.objects.get(name="东社区"), kind="community_committee", name="东", short_name="东党委"
    )  # fmt: skip
    duty = place.user["社区书记"].assignments.get()
    duty.body = body
    duty.save()
    assert "还没有小区" in as_user("社区书记").get(reverse("coverage")).content.decode()


def test_the_file_says_what_the_list_says(place, bare, as_user):
    client, url = as_user("镇党建办"), reverse("coverage_export")
    columns = re.findall(r'name="columns" value="(\w+)"[^>]* checked', client.get(url).content.decode())
    file = client.post(url, {"purpose": "check", "columns": columns})
    rows = [[cell.value for cell in row] for row in load_workbook(io.BytesIO(b"".join(file.streaming_content))).active]
    at = next(number for number, row in enumerate(rows) if row[0] == "小区名称")
    assert [row[:3] for row in rows[at + 1 :]] == [["空地", "北社区", "还没有支部"]]
    assert "范围：还没有支部" in rows[2][0]
    assert rows[at + 1][rows[at].index("合规路径")].startswith("正式党员1名")


def test_the_next_step_is_written_kept_and_corrected(place, bare, as_user):
    client, url = as_user("社区书记"), reverse("coverage_note", args=[bare.pk])
    cadre = place.member["王伟"].person
    Post.objects.create(person=cadre, body=place.body["北社区"], title="committee_member")
    form = client.get(url).content.decode()
    assert f'<option value="{cadre.pk}">王伟' in form
    filled = {"reason": "刚交付", "next_step": "摸排党员", "responsible": cadre.pk, "version": 0}
    refused = client.post(url, filled)
    assert "写了下一步，请写上时限" in refused.content.decode()
    assert "刚交付" in refused.content.decode()
    past = client.post(url, filled | {"due_on": "2020年1月1日"})
    assert "这一天已经过去" in past.content.decode()
    day = place.today + timedelta(days=5)
    assert client.post(url, filled | {"due_on": day.isoformat()}).status_code == 302
    note = CoverageNote.objects.get()
    assert (note.reason, note.responsible, note.due_on, note.version) == ("刚交付", cadre, day, 1)
    late = client.post(url, filled | {"due_on": day.isoformat(), "next_step": "别的一步"})
    assert "刚才有人改过这个小区的下一步" in late.content.decode()
    assert "别的一步" in late.content.decode()
    assert 'name="version" value="1"' in late.content.decode()
    text = text_of(as_user("镇党建办").get(reverse("coverage")))
    assert "刚交付" in text
    assert "摸排党员" in text
    assert "空地" in as_user("社区书记").get(reverse("home")).content.decode()
    covered = client.get(reverse("coverage_note", args=[place.compound["湖畔"].pk]))
    assert covered.url == reverse("compound", args=[place.compound["湖畔"].pk])


def test_targets_are_set_together_with_their_day_and_basis(place, as_user):
    client, url = as_user("镇党建办"), reverse("coverage_targets")
    north, south = place.community["北社区"].pk, place.community["南社区"].pk
    filled = {
        f"number_{north}": "5",
        f"number_{south}": "",
        "due_on": "2026年12月31日",
        "basis": "镇党委会议定",
        "seen": "",
    }
    wrong = client.post(url, filled | {f"number_{south}": "-3", "basis": ""}).content.decode()
    assert "写 0 到 999 的整数" in wrong
    assert "请填写依据" in wrong
    assert client.post(url, filled).status_code == 302
    assert CommunityTarget.objects.get().number == 5
    again = client.post(url, filled | {f"number_{north}": "7"})
    assert "刚才有人改过各社区的目标" in again.content.decode()
    assert 'value="7"' in again.content.decode()
    assert CommunityTarget.objects.get().number == 5
    page = text_of(client.get(reverse("coverage")))
    assert "北社区200532026.12.31220" in page  # 支部2、联合0、待选举0、目标5、还差3、时间、小区2、覆盖2、没有0
    assert Trail.objects.filter(verb="branches.target_set").count() == 1


def test_the_sheet_is_one_page_whatever_is_on_it(place, bare, as_user):
    response = as_user("镇领导").get(reverse("coverage_sheet"))
    assert response["Content-Type"] == "application/pdf"
    pages = PdfReader(io.BytesIO(response.content)).pages
    text = "".join(pages[0].extract_text().split())
    assert len(pages) == 1
    for words in ("西塘镇小区党建一页纸", "还没有党支部的小区（1个）", "空地", "没有联系干部", "北社区", "镇领导打印"):
        assert words in text, words
    town = Reach(towns=frozenset([place.town["西塘镇"].pk]))
    for number in range(20):
        compound = Compound.objects.create(
            community=place.community["北社区"], name=f"{number:02}" + "很长的小区名称" * 5
        )
        CoverageNote.objects.create(compound=compound, reason="原" * 200, next_step="步" * 120)
        body = Body.objects.create(
            town=place.town["西塘镇"], community=place.community["北社区"], kind="branch",
            name=f"中共{compound.name}", short_name=f"{compound.name}联合党支部"[:60],
        )  # fmt: skip
        Branch.objects.create(body=body, kind="compound", term_ends_on=date(2020, 1, 1))
    data = coverage_papers.sheet(town, place.today, place="很长的镇名" * 9, made_by="某人")
    full = PdfReader(io.BytesIO(data)).pages
    assert len(full) == 1
    assert "还没有党支部的小区（21个）" in "".join(full[0].extract_text().split())


def test_the_schematic_has_a_tile_for_every_row_of_the_table(place, bare, as_user):
    page = as_user("镇党建办").get(reverse("compounds")).content.decode()
    drawn = page[page.index('<svg class="map"') : page.index("</svg>", page.index('<svg class="map"'))]
    table = page[page.index("<tbody>") : page.index("</tbody>")]
    link = re.compile(r'href="(/compounds/\d+/)"')
    assert sorted(link.findall(drawn)) == sorted(link.findall(table))
    assert "style=" not in drawn
    assert "空地，还没有支部" in drawn
    assert '<svg class="map"' not in as_user("镇党建办").get(f"{reverse('compounds')}?view=own").content.decode()
    assert schematic.of([]) is None
