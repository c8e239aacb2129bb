"""操作记录, for the audit administrator alone: read, prove whole, export with a stated purpose."""

from django.db import transaction
from django.http import FileResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts import trail_words
from accounts.filters import TrailFilter
from accounts.forms import PurposeForm
from accounts.paging import newest_first
from accounts.permissions import open_to
from accounts.roles import Role
from office.areas.models import Town
from office.audit import trail as audit_trail
from office.audit.models import Trail
from office.chinese.dates import cn_date
from office.sheets.columns import Column
from office.sheets.writing import CONTENT_TYPE, Sheet, write_xlsx

SIZE = 50
MOST_EXPORTED = 20_000  # 条；再多一张表没人看得完，也占着网页进程
COLUMNS = (
    "id",
    "at",
    "actor",
    "actor_name",
    "verb",
    "model",
    "object_id",
    "object_label",
    "changes",
    "reason",
    "result",
    "address",
)
SHEET = [
    Column("id", "序号", width=10),
    Column("at", "时间", kind="date", width=20),
    Column("actor", "操作人", width=12),
    Column("verb", "事项", width=16),
    Column("kind", "对象类别", width=12),
    Column("label", "对象", width=28),
    Column("changes", "变更", width=40),
    Column("reason", "理由", width=24),
    Column("result", "结果", width=10),
    Column("address", "来源地址", width=18),
]


@require_safe
@open_to(Role.AUDITOR)
def trail(request):
    """Deeds of the auditor's town, newest first; with ?model=&object= the history of one object."""
    bar = TrailFilter(request.GET, queryset=Trail.objects.visible_to(request.user))
    found, pages = newest_first(bar.qs.values(*COLUMNS), request, size=SIZE)
    context = {
        "filter": bar,
        "rows": [trail_words.row_words(row) for row in found],
        "one_object": bool(request.GET.get("object")),
        "filtered": any(request.GET.get(name) for name in bar.filters),
        "query": request.GET.urlencode(),
        **pages,
    }
    return render(request, "accounts/trail.html", context)


@require_POST
@open_to(Role.AUDITOR)
def trail_verify(request):
    """Recompute the chain of every row of the auditor's town; the check itself is a deed."""
    checked = [_check(town, request.user) for town in Town.objects.filter(pk__in=request.user.audits)]
    return render(request, "accounts/trail_verified.html", {"checked": checked})


def _check(town, by):
    broken = audit_trail.broken_links(town.pk)
    at = timezone.now()
    with transaction.atomic():
        first = {"first_broken": ("", "最末尾" if broken == [-1] else f"第{broken[0]}条")} if broken else {}
        result = "broken" if broken else "whole"
        audit_trail.record("audit.verified", town, by=by, town=town.pk, changes=first, result=result)
    rows = Trail.objects.filter(town=town.pk, pk__in=broken[:SIZE]).order_by("id").values(*COLUMNS)
    return {
        "town": town,
        "at": at,
        "whole": not broken,
        "rows": [trail_words.row_words(row) for row in rows],
        "end_missing": -1 in broken,
        "many": len(broken) > SIZE,
    }


@require_http_methods(["GET", "HEAD", "POST"])
@open_to(Role.AUDITOR)
def trail_export(request):
    """The filtered rows as a sheet. The export leaves its own row, with the purpose, before the file is made."""
    bar = TrailFilter(request.GET, queryset=Trail.objects.visible_to(request.user))
    form = PurposeForm(request.POST if request.method == "POST" else None)
    amount = bar.qs.order_by()[: MOST_EXPORTED + 1].count()
    too_many = amount > MOST_EXPORTED
    if request.method == "POST" and form.is_valid() and not too_many:
        purpose = form.cleaned_data["purpose"]
        own_row = _record_export(request, bar, purpose, amount)
        return _sheet(request.user, bar.qs.filter(pk__lt=own_row.pk), purpose)
    context = {
        "form": form,
        "amount": amount,
        "too_many": too_many,
        "most": MOST_EXPORTED,
        "query": request.GET.urlencode(),
    }
    return render(request, "accounts/trail_export.html", context)


def _record_export(request, bar, purpose, amount):
    """The export's own row; the sheet holds what was there before it."""
    town = request.user.town
    named = {name: each.label for name, each in bar.filters.items() if each.label}
    chosen = "，".join(f"{label}：{request.GET[name]}" for name, label in named.items() if request.GET.get(name))
    with transaction.atomic():
        return audit_trail.record(
            "audit.exported",
            town,
            by=request.user,
            town=town.pk,
            reason=purpose,
            changes={"rows": ("", amount), "filters": ("", chosen[:100])},
        )


def _sheet(user, queryset, purpose):
    today = timezone.localdate()
    sheet = Sheet(
        title=f"{user.town.name}操作记录",
        subtitle_lines=[f"导出人：{user.name}　日期：{cn_date(today)}　用途：{purpose}"],
        columns=SHEET,
        rows=_sheet_rows(queryset),
    )
    file = write_xlsx([sheet], watermark=f"{user.name} {cn_date(today)} {purpose}")
    name = f"{user.town.name}操作记录{today:%Y%m%d}.xlsx"
    return FileResponse(file, as_attachment=True, filename=name, content_type=CONTENT_TYPE)


def _sheet_rows(queryset):
    rows = queryset.order_by("id").values(*COLUMNS)[:MOST_EXPORTED]
    for row in rows.iterator(chunk_size=2000):
        words = trail_words.row_words(row)
        words["at"], words["changes"] = row["at"], "；".join(words["changes"])
        yield [words[column.key] for column in SHEET]
