"""Drafts: nothing lost and nothing overwritten, whatever order requests arrive in, and nobody else's to read."""

from datetime import timedelta

import pytest
from django.http import QueryDict
from django.utils import timezone

from office.drafts import keeping
from office.drafts.models import Draft

pytestmark = pytest.mark.django_db


def sent(text, **more):
    fields = QueryDict(mutable=True)
    fields.update({"text": text, **more})
    return fields


@pytest.fixture
def writer(place):
    return place.user["社区书记"]


def begin(writer):
    return keeping.ticket_for(writer, "meeting", "joint~c1")


def kept(draft):
    return keeping.fields_of(Draft.objects.get(pk=draft.pk))["text"]


def test_what_was_kept_is_there_for_its_writer_and_nobody_else(place, writer):
    ticket = begin(writer)
    keeping.keep(ticket, sent("电梯"), 1)
    assert keeping.fields_of(keeping.open_draft(writer, "meeting", "joint~c1"))["text"] == "电梯"
    assert keeping.open_draft(place.user["联系干部"], "meeting", "joint~c1") is None


def test_an_older_request_never_overwrites_a_newer_one(writer):
    ticket = begin(writer)
    keeping.keep(ticket, sent("一"), 1)
    draft, _ = keeping.keep(ticket, sent("一二三"), 3)
    keeping.keep(ticket, sent("一二"), 2)
    assert kept(draft) == "一二三"


def test_an_older_request_stays_out_when_the_newer_one_brought_the_text_of_before(writer):
    ticket = begin(writer)
    draft, _ = keeping.keep(ticket, sent("一"), 1)
    keeping.keep(ticket, sent("一"), 3)
    keeping.keep(ticket, sent("一二"), 2)
    assert kept(draft) == "一"


def test_two_tabs_that_write_apart_both_keep_their_text(writer):
    first = begin(writer)
    draft, _ = keeping.keep(first, sent("先"), 1)
    second = keeping.ticket_for(writer, "meeting", "joint~c1", draft=draft)
    keeping.keep(second, sent("第二个窗口"), 2)
    apart, onward = keeping.keep(first, sent("第一个窗口"), 2)
    assert (kept(draft), kept(apart)) == ("第二个窗口", "第一个窗口")
    assert onward.uuid != first.uuid
    again, same = keeping.keep(onward, sent("第一个窗口，再写"), 3)
    assert (again.pk, same) == (apart.pk, onward)


def test_a_page_filled_from_the_draft_goes_on_with_it(writer):
    draft, _ = keeping.keep(begin(writer), sent("昨天"), 7)
    later = keeping.ticket_for(writer, "meeting", "joint~c1", draft=draft)
    keeping.keep(later, sent("昨天和今天"), 1)
    assert kept(draft) == "昨天和今天"
    assert Draft.objects.count() == 1


def test_a_finished_draft_is_closed_for_good(writer):
    ticket = begin(writer)
    keeping.keep(ticket, sent("一"), 1)
    keeping.finish(ticket, 5)
    draft, _ = keeping.keep(ticket, sent("迟到的"), 2)
    assert (draft.done_key, draft.body) == ("5", {})
    assert keeping.open_draft(writer, "meeting", "joint~c1") is None


def test_a_ticket_that_was_altered_is_none(writer):
    signed = begin(writer).signed
    assert keeping.opened(signed) is not None
    assert keeping.opened(signed[:-1] + ("A" if signed[-1] != "A" else "B")) is None
    assert keeping.opened("") is None


def test_too_much_is_refused_in_words(writer):
    with pytest.raises(keeping.NotKept, match="太长"):
        keeping.keep(begin(writer), sent("字" * (keeping.LONGEST + 1)), 1)


def test_drafts_nobody_touched_for_thirty_days_go(writer):
    draft, _ = keeping.keep(begin(writer), sent("旧"), 1)
    assert keeping.forget_old(timezone.now() + timedelta(days=29)) == 0
    assert keeping.forget_old(timezone.now() + timedelta(days=31)) == 1
    assert not Draft.objects.filter(pk=draft.pk).exists()


def test_the_address_keeps_for_the_owner_only(place, as_user, writer):
    ticket = begin(writer)
    form = {"draft": ticket.signed, "draft_seq": "1", "text": "正在写"}
    assert as_user("联系干部").post("/drafts/keep/", form).status_code == 404
    answer = as_user("社区书记").post("/drafts/keep/", form)
    assert answer.json()["said"].startswith("已保存")
    assert kept(Draft.objects.get()) == "正在写"


def test_keeping_by_itself_does_not_hold_the_session_open(place, as_user, writer):
    client = as_user("社区书记")
    client.get("/me/")
    session = client.session
    session["touched"] = 1
    session.save()
    client.post("/drafts/keep/", {"draft": begin(writer).signed, "draft_seq": "1", "text": "字"})
    assert client.session["touched"] == 1
    client.get("/me/")
    assert client.session["touched"] > 1


def test_a_form_sent_after_the_session_ended_stands_there_after_signing_in(place, client, writer):
    form = {"draft": begin(writer).signed, "draft_seq": "0", "text": "讨论了很久"}
    answer = client.post("/meetings/new/page/?kind=joint_meeting", form)
    assert answer["Location"].startswith("/login/")
    assert keeping.fields_of(keeping.open_draft(writer, "meeting", "joint~c1"))["text"] == "讨论了很久"


def test_a_form_with_an_old_token_is_kept_too_and_the_page_says_so(place, writer):
    from tests.conftest import Critic

    client = Critic(enforce_csrf_checks=True).sign_in(writer)
    client.cookies["csrf"] = "x" * 32
    answer = client.post("/drafts/keep/", {"draft": begin(writer).signed, "draft_seq": "0", "text": "讨论了很久"})
    assert answer.status_code == 403
    assert "已存为草稿" in answer.content.decode()
    assert kept(Draft.objects.get()) == "讨论了很久"
