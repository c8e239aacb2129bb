"""The filter bar of the meeting list."""

import django_filters
from django import forms
from django.utils import timezone

from meetings.models import Meeting
from office.areas.models import Body, Community, Compound

FIRST_YEAR = 2020


class MeetingFilter(django_filters.FilterSet):
    """Narrows a Meeting queryset; choices come from the user's own scope."""

    q = django_filters.CharFilter(field_name="title", lookup_expr="contains", label="议题")
    community = django_filters.ModelChoiceFilter(
        queryset=Community.objects.none(), label="社区", empty_label="全部社区"
    )
    compound = django_filters.ModelChoiceFilter(queryset=Compound.objects.none(), label="小区", empty_label="全部小区")
    branch = django_filters.ModelChoiceFilter(queryset=Body.objects.none(), label="党支部", empty_label="全部支部")
    kind = django_filters.ChoiceFilter(choices=Meeting.Kind, label="类型", empty_label="全部类型")
    year = django_filters.ChoiceFilter(field_name="held_on", lookup_expr="year", label="年度", empty_label="全部年度")

    class Meta:
        model = Meeting
        fields = ["q", "community", "compound", "branch", "kind", "year"]

    def __init__(self, data, *, user, queryset):
        years = range(timezone.localdate().year, FIRST_YEAR - 1, -1)
        self.base_filters["year"].extra["choices"] = [(str(y), f"{y}年") for y in years]
        super().__init__(data, queryset=queryset)
        fields = self.form.fields
        fields["community"].queryset = Community.objects.visible_to(user)
        fields["compound"].queryset = Compound.objects.visible_to(user).order_by("pinyin")
        fields["branch"].queryset = Body.objects.visible_to(user).filter(kind="branch").order_by("short_name")
        fields["q"].widget = forms.TextInput(attrs={"type": "search", "class": "w-wide", "maxlength": 40})
