"""Taking one stretch of time out of another, in days; an open start means 早已如此, an open end 至今."""

from datetime import timedelta

DAY = timedelta(days=1)


def without(row, others, *, until=None):
    """What of the row's time lies in none of the others', as (starts_on, ends_on) pairs in order.

    What would go on openly ends on the day `until`, if one is given.
    """
    pieces = [(row.starts_on, row.ends_on)]
    for other in others:
        pieces = [rest for piece in pieces for rest in _less(piece, (other.starts_on, other.ends_on))]
    if until is not None:
        pieces = [(start, end or until) for start, end in pieces if end or start is None or start <= until]
    return pieces


def _less(piece, other):
    start, end = piece
    begins, stops = other
    if _before(end, begins) or _before(stops, start):
        return [piece]
    rest = []
    if begins is not None and (start is None or start < begins):
        rest.append((start, begins - DAY))
    if stops is not None and (end is None or stops < end):
        rest.append((stops + DAY, end))
    return rest


def _before(end, start):
    """Whether something is over before something else begins."""
    return end is not None and start is not None and end < start
