"""Two records of one person made one without losing anything, and made two again (P-11).

Where the two records differ somebody chooses (members.merging_sides). Everything that points at the dropped person goes
over to the kept one. All rows touched are kept as they were, sealed, for thirty days: so long it can be undone.
"""

import base64
import json
from datetime import timedelta

from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from django.utils import timezone

from accounts.roles import ROSTER_KEEPERS
from members import places
from members.duplicates import Places, may_settle
from members.entries import contradictions
from members.merging_periods import without
from members.merging_rows import as_text, digests, from_text, key_of, moved_fields, rows_of, standing
from members.merging_sides import OF_MEMBER, OF_PERSON, Comparison
from members.models import Member, MergeRecord, NotSame, Person, Placement
from office import sealing
from office.audit import trail
from office.chinese.idnumber import birth_date_of, sex_of

KEPT_FOR = timedelta(days=30)
CHANGED = "有人刚刚改过这两条记录，请再核对一遍。"
GONE = "这两条记录里有一条已经不在了，可能刚刚合并过。"
CONTRADICTING = "合起来的记录互相矛盾，没有合并。请换一种选法，或者先改正其中一条。"


class MergeRefused(Exception):
    """The two cannot be made one (or two again) now; the message says what to do."""


@transaction.atomic
def merge(one, other, *, choices, seen, by):
    """Make the records with these two keys one and return the MergeRecord.

    `choices` maps the key of each question to the key of the person whose word holds (what is proposed holds where
    none is given), `seen` is Comparison.seen() of the page that was read. Raises PermissionDenied outside the user's
    reach, MergeRefused with words.
    """
    sides = Comparison(*_locked(one, other))
    if not may_settle(by, sides.one, sides.other):
        raise PermissionDenied
    if sides.seen() != seen:
        raise MergeRefused(CHANGED)
    for problem in sides.problems():
        raise MergeRefused(problem)
    chosen = {line.key: _chosen(line, choices) for line in sides.lines()}
    record = MergeRecord(
        kept=sides.keep,
        dropped=sides.drop.pk,
        name=sides.keep.name,
        town=sides.keep.town,
        community_id=Places.of(one, other).home_of(one, other),
        merged_by=by,
        merged_at=timezone.now(),
    )
    told = _told(sides, chosen)
    before = as_text(touched := _touched(sides))
    try:
        with transaction.atomic():
            made = _join(sides, chosen)
    except IntegrityError as clash:
        raise MergeRefused(CONTRADICTING) from clash
    places.refresh([sides.keep.pk])
    made = [key_of(row) for row in made]
    after = digests(standing([*map(key_of, touched), *made]).values())
    image = {"before": before, "after": after, "made": made}
    record.image = _sealed(image, record)
    record.save()
    trail.record("members.merged", sides.keep, by=by, changes=told)
    return record


def _locked(one, other):
    """The two people with their memberships, locked in one order, so that two merges never wait for each other."""
    people = list(Person.objects.select_for_update(of=("self",)).filter(pk__in=[one, other]).order_by("pk"))
    if len(people) != 2:
        raise MergeRefused(GONE)
    for member in Member.objects.select_for_update(of=("self",)).filter(pk__in=[one, other]).order_by("pk"):
        next(person for person in people if person.pk == member.pk).member = member
    return people


def _chosen(line, choices):
    answer = choices.get(line.key, line.proposed)
    if answer not in {pk for pk, _ in line.options}:
        raise MergeRefused(f"请选定“{line.label}”以哪一条为准。")
    return answer


def _told(sides, chosen):
    """What the trail keeps: who became whom, how much went over, and which facts of the kept record changed."""
    changes = {"合并掉的编号": ("", sides.drop.pk), "移过来的记录": ("", sides.moved_words)}
    secret = {item.label for item in (*OF_PERSON, *OF_MEMBER) if item.secret}
    for line in sides.lines():
        words = dict(line.options)
        if chosen[line.key] != sides.keep.pk:
            pair = (words[sides.keep.pk], words[chosen[line.key]])
            changes[line.label] = ("", "已变更") if line.label in secret else pair
    return changes


