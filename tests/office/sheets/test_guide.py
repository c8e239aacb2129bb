"""The guide quotes what the product says, not what it once said."""

import re
from pathlib import Path

from office.sheets import reading
from tests.office.sheets.files import malformed
from tests.office.sheets.test_files import FAULTY, REFUSED, RENAMED

GUIDE = Path(reading.ROOT, "docs", "guide", "community.md")


def test_every_refusal_in_the_guide_is_said_by_a_file():
    table = GUIDE.read_text().partition("| 系统说 | 怎么办 |")[2].partition("\n\n")[0]
    quoted = [re.sub(r"（.*）", "", line.split("|")[1]).strip() for line in table.splitlines()[2:]]
    said = [*REFUSED.values(), *RENAMED.values()]
    said += [message for cells in FAULTY.values() for message in cells.values()]
    said += [outcome for _, outcome in malformed.kinds().values() if isinstance(outcome, str)]
    assert len(quoted) == 10
    assert [words for words in quoted if not any(words in message for message in said)] == []
