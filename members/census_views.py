"""摸排党员: the town's round, and every community's part of it."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts.export_views import export_page
from accounts.exports import Export
from accounts.permissions import open_to
from accounts.roles import OF_COMMUNITY, OF_TOWN, ROSTER_KEEPERS
from members import census as rounds
from members import census_checks
from members.change_forms import ConfirmForm, RoundForm
from members.models import Census, CensusReturn, Member
from office.chinese.dates import cn_date
from office.sheets.columns import Column

READERS = (*OF_TOWN, *OF_COMMUNITY)
GROUPS = {"new": "新增", "changed": "更新", "gone": "转出、去世"}
ROOT = {"label": "党员摸排"}
COLUMNS = (
    Column("community", "社区", width=16),
    Column("state", "核对情况", width=24),
    *(Column(f"before_{key}", f"开始时{label}", width=10) for key, label in rounds.LABELS.items()),
    *(Column(f"after_{key}", f"核对后{label}", width=10) for key, label in rounds.LABELS.items()),
    *(Column(key, label, width=10) for key, label in GROUPS.items()),
    Column("note", "说明", width=30),
)


def _root():
    return ROOT | {"url": reverse("census_rounds")}


def _round(user, pk):
    return get_object_or_404(Census.objects.visible_to(user), pk=pk)


def _returns(user):
    return CensusReturn.objects.visible_to(user).select_related("census", "community", "confirmed_by")


def _part(user, pk):
    return get_object_or_404(_returns(user), pk=pk)


def _runs(user):
    return user.has_role(*rounds.OPENERS)


@require_GET
@open_to(*READERS)
def census_rounds(request):
    """Every round: for the town the round, for a community its own part."""
    of_town = request.user.has_role(*OF_TOWN)
    found = Census.objects.visible_to(request.user).order_by("-opens_on", "-pk") if of_town else ()
    own = [] if of_town else _returns(request.user).order_by("-census__opens_on", "-pk")
    rows = [(census, reverse("census_round", args=[census.pk]), "") for census in found]
    rows += [(part.census, reverse("census_part", args=[part.pk]), part.community) for part in own]
    return render(
        request,
        "members/census_rounds.html",
        {
            "rows": [
                {
                    "title": census.title,
                    "url": url,
                    "community": community,
                    "span": _span(census),
                    "state": _state(census),
                }
                for census, url, community in rows
            ],
            "several": len({str(row[2]) for row in rows}) > 1,
            "may_open": _runs(request.user) and not any(census.closed_on is None for census, *_ in rows),
            "runs": _runs(request.user),
        },
    )


def _span(census):
    return f"{cn_date(census.opens_on)}—{cn_date(census.due_on)}"


def _state(census):
    """(word, kind of badge) of a round."""
    if census.closed_on:
        return f"{cn_date(census.closed_on)}结束", "plain"
    return ("进行中", "info") if timezone.localdate() <= census.due_on else ("已到期，还没结束", "warn")


@require_http_methods(["GET", "POST"])
@open_to(*rounds.OPENERS)
def census_new(request):
    """开始一轮摸排: a title that is there already, the day, and what to look at. While a round runs, the way to it."""
    context = {"crumbs": [_root()], "running": Census.objects.filter(town=request.user.town_id, closed_on=None).first()}
    if context["running"]:
        return render(request, "members/census_new.html", context)
    initial = {"title": f"{timezone.localdate().year}年党员摸排"}
    form = RoundForm(request.POST if request.method == "POST" else None, initial=initial)
    if request.method == "POST" and form.is_valid():
        try:
            census = rounds.open_round(request.user.town, by=request.user, **form.cleaned_data)
        except ValidationError as refusal:
            form.add_error(None, refusal)
        else:
            messages.success(request, f"{census}已开始，各社区的待办里已有这一项。")
            return redirect("census_round", pk=census.pk)
    return render(request, "members/census_new.html", context | {"form": form})


@require_GET
@open_to(*OF_TOWN)
def census_round(request, pk):
    """How far every community is, in words and in the order of the area; no ranking."""
    census = _round(request.user, pk)
    parts = rounds.parts(_returns(request.user).filter(census=census).order_by("community__position", "community_id"))
    confirmed = sum(bool(part.row.confirmed_at) for part in parts)
    return render(
        request,
        "members/census_round.html",
        {
            "census": census,
            "span": _span(census),
            "state": _state(census),
            "rows": [_progress(part) for part in parts],
            "total": {key: sum(part.figures[key] for part in parts) for key in rounds.FIGURES},
            "waiting": len(parts) - confirmed,
            "confirmed": confirmed,
            "runs": _runs(request.user) and not census.closed_on,
            "may_export": _runs(request.user),
            "crumbs": [_root()],
        },
    )


def _progress(part):
    row = part.row
    return {
        "pk": row.pk,
        "community": str(row.community),
        "words": part.state_words,
        "kind": part.state[1],
        "reminded_on": None if row.confirmed_at else row.reminded_on,
        "waiting": not row.confirmed_at,
        "before": row.opening_figures,
        "after": part.figures,
        "groups": _groups(part),
        "note": row.note,
    }


def _groups(part):
    """[{label, value, unit, url}] of what differs from the opening; no link where there is nobody."""
    return [
        {
            "label": label,
            "value": len(getattr(part.differences, key)),
            "unit": "人",
            "url": reverse("census_rows", args=[part.row.pk, key]) if getattr(part.differences, key) else "",
        }
        for key, label in GROUPS.items()
    ]


@require_http_methods(["GET", "POST"])
@open_to(*rounds.OPENERS)
def census_close(request, pk):
    """结束这一轮: asked once; communities that did not confirm stay so."""
    census = _round(request.user, pk)
    if request.method == "POST":
        rounds.close(census, by=request.user)
        messages.success(request, f"{census}已结束。")
        return redirect("census_round", pk=pk)
    waiting = [str(row.community) for row in _returns(request.user).filter(census=census, confirmed_at=None)]
    crumbs = [_root(), {"label": census.title, "url": reverse("census_round", args=[pk])}]
    return render(request, "members/census_close.html", {"census": census, "waiting": waiting, "crumbs": crumbs})


@require_POST
@open_to(*rounds.OPENERS)
def census_remind(request, pk):
    """提醒 one community that has not confirmed."""
    part = _part(request.user, pk)
    try:
        rounds.remind(part, by=request.user)
    except ValidationError as refusal:
        messages.info(request, "".join(refusal.messages))
    else:
        messages.success(request, f"已提醒{part.community}，它的待办里写着今天提醒过。")
    return redirect("census_round", pk=part.census_id)


@require_http_methods(["GET", "POST"])
@open_to(*rounds.OPENERS)
def census_export(request, pk):
    """The annex of the round as a sheet: figures before and after, differences, who confirmed when."""
    census = _round(request.user, pk)
    parts = rounds.parts(_returns(request.user).filter(census=census).order_by("community__position", "community_id"))
    export = Export(
        name=f"{census.title}情况",
        noun="社区",
        unit="个社区",
        total=len(parts),
        chosen=f"{census.title}（{_span(census)}）",
        order="按社区排列",
        columns=COLUMNS,
        rows=lambda keys: (_sheet_row(part) for part in parts),
        back=reverse("census_round", args=[pk]),
    )
    return export_page(request, export)


def _sheet_row(part):
    row = {"community": str(part.row.community), "state": part.state_words, "note": part.row.note}
    row |= {f"before_{key}": part.row.opening_figures[key] for key in rounds.FIGURES}
    row |= {f"after_{key}": part.figures[key] for key in rounds.FIGURES}
    return row | {key: len(getattr(part.differences, key)) for key in GROUPS}


# ── 社区 ──


def _part_crumbs(user, row, *more):
    census = {"label": row.census.title, "url": reverse("census_round", args=[row.census_id])}
    return [_root(), *([census] if user.has_role(*OF_TOWN) else []), *more]


def _own_page(row):
    return {"label": str(row.community), "url": reverse("census_part", args=[row.pk])}


@require_GET
@open_to(*READERS)
def census_part(request, pk):
    """A community's part: what to look at, what changed since the opening, and the confirmation."""
    row = _part(request.user, pk)
    part = rounds.parts([row])[0]
    is_open = not row.census.closed_on and not row.confirmed_at
    several = request.user.has_role(*OF_TOWN) or len(request.user.reach.communities) > 1
    return render(
        request,
        "members/census_part.html",
        {
            "part": part,
            "row": row,
            "checks": census_checks.rows(row.community, user=request.user, several=several) if is_open else [],
            "figures": [
                {"label": label, "before": row.opening_figures[key], "after": part.figures[key]}
                for key, label in rounds.LABELS.items()
            ],
            "groups": _groups(part),
            "is_open": is_open,
            "keeps": _holds(request.user, row, ROSTER_KEEPERS),
            "confirms": not row.census.closed_on and _holds(request.user, row, rounds.CONFIRMERS),
            "crumbs": _part_crumbs(request.user, row),
        },
    )


