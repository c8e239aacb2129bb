"""The deeds of a branch's election: opening, voters, candidates, the counts entered from paper, the result, the filing.

Nobody votes in this system (R-148). Every deed takes the `version` its page was read at and refuses when the election
has moved on; what cannot be raises ValidationError by field, all of it at once, in Chinese.
"""

from datetime import date, timedelta

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils import timezone

from branches import cases, counting, election_steps, voters
from branches.election_steps import Office
from branches.formation import counts_of_branches
from branches.models import Ballot, BallotName, Branch, BranchCase, Election, ElectionHelper, ElectionVoter
from members import posts
from members.models import BRANCH_OFFICERS, Post
from office.audit import trail
from office.chinese.dates import cn_date
from office.rulebook import rules

Kind, State = Election.Kind, Election.State
OPEN = (State.PREPARING, State.HELD)
KINDS = {Branch.State.APPROVED: (Kind.FORMATION,), Branch.State.RUNNING: (Kind.TERM, Kind.BY)}
MOST_SEATS = 11
REDUCED = "到会的多数选举人同意，名额减为"


class Stale(ValidationError):
    """Somebody was quicker; `election` is the row as it stands now."""

    def __init__(self, election):
        super().__init__("这次选举刚才有人改过，请再看一遍，然后办理。")
        self.election = election


# ── 开始 ──


def findings(branch, kind, seats, on):
    """What the rulebook says against these seats (R-121, R-122; warnings), each with its article."""
    if kind == Kind.BY:
        return []
    counts = counts_of_branches([branch.pk]).get(branch.pk)
    full, said = counts.full if counts else 0, []
    enough, no_committee = rules.rule("committee_min_full_members", on), not seats
    if no_committee and enough.holds(full):
        said.append(f"正式党员{full}名，应当设支部委员会（{enough.cite}）。")
    if no_committee:
        return said
    if not enough.holds(full):
        said.append(f"正式党员{full}名，不足{enough.value}名的不设支部委员会（{enough.cite}）。")
    for key in ("committee_seats_min", "committee_seats_usual_max"):
        limit = rules.rule(key, on)
        if not limit.holds(seats):
            said.append(f"应选委员{seats}名：{limit.statement}（{limit.cite}）")
    return said


@transaction.atomic
def open_election(branch, *, kind, seats=0, secretary=True, deputies=0, reason="", by):
    """Begin an election of the branch: its ballots and today's voters. `seats` 0: no committee is elected.

    `secretary` and `deputies` say whether these are elected as well. W findings want a reason.
    """
    today = timezone.localdate()
    branch = Branch.objects.select_for_update(of=("self",)).select_related("body").get(pk=branch.pk)
    if kind not in KINDS.get(branch.state, ()):
        raise ValidationError({"kind": f"{branch}现在是“{branch.get_state_display()}”，不能办这种选举。"})
    if not (seats or secretary or deputies):
        raise ValidationError({"secretary": "选一项要选的职务。"})
    if not 0 <= seats <= MOST_SEATS or deputies not in (0, 1):
        raise ValidationError({"seats": f"委员名额在 0 到 {MOST_SEATS} 之间。"})
    said = findings(branch, kind, seats, today)
    if said and not reason:
        raise ValidationError({"reason": [*said, "写明理由可以继续。"]})
    committee = bool(seats) or kind == Kind.BY and branch.has_committee
    case = BranchCase.objects.filter(branch=branch.pk, state=BranchCase.State.APPROVED).first()
    election = Election(
        branch_id=branch.pk, kind=kind, case=case if kind == Kind.FORMATION else None, has_committee=committee,
        seats=seats, deputies=deputies, opened_by=by,
    )  # fmt: skip
    try:
        with transaction.atomic():
            election.save()
    except IntegrityError:
        raise ValidationError("这个支部已有一次选举在办，先办完那一次。") from None
    wanted = {Office.COMMITTEE: seats, Office.SECRETARY: int(secretary), Office.DEPUTY: deputies}
    ballots = [Ballot(election=election, office=office, seats=n) for office, n in wanted.items() if n]
    ballots[0].note = reason
    Ballot.objects.bulk_create(ballots)
    _list_voters(election, voters.voters(branch.pk, today), {})
    changes = {"类别": (None, election.get_kind_display()), "应选": (None, seats_words(wanted))}
    trail.record("branches.election_opened", election, by=by, changes=changes, reason=reason)
    return election


