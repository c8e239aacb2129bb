"""Who is meant by a line of a roster: by ID number, else by name and telephone; never by name alone (R-231, N-13)."""

from datetime import date
from typing import NamedTuple

from django.db.models import Q

from members.models import Member, Person, PersonPlace
from office.chinese.masking import mask_phone

ELSEWHERE = "这个人已登记在本镇其他社区的名册里，不能重复登记。请联系镇党建办核对后办理划转。"
HOW_TO_TELL = "请填公民身份号码，或填手机（系统里有电话的，要和系统里的一致）。"


class Refused(Exception):
    """(column key, message): a line that cannot be taken."""


class Facts(NamedTuple):
    """What tells one person from another of the same name."""

    fingerprint: str | None
    phone: str
    born: date | None

    @classmethod
    def of_line(cls, entry):
        return cls(entry.fingerprint, entry.phone, entry.person.get("birth_date") or entry.implied.get("birth_date"))

    @classmethod
    def of_person(cls, person):
        return cls(person.id_fingerprint, person.phone, person.birth_date)

    def differ_from(self, other):
        """Whether these are certainly two people: another ID number, another birthday, another telephone.

        People change telephones, not birthdays: the same birthday outweighs another telephone.
        """
        for mine, yours in ((self.fingerprint, other.fingerprint), (self.born, other.born)):
            if mine and yours and mine != yours:
                return True
        same_birthday = self.born and self.born == other.born
        return bool(self.phone and other.phone and self.phone != other.phone and not same_birthday)


class Register:
    """Everybody on record who could be meant by the lines of one file, found in two queries."""

    def __init__(self, community, entries):
        names = {entry.name for entry in entries if entry.name}
        prints = {entry.fingerprint for entry in entries if entry.fingerprint}
        people = list(
            Person.objects.filter(town=community.town_id)
            .filter(Q(name__in=names) | Q(id_fingerprint__in=prints))
            .select_related("member")
            .order_by("pk")
        )
        self.community = community
        loose = [person.pk for person in people if membership_of(person) is None]
        self._here = set(
            PersonPlace.objects.filter(person__in=loose, community=community).values_list("person_id", flat=True)
        )
        self._by_fingerprint = {person.id_fingerprint: person for person in people if person.id_fingerprint}
        self._by_name = {}
        for person in people:
            self._by_name.setdefault(person.name, []).append(person)

    def with_number(self, entry):
        return self._by_fingerprint.get(entry.fingerprint) if entry.fingerprint else None

    def with_name_and_phone(self, entry):
        named = self._by_name.get(entry.name, ()) if entry.phone else ()
        return [person for person in named if person.phone == entry.phone]

    def namesakes_here(self, name):
        """People of the name in this community, members or known by a post."""
        return [person for person in self._by_name.get(name, ()) if self._is_here(person)]

    def is_elsewhere(self, person):
        """Counted in another community of the town; who has left there is free to come."""
        member = membership_of(person)
        return bool(member and member.community_id != self.community.pk and member.status != Member.Status.LEFT)

    def _is_here(self, person):
        member = membership_of(person)
        return member.community_id == self.community.pk if member else person.pk in self._here


def membership_of(person):
    """The person's Member row, or None for somebody who is known but no member."""
    return getattr(person, "member", None)


def identify(entries, register, *, fault, agrees):
    """The people meant, as {row: Person, or None for somebody new}; a line that cannot be decided gets a fault.

    `fault(row, key, message)` takes a refusal; `agrees(entry, person)` tells whether the line would change nothing.
    """
    meant, unknown = {}, []
    for entry in _once_in_the_file(entries, fault):
        try:
            person = _by_key(entry, register)
        except Refused as refused:
            fault(entry.row, *refused.args)
            continue
        if person is None:
            unknown.append(entry)
        else:
            meant[entry.row] = person
    _by_name(unknown, register, meant, fault, agrees)
    return _one_line_each(meant, fault)


def _once_in_the_file(entries, fault):
    """The named entries without those whose key stands in the file twice; those are told with the other rows."""
    by_number, by_phone = {}, {}
    for entry in entries:
        if entry.fingerprint:
            by_number.setdefault(entry.fingerprint, []).append(entry)
        if entry.name and entry.phone:
            by_phone.setdefault((entry.name, entry.phone), []).append(entry)
    doubled = {}
    for same in by_phone.values():
        # 同名同电话而号码各不相同的，是两个人共用一个电话。
        if not _numbers_tell_apart(same):
            doubled.update({entry.row: ("phone", "姓名和电话", same) for entry in same})
    for same in by_number.values():
        if len(same) > 1:
            doubled.update({entry.row: ("id_number", "公民身份号码", same) for entry in same})
    for row, (key, what, same) in doubled.items():
        fault(row, key, f"和第 {_rows_but(row, same)} 行的{what}相同，同一个人只写一行。")
    return [entry for entry in entries if entry.row not in doubled and entry.name]


