"""The few things members' pages ask: a file, a purpose, a reason."""

from django import forms

from office.chinese.names import HAN

SHORTEST = 4


class WrittenReason(forms.CharField):
    """A line in the user's own words that goes to the trail; a row of dots is none."""

    default_error_messages = {"required": "请写清楚，会记入操作记录。"}

    def __init__(self, **kwargs):
        super().__init__(max_length=100, widget=forms.TextInput(attrs={"autocomplete": "off"}), **kwargs)

    def clean(self, value):
        text = " ".join(super().clean(value).split())
        if len(HAN.findall(text)) < SHORTEST:
            raise forms.ValidationError(f"请用至少 {SHORTEST} 个汉字写清楚。")
        return text


class ExportForm(forms.Form):
    """用途 of an export."""

    purpose = WrittenReason(label="用途", help_text="例如：打印选举签到名册。会印在文件上，并记入操作记录。")


class RevealForm(forms.Form):
    """为什么要看 of a number or a telephone."""

    reason = WrittenReason(label="为什么要看", help_text="例如：通知参加支部党员大会。会记入操作记录。")


class RosterForm(forms.Form):
    """The filled-in roster."""

    file = forms.FileField(
        label="填好的名册",
        help_text=".xlsx 文件，不超过 5 MB、2,000 行。",
        widget=forms.FileInput(
            attrs={"accept": ".xlsx,application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"}
        ),
        error_messages={
            "required": "请先选好要传的文件。",
            "empty": "这个文件是空的，请检查后重新选择。",
            "invalid": "没有收到文件，请重新选择。",
        },
    )
