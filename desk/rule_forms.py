"""The form by which a town sets its own value for one rule."""

import re

from django import forms

from accounts.fields import DayField
from accounts.forms import Worded
from office.chinese.digits import halfwidth
from office.rulebook import rules
from office.rulebook.values import LISTS, MEASURES, SHARES, month_day

_MONTH_DAY = re.compile(r"([0-9]{1,2})(?:月|[-./])([0-9]{1,2})[日号]?")
_WHOLE = re.compile(r"[0-9]{1,6}")


def _typed_number(text):
    """A whole number as an int; anything else as it stands, for the rulebook to refuse in words."""
    return int(text) if _WHOLE.fullmatch(text) else text


def _typed_month_day(text):
    found = _MONTH_DAY.fullmatch(text)
    return f"{int(found[1]):02}-{int(found[2]):02}" if found else text


def as_typed(rule):
    """The value of a rule as somebody would type it."""
    if rule.value is None:
        return None
    if rule.comparator in LISTS:
        return "\n".join(rule.value)
    if rule.unit == "日期":
        return rule.value
    return month_day(rule.value) if rule.unit == "月日" else rule.json


class RuleFilter(forms.Form):
    """Which part of the rulebook, as it holds on which day."""

    part = forms.ChoiceField(label="哪一篇", required=False, error_messages={"invalid_choice": "请从列出的几篇里选。"})
    on = DayField(label="哪一天的要求", required=False)

    def __init__(self, *args, parts, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["part"].choices = parts


class RuleForm(Worded, forms.Form):
    """The value in the kind of field its unit asks for, the basis, and the day it begins."""

    basis = forms.CharField(
        label="依据",
        max_length=200,
        help_text="例如 镇党委会2026年1月5日议定。",
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    valid_from = DayField(label="从哪天起", help_text="这一天以后发生的事按新的算，以前的事仍按当时的算。")
    seen = forms.CharField(label="", required=False, widget=forms.HiddenInput)

    def __init__(self, *args, rule, **kwargs):
        super().__init__(*args, **kwargs)
        self.rule = rule
        self.fields = {"value": _value_field(rule), **self.fields}
        self.fields["value"].error_messages["required"] = "请填写本镇的要求。"

    def clean_value(self):
        value = self.cleaned_data["value"]
        if self.rule.comparator in LISTS:
            return [line for line in (" ".join(each.split()) for each in value.splitlines()) if line]
        if self.rule.unit in ("日期", "口径"):
            return value
        text = halfwidth(value).replace(" ", "")
        if self.rule.unit == "月日":
            return _typed_month_day(text)
        return text if self.rule.unit in SHARES else _typed_number(text.removesuffix(self.rule.unit))

    def clean(self):
        found = super().clean()
        if "value" in found:
            try:
                rules.with_override(self.rule, found["value"], "本镇")
            except ValueError as refusal:
                self.add_error("value", str(refusal))
        return found


def _value_field(rule):
    if rule.comparator in LISTS:
        area = forms.Textarea(attrs={"rows": 6})
        return forms.CharField(label="本镇的要求", max_length=1000, widget=area, help_text="一行写一项。")
    if rule.unit == "口径":
        return forms.ChoiceField(
            label="本镇的要求",
            choices=rule.choices,
            widget=forms.RadioSelect,
            error_messages={"invalid_choice": "请从列出的几项里选。"},
        )
    if rule.unit == "日期":
        return DayField(label="本镇的要求")
    return forms.CharField(label=f"本镇的要求{_unit(rule)}", max_length=40, widget=forms.TextInput(attrs={"class": "w-m"}),
                           help_text=_example(rule))  # fmt: skip


def _unit(rule):
    return "" if rule.unit in (*SHARES, "月日") else f"（{rule.unit}）"


def _example(rule):
    if rule.unit in SHARES or rule.unit in MEASURES:
        return "写成分数或者百分数，例如 2/3 或 50%。"
    return "例如 12月20日。" if rule.unit == "月日" else "写整数。"
