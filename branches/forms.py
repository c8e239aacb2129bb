"""Forms for what stands already: a compound, an existing branch."""

from django import forms

from accounts.fields import DayField, Ticks
from accounts.forms import Worded
from branches.models import Branch
from office.areas.models import Community, Compound
from office.chinese.names import clean_name


def _number(label, most):
    words = {
        "invalid": f"{label}写数字，例如 6。",
        "max_value": f"{label}太大了，请核对。",
        "min_value": f"{label}从 1 写起。",
    }
    return forms.IntegerField(
        label=label, required=False, min_value=1, max_value=most, error_messages=words,
        widget=forms.TextInput(attrs={"inputmode": "numeric", "class": "w-s"}),
    )  # fmt: skip


class CompoundForm(Worded, forms.Form):
    """One compound of one of the reader's communities."""

    community = forms.ModelChoiceField(
        Community.objects.none(),
        label="社区",
        empty_label="请选社区",
        error_messages={"required": "请选社区。", "invalid_choice": "请选列出的社区。"},
    )
    name = forms.CharField(label="小区名称", max_length=40, error_messages={"required": "请填写小区名称。"})
    households = _number("户数", 100_000)
    buildings = _number("栋数", 2_000)
    built_year = forms.IntegerField(
        label="建成年份", required=False, min_value=1900, max_value=2100,
        error_messages=dict.fromkeys(("invalid", "min_value", "max_value"), "写四位数的年份，例如 2006。"),
        widget=forms.TextInput(attrs={"inputmode": "numeric", "class": "w-s"}),
    )  # fmt: skip
    address = forms.CharField(label="地址", max_length=100, required=False)

    def __init__(self, *args, communities, compound=None, **kwargs):
        super().__init__(*args, **kwargs)
        self.compound = compound or Compound()
        self.fields["community"].queryset = communities
        if compound:
            del self.fields["community"]

    def clean_name(self):
        return clean_name(self.cleaned_data["name"])

    def filled(self):
        """The compound with what was typed, unsaved."""
        for name, value in self.cleaned_data.items():
            setattr(self.compound, name, value)
        return self.compound


class BranchForm(Worded, forms.Form):
    """An existing branch: what its approval says (任期没有默认值，以批复为准，R-123)."""

    community = forms.ModelChoiceField(
        Community.objects.none(),
        label="社区",
        empty_label="请选社区",
        error_messages={"required": "请选社区。", "invalid_choice": "请选列出的社区。"},
    )
    kind = forms.ChoiceField(label="类别", choices=Branch.Kind, widget=forms.RadioSelect, initial=Branch.Kind.COMPOUND)
    name = forms.CharField(
        label="全称", max_length=120, help_text="按批复写，例如 中共示范镇城东社区金桂苑支部委员会",
        error_messages={"required": "请填写全称。"},
    )  # fmt: skip
    short_name = forms.CharField(
        label="简称",
        max_length=60,
        help_text="名单和台账里用，例如 金桂苑党支部",
        error_messages={"required": "请填写简称。"},
    )
    compounds = Ticks(
        Compound.objects.none(), label="覆盖的小区", required=False, widget=forms.CheckboxSelectMultiple,
        error_messages={"invalid_choice": "请选列出的小区。", "invalid_pk_value": "请选列出的小区。"},
    )  # fmt: skip
    approved_on = DayField(label="批准日期", error_messages={"required": "请填写批准日期，例如 2020年12月24日。"})
    approval_paper = forms.CharField(label="批复文号", max_length=40, required=False)
    term_years = forms.TypedChoiceField(
        label="任期", choices=[("", "批复没有写"), (5, "5年"), (3, "3年")], coerce=int, empty_value=None, required=False
    )
    term_ends_on = DayField(label="任期届满", required=False)
    has_committee = forms.BooleanField(label="设支部委员会", required=False)

    def __init__(self, *args, communities, compounds, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["community"].queryset = communities
        self.fields["compounds"].queryset = compounds

    def clean(self):
        found = super().clean()
        community = found.get("community")
        strangers = [c.name for c in found.get("compounds") or () if community and c.community_id != community.pk]
        if strangers:
            # 联合党支部不跨社区（decisions 19）
            self.add_error("compounds", f"{'、'.join(strangers)}不在{community}。")
        return found
