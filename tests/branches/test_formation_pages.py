"""成立条件 and 邻近小区 as people read and fill them in."""

from datetime import timedelta

from django.urls import reverse

from branches.models import BranchCase, CaseBranch, CaseCompound
from branches.neighbours import seen
from branches.todos import todos
from members.models import Member
from office.areas.models import Compound, Coverage
from office.audit.models import Trail


def formation(client, compound):
    return client.get(reverse("compound_formation", args=[compound.pk])).content.decode()


def new_village(place, *, full=2, probationary=0):
    """新村 of 北社区 beside 湖畔, without a branch; its members sit in 公园's."""
    village = Compound.objects.create(community=place.community["北社区"], name="新村")
    place.compound["新村"] = village
    village.neighbours.set([place.compound["湖畔"], place.compound["山水"]])
    for number in range(full + probationary):
        stage = "full" if number < full else "probationary"
        member = place.add_member(f"新村{'甲乙丙丁'[number]}", "公园党支部", "新村", stage=stage)
        if stage == "probationary":
            member.joined_on = place.today - timedelta(days=300)
            member.save()
    place.add_member("郑双", None, "新村", relation="in_service")
    return village


def test_the_page_says_what_may_be_done_who_decides_and_with_whom(place, as_user):
    village = new_village(place, full=2, probationary=1)
    client = as_user("社区书记")
    text = formation(client, village)
    for counter, note in (("直管党员", "3"), ("其中正式党员", "2"), ("其中预备党员", "1"), ("在职报到", "1")):
        assert f"<dt>{counter}</dt>" in text
        assert f"<b>{note}</b>" in text
    for words in (
        "直管党员3名，达到方案的3名，但正式党员只有2名，不足3名，预备党员不计入，宜与邻近小区成立联合党支部。",
        "依据 支部工作条例第四条；方案三、1",
        "镇党委会研究决定，一般1个月以内批复（支部工作条例第六条）",
        "再有1名正式党员，即可单独成立",
        "有1名预备党员预备期满，转正后正式党员3名",
        "组织关系在单位，不计入",
        "1. 新村、湖畔",
        "2＋3＝5",
        "新村与湖畔接壤",
        "成立后替换湖畔党支部，党员一并划入",
        "属南社区，联合党支部不跨社区",
        "男0名，女0名，未记录3名",
        "仍要单独成立，写明理由",
    ):
        assert words in text, words
    lake = place.compound["湖畔"].pk
    assert f"{reverse('case_new')}?kind=joint&amp;compound={village.pk}&amp;with={lake}" in text
    # 别人看得到结论，写不了请示
    reader = formation(as_user("指导组"), village)
    assert "2＋3＝5" in reader
    assert "写请示" not in reader
    assert "邻近小区</a>" not in reader


def test_a_compound_with_enough_members_may_stand_alone(place, as_user):
    village = new_village(place, full=4)
    text = formation(as_user("社区书记"), village)
    assert "正式党员4名，达到3名，应当成立党支部；直管党员4名，符合方案的条件。" in text
    assert "单独成立，写请示" in text
    assert "也可以和邻近小区联合" in text
    assert f"{reverse('case_new')}?kind=own&amp;compound={village.pk}" in text


def test_in_service_members_never_count(place, as_user):
    village = new_village(place, full=0)
    text = formation(as_user("社区书记"), village)
    assert "没有直管党员，先摸排；在职报到的1名不计入。" in text
    assert "单独成立，写请示" not in text


def test_a_covered_compound_shows_whether_its_branch_still_holds(place, as_user):
    client = as_user("社区书记")
    text = formation(client, place.compound["湖畔"])
    assert "支部有正式党员3名、直管党员3名，符合设立条件。" in text
    assert "可以和谁联合" not in text
    text = formation(client, place.compound["公园"])
    assert "现在的情况和设立条件不一致" in text
    assert "正式党员2名，不足3名。" in text
    assert "可以和谁联合" in text
    assert "kind=dissolve" in text
    # 联系干部只看自己的支部，社区里别的小区的人数不归他看
    liaison = formation(as_user("邻支部联系干部"), place.compound["公园"])
    assert "正式党员2名，不足3名。" in liaison
    assert "可以和谁联合" not in liaison


def test_while_a_case_is_on_its_way_nothing_else_is_proposed(place, as_user):
    village = new_village(place)
    community = place.community["北社区"]
    opened = {"community": community, "opened_by": place.user["社区书记"]}
    case = BranchCase.objects.create(kind="joint", short_name="新村、湖畔联合党支部", **opened)
    CaseCompound.objects.create(case=case, compound=village)
    text = formation(as_user("社区书记"), village)
    assert "成立联合党支部：新村、湖畔联合党支部" in text
    assert "选这个，写请示" not in text
    assert "仍要单独成立，写明理由" not in text


