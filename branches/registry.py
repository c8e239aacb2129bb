"""Entering what stands already: compounds, and branches that were approved before this system began.

A new branch is formed by a case of its own (支部工作条例第六条); here its result of earlier years is put on record.
"""

from datetime import timedelta

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction

from branches.models import Branch
from office.areas.models import Body, Compound, Coverage
from office.audit import trail

COMPOUND_TAKEN = "这个社区里已经有同名的小区。"
BRANCH_TAKEN = "本镇已有同名的党支部。"
NAMES = {"name": "全称", "short_name": "简称"}  # of a branch's Body
COVERED = {
    Branch.Kind.COMPOUND: "选一个小区",
    Branch.Kind.JOINT: "至少选两个小区",
    Branch.Kind.COMMUNITY: "不选小区",
}
FACTS = ("name", "households", "buildings", "built_year", "address")


@transaction.atomic
def save_compound(compound, *, by):
    """Add or change a compound. Raises ValidationError when the community already has one of that name."""
    before = Compound.objects.filter(pk=compound.pk).values(*FACTS).first() or dict.fromkeys(FACTS)
    try:
        with transaction.atomic():
            compound.save()
    except IntegrityError:
        raise ValidationError({"name": COMPOUND_TAKEN}) from None
    changes = {
        fact: (before[fact], getattr(compound, fact)) for fact in FACTS if before[fact] != getattr(compound, fact)
    }
    verb = "areas.compound_changed" if any(before.values()) else "areas.compound_added"
    trail.record(verb, compound, by=by, changes=changes)
    return compound


def check_coverage(kind, compounds):
    """Raise ValidationError in Chinese when this many compounds do not fit the kind of branch."""
    fits = {Branch.Kind.COMPOUND: len(compounds) == 1, Branch.Kind.JOINT: len(compounds) > 1}
    if not fits.get(kind, not compounds):
        raise ValidationError({"compounds": f"{Branch.Kind(kind).label}要{COVERED[kind]}。"})


@transaction.atomic
def register_branch(community, *, name, short_name, kind, compounds, approved_on, by, **facts):
    """Put an existing branch on record with the compounds it covers; it runs from the day of its approval.

    Raises ValidationError in Chinese: a name that is taken, compounds that do not fit the kind.
    """
    check_coverage(kind, compounds)
    try:
        with transaction.atomic():
            body = Body.objects.create(
                community=community, kind=Body.Kind.BRANCH, name=name, short_name=short_name, starts_on=approved_on
            )
    except IntegrityError:
        raise ValidationError({"name": BRANCH_TAKEN}) from None
    branch = Branch.objects.create(body=body, kind=kind, approved_on=approved_on, **facts)
    Coverage.objects.bulk_create([Coverage(body=body, compound=c, starts_on=approved_on) for c in compounds])
    covered = "、".join(c.name for c in compounds)
    trail.record("branches.registered", branch, by=by, changes={"compounds": (None, covered)})
    return branch


@transaction.atomic
def correct_branch(branch, *, compounds=None, on, by, **facts):
    """Put facts of a recorded branch right; given other `compounds`, these are covered from the day `on`.

    Raises ValidationError in Chinese: a name that is taken, compounds that do not fit the kind.
    """
    body, changes = branch.body, {}
    for fact, value in facts.items():
        row = body if fact in NAMES else branch
        changes[NAMES.get(fact, fact)] = (getattr(row, fact), value)
        setattr(row, fact, value)
    before = branch.compounds_on(on)
    check_coverage(branch.kind, before if compounds is None else compounds)
    try:
        with transaction.atomic():
            body.save()
    except IntegrityError:
        raise ValidationError({"name": BRANCH_TAKEN}) from None
    branch.save()
    if compounds is not None:
        _cover(body, compounds, on)
        changes["compounds"] = tuple("、".join(each.name for each in some) for some in (before, compounds))
    trail.record("branches.corrected", branch, by=by, changes=changes)
    return branch


def _cover(body, compounds, on):
    """Close and open coverage so that from `on` these compounds are covered; what began that day was a slip."""
    covered = Coverage.objects.on(on).filter(body=body)
    gone = covered.exclude(compound__in=compounds)
    gone.filter(starts_on=on).delete()
    gone.update(ends_on=on - timedelta(days=1))
    kept = set(covered.values_list("compound_id", flat=True))
    Coverage.objects.bulk_create([Coverage(body=body, compound=c, starts_on=on) for c in compounds if c.pk not in kept])
