"""Who belongs at the table: where a meeting may be held, which bodies take part there, and their people."""

import re
from dataclasses import dataclass, field, replace

from django.db.models import Q

from accounts.roles import Role
from meetings.models import Attendance, Meeting
from meetings.permissions import INNER, PUBLIC, WRITERS, may_write
from members.models import Member, Person, Post
from office.areas.models import Body, Community, Compound, Coverage

Kind = Meeting.Kind
AROUND_A_COMPOUND = (
    Body.Kind.OWNERS_COMMITTEE,
    Body.Kind.PREPARATORY_GROUP,
    Body.Kind.PROPERTY_PROJECT,
)
OF_THE_COMMUNITY = (Body.Kind.RESIDENTS_COMMITTEE, Body.Kind.COMMUNITY_COMMITTEE)
BRANCH_LEADERS = (
    Post.Title.SECRETARY,
    Post.Title.DEPUTY_SECRETARY,
    Post.Title.ORGANISATION,
    Post.Title.PUBLICITY,
    Post.Title.DISCIPLINE,
    Post.Title.COMMITTEE_MEMBER,
)
# 应到的默认：联席会议和支部的会是全体党员；支委会是班子；议事会、恳谈会、小组会各次不同，不预设。
WHOLE_BRANCH = (Kind.JOINT, Kind.MEMBERS, Kind.LECTURE, Kind.THEME_DAY, Kind.ORG_LIFE, Kind.APPRAISAL)
CAME_BEFORE = 12
NOT_EXPECTED, FOUND = "不算应到的党员，来了的打勾", "另外找到的"
_KEY = re.compile(r"(?:b([1-9][0-9]{0,17}))?(?:c([1-9][0-9]{0,17}))?(?:s([1-9][0-9]{0,17}))?")


@dataclass(frozen=True)
class Place:
    """Where a meeting is held: a branch and its compound, either alone, or a community."""

    community: Community
    branch: Body | None = None
    compound: Compound | None = None

    @property
    def key(self):
        branch, compound = (
            (f"b{self.branch.pk}" if self.branch else ""),
            (f"c{self.compound.pk}" if self.compound else ""),
        )
        return branch + compound or f"s{self.community.pk}"

    @property
    def ids(self):
        """community, branch and compound as ids; what meetings.permissions asks for."""
        return {
            "community": self.community.pk,
            "branch": self.branch and self.branch.pk,
            "compound": self.compound and self.compound.pk,
        }

    def __str__(self):
        if self.compound and self.branch:
            return f"{self.compound}（{self.branch}）"
        return str(self.compound or self.branch or self.community)

    def takes(self, kind):
        """Whether such a meeting is held at such a place."""
        if kind in INNER:
            return self.branch is not None
        return self.compound is not None if kind in PUBLIC else self.branch is None and self.compound is None


@dataclass(frozen=True)
class Seat:
    """One person who may come. `represents` is what they are at this table; `expected`: counted among 应到 unless
    said otherwise; `label` tells people of one name apart; `ticked`: of the branch but not expected, only ticked when
    they came; `owns`: offered as owner of a decision and as chair (others are found by name)."""

    person: int
    name: str
    strokes: str
    side: str
    represents: str
    expected: bool
    label: str
    ticked: bool = False
    owns: bool = True


@dataclass
class Circle:
    kind: str
    place: Place
    bodies: list = field(default_factory=list)
    seats: list = field(default_factory=list)

    @property
    def convener(self):
        """The body that calls the meeting: the branch, else the community's Party committee."""
        if self.place.branch:
            return self.place.branch
        return next((body for body in self.bodies if body.kind == Body.Kind.COMMUNITY_COMMITTEE), None)

    @property
    def sides(self):
        """Seats under the heading of their side, in order of appearance."""
        sides = {}
        for seat in self.seats:
            sides.setdefault(seat.side, []).append(seat)
        return sides


