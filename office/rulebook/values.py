"""Values of rules: how they are written in rules.toml and in a town's setting, and how they read on a screen.

The unit says the type: shares and millimetres are Fractions, 日期 a date, 月日 a day of every year as "12-20", 口径 one
of the row's choices, lists tuples of words, everything else a positive int. Never floats.
"""

import re
from datetime import date
from decimal import Decimal
from fractions import Fraction

from office.chinese.dates import cn_date
from office.chinese.numbers import chinese_number

SHARES = ("比例", "%")
LISTS = ("one_of", "all_of")
PERIODS = ("年", "个月", "天", "个工作日", "小时", "分钟")
COUNTS = ("人", "个", "个单位", "项", "类", "次", "件", "张", "户", "分", "字", "位", "行", "磅", "学时", "周岁", "米")
MEASURES = ("毫米", "倍")
UNITS = (*SHARES, *MEASURES, *PERIODS, *COUNTS, "日期", "月日", "口径")
# More than any rule needs; a century keeps date arithmetic inside the calendar.
_MOST = 9999
_CENTURY = {"年": 100, "个月": 1200}
# A leap day does not come every year.
_MONTH_DAY = re.compile(r"(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])")
_FRACTION = re.compile(r"([0-9]{1,6})/([1-9][0-9]{0,5})")
_PERCENT = re.compile(r"([0-9]{1,3})%")
_CYCLES = {
    (1, "天"): "每天",
    (7, "天"): "每周",
    (1, "个月"): "每月",
    (3, "个月"): "每季度",
    (6, "个月"): "每半年",
    (12, "个月"): "每年",
}

Value = int | str | Fraction | date | tuple[str, ...]


def read_value(raw, unit: str, comparator: str, choices: dict[str, str] | None = None) -> Value:
    """The typed value of what stands in the file or in a setting. Raises ValueError in Chinese."""
    if comparator in LISTS:
        return _words(raw)
    if unit == "口径":
        return _choice(raw, choices or {})
    if unit in SHARES or unit in MEASURES:
        return _fraction(raw, most=1 if unit in SHARES else _MOST)
    if unit == "日期":
        return _date(raw)
    if unit == "月日":
        return _month_day(raw)
    return _count(raw, unit)


def as_json(value: Value) -> int | str | list[str]:
    """The value as a JSON column keeps it; read_value reads it back."""
    if isinstance(value, Fraction):
        return value.numerator if value.denominator == 1 else f"{value.numerator}/{value.denominator}"
    if isinstance(value, date):
        return value.isoformat()
    return list(value) if isinstance(value, tuple) else value


def in_words(value: Value | None, unit: str, comparator: str, choices: dict[str, str] | None = None) -> str:
    """3人以上 · 超过半数 · 不超过50人 · 30天以内 · 每季度至少1次 · 12月20日前."""
    if value is None:
        return "尚未设定"
    if comparator in LISTS:
        return ("；" if any("、" in word for word in value) else "、").join(value)
    if unit == "口径":
        return (choices or {})[value]
    if comparator == "every":
        return f"{_CYCLES.get((value, unit), f'每{value}{unit}')}至少1次"
    if unit in ("日期", "月日"):
        shown = cn_date(value) if unit == "日期" else month_day(value)
        return shown + {"at_least": "起", "at_most": "前"}.get(comparator, "")
    return _bounded(_amount(value, unit), unit, comparator)


def month_day(value: str) -> str:
    """ "12-20" → 12月20日."""
    month, day = value.split("-")
    return f"{int(month)}月{int(day)}日"


def _bounded(amount: str, unit: str, comparator: str) -> str:
    if comparator == "at_most" and unit in PERIODS:
        return f"{amount}以内"
    pattern = {
        "at_least": "{}以上",
        "more_than": "超过{}",
        "at_most": "不超过{}",
        "less_than": "不足{}",
        "equals": "{}",
    }[comparator]
    return pattern.format(amount)


def _amount(value, unit: str) -> str:
    if unit == "%":
        return f"{_decimal(value * 100)}%"
    if unit == "比例":
        return _share(value)
    if unit in MEASURES:
        return f"{_decimal(value)}{unit}"
    return f"{value}{unit}"


def _share(value: Fraction) -> str:
    if value == 1:
        return "全数"
    if value == Fraction(1, 2):
        return "半数"
    if value < 1 and value.denominator <= 10:
        return f"{chinese_number(value.denominator)}分之{chinese_number(value.numerator)}"
    return f"{value.numerator}/{value.denominator}"


def _decimal(value: Fraction) -> str:
    return f"{(Decimal(value.numerator) / Decimal(value.denominator)).normalize():f}"


def _words(raw) -> tuple[str, ...]:
    if not isinstance(raw, list | tuple) or not raw:
        raise ValueError("请至少写一项")
    if not all(isinstance(word, str) and word.strip() for word in raw):
        raise ValueError("每一项都要写文字")
    if len(set(raw)) != len(raw):
        raise ValueError("有重复的项")
    return tuple(raw)


def _choice(raw, choices: dict[str, str]) -> str:
    if not isinstance(raw, str) or raw not in choices:
        raise ValueError(f"请在这几项中选：{'、'.join(choices.values())}")
    return raw


def _fraction(raw, most: int) -> Fraction:
    if isinstance(raw, Fraction) or (isinstance(raw, int) and not isinstance(raw, bool)):
        value = Fraction(raw)
    elif isinstance(raw, str) and (found := _FRACTION.fullmatch(raw)):
        value = Fraction(int(found[1]), int(found[2]))
    elif isinstance(raw, str) and (found := _PERCENT.fullmatch(raw)):
        value = Fraction(int(found[1]), 100)
    else:
        raise ValueError("比例写成分数或者百分数，例如 2/3 或 50%")
    if not 0 < value <= most:
        raise ValueError(f"应大于0，不超过{'全数' if most == 1 else most}")
    return value


def _date(raw) -> date:
    if type(raw) is date:
        return raw
    try:
        return date.fromisoformat(raw)
    except (TypeError, ValueError):
        raise ValueError("写清是哪一天，例如 2026-12-31") from None


def _month_day(raw) -> str:
    if isinstance(raw, str) and _MONTH_DAY.fullmatch(raw):
        try:
            date.fromisoformat(f"2025-{raw}")
        except ValueError:
            pass
        else:
            return raw
    raise ValueError("写清是几月几日，例如 12-20；不能用2月29日")


def _count(raw, unit: str) -> int:
    if isinstance(raw, bool) or not isinstance(raw, int):
        raise ValueError(f"请填整数，单位是{unit}")
    most = _CENTURY.get(unit, _MOST)
    if not 1 <= raw <= most:
        raise ValueError(f"请填1到{most}的整数")
    return raw
