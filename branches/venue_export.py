"""七有 of many branches: the lines of the ledger, and the ledger as a file (F-13)."""

from dataclasses import dataclass
from datetime import date

from accounts.exports import Export
from branches import rooms, venues
from branches.models import Branch, Room, Venue, VenueDetail
from office.areas.filters import chosen_words
from office.sheets.columns import Column

SHORT = {venues.YES: "有", venues.NO: "缺", venues.NOT_APPLICABLE: "不适用", venues.UNRECORDED: "未记录"}
COLUMNS = (
    Column("name", "支部", width=22),
    Column("community", "社区", width=14),
    *(Column(key, label, width=9) for key, label in Venue.ITEMS),
    Column("held", "有几项", width=9),
    Column("checked_on", "查看日期", kind="date", width=16),
    Column("address", "地点", width=26),
    Column("room", "所在场所", width=22),
    Column("plates", "门牌", width=9),
    Column("board", "宣传栏", width=9),
    Column("to_do", "需解决", width=30),
    Column("plan", "计划时间", width=22),
    Column("notes", "备注", width=44),
)


@dataclass(frozen=True)
class Line:
    """One branch in one year; `cells` are the words of the seven in their order."""

    id: int
    name: str
    community: str
    cells: tuple
    recorded: bool
    checked_on: date | None
    address: str
    room: str
    answers: dict

    @property
    def labelled(self):
        """(word, cell) of the seven, for the phone's stacked table."""
        return list(zip(venues.SEVEN.values(), self.cells, strict=True))

    @property
    def held(self):
        return self.cells.count(SHORT[venues.YES])

    @property
    def missing(self):
        return [label for (_, label), cell in zip(Venue.ITEMS, self.cells, strict=True) if cell == SHORT[venues.NO]]

    @property
    def unrecorded(self):
        return SHORT[venues.UNRECORDED] in self.cells

    @property
    def held_words(self):
        return f"{self.held}/{len(Venue.ITEMS)}" if self.recorded else "未记录"


def of_compounds(branches):
    """The branches the plan's seven are asked of: those at work, as on home and among the to-dos."""
    return branches.filter(kind__in=[Branch.Kind.COMPOUND, Branch.Kind.JOINT], state=Branch.State.RUNNING)


def lines(branches, year):
    """A Line for each branch of the queryset; three queries, whatever their number."""
    found = list(
        branches.order_by("community__position", "kind", "body_id").values_list(
            "pk", "body__short_name", "community__name"
        )
    )
    ids = [pk for pk, *_ in found]
    kept = {venue.branch_id: venue for venue in Venue.objects.filter(branch__in=ids, year=year).select_related("room")}
    details = {}
    for detail in VenueDetail.objects.filter(venue__branch__in=ids, venue__year=year):
        details.setdefault(detail.venue_id, {})[detail.item] = detail
    return [_line(*facts, kept.get(facts[0]), details) for facts in found]


def _line(pk, name, community, venue, details):
    sheet = venues.of_venue(venue, details.get(venue.pk, {}) if venue else {})
    nothing = venues.Answer()
    return Line(
        id=pk,
        name=name,
        community=community,
        cells=tuple(SHORT[sheet.answers.get(key, nothing).state] for key in venues.SEVEN),
        recorded=venue is not None,
        checked_on=venue.checked_on if venue else None,
        address=venue.address if venue else "",
        room=str(venue.room or "") if venue else "",
        answers=sheet.answers,
    )


def sums(rows, link):
    """The strip above the ledger; `link` says where the rows of a gap are listed."""
    whole = len(rows)
    return [
        {
            "label": "七项齐全",
            "value": sum(row.held == len(Venue.ITEMS) for row in rows),
            "of": whole,
            "unit": "个支部",
            "url": link("full"),
        },
        _sum("有缺项", sum(bool(row.missing) for row in rows), link("missing")),
        _sum("有未记录的", sum(row.unrecorded for row in rows), link("unrecorded")),
    ]


