"""Thresholds of law, of Party rules and of the plan, read from rules.toml into frozen rows.

A rule is asked for at the date of the event, never at today's (R-002): rule("owners_special_majority", on=meeting_day).
A town's own value is laid over a row with with_override. Arithmetic is exact: ints and Fractions, never floats.
"""

import calendar
import math
import operator
import tomllib
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field, fields, replace
from datetime import date, timedelta
from functools import cache
from itertools import pairwise
from numbers import Rational
from pathlib import Path
from types import MappingProxyType

from office.chinese.dates import cn_date
from office.chinese.workdays import add_workdays
from office.rulebook import plan
from office.rulebook.values import LISTS, UNITS, Value, as_json, in_words, read_value

_FILE = Path(__file__).with_name("rules.toml")
LEVELS = {"B": "不予办理", "W": "提示并写明理由", "I": "供参考"}
STATUSES = {
    "verified": "已核条文",
    "secondary": "见于问答、手册或地方做法",
    "knowledge": "待核",
    "design": "本系统约定",
}
_COMPARE = {
    "at_least": operator.ge,
    "more_than": operator.gt,
    "at_most": operator.le,
    "less_than": operator.lt,
    "equals": operator.eq,
}
COMPARATORS = (*_COMPARE, "every", *LISTS)
_MONTHS = {"个月": 1, "年": 12}


class RulebookError(ValueError):
    """rules.toml contradicts itself."""


class NoSuchRule(KeyError):
    """No rule of this name, or none in force on the day."""

    def __str__(self) -> str:
        return self.args[0]


@dataclass(frozen=True)
class Source:
    """A document, or the practice or setting that stands in for one."""

    id: str
    name: str
    kind: str
    short: str
    year: int | None = None


@dataclass(frozen=True)
class _Cited:
    """What a rule and a principle have in common: where it stands and how sure we are of it."""

    key: str
    id: str
    level: str
    source: Source
    status: str
    statement: str
    article: str = ""

    @property
    def cite(self) -> str:
        """《中国共产党支部工作条例（试行）》第四条."""
        return f"{self.source.name}{self.article}"

    @property
    def short(self) -> str:
        """支部工作条例第四条 · 方案三、1, for the line beside a number."""
        return f"{self.source.short}{self.article}"

    @property
    def confirmed(self) -> bool:
        """False while the text itself has not been read; screens then add 待核."""
        return self.status != "knowledge"


@dataclass(frozen=True)
class Principle(_Cited):
    """A rule without a number."""


