"""What can be wrong with a table, in words for the person who sent it."""

import re
from typing import NamedTuple

_VARYING = re.compile(r"(“[^”]*”|[0-9]+(?:、[0-9]+)*)")


class SheetProblem(Exception):
    """The whole file cannot be taken.  The message is plain Chinese and says what to do about it."""


class RowError(NamedTuple):
    """One thing to correct.  `row` is the row number Excel shows; `column_key` None means the row as a whole."""

    row: int
    column_key: str | None
    message: str


def said(message):
    """What is wrong, cut up: in turns the words, and what they quote or count.

    Faults whose words are the same ([::2]) are of one kind.
    """
    return _VARYING.split(message.partition("。")[0])
