"""The ballots of an election as their tally sheets have them: the counts, further rounds, places left empty.

Deeds like those of branches.elections: each takes the `version` its page was read at.
"""

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone

from branches import counting, election_steps, elections, voters
from branches.election_steps import Office
from branches.models import Ballot, BallotName, Election
from office.chinese.dates import cn_date

State = Election.State
REDUCED = "到会的多数选举人同意，名额减为"


@transaction.atomic
def record(election, ballot, count, *, meeting=None, version, by):
    """Enter the count of one ballot from its tally sheet; a wrong entry is put right the same way until the next count.

    `meeting` (held_on, place, expected, present, expected_note, introduced) comes with the first ballot. `count` holds voters,
    issued, returned, void, `votes` {BallotName.pk: (赞成, 不赞成, 弃权)} and `written` [(person, votes)].
    """
    current = elections.locked(election, version, *elections.OPEN)
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
    elections.moved(current, "branches.election_held", by, changes={str(ballot): (None, words)})


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
    current = elections.locked(election, version, State.HELD)
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
    elections.put_names(ballot, persons, may)
    words = "、".join(may[person].name for person in persons)
    elections.moved(current, "branches.election_saved", by, changes={str(ballot): (None, words)})
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
        return "" if tied else elections.too_few(left, len(persons), progress.election.held_on)
    return "" if tied or len(persons) == left else f"选{left}名。"


@transaction.atomic
def fewer_seats(election, *, version, by):
    """The meeting leaves open places empty where most of the voters there agree (R-152)."""
    current = elections.locked(election, version, State.HELD)
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
    elections.moved(
        current, "branches.election_saved", by, changes={f"应选{Office(office).label}": (None, f"{elected}名")}
    )


def may_reduce(progress):
    """Whether places left open may stay empty: some of the committee, or the deputy; never the secretary."""
    if progress.step != election_steps.AGAIN or progress.chosen(progress.ballot).tied:
        return False
    office = progress.ballot.office
    return office == Office.DEPUTY or office == Office.COMMITTEE and bool(progress.elected[office])
