"""Forms of a branch's leadership: who takes a post, who leaves it."""

from datetime import date

from django import forms
from django.utils import timezone

from accounts.fields import DayField
from accounts.forms import Worded
from branches.models import PoolEntry
from members.models import BRANCH_OFFICERS, Person, Post
from office.areas.models import Body
from office.chinese.digits import halfwidth
from office.chinese.names import clean_name, name_problem

Title, How = Post.Title, Post.How
WAYS = {
    **dict.fromkeys(BRANCH_OFFICERS, (How.ELECTED, How.BY_ELECTION, How.APPOINTED)),
    Title.SECRETARY: (How.ELECTED, How.BY_ELECTION, How.APPOINTED, How.ACTING),
    Title.CONCURRENT: (How.RECOMMENDED, How.APPOINTED),
    Title.LIAISON: (How.APPOINTED,),
    Title.GROUP_HEAD: (How.APPOINTED,),
    Title.GROUP_MEMBER: (How.APPOINTED,),
    Title.PATCH_HEAD: (How.APPOINTED,),
    Title.GRID_WORKER: (How.APPOINTED,),
    Title.BUILDING_HEAD: (How.RECOMMENDED, How.ELECTED),
}
DUTIES = {
    Title.BUILDING_HEAD: ("楼栋", "例如 3栋；管几栋的写 3栋、4栋。"),
    Title.GRID_WORKER: ("分工", "例如 专职网格员。"),
    Title.CONCURRENT: ("分工", "例如 联系业委会。"),
    **dict.fromkeys(BRANCH_OFFICERS, ("分工", "除职务以外还负责什么，没有就不填。")),
}
OUTSIDERS = (  # 不要求是党员，也可能是名册里没有的人
    Title.LIAISON,
    Title.GROUP_HEAD,
    Title.GROUP_MEMBER,
    Title.PATCH_HEAD,
    Title.GRID_WORKER,
    Title.BUILDING_HEAD,
)
NOBODY = {"required": "请选一个人。", "invalid_choice": "请从列出的人里选。"}


def line(label, most, **kwargs):
    """One line of text that may stay empty."""
    return forms.CharField(label=label, max_length=most, **{"required": False, **kwargs})


def paragraph(label, most, *, rows=2, **kwargs):
    """A few lines of text."""
    return forms.CharField(
        label=label, max_length=most, widget=forms.Textarea(attrs={"rows": rows}), **{"required": False, **kwargs}
    )


def one_of(label, choices, **kwargs):
    """Radio buttons; nothing chosen is told by its label."""
    errors = {"required": f"请选{label}。", "invalid_choice": "请选列出的。"}
    return forms.ChoiceField(label=label, choices=choices, widget=forms.RadioSelect, error_messages=errors, **kwargs)


class PersonChoice(forms.TypedChoiceField):
    """Somebody of a list of (person id, words); cleaned to the Person."""

    def __init__(self, label, people, **kwargs):
        choices = [("", "请选择"), *((str(pk), words) for pk, words in people)]
        super().__init__(label=label, choices=choices, coerce=self._person, error_messages=dict(NOBODY), **kwargs)

    @staticmethod
    def _person(value):
        return Person.objects.select_related("user").get(pk=value)


class FindForm(forms.Form):
    """找人: by name, initials or the last four digits of a telephone."""

    q = forms.CharField(
        label="找人", max_length=40, required=False, widget=forms.TextInput(attrs={"type": "search", "class": "w-wide"})
    )

    def clean_q(self):
        return halfwidth(self.cleaned_data["q"]).strip()


