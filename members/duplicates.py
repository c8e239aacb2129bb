"""可能重复的人: who may be on record twice, and who was told apart by somebody who knows them (P-11, P-12, R-231)."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import date
from itertools import combinations
from typing import NamedTuple

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import Count, Q
from django.utils import timezone

from accounts.roles import ROSTER_KEEPERS
from members.matching import Facts
from members.models import NotSame, Person, PersonPlace
from office.areas.prepared import prepared
from office.audit import trail

# 哪些相同之处说明可能是同一个人；只是同名不算（N-13）。
SIGNS = {
    "name_birthday": "同名同生日",
    "name_phone": "同名同电话",
    "name_compound": "同名，在同一个小区",
    "phone_alike": "电话相同，姓名相近",
}
PHONE_OF_ONE = 5  # 更多人写同一个电话的，是单位或社区的电话，认不出人


class Known(NamedTuple):
    """What tells one person on record from another."""

    pk: int
    name: str
    strokes: str
    sex: str
    born: date | None
    phone: str
    fingerprint: str | None
    member_community: int | None

    @property
    def facts(self):
        return Facts(self.fingerprint, self.phone, self.born)


COLUMNS = ("pk", "name", "strokes", "sex", "birth_date", "phone", "id_fingerprint", "member__community_id")


@dataclass(frozen=True)
class Pair:
    """Two people who may be one, and why. `settled_here`: the reader may merge them or tell them apart."""

    one: Known
    other: Known
    signs: tuple
    settled_here: bool
    shown: tuple  # of (one, other): whether the reader may know of them

    @property
    def position(self):
        return self.one.strokes, self.one.pk, self.other.pk

    @property
    def why(self):
        return "、".join(SIGNS[sign] for sign in self.signs)


class Places:
    """The communities and compounds from which people are seen, of (person, community, compound) rows."""

    def __init__(self, rows):
        self.communities, self.compounds = defaultdict(set), defaultdict(set)
        for person, community, compound in rows:
            if community:
                self.communities[person].add(community)
            if compound:
                self.compounds[person].add(compound)

    @classmethod
    def of(cls, *people):
        rows = PersonPlace.objects.filter(person__in=people)
        return cls(rows.values_list("person_id", "community_id", "compound_id"))

    def all_in(self, communities, *people):
        """Whether nobody outside these communities has anything to do with the people."""
        return all(self.communities[pk] and self.communities[pk] <= communities for pk in people)

    def home_of(self, *people):
        """The one community to which all of these people belong, or None."""
        homes = set().union(*(self.communities[pk] for pk in people))
        return next(iter(homes)) if len(homes) == 1 and all(self.communities[pk] for pk in people) else None


def signs_of(one, other, places):
    """Why these two may be one person, as keys of SIGNS; nothing where they are certainly two."""
    if one.facts.differ_from(other.facts):
        return ()
    same_name = one.name == other.name
    same_phone = bool(one.phone) and one.phone == other.phone
    other_sex = bool(one.sex and other.sex and one.sex != other.sex)
    signs = {
        "name_birthday": same_name and one.born is not None and one.born == other.born,
        "name_phone": same_name and same_phone,
        "name_compound": same_name and not other_sex and places.compounds[one.pk] & places.compounds[other.pk],
        "phone_alike": same_phone and not same_name and not other_sex and set(one.name) & set(other.name),
    }
    return tuple(sign for sign, found in signs.items() if found)


def pairs(user):
    """Every pair that the user should look at, in 姓氏笔画 order, without those told apart; two queries.

    镇党建办 sees the town's; a community's keepers those with at least one of their own people. Of somebody who
    belongs elsewhere only that there is such a person may show.
    """
    reach = user.reach_as(*ROSTER_KEEPERS)
    if not reach:
        return []
    people, places = _sharing(user.town_id)
    told_apart = {(one, other): keys.split(",") for one, other, keys in _told_apart(user.town_id)}
    found = []
    for one, other in _candidates(people):
        signs = signs_of(one, other, places)
        if set(signs) <= set(told_apart.get((one.pk, other.pk), ())):
            continue
        shown = tuple(_own(person, places, reach, user.town_id) for person in (one, other))
        if any(shown):
            here = user.town_id in reach.towns or places.all_in(reach.communities, one.pk, other.pk)
            found.append(Pair(one, other, signs, here, shown))
    return sorted(found, key=lambda pair: pair.position)


def to_settle(user):
    """How many pairs wait for this user's word."""
    return sum(pair.settled_here for pair in pairs(user))


