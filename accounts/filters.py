"""The filter bars of the account list and of the trail."""

from datetime import datetime, time, timedelta

import django_filters
from django import forms
from django.db.models import Exists, OuterRef, Q
from django.utils import timezone

from accounts.fields import DayField
from accounts.models import Assignment, User
from accounts.roles import Role
from office.audit.models import Trail
from office.audit.words import VERBS

STATES = [("active", "启用"), ("disabled", "已停用"), ("new", "待改口令")]


def _search(**attrs):
    return forms.TextInput(attrs={"type": "search", "maxlength": 40, **attrs})


class _Whole(django_filters.FilterSet):
    """Nothing is shown while a field is wrong: a filter that is silently dropped would show, or export, too much."""

    @property
    def qs(self):
        return super().qs if self.form.is_valid() else self.queryset.none()


class AccountFilter(_Whole):
    q = django_filters.CharFilter(method="by_words", label="姓名或账号", widget=_search(**{"class": "w-wide"}))
    role = django_filters.ChoiceFilter(choices=Role, method="by_role", label="职责", empty_label="全部职责")
    state = django_filters.ChoiceFilter(choices=STATES, method="by_state", label="状态", empty_label="全部状态")

    class Meta:
        model = User
        fields = ["q", "role", "state"]

    def by_words(self, queryset, name, value):
        return queryset.filter(Q(name__contains=value) | Q(username__contains=value.lower()))

    def by_role(self, queryset, name, value):
        held = Assignment.objects.on(timezone.localdate()).filter(user=OuterRef("pk"), role=value)
        return queryset.filter(Exists(held))

    def by_state(self, queryset, name, value):
        if value == "new":
            return queryset.filter(is_active=True, must_change_password=True)
        return queryset.filter(is_active=value == "active")


class _DayFilter(django_filters.Filter):
    field_class = DayField


class TrailFilter(_Whole):
    """By person, deed, object and days; `model` and `object` together are the history of one object."""

    actor = django_filters.CharFilter(field_name="actor_name", lookup_expr="contains", label="操作人", widget=_search())
    verb = django_filters.ChoiceFilter(choices=list(VERBS.items()), label="事项", empty_label="全部事项")
    label = django_filters.CharFilter(field_name="object_label", lookup_expr="contains", label="对象", widget=_search())
    since = _DayFilter(method="from_day", label="从哪天", widget=forms.TextInput(attrs={"maxlength": 20}))
    until = _DayFilter(method="to_day", label="到哪天", widget=forms.TextInput(attrs={"maxlength": 20}))
    model = django_filters.CharFilter(field_name="model", widget=forms.HiddenInput)
    object = django_filters.CharFilter(field_name="object_id", widget=forms.HiddenInput)

    class Meta:
        model = Trail
        fields = ["actor", "verb", "label", "since", "until", "model", "object"]

    def from_day(self, queryset, name, value):
        return queryset.filter(at__gte=_midnight(value))

    def to_day(self, queryset, name, value):
        """The last day is included."""
        return queryset.filter(at__lt=_midnight(value + timedelta(days=1)))


def _midnight(day):
    return timezone.make_aware(datetime.combine(day, time.min))
