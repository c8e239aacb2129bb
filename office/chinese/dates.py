"""Dates as people write them and as the office prints them (ux C1)."""

import re
from datetime import date, timedelta

from office.chinese.digits import halfwidth

FIRST_YEAR, LAST_YEAR = 1900, 2100
# A date without a year is taken as past unless it is as near as this.
_DAYS_AHEAD = timedelta(days=60)
_RELATIVE = {"前天": -2, "昨天": -1, "昨日": -1, "今天": 0, "今日": 0, "明天": 1, "明日": 1, "后天": 2}
_WEEKDAYS = "一二三四五六日"
_TRAILING = re.compile(r"\(?(?:星期|周)[一二三四五六日天]\)?$|(?<=[0-9])[ T]0?0:00(?::00(?:\.0+)?)?$")
_BLANK = re.compile(r"\s")
_SEPARATOR = r"(?P<between>[./-])"
_FULL = (
    re.compile(r"(?P<year>[0-9]{4})年(?P<month>[0-9]{1,2})月(?P<day>[0-9]{1,2})[日号]?"),
    re.compile(rf"(?P<year>[0-9]{{4}}){_SEPARATOR}(?P<month>[0-9]{{1,2}})(?P=between)(?P<day>[0-9]{{1,2}})日?"),
    re.compile(r"(?P<year>[0-9]{4})(?P<month>[0-9]{2})(?P<day>[0-9]{2})"),
)
_MONTH_AND_DAY = (
    re.compile(r"(?P<month>[0-9]{1,2})月(?P<day>[0-9]{1,2})[日号]?"),
    re.compile(r"(?P<month>[0-9]{1,2})[./-](?P<day>[0-9]{1,2})日?"),
)
_YEAR_AND_MONTH = (
    re.compile(r"(?P<year>[0-9]{4})年(?P<month>[0-9]{1,2})月"),
    re.compile(r"(?P<year>[0-9]{4})[./-](?P<month>[0-9]{1,2})月?"),
    re.compile(r"(?P<year>[0-9]{4})(?P<month>[0-9]{2})"),
)
_YEAR = (re.compile(r"(?P<year>[0-9]{4})年?"),)


def parse_date(text: str, *, today: date) -> tuple[date, str]:
    """The date and how precisely it is known: "d" day, "m" month (day 1), "y" year (1 January).

    A date without a year gets the latest year that puts it at most 60 days after `today`.
    Raises ValueError with a Chinese sentence to show beside the field.
    """
    written = halfwidth(text).strip()
    if not written:
        raise ValueError("请填写日期，例如 2026年11月20日")
    written = _BLANK.sub("", _TRAILING.sub("", written))
    if written in _RELATIVE:
        return today + timedelta(days=_RELATIVE[written]), "d"
    if parts := _match(_FULL, written):
        return _day(parts["year"], parts["month"], parts["day"]), "d"
    if parts := _match(_MONTH_AND_DAY, written):
        return _latest_day(parts["month"], parts["day"], today), "d"
    if parts := _match(_YEAR_AND_MONTH, written):
        return _day(parts["year"], parts["month"], 1), "m"
    if parts := _match(_YEAR, written):
        return _day(parts["year"], 1, 1), "y"
    raise ValueError("写清是哪一天，例如 12月6日")


def cn_date(day: date, precision: str = "d") -> str:
    """2026年1月5日, or 1985年7月 / 1985年 when only that is known. No leading zeros (GB/T 9704)."""
    if precision == "y":
        return f"{day.year}年"
    if precision == "m":
        return f"{day.year}年{day.month}月"
    return f"{day.year}年{day.month}月{day.day}日"


def dotted(day: date) -> str:
    """2026.01.05, for tables, where dates stand one under another."""
    return f"{day.year:04d}.{day.month:02d}.{day.day:02d}"


def weekday(day: date) -> str:
    """星期一 … 星期日."""
    return "星期" + _WEEKDAYS[day.weekday()]


def cn_month_day(day: date) -> str:
    """12月6日."""
    return f"{day.month}月{day.day}日"


def _match(patterns: tuple[re.Pattern[str], ...], written: str) -> dict[str, int] | None:
    for pattern in patterns:
        if found := pattern.fullmatch(written):
            return {name: int(part) for name, part in found.groupdict().items() if name != "between"}
    return None


def _day(year: int, month: int, day: int) -> date:
    if not FIRST_YEAR <= year <= LAST_YEAR:
        raise ValueError(f"没有写对年份：{year}年，年份应在 {FIRST_YEAR} 到 {LAST_YEAR} 之间")
    _refuse_month(month)
    try:
        return date(year, month, day)
    except ValueError:
        raise ValueError(f"{year}年{month}月没有{day}日，请核对日期") from None


def _latest_day(month: int, day: int, today: date) -> date:
    _refuse_month(month)
    # 29 February may need eight years (1896–1904, 2096–2104).
    for year in range(today.year + 1, today.year - 9, -1):
        try:
            candidate = date(year, month, day)
        except ValueError:
            continue
        if candidate <= today + _DAYS_AHEAD:
            return candidate
    raise ValueError(f"{month}月没有{day}日，请核对日期")


def _refuse_month(month: int) -> None:
    if not 1 <= month <= 12:
        raise ValueError(f"没有{month}月，月份应在 1 到 12 之间，请核对日期")
