"""党员划转: many members to one branch in one dated act, without a letter within one 社区党委 (decisions 2)."""

from datetime import timedelta

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import F

from members import places
from members.models import Member, Placement
from office.audit import trail
from office.chinese.dates import cn_date

STAYING = (Member.Status.NORMAL, Member.Status.SUSPENDED)  # 停止党籍的仍在支部


@transaction.atomic
def move_together(members, *, branch, on, by) -> int:
    """Move these members (ids) to the branch (its Body) from `on`, each keeping the 关系类别; returns how many moved.

    Who is there already, has left or died stays as it is. The caller's deed has asked whether `by` may. Raises
    ValidationError naming whoever belongs to another community, or whose present placement begins after `on`.
    """
    rows = Member.objects.select_for_update(of=("self",)).filter(pk__in=members, status__in=STAYING)
    moving = list(rows.exclude(branch=branch).select_related("person").order_by("pk"))
    if strangers := [member.person.name for member in moving if member.community_id != branch.community_id]:
        raise ValidationError(f"{'、'.join(strangers)}的组织关系不在{branch.community}，先办社区间转接。")
    ids = [member.pk for member in moving]
    _close(ids, on)
    Member.objects.filter(pk__in=ids).rescope(branch=branch, version=F("version") + 1)
    Placement.objects.bulk_create(
        Placement(
            member=member,
            town_id=branch.town_id,
            community_id=branch.community_id,
            branch=branch,
            relation=member.relation,
            starts_on=on,
            how=Placement.How.BULK,
        )
        for member in moving
    )
    places.refresh(ids)
    given = {"人数": (None, len(ids)), "党支部": (None, str(branch)), "从哪天起": (None, cn_date(on))}
    trail.record("members.moved_together", branch, by=by, changes=given)
    return len(ids)


def _close(members, on):
    """Present placements end the day before; one that began on that very day was a slip of the pen and goes."""
    open_ones = Placement.objects.filter(member__in=members, ends_on=None)
    if late := open_ones.filter(starts_on__gt=on).select_related("member__person").first():
        raise ValidationError(
            f"{late.member.person.name}现在的归属从{cn_date(late.starts_on)}起，不能从更早的{cn_date(on)}划转。"
        )
    open_ones.filter(starts_on=on).delete()
    open_ones.update(ends_on=on - timedelta(days=1))
