"""公文 from 拟稿 to 归档: who may not, what is missing, numbers without gap or double, what was signed stays."""

import hashlib

import pytest
from django.db import IntegrityError, transaction

from desk import verify
from office.audit.models import Trail
from office.papers import archiving, documents, layout, tasks
from office.papers.models import Build, Document, DocumentNumber, DocumentStep, Kind, NumberRegister, Stage

TEXT = "现将有关事项通知如下。\n一、总体要求\n（一）时间。十二月二十日前完成。\n1.北社区\n2.南社区\n二、工作安排\n附件：名单\n|姓名|小区|\n|王伟|湖畔|"


@pytest.fixture
def town(place):
    """镇党委 with its words."""
    issuer = place.body["西塘镇"]
    for kind, word in [("notice", "西委发"), ("reply", "西委批"), ("minutes", "西委纪"), ("letter", "西委函")]:
        documents.set_word(issuer, kind, word, by=place.user["镇党建办"])
    return issuer


def begin(place, issuer, kind="notice", **more):
    fields = {"title": "关于开展年度述职的通知", "text": TEXT, "addressee": "各社区党委"} | more
    return documents.draft(kind=kind, issuer=issuer, by=place.user["镇党建办"], **fields)


def through(place, document, *, reviewer="镇领导", signer="镇领导"):
    """Sent, reviewed and signed."""
    document = documents.send(document, by=document.drafted_by, version=document.version)
    document = documents.approve(document, by=place.user[reviewer], version=document.version)
    return documents.sign(document, by=place.user[signer], version=document.version)


def test_from_draft_to_signed(place, town):
    document = through(place, begin(place, town))
    assert document.state == Stage.SIGNED
    assert document.number == f"西委发〔{place.today.year}〕1号"
    assert document.issued_on == place.today
    steps = list(DocumentStep.objects.filter(document=document).values_list("step", flat=True))
    assert steps == ["drafted", "sent", "approved", "signed"]
    verbs = list(Trail.objects.about(document).values_list("verb", flat=True))
    assert verbs == [f"papers.document_{verb}" for verb in ("drafted", "sent", "approved", "signed")]


def test_the_same_token_twice_is_one_document(place, town):
    first = begin(place, town)
    again = begin(place, town, token=first.uuid, title="别的标题")
    assert again.pk == first.pk
    assert Document.objects.count() == 1


def test_other_bodies_send_no_documents(place):
    with pytest.raises(ValueError, match="只有镇党委"):
        begin(place, place.body["湖畔党支部"])


@pytest.mark.parametrize("deed", [documents.approve, lambda d, **k: documents.send_back(d, "再核对一下", **k)])
def test_nobody_reviews_what_they_drafted(place, town, deed):
    document = begin(place, town)
    document = documents.send(document, by=document.drafted_by, version=document.version)
    with pytest.raises(ValueError, match="自己拟的稿"):
        deed(document, by=document.drafted_by, version=document.version)


def test_nobody_signs_what_they_drafted(place, town):
    document = begin(place, town)
    document = documents.send(document, by=document.drafted_by, version=document.version)
    document = documents.approve(document, by=place.user["镇领导"], version=document.version)
    with pytest.raises(ValueError, match="自己拟的稿"):
        documents.sign(document, by=document.drafted_by, version=document.version)


def test_the_database_too_refuses_a_reviewer_who_drafted(place, town):
    document = through(place, begin(place, town))
    with pytest.raises(IntegrityError), transaction.atomic():
        Document.objects.filter(pk=document.pk).update(signed_by=document.drafted_by)


def test_what_is_missing_is_named(place, town):
    document = begin(place, town, text="", addressee="")
    with pytest.raises(ValueError, match="还没写：正文、主送机关"):
        documents.send(document, by=document.drafted_by, version=document.version)


