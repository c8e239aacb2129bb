"""The result of an election: posts and term from its day, then the superior's approval and the filing."""

from datetime import date, timedelta

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone

from branches import cases, election_steps, elections, voters
from branches.election_steps import Office
from branches.models import Election
from members import posts
from members.models import Post
from office.chinese.dates import cn_date
from office.rulebook import rules

Kind, State = Election.Kind, Election.State


@transaction.atomic
def conclude(election, *, titles, source="", base_reason="", standing_reason="", version, by):
    """The result stands: posts from the day of the election, the branch's term, a new branch begins to run.

    `titles` {person: Post.Title} divides the work among the committee; secretary and deputy have theirs from their own
    ballots. `source` is the secretary's (R-129). Where present and expected elect different people `base_reason` is
    wanted (R-151), and `standing_reason` for a secretary of short standing whom no reason was given for before the vote
    (R-128). Raises ValidationError, also that of members.posts where a seat is not free.
    """
    current = elections.locked(election, version, State.HELD)
    progress = election_steps.read(current)
    if progress.step != election_steps.CONCLUDE:
        raise ValidationError("还有没选出的职务，请先再投一次或者减少名额。")
    _refuse_unfinished(progress, titles, source, base_reason, standing_reason)
    branch = current.branch.branch
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
    elections.moved(current, "branches.election_concluded", by, changes={"当选": (None, words)}, reason=base_reason)


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
    short = elections.short_of_standing({Office.SECRETARY: [name.person_id for name in elected]}, may, day)
    return f"{short}（{rules.rule('secretary_min_standing_years', day).cite}）" if short else ""


def _leave(progress, officers, by):
    """The former officers go the day before; a by-election ends only what the elected held here, and a 暂任."""
    election = progress.election
    last = election.held_on - timedelta(days=1)
    going = elections.officers_of(election).select_related("person")
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


@transaction.atomic
def approve(election, *, approved_on, approval_paper, filed_on=None, filing_no="", version, by):
    """The superior approved secretary and deputy, and the committee is on file (R-112, R-126)."""
    current = elections.locked(election, version, State.CONCLUDED)
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
    elections.moved(current, "branches.election_approved", by, changes=changes)
