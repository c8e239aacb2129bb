"""支部设立调整: the ledger, beginning a case, its page, its steps. The papers' own steps are the documents room's."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.export_views import export_page
from accounts.exports import reach_of
from accounts.permissions import open_to
from accounts.roles import CASE_WRITERS, EXPORTERS, STAFF, Role
from branches import case_listing, case_pages, case_people
from branches import cases as deeds
from branches.case_forms import (
    CaseForm,
    DecisionForm,
    FiledForm,
    HandInForm,
    PickForm,
    SignForm,
    StartForm,
    VersionForm,
)
from branches.case_people import FORMING, Kind
from branches.models import BranchCase, CaseMember
from members.models import Person
from office.areas.models import Community, Compound
from office.areas.pages import filters_of
from office.drafts import keeping
from office.papers import documents

State = BranchCase.State
DRAFT_KIND = "branch_case"
LONGEST_KEY = 18
WITHDRAWERS = (Role.TOWN_OFFICE, Role.COMMUNITY_SECRETARY)
RELATED = (
    "community__town",
    "town",
    "branch",
    "secretary",
    "request__issuer",
    "reply__issuer",
    "decided_by",
    "opened_by",
)


@require_safe
@open_to(*STAFF)
def cases_list(request):
    """党支部设立调整台账, newest first."""
    bar = case_listing.CaseFilter(request.GET, user=request.user, queryset=BranchCase.objects.visible_to(request.user))
    rows, neighbours = case_listing.rows(bar.qs, request)
    context = {"filter": bar, "rows": rows, "begins": request.user.has_role(*CASE_WRITERS), **neighbours}
    if request.user.has_role(*EXPORTERS):
        context["export_url"] = f"{reverse('cases_export')}{filters_of(request)}"
    return render(request, "branches/cases.html", context)


@require_http_methods(["GET", "POST"])
@open_to(*EXPORTERS)
def cases_export(request):
    """The ledger as a file: the page's own filter, with its purpose."""
    found = BranchCase.objects.within(reach_of(request.user))
    bar = case_listing.CaseFilter(request.GET, user=request.user, queryset=found)
    return export_page(request, case_listing.export(bar, back=f"{reverse('cases')}{filters_of(request)}"))


# ── 起草 ──


@require_http_methods(["GET", "HEAD", "POST"])
@open_to(*CASE_WRITERS)
def case_new(request):
    """起草: what is to be done, with which compounds, then its facts; a link from 成立条件 brings all but the facts."""
    reach = request.user.reach_as(*CASE_WRITERS)
    asked = _Asked(request, reach)
    if asked.community is None or asked.kind is None:
        return _start(request, asked)
    if not asked.is_picked:
        return _pick(request, asked)
    try:
        matter = asked.matter()
    except ValidationError as refusal:
        return _pick(request, asked, refusal)
    return _begin(request, asked, matter)


class _Asked:
    """What the address says: ?kind= &community= &compound= &with= &branch= &directed=; only what is in reach counts."""

    def __init__(self, request, reach):
        given = request.GET
        self.reach = reach
        self.kind = Kind(given["kind"]) if given.get("kind") in Kind.values else None
        chosen = _keys(given.getlist("compound") + given.getlist("with") + given.getlist("compounds"))
        self.compounds = list(Compound.objects.within(reach).filter(pk__in=chosen).select_related("community__town"))
        self.is_picked = bool(self.compounds)
        self.branch = None
        if self.kind in (Kind.ADJUST, Kind.DISSOLVE):
            self._find_branch(_keys(given.getlist("branch")))
        self.community = self._community(_keys(given.getlist("community")))
        self.directed = given.get("directed") in ("1", "on") and self._is_of_the_town(request.user)

    def _find_branch(self, keys):
        self.branch = case_pages.branches_of(self.reach).filter(pk__in=keys).first()
        if self.branch is None:
            self.is_picked = False
        elif self.kind == Kind.DISSOLVE:
            self.compounds = list(self.branch.branch.compounds_on(timezone.localdate()))
            self.is_picked = True

    def _community(self, keys):
        if self.branch is not None:
            return self.branch.community
        if self.compounds:
            return self.compounds[0].community
        return Community.objects.within(self.reach).filter(pk__in=keys).select_related("town").first()

    def _is_of_the_town(self, user):
        return self.community is not None and self.community.town_id in user.towns_as(Role.TOWN_OFFICE)

    def matter(self):
        return case_people.matter_of(
            self.kind, self.community, self.compounds, branch=self.branch, day=timezone.localdate()
        )


