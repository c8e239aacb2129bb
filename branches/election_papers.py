"""Papers of an election: 选票 and 计票单 to print, 选举结果报告单, and the 请示 begun from the result (R-126, R-148)."""

from django.template.loader import render_to_string

from branches import counting, election_pages, election_steps
from branches.election_steps import Office
from members.models import Post
from office.areas.models import Body
from office.chinese.dates import cn_date
from office.papers import documents, pdf
from office.papers.models import Kind
from office.rulebook import rules

BLANK_LINES = 3  # at most so many lines for 另选他人


def ballots(progress) -> bytes:
    """选票 on a page of its own with its 计票单, as PDF: of every ballot before the meeting, then of the next one."""
    election = progress.election
    waiting = [progress.ballot] if progress.counted else progress.ballots
    context = {
        "branch": election.branch,
        "ballots": [_paper(progress, ballot) for ballot in waiting if progress.names[ballot.pk]],
        "rule": rules.principle("no_proxy_vote"),
    }
    return pdf.render(render_to_string("branches/ballots.pdf.html", context))


def _paper(progress, ballot):
    named = [row.person.name for row in progress.names[ballot.pk] if not row.written_in]
    committee = ballot.office == Office.COMMITTEE
    return {
        "title": election_pages.ballot_title(ballot),
        "office": ballot.get_office_display(),
        "seats": ballot.seats,
        "names": named,
        "candidates": len(named),
        "blanks": range(min(ballot.seats, BLANK_LINES)),
        "order": "按姓氏笔画排列" if committee else "按上级同意的次序排列",
        "by": "委员会" if election_steps.by_committee(progress.election, ballot.office) else "党员大会",
    }


def report(progress) -> bytes:
    """选举结果报告单: the meeting, every count with its numbers, who is elected, room for signatures."""
    election = progress.election
    helpers = election.helpers.select_related("person").order_by("id")
    title_of = dict(Post.Title.choices)
    rows = {n.person_id: n for names in progress.elected.values() for n in names}
    context = {
        "branch": election.branch,
        "kind": election.get_kind_display(),
        "day": cn_date(election.held_on),
        "election": election,
        "quorum": counting.quorum(election.expected, election.present, election.held_on).formula,
        "results": election_pages.results(progress),
        "elected": [(row.person.name, title_of.get(row.title, "")) for row in rows.values()],
        "watchers": "、".join(f"{h.get_kind_display()}{h.person.name}" for h in helpers),
    }
    return pdf.render(render_to_string("branches/election_report.pdf.html", context))


def draft_request(progress, *, by):
    """The 请示 that asks the town to approve secretary and deputy; None where the community has no Party committee."""
    election = progress.election
    committees = Body.objects.filter(community=election.community, kind=Body.Kind.COMMUNITY_COMMITTEE)
    issuer = committees.filter(ends_on=None).first()
    if issuer is None:
        return None
    return documents.draft(
        kind=Kind.REQUEST,
        issuer=issuer,
        title=f"关于{election.branch}选举结果的请示",
        text=_request_text(progress),
        addressee=election.town.party_committee,
        branch=election.branch,
        source=election,
        note=f"联系人：{by.name}，电话：{by.phone}" if by.phone else "",
        by=by,
    )


def _request_text(progress):
    election = progress.election
    titles = dict(Post.Title.choices)
    quorum = counting.quorum(election.expected, election.present, election.held_on)
    meeting = (
        f"{election.branch.name}于{cn_date(election.held_on)}召开党员大会进行{election.get_kind_display()}。"
        f"应到会有选举权的党员{election.expected}名，实到{election.present}名（{quorum.formula}），符合规定。"
    )
    lines = [meeting, "一、选举结果"]
    for result in election_pages.results(progress):
        won = [f"{row['name']}（{row['approve']}票）" for row in result["rows"] if row["elected"]]
        lines.append(f"{result['title']}：{result['sums']}。当选：{'、'.join(won) or '无'}。")
    special = {
        row.person.name: titles[row.title]
        for office in (Office.SECRETARY, Office.DEPUTY)
        for row in progress.elected[office]
    }
    if special:
        named = "，".join(f"{name}任{title}" for name, title in special.items())
        lines += ["二、请予批准的事项", f"拟由{named}。"]
    lines.append("以上选举结果，书记、副书记请予批准，委员报请备案。妥否，请批示。")
    return "\n".join(lines)