@dataclass(frozen=True)
class Rule(_Cited):
    """One threshold in one period and place. `value` is typed by `unit` (values.py); None: the town must set it."""

    unit: str = field(kw_only=True)
    comparator: str = field(kw_only=True)
    value: Value | None = field(default=None, kw_only=True)
    valid_from: date | None = field(default=None, kw_only=True)
    valid_to: date | None = field(default=None, kw_only=True)
    region: str = field(default="", kw_only=True)
    overridable: bool = field(default=False, kw_only=True)
    within: tuple[str, ...] = field(default=(), kw_only=True)
    choices: tuple[tuple[str, str], ...] = field(default=(), kw_only=True)
    conflicts_with: tuple[str, ...] = field(default=(), kw_only=True)
    note: str = field(default="", kw_only=True)
    basis: str = field(default="", kw_only=True)

    @property
    def cite(self) -> str:
        return f"本镇设定（{self.basis}）" if self.overridden else super().cite

    @property
    def short(self) -> str:
        return "本镇设定" if self.overridden else super().short

    @property
    def overridden(self) -> bool:
        """Whether the number is the town's own; `source` and `article` still name the rule it stands on."""
        return bool(self.basis)

    @property
    def words(self) -> str:
        """3人以上 · 超过半数 · 30天以内 · 每季度至少1次."""
        return in_words(self.value, self.unit, self.comparator, dict(self.choices))

    @property
    def json(self) -> int | str | list[str] | None:
        """The value as a JSON column keeps it; with_override reads it back."""
        return None if self.value is None else as_json(self.value)

    def in_force(self, on: date) -> bool:
        return (self.valid_from is None or self.valid_from <= on) and (self.valid_to is None or on <= self.valid_to)

    def holds(self, fact) -> bool:
        """Whether a fact keeps the rule.

        Numbers are compared exactly (int or Fraction). "every" takes how often it happened in one period, one_of a
        word, all_of the words present, 日期 and 月日 a date. Raises TypeError for floats and other kinds of fact,
        ValueError when the town has not set the value.
        """
        self._require_value()
        if self.comparator == "one_of":
            return fact in self.value
        if self.comparator == "all_of":
            return set(self.value) <= set(fact)
        if self.comparator == "every":
            return _exact(fact) >= 1
        compare = _COMPARE[self.comparator]
        if self.unit == "口径":
            return compare(fact, self.value)
        if self.unit == "日期":
            return compare(fact, self.value)
        if self.unit == "月日":
            return compare((fact.month, fact.day), _month_and_day(self.value))
        return compare(_exact(fact), self.value)

    def holds_of(self, part: int, whole: int) -> bool:
        """Whether part of whole keeps a share. Nothing of nothing is never enough, and never too much."""
        self._require_value()
        if _exact(whole) <= 0:
            return self.comparator in ("at_most", "less_than")
        return _COMPARE[self.comparator](_exact(part), self.value * _exact(whole))

    def count_of(self, whole: int) -> int:
        """The fewest of `whole` that reach a share (2/3 以上 of 90 → 60, 过半数 of 20 → 11), or the most it allows."""
        self._require_value()
        limit = self.value * _exact(whole)
        if self.comparator == "at_least":
            return math.ceil(limit)
        if self.comparator == "more_than":
            return math.floor(limit) + 1
        if self.comparator == "at_most":
            return math.floor(limit)
        if self.comparator == "less_than":
            return math.ceil(limit) - 1
        raise TypeError(f"{self.key} is no share: {self.comparator}")

    def after(self, day: date) -> date:
        """The last day of the period that runs from `day`, which itself is not counted (民法典第二百零一条)."""
        self._require_value()
        if self.unit == "个工作日":
            return add_workdays(day, self.value, counting_start=False)
        return self._shifted(day, self.value)

    def before(self, day: date) -> date:
        """The day so long ahead of `day`: three months before 2031-03-01 is 2030-12-01."""
        self._require_value()
        return self._shifted(day, -self.value)

    def in_year(self, year: int) -> date:
        """The day of a 月日 rule in that year."""
        self._require_value()
        return date(year, *_month_and_day(self.value))

    def _shifted(self, day: date, length: int) -> date:
        if self.unit == "天":
            return day + timedelta(days=length)
        if self.unit in _MONTHS:
            return _months_on(day, length * _MONTHS[self.unit])
        raise TypeError(f"{self.key} is no period: {self.unit}")

    def _require_value(self) -> None:
        if self.value is None:
            raise ValueError(f"本镇还没有设定：{self.statement}")


@dataclass(frozen=True)
class Conflict:
    """Where the plan and the regulations differ, and what the product does."""

    id: str
    plan: str
    law: str
    resolution: str


@dataclass(frozen=True)
class TodoRule:
    """A line of the home page (ux §10.3): verb in front, wording after it, both with {fields} the caller fills.

    `clause` is a clause of the plan ("三.1") or an id of the rulebook; `period` the key of the rule with its clock.
    A `gap` is something missing without a date: it never turns red.
    """

    key: str
    id: str
    to: tuple[str, ...]
    verb: str
    wording: str
    when: str
    clause: str
    on: bool
    period: str = ""
    gap: bool = False

    @property
    def cite(self) -> str:
        """方案三、1, or the short name of the rule it stands on."""
        return cited(self.clause)[0].short if self.clause.startswith("R-") else plan.cite(self.clause)

    def text(self, **facts) -> str:
        """成立党支部：碧桂名邸已有4名直管党员. Raises KeyError when a fact is missing."""
        return f"{self.verb}：{self.wording}".format(**facts)


@dataclass(frozen=True)
class Rulebook:
    """Everything in rules.toml. Rows of a rule stand in the order of their dates."""

    rules: tuple[Rule, ...]
    principles: MappingProxyType
    conflicts: MappingProxyType
    todos: MappingProxyType
    other_ids: frozenset[str]

    @property
    def ids(self) -> frozenset[str]:
        """Every id that code and templates may name."""
        rows = (*self.rules, *self.principles.values())
        return self.other_ids | {row.id for row in rows} | {row.id.split(".")[0] for row in rows}


