"""片区, 网格, 指导组走访 and 经费 as files: the rows of their pages."""

from decimal import Decimal

from accounts.exports import Export
from branches.models import FundingItem
from office.areas.filters import chosen_words
from office.chinese.dates import cn_date, dotted
from office.chinese.numbers import yuan
from office.sheets.columns import Column

KIND, SOURCE = dict(FundingItem.Kind.choices), dict(FundingItem.Source.choices)
WRONG = "筛选条件不对，没有可以导出的记录。"
PATCH_COLUMNS = (
    Column("name", "片区", width=16),
    Column("heads", "负责人", width=16),
    Column("words", "小区", width=60),
    Column("number", "小区数", width=10),
    Column("branches", "党支部数", width=10),
    Column("direct", "直管党员", width=10),
)
CELL_COLUMNS = (
    Column("name", "网格", width=20),
    Column("community", "社区", width=14),
    Column("compounds", "小区和楼栋", width=36),
    Column("branch_words", "党支部", width=26),
    Column("workers", "网格员", width=16),
    Column("building_heads", "楼栋长人数", width=12),
    Column("members", "党员", width=8),
    Column("direct", "其中直管", width=10),
    Column("gap_words", "要补的", width=20),
)
VISIT_COLUMNS = (
    Column("visited_on", "走访日期", width=14),
    Column("group", "指导组", width=16),
    Column("place", "到哪里", width=20),
    Column("people", "参加人员", width=24),
    Column("found", "了解的情况", width=40),
    Column("advice", "意见建议", width=40),
    Column("due_on", "答复时限", width=14),
    Column("outcome", "落实情况", width=40),
    Column("settled_on", "答复日期", width=14),
)
FUNDING_COLUMNS = (
    Column("on", "日期", width=14),
    Column("place", "支部", width=24),
    Column("community", "社区", width=14),
    Column("kind", "收支", width=8),
    Column("source", "来源", width=12),
    Column("amount", "金额（元）", width=14),
    Column("purpose", "用途", width=36),
    Column("paper", "依据", width=24),
    Column("state", "作废", width=30),
)
VISIT_FACTS = (
    "id",
    "visited_on",
    "group__short_name",
    "community__name",
    "compound__name",
    "branch__short_name",
    "people",
    "found",
    "advice",
    "due_on",
    "outcome",
    "settled_on",
)
FUNDING_FACTS = (
    "id",
    "on",
    "branch__short_name",
    "branch_id",
    "community__name",
    "kind",
    "source",
    "amount_fen",
    "purpose",
    "paper",
    "voided_on",
    "void_reason",
)


def patches(found, day, *, back):
    """`found` is what the page shows on `day` (branches.territory.Patches)."""
    return Export(
        name="片区台账",
        noun="片区",
        unit="个",
        total=len(found.lines),
        chosen=f"{cn_date(day)}的片区，党员为现在的人数",
        order="按划分先后",
        columns=PATCH_COLUMNS,
        rows=lambda secrets: (
            {key.key: getattr(line, key.key, None) for key in PATCH_COLUMNS}
            | {"number": len(line.compounds), "direct": line.counts.direct}
            for line in found.lines
        ),
        back=back,
        note="片区在“片区”页划分，这张表不用再导入。",
    )


def cells(bar, rows, *, back):
    """`rows` are the CellLines of the page."""
    return Export(
        name="网格台账",
        noun="网格",
        unit="个",
        total=len(rows),
        chosen=chosen_words(bar) or "全部网格",
        order="按社区排列",
        columns=CELL_COLUMNS,
        rows=lambda secrets: ({key.key: getattr(row, key.key) for key in CELL_COLUMNS} for row in rows),
        back=back,
        note="网格在“网格”页划分，这张表不用再导入。",
        problem="" if bar.is_valid() else WRONG,
    )


def visits(bar, *, back):
    found = bar.qs.order_by("-id")
    return Export(
        name="指导组走访台账",
        noun="走访",
        unit="次",
        total=found.count(),
        chosen=chosen_words(bar.form) or "全部走访",
        order="新登记的在前",
        columns=VISIT_COLUMNS,
        rows=lambda secrets: (
            row | {"group": row["group__short_name"], "place": place_of(row)}
            for row in found.values(*VISIT_FACTS).iterator()
        ),
        back=back,
        note="走访在“指导组”页登记，这张表不用再导入。",
        problem="" if bar.form.is_valid() else WRONG,
    )


def place_of(row):
    return row["branch__short_name"] or row["compound__name"] or row["community__name"]


def shown_visit(row, day):
    """One row of VISIT_FACTS as the page prints it."""
    if not row["advice"]:
        state = ("", "")
    elif row["settled_on"]:
        state = ("已答复", "ok")
    elif row["due_on"] and row["due_on"] < day:
        state = (f"过期{(day - row['due_on']).days}天", "err")
    else:
        state = (f"{cn_date(row['due_on'])}前答复" if row["due_on"] else "等答复", "warn")
    return row | {
        "day": dotted(row["visited_on"]),
        "group": row["group__short_name"],
        "place": place_of(row),
        "state": state,
    }


def funding(bar, *, back):
    found = bar.qs.order_by("-id")
    return Export(
        name="经费台账",
        noun="经费",
        unit="笔",
        total=found.count(),
        chosen=chosen_words(bar.form) or "全部年份",
        order="新登记的在前",
        columns=FUNDING_COLUMNS,
        rows=lambda secrets: (_item(row) for row in found.values(*FUNDING_FACTS).iterator()),
        back=back,
        note="经费在“经费”页登记，这张表不用再导入。作废的也在表里，写明理由。",
        problem="" if bar.form.is_valid() else WRONG,
    )


def _item(row):
    return shown_item(row) | {"amount": Decimal(row["amount_fen"]) / 100, "on": row["on"]}


def shown_item(row):
    """One row of FUNDING_FACTS as the page prints it."""
    voided = f"{cn_date(row['voided_on'])}作废：{row['void_reason']}" if row["voided_on"] else ""
    return {
        "id": row["id"],
        "on": dotted(row["on"]),
        "place": row["branch__short_name"] or f"{row['community__name']}（社区）",
        "branch": row["branch_id"],
        "community": row["community__name"],
        "kind": KIND[row["kind"]],
        "source": SOURCE[row["source"]],
        "amount": yuan(row["amount_fen"]),
        "purpose": row["purpose"],
        "paper": row["paper"] or "—",
        "state": voided,
    }