def _keys(texts):
    parts = [part for text in texts for part in text[:1000].split(",")]
    return [int(part) for part in parts if part.isascii() and part.isdecimal() and len(part) <= LONGEST_KEY]


def _start(request, asked):
    communities = Community.objects.within(asked.reach).order_by("town", "position", "id")
    town = request.user.has_role(Role.TOWN_OFFICE)
    given = request.GET if {"kind", "community"} & request.GET.keys() else None
    form = StartForm(given, communities=communities, town=town)
    return render(request, "branches/case_start.html", {"form": form, "crumbs": case_pages.crumbs()})


def _pick(request, asked, refusal=None):
    today = timezone.localdate()
    choices = {
        "kind": asked.kind,
        "compounds": Compound.objects.filter(community=asked.community).order_by("pinyin", "pk"),
        "branches": case_pages.branches_of(asked.reach).filter(community=asked.community),
    }
    if refusal is not None or {"compounds", "branch"} & request.GET.keys():
        given = request.GET.copy()
        given.setlist("compounds", [str(compound.pk) for compound in asked.compounds])
        form = PickForm(given, **choices)
        if refusal is not None and form.is_valid():
            form.add_error(None, refusal)
    else:
        form = PickForm(**choices)
    context = {
        "form": form,
        "kind": asked.kind,
        "community": asked.community,
        "directed": asked.directed,
        "covered": case_pages.covered_words(asked.community, today),
        "crumbs": case_pages.crumbs(),
    }
    return render(request, "branches/case_pick.html", context)


def _begin(request, asked, matter):
    ticked = [row.member_id for row in case_people.listed(matter) if row.ticked]
    members = case_people.members_with(matter, ticked)
    check = _check(matter, members)
    choices = _choices(matter, check, members, directed=asked.directed)
    key = "-".join(map(str, [matter.kind, matter.community.pk, *sorted(c.pk for c in matter.compounds)]))[:60]
    ticket, draft = _ticket(request, key)
    if request.method == "POST":
        form = CaseForm(request.POST, **choices)
        if form.is_valid():
            try:
                case = _open(request, asked, matter, form, ticket)
            except ValidationError as refusal:
                _refuse(form, refusal)
            else:
                onward = "case_hand_in" if case_pages.rights(request.user, case).hand_in else "case"
                return redirect(onward, case.pk)
    elif draft is not None:
        form = CaseForm(keeping.fields_of(draft), **choices)
    else:
        form = CaseForm(initial=case_pages.first_facts(matter, check), **choices)
    context = case_pages.of_matter(matter, check, asked.directed)
    context |= {"form": form, "ticket": ticket, "draft": draft, "crumbs": case_pages.crumbs()}
    return render(request, "branches/case_form.html", context)


def _check(matter, members):
    return case_people.check_of(
        members,
        kind=matter.kind,
        units=len(matter.compounds),
        town=matter.community.town_id,
        day=timezone.localdate(),
    )


def _choices(matter, check, members, **more):
    own = [body.pk for body in matter.old_branches]
    receivers = case_pages.branches_of_community(matter.community).exclude(pk__in=own)
    people = Person.objects.filter(member__in=members, member__status="normal").order_by("strokes", "pk")
    return {"matter": matter, "check": check, "people": people, "receivers": receivers, **more}