def test_a_request_has_one_addressee_and_a_contact(place, town):
    request = begin(place, town, kind="request", addressee="县委、县政府", note="")
    missing = documents.missing_to_send(request)
    assert [m[:6] for m in missing] == ["一个主送机关", "附注里的联系"]
    request = begin(place, town, kind="request", addressee="县委", note="联系人：周敏，电话：87654321")
    assert documents.missing_to_send(request) == []


def test_minutes_need_who_was_there_and_no_addressee(place, town):
    assert documents.missing_to_send(begin(place, town, kind="minutes", addressee="")) == ["出席"]


def test_returned_with_the_reason_and_sent_again(place, town):
    document = begin(place, town)
    document = documents.send(document, by=document.drafted_by, version=document.version)
    with pytest.raises(ValueError, match="写明退回的理由"):
        documents.send_back(document, "  ", by=place.user["镇领导"], version=document.version)
    document = documents.send_back(document, "请补充书记人选来源", by=place.user["镇领导"], version=document.version)
    assert (document.state, document.reason) == (Stage.RETURNED, "请补充书记人选来源")
    document = documents.send(document, by=document.drafted_by, version=document.version)
    assert (document.state, document.reason) == (Stage.REVIEW, "")


def test_withdrawn_before_signing_may_be_written_on(place, town):
    document = begin(place, town)
    document = documents.send(document, by=document.drafted_by, version=document.version)
    document = documents.approve(document, by=place.user["镇领导"], version=document.version)
    document = documents.withdraw(document, by=document.drafted_by, version=document.version)
    assert (document.state, document.reviewed_by) == (Stage.WITHDRAWN, None)
    document = documents.write(
        document, version=document.version, by=document.drafted_by, text="新的正文。", title=document.title
    )
    assert documents.typed_text(document) == "新的正文。"


def test_what_is_on_its_way_or_signed_cannot_be_written(place, town):
    document = through(place, begin(place, town))
    with pytest.raises(ValueError, match="已签发.*不能改"):
        documents.write(document, version=document.version, by=document.drafted_by, text="改了", title="改了")


def test_a_page_read_before_a_change_decides_nothing(place, town):
    document = begin(place, town)
    stale = document.version
    documents.write(document, version=stale, by=document.drafted_by, text="改过的正文。", title=document.title)
    with pytest.raises(documents.ChangedMeanwhile):
        documents.send(document, by=document.drafted_by, version=stale)
    with pytest.raises(documents.ChangedMeanwhile):
        documents.write(document, version=stale, by=document.drafted_by, text="又改。", title="又改")


def test_saving_the_same_changes_nothing(place, town):
    document = begin(place, town, recipients=[place.community["北社区"]])
    kept = {name: getattr(document, name) for name in documents.ELEMENTS}
    text = documents.typed_text(document)
    communities = [place.community["北社区"]]
    again = documents.write(document, version=0, by=document.drafted_by, text=text, recipients=communities, **kept)
    assert again.version == document.version


def test_a_colleague_takes_over_so_that_the_first_may_sign(place):
    issuer = place.body["北社区"]
    documents.set_word(issuer, "minutes", "北社纪", by=place.user["社区书记"])
    document = documents.draft(
        kind="minutes", issuer=issuer, title="电梯", text="定了。", present="王伟", by=place.user["社区书记"]
    )
    document = documents.take_over(document, by=place.user["社区工作者"], version=document.version)
    document = through(place, document, reviewer="社区书记", signer="社区书记")
    assert document.number == f"北社纪〔{place.today.year}〕1号"


def test_without_a_word_nothing_is_signed(place):
    document = begin(place, place.body["西塘镇"])
    document = documents.send(document, by=document.drafted_by, version=document.version)
    document = documents.approve(document, by=place.user["镇领导"], version=document.version)
    with pytest.raises(ValueError, match="没有机关代字"):
        documents.sign(document, by=place.user["镇领导"], version=document.version)
    assert not DocumentNumber.objects.exists()


