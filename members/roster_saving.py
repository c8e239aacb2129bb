"""Saving a roster's lines, and putting back what they changed: everything set by set, whatever the number of lines."""

import uuid
from dataclasses import dataclass
from datetime import date, timedelta

from members import places
from members.matching import membership_of
from members.models import Member, Person, Placement
from office.areas.models import Community
from office.imports.kinds import Overtaken, in_slices
from office.imports.writing import write

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
PLACING = {"branch_id", "relation", "status", "community_id"}


@dataclass(slots=True)
class Change:
    """One line that makes or changes somebody: `known` is what was on record, `after` the values that change."""

    row: int
    person: Person | None
    known: dict
    after: dict
    id_number: str

    @property
    def is_new(self):
        return self.person is None

    @property
    def before(self):
        """What was on record of the values that change; nothing of somebody new."""
        return {} if self.is_new else {key: self.known.get(key) for key in self.after}

    @property
    def member(self):
        return membership_of(self.person) if self.person else None


def stored(person):
    """The person's values on record, by field."""
    values = {name: getattr(person, name) for name in PERSON_FIELDS}
    member = membership_of(person)
    if member:
        values.update({name: getattr(member, name) for name in MEMBER_FIELDS})
        values.update(status=member.status, community_id=member.community_id)
    return values


# --- Saving ------------------------------------------------------------------------------------------------------


def lock(town, community):
    """One import of a community at a time. Rows that merely point at the community are not held up."""
    Community.objects.select_for_update(no_key=True).get(pk=community.pk)


def save(changes, community, today):
    """Save the changes in the caller's transaction; the keys of the new people. Raises Overtaken."""
    _refuse_if_overtaken([change for change in changes if not change.is_new])
    new = []
    for some in in_slices(changes):
        people = _save_people(some, community)
        _save_members(some, people, community)
        _save_placements(some, people, community, today)
        places.refresh(person.pk for person in people.values())
        new += [people[change.row].pk for change in some if change.is_new]
    return new


def _refuse_if_overtaken(changes):
    """Hold the members' rows and compare: other deeds do not wait for the community's."""
    keys = [change.person.pk for change in changes]
    list(Member.objects.select_for_update().filter(pk__in=keys).order_by("pk").values_list("pk"))
    now = {person.pk: stored(person) for person in Person.objects.filter(pk__in=keys).select_related("member")}
    if any(now.get(change.person.pk) != change.known for change in changes):
        raise Overtaken


def _save_people(changes, community):
    """The people of all changed lines, by row."""
    people = {}
    for change in changes:
        person = change.person or Person(town_id=community.town_id)
        person.political_status = Person.Political.PARTY
        for name in PERSON_FIELDS:
            setattr(person, name, change.after.get(name, getattr(person, name)))
        if "id_number" in change.after:
            person.set_id_number(change.id_number)
        people[change.row] = person
    new = {person.uuid: person for person in people.values() if person.pk is None}
    write(list(new.values()))
    for own, pk in Person.objects.filter(uuid__in=new).values_list("uuid", "pk"):
        new[own].pk = pk
    written = (*PERSON_FIELDS, "strokes", "pinyin", "phone_tail", "political_status", "id_sealed", "id_fingerprint")
    write([people[change.row] for change in changes if not change.is_new], unique=["id"], update=written)
    return people


def _save_members(changes, people, community):
    members = []
    for change in changes:
        person = people[change.row]
        member = change.member or Member(person=person, version=0)
        member.person, member.community = person, community
        member.status = change.after.get("status", member.status)
        for name in MEMBER_FIELDS:
            setattr(member, name, change.after.get(name, getattr(member, name)))
        member.version += 1
        members.append(member)
    write(
        members,
        unique=["person"],
        update=(*MEMBER_FIELDS, "town", "community", "strokes", "status", "version"),
    )


def _save_placements(changes, people, community, today):
    """Open a placement for everybody new; close and open where branch, relation or community changed.

    When somebody came is not in the file, so a first record has no start (早已如此); a change holds from today.
    """
    placed = [change for change in changes if change.is_new or change.after.keys() & PLACING]
    ids = [change.person.pk for change in placed if not change.is_new]
    open_today = Placement.objects.filter(member__in=ids, ends_on=None)
    # 当天刚记的又改，是更正，不留一段“当天起、当天止”的经历。
    open_today.filter(starts_on=today).delete()
    open_today.update(ends_on=today - timedelta(days=1))
    rows = []
    for change in placed:
        member = people[change.row].member
        rows.append(
            Placement(
                member=member,
                community=community,
                branch_id=member.branch_id,
                relation=member.relation,
                starts_on=today if "status" in change.known else None,
                how=_how(member),
            )
        )
    write(rows)


def _how(member):
    registered = member.relation == Member.Relation.IN_SERVICE
    return Placement.How.REGISTERED if registered else Placement.How.RECORDED


# --- Taking back -------------------------------------------------------------------------------------------------


def images(keys):
    """{key: {person, member, placements}} as plain JSON data: every column but the version, which only goes on."""
    found = {}
    for row in Person.objects.filter(pk__in=keys).values():
        found[row["id"]] = {"person": _plain_row(row), "member": None, "placements": []}
    for row in Member.objects.filter(pk__in=keys).values():
        found[row["person_id"]]["member"] = _plain_row(row)
    for row in Placement.objects.filter(member__in=keys).order_by("pk").values():
        found[row["member_id"]]["placements"].append(_plain_row(row))
    return found


def _plain_row(row):
    return {column: _plain(value) for column, value in row.items() if column != "version"}


def _plain(value):
    return str(value) if isinstance(value, (date, uuid.UUID)) else value


def _row(model, columns):
    known = {f.attname: f for f in model._meta.concrete_fields}
    return model(**{name: known[name].to_python(value) for name, value in columns.items() if name in known})


def names(keys):
    return dict(Person.objects.filter(pk__in=keys).values_list("pk", "name"))


def take_back(new, before):
    """Remove the new people, and put the others back to their images; PersonPlace follows."""
    versions = dict(Member.objects.filter(pk__in=before).values_list("pk", "version"))
    no_members = [key for key, image in before.items() if image["member"] is None]
    Placement.objects.filter(member__in=[*new, *before]).delete()
    Member.objects.filter(pk__in=[*new, *no_members]).delete()
    Person.objects.filter(pk__in=new).delete()
    _put_back(Person, [image["person"] for image in before.values()])
    members = [image["member"] for image in before.values() if image["member"]]
    # 版本号只往前走：还开着旧页面的人不会覆盖。
    _put_back(Member, [member | {"version": versions[member["person_id"]] + 1} for member in members])
    Placement.objects.bulk_create([_row(Placement, row) for image in before.values() for row in image["placements"]])
    places.refresh(before)


def _put_back(model, rows):
    key = model._meta.pk
    columns = [f.name for f in model._meta.concrete_fields if not f.primary_key]
    model.objects.bulk_create(
        [_row(model, row) for row in rows], update_conflicts=True, unique_fields=[key.name], update_fields=columns
    )
