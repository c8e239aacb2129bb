"""One-page sheets for the wall or a screen, from the town's text or the product's words; all optional (C-4, R-512)."""

import tomllib
from functools import cache
from pathlib import Path

from django.db import IntegrityError, transaction
from django.template.loader import render_to_string

from branches.models import PartyGroup, WallText
from members.models import BRANCH_OFFICERS, Post
from office.areas.models import Body
from office.audit import trail
from office.papers import pdf
from office.rulebook.towns import town_rules

_FILE = Path(__file__).with_name("data") / "wall_texts.toml"
ORG_CHART = "org_chart"
TEXTS = {
    "duties": "岗位职责",
    "three_meetings": "“三会一课”",
    "theme_day": "主题党日",
    "org_life": "组织生活会",
    "appraisal": "民主评议党员",
}
SHEETS = {ORG_CHART: "组织架构", **TEXTS}
RULES = (
    "member_meeting_every",
    "committee_meeting_every",
    "group_meeting_every",
    "party_lecture_every",
    "theme_day_every",
    "org_life_meeting_every",
    "appraisal_every",
)
SIZES = ("large", "middle", "small")  # 从大到小，第一个写得下一页的
STALE = "刚才有人改过这张的文字。您写的还在，请对照现在的再保存一次。"
TOO_LONG = "一页写不下，请删短一些。"


class Stale(ValueError):
    """Somebody was quicker; the message says so in Chinese."""


@cache
def _defaults():
    with _FILE.open("rb") as file:
        return {name: row["text"].strip() for name, row in tomllib.load(file).items()}


def default_text(name, town_id, day):
    """The product's words of a sheet, with the numbers in force in the town that day; one query."""
    words = {key: found.words for key, found in town_rules(town_id, RULES, day).items()}
    return _defaults()[name].format_map(words)


def own_text(name, town_id):
    """What the town wrote for a sheet, or nothing."""
    return WallText.objects.filter(town=town_id, name=name).values_list("text", flat=True).first() or ""


@transaction.atomic
def set_text(town, name, text, *, seen, by):
    """Keep the town's text of a sheet; an empty one gives the product's words back.

    Raises Stale when the text on record is no longer `seen`; ValueError where it does not fit one page.
    """
    row = WallText.objects.select_for_update().filter(town=town, name=name).first()
    before = row.text if row else ""
    if before != seen:
        raise Stale(STALE)
    if text == before:
        return
    if text and pages_of(print_text(TEXTS[name], text, town.name)) > 1:
        raise ValueError(TOO_LONG)
    row = row or WallText(town=town, name=name)
    row.text = text
    if text:
        _write(row)
    else:
        row.delete()
    trail.record("branches.wall_text_set", town, by=by, town=town.pk, changes={TEXTS[name]: (before, text)})


def _write(row):
    try:
        with transaction.atomic():
            row.save()
    except IntegrityError as twice:
        raise Stale(STALE) from twice


def print_sheet(branch, name, day):
    """One sheet of a branch as PDF, one page. Raises PaperProblem."""
    if name == ORG_CHART:
        return _fitting("branches/sheet_org_chart.pdf.html", _chart(branch, day))
    text = own_text(name, branch.town_id) or default_text(name, branch.town_id, day)
    return print_text(TEXTS[name], text, branch.body.name)


def print_text(title, text, issuer):
    """Paragraphs under a title as PDF."""
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    return _fitting("branches/sheet_text.pdf.html", {"title": title, "lines": lines, "issuer": issuer})


def _fitting(template, context):
    """The largest of the sizes that fits one page; the smallest where none does."""
    for size in SIZES:
        data = pdf.render(render_to_string(template, context | {"size": size}))
        if pages_of(data) == 1:
            break
    return data


def pages_of(data):
    """How many pages a PDF has."""
    from io import BytesIO  # noqa: PLC0415

    from pypdf import PdfReader  # noqa: PLC0415 (读 PDF 的库大，要用时才装入)

    return len(PdfReader(BytesIO(data)).pages)


def _chart(branch, day):
    """Who leads the branch, from the committee above it down to the Party groups."""
    held = Post.objects.on(day).filter(body=branch.pk, title__in=(*BRANCH_OFFICERS, Post.Title.GROUP_LEADER))
    rows = [
        {"title": Post.Title(title).label, "key": title, "name": name, "duty": duty}
        for title, name, duty in held.order_by("position", "id").values_list("title", "person__name", "duty")
    ]
    above = Body.objects.filter(community=branch.community_id, kind=Body.Kind.COMMUNITY_COMMITTEE, ends_on=None)
    leaders = [row for row in rows if row["key"] == Post.Title.GROUP_LEADER]
    secretary = [row for row in rows if row["key"] == Post.Title.SECRETARY]
    others = [row for row in rows if row not in secretary and row not in leaders]
    return {
        "title": "组织架构",
        "above": above.values_list("name", flat=True).first() or "",
        "issuer": branch.body.name,
        "secretary": secretary or [{"title": "书记", "name": "（空缺）", "duty": ""}],
        "others": others,
        "groups": _groups(branch, leaders, day),
    }


def _groups(branch, leaders, day):
    """The groups with their leaders; leaders of groups that have no row of their own stand by themselves."""
    names = list(PartyGroup.objects.on(day).filter(branch=branch.pk).order_by("name").values_list("name", flat=True))
    led = {name: [row["name"] for row in leaders if row["duty"] == name] for name in names}
    loose = [row for row in leaders if row["duty"] not in led]
    found = [{"name": name, "leader": "、".join(people)} for name, people in led.items()]
    return found + [{"name": row["duty"] or "党小组", "leader": row["name"]} for row in loose]
