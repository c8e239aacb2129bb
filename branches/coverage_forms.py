"""Forms around coverage: the next step at one compound, the targets of the communities."""

from django import forms

from accounts.fields import DayField
from accounts.forms import Worded

MOST = 999
_NUMBER = f"写 0 到 {MOST} 的整数，例如 12；没有目标的空着。"


class NoteForm(Worded, forms.Form):
    """Why a compound has no branch, who sees to it, what comes next and by when (N-03).

    `people` are (person id, words), the person named before among them.
    """

    reason = forms.CharField(
        label="原因",
        max_length=200,
        required=False,
        help_text="名册里看不出来的才要写，例如 新交付的小区，党员还没有摸排。",
    )
    next_step = forms.CharField(label="下一步", max_length=120, required=False, help_text="例如 摸排党员，提联合方案。")
    responsible = forms.TypedChoiceField(
        label="责任人",
        required=False,
        coerce=int,
        empty_value=None,
        error_messages={"invalid_choice": "请选列出的人。"},
    )
    due_on = DayField(label="时限", required=False, help_text="下一步要在哪天以前办完。")
    version = forms.IntegerField(widget=forms.HiddenInput, min_value=0, max_value=2_000_000_000)

    def __init__(self, *args, people, today, **kwargs):
        super().__init__(*args, **kwargs)
        self.today = today
        self.fields["responsible"].choices = [("", "还没有定"), *people]

    def clean(self):
        found = super().clean()
        if not {"next_step", "due_on"} <= found.keys():
            return found
        step, due_on = found["next_step"], found["due_on"]
        if step and not due_on:
            self.add_error("due_on", "写了下一步，请写上时限。")
        if due_on and not step:
            self.add_error("next_step", "写了时限，请写上下一步办什么。")
        if due_on and due_on < self.today and "due_on" in self.changed_data:
            self.add_error("due_on", "这一天已经过去，请写今天或者以后的日子。")
        return found


class TargetsForm(Worded, forms.Form):
    """One number for each community, the day and the basis they share. `communities` are (id, name)."""

    due_on = DayField(label="完成时间", error_messages={"required": "请填写完成时间，例如 2026年12月31日。"})
    basis = forms.CharField(label="依据", max_length=200, help_text="例如 镇党委会2026年1月议定。")
    seen = forms.CharField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args, communities, **kwargs):
        super().__init__(*args, **kwargs)
        self.communities = communities
        for pk, name in communities:
            self.fields[f"number_{pk}"] = forms.IntegerField(
                label=f"{name}（个）",
                required=False,
                min_value=0,
                max_value=MOST,
                error_messages=dict.fromkeys(("invalid", "min_value", "max_value"), _NUMBER),
                widget=forms.TextInput(attrs={"inputmode": "numeric", "class": "w-s"}),
            )
        self.order_fields([*(f"number_{pk}" for pk, _ in communities), "due_on", "basis", "seen"])

    @property
    def numbers(self):
        """{community id: number, None for no target}."""
        return {pk: self.cleaned_data[f"number_{pk}"] for pk, _ in self.communities}
