"""The page on which a meeting is entered, and the small forms about decisions and confirmation."""

import re
from datetime import time, timedelta

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone

from accounts.fields import DayField, WrittenReason
from accounts.forms import Worded
from meetings.filing import Came, Guest, Minutes, Resolved
from meetings.models import Attendance, DecisionStep, Meeting
from meetings.permissions import PUBLIC
from office.chinese.dates import cn_date, parse_date
from office.chinese.digits import halfwidth
from office.chinese.names import clean_name, name_problem

Status = Attendance.Status
NOT_LISTED, UNDECIDED = "", "none"
UNDECIDED_WORDS = ("未定", "待定", "没定")
MOST_DECISIONS, MOST_GUESTS, MOST_EXTRA = 30, 20, 40
FIRST_DECISIONS, FIRST_GUESTS = 3, 1
LONGEST_TITLE = 80
_WITHIN = {"一周内": 7, "两周内": 14, "半月内": 15, "一个月内": 30}
_CLOCK = re.compile(
    r"(?P<part>上午|下午|晚上|中午)?(?P<hour>[0-9]{1,2})(?:(?:[:：点时])(?P<minute>[0-9]{1,2}|半)?分?)?"
)
_HAS_YEAR = re.compile(r"[0-9]{4}")
_KEY = re.compile(r"[1-9][0-9]{0,17}")


class ClockField(forms.CharField):
    """A time of day: 14:30, 下午2点半, 9点; None when left empty."""

    def __init__(self, **kwargs):
        super().__init__(max_length=20, widget=forms.TextInput(attrs={"class": "w-s", "autocomplete": "off"}), **kwargs)

    def prepare_value(self, value):
        return f"{value:%H:%M}" if isinstance(value, time) else value

    def clean(self, value):
        text = re.sub(r"\s", "", halfwidth(super().clean(value)))
        if not text:
            return None
        found = _CLOCK.fullmatch(text)
        if not found:
            raise ValidationError("写成 14:30 或 下午2点半。")
        hour, minute = int(found["hour"]), found["minute"]
        if found["part"] in ("下午", "晚上") and hour < 12:
            hour += 12
        minute = 30 if minute == "半" else int(minute or 0)
        if hour > 23 or minute > 59:
            raise ValidationError("没有这个时间，写成 14:30 或 下午2点半。")
        return time(hour, minute)


class DueField(forms.CharField):
    """A day to come, counted from the meeting: 12.15, 两周内, 月底; cleaned by `day_after` once that day is known."""

    def __init__(self, **kwargs):
        super().__init__(
            max_length=20,
            required=False,
            widget=forms.TextInput(attrs={"class": "w-m", "autocomplete": "off"}),
            **kwargs,
        )

    def prepare_value(self, value):
        return cn_date(value) if hasattr(value, "year") else value


def day_after(text, held_on):
    """The due day written so at a meeting of that day; None for 未定. A day without a year is the next one.

    Raises ValueError with a sentence.
    """
    text = re.sub(r"\s|前$|之前$|以前$", "", halfwidth(text))
    if text in UNDECIDED_WORDS:
        return None
    if text in _WITHIN:
        return held_on + timedelta(days=_WITHIN[text])
    if text == "月底":
        return (held_on.replace(day=28) + timedelta(days=4)).replace(day=1) - timedelta(days=1)
    if text == "年底":
        return held_on.replace(month=12, day=31)
    day, precision = parse_date(text, today=timezone.localdate())
    if precision != "d":
        raise ValueError("写清哪一天，例如 12月15日")
    if not _HAS_YEAR.search(text) and day < held_on:
        day, _ = parse_date(f"{day.year + 1}年{day.month}月{day.day}日", today=held_on)
    if day < held_on:
        raise ValueError("期限在开会那天之前，请核对")
    return day