def seats_words(wanted):
    """委员3名、书记1名."""
    return "、".join(f"{office.label}{n}名" for office, n in wanted.items() if n)


# ── 选举人、候选人 ──


@transaction.atomic
def set_voters(election, *, left_out, version, by):
    """应到: today's voters, less those `left_out` {person: reason}, who stay listed with the reason."""
    current = _locked(election, version, State.PREPARING)
    found = voters.voters(current.branch_id, timezone.localdate())
    wrong = [one.name for one in found if one.counted and one.member in left_out and not left_out[one.member].strip()]
    if wrong:
        raise ValidationError(f"{'、'.join(wrong)}不计入应到，请写明原因。")
    _list_voters(current, found, left_out)
    counted = current.voters.filter(counted=True).count()
    _moved(current, "branches.election_saved", by, changes={"应到": (None, f"{counted}人")})


def _list_voters(election, found, left_out):
    election.voters.all().delete()
    ElectionVoter.objects.bulk_create(
        ElectionVoter(
            election=election,
            member_id=one.member,
            counted=one.counted and one.member not in left_out,
            reason=one.why_not or left_out.get(one.member, ""),
        )
        for one in found
    )


@transaction.atomic
def set_candidates(election, *, chosen, helpers, nominated_on, agreed_on=None, agreed_paper="",
                   reason="", version, by):  # fmt: skip
    """The candidates {office: persons}, the superior's consent, and who watches over the count {kind: persons}.

    Refused: fewer candidates than the surplus asks (R-143, with the formula), anybody without 被选举权 (R-141), a
    candidate as 监票人 or 计票人 (R-147). A secretary of short standing wants a reason (R-128).
    """
    current = _locked(election, version, State.PREPARING)
    today = timezone.localdate()
    may = voters.eligible(current.branch_id, today)
    ballots = {ballot.office: ballot for ballot in current.ballots.all()}
    chosen = {office: list(dict.fromkeys(persons)) for office, persons in chosen.items() if office in ballots}
    problems = _candidate_problems(current, ballots, chosen, may, today)
    problems.update(_helper_problems(chosen, helpers, may))
    problems.update(_day_problems(nominated_on, agreed_on, agreed_paper, today))
    short = _short(chosen, may, today)
    if short and not reason:
        cite = rules.rule("secretary_min_standing_years", today).cite
        problems["reason"] = f"{short}（{cite}），写明理由可以继续。"
    if problems:
        raise ValidationError(problems)
    for office, ballot in ballots.items():
        _name(ballot, chosen.get(office, []), may)
    if short:
        ballots[Office.SECRETARY].note = reason
        ballots[Office.SECRETARY].save()
    _put_helpers(current, helpers)
    current.nominated_on, current.agreed_on, current.agreed_paper = nominated_on, agreed_on, agreed_paper
    named = {Office(office).label: "、".join(may[p].name for p in persons) for office, persons in chosen.items()}
    _moved(current, "branches.election_saved", by, changes={k: (None, v) for k, v in named.items()}, reason=reason)


def _candidate_problems(election, ballots, chosen, may, on):
    problems = {}
    for office, ballot in ballots.items():
        persons, label = chosen.get(office, []), ballot.get_office_display()
        if any(person not in may for person in persons):
            problems[office] = f"{label}候选人只能是本支部有被选举权的正式党员。"
        elif office == Office.COMMITTEE:
            if short := too_few(ballot.seats, len(persons), on):
                problems[office] = short
        elif len(persons) != ballot.seats:
            problems[office] = f"请选{label}候选人{ballot.seats}名。"
    secretary, deputy = (chosen.get(office, []) for office in (Office.SECRETARY, Office.DEPUTY))
    if set(secretary) & set(deputy):
        problems.setdefault(Office.DEPUTY, "书记和副书记的候选人不能是同一个人。")
    for office, persons in ((Office.SECRETARY, secretary), (Office.DEPUTY, deputy)):
        if election.has_committee and not _from_committee(election, persons, chosen):
            problems.setdefault(office, f"{Office(office).label}在委员里产生，请从委员候选人里选。")
    return problems


def too_few(seats, candidates, on):
    """The refusal, with its formula, where candidates are fewer than the surplus asks; "" where they are enough."""
    if candidates >= counting.candidates_needed(seats, on):
        return ""
    formula, rule = counting.candidates_formula(seats, on), rules.rule("election_candidate_surplus", on)
    return f"应选{seats}名，候选人至少{counting.candidates_needed(seats, on)}名（{formula}；{rule.cite}），现在{candidates}名。"


