"""Forms of sign-in, own account, suggestions, accounts and duties."""

import uuid

from django import forms
from django.contrib.auth import password_validation
from django.core.validators import RegexValidator
from django.utils.http import url_has_allowed_host_and_scheme

from accounts.deeds import BODIES_FOR
from accounts.exports import PURPOSES
from accounts.fields import DayField, PhoneField, WrittenReason
from accounts.models import User
from accounts.roles import ADMINISTRATORS, EVERYBODY_AT_WORK, OF_COMPOUND, OF_TOWN
from office.areas.models import Body, Compound
from office.areas.scope import Reach
from office.chinese.digits import halfwidth

LONGEST_PASSWORD = 128
USERNAME_RULE = RegexValidator(r"^[a-z0-9][a-z0-9._-]{2,39}\Z", "用 3 到 40 个小写字母或数字，例如 zhoumin。")


def _password(label, autocomplete, **kwargs):
    return forms.CharField(
        label=label,
        strip=False,
        max_length=LONGEST_PASSWORD,
        error_messages={"max_length": f"口令太长了，最多 {LONGEST_PASSWORD} 个字。"},
        widget=forms.PasswordInput(attrs={"autocomplete": autocomplete, "class": "w-l"}),
        **kwargs,
    )


def _paragraph(label, rows=5, **kwargs):
    return forms.CharField(label=label, max_length=1000, widget=forms.Textarea(attrs={"rows": rows}), **kwargs)


class Worded:
    """An empty field says which one it is: 请填写账号。; one too long how much it holds."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        for field in self.fields.values():
            field.error_messages.setdefault("max_length", "最多%(limit_value)d字，现在有%(show_value)d字，请删短一些。")
            if field.label and not isinstance(field, (forms.ChoiceField, DayField)):
                field.error_messages["required"] = f"请填写{field.label}。"


class SignInForm(Worded, forms.Form):
    username = forms.CharField(
        label="账号",
        max_length=40,
        error_messages={"max_length": "账号没有这么长，请看一下是不是填错了格。"},
        widget=forms.TextInput(
            attrs={
                "class": "w-l",
                "autocomplete": "username",
                "autocapitalize": "none",
                "autofocus": True,
                "spellcheck": "false",
            }
        ),
    )
    password = _password("口令", "current-password")

    def clean_username(self):
        return halfwidth(self.cleaned_data["username"])


class UnlockForm(Worded, forms.Form):
    """The own password once more, on a device that came by a login slip."""

    password = _password("口令", "current-password")


class NewPasswordForm(Worded, forms.Form):
    """The user's own new password; `user` is whose policy words are checked (not the account, not the phone)."""

    current = _password("现在的口令", "current-password", help_text="管理员给您的一次性口令也填在这里。")
    new = _password("新口令", "new-password")
    again = _password("再输一遍新口令", "new-password")

    def __init__(self, *args, user, **kwargs):
        super().__init__(*args, **kwargs)
        self.user = user
        self.fields["new"].help_text = "".join(password_validation.password_validators_help_texts())

    def clean_new(self):
        new = self.cleaned_data["new"]
        password_validation.validate_password(new, self.user)
        # 只和刚填的“现在的口令”比：拿真口令来比，这里就成了不限次数的猜口令处。
        if new == self.cleaned_data.get("current"):
            raise forms.ValidationError("新口令不能和现在的一样。")
        return new

    def clean(self):
        cleaned = super().clean()
        if "new" in cleaned and "again" in cleaned and cleaned["new"] != cleaned["again"]:
            self.add_error("again", "两遍输的不一样，请再输一遍。")
        return cleaned


class PhoneForm(Worded, forms.Form):
    phone = PhoneField(label="联系电话", required=False, help_text="手机号或办公室电话，管理员能看到。")


