"""Working days with 法定节假日 and 调休, as far as the State Council has published them (ux C22)."""

from datetime import date, timedelta

_SATURDAY = 5
_MOST_DAYS = 1000


def is_workday(day: date) -> bool:
    """Whether offices work on this day. In a year without published holidays: Monday to Friday."""
    published = _published(day)
    return day.weekday() < _SATURDAY if published is None else published


def calendar_known(year: int) -> bool:
    """Whether this year's holidays are in the calendar; if not, say 放假安排未更新 beside computed dates."""
    return _published(date(year, 1, 1)) is not None


def add_workdays(start: date, n: int, *, counting_start: bool = True) -> date:
    """The n-th working day from `start` on; the last day of a 公示期 of n working days.

    `counting_start` says whether `start` itself may be the first. Raises ValueError unless 1 <= n <= 1000.
    """
    if not 1 <= n <= _MOST_DAYS:
        raise ValueError(f"工作日天数应在 1 到 {_MOST_DAYS} 之间")
    day = start if counting_start else start + timedelta(days=1)
    left = n - is_workday(day)
    while left:
        day += timedelta(days=1)
        left -= is_workday(day)
    return day


def _published(day: date) -> bool | None:
    import chinese_calendar  # noqa: PLC0415 builds its tables of holidays when imported

    try:
        return chinese_calendar.is_workday(day)
    except NotImplementedError:
        return None
