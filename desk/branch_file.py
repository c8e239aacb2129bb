"""一支部一档 on paper: one branch as it stands today, at most two sides of A4 (C26)."""

from io import BytesIO

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.http import content_disposition_header
from django.views.decorators.http import require_safe

from accounts.permissions import open_to
from accounts.roles import STAFF, Role
from assessments import figures
from branches import venues
from branches.models import Branch, PartyGroup
from members.models import Member, Post
from office.areas.models import Body
from office.chinese.dates import cn_date, dotted
from office.papers import pdf

SIDES = 2
# 从宽到窄，第一个排得下两面的；再排不下，党员只列姓名。
LAYOUTS = (("large", True), ("middle", True), ("small", True), ("small", False))
ROSTER = (Member.Relation.DIRECT, Member.Relation.FLOATING_IN)


@require_safe
@open_to(*STAFF, Role.BRANCH_SECRETARY)
def branch_file(request, pk):
    """The branch's file as PDF, opened in the browser."""
    found = get_object_or_404(Branch.objects.visible_to(request.user).select_related("body"), pk=pk)
    try:
        data = dossier(found, timezone.localdate(), by=request.user)
    except pdf.PaperProblem as refused:
        messages.warning(request, str(refused))
        return redirect("branch", pk=pk)
    response = HttpResponse(data, content_type="application/pdf")
    response["Content-Disposition"] = content_disposition_header(False, f"一支部一档 {found}.pdf")
    return response


def dossier(branch, day, *, by):
    """The file of a branch on that day as PDF, printed by this user. Raises PaperProblem."""
    context = {
        "y": figures.of_branch(branch.pk, day.year, day),
        "branch": branch,
        "secretaries": _secretaries(branch, day),
        "groups": list(PartyGroup.objects.on(day).filter(branch=branch.pk).values_list("name", flat=True)),
        "guidance": _guidance(branch, day),
        "sheet": venues.of_year(branch.pk, day.year),
        "members": _members(branch),
        "made_on": f"{by.name} {cn_date(day)}打印",
    }
    for size, in_full in LAYOUTS:
        shown = {"size": size, "in_full": in_full, "pairs": list(_pairs(context["members"]))}
        data = pdf.render(render_to_string("desk/branch_file.pdf.html", context | shown))
        if _pages(data) <= SIDES:
            break
    return data


def _pages(data):
    from pypdf import PdfReader  # noqa: PLC0415 (读 PDF 的库大，要用时才装入)

    return len(PdfReader(BytesIO(data)).pages)


def _members(branch):
    """The branch's direct and floating-in members of normal standing, in stroke order; one query."""
    rows = Member.objects.filter(branch=branch.pk, status="normal", relation__in=ROSTER)
    rows = rows.order_by("strokes", "person_id").values_list(
        "person__name", "person__sex", "person__birth_date", "joined_on", "stage", "relation"
    )
    sexes = {"M": "男", "F": "女"}
    return [
        {
            "name": name,
            "sex": sexes.get(sex, ""),
            "born": f"{born:%Y.%m}" if born else "",
            "joined": f"{joined:%Y.%m}" if joined else "",
            "note": "流入" if relation == Member.Relation.FLOATING_IN else "预备" if stage == "probationary" else "",
        }
        for name, sex, born, joined, stage, relation in rows
    ]


def _pairs(members):
    """Two to a row, read downwards: the left column first."""
    half = (len(members) + 1) // 2
    for number in range(half):
        yield (
            number + 1,
            members[number],
            number + half + 1,
            members[number + half] if number + half < len(members) else None,
        )


def _secretaries(branch, day):
    """Who led the branch before, latest first."""
    before = Post.objects.filter(body=branch.pk, title=Post.Title.SECRETARY, ends_on__lt=day).order_by("-ends_on")[:5]
    return [
        f"{name}（{dotted(since) if since else '未记录'}至{dotted(until)}）"
        for name, since, until in before.values_list("person__name", "starts_on", "ends_on")
    ]


def _guidance(branch, day):
    groups = Body.objects.on(day).filter(community=branch.community_id, kind=Body.Kind.GUIDANCE_GROUP)
    return "、".join(groups.values_list("short_name", flat=True))
