"""What the filter bars of scoped lists share: choices from the reader's own scope, and no bar wider than useful."""

import django_filters
from django import forms

from office.areas.models import Body, Community, Compound
from office.areas.prepared import prepared


def search_field(**attrs):
    """The widget of a search box in a filter bar."""
    return forms.TextInput(attrs={"type": "search", "maxlength": 40, "autocomplete": "off", "class": "w-wide", **attrs})


def chosen(form):
    """(name, label, value in words) of every visible field of a filter's form that narrows; none while it is wrong."""
    if not form.is_valid():
        return
    for field in form.visible_fields():
        if value := form.cleaned_data.get(field.name):
            yield field.name, field.label, _in_words(field.field, value)


def chosen_words(form):
    """The same as one line for an export and the trail: 社区 城东社区；名称“湖畔”. Empty where nothing narrows."""
    return "；".join(f"{label}“{value}”" if name == "q" else f"{label} {value}" for name, label, value in chosen(form))


def _in_words(field, value):
    """A choice by its label, also from among groups; anything else as it was typed."""
    if not isinstance(field, forms.ChoiceField):
        return value
    flat = {}
    for key, label in field.choices:
        flat.update(label if isinstance(label, (list, tuple)) else [(key, label)])
    return {str(key): label for key, label in flat.items()}.get(value, value)


@prepared
def communities(reach):
    return Community.objects.within(reach).values_list("pk", "name")


@prepared
def compounds(reach):
    return Compound.objects.within(reach).order_by("pinyin").values_list("pk", "name")


@prepared
def branches(reach):
    bodies = Body.objects.within(reach).filter(kind=Body.Kind.BRANCH)
    return bodies.order_by("short_name").values_list("pk", "short_name")


PLACES = {"community": communities, "compound": compounds, "branch": branches}


class ScopedFilterSet(django_filters.FilterSet):
    """Narrows a queryset that is already inside the reader's scope.

    `places` names its filters by place: only what the reader may see is offered, and a bar leaves out what offers no
    choice. A wrong value shows nothing: a filter silently dropped would show too much.
    """

    places = ()

    def __init__(self, data, *, user, queryset=None):
        super().__init__(data, queryset=queryset)
        for name in self.places:
            choices = PLACES[name](user.reach)
            if len(choices) > 1 or (data or {}).get(name):
                self.form.fields[name].choices = choices
            else:
                del self.form.fields[name]

    @property
    def qs(self):
        return super().qs if self.form.is_valid() else self.queryset.none()

    @property
    def narrows(self):
        """Whether anything is chosen, for the words of an empty list."""
        return any(self.data.get(name) for name in self.form.fields)
