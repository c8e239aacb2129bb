"""The few things members' pages ask: a reason."""

from django import forms

from accounts.fields import WrittenReason


class RevealForm(forms.Form):
    """为什么要看 of a number or a telephone."""

    reason = WrittenReason(label="为什么要看", help_text="例如：通知参加支部党员大会。会记入操作记录。")
