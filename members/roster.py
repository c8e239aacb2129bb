"""党员名册: the table a community fills in, read whole and then saved whole.

`read()` says what a file would do, with every fault at once; `apply()` does exactly that, or nothing.
"""

import hashlib
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from django.db.models import Max
from django.utils import timezone

from accounts.roles import ROSTER_KEEPERS
from members import places
from members.entries import CHOICES, COLUMNS, Entry, Places, Understanding, contradictions
from members.matching import Register, identify, membership_of
from members.models import Member, Person, Placement
from office.areas.models import Body, Community, Compound, Coverage
from office.audit import trail
from office.sheets.errors import RowError, write_error_file
from office.sheets.reading import read_in_child
from office.sheets.template import write_template

MAX_ROWS = 2_000
PERSON_FIELDS = ("name", "sex", "birth_date", "phone")
MEMBER_FIELDS = (
    "stage",
    "relation",
    "home_compound_id",
    "branch_id",
    "joined_on",
    "joined_precision",
    "full_on",
    "full_precision",
    "background",
    "employer_org",
    "door",
    "owns_unit",
)
ABSENT = "这一列，按空白处理。"
STALE = "核对以后，名册刚被别人改过。请把这个文件再传一次。"


class RosterRefused(Exception):
    """The file cannot be saved now; the message says what to do."""


@dataclass
class Change:
    """One line that makes or changes somebody. `before` holds the changed values as they stand (empty: new)."""

    entry: Entry
    person: Person | None
    before: dict = field(default_factory=dict)
    after: dict = field(default_factory=dict)
    version: int | None = None


@dataclass
class Roster:
    """What a file would do. With any fault in `errors` nothing of it can be saved."""

    community: Community
    sha256: str
    new: list[Change] = field(default_factory=list)
    changed: list[Change] = field(default_factory=list)
    unchanged: list[Entry] = field(default_factory=list)
    errors: list = field(default_factory=list)
    notices: list[str] = field(default_factory=list)
    refusals: list[str] = field(default_factory=list)
    newest_person: int = 0

    @property
    def rows(self):
        """How many lines were understood without a fault."""
        return len(self.new) + len(self.changed) + len(self.unchanged)

    @property
    def is_clean(self):
        return not self.errors and not self.refusals


def may_keep(user, community):
    """Whether the user may hand in a roster of this community."""
    return Community.objects.within(user.reach_as(*ROSTER_KEEPERS)).filter(pk=community.pk).exists()


def template(community, *, by):
    """The empty table for this community: its own compounds and branches in the drop-downs (UX C8)."""
    _must_keep(by, community)
    known = _places(community)
    return write_template(
        COLUMNS,
        title=f"{community.name}党员名册",
        instructions=[
            f"这张表导入到{community.name}。已有的人按公民身份号码认，没有号码的按姓名和电话认。",
            "没填的格子不改动系统里已有的内容；不会因为表里少了谁就删除谁。",
            "有一处不对就整张表都不保存，会把所有要改的地方一次列出来。",
        ],
        choices={**CHOICES, "compound": known.compound_names, "branch": known.branch_names},
    )


def read(path, *, community, by):
    """Read the guarded .xlsx at `path` for `community`; returns a Roster and writes nothing.

    Raises SheetProblem when the file as a whole cannot be taken, PermissionDenied when `by` keeps no roster here.
    The number of queries does not depend on the number of lines.
    """
    _must_keep(by, community)
    reading = read_in_child(path, columns=COLUMNS, max_rows=MAX_ROWS)
    roster = Roster(community, hashlib.sha256(Path(path).read_bytes()).hexdigest(), notices=list(reading.notices))
    if reading.refusals:
        roster.refusals = list(reading.refusals)
        return roster
    roster.notices = _notices(reading)
    roster.newest_person = Person.objects.aggregate(newest=Max("pk"))["newest"] or 0
    today = timezone.localdate()
    lines = Understanding(reading, community=community, places=_places(community), today=today)
    entries = lines.entries()
    told_apart = [entry for entry in entries if not lines.refused_any(entry.row, ("name", "id_number", "phone"))]
    meant = identify(told_apart, Register(community, entries), fault=lines.fault, agrees=_agrees)
    for entry in entries:
        if entry.row in meant:
            _sort_in(roster, entry, meant[entry.row], lines, today)
        else:
            _check_alone(entry, lines, today)
    faulty = {fault.row for fault in lines.faults}
    for group in ("new", "changed"):
        setattr(roster, group, [change for change in getattr(roster, group) if change.entry.row not in faulty])
    roster.unchanged = [entry for entry in roster.unchanged if entry.row not in faulty]
    order = {column.key: place for place, column in enumerate(COLUMNS)}
    roster.errors = sorted(lines.faults, key=lambda fault: (fault.row, order.get(fault.column_key, -1)))
    roster.notices += lines.notices
    return roster