def _touched(sides):
    """Every row that the merge may change or remove. The order is the one in which undo() writes them back: the kept
    person first, because that frees what is unique, then what belonged to the dropped one, the kept one's own last."""
    rows = [sides.keep, sides.drop, *sides.members]
    rows += [*Placement.objects.filter(member=sides.drop.pk), *sides.moving]
    rows += [*Placement.objects.filter(member=sides.keep.pk), *(clash.kept for clash in sides.clashes)]
    rows += _words_about(sides.drop)
    return list({key_of(row): row for row in rows}.values())


def _words_about(person):
    return [*NotSame.objects.filter(one=person.pk), *NotSame.objects.filter(other=person.pk)]


def _join(sides, chosen):
    """Move, choose, drop; returns the rows newly made."""
    keep, drop = sides.keep, sides.drop
    contradicted = {reason for member in sides.members for reason in _contradictions(member.person, member)}
    number = _number_of_drop(sides, chosen)
    for clash in sides.clashes:
        loser = clash.kept if chosen[clash.key] == drop.pk else clash.dropped
        type(loser)._base_manager.filter(pk=loser.pk).delete()
    for field in moved_fields():
        rows_of(field, drop).update(**{field.attname: keep.pk})
    _move_words(sides)
    made = _join_members(sides, chosen) if len(sides.members) == 2 else []
    _take_over(OF_PERSON, keep, drop, chosen)
    keep.user = sides.account
    Person.objects.filter(pk=drop.pk).delete()
    if number:
        keep.set_id_number(number)
    keep.save()
    for member in sides.members[:1]:
        member.person = keep
        member.save()
        for reason in _contradictions(keep, member):
            if reason not in contradicted:
                raise MergeRefused(reason)
    return made


def _take_over(items, keep, drop, chosen):
    for item in items:
        if chosen.get(item.key) == drop.pk:
            for column in item.columns:
                setattr(keep, column, getattr(drop, column))


def _number_of_drop(sides, chosen):
    """The dropped record's ID number in clear where it is the one to stand: it is sealed anew for the kept person."""
    if chosen.get("id_number") != sides.drop.pk:
        return ""
    try:
        return sides.drop.id_number()
    except sealing.CannotOpen as fault:
        raise MergeRefused("登记的公民身份号码用现有密钥打不开，请系统管理员核对以后再合并。") from fault


def _move_words(sides):
    """“不是同一个人” said of the dropped person holds for the kept one; said of these two it is taken back."""
    for row in _words_about(sides.drop):
        third = row.other_id if row.one_id == sides.drop.pk else row.one_id
        one, other = sorted((sides.keep.pk, third))
        if one == other or NotSame.objects.filter(one=one, other=other).exists():
            row.delete()
        else:
            row.one_id, row.other_id = one, other
            row.save(update_fields=["one", "other"])


def _join_members(sides, chosen):
    """One membership with the history of both; returns the placements newly made.

    The chosen side's placements stand as they are; of the other side's stays what lies outside their time, so that
    nobody sits in two branches on one day.
    """
    keep, drop = sides.members
    standing = chosen.get("standing", keep.pk)
    loser = keep if standing == drop.pk else drop
    winners = list(Placement.objects.filter(member=standing))
    agreed = OF_MEMBER[0].value(keep) == OF_MEMBER[0].value(drop)
    made = []
    for row in Placement.objects.filter(member=loser.pk):
        pieces = without(row, winners, until=None if agreed else timezone.localdate() - timedelta(days=1))
        made += _cut(row, pieces)
    Placement.objects.filter(member=drop.pk).update(member=keep.pk)
    _take_over(OF_MEMBER, keep, drop, chosen)
    keep.version = max(keep.version, drop.version) + 1
    Member.objects.filter(pk=drop.pk).delete()
    return made


def _cut(row, pieces):
    """Leave these pieces of a placement; returns the rows made for the second piece and the further ones."""
    if not pieces:
        row.delete()
        return []
    first, *others = pieces
    made = []
    for starts_on, ends_on in others:
        piece = Placement.objects.get(pk=row.pk)
        piece.pk, piece.starts_on, piece.starts_precision, piece.ends_on = None, starts_on, "d", ends_on
        made.append(piece)
    if row.starts_on != first[0]:
        row.starts_precision = "d"
    row.starts_on, row.ends_on = first
    row.save()
    for piece in made:
        piece.save(force_insert=True)
    return made


