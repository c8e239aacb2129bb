"""The year's numbers as the secretary checks them, each with the rows that make it; and what is said to be wrong."""

from dataclasses import dataclass

from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone

from accounts.models import Assignment
from accounts.roles import Role
from assessments.models import NumberDispute
from office.audit import trail


@dataclass(frozen=True)
class Number:
    """One number: `key` names it in addresses, `value` is None where nothing is on record (R-319)."""

    key: str
    label: str
    value: int | str | None
    unit: str = ""
    url: str = ""
    note: str = ""

    @property
    def words(self):
        """5 次, or 未记录."""
        return "未记录" if self.value is None else f"{self.value} {self.unit}".strip()


def of_year(year):
    """The numbers of a figures.BranchYear in the order of the page."""
    branch, held, members = year.basics.id, year.held, year.membership
    here, meetings = reverse("branch", args=[branch]), f"{reverse('meetings')}?branch={branch}&year={year.year}"
    found = [
        _number("direct", "直管党员", members.direct, "名", here, f"其中正式党员{members.full}名"),
        _number("in_service", "在职报到党员", members.in_service, "名", here),
    ]
    kinds = [*(kept for kept in held.life if kept.due or kept.count), held.joint]
    found += [_number(kept.kind, kept.label, kept.count, "次", f"{meetings}&kind={kept.kind}") for kept in kinds]
    done = f"已办结{held.done}项" if held.decided else ""
    found.append(_number("decisions", "会议决定", len(held.decided), "项", meetings, done))
    found.append(_number("venue", "阵地“七有”", year.venue.held if year.venue else 0, "项", here))
    return found + [
        _number(
            f"share-{compound.id}",
            f"{compound.name}业委会委员中的党员",
            committee.share,
            "",
            reverse("compound", args=[compound.id]),
        )
        for compound, committee in zip(year.basics.compounds, year.committees, strict=True)
        if committee.seats
    ]


def _number(key, label, value, unit, url, note=""):
    return Number(key, label, value, unit, url, note) if value else Number(key, label, None)


def frozen(numbers):
    """The numbers as they are kept with a report that is handed in: [[label, words, note]]."""
    return [[number.label, number.words, number.note] for number in numbers]


@transaction.atomic
def say_wrong(report, number, *, claimed, note, by):
    """`number` should be `claimed`; said again while it waits, the new word takes the old one's place. Returns the row.

    Raises ValueError when `claimed` is what the record says, or the report is handed in.
    """
    if not report.is_open:
        raise ValueError("这份述职已经交上去了，数字不对请直接告诉社区联系干部。")
    if str(claimed) == str(number.value or 0):
        raise ValueError(f"系统里就是{claimed}，不用更正。")
    said = {"label": number.label, "shown": number.words, "claimed": claimed, "note": note, "said_by": by}
    waiting = {"report": report, "key": number.key, "outcome": ""}
    dispute = NumberDispute.objects.select_for_update().filter(**waiting).first()
    if dispute and all(getattr(dispute, name) == value for name, value in said.items()):
        return dispute
    dispute = dispute or NumberDispute(**waiting)
    for name, value in said.items():
        setattr(dispute, name, value)
    dispute.said_at = timezone.now()
    try:
        with transaction.atomic():
            dispute.save()
    except IntegrityError:  # 两下同时按，先到的算
        return NumberDispute.objects.get(**waiting)
    trail.record("assessments.number_disputed", dispute, by=by, changes={"claimed": (number.words, claimed)})
    return dispute


@transaction.atomic
def answer(dispute, outcome, words, *, by):
    """已更正 or 经核对无误, with words. False when somebody answered first; nothing of theirs is overwritten.

    Raises ValueError for one's own dispute (decisions 8).
    """
    current = NumberDispute.objects.select_for_update().get(pk=dispute.pk)
    if current.said_by_id == by.pk:
        raise ValueError("自己提的更正，请另一位同志核对。")
    if current.outcome:
        return False
    current.outcome, current.answer = outcome, words
    current.answered_by, current.answered_at = by, timezone.now()
    current.save()
    trail.record("assessments.number_answered", current, by=by, changes={"outcome": ("", words)})
    return True


def liaisons_of(branches, day):
    """branch → ids of the accounts that are its 联系干部 that day."""
    duties = Assignment.objects.on(day).filter(role=Role.LIAISON, body__in=branches, user__is_active=True)
    found = {}
    for branch, user in duties.values_list("body_id", "user_id"):
        found.setdefault(branch, set()).add(user)
    return found
