"""Accounts and duties of a town: the system administrator keeps accounts, the security administrator gives duties."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError
from django.db.models import Prefetch
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from accounts import deeds, locks, rights
from accounts.filters import AccountFilter
from accounts.forms import AccountForm, DutyForm, EndDutyForm, RoleForm, StateForm
from accounts.models import Assignment, User
from accounts.paging import newest_first
from accounts.permissions import open_to
from accounts.roles import Role

SIZE = 50
SETTLED = {"disabled": "已停用，登录的都已退出。", "enabled": "已启用，可以登录了。", "unlocked": "已解除锁定。"}


def _account_for(request, pk, role=None):
    """An account of a town the user administers (404 else); with `role`, one he administers as that (403 else)."""
    account = get_object_or_404(User.objects.administered_by(request.user).select_related("town"), pk=pk)
    if role and account.town_id not in request.user.towns_as(role):
        raise PermissionDenied
    return account


@require_safe
@open_to(Role.SYSTEM_ADMIN, Role.SECURITY_ADMIN)
def accounts(request):
    """账号与职责: every account of the town, newest first, with today's duties."""
    bar = AccountFilter(request.GET, queryset=User.objects.administered_by(request.user))
    today = Assignment.objects.on(timezone.localdate()).select_related("body", "compound", "community")
    shown = bar.qs.prefetch_related(Prefetch("assignments", today.order_by("id"), to_attr="duties_today"))
    users, pages = newest_first(shown, request, size=SIZE)
    rows = [
        {
            "pk": user.pk,
            "name": user.name,
            "username": user.username,
            "duties": "、".join(a.title for a in user.duties_today),
            "state": _state(user),
        }
        for user in users
    ]
    context = {"rows": rows, "filter": bar, "may_create": request.user.has_role(Role.SYSTEM_ADMIN), **pages}
    return render(request, "accounts/accounts.html", context)


def _state(user):
    """(word, kind of badge) of an account."""
    if not user.is_active:
        return "已停用", "err"
    return ("待改口令", "warn") if user.must_change_password else ("启用", "ok")


@require_http_methods(["GET", "HEAD", "POST"])
@open_to(Role.SYSTEM_ADMIN)
def account_new(request):
    """Open an account; its issued password is shown on the answer to this form and never again."""
    form = AccountForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            user, password = deeds.create_user(town=request.user.town, by=request.user, **form.cleaned_data)
        except IntegrityError:  # 两位管理员同时开了同一个账号名
            form.add_error("username", form.fields["username"].error_messages["unique"])
        else:
            return render(request, "accounts/issued.html", {"account": user, "password": password, "new": True})
    return render(request, "accounts/account_new.html", {"form": form})


@require_safe
@open_to(Role.SYSTEM_ADMIN, Role.SECURITY_ADMIN)
def account(request, pk):
    """One account: who it is, its state, its duties now and before."""
    found = _account_for(request, pk)
    duties = found.assignments.select_related("body", "compound", "community").order_by("-starts_on", "-id")
    oneself = found.pk == request.user.pk
    context = {
        "account": found,
        "state": _state(found),
        "locked_until": locks.locked_until(found.username),
        "duties": [_duty_row(a, timezone.localdate()) for a in duties],
        "keeps_accounts": not oneself and found.town_id in request.user.towns_as(Role.SYSTEM_ADMIN),
        "gives_duties": not oneself and found.town_id in request.user.towns_as(Role.SECURITY_ADMIN),
        "oneself": oneself,
    }
    return render(request, "accounts/account.html", context)


def _duty_row(assignment, today):
    over = assignment.ends_on is not None and assignment.ends_on < today
    ahead = assignment.starts_on is not None and assignment.starts_on > today
    state = ("已结束", "plain") if over else ("未到日期", "info") if ahead else ("在任", "ok")
    return {
        "pk": assignment.pk,
        "title": assignment.title,
        "term": rights.term(assignment),
        "reason": assignment.reason,
        "state": state,
        "may_end": not over,
    }


