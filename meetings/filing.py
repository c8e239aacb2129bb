"""Entering meetings: what a filled page says (Minutes), and the deeds that make records of it.

One filing is one transaction: the meeting, its bodies, who came, the decisions with their numbers, and the trail last.
The meeting carries the draft's uuid, unique: sent twice, it is the same meeting. A change keeps the version before.
"""

from dataclasses import dataclass, replace

from django.db import IntegrityError, transaction
from django.db.models import Max
from django.utils import timezone

from meetings import summary
from meetings.models import (
    Attendance,
    Decision,
    DecisionRegister,
    DecisionStep,
    Meeting,
    MeetingBody,
    MeetingVersion,
)
from members.models import Person
from office.areas.models import Body
from office.audit import trail
from office.drafts import keeping


class ChangedMeanwhile(Exception):
    """Somebody changed the meeting first; `meeting` is the row as it stands now."""

    def __init__(self, meeting):
        super().__init__("这次会议的记录刚才有人改过。")
        self.meeting = meeting


@dataclass(frozen=True)
class Came:
    """One known person: how they came, what they stood for, why they stayed away."""

    person: int
    status: str
    represents: str = ""
    note: str = ""


@dataclass(frozen=True)
class Guest:
    """A name typed once; `keep`: the office will know them from now on (以后还会来)."""

    name: str
    unit: str = ""
    keep: bool = False


@dataclass(frozen=True)
class Resolved:
    """One decision. `pk` is a decision already numbered, None for a new one; at most one owner, neither is 未定."""

    text: str
    person: int | None = None
    body: int | None = None
    due_on: object = None
    pk: int | None = None


@dataclass(frozen=True)
class Minutes:
    """A meeting as the page says it, cleaned; the deeds ask nothing else."""

    title: str
    held_on: object
    held_at: object = None
    place: str = ""
    chair: int | None = None
    recorder: str = ""
    discussion: str = ""
    bodies: tuple = ()
    came: tuple = ()
    guests: tuple = ()
    decisions: tuple = ()
    settled: tuple = ()  # 上次没办结、这次说已办结的：(决定编号, 结果)


def file(minutes, circle, ticket, *, by) -> Meeting:
    """Enter a meeting and return it; the same ticket again gives the meeting it made the first time."""
    try:
        with transaction.atomic():
            return _file(minutes, circle, ticket, by)
    except IntegrityError:
        # 两次一起到：另一次先写成了。
        if made := Meeting.objects.filter(uuid=ticket.uuid).first():
            return made
        raise


def _file(minutes, circle, ticket, by):
    if made := Meeting.objects.filter(uuid=ticket.uuid).first():
        return made
    meeting = _new(circle, ticket)
    _state_filed(meeting, by)
    _write(meeting, minutes, circle)
    _settle(meeting, minutes.settled, by)
    keeping.finish(ticket, meeting.pk)
    trail.record("meetings.filed", meeting, by=by, reason="补录" if meeting.is_late_entry else "")
    return meeting


def hand_in(minutes, circle, ticket, *, pending, by) -> Meeting:
    """A draft for the community to look through (待核对): people and bodies stand, decisions get their numbers when it
    is released. `pending` are the page's fields as they were sent, to fill the page again."""
    try:
        with transaction.atomic():
            if made := Meeting.objects.filter(uuid=ticket.uuid).first():
                return made
            meeting = _new(circle, ticket)
            meeting.state, meeting.drafted_at, meeting.drafted_by = Meeting.State.DRAFT, timezone.now(), by
            meeting.pending = pending
            _write(meeting, replace(minutes, decisions=()), circle)
            keeping.finish(ticket, meeting.pk)
            trail.record("meetings.handed_in", meeting, by=by)
            return meeting
    except IntegrityError:
        if made := Meeting.objects.filter(uuid=ticket.uuid).first():
            return made
        raise


@transaction.atomic
def redraft(meeting, minutes, circle, ticket, *, version, pending, by) -> Meeting:
    """Whoever handed a draft in writes on. Raises ChangedMeanwhile, also when it has become a record."""
    current = _locked(meeting, version)
    if current.state != Meeting.State.DRAFT:
        raise ChangedMeanwhile(current)
    current.pending, current.version = pending, current.version + 1
    _write(current, replace(minutes, decisions=()), circle)
    keeping.finish(ticket, current.pk)
    trail.record("meetings.handed_in", current, by=by)
    return current


