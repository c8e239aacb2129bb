"""The few things members' pages ask: a file, a purpose, a reason."""

from django import forms

from accounts.fields import WrittenReason


class RevealForm(forms.Form):
    """为什么要看 of a number or a telephone."""

    reason = WrittenReason(label="为什么要看", help_text="例如：通知参加支部党员大会。会记入操作记录。")


class RosterForm(forms.Form):
    """The filled-in roster."""

    file = forms.FileField(
        label="填好的名册",
        help_text=".xlsx 文件，不超过 5 MB、20,000 行。",
        widget=forms.FileInput(
            attrs={"accept": ".xlsx,application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"}
        ),
        error_messages={
            "required": "请先选好要传的文件。",
            "empty": "这个文件是空的，请检查后重新选择。",
            "invalid": "没有收到文件，请重新选择。",
        },
    )