def test_numbers_run_on_by_kind_and_void_ones_stay(place, town):
    first, second = (through(place, begin(place, town, title=f"第{n}份")) for n in "一二")
    second = documents.void(second, "发错了机关", by=place.user["镇领导"], version=second.version)
    third = through(place, begin(place, town))
    letter = through(place, begin(place, town, kind="letter"))
    year = place.today.year
    assert [d.number for d in (first, second, third)] == [f"西委发〔{year}〕{n}号" for n in (1, 2, 3)]
    assert letter.number == f"西委函〔{year}〕1号"
    number = DocumentNumber.objects.get(document=second)
    assert number.void_reason == "发错了机关"
    assert number.voided_at


def test_a_signing_that_fails_uses_no_number(place, town, monkeypatch):
    document = begin(place, town)
    document = documents.send(document, by=document.drafted_by, version=document.version)
    document = documents.approve(document, by=place.user["镇领导"], version=document.version)
    with monkeypatch.context() as patch:
        patch.setattr(documents, "layout_of", lambda document: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            documents.sign(document, by=place.user["镇领导"], version=document.version)
    signed = documents.sign(document, by=place.user["镇领导"], version=document.version)
    assert signed.number.endswith("〕1号")


def test_the_database_refuses_a_double_number(place, town):
    signed = through(place, begin(place, town))
    other = begin(place, town)
    register = NumberRegister.objects.get()
    with pytest.raises(IntegrityError), transaction.atomic():
        DocumentNumber.objects.create(register=register, number=1, document=other, given_at=signed.signed_at)


def test_numbers_go_on_from_those_given_on_paper(place, town):
    by, year = place.user["镇党建办"], place.today.year
    documents.set_word(town, "notice", "西委发", by=by, used_before=11, year=year)
    assert through(place, begin(place, town)).number == f"西委发〔{year}〕12号"
    with pytest.raises(ValueError, match="已经编过号"):
        documents.set_word(town, "notice", "西委发", by=by, used_before=3, year=year)


def test_two_issuers_never_share_a_word(place, town):
    with pytest.raises(ValueError, match="西委发.*换一个"):
        documents.set_word(place.body["北社区"], "notice", "西委发", by=place.user["镇党建办"])


def test_what_was_signed_stays_as_it_was_signed(place, town):
    document = through(place, begin(place, town))
    signed = documents.layout_of(document)
    town.name = "改了名的镇党委"
    town.save()
    document = Document.objects.get(pk=document.pk)
    assert documents.layout_of(document) == signed
    assert signed.number == document.number
    assert signed.mark == "中共西塘镇委员会文件"


def test_before_signing_there_is_no_red_head_and_no_number(place, town):
    layout_now = documents.layout_of(begin(place, town))
    assert not layout_now.signed
    assert layout_now.number == ""


def test_an_issued_document_reaches_the_community_it_is_sent_to(place, town):
    document = begin(place, town, recipients=[place.community["北社区"]])
    reads = lambda name: Document.objects.visible_to(place.user[name]).exists()  # noqa: E731
    assert [reads(name) for name in ("镇领导", "社区书记", "邻社区书记", "邻镇党建办")] == [True, False, False, False]
    through(place, document)
    assert [reads(name) for name in ("镇领导", "社区书记", "邻社区书记", "邻镇党建办")] == [True, True, False, False]
    own = Document.objects.of_issuers(place.user["社区书记"].reach)
    assert not own.exists()
    document.refresh_from_db()
    documents.void(document, "发错了", by=place.user["镇领导"], version=document.version)
    assert reads("社区书记"), "作废了也要让收到的社区知道"


def test_characters_without_a_glyph_are_named(place, town):
    document = begin(place, town, text="王㛃、张䶮、李𠅤、刘𬱖和\U0003104f到会。")
    assert documents.undrawable(document) == ["\U0003104f"]


# ── 正文 ──


def test_typed_text_becomes_levels_and_comes_back():
    blocks, attachments = layout.read_text(TEXT)
    assert [(b.kind, b.level) for b in blocks] == [
        ("paragraph", 0),
        ("heading", 1),
        ("heading", 2),
        ("heading", 3),
        ("heading", 3),
        ("heading", 1),
    ]
    assert attachments[0].name == "名单"
    assert attachments[0].blocks[0].rows == (("姓名", "小区"), ("王伟", "湖畔"))
    written = layout.write_text(blocks, attachments)
    assert layout.read_text(written) == (blocks, attachments)


def test_numbers_are_counted_not_typed():
    blocks, _ = layout.read_text("三、甲\n（九）乙\n7.丙\n7.丁\n九、戊\n（二）己")
    assert [b.number + b.text for b in layout.numbered(blocks)] == [
        "一、甲",
        "（一）乙",
        "1.丙",
        "2.丁",
        "二、戊",
        "（一）己",
    ]


@pytest.mark.parametrize("line", ["3.5米以内", "2026年1月5日开会", "5 < 6 & 7", "——", "一个小区", "（略）"])
def test_what_only_looks_like_a_number_stays_a_paragraph(line):
    (block,), _ = layout.read_text(line)
    assert (block.kind, block.text) == ("paragraph", line)


def test_a_heading_with_its_text_is_split_at_the_first_sentence():
    (block,), _ = layout.read_text("（一）压实责任。各社区书记负总责。月底前报。")
    assert (block.lead, block.rest) == ("压实责任。", "各社区书记负总责。月底前报。")


def test_layout_survives_being_kept_as_json(place, town):
    now = documents.layout_of(begin(place, town))
    assert layout.from_row(now.as_row()) == now


@pytest.mark.parametrize("hostile", ["\x00甲\x08", "甲\ud800", "甲\u202e", "甲\ufffe"])
def test_what_no_paper_can_hold_is_left_out(hostile):
    assert layout.clean(hostile) == "甲"


def test_kinds_are_the_five():
    assert set(Kind.labels) == {"纪要", "通知", "请示", "批复", "函"}


# ── 归档 ──


def test_signed_documents_are_put_away_as_pdf_and_word_with_their_hashes(place, town, monkeypatch):
    signed = through(place, begin(place, town))
    build = Build.objects.get(kind=f"archive_{signed.pk}")
    tasks.archive_document(build.pk)
    build.refresh_from_db()
    signed.refresh_from_db()
    assert (build.state, signed.state) == ("done", Stage.ARCHIVED)
    for kept in signed.files.all():
        data = archiving.path_of(kept).read_bytes()
        assert hashlib.sha256(data).hexdigest() == kept.sha256
        assert archiving.file_of(signed, kept.format) == (data, "")
    assert set(signed.files.values_list("format", flat=True)) == {"pdf", "docx"}
    assert list(verify.archived_documents()) == []


def test_verify_tells_of_a_changed_or_lost_file_and_of_a_gap(place, town, monkeypatch):
    monkeypatch.setattr(archiving.document_pdf, "render", lambda layout, void="": b"%PDF-")
    signed = archiving.archive(through(place, begin(place, town)))
    pdf, word = signed.files.order_by("-format")
    archiving.path_of(pdf).write_bytes(b"changed")
    archiving.path_of(word).unlink()
    NumberRegister.objects.update(last=3)
    found = "".join(verify.archived_documents())
    assert "（PDF）被改动过" in found
    assert "（Word）不见了" in found
    assert "应编到3号，实有1个号" in found


def test_putting_away_twice_changes_nothing(place, town, monkeypatch):
    monkeypatch.setattr(archiving.document_pdf, "render", lambda layout, void="": b"%PDF-")
    signed = through(place, begin(place, town))
    archiving.archive(signed)
    again = archiving.archive(signed)
    assert again.files.count() == 2
    assert again.steps.filter(step="archived").count() == 1
