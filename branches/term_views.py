"""任期 of a branch: what the reply says, 延期 and 提前换届, the reminder."""

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST

from accounts.permissions import open_to
from accounts.roles import Role
from branches import leadership_listing as listing
from branches import terms
from branches.leadership import limits
from branches.leadership_forms import TermChangeForm, TermForm
from branches.leadership_views import branch_crumbs, kept, posts_crumb, show_refusal
from branches.models import Branch
from office.rulebook.rules import conflict

KEEPERS = (Role.TOWN_OFFICE, Role.COMMUNITY_SECRETARY)


def _branch(request, pk, roles=KEEPERS):
    rows = Branch.objects.exclude(state=Branch.State.DISSOLVED).select_related("body", "community", "town")
    return kept(request, rows, pk, roles)


@require_http_methods(["GET", "POST"])
@open_to(*KEEPERS)
def branch_term(request, pk):
    """任期: recorded where there is none, else changed with the superior's approval."""
    branch, today = _branch(request, pk), timezone.localdate()
    bound = request.POST if request.method == "POST" else None
    form = TermChangeForm(bound, branch=branch) if branch.term_ends_on else TermForm(bound)
    if bound is not None and form.is_valid():
        try:
            said = _save(branch, form.cleaned_data, by=request.user)
        except ValidationError as refusal:
            if "beyond" in getattr(refusal, "error_dict", ()):
                form.ask_beyond()
            show_refusal(form, refusal)
        else:
            messages.success(request, said)
            return redirect("branch_term", pk=pk)
    context = {
        "branch": branch,
        "form": form,
        "badge": listing.term_badge(branch.term_ends_on, today, limits(branch.town_id, today)),
        "changes": branch.body.term_changes.select_related("recorded_by"),
        "letters": terms.letters(branch, request.user),
        "writes_letters": request.user.has_role(Role.TOWN_OFFICE),
        "conflict": conflict("C-13"),
        "crumbs": branch_crumbs(branch, posts_crumb(branch)),
    }
    return render(request, "branches/term.html", context)


def _save(branch, answers, *, by):
    if branch.term_ends_on is None:
        terms.record(branch, by=by, **answers)
        return "任期已登记。"
    made = terms.change(branch, by=by, **answers)
    return f"{made.get_kind_display()}已登记，任期改到{made.until:%Y}年{made.until.month}月{made.until.day}日。"


@require_POST
@open_to(Role.TOWN_OFFICE)
def branch_term_letter(request, pk):
    """起草提醒函: the same branch and term give the same 函."""
    branch = _branch(request, pk, (Role.TOWN_OFFICE,))
    if branch.term_ends_on is None:
        raise Http404
    try:
        begun = terms.letter(branch, by=request.user)
    except ValueError as refused:
        messages.warning(request, str(refused))
        return redirect("branch_term", pk=pk)
    messages.success(request, "提醒函已起草，看一遍再送审。")
    return redirect("document", pk=begun.pk)
