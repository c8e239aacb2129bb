"""党群服务中心 and shared rooms: one register, pointed at by venues (M-08, R-501)."""

from datetime import date

from django.urls import reverse

from branches import rooms
from branches.models import Room, Venue
from office.audit.models import Trail


def words(page):
    return page.content.decode()


def typed(place, **more):
    facts = {
        "kind": "shared",
        "name": "湖畔共享客厅",
        "address": "1栋架空层",
        "area_cm2": "８５.５平方米",
        "plate": "1",
    }
    return facts | {"compound": place.compound["湖畔"].pk, "shared_with": "湖畔、公园"} | more


def test_a_room_is_entered_used_changed_and_closed(place, as_user):
    client = as_user("社区工作者")
    assert "还没有登记活动场所" in words(client.get(reverse("rooms")))
    community = place.community["北社区"].pk
    assert client.post(reverse("room_new"), typed(place, community=community)).status_code == 302
    room = Room.objects.get()
    assert (room.area_cm2, room.town, room.plate) == (855_000, place.town["西塘镇"], True)
    assert rooms.square_metres(room.area_cm2) == "85.5"
    Venue.objects.filter(branch=place.body["公园党支部"]).update(room=room)
    text = words(client.get(reverse("rooms")))
    for word in ("湖畔共享客厅", "85.5", "公园党支部", "规范", "三、2"):
        assert word in text
    # 联系干部只看本支部用的
    assert "湖畔共享客厅" in words(as_user("邻支部联系干部").get(reverse("rooms")))
    assert "湖畔共享客厅" not in words(as_user("联系干部").get(reverse("rooms")))
    url = reverse("room_edit", args=[room.pk])
    assert as_user("联系干部").get(url).status_code == as_user("邻支部联系干部").get(url).status_code == 403
    seen = rooms.fingerprint(room)
    assert client.post(url, typed(place, seen=seen, closed_on="2026年1月5日", plate="")).status_code == 302
    room.refresh_from_db()
    assert (room.closed_on, room.plate) == (date(2026, 1, 5), None)
    assert "不再给支部选" in words(client.get(reverse("rooms")))
    assert "湖畔共享客厅" not in words(client.get(reverse("rooms")))
    assert "湖畔共享客厅" in words(client.get(f"{reverse('rooms')}?state=closed"))
    # 停用的不再给别的支部选，原来选了的还写着
    venue = reverse("venue", args=[place.branch["湖畔"].pk])
    assert "湖畔共享客厅" not in words(client.get(venue))
    assert "湖畔共享客厅" in words(client.get(reverse("venue", args=[place.branch["公园"].pk])))
    assert [row.changes["plate"] for row in Trail.objects.filter(verb="branches.room_saved").order_by("pk")] == [
        ["", "规范"], ["规范", ""],
    ]  # fmt: skip
    # 后到的人看到现在的，写的还在
    text = words(client.post(url, typed(place, seen=seen, owner="后来写的单位")))
    assert "刚才有人改过" in text
    assert "后来写的单位" in text


def test_what_is_wrong_is_told_beside_what_was_typed(place, as_user):
    client, north = as_user("镇党建办"), place.community["北社区"].pk
    client.post(reverse("room_new"), typed(place, community=north))
    for wrong, said in (
        ({"community": north}, "已经有“湖畔共享客厅”"),
        ({"community": place.community["南社区"].pk, "name": "别的"}, "不在这个社区"),
        ({"community": place.community["港口社区"].pk}, "请选列出的社区"),
        ({"community": north, "area_cm2": "-5"}, "面积写平方米数"),
        ({"community": north, "area_cm2": "1e3"}, "面积写平方米数"),
        ({"community": north, "compound": "9" * 60}, "请选列出的小区"),
        ({"community": north, "kind": "castle"}, "请选列出的类别"),
        ({"community": north, "name": " \u200b "}, "处需要修改"),
    ):
        text = words(client.post(reverse("room_new"), typed(place, **wrong)))
        assert said in text, wrong
        assert "1栋架空层" in text
    assert Room.objects.count() == 1
    foreign = as_user("邻镇党建办")
    assert foreign.get(reverse("room_edit", args=[Room.objects.get().pk])).status_code == 404
