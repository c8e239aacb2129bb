"""党小组: members of a branch in groups, each with a leader; formed by the branch and reported upward (R-132, R-133).

The leader is a Post(group_leader) of the branch whose 分工 is the group's name.
"""

from datetime import timedelta

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils import timezone

from branches.formation import Finding
from branches.models import PartyGroup, PartyGroupMember
from members import posts
from members.models import Member, Post
from office.areas.models import Body
from office.audit import trail
from office.chinese.dates import cn_date
from office.rulebook.rules import rule
from office.rulebook.towns import town_rule

NAME_TAKEN = "这个支部已有同名的党小组。"
EndedHow = Post.EndedHow


def eligible(branch):
    """The members who can be in a group: the branch's direct members of normal standing."""
    return Member.objects.filter(branch=branch.pk, relation="direct", status="normal")


def suggested(branch, number, day):
    """Whether so many members are usually divided into groups (R-132): the rule, or None."""
    limit = town_rule(branch.town_id, "group_suggested_above_members", day)
    return limit if limit.holds(number) else None


def findings(members, leader, on) -> tuple[Finding, ...]:
    """What practice says of a group of these members (R-133)."""
    found, fewest, full = [], rule("group_min_members", on), rule("group_min_full_members", on)
    if not fewest.holds(len(members)):
        text = f"党小组{len(members)}人，一般不少于{fewest.value}人。"
        found.append(Finding("group_few", "W", text, fewest.short))
    if not full.holds(sum(member.stage == Member.Stage.FULL for member in members)):
        found.append(Finding("group_no_full", "W", "党小组里没有正式党员。", full.short))
    if leader is None:
        found.append(
            Finding("group_no_leader", "W", "党小组还没有组长。", rule("group_suggested_above_members", on).short)
        )
    return tuple(found)


@transaction.atomic
def save(branch, group, *, name, members, leader, on, reported_on=None, reason="", by) -> PartyGroup:
    """Form a group (`group` None) or change one so that from `on` it has this name, these members, this leader.

    Raises ValidationError by field: a name that is taken, a leader who is not of the group or not a full member, what
    practice warns of while `reason` is empty, a day that would rewrite what was true then. Who was in another group of
    the branch leaves it.
    """
    body = Body.objects.select_for_update().get(pk=branch.pk)
    if on > timezone.localdate():
        raise ValidationError({"on": "这一天还没有到，到了再登记。"})
    if group is not None:
        group = PartyGroup.objects.select_for_update(of=("self",)).get(pk=group.pk)
    for there in filter(None, (body, group)):
        _refuse_closed(there)
        _refuse_before(there, on)
    if leader is not None and leader.pk not in {member.pk for member in members}:
        raise ValidationError({"leader": "组长要在本组党员里。"})
    warned = [f"{finding.text}（{finding.cite}）" for finding in findings(members, leader, on)]
    if warned and not reason:
        raise ValidationError({"reason": [*warned, "可以继续，但要写明理由。"]})
    before = _words(group) if group else None
    old_name = group.name if group else ""
    group = group or PartyGroup(branch=body, starts_on=on)
    group.name, group.reported_on = name, reported_on
    try:
        with transaction.atomic():
            group.save()
    except IntegrityError:
        raise ValidationError({"name": NAME_TAKEN}) from None
    _enrol(group, members, on)
    _lead(group, old_name, leader, on, reason, by)
    changes = {"党小组": (before, _words(group)), "从哪天起": (None, cn_date(on))}
    trail.record("branches.group_saved", group, by=by, changes=changes, reason=reason)
    return group


@transaction.atomic
def close(group, *, on, reason, by):
    """The group's last day is `on`; its members belong to none and its leader leaves the post."""
    Body.objects.select_for_update().get(pk=group.branch_id)
    group = PartyGroup.objects.select_for_update(of=("self",)).get(pk=group.pk)
    _refuse_closed(group)
    if on > timezone.localdate() or (group.starts_on and on < group.starts_on):
        raise ValidationError({"on": "最后一天要在成立以后、今天以前。"})
    before = _words(group)
    for row in group.members.filter(ends_on=None).select_related("member__person"):
        _leave(row, on)
    _end_leading(leader_of(group), on, by)
    group.ends_on = on
    group.save()
    trail.record("branches.group_closed", group, by=by, changes={"党小组": (before, "")}, reason=reason)