def _from_committee(election, persons, chosen):
    committee = set(chosen.get(Office.COMMITTEE, []))
    if election.kind in election_steps.STAYS:
        committee |= set(_officers(election).values_list("person_id", flat=True))
    return set(persons) <= committee


def _helper_problems(chosen, helpers, may):
    candidates = {person for persons in chosen.values() for person in persons}
    seen, problems = set(), {}
    for kind, persons in helpers.items():
        label = ElectionHelper.Kind(kind).label
        for person in persons:
            if person in candidates:
                name = may[person].name if person in may else "候选人"
                cite = rules.principle("scrutineer_not_candidate").cite
                problems[kind] = f"{name}是候选人，不能担任{label}（{cite}）。"
            elif person not in may:
                problems[kind] = f"{label}从本支部有选举权的党员里选。"
            elif person in seen:
                problems[kind] = f"{may[person].name}只能担任一项。"
            seen.add(person)
    return problems


def _day_problems(nominated_on, agreed_on, agreed_paper, today):
    problems = {}
    if nominated_on is None or nominated_on > today:
        problems["nominated_on"] = "写提名的日期，不能晚于今天。"
    if agreed_on and (agreed_on > today or nominated_on and agreed_on < nominated_on):
        problems["agreed_on"] = "上级同意的日期在提名以后，不能晚于今天。"
    if agreed_on and not agreed_paper:
        problems["agreed_paper"] = "写上级同意的文号或者会议名称。"
    if agreed_paper and not agreed_on:
        problems["agreed_on"] = "写上级同意的日期。"
    return problems


def _short(chosen, may, on):
    said = [voters.standing_short(may[p], on) for p in chosen.get(Office.SECRETARY, []) if p in may]
    return "；".join(filter(None, said))


def _name(ballot, persons, may):
    """Put these persons on the ballot: a committee's by strokes, others as the superior has them (R-148)."""
    if ballot.office == Office.COMMITTEE:
        persons = counting.order((person, may[person].name) for person in persons)
    ballot.names.all().delete()
    BallotName.objects.bulk_create(
        BallotName(ballot=ballot, person_id=person, position=number) for number, person in enumerate(persons, start=1)
    )


def _put_helpers(election, helpers):
    election.helpers.all().delete()
    ElectionHelper.objects.bulk_create(
        ElectionHelper(election=election, person_id=person, kind=kind) for kind in helpers for person in helpers[kind]
    )


# ── 计票 ──


@transaction.atomic
def record(election, ballot, count, *, meeting=None, version, by):
    """Enter the count of one ballot from its tally sheet; a wrong entry is put right the same way until the next count.

    `meeting` (held_on, place, expected, present, expected_note, introduced) comes with the first ballot. `count` holds voters,
    issued, returned, void, `votes` {BallotName.pk: (赞成, 不赞成, 弃权)} and `written` [(person, votes)].
    """
    current = _locked(election, version, *OPEN)
    progress = election_steps.read(current)
    ballot = next(one for one in progress.ballots if one.pk == ballot.pk)
    _refuse_out_of_turn(progress, ballot)
    if is_first(progress, ballot):
        _hold(current, progress, meeting)
    may = voters.eligible(current.branch_id, current.held_on)
    whole = election_steps.expected(progress, ballot)
    lines = _lines(progress, ballot, count, may)
    sheet = counting.Sheet(
        ballot.seats, count["voters"], whole, count["issued"], count["returned"], count["void"], tuple(lines)
    )
    problems = _ballot_quorum(current, ballot, sheet)
    problems += counting.impossibilities(sheet, current.held_on)
    if problems:
        raise ValidationError(problems)
    _keep(progress, ballot, sheet)
    current.state = State.HELD
    words = f"发出{sheet.issued}、收回{sheet.returned}、废票{sheet.void}"
    _moved(current, "branches.election_held", by, changes={str(ballot): (None, words)})


def is_first(progress, ballot):
    """The ballot the meeting began with: its entry brings day, place, 应到 and 实到."""
    return ballot.pk == progress.ballots[0].pk


def entitled(progress):
    """应到 of the meeting by the lists: the voters, or the committee where it alone votes."""
    if election_steps.by_committee(progress.election, progress.ballots[0].office):
        return len(progress.committee)
    return progress.election.voters.filter(counted=True).count()


