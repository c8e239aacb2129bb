"""The filter bars of the meeting list and of the list of decisions."""

from datetime import date

import django_filters
from django.db.models import F
from django.utils import timezone

from meetings.models import Decision, Meeting
from office.areas.filters import ScopedFilterSet, search_field

FIRST_YEAR = 2020
LOOKUPS = {name: name for name in ("kind", "community", "compound", "branch")} | {"q": "title__contains"}


def _years():
    return [(str(year), f"{year}年") for year in range(timezone.localdate().year, FIRST_YEAR - 1, -1)]


def narrowed(reach, where):
    """Meetings within `reach` for which the lookups hold; drafts stand with whoever writes them."""
    return Meeting.objects.within(reach).exclude(state=Meeting.State.DRAFT).filter(**where)


class MeetingFilter(ScopedFilterSet):
    """Narrows the meetings within `reach`."""

    places = ("community", "compound", "branch")

    q = django_filters.CharFilter(label="议题", widget=search_field())
    kind = django_filters.ChoiceFilter(choices=Meeting.Kind, label="类型", empty_label="全部类型")
    year = django_filters.ChoiceFilter(choices=_years, label="年度", empty_label="全部年度")
    community = django_filters.ChoiceFilter(label="社区", empty_label="全部社区")
    compound = django_filters.ChoiceFilter(label="小区", empty_label="全部小区")
    branch = django_filters.ChoiceFilter(label="党支部", empty_label="全部支部")

    class Meta:
        model = Meeting
        fields = ["q", "kind", "year", "community", "compound", "branch"]

    def __init__(self, data, *, user, reach):
        super().__init__(data, user=user)
        self.reach = reach

    @property
    def where(self):
        """What is chosen, as the lookups that narrowed() takes."""
        if not self.form.is_valid():
            return {"pk__in": ()}
        chosen = {name: value for name, value in self.form.cleaned_data.items() if value}
        where = {lookup: chosen[name] for name, lookup in LOOKUPS.items() if name in chosen}
        if year := chosen.get("year"):
            where |= {"held_on__gte": date(int(year), 1, 1), "held_on__lte": date(int(year), 12, 31)}
        return where

    @property
    def qs(self):
        return narrowed(self.reach, self.where)


class DecisionFilter(ScopedFilterSet):
    """Narrows a Decision queryset by how far it is."""

    places = ("community", "compound")

    STATES = (("late", "过期"), ("open", "办理中"), ("done", "已办结"))

    q = django_filters.CharFilter(field_name="text", lookup_expr="contains", label="决定", widget=search_field())
    state = django_filters.ChoiceFilter(choices=STATES, label="进展", empty_label="全部", method="by_state")
    community = django_filters.ChoiceFilter(label="社区", empty_label="全部社区")
    compound = django_filters.ChoiceFilter(label="小区", empty_label="全部小区")

    class Meta:
        model = Decision
        fields = ["q", "state", "community", "compound"]

    def by_state(self, queryset, name, value):
        if value == "done":
            return queryset.filter(done_on__isnull=False)
        queryset = queryset.filter(done_on=None)
        return queryset.filter(due_on__lt=timezone.localdate()) if value == "late" else queryset

    def in_order(self):
        """Open ones by due day, those without one last; finished ones after them, the latest first."""
        return self.qs.order_by(F("done_on").desc(nulls_first=True), F("due_on").asc(nulls_last=True), "id")
