"""One-page sheets from the town's text: optional, and always one page (R-511, R-512, C-4)."""

import io

from django.urls import reverse
from pypdf import PdfReader

from branches import wall
from branches.models import WallText
from members.models import Post
from office.audit.models import Trail


def read(data):
    reader = PdfReader(io.BytesIO(data))
    return len(reader.pages), "".join("".join(page.extract_text().split()) for page in reader.pages)


def words(page):
    return page.content.decode()


def test_every_sheet_is_one_page_with_todays_numbers(place, as_user):
    place.add_post("王伟", "湖畔党支部", Post.Title.ORGANISATION, duty="兼管名册")
    place.add_post("丁小宁", "湖畔党支部", Post.Title.GROUP_LEADER, duty="一组")
    branch, client = place.branch["湖畔"], as_user("支部书记")
    said = {"org_chart": "组长：丁小宁", "duties": "党支部书记：主持", "three_meetings": "每季度", "theme_day": "每月"}
    for name, title in wall.SHEETS.items():
        response = client.get(reverse("wall_sheet", args=[branch.pk, name]))
        assert response["Content-Type"] == "application/pdf"
        pages, text = read(response.content)
        assert pages == 1, name
        assert "".join(title.split()) in text
        assert said.get(name, "湖畔") in text, name
        assert "{" not in text
    assert "田大利" in read(client.get(reverse("wall_sheet", args=[branch.pk, "org_chart"])).content)[1]
    assert client.get(reverse("wall_sheet", args=[branch.pk, "nothing"])).status_code == 404


def test_the_towns_own_words_are_printed_and_given_back(place, as_user):
    client, url = as_user("镇党建办"), f"{reverse('wall_texts')}?name=duties"
    page = words(client.get(url))
    assert "党支部书记：主持" in page
    assert "上墙不作硬要求" in page
    text = "书记：管全面。\r\n\r\n  委员：{各管一摊} <b>。"
    assert client.post(url, {"text": text, "seen": ""}).status_code == 302
    assert WallText.objects.get().text == "书记：管全面。\n委员：{各管一摊} <b>。"
    pages, printed = read(wall.print_sheet(place.branch["湖畔"], "duties", place.today))
    assert (pages, "{各管一摊}<b>" in printed, "副书记" in printed) == (1, True, False)
    # 后到的人不盖掉先到的
    late = words(client.post(url, {"text": "我写的这一版", "seen": ""}))
    assert "刚才有人改过" in late
    assert "我写的这一版" in late
    # 一页写不下的不收
    seen = WallText.objects.get().text
    long = "\n".join(["字" * 24] * 79)
    assert "一页写不下" in words(client.post(url, {"text": long, "seen": seen}))
    assert "请删短一些" in words(client.post(url, {"text": "字" * 2001, "seen": seen}))
    assert client.post(url, {"text": "", "seen": seen}).status_code == 302
    assert not WallText.objects.exists()
    assert "党支部书记：主持" in words(client.get(url))
    assert Trail.objects.filter(verb="branches.wall_text_set").count() == 2
    assert client.get(f"{reverse('wall_texts')}?name=²").status_code == 200
