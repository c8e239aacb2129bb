"""What the pages ask that change the register by hand. Rules about one value are the roster's own (office.chinese)."""

import re
import uuid

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone

from accounts.fields import DayField, PhoneField, WrittenReason
from accounts.forms import Worded
from members.models import Member, Person
from office.areas.models import Body, Community, Compound
from office.chinese.dates import cn_date, parse_date
from office.chinese.digits import halfwidth
from office.chinese.idnumber import clean_id, id_problem
from office.chinese.names import clean_name, name_problem

_HAS_YEAR = re.compile(r"[0-9]{4}")
RELATION_HINT = "直管：组织关系在本社区；在职报到：组织关系在单位；流入：外地党员在这里参加活动。"
NO_TOKEN = dict.fromkeys(("required", "invalid"), "这张表不完整，请重新打开这一页再填。")


class NameField(forms.CharField):
    """Somebody's name, cleaned as it is stored."""

    def __init__(self, **kwargs):
        attrs = {"autocomplete": "off", "class": "w-m"}
        super().__init__(max_length=100, widget=forms.TextInput(attrs=attrs), **kwargs)

    def clean(self, value):
        text = super().clean(value)
        if problem := name_problem(text):
            raise ValidationError(problem)
        return clean_name(text)


class IdField(forms.CharField):
    """公民身份号码, always optional; cleaned to eighteen characters."""

    def __init__(self, **kwargs):
        attrs = {"autocomplete": "off", "class": "w-l"}
        super().__init__(required=False, max_length=40, widget=forms.TextInput(attrs=attrs), **kwargs)

    def clean(self, value):
        text = super().clean(value)
        if text and (problem := id_problem(text, today=timezone.localdate())):
            raise ValidationError(problem)
        return clean_id(text)


class PastDayField(forms.CharField):
    """A day that has come, written with its year, to the day, month or year; cleaned to (day, precision) or None."""

    def __init__(self, *, exact=False, **kwargs):
        super().__init__(max_length=20, widget=forms.TextInput(attrs={"class": "w-m"}), **kwargs)
        self.exact = exact

    def prepare_value(self, value):
        return cn_date(*value) if isinstance(value, tuple) else value

    def clean(self, value):
        text = halfwidth(super().clean(value))
        if not text:
            return None
        if not _HAS_YEAR.search(text):
            raise ValidationError("请写上四位的年份，例如 2019年7月1日。")
        today = timezone.localdate()
        try:
            day, precision = parse_date(text, today=today)
        except ValueError as fault:
            raise ValidationError(str(fault)) from fault
        if day > today:
            raise ValidationError("这一天还没有到，请核对。")
        if self.exact and precision != "d":
            raise ValidationError("请写到日，例如 1968年3月5日。")
        return day, precision

    def has_changed(self, initial, data):
        return super().has_changed(self.prepare_value(initial), data)


class _Choice(forms.ModelChoiceField):
    """One of the rows offered. Django asks the database for any number, and SQLite fails on one no key can have."""

    def __init__(self, model, **kwargs):
        words = {"required": f"请选{kwargs['label']}。", "invalid_choice": "请选列出的。"}
        super().__init__(model.objects.none(), error_messages=words, **kwargs)

    def to_python(self, value):
        if value not in self.empty_values and not (
            str(value).isascii() and str(value).isdecimal() and len(str(value)) < 18
        ):
            raise ValidationError(self.error_messages["invalid_choice"], code="invalid_choice")
        return super().to_python(value)


def _one_of(label, choices, empty="未记录", **kwargs):
    words = {"required": f"请选{label}。", "invalid_choice": "请选列出的。"}
    return forms.ChoiceField(label=label, choices=[("", empty), *choices], error_messages=words, **kwargs)


def _line(label, most, **kwargs):
    return forms.CharField(label=label, max_length=most, **{"required": False, **kwargs})


