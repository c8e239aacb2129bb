"""The filter bars of visits and funds."""

import django_filters
from django.db.models import Q
from django.utils import timezone

from branches.models import FundingItem, GuidanceVisit
from office.areas.filters import ScopedFilterSet, search_field


def years():
    """The years a list of funds offers, this one first."""
    this = timezone.localdate().year
    return [(str(year), f"{year}年") for year in range(this, this - 8, -1)]


class VisitFilter(ScopedFilterSet):
    """Narrows a GuidanceVisit queryset."""

    places = ("community",)

    STATES = {"waiting": "等答复", "late": "过了时限", "settled": "已答复", "none": "没有提意见"}

    community = django_filters.ChoiceFilter(label="社区", empty_label="全部社区")
    state = django_filters.ChoiceFilter(
        label="意见", choices=list(STATES.items()), empty_label="全部", method="by_state"
    )

    class Meta:
        model = GuidanceVisit
        fields = ["community", "state"]

    def by_state(self, queryset, name, value):
        waiting = ~Q(advice="") & Q(settled_on=None)
        return queryset.filter(
            {
                "waiting": waiting,
                "late": waiting & Q(due_on__lt=timezone.localdate()),
                "settled": Q(settled_on__isnull=False),
                "none": Q(advice=""),
            }[value]
        )


class FundingFilter(ScopedFilterSet):
    """Narrows a FundingItem queryset; this year unless another is asked for."""

    places = ("community",)

    year = django_filters.ChoiceFilter(label="年份", choices=years, empty_label="全部年份", method="by_year")
    kind = django_filters.ChoiceFilter(label="收支", choices=FundingItem.Kind, empty_label="全部")
    community = django_filters.ChoiceFilter(label="社区", empty_label="全部社区")
    q = django_filters.CharFilter(label="支部或用途", method="by_words", widget=search_field())

    class Meta:
        model = FundingItem
        fields = ["q", "year", "kind", "community"]

    def __init__(self, data, **kwargs):
        data = data.copy()
        data.setdefault("year", str(timezone.localdate().year))
        super().__init__(data, **kwargs)

    def by_year(self, queryset, name, value):
        return queryset.filter(on__year=value)

    def by_words(self, queryset, name, value):
        return queryset.filter(Q(branch__short_name__contains=value) | Q(purpose__contains=value))
