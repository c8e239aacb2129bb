"""One line of a roster, understood: cells become values, and what cannot be understood becomes a reason in words."""

import difflib
import re
from calendar import monthrange
from dataclasses import dataclass, field, replace
from datetime import date
from functools import lru_cache

from members.identity import fingerprint
from members.models import Member, Person
from office.chinese.dates import cn_date, parse_date
from office.chinese.digits import clean_phone, halfwidth, phone_problem
from office.chinese.idnumber import birth_date_of, clean_id, id_problem, sex_of
from office.chinese.names import clean_name, name_problem
from office.imports.kinds import Fault, Question
from office.sheets.columns import Column
from office.sheets.headers import lacking_columns

SEXES = {"男": Person.Sex.MALE, "女": Person.Sex.FEMALE}
STAGES = {
    "正式党员": Member.Stage.FULL,
    "正式": Member.Stage.FULL,
    "预备党员": Member.Stage.PROBATIONARY,
    "预备": Member.Stage.PROBATIONARY,
}
RELATIONS = {
    "直管": Member.Relation.DIRECT,
    "直管党员": Member.Relation.DIRECT,
    "在职报到": Member.Relation.IN_SERVICE,
    "在职": Member.Relation.IN_SERVICE,
    "报到": Member.Relation.IN_SERVICE,
    "流入": Member.Relation.FLOATING_IN,
    "流入党员": Member.Relation.FLOATING_IN,
}
BACKGROUNDS = {label: value for value, label in Member.Background.choices}
YES_NO = {"是": True, "否": False}

COLUMNS = (
    Column("name", "姓名", aliases=("党员姓名",), required=True, width=12, note="一格一个人。", example="张小明"),
    Column(
        "id_number",
        "公民身份号码",
        aliases=("身份证号", "身份证号码", "身份证", "公民身份证号码"),
        kind="id",
        width=22,
        note="选填。填了就能自动认出性别、出生日期，也能分清同名的人。",
    ),
    Column("sex", "性别", width=8, note="男或女；填了公民身份号码可以不填。", example="男"),
    Column(
        "birth_date",
        "出生日期",
        aliases=("出生年月日", "出生年月", "生日"),
        kind="date",
        width=16,
        note="写到日，例如 1968年3月5日。",
        example="1968年3月5日",
    ),
    Column(
        "phone",
        "联系电话",
        aliases=("手机", "手机号", "手机号码", "电话", "联系方式"),
        kind="phone",
        width=16,
        note="一格一个号码。",
        example="13800138000",
    ),
    Column(
        "stage",
        "人员类别",
        aliases=("党员类别",),
        required=True,
        width=12,
        note="正式党员或预备党员。",
        example="正式党员",
    ),
    Column(
        "relation",
        "关系类别",
        aliases=("管理类别", "组织关系类别"),
        required=True,
        width=12,
        note="直管：组织关系在本社区；在职报到：组织关系在单位；流入：外地党员在本社区参加活动。",
        example="直管",
    ),
    Column(
        "compound", "居住小区", aliases=("小区", "所在小区", "所属小区"), width=16, note="本社区的小区，从下拉里选。"
    ),
    Column(
        "branch",
        "所在党支部",
        aliases=("党支部", "所属党支部", "支部", "所属支部", "所在支部", "支部名称"),
        width=22,
        note="直管党员必填；在职报到的写报到的小区党支部。",
    ),
    Column(
        "joined_on",
        "加入党组织日期",
        aliases=("入党时间", "入党日期", "入党年月", "加入党组织时间"),
        kind="date",
        width=18,
        note="例如 2001年7月1日；只知道年月的写 2001年7月。",
        example="2001年7月1日",
    ),
    Column(
        "full_on",
        "转为正式党员日期",
        aliases=("转正时间", "转正日期", "转正年月", "转为正式党员时间"),
        kind="date",
        width=18,
        note="预备党员不填。",
        example="2002年7月1日",
    ),
    Column("background", "身份", aliases=("人员身份",), width=14, example="离退休"),
    Column(
        "employer_org",
        "单位党组织",
        aliases=("工作单位党组织", "单位"),
        width=22,
        note="在职报到的写组织关系所在的单位党组织。",
    ),
    Column("door", "楼栋房号", aliases=("房号", "门牌号"), width=14, example="3栋502"),
    Column("owns_unit", "本小区业主", aliases=("是否业主", "业主"), width=12, note="是或否。", example="是"),
)
# Columns of our own lists, which come back as they went out: the key tells who is meant, the others are only shown.
KEY_COLUMN = Column("key", "系统编号", width=12)
SHOWN_ONLY = (Column("posts", "职务"), Column("lacks", "还缺", aliases=("待补",)), Column("standing", "党籍状态"))
# A row with a key may do without these; of the others they are asked for below.
ASKED_OF_NEW = ("stage", "relation")
READ_COLUMNS = (
    *(replace(column, required=column.required and column.key not in ASKED_OF_NEW) for column in COLUMNS),
    KEY_COLUMN,
    *SHOWN_ONLY,
)
TITLES = {column.key: column.title for column in READ_COLUMNS}
CHOICES = {
    "sex": tuple(SEXES),
    "stage": ("正式党员", "预备党员"),
    "relation": ("直管", "在职报到", "流入"),
    "background": tuple(BACKGROUNDS),
    "owns_unit": tuple(YES_NO),
}
_WORDS = {"sex": SEXES, "stage": STAGES, "relation": RELATIONS, "background": BACKGROUNDS, "owns_unit": YES_NO}
_HAS_YEAR = re.compile(r"[0-9]{4}")
_YEAR_AND_TENTH = re.compile(r"[0-9]{4}\.1")
_KEY = re.compile(r"[Pp]([0-9]{1,17})")
STARS = "带星号的号码和系统里的对不上。要改就写完整的号码，不改就清空这一格。"
BLANK = "blank"
MOST_PLACES_ASKED = 50  # different unknown names in one file; beyond that it is not our table
LONGEST_ASKED = 40


