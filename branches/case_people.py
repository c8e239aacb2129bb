"""What a case is about: its compounds, the branches it replaces, who would move, what the numbers allow (R-101…R-107)."""

from collections import Counter
from dataclasses import dataclass

from django.core.exceptions import ValidationError
from django.db.models import Count, Q

from branches import formation
from branches.models import Branch, BranchCase, CaseMember
from members.models import Member
from office.areas.models import Body, Coverage

Kind = BranchCase.Kind
FORMING = (Kind.OWN, Kind.JOINT)
STANDING = (Branch.State.APPROVED, Branch.State.RUNNING)
OF_COMPOUNDS = (Branch.Kind.COMPOUND, Branch.Kind.JOINT)


@dataclass(frozen=True)
class Matter:
    """What is to be done: with which compounds, in place of which branches (Body). `branch`: of 调整 the branch itself."""

    kind: str
    community: object
    compounds: tuple
    old_branches: tuple = ()
    branch: Body | None = None


def matter_of(kind, community, compounds, *, branch=None, day) -> Matter:
    """The matter, with the branches it would replace. Raises ValidationError in Chinese for what cannot be."""
    compounds = list(compounds)
    if strangers := [c.name for c in compounds if c.community_id != community.pk]:
        raise ValidationError(
            f"{'、'.join(strangers)}不在{community}：联合党支部在同一个社区之内，跨社区的先由镇调整小区归属。"
        )
    covering = _covering(compounds, day)
    if kind in (Kind.ADJUST, Kind.DISSOLVE):
        return _about_a_branch(kind, community, compounds, branch, covering)
    fits = {Kind.OWN: len(compounds) == 1, Kind.JOINT: len(compounds) > 1}
    if not fits[kind]:
        raise ValidationError(f"{Kind(kind).label}要选{'一个' if kind == Kind.OWN else '两个以上'}小区。")
    old = tuple(covering)
    _refuse_half_covered(compounds, old, day)
    if kind == Kind.OWN:
        old = ()  # 一个小区可以不止一个支部（decisions 19）：分设，原支部不动
    return Matter(kind, community, tuple(_ordered(compounds, covering)), old)


def _about_a_branch(kind, community, compounds, branch, covering):
    if branch is None or branch.community_id != community.pk:
        raise ValidationError("请选本社区的党支部。")
    if kind == Kind.ADJUST and not compounds:
        raise ValidationError("调整以后至少覆盖一个小区；一个也不覆盖的，办撤销。")
    if kind == Kind.ADJUST and (others := [body for body in covering if body.pk != branch.pk]):
        names = "、".join(body.short_name for body in others)
        raise ValidationError(f"有小区已由{names}覆盖，先办它的调整或者撤销。")
    return Matter(kind, community, tuple(_ordered(compounds, covering)), (branch,), branch)


def _covering(compounds, day):
    """Branches of compounds that stand there today (Body → its chosen compounds), by key."""
    rows = Coverage.objects.on(day).filter(
        compound__in=compounds, body__branch__state__in=STANDING, body__branch__kind__in=OF_COMPOUNDS
    )
    covering = {}
    for row in rows.select_related("body__community").order_by("body_id"):
        covering.setdefault(row.body, set()).add(row.compound_id)
    return covering


def _refuse_half_covered(compounds, branches, day):
    """A joint branch that also serves other compounds is not replaced by halves."""
    chosen = {compound.pk for compound in compounds}
    rows = Coverage.objects.on(day).filter(body__in=branches).select_related("compound", "body")
    left = {}
    for row in rows:
        if row.compound_id not in chosen:
            left.setdefault(row.body.short_name, []).append(row.compound.name)
    for name, others in left.items():
        raise ValidationError(f"{name}还覆盖{'、'.join(others)}，先办{name}的调整，或者把这些小区一起选上。")


def _ordered(compounds, covering):
    """Those with a branch first, then by name (R-115)."""
    served = set().union(*covering.values()) if covering else set()
    return sorted(compounds, key=lambda compound: (compound.pk not in served, compound.pinyin, compound.pk))


def suggested_name(matter, has_committee):
    """(全称, 简称) by R-115; both may be changed."""
    place = f"中共{matter.community.town}{matter.community}"
    names = "、".join(compound.name for compound in matter.compounds)
    joint = len(matter.compounds) > 1
    tail = "支部委员会" if has_committee else "党支部"
    if joint:
        return f"{place}{names}联合{tail}", f"{names}联合党支部"
    return f"{place}{names.removesuffix('小区')}小区{tail}", f"{names}党支部"


def listed(matter):
    """The 党员划转名单 before anybody ticked: [CaseMember], who lives there (decisions 2), and of 撤销 who belongs there.

    Who belongs to another compound's branch is listed and not ticked. Members of a replaced branch move with it and are
    not on the list.
    """
    direct = Member.objects.filter(status=Member.Status.NORMAL, relation=Member.Relation.DIRECT)
    if matter.kind == Kind.DISSOLVE:
        rows = Member.objects.filter(branch=matter.branch, status__in=["normal", "suspended"])
    else:
        rows = direct.filter(home_compound__in=matter.compounds, community=matter.community)
    replaced = {body.pk for body in matter.old_branches} if matter.kind != Kind.DISSOLVE else set()
    elsewhere = set(
        Branch.objects.filter(community=matter.community, kind__in=OF_COMPOUNDS).values_list("pk", flat=True)
    )
    rows = rows.order_by("strokes", "pk").values_list("pk", "branch_id")
    return [
        CaseMember(
            member_id=pk,
            from_branch_id=branch,
            ticked=matter.kind == Kind.DISSOLVE or branch not in elsewhere,
        )
        for pk, branch in rows
        if branch not in replaced
    ]


def members_with(matter, ticked):
    """Everybody who would belong to the branch: the ticked, with the members of what it replaces or changes."""
    own = Q(branch__in=[body.pk for body in matter.old_branches])
    return Member.objects.filter(own | Q(pk__in=ticked))


def members_of(case):
    """The same of an open case."""
    ticked = case.members.filter(ticked=True).values("member")
    old = case.old_branches.values("branch")
    return Member.objects.filter(Q(branch__in=old) | Q(pk__in=ticked))


def check_of(members, *, kind, units, town, day):
    """What the rules say of these members as one branch; None for 撤销, which needs no numbers."""
    if kind == Kind.DISSOLVE:
        return None
    joint = kind == Kind.JOINT or units > 1
    limits = formation.thresholds(town, day)
    return formation.check(tally(members), limits, units=units, kind=formation.JOINT if joint else formation.OWN)


def tally(members):
    """formation.Counts of the given members; one query."""
    rows = members.filter(status=Member.Status.NORMAL).order_by().values_list("relation", "stage")
    found = Counter()
    for relation, stage, number in rows.annotate(Count("pk")):
        found[stage if relation == Member.Relation.DIRECT else relation] += number
    full, probationary = found[Member.Stage.FULL], found[Member.Stage.PROBATIONARY]
    return formation.Counts(
        direct=full + probationary,
        full=full,
        probationary=probationary,
        in_service=found[Member.Relation.IN_SERVICE],
        floating_in=found[Member.Relation.FLOATING_IN],
    )