def may_correct(progress):
    """The ballot entered last, which may be entered once more; None before the first or after the conclusion."""
    counted = progress.counted
    return counted[-1] if counted and progress.election.state == State.HELD else None


def _refuse_out_of_turn(progress, ballot):
    last = may_correct(progress)
    turn = progress.step == election_steps.COUNT and progress.ballot.pk == ballot.pk
    if not turn and (last is None or last.pk != ballot.pk):
        raise ValidationError("现在轮不到这张选票，请回到选举页看下一步。")
    helpers = progress.election.helpers.all()
    if missing := election_steps.missing_to_count(progress, helpers):
        raise ValidationError("还没有：" + "、".join(missing))


def _hold(election, progress, meeting):
    """Keep when and where the meeting was and who was there. Raises ValidationError by field."""
    today, problems = timezone.localdate(), {}
    held_on, expected, present = meeting["held_on"], meeting["expected"], meeting["present"]
    if held_on > today:
        problems["held_on"] = "选举那天还没有到，开完会再登记。"
    elif held_on < election.agreed_on:
        problems["held_on"] = f"上级{cn_date(election.agreed_on)}才同意候选人，选举不能在那以前。"
    listed = entitled(progress)
    if expected != listed and not meeting["expected_note"]:
        problems["expected_note"] = f"名单上应到{listed}人，这里写{expected}人，请写明差别。"
    if problems:
        raise ValidationError(problems)
    _refuse_quorum(expected, present, held_on)
    for fact in ("held_on", "place", "expected", "present", "expected_note", "introduced"):
        setattr(election, fact, meeting[fact])
    election.base = election_steps.base_on(election, held_on).value
    may = voters.eligible(election.branch_id, held_on)
    gone = [n.person.name for ballot in progress.ballots for n in progress.names[ballot.pk] if n.person_id not in may]
    if gone:
        raise ValidationError({"held_on": f"{'、'.join(dict.fromkeys(gone))}那天没有被选举权，请改候选人或者日期。"})


def _refuse_quorum(expected, present, on):
    try:
        found = counting.quorum(expected, present, on)
    except ValueError as refusal:
        raise ValidationError({"present": str(refusal)}) from None
    if not found.holds:
        need = f"应到{expected}人，至少{found.needed}人到会"
        raise ValidationError({"present": f"{found.formula}，选举不能进行：{need}。改期再开，或者把这次记为无效。"})


def _ballot_quorum(election, ballot, sheet):
    """The members' quorum holds for each of their ballots, the committee's for its own; more than came cannot vote."""
    if not election_steps.by_committee(election, ballot.office) and sheet.voters > election.present:
        return [f"投票时在场{sheet.voters}人，多于实到{election.present}人。"]
    if sheet.voters > sheet.expected:
        return []  # said by counting
    found = counting.quorum(sheet.expected, sheet.voters, election.held_on)
    return [] if found.holds else [f"投票时在场人数不够：{found.formula}。"]


def _lines(progress, ballot, count, may):
    printed = [name for name in progress.names[ballot.pk] if not name.written_in]
    for name in printed:
        yield counting.Line(name.person_id, name.person.name, False, *count["votes"].get(name.pk, (0, 0, 0)))
    allowed = set(may)
    if election_steps.by_committee(progress.election, ballot.office):
        allowed &= set(progress.committee)
    taken = {name.person_id for name in printed}
    taken |= {name.person_id for name in progress.elected[ballot.office] if name.ballot_id != ballot.pk}
    for person, votes in count["written"]:
        if person not in allowed or person in taken:
            name = may[person].name if person in may else "另选的人"
            raise ValidationError(f"{name}已经在选票上，或者没有被选举权，不能记为另选他人。")
        taken.add(person)
        yield counting.Line(person, may[person].name, True, votes)


def _keep(progress, ballot, sheet):
    """Write the count and who is elected on the town's base; what came of an earlier entry falls away: a round opened
    for the places it left, a number reduced to those it filled."""
    election = progress.election
    _restore_places(progress, ballot)
    for later in progress.ballots:
        if later.office == ballot.office and later.round > ballot.round:
            later.names.all().delete()
            later.delete()
    for fact in ("voters", "issued", "returned", "void"):
        setattr(ballot, fact, getattr(sheet, fact))
    ballot.save()
    result = counting.outcome(sheet, election.base, election.held_on)
    ballot.names.filter(written_in=True).delete()
    rows = {name.person_id: name for name in progress.names[ballot.pk] if not name.written_in}
    for line in sheet.lines:
        row = rows.get(line.person) or BallotName(ballot=ballot, person_id=line.person, written_in=True)
        row.approve, row.disapprove, row.abstain = line.approve, line.disapprove, line.abstain
        row.elected = line.person in result.elected
        row.save()


