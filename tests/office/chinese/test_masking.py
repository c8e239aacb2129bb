from hypothesis import given
from hypothesis import strategies as st

from office.chinese.masking import mask_id, mask_name, mask_phone

DIGITS = "0123456789"


def test_id_numbers_show_3_and_4():
    assert mask_id("110105194912311234") == "110***********1234"


def test_phones_show_the_ends_of_a_mobile_and_the_tail_of_a_landline():
    assert mask_phone("13800138000") == "138****8000"
    assert mask_phone("010-62345678") == "********5678"


def test_names_show_the_surname_and_always_two_stars():
    assert [mask_name(name) for name in ("张三", "张", "欧阳少东", "John Smith", "")] == [
        "张**",
        "张**",
        "欧阳**",
        "J**",
        "",
    ]


@given(st.text(DIGITS, min_size=18, max_size=18))
def test_the_middle_of_an_id_number_never_shows(number):
    assert mask_id(number)[3:-4] == "*" * 11


@given(st.text(DIGITS + "X-", max_size=17) | st.text(DIGITS, min_size=19, max_size=30))
def test_what_is_no_id_number_shows_nothing(text):
    assert set(mask_id(text)) <= {"*"}


@given(st.text(DIGITS + "-", max_size=20))
def test_a_phone_never_shows_more_than_3_and_4_and_never_half_of_itself_plus_2(phone):
    masked = mask_phone(phone)
    assert len(masked) == len(phone)
    shown = len(masked.replace("*", ""))
    if phone.startswith("1") and len(phone) == 11 and "-" not in phone:
        assert masked[3:7] == "****"
    else:
        assert shown in (0, 4)
        assert shown * 2 <= len(phone)


@given(st.text("张王三四五六七八", min_size=1, max_size=5))
def test_a_given_name_never_shows(name):
    assert mask_name(name) == name[0] + "**"