@transaction.atomic
def release(meeting, minutes, circle, ticket, *, version, by) -> Meeting:
    """A draft becomes a record: decisions are numbered. Raises ChangedMeanwhile."""
    current = _locked(meeting, version)
    if current.state != Meeting.State.DRAFT:
        raise ChangedMeanwhile(current)
    _state_filed(current, by)
    current.pending, current.version = {}, current.version + 1
    _write(current, minutes, circle)
    _settle(current, minutes.settled, by)
    keeping.finish(ticket, current.pk)
    drafted = f"{current.drafted_by}起草" if current.drafted_by_id else ""
    trail.record("meetings.filed", current, by=by, reason=drafted)
    return current


@transaction.atomic
def change(meeting, minutes, circle, ticket, *, version, by) -> Meeting:
    """Write a new version of a record; the one before is kept as it was (R-743). Raises ChangedMeanwhile.

    A confirmation spoke of the text before: the branch is asked again. The same text again changes nothing.
    """
    current = _locked(meeting, version)
    before = summary.content(current)
    kept = MeetingVersion(
        meeting=current,
        number=current.version,
        content=before,
        by_id=current.written_by,
        at=current.changed_at or current.filed_at,
        was_confirmed=current.state == Meeting.State.CONFIRMED,
    )
    _write(current, minutes, circle)
    after = summary.content(current)
    keeping.finish(ticket, current.pk)
    if after == before:
        return current
    kept.save()
    current.state, current.confirmed_at, current.confirmed_by = Meeting.State.FILED, None, None
    current.changed_at, current.changed_by, current.objection = timezone.now(), by, ""
    current.version += 1
    current.save()
    trail.record("meetings.changed", current, by=by, changes={"版本": (kept.number, current.version)})
    return current


@transaction.atomic
def confirm(meeting, *, version, by) -> Meeting:
    """支部确认 of the text its page showed. Raises ChangedMeanwhile; confirmed already, it stays."""
    current = Meeting.objects.select_for_update(of=("self",)).get(pk=meeting.pk)
    if current.version != version or current.state == Meeting.State.DRAFT:
        raise ChangedMeanwhile(current)
    if current.state == Meeting.State.CONFIRMED:
        return current
    current.state, current.objection = Meeting.State.CONFIRMED, ""
    current.confirmed_at, current.confirmed_by = timezone.now(), by
    current.save()
    trail.record("meetings.confirmed", current, by=by)
    return current


@transaction.atomic
def object_to(meeting, note, *, version, by) -> Meeting:
    """有误: the note goes back to whoever wrote it. Raises ChangedMeanwhile."""
    current = Meeting.objects.select_for_update(of=("self",)).get(pk=meeting.pk)
    if current.version != version or current.state != Meeting.State.FILED:
        raise ChangedMeanwhile(current)
    current.objection = note
    current.save()
    trail.record("meetings.objected", current, by=by, reason=note)
    return current


def same_meeting(circle, held_on, *, ticket):
    """A meeting of that kind already on record there for that day, entered from another page; None when there is none."""
    found = Meeting.objects.filter(kind=circle.kind, held_on=held_on, community=circle.place.community)
    found = found.filter(branch=circle.place.branch, compound=circle.place.compound)
    return found.exclude(uuid=ticket.uuid).first()


# --- Within -------------------------------------------------------------------------------------------------------


def _new(circle, ticket):
    place = circle.place
    return Meeting(
        uuid=ticket.uuid,
        kind=circle.kind,
        town_id=place.community.town_id,
        community=place.community,
        branch=place.branch,
        compound=place.compound,
    )


def _state_filed(meeting, by):
    meeting.state, meeting.filed_at, meeting.filed_by = Meeting.State.FILED, timezone.now(), by


def _locked(meeting, version):
    current = Meeting.objects.select_for_update(of=("self",)).get(pk=meeting.pk)
    if current.version != version:
        raise ChangedMeanwhile(current)
    return current


