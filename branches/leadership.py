"""Who leads a branch, held against R-121…R-134: seats, ways and sources, standing, vacancies and how long they last.

Advice and records only. What warns (W) may go on with a written reason, which stays on the post; what the rules forbid
(B) is refused. 兼职委员 are no seats (R-134) and stand apart everywhere.
"""

from dataclasses import dataclass
from datetime import date, timedelta

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Count, Exists, OuterRef, Q

from branches import cases
from branches.formation import Finding
from branches.models import Branch
from members import posts
from members.models import BRANCH_OFFICERS, OWNERS_SEATS, Member, Post
from office.areas.dated import in_force
from office.areas.models import Body
from office.areas.prepared import prepared
from office.chinese.dates import cn_date
from office.rulebook.rules import Rule, principle
from office.rulebook.towns import town_rules

Title, How = Post.Title, Post.How
COMMITTEE_ONLY = (Title.ORGANISATION, Title.PUBLICITY, Title.DISCIPLINE, Title.COMMITTEE_MEMBER)
GIVEN = (How.APPOINTED, How.ACTING)  # 不是选举产生的，要有依据和理由（R-127）
KEYS = {
    "committee": "committee_min_full_members",
    "no_committee": "no_committee_below_full_members",
    "seats_min": "committee_seats_min",
    "seats_usual": "committee_seats_usual_max",
    "seats_max": "committee_seats_max",
    "secretaries": "branch_secretaries_max",
    "deputies": "branch_deputies_max",
    "standing": "secretary_min_standing_years",
    "vacancy": "secretary_vacancy_alert_days",
    "acting": "acting_secretary_alert_days",
    "reminder": "branch_term_reminder_months",
}


@dataclass(frozen=True)
class Limits:
    """The rules a branch's leadership is held against, as they hold in one town on one day."""

    committee: Rule
    no_committee: Rule
    seats_min: Rule
    seats_usual: Rule
    seats_max: Rule
    secretaries: Rule
    deputies: Rule
    standing: Rule
    vacancy: Rule
    acting: Rule
    reminder: Rule


def limits(town_id, on) -> Limits:
    """The limits of the town on that day; one query."""
    found = town_rules(town_id, list(KEYS.values()), on)
    return Limits(**{name: found[key] for name, key in KEYS.items()})


@dataclass(frozen=True)
class Seat:
    """One post of a branch as the rules look at it. `full_on` is the day its holder became a full member."""

    title: str
    person: int
    name: str = ""
    how: str = ""
    source: str = ""
    since: date | None = None
    full_on: date | None = None
    paper: str = ""
    reason: str = ""


# ── What the seats should be ──


def validate(seats, *, full_members, has_committee, on, t) -> tuple[Finding, ...]:
    """Everything the rules say about these seats, in the order of the rulebook."""
    officers = [seat for seat in seats if seat.title in BRANCH_OFFICERS]
    return (
        *_committee(officers, full_members, has_committee, t),
        *_roles(officers, t),
        *_given(officers),
        *_standing(officers, on, t),
    )


def _committee(officers, full, has_committee, t):
    people = {seat.person for seat in officers}
    members = [seat for seat in officers if seat.title in COMMITTEE_ONLY]
    if t.committee.holds(full):
        if not has_committee:
            text = f"正式党员{full}名，达到{t.committee.value}名，应当设支部委员会。"
            yield Finding("committee", "W", text, t.committee.short)
        elif people and not t.seats_min.holds(len(people)):
            text = f"支部委员会现有{len(people)}人，一般{t.seats_min.value}至{t.seats_usual.value}人。"
            yield Finding("seats_few", "W", text, t.seats_min.short)
    elif members:
        text = f"正式党员{full}名，不足{t.committee.value}名，只设书记，必要时设副书记，不设委员。"
        yield Finding("no_committee", "W", text, t.no_committee.short)
    if not t.seats_max.holds(len(people)):
        text = f"班子{len(people)}人，一般不超过{t.seats_max.value}人。"
        yield Finding("seats_max", "W", text, t.seats_max.short)
    elif not t.seats_usual.holds(len(people)):
        text = f"班子{len(people)}人，一般{t.seats_min.value}至{t.seats_usual.value}人。"
        yield Finding("seats_many", "W", text, t.seats_usual.short)


def _roles(officers, t):
    for title, rule in ((Title.SECRETARY, t.secretaries), (Title.DEPUTY_SECRETARY, t.deputies)):
        number = sum(seat.title == title for seat in officers)
        if not rule.holds(number):
            text = f"{title.label}{number}名，一个支部设{rule.value}名。"
            yield Finding(f"many_{title}", "W", text, rule.short)


