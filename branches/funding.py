"""经费: amounts granted to branches and spent by them, with source and use (方案四、2; M-63). Exact, in 分.

A wrong row is voided with its reason and stays on record; it counts in no sum.
"""

from dataclasses import dataclass

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Sum
from django.utils import timezone

from branches.models import FundingItem
from office.areas.models import Community
from office.audit import trail
from office.chinese.dates import cn_date
from office.chinese.numbers import wan_yuan, yuan

Kind = FundingItem.Kind


@transaction.atomic
def record(community, branch, *, kind, source, on, amount_fen, purpose, paper="", by) -> FundingItem:
    """One amount. Raises ValidationError by field: a day to come, another community's branch, the same row again."""
    Community.objects.select_for_update(of=("self",)).get(pk=community.pk)  # 按两下的第二下排在后面
    if on > timezone.localdate():
        raise ValidationError({"on": "这一天还没有到，收支发生以后再登记。"})
    if branch is not None and branch.community_id != community.pk:
        raise ValidationError({"place": f"{branch}不在{community}。"})
    facts = {"kind": kind, "source": source, "on": on, "amount_fen": amount_fen, "purpose": purpose, "paper": paper}
    if FundingItem.objects.filter(community=community, branch=branch, voided_on=None, **facts).exists():
        words = f"{cn_date(on)}同样金额、同样用途的已经登记过一笔，没有重复登记。确实是另一笔的，在用途里写清区别。"
        raise ValidationError({"purpose": words})
    item = FundingItem.objects.create(community=community, branch=branch, recorded_by=by, **facts)
    changes = {
        "收支": (None, item.get_kind_display()),
        "金额（元）": (None, yuan(amount_fen)),
        "日期": (None, cn_date(on)),
    }
    trail.record("branches.funding_recorded", item, by=by, changes=changes)
    return item


@transaction.atomic
def void(item, *, reason, by):
    """The row was wrong; it stays, struck out. Raises ValidationError when it is voided already."""
    item = FundingItem.objects.select_for_update(of=("self",)).get(pk=item.pk)
    if item.voided_on is not None:
        raise ValidationError(f"这一笔{cn_date(item.voided_on)}已经作废，没有重复办理。")
    item.voided_on, item.void_reason = timezone.localdate(), reason
    item.save()
    changes = {"收支": (item.get_kind_display(), ""), "金额（元）": (yuan(item.amount_fen), "")}
    trail.record("branches.funding_voided", item, by=by, changes=changes, reason=reason)


def of_year(items, year):
    return items.filter(on__year=year, voided_on=None)


def summary(branch_ids, year) -> dict[int, tuple[int, int]]:
    """{branch: (granted, spent)} in 分 of one year; one query."""
    found = {}
    rows = of_year(FundingItem.objects.filter(branch__in=branch_ids), year).order_by()
    for branch, kind, total in rows.values_list("branch_id", "kind").annotate(Sum("amount_fen")):
        granted, spent = found.get(branch, (0, 0))
        found[branch] = (total, spent) if kind == Kind.GRANTED else (granted, total)
    return {branch: found.get(branch, (0, 0)) for branch in branch_ids}


@dataclass(frozen=True)
class Sums:
    """Granted and spent of one place, in 分; shown in 万元."""

    place: str
    branch: int | None
    granted: int
    spent: int

    @property
    def granted_wan(self):
        return wan_yuan(self.granted)

    @property
    def spent_wan(self):
        return wan_yuan(self.spent)

    @property
    def left_wan(self):
        """What is left; worked out in 分, so it may differ by 0.01 from the two rounded numbers."""
        return wan_yuan(self.granted - self.spent)


def sums(items) -> tuple[Sums, list[Sums]]:
    """(all together, a line for each branch or community) of these items; one query."""
    found = {}
    rows = items.filter(voided_on=None).order_by("community__position", "community_id", "branch_id")
    facts = ("community__name", "branch_id", "branch__short_name", "kind")
    for community, branch, name, kind, total in rows.values_list(*facts).annotate(Sum("amount_fen")):
        sides = found.setdefault((name or f"{community}（社区）", branch), {})
        sides[kind] = sides.get(kind, 0) + total
    lines = [Sums(*place, sides.get(Kind.GRANTED, 0), sides.get(Kind.SPENT, 0)) for place, sides in found.items()]
    whole = Sums("合计", None, sum(line.granted for line in lines), sum(line.spent for line in lines))
    return whole, lines
