"""The arithmetic of a branch's election: quorum, candidates, the count of the ballots and who is elected.

Pure: numbers in, numbers and Chinese sentences out; every limit comes from the rulebook at the day of the election
(R-142, R-143, R-148…R-152). Nobody votes in this system; what is counted was counted on paper.
"""

from collections.abc import Iterable
from dataclasses import dataclass, fields
from datetime import date

from office.chinese.numbers import chinese_number
from office.chinese.strokes import stroke_key
from office.rulebook import rules

PRESENT, EXPECTED = "present", "expected"  # election_majority_base
BASES = {PRESENT: "实到会", EXPECTED: "应到会"}
NAMED_AT_MOST = 20


@dataclass(frozen=True)
class Quorum:
    """Whether an election may be held with so many of so many (R-142)."""

    expected: int
    present: int
    needed: int
    holds: bool
    formula: str


@dataclass(frozen=True)
class Line:
    """One name on a tally sheet; 另选他人 (`written_in`) has approvals only (R-149)."""

    person: int
    name: str
    written_in: bool = False
    approve: int = 0
    disapprove: int = 0
    abstain: int = 0


@dataclass(frozen=True)
class Sheet:
    """One count: `voters` present at this ballot of `expected` who should be, and what came of the ballots.

    `by_committee`: the committee voted, not the members' meeting (R-126).
    """

    seats: int
    voters: int
    expected: int
    issued: int
    returned: int
    void: int
    lines: tuple[Line, ...]
    by_committee: bool = False

    @property
    def valid(self) -> int:
        """Ballots that count: 收回 less 废票."""
        return self.returned - self.void


@dataclass(frozen=True)
class Outcome:
    """Who is elected on one base of the majority: persons by votes, those tied at the cut, places still open.

    `conclusion` is a sentence for the page, `next` what has to be done about open places ("" when all are filled).
    """

    elected: tuple[int, ...]
    tied: tuple[int, ...]
    passed: tuple[int, ...]
    open_seats: int
    base: str
    needed: int
    conclusion: str
    next: str


def quorum(expected: int, present: int, on: date) -> Quorum:
    """16 of 20 hold: 16×5≥20×4，达到五分之四. Raises ValueError in Chinese when more came than should (实到>应到)."""
    if present > expected:
        raise ValueError(f"实到{present}人，多于应到{expected}人，请核对。")
    limit = rules.rule("election_quorum", on)
    part, whole = limit.value.numerator, limit.value.denominator
    holds = limit.holds_of(present, expected)
    share = f"{chinese_number(whole)}分之{chinese_number(part)}"
    formula = f"{present}×{whole}{'≥' if holds else '＜'}{expected}×{part}，{'达到' if holds else '不足'}{share}"
    return Quorum(expected, present, limit.count_of(expected), holds, formula)


def candidates_needed(seats: int, on: date) -> int:
    """The fewest candidates for so many committee seats (R-143): 3 → 4, 5 → 6, 7 → 9."""
    return rules.candidates_needed(seats, on)


def candidates_formula(seats: int, on: date) -> str:
    """3＋3×20%＝3.6，进为4: how the number of candidates comes about."""
    share = rules.rule("election_candidate_surplus", on).value
    exact, needed = seats + share * seats, candidates_needed(seats, on)
    if exact == needed:
        return f"{seats}＋{seats}×{_percent(share)}＝{needed}"
    return f"{seats}＋{seats}×{_percent(share)}＝{float(exact):g}，进为{needed}"


def impossibilities(sheet: Sheet, on: date) -> list[str]:
    """Everything in the numbers that cannot be, all at once, each with its formula; empty for a sound count."""
    if negative := _negative(sheet):
        return negative
    return [*_ballots(sheet, on), *_sums(sheet), *_choices(sheet, on)]


def is_void(sheet: Sheet, on: date) -> bool:
    """Whether more ballots came back than went out: the election is void and held again (R-150)."""
    return sheet.returned > rules.rule("election_ballots_returned", on).value * sheet.issued


