import pytest
from hypothesis import given
from hypothesis import strategies as st

from office.chinese.names import clean_name, name_problem, padded


@pytest.mark.parametrize(
    ("typed", "stored"),
    [
        ("王　伟", "王伟"),
        (" 王 伟\u3000", "王伟"),
        ("王\u200b伟\ufeff", "王伟"),
        ("阿卜杜•买买提", "阿卜杜·买买提"),
        ("阿卜杜．买买提", "阿卜杜·买买提"),
        ("阿卜杜・买买提", "阿卜杜·买买提"),
        ("阿卜杜‧买买提", "阿卜杜·买买提"),
        ("阿卜杜 · 买买提", "阿卜杜·买买提"),
        ("王𬱖㛃", "王𬱖㛃"),
        ("John  Smith", "John Smith"),
        ("王伟（大）", "王伟（大）"),
    ],
)
def test_a_name_is_stored_one_way_however_it_was_typed(typed, stored):
    assert clean_name(typed) == stored


@pytest.mark.parametrize(
    "name",
    [
        "王伟",
        "王　伟",
        "欧阳少东",
        "阿卜杜·买买提",
        "王𬱖",
        "王\U00031350",
        "〇一",
        "John Smith",
        "Mary O'Neill-Sòng",
        "J. Smith",
    ],
)
def test_real_names_are_accepted(name):
    assert name_problem(name) is None


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("", "请填写姓名"),
        ("　", "请填写姓名"),
        ("王" * 41, "最多 40 个字"),
        ("王伟1", "数字"),
        ("王伟１", "数字"),
        ("王伟\n李强", "一格只写一个人"),
        ("王伟\x07", "看不见的符号"),
        ("王\ue000", "自造的字"),
        ("王伟（大）", "不能有“（”"),
        ("张**", "不能有“*”"),
        ("王伟、李强", "不能有“、”"),
        ("=cmd", "不能有“=”"),
        ("-.-", "只有符号"),
        ("·王伟", "多了一个符号"),
        ("王\ud800", "不能有“\ufffd”"),
    ],
)
def test_what_is_no_name_is_refused_with_the_reason(name, said):
    assert said in name_problem(name)


def test_only_two_character_names_are_padded():
    assert padded("丁宁") == "丁\u3000宁"
    assert [padded(name) for name in ("欧阳东", "丁", "Li", "")] == ["欧阳东", "丁", "Li", ""]


@given(st.text("王伟阿 ·•\u3000\u200bAb.", max_size=12))
def test_cleaning_twice_changes_nothing_and_padding_is_undone(text):
    name = clean_name(text)
    assert clean_name(name) == name
    assert clean_name(padded(name)) == name


@given(st.text(max_size=50))
def test_no_text_breaks_the_check(text):
    problem = name_problem(text)
    assert problem is None or problem.endswith("。")
