"""The filter bar of the branch list."""

import django_filters

from branches.models import Branch
from office.areas.filters import ScopedFilterSet, search_field

GAPS = {
    "secretary": ("缺书记", lambda row: not row.secretary),
    "liaison": ("缺联系干部", lambda row: row.kind != Branch.Kind.COMMUNITY and not row.liaison),
    "venue": ("七有有缺", lambda row: bool(row.venue_missing)),
}


class BranchFilter(ScopedFilterSet):
    """Narrows a Branch queryset; `gap` is answered on the rows, since gaps are computed, not stored."""

    places = ("community",)

    q = django_filters.CharFilter(
        field_name="body__short_name", lookup_expr="contains", label="名称", widget=search_field()
    )
    community = django_filters.ChoiceFilter(label="社区", empty_label="全部社区")
    kind = django_filters.ChoiceFilter(choices=Branch.Kind, label="类别", empty_label="全部类别")
    gap = django_filters.ChoiceFilter(
        choices=[(key, label) for key, (label, _) in GAPS.items()], label="缺项", empty_label="不限", method="leave"
    )

    class Meta:
        model = Branch
        fields = ["q", "community", "kind", "gap"]

    def leave(self, queryset, name, value):
        return queryset

    def narrow(self, rows):
        """Rows that show the chosen gap."""
        gap = self.form.cleaned_data.get("gap") if self.form.is_valid() else None
        return [row for row in rows if GAPS[gap][1](row)] if gap else rows