def _restore_places(progress, ballot):
    first = next(one for one in progress.ballots if one.office == ballot.office)
    if ballot.office == Office.COMMITTEE:
        progress.election.seats = first.seats
    elif ballot.office == Office.DEPUTY:
        progress.election.deputies = first.seats
    if ballot.note.startswith(REDUCED):
        ballot.note = ""


# ── 再投一次、减少名额 ──


@transaction.atomic
def put_up(election, persons, *, version, by):
    """The names of the next vote: a further round for places left open, or other names for a ballot not held yet.

    After a tie only the tied stand (R-152); else the surplus of R-143 holds for a committee's places.
    """
    current = _locked(election, version, State.HELD)
    progress = election_steps.read(current)
    if progress.step not in (election_steps.AGAIN, election_steps.NAMES):
        raise ValidationError("现在不用再提候选人，请回到选举页看下一步。")
    ballot, persons = progress.ballot, list(dict.fromkeys(persons))
    may = {person: one for person, one in may_stand(progress).items() if person in persons}
    left = progress.open[ballot.office]
    if problem := _again_problem(progress, persons, may, left):
        raise ValidationError({"persons": problem})
    if progress.step == election_steps.AGAIN:
        ballot = Ballot(election=current, office=ballot.office, round=ballot.round + 1, seats=left)
        ballot.save()
    _name(ballot, persons, may)
    words = "、".join(may[person].name for person in persons)
    _moved(current, "branches.election_saved", by, changes={str(ballot): (None, words)})
    return ballot


def may_stand(progress):
    """Who may stand in the next vote, {person: Voter}: those with 被选举权 that day who are not elected to the office."""
    election, office = progress.election, progress.ballot.office
    may = voters.eligible(election.branch_id, election.held_on)
    taken = {name.person_id for name in progress.elected[office]}
    taken |= {helper.person_id for helper in election.helpers.all()}
    if office != Office.COMMITTEE:
        taken |= {name.person_id for other in (Office.SECRETARY, Office.DEPUTY) for name in progress.elected[other]}
    if election_steps.by_committee(election, office):
        return {person: one for person, one in may.items() if person in progress.committee and person not in taken}
    return {person: one for person, one in may.items() if person not in taken}


def suggested(progress):
    """Whom the next vote is about: the tied, else those who were not elected in the last one."""
    names = progress.names[progress.ballot.pk]
    if progress.step == election_steps.NAMES:
        return ()
    tied = progress.chosen(progress.ballot).tied
    may = may_stand(progress)
    return tied or tuple(name.person_id for name in names if not name.elected and name.person_id in may)


def _again_problem(progress, persons, may, left):
    tied = progress.chosen(progress.ballot).tied if progress.step == election_steps.AGAIN else ()
    if tied and set(persons) != set(tied):
        return "票数相等的，只对这几个人再投一次。"
    if len(may) != len(persons):
        return "候选人从列出的人里选。"
    if progress.ballot.office == Office.COMMITTEE:
        return "" if tied else too_few(left, len(persons), progress.election.held_on)
    return "" if tied or len(persons) == left else f"选{left}名。"


@transaction.atomic
def fewer_seats(election, *, version, by):
    """The meeting leaves open places empty where most of the voters there agree (R-152)."""
    current = _locked(election, version, State.HELD)
    progress = election_steps.read(current)
    if not may_reduce(progress):
        raise ValidationError("这项职务不能减少名额，请再投一次。")
    office, elected = progress.ballot.office, len(progress.elected[progress.ballot.office])
    if office == Office.COMMITTEE:
        current.seats = elected
    else:
        current.deputies = elected
    progress.ballot.note = f"{REDUCED}{elected}名"
    progress.ballot.save()
    _moved(current, "branches.election_saved", by, changes={f"应选{Office(office).label}": (None, f"{elected}名")})


