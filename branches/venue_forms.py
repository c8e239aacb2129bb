"""Forms of a branch's venue: the yearly sheet, photographs, rooms, the town's texts for the wall."""

import re

from django import forms

from accounts.fields import DayField
from accounts.forms import Worded
from branches import photos, rooms, venues
from branches.models import Room
from office.areas.models import Community, Compound
from office.chinese.digits import halfwidth
from office.chinese.names import INVISIBLE

UNTOUCHED = "这张表不完整，请重新打开这一页再填。"
NOT_CHOSEN = "请先选一张照片，再点保存。"
_AREA = re.compile(r"[0-9]{1,6}(\.[0-9]{1,2})?")
SHUT_KEYS = {"required": UNTOUCHED, "invalid": UNTOUCHED, "max_value": UNTOUCHED, "min_value": UNTOUCHED}


class Line(forms.CharField):
    """One line in people's own words: no control characters, no doubled blanks."""

    def to_python(self, value):
        return " ".join(INVISIBLE.sub("", super().to_python(value)).split())


class VenueForm(Worded, forms.Form):
    """The sheet of one branch: every item has a choice, a note, and (of what is missing) a day.

    It opens with what `sheet` says; `version` is of the record that saving replaces, 0 for none.
    """

    address = Line(label="地点", max_length=80, required=False, help_text="例如 3栋一楼党员活动室。")
    room = forms.ChoiceField(
        label="在哪个登记的场所", required=False, error_messages={"invalid_choice": "请选列出的场所。"},
        help_text="用社区党群服务中心或者共享场所的，在这里选。",
    )  # fmt: skip
    version = forms.IntegerField(widget=forms.HiddenInput, min_value=0, max_value=10**6, error_messages=SHUT_KEYS)

    def __init__(self, data=None, *, asked, sheet, version, rooms, **kwargs):
        super().__init__(data, initial=_initial(sheet, version), **kwargs)
        self.asked, self.rooms = asked, {str(room.pk): room for room in rooms}
        if sheet.venue and sheet.venue.room:  # 停用了的，原来选的还在
            self.rooms.setdefault(str(sheet.venue.room_id), sheet.venue.room)
        self.fields["room"].choices = [("", "没有选"), *((pk, room.name) for pk, room in self.rooms.items())]
        if not self.rooms:
            del self.fields["room"]
        for item in asked.items:
            self._ask(item)

    def _ask(self, item):
        wrong = {"invalid_choice": "请选列出的。"}
        self.fields[item.key] = forms.ChoiceField(
            label=item.label, choices=list(venues.STATES.items()), required=False,
            widget=forms.RadioSelect, error_messages=wrong,
        )  # fmt: skip
        self.fields[f"{item.key}_note"] = Line(
            label="说明", max_length=120, required=False, widget=forms.TextInput(attrs={"autocomplete": "off"})
        )
        if item.counts:
            self.fields[f"{item.key}_plan"] = DayField(label="计划哪天补上", required=False)

    def clean(self):
        found = super().clean()
        for item in self.asked.items:
            if found.get(item.key) == venues.NOT_APPLICABLE and found.get(f"{item.key}_note") == "":
                self.add_error(f"{item.key}_note", f"{item.label}不适用，请写一句为什么。")
        return found

    def facts(self):
        """What venues.save takes."""
        told = self.cleaned_data
        answers = {
            item.key: venues.Answer(told[item.key], told[f"{item.key}_note"], told.get(f"{item.key}_plan"))
            for item in self.asked.items
        }
        return {"address": told["address"], "room": self.rooms.get(told.get("room")), "answers": answers}

    def lines(self):
        """What the page prints: the seven, door plates and board, the wall."""
        groups = {"seven": self.asked.seven, "more": self.asked.more, "walls": self.asked.walls}
        return {name: [self._line(item) for item in items] for name, items in groups.items()}

    def _line(self, item):
        names = [f"{item.key}_note", f"{item.key}_plan"]
        boxes = [self[name] for name in names if name in self.fields]
        said = any(box.value() or box.errors for box in boxes)
        wrong = bool(self[item.key].errors) or any(box.errors for box in boxes)
        return {"item": item, "choice": self[item.key], "boxes": boxes, "open": said, "wrong": wrong}


def _initial(sheet, version):
    initial = {"version": version}
    if sheet.venue:
        initial |= {"address": sheet.venue.address, "room": str(sheet.venue.room_id or "")}
    for key, answer in sheet.answers.items():
        initial |= {key: answer.state, f"{key}_note": answer.note, f"{key}_plan": answer.plan_on}
    return initial


class AreaField(forms.CharField):
    """Square metres, kept as exact square centimetres."""

    def __init__(self, **kwargs):
        widget = forms.TextInput(attrs={"inputmode": "decimal", "class": "w-s"})
        super().__init__(max_length=20, required=False, widget=widget, **kwargs)

    def prepare_value(self, value):
        return rooms.square_metres(value) if isinstance(value, int) else value

    def clean(self, value):
        text = halfwidth(super().clean(value)).strip().removesuffix("平方米").removesuffix("㎡").strip()
        if not text:
            return None
        if not _AREA.fullmatch(text):
            raise forms.ValidationError("面积写平方米数，最多两位小数，例如 85.5。")
        return rooms.as_cm2(text)


