"""公民身份号码 (GB 11643-1999) and the residence permits of 港澳台居民, which use the same layout."""

import re
from datetime import date, datetime
from zoneinfo import ZoneInfo

from stdnum.cn.ric import calc_check_digit

from office.chinese.digits import halfwidth

_FILLING = re.compile(r"[\s\-]")
_FORM = re.compile(r"[0-9]{17}[0-9X]")
_PROVINCE = re.compile("1[1-5]|2[1-3]|3[1-7]|4[1-6]|5[0-4]|6[1-5]")
# 港澳台居民居住证: Hong Kong, Macao, Taiwan. python-stdnum refuses them.
_RESIDENCE_PERMITS = frozenset(("810000", "820000", "830000"))
_EXCEL_FLOAT = re.compile(r"[0-9.]+E\+?[0-9]+|[0-9]+\.[0-9]*")
_LOST_DIGITS = "号码的后几位被 Excel 改掉了，请把这一列设为文本后重填。"


def clean_id(text: str) -> str:
    """The number as it is stored: half-width, no spaces or dashes, X in capitals."""
    return _FILLING.sub("", halfwidth(text)).upper()


def id_problem(text: str, *, today: date | None = None) -> str | None:
    """Why this is no 公民身份号码, as a Chinese sentence that says what to do; None when it is one.

    Empty is a problem too: where the number is optional, ask only when there is one. The region is
    checked by province only: python-stdnum also compares the county's dates with the birth date and
    so refuses people born before the county was founded that gave them their number.
    """
    number = clean_id(text)
    if not number:
        return "请填写公民身份号码。"
    if _EXCEL_FLOAT.fullmatch(number):
        return _LOST_DIGITS
    if len(number) == 15 and re.fullmatch("[0-9]+", number):
        return "这是 15 位的老号码，请填写现在身份证上的 18 位号码。"
    if len(number) != 18:
        return f"公民身份号码应为 18 位，现在是 {len(number)} 位，请对照身份证核对。"
    if not _FORM.fullmatch(number):
        return "公民身份号码前 17 位只能是数字，最后一位是数字或 X，请对照身份证核对。"
    checksum_right = number[-1] == calc_check_digit(number)
    if number.endswith("000") and not checksum_right:
        return _LOST_DIGITS
    if not _PROVINCE.match(number) and number[:6] not in _RESIDENCE_PERMITS:
        return "前 6 位不是国内的行政区划代码，请对照身份证核对。"
    problem = _birth_problem(number, today or datetime.now(ZoneInfo("Asia/Shanghai")).date())
    if problem:
        return problem
    if not checksum_right:
        return "号码的最后一位对不上，说明有一位写错了，请对照身份证逐位核对。"
    return None


def birth_date_of(number: str) -> date:
    """Birth date in the number. Raises ValueError when there is none; check with `id_problem` first."""
    number = clean_id(number)
    if not _FORM.fullmatch(number):
        raise ValueError("公民身份号码应为 18 位。")
    return date(int(number[6:10]), int(number[10:12]), int(number[12:14]))


def sex_of(number: str) -> str:
    """ "M" or "F", by the 17th digit. Raises ValueError when it is no 18-digit number."""
    number = clean_id(number)
    if not _FORM.fullmatch(number):
        raise ValueError("公民身份号码应为 18 位。")
    return "M" if int(number[16]) % 2 else "F"


def _birth_problem(number: str, today: date) -> str | None:
    written = f"{number[6:10]}年{int(number[10:12])}月{int(number[12:14])}日"
    try:
        born = birth_date_of(number)
    except ValueError:
        return f"号码里的出生日期 {written} 不存在，请对照身份证核对第 7 至 14 位。"
    if born.year < 1900:
        return f"号码里的出生日期 {written} 太早，请对照身份证核对第 7 至 14 位。"
    if born > today:
        return f"号码里的出生日期 {written} 还没有到，请对照身份证核对第 7 至 14 位。"
    return None
