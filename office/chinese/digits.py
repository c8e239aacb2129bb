"""Numbers typed by people: full-width digits, invisible characters, telephone numbers."""

import re
import unicodedata

from office.chinese.names import INVISIBLE

_PHONE_FILLING = re.compile(r"[\s()\-－—–.]")
_MOBILE = re.compile(r"1[3-9][0-9]{9}")
# 010 and 02x are three digits long, all other area codes four; local numbers have 7 or 8
# digits and start with 2–9.
_LANDLINE = re.compile(r"(010|02[0-9]|0[3-9][0-9]{2})-?([2-9][0-9]{6,7})")
_COUNTRY_CODE = re.compile(r"^(\+|00)86(?=[01])")


def halfwidth(text: str) -> str:
    """NFKC without invisible characters; for ID numbers, phones, dates, amounts, never for prose."""
    if text.isascii():
        return text.replace("\0", "")
    return INVISIBLE.sub("", unicodedata.normalize("NFKC", text))


def clean_phone(text: str) -> str:
    """The number as it is stored: 13800138000 or 010-62345678; what is neither comes back only tidied."""
    plain = _PHONE_FILLING.sub("", halfwidth(text))
    plain = _COUNTRY_CODE.sub("", plain)
    landline = _LANDLINE.fullmatch(plain)
    return "-".join(landline.groups()) if landline else plain


def phone_problem(phone: str) -> str | None:
    """Why this cannot be called, as a Chinese sentence that says what to do; None when it can.

    Empty is a problem too: where a phone is optional, ask only when there is one.
    """
    number = clean_phone(phone)
    if _MOBILE.fullmatch(number) or _LANDLINE.fullmatch(number):
        return None
    if not number:
        return "请填写电话。"
    if not re.fullmatch(r"[0-9-]+", number):
        return "电话只能有数字，一格只写一个号码，例如 13800138000 或 010-62345678。"
    if re.fullmatch(r"[2-9][0-9]{6,7}", number):
        return "固定电话请写上区号，例如 010-62345678。"
    if number.startswith("0"):
        return "固定电话不对，请核对区号和号码，例如 010-62345678。"
    if len(number) != 11:
        return f"手机号应为 11 位，现在是 {len(number)} 位，请核对。"
    return "手机号应以 13 至 19 开头，请核对。"
