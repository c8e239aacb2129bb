"""Entering what stands already: compounds, and branches that were approved before this system began.

A new branch is formed by a case of its own (支部工作条例第六条); here its result of earlier years is put on record.
"""

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction

from branches.models import Branch
from office.areas.models import Body, Compound, Coverage
from office.audit import trail

FACTS = ("name", "households", "buildings", "built_year", "address")


@transaction.atomic
def save_compound(compound, *, by):
    """Add or change a compound. Raises ValidationError when the community already has one of that name."""
    before = Compound.objects.filter(pk=compound.pk).values(*FACTS).first() or dict.fromkeys(FACTS)
    try:
        with transaction.atomic():
            compound.save()
    except IntegrityError:
        raise ValidationError({"name": "这个社区里已经有同名的小区。"}) from None
    changes = {
        fact: (before[fact], getattr(compound, fact)) for fact in FACTS if before[fact] != getattr(compound, fact)
    }
    verb = "areas.compound_changed" if any(before.values()) else "areas.compound_added"
    trail.record(verb, compound, by=by, changes=changes)
    return compound


@transaction.atomic
def register_branch(community, *, name, short_name, kind, compounds, approved_on, by, **facts):
    """Put an existing branch on record with the compounds it covers; it runs from the day of its approval.

    Raises ValidationError in Chinese: a name that is taken, compounds that do not fit the kind.
    """
    wanted = {
        Branch.Kind.COMPOUND: "选一个小区",
        Branch.Kind.JOINT: "至少选两个小区",
        Branch.Kind.COMMUNITY: "不选小区",
    }
    fits = {Branch.Kind.COMPOUND: len(compounds) == 1, Branch.Kind.JOINT: len(compounds) > 1}
    if not fits.get(kind, not compounds):
        raise ValidationError({"compounds": f"{Branch.Kind(kind).label}要{wanted[kind]}。"})
    try:
        with transaction.atomic():
            body = Body.objects.create(
                community=community, kind=Body.Kind.BRANCH, name=name, short_name=short_name, starts_on=approved_on
            )
    except IntegrityError:
        raise ValidationError({"name": "本镇已有同名的党支部。"}) from None
    branch = Branch.objects.create(body=body, kind=kind, approved_on=approved_on, **facts)
    Coverage.objects.bulk_create([Coverage(body=body, compound=c, starts_on=approved_on) for c in compounds])
    covered = "、".join(c.name for c in compounds)
    trail.record("branches.registered", branch, by=by, changes={"compounds": (None, covered)})
    return branch