def error_file(path, roster):
    """The bytes of the file at `path` with its faults marked. Raises SheetProblem when no copy can be made."""
    return write_error_file(path, [RowError(*fault[:3]) for fault in roster.errors], COLUMNS)


def apply(roster, *, by):
    """Save a clean roster in one transaction; {new, changed, unchanged, record}, record being the trail row's id.

    Raises RosterRefused when there are faults, or when somebody changed the register after it was read.
    """
    if not roster.is_clean:
        raise RosterRefused("表里还有要改的地方，没有保存。")
    _must_keep(by, roster.community)
    counts = {"new": len(roster.new), "changed": len(roster.changed), "unchanged": len(roster.unchanged)}
    if not roster.new and not roster.changed:
        return counts | {"record": None}
    try:
        with transaction.atomic():
            _refuse_if_stale(roster)
            people = _save_people(roster)
            _save_members(roster, people)
            _save_placements(roster, people, timezone.localdate())
            places.refresh(person.pk for person in people.values())
            record = _record(roster, counts, by)
    except IntegrityError as clash:
        raise RosterRefused(STALE) from clash
    return counts | {"record": record.pk}


def _must_keep(by, community):
    if not may_keep(by, community):
        raise PermissionDenied


def _places(community):
    """Three queries: compounds and branches of the whole town (to tell foreign from unknown), today's coverage."""
    today = timezone.localdate()
    compounds = Compound.objects.filter(town=community.town_id).order_by("pinyin", "pk")
    bodies = Body.objects.on(today).filter(town=community.town_id, kind=Body.Kind.BRANCH).order_by("pk")
    covering = Coverage.objects.on(today).filter(community=community, body__kind=Body.Kind.BRANCH)
    return Places(
        community.pk,
        list(compounds.values_list("pk", "community_id", "name")),
        list(bodies.values_list("pk", "community_id", "short_name", "name")),
        covering.values_list("compound_id", "body_id"),
    )


def _notices(reading):
    """What the reader wants to be known, the columns that are not there in one line."""
    absent = [column.title for column in COLUMNS if not reading.rows[0][column.key].address]
    others = [notice for notice in reading.notices if not notice.endswith(ABSENT)]
    return others + ([f"没有这几列，按空白处理：{'、'.join(absent)}。"] if absent else [])


def _agrees(entry, person):
    return membership_of(person) is not None and not _difference(entry, person)[1]


def _stored(person):
    """The person's values on record, by field."""
    values = {name: getattr(person, name) for name in PERSON_FIELDS}
    member = membership_of(person)
    if member:
        values.update({name: getattr(member, name) for name in MEMBER_FIELDS})
        values.update(status=member.status, community_id=member.community_id)
    return values


def _difference(entry, person):
    """(before, after): only the values the line changes."""
    stored = _stored(person) if person else {}
    wanted = {key: value for key, value in entry.implied.items() if not stored.get(key)}
    wanted |= {"name": entry.name, **entry.person, **entry.membership}
    after = {key: value for key, value in wanted.items() if stored.get(key) != value}
    if entry.fingerprint and (person is None or person.id_fingerprint != entry.fingerprint):
        after["id_number"] = entry.fingerprint
    return {key: stored.get(key) for key in after}, after


def _sort_in(roster, entry, person, lines, today):
    """Put the line under new, changed or unchanged, and tell what its values contradict."""
    before, after = _difference(entry, person)
    member = membership_of(person) if person else None
    if member is None or member.status == Member.Status.LEFT:
        after |= {"status": Member.Status.NORMAL, "community_id": roster.community.pk}
    values = (_stored(person) if person else {}) | after
    _check(entry, values, lines, today)
    change = Change(entry, person, before, after, member.version if member else None)
    if person is None:
        roster.new.append(change)
    elif after:
        roster.changed.append(change)
    else:
        roster.unchanged.append(entry)


