"""Paper ballots of an election: to print, to enter their counts, to vote once more, and the report of the result.

No page takes or shows anybody's vote: what is entered are the sums of a tally sheet (R-148).
"""

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import content_disposition_header
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.permissions import open_to
from accounts.roles import ROSTER_KEEPERS, Role
from branches import ballots, election_pages, election_papers, election_steps, elections, voters
from branches.election_forms import AgainForm, CountForm
from branches.election_views import crumbs, kept, refused, visible
from branches.models import Election
from office.papers.pdf import PaperProblem
from office.rulebook import rules

State = Election.State


@require_safe
@open_to(*ROSTER_KEEPERS)
def election_ballots_pdf(request, pk):
    """选票和计票单 as PDF, opened in the browser; only after the superior agreed (R-144)."""
    found = kept(request, pk)
    progress = election_steps.read(found)
    if missing := election_steps.missing_to_print(progress):
        messages.warning(request, f"还不能印选票，还没有：{'、'.join(missing)}。")
        return redirect("election", pk=pk)
    if found.state not in elections.OPEN or progress.step != election_steps.COUNT:
        messages.warning(request, "没有要印的选票。")
        return redirect("election", pk=pk)
    return _pdf(request, found, lambda: election_papers.ballots(progress), f"{found.branch}选票.pdf")


@require_safe
@open_to(*ROSTER_KEEPERS, Role.BRANCH_SECRETARY)
def election_report_pdf(request, pk):
    """选举结果报告单 as PDF, opened in the browser."""
    found = visible(request.user, pk)
    progress = election_steps.read(found)
    if found.state not in (State.HELD, State.CONCLUDED):
        messages.warning(request, "登记了票数以后才有报告单。")
        return redirect("election", pk=pk)
    return _pdf(request, found, lambda: election_papers.report(progress), f"{found.branch}选举结果报告单.pdf")


def _pdf(request, found, make, name):
    try:
        data = make()
    except PaperProblem as refusal:
        messages.warning(request, str(refusal))
        return redirect("election", pk=found.pk)
    response = HttpResponse(data, content_type="application/pdf")
    response["Content-Disposition"] = content_disposition_header(False, name)
    return response


@require_http_methods(["GET", "POST"])
@open_to(*ROSTER_KEEPERS)
def election_held(request, pk):
    """登记票数: the tally sheet of the ballot whose turn it is, or once more of the last one entered."""
    found = kept(request, pk)
    progress = election_steps.read(found)
    ballot = _ballot(request, progress)
    if ballot is None:
        messages.warning(request, "现在没有要登记的选票，看“下一步”。")
        return redirect("election", pk=pk)
    if missing := election_steps.missing_to_count(progress, found.helpers.all()):
        messages.warning(request, f"还没有：{'、'.join(missing)}。填好以后再登记票数。")
        return redirect("election_candidates", pk=pk)
    form = _count_form(request, progress, ballot)
    if request.method == "POST" and form.is_valid():
        facts = {"meeting": form.meeting(), "version": form.cleaned_data["version"]}
        try:
            ballots.record(found, ballot, form.count(), by=request.user, **facts)
        except ValidationError as refusal:
            refused(form, refusal)
        else:
            messages.success(request, f"{election_pages.ballot_title(ballot)}的票数已登记。")
            return redirect("election", pk=pk)
    context = {
        "election": found,
        "ballot": ballot,
        "title": election_pages.ballot_title(ballot),
        "form": form,
        "correcting": election_steps.is_counted(ballot),
        "whole": election_steps.expected(progress, ballot),
        "committee": election_steps.by_committee(found, ballot.office),
        "laws": _count_laws(found),
        "crumbs": crumbs(request.user, found.branch, found),
        "back": reverse("election", args=[pk]),
    }
    return render(request, "branches/election_held.html", context)


