"""What is missing around venues: R5 (七有缺项) and R38 (the yearly look, in the last quarter)."""

from accounts.todo import Todo
from office.areas.pages import address_of

LAST_QUARTER = 10  # 十月起


def of_branches(rows, today):
    """To-dos of these running BranchRows: an item recorded as missing, or in autumn a year without any record."""
    for row in rows:
        url = address_of("venue")(row.id)
        if row.venue_missing:
            missing = "、".join(row.venue_missing)
            yield Todo("venue_gap", f"补“{missing}”", row.name, f"七有缺{len(row.venue_missing)}项", url)
        elif row.venue_held is None and today.month >= LAST_QUARTER:
            yield Todo("venue_to_check", "核对七有", row.name, f"{today.year}年还没有记录", url)