def _line(label, most, css="", **kwargs):
    attrs = {"autocomplete": "off"} | ({"class": css} if css else {})
    words = {"max_length": f"最多{most}个字，现在有%(show_value)d个。"}
    return forms.CharField(
        label=label, max_length=most, error_messages=words, widget=forms.TextInput(attrs=attrs),
        **{"required": False, **kwargs},
    )  # fmt: skip


def _choice(label, choices, *, invalid="请选列出的。", **kwargs):
    return forms.ChoiceField(
        label=label, choices=choices, error_messages={"invalid_choice": invalid}, **{"required": False, **kwargs}
    )


class FilingForm(forms.Form):
    """One meeting on one page. `circle` tells who may come, `open_decisions` what earlier meetings left open.

    Rows repeat by number (text-0, text-1 …); how many there are stands in the page itself, so that a round trip to the
    server adds one and keeps everything. `numbered` are decisions that have their number already (a change).
    """

    use_required_attribute = False

    held_on = DayField(label="日期", help_text="可以写 今天、昨天、12.6")
    held_at = ClockField(label="时间", required=False, help_text="例如 14:30")
    place = _line("地点", 60)
    title = _line("议题", LONGEST_TITLE, help_text="留空就用第一条决定")
    recorder = _line("记录人", 40, "w-m")
    discussion = forms.CharField(
        label="讨论情况",
        required=False,
        max_length=20_000,
        error_messages={"max_length": "最多20000个字，现在有%(show_value)d个。"},
        widget=forms.Textarea(attrs={"rows": 5}),
    )
    undecided = forms.BooleanField(label="本次没有决定", required=False)

    def __init__(self, *args, circle, open_decisions=(), numbered=(), rows=(FIRST_GUESTS, FIRST_DECISIONS), **kwargs):
        super().__init__(*args, **kwargs)
        self.circle, self.open_decisions = circle, list(open_decisions)
        self.numbered = {decision.pk: decision for decision in numbered}
        sent = rows_in(self.data) if self.is_bound else (0, 0)
        self.guest_count, self.decision_count = map(max, sent, rows)
        self._add_table()
        self._add_guests()
        self._add_decisions()
        for decision in self.open_decisions:
            choices = [("", "仍在办"), ("done", "已办结")]
            self.fields[f"before-{decision.pk}"] = _choice("进展", choices)
            self.fields[f"outcome-{decision.pk}"] = _line("结果", 200)

    def _add_table(self):
        seats = self.circle.seats
        names = [("", "未记录"), *((str(seat.person), seat.label) for seat in seats if seat.owns)]
        self.fields["chair"] = _choice("主持人", names)
        bodies = [(str(body.pk), str(body)) for body in self.circle.bodies if body != self.circle.convener]
        if bodies:
            self.fields["bodies"] = forms.MultipleChoiceField(
                label="一起开会的组织",
                choices=bodies,
                required=False,
                widget=forms.CheckboxSelectMultiple,
                error_messages={"invalid_choice": "请选列出的。"},
            )
        marks = [(NOT_LISTED, "不在其中"), *Status.choices]
        for seat in seats:
            self.fields[f"status-{seat.person}"] = _choice(seat.name, marks)
            self.fields[f"note-{seat.person}"] = _line(f"{seat.name}没来的原因", 60)

    def _add_guests(self):
        for n in range(self.guest_count):
            self.fields[f"guest-{n}"] = _line("来宾姓名", 40, "w-m")
            self.fields[f"unit-{n}"] = _line("单位", 60, "w-l")
            self.fields[f"keep-{n}"] = forms.BooleanField(label="以后还会来", required=False)

    def _add_decisions(self):
        owners = self._owners()
        for n in range(self.decision_count):
            self.fields[f"key-{n}"] = forms.CharField(required=False, widget=forms.HiddenInput)
            self.fields[f"text-{n}"] = _line("定了什么", 200)
            self.fields[f"owner-{n}"] = _choice("谁办", owners)
            self.fields[f"due-{n}"] = DueField(label="哪天前")

    def _owners(self):
        """Bodies and people who may be given a decision; people of one name stand with their compound."""
        bodies = [(f"b{body.pk}", str(body)) for body in self.circle.bodies]
        people = [(f"p{seat.person}", seat.label) for seat in self.circle.seats if seat.owns]
        groups = [("组织", bodies), ("人员", people)]
        return [("", "请选"), (UNDECIDED, "未定"), *((name, rows) for name, rows in groups if rows)]

    # --- What the template walks over ---

    @property
    def attendance(self):
        """(side, rows) with one row a person: status and note."""
        return [
            {
                "side": side,
                "rows": [
                    {
                        "seat": seat,
                        "status": (status := self[f"status-{seat.person}"]),
                        "note": self[f"note-{seat.person}"],
                        "tick": seat.ticked and status.value() in (None, "", Status.PRESENT),
                    }
                    for seat in seats
                ],
            }
            for side, seats in self.circle.sides.items()
        ]

    @property
    def guests(self):
        return [(self[f"guest-{n}"], self[f"unit-{n}"], self[f"keep-{n}"]) for n in range(self.guest_count)]

    @property
    def decisions(self):
        """One row each; `label` is the number of one that has it already."""
        return [
            {
                "n": n + 1,
                "key": self[f"key-{n}"],
                "label": (known := self._known(self[f"key-{n}"].value())) and known.label,
                "text": self[f"text-{n}"],
                "owner": self[f"owner-{n}"],
                "due": self[f"due-{n}"],
            }
            for n in range(self.decision_count)
        ]

    def _known(self, key):
        """The numbered decision a row speaks of; None for a new one and for nonsense."""
        text = str(key or "")
        return self.numbered.get(int(text)) if text.isascii() and _KEY.fullmatch(text) else None

    @property
    def earlier(self):
        return [
            {"decision": d, "state": self[f"before-{d.pk}"], "outcome": self[f"outcome-{d.pk}"]}
            for d in self.open_decisions
        ]

    @property
    def wants_decisions(self):
        return self.circle.kind in PUBLIC

    # --- Checking ---

    def clean_held_on(self):
        day = self.cleaned_data["held_on"]
        if day and day > timezone.localdate():
            raise ValidationError("这一天还没有到，开过会再录入。")
        if day and day.year < 2000:
            raise ValidationError("请核对年份。")
        return day

    def clean(self):
        super().clean()
        self._check_attendance()
        self._check_guests()
        self._check_decisions()
        return self.cleaned_data

    def _check_attendance(self):
        came = [seat for seat in self.circle.seats if self.cleaned_data.get(f"status-{seat.person}") == Status.PRESENT]
        if not came and self.circle.seats:
            first = self.circle.seats[0].person
            self.add_error(f"status-{first}", "还没有人到会，请看一看到会情况。")

    def _check_guests(self):
        for n in range(self.guest_count):
            name, unit = self.cleaned_data.get(f"guest-{n}", ""), self.cleaned_data.get(f"unit-{n}", "")
            if not name and unit:
                self.add_error(f"guest-{n}", "写上来宾的姓名。")
            elif name and (problem := name_problem(name)):
                self.add_error(f"guest-{n}", problem)

    def _check_decisions(self):
        held_on = self.cleaned_data.get("held_on") or timezone.localdate()
        written = 0
        for n in range(self.decision_count):
            text = self.cleaned_data.get(f"text-{n}", "")
            owner, due = self.cleaned_data.get(f"owner-{n}", ""), self.cleaned_data.get(f"due-{n}", "")
            known = self._known(self.cleaned_data.get(f"key-{n}"))
            if not (text or owner or due or known):
                continue
            written += 1
            self._check_decision(n, text, owner, due, held_on, known)
        if not written and self.wants_decisions and not self.cleaned_data.get("undecided"):
            self.add_error("text-0", "写下会上定了什么；没有决定的，勾选“本次没有决定”。")

    def _check_decision(self, n, text, owner, due, held_on, known):
        if not text and f"text-{n}" not in self.errors:
            self.add_error(f"text-{n}", "写下会上定了什么；已经编号的决定不能去掉。" if known else "写下会上定了什么。")
        if not owner and f"owner-{n}" not in self.errors:
            self.add_error(f"owner-{n}", "选上谁办；还没定的选“未定”。")
        if f"due-{n}" in self.errors:
            return
        if not due:
            self.add_error(f"due-{n}", "写清哪天前；还没定的写“未定”。")
            return
        try:
            self.cleaned_data[f"due-{n}"] = day_after(due, held_on)
        except ValueError as fault:
            self.add_error(f"due-{n}", str(fault))

    # --- What comes of it ---

    def minutes(self):
        """The valid page as plain data."""
        found = self.cleaned_data
        decisions = tuple(self._resolved())
        title = found["title"] or (decisions[0].text[:LONGEST_TITLE] if decisions else self._plain_title())
        return Minutes(
            title=title,
            held_on=found["held_on"],
            held_at=found["held_at"],
            place=found["place"],
            chair=int(found["chair"]) if found["chair"] else None,
            recorder=found["recorder"],
            discussion=found["discussion"].replace("\r\n", "\n"),
            bodies=tuple(map(int, found.get("bodies", ()))),
            came=tuple(self._came()),
            guests=tuple(self._new_guests()),
            decisions=decisions,
            settled=tuple(
                (d.pk, found[f"outcome-{d.pk}"]) for d in self.open_decisions if found[f"before-{d.pk}"] == "done"
            ),
        )

    def _plain_title(self):
        home = self.circle.place
        return f"{home.compound or home.branch or home.community}{Meeting.Kind(self.circle.kind).label}"

    def _came(self):
        for seat in self.circle.seats:
            status = self.cleaned_data[f"status-{seat.person}"]
            if status:
                note = "" if status == Status.PRESENT else self.cleaned_data[f"note-{seat.person}"]
                yield Came(seat.person, status, seat.represents[:60], note)

    def _new_guests(self):
        for n in range(self.guest_count):
            if name := self.cleaned_data[f"guest-{n}"]:
                yield Guest(clean_name(name), self.cleaned_data[f"unit-{n}"], self.cleaned_data[f"keep-{n}"])

    def _resolved(self):
        told = set()
        for n in range(self.decision_count):
            known = self._known(self.cleaned_data[f"key-{n}"])
            text, owner = self.cleaned_data[f"text-{n}"], self.cleaned_data[f"owner-{n}"]
            if not text:
                continue
            key = int(owner[1:]) if owner[:1] in ("b", "p") else None
            yield Resolved(
                text,
                person=key if owner.startswith("p") else None,
                body=key if owner.startswith("b") else None,
                due_on=self.cleaned_data[f"due-{n}"],
                pk=known.pk if known and known.pk not in told else None,
            )
            if known:
                told.add(known.pk)


