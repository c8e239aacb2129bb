"""A branch's elections: the list, one election with its steps, voters, candidates, result and filing."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.permissions import open_to
from accounts.roles import ROSTER_KEEPERS, STAFF, Role
from branches import (
    ballots,
    counting,
    election_pages,
    election_papers,
    election_results,
    election_steps,
    elections,
    voters,
)
from branches.election_forms import (
    ApproveForm,
    CandidatesForm,
    ConcludeForm,
    OpenForm,
    StopForm,
    VotersForm,
    helper_fields,
)
from branches.election_steps import Office
from branches.models import Branch, Election, ElectionHelper
from members.models import Post
from office.areas.pages import address_of
from office.papers import documents
from office.papers.models import Kind as PaperKind
from office.rulebook import rules

READERS = (*STAFF, Role.BRANCH_SECRETARY)
CONCLUDERS = (Role.COMMUNITY_SECRETARY, Role.TOWN_OFFICE)
ASKERS = (Role.COMMUNITY_SECRETARY, Role.COMMUNITY_WORKER)
State, Helper = Election.State, ElectionHelper.Kind
SHOWN = 50


def visible(user, pk):
    """The election, for somebody who may see it (404 else)."""
    shown = Election.objects.visible_to(user).select_related("branch", "community", "case")
    return get_object_or_404(shown, pk=pk)


def kept(request, pk, *roles):
    """The election, for somebody who may change it: 404 when not visible, 403 when not theirs."""
    found = visible(request.user, pk)
    if not Election.objects.within(request.user.reach_as(*(roles or ROSTER_KEEPERS))).filter(pk=pk).exists():
        raise PermissionDenied
    return found


def crumbs(user, branch, election=None):
    """The way down to the elections of a branch, or to one of them."""
    way = [{"label": "支部与党员", "url": reverse("branches")}] if user.has_role(*STAFF) else []
    way.append({"label": str(branch), "url": address_of("branch")(branch.pk)})
    if election is not None:
        way.append({"label": "选举", "url": reverse("branch_elections", args=[branch.pk])})
        way.append({"label": election.get_kind_display(), "url": reverse("election", args=[election.pk])})
    return way


def refused(form, refusal):
    """Show what a deed refused with, beside the field it speaks of; after somebody else's step, at the new version."""
    if isinstance(refusal, elections.Stale):
        form.data = form.data.copy()
        form.data[form.add_prefix("version")] = refusal.election.version
    errors = refusal.message_dict if hasattr(refusal, "error_dict") else {None: refusal.messages}
    for name, texts in errors.items():
        shown = name in form.fields and not form.fields[name].widget.is_hidden
        for text in texts:
            form.add_error(name if shown else None, text)


@require_safe
@open_to(*READERS)
def branch_elections(request, pk):
    """选举: those of one branch, newest first."""
    branch = get_object_or_404(Branch.objects.visible_to(request.user).select_related("body"), pk=pk)
    rows = list(Election.objects.visible_to(request.user).filter(branch=pk).order_by("-id")[:SHOWN])
    keeps = Branch.objects.within(request.user.reach_as(*ROSTER_KEEPERS)).filter(pk=pk).exists()
    running = any(row.state in elections.OPEN for row in rows)
    context = {
        "branch": branch,
        "rows": election_pages.listed(rows),
        "starts": keeps and not running and branch.state in elections.KINDS,
        "crumbs": crumbs(request.user, branch),
        "law": rules.principle("elected_then_approved"),
    }
    return render(request, "branches/elections.html", context)


