"""Forms around formation: which compounds lie beside one."""

import re
from decimal import Decimal

from django import forms

from accounts.fields import Ticks
from accounts.forms import Worded
from branches.neighbours import degrees
from office.areas.models import Compound
from office.chinese.digits import halfwidth

_DEGREES = re.compile(r"-?[0-9]{1,3}(\.[0-9]{1,12})?")
_DECORATION = re.compile(r"[北南东西纬经度°\s]")


class DegreeField(forms.CharField):
    """Degrees as a map shows them (30.512345), kept as exact millionths of a degree."""

    def __init__(self, *, most, swapped, **kwargs):
        self.most, self.swapped = most, swapped
        super().__init__(
            required=False,
            max_length=30,
            widget=forms.TextInput(attrs={"inputmode": "decimal", "class": "w-m"}),
            **kwargs,
        )

    def prepare_value(self, value):
        return degrees(value) if isinstance(value, int) else value

    def clean(self, value):
        text = _DECORATION.sub("", halfwidth(super().clean(value)))
        if not text:
            return None
        if not _DEGREES.fullmatch(text):
            raise forms.ValidationError(f"{self.label}写成小数，例如 {self.swapped[1]}。")
        e6 = int((Decimal(text) * 1_000_000).to_integral_value())
        if abs(e6) > self.most * 1_000_000:
            raise forms.ValidationError(f"{self.label}不超过{self.most}度，请看是不是和{self.swapped[0]}填反了。")
        return e6


class NeighboursForm(Worded, forms.Form):
    """The neighbours of one compound among those the reader keeps, and its coordinates."""

    neighbours = Ticks(
        Compound.objects.none(),
        label="邻近小区",
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text="围墙相接、一路之隔的都算；两边会同时登记。",
        error_messages={"invalid_choice": "请选列出的小区。", "invalid_pk_value": "请选列出的小区。"},
    )
    latitude = DegreeField(label="纬度", most=90, swapped=("经度", "30.512345"), help_text="例如 30.512345；可以不填。")
    longitude = DegreeField(label="经度", most=180, swapped=("纬度", "114.301234"), help_text="例如 114.301234。")
    seen = forms.CharField(label="", widget=forms.HiddenInput)

    def __init__(self, *args, compounds, compound, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["neighbours"].queryset = compounds
        self.fields["neighbours"].label_from_instance = lambda one: (
            one.name if one.community_id == compound.community_id else f"{one.name}（{one.community.name}）"
        )

    def clean(self):
        found = super().clean()
        if {"latitude", "longitude"} <= found.keys() and (found["latitude"] is None) != (found["longitude"] is None):
            lacking = "latitude" if found["latitude"] is None else "longitude"
            self.add_error(lacking, "纬度和经度要一起填，或者都不填。")
        return found
