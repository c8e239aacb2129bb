"""The questions of a merge, and the word that two people are two."""

from django import forms

from accounts.forms import Worded

NOT_SEEN = "没有收到合并的结果，请在这一页选定，再看一遍结果。"


class MergeForm(forms.Form):
    """One choice for each line on which the two records differ; `seen` is what was read."""

    seen = forms.CharField(
        label="", widget=forms.HiddenInput, max_length=64,
        error_messages=dict.fromkeys(("required", "max_length"), NOT_SEEN),
    )  # fmt: skip

    def __init__(self, *args, sides, **kwargs):
        super().__init__(*args, **kwargs)
        called = {sides.one.pk: "第一条", sides.other.pk: "第二条"}
        self.lines = sides.lines()
        self.fields["seen"].initial = sides.seen()
        for line in self.lines:
            if line.is_a_question:
                self.fields[line.key] = forms.TypedChoiceField(
                    label=line.label,
                    choices=[(pk, f"{called[pk]}：{words}") for pk, words in line.options],
                    coerce=int,
                    initial=line.proposed,
                    widget=forms.RadioSelect,
                    error_messages={
                        "required": f"请选定“{line.label}”以哪一条为准。",
                        "invalid_choice": f"请选定“{line.label}”以哪一条为准。",
                    },
                )

    @property
    def choices(self):
        """{key of the line: key of the person whose word holds}, as merge() takes it."""
        return {name: value for name, value in self.cleaned_data.items() if name != "seen"}

    def agreed(self):
        """What both records say alike, as rows of components/kv.html."""
        return [{"label": line.label, "value": line.options[0][1]} for line in self.lines if not line.is_a_question]

    def result(self):
        """What the one record will say, as rows of components/kv.html."""
        choices = self.choices
        return [
            {"label": line.label, "value": dict(line.options)[choices.get(line.key, line.proposed)]}
            for line in self.lines
        ]


class ApartForm(Worded, forms.Form):
    reason = forms.CharField(
        label="怎么分清的",
        max_length=100,
        required=False,
        help_text="例如：父子二人，共用一个电话。",
        widget=forms.TextInput(attrs={"class": "w-wide", "autocomplete": "off"}),
    )
