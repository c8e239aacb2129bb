"""指导组: one sent to each community, its visits and advice; one 联系干部 for each branch (方案四、1; R-135)."""

from dataclasses import dataclass
from datetime import date

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Count, Max, Q
from django.utils import timezone

from branches.models import Branch, GuidanceVisit
from members.models import Post
from office.areas.dated import in_force
from office.areas.models import Body, Community
from office.audit import trail
from office.chinese.dates import cn_date

Kind, Title = Body.Kind, Post.Title
NOT_YET = "这一天还没有到。"


@transaction.atomic
def send(community, *, starts_on, by) -> Body:
    """The town sends its group to a community that has none. Raises ValidationError."""
    community = Community.objects.select_for_update(of=("self",)).select_related("town").get(pk=community.pk)
    groups = Body.objects.filter(kind=Kind.GUIDANCE_GROUP, community=community)
    if groups.filter(Q(ends_on=None) | Q(ends_on__gte=starts_on)).exists():
        raise ValidationError(f"{community}已经有指导组，每个社区一个，没有重复派出。")
    if starts_on > timezone.localdate():
        raise ValidationError({"starts_on": NOT_YET})
    group = Body.objects.create(
        town=community.town,
        community=community,
        kind=Kind.GUIDANCE_GROUP,
        name=f"{community.town.name}派驻{community.name}党建工作指导组",
        short_name=f"驻{community.name}指导组",
        starts_on=starts_on,
    )
    changes = {"派驻社区": (None, str(community)), "从哪天起": (None, cn_date(starts_on))}
    trail.record("branches.guidance_sent", group, by=by, changes=changes)
    return group


@transaction.atomic
def record_visit(group, *, compound, branch, visited_on, people, found, advice, due_on, by) -> GuidanceVisit:
    """What the group saw and advised on a visit; the same twice stays one. Raises ValidationError by field."""
    group = Body.objects.select_for_update(of=("self",)).get(pk=group.pk)  # 按两下的第二下排在后面
    if visited_on > timezone.localdate():
        raise ValidationError({"visited_on": f"{NOT_YET}走访以后再登记。"})
    if group.starts_on and visited_on < group.starts_on:
        raise ValidationError({"visited_on": f"{group}从{cn_date(group.starts_on)}起派出。"})
    if due_on and not advice:
        raise ValidationError({"advice": "写了答复时限，请写清意见建议。"})
    if due_on and due_on < visited_on:
        raise ValidationError({"due_on": "答复时限不能早于走访日期。"})
    facts = {
        "compound": compound,
        "branch": branch,
        "visited_on": visited_on,
        "people": people,
        "found": found,
        "advice": advice,
        "due_on": due_on,
    }
    if same := GuidanceVisit.objects.filter(group=group, **facts).first():
        return same
    visit = GuidanceVisit.objects.create(group=group, recorded_by=by, **facts)
    changes = {"日期": (None, cn_date(visited_on)), "到哪里": (None, str(branch or compound or group.community))}
    changes |= {"意见建议": (None, advice)} if advice else {}
    trail.record("branches.visit_recorded", visit, by=by, changes=changes)
    return visit


@transaction.atomic
def answer(visit, *, outcome, settled_on, by):
    """What came of the advice. Only once. Raises ValidationError."""
    visit = GuidanceVisit.objects.select_for_update(of=("self",)).get(pk=visit.pk)
    if visit.settled_on is not None:
        raise ValidationError(f"这条意见{cn_date(visit.settled_on)}已经答复，没有重复登记。")
    if not visit.advice:
        raise ValidationError("这次走访没有提意见，不用答复。")
    if settled_on > timezone.localdate() or settled_on < visit.visited_on:
        raise ValidationError({"settled_on": f"答复日期要在{cn_date(visit.visited_on)}以后、今天以前。"})
    visit.outcome, visit.settled_on, visit.settled_by = outcome, settled_on, by
    visit.save()
    changes = {"落实情况": ("", outcome), "答复日期": (None, cn_date(settled_on))}
    trail.record("branches.visit_answered", visit, by=by, changes=changes)


