"""七有 of a branch in one year: what is asked, what is on record, and recording it (R-501…R-516, N-27).

The seven items are columns of Venue; door plates, the notice board and what hangs on the wall are VenueDetail rows.
None of those is ever counted (R-512, R-513).
"""

from dataclasses import dataclass
from datetime import date

from django.db import IntegrityError, transaction

from branches.models import Room, Venue, VenueDetail
from office.audit import trail
from office.rulebook.towns import town_rules

YES, NO, NOT_APPLICABLE, UNRECORDED = "yes", "no", "na", ""
STATES = {YES: "有", NO: "没有", NOT_APPLICABLE: "不适用", UNRECORDED: "未记录"}
SEVEN = dict(Venue.ITEMS)
PLATES, BOARD = "plates", "board"
HINTS = {
    "place": "有固定的活动室，或者和别的单位共用。",
    "facilities": "桌椅够开会用。",
    "signs": "有党徽标志，看得出是党员活动室。",
    "flag": "挂规范的党旗，长宽比3:2，例如144×96厘米。",
    "oath": "入党誓词看得到。",
    "books": "有党报党刊和学习书籍。",
    "systems": "有“三会一课”等制度；写在纸上、放在电子屏上都算。",
    PLATES: "党组织和活动室的门牌挂得规范。",
    BOARD: "有条件的才设，没有的不算缺项。",
}
STALE = "刚才有人改过这个支部的七有。您填的还在，请对照现在的情况再保存一次。"


class Stale(ValueError):
    """Somebody was quicker; the message says so in Chinese."""


@dataclass(frozen=True)
class Item:
    """One line of the sheet. `counts` is true of the seven only."""

    key: str
    label: str
    hint: str = ""
    counts: bool = False


@dataclass(frozen=True)
class Answer:
    """What is said of one item: a key of STATES, a note, and by when what is missing will be there."""

    state: str = UNRECORDED
    note: str = ""
    plan_on: date | None = None

    @property
    def words(self):
        return STATES[self.state]


@dataclass(frozen=True)
class Sheet:
    """The venue of one branch in one year as it is on record; version 0 where nothing is."""

    venue: Venue | None
    answers: dict
    photos: dict  # item → VenueDetail

    @property
    def version(self):
        return self.venue.version if self.venue else 0


@dataclass(frozen=True)
class Asked:
    """The lines of a town's sheet on a day; `walls` is empty where the town lists no wall items (C-4)."""

    seven: tuple[Item, ...]
    more: tuple[Item, ...]
    walls: tuple[Item, ...]

    @property
    def items(self):
        return self.seven + self.more + self.walls


def asked(town_id, day):
    """What is asked in the town that day; one query."""
    rules = town_rules(town_id, ["wall_items", "wall_display"], day)
    hidden = rules["wall_display"].value == "hidden"
    words = () if hidden else rules["wall_items"].value
    return Asked(
        seven=tuple(Item(key, label, HINTS[key], counts=True) for key, label in Venue.ITEMS),
        more=(Item(PLATES, "门牌", HINTS[PLATES]), Item(BOARD, "宣传栏", HINTS[BOARD])),
        walls=tuple(Item(f"wall_{number}", word) for number, word in enumerate(words, start=1)),
    )


def of_year(branch_id, year):
    """The Sheet of a branch; two queries."""
    venue = Venue.objects.filter(branch=branch_id, year=year).select_related("room").first()
    return of_venue(venue, {each.item: each for each in venue.details.all()} if venue else {})


def of_venue(venue, details):
    """The Sheet of a loaded venue (or None) with its details by item."""
    keys = {*SEVEN, *details}
    answers = {key: _answer(venue, key, details.get(key)) for key in keys} if venue else {}
    return Sheet(venue=venue, answers=answers, photos={key: row for key, row in details.items() if row.photo})


def _answer(venue, key, detail):
    has = getattr(venue, key) if key in SEVEN else detail.has
    state = {True: YES, False: NO, None: UNRECORDED}[has]
    if detail is None:
        return Answer(state)
    return Answer(state if detail.applies else NOT_APPLICABLE, detail.note, detail.plan_on)


def years_of(branch_id, this_year):
    """The years with a record, latest first, this year among them."""
    recorded = set(Venue.objects.filter(branch=branch_id).values_list("year", flat=True))
    return sorted(recorded | {this_year}, reverse=True)


def rooms_for(branch):
    """The rooms a branch may meet in: those of its community that are in use."""
    return Room.objects.filter(community=branch.community_id, closed_on=None).order_by("kind", "name")


@transaction.atomic
def save(branch, year, facts, *, version, day, by):
    """Keep what was found of a branch's venue on `day`: facts are address, room and answers {item: Answer}.

    Items that `answers` does not name stay as they are. Raises Stale when the record is no longer the one with this
    version; ValueError for an item that does not apply without saying why.
    """
    venue = Venue.objects.select_for_update(of=("self",)).filter(branch=branch.pk, year=year).first()
    if (venue.version if venue else 0) != version:
        raise Stale(STALE)
    details = {each.item: each for each in venue.details.all()} if venue else {}
    before = of_venue(venue, details)
    changes = _place_changes(venue, facts) | _answer_changes(before.answers, facts["answers"], _labels(branch, day))
    venue = _write(venue or Venue(branch=branch.body, year=year, version=0), facts, day)
    for key, answer in facts["answers"].items():
        _keep_detail(venue, key, answer, details.get(key))
    trail.record("branches.venue_saved", venue, by=by, changes=changes)
    return venue


def _write(venue, facts, day):
    venue.address, venue.room, venue.checked_on = facts["address"], facts["room"], day
    for key in SEVEN:
        if key in facts["answers"]:
            setattr(venue, key, _has(facts["answers"][key]))
    venue.version += 1
    try:
        with transaction.atomic():
            venue.save()
    except IntegrityError as twice:
        raise Stale(STALE) from twice
    return venue


def _has(answer):
    return {YES: True, NO: False}.get(answer.state)


def _keep_detail(venue, key, answer, detail):
    applies = answer.state != NOT_APPLICABLE
    if not applies and not answer.note:
        raise ValueError(f"{key}不适用要写理由")
    has = None if key in SEVEN else _has(answer)
    plan_on = answer.plan_on if answer.state == NO else None
    photo = detail.photo if detail else ""
    if applies and not answer.note and plan_on is None and has is None and not photo:
        if detail:
            detail.delete()
        return
    detail = detail or VenueDetail(venue=venue, item=key)
    detail.has, detail.applies, detail.note, detail.plan_on = has, applies, answer.note, plan_on
    detail.save()


def _labels(branch, day):
    return {item.key: item.label for item in asked(branch.town_id, day).items}


def _place_changes(venue, facts):
    was = (venue.address, venue.room) if venue else ("", None)
    pairs = {"地点": (was[0], facts["address"]), "所在场所": (str(was[1] or ""), str(facts["room"] or ""))}
    return {label: pair for label, pair in pairs.items() if pair[0] != pair[1]}


def _answer_changes(before, after, labels):
    changes = {}
    for key, answer in after.items():
        was = before.get(key, Answer())
        if _told(was) != _told(answer):
            changes[labels.get(key, key)] = _told(was), _told(answer)
    return changes


def _told(answer):
    plan = f"计划{answer.plan_on.isoformat()}" if answer.plan_on and answer.state == NO else ""
    return "；".join(filter(None, (answer.words, answer.note, plan)))
