"""Boxes of the meetings' forms: a time of day, a day to come, one line of text."""

import re
from datetime import time, timedelta

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone

from office.chinese.dates import cn_date, parse_date
from office.chinese.digits import halfwidth

UNDECIDED_WORDS = ("未定", "待定", "没定")
_WITHIN = {"一周内": 7, "两周内": 14, "半月内": 15, "一个月内": 30}
_CLOCK = re.compile(
    r"(?P<part>上午|下午|晚上|中午)?(?P<hour>[0-9]{1,2})(?:(?:[:：点时])(?P<minute>[0-9]{1,2}|半)?分?)?"
)
_HAS_YEAR = re.compile(r"[0-9]{4}")


class ClockField(forms.CharField):
    """A time of day: 14:30, 下午2点半, 9点; None when left empty."""

    def __init__(self, **kwargs):
        super().__init__(max_length=20, widget=forms.TextInput(attrs={"class": "w-s", "autocomplete": "off"}), **kwargs)

    def prepare_value(self, value):
        return f"{value:%H:%M}" if isinstance(value, time) else value

    def clean(self, value):
        text = re.sub(r"\s", "", halfwidth(super().clean(value)))
        if not text:
            return None
        found = _CLOCK.fullmatch(text)
        if not found:
            raise ValidationError("写成 14:30 或 下午2点半。")
        hour, minute = int(found["hour"]), found["minute"]
        if found["part"] in ("下午", "晚上") and hour < 12:
            hour += 12
        minute = 30 if minute == "半" else int(minute or 0)
        if hour > 23 or minute > 59:
            raise ValidationError("没有这个时间，写成 14:30 或 下午2点半。")
        return time(hour, minute)


class DueField(forms.CharField):
    """A day to come, counted from the meeting: 12.15, 两周内, 月底; cleaned by `day_after` once that day is known."""

    def __init__(self, **kwargs):
        super().__init__(
            max_length=20,
            required=False,
            widget=forms.TextInput(attrs={"class": "w-m", "autocomplete": "off"}),
            **kwargs,
        )

    def prepare_value(self, value):
        return cn_date(value) if hasattr(value, "year") else value


def day_after(text, held_on):
    """The due day written so at a meeting of that day; None for 未定. A day without a year is the next one.

    Raises ValueError with a sentence.
    """
    text = re.sub(r"\s|前$|之前$|以前$", "", halfwidth(text))
    if text in UNDECIDED_WORDS:
        return None
    if text in _WITHIN:
        return held_on + timedelta(days=_WITHIN[text])
    if text == "月底":
        return (held_on.replace(day=28) + timedelta(days=4)).replace(day=1) - timedelta(days=1)
    if text == "年底":
        return held_on.replace(month=12, day=31)
    day, precision = parse_date(text, today=timezone.localdate())
    if precision != "d":
        raise ValueError("写清哪一天，例如 12月15日")
    if not _HAS_YEAR.search(text) and day < held_on:
        day, _ = parse_date(f"{day.year + 1}年{day.month}月{day.day}日", today=held_on)
    if day < held_on:
        raise ValueError("期限在开会那天之前，请核对")
    return day


def line(label, most, css="", **kwargs):
    """A box for one line of at most `most` characters."""
    attrs = {"autocomplete": "off"} | ({"class": css} if css else {})
    words = {"max_length": f"最多{most}个字，现在有%(show_value)d个。"}
    return forms.CharField(
        label=label, max_length=most, error_messages=words, widget=forms.TextInput(attrs=attrs),
        **{"required": False, **kwargs},
    )  # fmt: skip
