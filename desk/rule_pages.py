"""标准与依据: every threshold in force, where it comes from, and what the town has set instead since when (N-19)."""

from dataclasses import dataclass

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from accounts.permissions import open_to
from accounts.roles import ADMINISTRATORS, STAFF, Role
from desk.rule_forms import RuleFilter, RuleForm, as_typed
from office.chinese.dates import cn_date
from office.rulebook import rules as book
from office.rulebook import towns

# 篇：编号百位数，名称。
PARTS = (
    ("1", "支部设置、班子和选举"),
    ("2", "党员"),
    ("3", "组织生活"),
    ("4", "述职评议考核"),
    ("5", "阵地"),
    ("6", "业主、业主委员会"),
    ("7", "会议与协商"),
    ("8", "公文格式"),
    ("9", "数据、安全和归档"),
    ("set", "方案留给镇里定的和本系统约定"),
)
# 镇里设定以后，哪些页面按本镇的算。没有列在这里的，还没有页面用到，不开放设定，免得设了不起作用。
WORKS_IN = {
    "compound_min_direct_members": "成立条件、联合方案",
    "neighbour_distance": "联合方案",
    "election_majority_base": "支部选举",
    "guidance_groups_per_community": "年度材料",
    "liaison_cadres_per_branch": "年度材料",
    "branch_target": "待办页的数字、小区覆盖、年度材料",
    "branch_target_date": "小区覆盖",
    "branch_target_from": "小区覆盖",
    "group_suggested_above_members": "党小组",
    "wall_items": "阵地七有",
    "wall_display": "阵地七有",
    "joint_meeting_every": "待办、年度材料",
    "party_lecture_every": "年度材料",
    "branch_report_opens": "述职的待办",
    "branch_report_due": "述职的待办、年度材料",
    "report_season_until": "述职的待办",
    "owners_term_reminder_months": "业委会的待办",
    "party_share_reminder_months": "业委会的待办、年度材料",
    "owners_committee_party_share": "年度材料",
    "secretary_vacancy_alert_days": "支部班子",
    "acting_secretary_alert_days": "支部班子",
    "todo_soon_days": "待办",
}


@dataclass(frozen=True)
class Line:
    """One rule as it holds in the town on the day asked about."""

    rule: book.Rule
    base: book.Rule
    since: object

    @property
    def doubt(self):
        """What a reader should know about the text behind the number; empty when it was read."""
        return "" if self.base.status in ("verified", "design") else book.STATUSES[self.base.status]


@require_safe
@open_to(*STAFF, *ADMINISTRATORS)
def rules(request):
    """标准与依据, as they hold on a day."""
    today = timezone.localdate()
    form = RuleFilter({"part": PARTS[0][0], "on": cn_date(today)} | request.GET.dict(), parts=PARTS)
    asked = form.cleaned_data if form.is_valid() else {}
    day, part = asked.get("on") or today, asked.get("part") or PARTS[0][0]
    lines = _lines(towns.town_settings(request.user.town_id), day)
    return render(
        request,
        "desk/rules.html",
        {
            "form": form,
            "part_label": dict(PARTS)[part],
            "day": day,
            "is_today": day == today,
            "lines": [line for line in lines if _part(line.rule.id) == part],
            "principles": [one for one in book.load().principles.values() if _part(one.id) == part],
            "own": [line for line in lines if line.rule.overridden],
            "conflicts": book.load().conflicts.values(),
        },
    )


def _lines(settings, day):
    """Every rule in force that day, in the order of the rulebook, the town's own values laid over.

    What only some places have (a local practice) stands there with the place's name.
    """
    found = []
    for key in dict.fromkeys(rule.key for rule in book.all_rules()):
        in_force = (rule for rule in book.history(key) if rule.in_force(day))
        base = min(in_force, key=lambda rule: bool(rule.region), default=None)
        if base is None:
            continue
        setting = next((one for one in reversed(settings.get(key, ())) if one.valid_from <= day), None)
        rule = book.with_override(base, setting.value, setting.basis) if setting else base
        found.append(Line(rule, base, setting.valid_from if setting else None))
    return found


def _part(id):
    """R-101 → 1, R-1003 → 9 (data and security), R-002, P-01, S-04 → set."""
    kind, _, number = id.partition("-")
    hundreds = int(number.split(".")[0]) // 100
    return "set" if kind != "R" or hundreds == 0 else str(min(hundreds, 9))


@require_http_methods(["GET", "POST"])
@open_to(*STAFF, *ADMINISTRATORS)
def rule(request, key):
    """One rule: its rows through time, what the town has set, and the form to set it."""
    try:
        rows = book.history(key)
    except book.NoSuchRule as unknown:
        raise Http404 from unknown
    town, today = request.user.town, timezone.localdate()
    sets = town.pk in request.user.reach_as(Role.TOWN_OFFICE).towns
    if request.method == "POST" and not sets:
        raise PermissionDenied
    line = next((one for one in _lines(towns.town_settings(town.pk), today) if one.base.key == key), None)
    why_not = _why_not(line)
    back = f"{reverse('rules')}?part={_part(rows[-1].id)}"
    form = None
    if sets and not why_not:
        initial = {"value": as_typed(line.rule), "valid_from": today, "seen": towns.seen(town.pk, key)}
        form = RuleForm(request.POST or None, rule=line.base, initial=initial)
        if request.method == "POST" and form.is_valid() and _kept(form, town, key, request.user):
            messages.success(request, f"本镇的要求已保存，从{cn_date(form.cleaned_data['valid_from'])}起算。")
            return redirect("rule", key=key)
    return render(
        request,
        "desk/rule.html",
        {
            "line": line,
            "last": line.rule if line else rows[-1],
            "rows": rows,
            "level": book.LEVELS[rows[-1].level],
            "settings": _told(towns.town_settings(town.pk).get(key, ()), rows),
            "form": form,
            "why_not": why_not,
            "works_in": WORKS_IN.get(key, ""),
            "bounds": [book.history(bound)[-1] for bound in rows[-1].within],
            "conflicts": [book.conflict(id) for id in rows[-1].conflicts_with],
            "back": back,
            "crumbs": [{"label": "标准与依据", "url": back}],
        },
    )


def _why_not(line):
    """Why the town may not set a rule; empty when it may."""
    if line is None:
        return "今天没有有效的规定。"
    if line.base.level == "B" or not line.base.overridable:
        return "这条是统一规定，镇里不另设。"
    return "" if line.base.key in WORKS_IN else "这条还没有页面按本镇的要求算，先不开放设定。"


def _kept(form, town, key, user):
    """Whether the setting was saved; what stands against it is told on the form, which keeps what was typed."""
    typed = form.cleaned_data
    try:
        towns.set_rule(
            town, key, typed["value"], typed["basis"], typed["valid_from"], seen_before=typed["seen"], by=user
        )
    except towns.Stale as refusal:
        form.data = form.data.copy()
        form.data["seen"] = towns.seen(town.pk, key)
        form.add_error(None, str(refusal))
        return False
    except ValueError as refusal:
        form.add_error("valid_from", str(refusal))
        return False
    return True


def _told(settings, rows):
    """What the town has set, the newest first: (since, value in words, basis, by whom)."""
    told = []
    for one in reversed(settings):
        base = next((row for row in rows if not row.region and row.in_force(one.valid_from)), rows[-1])
        own = book.with_override(base, one.value, one.basis)
        told.append({"since": one.valid_from, "words": own.words, "basis": one.basis, "by": one.set_by})
    return told
