"""What is known while one town is being made up: its plan, its day, its dice, and the rows so far."""

from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from random import Random
from uuid import UUID
from zoneinfo import ZoneInfo

from desk.demo.names import Namer
from desk.demo.places import CompoundPlan, TownPlan
from desk.demo.rows import Rows
from members.models import Person
from office.areas.models import Body, Community, Compound, Town

WRITTEN_IN = 2026  # 示范镇的年份（支部成立、建成）是照这一年写的；按装入那天的年份整体移动


@dataclass
class Place:
    """One compound with what stands around it."""

    plan: CompoundPlan
    compound: Compound
    branch: Body | None = None
    committee: Body | None = None
    project: Body | None = None
    manager: Person | None = None
    direct: list = field(default_factory=list)
    in_service: list = field(default_factory=list)
    seats: list = field(default_factory=list)  # people in the owners' committee, chair first


@dataclass
class Home:
    """One branch with its people and officers."""

    body: Body
    places: list
    approved_on: date
    story: tuple = ()
    term_years: int = 5
    term_in: int = 0
    size: int = 0  # planned members of an old branch
    members: list = field(default_factory=list)  # (Member, since) of those who sit here
    officers: dict = field(default_factory=dict)  # title → person, today
    secretaries: list = field(default_factory=list)  # (person, since, until)
    groups: list = field(default_factory=list)  # group leaders
    liaison: Person | None = None
    elected_on: date | None = None
    has_committee: bool = False

    @property
    def of_a_compound(self):
        return bool(self.places)

    def chair_on(self, day):
        """Who led the branch that day: its secretary, in a vacancy another officer, before the first election its first."""
        held = [p for p, since, until in self.secretaries if since <= day and (until is None or day <= until)]
        others = [p for title, p in self.officers.items() if title != "secretary"]
        return next(iter(held + others + [p for p, *_ in self.secretaries]), None)


@dataclass
class Circle:
    """One community with its bodies and staff."""

    community: Community
    party_committee: Body
    residents_committee: Body
    guidance: Body
    secretary: Person | None = None
    deputy: Person | None = None
    workers: list = field(default_factory=list)
    old_branches: list = field(default_factory=list)
    clerk: object = None  # the user who files what nobody nearer files


@dataclass
class Story:
    """One town in the making. Everything random comes from `random`, so equal seeds tell equal stories."""

    plan: TownPlan
    as_of: date
    rows: Rows
    random: Random
    town: Town = None
    town_committee: Body = None
    circles: list = field(default_factory=list)
    places: dict = field(default_factory=dict)  # name → Place
    homes: list = field(default_factory=list)
    users: dict = field(default_factory=dict)  # person id → user
    leaders: dict = field(default_factory=dict)

    def __post_init__(self):
        self.namer = Namer(self.random)

    def day(self, offset):
        return self.as_of + timedelta(days=offset)

    def year(self, written):
        """A year of the written story, moved to the as-of date's time."""
        return written + self.as_of.year - WRITTEN_IN

    def between(self, first, last):
        """A day from `first` to `last`, both included; `first` where they cross."""
        return first + timedelta(days=self.random.randrange(max((last - first).days, 0) + 1))

    def at(self, day):
        """A moment of that day in office hours."""
        clock = time(self.random.randrange(8, 18), self.random.randrange(60))
        return datetime.combine(day, clock, ZoneInfo("Asia/Shanghai"))

    def uuid(self):
        return UUID(int=self.random.getrandbits(128), version=4)

    def chance(self, share):
        return self.random.random() < share


def add_years(day, years):
    """The same day of another year; 29 February becomes the 28th."""
    try:
        return day.replace(year=day.year + years)
    except ValueError:
        return day.replace(year=day.year + years, day=28)
