"""The filter bar of the owners' committees list."""

import django_filters
from django import forms

from committees.models import OwnersCommittee
from office.areas.models import Community


class CommitteeFilter(django_filters.FilterSet):
    """Narrows an OwnersCommittee queryset."""

    q = django_filters.CharFilter(field_name="compound__name", lookup_expr="contains", label="小区")
    community = django_filters.ModelChoiceFilter(
        queryset=Community.objects.none(), label="社区", empty_label="全部社区"
    )
    stage = django_filters.ChoiceFilter(
        choices=[c for c in OwnersCommittee.Stage.choices if c[0] != "ended"], label="状态", empty_label="全部状态"
    )

    class Meta:
        model = OwnersCommittee
        fields = ["q", "community", "stage"]

    def __init__(self, data, *, user, queryset):
        super().__init__(data, queryset=queryset)
        self.form.fields["community"].queryset = Community.objects.visible_to(user)
        self.form.fields["q"].widget = forms.TextInput(attrs={"type": "search", "class": "w-wide", "maxlength": 40})
