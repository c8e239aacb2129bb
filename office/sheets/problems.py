"""What can be wrong with a table, in words for the person who sent it."""

from typing import NamedTuple


class SheetProblem(Exception):
    """The whole file cannot be taken.  The message is plain Chinese and says what to do about it."""


class RowError(NamedTuple):
    """One thing to correct.  `row` is the row number Excel shows; `column_key` None means the row as a whole."""

    row: int
    column_key: str | None
    message: str