def test_the_home_page_follows_the_members(place, as_user):
    """R1, R2, R35: told while it is so, gone when it is not, silent while a case is on its way."""
    village, secretary = new_village(place), place.user["社区书记"]
    body = place.body["公园党支部"]

    def told():
        return {(todo.verb, todo.object): todo for todo in todos(secretary, place.today)}

    wanted = told()["选联合对象", "新村"]
    assert wanted.url == reverse("compound_formation", args=[village.pk])
    assert ("看是否调整", "公园党支部") not in told()  # 新村的两名在公园支部，共4名
    Member.objects.filter(home_compound=village).update(status="left")
    lost = told()["看是否调整", "公园党支部"]
    assert (lost.why, lost.is_gap) == ("北社区 · 正式党员2名，不足3名", True)
    assert lost.url == reverse("compound_formation", args=[place.compound["公园"].pk])
    opened = {"community": place.community["北社区"], "opened_by": secretary}
    case = BranchCase.objects.create(kind="dissolve", branch=body, **opened)
    CaseBranch.objects.create(case=case, branch=body)
    assert ("看是否调整", "公园党支部") not in told()
    Member.objects.filter(home_compound=village).update(status="normal")
    assert ("选联合对象", "新村") in told()
    CaseCompound.objects.create(case=case, compound=village)
    assert ("选联合对象", "新村") not in told()


def save(client, compound, ticked=(), **typed):
    data = {"neighbours": [each.pk for each in ticked], "seen": seen(compound), "latitude": "", "longitude": ""}
    return client.post(reverse("compound_neighbours", args=[compound.pk]), data | typed)


def test_neighbours_are_kept_on_both_sides_with_their_trail(place, as_user):
    lake, park, south = (place.compound[name] for name in ("湖畔", "公园", "山水"))
    lake.neighbours.add(south)  # 另一个社区的，由镇登记
    client = as_user("社区书记")
    page = client.get(reverse("compound_neighbours", args=[lake.pk])).content.decode()
    assert "现在登记的：山水" in page
    assert "公园" in page
    assert f'value="{south.pk}"' not in page
    response = save(client, lake, [park], latitude="北纬30.512345°", longitude="114.3012")
    assert response["Location"] == reverse("compound_formation", args=[lake.pk])
    assert {each.name for each in lake.neighbours.all()} == {"公园", "山水"}
    assert [each.name for each in park.neighbours.all()] == ["湖畔"]
    lake.refresh_from_db()
    assert (lake.latitude_e6, lake.longitude_e6) == (30_512_345, 114_301_200)
    deed = Trail.objects.get()
    assert (deed.verb, deed.changes["neighbours"]) == ("areas.neighbours_set", ["山水", "公园、山水"])
    assert deed.changes["坐标"] == ["", "30.512345，114.3012"]
    save(client, lake, [], latitude="30.512345", longitude="114.3012")
    assert not park.neighbours.exists()
    assert lake.neighbours.get() == south


def test_what_cannot_be_is_told_in_words_and_stays_typed(place, as_user):
    lake, south = place.compound["湖畔"], place.compound["山水"]
    client = as_user("社区书记")
    for typed, words in (
        ({"latitude": "114.3", "longitude": "30.5"}, "纬度不超过90度，请看是不是和经度填反了"),
        ({"latitude": "三十", "longitude": "114"}, "纬度写成小数，例如 30.512345"),
        ({"latitude": "30.5"}, "纬度和经度要一起填，或者都不填"),
        ({"neighbours": [south.pk]}, "请选列出的小区"),
        ({"neighbours": ["9" * 30]}, "请选列出的小区"),
    ):
        page = save(client, lake, **typed).content.decode()
        assert words in page, typed
        assert all(f'value="{value}"' in page for value in typed.values() if isinstance(value, str))
    assert not lake.neighbours.exists()
    assert not Trail.objects.exists()


def test_whoever_saves_second_sees_that_somebody_was_quicker(place, as_user):
    lake, park = place.compound["湖畔"], place.compound["公园"]
    before = seen(lake)
    client = as_user("社区书记")
    save(client, lake, [park])
    late = save(client, lake, [], seen=before, latitude="30.1", longitude="114.1")
    text = late.content.decode()
    assert "刚才有人改过这个小区的邻近小区或者坐标" in text
    assert 'value="30.1"' in text
    assert lake.neighbours.exists()
    assert f'value="{seen(lake)}"' in text  # 再按一次就是有意的
    assert save(client, lake, [], latitude="30.1", longitude="114.1").status_code == 302
    assert not lake.neighbours.exists()


def test_a_village_without_other_compounds_is_told_where_to_begin(place, as_user):
    Coverage.objects.filter(compound=place.compound["公园"]).delete()
    page = as_user("邻社区书记").get(reverse("compound_neighbours", args=[place.compound["山水"].pk]))
    assert "还没有别的小区可以登记为邻近" in page.content.decode()
    assert reverse("compound_new") in page.content.decode()
