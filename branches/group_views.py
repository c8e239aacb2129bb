"""Pages of a branch's 党小组."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from accounts.permissions import open_to
from accounts.roles import ROSTER_KEEPERS, STAFF, Role
from branches import groups
from branches.leadership_forms import CloseForm, GroupForm
from branches.leadership_views import branch_crumbs, kept, posts_crumb, show_refusal
from branches.models import Branch, PartyGroup, PartyGroupMember
from members.models import Post
from office.chinese.dates import cn_date

KEEPERS = (*ROSTER_KEEPERS, Role.LIAISON, Role.BRANCH_SECRETARY)


@require_safe
@open_to(*STAFF, Role.BRANCH_SECRETARY)
def branch_groups(request, pk):
    """党小组 of one branch: who leads, who belongs, who is in none."""
    branch = get_object_or_404(Branch.objects.visible_to(request.user).select_related("body", "community"), pk=pk)
    today = timezone.localdate()
    found, nowhere = _groups(branch, today)
    number = groups.eligible(branch).count()
    keeps = branch.state != Branch.State.DISSOLVED and _keeps(request.user, pk)
    context = {
        "branch": branch,
        "groups": found,
        "nowhere": nowhere,
        "number": number,
        "suggested": groups.suggested(branch, number, today),
        "closed": PartyGroup.objects.filter(branch=pk, ends_on__lt=today).order_by("-ends_on"),
        "keeps": keeps,
        "crumbs": branch_crumbs(branch, posts_crumb(branch)) if request.user.has_role(*STAFF) else [],
    }
    return render(request, "branches/groups.html", context)


def _keeps(user, pk):
    return user.has_role(*KEEPERS) and Branch.objects.within(user.reach_as(*KEEPERS)).filter(pk=pk).exists()


def _groups(branch, day):
    """(today's groups ready to print, names of the branch's members who are in none); four queries."""
    found = list(PartyGroup.objects.filter(branch=branch.pk).on(day).order_by("pk"))
    rows = PartyGroupMember.objects.filter(group__in=found, member__branch=branch.pk).on(day)  # 转走的不再算
    rows = rows.select_related("member__person")
    members = {}
    for row in rows.order_by("member__strokes", "member_id"):
        members.setdefault(row.group_id, []).append(row.member)
    leading = Post.objects.on(day).filter(body=branch.pk, title=Post.Title.GROUP_LEADER).select_related("person")
    leaders = {post.duty: post.person for post in leading}
    grouped = {member.pk for each in members.values() for member in each}
    nowhere = [m.person.name for m in groups.eligible(branch).select_related("person") if m.pk not in grouped]
    return [_shown(group, members.get(group.pk, []), leaders.get(group.name), day) for group in found], nowhere


def _shown(group, members, leader, day):
    chief = next((member for member in members if leader is not None and member.pk == leader.pk), None)
    return {
        "id": group.pk,
        "name": group.name,
        "leader": leader,
        "members": members,
        "findings": groups.findings(members, chief, day),
        "since": cn_date(group.starts_on) if group.starts_on else "",
        "reported_on": group.reported_on,
    }


@require_http_methods(["GET", "POST"])
@open_to(*KEEPERS)
def group_new(request, pk):
    """划分一个党小组."""
    branch = kept(request, Branch.objects.select_related("body", "community"), pk, KEEPERS)
    if branch.state == Branch.State.DISSOLVED:
        raise Http404
    return _group_page(request, branch, None)


@require_http_methods(["GET", "POST"])
@open_to(*KEEPERS)
def group_edit(request, pk):
    """调整一个党小组, or close it."""
    group = get_object_or_404(PartyGroup.objects.visible_to(request.user), pk=pk)
    branch = get_object_or_404(Branch.objects.select_related("body", "community"), pk=group.branch_id)
    if not _keeps(request.user, branch.pk):
        raise PermissionDenied
    if group.ends_on is not None:
        messages.info(request, f"{group}已经撤销，不能再改。")
        return redirect("branch_groups", pk=branch.pk)
    return _group_page(request, branch, group)


def _group_page(request, branch, group):
    closes = request.method == "POST" and "close" in request.POST
    members = list(groups.eligible(branch).select_related("person"))
    bound = request.POST if request.method == "POST" and not closes else None
    rows = PartyGroupMember.objects.filter(group__branch=branch.pk, ends_on=None).exclude(group=group)
    elsewhere = dict(rows.values_list("member_id", "group__name"))
    form = GroupForm(bound, members=members, elsewhere=elsewhere, initial=_initial(group))
    close = CloseForm(request.POST if closes else None) if group else None
    try:
        if bound is not None and form.is_valid():
            saved = groups.save(branch, group, by=request.user, **form.cleaned_data)
            messages.success(request, f"{saved}已保存。")
            return redirect("branch_groups", pk=branch.pk)
        if closes and close is not None and close.is_valid():
            groups.close(group, by=request.user, **close.cleaned_data)
            messages.success(request, f"{group}已撤销，以前的记录都保留。")
            return redirect("branch_groups", pk=branch.pk)
    except ValidationError as refusal:
        show_refusal(close if closes else form, refusal)
    back = reverse("branch_groups", args=[branch.pk])
    crumbs = branch_crumbs(branch, {"label": "党小组", "url": back}) if request.user.has_role(*STAFF) else []
    context = {"branch": branch, "group": group, "form": form, "close": close, "back": back, "crumbs": crumbs}
    return render(request, "branches/group.html", context)


def _initial(group):
    if group is None:
        return {"on": "今天"}
    leader = groups.leader_of(group)
    return {
        "name": group.name,
        "members": list(group.members.filter(ends_on=None).values_list("member_id", flat=True)),
        "leader": leader and leader.person_id,
        "reported_on": group.reported_on,
        "on": "今天",
    }
