"""一支部一档 on paper: at most two sides, whatever the branch (C26)."""

import io
from datetime import date

from django.urls import reverse
from pypdf import PdfReader

from branches.models import PartyGroup, Room, Venue
from desk import branch_file


def read(data):
    reader = PdfReader(io.BytesIO(data))
    return len(reader.pages), "".join("".join(page.extract_text().split()) for page in reader.pages)


def test_sixty_members_with_long_names_fit_two_sides(place, as_user):
    body = place.body["湖畔党支部"]
    body.name = f"中共西塘镇北社区{'湖畔花园、' * 8}联合支部委员会"
    body.save()
    for number in range(60):
        place.add_member(
            f"阿卜杜热合曼·买买提依明{number:02d}", "湖畔党支部", "湖畔", sex="F", birth_date=date(1950, 2, 3)
        )
    for title in ("deputy_secretary", "group_leader"):
        place.add_post("王伟", "湖畔党支部", title)
    place.add_post("周瑜", "湖畔党支部", "secretary", ends_on=date(2024, 6, 1))
    PartyGroup.objects.create(branch=body, name="第一党小组", starts_on=date(2024, 1, 1))
    room = Room.objects.create(community=place.community["北社区"], kind="centre", name="服务中心", address="东路")
    Venue.objects.filter(branch=body).update(room=room, address="3栋一楼")
    response = as_user("支部书记").get(reverse("branch_file", args=[body.pk]))
    assert response["Content-Type"] == "application/pdf"
    pages, text = read(response.content)
    assert pages <= branch_file.SIDES
    for word in (
        "一支部一档", "阿卜杜热合曼·买买提依明59", "1950.02", "田大利", "第一党小组", "3栋一楼（服务中心）",
        "周瑜（2024.01.01至2024.06.01）", "书报缺", "联席会议", "直管党员63名",
    ):  # fmt: skip
        assert word in text, word


def test_a_branch_too_large_for_its_table_lists_names_only(place, monkeypatch):
    tried = []
    monkeypatch.setattr(branch_file.pdf, "render", lambda html: tried.append(html) or b"")
    monkeypatch.setattr(branch_file, "_pages", lambda data: 3)
    branch_file.dossier(place.branch["湖畔"], place.today, by=place.user["支部书记"])
    assert len(tried) == 4
    assert ["只列姓名" in html for html in tried] == [False, False, False, True]
    assert "丁小宁、王伟、田大利" in tried[-1]
    assert "支部书记 " in tried[0]
