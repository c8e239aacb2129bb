"""摸排党员: the round of the town, every community's part, what differs and who confirms."""

import re
from datetime import date, timedelta
from uuid import uuid4

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.urls import reverse
from openpyxl import load_workbook

from desk import home
from members import census, changes
from members.models import Census, CensusReturn, Member
from office.audit.models import Trail


@pytest.fixture
def round_(place):
    due_on = place.today + timedelta(days=20)
    return census.open_round(
        place.town["西塘镇"], title="党员摸排", due_on=due_on, check_what="居住小区", by=place.user["镇党建办"]
    )


def part_of(round_, place, community="北社区"):
    rows = CensusReturn.objects.select_related("census", "community", "confirmed_by")
    return census.parts([rows.get(census=round_, community=place.community[community])])[0]


def change(place, name="王伟", **facts):
    member = Member.objects.get(pk=place.member[name].pk)
    changes.correct(member, facts or {"door": "3栋502"}, version=member.version, by=place.user["社区书记"])


def lines(place, name):
    dated, gaps = home.todos(place.user[name], place.today)
    return [f"{row['verb']}：{row['object']}" for row in dated + gaps]


def page(client, name, *args):
    return re.sub(r"\s+", "", re.sub(r"<[^>]*>", "", client.get(reverse(name, args=args)).content.decode()))


def test_every_community_of_the_town_gets_a_part_with_its_figures(place, round_):
    assert sorted(str(row.community) for row in round_.returns.all()) == ["北社区", "南社区"]
    assert part_of(round_, place).row.opening_figures == {
        "total": 6,
        "direct": 5,
        "probationary": 0,
        "in_service": 1,
        "floating_in": 0,
    }


def test_one_round_at_a_time_and_not_into_the_past(place, round_):
    with pytest.raises(ValidationError, match="还没有结束"):
        census.open_round(
            place.town["西塘镇"], title="又一轮", due_on=place.today + timedelta(days=9), by=place.user["镇党建办"]
        )
    with pytest.raises(ValidationError, match="今天以后"):
        census.open_round(place.town["东港镇"], title="一轮", due_on=place.today, by=place.user["邻镇党建办"])
    assert Census.objects.count() == 1


@pytest.mark.parametrize("who", ["镇领导", "社区书记", "邻镇党建办"])
def test_only_the_office_of_the_town_opens_and_closes(place, round_, who):
    with pytest.raises(PermissionDenied):
        census.close(round_, by=place.user[who])
    with pytest.raises(PermissionDenied):
        census.remind(part_of(round_, place).row, by=place.user[who])


def test_progress_is_told_in_words(place, round_):
    assert part_of(round_, place).state_words == "未开始"
    change(place)
    assert part_of(round_, place).state_words == "核对中"
    census.confirm(part_of(round_, place).row, by=place.user["社区书记"])
    assert part_of(round_, place).state_words == f"已确认 {place.today.month}月{place.today.day}日 社区书记"
    assert part_of(round_, place, "南社区").state_words == "未开始"


def test_differences_are_people_come_changed_and_gone(place, round_):
    change(place, "王伟")
    told = {"name": "钱多多", "stage": "full", "relation": "direct", "branch": place.body["湖畔党支部"]}
    new = changes.register(place.community["北社区"], told, token=uuid4(), by=place.user["社区书记"])
    gone = place.member["丁小宁"]
    changes.record_death(gone, on=place.today, version=1, by=place.user["社区书记"])
    found = part_of(round_, place).differences
    assert (found.new, found.changed, found.gone) == ((new.pk,), (place.member["王伟"].pk,), (gone.pk,))


def test_a_confirmation_freezes_figures_and_differences(place, round_):
    change(place, "王伟")
    census.confirm(part_of(round_, place).row, note="一人常年在外", by=place.user["社区书记"])
    changes.record_death(place.member["丁小宁"], on=place.today, version=1, by=place.user["社区书记"])
    part = part_of(round_, place)
    assert (part.figures["total"], part.differences.gone, len(part.differences.changed)) == (6, (), 1)
    assert part.row.note == "一人常年在外"


