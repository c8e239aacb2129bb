"""What a kind of table has to know so that the office can import it. Rooms register theirs when they start."""

import hashlib
import json
from abc import ABC, abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from office.imports.models import Action
from office.imports.traces import Touched, deeds_about, pointing_at
from office.sheets.columns import Column
from office.sheets.reading import MAX_ROWS, pack_in_child


class Fault(NamedTuple):
    """One thing to correct: `row` and `column_key` as office.sheets.errors wants them, `address` as Excel shows it."""

    row: int
    column_key: str | None
    message: str
    address: str
    title: str = "整行"


@dataclass
class Question:
    """Something the file leaves open. `choices` are (value, words); `answer` is one of the values, or "" while open."""

    key: str
    row: int
    text: str
    choices: list[tuple[str, str]]
    answer: str = ""
    rows: int = 1


@dataclass(slots=True)
class Line:
    """One line of the file and what it would do; `meaning` is what would be saved, as plain JSON data, never stored."""

    row: int
    name: str = ""
    action: Action = Action.UNCHANGED
    faults: Sequence[Fault] = ()
    notes: Sequence[str] = ()
    meaning: Any = None


@dataclass
class Plan:
    """What a file would do today. `payload` is the kind's own and goes back to it when it is saved."""

    lines: list[Line] = field(default_factory=list)
    questions: list[Question] = field(default_factory=list)
    notices: list[str] = field(default_factory=list)
    refusals: list[str] = field(default_factory=list)
    payload: Any = None

    def count(self, action):
        return sum(line.action == action for line in self.lines)

    def digest(self):
        """Stands for everything that would be saved and everything that is held back."""
        total = hashlib.sha256()
        for some in in_slices(self.lines):
            total.update(_spelt([(line.row, line.action, line.meaning) for line in some]))
        total.update(_spelt([(question.key, question.answer) for question in self.questions]))
        return total.hexdigest()


def in_slices(items, size=1_000):
    """The items a thousand at a time: a large import never holds all its rows in two shapes at once."""
    for start in range(0, len(items), size):
        yield items[start : start + size]


def digest(value):
    """SHA-256 of plain data in one fixed spelling."""
    return hashlib.sha256(_spelt(value)).hexdigest()


def _spelt(value):
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"), default=str).encode()


class Kind(ABC):
    """A kind of table. Objects are named by their database keys; images are plain JSON data.

    The words and addresses below are what the pages say and lead to; `noun` is the table (名册), `thing` what one of
    its objects is (人), `unit` how these are counted (人, 个小区), `label` the head over their names.
    `made_of` are the models that an object has a row of, under its key, each with the models whose rows point at it and
    belong to the object as well.
    """

    key: str  # at most 20 letters
    title: str  # 党员名册
    noun: str
    thing: str
    unit: str
    label: str = "名称"
    columns: tuple[Column, ...]
    max_rows: int = MAX_ROWS
    made_of: dict[type, tuple[type, ...]]
    of_town: bool = False  # whoever keeps the town hands in one table for all its communities
    applied_verb: str
    undone_verb: str

    exported_as: str  # the name of our own list that comes back as this table
    address: str  # of the page where such a table is handed in; `template_address` gives the empty one
    template_address: str
    list_address: str
    list_title: str
    advice: tuple[str, ...] = ()
    next_steps: tuple[tuple[str, str], ...] = ()  # (address, words): what a new town does after this

    @abstractmethod
    def may_keep(self, user, town, community) -> bool:
        """Whether the user may hand in, save and take back such a table there."""

    @abstractmethod
    def template(self, town, community) -> bytes:
        """The empty table with the place's own drop-downs."""

    def first(self, town, community):
        """What a new town has to do before this table makes sense: (why, address, words); () where it stands."""
        return ()

    def read(self, path) -> bytes:
        """The cells of the guarded .xlsx, packed by the limited child. Raises SheetProblem."""
        return pack_in_child(path, columns=self.columns, max_rows=self.max_rows, elsewhere=elsewhere(self))

    @abstractmethod
    def plan(self, reading, *, town, community, answers, progress=None) -> Plan:
        """What the reading would do now, given the answers by key. Writes nothing."""

    @abstractmethod
    def in_words(self, plan, line) -> list[tuple[str, str, str]]:
        """What a new or changed line would change: (column, before, after), masked as on every page."""

    @abstractmethod
    def lock(self, town, community):
        """Hold off other imports of the same place until the transaction ends."""

    @abstractmethod
    def changing(self, plan, rows) -> list[int]:
        """The keys of the objects that saving these rows would change."""

    @abstractmethod
    def save(self, plan, rows, *, by) -> list[int]:
        """Save these rows of the plan; the keys of what is new. Raises Overtaken when the register moved on."""

    @abstractmethod
    def images(self, keys) -> dict[int, Any]:
        """Everything an import can change about these objects; absent ones are left out."""

    @abstractmethod
    def names(self, keys) -> dict[int, str]:
        """What the objects are called."""

    def attached(self, keys) -> dict[int, str]:
        """Of these new objects the ones that something else points at by now, and what, in words."""
        found = {}
        for model, own in self.made_of.items():
            found |= pointing_at(model, keys, own=own)
        return found

    def touched(self, keys, since) -> dict[int, Touched]:
        """The last deed about each of these objects since then, as far as it is known."""
        return deeds_about(self.made_of, keys, since)

    @abstractmethod
    def take_back(self, new, images):
        """Remove the new objects and put the others back to their images, in the caller's transaction."""


class Overtaken(Exception):
    """Somebody changed what the plan was made from."""


_kinds: dict[str, Kind] = {}
_results: dict[str, str] = {}


def register(kind: Kind):
    _kinds[kind.key] = kind


def register_result(name, instead, *, ending=""):
    """A list that we export and nobody can hand in: its name, and what to do instead, in a sentence.

    `ending` is what its title ends with where that is not the name.
    """
    _results[ending or name] = f"这是从本系统导出的{name}，{instead}"


def kind_called(key) -> Kind:
    return _kinds[key]


def all_kinds() -> list[Kind]:
    return list(_kinds.values())


def elsewhere(kind):
    """{name of a list of ours that is not this kind of table: the sentence for whoever hands it in}."""
    others = {
        other.exported_as: f"这是从本系统导出的{other.exported_as}，请到“导入{other.noun}”里传。"
        for other in _kinds.values()
        if other is not kind
    }
    return _results | others
