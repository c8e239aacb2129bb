"""党员名册: the table a community fills in. What a file would do, line by line; the office's imports do the rest."""

from dataclasses import dataclass, field

from django.core.exceptions import PermissionDenied
from django.utils import timezone

from accounts.roles import ROSTER_KEEPERS
from members import roster_saving
from members.entries import (
    CHOICES,
    COLUMNS,
    READ_COLUMNS,
    SHOWN_ONLY,
    Places,
    Understanding,
    contradictions,
)
from members.matching import UNKNOWN_KEY, Register, identify, keyed, membership_of
from members.models import Member, Person, PersonPlace, Placement
from members.roster_saving import Change, stored
from members.roster_words import changes_in_words
from office.areas.models import Body, Community, Compound, Coverage
from office.imports import batches
from office.imports.kinds import Kind, Line, Plan
from office.imports.models import Action
from office.imports.notices import about_head
from office.sheets.template import write_template

ROSTER = "roster"
UNNAMED = ("name", "id_number", "phone", "key")  # cells that say who is meant


@dataclass
class _Sorted:
    """The lines that would save something, by row, and the plan they belong to."""

    community: Community
    places: Places
    changes: dict[int, Change] = field(default_factory=dict)


class Roster(Kind):
    """A community's register of members as a kind of table."""

    key = ROSTER
    title = "党员名册"
    noun = "名册"
    thing = unit = "人"
    label = "姓名"
    columns = READ_COLUMNS
    made_of = {Person: (Member, PersonPlace), Member: (Placement,)}
    applied_verb = "members.roster_applied"
    undone_verb = "members.roster_undone"

    exported_as = "党员名单"
    address = "roster_import"
    template_address = "roster_template"
    list_address = "members"
    list_title = "党员名单"
    advice = (
        "模板里小区和支部可以从下拉里选。导出的党员名单改好了，也可以传回来。",
        "公民身份号码是选填；没有填号码的，按姓名和电话认人。",
    )

    lock = staticmethod(roster_saving.lock)
    images = staticmethod(roster_saving.images)
    names = staticmethod(roster_saving.names)
    take_back = staticmethod(roster_saving.take_back)

    def may_keep(self, user, town, community):
        return community is not None and may_keep(user, community)

    def template(self, town, community):
        return _template(community)

    def first(self, town, community):
        if Compound.objects.filter(community=community).exists():
            return ()
        return (f"{community.name}还没有小区，名册里选不到居住小区。请先导入小区。", "compounds_import", "导入小区")

    def plan(self, reading, *, town, community, answers, progress=None):
        if reading.refusals:
            return Plan(refusals=list(reading.refusals))
        today = timezone.localdate()
        places = _places(community)
        lines = Understanding(reading, community=community, places=places, today=today, answers=answers)
        _know_keyed(lines, community)
        if refusals := lines.lacking():
            return Plan(refusals=refusals)
        entries = lines.entries(progress)
        told_apart = [entry for entry in entries if not lines.refused_any(entry.row, UNNAMED)]
        meant = identify(told_apart, Register(community, entries), lines=lines, agrees=_agrees)
        notices = about_head(reading, COLUMNS, SHOWN_ONLY) + lines.notices
        plan = Plan(notices=notices, payload=_Sorted(community, places))
        for entry in entries:
            plan.lines.append(_line(plan.payload, entry, meant, lines, today))
        _sort_faults(plan, lines)
        plan.questions = sorted(lines.questions.values(), key=lambda question: (question.row, question.key))
        return plan

    def in_words(self, plan, line):
        return changes_in_words(plan.payload.changes[line.row], plan.payload.places)

    def attached(self, keys):
        accounts = Person.objects.filter(pk__in=keys, user__isnull=False).values_list("pk", flat=True)
        return super().attached(keys) | dict.fromkeys(accounts, "已有账号")

    def changing(self, plan, rows):
        people = [plan.payload.changes[row].person for row in rows]
        return [person.pk for person in people if person is not None]

    def save(self, plan, rows, *, by):
        changes = [plan.payload.changes[row] for row in sorted(rows)]
        return roster_saving.save(changes, plan.payload.community, timezone.localdate())


def may_keep(user, community):
    """Whether the user may hand in a roster of this community."""
    return Community.objects.within(user.reach_as(*ROSTER_KEEPERS)).filter(pk=community.pk).exists()


