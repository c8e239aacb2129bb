"""组织关系 between two communities of one town: one side opens it, the other settles it (R-213).

Until it is settled the member stays on the register he is on. History is kept in Placement.
"""

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils import timezone

from members.changes import locked, resettle
from members.models import Member, Placement, Transfer
from members.roster import may_keep
from office.audit import trail
from office.chinese.dates import cn_date

State = Transfer.State


@transaction.atomic
def hand_over(member, *, to_community, version, by):
    """The community that keeps the member offers him to another one of the town; returns the open Transfer."""
    member = locked(member, version, by=by)
    return _open(member, to_community, asked_by_receiver=False, by=by)


@transaction.atomic
def ask_for(member, *, to_community, branch, home_compound, relation, by):
    """A community that found somebody at home asks the one that keeps him; returns the open Transfer."""
    if not may_keep(by, to_community):
        raise PermissionDenied
    member = Member.objects.select_for_update(of=("self",)).select_related("person", "community").get(pk=member.pk)
    where = {"branch": branch, "home_compound": home_compound, "relation": relation}
    return _open(member, to_community, asked_by_receiver=True, by=by, **where)


def _open(member, to_community, *, asked_by_receiver, by, **where):
    if member.status != Member.Status.NORMAL:
        raise ValidationError(f"现在是“{member.get_status_display()}”，不能转接。")
    if to_community.pk == member.community_id or to_community.town_id != member.town_id:
        raise ValidationError({"to_community": "请选本镇的另一个社区。"})
    if Transfer.objects.filter(member=member, state=State.OPEN).exists():
        raise ValidationError("这位党员的转接已经提出，正等对方确认。")
    transfer = Transfer.objects.create(
        member=member,
        from_community=member.community,
        to_community=to_community,
        asked_by_receiver=asked_by_receiver,
        opened_by=by,
        opened_on=timezone.localdate(),
        **where,
    )
    changes = {"社区": (str(member.community), str(to_community))}
    trail.record("members.transfer_opened", member.person, by=by, changes=changes)
    return transfer


def _held(transfer, community_id, *, by):
    """The open transfer, locked. Raises PermissionDenied, or ValidationError when it is settled already."""
    rows = Transfer.objects.select_for_update(of=("self",))
    found = rows.select_related("from_community", "to_community", "branch", "home_compound").get(pk=transfer.pk)
    side = found.from_community if community_id == found.from_community_id else found.to_community
    if not may_keep(by, side):
        raise PermissionDenied
    if found.state != State.OPEN:
        raise ValidationError(f"这件转接已经办过了：{found.get_state_display()}。")
    return found


def _settle(transfer, state, *, by, answer=""):
    transfer.state, transfer.answer = state, answer
    transfer.settled_by, transfer.settled_on = by, timezone.localdate()
    transfer.save()


@transaction.atomic
def agree(transfer, *, branch=None, home_compound=None, relation=None, by):
    """The other side's yes, which moves the member today. Who receives says where he goes: at once when it asked,
    else here. Raises ValidationError by field."""
    transfer = _held(transfer, transfer.answering_id, by=by)
    if not transfer.asked_by_receiver:
        transfer.branch, transfer.home_compound, transfer.relation = branch, home_compound, relation
    if transfer.relation == Member.Relation.DIRECT and transfer.branch is None:
        raise ValidationError({"branch": "直管党员要写明所在党支部。"})
    rows = Member.objects.select_for_update(of=("self",)).select_related("person", "community", "branch")
    member = rows.get(pk=transfer.member_id)
    if member.community_id != transfer.from_community_id or member.status != Member.Status.NORMAL:
        raise ValidationError("提出以后，这位党员的情况变了，请核对后重新办理。")
    before = {"社区": str(member.community), "所在党支部": str(member.branch or "")}
    today = timezone.localdate()
    member.community, member.branch = transfer.to_community, transfer.branch
    member.home_compound, member.relation, member.floating_out = transfer.home_compound, transfer.relation, False
    resettle(member, today, how=Placement.How.TRANSFERRED)
    _settle(transfer, State.DONE, by=by)
    after = {"社区": str(member.community), "所在党支部": str(member.branch or "")}
    changes = {label: (before[label], after[label]) for label in before} | {"从哪天起": (None, cn_date(today))}
    trail.record("members.transfer_done", member.person, by=by, changes=changes)


@transaction.atomic
def decline(transfer, *, answer, by):
    """The other side's no, with its reason; nothing moves."""
    transfer = _held(transfer, transfer.answering_id, by=by)
    _settle(transfer, State.DECLINED, answer=answer, by=by)
    trail.record("members.transfer_declined", transfer.member.person, by=by, reason=answer)


@transaction.atomic
def withdraw(transfer, *, by):
    """Whoever opened it takes it back."""
    transfer = _held(transfer, transfer.asking_id, by=by)
    _settle(transfer, State.WITHDRAWN, by=by)
    trail.record("members.transfer_withdrawn", transfer.member.person, by=by)
