"""Forms of patches, cells, the guidance groups' visits and funds."""

from django import forms

from accounts.fields import DayField, Ticks
from accounts.forms import Worded
from branches.cells import GAPS
from branches.leadership_forms import line, one_of, paragraph
from branches.models import FundingItem
from members.doors import buildings_in
from office.areas.models import Compound
from office.chinese.numbers import parse_yuan

FROM = "例如 12月6日；今天起的写“今天”。"
UNLISTED = {"invalid_choice": "请选列出的小区。", "invalid_pk_value": "请选列出的小区。"}


def _squeezed(text):
    return " ".join(text.split())


class _CompoundsForm(Worded, forms.Form):
    """A name, and the compounds that belong together from a day on; `seen` is what stood there when it was opened."""

    name = forms.CharField(label="名称", max_length=40)
    compounds = Ticks(
        Compound.objects.none(), label="小区", widget=forms.CheckboxSelectMultiple,
        error_messages=UNLISTED | {"required": "请选小区。"},
    )  # fmt: skip
    on = DayField(label="从哪天起", help_text=FROM)
    seen = forms.CharField(label="", required=False, widget=forms.HiddenInput)

    def __init__(self, *args, compounds, named, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["compounds"].queryset = compounds
        self.fields["compounds"].label_from_instance = named
        self.initial.setdefault("on", "今天")

    def clean_name(self):
        return _squeezed(self.cleaned_data["name"])


class PatchForm(_CompoundsForm):
    """One 片区 of the town."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, named=lambda one: f"{one.name}（{one.community.name}）", **kwargs)
        self.fields["name"].help_text = "例如 东片区"
        self.fields["compounds"].help_text = "在别的片区里的，选进来就从那一天起转到本片区，以前的记录保留。"


class CellForm(_CompoundsForm):
    """One 网格 of a community."""

    labels = line(
        "只管其中几栋的，写楼栋", 200, help_text="例如 1栋、2栋、3栋；管整个小区的不填。只选一个小区时才能写。"
    )

    field_order = ("name", "compounds", "labels", "on", "seen")

    def __init__(self, *args, **kwargs):
        super().__init__(*args, named=lambda one: one.name, **kwargs)
        self.fields["name"].help_text = "例如 金桂苑第一网格"
        self.order_fields(self.field_order)

    def clean_labels(self):
        try:
            return buildings_in(self.cleaned_data["labels"])
        except ValueError as refusal:
            raise forms.ValidationError(str(refusal)) from None


class _Bar(forms.Form):
    """A filter bar over rows that are computed, not stored."""

    @property
    def narrows(self):
        """Whether anything is chosen, for the words of an empty list."""
        return any(self.data.get(name) for name in self.fields)

    def chosen(self, name):
        """What is chosen; None where nothing is, or nothing sensible."""
        return (self.cleaned_data.get(name) or None) if self.is_valid() else None


class DayBar(_Bar):
    """看哪一天的."""

    on = DayField(label="看哪一天的片区", required=False)


class CellBar(_Bar):
    """Narrows the list of cells."""

    community = forms.TypedChoiceField(label="社区", coerce=int, empty_value=None, required=False)
    gap = forms.ChoiceField(label="缺什么", choices=[("", "不限"), *GAPS.items()], required=False)

    def __init__(self, data, *, rows):
        super().__init__(data)
        named = dict.fromkeys((str(row.community_id), row.community) for row in rows)
        if len(named) > 1 or data.get("community"):
            self.fields["community"].choices = [("", "全部社区"), *named]
        else:
            del self.fields["community"]

    def narrow(self, rows):
        """The rows that show what is chosen; none where the choice is wrong."""
        if not self.is_valid():
            return []
        community, gap = self.chosen("community"), self.chosen("gap")
        kept = [row for row in rows if community in (None, row.community_id)]
        return [row for row in kept if gap is None or GAPS[gap] in row.gaps]


# ── 指导组 ──


class SendForm(Worded, forms.Form):
    """From when the town's group works in the community."""

    starts_on = DayField(label="从哪天起派出", help_text=FROM)

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.initial.setdefault("starts_on", "今天")


class VisitForm(Worded, forms.Form):
    """One visit of a group; `compounds` and `branches` are (id, name) of its community."""

    place = forms.ChoiceField(
        label="到哪里", required=False, error_messages={"invalid_choice": "请选列出的小区或者党支部。"}
    )
    visited_on = DayField(label="走访日期", help_text="例如 12月6日；今天的写“今天”。")
    people = line("参加人员", 80, required=True, help_text="例如 周敏、李一鸣")
    found = paragraph("了解的情况", 500, rows=3)
    advice = paragraph("意见建议", 500, rows=3, help_text="要社区办的写在这里；没有就不填。")
    due_on = DayField(label="请社区于何日前答复", required=False, help_text="写了就成为社区书记的待办。")

    def __init__(self, *args, compounds, branches, **kwargs):
        super().__init__(*args, **kwargs)
        self.rows = {f"c{one.pk}": one for one in compounds} | {f"b{one.pk}": one for one in branches}
        self.fields["place"].choices = [
            ("", "整个社区"),
            ("小区", [(f"c{one.pk}", one.name) for one in compounds]),
            ("党支部", [(f"b{one.pk}", one.short_name) for one in branches]),
        ]
        self.initial.setdefault("visited_on", "今天")

    def facts(self):
        """What branches.guidance.record_visit is told."""
        facts = dict(self.cleaned_data)
        place = facts.pop("place")
        row = self.rows.get(place)
        return facts | {"compound": row if place[:1] == "c" else None, "branch": row if place[:1] == "b" else None}


class OutcomeForm(Worded, forms.Form):
    """What came of the advice."""

    outcome = paragraph("落实情况", 300, rows=4, required=True, help_text="写办了什么、办到哪一步。")
    settled_on = DayField(label="答复日期", help_text="例如 12月6日；今天的写“今天”。")

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.initial.setdefault("settled_on", "今天")


# ── 经费 ──


class FundingForm(Worded, forms.Form):
    """One amount; `communities` is [(community, its branches)]."""

    place = forms.ChoiceField(
        label="哪个支部",
        error_messages={"required": "请选党支部或者社区。", "invalid_choice": "请选列出的党支部或者社区。"},
    )
    kind = one_of("收支", FundingItem.Kind.choices)
    source = one_of("来源", FundingItem.Source.choices)
    on = DayField(label="日期", help_text="例如 12月6日；今天的写“今天”。")
    amount = forms.CharField(
        label="金额（元）", max_length=30, help_text="例如 5000 或者 1,234.50；按万元写的带上“万”，例如 1.2万。",
        widget=forms.TextInput(attrs={"inputmode": "decimal", "class": "w-m", "autocomplete": "off"}),
    )  # fmt: skip
    purpose = line("用途", 80, required=True, help_text="例如 购买党旗、书报架")
    paper = line("依据", 80, help_text="下拨文号、会议名称或者票据号，没有就不填。")

    def __init__(self, *args, communities, **kwargs):
        super().__init__(*args, **kwargs)
        self.rows, choices = {}, [("", "请选择")]
        for community, branches in communities:
            self.rows[f"c{community.pk}"] = community, None
            self.rows |= {f"b{branch.pk}": (community, branch) for branch in branches}
            own = [(f"b{branch.pk}", branch.short_name) for branch in branches]
            choices.append((community.name, [*own, (f"c{community.pk}", f"{community.name}（社区，不分到支部）")]))
        self.fields["place"].choices = choices

    def clean_amount(self):
        try:
            fen = parse_yuan(self.cleaned_data["amount"])
        except ValueError as refusal:
            raise forms.ValidationError(str(refusal)) from None
        if fen == 0:
            raise forms.ValidationError("金额要大于 0。")
        return fen

    def clean_purpose(self):
        return _squeezed(self.cleaned_data["purpose"])

    def facts(self):
        """(community, branch or None, what branches.funding.record is told)."""
        facts = dict(self.cleaned_data)
        facts["amount_fen"] = facts.pop("amount")
        return *self.rows[facts.pop("place")], facts


class VoidForm(Worded, forms.Form):
    reason = line("为什么作废", 120, required=True, help_text="例如：金额写错，另行登记。会一直留在记录里。")
