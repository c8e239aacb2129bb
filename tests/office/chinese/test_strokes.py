import csv
import random
from itertools import pairwise
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from office.chinese import strokes
from office.chinese.strokes import STROKE_KEY_LENGTH, by_strokes, has_unknown_strokes, stroke_key

EXPECTED_LINES = """
乙一 丁小宁 干红 于敏 土生 大山 万里 上官云 卫国 习远 马超 王一 王五 王伟 王一二
王小宁 尤勇 文静 龙飞 叶青 田七 田富 田大利 史明 白玉 司马光 吕布 朱德 任重 刘刚
许昌 孙权 李一鸣 李大鸣 张三 陈平 林涛 欧卫国 欧阳少东 周瑜 郑和 赵云 洪少东 钱进 高富
高大富
"""
EXPECTED = EXPECTED_LINES.split()
MISFITS = set("冉再卵彘辔燹䎃𨱇𦝼")
LEVELS = ((1, 3500), (3501, 6500), (6501, 8105))

han_names = st.text("王田欧阳司马大利富一二少东卫国丁小宁龘𬱖", max_size=6)


def official_table():
    data = Path(strokes.__file__).parent / "data" / "stroke_order.tsv"
    with data.open(encoding="utf-8", newline="") as lines:
        rows = [row for row in csv.DictReader(lines, delimiter="\t") if row["official_rank"]]
    return {int(row["official_rank"]): row["character"] for row in rows}


def test_names_come_out_as_a_party_congress_lists_them():
    shuffled = EXPECTED.copy()
    random.Random(1).shuffle(shuffled)
    assert by_strokes(shuffled) == EXPECTED


def test_each_level_of_the_official_table_keeps_its_order_but_for_nine_characters():
    table = official_table()
    assert sorted(table) == list(range(1, 8106))
    for first, last in LEVELS:
        level = [table[rank] for rank in range(first, last + 1) if table[rank] not in MISFITS]
        assert [pair for pair in pairwise(level) if stroke_key(pair[0]) >= stroke_key(pair[1])] == []


def test_surnames_with_the_same_strokes_keep_the_official_order():
    pairs = ["田由", "干于", "余佘", "叶申", "亢方", "巴孔", "相查", "井亓"]
    assert [by_strokes(reversed(pair)) for pair in pairs] == [list(pair) for pair in pairs]


def test_people_of_one_surname_stay_together_when_another_has_the_same_strokes():
    assert by_strokes(["由一", "田龙", "由龙", "田一"]) == ["田一", "田龙", "由一", "由龙"]


def test_people_with_a_two_character_surname_follow_those_with_its_first_character():
    assert by_strokes(["欧阳一", "欧震飞", "欧阳龙飞", "欧震"]) == ["欧震", "欧震飞", "欧阳一", "欧阳龙飞"]


def test_unknown_characters_come_after_all_others_and_are_marked():
    unknown = "\U00031350"
    assert by_strokes([unknown + "一", "龘一", "王" + unknown, "王龘"]) == [
        "王龘",
        "王" + unknown,
        "龘一",
        unknown + "一",
    ]
    assert has_unknown_strokes("王" + unknown)
    assert not has_unknown_strokes("王𬱖")


def test_spaces_and_dots_do_not_count():
    assert stroke_key("王　伟") == stroke_key("王伟")
    assert stroke_key("阿卜杜·买买提") == stroke_key("阿卜杜•买买提")
    assert not has_unknown_strokes("阿卜杜·买买提")


def test_foreign_names_have_no_strokes_to_check_and_come_last():
    assert not has_unknown_strokes("Mary O’Neill-Sòng")
    assert by_strokes(["John Smith", "龘一"]) == ["龘一", "John Smith"]


def test_the_surname_alone_comes_first_and_nothing_has_an_empty_key():
    assert by_strokes(["王一", "王", ""]) == ["", "王", "王一"]
    assert stroke_key("　") == ""


def test_the_longest_names_keep_to_the_length_of_the_column():
    for character in "龘\U00031350Z":
        assert len(stroke_key(character * 500)) <= STROKE_KEY_LENGTH <= 255


@given(st.text(max_size=60))
def test_any_text_has_a_short_key_of_digits_and_small_letters(text):
    key = stroke_key(text)
    assert len(key) <= STROKE_KEY_LENGTH
    assert set(key) <= set("0123456789abcdefghijklmnopqrstuvwxyz")


@given(han_names, han_names)
def test_two_different_names_never_share_a_key(one, other):
    assert (stroke_key(one) == stroke_key(other)) == (one == other)


@given(st.lists(han_names))
def test_the_order_of_a_list_does_not_depend_on_how_it_arrived(names):
    assert by_strokes(names) == by_strokes(reversed(names))
