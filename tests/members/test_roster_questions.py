"""What a roster leaves open is asked, answered once and remembered; nobody is taken for somebody by name alone (R-231)."""

import pytest

from members.models import Member, Person
from office.imports import batches
from office.imports.models import ImportAnswer
from tests.members.conftest import counts, faults, id_number, line


def asked(batch):
    return [question.text for question in batch.questions.filter(answer="").order_by("row", "pk")]


def test_an_unknown_compound_is_asked_once_for_all_its_lines(read, respond, place):
    lines = [line(f"王小{name}", phone=f"1390013900{at}", compound="湖畔花园") for at, name in enumerate("明红强")]
    batch = read(lines)
    assert counts(batch) == (0, 0, 0, 0, 3)
    question = batch.questions.get()
    assert (question.row, question.rows) == (2, 3)
    assert question.choices[0][1] == "湖畔", "the nearest stands first"
    respond(batch, 0, "湖畔")
    assert counts(batch) == (3, 0, 0, 0, 0)
    batches.apply(batch, by=place.user["社区书记"])
    assert Member.objects.filter(home_compound=place.compound["湖畔"], person__name__startswith="王小").count() == 3


def test_a_place_may_stay_blank(read, respond):
    batch = read([line("王小明", phone="13900139000", compound="火星")])
    respond(batch, 0, "先空着")
    assert counts(batch) == (1, 0, 0, 0, 0)
    assert not any(change[0] == "居住小区" for change in batch.lines.get().shown["changes"])


def test_an_unknown_branch_is_asked_and_a_foreign_one_refused(read, respond):
    batch = read(
        [line("王小明", phone="13900139000", branch="湖畔支部"), line("李红", phone="13900139001", branch="山水党支部")]
    )
    assert counts(batch) == (0, 0, 0, 1, 1)
    assert [(row, key) for row, key, *_ in faults(batch)] == [(3, "branch")]
    respond(batch, 0, "湖畔党支部")
    assert counts(batch) == (1, 0, 0, 1, 0)


def test_an_answer_is_remembered_shown_and_may_be_changed(read, respond, place):
    respond(read([line("王小明", phone="13900139000", compound="湖边")]), 0, "湖畔")
    later = read([line("李小红", phone="13900139001", compound="湖 边")])
    assert counts(later) == (1, 0, 0, 0, 0)
    assert later.questions.get().answer == str(place.compound["湖畔"].pk)
    respond(later, 0, "公园")
    assert ["居住小区", "", "公园"] in later.lines.get().shown["changes"]
    assert ImportAnswer.objects.count() == 1


def test_an_answer_of_one_community_says_nothing_in_another(read, respond):
    respond(read([line("王小明", phone="13900139000", compound="湖边")]), 0, "湖畔")
    other = read(
        [line("李小红", phone="13900139001", compound="湖边", branch="山水党支部")], community="南社区", by="邻社区书记"
    )
    assert other.asking == 1


def test_a_namesake_on_record_is_not_guessed_but_shown_masked(read):
    batch = read([line("王伟")])
    assert counts(batch) == (0, 0, 0, 0, 1)
    said = " ".join(words for _, words in batch.questions.get().choices)
    assert "138****8000" in said
    assert "湖畔党支部" in said
    assert "13800138000" not in said


def test_the_same_person_is_changed_and_the_answer_holds(read, respond, place):
    lines = [line("王伟", door="9栋9")]
    batch = respond(read(lines), 0, "是同一个人")
    assert counts(batch) == (0, 1, 0, 0, 0)
    batches.apply(batch, by=place.user["社区书记"])
    assert Member.objects.get(person__name="王伟").door == "9栋9"
    assert counts(read(lines)) == (0, 0, 1, 0, 0)


def test_another_person_is_made_once_however_often_the_file_comes(read, respond, place):
    lines = [line("王伟")]
    batch = respond(read(lines), 0, "另一个人")
    assert counts(batch) == (1, 0, 0, 0, 0)
    batches.apply(batch, by=place.user["社区书记"])
    assert Person.objects.filter(name="王伟").count() == 2
    assert counts(read(lines)) == (0, 0, 1, 0, 0)


def test_an_answer_about_one_namesake_does_not_decide_about_the_next(read, respond, place):
    respond(read([line("王伟")]), 0, "另一个人")
    place.add_member("王伟", "公园党支部", "公园", phone="13700137000")
    batch = read([line("王伟")])
    assert counts(batch) == (0, 0, 0, 0, 1)
    assert "137****7000" in batch.questions.get().choices[0][1]


@pytest.mark.parametrize(("answer", "words"), [("先不导入这一行", "先不导入"), ("办理划转", "等办理划转")])
def test_somebody_of_another_community_is_put_aside_without_saying_where(read, respond, load, answer, words):
    load([line("高富贵", id_number=id_number(), branch="山水党支部")], community="南社区", by="邻社区书记")
    batch = read([line("高富贵", id_number=id_number())])
    assert "其他社区" in asked(batch)[0]
    assert "南社区" not in asked(batch)[0]
    assert "山水" not in asked(batch)[0]
    respond(batch, 0, f"{answer}" if "划转" in answer else "先不导入这一行")
    assert (batch.aside, batch.asking, batch.to_save) == (1, 0, 0)
    assert words in batch.lines.get().shown["notes"][0]


def test_name_and_telephone_known_in_another_community_are_asked_too(read):
    assert counts(read([line("高富", phone="13800138000")])) == (0, 0, 0, 0, 1)


def test_lines_put_aside_do_not_hold_up_the_others(read, respond, place):
    batch = respond(read([line("高富", phone="13800138000"), line("王小明", phone="13900139000")]), 0, "办理划转")
    batches.apply(batch, by=place.user["社区书记"])
    assert (batch.state, batch.new, batch.aside) == ("applied", 1, 1)
    assert Member.objects.get(person__name="高富").community == place.community["南社区"]


def test_a_number_with_quite_another_name_is_asked(load, read, respond, place):
    load([line("王小明", id_number=id_number())])
    batch = read([line("李红", id_number=id_number())])
    assert "王小明" in asked(batch)[0]
    respond(batch, 0, "先不导入")
    assert batch.aside == 1
    respond(batch, 0, "是同一个人")
    assert batch.lines.get().shown["changes"][0] == ["姓名", "王小明", "李红"]
    assert load([line("王晓明", id_number=id_number())]).changed == 1, "one character in common: a slip of the pen"


def test_what_is_no_question_or_no_choice_is_passed_over(read, place):
    batch = read([line("王伟")])
    question = batch.questions.get()
    keeper = place.user["社区书记"]
    assert batches.answer(batch, {question.key: "999", "x": "1"}, by=keeper) == 0
    assert not ImportAnswer.objects.exists()
    assert batch.asking == 1


def test_a_table_of_many_unknown_places_is_no_questionnaire(read):
    given = "明红强军勇芳敏静丽艳娟霞燕玲"
    lines = [
        line(f"王{given[n % 14]}{given[n // 14]}", phone=f"139001390{n:02d}", compound=f"某某{n}村") for n in range(60)
    ]
    batch = read(lines)
    assert batch.questions.count() == 50
    assert (batch.asking, batch.faulty) == (50, 10)
