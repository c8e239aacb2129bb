"""What the gallery page shows: every part of templates/components once, with believable words. For test_look.py."""

from types import SimpleNamespace

from crispy_forms.bootstrap import FieldWithButtons, StrictButton
from crispy_forms.helper import FormHelper
from crispy_forms.layout import Column, Field, Layout, Row
from django import forms
from django.contrib import messages
from django.contrib.messages.storage.base import Message

urlpatterns = []
KINDS = [
    (f"k{n}", word)
    for n, word in enumerate(("联席会议", "周末议事会", "民情恳谈会", "支部党员大会", "支委会", "其他会议"))
]
NAMES = [(f"p{n}", name) for n, name in enumerate(("丁小宁", "于敏", "王伟", "田大利", "史明", "𠅤琨", "欧阳建国"))]


class EntryForm(forms.Form):
    """One field of each kind that crispy-forms renders."""

    kind = forms.ChoiceField(label="会议类型", choices=KINDS, widget=forms.RadioSelect)
    day = forms.CharField(label="日期", help_text="也可以输入 12.6 或 20261206")
    what = forms.CharField(label="办什么", help_text="写一件，别的再加一条")
    who = forms.ChoiceField(
        label="谁办", choices=[("", "请选择"), ("1", "王伟（金桂苑）")], help_text="同名的人后面写着小区"
    )
    due = forms.CharField(
        label="哪天前", help_text="例如 12.15", error_messages={"required": "写清是哪一天，例如 12月15日"}
    )
    present = forms.MultipleChoiceField(
        label="到会人员", choices=NAMES, widget=forms.CheckboxSelectMultiple, help_text="应到 7 人，默认全部到会"
    )
    talk = forms.CharField(
        label="讨论情况",
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="议题、主要意见，一两句就行",
    )
    photo = forms.FileField(label="照片", required=False, help_text="最多 3 张，太大会自动缩小")
    number = forms.CharField(
        label="小区编号", disabled=True, required=False, initial="CD-001", help_text="由系统编，不用改"
    )
    none = forms.BooleanField(label="本次无决定", required=False)

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.helper = FormHelper()
        self.helper.form_tag = False
        self.helper.disable_csrf = True
        today = StrictButton("今天", css_class="btn-outline-secondary")
        self.helper.layout = Layout(
            "kind",
            FieldWithButtons("day", today),
            Field("present", wrapper_class="names"),
            "what",
            Row(Column("who"), Column("due")),
            "none",
            "talk",
            "photo",
            "number",
        )


class FilterForm(forms.Form):
    q = forms.CharField(label="姓名或首字母", required=False, widget=forms.TextInput(attrs={"class": "w-wide"}))
    community = forms.ChoiceField(label="社区", required=False, choices=[("", "全部社区"), ("1", "城东社区")])
    home = forms.ChoiceField(label="小区", required=False, choices=[("", "全部小区"), ("1", "金桂苑")])
    gaps = forms.BooleanField(label="只看缺项", required=False)


def _rows(*pairs):
    return [{"label": label, "value": value} for label, value in pairs]


