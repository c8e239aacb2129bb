from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from office.chinese.idnumber import birth_date_of, clean_id, id_problem, sex_of

TODAY = date(2026, 12, 7)
WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)


def numbered(region, born, order):
    """A number with the right last character, by the weights printed in GB 11643."""
    body = f"{region}{born:%Y%m%d}{order:03d}"
    return body + "10X98765432"[sum(int(c) * w for c, w in zip(body, WEIGHTS, strict=True)) % 11]


@pytest.mark.parametrize(
    "number",
    [
        "11010519491231002X",
        "11010519491231002x",
        " 110105 19491231 002X ",
        "１１０１０５１９４９１２３１００２Ｘ",
        numbered("810000", date(1990, 1, 1), 1),
        numbered("820000", date(1990, 1, 1), 1),
        numbered("830000", date(1990, 1, 1), 1),
        # 房山区 was founded in 1986; its older people got their numbers there.
        numbered("110111", date(1950, 3, 2), 12),
    ],
)
def test_real_numbers_are_accepted(number):
    assert id_problem(number, today=TODAY) is None


@pytest.mark.parametrize(
    ("number", "said"),
    [
        ("", "请填写"),
        ("11010519491231002", "现在是 17 位"),
        ("110105491231002", "15 位的老号码"),
        ("11010519491231002Y", "最后一位是数字或 X"),
        ("1101051949123१002X", "前 17 位只能是数字"),
        ("110105194912310021", "最后一位对不上"),
        ("110105194913310020", "不存在"),
        ("110105202612080020", "还没有到"),
        ("440524188001010014", "太早"),
        (numbered("990000", date(1990, 1, 1), 1), "行政区划"),
        (numbered("811111", date(1990, 1, 1), 1), "行政区划"),
        ("1.1010119900307757e+17", "请把这一列设为文本后重填"),
        ("1.10101E+17", "请把这一列设为文本后重填"),
        ("110101199003077000.0", "请把这一列设为文本后重填"),
        ("110101199003077000", "请把这一列设为文本后重填"),
    ],
)
def test_a_wrong_number_is_refused_with_what_to_do(number, said):
    assert said in id_problem(number, today=TODAY)


def test_a_number_is_stored_one_way_however_it_was_typed():
    assert clean_id(" １１０１０５-19491231-002ｘ\u200b") == "11010519491231002X"


def test_birth_date_and_sex_are_read_from_the_number():
    assert birth_date_of("11010519491231002X") == date(1949, 12, 31)
    assert sex_of("11010519491231002X") == "F"
    assert sex_of("440524188001010014") == "M"


@pytest.mark.parametrize("read", [birth_date_of, sex_of])
def test_reading_from_what_is_no_number_says_so(read):
    with pytest.raises(ValueError, match="18 位"):
        read("123")


@given(st.dates(date(1900, 1, 1), TODAY), st.integers(1, 999))
def test_every_well_made_number_is_accepted_and_one_wrong_digit_is_noticed(born, order):
    number = numbered("330106", born, order)
    assert id_problem(number, today=TODAY) is None
    assert birth_date_of(number) == born
    assert sex_of(number) == ("M" if order % 2 else "F")
    other = str((int(number[16]) + 1) % 10)
    assert id_problem(number[:16] + other + number[17], today=TODAY) is not None


@given(st.text(max_size=25))
def test_no_text_breaks_the_check(text):
    assert id_problem(text, today=TODAY).endswith("。")
