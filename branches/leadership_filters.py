"""The filter bar of the ledger of leaderships."""

import django_filters

from branches.models import Branch
from office.areas.filters import ScopedFilterSet, search_field

GAPS = {
    "vacant": ("书记空缺", lambda row: row.vacancy and not row.vacancy.acting),
    "acting": ("书记暂任", lambda row: row.vacancy and row.vacancy.acting),
    "term": ("任期快到或已届满", lambda row: row.term_is_near),
    "check": ("班子需核对", lambda row: row.findings),
    "liaison": ("没有联系干部", lambda row: row.of_compound and not row.liaison),
}


class LeadershipFilter(ScopedFilterSet):
    """Narrows a Branch queryset; `gap` is answered on the rows, since gaps are computed, not stored."""

    places = ("community",)

    q = django_filters.CharFilter(
        field_name="body__short_name", lookup_expr="contains", label="名称", widget=search_field()
    )
    community = django_filters.ChoiceFilter(label="社区", empty_label="全部社区")
    gap = django_filters.ChoiceFilter(
        choices=[(key, label) for key, (label, _) in GAPS.items()], label="要办的", empty_label="不限", method="leave"
    )

    class Meta:
        model = Branch
        fields = ["q", "community", "gap"]

    def leave(self, queryset, name, value):
        return queryset

    def narrow(self, rows):
        """Rows that show the chosen gap."""
        gap = self.form.cleaned_data.get("gap") if self.form.is_valid() else None
        return [row for row in rows if GAPS[gap][1](row)] if gap else rows
