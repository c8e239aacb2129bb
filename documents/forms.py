"""Forms of 公文: what to write, why it goes back, the words of an issuer, a template."""

import uuid

from django import forms

from accounts.fields import Ticks
from office.areas.models import Community
from office.areas.scope import Reach
from office.papers import documents, layout, templates
from office.papers.models import Document, Kind

TEXT_HELP = (
    "一段一行。行首写“一、”“（一）”“1.”“（1）”就是小标题，写“——”就是列项，写“|甲|乙|”就是表格的一行；"
    "序号由系统重新编。附件另起一行写“附件：名称”，下面接着写它的内容，没有内容只列名称。"
)


class _Line(forms.CharField):
    """One line; what no paper can hold is left out."""

    def __init__(self, longest, **kwargs):
        super().__init__(max_length=longest, **{"widget": forms.TextInput(attrs={"autocomplete": "off"}), **kwargs})

    def to_python(self, value):
        return layout.clean_line(super().to_python(value))


class _Text(forms.CharField):
    """Several lines; a line break counts as one character."""

    def to_python(self, value):
        return layout.clean(super().to_python(value))

    def widget_attrs(self, widget):
        """No maxlength: a browser would cut a pasted text without a word."""
        return {}


def _longest(name):
    return Document._meta.get_field(name).max_length


class StartForm(forms.Form):
    """First step: in whose name, and what kind."""

    kind = forms.ChoiceField(
        label="文种",
        choices=Kind,
        widget=forms.RadioSelect,
        error_messages={"required": "请选一个文种。", "invalid_choice": "请从列出的文种里选。"},
    )
    issuer = forms.ModelChoiceField(
        label="发文机关",
        queryset=None,
        empty_label=None,
        widget=forms.RadioSelect,
        error_messages={"required": "请选发文机关。", "invalid_choice": "请从列出的机关里选。"},
    )

    def __init__(self, *args, issuers, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["issuer"].queryset = issuers
        self.fields["issuer"].label_from_instance = lambda body: body.name


class DocumentForm(forms.Form):
    """The content of one document. What is not written yet may be missing: it is asked for when it is sent."""

    use_required_attribute = False

    title = _Line(
        _longest("title"),
        label="标题",
        help_text="例如：关于开展2026年度述职评议的通知。",
        error_messages={"required": "请写标题。"},
    )
    mark = _Line(_longest("mark"), label="纪要名称", required=False, help_text="印成红头，例如：城东社区联席会议纪要。")
    addressee = _Line(_longest("addressee"), label="主送机关", required=False, help_text="不用写冒号。")
    recipients = Ticks(
        label="发到哪些社区",
        queryset=Community.objects.none(),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text="签发后这些社区能看到。",
        error_messages=dict.fromkeys(("invalid_choice", "invalid_list", "invalid_pk_value"), "请从列出的社区里选。"),
    )
    text = _Text(
        label="正文",
        required=False,
        max_length=layout.LONGEST_TEXT,
        help_text=TEXT_HELP,
        widget=forms.Textarea(attrs={"rows": 18}),
    )
    present = _Line(_longest("present"), label="出席", required=False, help_text="姓名用顿号隔开，单位写在姓名前。")
    on_leave = _Line(_longest("on_leave"), label="请假", required=False)
    observers = _Line(_longest("observers"), label="列席", required=False)
    note = _Line(
        _longest("note"), label="附注", required=False, help_text="例如：联系人：周敏，电话：87654321。请示必须写。"
    )
    cc = _Line(_longest("cc"), label="抄送", required=False, help_text="末尾不用写句号。")
    urgency = forms.ChoiceField(
        label="紧急程度",
        required=False,
        choices=[("", "平件"), *Document._meta.get_field("urgency").choices],
        error_messages={"invalid_choice": "请从列出的里选。"},
    )
    sealed = forms.BooleanField(label="加盖印章", required=False)
    version = forms.IntegerField(widget=forms.HiddenInput, required=False, min_value=0, max_value=10**6)
    token = forms.UUIDField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args, kind, issuer, **kwargs):
        super().__init__(*args, **kwargs)
        self.initial.setdefault("token", uuid.uuid4())
        self.initial.setdefault("sealed", True)
        self.fields["text"].error_messages["max_length"] = (
            "最多%(limit_value)d字，现在有%(show_value)d字，请删短或改成附件材料。"
        )
        minutes = kind == Kind.MINUTES
        for name in ("addressee", "sealed", "note") if minutes else ("mark", "present", "on_leave", "observers"):
            del self.fields[name]
        self._offer_communities(kind, issuer)

    def _offer_communities(self, kind, issuer):
        """The town sends to its communities; a community's papers are seen by the town anyway."""
        if issuer.community_id is not None or kind == Kind.REQUEST:
            del self.fields["recipients"]
            return
        own = Community.objects.within(Reach(towns=frozenset([issuer.town_id])))
        self.fields["recipients"].queryset = own.order_by("position", "id")

    @property
    def content(self):
        """Keyword arguments of documents.draft and documents.write."""
        return {k: v for k, v in self.cleaned_data.items() if k in (*documents.ELEMENTS, "text", "recipients")}


