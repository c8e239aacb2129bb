"""What starts or ends by date: the nightly roll that brings today's columns in line with the dated rows."""

from django.db import transaction

from members import places
from members.models import Member, Placement
from office.audit import trail


@transaction.atomic
def roll(today):
    """Bring Member.branch, relation and community in line with the placement in force today.

    Returns how many members changed. A placement entered ahead of its day takes effect here, with one trail row each.
    """
    moved = []
    placements = Placement.objects.on(today).select_related("member__person", "branch", "community")
    for placement in placements.filter(member__status=Member.Status.NORMAL, starts_on=today):
        member = placement.member
        if (member.branch_id, member.relation) == (placement.branch_id, placement.relation):
            continue
        before = str(member.branch or "")
        member.community, member.branch, member.relation = placement.community, placement.branch, placement.relation
        member.save()
        moved.append(member.pk)
        trail.record("members.moved_by_date", member, by=None, changes={"branch": (before, str(member.branch or ""))})
    places.refresh(moved)
    return len(moved)
