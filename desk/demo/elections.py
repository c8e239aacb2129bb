"""Elections with their counts: 金桂苑's last 换届选举 with its result, and 安居小区's next one with its candidates."""

from datetime import timedelta

from branches import counting
from branches.models import Ballot, BallotName, Election, ElectionHelper, ElectionVoter

HELD, COMING = "金桂苑", "安居小区"
SPARE = 3  # at the end of the list: 监票人 and 计票人
TITLES = ("secretary", "org_member", "publicity_member", "discipline_member")


def tell(story):
    """Only 示范镇 shows elections from inside."""
    if not story.plan.focus:
        return
    for name, chapter in ((HELD, _concluded), (COMING, _preparing)):
        body = story.places[name].branch
        home = next(home for home in story.homes if home.body is body)
        by = story.users.get(_circle(story, home).secretary.pk)
        if by is not None:
            chapter(story, home, by)


def _circle(story, home):
    return next(circle for circle in story.circles if circle.community is home.body.community)


def _concluded(story, home, by):
    """The election that brought today's officers, as its tally sheets had it."""
    day, head = home.elected_on, story.plan.name[0]
    people = _voters(home, day)
    winners = [home.officers[title] for title in TITLES if title in home.officers]
    others = [member.person for member in people if member.person not in winners]
    present = len(people) - 1
    election = story.rows.add(
        Election, branch=home.body, town=story.town, community=home.body.community, kind="term", state="concluded",
        has_committee=True, seats=len(winners), nominated_on=day - timedelta(days=24),
        agreed_on=day - timedelta(days=12), agreed_paper=f"{head}委〔{day.year}〕21号", introduced=True, held_on=day,
        place="党员活动室", expected=len(people), present=present, base=counting.PRESENT,
        approved_on=day + timedelta(days=9), approval_paper=f"{head}委〔{day.year}〕24号",
        filed_on=day + timedelta(days=16), filing_no=f"备{day.year}-031", opened_by=by, version=6,
    )  # fmt: skip
    _list(story, election, people)
    _watch(story, election, others[-SPARE:])
    candidates = winners + others[: counting.candidates_needed(len(winners), day) - len(winners)]
    approve = {person.pk: present - number for number, person in enumerate(winners, start=1)}
    room = len(winners) * present - sum(approve.values())
    approve |= {person.pk: min(room, present // 3) for person in candidates[len(winners) :]}
    committee = _ballot(story, election, "committee", len(winners), present)
    titles = {person.pk: title for title, person in home.officers.items()}
    _names(story, committee, candidates, approve, {person.pk for person in winners}, titles)
    secretary = _ballot(story, election, "secretary", 1, len(winners))
    _names(story, secretary, winners[:1], {winners[0].pk: len(winners)}, {winners[0].pk}, titles)


def _preparing(story, home, by):
    """The term ends in some months: candidates are found and agreed to, the meeting is still to come."""
    day, head = story.day(-9), story.plan.name[0]
    people = _voters(home, story.as_of)
    now = [person for person in home.officers.values() if any(m.person is person for m in people)]
    others = [member.person for member in people if member.person not in now]
    seats = max(len(now), 3)
    candidates = (now + others)[: counting.candidates_needed(seats, story.as_of)]
    election = story.rows.add(
        Election, branch=home.body, town=story.town, community=home.body.community, kind="term", has_committee=True,
        seats=seats, nominated_on=day, agreed_on=story.day(-2), agreed_paper=f"{head}委〔{story.as_of.year}〕38号",
        opened_by=by, version=3,
    )  # fmt: skip
    _list(story, election, people)
    _watch(story, election, [person for person in others if person not in candidates][-SPARE:])
    _names(story, _ballot(story, election, "committee", seats), candidates)
    _names(story, _ballot(story, election, "secretary", 1), candidates[:1])


def _voters(home, day):
    return [
        member
        for member, since in home.members
        if since <= day
        and (member.stage, member.relation, member.status) == ("full", "direct", "normal")
        and (member.full_on is None or member.full_on <= day)
    ]


def _list(story, election, people):
    for member in people:
        story.rows.add(ElectionVoter, election=election, member=member)


def _watch(story, election, people):
    for person, kind in zip(people, ("chief_scrutineer", "scrutineer", "teller"), strict=True):
        story.rows.add(ElectionHelper, election=election, person=person, kind=kind)


def _ballot(story, election, office, seats, voters=None):
    counts = {} if voters is None else {"voters": voters, "issued": voters, "returned": voters, "void": 0}
    return story.rows.add(Ballot, election=election, office=office, seats=seats, **counts)


def _names(story, ballot, people, approve=None, elected=(), titles=None):
    by_key = {person.pk: person for person in people}
    ordered = [by_key[key] for key in counting.order((person.pk, person.name) for person in people)]
    for position, person in enumerate(ordered, start=1):
        facts = {}
        if approve is not None:
            won = person.pk in elected
            votes = approve[person.pk]
            facts = {"approve": votes, "disapprove": ballot.returned - votes, "abstain": 0, "elected": won}
            facts["title"] = titles.get(person.pk, "") if won else ""
        story.rows.add(BallotName, ballot=ballot, person=person, position=position, **facts)