class PostForm(Worded, forms.Form):
    """Who takes the post, from when, how; `people` are (id, words) to choose from."""

    how = one_of("产生方式", ())
    source = one_of("来源", Post.Source.choices, required=False)
    starts_on = DayField(label="从哪天起任职", help_text="例如 12月6日；今天起的写“今天”。")
    paper = line("依据文件", 80, help_text="批复、决定的文号，或者会议名称和日期。指派、暂任的必须写。")
    duty = line("分工", 40)
    reason = paragraph("理由", 200, help_text="指派、暂任的，以及和一般规定不一样的，写明理由；会一直留在任职记录里。")

    def __init__(self, *args, title, people, **kwargs):
        super().__init__(*args, **kwargs)
        first = {"person": PersonChoice("谁", people)}
        if title in OUTSIDERS:
            first["person"].required = False
            first["name"] = line("名单里没有的人：姓名", 40, help_text="先用“找人”找过，确实没有再写。")
            first["unit"] = line("单位", 80, help_text="例如 城东社区居委会；写了姓名的要写。")
        self.fields = {**first, **self.fields}
        ways = WAYS[title]
        self.fields["how"].choices = [(way.value, way.label) for way in ways]
        if len(ways) == 1:
            self.fields["how"].initial, self.fields["how"].widget = ways[0].value, forms.HiddenInput()
        self.fields["source"].required = title == Title.SECRETARY
        if title != Title.SECRETARY:
            del self.fields["source"]
        self._ask_duty(title)
        if title not in BRANCH_OFFICERS:
            del self.fields["reason"]
            self.fields["paper"].help_text = "有文件的写文号或者会议名称。"
        self.initial.setdefault("starts_on", "今天")

    def _ask_duty(self, title):
        if title not in DUTIES:
            del self.fields["duty"]
            return
        self.fields["duty"].label, self.fields["duty"].help_text = DUTIES[title]

    def clean_duty(self):
        return " ".join(self.cleaned_data["duty"].split())

    def clean_name(self):
        text = self.cleaned_data["name"].strip()
        if text and (problem := name_problem(text)):
            raise forms.ValidationError(problem)
        return clean_name(text) if text else ""

    def clean(self):
        found = super().clean()
        if "name" not in self.fields or self.errors:
            return found
        if bool(found["person"]) == bool(found["name"]):
            self.add_error("person", "在名单里选一个人，或者写名单里没有的人，只用一种。")
        elif found["name"] and not found["unit"]:
            self.add_error("unit", "写清是哪个单位的，免得和同名的人混了。")
        return found


class EndForm(Worded, forms.Form):
    """The last day of a post, why, and on what paper."""

    REASONS = [(each.value, each.label) for each in Post.EndedHow if each != Post.EndedHow.REORGANISED]

    how = one_of("离任原因", REASONS)
    ends_on = DayField(label="任职的最后一天", help_text="例如 12月6日；今天的写“今天”。")
    paper = line("依据", 80, help_text="组织调整必须写：决定的文号，或者会议名称和日期。")

    def __init__(self, *args, body, **kwargs):
        super().__init__(*args, **kwargs)
        self.initial.setdefault("ends_on", "今天")
        if body.kind != Body.Kind.BRANCH:
            chosen = (Post.EndedHow.MOVED, Post.EndedHow.RESIGNED, Post.EndedHow.ADJUSTED, Post.EndedHow.DIED)
            self.fields["how"].choices = [(each.value, each.label) for each in chosen]


YEARS = [(5, "5年（村、社区党支部委员会）"), (3, "3年（其他基层单位党支部）")]


class TermForm(Worded, forms.Form):
    """What the reply says of the term; nothing is filled in beforehand (R-123)."""

    years = forms.TypedChoiceField(
        label="批复写的任期", choices=YEARS, coerce=int, widget=forms.RadioSelect,
        error_messages={"required": "请选批复写的任期。", "invalid_choice": "请选列出的。"},
    )  # fmt: skip
    ends_on = DayField(label="本届到哪天届满", help_text="例如 2028年12月24日")
    paper = line("批复文号", 40, required=True, help_text="例如 示委〔2025〕12号")


class TermChangeForm(Worded, forms.Form):
    """延期 or 提前换届 of a branch whose term is on record."""

    KINDS = [("extended", "延期换届"), ("early", "提前换届")]

    kind = one_of("类别", KINDS)
    until = DayField(label="任期改到哪天", help_text="例如 2027年6月30日")
    approved_on = DayField(label="上级批准日期", help_text="例如 12月6日")
    paper = line("批准文号", 80, required=True)
    reason = paragraph("理由", 200, required=True, help_text="为什么不能按期换届。")
    beyond = forms.BooleanField(label="上级批准超过1年", required=False, widget=forms.HiddenInput)
    was = forms.CharField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args, branch, **kwargs):
        super().__init__(*args, **kwargs)
        self.initial.setdefault("was", branch.term_ends_on.isoformat())

    def clean_was(self):
        try:
            return date.fromisoformat(self.cleaned_data["was"])
        except ValueError:
            raise forms.ValidationError("这张表不完整，请重新打开这一页再写。") from None

    def ask_beyond(self):
        """Show the tick for more than a year; it is hidden until it is needed."""
        self.fields["beyond"].widget = forms.CheckboxInput()