def _check_alone(entry, lines, today):
    """A line whose person could not be told is still checked for what it says by itself; a branch may be on record."""
    _check(entry, {"branch_id": -1, **entry.implied, **entry.person, **entry.membership}, lines, today)


def _check(entry, values, lines, today):
    for key, reason in contradictions(values | {"today": today}):
        if not lines.refused_any(entry.row, (key,)):
            lines.fault(entry.row, key, reason)


def _refuse_if_stale(roster):
    """One import of a community at a time, and none on top of changes made since it was read."""
    Community.objects.select_for_update().get(pk=roster.community.pk)
    read_at = {change.person.pk: change.version for change in roster.changed}
    versions = dict(Member.objects.filter(person__in=read_at).values_list("person_id", "version"))
    if any(versions.get(pk) != version for pk, version in read_at.items()):
        raise RosterRefused(STALE)
    added = Person.objects.filter(town=roster.community.town_id, pk__gt=roster.newest_person)
    if added.filter(name__in=[change.entry.name for change in roster.new]).exists():
        raise RosterRefused(STALE)


def _save_people(roster):
    """The people of all changed lines, by row."""
    people = {}
    for change in roster.new + roster.changed:
        person = change.person or Person(town=roster.community.town)
        person.political_status = Person.Political.PARTY
        for name in PERSON_FIELDS:
            setattr(person, name, change.after.get(name, getattr(person, name)))
        if "id_number" in change.after:
            person.set_id_number(change.entry.id_number)
        people[change.entry.row] = person
    Person.objects.bulk_create([person for person in people.values() if person.pk is None])
    written = (*PERSON_FIELDS, "strokes", "pinyin", "phone_tail", "political_status", "id_sealed", "id_fingerprint")
    Person.objects.bulk_create(
        [people[change.entry.row] for change in roster.changed],
        update_conflicts=True,
        unique_fields=["id"],
        update_fields=written,
    )
    return people


def _save_members(roster, people):
    members = []
    for change in roster.new + roster.changed:
        person = people[change.entry.row]
        member = membership_of(person) or Member(person=person)
        member.person, member.community = person, roster.community
        member.status = change.after.get("status", member.status)
        for name in MEMBER_FIELDS:
            setattr(member, name, change.after.get(name, getattr(member, name)))
        member.version = (change.version or 0) + 1
        members.append(member)
    Member.objects.bulk_create(
        members,
        update_conflicts=True,
        unique_fields=["person"],
        update_fields=(*MEMBER_FIELDS, "town", "community", "strokes", "status", "version"),
    )


def _save_placements(roster, people, today):
    """Open a placement for everybody new; close and open where branch, relation or community changed.

    When somebody came is not in the file, so a first record has no start (早已如此); a change holds from today.
    """
    moved = [
        change for change in roster.changed if change.after.keys() & {"branch_id", "relation", "status", "community_id"}
    ]
    ids = [people[change.entry.row].pk for change in moved]
    open_today = Placement.objects.filter(member__in=ids, ends_on=None)
    # 当天刚记的又改，是更正，不留一段“当天起、当天止”的经历。
    open_today.filter(starts_on=today).delete()
    open_today.update(ends_on=today - timedelta(days=1))
    known = {change.entry.row for change in moved if change.version is not None}
    Placement.objects.bulk_create(
        [
            Placement(
                member=people[change.entry.row].member,
                community=roster.community,
                branch_id=people[change.entry.row].member.branch_id,
                relation=people[change.entry.row].member.relation,
                starts_on=today if change.entry.row in known else None,
                how=_how(people[change.entry.row].member),
            )
            for change in roster.new + moved
        ]
    )


def _how(member):
    registered = member.relation == Member.Relation.IN_SERVICE
    return Placement.How.REGISTERED if registered else Placement.How.RECORDED


def _record(roster, counts, by):
    words = {"新增": counts["new"], "更新": counts["changed"], "未变": counts["unchanged"]}
    changes = {word: [None, count] for word, count in words.items()} | {"文件": [None, roster.sha256]}
    return trail.record("members.roster_applied", roster.community, by=by, changes=changes)