@dataclass
class Entry:
    """What one line says. `person` and `membership` hold only what was filled in; blank is not delete.

    `implied` holds what follows from the line (sex and birth date from the ID number, the branch from the compound):
    it fills what is unknown and never overrides what somebody wrote.
    """

    row: int
    key: int | None = None
    name: str = ""
    id_number: str = ""
    fingerprint: str | None = None
    person: dict = field(default_factory=dict)
    membership: dict = field(default_factory=dict)
    implied: dict = field(default_factory=dict)

    @property
    def phone(self):
        return self.person.get("phone", "")


class UnknownPlace(ValueError):
    """No such compound or branch in this community; `nearest` are names that look like it."""

    def __init__(self, message, nearest):
        super().__init__(message)
        self.nearest = nearest


class Places:
    """The compounds and branches a roster of one community may name, and those it may not."""

    def __init__(self, community, compounds, branches, covering):
        """`compounds` (pk, community, name), `branches` (pk, community, short name, full name), `covering` pairs."""
        self._compounds, self._foreign_compounds = self._sorted(
            community, ((pk, home, [name]) for pk, home, name in compounds)
        )
        self._branches, self._foreign_branches = self._sorted(
            community, ((pk, home, [short, full]) for pk, home, short, full in branches)
        )
        self.compounds = {pk: name for pk, home, name in compounds if home == community}
        self.branches = {pk: short for pk, home, short, full in branches if home == community}
        self._covering = {}
        for compound, branch in covering:
            self._covering.setdefault(compound, set()).add(branch)

    @staticmethod
    def _sorted(community, rows):
        own, foreign = {}, set()
        for pk, home, names in rows:
            for name in names:
                if home == community:
                    own.setdefault(_plain(name), set()).add(pk)
                else:
                    foreign.add(_plain(name))
        return own, foreign

    def compound(self, name):
        """The compound's id. Raises ValueError with the reason, UnknownPlace where somebody may know which is meant."""
        return self._found(name, self._compounds, self._foreign_compounds, self.compounds, "小区")

    def branch(self, name):
        return self._found(name, self._branches, self._foreign_branches, self.branches, "党支部")

    def branch_covering(self, compound):
        """The one branch that covers the compound today; None where there is none or more than one."""
        branches = self._covering.get(compound, ())
        return next(iter(branches)) if len(branches) == 1 else None

    @staticmethod
    def _found(name, own, foreign, known, what):
        found = own.get(_plain(name), ())
        if len(found) == 1:
            return next(iter(found))
        if found:
            raise ValueError(f"本社区有 {len(found)} 个“{name[:30]}”，请写全称。")
        if _plain(name) in foreign:
            raise ValueError(f"“{name[:30]}”是其他社区的{what}，不能导入到本社区。")
        names = list(known.values())
        nearest = difflib.get_close_matches(name[:LONGEST_ASKED], names, n=3, cutoff=0.34)
        nearest = nearest or (names if len(names) <= 5 else [])
        hint = f"是不是：{'、'.join(nearest)}？" if nearest else "请从模板的下拉选项里选。"
        raise UnknownPlace(f"本社区没有“{name[:30]}”这个{what}。{hint}", nearest)


