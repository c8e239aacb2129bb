"""Pages of a branch's leadership: who holds which post, taking one up, leaving it; the ledger of all branches."""

from functools import partial

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from accounts.export_views import export_page
from accounts.exports import reach_of
from accounts.permissions import open_to
from accounts.roles import EXPORTERS, ROSTER_KEEPERS, STAFF, Role
from branches import leadership as leading
from branches import leadership_export as export
from branches import leadership_listing as listing
from branches import picking
from branches.leadership_filters import LeadershipFilter
from branches.leadership_forms import EndForm, FindForm, PostForm
from branches.models import Branch
from members import posts
from members.models import Post
from office.areas.models import Body
from office.areas.pages import filters_of, narrowed
from office.chinese.dates import cn_date

Title, Kind = Post.Title, Body.Kind
BY_THE_TOWN = (Kind.GUIDANCE_GROUP, Kind.PATCH)  # 指导组由镇派出，片区由镇划分


def kept(request, rows, pk, roles=ROSTER_KEEPERS):
    """The row `pk` that the user may change in these roles: 404 where it is not seen, 403 where it is only seen."""
    found = get_object_or_404(rows.visible_to(request.user), pk=pk)
    if not rows.within(request.user.reach_as(*roles)).filter(pk=pk).exists():
        raise PermissionDenied
    return found


def branch_crumbs(branch, *more):
    """The way down to a page about this branch."""
    return [
        {"label": "支部与党员", "url": reverse("branches")},
        {"label": str(branch), "url": reverse("branch", args=[branch.pk])},
        *more,
    ]


def posts_crumb(branch):
    return {"label": "班子", "url": reverse("branch_posts", args=[branch.pk])}


def show_refusal(form, refusal):
    """What a deed refused with, beside the field it speaks of."""
    errors = refusal.message_dict if hasattr(refusal, "error_dict") else {None: refusal.messages}
    for name, texts in errors.items():
        shown = name in form.fields and not form.fields[name].widget.is_hidden
        for text in texts:
            form.add_error(name if shown else None, text)


# ── One branch ──


@require_safe
@open_to(*STAFF, Role.BRANCH_SECRETARY)
def branch_posts(request, pk):
    """班子: who is in office and how they came to it, what the rules say, who was before."""
    branches = Branch.objects.visible_to(request.user).select_related("body", "community")
    branch = get_object_or_404(branches, pk=pk)
    keeps = request.user.has_role(*ROSTER_KEEPERS) and _keeps(request.user, branch)
    page = listing.of_branch(branch, timezone.localdate())
    staff = request.user.has_role(*STAFF)
    context = {"branch": branch, "page": page, "keeps": keeps, "crumbs": branch_crumbs(branch) if staff else []}
    context["changes_term"] = request.user.has_role(Role.TOWN_OFFICE, Role.COMMUNITY_SECRETARY) and keeps
    return render(request, "branches/posts.html", context)


def _keeps(user, branch):
    return Branch.objects.within(user.reach_as(*ROSTER_KEEPERS)).filter(pk=branch.pk).exists()


@require_http_methods(["GET", "POST"])
@open_to(*ROSTER_KEEPERS)
def post_new(request, pk):
    """登记任职: first which post, then who."""
    branch = kept(request, Branch.objects.select_related("body", "community"), pk)
    if branch.state == Branch.State.DISSOLVED:
        raise Http404
    title = _title(request, Kind.BRANCH, without=(Title.GROUP_LEADER,))
    crumbs = branch_crumbs(branch, posts_crumb(branch))
    if title is None:
        rows = listing.open_titles(branch, timezone.localdate(), address=request.path)
        context = {"place": branch, "rows": rows, "crumbs": crumbs}
        return render(request, "branches/post_titles.html", context)
    return _post_page(request, branch.body, title, branch=branch, crumbs=crumbs, back=posts_crumb(branch)["url"])


@require_http_methods(["GET", "POST"])
@open_to(*ROSTER_KEEPERS)
def body_post_new(request, pk):
    """登记任职 in a guidance group, a patch or a cell."""
    bodies = Body.objects.filter(kind__in=set(posts.TITLES_OF) - {Kind.BRANCH}, ends_on=None)
    body = kept(request, bodies, pk)
    if body.kind in BY_THE_TOWN:
        kept(request, bodies, pk, roles=(Role.TOWN_OFFICE,))
    title = _title(request, body.kind)
    crumbs, back = [home_of(body)], home_of(body)["url"]
    if title is None:
        rows = listing.titles_of(body, timezone.localdate(), address=request.path)
        return render(request, "branches/post_titles.html", {"place": body, "rows": rows, "crumbs": crumbs})
    return _post_page(request, body, title, crumbs=crumbs, back=back)