def outcome(sheet: Sheet, base: str, on: date) -> Outcome:
    """Who is elected when more than half of `base` approve (R-151); by votes where too many pass, nobody of those
    tied at the cut, and what is left open (R-152). Of equal votes the names go by 姓氏笔画, as on the ballot."""
    whole = sheet.voters if base == PRESENT else sheet.expected
    needed = rules.rule("election_majority", on).count_of(whole)
    passed = sorted((one for one in sheet.lines if one.approve >= needed), key=_by_votes)
    elected, tied = passed[: sheet.seats], []
    if len(passed) > sheet.seats:
        cut = passed[sheet.seats - 1].approve
        if passed[sheet.seats].approve == cut:
            elected = [one for one in passed if one.approve > cut]
            tied = [one for one in passed if one.approve == cut]
    left = sheet.seats - len(elected)
    who = "委员" if sheet.by_committee else "有选举权的党员"
    half = f"{BASES[base]}{who}{whole}名，超过半数须{needed}票"
    return Outcome(
        _persons(elected), _persons(tied), _persons(passed), left, base, needed,
        f"{half}；{_elected_words(elected, sheet.seats)}", _next(tied, left),
    )  # fmt: skip


def both(sheet: Sheet, on: date) -> tuple[Outcome, Outcome]:
    """The outcome by those present and by those who should be: sources differ on the base (R-151)."""
    return outcome(sheet, PRESENT, on), outcome(sheet, EXPECTED, on)


def differ(one: Outcome, other: Outcome) -> bool:
    """Whether the two bases elect different people."""
    return set(one.elected) != set(other.elected)


def order(names: Iterable[tuple[int, str]]) -> list[int]:
    """Persons in the order of a committee's ballot: 姓氏笔画 (R-148). Secretary and deputy keep the superior's order."""
    return [person for person, _ in sorted(names, key=lambda one: _by_strokes(*one))]


def _by_strokes(person, name):
    return stroke_key(name), name, person


def _by_votes(line):
    return -line.approve, _by_strokes(line.person, line.name)


def _persons(lines):
    return tuple(one.person for one in lines)


def _percent(share):
    return f"{float(share * 100):g}%"


def _names(lines):
    words = "、".join(one.name for one in lines[:NAMED_AT_MOST])
    return words + ("等" if len(lines) > NAMED_AT_MOST else "")


def _elected_words(elected, seats):
    return f"应选{seats}名，当选{len(elected)}名" + (f"：{_names(elected)}" if elected else "")


def _next(tied, left):
    if tied:
        return f"{_names(tied)}票数相等，余下{left}名对他们再投一次。"
    return f"余下{left}名没有选出，再选，或者按规定减少名额。" if left else ""


def _negative(sheet):
    numbers = [sheet.seats, sheet.voters, sheet.expected, sheet.issued, sheet.returned, sheet.void]
    for line in sheet.lines:
        numbers += [getattr(line, one.name) for one in fields(line) if one.name in ("approve", "disapprove", "abstain")]
    return ["票数不能小于0。"] if min(numbers) < 0 else []


def _ballots(sheet, on):
    if sheet.voters > sheet.expected:
        yield f"投票时在场{sheet.voters}人，多于应到{sheet.expected}人。"
    if sheet.issued > sheet.voters:
        yield f"发出选票{sheet.issued}张，多于在场有选举权的{sheet.voters}人。"
    if is_void(sheet, on):
        yield f"收回选票{sheet.returned}张＞发出{sheet.issued}张，选举无效，应当重新选举。"
    if sheet.void > sheet.returned:
        yield f"废票{sheet.void}张，多于收回的{sheet.returned}张。"


def _sums(sheet):
    """Each printed name is approved, disapproved or abstained from on every valid ballot."""
    for line in sheet.lines:
        if line.written_in:
            if line.disapprove or line.abstain:
                yield f"{line.name}是另选的人，只记得票，没有不赞成和弃权。"
            if line.approve > max(sheet.valid, 0):
                yield f"{line.name}得{line.approve}票，多于有效票{sheet.valid}张。"
            continue
        total = line.approve + line.disapprove + line.abstain
        if total != sheet.valid:
            sums = f"赞成{line.approve}＋不赞成{line.disapprove}＋弃权{line.abstain}＝{total}"
            yield f"{line.name}：{sums}，应等于收回{sheet.returned}－废票{sheet.void}＝{sheet.valid}。"


def _choices(sheet, on):
    """No valid ballot chooses more than there are seats; who writes in another has disapproved of a name."""
    approvals = sum(line.approve for line in sheet.lines)
    most = sheet.seats * max(sheet.valid, 0)
    if approvals > rules.rule("election_ballot_choices", on).value * most:
        yield f"赞成票合计{approvals}＞应选{sheet.seats}名×有效票{sheet.valid}张＝{most}，每张票最多选{sheet.seats}名。"
    written = sum(line.approve for line in sheet.lines if line.written_in)
    against = sum(line.disapprove for line in sheet.lines if not line.written_in)
    if written > against:
        yield f"另选他人得票合计{written}＞不赞成票合计{against}，投不赞成票的才能另选他人。"