@lru_cache(maxsize=1_000)
def _plain(name):
    return re.sub(r"\s", "", halfwidth(name))


class Understanding:
    """Reads the lines of one file, collecting every fault and every question.

    `known` maps a row to the person its 系统编号 names; `answers` are those remembered, by question.
    """

    def __init__(self, reading, *, community, places, today, answers):
        self.community = community
        self.places = places
        self.today = today
        self.answers = answers
        self.known = {}
        self.faults = []
        self.notices = []
        self.questions = {}
        self.open = {}  # rows that wait for an answer, with the questions
        self.aside = {}  # rows that an answer puts aside, with the words for it
        self._asked_places = set()
        self._rows = {row.number: row for row in reading.rows}
        self._refused = {(error.row, error.column_key) for error in reading.errors}
        for error in reading.errors:
            self.fault(error.row, error.column_key, error.message)

    def keys(self):
        """{row: number of the person} from 系统编号; what is no such number is a fault."""
        found = {}
        for row in self._rows.values():
            text = halfwidth(self._text(row, "key")).strip()
            if not text:
                continue
            if match := _KEY.fullmatch(text):
                found[row.number] = int(match[1])
            else:
                self.fault(row.number, "key", "这不是系统编号（P 加数字）。不知道的请清空这一格。")
        return found

    def lacking(self):
        """Why the head does not do for people without a key, in words; nothing where it does."""
        first = next(iter(self._rows.values()))
        absent = [TITLES[key] for key in ASKED_OF_NEW if not first[key].address]
        if not absent or self.known.keys() >= self._rows.keys():
            return []
        return [lacking_columns(absent)]

    def entries(self, progress=None):
        """The lines understood. `progress(done, total)` is told now and then."""
        found = []
        for row in self._rows.values():
            found.append(self._entry(row))
            if progress and len(found) % 500 == 0:
                progress(len(found), len(self._rows))
        return found

    def refused_any(self, row, keys):
        """Whether one of these cells of the row was refused already."""
        return any((row, key) in self._refused for key in keys)

    def fault(self, row, key, message):
        self._refused.add((row, key))
        address = self._rows[row][key].address if key else ""
        self.faults.append(Fault(row, key, message, address or f"第 {row} 行", TITLES.get(key, "整行")))

    def ask(self, row, told, text, choices):
        """The remembered answer, or "" for a question that is still open and holds the row back.

        `told` are the facts the question is about: the same facts in the next file are the same question.
        """
        key = self.question_key(told)
        values = {value for value, _ in choices}
        answer = self.answers.get(key, "")
        answer = answer if answer in values else ""
        if key in self.questions:
            self.questions[key].rows += 1
        else:
            self.questions[key] = Question(key, row, text, choices, answer)
        if not answer:
            self.open.setdefault(row, []).append(text)
        return answer

    def question_key(self, told):
        return fingerprint("\0".join(map(str, told)), self.community.town_id)

    def remembered(self, told):
        return self.answers.get(self.question_key(told), "")

    def text_of(self, row, key):
        return self._rows[row].text(key)

    def _entry(self, row):
        entry = Entry(row.number, key=self.known[row.number].pk if row.number in self.known else None)
        self._name(row, entry)
        self._id_number(row, entry)
        self._phone(row, entry)
        for key in ("sex", "stage", "relation", "background", "owns_unit"):
            self._choice(row, key, entry)
        self._birth_date(row, entry)
        for key in ("joined_on", "full_on"):
            self._past_date(row, key, entry)
        _settle_coarse_date(entry.membership)
        self._home(row, entry)
        for key in ("employer_org", "door"):
            self._short_text(row, key, entry)
        self._agrees_with_id(row, entry)
        return entry

    def _text(self, row, key):
        """The cell's words on one line; nothing for a cell that was refused already."""
        return "" if (row.number, key) in self._refused else " ".join(row.text(key).split())

    def _name(self, row, entry):
        text = row.text("name")
        if not text or (row.number, "name") in self._refused:
            return
        if problem := name_problem(text):
            self.fault(row.number, "name", problem)
        else:
            entry.name = clean_name(text)

    def _id_number(self, row, entry):
        text = self._text(row, "id_number")
        if not text or self._still_masked(row, "id_number", text, "masked_id"):
            return
        if problem := id_problem(text, today=self.today):
            self.fault(row.number, "id_number", problem)
            return
        entry.id_number = clean_id(text)
        entry.fingerprint = fingerprint(entry.id_number, self.community.town_id)
        entry.implied["sex"] = sex_of(entry.id_number)
        entry.implied["birth_date"] = birth_date_of(entry.id_number)

    def _phone(self, row, entry):
        text = self._text(row, "phone")
        if not text or self._still_masked(row, "phone", text, "masked_phone"):
            return
        if problem := phone_problem(text):
            self.fault(row.number, "phone", problem)
        else:
            entry.person["phone"] = clean_phone(text)

    def _still_masked(self, row, key, text, mask):
        """A number with stars is the one on record, as our list showed it, or a fault; True when that is settled."""
        text = halfwidth(text)
        if "*" not in text:
            return False
        person = self.known.get(row.number)
        if person is None or getattr(person, mask) != text:
            self.fault(row.number, key, STARS)
        return True

    def _choice(self, row, key, entry):
        text = self._text(row, key)
        if not text:
            if key in ASKED_OF_NEW and not self.refused_any(row.number, (key,)) and row.number not in self.known:
                self.fault(row.number, key, f"没有填“{TITLES[key]}”。")
            return
        target = entry.person if key == "sex" else entry.membership
        if text in _WORDS[key]:
            target[key] = _WORDS[key][text]
        else:
            self.fault(row.number, key, f"“{TITLES[key]}”只能填：{'、'.join(CHOICES[key])}。")

    def _date(self, row, key):
        """The date and its precision, or None; the faults are told."""
        text = halfwidth(self._text(row, key))
        if not text:
            return None
        if _YEAR_AND_TENTH.fullmatch(text) and row[key].kind == "number":
            self.fault(row.number, key, "分不清是 1 月还是 10 月：这一格存成了数字。请写成“2019年10月”这样再传。")
            return None
        if not _HAS_YEAR.search(text):
            self.fault(row.number, key, "请写上四位的年份，例如 2019年7月1日。")
            return None
        try:
            day, precision = parse_date(text, today=self.today)
        except ValueError as problem:
            self.fault(row.number, key, f"{problem}。")
            return None
        if day > self.today:
            self.fault(row.number, key, "这一天还没有到，请核对。")
            return None
        return day, precision

    def _birth_date(self, row, entry):
        found = self._date(row, "birth_date")
        if not found:
            return
        day, precision = found
        known = entry.implied.get("birth_date")
        person = self.known.get(row.number)
        born = person.birth_date if person else None
        if precision != "d" and born and cn_date(day, precision) == cn_date(born, precision):
            return  # 名单上只印到月
        if precision != "d" and known is None:
            self.fault(row.number, "birth_date", "出生日期请写到日，例如 1968年3月5日；填了公民身份号码的可以不填。")
        elif precision == "d":
            entry.person["birth_date"] = day

    def _past_date(self, row, key, entry):
        found = self._date(row, key)
        if found:
            entry.membership[key], entry.membership[key.replace("_on", "_precision")] = found

    def _home(self, row, entry):
        for key, column, find in (
            ("compound", "home_compound_id", self.places.compound),
            ("branch", "branch_id", self.places.branch),
        ):
            text = self._text(row, key)
            if not text:
                continue
            try:
                entry.membership[column] = find(text)
            except UnknownPlace as unknown:
                if chosen := self._ask_place(row, key, text, unknown):
                    entry.membership[column] = chosen
            except ValueError as problem:
                self.fault(row.number, key, str(problem))
        # 在职报到、流入的没写支部：报到在覆盖所住小区的那个支部。
        if entry.membership.get("relation") not in (None, Member.Relation.DIRECT) and not self._text(row, "branch"):
            compound = entry.membership.get("home_compound_id")
            if branch := self.places.branch_covering(compound):
                entry.implied["branch_id"] = branch

    def _ask_place(self, row, key, text, unknown):
        """The id of the place that somebody says is meant; None while that is open, or when the cell counts as blank."""
        self._asked_places.add(_plain(text))
        if len(text) > LONGEST_ASKED or len(self._asked_places) > MOST_PLACES_ASKED:
            self.fault(row.number, key, str(unknown))
            return None
        what, own = ("小区", self.places.compounds) if key == "compound" else ("党支部", self.places.branches)
        likely = [pk for name in unknown.nearest for pk, own_name in own.items() if own_name == name]
        others = [pk for pk in own if pk not in likely]
        choices = [(str(pk), own[pk]) for pk in (*likely, *others)] + [(BLANK, "都不是，先空着")]
        question = f"本社区没有“{text}”这个{what}，表里说的是哪一个？"
        answer = self.ask(row.number, (key, _plain(text)), question, choices)
        if not answer:
            self._refused.add((row.number, key))
        return int(answer) if answer and answer != BLANK else None

    def _short_text(self, row, key, entry):
        text = self._text(row, key)
        longest = Member._meta.get_field(key).max_length
        if len(text) > longest:
            self.fault(row.number, key, f"最多 {longest} 个字，现在是 {len(text)} 个字。")
        elif text:
            entry.membership[key] = text

    def _agrees_with_id(self, row, entry):
        """Sex must agree with the number; the birth date of the archives may differ (R-231), so that is only told."""
        if not entry.id_number:
            return
        if entry.person.get("sex", entry.implied["sex"]) != entry.implied["sex"]:
            self.fault(row.number, "sex", "性别和公民身份号码不一致，请核对是哪一个写错了。")
        if entry.person.get("birth_date", entry.implied["birth_date"]) != entry.implied["birth_date"]:
            self.notices.append(
                f"第 {row.number} 行的出生日期和公民身份号码不一致，按表里填的保存（档案里的日期可能不同）。"
            )


