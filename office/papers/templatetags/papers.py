"""What paper templates write by rule: dates and the numbers of headings (ux C1, C4)."""

from datetime import date

from django import template

from office.chinese import dates, numbers

register = template.Library()
register.simple_tag(numbers.heading, name="heading")

NOT_RECORDED = "未记录"


@register.filter
def cn_date(day: date | None, precision: str = "d") -> str:
    """2026年1月5日, for prose; 未记录 when the day is not known."""
    return dates.cn_date(day, precision) if day else NOT_RECORDED


@register.filter
def dotted(day: date | None) -> str:
    """2026.01.05, for tables; 未记录 when the day is not known."""
    return dates.dotted(day) if day else NOT_RECORDED
