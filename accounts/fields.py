"""Form fields as the office types: dates written any usual way, phone numbers in any usual way; ticked rows."""

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone

from office.chinese.dates import cn_date, parse_date
from office.chinese.digits import clean_phone, phone_problem
from office.chinese.names import HAN

FEWEST_HAN = 4


class DayField(forms.CharField):
    """A day, written 12月6日, 12.6 or 20261206; cleaned to a date, None when left empty."""

    def __init__(self, **kwargs):
        super().__init__(max_length=20, **{"widget": forms.TextInput(attrs={"class": "w-m"}), **kwargs})
        self.error_messages["required"] = "写清是哪一天，例如 12月6日"

    def prepare_value(self, value):
        return cn_date(value) if hasattr(value, "year") else value

    def clean(self, value):
        text = super().clean(value)
        if not text:
            return None
        try:
            day, precision = parse_date(text, today=timezone.localdate())
        except ValueError as fault:
            raise ValidationError(str(fault)) from fault
        if precision != "d":
            raise ValidationError("写清是哪一天，例如 12月6日")
        return day


class PhoneField(forms.CharField):
    """A mobile or office number, cleaned to 13800138000 or 010-62345678."""

    def __init__(self, **kwargs):
        attrs = {"class": "w-m", "inputmode": "tel", "autocomplete": "tel"}
        super().__init__(max_length=40, **{"widget": forms.TextInput(attrs=attrs), **kwargs})

    def clean(self, value):
        number = clean_phone(super().clean(value))
        if number and (problem := phone_problem(number)):
            raise ValidationError(problem)
        return number


class WrittenReason(forms.CharField):
    """A line in the user's own words that goes to the trail; a row of dots is none."""

    default_error_messages = {"required": "请写清楚，会记入操作记录。"}

    def __init__(self, **kwargs):
        super().__init__(max_length=100, widget=forms.TextInput(attrs={"autocomplete": "off"}), **kwargs)

    def clean(self, value):
        text = " ".join(super().clean(value).split())
        if text and len(HAN.findall(text)) < FEWEST_HAN:
            raise forms.ValidationError(f"请用至少 {FEWEST_HAN} 个汉字写清楚。")
        return text


class Ticks(forms.ModelMultipleChoiceField):
    """Ticked rows. Django asks the database for any number, and SQLite fails on one no key can have."""

    def clean(self, value):
        if any(len(key) > 18 for key in value or ()):
            raise ValidationError(self.error_messages["invalid_choice"], code="invalid_choice")
        return super().clean(value)
