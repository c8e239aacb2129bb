"""The filter bars of the venue ledger and of the register of rooms."""

import django_filters
from django.utils import timezone

from branches.models import Branch, Room, Venue
from office.areas.filters import ScopedFilterSet, search_field

GAPS = {
    "missing": ("有缺项", lambda row: row.missing),
    "unrecorded": ("有未记录的", lambda row: row.unrecorded),
    "full": ("七项齐全", lambda row: row.held == len(Venue.ITEMS)),
}


class VenueFilter(ScopedFilterSet):
    """Narrows a Branch queryset; `gap` and `year` are answered on the rows."""

    places = ("community",)

    q = django_filters.CharFilter(
        field_name="body__short_name", lookup_expr="contains", label="支部", widget=search_field()
    )
    community = django_filters.ChoiceFilter(label="社区", empty_label="全部社区")
    year = django_filters.ChoiceFilter(label="年度", empty_label="今年", method="leave")
    gap = django_filters.ChoiceFilter(
        choices=[(key, label) for key, (label, _) in GAPS.items()], label="七有", empty_label="不限", method="leave"
    )

    class Meta:
        model = Branch
        fields = ["q", "community", "year", "gap"]

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        this_year = timezone.localdate().year
        self.form.fields["year"].choices = [(str(this_year - back), f"{this_year - back}年") for back in (1, 2, 3)]

    def leave(self, queryset, name, value):
        return queryset

    def narrow(self, rows):
        """Rows that show the chosen state."""
        gap = self.form.cleaned_data.get("gap") if self.form.is_valid() else None
        return [row for row in rows if GAPS[gap][1](row)] if gap else rows


class RoomFilter(ScopedFilterSet):
    """Narrows a Room queryset; rooms no longer in use are shown on demand."""

    places = ("community",)

    q = django_filters.CharFilter(field_name="name", lookup_expr="contains", label="名称", widget=search_field())
    community = django_filters.ChoiceFilter(label="社区", empty_label="全部社区")
    kind = django_filters.ChoiceFilter(choices=Room.Kind, label="类别", empty_label="全部类别")
    state = django_filters.ChoiceFilter(
        choices=[("closed", "已停用"), ("all", "全部")], label="状态", empty_label="在用的", method="leave"
    )

    class Meta:
        model = Room
        fields = ["q", "community", "kind", "state"]

    def leave(self, queryset, name, value):
        return queryset

    @property
    def qs(self):
        state = self.form.cleaned_data.get("state") if self.form.is_valid() else ""
        rows = super().qs
        return rows if state == "all" else rows.filter(closed_on__isnull=state != "closed")