def _ballot(request, progress):
    """The ballot whose turn it is; ?again=1: the one entered last."""
    if "again" in request.GET:
        return ballots.may_correct(progress)
    open_now = progress.election.state in elections.OPEN and progress.step == election_steps.COUNT
    return progress.ballot if open_now else None


def _count_form(request, progress, ballot):
    found = progress.election
    rows = progress.names[ballot.pk]
    printed = [row for row in rows if not row.written_in]
    written = [row for row in rows if row.written_in]
    day = found.held_on or timezone.localdate()
    may = voters.eligible(found.branch_id, day)
    others = {person: one.name for person, one in may.items() if person not in {row.person_id for row in printed}}
    if election_steps.by_committee(found, ballot.office):
        others = {person: name for person, name in others.items() if person in progress.committee}
    form = CountForm(
        request.POST or None,
        election=found,
        ballot=ballot,
        printed=printed,
        people=list(others.items()),
        first=ballots.is_first(progress, ballot),
        present=found.present if not election_steps.by_committee(found, ballot.office) else None,
        expected=ballots.entitled(progress) if found.expected is None else None,
        who="委员" if election_steps.by_committee(found, progress.ballots[0].office) else "有选举权的党员",
    )
    form.put_written(written)
    return form


def _count_laws(found):
    on = found.held_on or timezone.localdate()
    said = [rules.principle(key) for key in ("candidates_introduced", "write_in_allowed")]
    return said + [rules.rule(key, on) for key in ("election_ballots_returned", "election_ballot_choices")]


@require_http_methods(["GET", "POST"])
@open_to(*ROSTER_KEEPERS)
def election_again(request, pk):
    """再投一次: whom the next vote is about; or the meeting leaves the open places empty (R-152)."""
    found = kept(request, pk)
    progress = election_steps.read(found)
    if found.state != State.HELD or progress.step not in (election_steps.AGAIN, election_steps.NAMES):
        messages.warning(request, "现在不用再投，看下面的“下一步”。")
        return redirect("election", pk=pk)
    suggested, may = ballots.suggested(progress), ballots.may_stand(progress)
    tied = progress.chosen(progress.ballot).tied if progress.step == election_steps.AGAIN else ()
    people = [(person, one.name) for person, one in may.items() if not tied or person in tied]
    form = AgainForm(request.POST or None, election=found, people=people, suggested=suggested)
    if request.method == "POST" and form.is_valid():
        facts = {"version": form.cleaned_data["version"]}
        try:
            ballot = ballots.put_up(found, form.cleaned_data["persons"], by=request.user, **facts)
        except ValidationError as refusal:
            refused(form, refusal)
        else:
            words = f"{election_pages.ballot_title(ballot)}的候选人已记下，可以印选票。"
            messages.success(request, words)
            return redirect("election", pk=pk)
    context = {
        "election": found,
        "title": election_pages.ballot_title(progress.ballot),
        "form": form,
        "tied": bool(tied),
        "left": progress.open[progress.ballot.office],
        "said": progress.chosen(progress.ballot).next if progress.step == election_steps.AGAIN else "",
        "reduces": ballots.may_reduce(progress),
        "stay": len(progress.elected[progress.ballot.office]),
        "law": rules.principle("tie_revote"),
        "crumbs": crumbs(request.user, found.branch, found),
        "back": reverse("election", args=[pk]),
    }
    return render(request, "branches/election_again.html", context)


@require_POST
@open_to(*ROSTER_KEEPERS)
def election_fewer(request, pk):
    """减少名额: the places left open stay empty."""
    found = kept(request, pk)
    version = request.POST.get("version", "")
    version = int(version) if version.isascii() and version.isdecimal() and len(version) < 10 else -1
    try:
        ballots.fewer_seats(found, version=version, by=request.user)
    except ValidationError as refusal:
        messages.warning(request, refusal.messages[0])
    else:
        messages.success(request, "已按到会多数选举人的意见减少名额。")
    return redirect("election", pk=pk)
