import pytest
from hypothesis import given
from hypothesis import strategies as st

from office.chinese.digits import clean_phone, halfwidth, phone_problem


def test_full_width_digits_and_invisible_characters_disappear():
    assert halfwidth("１３８\u200b００\x00（Ｘ）") == "13800(X)"


@pytest.mark.parametrize(
    ("typed", "stored"),
    [
        ("１３８ ００１３ ８０００", "13800138000"),
        ("138-0013-8000", "13800138000"),
        ("+86 13800138000", "13800138000"),
        ("008613800138000", "13800138000"),
        ("01062345678", "010-62345678"),
        ("（010）6234 5678", "010-62345678"),
        ("0571-6234567", "0571-6234567"),
        ("+86-010-62345678", "010-62345678"),
    ],
)
def test_phones_are_stored_one_way_and_accepted(typed, stored):
    assert clean_phone(typed) == stored
    assert phone_problem(typed) is None
    assert clean_phone(stored) == stored


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("", "请填写电话"),
        ("1380013800", "应为 11 位，现在是 10 位"),
        ("12800138000", "13 至 19"),
        ("62345678", "区号"),
        ("0106234", "固定电话不对"),
        ("13800138000/13900139000", "一格只写一个号码"),
        ("1.38E+10", "只能有数字"),
        ("१३८००१३८०००", "只能有数字"),
        ("²3800138000", "13 至 19"),
        ("无", "只能有数字"),
    ],
)
def test_what_cannot_be_called_is_refused_with_the_reason(typed, said):
    assert said in phone_problem(typed)


@given(st.text(max_size=20))
def test_whatever_is_accepted_is_stored_in_ascii_digits(text):
    if phone_problem(text) is None:
        assert set(clean_phone(text)) <= set("0123456789-")


def test_a_country_code_is_only_one_at_the_front():
    """13900860123 once lost 0086 from its middle."""
    assert clean_phone("13900860123") == "13900860123"
    assert clean_phone("008613900860123") == "13900860123"
