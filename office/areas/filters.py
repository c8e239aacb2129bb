"""What the filter bars of scoped lists share: choices from the reader's own scope, and no bar wider than useful."""

import django_filters
from django import forms


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


class ScopedFilterSet(django_filters.FilterSet):
    """Narrows a queryset that is already inside the reader's scope.

    `places` maps a filter to (queryset of the choices, label field): only rows visible to the reader are offered, and
    a bar leaves out what offers no choice. A wrong value shows nothing: a filter silently dropped would show too much.
    """

    def __init__(self, data, *, user, queryset):
        super().__init__(data, queryset=queryset)
        for name, (rows, label) in self.places().items():
            choices = list(rows.visible_to(user).values_list("pk", label))
            if len(choices) > 1 or (data or {}).get(name):
                self.form.fields[name].choices = choices
            else:
                del self.form.fields[name]

    def places(self):
        return {}

    @property
    def qs(self):
        return super().qs if self.form.is_valid() else self.queryset.none()

    @property
    def narrows(self):
        """Whether anything is chosen, for the words of an empty list."""
        return any(self.data.get(name) for name in self.form.fields)
