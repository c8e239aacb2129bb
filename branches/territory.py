"""片区: dated sets of compounds with a responsible person (方案三、1; M-11). A patch is a Body of the town.

Which compounds belong to it from when until when is Coverage; who answers for it is a Post. Cells (branches.cells)
share the deed that moves compounds.
"""

import hashlib
from dataclasses import dataclass
from datetime import timedelta

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.db.models import Count
from django.utils import timezone

from branches.formation import Counts, counts_of_compounds
from members import posts
from members.models import Post
from office.areas.models import Body, Compound, Coverage, Town
from office.audit import trail
from office.chinese.dates import cn_date

Kind = Body.Kind
STALE = "刚才有人改过，您填的还在；请对照现在的情况再保存一次。"
NOT_YET = "这一天还没有到，到了再登记。"


# ── What patches and cells have in common ──


def seen(body):
    """What is on record for a patch or a cell, as the form carries it along."""
    rows = body.coverage.filter(ends_on=None).order_by("compound_id").values_list("compound_id", "starts_on")
    labels = body.cell_buildings.order_by("label").values_list("label", flat=True)
    facts = f"{body.name};{body.ends_on};{list(rows)};{list(labels)}"
    return hashlib.sha256(facts.encode()).hexdigest()[:20]


def refuse_stale(body, seen_before):
    """Raises ValidationError when somebody was quicker, or the body is closed."""
    if body.ends_on is not None:
        raise ValidationError(f"{body}已经撤销，不能再改。")
    if seen(body) != seen_before:
        raise ValidationError(STALE)


def refuse_day(day, field="on"):
    if day > timezone.localdate():
        raise ValidationError({field: NOT_YET})


def compound_words(body):
    """What is on record now, in one line for the trail."""
    names = body.coverage.filter(ends_on=None).order_by("compound__pinyin").values_list("compound__name", flat=True)
    labels = "、".join(body.cell_buildings.values_list("label", flat=True))
    return f"{body.short_name}：{'、'.join(names)}{labels}"


def cover(body, compounds, on, rivals):
    """`body` covers exactly these compounds from `on`; rows of `rivals` (Coverage) that hold one of them end before.

    Raises ValidationError where an earlier day than on record would rewrite what was true then.
    """
    wanted = {compound.pk: compound for compound in compounds}
    rows = Coverage.objects.select_for_update(of=("self",)).select_related("body", "compound")
    own = rows.filter(body=body)
    _refuse_overlap((own | rows.filter(pk__in=rivals)).filter(compound__in=wanted, ends_on__gte=on))
    kept = set()
    for row in own.filter(ends_on=None):
        if row.compound_id in wanted:
            kept.add(row.compound_id)
        else:
            leave(row, on - timedelta(days=1))
    for row in rows.filter(pk__in=rivals, compound__in=wanted, ends_on=None).exclude(body=body):
        leave(row, on - timedelta(days=1))
    new = [Coverage(body=body, compound=one, starts_on=on) for pk, one in wanted.items() if pk not in kept]
    Coverage.objects.bulk_create(new)


def _refuse_overlap(rows):
    for row in rows:
        until, then = cn_date(row.ends_on), cn_date(row.ends_on + timedelta(days=1))
        raise ValidationError({"on": f"{row.compound}到{until}为止在{row.body}，从{then}起写。"})


def leave(row, last):
    """The compound's last day in the body; what began that same day never was."""
    if row.starts_on and last < row.starts_on - timedelta(days=1):
        raise ValidationError(
            {"on": f"{row.compound}从{cn_date(row.starts_on)}起才在{row.body}，不能从更早的一天起划走。"}
        )
    if row.starts_on and last < row.starts_on:
        row.delete()
    else:
        row.ends_on = last
        row.save()


def close(body, *, on, reason, verb, by):
    """The last day of a patch or a cell: its compounds belong to none, its posts end. Raises ValidationError."""
    with transaction.atomic():
        body = Body.objects.select_for_update(of=("self",)).get(pk=body.pk)
        if body.ends_on is not None:
            raise ValidationError(f"{body}已经撤销，没有重复办理。")
        refuse_day(on)
        if body.starts_on and on < body.starts_on:
            raise ValidationError({"on": f"{body}从{cn_date(body.starts_on)}起才有。"})
        before = compound_words(body)
        for row in body.coverage.filter(ends_on=None).select_related("body", "compound"):
            leave(row, on)
        for post in Post.objects.filter(body=body, ends_on=None):
            _end_post(post, on, by)
        body.ends_on = on
        body.save()
        changes = {body.get_kind_display(): (before, ""), "最后一天": (None, cn_date(on))}
        trail.record(verb, body, by=by, changes=changes, reason=reason)


