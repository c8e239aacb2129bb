"""Pages of 书记人才库 and 人选考察表."""

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import content_disposition_header
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.permissions import open_to
from accounts.roles import ROSTER_KEEPERS, Role
from branches import candidates, picking, pool
from branches.leadership_forms import CandidateForm, FindForm, JoinForm, LeaveForm
from branches.leadership_listing import law_of
from branches.leadership_views import branch_crumbs, kept, posts_crumb, show_refusal
from branches.models import Branch, CandidateSheet, PoolEntry
from members.models import Member, Person, Post
from office.papers.pdf import PaperProblem

ASSESSORS = (Role.TOWN_OFFICE, Role.COMMUNITY_SECRETARY)
FOUND = 30


@require_safe
@open_to(*ROSTER_KEEPERS)
def pool_list(request):
    """书记人才库 by background, with a search for who else might be asked."""
    reach = request.user.reach_as(*ROSTER_KEEPERS)
    find = FindForm(request.GET)
    text = find.cleaned_data["q"] if find.is_valid() else ""
    found = _found(reach, text) if text else []
    context = {
        "groups": pool.listed(PoolEntry.objects.within(reach), timezone.localdate()),
        "text": text,
        "found": found[:FOUND],
        "more": len(found) > FOUND,
        "assesses": request.user.has_role(*ASSESSORS),
        "crumbs": [{"label": "支部与党员", "url": reverse("branches")}],
    }
    if context["assesses"]:
        sheets = CandidateSheet.objects.within(request.user.reach_as(*ASSESSORS))
        context["sheets"] = sheets.select_related("person", "branch", "written_by")[:50]
    return render(request, "branches/pool.html", context)


def _found(reach, text):
    members = pool.eligible(Member.objects.within(reach))
    people = Person.objects.filter(pk__in=members.values("pk")).found_by(text)
    rows = members.filter(pk__in=people.values("pk")).select_related("person", "branch").order_by("strokes", "pk")
    inside = set(PoolEntry.objects.within(reach).filter(left_on=None).values_list("member_id", flat=True))
    return [{"member": member, "inside": member.pk in inside} for member in rows[: FOUND + 1]]


@require_http_methods(["GET", "POST"])
@open_to(*ROSTER_KEEPERS)
def pool_add(request, pk):
    """入库 with the member's consent."""
    member = kept(request, Member.objects.select_related("person", "branch", "community"), pk)
    form = JoinForm(request.POST if request.method == "POST" else None, initial={"consented_on": "今天"})
    if request.method == "POST" and form.is_valid():
        try:
            pool.join(member, by=request.user, **form.cleaned_data)
        except ValidationError as refusal:
            show_refusal(form, refusal)
        else:
            messages.success(request, f"{member.person.name}已加入书记人才库。")
            return redirect("pool")
    return render(request, "branches/pool_add.html", {"member": member, "form": form, "crumbs": _crumbs()})


@require_http_methods(["GET", "POST"])
@open_to(*ROSTER_KEEPERS)
def pool_leave(request, pk):
    """退出人才库."""
    entry = kept(request, PoolEntry.objects.select_related("member__person"), pk)
    form = LeaveForm(request.POST if request.method == "POST" else None, initial={"left_on": "今天"})
    if request.method == "POST" and form.is_valid():
        try:
            pool.leave(entry, by=request.user, **form.cleaned_data)
        except ValidationError as refusal:
            show_refusal(form, refusal)
        else:
            messages.success(request, f"{entry.member.person.name}已退出书记人才库。")
            return redirect("pool")
    return render(request, "branches/pool_leave.html", {"entry": entry, "form": form, "crumbs": _crumbs()})


def _crumbs():
    return [{"label": "支部与党员", "url": reverse("branches")}, {"label": "书记人才库", "url": reverse("pool")}]


# ── 人选考察表 ──


@require_http_methods(["GET", "POST"])
@open_to(*ASSESSORS)
def candidate_new(request, pk):
    """写一张人选考察表."""
    branch = kept(request, Branch.objects.select_related("body", "community"), pk, ASSESSORS)
    if branch.state == Branch.State.DISSOLVED:
        raise Http404
    find = FindForm(request.GET)
    text = find.cleaned_data["q"] if find.is_valid() else ""
    people = (
        picking.found(request.user, text)
        if text
        else picking.offered(branch.body, Post.Title.SECRETARY, timezone.localdate())[0]
    )
    form = CandidateForm(request.POST if request.method == "POST" else None, people=people)
    if request.method == "POST" and form.is_valid():
        facts = form.cleaned_data
        sheet = candidates.write(branch, facts["person"], facts, by=request.user)
        messages.success(request, f"{sheet.person.name}的人选考察表已保存。")
        return redirect("candidate", pk=sheet.pk)
    context = {"branch": branch, "form": form, "text": text, "people": people, "law": law_of(Post.Title.SECRETARY)}
    context["crumbs"] = branch_crumbs(branch, posts_crumb(branch))
    return render(request, "branches/candidate_new.html", context)


def _sheet(request, pk):
    rows = CandidateSheet.objects.select_related("person", "branch", "community", "written_by")
    return kept(request, rows, pk, ASSESSORS)


@require_http_methods(["GET", "POST"])
@open_to(*ASSESSORS)
def candidate(request, pk):
    """One sheet: its head; opened (POST), its words and the form to change them. Opening is on the trail."""
    sheet = _sheet(request, pk)
    form = None
    if request.method == "POST":
        candidates.read(sheet, how="在页面上", by=request.user)
        initial = {key: getattr(sheet, key) for key in (*candidates.FACTS, "version")}
        form = CandidateForm(initial=initial)
    return _candidate_page(request, sheet, form)


def _candidate_page(request, sheet, form):
    crumbs = [*_crumbs(), {"label": "人选考察表", "url": reverse("candidate", args=[sheet.pk])}]
    return render(request, "branches/candidate.html", {"sheet": sheet, "form": form, "crumbs": crumbs[:2]})


@require_POST
@open_to(*ASSESSORS)
def candidate_edit(request, pk):
    """Keep what was changed on an opened sheet."""
    sheet = _sheet(request, pk)
    form = CandidateForm(request.POST)
    if form.is_valid():
        try:
            candidates.rewrite(sheet, form.cleaned_data, version=form.cleaned_data["version"], by=request.user)
        except ValidationError as refusal:
            show_refusal(form, refusal)
        else:
            messages.success(request, "人选考察表已保存。")
            return redirect("candidate", pk=pk)
    return _candidate_page(request, sheet, form)


@require_POST
@open_to(*ASSESSORS)
def candidate_paper(request, pk):
    """The sheet as PDF; printing is on the trail like reading."""
    sheet = _sheet(request, pk)
    try:
        data = candidates.paper(sheet)
    except PaperProblem as refused:
        messages.warning(request, str(refused))
        return redirect("candidate", pk=pk)
    candidates.read(sheet, how="打印", by=request.user)
    response = HttpResponse(data, content_type="application/pdf")
    response["Content-Disposition"] = content_disposition_header(as_attachment=True, filename="人选考察表.pdf")
    return response
