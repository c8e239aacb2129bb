"""湖畔党支部's election in each state, for the access table and the tests that ask many addresses."""

from datetime import timedelta

from branches.models import Ballot, BallotName, Election, ElectionHelper, ElectionVoter

STATES = {"湖畔": "preparing", "再投": "held", "已投票": "held", "有结果": "concluded"}


def election(place, target="湖畔"):
    """One per target: prepared; held with the secretary not elected (再投), or elected (已投票); with a result."""
    body, day = place.body["湖畔党支部"], place.today - timedelta(days=9)
    state = STATES[target]
    if found := Election.objects.filter(branch=body).first():
        return found
    facts = {"held_on": day, "expected": 3, "present": 3, "base": "present"} if state != "preparing" else {}
    made = Election.objects.create(
        branch=body, kind="term", state=state, opened_by=place.user["社区书记"], nominated_on=day, agreed_on=day,
        agreed_paper="会议", **facts,
    )  # fmt: skip
    counted = facts and {"voters": 3, "issued": 3, "returned": 3, "void": 0}
    ballot = Ballot.objects.create(election=made, office="secretary", seats=1, **counted)
    won = 1 if target == "再投" else 3
    votes = counted and {"approve": won, "disapprove": 3 - won, "abstain": 0, "elected": won > 1}
    name = BallotName(ballot=ballot, person=place.member["王伟"].person, position=1, **votes)
    name.title = "secretary" if state == "concluded" else ""
    name.save()
    for helper, kind in (("田大利", "scrutineer"), ("丁小宁", "teller")):
        ElectionHelper.objects.create(election=made, person=place.member[helper].person, kind=kind)
    for voter in ("田大利", "王伟", "丁小宁"):
        ElectionVoter.objects.create(election=made, member=place.member[voter])
    return made
