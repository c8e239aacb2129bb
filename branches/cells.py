"""网格: one page of what a grid cell is about (M-03, M-09, M-49): compounds, branch, 网格员, 楼栋长, members by 楼栋.

A cell is a Body of one community; Coverage says which compounds, CellBuilding which of their buildings where it is not
all of them. In which building a member lives is read from the door on his record; nothing is typed twice.
"""

from dataclasses import dataclass

from django.core.exceptions import ValidationError
from django.db import transaction

from branches import territory
from branches.models import CellBuilding
from members.doors import building_of, order_of
from members.models import Member, Post
from office.areas.models import Body, Community, Coverage
from office.areas.scope import Reach
from office.audit import trail
from office.chinese.dates import cn_date

Kind, Title = Body.Kind, Post.Title
RELATION = dict(Member.Relation.choices)
NO_MEMBER, NO_WORKER = "没有党员", "没有网格员"
GAPS = {"member": NO_MEMBER, "worker": NO_WORKER}


@transaction.atomic
def save(cell, community, *, name, compounds, labels, on, seen_before="", by):
    """Draw a cell anew (None) or change it from `on`. Raises ValidationError by field, in Chinese.

    `labels` are the buildings of the one compound of which the cell has only a part; [] for whole compounds.
    """
    community = Community.objects.select_for_update(of=("self",)).get(pk=community.pk)  # 本社区的网格排队
    territory.refuse_day(on)
    _refuse_compounds(community, compounds, labels)
    before = None
    if cell is not None:
        cell = Body.objects.select_for_update(of=("self",)).get(pk=cell.pk)
        territory.refuse_stale(cell, seen_before)
        if cell.starts_on and on < cell.starts_on:
            raise ValidationError({"on": f"{cell}从{cn_date(cell.starts_on)}起才有。"})
        before = territory.compound_words(cell)
    _refuse_shared(cell, compounds, labels)
    cell = cell or Body(town=community.town, community=community, kind=Kind.GRID_CELL, starts_on=on)
    cell.name, cell.short_name = f"{community.name}{name}", name
    territory.save_named(cell, "本社区已有同名的网格。")
    territory.cover(cell, compounds, on, Coverage.objects.none())
    CellBuilding.objects.filter(cell=cell).exclude(compound__in=compounds, label__in=labels).delete()
    known = set(CellBuilding.objects.filter(cell=cell).values_list("label", flat=True))
    CellBuilding.objects.bulk_create(
        CellBuilding(cell=cell, compound=compounds[0], label=label) for label in labels if label not in known
    )
    changes = {"网格": (before, territory.compound_words(cell)), "从哪天起": (None, cn_date(on))}
    trail.record("areas.cell_saved", cell, by=by, changes=changes)
    return cell


def _refuse_compounds(community, compounds, labels):
    if not compounds:
        raise ValidationError({"compounds": "请选小区；不再要的网格，用下面的“撤销”。"})
    strangers = "、".join(one.name for one in compounds if one.community_id != community.pk)
    if strangers:
        raise ValidationError({"compounds": f"{strangers}不在{community}，网格不跨社区。"})
    if labels and len(compounds) > 1:
        words = f"选了{len(compounds)}个小区，按整个小区算，不能再写楼栋；只管几栋的，只选那一个小区。"
        raise ValidationError({"labels": words})


def _refuse_shared(cell, compounds, labels):
    """No building is in two cells at a time."""
    others = Coverage.objects.filter(body__kind=Kind.GRID_CELL, ends_on=None, compound__in=compounds)
    others = others.exclude(body=cell.pk if cell else None).select_related("body", "compound").order_by("pk")
    parts = {}
    for body, compound, label in CellBuilding.objects.filter(compound__in=compounds).values_list(
        "cell_id", "compound_id", "label"
    ):
        parts.setdefault((body, compound), set()).add(label)
    for row in others:
        theirs = parts.get((row.body_id, row.compound_id))
        if not theirs or not labels:
            part = f"的{'、'.join(sorted(theirs, key=order_of))}" if theirs else ""
            raise ValidationError({"compounds": f"{row.compound}{part}已经在{row.body}，先从那里划出来。"})
        if both := theirs & set(labels):
            named = "、".join(sorted(both, key=order_of))
            raise ValidationError({"labels": f"{named}已经在{row.body}，一栋楼只在一个网格。"})