class RoomForm(Worded, forms.Form):
    """One room of one of the reader's communities."""

    community = forms.ModelChoiceField(
        Community.objects.none(),
        label="社区",
        empty_label="请选社区",
        error_messages={"required": "请选社区。", "invalid_choice": "请选列出的社区。"},
    )
    kind = forms.ChoiceField(
        label="类别", choices=Room.Kind, widget=forms.RadioSelect,
        error_messages={"required": "请选类别。", "invalid_choice": "请选列出的类别。"},
    )  # fmt: skip
    name = Line(label="名称", max_length=40, help_text="例如 城东社区党群服务中心。")
    address = Line(label="地址", max_length=80)
    compound = forms.ChoiceField(
        label="在哪个小区", required=False, error_messages={"invalid_choice": "请选列出的小区。"}
    )
    area_cm2 = AreaField(label="面积（平方米）", help_text="没有量过的不填。")
    owner = Line(label="产权或提供单位", max_length=40, required=False, help_text="例如 社区居委会、物业公司。")
    shared_with = Line(label="与谁共用", max_length=120, required=False, help_text="几个支部、业委会合用的写在这里。")
    plate = forms.TypedChoiceField(
        label="门牌", choices=[("", "未记录"), ("1", "规范"), ("0", "不规范")], required=False,
        coerce=lambda value: value == "1", empty_value=None, widget=forms.RadioSelect,
        error_messages={"invalid_choice": "请选列出的。"},
    )  # fmt: skip
    closed_on = DayField(
        label="哪天起停用", required=False, help_text="还在用的不填。停用以后不再给支部选，以前的记录保留。"
    )
    seen = forms.CharField(required=False, max_length=2000, widget=forms.HiddenInput)

    def __init__(self, data=None, *, communities, compounds, room=None, **kwargs):
        initial = {fact: getattr(room, fact) for fact in rooms.FACTS} if room else {}
        if room:
            plate = {True: "1", False: "0", None: ""}[room.plate]
            initial |= {"compound": str(room.compound_id or ""), "plate": plate, "seen": rooms.fingerprint(room)}
        super().__init__(data, initial=initial, **kwargs)
        self.fields["community"].queryset = communities
        self.compounds = {str(each.pk): each for each in compounds}
        self.fields["compound"].choices = [
            ("", "不在小区里"),
            *((pk, each.name) for pk, each in self.compounds.items()),
        ]
        if room:
            del self.fields["community"]
        else:
            del self.fields["closed_on"]
        self.room = room

    def clean(self):
        found = super().clean()
        compound = self.compounds.get(found.get("compound"))
        found["compound"] = compound
        community = self.room.community_id if self.room else getattr(found.get("community"), "pk", None)
        if compound and community and compound.community_id != community:
            self.add_error("compound", f"{compound.name}不在这个社区。")
        return found

    def facts(self):
        """What rooms.save takes."""
        return {fact: self.cleaned_data.get(fact) for fact in rooms.FACTS}


def compounds_of(communities):
    """The compounds a room may stand in."""
    return Compound.objects.filter(community__in=communities).order_by("community__position", "pinyin", "pk")


class PhotoForm(forms.Form):
    """A photograph of one item, or the wish to have it taken away."""

    item = forms.ChoiceField(
        label="哪一项",
        widget=forms.RadioSelect,
        error_messages={"required": "请选是哪一项的照片。", "invalid_choice": "请选列出的。"},
    )
    photo = forms.FileField(
        label="照片", required=False, widget=forms.ClearableFileInput(attrs={"accept": "image/jpeg,image/png"}),
        help_text="手机拍的就行；拍物不拍人，拍摄地点等信息会去掉。",
        error_messages={"invalid": NOT_CHOSEN, "empty": NOT_CHOSEN, "missing": NOT_CHOSEN},
    )  # fmt: skip
    remove = forms.BooleanField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args, items, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["item"].choices = [(item.key, item.label) for item in items]

    def clean(self):
        found = super().clean()
        if found.get("remove"):
            return found
        upload = found.get("photo")
        if not upload:
            if "photo" not in self.errors:
                self.add_error("photo", NOT_CHOSEN)
            return found
        try:
            found["data"] = photos.shrunk(upload)
        except photos.NoPhoto as refusal:
            self.add_error("photo", str(refusal))
        return found


class WallTextForm(Worded, forms.Form):
    """The town's words of one sheet; emptied, the product's words come back."""

    text = forms.CharField(
        label="文字", max_length=2000, required=False, widget=forms.Textarea(attrs={"rows": 12}),
        help_text="一行一段。清空再保存，就恢复原来的文字。",
    )  # fmt: skip
    seen = forms.CharField(required=False, max_length=4000, widget=forms.HiddenInput)

    def clean_text(self):
        lines = (INVISIBLE.sub("", line).strip() for line in self.cleaned_data["text"].splitlines())
        return "\n".join(filter(None, lines))

    def clean_seen(self):
        return "\n".join(self.cleaned_data["seen"].splitlines())