def _holds(user, row, roles):
    return CensusReturn.objects.within(user.reach_as(*roles)).filter(pk=row.pk).exists()


@require_GET
@open_to(*READERS)
def census_rows(request, pk, what):
    """The people behind one number of a community's part."""
    if what not in GROUPS:
        raise Http404
    row = _part(request.user, pk)
    ids = getattr(rounds.parts([row])[0].differences, what)
    columns = ("pk", "person__name", "relation", "stage", "status", "community_id", "branch__short_name")
    members = Member.objects.filter(town=row.town_id, pk__in=ids).order_by("strokes", "pk").values_list(*columns)
    people = [_person(*each, row.community_id) for each in members]
    context = {
        "row": row,
        "group": GROUPS[what],
        "people": people,
        "merged": len(ids) - len(people),
        "crumbs": _part_crumbs(request.user, row, _own_page(row)),
    }
    return render(request, "members/census_rows.html", context)


def _person(pk, name, relation, stage, status, community, branch, home):
    """Of somebody who went to another community only that shows."""
    away = community != home
    words = dict(Member.Status.choices)[status] if status != Member.Status.NORMAL else ""
    return {
        "name": name,
        "url": "" if away else reverse("person", args=[pk]),
        "relation": dict(Member.Relation.choices)[relation],
        "stage": dict(Member.Stage.choices)[stage],
        "branch": "" if away else branch or "",
        "state": "转到本镇其他社区" if away else words,
    }


