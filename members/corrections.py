"""资料有误: a branch secretary or a cadre says what is wrong on a member's page; the keepers see to it."""

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils import timezone

from accounts.roles import ROSTER_KEEPERS, Role
from members.models import Correction, Member
from office.audit import trail

SETTLERS = (*ROSTER_KEEPERS, Role.LIAISON)


@transaction.atomic
def report(member, text, *, token, by):
    """One remark; the same token twice gives the first one back. What is written stays out of the trail."""
    found, new = Correction.objects.get_or_create(
        token=token, defaults={"member": member, "text": text, "given_by": by}
    )
    if new:
        trail.record("members.correction_given", member.person, by=by)
    return found


@transaction.atomic
def settle(correction, answer, *, by):
    """What was done about it, once; False when a colleague was first."""
    if not Member.objects.within(by.reach_as(*SETTLERS)).filter(pk=correction.member_id).exists():
        raise PermissionDenied
    settled = Correction.objects.filter(pk=correction.pk, settled_at=None).update(
        answer=answer, settled_by=by, settled_at=timezone.now()
    )
    if settled:
        trail.record("members.correction_settled", correction.member.person, by=by, reason=answer)
    return bool(settled)
