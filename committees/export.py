"""The list of owners' committees as a file."""

from accounts.exports import Export
from office.areas.filters import chosen_words
from office.sheets.columns import Column

COLUMNS = (
    Column("compound", "小区", width=20),
    Column("community", "社区", width=14),
    Column("state", "状态", width=14),
    Column("chair", "主任", width=12),
    Column("share", "委员中的党员", width=18),
    Column("cross", "交叉任职", width=12),
    Column("term_ends_on", "任期到", kind="date", width=16),
    Column("project", "物业项目部", width=28),
)


def export(bar, listed, *, back):
    """`listed` are the pairs of the page: (CommitteeRow, property project or None)."""
    return Export(
        name="业委会台账",
        noun="业委会",
        unit="个",
        total=len(listed),
        chosen=chosen_words(bar.form) or "全部业委会",
        order="按社区和小区排列",
        columns=COLUMNS,
        rows=lambda secrets: (_cells(row, project) for row, project in listed),
        back=back,
        problem="" if bar.form.is_valid() else "筛选条件不对，没有可以导出的业委会。",
    )


def _cells(row, project):
    name, manager, *_ = project or ("未记录", "")
    return {
        "compound": row.compound,
        "community": row.community,
        "state": row.state,
        "chair": row.chair or "—",
        "share": row.share if row.seats else "—",
        "cross": f"{row.cross}人",
        "term_ends_on": row.term_ends_on or "未记录",
        "project": f"{name}（{manager}）" if manager else name,
    }