class _Members(forms.TypedMultipleChoiceField):
    """Ticked members of a list, as Members."""

    def __init__(self, label, members, elsewhere, **kwargs):
        self.by_key = {str(member.pk): member for member in members}
        choices = [(key, _member_words(member, elsewhere)) for key, member in self.by_key.items()]
        super().__init__(
            label=label,
            choices=choices,
            coerce=self.by_key.get,
            widget=forms.CheckboxSelectMultiple,
            error_messages=dict.fromkeys(("invalid_choice", "invalid_list"), "请从列出的党员里选。")
            | {"required": "请选党员。"},
            **kwargs,
        )


def _member_words(member, elsewhere):
    """何静（预备，第二党小组）: what to know before ticking somebody."""
    known = ["预备"] if member.stage != "full" else []
    known += [elsewhere[member.pk]] if member.pk in elsewhere else []
    return f"{member.person.name}（{'，'.join(known)}）" if known else member.person.name


class GroupForm(Worded, forms.Form):
    """One 党小组; `members` are those of the branch, `elsewhere` the names of the other groups they are in."""

    name = forms.CharField(label="名称", max_length=30, help_text="例如 第一党小组")
    reported_on = DayField(label="向上级报告日期", required=False, help_text="划分党小组由支部决定，报社区党委。")
    on = DayField(label="从哪天起", help_text="例如 12月6日；今天的写“今天”。")
    reason = paragraph("理由", 200, help_text="人数少于3人、没有正式党员或者还没有组长的，写明理由。")

    field_order = ("name", "members", "leader", "on", "reported_on", "reason")

    def __init__(self, *args, members, elsewhere, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["members"] = _Members("本组党员", members, elsewhere)
        full = {str(member.pk): member for member in members if member.stage == "full"}
        self.fields["leader"] = forms.TypedChoiceField(
            label="组长", choices=[("", "还没有")] + [(key, member.person.name) for key, member in full.items()],
            coerce=full.get, empty_value=None, required=False, help_text="由正式党员担任，要在本组党员里。",
            error_messages={"invalid_choice": "请从列出的正式党员里选。"},
        )  # fmt: skip
        self.order_fields(self.field_order)

    def clean_name(self):
        return " ".join(self.cleaned_data["name"].split())


class CloseForm(Worded, forms.Form):
    """The last day of a 党小组, a patch or a cell: beside the form that changes it, so its names are its own."""

    prefix = "end"
    on = DayField(label="最后一天", help_text="例如 12月6日；今天的写“今天”。")
    reason = paragraph("为什么撤销", 200, required=True)


class JoinForm(Worded, forms.Form):
    """入库: only who agreed (N-23)."""

    consented_on = DayField(label="本人同意日期", help_text="例如 12月6日；今天的写“今天”。")
    consent = one_of("怎样同意", PoolEntry.Consent.choices)
    note = paragraph("说明", 200, help_text="例如：退休前在区教育局工作，愿意做社区工作。不写健康、家庭等隐私。")


class LeaveForm(Worded, forms.Form):
    left_on = DayField(label="退出日期", help_text="例如 12月6日；今天的写“今天”。")
    left_why = line("退出原因", 60, required=True, help_text="例如：本人提出；已任支部书记。")


class CandidateForm(Worded, forms.Form):
    """人选考察表: the plan's three criteria in words; there is no number and no grade here (R-130)."""

    OFFICES = [(title.value, title.label) for title in BRANCH_OFFICERS]

    office = forms.ChoiceField(label="拟任职务", choices=OFFICES, error_messages={"invalid_choice": "请选列出的职务。"})
    source = one_of("来源", Post.Source.choices)
    political = paragraph(
        "政治素质", 300, rows=3, required=True, help_text="方案的第一条：政治素质好。写事实，不打分。"
    )
    standing = paragraph("群众威信", 300, rows=3, required=True, help_text="群众威信高。写听了谁的意见、反映怎样。")
    service = paragraph("服务意识", 300, rows=3, required=True, help_text="服务意识强。写做过哪些事。")
    conflicts = paragraph("回避和兼职情况", 300, help_text="和物业、业委会有没有利益关系，在哪里兼职。没有的写“无”。")
    opinion = paragraph("意见", 300, help_text="考察的人怎么看。")
    written_on = DayField(label="考察日期", help_text="例如 12月6日；今天的写“今天”。")
    version = forms.IntegerField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args, people=None, **kwargs):
        super().__init__(*args, **kwargs)
        if people is not None:
            self.fields = {"person": PersonChoice("人选", people), **self.fields}
        self.initial.setdefault("written_on", "今天")

    def clean_written_on(self):
        day = self.cleaned_data["written_on"]
        if day > timezone.localdate():
            raise forms.ValidationError("这一天还没有到。")
        return day
