"""The deeds of a branch's election up to the meeting: opening, voters, candidates, and its end without a result.

Counts stand in branches.ballots, the result in branches.election_results.

Nobody votes in this system (R-148). Every deed takes the `version` its page was read at and refuses when the election
has moved on; what cannot be raises ValidationError by field, all of it at once, in Chinese.
"""

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils import timezone

from branches import counting, election_steps, voters
from branches.election_steps import Office
from branches.formation import counts_of_branches
from branches.models import Ballot, BallotName, Branch, BranchCase, Election, ElectionHelper, ElectionVoter
from members.models import BRANCH_OFFICERS, Post
from office.audit import trail
from office.rulebook import rules

Kind, State = Election.Kind, Election.State
OPEN = (State.PREPARING, State.HELD)
KINDS = {Branch.State.APPROVED: (Kind.FORMATION,), Branch.State.RUNNING: (Kind.TERM, Kind.BY)}
MOST_SEATS = 11


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
    current = locked(election, version, State.PREPARING)
    found = voters.voters(current.branch_id, timezone.localdate())
    wrong = [one.name for one in found if one.counted and one.member in left_out and not left_out[one.member].strip()]
    if wrong:
        raise ValidationError(f"{'、'.join(wrong)}不计入应到，请写明原因。")
    _list_voters(current, found, left_out)
    counted = current.voters.filter(counted=True).count()
    moved(current, "branches.election_saved", by, changes={"应到": (None, f"{counted}人")})


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
    current = locked(election, version, State.PREPARING)
    today = timezone.localdate()
    may = voters.eligible(current.branch_id, today)
    ballots = {ballot.office: ballot for ballot in current.ballots.all()}
    chosen = {office: list(dict.fromkeys(persons)) for office, persons in chosen.items() if office in ballots}
    problems = _candidate_problems(current, ballots, chosen, may, today)
    problems.update(_helper_problems(chosen, helpers, may))
    problems.update(_day_problems(nominated_on, agreed_on, agreed_paper, today))
    short = short_of_standing(chosen, may, today)
    if short and not reason:
        cite = rules.rule("secretary_min_standing_years", today).cite
        problems["reason"] = f"{short}（{cite}），写明理由可以继续。"
    if problems:
        raise ValidationError(problems)
    for office, ballot in ballots.items():
        put_names(ballot, chosen.get(office, []), may)
    if short:
        ballots[Office.SECRETARY].note = reason
        ballots[Office.SECRETARY].save()
    _put_helpers(current, helpers)
    current.nominated_on, current.agreed_on, current.agreed_paper = nominated_on, agreed_on, agreed_paper
    named = {Office(office).label: "、".join(may[p].name for p in persons) for office, persons in chosen.items()}
    moved(current, "branches.election_saved", by, changes={k: (None, v) for k, v in named.items()}, reason=reason)


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
        committee |= set(officers_of(election).values_list("person_id", flat=True))
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


def short_of_standing(chosen, may, on):
    """What the chosen secretary {office: persons} lacks of the usual standing, in words; "" where nothing (R-128)."""
    said = [voters.standing_short(may[p], on) for p in chosen.get(Office.SECRETARY, []) if p in may]
    return "；".join(filter(None, said))


def put_names(ballot, persons, may):
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


# ── 取消、无效 ──


@transaction.atomic
def stop(election, *, reason, void=False, version, by):
    """取消 before the vote, or 无效 afterwards (R-142, R-150): what was entered stays readable, a new one may begin."""
    current = locked(election, version, *OPEN)
    if not void and current.state != State.PREPARING:
        raise ValidationError("已经投票，只能记为无效。")
    ballot = current.ballots.order_by("id").first()
    ballot.note = reason
    ballot.save()
    current.state = State.VOID if void else State.CANCELLED
    verb = "branches.election_void" if void else "branches.election_cancelled"
    moved(current, verb, by, reason=reason)


# ── 先后 ──


def locked(election, version, *states):
    """The election as it stands, locked. Raises Stale when it moved on, ValidationError when the step is past.

    Its branch is locked before it, as by a 批复 that dissolves the branch and cancels what is open: the later waits.
    """
    Branch.objects.select_for_update(of=("self",)).get(pk=election.branch_id)
    current = Election.objects.select_for_update(of=("self",)).select_related("branch").get(pk=election.pk)
    if current.version != version:
        raise Stale(current)
    if current.state not in states:
        raise ValidationError(f"这次选举现在是“{current.get_state_display()}”，这一步已经过了。")
    return current


def moved(election, verb, by, *, changes=None, reason=""):
    """Save the election one version on, with its trail."""
    election.version += 1
    election.save()
    trail.record(verb, election, by=by, changes=changes, reason=reason)


def officers_of(election):
    """The posts of those who lead the election's branch now."""
    return Post.objects.filter(body=election.branch_id, title__in=BRANCH_OFFICERS, ends_on=None)
