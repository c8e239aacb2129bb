"""Forms of a case: what is to be done, with which compounds, its facts; the town's decision; 备案."""

from django import forms

from accounts.fields import DayField, Ticks
from accounts.forms import Worded
from branches.case_people import FORMING, Kind
from branches.models import BranchCase
from members.models import Person, Post
from office.areas.models import Body, Community, Compound
from office.chinese.names import clean_name

PICK_COMPOUNDS = {Kind.OWN: "选一个小区", Kind.JOINT: "选两个以上小区", Kind.ADJUST: "选调整以后覆盖的全部小区"}
NO_TERM = "none"
TERMS = [("5", "5年"), ("3", "3年"), (NO_TERM, "批复不写任期")]


def _line(label, longest, **kwargs):
    kwargs.setdefault("widget", forms.TextInput(attrs={"autocomplete": "off"}))
    return forms.CharField(label=label, max_length=longest, **kwargs)


def _box(label, longest, help_text="", rows=2):
    return forms.CharField(
        label=label,
        max_length=longest,
        required=False,
        help_text=help_text,
        widget=forms.Textarea(attrs={"rows": rows}),
    )


def _of(queryset, label, empty, **kwargs):
    words = dict.fromkeys(("invalid_choice", "required"), f"请选列出的{label}。")
    return forms.ModelChoiceField(queryset, label=label, empty_label=empty, error_messages=words, **kwargs)