def home_of(body):
    """Where the posts of a body are shown: {label, url}."""
    if body.kind == Kind.BRANCH:
        return {"label": str(body), "url": reverse("branch_posts", args=[body.pk])}
    if body.kind == Kind.GRID_CELL:
        return {"label": str(body), "url": reverse("cell", args=[body.pk])}
    return {"label": body.get_kind_display(), "url": reverse("patches" if body.kind == Kind.PATCH else "guidance")}


def _title(request, kind, without=()):
    """The title the address asks for; None where it names none that the body has."""
    named = request.GET.get("title", "")
    return Title(named) if named in posts.TITLES_OF[kind] and named not in without else None


def _post_page(request, body, title, *, branch=None, crumbs, back):
    find = FindForm(request.GET)
    text = find.cleaned_data["q"] if find.is_valid() else ""
    if text:
        people, hint = picking.found(request.user, text), ""
    else:
        people, hint = picking.offered(body, title, timezone.localdate())
    bound = request.POST if request.method == "POST" else None
    form = PostForm(bound, title=title, people=people)
    if bound is not None and form.is_valid():
        try:
            post = _take_up(branch, body, title, form.cleaned_data, by=request.user)
        except ValidationError as refusal:
            show_refusal(form, refusal)
        else:
            messages.success(request, f"{post.person.name}任{post.get_title_display()}已登记。{posts.duty_words(post)}")
            return redirect(home_of(body)["url"])
    context = {
        "place": body,
        "title_word": title.label,
        "title": title.value,
        "form": form,
        "find": find,
        "text": text,
        "people": people,
        "hint": hint,
        "law": listing.law_of(title),
        "crumbs": crumbs,
        "back": back,
    }
    return render(request, "branches/post_new.html", context)


@transaction.atomic
def _take_up(branch, body, title, answers, *, by):
    answers = dict(answers)
    person, name, unit = (answers.pop(key, "") for key in ("person", "name", "unit"))
    if not person:
        person = posts.newcomer(body.town, name, unit, by=by)
    if branch is not None:
        return leading.appoint(branch, person, title, by=by, **answers)
    return posts.take_up(person, body, title, by=by, **answers)


@require_http_methods(["GET", "POST"])
@open_to(*ROSTER_KEEPERS)
def post_end(request, pk):
    """结束任职."""
    rows = Post.objects.filter(body__kind__in=posts.TITLES_OF).select_related("body", "person")
    post = kept(request, rows, pk)
    if post.body.kind in BY_THE_TOWN:
        kept(request, rows, pk, roles=(Role.TOWN_OFFICE,))
    home = home_of(post.body)
    form = EndForm(request.POST if request.method == "POST" else None, body=post.body)
    if request.method == "POST" and form.is_valid():
        try:
            posts.end(post, by=request.user, **form.cleaned_data)
        except ValidationError as refusal:
            show_refusal(form, refusal)
        else:
            on = cn_date(form.cleaned_data["ends_on"])
            messages.success(
                request, f"{post.person.name}的{post.get_title_display()}任职到{on}结束，以前的记录都保留。"
            )
            return redirect(home["url"])
    context = {"post": post, "form": form, "back": home["url"], "crumbs": [home], "ended": post.ends_on}
    context["law"] = listing.law_of(post.title)
    return render(request, "branches/post_end.html", context)


# ── All branches ──


def _listed(request, branches):
    bar = LeadershipFilter(request.GET, user=request.user, queryset=branches.exclude(state=Branch.State.DISSOLVED))
    return bar, bar.narrow(listing.lines(bar.qs, timezone.localdate()))


@require_safe
@open_to(*STAFF)
def leadership(request):
    """支部班子: vacancies and how long they last, terms, where the secretaries come from."""
    bar, rows = _listed(request, Branch.objects.visible_to(request.user))
    context = {
        "filter": bar,
        "rows": rows,
        "sums": listing.sums(rows, partial(narrowed, request, "gap")),
        "shares": listing.share_words(rows),
    }
    if request.user.has_role(*EXPORTERS):
        context["export_url"] = f"{reverse('leadership_export')}{filters_of(request)}"
    return render(request, "branches/leadership.html", context)


@require_http_methods(["GET", "POST"])
@open_to(*EXPORTERS)
def leadership_export(request):
    """支部班子台账 as a file: the page's own filter, with its purpose."""
    bar, rows = _listed(request, Branch.objects.within(reach_of(request.user)))
    return export_page(request, export.export(bar, rows, back=f"{reverse('leadership')}{filters_of(request)}"))