def may_reduce(progress):
    """Whether places left open may stay empty: some of the committee, or the deputy; never the secretary."""
    if progress.step != election_steps.AGAIN or progress.chosen(progress.ballot).tied:
        return False
    office = progress.ballot.office
    return office == Office.DEPUTY or office == Office.COMMITTEE and bool(progress.elected[office])


# ── 结果 ──


@transaction.atomic
def conclude(election, *, titles, source="", base_reason="", standing_reason="", version, by):
    """The result stands: posts from the day of the election, the branch's term, a new branch begins to run.

    `titles` {person: Post.Title} divides the work among the committee; secretary and deputy have theirs from their own
    ballots. `source` is the secretary's (R-129). Where present and expected elect different people `base_reason` is
    wanted (R-151), and `standing_reason` for a secretary of short standing whom no reason was given for before the vote
    (R-128). Raises ValidationError, also that of members.posts where a seat is not free.
    """
    current = _locked(election, version, State.HELD)
    progress = election_steps.read(current)
    if progress.step != election_steps.CONCLUDE:
        raise ValidationError("还有没选出的职务，请先再投一次或者减少名额。")
    _refuse_unfinished(progress, titles, source, base_reason, standing_reason)
    branch = Branch.objects.select_for_update(of=("self",)).get(pk=current.branch_id)
    officers = _officers_of(progress, titles, _explained(progress) or standing_reason)
    _leave(progress, officers, by)
    how = Post.How.BY_ELECTION if current.kind == Kind.BY else Post.How.ELECTED
    for person, (title, reason) in officers.items():
        posts.take_up(
            person, current.branch, title, starts_on=current.held_on, how=how, reason=reason,
            source=source if title == Post.Title.SECRETARY else "", by=by,
        )  # fmt: skip
    _new_term(current, branch, by)
    for names in progress.elected.values():
        for name in names:
            name.title = officers[name.person][0]
            name.save()
    current.state, current.base_reason = State.CONCLUDED, base_reason
    words = "、".join(f"{person.name}（{Post.Title(title).label}）" for person, (title, _) in officers.items())
    _moved(current, "branches.election_concluded", by, changes={"当选": (None, words)}, reason=base_reason)


COMMITTEE_TITLES = (
    Post.Title.ORGANISATION,
    Post.Title.PUBLICITY,
    Post.Title.DISCIPLINE,
    Post.Title.COMMITTEE_MEMBER,
)


def to_divide(progress):
    """The elected members of the committee who are neither secretary nor deputy: their work is to be named."""
    special = {n.person_id for office in (Office.SECRETARY, Office.DEPUTY) for n in progress.elected[office]}
    return [name for name in progress.elected[Office.COMMITTEE] if name.person_id not in special]


def _refuse_unfinished(progress, titles, source, base_reason, standing_reason):
    problems = {}
    if (short := unexplained(progress)) and not standing_reason:
        problems["standing_reason"] = f"{short}，写明理由可以继续。"
    for name in to_divide(progress):
        if titles.get(name.person_id) not in COMMITTEE_TITLES:
            problems["titles"] = "给每名委员选一项分工。"
    single = [t for t in titles.values() if t != Post.Title.COMMITTEE_MEMBER]
    if len(single) != len(set(single)):
        problems["titles"] = "组织委员、宣传委员、纪检委员各选一人，其余的选“委员”。"
    if progress.elected[Office.SECRETARY] and source not in Post.Source.values:
        problems["source"] = "请选书记的来源（方案三、1）。"
    if progress.differing and not base_reason:
        cite = rules.rule("election_majority_base", progress.election.held_on).statement
        problems["base_reason"] = f"按实到和按应到算，结果不同。{cite}请写明按哪种算、为什么。"
    if problems:
        raise ValidationError(problems)


def _officers_of(progress, titles, reason):
    """{Person: (title, reason)} of everybody elected, secretary and deputy first; `reason` goes with the secretary's."""
    found = {}
    for office, title in ((Office.SECRETARY, Post.Title.SECRETARY), (Office.DEPUTY, Post.Title.DEPUTY_SECRETARY)):
        for name in progress.elected[office]:
            found[name.person] = (title, reason if title == Post.Title.SECRETARY else "")
    for name in to_divide(progress):
        found[name.person] = (titles[name.person_id], "")
    return found


def unexplained(progress):
    """What the elected secretary lacks of the usual standing and nobody has explained yet, in words (R-128)."""
    return "" if _explained(progress) else _lacking(progress)


