"""Forms of an election: what is elected, who does not count, the candidates, the tally sheet, the result."""

from django import forms

from accounts.fields import DayField, WrittenReason
from accounts.forms import Worded
from branches.election_results import COMMITTEE_TITLES
from branches.election_steps import Office
from branches.elections import KINDS, MOST_SEATS
from branches.models import Election, ElectionHelper
from members.models import Post

TORN = "这张表不完整，请重新打开这一页再写。"
MOST_VOTES = 9999
WRITE_INS = 4
SPARE_LINES = 3  # more come after saving
Helper = ElectionHelper.Kind
PLACES = {Helper.CHIEF: 1, Helper.SCRUTINEER: 2, Helper.TELLER: 3}  # how many of each the form asks for


def _version():
    return forms.IntegerField(
        label="", min_value=0, max_value=2**31 - 1, widget=forms.HiddenInput,
        error_messages=dict.fromkeys(("required", "invalid", "min_value", "max_value"), TORN),
    )  # fmt: skip


def _line(label, most, **kwargs):
    return forms.CharField(label=label, max_length=most, **{"required": False, **kwargs})


def _number(label, *, most=MOST_VOTES, required=True, **kwargs):
    words = {
        "invalid": f"{label}写数字，例如 16。",
        "min_value": f"{label}不能小于0。",
        "max_value": f"{label}太大了，请核对。",
    }
    return forms.IntegerField(
        label=label, min_value=0, max_value=most, required=required, error_messages=words,
        widget=forms.TextInput(attrs={"inputmode": "numeric", "class": "form-control w-s", "autocomplete": "off"}),
        **kwargs,
    )  # fmt: skip


def _ticks(label, people):
    words = {"required": f"请选{label}。", "invalid_choice": "请从列出的人里选。", "invalid_list": "请从列出的人里选。"}
    return forms.TypedMultipleChoiceField(
        label=label, choices=people, coerce=int, error_messages=words,
        widget=forms.CheckboxSelectMultiple(attrs={"class": "form-check-input"}),
    )  # fmt: skip


def _one_of(label, people, empty="请选择", **kwargs):
    words = {"required": f"请选{label}。", "invalid_choice": "请从列出的人里选。"}
    return forms.TypedChoiceField(
        label=label, choices=[("", empty), *people], coerce=int, empty_value=None, error_messages=words, **kwargs
    )


def helper_fields(kind):
    """Names of the fields for those who watch over the count; the first carries what is said of the kind."""
    return [kind.value if n == 1 else f"{kind.value}_{n}" for n in range(1, PLACES[kind] + 1)]


class _Step(Worded, forms.Form):
    """A step of an election, read at one version of it."""

    version = _version()

    def __init__(self, *args, election, **kwargs):
        super().__init__(*args, **kwargs)
        self.election = election
        self.initial["version"] = election.version


class OpenForm(Worded, forms.Form):
    """What is elected. A committee has 3 to 5 members as a rule; other numbers want a reason."""

    kind = forms.ChoiceField(
        label="哪一种选举", widget=forms.RadioSelect,
        error_messages={"required": "请选哪一种选举。", "invalid_choice": "请选列出的。"},
    )  # fmt: skip
    seats = _number(
        "应选委员", most=MOST_SEATS, required=False, help_text="设支部委员会的填几名，一般3至5名；不设委员会的留空。"
    )
    secretary = forms.BooleanField(label="选书记", required=False, initial=True)
    deputy = forms.BooleanField(label="选副书记", required=False)
    reason = _line("理由", 200, help_text="和一般规定不同的才写，例如委员超过5名。")

    def __init__(self, *args, branch, **kwargs):
        super().__init__(*args, **kwargs)
        kinds = KINDS.get(branch.state, ())
        self.fields["kind"].choices = [(kind.value, kind.label) for kind in kinds]
        if len(kinds) == 1:
            self.initial["kind"] = kinds[0].value

    def facts(self):
        """What branches.elections.open_election takes."""
        found = self.cleaned_data
        return {
            "kind": Election.Kind(found["kind"]),
            "seats": found["seats"] or 0,
            "secretary": found["secretary"],
            "deputies": int(found["deputy"]),
            "reason": found["reason"],
        }


