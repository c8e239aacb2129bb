"""What the filter bars of scoped lists share: choices from the reader's own scope, and no bar wider than useful."""

import django_filters
from django import forms


def search_field(**attrs):
    """The widget of a search box in a filter bar."""
    return forms.TextInput(attrs={"type": "search", "maxlength": 40, "autocomplete": "off", "class": "w-wide", **attrs})


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