class FeedbackForm(Worded, forms.Form):
    text = _paragraph("意见或建议", help_text="写一件事：哪里不好用，希望怎样。不要写个人隐私和涉密内容。")
    page = forms.CharField(label="", required=False, widget=forms.HiddenInput)
    token = forms.UUIDField(
        label="",
        widget=forms.HiddenInput,
        error_messages=dict.fromkeys(("required", "invalid"), "这张表不完整，请重新打开这一页再写。"),
    )

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.initial.setdefault("token", uuid.uuid4())

    def clean_page(self):
        """A path of this site, which the page shows as a link; anything else is dropped."""
        page = self.cleaned_data["page"]
        local = page.startswith("/") and url_has_allowed_host_and_scheme(page, allowed_hosts=None)
        return page if local and len(page) <= 200 else ""


class AnswerForm(Worded, forms.Form):
    text = _paragraph("答复", help_text="本人会在“意见建议”里看到。")


class AccountForm(Worded, forms.ModelForm):
    username = forms.CharField(
        label="账号",
        max_length=40,
        validators=[USERNAME_RULE],
        help_text="小写字母或数字，例如姓名拼音 zhoumin；开通后不能改。",
        error_messages={"unique": "这个账号名已有人用，请换一个。如果是您刚才开通的，请到他的账号页重置口令。"},
        widget=forms.TextInput(attrs={"class": "w-l", "autocapitalize": "none", "autocomplete": "off"}),
    )
    name = forms.CharField(label="姓名", max_length=40, widget=forms.TextInput(attrs={"class": "w-l"}))
    phone = PhoneField(label="联系电话", required=False)

    class Meta:
        model = User
        fields = ["username", "name", "phone"]


class StateForm(forms.Form):
    """停用、启用、解锁 one account."""

    STATES = [("disabled", "停用"), ("enabled", "启用"), ("unlocked", "解除锁定")]
    state = forms.ChoiceField(label="", choices=STATES, widget=forms.HiddenInput)
    reason = forms.CharField(label="理由", required=False, max_length=200, help_text="例如：调离本镇。写进操作记录。")


class RoleForm(forms.Form):
    """First step of granting: which duty."""

    role = forms.ChoiceField(
        label="授予什么职责",
        choices=[
            ("机关和社区", [(r.value, r.label) for r in EVERYBODY_AT_WORK]),
            ("管理员（三员）", [(r.value, r.label) for r in ADMINISTRATORS]),
        ],
        widget=forms.RadioSelect,
        error_messages={"required": "请选一项职责。", "invalid_choice": "请从列出的职责里选一项。"},
    )


class DutyForm(Worded, forms.Form):
    """Second step of granting: where, from when, until when. Choices come from the user's own town."""

    starts_on = DayField(label="从哪天起", help_text="例如 12月6日；从这天起有权限。")
    ends_on = DayField(label="到哪天为止", required=False, help_text="最后一天，当天还有权限；不填就是至今。")
    reason = forms.CharField(
        label="理由", required=False, max_length=200, help_text="系统、安全由一人兼任的必须写；其他可写任命文号。"
    )

    def __init__(self, *args, role, town, **kwargs):
        super().__init__(*args, **kwargs)
        self.role = role
        own = Reach(towns=frozenset([town.pk]))
        if role in OF_COMPOUND:
            rows = Compound.objects.within(own).select_related("community").order_by("community__position", "pinyin")
            self._add_place("小区", Compound, rows)
        elif role in (*OF_TOWN, *ADMINISTRATORS):
            self.committee = Body.objects.within(own).filter(kind=Body.Kind.TOWN_COMMITTEE, ends_on=None).first()
        else:
            rows = Body.objects.within(own).filter(kind__in=BODIES_FOR[role], ends_on=None)
            self._add_place("所在组织", Body, rows.select_related("community").order_by("community__position", "id"))

    def _add_place(self, label, model, rows):
        field = forms.ModelChoiceField(
            label=label,
            queryset=rows,
            empty_label="请选择",
            error_messages={"required": f"请选{label}。", "invalid_choice": f"请从列出的{label}里选。"},
        )
        field.label_from_instance = lambda place: f"{place}（{place.community}）" if model is Compound else str(place)
        self.fields = {"place": field, **self.fields}

    def home(self):
        """The keyword arguments of the deed that say where: body or compound."""
        place = self.cleaned_data.get("place", getattr(self, "committee", None))
        return {"compound": place} if self.role in OF_COMPOUND else {"body": place}


