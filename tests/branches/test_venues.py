"""七有: ticked in place by whoever stands there, kept by the year, never more than asked (N-27, R-501…R-516, C-4)."""

import io
import re
from datetime import date

import pytest
from django.core.files.storage import default_storage
from django.urls import reverse
from PIL import Image

from branches import photos, venue_todos, venues
from branches.figures import running_rows
from branches.models import Branch, Room, Venue, VenueDetail
from office.audit.models import Trail
from office.rulebook.models import TownRule

SEVEN = [key for key, _ in Venue.ITEMS]


def url_of(place, name="venue", branch="湖畔"):
    return reverse(name, args=[place.branch[branch].pk])


def sheet(place, **answers):
    """The form as the page gives it, with some answers changed."""
    on_record = Venue.objects.get(branch=place.branch["湖畔"].pk, year=place.today.year)
    filled = {key: "yes" if getattr(on_record, key) else "no" for key in SEVEN}
    return filled | {"version": on_record.version, "address": "3栋一楼"} | answers


def words(page):
    return page.content.decode()


def test_the_page_asks_seven_and_more_and_keeps_what_is_ticked(place, as_user):
    client = as_user("小区工作人员")
    Room.objects.create(community=place.community["北社区"], kind="shared", name="共享客厅", address="东路1号")
    room = str(Room.objects.get().pk)
    text = words(client.get(url_of(place)))
    for word in ("6/7", "上墙不作硬要求", "不计入七有", "三、2", "共享客厅", "有条件的小区党支部设置党建宣传栏"):
        assert word in text
    answers = sheet(
        place, books="yes", systems="no", systems_note="正在整理", systems_plan="12月31日", room=room,
        flag="na", flag_note="和社区合用，挂在社区", plates="yes", board="no", wall_1="no",
    )  # fmt: skip
    assert client.post(url_of(place), answers).status_code == 302
    venue = Venue.objects.get(branch=place.branch["湖畔"].pk, year=place.today.year)
    assert (venue.held, venue.missing, venue.flag, venue.room.name) == (5, ["制度"], None, "共享客厅")
    assert (venue.version, venue.checked_on, venue.address) == (2, place.today, "3栋一楼")
    told = {each.item: each for each in venue.details.all()}
    assert set(told) == {"systems", "flag", "plates", "board", "wall_1"}
    assert told["systems"].plan_on.month == 12
    assert not told["flag"].applies
    row = Trail.objects.get(verb="branches.venue_saved")
    assert row.changes["书报"] == ["没有", "有"]
    assert row.changes["党旗"] == ["有", "不适用；和社区合用，挂在社区"]
    # 后来补上了：计划时间和说明收起来，不适用的改回来
    client.post(url_of(place), sheet(place, systems="yes", flag="yes", books="yes"))
    venue.refresh_from_db()
    assert venue.held == 7
    assert not venue.details.exists()


def test_wall_and_board_never_count(place, as_user):
    client = as_user("支部书记")
    nothing = dict.fromkeys(["plates", "board", *(f"wall_{number}" for number in range(1, 7))], "no")
    client.post(url_of(place), sheet(place, books="yes", **nothing))
    venue = Venue.objects.get(branch=place.branch["湖畔"].pk, year=place.today.year)
    assert (venue.held, venue.missing) == (7, [])
    ledger = words(as_user("镇党建办").get(reverse("venues")))
    assert "组织架构" not in ledger
    assert "7/7" in ledger


def test_what_does_not_apply_says_why_and_typing_is_kept(place, as_user):
    client = as_user("联系干部")
    wrong = sheet(place, flag="na", oath_note="写了一句说明", books_plan="二月三十", signs="²")
    text = words(client.post(url_of(place), wrong))
    assert "党旗不适用，请写一句为什么。" in text
    assert "写了一句说明" in text
    assert "请选列出的" in text
    assert "处需要修改" in text
    assert not VenueDetail.objects.exists()
    assert not Trail.objects.exists()
    with pytest.raises(ValueError, match="写理由"):
        venues.save(
            place.branch["湖畔"], place.today.year,
            {"address": "", "room": None, "answers": {"flag": venues.Answer(venues.NOT_APPLICABLE)}},
            version=1, day=place.today, by=place.user["联系干部"],
        )  # fmt: skip


