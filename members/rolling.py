"""What starts or ends by date: the hourly roll that brings today's columns in line with the dated rows."""

from django.db import transaction
from django.db.models import F, Q

from members import places
from members.models import Member, Placement
from office.audit import trail


def strayed(today):
    """Placements in force today that the member's row does not show yet, whether they began today or were missed."""
    current = Placement.objects.on(today).filter(member__status=Member.Status.NORMAL)
    return current.filter(
        ~Q(member__relation=F("relation"))
        | ~Q(member__community=F("community"))
        | Q(branch__isnull=False, member__branch__isnull=False) & ~Q(member__branch=F("branch"))
        | Q(branch=None, member__branch__isnull=False)
        | Q(branch__isnull=False, member__branch=None)
    )


@transaction.atomic
def roll(today):
    """Bring Member.branch, relation and community in line with the placement in force today.

    Returns how many members changed. A placement entered ahead of its day takes effect here, with one trail row each.
    """
    moved = []
    for placement in strayed(today).select_related("member__person", "branch", "community"):
        member = placement.member
        before = str(member.branch or "")
        member.community, member.branch, member.relation = placement.community, placement.branch, placement.relation
        member.save()
        moved.append(member.pk)
        trail.record("members.moved_by_date", member, by=None, changes={"branch": (before, str(member.branch or ""))})
    places.refresh(moved)
    return len(moved)