@cache
def load() -> Rulebook:
    """The rulebook, read and checked once. Raises RulebookError when the file contradicts itself."""
    with _FILE.open("rb") as file:
        return read(tomllib.load(file))


def rule(key: str, on: date, region: str = "") -> Rule:
    """The row in force on the day of the event; a region without its own gets the general one. Raises NoSuchRule."""
    rows = history(key)
    for place in (region, ""):
        for row in rows:
            if row.region == place and row.in_force(on):
                return row
    raise NoSuchRule(f"“{key}”在{cn_date(on)}还没有规定，或者已经失效")


def history(key: str) -> tuple[Rule, ...]:
    """All rows of a rule, oldest first, the general ones before those of a region. Raises NoSuchRule."""
    rows = _by_key().get(key)
    if rows is None:
        raise NoSuchRule(f"没有“{key}”这条规则")
    return rows


def all_rules() -> tuple[Rule, ...]:
    """Every row, in the order of the file."""
    return load().rules


def principle(key: str) -> Principle:
    """A rule without a number. Raises NoSuchRule."""
    try:
        return load().principles[key]
    except KeyError:
        raise NoSuchRule(f"没有“{key}”这条规则") from None


def todo(key: str) -> TodoRule:
    """A line of the home page by key. Raises NoSuchRule."""
    try:
        return load().todos[key]
    except KeyError:
        raise NoSuchRule(f"没有“{key}”这类待办") from None


def conflict(id: str) -> Conflict:
    """C-1 … Raises NoSuchRule."""
    try:
        return load().conflicts[id]
    except KeyError:
        raise NoSuchRule(f"没有“{id}”这一条") from None


@cache
def cited(id: str) -> tuple[Rule | Principle, ...]:
    """The rows an id such as R-601 stands for. Raises NoSuchRule when it carries none."""
    book = load()
    rows = tuple(row for row in (*book.rules, *book.principles.values()) if row.id == id)
    if not rows:
        raise NoSuchRule(f"没有编号“{id}”的规则")
    return rows


def with_override(base: Rule, value, basis: str) -> Rule:
    """The rule with the town's own value: typed, or as a JSON column keeps it ("2/3", "2026-12-31", a list of words).

    Raises ValueError in Chinese when the rule may not be changed, the value is of the wrong kind or out of the bounds
    it must keep (`within`), or no basis is given.
    """
    if base.level == "B" or not base.overridable:
        raise ValueError(f"这条是统一规定，镇里不能改：{base.statement}（{base.cite}）")
    if not basis.strip():
        raise ValueError("请写明依据，例如镇党委会议的日期和议题")
    own = read_value(value, base.unit, base.comparator, dict(base.choices))
    for key in base.within:
        bound = history(key)[-1]
        if not bound.holds(own):
            raise ValueError(f"不能这样设：{bound.statement}（{bound.cite}）")
    return replace(base, value=own, basis=basis.strip())


def candidates_needed(seats: int, on: date) -> int:
    """The fewest candidates for `seats` committee seats; parts of a person round up (R-143): 3 → 4, 5 → 6, 7 → 9."""
    return seats + math.ceil(rule("election_candidate_surplus", on).value * _exact(seats))


@cache
def _by_key() -> dict[str, tuple[Rule, ...]]:
    return _grouped(all_rules())


def _grouped(rows: Iterable[Rule]) -> dict[str, tuple[Rule, ...]]:
    grouped = defaultdict(list)
    for row in rows:
        grouped[row.key].append(row)
    return {
        key: tuple(sorted(found, key=lambda row: (row.region, row.valid_from or date.min)))
        for key, found in grouped.items()
    }


def read(data: dict) -> Rulebook:
    """A checked rulebook from the tables of a TOML file. Raises RulebookError naming the row."""
    sources = {row["id"]: _made(Source, row) for row in data["source"]}
    rules = tuple(_rule(row, sources) for row in data["rule"])
    principles = [_made(Principle, row | {"source": _source(row, sources)}) for row in data["principle"]]
    book = Rulebook(
        rules=rules,
        principles=_keyed(principles, "key"),
        conflicts=_keyed([_made(Conflict, row) for row in data["conflict"]], "id"),
        todos=_keyed([_made(TodoRule, row | {"to": tuple(row["to"])}) for row in data["todo"]], "key"),
        other_ids=frozenset(data["other_ids"]),
    )
    _check(book)
    return book


