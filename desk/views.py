"""Home, help, ledgers, the demo switch, and the error pages."""

from django.conf import settings
from django.contrib import messages
from django.contrib.auth import login
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponseServerError
from django.shortcuts import redirect, render
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from accounts.models import User
from accounts.permissions import open_to, open_to_all, open_to_signed_in
from accounts.roles import EXPORTERS, ROSTER_KEEPERS, STAFF, Role
from branches import figures
from desk import context, demo
from desk import home as home_page
from office.areas.prepared import read_once
from office.chinese.dates import cn_date, weekday


@require_safe
@open_to_signed_in
@read_once()
def home(request):
    """待办: the first thing everybody sees."""
    today = timezone.localdate()
    dated, gaps = home_page.todos(request.user, today)
    first_page, first_page_label = home_page.own_page(request.user)
    return render(
        request,
        "desk/home.html",
        {
            "dated": dated[: home_page.SHOWN],
            "more": dated[home_page.SHOWN :],
            "gaps": gaps,
            "count": len(dated),
            "numbers": home_page.numbers(request.user, today),
            "day": f"{cn_date(today)} {weekday(today)}",
            "first_page": first_page,
            "cadre": home_page.cadre_to_call(request.user, today),
            "first_page_label": first_page_label,
            "nothing_recorded": _nothing_recorded(request.user),
            "begin_url": reverse("compounds_import") if request.user.has_role(*ROSTER_KEEPERS) else "",
        },
    )


def _nothing_recorded(user):
    """A new town begins with its compounds: staff are told how."""
    return user.has_role(*STAFF) and not figures.any_compound(user.reach)


@require_safe
@open_to(Role.BRANCH_SECRETARY)
def my_branch(request):
    """The branch secretary's own branch."""
    branches = sorted(request.user.reach_as(Role.BRANCH_SECRETARY).branches)
    return redirect("branch", pk=branches[0])


@require_safe
@open_to(Role.COMPOUND_WORKER)
def my_compound(request):
    """The compound worker's own compound."""
    compounds = sorted(request.user.reach_as(Role.COMPOUND_WORKER).compounds)
    return redirect("compound", pk=compounds[0])


# 名称、页面、导出的页面、里面有什么。
LEDGERS = (
    ("党支部台账", "branches", "branches_export", "名称、覆盖小区、书记、联系干部、任期、七有"),
    ("支部班子台账", "leadership", "leadership_export", "书记来源、空缺和暂任多久、任期、班子要核对的"),
    ("阵地七有台账", "venues", "venues_export", "每个支部一年一次的七有：有、缺、不适用，需解决的和计划时间"),
    ("活动场所", "rooms", "rooms_export", "党群服务中心、共享场所：地址、面积、门牌、哪些支部在用"),
    ("党支部设立调整", "cases", "cases_export", "设立、联合、调整、撤销：请示、镇党委会、批复到哪一步"),
    ("党员名册", "members", "members_export", "按姓氏笔画排序，可筛选、可导出"),
    ("党员摸排", "census_rounds", "", "每轮摸排各社区核对到哪里、增减了谁"),
    ("社区间转接", "member_transfers", "", "本镇社区之间组织关系的转接，等谁确认"),
    ("会议台账", "meetings", "meetings_export", "联席会议、议事会和支部的会议，按日期排列"),
    ("片区", "patches", "patches_export", "每个片区有哪些小区、谁负责；哪些小区还没有划入"),
    ("网格", "cells", "cells_export", "小区和楼栋、网格员、楼栋长、党员；没有党员的网格"),
    ("指导组走访", "guidance", "guidance_export", "每个社区的指导组、每个支部的联系干部，走访和意见"),
    ("经费", "funding", "funding_export", "拨入和支出的来源、金额、用途，按万元汇总"),
    ("业委会台账", "committees", "committees_export", "状态、主任、党员比例、交叉任职、任期、物业项目部"),
    ("小区覆盖台账", "compounds", "compounds_export", "每个小区由哪个支部覆盖，没有的怎么办"),
    ("小区覆盖任务表", "coverage", "coverage_export", "目标和现状、每月变化；没有支部的小区下一步谁在哪天前办"),
    ("年度材料", "materials", "", "年度述职考核材料的生成、下载"),
    ("公文", "documents", "", "通知、请示、批复、函和纪要的起草、审核、签发"),
    ("发文登记簿", "document_register", "", "每一个发文字号，作废的写明理由"),
    ("标准与依据", "rules", "", "每一条标准是多少、出自哪里、本镇从哪天起另有设定"),
)


@require_safe
@open_to(*STAFF)
def ledgers(request):
    """台账与公文: every ledger is a view over records, never a form of its own (C25)."""
    exports = request.user.has_role(*EXPORTERS)
    rows = [
        {"name": name, "url": reverse(url), "about": about, "export": reverse(export) if export and exports else ""}
        for name, url, export, about in LEDGERS
        if context.opens(request.user, url)
    ]
    return render(request, "desk/ledgers.html", {"rows": rows})


@require_safe
@open_to_signed_in
def help_page(request):
    """帮助: what each page is for, and whom to ask."""
    return render(request, "desk/help.html")


@require_POST
@open_to_signed_in
def demo_switch(request):
    """Trial data only: act as another demo account."""
    _only_in_demo(request)
    user = User.objects.filter(username=request.POST.get("username", ""), is_demo=True, is_active=True).first()
    if user is None:
        raise Http404
    login(request, user, backend="django.contrib.auth.backends.ModelBackend")
    return redirect("home")


@require_POST
@open_to_signed_in
def demo_reset(request):
    """Trial data only: start over."""
    _only_in_demo(request)
    demo.reset()
    messages.success(request, "试用数据已恢复到最初的样子，请重新登录。")
    return redirect("login")


def _only_in_demo(request):
    if settings.APP_MODE != "local" or not request.user.is_demo:
        raise PermissionDenied


def _page(request, status, **context):
    response = render(request, f"{status}.html", context, status=status)
    response["Cache-Control"] = "no-store"
    return response


@open_to_all
def bad_request(request, exception=None):
    return _page(request, 400)


@open_to_all
def forbidden(request, exception=None):
    """The words a deed refused with, when it gave any."""
    return _page(request, 403, reason=str(exception or ""))


@open_to_all
def not_found(request, exception=None):
    return _page(request, 404)


@open_to_all
def method_not_allowed(request):
    """Shown by desk.middleware: Django has no handler of its own for it."""
    return _page(request, 405)


@open_to_all
def server_error(request):
    """Asks nothing of the request: whatever broke may break it again."""
    return HttpResponseServerError(render_to_string("500.html"), headers={"Cache-Control": "no-store"})