class StartForm(forms.Form):
    """First: what is to be done, in which community."""

    kind = forms.ChoiceField(
        label="办什么", choices=Kind, widget=forms.RadioSelect,
        error_messages=dict.fromkeys(("required", "invalid_choice"), "请选要办的事项。"),
    )  # fmt: skip
    community = _of(Community.objects.none(), "社区", "请选社区")
    directed = forms.BooleanField(
        label="镇党委直接决定，不用社区请示",
        required=False,
        help_text="支部工作条例第六条：必要时上级党委可以直接作出决定。",
    )

    def __init__(self, *args, communities, town, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["community"].queryset = communities
        if len(communities) == 1:
            self.initial["community"] = communities[0]
        if not town:
            del self.fields["directed"]


class PickForm(forms.Form):
    """Then: the compounds, or the branch."""

    branch = _of(Body.objects.none(), "党支部", "请选党支部")
    compounds = Ticks(
        Compound.objects.none(), label="小区", widget=forms.CheckboxSelectMultiple,
        error_messages=dict.fromkeys(("invalid_choice", "invalid_pk_value", "required"), "请选列出的小区。"),
    )  # fmt: skip

    def __init__(self, *args, kind, compounds, branches, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["branch"].queryset = branches
        self.fields["compounds"].queryset = compounds
        self.fields["compounds"].help_text = PICK_COMPOUNDS.get(kind, "")
        if kind in FORMING:
            del self.fields["branch"]
        if kind == Kind.DISSOLVE:
            del self.fields["compounds"]
        elif kind == Kind.ADJUST:
            self.fields["compounds"].label = "调整以后覆盖的小区"


class CaseForm(Worded, forms.Form):
    """The facts of a case; what the rules ask a reason for says so beside the box."""

    community_met_on = DayField(label="社区党委会研究日期", required=False, help_text="例如 11月20日。报送以前要写上。")
    receiving = _of(Body.objects.none(), "党支部", "请选党支部", required=False)
    name = _line("全称", 100, help_text="按名称的做法起好了，可以改")
    short_name = _line("简称", 60, help_text="名单和台账里用")
    has_committee = forms.BooleanField(label="设支部委员会", required=False)
    leaders = forms.ChoiceField(label="班子怎么产生", choices=BranchCase.Leaders, widget=forms.RadioSelect)
    secretary = _of(Person.objects.none(), "书记人选", "还没有定", required=False)
    secretary_source = forms.ChoiceField(
        label="书记人选来源",
        choices=[*Post.Source.choices, ("", "还没有定")],
        required=False,
        widget=forms.RadioSelect,
        error_messages={"invalid_choice": "请选列出的来源。"},
    )
    reality = _box("治理实际", 200, "一两句话：物业、业委会、矛盾集中在哪里。选填。")
    reason = _box("理由", 300)
    version = forms.IntegerField(widget=forms.HiddenInput, required=False, min_value=0, max_value=10**6)
    rewrite = forms.BooleanField(label="按这一页重写请示，手改的不要了", required=False)

    def __init__(self, *args, matter, check, people, receivers, directed=False, by_hand=False, **kwargs):
        super().__init__(*args, **kwargs)
        if matter.kind not in FORMING:
            for name in ("has_committee", "leaders", "secretary", "secretary_source", "reality"):
                del self.fields[name]
        if matter.kind == Kind.DISSOLVE:
            self.fields["receiving"].queryset = receivers
            self.fields["receiving"].label = "党员划转到哪个党支部"
            del self.fields["name"], self.fields["short_name"]
        else:
            del self.fields["receiving"]
        if directed:
            del self.fields["community_met_on"]
        if not by_hand:
            del self.fields["rewrite"]
        if "secretary" in self.fields:
            self.fields["secretary"].queryset = people
        self._ask_for_a_reason(check)

    def _ask_for_a_reason(self, check):
        field = self.fields["reason"]
        if check is None:
            field.help_text = "为什么撤销，报送以前要写上。"
        elif warnings := [finding.text for finding in check.findings if finding.level == "W"]:
            field.help_text = "".join(warnings) + "写明理由可以继续。"
        else:
            field.help_text = "要说明的写在这里，选填。"

    def clean_name(self):
        return clean_name(self.cleaned_data["name"])

    def clean_short_name(self):
        return clean_name(self.cleaned_data["short_name"])

    @property
    def facts(self):
        """Keyword arguments of cases.open_case and cases.save."""
        return {name: value for name, value in self.cleaned_data.items() if name not in ("version", "rewrite")}


class VersionForm(forms.Form):
    """A step without words; `version` is that of the page it was decided on."""

    version = forms.IntegerField(widget=forms.HiddenInput, required=False, min_value=0, max_value=10**6)

    @property
    def read_at(self):
        """The version, -1 (which no case has) when the form came without one."""
        version = self.cleaned_data.get("version") if self.is_valid() else None
        return -1 if version is None else version


class HandInForm(Worded, VersionForm):
    """报送: 附注 of the 请示, where it is not known yet."""

    note = _line("附注：联系人和电话", 120, help_text="请示要写联系人，例如：联系人：周敏，电话：87654321")


class DecisionForm(Worded, VersionForm):
    """What the 镇党委会 decided."""

    met_on = DayField(label="镇党委会日期")
    item = _line("议题", 80)
    outcome = forms.ChoiceField(
        label="决定", choices=[("agreed", "同意"), ("declined", "不同意"), ("deferred", "暂缓，再议")],
        widget=forms.RadioSelect, error_messages=dict.fromkeys(("required", "invalid_choice"), "请选镇党委会的决定。"),
    )  # fmt: skip
    term_years = forms.ChoiceField(
        label="任期", choices=TERMS, required=False, widget=forms.RadioSelect,
        help_text="同意的要选。条例里村、社区的支委会五年，其他一般三年，没有写小区党支部；以批复为准。",
        error_messages={"invalid_choice": "请选列出的任期。"},
    )  # fmt: skip
    answer = _box("答复", 200, "不同意或者暂缓的，写明为什么，社区会看到")

    def __init__(self, *args, forming, **kwargs):
        super().__init__(*args, **kwargs)
        if not forming:
            del self.fields["term_years"]

    def clean(self):
        """No silent term (R-123): whoever records an agreement says which, or that the 批复 names none."""
        found = super().clean()
        if "term_years" not in self.fields:
            return found
        term = found.get("term_years")
        if found.get("outcome") == "agreed" and not term and "term_years" not in self.errors:
            self.add_error("term_years", "请选任期；批复里不写的，选“批复不写任期”。")
        found["term_years"] = int(term) if term and term != NO_TERM else None
        return found


class SignForm(VersionForm):
    """签发批复: the versions of the case and of the paper that were read."""

    reply_version = forms.IntegerField(widget=forms.HiddenInput, required=False, min_value=0, max_value=10**6)


class FiledForm(Worded, VersionForm):
    """备案."""

    filed_on = DayField(label="备案日期")
    filed_with = _line("向谁备案", 60, required=False, help_text="例如：区委组织部")
    filing_no = _line("回执号", 40, required=False)