def _rule(row: dict, sources: dict[str, Source]) -> Rule:
    if row.get("comparator") not in COMPARATORS or row.get("unit") not in UNITS:
        raise RulebookError(f"{row.get('key')}: unknown comparator or unit")
    typed = row | {"source": _source(row, sources), "choices": tuple(row.get("choices", {}).items())}
    if "value" in row:
        try:
            typed["value"] = read_value(row["value"], row["unit"], row["comparator"], row.get("choices"))
        except ValueError as wrong:
            raise RulebookError(f"{row['key']}: {wrong}") from None
    for name in ("within", "conflicts_with"):
        typed[name] = tuple(row.get(name, ()))
    return _made(Rule, typed)


def _source(row: dict, sources: dict[str, Source]) -> Source:
    if row.get("source") not in sources:
        raise RulebookError(f"{row.get('key')}: every row names one of the sources")
    return sources[row["source"]]


def _made(kind: type, row: dict):
    unknown = row.keys() - {one.name for one in fields(kind)}
    if unknown:
        raise RulebookError(f"{row.get('key', row.get('id'))}: unknown fields {sorted(unknown)}")
    try:
        return kind(**row)
    except TypeError as missing:
        raise RulebookError(f"{row.get('key', row.get('id'))}: {missing}") from None


def _keyed(rows: list, name: str) -> MappingProxyType:
    keyed = {getattr(row, name): row for row in rows}
    if len(keyed) != len(rows):
        raise RulebookError(f"two rows of one {name}")
    return MappingProxyType(keyed)


def _check(book: Rulebook) -> None:
    grouped = _grouped(book.rules)
    for row in book.rules:
        _check_row(row, grouped, book)
    for principle_row in book.principles.values():
        _check_words(principle_row)
    for rows in grouped.values():
        for earlier, later in pairwise(rows):
            _check_order(earlier, later)
    for line in book.todos.values():
        if line.period and line.period not in grouped:
            raise RulebookError(f"{line.key}: no rule {line.period}")


def _check_row(row: Rule, grouped: dict, book: Rulebook) -> None:
    _check_words(row)
    if row.level == "B" and row.overridable:
        raise RulebookError(f"{row.key}: level B cannot be overridden")
    if row.value is None and not row.overridable:
        raise RulebookError(f"{row.key}: no value, and the town may not set one")
    if row.valid_from and row.valid_to and row.valid_to < row.valid_from:
        raise RulebookError(f"{row.key}: ends before it begins")
    if missing := [key for key in row.within if key not in grouped]:
        raise RulebookError(f"{row.key}: no rules {missing}")
    if missing := [id for id in row.conflicts_with if id not in book.conflicts]:
        raise RulebookError(f"{row.key}: no conflicts {missing}")


def _check_words(row: Rule | Principle) -> None:
    if row.level not in LEVELS or row.status not in STATUSES:
        raise RulebookError(f"{row.key}: unknown level or status")


def _check_order(earlier: Rule, later: Rule) -> None:
    """Neighbours of one key and place, by date: the first must be over when the second begins."""
    if earlier.region != later.region:
        return
    if earlier.valid_from == later.valid_from:
        raise RulebookError(f"{later.key}: two rows from {later.valid_from}")
    if earlier.valid_to is None or later.valid_from <= earlier.valid_to:
        raise RulebookError(f"{later.key}: periods overlap at {later.valid_from}")


def _exact(fact) -> Rational:
    if isinstance(fact, bool) or not isinstance(fact, Rational):
        raise TypeError(f"whole numbers or Fractions, not {type(fact).__name__}: {fact!r}")
    return fact


def _month_and_day(value: str) -> tuple[int, int]:
    month, day = value.split("-")
    return int(month), int(day)


def _months_on(day: date, months: int) -> date:
    """The same day so many months on; where that month is shorter, its last day (民法典第二百零二条)."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))