@require_http_methods(["GET", "HEAD", "POST"])
@open_to(Role.SYSTEM_ADMIN)
def account_password(request, pk):
    """Replace a forgotten password; the new one is shown on the answer and never again."""
    found = _account_for(request, pk, Role.SYSTEM_ADMIN)
    _refuse_oneself(request, found)
    if request.method == "POST":
        password = deeds.issue_password(found, by=request.user)
        return render(request, "accounts/issued.html", {"account": found, "password": password})
    return render(request, "accounts/account_password.html", {"account": found})


@require_http_methods(["GET", "HEAD", "POST"])
@open_to(Role.SYSTEM_ADMIN)
def account_state(request, pk):
    """停用、启用、解锁. The form names the state that is wanted, so that sending it twice changes nothing more."""
    found = _account_for(request, pk, Role.SYSTEM_ADMIN)
    _refuse_oneself(request, found)
    form = StateForm(
        request.POST if request.method == "POST" else None,
        initial={"state": "disabled" if found.is_active else "enabled"},
    )
    if request.method == "POST" and form.is_valid():
        _settle(found, form.cleaned_data["state"], form.cleaned_data["reason"], by=request.user)
        messages.success(request, f"{found.name}：{SETTLED[form.cleaned_data['state']]}")
        return redirect("account", pk=found.pk)
    return render(request, "accounts/account_state.html", {"account": found, "form": form})


def _settle(found, state, reason, *, by):
    if state == "unlocked":
        deeds.unlock(found, by=by)
    elif state == "enabled":
        deeds.enable(found, reason=reason, by=by)
    else:
        deeds.disable(found, reason=reason, by=by)


@require_http_methods(["GET", "HEAD", "POST"])
@open_to(Role.SECURITY_ADMIN)
def assignment_new(request, pk):
    """Give a duty in two steps without script: which one (?role=), then where and from when."""
    found = _account_for(request, pk, Role.SECURITY_ADMIN)
    _refuse_oneself(request, found)
    chosen = RoleForm(request.GET or None)
    if not chosen.is_valid():
        return render(request, "accounts/assignment_role.html", {"account": found, "form": chosen})
    role = Role(chosen.cleaned_data["role"])
    form = DutyForm(
        request.POST if request.method == "POST" else None,
        role=role,
        town=found.town,
        initial={"starts_on": timezone.localdate()},
    )
    if request.method == "POST" and form.is_valid():
        dates = {key: form.cleaned_data[key] for key in ("starts_on", "ends_on", "reason")}
        try:
            duty = deeds.grant(found, role, by=request.user, **form.home(), **dates)
        except ValidationError as refusal:
            form.add_error(None, refusal)
        else:
            messages.success(request, f"已授予{found.name}：{duty.title}。他下一次打开页面就生效。")
            return redirect("account", pk=found.pk)
    context = {"account": found, "form": form, "role": role.label, "may": rights.may(role)}
    return render(request, "accounts/assignment_new.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@open_to(Role.SECURITY_ADMIN)
def assignment_end(request, pk):
    """End a duty of somebody else in one's town."""
    duties = Assignment.objects.visible_to(request.user)
    duty = get_object_or_404(duties.select_related("user", "body", "compound", "community"), pk=pk)
    if duty.town_id not in request.user.towns_as(Role.SECURITY_ADMIN):
        raise PermissionDenied
    _refuse_oneself(request, duty.user)
    form = EndDutyForm(request.POST if request.method == "POST" else None, initial={"on": timezone.localdate()})
    if request.method == "POST" and form.is_valid():
        try:
            deeds.end(duty, by=request.user, **form.cleaned_data)
        except ValidationError as refusal:
            form.add_error("on", refusal)
        else:
            messages.success(request, f"{duty.user.name}的“{duty.title}”已定好结束日期。")
            return redirect("account", pk=duty.user_id)
    context = {"duty": duty, "account": duty.user, "form": form, "term": rights.term(duty)}
    return render(request, "accounts/assignment_end.html", context)


def _refuse_oneself(request, found):
    if found.pk == request.user.pk:
        raise PermissionDenied(deeds.NOT_ONESELF)