def _settle_coarse_date(membership):
    """转正“1970年”beside 入党 1970年7月15日 is no contradiction: the coarse date means no day before the exact one."""
    joined, full = membership.get("joined_on"), membership.get("full_on")
    if joined and full and full < joined <= last_day(full, membership["full_precision"]):
        membership["full_on"] = joined


def contradictions(values):
    """What cannot be true together, as (column key, reason): the same for what is typed and what is on record.

    `values` holds stage, relation, branch_id, birth_date, joined_on, joined_precision, full_on, and today.
    """
    joined, full, born = values.get("joined_on"), values.get("full_on"), values.get("birth_date")
    probationary = values.get("stage") == Member.Stage.PROBATIONARY
    if probationary and full:
        yield "full_on", "预备党员还没有转正，不应有“转为正式党员日期”。请核对人员类别。"
    elif joined and full and full < joined:
        yield "full_on", "转为正式党员日期早于加入党组织日期，请核对。"
    if born and joined and last_day(joined, values.get("joined_precision", "d")) < eighteenth_birthday(born):
        yield "joined_on", "加入党组织时不满 18 岁，请核对出生日期和入党日期。"
    elif born and not joined and values["today"] < eighteenth_birthday(born):
        yield "birth_date", "现在还不满 18 岁，不能是党员，请核对。"
    if values.get("relation") == Member.Relation.DIRECT and not values.get("branch_id"):
        yield "branch", "直管党员要写明所在党支部。"


def eighteenth_birthday(born):
    """29 February turns 18 on 1 March in a common year."""
    try:
        return born.replace(year=born.year + 18)
    except ValueError:
        return date(born.year + 18, 3, 1)


def last_day(day, precision):
    """The last day that a date known to the month or year may mean."""
    if precision == "y":
        return date(day.year, 12, 31)
    if precision == "m":
        return day.replace(day=monthrange(day.year, day.month)[1])
    return day
