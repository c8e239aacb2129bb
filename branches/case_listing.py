"""The ledger of cases: rows ready to print, for the page and the file."""

import django_filters

from accounts.exports import Export, key_column
from accounts.paging import newest_first
from branches.cases import standing_of
from branches.models import BranchCase
from office.areas.filters import ScopedFilterSet, chosen_words, search_field
from office.areas.pages import address_of
from office.chinese.dates import dotted
from office.sheets.columns import Column

SIZE = 50
KIND = dict(BranchCase.Kind.choices)
State = BranchCase.State
BADGES = {State.DRAFT: "plain", State.FILED: "ok", State.DONE: "ok", State.DECLINED: "err", State.WITHDRAWN: "plain"}
READ = (
    "id",
    "kind",
    "state",
    "directed",
    "leaders",
    "short_name",
    "name",
    "community__name",
    "request__state",
    "request__number",
    "reply__state",
    "reply__number",
    "community_met_on",
    "applied_on",
    "town_met_on",
    "town_item",
    "effective_on",
    "filed_on",
    "filing_no",
)
COLUMNS = (
    Column("title", "党支部", width=30),
    Column("kind", "事项", width=16),
    Column("community", "社区", width=14),
    Column("words", "到哪一步", width=22),
    Column("waits_for", "等谁办", width=26),
    Column("applied_on", "请示日期", width=14),
    Column("town_met_on", "镇党委会", width=14),
    Column("effective_on", "生效日期", width=14),
    Column("name", "全称", width=44),
    Column("community_met_on", "社区党委会研究", width=16),
    Column("request", "请示文号", width=22),
    Column("item", "议题", width=30),
    Column("reply", "批复文号", width=22),
    Column("filed_on", "备案日期", width=14),
    Column("filing_no", "回执号", width=16),
)


class CaseFilter(ScopedFilterSet):
    """Narrows a BranchCase queryset."""

    places = ("community",)

    STATES = {
        "open": (State.DRAFT, State.APPLIED, State.AGREED, State.APPROVED),
        "unfiled": (State.DONE,),
        "filed": (State.FILED,),
        "stopped": (State.DECLINED, State.WITHDRAWN),
    }

    q = django_filters.CharFilter(label="党支部", field_name="name", lookup_expr="contains", widget=search_field())
    kind = django_filters.ChoiceFilter(choices=BranchCase.Kind, label="事项", empty_label="全部事项")
    state = django_filters.ChoiceFilter(
        choices=[("open", "办理中"), ("unfiled", "等备案"), ("filed", "已备案"), ("stopped", "不同意或撤回")],
        label="进展",
        empty_label="全部",
        method="by_state",
    )
    community = django_filters.ChoiceFilter(label="社区", empty_label="全部社区")

    class Meta:
        model = BranchCase
        fields = ["q", "kind", "state", "community"]

    def by_state(self, queryset, name, value):
        return queryset.filter(state__in=self.STATES[value])


def rows(found, request):
    """(rows, neighbours) of one page of cases, newest first."""
    page, pages = newest_first(found.values(*READ), request, size=SIZE)
    address = address_of("case")
    return [shown(row) | {"url": address(row["id"])} for row in page], pages


def shown(row):
    """One row of READ as page and file print it."""
    standing = standing_of(
        row["state"],
        directed=row["directed"],
        elects=row["leaders"] == BranchCase.Leaders.ELECTION,
        request=row["request__state"],
        reply=row["reply__state"],
        days=(row["applied_on"], row["town_met_on"], row["effective_on"]),
    )
    return {
        "title": row["short_name"],
        "kind": KIND[row["kind"]] + ("（镇党委直接决定）" if row["directed"] else ""),
        "community": row["community__name"],
        "words": standing.words,
        "waits_for": standing.waits_for or "—",
        "badge": BADGES.get(row["state"], "info"),
        "name": row["name"],
        "request": row["request__number"] or "—",
        "reply": row["reply__number"] or "—",
        "item": row["town_item"] or "—",
        "filing_no": row["filing_no"] or "—",
        **{
            day: _day(row[day]) for day in ("community_met_on", "applied_on", "town_met_on", "effective_on", "filed_on")
        },
    }


def _day(day):
    return dotted(day) if day else "—"


def export(bar, *, back):
    """党支部设立调整台账: the page's own filter."""
    found = bar.qs.order_by("-id")
    return Export(
        name="党支部设立调整台账",
        noun="事项",
        unit="件",
        total=found.count(),
        chosen=chosen_words(bar.form) or "全部事项",
        order="新的在前",
        columns=COLUMNS,
        rows=lambda secrets: ({**shown(row), "key": f"S{row['id']}"} for row in found.values(*READ).iterator()),
        back=back,
        key=key_column("S"),
        problem="" if bar.form.is_valid() else "筛选条件不对，没有可以导出的事项。",
    )