def _version():
    return forms.IntegerField(
        label="", min_value=0, max_value=2**31 - 1, widget=forms.HiddenInput,
        error_messages=dict.fromkeys(("required", "invalid", "min_value", "max_value"), NO_TOKEN["invalid"]),
    )  # fmt: skip


class _Places:
    """Offers the compounds and running branches of one community."""

    def offer(self, community):
        compounds = Compound.objects.filter(community=community).order_by("pinyin", "pk")
        bodies = Body.objects.on(timezone.localdate()).filter(community=community, kind=Body.Kind.BRANCH)
        if "home_compound" in self.fields:
            self.fields["home_compound"].queryset = compounds
        if "branch" in self.fields:
            self.fields["branch"].queryset = bodies.order_by("short_name", "pk")

    def belongs(self):
        """Direct members name their branch."""
        found = self.cleaned_data
        if found.get("relation") == Member.Relation.DIRECT and "branch" in found and not found["branch"]:
            self.add_error("branch", "直管党员要写明所在党支部。")


class FactsForm(Worded, _Places, forms.Form):
    """What the register says of a member. An empty ID number or telephone leaves what is on record."""

    name = NameField(label="姓名")
    id_number = IdField(label="公民身份号码")
    sex = _one_of("性别", Person.Sex.choices, required=False)
    birth_date = PastDayField(label="出生日期", required=False, exact=True)
    phone = PhoneField(label="联系电话", required=False)
    home_compound = _Choice(Compound, label="居住小区", required=False, empty_label="未记录")
    door = _line("楼栋房号", 40, help_text="例如 3栋502")
    owns_unit = forms.BooleanField(label="本小区业主", required=False)
    background = _one_of("身份", Member.Background.choices, required=False)
    employer_org = _line("单位党组织", 80, help_text="在职报到的写组织关系所在的单位党组织。")
    joined_on = PastDayField(
        label="加入党组织日期", required=False, help_text="例如 2001年7月1日；只知道年月的写 2001年7月。"
    )
    full_on = PastDayField(label="转为正式党员日期", required=False, help_text="预备党员不填。")

    def facts(self):
        """The cleaned values by the names that members.changes takes."""
        found = dict(self.cleaned_data)
        for key in ("joined_on", "full_on"):
            day, precision = found.pop(key) or (None, "d")
            found |= {key: day, key.replace("_on", "_precision"): precision}
        found["birth_date"] = found["birth_date"][0] if found["birth_date"] else None
        return found


class NewMemberForm(FactsForm):
    """新增党员. `since` is the day of the transfer; who was always here has none."""

    FIRST = ("name", "another", "id_number", "phone", "relation", "stage", "branch", "home_compound", "since", "token")
    field_order = FIRST

    relation = forms.ChoiceField(
        label="关系类别", choices=Member.Relation, initial="direct", widget=forms.RadioSelect, help_text=RELATION_HINT,
        error_messages={"required": "请选关系类别。", "invalid_choice": "请选列出的。"},
    )  # fmt: skip
    stage = forms.ChoiceField(
        label="人员类别", choices=Member.Stage, initial="full", widget=forms.RadioSelect,
        error_messages={"required": "请选人员类别。", "invalid_choice": "请选列出的。"},
    )  # fmt: skip
    branch = _Choice(
        Body, label="所在党支部", required=False, empty_label="请选党支部",
        help_text="直管党员必选；在职报到的选报到的小区党支部。",
    )  # fmt: skip
    since = PastDayField(
        label="转入日期", required=False, exact=True, help_text="刚转来的写；早已在册、现在补登的不写。"
    )
    another = forms.BooleanField(label="确实是另一个人", required=False, widget=forms.HiddenInput)
    token = forms.UUIDField(label="", widget=forms.HiddenInput, error_messages=NO_TOKEN)

    def __init__(self, *args, community, **kwargs):
        super().__init__(*args, **kwargs)
        self.initial.setdefault("token", uuid.uuid4())
        self.fields["id_number"].help_text = "填了就自动认出性别、出生日期，也能分清同名的人。"
        self.offer(community)

    def ask_apart(self):
        """Show the tick that tells a namesake apart; it is hidden until there is one."""
        self.fields["another"].widget = forms.CheckboxInput()

    @property
    def first(self):
        """What is always asked; everything else may be added later."""
        return [self[name] for name in self.FIRST]

    @property
    def rest(self):
        return [self[name] for name in self.fields if name not in self.FIRST]

    @property
    def rest_is_open(self):
        return any(self[name].errors or self.data.get(name) for name in self.fields if name not in self.FIRST)

    def clean(self):
        super().clean()
        self.belongs()

    def facts(self):
        found = super().facts()
        since = found.pop("since")
        found["since"] = since and since[0]
        return found


