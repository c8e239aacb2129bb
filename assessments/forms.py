"""Forms of the year-end report."""

from django import forms

from assessments.models import BranchReport


class _Box(forms.CharField):
    """A few sentences, kept also when unfinished. A line break counts as one character, as the browser counts it."""

    def __init__(self, *, longest, rows, **kwargs):
        super().__init__(max_length=longest, widget=forms.Textarea(attrs={"rows": rows}), **kwargs)
        self.error_messages["max_length"] = "最多%(limit_value)d字，现在有%(show_value)d字，请删短一些。"

    def to_python(self, value):
        return super().to_python(value).replace("\r\n", "\n")

    def widget_attrs(self, widget):
        """No maxlength: a browser would cut a pasted text without a word."""
        return {}

    def validate(self, value):
        """Empty is kept; what must be written is asked for when it is handed in."""


class ReportForm(forms.Form):
    """The four boxes; `version` is that of the text the writer read."""

    use_required_attribute = False

    done = _Box(label="做成的事", required=False, longest=600, rows=5, help_text="挑三件说，每件一两句。600字以内。")
    problem = _Box(label="今年最大的问题", longest=200, rows=4, help_text="说一件就行，200字以内。")
    cause = _Box(label="为什么没解决好", longest=200, rows=4, help_text="200字以内。")
    plan = _Box(label="明年打算", longest=200, rows=4, help_text="200字以内。")
    version = forms.IntegerField(widget=forms.HiddenInput, min_value=0, max_value=10**6)

    @property
    def texts(self):
        return {box: self.cleaned_data[box] for box in BranchReport.BOXES}


class ReturnForm(forms.Form):
    comment = forms.CharField(
        label="退回的话，写明哪里要改",
        max_length=200,
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"required": "请写明哪里要改，支部才好改。", "max_length": "最多200字，请删短一些。"},
    )


class YearForm(forms.Form):
    """The year of a request; anything else than a year is refused."""

    year = forms.IntegerField(min_value=2000, max_value=2100)
