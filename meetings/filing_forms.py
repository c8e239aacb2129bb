"""The page on which a meeting is entered or changed, as one form."""

import re

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone

from accounts.fields import DayField
from meetings.circle import FOUND
from meetings.fields import UNDECIDED_WORDS, ClockField, DueField, day_after, line
from meetings.filing import Came, Guest, Minutes, Resolved
from meetings.models import Attendance, Meeting
from meetings.permissions import PUBLIC
from office.chinese.names import clean_name, name_problem

Status = Attendance.Status
NOT_LISTED, UNDECIDED = "", "none"
AWAY = (Status.LEAVE, Status.ABSENT)
MOST_DECISIONS, MOST_GUESTS, MOST_EXTRA = 30, 20, 40
LONGEST_TITLE = 80
_KEY = re.compile(r"[1-9][0-9]{0,17}")


def _choice(label, choices, *, invalid="请选列出的。", **kwargs):
    return forms.ChoiceField(
        label=label, choices=choices, error_messages={"invalid_choice": invalid}, **{"required": False, **kwargs}
    )


class FilingForm(forms.Form):
    """One meeting on one page. `circle` tells who may come, `open_decisions` what earlier meetings left open.

    Rows repeat by number (text-0, text-1 …); how many there are stands in the page itself, so that a round trip to the
    server adds one and keeps everything. `numbered` are decisions that have their number already (a change).

    Of the sides at the table only those `opened` show their people to be marked; on the others it stays with `marks`,
    person → (status, reason), which is also what an opened side begins with.
    """

    use_required_attribute = False

    held_on = DayField(label="日期", help_text="日期可以写：今天、昨天、12.6。")
    held_at = ClockField(label="时间", required=False)
    place = line("地点", 60)
    title = line("议题", LONGEST_TITLE, help_text="议题留空，就用第一条决定。")
    recorder = line("记录人", 40, "w-m")
    discussion = forms.CharField(
        label="讨论情况",
        required=False,
        max_length=20_000,
        error_messages={"max_length": "最多20000个字，现在有%(show_value)d个。"},
        widget=forms.Textarea(attrs={"rows": 5}),
    )
    undecided = forms.BooleanField(label="本次没有决定", required=False)

    def __init__(
        self,
        *args,
        circle,
        marks,
        opened=(),
        open_decisions=(),
        numbered=(),
        rows=(0, 1),
        **kwargs,
    ):
        super().__init__(*args, **kwargs)
        self.circle, self.marks, self.open_decisions = circle, marks, list(open_decisions)
        self.opened = [side for side in circle.sides if side in opened or side == FOUND]
        self.numbered = {decision.pk: decision for decision in numbered}
        sent = rows_in(self.data) if self.is_bound else (0, 0)
        self.guest_count, self.decision_count = map(max, sent, rows)
        self._add_table()
        self._add_guests()
        self._add_decisions()
        for decision in self.open_decisions:
            choices = [("", "仍在办"), ("done", "已办结")]
            self.fields[f"before-{decision.pk}"] = _choice("进展", choices)
            self.fields[f"outcome-{decision.pk}"] = line("结果", 200)
        for field in self.fields.values():
            if isinstance(field.widget, (forms.TextInput, forms.Textarea)):
                field.widget.attrs.pop("autocomplete", None)  # 整张表都不要，不必格格说
                field.widget.attrs["class"] = f"form-control {field.widget.attrs.get('class', '')}".strip()

    def _add_table(self):
        self.fields["chair"] = _choice("主持人", [("", "未记录"), *self._people()])
        bodies = [(str(body.pk), str(body)) for body in self.circle.bodies if body != self.circle.convener]
        if bodies:
            self.fields["bodies"] = forms.MultipleChoiceField(
                label="一起开会的组织",
                choices=bodies,
                required=False,
                widget=forms.CheckboxSelectMultiple,
                error_messages={"invalid_choice": "请选列出的。"},
            )
        choices = [(NOT_LISTED, "不在其中"), *Status.choices]
        for seat in self.circle.seats:
            if seat.side in self.opened:
                status, note = self._stood(seat)
                self.fields[f"status-{seat.person}"] = _choice(seat.name, choices, initial=status)
                self.fields[f"note-{seat.person}"] = line(f"{seat.name}没来的原因", 60, initial=note)

    def _stood(self, seat):
        return self.marks.get(seat.person, (NOT_LISTED, ""))

    def _add_guests(self):
        for n in range(self.guest_count):
            self.fields[f"guest-{n}"] = line("来宾姓名", 40, "w-m")
            self.fields[f"unit-{n}"] = line("单位", 60, "w-l")
            self.fields[f"keep-{n}"] = forms.BooleanField(label="以后还会来", required=False)

    def _add_decisions(self):
        owners = self._owners()
        for n in range(self.decision_count):
            self.fields[f"key-{n}"] = forms.CharField(required=False, widget=forms.HiddenInput)
            self.fields[f"text-{n}"] = line("定了什么", 200)
            self.fields[f"owner-{n}"] = _choice("谁办", owners)
            self.fields[f"due-{n}"] = DueField(label="哪天前")

    def _people(self):
        """Whoever may take the chair or a decision: of the convener and of the opened sides, and those named already.
        People of one name stand with their compound."""
        first = next(iter(self.circle.sides), "")
        return [
            (f"p{seat.person}", seat.label)
            for seat in self.circle.seats
            if seat.owns and (seat.side in (first, *self.opened) or seat.person in self.marks)
        ]

    def _owners(self):
        """Bodies and people who may be given a decision."""
        bodies = [(f"b{body.pk}", str(body)) for body in self.circle.bodies]
        groups = [("组织", bodies), ("人员", self._people())]
        return [("", "请选"), (UNDECIDED, "未定"), *((name, rows) for name, rows in groups if rows)]

    # --- What the template walks over ---

    @property
    def roll(self):
        """The opened sides, one row a person: status, and a reason where one is due. A side is unfolded where it is
        the first or says something."""
        sides = []
        for side in self.opened:
            rows = [self._row(seat) for seat in self.circle.sides[side]]
            is_open = not sides or any(row["mark"] or row["tick"] or row["status"].errors for row in rows)
            sides.append({"side": side, "rows": rows, "ticks": rows[0]["tick"], "open": is_open})
        return sides

    def _row(self, seat):
        status, note = self[f"status-{seat.person}"], self[f"note-{seat.person}"]
        mark = status.value() or NOT_LISTED
        return {
            "seat": seat,
            "status": status,
            "mark": mark,
            "note": note,
            "wants_reason": mark in AWAY or bool(note.value()),
            "tick": seat.ticked and mark in (NOT_LISTED, Status.PRESENT),
        }

    @property
    def closed(self):
        """The other sides, in words: side, how many, whether they are expected, what stands of them."""
        return [
            {
                "side": side,
                "count": len(seats),
                "expected": any(seat.expected for seat in seats),
                "said": self._in_words(seats),
            }
            for side, seats in self.circle.sides.items()
            if side not in self.opened
        ]

    def _in_words(self, seats):
        """应到18人，到会17人；请假：史明; empty where nobody is marked."""
        names = {}
        for seat in seats:
            names.setdefault(self._stood(seat)[0], []).append(seat.name)
        expected = sum(len(names.get(status, ())) for status in (Status.PRESENT, *AWAY))
        came = len(names.get(Status.PRESENT, ()))
        said = [f"应到{expected}人，{'全部到会' if came == expected else f'到会{came}人'}"] if expected else []
        for status in (*AWAY, Status.OBSERVER):
            if status in names:
                said.append(f"{status.label}：{'、'.join(names[status])}")
        return "；".join(said)

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
        seats = self.circle.seats
        if seats and not any(self._mark(seat)[0] == Status.PRESENT for seat in seats):
            first = f"status-{seats[0].person}"
            self.add_error(first if first in self.fields else None, "还没有人到会，请看一看到会情况。")

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
            chair=int(found["chair"][1:]) if found["chair"] else None,
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
            status, note = self._mark(seat)
            if status:
                yield Came(seat.person, status, seat.represents[:60], "" if status == Status.PRESENT else note)

    def _mark(self, seat):
        """(status, reason) as the page says it, or as it stood where the page does not speak of this side."""
        if seat.side not in self.opened:
            return self._stood(seat)
        return tuple(self.cleaned_data.get(f"{name}-{seat.person}", "") for name in ("status", "note"))

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
    """What a new page says before anybody wrote on it, beside who is there."""
    bodies = [str(body.pk) for body in circle.bodies if body != circle.convener]
    return {"held_on": today, "recorder": recorder, "place": place, "bodies": bodies}