def _contradictions(person, member):
    """What this record says that cannot be true together."""
    facts = ("stage", "relation", "branch_id", "joined_on", "joined_precision", "full_on")
    values = {name: getattr(member, name) for name in facts}
    found = [
        reason
        for _, reason in contradictions(values | {"birth_date": person.birth_date, "today": timezone.localdate()})
    ]
    number = _number_at_hand(person)
    if number and person.birth_date and person.birth_date != birth_date_of(number):
        found.append("出生日期和公民身份号码对不上，请选同一条记录的。")
    if number and person.sex and person.sex != sex_of(number):
        found.append("性别和公民身份号码对不上，请选同一条记录的。")
    return found


def _number_at_hand(person):
    try:
        return person.id_number()
    except sealing.CannotOpen:
        return ""


def to_undo(user):
    """The merges of the last thirty days that this user may take back."""
    fresh = MergeRecord.objects.filter(merged_at__gte=timezone.now() - KEPT_FOR)
    return fresh.within(user.reach_as(*ROSTER_KEEPERS))


@transaction.atomic
def undo(record, *, by):
    """Make two again of what was merged: every row as it was before. Returns the person who is back.

    Raises MergeRefused when anything of it was changed since, naming it, or when the thirty days are over.
    """
    record = to_undo(by).select_for_update(of=("self",)).filter(pk=record.pk).first()
    if record is None:
        raise MergeRefused("这次合并已经撤销，或者过了三十天，不能再撤销。")
    image = _opened(record)
    rows = from_text(image["before"])
    _refuse_if_touched(image, [row.object for row in rows])
    try:
        with transaction.atomic():
            _write_back(image, rows)
    except IntegrityError as clash:
        raise MergeRefused("合并以后又登记了和原来冲突的内容，不能撤销。") from clash
    places.refresh([record.kept_id, record.dropped])
    record.delete()
    back = Person.objects.get(pk=record.dropped)
    trail.record("members.merge_undone", record.kept, by=by, changes={"合并掉的编号": (record.dropped, "")})
    return back


def _place(record):
    return f"members.MergeRecord.image:{record.uuid}"


def _sealed(image, record):
    return base64.b64encode(sealing.seal(json.dumps(image, ensure_ascii=False).encode(), _place(record))).decode()


def _opened(record):
    try:
        return json.loads(sealing.unseal(base64.b64decode(record.image), _place(record)))
    except sealing.CannotOpen as fault:
        raise MergeRefused("合并前的内容用现有密钥打不开，请系统管理员核对。") from fault


def _refuse_if_touched(image, rows):
    """All rows have to be as the merge left them, and those it removed still away."""
    before = {key_of(row): row for row in rows}
    found = digests(standing({*before, *image["after"]}).values())
    touched = [key for key in {**before, **image["after"]} if found.get(key) != image["after"].get(key)]
    if touched:
        named = (
            f"{before[key]._meta.verbose_name}（{before[key]}）" if key in before else "党员归属" for key in touched
        )
        raise MergeRefused(f"合并以后又改过，不能撤销：{'、'.join(dict.fromkeys(named))}。")


def _write_back(image, rows):
    """The people first, because the others point at them; what the merge had removed last, because only then is its
    place free."""
    kept = standing(image["after"])
    for key in image["made"]:
        kept[key].delete()
    ordered = sorted(
        rows, key=lambda row: (not isinstance(row.object, Person | Member), key_of(row.object) not in kept)
    )
    for row in ordered:
        if isinstance(row.object, Member) and key_of(row.object) in kept:
            row.object.version = kept[key_of(row.object)].version + 1
        row.save()


def forget_expired():
    """Remove the before-images after thirty days; the trail keeps that there was a merge."""
    MergeRecord.objects.filter(merged_at__lt=timezone.now() - KEPT_FOR).delete()