def _explained(progress):
    """Why a secretary of short standing was put up all the same; "" where nobody said or there is nothing to say."""
    if not _lacking(progress):
        return ""
    (elected,) = progress.elected[Office.SECRETARY]
    return next(ballot.note for ballot in progress.ballots if ballot.pk == elected.ballot_id)


def _lacking(progress):
    day, elected = progress.election.held_on, progress.elected[Office.SECRETARY]
    may = voters.eligible(progress.election.branch_id, day)
    short = _short({Office.SECRETARY: [name.person_id for name in elected]}, may, day)
    return f"{short}（{rules.rule('secretary_min_standing_years', day).cite}）" if short else ""


def _officers(election):
    return Post.objects.filter(body=election.branch_id, title__in=BRANCH_OFFICERS, ends_on=None)


def _leave(progress, officers, by):
    """The former officers go the day before; a by-election ends only what the elected held here, and a 暂任."""
    election = progress.election
    last = election.held_on - timedelta(days=1)
    going = _officers(election).select_related("person")
    for post in going:
        if election.kind != Kind.BY:
            posts.end(post, ends_on=last, how=Post.EndedHow.TERM, by=by)
        elif _gives_way(post, officers):
            posts.end(post, ends_on=last, how=Post.EndedHow.MOVED, by=by)


def _gives_way(post, officers):
    taken = {title for title, _ in officers.values()}
    return post.person in officers or post.how == Post.How.ACTING and post.title in taken


def _new_term(election, branch, by):
    if election.kind == Kind.BY:
        return
    branch.has_committee = election.has_committee
    if election.kind == Kind.TERM:
        branch.term_ends_on = _term_end(election.held_on, branch.term_years)
    branch.save()
    if election.kind == Kind.FORMATION:
        cases.begin_running(branch, on=election.held_on, by=by)


def _term_end(start, years):
    """The last day of a term of so many years; None where the reply did not say how many (R-123)."""
    if years is None:
        return None
    try:
        again = start.replace(year=start.year + years)
    except ValueError:
        again = date(start.year + years, 3, 1)  # 2月29日
    return again - timedelta(days=1)


# ── 取消、无效、批准备案 ──


@transaction.atomic
def stop(election, *, reason, void=False, version, by):
    """取消 before the vote, or 无效 afterwards (R-142, R-150): what was entered stays readable, a new one may begin."""
    current = _locked(election, version, *OPEN)
    if not void and current.state != State.PREPARING:
        raise ValidationError("已经投票，只能记为无效。")
    ballot = current.ballots.order_by("id").first()
    ballot.note = reason
    ballot.save()
    current.state = State.VOID if void else State.CANCELLED
    verb = "branches.election_void" if void else "branches.election_cancelled"
    _moved(current, verb, by, reason=reason)


@transaction.atomic
def approve(election, *, approved_on, approval_paper, filed_on=None, filing_no="", version, by):
    """The superior approved secretary and deputy, and the committee is on file (R-112, R-126)."""
    current = _locked(election, version, State.CONCLUDED)
    today, problems = timezone.localdate(), {}
    for field, day in (("approved_on", approved_on), ("filed_on", filed_on)):
        if day and not current.held_on <= day <= today:
            problems[field] = f"日期在选举（{cn_date(current.held_on)}）以后，不能晚于今天。"
    if filing_no and filed_on is None:
        problems["filed_on"] = "写备案的日期。"
    if problems:
        raise ValidationError(problems)
    current.approved_on, current.approval_paper = approved_on, approval_paper
    current.filed_on, current.filing_no = filed_on, filing_no
    changes = {"批准": (None, f"{cn_date(approved_on)} {approval_paper}".strip())}
    changes |= {"备案": (None, f"{cn_date(filed_on)} {filing_no}".strip())} if filed_on else {}
    _moved(current, "branches.election_approved", by, changes=changes)


# ── 先后 ──


def _locked(election, version, *states):
    """The election as it stands, locked. Raises Stale when it moved on, ValidationError when the step is past."""
    current = Election.objects.select_for_update(of=("self",)).select_related("branch").get(pk=election.pk)
    if current.version != version:
        raise Stale(current)
    if current.state not in states:
        raise ValidationError(f"这次选举现在是“{current.get_state_display()}”，这一步已经过了。")
    return current


def _moved(election, verb, by, *, changes=None, reason=""):
    election.version += 1
    election.save()
    trail.record(verb, election, by=by, changes=changes, reason=reason)
