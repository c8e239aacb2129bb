"""The demo accounts: every role of decisions.md 7, in two communities and in sibling branches and compounds."""

from dataclasses import dataclass, replace

from django.contrib.auth.hashers import make_password

from accounts.models import Assignment, User
from accounts.passwords import issue
from accounts.roles import Role
from desk.demo.people import add_acquaintance
from desk.demo.places import COMPOUNDS

PASSWORD = "Shifan-2026"  # noqa: S105 - 只用于本机试用，页面上公开显示


@dataclass(frozen=True)
class Account:
    """`person` and `where` are looked up in the town; compounds are named as in 示范镇 and found by their place."""

    username: str
    person: str
    role: Role
    where: str
    label: str = ""  # on the switch bar of the demo; "" keeps it off


ACCOUNTS = (
    Account("town01", "office", Role.TOWN_OFFICE, "town", "周敏 · 镇党建办"),
    Account("town02", "leader", Role.TOWN_LEADER, "town", "郑和 · 镇领导"),
    Account("guide01", "guidance0", Role.GUIDANCE, "guidance:0", "戴明辉 · 城东社区指导组"),
    Account("guide02", "guidance1", Role.GUIDANCE, "guidance:1"),
    Account("sec01", "secretary:0", Role.COMMUNITY_SECRETARY, "community:0", "李建国 · 城东社区书记"),
    Account("sec02", "secretary:1", Role.COMMUNITY_SECRETARY, "community:1", "沈丽华 · 城南社区书记"),
    Account("sec03", "secretary:2", Role.COMMUNITY_SECRETARY, "community:2"),
    Account("sec04", "secretary:3", Role.COMMUNITY_SECRETARY, "community:3"),
    Account("wk01", "deputy:0", Role.COMMUNITY_WORKER, "community:0", "刘庆华 · 城东社区党务工作者"),
    Account("wk02", "deputy:1", Role.COMMUNITY_WORKER, "community:1"),
    Account("wk03", "deputy:2", Role.COMMUNITY_WORKER, "community:2"),
    Account("wk04", "deputy:3", Role.COMMUNITY_WORKER, "community:3"),
    Account("cad01", "worker:0:0", Role.LIAISON, "liaison", "李一鸣 · 联系干部"),
    Account("cad02", "worker:0:1", Role.LIAISON, "liaison"),
    Account("cad02", "worker:0:1", Role.BRANCH_SECRETARY, "branch:东城名都"),
    Account("cad03", "worker:1:1", Role.LIAISON, "liaison"),
    Account("br01", "officer:金桂苑", Role.BRANCH_SECRETARY, "branch:金桂苑", "田大利 · 金桂苑支部书记"),
    Account("br02", "officer:文昌苑", Role.BRANCH_SECRETARY, "branch:文昌苑", "王伟 · 文昌苑支部书记"),
    Account("br03", "officer:锦绣花园", Role.BRANCH_SECRETARY, "branch:锦绣花园"),
    Account("br04", "officer:世纪城", Role.BRANCH_SECRETARY, "branch:世纪城"),
    Account("br05", "officer:阳光水岸", Role.BRANCH_SECRETARY, "branch:阳光水岸"),
    Account("xq01", "organiser:金桂苑", Role.COMPOUND_WORKER, "compound:金桂苑", "于敏 · 金桂苑小区工作人员"),
    Account("xq02", "grid:滨河一号", Role.COMPOUND_WORKER, "compound:滨河一号"),
    Account("xq03", "grid:世纪城", Role.COMPOUND_WORKER, "compound:世纪城"),
    Account("sys01", "sys", Role.SYSTEM_ADMIN, "town", "何志远 · 系统管理员"),
    Account("safe01", "safe", Role.SECURITY_ADMIN, "town", "林晓燕 · 安全管理员"),
    Account("audit01", "audit", Role.AUDITOR, "town", "范国平 · 审计管理员"),
    Account("town03", "office_deputy", Role.TOWN_OFFICE, "town", "宋雅琴 · 镇党建办"),
)
# 职责已经结束的账号：能登录，什么也看不到。
ENDED = Account("old01", "former", Role.BRANCH_SECRETARY, "former")
CLERKS_ONLY = ("office", "deputy:")  # 全县规模里其余各镇只有录入人，没有口令


