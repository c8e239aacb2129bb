"""An election in words: its steps with what each still needs, and the result of every count, for page and paper."""

from collections import defaultdict

from django.urls import reverse

from branches import ballots, counting, election_steps
from branches.election_steps import Office
from branches.models import BallotName, Election
from members.models import Post
from office.chinese.dates import cn_date
from office.chinese.strokes import has_unknown_strokes
from office.rulebook import rules

State = Election.State
TITLES = dict(Post.Title.choices)
OVER = {State.CONCLUDED: "ok", State.VOID: "err", State.CANCELLED: "plain"}


def listed(elections_of_branch):
    """Rows of the list, with who was elected; one query."""
    chosen = defaultdict(list)
    found = BallotName.objects.filter(ballot__election__in=elections_of_branch, elected=True).exclude(title="")
    for election, name, title in found.values_list("ballot__election", "person__name", "title").order_by("id"):
        words = f"{name}（{TITLES[title]}）"
        if words not in chosen[election]:
            chosen[election].append(words)
    return [
        {
            "url": reverse("election", args=[row.pk]),
            "kind": row.get_kind_display(),
            "state": row.get_state_display(),
            "badge": state_kind(row.state),
            "held_on": row.held_on,
            "opened_on": row.opened_at,
            "elected": "、".join(chosen[row.pk]),
            "approved_on": row.approved_on,
        }
        for row in elections_of_branch
    ]


def stopped_why(progress):
    """Why an election was cancelled or void; "" for any other."""
    if progress.election.state not in (State.VOID, State.CANCELLED):
        return ""
    return progress.ballots[0].note


def state_kind(state):
    """The kind of the badge that shows a state."""
    return OVER.get(state, "warn")


def title(election):
    """金桂苑党支部换届选举."""
    return f"{election.branch}{election.get_kind_display()}"


def wanted(progress):
    """委员3名、书记1名: what was to be elected at first."""
    return "、".join(f"{b.get_office_display()}{b.seats}名" for b in progress.ballots if b.round == 1)


def ballot_title(ballot):
    """委员，第2次投票."""
    return f"{ballot.get_office_display()}，第{ballot.round}次投票" if ballot.round > 1 else ballot.get_office_display()


def names(rows):
    return "、".join(row.person.name for row in rows)


def steps(progress, people, helpers, may):
    """Rows of components/kv.html: what stands in each step, and where it is changed by who may."""
    election = progress.election
    preparing = may and election.state == State.PREPARING
    counted = sum(one.counted for one in people)
    rows = [_row("选举人", _voters_words(people, counted), preparing and "election_voters", election)]
    for ballot in progress.ballots:
        if ballot.round == 1:
            named = names(n for n in progress.names[ballot.pk] if not n.written_in)
            rows.append(
                _row(f"{ballot.get_office_display()}候选人", named, preparing and "election_candidates", election)
            )
    rows.append(_row("提名和上级同意", _consent(election), preparing and "election_candidates", election))
    watchers = "、".join(f"{h.get_kind_display()}{h.person.name}" for h in helpers)
    rows.append(_row("监票和计票", watchers, preparing and "election_candidates", election))
    if election.held_on:
        rows.append(_row("投票前介绍候选人", "已介绍" if election.introduced else "没有登记", "", election))
        rows.append(_row("选举大会", meeting_words(election), "", election))
    return rows


def _row(label, value, name, election):
    url = reverse(name, args=[election.pk]) if name else ""
    return {"label": label, "value": value, "url": url, "link": "更改" if value else "填写"}


def _voters_words(people, counted):
    left = len(people) - counted
    return f"应到{counted}人" + (f"，另有{left}人不计入" if left else "")


def _consent(election):
    said = [f"{cn_date(election.nominated_on)}提名"] if election.nominated_on else []
    if election.agreed_on:
        said.append(f"{cn_date(election.agreed_on)}上级同意（{election.agreed_paper}）")
    return "，".join(said)