def place_of(key):
    """The Place a key names, visible or not; None for nonsense."""
    found = _KEY.fullmatch(key or "")
    branch, compound, community = (int(part) if part else None for part in found.groups()) if found else (None,) * 3
    if community and not (branch or compound):
        home = Community.objects.filter(pk=community).select_related("town").first()
        return home and Place(home)
    body = branch and Body.objects.filter(pk=branch, kind=Body.Kind.BRANCH).select_related("community__town").first()
    at = compound and Compound.objects.filter(pk=compound).select_related("community__town").first()
    if bool(branch) != bool(body) or bool(compound) != bool(at) or not (body or at):
        return None
    if body and at and not Coverage.objects.filter(body=body, compound=at).exists():
        return None
    return Place((body or at).community, body or None, at or None)


def places_for(user, today):
    """The places where the user may enter a meeting, in the order of their compounds."""
    reach = user.reach_as(*WRITERS)
    bodies = Body.objects.on(today).within(reach) | _covering(reach, today)
    branches = {b.pk: b for b in bodies.filter(kind=Body.Kind.BRANCH).select_related("community")}
    pairs = Coverage.objects.on(today).filter(body__in=branches).select_related("compound__community")
    found = [Place(c.compound.community, branches[c.body_id], c.compound) for c in pairs]
    covered, homes = {p.compound.pk for p in found}, {p.branch.pk for p in found}
    bare = Compound.objects.within(reach).exclude(pk__in=covered).select_related("community")
    found += [Place(compound.community, None, compound) for compound in bare]
    found.sort(key=lambda place: (place.community.position, place.compound.pinyin))
    found += [Place(branch.community, branch) for pk, branch in branches.items() if pk not in homes]
    secretary = user.reach_as(Role.COMMUNITY_SECRETARY, Role.COMMUNITY_WORKER)
    return found + [Place(home) for home in Community.objects.filter(pk__in=secretary.communities)]


def _covering(reach, today):
    """Branches that cover a compound of the reach, for those whose duty is a compound."""
    covering = Coverage.objects.on(today).filter(compound__in=reach.compounds).values("body")
    return Body.objects.on(today).filter(pk__in=covering)


def kinds_for(user, places):
    """The kinds the user may enter at one of these places, as choices."""
    return [
        (kind.value, kind.label)
        for kind in Kind
        if any(place.takes(kind) and may_write(user, kind, place.ids) for place in places)
    ]


def circle_of(kind, place, day, *, more=(), recorded=None, took_part=()):
    """Bodies and people around the table. `more`: ids of people found by name, already narrowed to the user's scope;
    `recorded`: person → what a record says they stood for, `took_part`: its bodies; both stay when it is changed."""
    circle = Circle(kind, place, _bodies(kind, place, day))
    if gone := set(took_part) - {body.pk for body in circle.bodies}:
        circle.bodies += Body.objects.filter(pk__in=gone).order_by("pk")
    seats = {}
    posts = _posts(circle, day)
    told = recorded or {}
    sought = set(more) - set(told)
    for seat in (
        *(seat for seat in _of_the_branch(circle, posts) if not (seat.ticked and seat.person in sought)),
        *_of_others(circle, posts),
        *_who_came_before(circle),
        *_found(more),
    ):
        seats.setdefault(seat.person, seat)
    for seat in sorted(seats.values(), key=lambda seat: seat.ticked):
        represents = told.get(seat.person, seat.represents)
        circle.seats.append(replace(seat, represents=represents, owns=seat.owns or seat.person in more))
    return circle


def _bodies(kind, place, day):
    """The branch first, then those of the compound, then the community's."""
    bodies = [place.branch] if place.branch else []
    if kind in INNER:
        return bodies
    around = Q(kind__in=OF_THE_COMMUNITY, community=place.community)
    if place.compound:
        covering = Coverage.objects.on(day).filter(compound=place.compound).values("body")
        around |= Q(kind__in=AROUND_A_COMPOUND, pk__in=covering)
    order = [*AROUND_A_COMPOUND, *OF_THE_COMMUNITY]
    found = Body.objects.on(day).filter(around)
    return bodies + sorted(found, key=lambda body: (order.index(body.kind), body.pk))


