"""Forms of the year-end report."""

from django import forms

from accounts.fields import DayField, WrittenReason
from assessments.models import NumberDispute
from assessments.report_things import MOST_CHOSEN

LARGEST_NUMBER = 99_999


class _Box(forms.CharField):
    """A few sentences, kept as written, also when unfinished. A line break counts as one character, as the browser
    counts it; spaces at the ends stay (a paragraph begins with two wide ones)."""

    def __init__(self, *, longest, rows, **kwargs):
        attrs = {"rows": rows, "data-count": longest}
        super().__init__(max_length=longest, strip=False, widget=forms.Textarea(attrs=attrs), **kwargs)
        self.error_messages["max_length"] = "最多%(limit_value)d字，现在有%(show_value)d字，请删短一些。"

    def to_python(self, value):
        return super().to_python(value).replace("\r\n", "\n")

    def widget_attrs(self, widget):
        """No maxlength: a browser would cut a pasted text without a word."""
        return {}

    def validate(self, value):
        """Empty is kept; what must be written is asked for when it is handed in."""


class _Step(forms.Form):
    """One step of the report; `read` marks what the writer had before them (reports.mark)."""

    use_required_attribute = False

    read = forms.CharField(widget=forms.HiddenInput, max_length=16)


class ThingsForm(_Step):
    """做成的事: up to five of the offered ones, and a line of one's own."""

    chosen = forms.MultipleChoiceField(
        label="选做成的事", required=False, widget=forms.CheckboxSelectMultiple(attrs={"class": "opts-long"})
    )
    done = _Box(label="还想补充的", required=False, longest=600, rows=3, help_text="系统里没有的，自己写一两句。")

    def __init__(self, *args, offered, **kwargs):
        super().__init__(*args, **kwargs)
        self.offered = dict(offered)
        self.fields["chosen"].choices = list(offered)
        self.fields["chosen"].error_messages["invalid_choice"] = "有一件已经不在列表里了，请重新选。"
        if not offered:
            del self.fields["chosen"]

    def clean_chosen(self):
        chosen = self.cleaned_data["chosen"]
        if len(chosen) > MOST_CHOSEN:
            raise forms.ValidationError(f"最多选{MOST_CHOSEN}件，现在选了{len(chosen)}件，请去掉几件。")
        return chosen

    @property
    def texts(self):
        chosen = set(self.cleaned_data.get("chosen", ()))
        return {
            "chosen": [[key, words] for key, words in self.offered.items() if key in chosen],
            "done": self.cleaned_data["done"],
        }


class WordsForm(_Step):
    """问题和打算: three boxes, and what became of last year's problem where there was one."""

    mended = _Box(
        label="上年的问题改得怎么样", required=False, longest=200, rows=3, help_text="一两句就行，200字以内。"
    )
    problem = _Box(label="今年最大的问题", longest=200, rows=4, help_text="说一件就行，200字以内。")
    cause = _Box(label="为什么没解决好", longest=200, rows=4, help_text="200字以内。")
    plan = _Box(label="明年打算", longest=200, rows=4, help_text="200字以内。")

    def __init__(self, *args, last_year, **kwargs):
        super().__init__(*args, **kwargs)
        if not last_year:
            del self.fields["mended"]

    @property
    def boxes(self):
        return [name for name in self.fields if name != "read"]

    @property
    def texts(self):
        return {name: self.cleaned_data[name] for name in self.boxes}


class DisputeForm(forms.Form):
    """这个数字不对: what it should be, and a word on it."""

    use_required_attribute = False

    claimed = forms.IntegerField(
        label="应该是多少",
        min_value=0,
        max_value=LARGEST_NUMBER,
        widget=forms.TextInput(attrs={"class": "w-s", "inputmode": "numeric", "autocomplete": "off"}),
        error_messages={
            "required": "请写应该是多少，例如 6",
            "invalid": "请写数字，例如 6",
            "min_value": "请写 0 或更大的数。",
            "max_value": f"数太大了，最大 {LARGEST_NUMBER}。",
        },
    )
    note = forms.CharField(
        label="说一句",
        required=False,
        max_length=60,
        help_text="例如：3月那次没有录。",
        error_messages={"max_length": "最多60字，请删短一些。"},
    )


class AnswerForm(forms.Form):
    """核对更正: one of two answers, with words that the secretary reads."""

    outcome = forms.ChoiceField(
        label="核对结果",
        choices=NumberDispute.Outcome.choices,
        widget=forms.RadioSelect,
        error_messages={"required": "请选核对结果。", "invalid_choice": "请选核对结果。"},
    )
    answer = WrittenReason(
        label="答复支部",
        help_text="例如：3月18日的联席会议已补录。",
        error_messages={"required": "请写一句，支部书记会看到。", "max_length": "最多100字，请删短一些。"},
    )


class SignedForm(forms.Form):
    """登记书记签字: the day on the signed paper and who saw it being signed."""

    signed_on = DayField(label="书记签字的日期")
    seen_by = forms.CharField(
        label="看着签字的人",
        max_length=40,
        widget=forms.TextInput(attrs={"class": "w-m", "autocomplete": "off"}),
        error_messages={"required": "请写看着书记签字的人的姓名。", "max_length": "最多40字。"},
    )
    version = forms.IntegerField(widget=forms.HiddenInput, min_value=0, max_value=10**6)

    def __init__(self, *args, today, **kwargs):
        super().__init__(*args, **kwargs)
        self.today = today

    def clean_signed_on(self):
        day = self.cleaned_data["signed_on"]
        if day and day > self.today:
            raise forms.ValidationError("签字的日期还没有到，请看一下。")
        return day


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
