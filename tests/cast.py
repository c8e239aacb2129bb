"""The small fixed cast every test knows by name.

西塘镇: 北社区 with the compounds 湖畔 and 公园 (a branch each), 南社区 with 山水; 东港镇 is another town.
One account per role at 北社区／湖畔, and the neighbours who must not see: 公园's, 南社区's, 东港镇's.
"""

import pickle
from dataclasses import dataclass, field
from datetime import date, timedelta

from django.apps import apps
from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore
from django.contrib.sessions.models import Session
from django.core.management.color import no_style
from django.db import connection, models
from django.utils import timezone

from accounts.models import Assignment, User
from accounts.roles import Role
from assessments.models import BranchReport
from branches.models import Branch, Venue
from committees.models import OwnersCommittee
from meetings.models import Attendance, Decision, Meeting, MeetingBody
from members.models import Member, Person, Placement, Post
from members.places import refresh
from office.areas.models import Body, Community, Compound, Coverage, Town
from office.areas.scope import Scoped

PASSWORD = "Xitang-2026-ok"
_made = {}  # 本进程今天做好的演员表：日子、句柄和各表的行


@dataclass
class Place:
    """Handles to the cast, by the names used in the tests."""

    town: dict = field(default_factory=dict)
    community: dict = field(default_factory=dict)
    compound: dict = field(default_factory=dict)
    body: dict = field(default_factory=dict)
    branch: dict = field(default_factory=dict)
    committee: dict = field(default_factory=dict)
    user: dict = field(default_factory=dict)
    member: dict = field(default_factory=dict)
    meeting: dict = field(default_factory=dict)
    decision: dict = field(default_factory=dict)
    report: dict = field(default_factory=dict)
    today: date = None

    def add_member(self, name, branch, compound, *, relation="direct", stage="full", **person):
        """A member of `branch` (a key of `body`, or None) living in `compound` (a key, or None)."""
        body, home = self.body.get(branch), self.compound.get(compound)
        community = body.community if body else home.community
        person = Person.objects.create(town=community.town, name=name, political_status="party", **person)
        member = Member.objects.create(
            person=person,
            community=community,
            branch=body,
            home_compound=home,
            relation=relation,
            stage=stage,
            joined_on=date(2001, 7, 1),
            full_on=date(2002, 7, 1) if stage == "full" else None,
        )
        Placement.objects.create(
            member=member, community=community, branch=body, relation=relation, starts_on=date(2020, 1, 1)
        )
        refresh([person.pk])
        self.member[name] = member
        return member

    def add_post(self, name, body, title, **fields):
        """The member called `name` takes a post in `body` (a key)."""
        person = self.member[name].person if name in self.member else Person.objects.get(name=name)
        post = Post.objects.create(
            person=person, body=self.body[body], title=title, **{"starts_on": date(2024, 1, 1), **fields}
        )
        refresh([person.pk])
        return post

    def add_meeting(self, title, branch, *, kind="joint_meeting", days_ago=10, by="社区书记"):
        """A filed meeting of the branch at its first compound, with one decision due in five days."""
        body = self.body[branch]
        compound = Coverage.objects.filter(body=body).first().compound
        held_on = self.today - timedelta(days=days_ago)
        meeting = Meeting.objects.create(
            town=body.town,
            community=body.community,
            branch=body,
            compound=compound,
            kind=kind,
            title=title,
            held_on=held_on,
            expected=3,
            present=2,
            filed_at=timezone.now() - timedelta(days=days_ago - 1),
            filed_by=self.user[by],
        )
        MeetingBody.objects.create(
            meeting=meeting, body=body, town=body.town, community=body.community, branch=body, compound=compound
        )
        for member in Member.objects.filter(branch=body).select_related("person")[:3]:
            Attendance.objects.create(meeting=meeting, person=member.person)
        Attendance.objects.create(meeting=meeting, guest="物业陈经理", represents="安居物业", status="observer")
        number = Decision.objects.filter(community=body.community, year=held_on.year).count() + 1
        self.decision[title] = Decision.objects.create(
            meeting=meeting,
            year=held_on.year,
            number=number,
            text=f"落实{title}",
            owner_body=body,
            due_on=self.today + timedelta(days=5),
        )
        self.meeting[title] = meeting
        return meeting


