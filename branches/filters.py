"""The filter bar of the branch list."""

import django_filters
from django import forms

from branches.models import Branch
from office.areas.models import Community

GAPS = [
    ("secretary", "缺书记"),
    ("liaison", "缺联系干部"),
    ("venue", "七有有缺"),
]


class BranchFilter(django_filters.FilterSet):
    """Narrows a Branch queryset; `gap` is answered on the rows, since gaps are computed, not stored."""

    q = django_filters.CharFilter(field_name="body__short_name", lookup_expr="contains", label="名称")
    community = django_filters.ModelChoiceFilter(
        queryset=Community.objects.none(), label="社区", empty_label="全部社区"
    )
    kind = django_filters.ChoiceFilter(choices=Branch.Kind, label="类别", empty_label="全部类别")
    gap = django_filters.ChoiceFilter(choices=GAPS, label="缺项", empty_label="不限", method="keep_all")

    class Meta:
        model = Branch
        fields = ["q", "community", "kind", "gap"]

    def __init__(self, data, *, user, queryset):
        super().__init__(data, queryset=queryset)
        self.form.fields["community"].queryset = Community.objects.visible_to(user)
        self.form.fields["q"].widget = forms.TextInput(attrs={"type": "search", "class": "w-wide", "maxlength": 40})

    def keep_all(self, queryset, name, value):
        return queryset

    def narrow(self, rows):
        """Rows that show the chosen gap."""
        tests = {
            "secretary": lambda row: not row.secretary,
            "liaison": lambda row: row.kind != "community" and not row.liaison,
            "venue": lambda row: bool(row.venue_missing),
        }
        test = tests.get(self.form.cleaned_data.get("gap")) if self.form.is_valid() else None
        return [row for row in rows if test(row)] if test else rows