def first_marks(circle):
    """Everybody expected is there."""
    return {seat.person: (Status.PRESENT, "") for seat in circle.seats if seat.expected}


def values_of(meeting, decisions):
    """(the page's fields as a record has them, how many guests), for a change."""
    values = {
        name: getattr(meeting, name) for name in ("held_on", "held_at", "place", "title", "recorder", "discussion")
    }
    values["chair"] = f"p{meeting.chair_id}" if meeting.chair_id else ""
    values["bodies"] = [str(row.body_id) for row in meeting.bodies.all() if row.body_id]
    guests = 0
    for row in meeting.attendance.filter(person=None).order_by("pk"):
        values |= {f"guest-{guests}": row.guest, f"unit-{guests}": row.represents}
        guests += 1
    for n, decision in enumerate(decisions):
        person, body = decision.owner_person_id, decision.owner_body_id
        owner = f"p{person}" if person else f"b{body}" if body else UNDECIDED
        values[f"key-{n}"] = decision.pk
        values |= {f"text-{n}": decision.text, f"owner-{n}": owner, f"due-{n}": decision.due_on or UNDECIDED_WORDS[0]}
    values["undecided"] = not decisions
    return values, guests


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
    unticked = [seat for seat in form.circle.seats if seat.side in fields.getlist("side")]
    return {f"status-{seat.person}": NOT_LISTED for seat in unticked} | values


def extra_people(fields):
    """Ids of people found by name that the page carries along."""
    return [int(text) for text in fields.getlist("extra")[:MOST_EXTRA] if text.isascii() and _KEY.fullmatch(text)]