class StepForm(forms.Form):
    """A step that needs no words; `version` is that of the page it was decided on."""

    version = forms.IntegerField(widget=forms.HiddenInput, required=False, min_value=0, max_value=10**6)

    @property
    def read_at(self):
        """The version, -1 (which no document has) when the form came without one."""
        version = self.cleaned_data["version"] if self.is_valid() else None
        return -1 if version is None else version


class ReasonForm(StepForm):
    """Why it goes back, or is void."""

    reason = _Line(
        200,
        label="理由",
        widget=forms.Textarea(attrs={"rows": 2}),
        error_messages={"required": "请写明理由。", "max_length": "最多200字，请写短一些。"},
    )


class WordForm(forms.Form):
    """机关代字 of one issuer and kind."""

    issuer = forms.ModelChoiceField(
        label="发文机关",
        queryset=None,
        empty_label="请选择",
        error_messages={"required": "请选发文机关。", "invalid_choice": "请从列出的机关里选。"},
    )
    kind = forms.ChoiceField(
        label="文种",
        choices=Kind,
        error_messages={"required": "请选一个文种。", "invalid_choice": "请从列出的文种里选。"},
    )
    word = _Line(
        20,
        label="机关代字",
        help_text="〔〕前面的字，例如：示委发。",
        widget=forms.TextInput(attrs={"class": "w-m", "autocomplete": "off"}),
        error_messages={"required": "请写机关代字。", "max_length": "最多20字。"},
    )
    used_before = forms.IntegerField(
        label="今年已经用到几号",
        required=False,
        min_value=0,
        max_value=9999,
        help_text="在本系统以外编过的号；没有编过不用填。编过一个号以后不能再改。",
        widget=forms.TextInput(attrs={"class": "w-s", "inputmode": "numeric", "autocomplete": "off"}),
        error_messages=dict.fromkeys(("invalid", "min_value", "max_value"), "请写0到9999的数字。"),
    )

    def __init__(self, *args, issuers, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["issuer"].queryset = issuers
        self.fields["issuer"].label_from_instance = lambda body: body.name

    def clean_word(self):
        word = self.cleaned_data["word"]
        if any(mark in word for mark in "〔〕[]第号 "):
            raise forms.ValidationError("只写代字，不写年份和号，例如：示委发。")
        return word


class TemplateForm(forms.Form):
    """A Word template for one kind."""

    kind = forms.ChoiceField(
        label="文种",
        choices=[(kind.value, kind.label) for kind in templates.KINDS],
        error_messages={"required": "请选一个文种。", "invalid_choice": "请从列出的文种里选。"},
    )
    file = forms.FileField(
        label="模板文件",
        required=False,  # 没有哪张表非传文件不可（ux M6）；这一页除外，见 __init__
        help_text=".docx 文件，不超过 2 MB，不能有宏和链接。",
        widget=forms.FileInput(attrs={"accept": f".docx,{templates.docx.CONTENT_TYPE}"}),
        error_messages={
            "required": "请先选好要传的文件。",
            "empty": "这个文件是空的，请检查后重新选择。",
            "invalid": "没有收到文件，请重新选择。",
        },
    )

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["file"].required = True