# ── The 1/1 rule ──


@dataclass(frozen=True)
class CommunityLine:
    """One community: its group and who is in it, the branches without a 联系干部, what waits for an answer."""

    id: int
    name: str
    is_city: bool
    group: tuple | None  # (id, name)
    people: str
    branches: int
    unlinked: tuple  # (branch id, name)
    last_visit: date | None
    waiting: int
    late: int


@dataclass(frozen=True)
class Gaps:
    """What the plan asks for and is not there: communities without a group, branches without a 联系干部."""

    communities: tuple
    branches: tuple


def gaps(reach, day) -> Gaps:
    found = communities(reach, day)
    unguided = tuple((line.id, line.name) for line in found if line.is_city and line.group is None)
    return Gaps(unguided, tuple(branch for line in found for branch in line.unlinked))


def communities(reach, day) -> list[CommunityLine]:
    """The communities of a reach in their order; four queries."""
    places = list(Community.objects.within(reach).order_by("position", "id").values_list("id", "name", "kind"))
    ids = [row[0] for row in places]
    groups, people = _groups(ids, day)
    branches = _branches(ids, day)
    visits = _visits(ids, day)
    lines = []
    for pk, name, kind in places:
        own, (last, waiting, late) = branches.get(pk, ()), visits.get(pk, (None, 0, 0))
        unlinked = tuple(row[:2] for row in own if not row[2])
        group = groups.get(pk)
        lines.append(
            CommunityLine(
                id=pk,
                name=name,
                is_city=kind == Community.Kind.CITY,
                group=group,
                people="、".join(people.get(group[0], {}).values()) if group else "",
                branches=len(own),
                unlinked=unlinked,
                last_visit=last,
                waiting=waiting,
                late=late,
            )
        )
    return lines


def _groups(ids, day):
    """({community: (group, name)}, {group: its people, the 组长 first})."""
    rows = Body.objects.on(day).filter(kind=Kind.GUIDANCE_GROUP, community__in=ids).order_by("id", "posts__position")
    facts = ("id", "short_name", "community_id", "posts__person", "posts__title", "posts__person__name")
    groups, people = {}, {}
    for pk, name, community, person, title, called, starts, ends in rows.values_list(
        *facts, "posts__starts_on", "posts__ends_on"
    ):
        groups.setdefault(community, (pk, name))
        if person and (starts is None or starts <= day) and (ends is None or day <= ends):
            named = f"{called}（组长）" if title == Title.GROUP_HEAD else called
            people.setdefault(pk, {}).setdefault(person, named)
    return groups, people


def _branches(ids, day):
    """{community: [(id, name, has a 联系干部)]} of the branches of compounds."""
    held = Count("body__posts", filter=in_force(day, "body__posts__") & Q(body__posts__title=Title.LIAISON))
    rows = Branch.objects.filter(community__in=ids, kind__in=["compound", "joint"], state__in=["approved", "running"])
    found = {}
    rows = rows.annotate(liaisons=held).order_by("body_id")
    for community, *row in rows.values_list("community_id", "body_id", "body__short_name", "liaisons"):
        found.setdefault(community, []).append(tuple(row))
    return found


def _visits(ids, day):
    """{community: (day of the last visit, how much advice waits for an answer, how much of it is late)}."""
    waiting = ~Q(advice="") & Q(settled_on=None)
    rows = GuidanceVisit.objects.filter(community__in=ids).order_by().values_list("community_id")
    rows = rows.annotate(
        last=Max("visited_on"),
        waiting=Count("pk", filter=waiting),
        late=Count("pk", filter=waiting & Q(due_on__lt=day)),
    )
    return {community: tuple(numbers) for community, *numbers in rows}
