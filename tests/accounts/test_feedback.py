"""意见建议: own ones and their answers; the town answers once; nothing is counted."""

import uuid

import pytest

from accounts import deeds
from accounts.models import Feedback
from office.audit.models import Trail


def give(client, text="字再大一点就好了。", **fields):
    return client.post("/feedback/", {"text": text, "token": uuid.uuid4(), **fields})


def test_suggestion_keeps_the_page_it_speaks_of_without_what_was_searched(as_user):
    client = as_user("支部书记")
    page = client.get("/feedback/", HTTP_REFERER="http://testserver/find/?q=田大利").content.decode()
    assert 'value="/find/"' in page
    assert "田大利" not in page
    give(client, page="/find/")
    assert Feedback.objects.get().page == "/find/"


@pytest.mark.parametrize(
    "page", ["javascript:alert(1)", "//evil.example/", "https://evil.example", "/" + "x" * 300, "x\x00"]
)
def test_page_that_is_no_path_of_ours_is_dropped(as_user, page):
    give(as_user("支部书记"), page=page)
    assert all(row.page == "" for row in Feedback.objects.all())


def test_sent_twice_is_kept_once(as_user):
    client, token = as_user("支部书记"), uuid.uuid4()
    for _ in range(2):
        assert give(client, token=token).status_code == 302
    assert Feedback.objects.count() == 1
    assert Trail.objects.filter(verb="accounts.feedback_given").count() == 1


@pytest.mark.parametrize(
    "fields", [{"text": ""}, {"text": "字" * 1001}, {"text": "x\x00y"}, {"token": "junk"}, {"token": ""}]
)
def test_hostile_suggestions_are_told_what_to_mend(as_user, fields):
    page = give(as_user("支部书记"), **fields).content.decode()
    assert "处需要修改" in page
    assert "Token" not in page
    assert not Feedback.objects.exists()


def test_one_sees_own_suggestions_and_the_town_sees_its_town(place, as_user):
    give(as_user("支部书记"), "会议记录能不能选上次的人")
    give(as_user("邻镇党建办"), "别的镇的话")
    assert "选上次的人" in as_user("支部书记").get("/feedback/").content.decode()
    assert "选上次的人" not in as_user("社区书记").get("/feedback/").content.decode()
    office = as_user("镇党建办").get("/feedback/").content.decode()
    assert "选上次的人" in office
    assert "别的镇的话" not in office


def test_office_answers_and_the_person_reads_it(place, as_user):
    give(as_user("支部书记"))
    pk = Feedback.objects.get().pk
    assert "等答复" in as_user("支部书记").get("/feedback/").content.decode()
    assert as_user("镇党建办").post(f"/feedback/{pk}/answer/", {"text": "下个月改"}).status_code == 302
    page = as_user("支部书记").get("/feedback/").content.decode()
    assert "下个月改" in page
    assert "镇党建办 20" in page


def test_only_the_town_of_the_suggestion_answers(place, as_user):
    give(as_user("支部书记"))
    url = f"/feedback/{Feedback.objects.get().pk}/answer/"
    assert as_user("支部书记").get(url).status_code == 403
    assert as_user("支部书记").post(url, {"text": "好"}).status_code == 403
    for stranger in ("社区书记", "邻镇党建办", "系统管理员"):
        assert as_user(stranger).get(url).status_code == 404
        assert as_user(stranger).post(url, {"text": "好"}).status_code == 404
    assert not Feedback.objects.get().answer


def test_second_answer_overwrites_nothing_and_is_given_back(place, as_user):
    give(as_user("支部书记"))
    feedback = Feedback.objects.get()
    deeds.answer_feedback(feedback, "先到的答复", by=place.user["镇党建办"])
    answer = as_user("镇党建办").post(f"/feedback/{feedback.pk}/answer/", {"text": "后到的答复"})
    page = answer.content.decode()
    assert answer.status_code == 409
    assert "先到的答复" in page
    assert "后到的答复" in page
    assert Feedback.objects.get().answer == "先到的答复"
    assert Trail.objects.filter(verb="accounts.feedback_answered").count() == 1


def test_text_of_a_suggestion_stays_out_of_the_trail(as_user):
    give(as_user("支部书记"), "王伟家里困难")
    assert "王伟" not in str(list(Trail.objects.values()))


def test_older_ones_are_a_page_away(place, as_user):
    for number in range(21):
        deeds.give_feedback(user=place.user["支部书记"], text=f"第{number:02d}件", page="", token=uuid.uuid4())
    client = as_user("支部书记")
    page = client.get("/feedback/").content.decode()
    assert "第20件" in page
    assert "第00件" not in page
    older = page.split('href="?before=')[1].split('"')[0]
    assert "第00件" in client.get(f"/feedback/?before={older}").content.decode()
    for junk in ("abc", "-1", "9" * 40, "%00"):
        assert "第20件" in client.get(f"/feedback/?before={junk}").content.decode()
