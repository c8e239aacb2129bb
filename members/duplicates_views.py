"""可能重复的人: the list, the comparison and the merge, and what was settled, with the way back."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts.permissions import open_to
from accounts.roles import ROSTER_KEEPERS
from members import duplicates, duplicates_listing, merging
from members.merging_forms import ApartForm, MergeForm
from members.merging_sides import Comparison
from members.models import MergeRecord, NotSame, Person
from office.areas.pages import page
from office.chinese.dates import cn_date

MERGES_SHOWN = 50


def _crumbs(*more):
    return [
        {"label": "党员名单", "url": reverse("members")},
        {"label": "可能重复的人", "url": reverse("person_pairs")},
        *more,
    ]


@require_GET
@open_to(*ROSTER_KEEPERS)
def person_pairs(request):
    """可能重复的人, in 姓氏笔画 order, with why each two may be one."""
    found = duplicates.pairs(request.user)
    after = request.GET.get("after", "")
    shown, next_after = duplicates_listing.one_page(found, after)
    return render(
        request,
        "members/duplicates.html",
        {
            "rows": duplicates_listing.rows(shown),
            "total": len(found),
            "first": not duplicates_listing.position_of(after),
            "next_url": f"?after={next_after}" if next_after else "",
            "crumbs": _crumbs()[:1],
        },
    )


@require_GET
@open_to(*ROSTER_KEEPERS)
def person_pairs_settled(request):
    """Those remembered as two people, and the merges that can still be undone."""
    apart = NotSame.objects.within(request.user.reach_as(*ROSTER_KEEPERS))
    columns = ("one_id", "other_id", "one__name", "other__name", "keys", "reason", "told_by__name", "told_at")
    found = page(apart, request, key="id", descending=True, columns=columns)
    merges = merging.to_undo(request.user).order_by("-id")
    return render(
        request,
        "members/duplicates_settled.html",
        {
            "apart": [_apart_row(row) for row in found.rows],
            "page": found,
            "merges": [
                {
                    "name": name,
                    "person_url": reverse("person", args=[kept]),
                    "when": cn_date(timezone.localtime(at).date()),
                    "who": who,
                    "undo_url": reverse("person_merge_undo", args=[pk]),
                }
                for pk, kept, name, at, who in merges.values_list(
                    "pk", "kept_id", "name", "merged_at", "merged_by__name"
                )[:MERGES_SHOWN]
            ],
            "crumbs": _crumbs(),
        },
    )


def _apart_row(row):
    return {
        "names": [
            (row["one__name"], reverse("person", args=[row["one_id"]])),
            (row["other__name"], reverse("person", args=[row["other_id"]])),
        ],
        "why": "、".join(duplicates.SIGNS[sign] for sign in row["keys"].split(",") if sign in duplicates.SIGNS),
        "reason": row["reason"],
        "who": row["told_by__name"],
        "when": cn_date(timezone.localtime(row["told_at"]).date()),
        "forget_url": reverse("person_pair_forget", args=[row["id"]]),
    }


def _pair(user, one, other):
    """The two people, or 404 where the user may not know of one of them, 403 where the pair is not theirs to settle."""
    rows = Person.objects.visible_to(user).filter(pk__in=[one, other]).order_by("pk")
    places = ("member__community", "member__branch", "member__home_compound", "town", "user")
    found = list(rows.select_related(*places))
    if len(found) != 2:
        raise Http404
    if not duplicates.may_settle(user, *found):
        raise PermissionDenied
    return found


def _already_merged(user, one, other):
    """The address of the person who stayed, where these two were merged before: a second press of the button."""
    record = merging.to_undo(user).filter(kept__in=[one, other], dropped__in=[one, other]).first()
    return reverse("person", args=[record.kept_id]) if record else ""


@require_http_methods(["GET", "POST"])
@open_to(*ROSTER_KEEPERS)
def person_pair(request, one, other):
    """Two records side by side; a posted choice is shown once more before it is done."""
    if url := _already_merged(request.user, one, other):
        messages.info(request, "这两条记录已经合并成这一条。")
        return redirect(url)
    sides = Comparison(*_pair(request.user, one, other))
    form = MergeForm(request.POST or None, sides=sides)
    going_on = request.method == "POST" and "back" not in request.POST
    if going_on and form.is_valid() and not list(sides.problems()):
        return render(request, "members/duplicate_check.html", _page(sides, form, request.POST))
    return _compare(request, sides, form)


def _compare(request, sides, form, refused=""):
    return render(request, "members/duplicate.html", _page(sides, form) | {"refused": refused})


def _page(sides, form, posted=None):
    url = reverse("person_pair", args=[sides.one.pk, sides.other.pk])
    names = "和".join(dict.fromkeys((sides.one.name, sides.other.name)))
    crumbs = _crumbs({"label": names, "url": url}) if posted else _crumbs()
    return {
        "one": sides.one,
        "other": sides.other,
        "names": names,
        "form": form,
        "problems": list(sides.problems()),
        "moved": sides.moved_words,
        "two_members": len(sides.members) == 2,
        "apart_form": ApartForm(),
        "about": duplicates_listing.about(sides.one, sides.other),
        "result": form.result() if posted else [],
        "carried": [(name, posted[name]) for name in form.fields if name in posted] if posted else [],
        "url": url,
        "crumbs": crumbs,
    }


@require_POST
@open_to(*ROSTER_KEEPERS)
def person_pair_merge(request, one, other):
    """Merge as chosen, and go to the one person there is now."""
    if url := _already_merged(request.user, one, other):
        return redirect(url)
    sides = Comparison(*_pair(request.user, one, other))
    form = MergeForm(request.POST, sides=sides)
    if not form.is_valid():
        return _compare(request, sides, form)
    choices, seen = form.choices, form.cleaned_data["seen"]
    try:
        record = merging.merge(sides.one.pk, sides.other.pk, choices=choices, seen=seen, by=request.user)
    except merging.MergeRefused as refused:
        fresh = Comparison(*_pair(request.user, one, other))
        return _compare(request, fresh, MergeForm(sides=fresh), refused=str(refused))
    messages.success(request, "两条记录已经合并成这一条。30天内没有人改动的，可以在“已核对的”里撤销。")
    return redirect("person", pk=record.kept_id)


@require_POST
@open_to(*ROSTER_KEEPERS)
def person_pair_apart(request, one, other):
    """不是同一个人: remembered, and not asked again unless something new speaks for it."""
    sides = Comparison(*_pair(request.user, one, other))
    form = ApartForm(request.POST)
    if not form.is_valid():
        return render(request, "members/duplicate.html", _page(sides, MergeForm(sides=sides)) | {"apart_form": form})
    duplicates.tell_apart(sides.one, sides.other, reason=form.cleaned_data["reason"], by=request.user)
    messages.success(request, f"已记下：{sides.one.name}和{sides.other.name}是两个人，以后不再提示。")
    return redirect("person_pairs")


@require_POST
@open_to(*ROSTER_KEEPERS)
def person_pair_forget(request, pk):
    """Take the word “不是同一个人” back."""
    kept = get_object_or_404(NotSame.objects.within(request.user.reach_as(*ROSTER_KEEPERS)), pk=pk)
    duplicates.forget(kept, by=request.user)
    messages.success(request, "已撤销，这两条记录会重新列出来核对。")
    return redirect("person_pairs_settled")


@require_http_methods(["GET", "POST"])
@open_to(*ROSTER_KEEPERS)
def person_merge_undo(request, pk):
    """Ask once, then make two records again."""
    merges = MergeRecord.objects.within(request.user.reach_as(*ROSTER_KEEPERS)).select_related("kept", "merged_by")
    record = get_object_or_404(merges, pk=pk)
    refused = ""
    if request.method == "POST":
        try:
            back = merging.undo(record, by=request.user)
        except merging.MergeRefused as problem:
            refused = str(problem)
        else:
            messages.success(request, f"已撤销合并，{record.name}的两条记录都回来了。")
            return redirect("person_pair", *sorted((record.kept_id, back.pk)))
    rows = [
        {"label": "姓名", "value": record.kept.name},
        {"label": "合并时间", "value": cn_date(timezone.localtime(record.merged_at).date())},
        {"label": "合并人", "value": record.merged_by.name},
    ]
    settled = {"label": "已核对的", "url": reverse("person_pairs_settled")}
    context = {"rows": rows, "refused": refused, "back_url": settled["url"], "crumbs": _crumbs(settled)}
    return render(request, "members/duplicate_undo.html", context)