def leader_of(group):
    """The open post of the group's leader, or None."""
    held = Post.objects.filter(body=group.branch_id, title=Post.Title.GROUP_LEADER, duty=group.name, ends_on=None)
    return held.select_related("person").first()


def _refuse_closed(there):
    if there.ends_on is not None:
        raise ValidationError(f"{there}已经撤销，不能再改。")


def _refuse_before(there, on):
    if there.starts_on and on < there.starts_on:
        raise ValidationError({"on": f"{there}从{cn_date(there.starts_on)}起才有。"})


def _refuse_overlap(row):
    until, then = cn_date(row.ends_on), cn_date(row.ends_on + timedelta(days=1))
    raise ValidationError({"on": f"{row.member}到{until}为止在{row.group}，从{then}起写。"})


def _refuse_rewriting(who, starts_on, last):
    """What began on the very day may be taken back; what began later was true, whatever is written for an earlier day."""
    if starts_on and last < starts_on - timedelta(days=1):
        raise ValidationError({"on": f"{who}从{cn_date(starts_on)}起才在现在的党小组，不能从更早的一天起改。"})


def _words(group):
    names = (
        group.members.filter(ends_on=None).order_by("member__strokes").values_list("member__person__name", flat=True)
    )
    return f"{group.name}：{'、'.join(names)}"


def _enrol(group, members, on):
    wanted = {member.pk: member for member in members}
    for row in group.members.filter(ends_on=None).exclude(member__in=wanted).select_related("member__person"):
        _leave(row, on - timedelta(days=1))
    already = set(group.members.filter(ends_on=None).values_list("member_id", flat=True))
    past = PartyGroupMember.objects.filter(member__in=wanted.keys() - already, ends_on__gte=on)
    for row in past.select_related("group", "member__person"):
        _refuse_overlap(row)
    others = PartyGroupMember.objects.filter(member__in=wanted, ends_on=None).exclude(group=group)
    for row in others.select_related("member__person"):
        _leave(row, on - timedelta(days=1))
    PartyGroupMember.objects.bulk_create(
        [
            PartyGroupMember(group=group, member=member, starts_on=on)
            for pk, member in wanted.items()
            if pk not in already
        ]
    )


def _leave(row, last):
    """A membership that would then never have begun was a slip of the pen and goes."""
    _refuse_rewriting(row.member, row.starts_on, last)
    if row.starts_on and last < row.starts_on:
        row.delete()
    else:
        row.ends_on = last
        row.save()


def _lead(group, old_name, leader, on, reason, by):
    held = Post.objects.filter(
        body=group.branch_id, title=Post.Title.GROUP_LEADER, duty=old_name or group.name, ends_on=None
    ).select_related("person")
    now = held.first()
    if now and leader and now.person_id == leader.pk:
        if now.duty != group.name:
            now.duty = group.name
            now.save()
        return
    _end_leading(now, on - timedelta(days=1), by)
    if leader is None:
        return
    leading = Post.objects.filter(body=group.branch_id, title=Post.Title.GROUP_LEADER, person=leader.pk, ends_on=None)
    elsewhere = leading.select_related("person").first()
    _end_leading(elsewhere, on - timedelta(days=1), by)
    try:
        posts.take_up(
            leader.person, group.branch, Post.Title.GROUP_LEADER, starts_on=on, how=Post.How.APPOINTED,
            duty=group.name, reason=reason, by=by,
        )  # fmt: skip
    except ValidationError as refusal:
        raise ValidationError({"leader": refusal.messages}) from None


def _end_leading(post, last, by):
    if post is not None:
        _refuse_rewriting(post.person, post.starts_on, last)
        never = bool(post.starts_on) and last < post.starts_on
        posts.end(post, ends_on=last, how=EndedHow.REORGANISED if never else EndedHow.MOVED, by=by)