def _areas(place):
    for town, communities in {
        "西塘镇": {"北社区": ["湖畔", "公园"], "南社区": ["山水"]},
        "东港镇": {"港口社区": ["海景"]},
    }.items():
        place.town[town] = Town.objects.create(name=town)
        place.body[town] = Body.objects.create(
            town=place.town[town],
            kind="town_committee",
            name=f"中共{town}委员会",
            short_name=f"{town}党委",
        )
        for position, (name, compounds) in enumerate(communities.items()):
            community = Community.objects.create(town=place.town[town], name=name, position=position)
            place.community[name] = community
            place.body[name] = Body.objects.create(
                town=community.town,
                community=community,
                kind="community_committee",
                name=f"中共{town}{name}委员会",
                short_name=f"{name}党委",
            )
            for compound in compounds:
                place.compound[compound] = Compound.objects.create(
                    community=community, name=compound, households=500, buildings=6
                )
                _branch(place, community, compound)


def _branch(place, community, compound):
    body = Body.objects.create(
        town=community.town,
        community=community,
        kind="branch",
        name=f"中共{community}{compound}小区支部委员会",
        short_name=f"{compound}党支部",
        starts_on=date(2020, 7, 1),
    )
    Coverage.objects.create(body=body, compound=place.compound[compound], starts_on=date(2020, 7, 1))
    place.body[f"{compound}党支部"] = body
    place.branch[compound] = Branch.objects.create(
        body=body, approved_on=date(2020, 7, 1), term_years=3, term_ends_on=place.today + timedelta(days=400)
    )
    Venue.objects.create(
        branch=body,
        year=place.today.year,
        place=True,
        facilities=True,
        signs=True,
        flag=True,
        oath=True,
        books=False,
        systems=True,
    )


USERS = [  # 称呼、职责、所在组织或小区
    ("镇党建办", Role.TOWN_OFFICE, "西塘镇"),
    ("镇领导", Role.TOWN_LEADER, "西塘镇"),
    ("指导组", Role.GUIDANCE, "北社区"),
    ("社区书记", Role.COMMUNITY_SECRETARY, "北社区"),
    ("社区工作者", Role.COMMUNITY_WORKER, "北社区"),
    ("联系干部", Role.LIAISON, "湖畔党支部"),
    ("支部书记", Role.BRANCH_SECRETARY, "湖畔党支部"),
    ("小区工作人员", Role.COMPOUND_WORKER, "湖畔"),
    ("邻支部联系干部", Role.LIAISON, "公园党支部"),
    ("邻支部书记", Role.BRANCH_SECRETARY, "公园党支部"),
    ("邻小区工作人员", Role.COMPOUND_WORKER, "公园"),
    ("邻社区书记", Role.COMMUNITY_SECRETARY, "南社区"),
    ("邻社区指导组", Role.GUIDANCE, "南社区"),
    ("邻镇党建办", Role.TOWN_OFFICE, "东港镇"),
    ("系统管理员", Role.SYSTEM_ADMIN, "西塘镇"),
    ("安全管理员", Role.SECURITY_ADMIN, "西塘镇"),
    ("审计管理员", Role.AUDITOR, "西塘镇"),
]


def _users(place):
    for number, (name, role, home) in enumerate(USERS, start=1):
        where = {"compound": place.compound[home]} if role == Role.COMPOUND_WORKER else {"body": place.body[home]}
        user = User.objects.create_user(f"user{number:02d}", PASSWORD, name=name, town=next(iter(where.values())).town)
        Assignment.objects.create(user=user, role=role, starts_on=date(2020, 1, 1), **where)
        place.user[name] = user