def open_accounts(story, number, passwords):
    """Users and assignments of one town; `number` 0 is 示范镇, 1 the second town, the rest have clerks only."""
    for account in (*ACCOUNTS, ENDED):
        if number > 1 and not account.person.startswith(CLERKS_ONLY):
            continue
        suffix = "" if number == 0 else "b" if number == 1 else f"-{number + 1:02d}"
        account = replace(account, username=account.username + suffix)
        _open(story, account, passwords if number <= 1 else None)
    for circle in story.circles:
        circle.clerk = story.users[circle.deputy.pk]


def _open(story, account, passwords):
    person = _person(story, account)
    user = story.users.get(person.pk)
    if user is None:
        user = story.users[person.pk] = story.rows.add(
            User,
            username=account.username,
            name=person.name,
            phone=person.phone,
            town=story.town,
            is_demo=passwords is None or passwords.demo,
            password=passwords.encoded(account.username) if passwords else make_password(None),
        )
        person.user = user
    for home, since, until in _homes(story, account, person):
        assignment = story.rows.add(Assignment, user=user, role=account.role, starts_on=since, ends_on=until, **home)
        if passwords and until is None:
            passwords.note(account, assignment)


def _person(story, account):
    kind, _, rest = account.person.partition(":")
    if kind in ("secretary", "deputy"):
        return getattr(story.circles[int(rest)], kind)
    if kind == "worker":
        circle, number = map(int, rest.split(":"))
        return story.circles[circle].workers[number]
    if kind == "officer":
        return _home(story, rest).officers["secretary"]
    if kind == "organiser":
        return _home(story, rest).officers["org_member"]
    if kind == "grid":
        community = story.circles[_place(story, rest).plan.community].residents_committee
        return add_acquaintance(story, ages=(26, 45), unit=community.short_name)
    return story.leaders[kind]


def _place(story, name):
    """The place that stands where `name` stands in 示范镇."""
    index = next(i for i, plan in enumerate(COMPOUNDS) if plan.name == name)
    return list(story.places.values())[index]


def _home(story, name):
    branch = _place(story, name).branch
    return next(h for h in story.homes if h.body is branch)


def _homes(story, account, person):
    """Where an account works: (body or compound, since, until) — one for each branch of a liaison."""
    kind, _, rest = account.where.partition(":")
    since = story.day(-900)
    if kind == "town":
        return [({"body": story.town_committee}, since, None)]
    if kind == "guidance":
        return [({"body": story.circles[int(rest)].guidance}, since, None)]
    if kind == "community":
        return [({"body": story.circles[int(rest)].party_committee}, since, None)]
    if kind == "compound":
        return [({"compound": _place(story, rest).compound}, story.day(-500), None)]
    if kind == "branch":
        home = _home(story, rest)
        return [({"body": home.body}, home.elected_on, None)]
    if kind == "former":
        home = story.leaders["former_home"]
        return [({"body": home.body}, home.approved_on, home.elected_on.fromordinal(home.elected_on.toordinal() - 1))]
    return [({"body": home.body}, max(home.approved_on, since), None) for home in story.homes if home.liaison is person]


class Passwords:
    """The one known password of a demo, or a random one for each account, noted for the accounts file."""

    def __init__(self, demo):
        self.demo = demo
        self.plain = {}
        self.noted = []
        self._known = make_password(PASSWORD) if demo else ""

    def encoded(self, username):
        if self.demo:
            return self._known
        self.plain[username] = issue()
        return make_password(self.plain[username])

    def note(self, account, assignment):
        home = assignment.body or assignment.compound
        scope = home.community.name if account.where.startswith(("community", "guidance")) else str(home)
        if account.where == "town":
            scope = home.town.name
        row = {
            "username": account.username,
            "password": PASSWORD if self.demo else self.plain[account.username],
            "role": Role(account.role).label,
            "scope": scope,
        }
        same = [n for n in self.noted if n["username"] == row["username"] and n["role"] == row["role"]]
        if same:
            same[0]["scope"] += f"、{scope}"
        else:
            self.noted.append(row)
