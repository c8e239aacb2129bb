"""公文 on the screen: who is asked for what, what the drafter sees first, what is refused in words."""

import io
import re

import docx as python_docx
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import timezone

from accounts.models import Assignment, User
from desk import home
from documents.permissions import rights
from documents.todos import todos
from office.papers import archiving, documents
from office.papers.models import Document, DocumentNumber, PaperTemplate
from tests.cast import PASSWORD
from tests.conftest import Critic
from tests.documents import cast
from tests.office.papers.test_document_templates import LINES, made


def text_of(response):
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", "", response.content.decode()))


def url(name, document=None):
    return reverse(name, args=[document.pk] if document else [])


def step(client, name, document, **data):
    document.refresh_from_db()
    return client.post(url(name, document), {"version": document.version, **data}, follow=True)


def test_a_notice_from_the_first_form_to_the_number(place, as_user):
    cast.words(place, "西塘镇")
    office, leader = as_user("镇党建办"), as_user("镇领导")
    issuer = place.body["西塘镇"]
    here = f"{url('document_new')}?kind=notice&issuer={issuer.pk}"
    form = office.get(here).context["form"]
    data = {"title": "关于述职的通知", "addressee": "各社区党委", "text": "请按时报送。", "sealed": "on"}
    data |= {"token": form.initial["token"], "recipients": [place.community["北社区"].pk]}
    shown = office.post(here, data, follow=True)
    assert "已保存为公文稿" in text_of(shown)
    assert office.post(here, data, follow=True).redirect_chain[-1] == shown.redirect_chain[-1], "按两次只有一份"
    document = Document.objects.get()
    assert "已送审" in text_of(step(office, "document_send", document))
    assert "已同意" in text_of(step(leader, "document_approve", document))
    asked = text_of(leader.get(url("document_sign", document)))
    assert f"镇北社发〔{place.today.year}〕1号" in asked
    assert "已签发" in text_of(step(leader, "document_sign", document))
    document.refresh_from_db()
    assert document.number == f"镇北社发〔{place.today.year}〕1号"
    assert document.title in text_of(as_user("社区书记").get(url("documents")))


def test_the_reason_is_the_first_thing_the_drafter_sees(place, as_user):
    document = cast.document(place, "请示")
    shown = step(as_user("镇党建办"), "document_return", document, reason="请补充书记人选来源")
    assert "拟稿人会看到" in text_of(shown)
    page = as_user("社区工作者").get(url("document", document)).content.decode()
    assert page.index("请补充书记人选来源") < page.index('id="preview"')
    drafter = place.user["社区工作者"]
    (todo,) = [t for t in home.todos(drafter, place.today)[0] if "改一改再交" in t["verb"]]
    assert "退回理由：请补充书记人选来源" in todo["why"]


def test_sent_back_without_a_reason_is_refused(place, as_user):
    document = cast.document(place, "送审")
    shown = step(as_user("社区书记"), "document_return", document, reason="  ")
    assert "请写明理由" in text_of(shown)
    document.refresh_from_db()
    assert document.state == "review"


def test_to_dos_are_for_those_who_may_decide(place):
    request, minutes = cast.document(place, "请示"), cast.document(place, "送审")
    signed = cast.document(place, "待签")

    def waiting(name):
        dated, _ = home.todos(place.user[name], place.today)
        return {t["url"] for t in dated if t["verb"] in ("审核公文", "签发公文")}

    assert waiting("镇党建办") == {url("document", request)}
    assert waiting("社区书记") == {url("document", minutes), url("document", signed)}
    assert waiting("社区工作者") == set(), "自己拟的稿不来催自己"
    assert waiting("邻社区书记") == set()
    assert waiting("邻镇党建办") == set()


def test_the_secretary_may_sign_what_a_colleague_took_over(place, as_user):
    cast.words(place)
    document = cast.begin(place, by="社区书记")
    assert "等审核。自己拟的稿由另一位同志审核" in text_of(step(as_user("社区书记"), "document_send", document))
    step(as_user("社区书记"), "document_withdraw", document)
    assert "现在由您拟稿" in text_of(step(as_user("社区工作者"), "document_take_over", document))
    step(as_user("社区工作者"), "document_send", document)
    step(as_user("社区书记"), "document_approve", document)
    assert "已签发" in text_of(step(as_user("社区书记"), "document_sign", document))


def test_a_secretary_signs_his_own_request_which_the_town_has_agreed_to(place, as_user):
    """社区只有书记一个账号也能请示：镇党建办审核过，已经是两个单位看过。"""
    cast.words(place)
    request = cast.move(place, cast.begin(place, "request", by="社区书记"), "approved", reviewer="镇党建办")
    due = todos(place.user["社区书记"], place.today)
    assert [(t.verb, t.url) for t in due] == [("签发公文", url("document", request))]
    assert todos(place.user["社区工作者"], place.today) == []
    assert "已签发" in text_of(step(as_user("社区书记"), "document_sign", request))


