"""The list of branches as a file: the page's columns, then what its entry form asks, under the form's own labels."""

from accounts.exports import Export, key_column
from branches.models import Branch
from office.areas.filters import chosen_words
from office.sheets.columns import Column

COLUMNS = (
    Column("short_name", "简称", width=22),
    Column("community", "社区", width=14),
    Column("compounds", "覆盖的小区", width=26),
    Column("secretary", "书记", width=14),
    Column("direct", "直管党员", width=10),
    Column("liaison", "联系干部", width=12),
    Column("term_ends_on", "任期届满", kind="date", width=16),
    Column("venue", "七有", width=8),
    Column("kind", "类别", width=14),
    Column("name", "全称", width=40),
    Column("approved_on", "批准日期", kind="date", width=16),
    Column("approval_paper", "批复文号", width=22),
    Column("term_years", "任期", width=8),
    Column("has_committee", "设支部委员会", width=14),
)
FACTS = ("body__name", "approved_on", "approval_paper", "term_years", "has_committee")


def export(bar, rows, *, back):
    """`rows` are the BranchRows of the page."""
    return Export(
        name="党支部台账",
        noun="党支部",
        unit="个",
        total=len(rows),
        chosen=chosen_words(bar.form) or "全部党支部",
        order="按社区排列",
        columns=COLUMNS,
        rows=lambda secrets: _cells(rows),
        back=back,
        key=key_column("Z"),
        problem="" if bar.form.is_valid() else "筛选条件不对，没有可以导出的党支部。",
    )


def _cells(rows):
    found = Branch.objects.filter(pk__in=[row.id for row in rows]).values("pk", *FACTS)
    facts = {fact["pk"]: fact for fact in found}
    return (_shown(row) | _typed(row, facts[row.id]) for row in rows)


def _shown(row):
    """What the page says of a branch."""
    of_community = row.kind == Branch.Kind.COMMUNITY
    return {
        "short_name": row.name,
        "community": row.community,
        "secretary": f"{row.secretary}{'（暂任）' if row.acting else ''}" if row.secretary else "空缺",
        "direct": row.direct,
        "liaison": row.liaison or ("—" if of_community else "还没明确"),
        "venue": _venue(row, of_community),
    }


def _venue(row, of_community):
    if of_community:
        return "—"
    return "未记录" if row.venue_held is None else f"{row.venue_held}/7"


def _typed(row, facts):
    """What somebody typed, so that it can be corrected and read back: nothing typed is nothing here."""
    years = facts["term_years"]
    return {
        "compounds": "、".join(row.compounds),
        "term_ends_on": row.term_ends_on,
        "kind": row.kind_label,
        "name": facts["body__name"],
        "approved_on": facts["approved_on"],
        "approval_paper": facts["approval_paper"],
        "term_years": f"{years}年" if years else "",
        "has_committee": facts["has_committee"],
        "key": f"Z{row.id}",
    }
