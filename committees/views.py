"""Owners' committees: the list and one committee's page."""

from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from accounts.export_views import export_page
from accounts.exports import reach_of
from accounts.permissions import open_to
from accounts.roles import EXPORTERS, STAFF, Role
from committees import export, figures
from committees.filters import CommitteeFilter
from committees.models import OwnersCommittee
from members.models import OWNERS_SEATS, Post
from office.areas.pages import filters_of


@require_safe
@open_to(*STAFF)
def committees(request):
    """业委会列表: every compound's committee or preparatory group in reach."""
    bar, listed = _listed(request, OwnersCommittee.objects.visible_to(request.user))
    context = {"filter": bar, "rows": listed}
    if request.user.has_role(*EXPORTERS):
        context["export_url"] = f"{reverse('committees_export')}{filters_of(request)}"
    return render(request, "committees/list.html", context)


def _listed(request, committees):
    """The filter bar over these committees, and what it leaves: pairs of a CommitteeRow and its property project."""
    today = timezone.localdate()
    bar = CommitteeFilter(request.GET, user=request.user, queryset=committees.exclude(stage="ended"))
    rows = figures.committee_rows(bar.qs, today)
    projects = figures.property_projects([row.compound_id for row in rows], today)
    return bar, [(row, projects.get(row.compound_id)) for row in rows]


@require_http_methods(["GET", "POST"])
@open_to(*EXPORTERS)
def committees_export(request):
    """业委会台账 as a file: the page's own filter, with its purpose."""
    bar, listed = _listed(request, OwnersCommittee.objects.within(reach_of(request.user)))
    return export_page(request, export.export(bar, listed, back=f"{reverse('committees')}{filters_of(request)}"))


@require_safe
@open_to(*STAFF, Role.BRANCH_SECRETARY)
def committee(request, pk):
    """业委会一页: seats, share, term, who of them also serves in Party organisations."""
    today = timezone.localdate()
    found = get_object_or_404(
        OwnersCommittee.objects.visible_to(request.user).select_related("body", "compound", "community"), pk=pk
    )
    row = figures.committee_rows(OwnersCommittee.objects.filter(pk=found.pk), today)[0]
    seats = Post.objects.filter(body=found.pk).select_related("person").order_by("position", "id")
    others = _other_posts([post.person_id for post in seats], found.pk, today)
    return render(
        request,
        "committees/page.html",
        {
            "committee": found,
            "row": row,
            "seats": [_seat(p, others) for p in seats if p.is_on(today)],
            "past": [_seat(p, {}) for p in seats if not p.is_on(today)],
            "crumbs": [
                {"label": "业委会与物业", "url": reverse("committees")},
                {"label": str(found.community), "url": f"{reverse('committees')}?community={found.community_id}"},
            ]
            if request.user.has_role(*STAFF)
            else [],
        },
    )


def _other_posts(people, body, day):
    """Person id → their other posts today in words (交叉任职)."""
    found = {}
    posts = Post.objects.on(day).filter(person__in=people).exclude(body=body).select_related("body")
    for post in posts.order_by("id"):
        found.setdefault(post.person_id, []).append(str(post))
    return found


def _seat(post, others):
    return {
        "name": post.person.name,
        "title": post.get_title_display(),
        "counted": post.title in OWNERS_SEATS,
        "political": post.person.get_political_status_display() or "未记录",
        "party": post.person.political_status == "party",
        "since": post.starts_on,
        "until": post.ends_on,
        "others": "、".join(others.get(post.person_id, ())),
    }