def _numbers_tell_apart(entries):
    numbers = {entry.fingerprint for entry in entries}
    return len(entries) == 1 or (len(numbers) == len(entries) and None not in numbers)


def _by_key(entry, register):
    """The one person with this ID number, else with this name and telephone; None if there is nobody."""
    person = register.with_number(entry) or _with_phone(entry, register)
    if person is None:
        return None
    if register.is_elsewhere(person):
        raise Refused("id_number" if entry.fingerprint else "name", ELSEWHERE)
    member = membership_of(person)
    if member and member.status == Member.Status.DECEASED:
        raise Refused("name", "系统里这个人登记为已去世，请核对。")
    if not set(person.name) & set(entry.name):
        raise Refused("name", f"这个公民身份号码在系统里登记的是“{person.name}”，请核对姓名和号码。")
    return person


def _with_phone(entry, register):
    found = register.with_name_and_phone(entry)
    if entry.fingerprint and any(person.id_fingerprint for person in found):
        raise Refused("id_number", "系统里同名同电话的人登记的是另一个公民身份号码，请核对号码和电话。")
    if len(found) > 1:
        raise Refused("name", "系统里有两个同名同电话的人，请填公民身份号码来分清。")
    return found[0] if found else None


def _by_name(unknown, register, meant, fault, agrees):
    """Lines whose key is new or missing: somebody new, unless one of the name here could be the same person."""
    taken = {person.pk for person in meant.values()}
    namesakes = {}
    for entry in unknown:
        namesakes.setdefault(entry.name, []).append(entry)
    for entry in unknown:
        try:
            _tell_from_lines(entry, namesakes[entry.name])
            free = [person for person in register.namesakes_here(entry.name) if person.pk not in taken]
            meant[entry.row] = _among_namesakes(entry, free, agrees)
        except Refused as refused:
            fault(entry.row, *refused.args)


def _tell_from_lines(entry, lines):
    facts = Facts.of_line(entry)
    same = [line for line in lines if line is not entry and not facts.differ_from(Facts.of_line(line))]
    if same:
        rows = "、".join(str(line.row) for line in same)
        raise Refused("name", f"第 {rows} 行也是“{entry.name}”，分不清是不是同一个人。{HOW_TO_TELL}")


def _among_namesakes(entry, people, agrees):
    """The one person of the name who is meant, or None for somebody new. Raises Refused when it cannot be told."""
    facts = Facts.of_line(entry)
    possible = [person for person in people if not facts.differ_from(Facts.of_person(person))]
    same_birthday = [person for person in possible if facts.born and person.birth_date == facts.born]
    if len(same_birthday) == 1:
        return same_birthday[0]
    if not possible:
        return None
    if (
        len(possible) == 1
        and _has_no_key(possible[0])
        and (agrees(entry, possible[0]) or _same_home(entry, possible[0]))
    ):
        return possible[0]
    phones = "、".join(mask_phone(person.phone) for person in possible if person.phone)
    known = f"（电话 {phones}）" if phones else ""
    raise Refused("name", f"本社区已有同名的“{entry.name}”{known}，分不清是不是同一个人。{HOW_TO_TELL}")


def _has_no_key(person):
    """Somebody recorded without number and telephone: then what else is known has to do, or nobody could ever add
    them, and the same file sent again would be refused."""
    return not person.id_fingerprint and not person.phone


def _same_home(entry, person):
    member = membership_of(person)
    if member is None:
        return False
    homes = (
        (entry.membership.get("branch_id"), member.branch_id),
        (entry.membership.get("home_compound_id"), member.home_compound_id),
    )
    return any(line and line == record for line, record in homes)


def _one_line_each(meant, fault):
    """Lines that turn out to mean the same person are all refused."""
    rows = {}
    for row, person in meant.items():
        if person is not None:
            rows.setdefault(person.pk, []).append(row)
    for same in rows.values():
        for row in same if len(same) > 1 else ():
            others = "、".join(str(other) for other in same if other != row)
            fault(row, "name", f"和第 {others} 行说的是同一个人，同一个人只写一行。")
            del meant[row]
    return meant


def _rows_but(row, entries):
    return "、".join(str(entry.row) for entry in entries if entry.row != row)