def first_values(circle, *, today, recorder, place=""):
    """What a new page says before anybody wrote on it: everybody expected is there."""
    values = {"held_on": today, "recorder": recorder, "place": place}
    values["bodies"] = [str(body.pk) for body in circle.bodies if body != circle.convener]
    for seat in circle.seats:
        values[f"status-{seat.person}"] = Status.PRESENT if seat.expected else NOT_LISTED
    return values


def values_of(meeting, decisions):
    """The page's fields as a record has them, for a change."""
    values = {
        name: getattr(meeting, name) for name in ("held_on", "held_at", "place", "title", "recorder", "discussion")
    }
    values["chair"] = str(meeting.chair_id or "")
    values["bodies"] = [str(row.body_id) for row in meeting.bodies.all() if row.body_id]
    guests = 0
    for row in meeting.attendance.all():
        if row.person_id:
            values |= {f"status-{row.person_id}": row.status, f"note-{row.person_id}": row.note}
        else:
            values |= {f"guest-{guests}": row.guest, f"unit-{guests}": row.represents}
            guests += 1
    for n, decision in enumerate(decisions):
        person, body = decision.owner_person_id, decision.owner_body_id
        owner = f"p{person}" if person else f"b{body}" if body else UNDECIDED
        values[f"key-{n}"] = decision.pk
        values |= {f"text-{n}": decision.text, f"owner-{n}": owner, f"due-{n}": decision.due_on or UNDECIDED_WORDS[0]}
    values["undecided"] = not decisions
    return values, (max(guests + 1, FIRST_GUESTS), max(len(decisions) + 1, 1))


