"""小区覆盖任务表 as a file: what stands at each compound, and where nothing does, what comes next (N-03)."""

from accounts.exports import Export
from office.sheets.columns import Column

COLUMNS = (
    Column("name", "小区名称", width=20),
    Column("community", "社区", width=14),
    Column("cover", "覆盖", width=12),
    Column("branches", "党支部", width=30),
    Column("direct", "直管党员", width=10),
    Column("full", "其中正式", width=10),
    Column("reason", "原因", width=24),
    Column("route", "合规路径", width=44),
    Column("next_step", "下一步", width=30),
    Column("responsible", "责任人", width=12),
    Column("due_on", "时限", kind="date", width=16),
    Column("case", "办理中的事项", width=24),
)


def export(lines, *, chosen, back):
    """`lines` are those of the page."""
    return Export(
        name="小区覆盖任务表",
        noun="小区",
        unit="个",
        total=len(lines),
        chosen=chosen,
        order="按社区排列",
        columns=COLUMNS,
        rows=lambda secrets: map(_cells, lines),
        back=back,
    )


def _cells(line):
    cover = line.cover
    return {
        "name": cover.name,
        "community": cover.community,
        "cover": cover.words,
        "branches": "、".join(name for _, name in cover.branches) or "—",
        "direct": cover.direct,
        "full": cover.full,
        "reason": line.reason or "—",
        "route": line.route or "—",
        "next_step": line.next_step or "—",
        "responsible": line.responsible or "—",
        "due_on": line.due_on,
        "case": line.case[1] if line.case else "—",
    }