# ── The list ──


@dataclass(frozen=True)
class Part:
    """One compound of a cell; `labels` empty: the whole of it."""

    id: int
    name: str
    labels: tuple
    branches: tuple  # (id, name)

    def has(self, building):
        return not self.labels or building in self.labels

    @property
    def words(self):
        return f"{self.name}{'、'.join(self.labels)}"


@dataclass(frozen=True)
class CellLine:
    """One cell in the list; members of normal standing who live there, as they are today."""

    id: int
    name: str
    community_id: int
    community: str
    parts: tuple
    workers: str
    building_heads: int
    members: int
    direct: int

    @property
    def compounds(self):
        return "；".join(part.words for part in self.parts)

    @property
    def branches(self):
        """((id, name), …), each branch once."""
        return tuple(dict.fromkeys(branch for part in self.parts for branch in part.branches))

    @property
    def branch_words(self):
        return "、".join(name for _, name in self.branches)

    @property
    def gaps(self):
        """What is missing, in words."""
        missing = (NO_MEMBER, not self.members), (NO_WORKER, not self.workers)
        return tuple(word for word, lacks in missing if lacks)

    @property
    def gap_words(self):
        return "、".join(self.gaps)


def lines(reach, day) -> list[CellLine]:
    """The cells of the compounds in reach that day, in the order of communities; five queries."""
    rows = Coverage.objects.on(day).within(reach).filter(body__kind=Kind.GRID_CELL)
    rows = rows.order_by("community__position", "body_id", "compound__pinyin").values_list(
        "body_id", "body__short_name", "community_id", "community__name", "compound_id", "compound__name"
    )
    cells = {}
    for *key, compound, called in rows:
        cells.setdefault(tuple(key), []).append((compound, called))
    parts = _parts(cells, day)
    held = _posts([key[0] for key in cells], day)
    living = _living({part.id for found in parts.values() for part in found})
    return [_line(key, parts[key[0]], held.get(key[0], ()), living) for key in cells]


def of_compound(compound, day) -> list[CellLine]:
    """The cells of one compound (its id), for its own page."""
    return lines(Reach(compounds=frozenset([compound])), day)


def _parts(cells, day):
    """{cell: its Parts} of {(cell, …): [(compound, name)]}; two queries."""
    labels = {}
    rows = CellBuilding.objects.filter(cell__in=[key[0] for key in cells])
    for cell, compound, label in rows.values_list("cell_id", "compound_id", "label"):
        labels.setdefault((cell, compound), []).append(label)
    branches = territory.branches_on({pk for found in cells.values() for pk, _ in found}, day)
    return {
        key[0]: tuple(
            Part(pk, name, tuple(sorted(labels.get((key[0], pk), ()), key=order_of)), tuple(branches.get(pk, ())))
            for pk, name in found
        )
        for key, found in cells.items()
    }


def _posts(bodies, day):
    found = {}
    rows = Post.objects.on(day).filter(body__in=bodies).order_by("position", "person__strokes", "id")
    for body, title, name in rows.values_list("body_id", "title", "person__name"):
        found.setdefault(body, []).append((title, name))
    return found


def _living(compounds):
    """{compound: [(building, is direct)]} of members of normal standing; one query."""
    found = {}
    rows = Member.objects.filter(home_compound__in=compounds, status=Member.Status.NORMAL).order_by()
    for compound, door, relation in rows.values_list("home_compound_id", "door", "relation"):
        found.setdefault(compound, []).append((door, relation == Member.Relation.DIRECT))
    return found


def _line(key, parts, held, living):
    here = [
        direct
        for part in parts
        for door, direct in living.get(part.id, ())
        if not part.labels or building_of(door) in part.labels
    ]
    workers = [person for title, person in held if title == Title.GRID_WORKER]
    heads = sum(title == Title.BUILDING_HEAD for title, _ in held)
    return CellLine(*key, parts, "、".join(workers), heads, len(here), sum(here))


# ── One cell ──


@dataclass(frozen=True)
class Building:
    """One building of a cell: who heads it and which members live there."""

    name: str
    heads: tuple  # names
    members: tuple  # {id, name, relation, stage}