def _posts(circle, day):
    """body id → its posts of that day, people with them."""
    posts = Post.objects.on(day).filter(body__in=[body.pk for body in circle.bodies]).select_related("person", "body")
    found = {}
    for post in posts.order_by("position", "pk"):
        found.setdefault(post.body_id, []).append(post)
    return found


def _of_the_branch(circle, posts):
    branch = circle.place.branch
    if branch is None:
        return
    titles, elsewhere = {}, {}
    for body, held in posts.items():
        for post in held:
            (titles if body == branch.pk else elsewhere).setdefault(post.person_id, post)
    members = Member.objects.filter(branch=branch, status=Member.Status.NORMAL).order_by("strokes", "pk")
    members = list(members.select_related("person", "home_compound"))
    for member in members:
        post = elsewhere.get(member.pk)
        title = titles.get(member.pk)
        expected = _is_expected(circle.kind, member, title)
        seat = _seat(
            member.person,
            str(branch) if expected else NOT_EXPECTED,
            f"{post.body}{post.get_title_display()}" if post else "",
            expected,
            _member_label(member, branch, title),
        )
        yield replace(seat, ticked=not expected, owns=expected or title is not None or _belongs_here(member))
    present = {member.pk for member in members}
    for post in posts.get(branch.pk, ()):
        if post.person_id not in present and post.title != Post.Title.CONCURRENT:
            yield _seat(post.person, str(branch), str(post.get_title_display()), False, _named(post))


def _member_label(member, branch, title):
    """王伟（金桂苑，书记）: people of one name by their compound."""
    said = [str(member.home_compound or branch), *([title.get_title_display()] if title else [])]
    return f"{member.person}（{'，'.join(said)}）"


def _belongs_here(member):
    return member.relation != Member.Relation.IN_SERVICE and not member.floating_out


def _is_expected(kind, member, post):
    if kind in WHOLE_BRANCH:
        return _belongs_here(member)
    return kind == Kind.COMMITTEE and post is not None and post.title in BRANCH_LEADERS


def _of_others(circle, posts):
    """People of the other sides. Their body is there by default; who of them came is said one by one, because 应到 of a
    joint meeting is the branch's members (ux J1: 17 of 金桂苑's, its 业委会 and 物业 not among them)."""
    for body in circle.bodies:
        if circle.place.branch is None or body.pk != circle.place.branch.pk:
            expected = circle.kind == Kind.COMMUNITY_STUDY and body.kind == Body.Kind.COMMUNITY_COMMITTEE
            for post in posts.get(body.pk, ()):
                yield _seat(post.person, str(body), f"{body}{post.get_title_display()}", expected, _named(post))


def _who_came_before(circle):
    """Acquaintances who sat in at earlier meetings of the compound (以后还会来)."""
    if circle.place.compound is None or circle.kind in INNER:
        return
    came = Attendance.objects.filter(
        meeting__compound=circle.place.compound, person__isnull=False, status=Attendance.Status.OBSERVER
    )
    for row in came.select_related("person").order_by("-pk")[:CAME_BEFORE]:
        said = row.represents or row.person.unit
        yield _seat(row.person, "以前来过", said, False, f"{row.person}（{said}）" if said else str(row.person))


def _found(ids):
    people = Person.objects.filter(pk__in=ids).select_related("member__home_compound") if ids else ()
    for person in people:
        member = getattr(person, "member", None)
        where = str(member.home_compound or member.branch or "") if member else person.unit
        yield _seat(person, FOUND, where, False, f"{person}（{where}）" if where else str(person))


def _named(post):
    return f"{post.person}（{post.body}{post.get_title_display()}）"


def _seat(person, side, represents, expected, label):
    return Seat(person.pk, person.name, person.strokes, side, represents, expected, label)
