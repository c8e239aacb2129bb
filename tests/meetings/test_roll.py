"""到会: who stands on the page to be marked, what stands for those who do not, and why somebody stayed away."""

import pytest

from meetings.circle import FOUND, NOT_EXPECTED
from meetings.models import Meeting
from tests.meetings.filled import address, decided, fields, fields_of, filed

pytestmark = pytest.mark.django_db
BRANCH = "湖畔党支部"
STUDIED = {"title": "学党章", "held_on": "昨天"}


@pytest.fixture
def own(as_user):
    return as_user("支部书记")


@pytest.fixture
def inner(place):
    return address(place, kind="theme_day")


def marks(meeting):
    return {str(row): (row.status, row.note) for row in meeting.attendance.all()}


def after(client, url, sent, button, value="1"):
    """The page that comes back when a button that hands nothing in is pressed."""
    response = client.post(url, sent | {button: value})
    assert response.status_code == 200
    return response


def test_a_branchs_own_page_says_who_is_there_and_lists_them_when_asked(place, own, inner):
    response = own.get(inner)
    text = response.content.decode()
    assert "湖畔党支部：应到3人，全部到会" in text
    assert 'name="status-' not in text
    opened = after(own, inner, fields_of(response), "open", BRANCH).content.decode()
    assert opened.count('<select name="status-') == 3


def test_untouched_everybody_expected_was_there(own, inner):
    meeting = filed(own.post(inner, fields(own, inner) | STUDIED))
    assert marks(meeting) == dict.fromkeys(("田大利", "王伟", "丁小宁"), ("present", ""))


def test_an_absence_and_its_reason_without_script(place, own, inner):
    wang = place.member["王伟"].pk
    sent = fields_of(after(own, inner, fields(own, inner), "open", BRANCH)) | STUDIED | {f"status-{wang}": "leave"}
    asked = after(own, inner, sent, "reasons")
    assert asked.content.decode().count("没来的原因（选填）") == 1
    meeting = filed(own.post(inner, fields_of(asked) | {f"note-{wang}": "出差"}))
    assert (marks(meeting)["王伟"], meeting.expected, meeting.present) == (("leave", "出差"), 3, 2)


def test_a_change_elsewhere_on_the_page_leaves_absences_and_their_reasons(place, own, inner, as_user):
    secretary, wang = as_user("社区书记"), place.member["王伟"].pk
    away = {f"status-{wang}": "leave", f"note-{wang}": "出差"}
    meeting = filed(secretary.post(inner, fields(secretary, inner) | STUDIED | away))
    url = f"/meetings/{meeting.pk}/change/"
    response = own.get(url)
    assert "应到3人，到会2人；请假：王伟" in response.content.decode()
    filed(own.post(url, fields_of(response) | {"discussion": "补充一句"}))
    meeting.refresh_from_db()
    assert (meeting.version, meeting.present, marks(meeting)["王伟"]) == (2, 2, ("leave", "出差"))


def test_whoever_is_not_expected_is_ticked_and_unticked(place, own, inner):
    zhou = place.member["周瑜"].pk
    response = after(own, inner, fields(own, inner), "open", NOT_EXPECTED)
    assert f'type="checkbox" name="status-{zhou}"' in response.content.decode()
    meeting = filed(own.post(inner, fields_of(response) | STUDIED | {f"status-{zhou}": "present"}))
    assert (meeting.expected, meeting.present) == (4, 4)
    url = f"/meetings/{meeting.pk}/change/"
    sent = fields_of(after(own, url, fields(own, url), "open", NOT_EXPECTED))
    assert sent.pop(f"status-{zhou}") == "present"
    filed(own.post(url, sent))
    assert "周瑜" not in marks(Meeting.objects.get(pk=meeting.pk))


def test_whoever_is_found_by_name_stands_there_and_may_own_a_decision(place, own, inner):
    zhou = place.member["周瑜"]
    found = after(own, inner, fields(own, inner) | {"sought": "周瑜"}, "seek")
    assert f'<select name="status-{zhou.pk}"' in found.content.decode()
    assert found.context["form"].opened == [FOUND]
    sent = fields_of(found) | STUDIED | decided(place, **{"owner-0": f"p{zhou.pk}"}) | {f"status-{zhou.pk}": "present"}
    meeting = filed(own.post(inner, sent))
    assert meeting.decisions.get().owner_person == zhou.person
    url = f"/meetings/{meeting.pk}/change/"
    filed(own.post(url, fields(own, url) | {"discussion": "补充一句"}))
    assert meeting.decisions.get().owner_person == zhou.person


def test_nobody_there_is_said_where_it_can_be_mended(place, own, inner):
    response = own.get(address(place, kind="group_meeting"))
    sent = fields_of(response) | STUDIED
    refused = own.post(address(place, kind="group_meeting"), sent)
    text = refused.content.decode()
    assert [words in text for words in ("还没有人到会", 'href="#__all__"', 'id="__all__"')] == [True, True, True]


def test_the_page_cannot_open_what_is_not_at_the_table(own, inner):
    assert after(own, inner, fields(own, inner), "open", "公园党支部").context["form"].opened == []
