"""Tables of compounds and of branches: which line means what is on record, and what it would change.

What an entry form asks is asked of a line by that form itself (branches.import_compound_forms, import_branch_forms).
"""

import re
from abc import abstractmethod
from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date
from typing import Any, NamedTuple

from django.core.exceptions import ValidationError

from accounts.roles import ROSTER_KEEPERS
from office.areas.models import Community, Compound, Town
from office.chinese.dates import cn_date
from office.chinese.digits import halfwidth
from office.imports.kinds import Fault, Kind, Line, Overtaken, Plan
from office.imports.models import Action
from office.imports.notices import about_head
from office.sheets.columns import Column

MAX_ROWS = 2_000
KEY_COLUMN = Column("key", "系统编号", width=12)
YES_NO = {True: "是", False: "否"}


def plain(name):
    """A name as it is compared: no blanks, ＩＤ and ID the same."""
    return re.sub(r"\s", "", halfwidth(name))


class Home:
    """Where a table may write: the communities of the town, or the one it is handed in for."""

    def __init__(self, town, community):
        self.town, self.community = town, community
        everywhere = list(Community.objects.filter(town=town))
        self._named = {plain(each.name): each for each in everywhere}
        self.own = {each.pk: each for each in everywhere if community is None or each.pk == community.pk}
        compounds = list(Compound.objects.filter(town=town))
        self.compounds = {each.pk: each for each in compounds}
        self._compounds = {(each.community_id, plain(each.name)): each for each in compounds}

    @property
    def scope(self):
        return {"community": self.community.pk} if self.community else {"town": self.town.pk}

    def community_of(self, text, known):
        """The community a line speaks of, `known` being that of the object it means. Raises ValueError in words."""
        if not text:
            if known or len(self.own) == 1:
                return known or next(iter(self.own.values()))
            raise ValueError("没有填“社区”。")
        found = self._named.get(plain(text))
        if found is None:
            raise ValueError(f"{self.town}没有“{text[:30]}”这个社区。")
        if found.pk not in self.own:
            raise ValueError(f"这张表导入到{self.community}，不能写{found}的。")
        if known and found != known:
            raise ValueError(f"系统里记在{known}，换社区不在这里办。")
        return found

    def compound(self, name, community):
        """The compound of that name, of this community if it can be. Raises ValueError in words."""
        found = self._compounds.get((community.pk, plain(name)))
        others = (each for (_, known), each in self._compounds.items() if known == plain(name))
        if (found := found or next(others, None)) is None:
            raise ValueError(f"{community}没有“{name[:30]}”这个小区。请先导入小区，或核对名称。")
        return found


class Lines:
    """The lines as they stand in the file, and what is wrong with them, by row and column."""

    def __init__(self, reading, columns):
        self.rows = {row.number: row for row in reading.rows}
        self.faults = defaultdict(list)
        self._order = [column.key for column in columns]
        self._titles = {column.key: column.title for column in columns}
        for error in reading.errors:
            self.fault(*error)

    def fault(self, row, key, message):
        address = self.rows[row][key].address if key else ""
        self.faults[row].append(Fault(row, key, message, address or f"第{row}行", self._titles.get(key, "整行")))

    def refused(self, row, key):
        return any(fault.column_key == key for fault in self.faults.get(row, ()))

    def text(self, row, key):
        """The cell's words on one line; nothing for a cell that was refused already."""
        return "" if self.refused(row, key) else " ".join(self.rows[row].text(key).split())

    def sorted_faults(self, row):
        return sorted(self.faults.get(row, ()), key=lambda fault: self._order.index(fault.column_key or "key"))

    def keys(self, letter):
        """{row: number} from 系统编号; what is no such number is a fault."""
        found = {}
        for row in self.rows:
            text = halfwidth(self.text(row, "key")).upper()
            if text and (match := re.fullmatch(rf"{letter}([0-9]{{1,17}})", text)):
                found[row] = int(match[1])
            elif text:
                self.fault(row, "key", f"这不是系统编号（{letter} 加数字）。不知道的请清空这一格。")
        return found