def test_the_second_of_two_is_told_and_keeps_the_typing(place, as_user):
    first, second = as_user("支部书记"), as_user("社区工作者")
    old = sheet(place, systems_note="后来的人写的")
    first.post(url_of(place), sheet(place, books="yes"))
    text = words(second.post(url_of(place), old))
    assert "刚才有人改过" in text
    assert "后来的人写的" in text
    assert Venue.objects.get(branch=place.branch["湖畔"].pk, year=place.today.year).books is True
    assert second.post(url_of(place), sheet(place, systems_note="后来的人写的")).status_code == 302


def test_a_new_year_begins_with_the_last_and_leaves_it_alone(place, as_user):
    branch, year = place.branch["公园"], place.today.year
    Venue.objects.filter(branch=branch.pk).update(year=year - 1)
    client = as_user("邻支部书记")
    text = words(client.get(url_of(place, branch="公园")))
    assert "下面先填好了去年的情况" in text
    assert 'name="version" value="0"' in text
    filled = dict.fromkeys(SEVEN, "yes") | {"version": 0}
    assert client.post(url_of(place, branch="公园"), filled).status_code == 302
    assert "刚才有人改过" in words(client.post(url_of(place, branch="公园"), filled))  # 两个人同时开头
    kept = {venue.year: venue.held for venue in Venue.objects.filter(branch=branch.pk)}
    assert kept == {year - 1: 6, year: 7}
    old = f"{url_of(place, branch='公园')}?year={year - 1}"
    text = words(client.get(old))
    assert "<form method" not in text.split("<main")[1]
    assert "没有" in text
    assert client.post(old, filled).status_code == 403
    for hostile in ("²²²²", "9999", "0001", "x", ""):
        assert client.get(f"{url_of(place)}?year={hostile}").status_code == 404
        assert client.get(f"{url_of(place, branch='公园')}?year={hostile}").status_code == 200


def test_a_compound_worker_ticks_where_the_branch_covers_the_compound_only(place, as_user):
    assert as_user("小区工作人员").post(url_of(place), sheet(place)).status_code == 302
    for reader, answer in (("镇领导", 403), ("指导组", 403), ("邻小区工作人员", 404), ("邻支部书记", 404)):
        assert as_user(reader).post(url_of(place), sheet(place)).status_code == answer
    assert "<form method" not in words(as_user("指导组").get(url_of(place))).split("<main")[1]
    Branch.objects.filter(pk=place.branch["湖畔"].pk).update(state="dissolved")
    assert as_user("支部书记").get(url_of(place)).status_code == 200
    assert as_user("支部书记").post(url_of(place), sheet(place)).status_code == 403


def test_a_town_that_lists_no_wall_items_sees_none(place, as_user):
    town = place.user["镇党建办"]
    as_user("支部书记").post(url_of(place), sheet(place, wall_1="no", wall_1_note="用电子屏"))
    TownRule.objects.create(
        town=place.town["西塘镇"], key="wall_display", value="hidden", valid_from=date(2020, 1, 1),
        basis="省里的减负规定", set_by=town,
    )  # fmt: skip
    text = words(as_user("支部书记").get(url_of(place)))
    assert "上墙内容" not in text
    assert "组织架构" not in text
    as_user("支部书记").post(url_of(place), sheet(place))
    assert VenueDetail.objects.get(item="wall_1").note == "用电子屏"  # 以前记的还在
    response = as_user("支部书记").get(reverse("wall_sheet", args=[place.branch["湖畔"].pk, "duties"]))
    assert response.status_code == 302


def picture(size=(1800, 1350), kind="JPEG"):
    data = io.BytesIO()
    image = Image.new("RGB", size, "red")
    exif = image.getexif()
    exif[0x9286], exif[0x0112] = "拍摄地点", 6
    image.save(data, kind, exif=exif)
    data.seek(0)
    data.name = "IMG_0001.jpg"
    return data


