"""The member list, its export, and one person's page."""

from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods

from accounts.export_views import export_page
from accounts.exports import left_behind, reach_of
from accounts.permissions import open_to
from accounts.roles import CALLERS, LIST_EXPORTERS, ROSTER_KEEPERS, STAFF
from members import export, listing, profile, reveal
from members.filters import MemberFilter
from members.forms import RevealForm
from members.models import Member, Person
from members.permissions import READERS
from office.areas.filters import chosen


@require_GET
@open_to(*READERS)
def members(request):
    """党员名单 in 姓氏笔画 order, fifty a page; a branch secretary sees names, classes, posts and masked phones."""
    bar = MemberFilter(request.GET, user=request.user, reach=request.user.reach)
    counts = listing.tab_counts(bar)
    incomplete = bar.tab_key == "incomplete"
    found, rows = listing.one_page(bar, request, timezone.localdate(), lacks=incomplete)
    return render(
        request,
        "members/list.html",
        {
            "form": bar.form,
            "rows": rows,
            "page": found,
            "total": counts[bar.tab_key],
            "classes": counts,
            "floating_in": counts["all"] - counts["direct"] - counts["in_service"],
            "tabs": _tabs(request, bar.tab_key, counts),
            "chips": _chips(request, bar),
            "columns": [column for column in export.columns(request.user, bar.tab_key) if column.key != "status"],
            "incomplete": incomplete,
            "may_export": request.user.has_role(*LIST_EXPORTERS),
            "may_import": request.user.has_role(*ROSTER_KEEPERS),
            "query": _query(request),
            "clear_url": f"{request.path}{_query(request, only=('tab',))}",
        },
    )


def _query(request, *, without=(), only=None, **more):
    """The filters of this address as a query string, the page apart."""
    params = request.GET.copy()
    for name in list(params):
        if name in ("after", *without) or (only is not None and name not in only) or not params[name]:
            del params[name]
    for name, value in more.items():
        params[name] = value
    return f"?{params.urlencode()}" if params else ""


def _tabs(request, current, counts):
    return [
        {
            "label": label,
            "url": f"{request.path}{_query(request, without=('tab',), **({'tab': key} if key != 'all' else {}))}",
            "current": key == current,
            "count": count,
        }
        for key, label, count in listing.tabs(counts, current)
    ]


def _chips(request, bar):
    return [
        {
            "label": f"“{value}”" if name == "q" else str(value),
            "url": f"{request.path}{_query(request, without=(name,))}",
        }
        for name, _, value in chosen(bar.form)
    ]


@require_http_methods(["GET", "POST"])
@open_to(*LIST_EXPORTERS)
def members_export(request):
    """导出: the screen's own filter, a purpose in the user's words, one row in the trail (N-24)."""
    user = request.user
    bar = MemberFilter(request.GET, user=user, reach=reach_of(user))
    seen = MemberFilter(request.GET, user=user, reach=user.reach)
    back = f"{reverse('members')}{_query(request)}"
    note = left_behind(seen.in_tab(), bar.in_tab(), "人")
    return export_page(request, export.export(bar, user=user, back=back, note=note))


@require_GET
@open_to(*READERS)
def person(request, pk):
    """一人一页. Of somebody whose membership lies elsewhere only the name and the posts show (architecture §3)."""
    found = _visible(request.user, pk)
    day = timezone.localdate()
    member = Member.objects.visible_to(request.user).select_related("branch", "home_compound").filter(person=pk).first()
    foreign = member is None and Member.objects.filter(person=pk).exists()
    held, past = profile.post_lines(found, day)
    context = {
        "person": found,
        "title_line": "" if foreign else profile.title_line(found, member),
        "foreign": foreign,
        "held": held,
        "past": past,
        "crumbs": [{"label": "党员名单", "url": reverse("members")}],
    }
    if not foreign:
        staff = request.user.has_role(*STAFF)
        context |= {
            "member": member,
            "person_rows": profile.person_rows(found, member, request),
            "membership_rows": profile.membership_rows(member, day) if member else [],
            "placements": profile.placement_lines(member) if member else [],
            "keeping": profile.keeping(member, request.user) if member else {},
            "lacks": profile.lacks(found) if staff and member else [],
            "seen_from": profile.seen_from(found) if staff else [],
            "history": profile.history(found) if staff else [],
            "staff": staff,
        }
    return render(request, "members/person.html", context)


def _visible(user, pk):
    return get_object_or_404(Person.objects.visible_to(user), pk=pk)


@require_http_methods(["GET", "POST"])
@open_to(*CALLERS)
def person_reveal(request, pk):
    """查看号码或电话: the reason first; then ten minutes on the person's page."""
    found = _visible(request.user, pk)
    what = request.GET.get("what", "")
    if what not in reveal.SECRETS:
        raise Http404
    secret = reveal.SECRETS[what]
    if not secret.may(request.user, found):
        raise PermissionDenied
    form = RevealForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        reveal.reveal(found, what, reason=form.cleaned_data["reason"], by=request.user)
        reveal.stamp(request.session, found, what)
        return redirect("person", pk=pk)
    return render(
        request,
        "members/reveal.html",
        {
            "form": form,
            "person": found,
            "word": secret.word,
            "crumbs": [
                {"label": "党员名单", "url": reverse("members")},
                {"label": found.name, "url": reverse("person", args=[pk])},
            ],
        },
    )
