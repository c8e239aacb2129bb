"""Entering compounds and existing branches."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from accounts.permissions import open_to
from accounts.roles import ROSTER_KEEPERS
from branches import registry
from branches.forms import BranchForm, CompoundForm
from office.areas.models import Community, Compound


def _reach(request):
    return request.user.reach_as(*ROSTER_KEEPERS)


@require_http_methods(["GET", "POST"])
@open_to(*ROSTER_KEEPERS)
def compound_new(request):
    """新增小区."""
    form = CompoundForm(request.POST or None, communities=Community.objects.within(_reach(request)))
    return _save_compound(request, form, title="新增小区", back=reverse("compounds"))


@require_http_methods(["GET", "POST"])
@open_to(*ROSTER_KEEPERS)
def compound_edit(request, pk):
    """修改小区的基本情况."""
    found = get_object_or_404(Compound.objects.visible_to(request.user), pk=pk)
    if not Compound.objects.within(_reach(request)).filter(pk=pk).exists():
        raise PermissionDenied
    initial = {fact: getattr(found, fact) for fact in registry.FACTS}
    form = CompoundForm(request.POST or None, communities=Community.objects.none(), compound=found, initial=initial)
    return _save_compound(request, form, title=f"修改{found}", back=reverse("compound", args=[pk]))


def _save_compound(request, form, *, title, back):
    if request.method == "POST" and form.is_valid():
        try:
            saved = registry.save_compound(form.filled(), by=request.user)
        except ValidationError as refusal:
            form.add_error(None, refusal)
        else:
            messages.success(request, f"{saved}已保存。")
            return redirect("compound", pk=saved.pk)
    return render(request, "branches/compound_form.html", {"form": form, "title": title, "back": back})


@require_http_methods(["GET", "POST"])
@open_to(*ROSTER_KEEPERS)
def branch_new(request):
    """登记已有的党支部."""
    reach = _reach(request)
    form = BranchForm(
        request.POST or None,
        communities=Community.objects.within(reach),
        compounds=Compound.objects.within(reach).order_by("community__position", "pinyin"),
    )
    if request.method == "POST" and form.is_valid():
        try:
            branch = registry.register_branch(**_facts(form), by=request.user)
        except ValidationError as refusal:
            form.add_error(None, refusal)
        else:
            messages.success(request, f"{branch}已登记。接下来可以导入党员名册。")
            return redirect("branch", pk=branch.pk)
    return render(request, "branches/branch_form.html", {"form": form, "back": reverse("branches")})


def _facts(form):
    facts = dict(form.cleaned_data)
    facts["compounds"] = list(facts["compounds"])
    return facts