def meeting_words(election):
    """2026年3月1日，党员活动室；应到20人，实到18人，18×5≥20×4，达到五分之四."""
    found = counting.quorum(election.expected, election.present, election.held_on)
    where = f"，{election.place}" if election.place else ""
    numbers = f"应到{election.expected}人，实到{election.present}人，{found.formula}"
    note = f"\n{election.expected_note}" if election.expected_note else ""
    return f"{cn_date(election.held_on)}{where}；{numbers}{note}"


def results(progress):
    """One entry per count: its numbers, names with votes, the sentence; both bases where they differ (R-151)."""
    return [_result(progress, ballot) for ballot in progress.counted]


def _result(progress, ballot):
    outcome, (present, expected) = progress.chosen(ballot), progress.outcomes[ballot.pk]
    rows = [
        {
            "name": row.person.name,
            "written": row.written_in,
            "approve": row.approve,
            "disapprove": "—" if row.written_in else row.disapprove,
            "abstain": "—" if row.written_in else row.abstain,
            "elected": row.elected,
            "tied": row.person_id in outcome.tied,
        }
        for row in sorted(progress.names[ballot.pk], key=lambda row: (row.written_in, row.position, row.pk))
    ]
    valid = ballot.returned - ballot.void
    sums = f"发出{ballot.issued}张，收回{ballot.returned}张，废票{ballot.void}张，有效票{valid}张"
    differ = counting.differ(present, expected)
    return {
        "ballot": ballot,
        "title": ballot_title(ballot),
        "sums": sums,
        "rows": rows,
        "conclusion": outcome.conclusion,
        "other": [one.conclusion for one in (present, expected) if one.base != outcome.base] if differ else [],
        "note": ballot.note if ballot.note.startswith(ballots.REDUCED[:6]) else "",
    }


def next_step(progress, helpers):
    """{text, name, args, action, missing}: what comes next, in a sentence, with the address where it is done."""
    election = progress.election
    if election.state == State.PREPARING:
        return _preparing(progress, helpers)
    if election.state == State.HELD:
        return _held(progress)
    if election.state == State.CONCLUDED and election.approved_on is None:
        cite = rules.principle("elected_then_approved").short
        return {
            "text": f"书记、副书记报镇党委批准，委员报上级备案（{cite}）。",
            "name": "",
            "action": "",
            "missing": [],
        }
    return None


def _preparing(progress, helpers):
    missing, first = election_steps.missing_to_print(progress), progress.ballots[0]
    if missing and not any(progress.names.values()):
        text = "核对选举人，提出候选人。"
        return {"text": text, "name": "election_candidates", "action": "填候选人", "missing": missing}
    missing = election_steps.missing_to_count(progress, helpers)
    if missing:
        text = f"还没有：{'、'.join(missing)}。"
        return {"text": text, "name": "election_candidates", "action": "接着填", "missing": missing}
    text = "候选人已经上级同意。打印选票和计票单，开完会把票数登记进来。"
    return {"text": text, "name": "election_held", "action": f"登记{first.get_office_display()}的票数", "missing": []}


def _held(progress):
    ballot, step = progress.ballot, progress.step
    if step == election_steps.CONCLUDE:
        return {
            "text": "都选出来了。核对以后确认结果。",
            "name": "election_conclude",
            "action": "确认结果",
            "missing": [],
        }
    label = ballot_title(ballot)
    if step == election_steps.COUNT:
        who = "委员会" if election_steps.by_committee(progress.election, ballot.office) else "党员大会"
        text = f"接着由{who}选{label}。"
        return {"text": text, "name": "election_held", "action": f"登记{label}的票数", "missing": []}
    if step == election_steps.NAMES:
        text = f"{label}在当选的委员里产生，请重新提候选人。"
        return {"text": text, "name": "election_again", "action": "提候选人", "missing": []}
    return {"text": progress.chosen(ballot).next, "name": "election_again", "action": "再投一次", "missing": []}


def unsure_strokes(progress):
    """Candidates whose place by strokes a person has to check (笔画待核)."""
    committee = [b for b in progress.ballots if b.office == Office.COMMITTEE]
    return [n.person.name for b in committee for n in progress.names[b.pk] if has_unknown_strokes(n.person.name)]