def test_what_its_signer_drafted_is_taken_over_when_it_is_approved(place, as_user):
    cast.words(place)
    secretary, colleague = place.user["社区书记"], second_worker(place)
    minutes = cast.move(place, cast.begin(place, by="社区书记"), "approved", reviewer="社区工作者")
    wanted = f"{secretary.name}拟的稿自己不能签发：请{colleague.name}点“接手拟稿”"
    assert wanted in text_of(as_user("社区书记").get(url("document", minutes)))
    assert [(t.verb, t.url) for t in todos(colleague, place.today)] == [("接手拟稿", url("document", minutes))]
    assert todos(secretary, place.today) == []
    assert "现在由您拟稿，等签发" in text_of(step(Critic().sign_in(colleague), "document_take_over", minutes))
    assert "已签发" in text_of(step(as_user("社区书记"), "document_sign", minutes))


def second_worker(place):
    """Another 社区工作者 of 北社区."""
    first = place.user["社区工作者"]
    user = User.objects.create_user("user90", PASSWORD, name="第二位工作者", town=first.town)
    duty = first.assignments.get()
    Assignment.objects.create(user=user, role=duty.role, body=duty.body, starts_on=duty.starts_on)
    return user


def test_where_there_is_no_colleague_the_page_says_who_gives_one_an_account(place, as_user):
    minutes = cast.move(place, cast.begin(place, by="社区书记"), "approved", reviewer="社区工作者")
    assert "请系统管理员给一位同志开账号" in text_of(as_user("社区书记").get(url("document", minutes)))
    assert step(as_user("社区书记"), "document_sign", minutes).status_code == 403


def test_who_reviewed_does_not_take_over(place, as_user):
    minutes = cast.move(place, cast.begin(place, by="社区书记"), "approved", reviewer="社区工作者")
    assert step(as_user("社区工作者"), "document_take_over", minutes).status_code == 403
    with pytest.raises(ValueError, match="自己审核过"):
        documents.take_over(minutes, by=place.user["社区工作者"], version=minutes.version)


def test_a_request_is_answered_and_the_answer_names_it(place, as_user):
    cast.words(place, "西塘镇")
    asked = cast.document(place, "已请示")
    client = as_user("镇党建办")
    written = client.post(url("document_reply", asked), follow=True)
    answer = Document.objects.get(answers=asked)
    assert asked.number in written.context["form"].initial["text"]
    assert written.context["form"].initial["addressee"] == "北社区党委"
    assert client.post(url("document_reply", asked), follow=True).context["document"] == answer, "批复只起草一份"


def test_two_people_writing_see_both_texts(place, as_user):
    document = cast.begin(place)
    client = as_user("社区工作者")
    stale = document.version
    documents.write(document, version=stale, by=document.drafted_by, text="另一处先保存的话。", title="另一个标题")
    response = client.post(
        url("document_edit", document), {"title": "我的标题", "text": "我刚写的话。", "version": stale}
    )
    assert response.status_code == 409
    said = text_of(response)
    assert "另一处先保存的话" in said
    assert "我刚写的话" in said
    again = {"title": "我的标题", "text": "合起来的话。", "version": response.context["form"]["version"].value()}
    client.post(url("document_edit", document), again)
    document.refresh_from_db()
    assert documents.typed_text(document) == "合起来的话。"


def test_a_second_press_says_what_happened(place, as_user):
    document = cast.document(place, "待签")
    client, version = as_user("社区书记"), document.version
    for _ in range(2):
        shown = client.post(url("document_sign", document), {"version": version}, follow=True)
    assert "现在是“已签发”，不能签发" in text_of(shown)
    assert DocumentNumber.objects.count() == 1


@pytest.mark.parametrize("version", ["", "x", "-5", "²", "9" * 30])
def test_a_step_without_the_pages_version_changes_nothing(place, as_user, version):
    document = cast.document(place, "送审")
    shown = as_user("社区书记").post(url("document_approve", document), {"version": version}, follow=True)
    assert "刚才有人改过" in text_of(shown)
    document.refresh_from_db()
    assert document.state == "review"


def test_missing_words_are_listed_instead_of_the_button(place, as_user):
    document = cast.begin(place, present="")
    page = as_user("社区工作者").get(url("document", document))
    assert "还没写：出席" in text_of(page)
    assert url("document_send", document) not in page.content.decode()


def test_glyphs_nobody_can_print_are_listed_before_signing(place, as_user):
    cast.words(place)
    document = cast.move(place, cast.begin(place, text="\U0003104f同志到会。"), "approved")
    for name in ("document", "document_sign"):
        assert "有字印不出来： \U0003104f" in text_of(as_user("社区书记").get(url(name, document))).replace(
            "：", "： ", 9
        )


def test_void_keeps_the_number_in_the_register(place, as_user):
    document = cast.document(place, "签发")
    assert "已作废" in text_of(step(as_user("社区书记"), "document_void", document, reason="内容有误"))
    said = text_of(as_user("镇党建办").get(url("document_register")))
    assert f"北社纪〔{place.today.year}〕1号" in said
    assert "作废 内容有误" in said