def _given(officers):
    for seat in officers:
        lacks = [word for word, value in (("依据文件", seat.paper), ("理由", seat.reason)) if not value]
        if seat.how in GIVEN and lacks:
            text = f"{Title(seat.title).label}{seat.name}是{How(seat.how).label}的，没有写{'和'.join(lacks)}。"
            yield Finding(f"given_{seat.person}", "B", text, principle("superior_may_appoint").short)


def _standing(officers, on, t):
    for seat in officers:
        if seat.title != Title.SECRETARY or seat.full_on is None:
            continue
        since = seat.since or on
        if t.standing.after(seat.full_on) > since:
            text = f"书记{seat.name}{cn_date(seat.full_on)}转正，到任职时党龄不满{t.standing.value}年。"
            yield Finding("standing", "W", text, t.standing.short)


def new_findings(seats, seat, **facts) -> tuple[Finding, ...]:
    """What taking this seat would bring that was not there before."""
    before = {finding.key for finding in validate(seats, **facts)}
    return tuple(f for f in validate([*seats, seat], **facts) if f.key not in before or _grows(f))


def _grows(finding):
    """A committee that is too large already is made larger: said again."""
    return finding.key in ("seats_max", "seats_many", "no_committee")


# ── What is on record ──


def _posts(branches, day):
    """Posts of these branches that are held that day, and every 书记 there was, with what the rules ask of the holder."""
    elsewhere = Post.objects.on(day).filter(person=OuterRef("person")).order_by()
    rows = Post.objects.filter(body__in=branches).filter(in_force(day) | Q(title=Title.SECRETARY, ends_on__lt=day))
    rows = rows.annotate(
        owners=Exists(elsewhere.filter(body__kind=Body.Kind.OWNERS_COMMITTEE, title__in=OWNERS_SEATS)),
        property=Exists(elsewhere.filter(body__kind=Body.Kind.PROPERTY_PROJECT)),
        mass=Exists(elsewhere.filter(body__kind=Body.Kind.MASS_ORGANISATION)),
    )
    return rows.order_by("position", "id").values(*COLUMNS, "owners", "property", "mass")


COLUMNS = (
    "id",
    "body_id",
    "title",
    "person_id",
    "person__name",
    "person__user_id",
    "person__member__full_on",
    "person__member__background",
    "how",
    "source",
    "starts_on",
    "starts_precision",
    "ends_on",
    "paper",
    "reason",
    "duty",
)


def posts_of(branch_ids, day) -> dict[int, list[dict]]:
    """Branch → rows of its posts, today's and former secretaries'; one query."""
    found = {pk: [] for pk in branch_ids}
    for row in _posts(list(found), day):
        found[row["body_id"]].append(row)
    return found


def held(rows, day):
    """Those of the rows that are held that day."""
    return [row for row in rows if row["ends_on"] is None or row["ends_on"] >= day]


def seat_of(row) -> Seat:
    """A row of `posts_of` as the rules look at it."""
    return Seat(
        title=row["title"],
        person=row["person_id"],
        name=row["person__name"],
        how=row["how"],
        source=row["source"],
        since=row["starts_on"],
        full_on=row["person__member__full_on"],
        paper=row["paper"],
        reason=row["reason"],
    )


def full_members(branch_ids) -> dict[int, int]:
    """Branch → its full direct members of normal standing; one query."""
    rows = Member.objects.filter(branch__in=branch_ids, relation="direct", status="normal", stage="full").order_by()
    return dict(rows.values_list("branch_id").annotate(Count("pk")))


@dataclass(frozen=True)
class Shares:
    """Of a branch's officers, how many come from the owners' committee, the property company, mass organisations."""

    officers: int
    owners: int
    property: int
    mass: int
    outside: int  # 三方合计，一人只算一次

    @property
    def words(self):
        """业委会2人、物业1人; empty where nobody does."""
        named = (("业委会", self.owners), ("物业", self.property), ("群团", self.mass))
        return "、".join(f"{name}{number}人" for name, number in named if number)


def share_of(rows) -> Shares:
    """The share among these rows of one branch; a person counts once, 兼职委员 not at all."""
    people = {row["person_id"]: row for row in rows if row["title"] in BRANCH_OFFICERS}.values()
    sides = ("owners", "property", "mass")
    counted = (sum(row[key] for row in people) for key in sides)
    return Shares(len(people), *counted, outside=sum(any(row[key] for key in sides) for row in people))


