"""The small forms about a meeting: how far a decision is, and what is wrong with the record."""

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone

from accounts.fields import DayField, WrittenReason
from accounts.forms import Worded
from meetings.fields import DueField, day_after, line
from meetings.models import DecisionStep


class ProgressForm(Worded, forms.Form):
    """How far a decision is. 代录 is said in words on the page by whoever types it for its owner."""

    use_required_attribute = False

    what = forms.ChoiceField(
        label="办理情况",
        widget=forms.RadioSelect,
        error_messages={"required": "请选办理情况。", "invalid_choice": "请选列出的。"},
    )
    text = line("说明", 200, help_text="办得怎么样，一两句就行。延期的写明原因。")
    on = DayField(label="日期", help_text="可以写 今天、昨天、12.6")
    due_on = DueField(label="新的期限", help_text="只在延期时填")

    def __init__(self, *args, decision, **kwargs):
        super().__init__(*args, **kwargs)
        What = DecisionStep.What
        open_ones = [What.DONE, What.PROGRESS, What.POSTPONED]
        self.fields["what"].choices = [(w.value, w.label) for w in ([What.REOPENED] if decision.done_on else open_ones)]
        self.decision = decision

    def clean_on(self):
        day = self.cleaned_data["on"]
        if day and day > timezone.localdate():
            raise ValidationError("这一天还没有到，请核对。")
        if day and day < self.decision.meeting.held_on:
            raise ValidationError("这一天还没有开会，请核对。")
        return day

    def clean(self):
        super().clean()
        what, text = self.cleaned_data.get("what"), self.cleaned_data.get("text", "")
        if what in ("postponed", "progress", "reopened") and not text and "text" not in self.errors:
            self.add_error(
                "text", {"postponed": "写明延期的原因。", "reopened": "写明为什么重新办。"}.get(what, "写一两句进展。")
            )
        if what == "postponed" and "due_on" not in self.errors:
            self._check_due()
        return self.cleaned_data

    def _check_due(self):
        due = self.cleaned_data.get("due_on")
        if not due:
            self.add_error("due_on", "写清延到哪一天。")
            return
        try:
            day = day_after(due, self.cleaned_data.get("on") or timezone.localdate())
        except ValueError as fault:
            self.add_error("due_on", str(fault))
            return
        if day is None or self.decision.due_on and day <= self.decision.due_on:
            self.add_error("due_on", "新的期限要在原来的期限之后。")
        self.cleaned_data["due_on"] = day


class ObjectionForm(Worded, forms.Form):
    """有误: what is wrong, for whoever wrote the minutes."""

    use_required_attribute = False

    note = WrittenReason(label="哪里不对")