def test_one_photo_an_item_small_and_without_its_story(place, as_user, django_capture_on_commit_callbacks):
    client, url = as_user("小区工作人员"), url_of(place, "venue_photos")
    empty = words(client.get(url))
    assert "可以不放" in empty
    assert "处需要修改" not in empty
    with django_capture_on_commit_callbacks(execute=True):
        assert client.post(url, {"item": "flag", "photo": picture()}).status_code == 302
    first = VenueDetail.objects.get(item="flag").photo
    page = client.get(reverse("venue_photo_file", args=[place.branch["湖畔"].pk, place.today.year, "flag"]))
    shown = Image.open(io.BytesIO(page.content))
    assert shown.size == (1200, 1600)  # 按方向转正，长边 1600
    assert not dict(shown.getexif())
    assert page["Content-Type"] == "image/jpeg"
    with django_capture_on_commit_callbacks(execute=True):
        client.post(url, {"item": "flag", "photo": picture((40, 30), "PNG")})
    assert VenueDetail.objects.filter(venue__branch=place.branch["湖畔"].pk).count() == 1
    assert not default_storage.exists(first)
    assert "看党旗的照片" in words(client.get(url))
    # 勾选不动照片；有人换了文件就不再给看
    client.post(url_of(place), sheet(place))
    detail = VenueDetail.objects.get(item="flag")
    with default_storage.open(detail.photo, "wb") as file:
        file.write(b"other")
    assert photos.content(detail) is None
    with django_capture_on_commit_callbacks(execute=True):
        assert client.post(url, {"item": "flag", "remove": "1"}).status_code == 302
    assert not VenueDetail.objects.exists()
    assert not default_storage.exists(detail.photo)
    assert list(Trail.objects.filter(verb__contains="photo").values_list("verb", flat=True)) == [
        "branches.photo_kept", "branches.photo_kept", "branches.photo_removed",
    ]  # fmt: skip


def test_what_is_no_photo_is_refused_in_words(place, as_user, monkeypatch):
    client, url = as_user("支部书记"), url_of(place, "venue_photos")
    fake = io.BytesIO(b"<svg onload=alert(1)>")
    fake.name = "a.jpg"
    cut = io.BytesIO(picture().getvalue()[:300])
    cut.name = "b.jpg"
    for data in (
        {},
        {"item": "flag"},
        {"item": "wall_1", "photo": fake},
        {"item": "flag", "photo": fake},
        {"item": "flag", "photo": cut},
    ):
        fake.seek(0)
        text = words(client.post(url, data))
        assert "处需要修改" in text, data
        assert "请选" in text or "请先选" in text, data
    monkeypatch.setattr(photos, "MOST_PIXELS", 100)
    assert "太大了" in words(client.post(url, {"item": "flag", "photo": picture()}))
    monkeypatch.setattr(photos, "LARGEST_UPLOAD", 100)
    assert "太大了" in words(client.post(url, {"item": "flag", "photo": picture()}))
    assert not VenueDetail.objects.exists()
    client.post(url, {"item": "flag", "remove": "1"})  # 没有可删的
    assert not Trail.objects.exists()


def test_gaps_and_the_yearly_look_become_todos(place, monkeypatch):
    user = place.user["支部书记"]
    reach, year = user.reach, place.today.year

    def found(day):
        rows = [row for row in running_rows(reach, day) if row.name == "湖畔党支部"]
        return [(todo.verb, todo.object, todo.url) for todo in venue_todos.of_branches(rows, day)]

    url = url_of(place)
    assert found(date(year, 3, 1)) == [("补“书报”", "湖畔党支部", url)]
    Venue.objects.all().delete()
    assert found(date(year, 9, 30)) == []
    assert found(date(year, 10, 1)) == [("核对七有", "湖畔党支部", url)]


def test_the_ledger_and_home_count_the_same_branches(place, as_user):
    """One that waits for its election is not asked for its seven yet."""
    client = as_user("镇党建办")
    Branch.objects.filter(body=place.body["公园党支部"]).update(state=Branch.State.APPROVED)
    ledger = words(client.get(reverse("venues")))
    assert "湖畔党支部" in ledger
    assert "公园党支部" not in ledger
    (of,) = re.findall(r"阵地七有齐全\D*\d+\D+(\d+)", words(client.get(reverse("home"))))
    assert re.search(rf"七项齐全\D*\d+\D+{of}\b", ledger)


def test_the_ledger_of_a_year(place, as_user):
    client, last = as_user("镇党建办"), place.today.year - 1
    Venue.objects.create(branch=place.branch["山水"].body, year=last, place=True, flag=False)
    text = words(client.get(f"{reverse('venues')}?year={last}&gap=missing"))
    assert "山水党支部" in text
    assert "湖畔党支部" not in text
    assert f"{last}年" in text
    assert "没有符合条件的党支部" in words(client.get(f"{reverse('venues')}?q=没有这个"))
    assert f"{place.today.year}年" in words(client.get(reverse("venues")))