class EndDutyForm(Worded, forms.Form):
    on = DayField(label="最后一天", help_text="填今天，今晚过后失效；填昨天，马上失效。")
    reason = forms.CharField(label="理由", required=False, max_length=200)


class PurposeForm(Worded, forms.Form):
    purpose = forms.CharField(
        label="用途", max_length=100, help_text="导出做什么用，例如：2026年度网络安全自查。写进操作记录，印在每页页脚。"
    )


class ExportForm(Worded, forms.Form):
    """导出什么、给谁用: the columns of one accounts.exports.Export, and the purpose.

    Sensitive columns are off until ticked, and then the purpose has to be in the user's own words (N-24).
    """

    purpose = forms.ChoiceField(
        label="给谁用",
        choices=list(PURPOSES.items()),
        widget=forms.RadioSelect,
        error_messages={"required": "请选一项用途。", "invalid_choice": "请从列出的用途里选一项。"},
    )
    words = WrittenReason(
        label="具体用途",
        required=False,
        help_text="例如：打印选举签到名册。选“其他”或要敏感内容的，必须写。",
    )
    columns = forms.MultipleChoiceField(
        label="给出哪些列",
        required=False,
        widget=forms.CheckboxSelectMultiple,
        error_messages=dict.fromkeys(("invalid_choice", "invalid_list"), "请从列出的列里选。"),
    )
    secrets = forms.MultipleChoiceField(
        label="敏感内容",
        required=False,
        help_text="平时不给出；确实需要才选，选了哪些会记入操作记录。",
        widget=forms.CheckboxSelectMultiple,
        error_messages=dict.fromkeys(("invalid_choice", "invalid_list"), "请从列出的内容里选。"),
    )

    def __init__(self, *args, export, **kwargs):
        super().__init__(*args, **kwargs)
        first, *others = export.columns
        columns, secrets = self.fields["columns"], self.fields["secrets"]
        columns.choices = [(column.key, column.title) for column in others]
        columns.initial = [column.key for column in others]
        columns.help_text = f"“{first.title}”总会给出。"
        secrets.choices = [(secret.key, f"{secret.word}（{secret.why}）") for secret in export.secrets]
        if not export.secrets:
            del self.fields["secrets"]

    def clean(self):
        found = super().clean()
        if "words" not in self.errors and not found.get("words"):
            if found.get("secrets"):
                self.add_error("words", "要敏感内容，请写清楚给谁、做什么用。")
            elif found.get("purpose") == "other":
                self.add_error("words", "请写清楚给谁、做什么用。")
        return found

    @property
    def stated(self):
        """The purpose as file and trail keep it."""
        purpose, words = self.cleaned_data["purpose"], self.cleaned_data["words"]
        if purpose == "other":
            return words
        return f"{PURPOSES[purpose]}：{words}" if words else PURPOSES[purpose]


class TableForm(forms.Form):
    """A filled-in table of one kind (office.imports.kinds)."""

    file = forms.FileField(
        widget=forms.FileInput(
            attrs={"accept": ".xlsx,application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"}
        ),
        error_messages={
            "required": "请先选好要传的文件。",
            "empty": "这个文件是空的，请检查后重新选择。",
            "invalid": "没有收到文件，请重新选择。",
        },
    )

    def __init__(self, *args, kind, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["file"].label = f"填好的{kind.title}"
        self.fields["file"].help_text = f".xlsx 文件，不超过 5 MB、{kind.max_rows:,} 行。"