def rows_in(fields):
    """How many rows of guests and of decisions these fields have."""
    guests = [n + 1 for n in range(MOST_GUESTS) if f"guest-{n}" in fields]
    decisions = [n + 1 for n in range(MOST_DECISIONS) if f"text-{n}" in fields]
    return max(guests, default=0), max(decisions, default=0)


def kept_values(fields, form):
    """What was kept in a draft as initial values of the form: shown as it was written, without being judged."""
    values = {}
    for name, field in form.fields.items():
        if name in fields or isinstance(field, (forms.BooleanField, forms.MultipleChoiceField)):
            values[name] = field.widget.value_from_datadict(fields, {}, name)
    return values


def extra_people(fields):
    """Ids of people found by name that the page carries along."""
    return [int(text) for text in fields.getlist("extra")[:MOST_EXTRA] if text.isascii() and _KEY.fullmatch(text)]


class ProgressForm(Worded, forms.Form):
    """How far a decision is. 代录 is said in words on the page by whoever types it for its owner."""

    use_required_attribute = False

    what = forms.ChoiceField(
        label="办理情况",
        widget=forms.RadioSelect,
        error_messages={"required": "请选办理情况。", "invalid_choice": "请选列出的。"},
    )
    text = _line("说明", 200, help_text="办得怎么样，一两句就行。延期的写明原因。")
    on = DayField(label="日期", help_text="可以写 今天、昨天、12.6")
    due_on = DueField(label="新的期限", help_text="只在延期时填")

    def __init__(self, *args, decision, **kwargs):
        super().__init__(*args, **kwargs)
        What = DecisionStep.What
        open_ones = [What.DONE, What.PROGRESS, What.POSTPONED]
        self.fields["what"].choices = [(w.value, w.label) for w in ([What.REOPENED] if decision.done_on else open_ones)]
        self.decision = decision

    def clean_on(self):
        day = self.cleaned_data["on"]
        if day and day > timezone.localdate():
            raise ValidationError("这一天还没有到，请核对。")
        if day and day < self.decision.meeting.held_on:
            raise ValidationError("这一天还没有开会，请核对。")
        return day

    def clean(self):
        super().clean()
        what, text = self.cleaned_data.get("what"), self.cleaned_data.get("text", "")
        if what in ("postponed", "progress", "reopened") and not text and "text" not in self.errors:
            self.add_error(
                "text", {"postponed": "写明延期的原因。", "reopened": "写明为什么重新办。"}.get(what, "写一两句进展。")
            )
        if what == "postponed" and "due_on" not in self.errors:
            self._check_due()
        return self.cleaned_data

    def _check_due(self):
        due = self.cleaned_data.get("due_on")
        if not due:
            self.add_error("due_on", "写清延到哪一天。")
            return
        try:
            day = day_after(due, self.cleaned_data.get("on") or timezone.localdate())
        except ValueError as fault:
            self.add_error("due_on", str(fault))
            return
        if day is None or self.decision.due_on and day <= self.decision.due_on:
            self.add_error("due_on", "新的期限要在原来的期限之后。")
        self.cleaned_data["due_on"] = day


class ObjectionForm(Worded, forms.Form):
    """有误: what is wrong, for whoever wrote the minutes."""

    use_required_attribute = False

    note = WrittenReason(label="哪里不对")