def test_the_register_shows_only_what_the_reader_may_see(place, as_user):
    cast.document(place, "签发")
    assert "北社纪" not in text_of(as_user("邻社区书记").get(url("document_register")))
    assert "北社纪" not in text_of(as_user("邻镇党建办").get(url("document_register")))


def test_filters_narrow_the_list(place, as_user):
    cast.document(place, "签发")
    cast.document(place, "请示")
    client = as_user("镇党建办")
    for query, shown, hidden in [
        ("?kind=request", "北社区请示", "北社区签发"),
        ("?stage=issued", "北社区签发", "北社区请示"),
        ("?q=北社纪", "北社区签发", "北社区请示"),
    ]:
        said = text_of(client.get(url("documents") + query))
        assert shown in said
        assert hidden not in said
    assert "没有符合条件的公文" in text_of(client.get(url("documents") + "?kind=x"))


def test_the_slip_tells_the_whole_way(place, as_user):
    document = cast.document(place, "签发")
    said = text_of(as_user("社区书记").get(url("document_slip", document)))
    for words in ("拟稿", "送审", "审核同意", "签发", document.number, "社区工作者", "社区书记"):
        assert words in said


def test_words_are_set_by_whoever_keeps_them(place, as_user):
    issuer = place.body["北社区"]
    data = {"issuer": issuer.pk, "kind": "notice", "word": "北社发", "used_before": "3"}
    said = text_of(as_user("社区书记").post(url("document_words"), data, follow=True))
    assert f"北社发〔{place.today.year}〕4号" in said
    taken = data | {"kind": "letter"}
    assert "换一个" in text_of(as_user("社区书记").post(url("document_words"), taken))
    foreign = data | {"issuer": place.body["南社区"].pk, "word": "南社发"}
    assert "请从列出的机关里选" in text_of(as_user("社区书记").post(url("document_words"), foreign))
    assert "只写代字" in text_of(as_user("社区书记").post(url("document_words"), data | {"word": "北社〔2026〕"}))


def test_drafting_in_anothers_name_is_refused(place, as_user):
    here = f"{url('document_new')}?kind=notice&issuer={place.body['西塘镇'].pk}"
    said = text_of(as_user("社区书记").get(here))
    assert "请从列出的机关里选" in said
    as_user("社区书记").post(here, {"title": "冒名"})
    assert not Document.objects.exists()


def test_rights_of_an_ended_office_are_gone(place):
    document = cast.begin(place)
    user = place.user["社区工作者"]
    assert rights(user, document).write
    user.assignments.update(ends_on=place.today - timezone.timedelta(days=1))
    gone = type(user).objects.get(pk=user.pk)
    assert not rights(gone, document).write


# ── 文件 ──


def test_the_pdf_of_a_draft_is_made_at_once_and_says_so(place, as_user):
    document = cast.begin(place)
    response = as_user("社区工作者").get(url("document_pdf", document))
    assert response["Content-Type"] == "application/pdf"
    assert response.content.startswith(b"%PDF")
    assert "%E6%9C%AA%E7%AD%BE%E5%8F%91" in response["Content-Disposition"]


def test_the_word_file_is_the_towns_template_where_there_is_one(place, as_user):
    office = as_user("镇党建办")
    cast.words(place, "西塘镇")
    document = cast.begin(place, "notice", by="镇党建办", issuer="西塘镇")
    upload = SimpleUploadedFile("通知.docx", made("镇里的样式", *LINES))
    assert "已换上" in text_of(office.post(url("document_templates"), {"kind": "notice", "file": upload}, follow=True))

    def said():
        data = office.get(url("document_word", document)).content
        return [p.text for p in python_docx.Document(io.BytesIO(data)).paragraphs]

    assert said()[0] == "镇里的样式"
    kept = PaperTemplate.objects.get()
    trial = office.get(reverse("document_template_trial", args=[kept.pk]))
    assert "测试填充用的标题" in [p.text for p in python_docx.Document(io.BytesIO(trial.content)).paragraphs]
    archiving.Path(archiving.default_storage.path(kept.file)).write_bytes(b"broken")
    assert "镇里的样式" not in said()
    assert "国标版式" in text_of(office.get(url("document", document)))
    removed = office.post(reverse("document_template_remove", args=[kept.pk]), follow=True)
    assert "已停用" in text_of(removed)


@pytest.mark.parametrize("name", ["没有.docx", "宏.docm", "旧.doc", "空.docx"])
def test_a_bad_template_is_refused_in_words(place, as_user, name):
    data = {"kind": "notice"} | ({} if name == "没有.docx" else {"file": SimpleUploadedFile(name, b"")})
    response = as_user("镇党建办").post(url("document_templates"), data)
    assert response.status_code == 200
    assert b'id="errors"' in response.content
    assert not PaperTemplate.objects.exists()


def test_an_archived_file_is_given_as_it_was_put_away(place, as_user):
    document = cast.document(place, "归档")
    assert as_user("社区书记").get(url("document_pdf", document)).content == b"%PDF-"
