"""Who is meant by a line of a roster: by ID number, else by name and telephone; never by name alone (R-231, N-13)."""

from contextlib import contextmanager
from datetime import date
from typing import NamedTuple

from django.db.models import Q

from members.models import Member, Person, PersonPlace
from office.chinese.dates import cn_date
from office.chinese.masking import mask_phone

HOW_TO_TELL = "请填公民身份号码，或填手机（系统里有电话的，要和系统里的一致）。"
UNKNOWN_KEY = "本社区的名册里没有这个系统编号，请核对；不知道的请清空这一格，按姓名和电话认。"
DECEASED = "系统里这个人登记为已去世，请核对。"
SAME, SKIP, TRANSFER = "same", "skip", "transfer"
MOST_NAMESAKES = 3  # more than these nobody tells apart from a list
ANOTHER = "是另一个人，另外建档"
LATER = "按回答先不导入这一行。"


class Refused(Exception):
    """(column key, message): a line that cannot be taken."""


class Open(Exception):
    """A question has been asked about the line; without its answer nothing can be said."""


class Aside(Exception):
    """Somebody answered that the line is not to be imported now; the message says why."""


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
    """Everybody on record who could be meant by the lines of one file, found in a fixed number of queries."""

    def __init__(self, community, entries):
        names = {entry.name for entry in entries if entry.name}
        prints = {entry.fingerprint for entry in entries if entry.fingerprint}
        town = Person.objects.filter(town=community.town_id).select_related("member")
        town = town.prefetch_related("member__branch")
        found = {}
        # 两次分别查：每一次的参数都不超过一张表最多的行数。
        for condition in (Q(name__in=names), Q(id_fingerprint__in=prints)):
            found |= {person.pk: person for person in town.filter(condition)}
        people = [found[pk] for pk in sorted(found)]
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


def keyed(community, keys):
    """{row: Person} of the members of this community whom the 系统编号 of the rows name; one query."""
    members = Person.objects.filter(pk__in=set(keys.values()), member__community=community).select_related("member")
    people = {person.pk: person for person in members}
    return {row: people[pk] for row, pk in keys.items() if pk in people}


def identify(entries, register, *, lines, agrees):
    """The people meant, as {row: Person, or None for somebody new}; what cannot be decided is told to `lines`.

    `lines` (an Understanding) takes faults, questions and what is put aside; `agrees(entry, person)` tells whether the
    line would change nothing.
    """
    meant, unknown = {}, []
    for entry in _once_in_the_file(entries, lines):
        with _told_to(lines, entry):
            person = _by_key(entry, register, lines)
            if person is None:
                unknown.append(entry)
            else:
                meant[entry.row] = person
    _by_name(unknown, register, meant, lines, agrees)
    return _one_line_each(meant, lines.fault)


@contextmanager
def _told_to(lines, entry):
    """What keeps the line from being taken goes where it is shown."""
    try:
        yield
    except Refused as refused:
        lines.fault(entry.row, *refused.args)
    except Aside as later:
        lines.aside[entry.row] = str(later)
    except Open:
        pass


def _once_in_the_file(entries, lines):
    """The named entries without those whose key stands in the file twice; those are told with the other rows."""
    by_key, by_number, by_phone = {}, {}, {}
    for entry in entries:
        if entry.key:
            by_key.setdefault(entry.key, []).append(entry)
        if entry.fingerprint:
            by_number.setdefault(entry.fingerprint, []).append(entry)
        if entry.name and entry.phone:
            by_phone.setdefault((entry.name, entry.phone), []).append(entry)
    doubled = {}
    for same in by_phone.values():
        # 同名同电话而号码各不相同的，是两个人共用一个电话。
        if not _keys_tell_apart(same) and not _numbers_tell_apart(same):
            doubled.update({entry.row: ("phone", "姓名和电话", same) for entry in same})
    for same_keys, key, what in ((by_number, "id_number", "公民身份号码"), (by_key, "key", "系统编号")):
        for same in same_keys.values():
            if len(same) > 1:
                doubled.update({entry.row: (key, what, same) for entry in same})
    for row, (key, what, same) in doubled.items():
        lines.fault(row, key, f"和第 {_rows_but(row, same)} 行的{what}相同，同一个人只写一行。")
    return [entry for entry in entries if entry.row not in doubled and entry.name]


def _numbers_tell_apart(entries):
    numbers = {entry.fingerprint for entry in entries}
    return len(entries) == 1 or (len(numbers) == len(entries) and None not in numbers)


def _keys_tell_apart(entries):
    keys = {entry.key for entry in entries}
    return len(keys) == len(entries) and None not in keys


def _by_key(entry, register, lines):
    """The one person with this 系统编号, else this ID number, else this name and telephone; None if there is nobody."""
    person = _with_own_key(entry, register, lines) or register.with_number(entry) or _with_phone(entry, register)
    if person is None:
        return None
    if register.is_elsewhere(person):
        _ask_elsewhere(entry, lines)
    member = membership_of(person)
    if member and member.status == Member.Status.DECEASED:
        raise Refused("name", DECEASED)
    if not set(person.name) & set(entry.name):
        _ask_renamed(entry, person, lines)
    return person