def test_a_withdrawn_confirmation_counts_from_the_register_again(place, round_):
    census.confirm(part_of(round_, place).row, by=place.user["社区书记"])
    changes.record_death(place.member["丁小宁"], on=place.today, version=1, by=place.user["社区书记"])
    census.withdraw(part_of(round_, place).row, by=place.user["社区书记"])
    part = part_of(round_, place)
    assert (part.state_words, part.figures["total"]) == ("核对中", 5)


@pytest.mark.parametrize("who", ["社区工作者", "镇党建办", "指导组", "邻社区书记"])
def test_only_the_communitys_secretary_confirms(place, round_, who):
    with pytest.raises(PermissionDenied):
        census.confirm(part_of(round_, place).row, by=place.user[who])


def test_confirming_twice_leaves_one_row_in_the_trail(place, round_):
    for _ in range(2):
        census.confirm(part_of(round_, place).row, by=place.user["社区书记"])
    assert Trail.objects.filter(verb="members.census_confirmed").count() == 1


def test_after_the_close_nothing_moves_and_who_did_not_confirm_stays_so(place, round_):
    census.confirm(part_of(round_, place).row, by=place.user["社区书记"])
    census.close(round_, by=place.user["镇党建办"])
    census.close(round_, by=place.user["镇党建办"])
    assert Trail.objects.filter(verb="members.census_closed").count() == 1
    assert part_of(round_, place, "南社区").state_words == "没有确认"
    with pytest.raises(ValidationError, match="已经结束"):
        census.withdraw(part_of(round_, place).row, by=place.user["社区书记"])
    with pytest.raises(ValidationError, match="已经结束"):
        census.confirm(part_of(round_, place, "南社区").row, by=place.user["邻社区书记"])
    with pytest.raises(ValidationError, match="不用再提醒"):
        census.remind(part_of(round_, place, "南社区").row, by=place.user["镇党建办"])


# ── 待办 ──


def test_the_to_do_names_the_day_and_goes_when_confirmed(place, round_):
    due = f"{round_.due_on.month}月{round_.due_on.day}日"
    line = f"摸排党员：请在{due}前核对北社区党员名册"
    assert line in lines(place, "社区书记")
    assert line in lines(place, "社区工作者")
    assert not [row for row in lines(place, "支部书记") if row.startswith("摸排党员")]
    census.confirm(part_of(round_, place).row, by=place.user["社区书记"])
    assert line not in lines(place, "社区书记")
    assert f"摸排党员：请在{due}前核对南社区党员名册" in lines(place, "邻社区书记")


def test_a_withdrawal_brings_the_to_do_back_and_a_reminder_is_said_in_it(place, round_):
    census.confirm(part_of(round_, place).row, by=place.user["社区书记"])
    with pytest.raises(ValidationError, match="不用再提醒"):
        census.remind(part_of(round_, place).row, by=place.user["镇党建办"])
    census.withdraw(part_of(round_, place).row, by=place.user["社区书记"])
    census.remind(part_of(round_, place).row, by=place.user["镇党建办"])
    dated, _ = home.todos(place.user["社区书记"], place.today)
    row = next(row for row in dated if row["verb"] == "摸排党员")
    assert f"镇党建办{place.today.month}月{place.today.day}日提醒过" in row["why"]
    assert row["why"].endswith("（方案三、1）")


def test_the_town_is_told_when_it_may_close(place, round_):
    assert "结束摸排：党员摸排" not in lines(place, "镇党建办")
    census.confirm(part_of(round_, place).row, by=place.user["社区书记"])
    census.confirm(part_of(round_, place, "南社区").row, by=place.user["邻社区书记"])
    assert "结束摸排：党员摸排" in lines(place, "镇党建办")
    census.close(round_, by=place.user["镇党建办"])
    assert "结束摸排：党员摸排" not in lines(place, "镇党建办")


# ── 页面 ──


def test_the_town_opens_a_round_with_two_fields(place, as_user):
    client = as_user("镇党建办")
    assert f'value="{place.today.year}年党员摸排"' in client.get(reverse("census_new")).content.decode()
    due = place.today + timedelta(days=20)
    sent = {"title": "党员摸排", "due_on": f"{due.year}年{due.month}月{due.day}日"}
    assert client.post(reverse("census_new"), sent).status_code == 302
    assert Census.objects.get().due_on == due


