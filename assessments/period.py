"""The year that is reported on: from when to when it counts, and which stretches of it are over."""

from dataclasses import dataclass
from datetime import date, timedelta

from django.utils import timezone

from office.chinese.dates import cn_month_day

FIRST_YEAR = 2015
_QUARTERS = "一二三四"


class NotYet(ValueError):
    """The year lies ahead, or before anything was recorded."""


@dataclass(frozen=True)
class Period:
    """1 January of the year to `day`, which is 31 December, or today while the year runs."""

    year: int
    day: date

    @property
    def start(self):
        return date(self.year, 1, 1)

    @property
    def is_over(self):
        return self.day == date(self.year, 12, 31)

    @property
    def words(self):
        """2025年, or 2026年1月1日至11月22日 while the year runs."""
        return f"{self.year}年" if self.is_over else f"{self.year}年1月1日至{cn_month_day(self.day)}"

    def stretches(self, length, since):
        """The stretches of `length` months that began on or after `since` and are over: (first month, last month)."""
        for first in range(1, 13, length):
            last = min(first + length - 1, 12)
            begins = date(self.year, first, 1)
            if _last_day(self.year, last) <= self.day and (since is None or since <= begins):
                yield first, last


def of_year(year, today=None):
    """The period of that year as of today. Raises NotYet, in Chinese, for a year that cannot be reported on."""
    today = today or timezone.localdate()
    if not FIRST_YEAR <= year <= today.year:
        raise NotYet(f"只能选{FIRST_YEAR}年到{today.year}年。")
    return Period(year, min(date(year, 12, 31), today))


def stretch_words(first, last):
    """4月 · 第二季度 · 全年 · 1至2月."""
    if first == last:
        return f"{first}月"
    if (first, last) == (1, 12):
        return "全年"
    if last - first == 2 and first % 3 == 1:
        return f"第{_QUARTERS[first // 3]}季度"
    return f"{first}至{last}月"


def months_words(months):
    """1至6、8月 of (1, 2, 3, 4, 5, 6, 8)."""
    runs = []
    for month in sorted(months):
        if runs and runs[-1][1] == month - 1:
            runs[-1][1] = month
        else:
            runs.append([month, month])
    return "、".join(str(a) if a == b else f"{a}至{b}" for a, b in runs) + "月" if runs else ""


def _last_day(year, month):
    return date(year + month // 12, month % 12 + 1, 1) - timedelta(days=1)