def _ticket(request, key):
    """(the page's ticket, the kept draft it is filled from or None)."""
    user = request.user
    if request.method == "POST":
        ticket = keeping.opened(request.POST.get(keeping.TICKET, ""))
        if ticket and (ticket.user, ticket.kind, ticket.key) == (user.pk, DRAFT_KIND, key):
            return ticket, None
        return keeping.ticket_for(user, DRAFT_KIND, key), None
    draft = keeping.open_draft(user, DRAFT_KIND, key)
    return keeping.ticket_for(user, DRAFT_KIND, key, draft=draft), draft


@transaction.atomic
def _open(request, asked, matter, form, ticket):
    case = deeds.open_case(matter, token=ticket.uuid, directed=asked.directed, by=request.user, **form.facts)
    keeping.finish(ticket, case.pk)
    return case


def _refuse(form, refusal):
    """Say the refusal at its field where the form has it, else above the form."""
    if not hasattr(refusal, "error_dict"):
        form.add_error(None, refusal)
        return
    for name, errors in refusal.error_dict.items():
        form.add_error(name if name in form.fields else None, errors)


# ── One case ──


@require_safe
@open_to(*STAFF)
def case(request, pk):
    """One case: why it came back, how far it is, what is to be done next, its papers and its list."""
    return render(request, "branches/case.html", case_pages.page_of(_visible(request.user, pk), request.user))


def _visible(user, pk):
    return get_object_or_404(BranchCase.objects.visible_to(user).select_related(*RELATED), pk=pk)


def _theirs(request, pk, right, *roles):
    """The case, for somebody whose duty it is: 404 when not visible, 403 when not theirs; None in its `right` state."""
    found = _visible(request.user, pk)
    if not BranchCase.objects.within(request.user.reach_as(*roles)).filter(pk=found.pk).exists():
        raise PermissionDenied
    return found, getattr(case_pages.rights(request.user, found), right)


def _not_now(request, found):
    """To the case's page, with where it stands, when the step is not the one to take."""
    messages.info(request, f"这件事项现在是“{deeds.standing(found).words}”，这一步不用办。")
    return redirect("case", found.pk)


def _done(request, found, deed, said):
    """Do the deed and go to the case's page; what was refused is said there in words."""
    try:
        deed()
    except (ValueError, ValidationError) as refused:
        messages.warning(request, "；".join(getattr(refused, "messages", [str(refused)])))
    else:
        messages.success(request, said)
    return redirect("case", found.pk)


def _done_by_form(request, found, form, deed):
    """Do what the form says and go to the case's page with the words `deed` gives; None where the form is shown again
    with what was refused."""
    try:
        said = deed()
    except deeds.Stale as conflict:
        messages.warning(request, str(conflict))
    except ValidationError as refusal:
        _refuse(form, refusal)
        return None
    else:
        messages.success(request, said)
    return redirect("case", found.pk)


@require_http_methods(["GET", "HEAD", "POST"])
@open_to(*CASE_WRITERS)
def case_edit(request, pk):
    """修改 while it is a draft or came back; the secretary may hand it in again with the same press."""
    found, may = _theirs(request, pk, "write", *CASE_WRITERS)
    if not may:
        return _not_now(request, found)
    matter, check = case_pages.matter_of(found), deeds.check_of(found)
    choices = _choices(matter, check, case_people.members_of(found), directed=found.directed)
    choices["by_hand"] = deeds.edited_by_hand(found)
    again = case_pages.rights(request.user, found).hand_in and found.state == State.APPLIED
    theirs = None
    if request.method == "POST":
        form = CaseForm(request.POST, **choices)
        if form.is_valid():
            try:
                _save(request, found, form, again=again and "again" in request.POST)
            except deeds.Stale as conflict:
                theirs = case_pages.fact_rows(conflict.case)
                data = request.POST.copy()
                data["version"] = conflict.case.version
                form = CaseForm(data, **choices)
            except ValidationError as refusal:
                _refuse(form, refusal)
            except ValueError as refused:
                form.add_error(None, str(refused))
            else:
                return redirect("case", found.pk)
    else:
        form = CaseForm(initial=case_pages.facts_of(found) | {"version": found.version}, **choices)
    context = case_pages.of_matter(matter, check, found.directed)
    context |= {"form": form, "case": found, "again": again, "theirs": theirs, "crumbs": case_pages.crumbs(found)}
    return render(request, "branches/case_form.html", context, status=409 if theirs else 200)