@require_http_methods(["GET", "POST"])
@open_to(*ROSTER_KEEPERS)
def election_new(request, pk):
    """开始选举."""
    branch = get_object_or_404(Branch.objects.visible_to(request.user).select_related("body"), pk=pk)
    if not Branch.objects.within(request.user.reach_as(*ROSTER_KEEPERS)).filter(pk=pk).exists():
        raise PermissionDenied
    form = OpenForm(request.POST or None, branch=branch)
    if request.method == "POST" and form.is_valid():
        try:
            begun = elections.open_election(branch, by=request.user, **form.facts())
        except ValidationError as refusal:
            refused(form, refusal)
        else:
            messages.success(request, f"{election_pages.title(begun)}已开始，先核对选举人。")
            return redirect("election", pk=begun.pk)
    context = {
        "form": form,
        "branch": branch,
        "offered": branch.state in elections.KINDS,
        "law": rules.rule("committee_min_full_members", timezone.localdate()),
        "seats_law": rules.rule("committee_seats_usual_max", timezone.localdate()),
        "crumbs": [*crumbs(request.user, branch), _list_crumb(branch)],
    }
    return render(request, "branches/election_new.html", context)


def _list_crumb(branch):
    return {"label": "选举", "url": reverse("branch_elections", args=[branch.pk])}


@require_safe
@open_to(*READERS)
def election(request, pk):
    """One election: what stands in each step, what comes next, the counts and the result."""
    found = visible(request.user, pk)
    progress = election_steps.read(found)
    people, helpers = list(found.voters.all()), list(found.helpers.select_related("person").order_by("id"))
    may = _rights(request.user, found)
    ready = progress.step == election_steps.COUNT and not election_steps.missing_to_print(progress)
    correct = ballots.may_correct(progress) if may["keep"] else None
    context = {
        "election": found,
        "title": election_pages.title(found),
        "state_kind": election_pages.state_kind(found.state),
        "wanted": election_pages.wanted(progress),
        "may": may,
        "next": election_pages.next_step(progress, helpers) if may["keep"] or may["approve"] else None,
        "steps": election_pages.steps(progress, people, helpers, may["keep"]),
        "results": election_pages.results(progress),
        "correct": correct,
        "prints": may["keep"] and ready and found.state in elections.OPEN,
        "issued": _copies(progress, people),
        "unsure": election_pages.unsure_strokes(progress) if may["keep"] else [],
        "officers": _elected(progress) if found.state == State.CONCLUDED else [],
        "why": election_pages.stopped_why(progress),
        "asked": documents.drafted_from(found, request.user).filter(kind=PaperKind.REQUEST).first(),
        "crumbs": [*crumbs(request.user, found.branch), _list_crumb(found.branch)],
        "laws": _laws(found),
    }
    return render(request, "branches/election.html", context)


def _copies(progress, people):
    """How many ballots the next vote takes at most."""
    if progress.ballot and election_steps.by_committee(progress.election, progress.ballot.office):
        return len(progress.committee)
    return progress.election.present or sum(one.counted for one in people)


def _rights(user, found):
    """What the reader may do with this election."""
    own = Election.objects.filter(pk=found.pk)
    keep, conclude, ask = (
        user.has_role(*roles) and own.within(user.reach_as(*roles)).exists()
        for roles in (ROSTER_KEEPERS, CONCLUDERS, ASKERS)
    )
    town, reports = user.has_role(Role.TOWN_OFFICE), user.has_role(*ROSTER_KEEPERS, Role.BRANCH_SECRETARY)
    return {"keep": keep, "conclude": conclude, "ask": ask, "approve": town, "reports": reports}


def _elected(progress):
    label = dict(Post.Title.choices)
    """{name, title} of everybody elected, secretary and deputy first."""
    order = (Office.SECRETARY, Office.DEPUTY, Office.COMMITTEE)
    rows = [name for office in order for name in progress.elected[office]]
    seen = {}
    for row in rows:
        seen.setdefault(row.person_id, {"name": row.person.name, "title": label.get(row.title, "")})
    return list(seen.values())


def _laws(found):
    on = found.held_on or timezone.localdate()
    return [rules.rule("election_quorum", on), rules.rule("election_majority", on), rules.principle("no_proxy_vote")]