class VotersForm(_Step):
    """Who of those with 选举权 is not counted among 应到, and why; nobody chosen: everybody counts."""

    def __init__(self, *args, voters, left_out=None, **kwargs):
        super().__init__(*args, **kwargs)
        self.people = [one for one in voters if one.counted]
        mine = {one.member for one in self.people}
        left_out = {person: why for person, why in (left_out or {}).items() if person in mine}
        self.lines = range(1, len(left_out) + SPARE_LINES + 1)
        choices = [(one.member, one.name) for one in self.people]
        for number in self.lines:
            self.fields[f"who_{number}"] = _one_of(f"第{number}名", choices, empty="—", required=False)
            self.fields[f"why_{number}"] = _line(
                f"第{number}名不计入的原因", 60, widget=forms.TextInput(attrs={"class": "form-control"})
            )
        for number, (person, why) in enumerate(left_out.items(), start=1):
            self.initial |= {f"who_{number}": person, f"why_{number}": why}

    def rows(self):
        """(who, why) line by line."""
        return [(self[f"who_{number}"], self[f"why_{number}"]) for number in self.lines]

    def clean(self):
        found, seen = super().clean(), set()
        for number in self.lines:
            who, why = found.get(f"who_{number}"), found.get(f"why_{number}")
            if who and not why and f"why_{number}" not in self.errors:
                self.add_error(f"why_{number}", "请写明原因，例如 年老体弱，卧床不起。")
            if why and not who and f"who_{number}" not in self.errors:
                self.add_error(f"who_{number}", "请选是谁。")
            if who in seen:
                self.add_error(f"who_{number}", "这个人上面已经写了。")
            seen |= {who} - {None}
        return found

    def left_out(self):
        """{person: reason}."""
        found = self.cleaned_data
        return {found[f"who_{n}"]: found[f"why_{n}"] for n in self.lines if found[f"who_{n}"]}


class CandidatesForm(_Step):
    """Candidates by office, the superior's consent, and who watches over the count."""

    nominated_on = DayField(label="提名日期", help_text="上届委员会按多数人意见提出；不设委员会的由党员推荐。")
    agreed_on = DayField(label="上级同意日期", required=False, help_text="镇党委审查同意以后再填；填了才能印选票。")
    agreed_paper = _line("上级同意的依据", 40, help_text="文号，或者镇党委会的日期。")
    reason = _line("理由", 200, help_text="书记候选人党龄不满1年等，和一般规定不同的才写。")

    def __init__(self, *args, people, ballots, **kwargs):
        super().__init__(*args, **kwargs)
        self.offices = [ballot.office for ballot in ballots]
        own, election = {}, self.election
        for ballot in ballots:
            label = f"{ballot.get_office_display()}候选人"
            if ballot.office == Office.COMMITTEE:
                own[ballot.office] = _ticks(label, people)
            else:
                own[ballot.office] = _one_of(label, people)
        for kind in Helper:
            for number, name in enumerate(helper_fields(kind), start=1):
                label = kind.label if number == 1 else f"{kind.label}{number}"
                own[name] = _one_of(label, people, empty="不设", required=False)
        self.fields |= own
        consent = ("nominated_on", "agreed_on", "agreed_paper")
        self.order_fields([*self.offices, "reason", *consent])
        self.initial |= {name: getattr(election, name) for name in consent}

    def main(self):
        """The fields above those who watch over the count."""
        mine = [name for kind in Helper for name in helper_fields(kind)]
        return [field for field in self.visible_fields() if field.name not in mine]

    def helpers(self):
        """The fields of those who watch over the count."""
        return [self[name] for kind in Helper for name in helper_fields(kind)]

    def facts(self):
        """What branches.elections.set_candidates takes."""
        found = dict(self.cleaned_data)
        helpers = {kind: [found.pop(name) for name in helper_fields(kind)] for kind in Helper}
        chosen = {office: found.pop(office) for office in self.offices}
        chosen = {office: persons if isinstance(persons, list) else [persons] for office, persons in chosen.items()}
        helpers = {kind: [one for one in persons if one] for kind, persons in helpers.items()}
        return {"chosen": chosen, "helpers": helpers, **found}


