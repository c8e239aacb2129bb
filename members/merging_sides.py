"""What two records of one person say, side by side: where they agree, where somebody has to choose, what goes over."""

import hashlib
from dataclasses import dataclass
from functools import cached_property

from members.matching import membership_of
from members.merging_rows import as_text, clashes, counted, moved_fields, rows_of
from members.models import Member, Placement, Transfer
from office.chinese.dates import cn_date


@dataclass(frozen=True)
class Item:
    """One thing the two records may say differently: the columns that belong together and their words."""

    key: str
    label: str
    columns: tuple
    words: object
    secret: bool = False  # 操作记录里只写“已变更”

    def value(self, row):
        return tuple(getattr(row, column) for column in self.columns)

    def is_empty(self, row):
        return not self.value(row)[0]


def _day(column, precision=None):
    def words(row):
        day = getattr(row, column)
        return cn_date(day, getattr(row, precision) if precision else "d") if day else ""

    return words


def _choice(column):
    return lambda row: getattr(row, f"get_{column}_display")()


def _standing(member):
    words = [member.community, member.branch, member.get_relation_display()]
    status = "" if member.status == Member.Status.NORMAL else member.get_status_display()
    return " · ".join(str(word) for word in [*words, status] if word)


def _home(member):
    owner = "本小区业主" if member.owns_unit else ""
    return " · ".join(str(word) for word in (member.home_compound, member.door, owner) if word)


def _suspension(member):
    if not member.vote_suspended_from:
        return ""
    until = cn_date(member.vote_suspended_until) if member.vote_suspended_until else "另行通知"
    return f"{cn_date(member.vote_suspended_from)}到{until}"


OF_PERSON = (
    Item("name", "姓名", ("name",), lambda person: person.name),
    Item("sex", "性别", ("sex",), _choice("sex")),
    Item("birth_date", "出生日期", ("birth_date",), _day("birth_date"), secret=True),
    Item("id_number", "公民身份号码", ("id_fingerprint",), lambda person: person.masked_id, secret=True),
    Item("phone", "联系电话", ("phone",), lambda person: person.masked_phone, secret=True),
    Item("political_status", "政治面貌", ("political_status",), _choice("political_status")),
    Item("unit", "单位", ("unit",), lambda person: person.unit),
)
OF_MEMBER = (
    Item("standing", "组织关系", ("community_id", "branch_id", "relation", "status"), _standing),
    Item("stage", "人员类别", ("stage",), _choice("stage")),
    Item("joined_on", "加入党组织日期", ("joined_on", "joined_precision"), _day("joined_on", "joined_precision")),
    Item("full_on", "转为正式党员日期", ("full_on", "full_precision"), _day("full_on", "full_precision")),
    Item("floating_out", "流出", ("floating_out",), lambda member: "是" if member.floating_out else "否"),
    Item("background", "身份", ("background",), _choice("background")),
    Item("employer_org", "单位党组织", ("employer_org",), lambda member: member.employer_org),
    Item("home", "居住小区和房号", ("home_compound_id", "door", "owns_unit"), _home, secret=True),
    Item("vote", "表决权暂停", ("vote_suspended_from", "vote_suspended_until"), _suspension),
)


@dataclass(frozen=True)
class Line:
    """One line of the comparison. `options` are (key of the person, words); one option: nothing to choose."""

    key: str
    label: str
    options: tuple
    proposed: int

    @property
    def is_a_question(self):
        return len(self.options) > 1


class Comparison:
    """What two records of one town say, side by side. `keep` is the record that stays: the member's, else the one with
    an account, else the older."""

    def __init__(self, one, other):
        self.one, self.other = sorted((one, other), key=lambda person: person.pk)
        self.keep, self.drop = sorted(
            (self.one, self.other),
            key=lambda person: (membership_of(person) is None, person.user_id is None, person.pk),
        )
        self.members = tuple(filter(None, (membership_of(self.keep), membership_of(self.drop))))

    @cached_property
    def clashes(self):
        return clashes(self.keep, self.drop)

    @cached_property
    def moving(self):
        """The rows that go over from the dropped record to the kept one."""
        return [row for field in moved_fields() for row in rows_of(field, self.drop)]

    @property
    def moved_words(self):
        return counted(self.moving)

    @property
    def account(self):
        """The account that can sign in, else any."""
        users = [person.user for person in (self.keep, self.drop) if person.user_id]
        return min(users, key=lambda user: not user.is_active) if users else None

    def problems(self):
        """Why these two cannot be merged now, in words; nothing when they can."""
        one, other = self.one, self.other
        if one.id_fingerprint and other.id_fingerprint and one.id_fingerprint != other.id_fingerprint:
            yield "两条记录的公民身份号码不同，是两个人，不能合并。号码写错的，请先改正。"
        if one.user_id and other.user_id and one.user.is_active and other.user.is_active:
            yield "两条记录各有一个能登录的账号。请系统管理员先停用其中一个账号，再来合并。"
        states = {member.status for member in self.members}
        if Member.Status.DECEASED in states and len(states) > 1:
            yield "一条记录登记为已去世，另一条没有。请先核对清楚，改正以后再来合并。"

        if Transfer.objects.filter(member__in=[one.pk, other.pk], state=Transfer.State.OPEN).exists():
            yield "有一件组织关系转接还没有办完。请先办完或者撤回，再来合并。"

    def lines(self):
        """Every line where the two say anything, the questions among them with what is proposed."""
        return [*self._lines(OF_PERSON, self.keep, self.drop), *self._member_lines(), *self._clash_lines()]

    def _member_lines(self):
        return self._lines(OF_MEMBER, *self.members) if len(self.members) == 2 else []

    def _lines(self, items, keep, drop):
        for item in items:
            if item.key == "political_status" and self.members:
                continue  # 有党员身份的就是中共党员，不用选
            words = {row.pk: item.words(row) for row in (keep, drop)}
            if item.value(keep) == item.value(drop):
                if words[keep.pk]:
                    yield Line(item.key, item.label, ((keep.pk, words[keep.pk]),), keep.pk)
                continue
            options = tuple((person.pk, words[person.pk] or "（没有填）") for person in (self.one, self.other))
            yield Line(item.key, item.label, options, self._proposed(item, keep, drop).pk)

    def _proposed(self, item, keep, drop):
        if item.key == "standing":
            return min(
                (keep, drop),
                key=lambda member: (member.status != Member.Status.NORMAL, member.relation != Member.Relation.DIRECT),
            )
        return drop if item.is_empty(keep) else keep

    def _clash_lines(self):
        for clash in self.clashes:
            words = {self.keep.pk: clash.kept_words or "已有记录", self.drop.pk: clash.dropped_words or "已有记录"}
            pks = (self.one.pk, self.other.pk) if clash.is_a_question else (self.keep.pk,)
            yield Line(clash.key, clash.about, tuple((pk, words[pk]) for pk in pks), self.keep.pk)

    def seen(self):
        """One word for everything the page shows, so that a merge is never done on something else."""
        placements = Placement.objects.filter(member__in=[self.keep.pk, self.drop.pk]).order_by("pk")
        clashing = [row for clash in self.clashes for row in (clash.kept, clash.dropped)]
        return hashlib.sha256(
            as_text([self.one, self.other, *self.members, *placements, *clashing]).encode()
        ).hexdigest()
