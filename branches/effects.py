"""What a signed 批复 brings about, on the day of the signature: branches, coverage, posts, members (decisions 2, 11).

Nothing of the old branch's history is touched: meetings, reports, decisions and venues stay with it and stay readable.
"""

from contextlib import suppress
from datetime import timedelta

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils import timezone

from accounts import deeds
from accounts.models import Assignment
from accounts.roles import Role
from branches import registry
from branches.case_people import FORMING, Kind
from branches.models import Branch, Election, PartyGroup, PartyGroupMember, Venue, VenueDetail
from members import places, posts
from members.models import Member, Post
from members.together import move_together
from office.areas.models import Body, Compound, Coverage

FORM = {Kind.OWN: Branch.Kind.COMPOUND, Kind.JOINT: Branch.Kind.JOINT}
BEGIN_ANEW = "由镇党建办撤回以后重新办。"
OPEN_ELECTIONS = (Election.State.PREPARING, Election.State.HELD)


def carry_out(case, paper, *, by):
    """Bring about what the paper says and return the branch's Body that comes of it; within the signing transaction.

    Raises ValidationError in Chinese where the world has moved on meanwhile: a name that is taken, a branch dissolved.
    Who has gone to another community since the list was made stays there, as who has left or died does.
    """
    on = paper.issued_on
    old = _held(case)
    listed = case.members.filter(ticked=True, member__community=case.community_id)
    ticked = list(listed.order_by("pk").values_list("member_id", flat=True))
    _end_rows(PartyGroupMember.objects.filter(member__in=ticked, ends_on=None).exclude(group__branch=case.branch), on)
    if case.kind in FORMING:
        return _form(case, paper, old, ticked, on, by)
    if case.kind == Kind.ADJUST:
        return _adjust(case, ticked, on, by)
    everybody = _members_of(old)
    for body in old:
        _close(body, on, by)
    move_together([*ticked, *everybody], branch=case.branch, on=on, by=by)
    return case.branch


def _held(case):
    """The old branches' Body rows, locked by key with the one that takes their members in, so that no two signatures
    close the same one, or move members into one that another closes."""
    rows = Branch.objects.select_for_update(of=("self",)).select_related("body").order_by("pk")
    old = set(case.old_branches.values_list("branch", flat=True))
    branches = list(rows.filter(pk__in={*old, case.branch_id} - {None}))
    for branch in branches:
        if branch.state == Branch.State.DISSOLVED:
            raise ValidationError(f"{branch}已经撤销，这件事项{BEGIN_ANEW}")
    return [branch.body for branch in branches if branch.pk in old]


def _compounds(case):
    return list(Compound.objects.filter(pk__in=case.compounds.values("compound")).order_by("pinyin", "pk"))


def _members_of(bodies):
    return list(Member.objects.filter(branch__in=[body.pk for body in bodies]).values_list("pk", flat=True))


def _form(case, paper, old, ticked, on, by):
    everybody = [*ticked, *_members_of(old)]
    before = _who_led(old, on)
    for body in old:
        _close(body, on, by)
    body = _open(case, paper, on)
    _carry_venue(old, body, on)
    move_together(everybody, branch=body, on=on, by=by)
    _hand_over(body, *before, on, by)
    return body


def _open(case, paper, on):
    try:
        with transaction.atomic():
            body = Body.objects.create(
                community=case.community,
                kind=Body.Kind.BRANCH,
                name=case.name,
                short_name=case.short_name,
                starts_on=on,
            )
    except IntegrityError:
        raise ValidationError(f"{registry.BRANCH_TAKEN}这件事项{BEGIN_ANEW}") from None
    Branch.objects.create(
        body=body,
        kind=FORM[case.kind],
        state=Branch.State.APPROVED,
        approved_on=on,
        approval_paper=paper.number[:40],
        term_years=case.term_years,
        has_committee=case.has_committee,
    )
    Coverage.objects.bulk_create(Coverage(body=body, compound=each, starts_on=on) for each in _compounds(case))
    return body


def _close(body, on, by):
    """The branch ends the day before; what began on the very day never was."""
    last = on - timedelta(days=1)
    _end_rows(Coverage.objects.filter(body=body, ends_on=None), on)
    for post in Post.objects.filter(body=body, ends_on=None).select_related("person", "body"):
        posts.end(post, ends_on=last, how=Post.EndedHow.REORGANISED, by=by)
    _end_rows(PartyGroupMember.objects.filter(group__branch=body, ends_on=None), on)
    _end_rows(PartyGroup.objects.filter(branch=body, ends_on=None), on)
    Election.objects.filter(branch=body, state__in=OPEN_ELECTIONS).update(state=Election.State.CANCELLED)
    body.ends_on = max(last, body.starts_on or last)
    body.save()
    branch = body.branch
    branch.state = Branch.State.DISSOLVED
    branch.save()


def _end_rows(rows, on):
    rows.filter(starts_on__gte=on).delete()
    rows.update(ends_on=on - timedelta(days=1))


def _carry_venue(old, body, on):
    """七有 of the year goes on where the first old branch stood; the place does not change with the name."""
    venue = Venue.objects.filter(branch__in=[each.pk for each in old], year=on.year).order_by("branch_id").first()
    if venue is None:
        return
    facts = {field: getattr(venue, field) for field, _ in Venue.ITEMS}
    carried = Venue.objects.create(
        branch=body, year=on.year, address=venue.address, room=venue.room, checked_on=venue.checked_on, **facts
    )
    for detail in venue.details.order_by("pk"):  # 照片留在原支部
        said = {"has": detail.has, "applies": detail.applies, "note": detail.note, "plan_on": detail.plan_on}
        VenueDetail.objects.create(venue=carried, item=detail.item, **said)


def _who_led(old, on):
    """(the one 联系干部 of the old branches or None, their secretaries) before they close."""
    held = Post.objects.on(on).filter(body__in=[body.pk for body in old]).select_related("person__user")
    guides = {post.person_id: post.person for post in held.filter(title=Post.Title.LIAISON)}
    chiefs = {post.person_id: post.person for post in held.filter(title=Post.Title.SECRETARY)}
    return (next(iter(guides.values())) if len(guides) == 1 else None), list(chiefs.values())


def _hand_over(body, guide, chiefs, on, by):
    """The 联系干部 goes on; former secretaries call the members together until a secretary takes up."""
    if guide is not None:
        posts.take_up(guide, body, Post.Title.LIAISON, starts_on=on, by=by)
    today = timezone.localdate()
    for person in chiefs:
        if person.user is None or person.user_id == by.pk:
            continue
        if Assignment.objects.on(today).filter(user=person.user, role=Role.BRANCH_SECRETARY, body=body).exists():
            continue
        with suppress(ValidationError):  # 三员分立等不许的，由安全管理员处理，不拦批复
            deeds.grant(person.user, Role.BRANCH_SECRETARY, body=body, starts_on=today, reason=posts.CONVENES, by=by)


def _adjust(case, ticked, on, by):
    body = case.branch
    compounds = _compounds(case)
    before = set(Coverage.objects.on(on).filter(body=body).values_list("compound_id", flat=True))
    registry.correct_branch(
        body.branch,
        compounds=compounds,
        on=on,
        by=by,
        name=case.name,
        short_name=case.short_name,
        kind=Branch.Kind.JOINT if len(compounds) > 1 else Branch.Kind.COMPOUND,
    )
    move_together(ticked, branch=body, on=on, by=by)
    if before != {compound.pk for compound in compounds}:
        places.refresh(Post.objects.on(on).filter(body=body).values_list("person", flat=True))
    return body
