"""支部班子台账 as a file: the page's columns, then those of F-03 that are on record elsewhere."""

from accounts.exports import Export
from branches.models import Branch, PartyGroup
from office.areas.filters import chosen_words
from office.areas.models import Body, Coverage
from office.sheets.columns import Column

COLUMNS = (
    Column("name", "支部", width=22),
    Column("community", "社区", width=14),
    Column("secretary", "书记", width=14),
    Column("ways", "来源和产生方式", width=22),
    Column("officers", "班子人数", width=10),
    Column("full", "正式党员", width=10),
    Column("outside", "兼任业委会等", width=18),
    Column("term_ends_on", "任期届满", kind="date", width=16),
    Column("to_do", "要办的", width=26),
    Column("findings", "核对事项", width=44),
    Column("since", "书记任职时间", kind="date", width=16),
    Column("background", "书记身份", width=14),
    Column("deputies", "副书记", width=12),
    Column("members", "委员", width=26),
    Column("concurrent", "兼职委员", width=16),
    Column("liaison", "联系社区干部", width=14),
    Column("full_name", "党组织全称", width=40),
    Column("kind", "组织类别", width=14),
    Column("approved_on", "成立时间", kind="date", width=16),
    Column("approval_paper", "批准文号", width=22),
    Column("superior", "上级党组织", width=26),
    Column("compounds", "覆盖小区", width=26),
    Column("groups", "党小组数", width=10),
    Column("guidance", "指导组", width=18),
)


def export(bar, rows, *, back):
    """`rows` are the Lines of the page."""
    return Export(
        name="支部班子台账",
        noun="党支部",
        unit="个",
        total=len(rows),
        chosen=chosen_words(bar.form) or "全部党支部",
        order="按社区排列",
        columns=COLUMNS,
        rows=lambda secrets: _cells(rows),
        back=back,
        note="班子在各支部的“班子”页登记，这张表不用再导入。",
        problem="" if bar.form.is_valid() else "筛选条件不对，没有可以导出的党支部。",
    )


def _cells(rows):
    more = _more([row.id for row in rows])
    return (_shown(row) | more[row.id] for row in rows)


def _shown(row):
    return {
        "name": row.name,
        "community": row.community,
        "secretary": row.chief,
        "ways": row.ways,
        "officers": row.officers,
        "full": row.full,
        "outside": row.shares.words,
        "term_ends_on": row.term_ends_on,
        "to_do": row.to_do,
        "findings": "；".join(finding.text for finding in row.findings),
        "since": row.since,
        "background": row.background,
        "deputies": row.deputies,
        "members": row.members,
        "concurrent": row.concurrent,
        "liaison": row.liaison,
    }


def _more(ids):
    """What F-03 asks beside the page's columns, by branch; four queries."""
    branches = list(Branch.objects.filter(pk__in=ids).select_related("body"))
    covered = _listed(
        Coverage.objects.filter(body__in=ids, ends_on=None).order_by("compound__pinyin"), "body_id", "compound__name"
    )
    groups = _listed(PartyGroup.objects.filter(branch__in=ids, ends_on=None), "branch_id", "name")
    above = _above({branch.community_id for branch in branches})
    return {
        branch.pk: {
            "full_name": branch.body.name,
            "kind": branch.get_kind_display(),
            "approved_on": branch.approved_on,
            "approval_paper": branch.approval_paper,
            "superior": "、".join(above.get((branch.community_id, Body.Kind.COMMUNITY_COMMITTEE), ())),
            "compounds": "、".join(covered.get(branch.pk, ())),
            "groups": len(groups.get(branch.pk, ())),
            "guidance": "、".join(above.get((branch.community_id, Body.Kind.GUIDANCE_GROUP), ())),
        }
        for branch in branches
    }


def _listed(rows, key, value):
    """{key: [values]}."""
    found = {}
    for one, words in rows.values_list(key, value):
        found.setdefault(one, []).append(words)
    return found


def _above(communities):
    """(community, kind) → names of its Party committee and of the guidance group sent to it."""
    kinds = (Body.Kind.COMMUNITY_COMMITTEE, Body.Kind.GUIDANCE_GROUP)
    found = {}
    for community, kind, name in Body.objects.filter(community__in=communities, kind__in=kinds, ends_on=None).values_list(
        "community_id", "kind", "name"
    ):  # fmt: skip
        found.setdefault((community, kind), []).append(name)
    return found