@dataclass(frozen=True)
class CellPage:
    """Everything the page of a cell shows, as far as the reader sees its compounds and people."""

    parts: tuple
    workers: tuple  # posts
    heads: tuple
    buildings: tuple
    members: int
    direct: int
    unplaced: int  # of a compound shared between cells: members whose door names no building
    former: list


def of_cell(cell, user, day) -> CellPage:
    """The page of one cell; seven queries."""
    rows = Coverage.objects.on(day).visible_to(user).filter(body=cell).order_by("compound__pinyin", "compound_id")
    found = list(rows.values_list("compound_id", "compound__name"))
    parts = _parts({(cell.pk,): found}, day)[cell.pk]
    posts = list(Post.objects.filter(body=cell).select_related("person").order_by("position", "person__strokes", "id"))
    now = [post for post in posts if post.is_on(day)]
    heads = [post for post in now if post.title == Title.BUILDING_HEAD]
    living, unplaced = _by_building(parts, user)
    places = {(part, label) for part in parts for label in part.labels} | set(living)
    places |= {(part, label) for post in heads for part in parts for label in _headed(post, part, parts)}
    people = [member for found in living.values() for member in found]
    return CellPage(
        parts=parts,
        workers=tuple(post for post in now if post.title == Title.GRID_WORKER),
        heads=tuple(heads),
        buildings=tuple(
            _building(*place, heads, living, parts) for place in sorted(places, key=lambda each: _order(each, parts))
        ),
        members=len(people),
        direct=sum(member["direct"] for member in people),
        unplaced=unplaced,
        former=_former(cell, posts, user, day),
    )


def _order(place, parts):
    part, label = place
    return parts.index(part), label == "", order_of(label)


def _headed(post, part, parts):
    """The buildings of this compound named in a 楼栋长's 分工; with several compounds he has to name his."""
    if len(parts) > 1 and part.name not in post.duty:
        return []
    return list(filter(None, map(building_of, post.duty.replace("，", "、").split("、"))))


def _building(part, label, heads, living, parts):
    named = label or "楼栋没有登记"
    return Building(
        name=f"{part.name}{named}" if len(parts) > 1 else named,
        heads=tuple(post.person.name for post in heads if label in _headed(post, part, parts)),
        members=tuple(living.get((part, label), ())),
    )


def _by_building(parts, user):
    """({(part, building): its members}, how many of a shared compound cannot be placed), names in 姓氏笔画 order."""
    shown = Member.objects.visible_to(user).filter(
        home_compound__in=[part.id for part in parts], status=Member.Status.NORMAL
    )
    by_compound = {part.id: part for part in parts}
    found, unplaced = {}, 0
    for row in shown.order_by("strokes", "pk").values(
        "pk", "person__name", "home_compound_id", "door", "relation", "stage"
    ):
        part, building = by_compound[row["home_compound_id"]], building_of(row["door"])
        if part.has(building):
            found.setdefault((part, building), []).append(_member(row))
        elif not building:
            unplaced += 1
    return found, unplaced


def _member(row):
    words = [] if row["relation"] == Member.Relation.DIRECT else [RELATION[row["relation"]]]
    words += ["预备"] if row["stage"] == Member.Stage.PROBATIONARY else []
    return {
        "id": row["pk"],
        "name": row["person__name"],
        "words": "，".join(words),
        "direct": not words or words[0] == "预备",
    }


def _former(cell, posts, user, day):
    """What is over, the latest first, as components/trail.html prints it."""
    over = [
        (post.ends_on, _period(post), f"{post.get_title_display()}{post.person.name}")
        for post in posts
        if _is_over(post, day)
    ]
    rows = Coverage.objects.visible_to(user).filter(body=cell, ends_on__lt=day).select_related("compound")
    over += [(row.ends_on, _period(row), f"包括{row.compound}") for row in rows]
    return [{"when": when, "text": text} for _, when, text in sorted(over, key=lambda each: each[0], reverse=True)[:40]]


def _is_over(post, day):
    return post.ends_on is not None and post.ends_on < day


def _period(row):
    return f"{cn_date(row.starts_on, row.starts_precision) if row.starts_on else ''}—{cn_date(row.ends_on)}"


def cards(compound, day, *, opens):
    """The card of a compound's page: its cells; no card where it has none. `opens`: the reader may open their pages."""
    found = of_compound(compound, day)
    return [{"template": "branches/_cell_card.html", "cells": found, "opens": opens}] if found else []
