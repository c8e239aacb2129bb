"""One description of a column, used by the template, the reader, the export and the error file alike."""

import re
import unicodedata
from dataclasses import dataclass

KINDS = ("text", "date", "phone", "id", "choice")

_TITLE_NOISE = re.compile(r"[\s*＊:：]+|[(（](必填|选填|可不填)[)）]")
_TITLE_REMARK = re.compile(r"[(（][^()（）]*[)）]$")


@dataclass(frozen=True)
class Column:
    """`title` is what people read; `aliases` are other heads met in old rosters; `width` is in characters.

    `kind` "id" and "phone" are digits kept as text; "choice" is text from `choices` (empty: not checked here).
    `note` is the line of the 说明 sheet, `example` the cell of the example row.  A `hidden` column goes out folded
    away and is not printed; it stands after all others.
    """

    key: str
    title: str
    aliases: tuple[str, ...] = ()
    required: bool = False
    kind: str = "text"
    choices: tuple[str, ...] = ()
    width: int = 12
    note: str = ""
    example: str = ""
    hidden: bool = False

    def __post_init__(self):
        if self.kind not in KINDS:
            raise ValueError(f"unknown kind of column: {self.kind}")


def plain_title(text):
    """A head as it is compared: no blanks, stars, colons or （必填）; ＩＤ and ID are the same."""
    return _TITLE_NOISE.sub("", unicodedata.normalize("NFKC", text)).casefold()


def without_remark(text):
    """A compared head without what stands in brackets at its end: 出生日期（年月日）is 出生日期."""
    return _TITLE_REMARK.sub("", text)