def _sharing(town):
    """Those of the town whose name or telephone somebody else of it has too, and their places; one query.

    Who that is the database tells from the indexes of names and of telephones.
    """
    known, places = {}, []
    for *facts, community, compound in _alike(town):
        known[facts[0]] = facts
        places.append((facts[0], community, compound))
    return [Known(*facts) for facts in known.values()], Places(places)


@prepared
def _alike(town):
    people = Person.objects.filter(town=town)
    shared = Q(name__in=_twice(people, "name")) | Q(phone__in=_twice(people.exclude(phone=""), "phone"))
    return people.filter(shared).order_by("pk").values_list(*COLUMNS, "places__community", "places__compound")


def _twice(people, column):
    return people.order_by().values(column).annotate(times=Count("pk")).filter(times__gt=1).values(column)


@prepared
def _told_apart(town):
    return NotSame.objects.filter(town=town).values_list("one_id", "other_id", "keys")


def _candidates(people):
    """Each two of a name and each two of a telephone, the older record first, every pair once."""
    named, phoned = defaultdict(list), defaultdict(list)
    for person in people:
        named[person.name].append(person)
        phoned[person.phone].append(person)
    phones = [group for phone, group in phoned.items() if phone and len(group) <= PHONE_OF_ONE]
    groups = [*named.values(), *phones]
    return {(one.pk, other.pk): (one, other) for group in groups for one, other in combinations(group, 2)}.values()


def _own(person, places, reach, town):
    """A member belongs where the membership is; somebody who is no member wherever a place says (architecture §3)."""
    if town in reach.towns:
        return True
    if person.member_community:
        return person.member_community in reach.communities
    return bool(places.communities[person.pk] & reach.communities)


def may_settle(user, one, other):
    """Whether the user may say of these two Persons whether they are one: 镇党建办 of their town, and the keepers of a
    community where both belong with everything they are."""
    reach = user.reach_as(*ROSTER_KEEPERS)
    if one.town_id != other.town_id or one.pk == other.pk:
        return False
    return one.town_id in reach.towns or Places.of(one.pk, other.pk).all_in(reach.communities, one.pk, other.pk)


@transaction.atomic
def tell_apart(one, other, *, reason="", by):
    """Remember that these are two people; twice changes nothing but the signs known by then.

    Raises PermissionDenied outside the user's own reach.
    """
    if not may_settle(by, one, other):
        raise PermissionDenied
    one, other = sorted((one, other), key=lambda person: person.pk)
    places = Places.of(one.pk, other.pk)
    kept, new = NotSame.objects.update_or_create(
        one=one,
        other=other,
        defaults={
            "town": one.town,
            "community_id": places.home_of(one.pk, other.pk),
            "keys": ",".join(signs_of(_known(one), _known(other), places)),
            "reason": reason,
            "told_by": by,
            "told_at": timezone.now(),
        },
    )
    if new:
        trail.record("members.told_apart", kept, by=by, reason=reason)
    return kept


@transaction.atomic
def forget(kept, *, by):
    """Take the word back: the two are asked about again."""
    kept = NotSame.objects.select_for_update(of=("self",)).filter(pk=kept.pk).select_related("one", "other").first()
    if kept is not None:
        NotSame.objects.filter(pk=kept.pk).delete()
        trail.record("members.told_apart_undone", kept, by=by)


def _known(person):
    return Known(*Person.objects.filter(pk=person.pk).values_list(*COLUMNS).get())
