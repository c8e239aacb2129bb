"""The filter bar of the owners' committees list."""

import django_filters

from committees.models import OwnersCommittee
from office.areas.filters import ScopedFilterSet, search_field

STAGES = [(value, label) for value, label in OwnersCommittee.Stage.choices if value != OwnersCommittee.Stage.ENDED]


class CommitteeFilter(ScopedFilterSet):
    """Narrows an OwnersCommittee queryset."""

    places = ("community",)

    q = django_filters.CharFilter(
        field_name="compound__name", lookup_expr="contains", label="小区", widget=search_field()
    )
    community = django_filters.ChoiceFilter(label="社区", empty_label="全部社区")
    stage = django_filters.ChoiceFilter(choices=STAGES, label="状态", empty_label="全部状态")

    class Meta:
        model = OwnersCommittee
        fields = ["q", "community", "stage"]
