import pytest
from hypothesis import given
from hypothesis import strategies as st

from office.chinese.pinyin import PINYIN_KEYS_LENGTH, SORT_PINYIN_LENGTH, pinyin_keys, sort_pinyin

NAMES = st.text("曾单尉迟覃盛乐国强装双阿·𠮷 Jö", max_size=45)


def test_a_surname_is_found_by_both_its_readings():
    assert pinyin_keys("曾国强").split(" ") == ["zengguoqiang", "cengguoqiang", "zgq", "cgq"]


@pytest.mark.parametrize(
    ("name", "typed"),
    [
        ("单田芳", "shantianfang"),
        ("仇和", "qiuhe"),
        ("解放", "xiefang"),
        ("查良镛", "zhaliangyong"),
        ("区明", "ouming"),
        ("朴成", "piaocheng"),
        ("翟明", "zhaiming"),
        ("盖明", "geming"),
        ("乐明", "yueming"),
        ("任重", "renzhong"),
        ("覃明", "qinming"),
        ("覃明", "tanming"),
        ("万俟明", "moqiming"),
        ("尉迟恭", "yuchigong"),
        ("尉迟恭", "weichigong"),
        ("尉迟恭", "ycg"),
        ("单于明", "chanyuming"),
        ("长孙明", "zhangsunming"),
        ("欧阳少东", "oysd"),
        ("吕布", "lvbu"),
        ("王　伟", "wangwei"),
        ("阿卜杜·买买提", "abdmmt"),
        ("José Smith", "josesmith"),
        ("José Smith", "js"),
    ],
)
def test_people_are_found_by_what_is_typed(name, typed):
    assert typed in pinyin_keys(name).split(" ")


def test_a_reading_wrong_inside_a_given_name_is_not_offered():
    assert "zeng" not in pinyin_keys("王未曾")


def test_pinyin_order_is_by_syllable_then_tone_and_keeps_a_surname_together():
    names = ["欧一", "欧阳一", "李安", "连一", "汪一", "王一", "曾一", "单一", "张一", "章一", "张伟", "章伟"]
    assert sorted(names, key=sort_pinyin) == [
        "李安",
        "连一",
        "欧一",
        "欧阳一",
        "单一",
        "汪一",
        "王一",
        "曾一",
        "张伟",
        "张一",
        "章伟",
        "章一",
    ]


def test_no_name_has_empty_keys():
    assert (pinyin_keys(" "), sort_pinyin("")) == ("", "")


def test_the_longest_names_keep_to_the_length_of_the_column():
    assert len(pinyin_keys("单" + "双" * 500)) <= PINYIN_KEYS_LENGTH <= 255
    assert len(sort_pinyin("单" + "双" * 500)) <= SORT_PINYIN_LENGTH <= 255


@given(NAMES)
def test_keys_are_short_lower_case_letters_parted_by_single_spaces(name):
    keys = pinyin_keys(name)
    assert len(keys) <= PINYIN_KEYS_LENGTH
    assert set(keys) <= set("abcdefghijklmnopqrstuvwxyz ")
    assert keys == " ".join(keys.split())
    assert len(sort_pinyin(name)) <= SORT_PINYIN_LENGTH
    assert sort_pinyin(name).isascii()