def hand_in(data, name, *, community, by, **options):
    """Take the guarded bytes of a roster for this community; the ImportBatch. Raises PermissionDenied."""
    return batches.upload(data, name, kind=ROSTER, town=community.town, community=community, by=by, **options)


def template(community, *, by):
    """The empty table for this community: its own compounds and branches in the drop-downs (UX C8)."""
    if not may_keep(by, community):
        raise PermissionDenied
    return _template(community)


def _template(community):
    known = _places(community)
    return write_template(
        COLUMNS,
        title=f"{community.name}党员名册",
        instructions=[
            f"这张表导入到{community.name}。已有的人按公民身份号码认，没有号码的按姓名和电话认。",
            "没填的格子不改动系统里已有的内容；不会因为表里少了谁就删除谁。",
            "传上来先核对，会把所有要改的地方一次列出来，您看过再保存。",
        ],
        choices={
            **CHOICES,
            "compound": tuple(known.compounds.values()),
            "branch": tuple(known.branches.values()),
        },
    )


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


def _know_keyed(lines, community):
    """Find the people named by 系统编号 before the cells are understood: masked numbers are compared with theirs."""
    keys = lines.keys()
    lines.known = keyed(community, keys) if keys else {}
    for row in keys.keys() - lines.known.keys():
        lines.fault(row, "key", UNKNOWN_KEY)


def _line(kept, entry, meant, lines, today):
    """What becomes of one line; a change that would be saved is kept by its row."""
    line = Line(entry.row, entry.name or lines.text_of(entry.row, "name"))
    if entry.row in lines.aside:
        line.action, line.notes = Action.ASIDE, [lines.aside[entry.row]]
        return line
    if entry.row not in meant:
        _check_alone(entry, lines, today)
        line.action = Action.ASKING
        return line
    change = _change(kept.community, entry, meant[entry.row], lines, today)
    line.meaning = (change.person and change.person.pk, change.before, change.after)
    if change.person is None:
        line.action = Action.NEW
    elif change.after:
        line.action = Action.CHANGED
    if entry.row in lines.open:
        line.action = Action.ASKING
    kept.changes[entry.row] = change
    return line


def _sort_faults(plan, lines):
    """Give every line its faults; a faulty or asking line saves nothing."""
    order = {column.key: place for place, column in enumerate(READ_COLUMNS)}
    by_row = {}
    for fault in lines.faults:
        by_row.setdefault(fault.row, []).append(fault)
    for line in plan.lines:
        if found := by_row.get(line.row):
            line.faults = sorted(found, key=lambda fault: order.get(fault.column_key, -1))
            line.action = Action.FAULTY
        elif line.action == Action.ASKING:
            line.notes = lines.open[line.row]
        if line.action in (Action.FAULTY, Action.ASKING):
            plan.payload.changes.pop(line.row, None)
            line.meaning = None


def _agrees(entry, person):
    return membership_of(person) is not None and not _difference(entry, person, stored(person))


def _difference(entry, person, known):
    """The values the line changes, `known` being those on record."""
    wanted = {key: value for key, value in entry.implied.items() if not known.get(key)}
    wanted |= {"name": entry.name, **entry.person, **entry.membership}
    after = {key: value for key, value in wanted.items() if known.get(key) != value}
    if entry.fingerprint and (person is None or person.id_fingerprint != entry.fingerprint):
        after["id_number"] = entry.fingerprint
    return after


def _change(community, entry, person, lines, today):
    """What the line changes, after telling what its values contradict."""
    known = stored(person) if person else {}
    after = _difference(entry, person, known)
    member = membership_of(person) if person else None
    if member is None or member.status == Member.Status.LEFT:
        after |= {"status": Member.Status.NORMAL, "community_id": community.pk}
    _check(entry, known | after, lines, today)
    return Change(entry.row, person, known, after, entry.id_number)


def _check_alone(entry, lines, today):
    """A line whose person could not be told is still checked for what it says by itself; a branch may be on record."""
    _check(entry, {"branch_id": -1, **entry.implied, **entry.person, **entry.membership}, lines, today)


def _check(entry, values, lines, today):
    for key, reason in contradictions(values | {"today": today}):
        if not lines.refused_any(entry.row, (key,)):
            lines.fault(entry.row, key, reason)