def test_while_a_round_runs_the_page_leads_to_it_and_offers_no_form(place, round_, as_user):
    client = as_user("镇党建办")
    for answer in (client.get(reverse("census_new")), client.post(reverse("census_new"), {"title": "又一轮"})):
        text = answer.content.decode()
        assert "上一轮摸排还没有结束" in text
        assert reverse("census_round", args=[round_.pk]) in text
        assert 'name="due_on"' not in text
    assert Census.objects.count() == 1


def test_the_round_lists_communities_in_the_order_of_the_area(place, round_, as_user):
    census.confirm(part_of(round_, place, "南社区").row, by=place.user["邻社区书记"])
    change(place)
    text = page(as_user("镇党建办"), "census_round", round_.pk)
    assert text.index("北社区核对中") < text.index("南社区已确认") < text.index("全镇")
    assert "更新1人" in text
    assert "提醒北社区" in text
    assert "提醒南社区" not in text


def test_each_gap_leads_to_the_people_it_counts(place, round_, as_user):
    place.add_member("无电话", "湖畔党支部", None, relation="direct")
    client = as_user("社区书记")
    text = client.get(reverse("census_part", args=[part_of(round_, place).row.pk])).content.decode()
    found = dict(re.findall(r'href="(/people/\?[^"]*check=\w+)".*?<span class="badge[^"]*">(\d+)人', text, re.S))
    assert found
    for url, count in found.items():
        listed = client.get(url.replace("&amp;", "&")).content.decode()
        assert listed.count('<th scope="row">') == int(count), url
    compound = client.get("/people/?check=compound").content.decode()
    assert "无电话" in compound
    assert "王伟" not in compound


def test_the_rows_behind_a_difference(place, round_, as_user):
    change(place)
    pk = part_of(round_, place).row.pk
    assert "王伟" in page(as_user("社区书记"), "census_rows", pk, "changed")
    assert "没有这样的党员" in page(as_user("社区书记"), "census_rows", pk, "new")
    assert as_user("社区书记").get(reverse("census_rows", args=[pk, "confirmed_by"])).status_code == 404


def test_who_went_to_another_community_shows_by_name_only(place, round_, as_user):
    wang = place.member["王伟"]
    Member.objects.filter(pk=wang.pk).rescope(community=place.community["南社区"], branch=place.body["山水党支部"])
    text = page(as_user("社区书记"), "census_rows", part_of(round_, place).row.pk, "gone")
    assert "王伟转到本镇其他社区" in text
    assert "山水" not in text


def test_confirming_on_the_page_says_what_is_missing(place, round_, as_user):
    place.add_member("无电话", "湖畔党支部", "湖畔")
    client, pk = as_user("社区书记"), part_of(round_, place).row.pk
    assert "没有联系电话" in page(client, "census_confirm", pk)
    client.post(reverse("census_confirm", args=[pk]), {"note": "两人联系不上"})
    assert "两人联系不上" in page(client, "census_part", pk)
    client.post(reverse("census_withdraw", args=[pk]))
    assert part_of(round_, place).row.confirmed_at is None


def test_the_sheet_says_what_the_page_says(place, round_, as_user, tmp_path):
    change(place)
    census.confirm(part_of(round_, place).row, by=place.user["社区书记"])
    answer = as_user("镇党建办").get(reverse("census_export", args=[round_.pk]))
    ticked = re.findall(r'name="columns" value="(\w+)"', answer.content.decode())
    sent = {"purpose": "report", "columns": ticked}
    answer = as_user("镇党建办").post(reverse("census_export", args=[round_.pk]), sent)
    (tmp_path / "a.xlsx").write_bytes(answer.getvalue())
    rows = [[cell.value for cell in row] for row in load_workbook(tmp_path / "a.xlsx").active.iter_rows()]
    heads = next(row for row in rows if row[0] == "社区")
    north = dict(zip(heads, next(row for row in rows if row[0] == "北社区"), strict=True))
    assert north["核对情况"].startswith("已确认")
    assert (north["开始时总数"], north["核对后直管"], north["更新"]) == (6, 5, 1)


def test_the_round_costs_the_same_whatever_the_rows(place, round_, as_user, django_assert_max_num_queries):
    client, url = as_user("镇党建办"), reverse("census_round", args=[round_.pk])
    client.get(url)
    for number in range(8):
        place.add_member(f"新人{number}", "湖畔党支部", "湖畔", birth_date=date(1960, 5, 1))
    with django_assert_max_num_queries(10):
        client.get(url)