class CountForm(_Step):
    """One ballot's tally sheet as it was counted on paper; with the first ballot, where and with whom it was held."""

    def __init__(self, *args, ballot, printed, people, first, who, present=None, expected=None, **kwargs):
        super().__init__(*args, **kwargs)
        self.ballot, self.printed, self.first = ballot, printed, first
        if first:
            self.fields["held_on"] = DayField(label="选举日期")
            self.fields["place"] = _line("地点", 60)
            self.fields["expected"] = _number(f"应到会{who}")
            self.fields["present"] = _number(f"实到会{who}")
            self.fields["expected_note"] = _line("应到说明", 200, help_text="和名单上的人数不同才写。")
            self.fields["introduced"] = forms.BooleanField(
                label="投票前已介绍候选人的简历、实绩和主要优缺点", required=False,
                widget=forms.CheckboxInput(attrs={"class": "form-check-input"}),
            )  # fmt: skip
        self.fields["voters"] = _number("投票时在场")
        for name, label in (("issued", "发出选票"), ("returned", "收回选票"), ("void", "废票")):
            self.fields[name] = _number(label)
        for row in printed:
            for key, label in (("a", "赞成"), ("d", "不赞成"), ("x", "弃权")):
                self.fields[f"{key}{row.pk}"] = _number(f"{row.person.name}{label}")
        for number in range(1, WRITE_INS + 1):
            self.fields[f"w{number}"] = _one_of(f"另选他人第{number}名", people, empty="—", required=False)
            self.fields[f"v{number}"] = _number(f"另选第{number}名得票", required=False)
        self._start(present, expected)
        for field in self.fields.values():
            if field.label and not isinstance(field, forms.BooleanField):
                field.error_messages["required"] = f"请填写{field.label}。"
                field.widget.attrs.setdefault("aria-label", field.label)
            if isinstance(field.widget, forms.TextInput):
                own = field.widget.attrs.get("class", "")
                field.widget.attrs["class"] = own if "form-control" in own else f"form-control {own}".strip()

    def _start(self, present, expected):
        ballot, election = self.ballot, self.election
        self.initial |= {
            "held_on": election.held_on,
            "place": election.place,
            "expected": election.expected if election.expected is not None else expected,
            "present": election.present,
            "expected_note": election.expected_note,
            "introduced": election.introduced,
            "voters": ballot.voters if ballot.voters is not None else present,
            "issued": ballot.issued,
            "returned": ballot.returned,
            "void": ballot.void,
        }
        for row in self.printed:
            self.initial |= {f"a{row.pk}": row.approve, f"d{row.pk}": row.disapprove, f"x{row.pk}": row.abstain}

    def put_written(self, rows):
        """Fill in who was written in, as entered before."""
        for number, row in enumerate(rows[:WRITE_INS], start=1):
            self.initial |= {f"w{number}": row.person_id, f"v{number}": row.approve}

    def rows(self):
        """(name, 赞成, 不赞成, 弃权) for the table."""
        return [(row.person.name, *(self[f"{key}{row.pk}"] for key in "adx")) for row in self.printed]

    def written(self):
        """(who, votes) for 另选他人."""
        return [(self[f"w{number}"], self[f"v{number}"]) for number in range(1, WRITE_INS + 1)]

    @property
    def wrote(self):
        """Whether the box for 另选他人 is to stand open."""
        return any(field.value() or field.errors for pair in self.written() for field in pair)

    def clean(self):
        found = super().clean()
        for number in range(1, WRITE_INS + 1):
            who, votes = found.get(f"w{number}"), found.get(f"v{number}")
            if who and not votes and f"v{number}" not in self.errors:
                self.add_error(f"v{number}", "写这个人得了几票。")
            if votes and not who and f"w{number}" not in self.errors:
                self.add_error(f"w{number}", "选是哪一个人。")
        return found

    def meeting(self):
        """The facts of the meeting, None for a later ballot."""
        names = ("held_on", "place", "expected", "present", "expected_note", "introduced")
        return {name: self.cleaned_data[name] for name in names} if self.first else None

    def count(self):
        """What branches.ballots.record takes as count."""
        found = self.cleaned_data
        written = ((found[f"w{n}"], found[f"v{n}"]) for n in range(1, WRITE_INS + 1))
        return {
            **{name: found[name] for name in ("voters", "issued", "returned", "void")},
            "votes": {row.pk: tuple(found[f"{key}{row.pk}"] for key in "adx") for row in self.printed},
            "written": [(who, votes) for who, votes in written if who],
        }


class AgainForm(_Step):
    """The names of the next vote."""

    def __init__(self, *args, people, suggested=(), **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["persons"] = _ticks("候选人", people)
        self.initial["persons"] = list(suggested)


class ConcludeForm(_Step):
    """What the result still needs: the committee's work, where the secretary comes from and why one of short standing,
    the base where they differ."""

    def __init__(self, *args, divide, elects_secretary, differs, unexplained, source="", **kwargs):
        super().__init__(*args, **kwargs)
        self.divide = divide
        if elects_secretary:
            self.fields["source"] = forms.ChoiceField(
                label="书记来源", choices=Post.Source, widget=forms.RadioSelect, initial=source,
                error_messages={"required": "请选书记的来源。", "invalid_choice": "请选列出的。"},
            )  # fmt: skip
        if unexplained:
            said = {"required": f"{unexplained}，写明理由可以继续。"}
            self.fields["standing_reason"] = WrittenReason(label="书记党龄不足，为什么选", error_messages=said)
        for name in divide:
            choices = [("", "请选择"), *((title.value, title.label) for title in COMMITTEE_TITLES)]
            self.fields[f"t{name.person_id}"] = forms.ChoiceField(
                label=f"{name.person.name}的分工", choices=choices,
                error_messages={"required": f"请选{name.person.name}的分工。", "invalid_choice": "请选列出的。"},
            )  # fmt: skip
        if differs:
            self.fields["base_reason"] = WrittenReason(label="按哪种基数算，为什么")

    def facts(self):
        """What branches.election_results.conclude takes."""
        found = self.cleaned_data
        return {
            "titles": {name.person_id: found[f"t{name.person_id}"] for name in self.divide},
            "source": found.get("source", ""),
            "base_reason": found.get("base_reason", ""),
            "standing_reason": found.get("standing_reason", ""),
            "version": found["version"],
        }


class StopForm(_Step):
    reason = WrittenReason(label="原因", help_text="例如：到会人数不足五分之四，改期再选。")


class ApproveForm(_Step):
    """The superior's approval and the filing."""

    approved_on = DayField(label="批准日期", help_text="镇党委批准书记、副书记的那一天。")
    approval_paper = forms.CharField(label="批准文号", max_length=40, help_text="没有编号的写会议名称和日期。")
    filed_on = DayField(label="备案日期", required=False, help_text="向上级组织部门备案；还没有备案的先不填。")
    filing_no = _line("备案回执号", 40)