@require_http_methods(["GET", "POST"])
@open_to(*ROSTER_KEEPERS)
def election_voters(request, pk):
    """选举人: who counts among 应到, who does not and why."""
    found = kept(request, pk)
    people = voters.voters(found.branch_id, timezone.localdate())
    left_out = dict(found.voters.filter(counted=False).values_list("member_id", "reason"))
    form = VotersForm(request.POST or None, election=found, voters=people, left_out=left_out)
    if request.method == "POST" and form.is_valid():
        facts = {"left_out": form.left_out(), "version": form.cleaned_data["version"]}
        if _done(request, form, lambda: elections.set_voters(found, by=request.user, **facts), "选举人已核对。"):
            return redirect("election", pk=pk)
    return _step_page(
        request, found, "branches/election_voters.html", form,
        others=list(_without_vote(people).items()),
        law=rules.principle("only_full_members_vote"),
    )  # fmt: skip


def _without_vote(people):
    """Names by the reason why they do not vote."""
    found = {}
    for one in people:
        if not one.counted:
            found.setdefault(one.why_not, []).append(one.name)
    return found


@require_http_methods(["GET", "POST"])
@open_to(*ROSTER_KEEPERS)
def election_candidates(request, pk):
    """候选人、上级同意、监票计票."""
    found = kept(request, pk)
    progress = election_steps.read(found)
    may = voters.eligible(found.branch_id, timezone.localdate())
    firsts = [ballot for ballot in progress.ballots if ballot.round == 1]
    people = [(one.member, one.name) for one in may.values()]
    form = CandidatesForm(
        request.POST or None, election=found, people=people, ballots=firsts, initial=_named(found, progress, firsts)
    )
    if request.method == "POST" and form.is_valid():
        facts = form.facts()
        if _done(request, form, lambda: elections.set_candidates(found, by=request.user, **facts), "候选人已保存。"):
            return redirect("election", pk=pk)
    today = timezone.localdate()
    seats = next((ballot.seats for ballot in firsts if ballot.office == Office.COMMITTEE), 0)
    return _step_page(
        request, found, "branches/election_candidates.html", form,
        seats=seats,
        needed=counting.candidates_needed(seats, today),
        formula=counting.candidates_formula(seats, today),
        law=rules.rule("election_candidate_surplus", today),
        consent_law=rules.principle("superior_agrees_candidates"),
        watch_law=rules.principle("scrutineer_not_candidate"),
    )  # fmt: skip


def _named(found, progress, ballots):
    """The form as it was filled in before."""
    initial = {}
    for ballot in ballots:
        persons = [row.person_id for row in progress.names[ballot.pk] if not row.written_in]
        initial[ballot.office] = persons if ballot.office == Office.COMMITTEE else next(iter(persons), None)
    helpers = list(found.helpers.values_list("kind", "person_id"))
    for kind in Helper:
        persons = [person for own, person in helpers if own == kind]
        initial |= dict(zip(helper_fields(kind), persons, strict=False))
    secretary = next((ballot for ballot in ballots if ballot.office == Office.SECRETARY), None)
    initial["reason"] = secretary.note if secretary else ""
    return initial


@require_http_methods(["GET", "POST"])
@open_to(*CONCLUDERS)
def election_conclude(request, pk):
    """确认结果: both bases where they differ, the committee's work, then the posts stand."""
    found = kept(request, pk, *CONCLUDERS)
    progress = election_steps.read(found)
    if found.state != State.HELD or progress.step != election_steps.CONCLUDE:
        messages.warning(request, "这一步现在办不了，看下面的“下一步”。")
        return redirect("election", pk=pk)
    form = ConcludeForm(
        request.POST or None,
        election=found,
        divide=election_results.to_divide(progress),
        elects_secretary=bool(progress.elected[Office.SECRETARY]),
        differs=bool(progress.differing),
        unexplained=election_results.unexplained(progress),
        source=found.case.secretary_source if found.case else "",
    )
    if request.method == "POST" and form.is_valid():
        facts = form.facts()
        done = f"{election_pages.title(found)}已有结果，任职已登记。"
        if _done(request, form, lambda: election_results.conclude(found, by=request.user, **facts), done):
            return redirect("election", pk=pk)
    return _step_page(
        request, found, "branches/election_conclude.html", form,
        results=election_pages.results(progress),
        differs=bool(progress.differing),
        base_law=election_steps.base_on(found, found.held_on),
        law=rules.principle("elected_then_approved"),
    )  # fmt: skip