class Known(NamedTuple):
    """One object on record: its values by column key, as the entry form would clean them."""

    pk: int
    community_id: int
    values: dict


@dataclass
class Change:
    """What a line would do: `after` holds only the values that change. `known` is None for what is new."""

    community: Community
    known: Known | None
    after: dict = field(default_factory=dict)


class EntryTable(Kind):
    """A table whose lines are filled-in entry forms, of one community or of all communities of a town."""

    of_town = True
    max_rows = MAX_ROWS
    letter: str  # before the number in 系统编号
    asked: tuple[Column, ...]  # what the entry form asks, first the name that lines are known by
    shown_only: tuple[Column, ...]
    taken: str  # what to say of a name that may be given once

    @abstractmethod
    def on_record(self, **scope) -> dict[int, Known]:
        """What stands, by key; a constant number of queries."""

    @abstractmethod
    def names_of(self, lines, row, community):
        """Hashable names, any of which tells what a line without a number means; nothing for a line without one."""

    @abstractmethod
    def known_names(self, known):
        """The same names of something on record."""

    @abstractmethod
    def holders(self, home) -> dict:
        """Who has which name that may be given once: {exclusive name: key}."""

    @abstractmethod
    def exclusive_name(self, community_id, name):
        """What of a name in a community may be there once."""

    @abstractmethod
    def cleaned(self, lines, row, community, known, home) -> dict:
        """The values the entry form makes of the filled cells. Faults go to `lines`."""

    @abstractmethod
    def write(self, change, *, by) -> int:
        """The deed; the key of its object. Raises ValidationError."""

    @abstractmethod
    def hold(self, keys):
        """Hold the rows of these objects until the transaction ends."""

    def may_keep(self, user, town, community):
        reach = user.reach_as(*ROSTER_KEEPERS)
        if community is None:
            return town.pk in reach.towns
        return Community.objects.within(reach).filter(pk=community.pk).exists()

    def lock(self, town, community):
        Town.objects.select_for_update(no_key=True).get(pk=town.pk)

    def plan(self, reading, *, town, community, answers, progress=None):
        if reading.refusals:
            return Plan(refusals=list(reading.refusals))
        home, lines = Home(town, community), Lines(reading, self.columns)
        known = self.on_record(**home.scope)
        changes = self._changes(lines, home, known, progress)
        wanted = [column for column in self.asked if column.key != "community" or len(home.own) > 1]
        plan = Plan(notices=about_head(reading, wanted, self.shown_only), payload=(home, changes))
        plan.lines = [self._line(row, changes, lines) for row in lines.rows]
        return plan

    def _changes(self, lines, home, known, progress):
        """{row: Change} of every line that can be told."""
        keys = lines.keys(self.letter)
        for row in [row for row, key in keys.items() if key not in known]:
            lines.fault(
                row, "key", f"{home.community or home.town}没有这个系统编号的{self.thing}，请核对；新的请清空这一格。"
            )
        by_name = {name: each for each in known.values() for name in self.known_names(each)}
        meant, communities = {}, {}
        for row in lines.rows:
            if lines.refused(row, "key"):
                continue
            meant[row] = known.get(keys.get(row))
            own = meant[row] and home.own[meant[row].community_id]
            try:
                communities[row] = home.community_of(lines.text(row, "community"), own)
            except ValueError as problem:
                if not lines.refused(row, "community"):
                    lines.fault(row, "community", str(problem))
                continue
            if row not in keys:
                names = self.names_of(lines, row, communities[row])
                meant[row] = next((by_name[name] for name in names if name in by_name), None)
        self._refuse_twins(lines, meant, communities)
        changes = {}
        for done, row in enumerate(communities, start=1):
            changes[row] = self._change(lines, row, communities[row], meant[row], home, by_name=row not in keys)
            if progress and done % 500 == 0:
                progress(done, len(lines.rows))
        self._refuse_taken(lines, changes, home)
        return changes

    def _refuse_twins(self, lines, meant, communities):
        """Two lines about the same object are a fault in both, on record or new."""
        rows_of = defaultdict(set)
        for row, community in communities.items():
            if meant[row]:
                rows_of[meant[row].pk].add(row)
            else:
                for name in self.names_of(lines, row, community):
                    rows_of[name].add(row)
        for rows in rows_of.values():
            for row in sorted(rows) if len(rows) > 1 else ():
                others = "、".join(str(other) for other in sorted(rows - {row})[:5])
                if not lines.refused(row, self.asked[0].key):
                    lines.fault(row, self.asked[0].key, f"和第 {others} 行是同一个{self.thing}，请只留一行。")

    def _change(self, lines, row, community, known, home, *, by_name):
        values = self.cleaned(lines, row, community, known, home)
        if known is None:
            return Change(community, None, values)
        after = {key: value for key, value in values.items() if known.values[key] != value}
        if by_name:
            # 靠名称认出来的，名称写法上的空格、全角半角不算改名。
            for key in {"name", "short_name"} & after.keys():
                if plain(after[key]) == plain(known.values[key]):
                    del after[key]
        return Change(community, known, after)

    def _refuse_taken(self, lines, changes, home):
        """A name that something else has on record, or that another line takes, is refused as the entry form would."""
        holders = self.holders(home)
        for row, change in changes.items():
            if "name" in change.after:
                mine = change.known.pk if change.known else -row
                name = self.exclusive_name(change.community.pk, change.after["name"])
                if holders.setdefault(name, mine) != mine and not lines.refused(row, "name"):
                    lines.fault(row, "name", self.taken)

    def _line(self, row, changes, lines):
        line = Line(row, self._called(row, changes, lines), faults=lines.sorted_faults(row))
        if line.faults:
            changes.pop(row, None)
            line.action = Action.FAULTY
            return line
        change = changes[row]
        if change.known is None:
            line.action = Action.NEW
        elif change.after:
            line.action = Action.CHANGED
        else:
            return line
        before = change.known.values if change.known else {}
        line.meaning = {
            "object": change.known and change.known.pk,
            "community": change.community.pk,
            "before": {key: before.get(key) for key in change.after},
            "after": change.after,
        }
        return line

    def in_words(self, plan, line):
        home, changes = plan.payload
        change = changes[line.row]
        before = change.known.values if change.known else {}
        shown = change.after if change.known else {"community": change.community.name} | change.after
        return [
            (column.title, self.words(column.key, before.get(column.key), home), self.words(column.key, value, home))
            for column in self.asked
            if (value := shown.get(column.key)) not in (None, "", ())
        ]

    def _called(self, row, changes, lines):
        label, change = self.asked[0].key, changes.get(row)
        return lines.text(row, label) or (change.known.values[label] if change and change.known else "")

    def words(self, key, value, home) -> Any:
        """A value as the preview shows it."""
        if value is None:
            return ""
        if isinstance(value, bool):
            return YES_NO[value]
        return cn_date(value) if isinstance(value, date) else str(value)

    def changing(self, plan, rows):
        _, changes = plan.payload
        return [changes[row].known.pk for row in rows if changes[row].known]

    def save(self, plan, rows, *, by):
        _, planned = plan.payload
        changes = [planned[row] for row in sorted(rows)]
        self._refuse_if_overtaken([change.known for change in changes if change.known])
        try:
            keys = [(change.known, self.write(change, by=by)) for change in changes]
        except ValidationError as taken:
            raise Overtaken from taken
        return [key for known, key in keys if known is None]

    def _refuse_if_overtaken(self, known):
        """Hold the rows and compare: the entry forms do not wait for the town's."""
        keys = [each.pk for each in known]
        self.hold(keys)
        now = self.on_record(pk__in=keys)
        if any(now.get(each.pk) != each for each in known):
            raise Overtaken


def tell_form_errors(form, lines, row):
    """The form's own words as faults of the cells; a cell that was refused already says nothing more."""
    for key, messages in form.errors.items():
        column = key if key in form.fields else None
        if not lines.refused(row, column):
            for message in messages:
                lines.fault(row, column, message)
