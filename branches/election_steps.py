"""How far an election is: its ballots and rounds, who is elected, which places are open, and what comes next."""

from dataclasses import dataclass, field

from branches import counting
from branches.models import Ballot, Election
from members.models import BRANCH_OFFICERS, Post
from office.rulebook.towns import town_rule

Office, State = Ballot.Office, Election.State
OFFICES = (Office.COMMITTEE, Office.SECRETARY, Office.DEPUTY)  # in this order they are elected
COUNT, NAMES, AGAIN, CONCLUDE = "count", "names", "again", "conclude"
STAYS = (Election.Kind.BY,)  # a by-election leaves the other officers in their seats


@dataclass(frozen=True)
class Progress:
    """`ballots` in the order they were held; `step` is what comes next and `ballot` the one it is about.

    `names[ballot.pk]` are its rows, `elected` and `open` go by office, `committee` are the persons who vote for
    secretary and deputy where there is a committee.
    """

    election: Election
    ballots: list
    names: dict
    elected: dict
    open: dict
    committee: tuple
    step: str
    ballot: Ballot | None = None
    outcomes: dict = field(default_factory=dict)

    @property
    def counted(self):
        return [ballot for ballot in self.ballots if is_counted(ballot)]

    @property
    def differing(self):
        """Ballots whose result depends on the base of the majority (R-151)."""
        return [ballot for ballot in self.counted if counting.differ(*self.outcomes[ballot.pk])]

    def last(self, office):
        return [ballot for ballot in self.ballots if ballot.office == office][-1]

    def chosen(self, ballot):
        """The outcome that holds: on the town's base at the day of the election, kept with the election."""
        present, expected = self.outcomes[ballot.pk]
        return expected if self.election.base == counting.EXPECTED else present


def is_counted(ballot):
    return ballot.issued is not None


def read(election):
    """The Progress of an election; three queries, one more for a by-election in a committee."""
    ballots = sorted(election.ballots.prefetch_related("names__person"), key=_turn)
    names = {ballot.pk: list(ballot.names.all()) for ballot in ballots}
    elected = {office: _elected(ballots, names, office) for office in OFFICES}
    held = [office for office in OFFICES if any(ballot.office == office for ballot in ballots)]
    left = {office: places(election, office) - len(elected[office]) for office in held}
    committee = _committee(election, elected[Office.COMMITTEE])
    step, about = CONCLUDE, None
    for office in held:
        last = [ballot for ballot in ballots if ballot.office == office][-1]
        if found := _step(election, last, names[last.pk], left[office], committee):
            step, about = found, last
            break
    found = Progress(election, ballots, names, elected, left, committee, step, about)
    found.outcomes.update(
        {ballot.pk: counting.both(sheet(found, ballot), election.held_on) for ballot in found.counted}
    )
    return found


def places(election, office):
    """How many are to be elected; a committee's number may have been reduced at the meeting (R-152)."""
    return {Office.COMMITTEE: election.seats, Office.SECRETARY: 1, Office.DEPUTY: election.deputies}[office]


def by_committee(election, office):
    """Whether the committee votes, not the members' meeting (R-126)."""
    return election.has_committee and office != Office.COMMITTEE


def expected(progress, ballot):
    """应到 of one ballot: the members with 选举权, or the committee."""
    election = progress.election
    return len(progress.committee) if by_committee(election, ballot.office) else election.expected or 0


def sheet(progress, ballot):
    """The count of one ballot, for counting."""
    lines = tuple(
        counting.Line(n.person_id, n.person.name, n.written_in, n.approve or 0, n.disapprove or 0, n.abstain or 0)
        for n in progress.names[ballot.pk]
    )
    whole = expected(progress, ballot)
    committee = by_committee(progress.election, ballot.office)
    numbers = (ballot.voters or 0, whole, ballot.issued or 0, ballot.returned or 0, ballot.void or 0)
    return counting.Sheet(ballot.seats, *numbers, lines, committee)


def base_on(election, on):
    """The town's base of the majority that day, as a rule (R-151)."""
    return town_rule(election.town_id, "election_majority_base", on)


def missing_to_print(progress):
    """What the ballots still need, in words (R-143, R-144)."""
    election = progress.election
    missing = [
        f"{ballot.get_office_display()}候选人" for ballot in _first_rounds(progress) if not progress.names[ballot.pk]
    ]
    return missing if election.agreed_on else [*missing, "上级同意候选人的日期和文号"]


def missing_to_count(progress, helpers):
    """What the count still needs, in words: the ballots' needs, and those who watch over it (R-147)."""
    kinds = {helper.kind for helper in helpers}
    missing = missing_to_print(progress)
    if not kinds & {"chief_scrutineer", "scrutineer"}:
        missing.append("监票人")
    return missing if "teller" in kinds else [*missing, "计票人"]


def _turn(ballot):
    return OFFICES.index(ballot.office), ballot.round


def _first_rounds(progress):
    return [ballot for ballot in progress.ballots if ballot.round == 1]


def _elected(ballots, names, office):
    return [name for ballot in ballots if ballot.office == office for name in names[ballot.pk] if name.elected]


def _committee(election, elected):
    """Who votes for secretary and deputy: the newly elected, with the seats that a by-election leaves."""
    if not election.has_committee:
        return ()
    persons = [name.person_id for name in elected]
    if election.kind in STAYS:
        sitting = Post.objects.filter(body=election.branch_id, title__in=BRANCH_OFFICERS)
        sitting = sitting.on(election.held_on) if election.held_on else sitting.filter(ends_on=None)
        persons += sitting.values_list("person_id", flat=True)
    return tuple(dict.fromkeys(persons))


def _step(election, ballot, names, left, committee):
    if is_counted(ballot):
        return AGAIN if left > 0 else ""
    if by_committee(election, ballot.office) and election.state == State.HELD:
        return COUNT if names and all(name.person_id in committee for name in names) else NAMES
    return COUNT if names or ballot.round == 1 else NAMES