def context(*, bound=False, text_size="s", body_class=""):
    """The context of the gallery, with the entry form failing where `bound`."""
    nav = ("待办", "小区", "支部与党员", "会议与事项", "业委会与物业", "述职考核", "台账与公文")
    entry = (
        EntryForm(data={"day": "2026年12月6日", "due": "", "number": "CD-001"})
        if bound
        else EntryForm(initial={"kind": "k0"})
    )
    person = {"sex": "男", "born": "1963年1月", "home": "金桂苑", "phone": "13800138000"}
    return {
        "body_class": body_class,
        "site": {"name": "示范镇小区党建", "demo": True},
        "demo_accounts": [
            {"username": "zhoumin", "label": "周敏 镇党建办"},
            {"username": "tian", "label": "田大利 支部书记"},
        ],
        "nav": [{"label": label, "url": "#a", "current": label == "小区"} for label in nav],
        "office": "镇党建办",
        "user": SimpleNamespace(name="周敏", username="zhoumin", is_authenticated=True),
        "text_size": text_size,
        "find_url": "/find/",
        "request": SimpleNamespace(get_full_path="/compounds/1/?q=金", path="/compounds/1/", GET={}),
        "csrf_token": "x" * 64,
        "messages": [Message(messages.SUCCESS, "已保存。会议已记入2026年会议台账。")],
        "entry": entry,
        "form": entry if bound else None,
        "filter_form": FilterForm(),
        "phone": "13800138000",
        "crumbs": [{"label": "小区", "url": "#a"}, {"label": "城东社区", "url": "#b"}],
        "tabs": [
            {"label": "档案", "url": "#a", "current": True},
            {"label": "会议", "url": "#b", "count": 11},
            {"label": "事项", "url": "#c", "count": 3},
        ],
        "gaps": [
            {"object": "加装电梯协商", "url": "#a", "state": "过期 6 天", "kind": "err", "late": True},
            {"object": "七有缺“书报”", "url": "#b", "state": "去勾选", "kind": "warn"},
            {"object": "本季度联席会议", "state": "已开", "kind": "ok"},
        ],
        "branch": [
            {"label": "书记", "value": "田大利（退休干部，选拔）", "strong": True},
            {"label": "班子", "value": "3 人，2026年考核未做"},
            {"label": "直管党员", "value": "17 人", "url": "#a"},
        ],
        "committee": _rows(("委员", "7 人，党员 4 人（57%）"), ("任期", "至2029年5月31日"), ("交叉任职", "2 人")),
        "property": _rows(("公司", "安居物业"), ("项目经理", "陈刚"), ("兼职委员", "无")),
        "year": _rows(("联席会议", "5 次，议事会 2 次"), ("活动", "3 次"), ("事项", "在办 1 件，办结 2 件")),
        "seven": [
            {"label": word, "has": word != "书报"} for word in ("场所", "设施", "标志", "党旗", "誓词", "书报", "制度")
        ],
        "tasks": [
            {
                "verb": "督办",
                "object": "加装电梯协商",
                "why": "金桂苑 · 责任人王伟 · 原定12月1日",
                "url": "#a",
                "state": "过期 6 天",
                "kind": "err",
                "late": True,
            },
            {
                "verb": "签发后补号",
                "object": "金桂苑换届批复",
                "why": "郑和已签发，文号还空着",
                "url": "#b",
                "state": "今天",
                "kind": "warn",
            },
            {
                "verb": "出推荐意见",
                "object": "世纪城业委会候选人",
                "why": "候选人 7 名，其中党员 3 名",
                "url": "#c",
                "state": "12月11日前",
                "kind": "warn",
            },
            {
                "verb": "审核",
                "object": "滨河一号联合支部的请示",
                "why": "城东社区党委 12月5日送来",
                "url": "#d",
                "state": "等了 2 天",
                "kind": "info",
            },
            {"group": "缺项，没有期限"},
            {
                "verb": "补派联系干部",
                "object": "锦绣花园",
                "why": "城南社区 · 直管党员 9 名",
                "url": "#e",
                "state": "缺项",
                "kind": "plain",
            },
        ],
        "last": [
            {"object": "清理东门堆物", "why": "赵云 · 11月30日前", "url": "#a", "state": "已办结", "kind": "ok"},
            {"object": "加装电梯协商", "why": "王伟 · 12月1日前", "url": "#b", "state": "过期 6 天", "kind": "err"},
        ],
        "facts": [
            {"label": "小区党支部", "value": 5, "of": 7, "unit": "个", "url": "#a", "percent": 71, "note": "差 2 个"},
            {
                "label": "业委会党员过半",
                "value": 4,
                "of": 6,
                "unit": "个",
                "url": "#b",
                "percent": 67,
                "note": "世纪城 3/7，锦绣花园 2/5",
            },
            {
                "label": "七有达标",
                "value": 3,
                "of": 5,
                "unit": "个支部",
                "url": "#c",
                "percent": 60,
                "note": "金桂苑缺书报，世纪城缺 2 项",
            },
            {"label": "述职已收", "value": 0, "of": 5, "unit": "份", "url": "#d", "percent": 0, "note": "12月20日截止"},
        ],
        "strip": [
            {"label": "小区", "value": 8, "unit": "个", "url": "#a"},
            {"label": "党支部", "value": 5, "unit": "个", "url": "#b", "note": "联合 1 个"},
            {"label": "直管党员", "value": "1,304", "unit": "人", "url": "#c"},
            {"label": "在职报到", "value": "1,702", "unit": "人", "url": "#d"},
            {"label": "业委会", "value": 6, "unit": "个", "url": "#e"},
        ],
        "chips": [{"label": "直管党员", "url": "#a"}, {"label": "在册", "url": "#b"}],
        "people": [
            person | {"name": "丁小宁", "sex": "女", "post": "—", "state": "在册", "kind": "plain"},
            person | {"name": "王伟", "post": "宣传委员", "state": "待核对", "kind": "warn"},
            person | {"name": "𠅤琨", "home": "文昌苑", "post": "书记", "state": "在册", "kind": "plain"},
            person | {"name": "田大利", "post": "书记", "state": "任期已满", "kind": "err"},
        ],
        "ledger_head": [
            "会议",
            "日期",
            "类型",
            "社区",
            "小区",
            "主持",
            "应到",
            "实到",
            "列席",
            "决定",
            "落实",
            "记录人",
        ],
        "ledger": [
            [
                "第四季度联席会议",
                "2026.12.06",
                "联席会议",
                "城东社区",
                "金桂苑",
                "田大利",
                17,
                16,
                "物业陈刚",
                3,
                "在办",
                "李一鸣",
            ]
        ]
        * 3,
        "receipt": _rows(("编号", "2026-0031"), ("时间", "2026年12月7日 10:21"), ("交给谁", "城东社区党委")),
        "next": ["社区党委看过后会在待办里告诉您。", "要改的话，退回后再交一次。"],
        "trail": [
            {"when": "待办", "text": "拿出方案并公示"},
            {"when": "12月6日 10:21", "text": "改期限：12月1日 → 12月15日", "who": "李一鸣", "on": True},
            {"when": "12月6日", "text": "联席会议议定，王伟负责", "on": True},
            {"when": "11月22日", "text": "周末议事会提出", "on": True},
        ],
        "answers": [
            {"label": "会议类型", "value": "联席会议", "url": "#a"},
            {"label": "到会", "value": "16 人，丁小宁请假", "url": "#b"},
            {"label": "决定 1", "value": "拿出加装电梯的方案，王伟（金桂苑），12月15日前", "url": "#c"},
            {"label": "讨论情况", "value": "", "url": "#d"},
        ],
    }