def _with_own_key(entry, register, lines):
    if not entry.key:
        return None
    other = register.with_number(entry)
    if other and other.pk != entry.key:
        raise Refused("id_number", "这个公民身份号码在系统里登记的是另一个人，请核对号码和系统编号。")
    return lines.known[entry.row]


def _ask_elsewhere(entry, lines):
    """Somebody on another community's register is moved by a transfer, never by a roster."""
    told = ("elsewhere", entry.fingerprint or "", entry.name, entry.phone)
    choices = [(SKIP, "先不导入这一行"), (TRANSFER, "先不导入，我来联系镇党建办办理划转")]
    question = f"“{entry.name}”已登记在本镇其他社区的名册里，不能重复登记。这一行怎么办？"
    answer = lines.ask(entry.row, told, question, choices)
    if not answer:
        raise Open
    raise Aside("已登记在其他社区，等办理划转。" if answer == TRANSFER else LATER)


def _ask_renamed(entry, person, lines):
    told = ("renamed", person.pk, entry.name)
    key = "系统编号" if entry.key else "公民身份号码"
    choices = [(SAME, f"是同一个人，姓名改成“{entry.name}”"), (SKIP, f"不是，{key}写错了，先不导入这一行")]
    question = f"这一行的{key}在系统里登记的是“{person.name}”，表里写的是“{entry.name}”。是同一个人吗？"
    answer = lines.ask(entry.row, told, question, choices)
    if not answer:
        raise Open
    if answer == SKIP:
        raise Aside(LATER)


def _with_phone(entry, register):
    found = register.with_name_and_phone(entry)
    if entry.fingerprint and any(person.id_fingerprint for person in found):
        raise Refused("id_number", "系统里同名同电话的人登记的是另一个公民身份号码，请核对号码和电话。")
    if len(found) > 1:
        raise Refused("name", "系统里有两个同名同电话的人，请填公民身份号码来分清。")
    return found[0] if found else None


def _by_name(unknown, register, meant, lines, agrees):
    """Lines whose key is new or missing: somebody new, unless one of the name here could be the same person."""
    taken = {person.pk for person in meant.values()}
    namesakes = {}
    for entry in unknown:
        namesakes.setdefault(entry.name, []).append(entry)
    for entry in unknown:
        with _told_to(lines, entry):
            _tell_from_lines(entry, namesakes[entry.name])
            free = [person for person in register.namesakes_here(entry.name) if person.pk not in taken]
            person = _among_namesakes(entry, free, lines, agrees)
            if person and membership_of(person) and membership_of(person).status == Member.Status.DECEASED:
                raise Refused("name", DECEASED)
            meant[entry.row] = person


def _tell_from_lines(entry, lines):
    facts = Facts.of_line(entry)
    same = [line for line in lines if line is not entry and not facts.differ_from(Facts.of_line(line))]
    if same:
        rows = "、".join(str(line.row) for line in same)
        raise Refused("name", f"第 {rows} 行也是“{entry.name}”，分不清是不是同一个人。{HOW_TO_TELL}")


def _among_namesakes(entry, people, lines, agrees):
    """The one person of the name who is meant, or None for somebody new; asks when it cannot be told."""
    facts = Facts.of_line(entry)
    possible = [person for person in people if not facts.differ_from(Facts.of_person(person))]
    same_birthday = [person for person in possible if facts.born and person.birth_date == facts.born]
    if len(same_birthday) == 1:
        return same_birthday[0]
    if not possible:
        return None
    told = ("namesake", entry.name, *facts)
    others = _ruled_out(lines.remembered(told))
    left = [person for person in possible if person.pk not in others]
    if not left:
        # 回答过“是另一个人”：照办，但仍列出来，可以改。
        lines.ask(entry.row, told, _namesake_question(entry), [*map(_choice, possible), (_not(others), ANOTHER)])
        return None
    if len(left) == 1 and _has_no_key(left[0]) and (agrees(entry, left[0]) or _same_home(entry, left[0])):
        return left[0]
    return _ask_namesakes(entry, told, left, others, lines)


def _ruled_out(answer):
    """The people somebody said are not meant: not12-15."""
    return {int(pk) for pk in answer.removeprefix("not").split("-")} if answer.startswith("not") else set()


def _not(people):
    return "not" + "-".join(str(pk) for pk in sorted(people))


def _ask_namesakes(entry, told, people, others, lines):
    if len(people) > MOST_NAMESAKES:
        raise Refused("name", f"本社区有 {len(people)} 个“{entry.name}”，分不清是哪一个。{HOW_TO_TELL}")
    another = _not(others | {person.pk for person in people})
    choices = [*map(_choice, people), (another, ANOTHER)]
    answer = lines.ask(entry.row, told, _namesake_question(entry), choices)
    if not answer:
        raise Open
    return next(person for person in people if str(person.pk) == answer)


def _namesake_question(entry):
    return f"本社区已有同名的“{entry.name}”。表里这一位是不是同一个人？"


def _choice(person):
    """是同一个人（电话 138****8000，1960年5月生，湖畔党支部）: what tells one namesake from another."""
    member = membership_of(person)
    facts = [
        f"电话 {mask_phone(person.phone)}" if person.phone else "没有登记电话",
        f"{cn_date(person.birth_date, 'm')}生" if person.birth_date else "",
        member.branch.short_name if member and member.branch_id else "",
    ]
    return str(person.pk), f"是同一个人（{'，'.join(filter(None, facts))}）"


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