# ── Vacant, or only acting ──


@dataclass(frozen=True)
class Vacancy:
    """A branch without a secretary, or with an acting one: since when, how many days, past the town's limit or not."""

    since: date | None
    days: int | None
    acting: str
    over: bool

    @property
    def words(self):
        """空缺63天 · 暂任190天."""
        said = f"{self.acting}暂任" if self.acting else "空缺"
        return f"{said}{self.days}天" if self.days is not None else said


def vacancies(branch_ids, day) -> dict[int, Vacancy]:
    """Branch → its vacancy, of branches that have no elected or appointed secretary that day; three queries."""
    ids, rows, rules, found = list(branch_ids), {}, {}, {}
    for row in _secretaries(ids):
        rows.setdefault(row["body_id"], []).append(row)
    for pk, town, approved_on in _approvals(ids):
        rules[town] = rules.get(town) or limits(town, day)
        if vacancy := vacancy_of(rows.get(pk, ()), approved_on, day, rules[town]):
            found[pk] = vacancy
    return found


@prepared
def _secretaries(branches):
    rows = Post.objects.filter(body__in=branches, title=Title.SECRETARY).order_by("-starts_on", "id")
    return rows.values("body_id", "title", "how", "starts_on", "ends_on", "person__name")


@prepared
def _approvals(branches):
    return Branch.objects.filter(pk__in=branches).values_list("body_id", "town_id", "approved_on")


def vacancy_of(rows, approved_on, day, t) -> Vacancy | None:
    """The vacancy of one branch from its rows of `posts_of`; None where a secretary is in office."""
    secretaries = [row for row in rows if row["title"] == Title.SECRETARY]
    now = next((row for row in held(secretaries, day) if row["starts_on"] is None or row["starts_on"] <= day), None)
    if now is not None:
        return _aged(now["starts_on"], day, now["person__name"], t.acting) if now["how"] == How.ACTING else None
    ended = max((row["ends_on"] for row in secretaries if row["ends_on"]), default=None)
    return _aged(ended + timedelta(days=1) if ended else approved_on, day, "", t.vacancy)


def _aged(since, day, acting, rule):
    """The first day counts: on the 60th day the limit of 60 still holds."""
    days = (day - since).days + 1 if since else None
    return Vacancy(since, days, acting, over=days is not None and not rule.holds(days))


# ── Taking office ──


@transaction.atomic
def appoint(branch, person, title, *, starts_on, reason="", by, **facts):
    """`person` takes an office of the branch; returns the Post. `facts` as members.posts.take_up takes them.

    Raises ValidationError by field: what the rules forbid, and what they warn of while `reason` is empty. A secretary
    who is appointed or elected outside an election on record lets an approved branch begin its work (R-111).
    """
    Body.objects.select_for_update().get(pk=branch.pk)
    seat = Seat(
        title=title, person=person.pk, name=person.name, since=starts_on, reason=reason, full_on=_full_on(person),
        **{key: facts.get(key, "") for key in ("how", "source", "paper")},
    )  # fmt: skip
    _refuse(_findings_with(branch, seat, starts_on), seat)
    post = posts.take_up(person, branch.body, title, starts_on=starts_on, reason=reason, by=by, **facts)
    if title == Title.SECRETARY and branch.state == Branch.State.APPROVED and facts.get("how") != How.ACTING:
        cases.begin_running(branch, on=starts_on, by=by)
    return post


def _full_on(person):
    return Member.objects.filter(pk=person.pk).values_list("full_on", flat=True).first()


def _findings_with(branch, seat, on):
    rows = held(posts_of([branch.pk], on)[branch.pk], on)
    return new_findings(
        [seat_of(row) for row in rows],
        seat,
        full_members=full_members([branch.pk]).get(branch.pk, 0),
        has_committee=branch.has_committee,
        on=on,
        t=limits(branch.town_id, on),
    )


def _refuse(findings, seat):
    if seat.how in GIVEN and seat.title in BRANCH_OFFICERS:
        how = How(seat.how).label
        lacking = {"paper": f"{how}要写依据文件。", "reason": f"{how}要写理由。"}
        lacking = {key: words for key, words in lacking.items() if not getattr(seat, key)}
        if lacking:
            raise ValidationError(lacking)
    warned = [f"{finding.text}（{finding.cite}）" for finding in findings if finding.level == "W"]
    if warned and not seat.reason:
        raise ValidationError({"reason": [*warned, "可以继续，但要写明理由。"]})