class EditForm(FactsForm):
    """修改资料 of `member`; the number and the telephone on record are shown masked and stay unless overwritten."""

    field_order = ("version", "name", "id_number", "sex", "birth_date", "phone", "drop_phone")

    drop_phone = forms.BooleanField(label="原来的电话不用了，去掉", required=False)
    reason = WrittenReason(
        label="为什么改", required=False, help_text="改姓名、改号码或去掉电话的要写。会记入操作记录。"
    )
    version = _version()

    def __init__(self, *args, member, **kwargs):
        super().__init__(*args, **kwargs)
        person = member.person
        self.fields["id_number"].help_text = f"已登记 {person.masked_id}，不改就空着。" if person.id_sealed else ""
        self.fields["phone"].help_text = f"已登记 {person.masked_phone}，不改就空着。" if person.phone else ""
        self.fields["name"].help_text = "多音字、生僻字照身份证写。"
        if not person.phone:
            del self.fields["drop_phone"]
        self.offer(member.community)

    @staticmethod
    def initial_of(member):
        plain = ("home_compound", "door", "owns_unit", "background", "employer_org")
        dates = {
            key: (getattr(member, key), getattr(member, key.replace("_on", "_precision")))
            for key in ("joined_on", "full_on")
        }
        return (
            {key: getattr(member, key) for key in plain}
            | {key: pair for key, pair in dates.items() if pair[0]}
            | {"name": member.person.name, "sex": member.person.sex, "version": member.version}
            | ({"birth_date": (member.person.birth_date, "d")} if member.person.birth_date else {})
        )

    def facts(self):
        found = super().facts()
        if not found["phone"] and not found.get("drop_phone"):
            del found["phone"]
        return found


class StepForm(Worded, _Places, forms.Form):
    """One step in a member's life; what each asks beside the version."""

    version = _version()

    def __init__(self, *args, member, **kwargs):
        super().__init__(*args, **kwargs)
        self.member = member
        self.initial.setdefault("version", member.version)
        self.offer(member.community)

    def answers(self):
        """The keyword arguments of the step's deed."""
        return dict(self.cleaned_data)


def _day(label, **kwargs):
    return DayField(label=label, **{"help_text": "例如 12月6日；今天办的写“今天”。", **kwargs})


class MoveForm(StepForm):
    branch = _Choice(Body, label="转到哪个党支部", required=False, empty_label="没有支部")
    relation = forms.ChoiceField(
        label="关系类别", choices=Member.Relation, widget=forms.RadioSelect, help_text=RELATION_HINT,
        error_messages={"required": "请选关系类别。", "invalid_choice": "请选列出的。"},
    )  # fmt: skip
    on = _day("从哪天起")

    def __init__(self, *args, member, **kwargs):
        super().__init__(*args, member=member, **kwargs)
        self.initial = {"branch": member.branch_id, "relation": member.relation, "on": "今天", **self.initial}

    def clean(self):
        super().clean()
        self.belongs()


class LeaveForm(StepForm):
    place = _line("转到哪里", 80, required=True, help_text="转入的党组织，例如 某市某区某街道党工委")
    paper = _line("介绍信编号", 80)
    on = _day("转出日期")