def _write(meeting, minutes, circle):
    """Bring the meeting's rows in line with the minutes."""
    for name in ("title", "held_on", "held_at", "place", "recorder", "discussion"):
        setattr(meeting, name, getattr(minutes, name))
    meeting.chair_id = minutes.chair
    counted = [came for came in minutes.came if came.status != Attendance.Status.OBSERVER]
    meeting.expected = len(counted)
    meeting.present = sum(came.status == Attendance.Status.PRESENT for came in counted)
    meeting.save()
    _write_bodies(meeting, minutes, circle)
    _write_attendance(meeting, minutes)
    _write_decisions(meeting, minutes)


def _write_bodies(meeting, minutes, circle):
    """The convener always; the others that took part. Without any the community's own row keeps it visible."""
    meeting.bodies.all().delete()
    convener = circle.convener
    chosen = [body for body in circle.bodies if body.pk in minutes.bodies and body != convener]
    rows = [(convener, MeetingBody.Part.CONVENER), *((body, MeetingBody.Part.ATTENDING) for body in chosen)]
    MeetingBody.objects.bulk_create(
        MeetingBody(
            meeting=meeting,
            body=body,
            town_id=meeting.town_id,
            community=meeting.community,
            branch=body if body and body.kind == Body.Kind.BRANCH else None,
            compound=meeting.compound,
            part=part,
        )
        for body, part in rows
    )


def _write_attendance(meeting, minutes):
    meeting.attendance.all().delete()
    rows = [
        Attendance(meeting=meeting, person_id=c.person, status=c.status, represents=c.represents, note=c.note)
        for c in minutes.came
    ]
    known = {came.person for came in minutes.came}
    for guest in minutes.guests:
        row = Attendance(meeting=meeting, status=Attendance.Status.OBSERVER, represents=guest.unit)
        person = _acquaintance(meeting, guest) if guest.keep else None
        if person is None or person.pk in known:
            row.guest = guest.name
        else:
            row.person = person
            known.add(person.pk)
        rows.append(row)
    Attendance.objects.bulk_create(rows)


def _acquaintance(meeting, guest):
    """The person a guest is from now on; one of that name and unit who is known already is the same."""
    known = Person.objects.filter(town=meeting.town_id, name=guest.name, unit=guest.unit, member=None).first()
    return known or Person.objects.create(town_id=meeting.town_id, name=guest.name, unit=guest.unit)


def _write_decisions(meeting, minutes):
    """Numbered decisions are rewritten under their number, none is taken away; new ones take the next numbers."""
    own = {decision.pk: decision for decision in meeting.decisions.all()}
    for resolved in minutes.decisions:
        if decision := own.get(resolved.pk):
            _put(decision, resolved)
            decision.save()
    new = [resolved for resolved in minutes.decisions if resolved.pk not in own]
    for number, resolved in zip(_next_numbers(meeting, len(new)), new, strict=True):
        decision = Decision(meeting=meeting, year=meeting.held_on.year, number=number)
        _put(decision, resolved)
        decision.save()


def _put(decision, resolved):
    decision.text, decision.due_on = resolved.text, resolved.due_on
    decision.owner_person_id, decision.owner_body_id = resolved.person, resolved.body


def _next_numbers(meeting, count):
    """The next numbers of the community's year, under its register's row lock: no gap, because they are taken in the
    transaction that files; no double, because the unique constraint would end that transaction."""
    if not count:
        return []
    kept = {"community": meeting.community, "year": meeting.held_on.year}
    DecisionRegister.objects.get_or_create(**kept)
    register = DecisionRegister.objects.select_for_update(of=("self",)).get(**kept)
    # 试用数据和导入的老记录不经过登记簿，所以也看已经用到的。
    used = Decision.objects.filter(**kept).aggregate(Max("number"))["number__max"] or 0
    start = max(register.last, used)
    register.last = start + count
    register.save(update_fields=["last"])
    return list(range(start + 1, start + count + 1))


def _settle(meeting, settled, by):
    """Decisions of earlier meetings that this one heard are done."""
    outcomes = dict(settled)
    open_ones = Decision.objects.filter(pk__in=outcomes, done_on=None, community=meeting.community)
    for decision in open_ones.select_for_update(of=("self",)):
        decision.done_on, decision.outcome = meeting.held_on, outcomes[decision.pk] or "会上报告已办结"
        decision.save()
        DecisionStep.objects.create(
            decision=decision,
            what=DecisionStep.What.DONE,
            text=decision.outcome,
            on=meeting.held_on,
            filled_for=str(decision.owner or ""),
            at=timezone.now(),
            by=by,
        )