@transaction.atomic
def _save(request, found, form, *, again):
    version = form.cleaned_data["version"]
    rewrite = form.cleaned_data.get("rewrite", False)
    saved = deeds.save(found, form.facts, version=-1 if version is None else version, rewrite=rewrite, by=request.user)
    if again:
        deeds.hand_in(saved, version=saved.version, by=request.user)
        messages.success(request, "已保存并再次报送，镇党建办的待办里会有。")
    elif saved.request and deeds.edited_by_hand(saved):
        messages.warning(request, "已保存。请示有人手改过，没有按这一页重写；要重写，打上那个勾再保存。")
    else:
        messages.success(request, "已保存，还没有报送。")


@require_http_methods(["GET", "HEAD", "POST"])
@open_to(*CASE_WRITERS)
def case_members(request, pk):
    """党员划转名单: who moves into the branch; those of a replaced branch move with it."""
    found, may = _theirs(request, pk, "write", *CASE_WRITERS)
    if not may:
        return _not_now(request, found)
    if request.method == "POST":
        ticked = set(_keys(request.POST.getlist("member")))
        version = VersionForm(request.POST).read_at
        return _done(
            request,
            found,
            lambda: deeds.set_members(found, ticked, version=version, by=request.user),
            "划转名单已保存。",
        )
    context = {
        "case": found,
        "rows": case_pages.listed(CaseMember.objects.filter(case=found)),
        "with_them": case_pages.with_them_words(found),
        "crumbs": case_pages.crumbs(found),
    }
    return render(request, "branches/case_members.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@open_to(Role.COMMUNITY_SECRETARY)
def case_hand_in(request, pk):
    """报送镇党委: the 请示 as it will be, once more; then it goes to the town's office for review."""
    found, may = _theirs(request, pk, "hand_in", Role.COMMUNITY_SECRETARY)
    if not may:
        return _not_now(request, found)
    missing = deeds.missing_to_hand_in(found)
    if request.method == "POST":
        form = HandInForm(request.POST)
        if form.is_valid() and not missing:
            return _done(
                request,
                found,
                lambda: deeds.hand_in(found, note=form.cleaned_data["note"], version=form.read_at, by=request.user),
                "已报送，镇党建办的待办里会有。",
            )
    else:
        form = HandInForm(initial={"note": case_pages.contact(found, request.user), "version": found.version})
    context = {"case": found, "form": form, "missing": missing, "crumbs": case_pages.crumbs(found)}
    return render(request, "branches/case_hand_in.html", context | case_pages.request_preview(found))


@require_POST
@open_to(*WITHDRAWERS)
def case_withdraw(request, pk):
    """撤回 the whole case before its 请示 is signed, or before its 批复 is."""
    found, _ = _theirs(request, pk, "withdraw", *WITHDRAWERS)
    if not case_pages.withdraws(request.user, found):
        raise PermissionDenied("社区起草的由社区书记撤回；镇党委直接决定的、镇党委会已同意的由镇党建办撤回。")
    version = VersionForm(request.POST).read_at
    said = "已撤回，小区和党支部可以另行起草。"
    return _done(request, found, lambda: deeds.withdraw(found, version=version, by=request.user), said)


# ── 镇 ──


@require_http_methods(["GET", "HEAD", "POST"])
@open_to(Role.TOWN_OFFICE)
def case_town(request, pk):
    """镇党委会的决定: date and item; 同意 drafts the 批复."""
    found, may = _theirs(request, pk, "decide", Role.TOWN_OFFICE)
    if not may:
        return _not_now(request, found)
    forming = found.kind in FORMING
    if request.method == "POST":
        form = DecisionForm(request.POST, forming=forming)
        if form.is_valid():
            went = _done_by_form(request, found, form, lambda: _decide(request, found, form))
            if went is not None:
                return went
    else:
        item = f"研究{case_pages.case_papers.subject(found)}"[:80]
        form = DecisionForm(initial={"version": found.version, "item": item, "outcome": "agreed"}, forming=forming)
    context = {"case": found, "form": form, "rows": case_pages.fact_rows(found), "crumbs": case_pages.crumbs(found)}
    return render(request, "branches/case_town.html", context)


def _decide(request, found, form):
    given, outcome = form.cleaned_data, form.cleaned_data["outcome"]
    if outcome == "deferred":
        deeds.defer(found, given["answer"], version=form.read_at, by=request.user)
        return "已记下暂缓，请示还在等镇党委会。"
    deeds.decide(
        found,
        agreed=outcome == "agreed",
        met_on=given["met_on"],
        item=given["item"],
        term_years=given.get("term_years"),
        answer=given["answer"] if outcome == "declined" else "",
        version=form.read_at,
        by=request.user,
    )
    if outcome == "declined":
        return "已记下不同意，社区会看到答复。"
    return f"已记下同意，{'通知' if found.directed else '批复'}已起草，送镇领导签发。"


@require_http_methods(["GET", "HEAD", "POST"])
@open_to(Role.TOWN_LEADER)
def case_reply(request, pk):
    """签发批复: read it and what it brings about, then one press signs and carries it out."""
    found, may = _theirs(request, pk, "sign_reply", Role.TOWN_LEADER)
    if not may:
        return _not_now(request, found)
    if request.method == "POST":
        form = SignForm(request.POST)
        read = form.cleaned_data.get("reply_version") if form.is_valid() else None
        reply_version = -1 if read is None else read
        return _done(
            request,
            found,
            lambda: deeds.sign_reply(found, version=form.read_at, reply_version=reply_version, by=request.user),
            "已签发，已经生效。PDF 和 Word 正在归档。",
        )
    form = SignForm(initial={"version": found.version, "reply_version": found.reply.version})
    context = {
        "case": found,
        "form": form,
        "document": found.reply,
        "missing": documents.missing_to_sign(found.reply),
        "next_number": documents.next_number(found.reply, timezone.localdate()),
        "day": timezone.localdate(),
        "brings": case_pages.brings(found),
        "undrawable": documents.undrawable(found.reply),
        "crumbs": case_pages.crumbs(found),
        **case_pages.preview(found.reply),
    }
    return render(request, "branches/case_reply.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@open_to(Role.TOWN_OFFICE)
def case_filed(request, pk):
    """备案 with the organisation department above."""
    found, may = _theirs(request, pk, "file", Role.TOWN_OFFICE)
    if not may:
        return _not_now(request, found)
    if request.method == "POST":
        form = FiledForm(request.POST)
        if form.is_valid():
            went = _done_by_form(request, found, form, lambda: _file(request, found, form))
            if went is not None:
                return went
    else:
        form = FiledForm(initial={"version": found.version})
    context = {"case": found, "form": form, "crumbs": case_pages.crumbs(found)}
    return render(request, "branches/case_filed.html", context)


def _file(request, found, form):
    facts = {name: form.cleaned_data[name] for name in ("filed_on", "filed_with", "filing_no")}
    deeds.mark_filed(found, version=form.read_at, by=request.user, **facts)
    return "备案已记下，这件事项全部办完。"