class HandOverForm(StepForm):
    to_community = _Choice(Community, label="转到哪个社区", empty_label="请选社区")

    def __init__(self, *args, member, **kwargs):
        super().__init__(*args, member=member, **kwargs)
        others = Community.objects.filter(town=member.town_id).exclude(pk=member.community_id)
        self.fields["to_community"].queryset = others.order_by("position", "pk")


class FullForm(StepForm):
    on = _day("支部党员大会通过的日期")
    reason = WrittenReason(label="为什么提前", required=False, help_text="预备期满后通过的不用写。")


class VoteForm(StepForm):
    starts_on = _day("从哪天起")
    ends_on = _day("到哪天止", required=False, help_text="还没有定的先空着，定了再来填。")

    def __init__(self, *args, member, **kwargs):
        super().__init__(*args, member=member, **kwargs)
        now = {"starts_on": member.vote_suspended_from, "ends_on": member.vote_suspended_until}
        self.initial = {key: day for key, day in now.items() if day} | self.initial


class FloatingForm(StepForm):
    away = forms.TypedChoiceField(
        label="现在的情况", coerce=lambda value: value == "away", widget=forms.RadioSelect,
        choices=[("away", "流出：人在外地，组织关系在本社区"), ("back", "没有流出，或者已经回来")],
        error_messages={"required": "请选现在的情况。", "invalid_choice": "请选列出的。"},
    )  # fmt: skip


class DecidedForm(StepForm):
    decided_by = _line("谁决定的", 80, required=True, help_text="作决定的党组织和签批的人，例如 示范镇党委（郑和签批）")
    paper = _line("文件或批准文号", 80, required=True)
    on = _day("从哪天起")


class DeathForm(StepForm):
    on = _day("去世日期", help_text="例如 12月6日")


class TakeInForm(Worded, _Places, forms.Form):
    """Where a member that is handed over will belong."""

    relation = forms.ChoiceField(
        label="关系类别", choices=Member.Relation, widget=forms.RadioSelect, help_text=RELATION_HINT,
        error_messages={"required": "请选关系类别。", "invalid_choice": "请选列出的。"},
    )  # fmt: skip
    branch = _Choice(Body, label="所在党支部", required=False, empty_label="请选党支部")
    home_compound = _Choice(Compound, label="居住小区", required=False, empty_label="未记录")

    def __init__(self, *args, community, **kwargs):
        super().__init__(*args, **kwargs)
        self.offer(community)

    def clean(self):
        super().clean()
        self.belongs()


class DeclineForm(Worded, forms.Form):
    answer = WrittenReason(label="为什么不同意", help_text="对方会看到，例如：人已经搬走，请直接转到新住地。")


class CorrectionForm(Worded, forms.Form):
    text = forms.CharField(
        label="哪里不对", max_length=200, widget=forms.Textarea(attrs={"rows": 3}),
        help_text="例如：电话是空号，新号码请社区联系本人。只说要改什么，不写别人的隐私。",
    )  # fmt: skip
    token = forms.UUIDField(label="", widget=forms.HiddenInput, error_messages=NO_TOKEN)

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.initial.setdefault("token", uuid.uuid4())


class SettledForm(Worded, forms.Form):
    answer = WrittenReason(label="怎么处理的", help_text="例如：已换成新号码。提出的人会看到。")


class RoundForm(Worded, forms.Form):
    """摸排: a title that is filled in already, the day, and what to look at."""

    title = forms.CharField(label="名称", max_length=40)
    due_on = DayField(label="哪天前核对完", help_text="例如 12月20日")
    check_what = _line("重点核对什么", 100, help_text="例如：居住小区、联系电话、有没有搬走的。")


class ConfirmForm(Worded, forms.Form):
    note = _line("说明", 200, help_text="例如：3人常年在外，电话打不通。")