def _people(place):
    for branch, compound, names in [
        ("湖畔党支部", "湖畔", ["田大利", "王伟", "丁小宁"]),
        ("公园党支部", "公园", ["何静", "罗辉"]),
        ("山水党支部", "山水", ["高富"]),
        ("海景党支部", "海景", ["赵云"]),
    ]:
        for name in names:
            place.add_member(name, branch, compound, phone="13800138000", sex="M", birth_date=date(1960, 5, 1))
        place.add_post(names[0], branch, Post.Title.SECRETARY, how="elected", source="source_selected")
    place.add_member("周瑜", "湖畔党支部", "湖畔", relation="in_service")


def _committee(place):
    body = Body.objects.create(
        town=place.town["西塘镇"],
        community=place.community["北社区"],
        kind="owners_committee",
        name="湖畔小区业主委员会",
        short_name="湖畔业委会",
    )
    Coverage.objects.create(body=body, compound=place.compound["湖畔"])
    place.body["湖畔业委会"] = body
    place.committee["湖畔"] = OwnersCommittee.objects.create(
        body=body,
        compound=place.compound["湖畔"],
        seat_count=3,
        elected_on=date(2024, 1, 1),
        term_ends_on=place.today + timedelta(days=100),
    )
    guest = Person.objects.create(town=place.town["西塘镇"], name="吴芳", political_status="masses")
    place.add_post("王伟", "湖畔业委会", Post.Title.CHAIR)
    place.add_post("田大利", "湖畔业委会", Post.Title.SEAT)
    Post.objects.create(person=guest, body=body, title=Post.Title.SEAT, starts_on=date(2024, 1, 1))
    refresh([guest.pk])


def build():
    """The cast in the test's database, and handles to it.

    Made once by the models' own rules; afterwards the finished rows are put back as they were, which takes a tenth of
    the time. Handles are copied, so that no test sees what another did to an object.
    """
    if _made.get("day") != timezone.localdate():  # the day is among the facts: after midnight they are others
        _made["day"] = timezone.localdate()
        _made["place"] = pickle.dumps(_build())
        _made["rows"] = [(model, list(model._base_manager.all())) for model in _own_models()]
    else:
        for model, rows in _made["rows"]:
            models.QuerySet(model).bulk_create(rows)
        _count_on([model for model, _ in _made["rows"]])
    place = pickle.loads(_made["place"])
    _sign_in(place.user.values())
    return place


def _sign_in(users):
    """A session for everybody in the cast, as it is after a first page: enter(client, user) uses it."""
    now = timezone.now()
    since = int(now.timestamp())
    for user in users:
        user.session_key = f"of-the-cast-{user.pk}"
    Session.objects.bulk_create(
        Session(
            session_key=user.session_key,
            session_data=SessionStore().encode(
                {
                    SESSION_KEY: str(user.pk),
                    BACKEND_SESSION_KEY: "django.contrib.auth.backends.ModelBackend",
                    HASH_SESSION_KEY: user.get_session_auth_hash(),
                    "since": since,
                    "touched": since,
                }
            ),
            expire_date=now + timedelta(seconds=settings.SESSION_COOKIE_AGE),
        )
        for user in users
    )


def enter(client, user, *, anew=False):
    """Let the client be the user: by the cast's session, or by its own for who came later and `anew` for who leaves."""
    key = getattr(user, "session_key", None)
    if key and not anew:
        client.cookies[settings.SESSION_COOKIE_NAME] = key
    else:
        client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")


def _count_on(tables):
    """Let new rows be numbered after these: on PostgreSQL a test that loaded a town has set the numbers back."""
    with connection.cursor() as cursor:
        if statements := connection.ops.sequence_reset_sql(no_style(), tables):
            cursor.execute(";".join(statements))


def _own_models():
    return [m for m in apps.get_models() if issubclass(m, (Scoped, User))]


def _build():
    place = Place(today=timezone.localdate())
    _areas(place)
    _users(place)
    _people(place)
    _committee(place)
    place.add_meeting("电梯协商", "湖畔党支部")
    place.add_meeting("停车划线", "公园党支部")
    place.add_meeting("垃圾分类", "山水党支部")
    for branch in ("湖畔党支部", "公园党支部", "山水党支部"):
        place.report[branch] = BranchReport.objects.create(branch=place.body[branch], year=place.today.year)
    return place