@require_http_methods(["GET", "POST"])
@open_to(*ROSTER_KEEPERS)
def census_confirm(request, pk):
    """确认本社区已核对完: allowed with gaps, which are said in words."""
    row = _part(request.user, pk)
    if not _holds(request.user, row, rounds.CONFIRMERS):
        raise PermissionDenied("由社区书记确认。")
    form = ConfirmForm(request.POST if request.method == "POST" else None, initial={"note": row.note})
    if request.method == "POST" and form.is_valid():
        try:
            rounds.confirm(row, by=request.user, **form.cleaned_data)
        except ValidationError as refusal:
            form.add_error(None, refusal)
        else:
            messages.success(request, f"{row.community}已确认。在镇里结束这一轮之前，还可以撤回再核对。")
            return redirect("census_part", pk=pk)
    context = {
        "form": form,
        "row": row,
        "part": rounds.parts([row])[0],
        "checks": census_checks.rows(row.community, user=request.user, several=False),
        "crumbs": _part_crumbs(request.user, row, _own_page(row)),
    }
    return render(request, "members/census_confirm.html", context)


@require_POST
@open_to(*ROSTER_KEEPERS)
def census_withdraw(request, pk):
    """Take the confirmation back."""
    row = _part(request.user, pk)
    try:
        rounds.withdraw(row, by=request.user)
    except ValidationError as refusal:
        messages.info(request, "".join(refusal.messages))
    else:
        messages.success(request, "已撤回，可以接着核对。")
    return redirect("census_part", pk=pk)
