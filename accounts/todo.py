"""One line of somebody's to-do list. Apps make them from their own rows; the desk puts them in order."""

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True)
class Todo:
    """`verb` + `object` + `why`, one link.

    `due_on` gives it a day; `waiting_since` marks what waits for my decision; without either it is a gap (缺项),
    which has no date and never turns red (ux §10.3). `rule` is the key of the rulebook's to-do rule.
    """

    rule: str
    verb: str
    object: str
    why: str
    url: str
    due_on: date | None = None
    waiting_since: date | None = None

    @property
    def is_gap(self):
        return self.due_on is None and self.waiting_since is None
