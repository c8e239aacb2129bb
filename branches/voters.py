"""Who may vote and be elected in a branch on a day (R-103, R-141): by status and date, with the reason of everybody else."""

from dataclasses import dataclass
from datetime import date

from members.models import Member, Placement
from office.areas.dated import in_force
from office.chinese.dates import cn_date
from office.rulebook import rules

Relation, Stage, Status = Member.Relation, Member.Stage, Member.Status
ELSEWHERE = {
    Relation.IN_SERVICE: "在职报到，组织关系在单位",
    Relation.FLOATING_IN: "流入党员，组织关系不在本支部",
}
GONE = {Status.SUSPENDED: "停止党籍"}  # who left or died has no placement from then on


@dataclass(frozen=True)
class Voter:
    """Somebody of the branch on the day: `counted` among 应到, else `why_not`."""

    member: int
    name: str
    strokes: str
    counted: bool
    why_not: str = ""
    full_on: date | None = None


def voters(branch_id: int, on: date) -> list[Voter]:
    """Everybody placed in the branch on that day, in 姓氏笔画 order, those who vote first; one query."""
    placed = (
        Placement.objects.filter(in_force(on), branch=branch_id)
        .values_list(
            "relation", "member_id", "member__person__name", "member__strokes", "member__stage", "member__status",
            "member__full_on", "member__full_precision", "member__vote_suspended_from", "member__vote_suspended_until",
        )
        .order_by("member__strokes", "member_id")
    )  # fmt: skip
    found = [_voter(row, on) for row in placed]
    return sorted(found, key=lambda one: not one.counted)


def eligible(branch_id: int, on: date) -> dict[int, Voter]:
    """Those with 选举权 and 被选举权 that day, by person."""
    return {one.member: one for one in voters(branch_id, on) if one.counted}


def standing_short(voter: Voter, on: date) -> str:
    """Why the person is short of the standing a secretary usually has (R-128), "" where he is not or it is unknown."""
    rule = rules.rule("secretary_min_standing_years", on)
    if voter.full_on is None or rule.after(voter.full_on) <= on:
        return ""
    return f"{voter.name}{cn_date(voter.full_on)}转正，书记一般应当有{rule.value}年以上党龄"


def _voter(row, on):
    relation, member, name, strokes, stage, status, full_on, precision, suspended, until = row
    exact = full_on if precision == "d" else None
    why_not = (
        ELSEWHERE.get(relation)
        or GONE.get(status)
        or _probationary(stage, exact, on)
        or _suspended(suspended, until, on)
        or ""
    )
    return Voter(member, name, strokes, not why_not, why_not, full_on)


def _probationary(stage, full_on, on):
    if stage == Stage.PROBATIONARY:
        return "预备党员"
    return "那天还是预备党员" if full_on and full_on > on else ""


def _suspended(since, until, on):
    if since is None or on < since or until is not None and until < on:
        return ""
    return f"表决权暂停{f'到{cn_date(until)}' if until else ''}"