def _end_post(post, on, by):
    try:
        posts.end(post, ends_on=on, how=Post.EndedHow.MOVED, by=by)
    except ValidationError as refusal:
        raise ValidationError({"on": refusal.messages}) from None


# ── Patches ──


@transaction.atomic
def save_patch(patch, town, *, name, compounds, on, seen_before="", by):
    """Draw a patch anew (None) or change it from `on`; a compound leaves the patch it was in. Raises ValidationError."""
    town = Town.objects.select_for_update().get(pk=town.pk)  # 全镇的片区排队：一个小区同时只在一个片区
    refuse_day(on)
    if not compounds:
        raise ValidationError({"compounds": "请选小区；不再要的片区，用下面的“撤销”。"})
    before = None
    if patch is not None:
        patch = Body.objects.select_for_update(of=("self",)).get(pk=patch.pk)
        refuse_stale(patch, seen_before)
        if patch.starts_on and on < patch.starts_on:
            raise ValidationError({"on": f"{patch}从{cn_date(patch.starts_on)}起才有。"})
        before = compound_words(patch)
    patch = patch or Body(town=town, kind=Kind.PATCH, starts_on=on)
    patch.name = patch.short_name = name
    save_named(patch, "本镇已有同名的片区。")
    cover(patch, compounds, on, Coverage.objects.filter(body__kind=Kind.PATCH))
    changes = {"片区": (before, compound_words(patch)), "从哪天起": (None, cn_date(on))}
    trail.record("areas.patch_saved", patch, by=by, changes=changes)
    return patch


def save_named(body, taken):
    try:
        with transaction.atomic():
            body.save()
    except IntegrityError:
        raise ValidationError({"name": taken}) from None


@dataclass(frozen=True)
class PatchLine:
    """One patch on one day, as far as the reader sees its compounds."""

    id: int
    name: str
    heads: str
    compounds: tuple  # (id, name)
    hidden: int
    branches: int
    counts: Counts

    @property
    def words(self):
        """Its compounds in one line."""
        return "、".join(name for _, name in self.compounds) + (
            f"，另有{self.hidden}个在别的社区" if self.hidden else ""
        )


@dataclass(frozen=True)
class Patches:
    """The patches of a reach on one day, and the compounds that belong to none."""

    lines: tuple
    free: tuple  # (id, name, community)


def patches(reach, day) -> Patches:
    """Six queries, whatever the number of patches. People are counted as they are today."""
    compounds = Compound.objects.within(reach).order_by("community__position", "pinyin", "id")
    compounds = list(compounds.values_list("id", "name", "community__name"))
    ids = [row[0] for row in compounds]
    held = {}
    patched = Coverage.objects.on(day).filter(body__kind=Kind.PATCH, compound__in=ids)
    for body, compound in patched.values_list("body_id", "compound_id"):
        held.setdefault(body, set()).add(compound)
    known = (Body.objects.within(reach) | Body.objects.filter(pk__in=held)).on(day).filter(kind=Kind.PATCH)
    heads = _with_heads(known, day)
    totals = dict(
        Coverage.objects.on(day)
        .filter(body__in=[pk for pk, _ in heads])
        .order_by()
        .values_list("body_id")
        .annotate(Count("pk"))
    )
    branches = branches_on(ids, day)
    counts = counts_of_compounds(ids)
    lines = []
    for (body, name), names in heads.items():
        own = held.get(body, set())
        lines.append(
            PatchLine(
                id=body,
                name=name,
                heads="、".join(names),
                compounds=tuple(row[:2] for row in compounds if row[0] in own),
                hidden=totals.get(body, 0) - len(own),
                branches=len({branch for pk in own for branch in branches.get(pk, ())}),
                counts=sum((counts[pk] for pk in own), Counts(0, 0, 0)),
            )
        )
    taken = {pk for own in held.values() for pk in own}
    return Patches(tuple(lines), tuple(row for row in compounds if row[0] not in taken))


def _with_heads(bodies, day):
    """{(patch, its name): names of who answers for it that day}; one query."""
    facts = ("id", "short_name", "posts__person__name", "posts__starts_on", "posts__ends_on")
    found = {}
    for body, name, head, starts, ends in bodies.order_by("id", "posts__position", "posts__id").values_list(*facts):
        names = found.setdefault((body, name), [])
        if head and (starts is None or starts <= day) and (ends is None or day <= ends):
            names.append(head)
    return found


def branches_on(compounds, day):
    """{compound: [(id, name) of the branches that cover it]}."""
    found = {}
    rows = Coverage.objects.on(day).filter(body__kind=Kind.BRANCH, compound__in=compounds).order_by("body_id")
    for compound, body, name in rows.values_list("compound_id", "body_id", "body__short_name"):
        found.setdefault(compound, []).append((body, name))
    return found