def _sum(label, value, url):
    return {"label": label, "value": value, "unit": "个支部", "url": url if value else ""}


def export(bar, rows, year, *, back):
    """`rows` are the Lines of the page."""
    return Export(
        name="阵地七有台账",
        noun="党支部",
        unit="个",
        total=len(rows),
        chosen=chosen_words(bar.form) or f"{year}年，全部小区党支部",
        order="按社区排列",
        columns=COLUMNS,
        rows=lambda secrets: (_cells(row) for row in rows),
        back=back,
        note="七有在各支部的“阵地七有”页勾选，这张表不用再导入。上墙内容不统计。",
        problem="" if bar.form.is_valid() else "筛选条件不对，没有可以导出的党支部。",
    )


def _cells(row):
    nothing = venues.Answer()
    told = [(label, row.answers.get(key, nothing)) for key, label in Venue.ITEMS]
    missing = [(label, answer) for label, answer in told if answer.state == venues.NO]
    return dict(zip(venues.SEVEN, row.cells, strict=True)) | {
        "name": row.name,
        "community": row.community,
        "held": row.held_words,
        "checked_on": row.checked_on,
        "address": row.address,
        "room": row.room,
        "plates": SHORT[row.answers.get(venues.PLATES, nothing).state],
        "board": SHORT[row.answers.get(venues.BOARD, nothing).state],
        "to_do": "；".join(f"{label}{f'：{answer.note}' if answer.note else ''}" for label, answer in missing),
        "plan": "；".join(f"{label}{answer.plan_on:%Y.%m.%d}" for label, answer in missing if answer.plan_on),
        "notes": "；".join(f"{label}：{a.note}" for label, a in told if a.note and a.state != venues.NO),
    }


ROOM_COLUMNS = (
    Column("name", "名称", width=26),
    Column("community", "社区", width=14),
    Column("kind", "类别", width=16),
    Column("compound", "小区", width=16),
    Column("address", "地址", width=30),
    Column("area", "面积（平方米）", width=14),
    Column("plate", "门牌", width=10),
    Column("used_by", "使用的支部", width=36),
    Column("owner", "产权或提供单位", width=22),
    Column("shared_with", "与谁共用", width=30),
    Column("closed_on", "停用日期", kind="date", width=16),
)
FACTS = (
    "pk", "name", "community__name", "kind", "compound__name", "address", "area_cm2", "plate", "owner",
    "shared_with", "closed_on",
)  # fmt: skip


def room_lines(found, year):
    """The register as the page prints it; two queries."""
    rows = list(found.order_by("community__position", "kind", "name").values(*FACTS))
    used = rooms.used_by([row["pk"] for row in rows], year)
    return [_room_line(row, used.get(row["pk"], ())) for row in rows]


def _room_line(row, used):
    return {
        "id": row["pk"],
        "name": row["name"],
        "community": row["community__name"],
        "kind": Room.Kind(row["kind"]).label,
        "compound": row["compound__name"] or "",
        "address": row["address"],
        "area": rooms.square_metres(row["area_cm2"]),
        "plate": rooms.PLATE[row["plate"]],
        "used_by": "、".join(used),
        "owner": row["owner"],
        "shared_with": row["shared_with"],
        "closed_on": row["closed_on"],
    }


def room_export(bar, rows, *, back):
    """活动场所台账; `rows` are the page's."""
    return Export(
        name="活动场所台账",
        noun="活动场所",
        unit="处",
        total=len(rows),
        chosen=chosen_words(bar.form) or "在用的活动场所",
        order="按社区排列",
        columns=ROOM_COLUMNS,
        rows=lambda secrets: iter(rows),
        back=back,
        note="场所在“活动场所”页登记和修改，这张表不用再导入。",
        problem="" if bar.form.is_valid() else "筛选条件不对，没有可以导出的场所。",
    )