@require_http_methods(["GET", "POST"])
@open_to(*ROSTER_KEEPERS)
def election_stop(request, pk):
    """取消 before the vote; 记为无效 afterwards, or where the meeting could not vote (R-142, R-150)."""
    found = kept(request, pk)
    if found.state not in elections.OPEN:
        messages.warning(request, "这次选举已经办完。")
        return redirect("election", pk=pk)
    form = StopForm(request.POST or None, election=found)
    if request.method == "POST" and form.is_valid():
        facts = {"reason": form.cleaned_data["reason"], "version": form.cleaned_data["version"]}
        facts["void"] = found.state == State.HELD or "void" in request.POST
        done = "已记为无效，可以重新开始选举。" if facts["void"] else "已取消，可以重新开始选举。"
        if _done(request, form, lambda: elections.stop(found, by=request.user, **facts), done):
            return redirect("branch_elections", pk=found.branch_id)
    quorum, returned = (
        rules.rule(key, timezone.localdate()) for key in ("election_quorum", "election_ballots_returned")
    )
    return _step_page(
        request,
        found,
        "branches/election_stop.html",
        form,
        preparing=found.state == State.PREPARING,
        laws=[quorum, returned],
    )


@require_POST
@open_to(*ASKERS)
def election_request(request, pk):
    """起草请示: the superior approves secretary and deputy; the same election gives the same document."""
    found = kept(request, pk, *ASKERS)
    if found.state != State.CONCLUDED:
        messages.warning(request, "选举有结果以后再写请示。")
        return redirect("election", pk=pk)
    if begun := documents.drafted_from(found, request.user).filter(kind=PaperKind.REQUEST).first():
        return redirect("document", begun.pk)
    begun = election_papers.draft_request(election_steps.read(found), by=request.user)
    if begun is None:
        messages.warning(request, "这个社区还没有登记社区党委，发不了请示。")
        return redirect("election", pk=pk)
    messages.success(request, "请示已起草，请看一遍再送审。")
    return redirect("document", begun.pk)


@require_http_methods(["GET", "POST"])
@open_to(Role.TOWN_OFFICE)
def election_approved(request, pk):
    """批准并备案."""
    found = kept(request, pk, Role.TOWN_OFFICE)
    if found.state != State.CONCLUDED:
        messages.warning(request, "选举有结果以后再登记批准和备案。")
        return redirect("election", pk=pk)
    names = ("approved_on", "approval_paper", "filed_on", "filing_no")
    form = ApproveForm(request.POST or None, election=found, initial={name: getattr(found, name) for name in names})
    if request.method == "POST" and form.is_valid():
        facts = form.cleaned_data
        if _done(
            request, form, lambda: election_results.approve(found, by=request.user, **facts), "批准和备案已登记。"
        ):
            return redirect("election", pk=pk)
    officers = _elected(election_steps.read(found))
    law = rules.principle("elected_then_approved")
    return _step_page(request, found, "branches/election_approved.html", form, officers=officers, law=law)


def _done(request, form, deed, words):
    """Do it and say so; False where the deed refused, with its words in the form."""
    try:
        deed()
    except ValidationError as refusal:
        refused(form, refusal)
        return False
    messages.success(request, words)
    return True


def _step_page(request, found, template, form, **more):
    context = {
        "election": found,
        "title": election_pages.title(found),
        "form": form,
        "crumbs": crumbs(request.user, found.branch, found),
        "back": reverse("election", args=[found.pk]),
        **more,
    }
    return render(request, template, context)
