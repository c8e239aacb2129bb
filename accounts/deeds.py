"""Deeds on accounts and duties. Each is atomic, takes `by=` and leaves one row in the trail."""

from datetime import date, timedelta

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from accounts import locks, passwords
from accounts.models import Assignment, Feedback, User
from accounts.roles import FORBIDDEN_TOGETHER, OF_COMMUNITY, OF_COMPOUND, OF_TOWN, Role
from office.areas.models import Body
from office.audit import trail
from office.chinese.dates import cn_date

# 职责所在的组织：哪类职责落在哪类组织上（小区工作人员落在小区上，不在此表）。
BODIES_FOR = {
    **dict.fromkeys((*OF_TOWN, Role.SYSTEM_ADMIN, Role.SECURITY_ADMIN, Role.AUDITOR), (Body.Kind.TOWN_COMMITTEE,)),
    **dict.fromkeys(OF_COMMUNITY, (Body.Kind.COMMUNITY_COMMITTEE,)),
    Role.GUIDANCE: (Body.Kind.COMMUNITY_COMMITTEE, Body.Kind.GUIDANCE_GROUP),
    Role.LIAISON: (Body.Kind.BRANCH,),
    Role.BRANCH_SECRETARY: (Body.Kind.BRANCH,),
}
NOT_ONESELF = "自己的账号和职责要由另一位管理员办理。"


def sign_in_refused(username, *, locked):
    """A wrong try, under the account it aimed at; of an unknown account not even the name is kept (it may be a
    password typed into the wrong field)."""
    user = User.objects.filter(username=username).first()
    with transaction.atomic():
        trail.record(
            "accounts.sign_in_refused",
            user or User(name="没有这个账号"),
            by=None,
            result="refused",
            reason="连续输错，锁定15分钟" if locked else "",
        )


@transaction.atomic
def create_user(*, town, username, name, phone="", by):
    """A new account without duties; returns it with its issued password, which is kept nowhere."""
    password = passwords.issue()
    user = User.objects.create_user(username, password, name=name, phone=phone, town=town, must_change_password=True)
    trail.record("accounts.user_created", user, by=by, changes={"username": ("", username), "name": ("", name)})
    return user, password


@transaction.atomic
def issue_password(user, *, by):
    """Replace the password by an issued one and end the account's sessions; returns the password, kept nowhere."""
    _refuse_oneself(user, by)
    password = passwords.issue()
    user.set_password(password)
    user.must_change_password = True
    user.save(update_fields=["password", "must_change_password"])
    locks.release(user.username)
    trail.record("accounts.password_issued", user, by=by)
    return password


@transaction.atomic
def change_password(user, password, *, by):
    """The user's own new password, already checked against the policy; it ends all other sessions."""
    user.set_password(password)
    user.must_change_password = False
    user.password_changed_at = timezone.now()
    user.save(update_fields=["password", "must_change_password", "password_changed_at"])
    trail.record("accounts.password_changed", user, by=by)


@transaction.atomic
def change_phone(user, phone, *, by):
    user.phone = phone
    user.save(update_fields=["phone"])
    trail.record("accounts.phone_changed", user, by=by, changes={"phone": ("", "已变更")})


@transaction.atomic
def disable(user, *, reason="", by):
    """The account can no longer sign in and all its sessions end at once. Disabling twice does nothing."""
    _refuse_oneself(user, by)
    user = User.objects.select_for_update().get(pk=user.pk)
    if user.is_active:
        user.is_active = False
        user.session_version += 1
        user.save(update_fields=["is_active", "session_version"])
        trail.record("accounts.user_disabled", user, by=by, reason=reason, changes={"is_active": (True, False)})


@transaction.atomic
def enable(user, *, reason="", by):
    """The account can sign in again, with the password it had. Enabling twice does nothing."""
    _refuse_oneself(user, by)
    user = User.objects.select_for_update().get(pk=user.pk)
    if not user.is_active:
        user.is_active = True
        user.save(update_fields=["is_active"])
        locks.release(user.username)
        trail.record("accounts.user_enabled", user, by=by, reason=reason, changes={"is_active": (False, True)})


@transaction.atomic
def unlock(user, *, by):
    """Forget the wrong tries, so that the account may be tried again at once."""
    _refuse_oneself(user, by)
    locks.release(user.username)
    trail.record("accounts.user_unlocked", user, by=by)


@transaction.atomic
def grant(user, role, *, body=None, compound=None, starts_on=None, ends_on=None, reason="", by):
    """Give the user a duty from `starts_on` (default: today) until `ends_on` (None: 至今, last day inclusive).

    Refuses, with words, what 三员分立 forbids (decisions 7), a duty the user already holds then, and granting oneself.
    A duty opens rights only: it makes no Post, so it does not appoint anybody to anything.
    """
    _refuse_oneself(user, by)
    User.objects.select_for_update().get(pk=user.pk)  # 同一账号的授予排队，才不会两边各看各的
    starts_on = starts_on or timezone.localdate()
    _refuse_wrong_home(user, role, body, compound)
    _refuse_wrong_dates(starts_on, ends_on)
    held = list(_held_during(user, starts_on, ends_on))
    _refuse_together(role, held, reason)
    if any((a.role, a.body_id, a.compound_id) == (role, body and body.pk, compound and compound.pk) for a in held):
        raise ValidationError("这段时间里他已有这项职责，不用再授。")
    assignment = Assignment.objects.create(
        user=user, role=role, body=body, compound=compound, starts_on=starts_on, ends_on=ends_on, reason=reason
    )
    trail.record(
        "accounts.role_granted",
        user,
        by=by,
        reason=reason,
        changes={"role": ("", assignment.title), "starts_on": ("", starts_on)}
        | ({"ends_on": ("", ends_on)} if ends_on else {}),
    )
    return assignment


@transaction.atomic
def end(assignment, *, on, reason="", by):
    """The duty's last day is `on`; rights are gone from the next day. A duty that would then never have begun (granted
    today or for later, ended as of yesterday) is taken back and leaves its rows in the trail only."""
    assignment = Assignment.objects.select_for_update(of=("self",)).select_related("user").get(pk=assignment.pk)
    _refuse_oneself(assignment.user, by)
    _refuse_wrong_end(assignment, on)
    title, before = assignment.title, assignment.ends_on or ""
    withdrawn = assignment.starts_on is not None and on < assignment.starts_on
    if withdrawn:
        assignment.delete()
    else:
        assignment.ends_on = on
        assignment.save(update_fields=["ends_on"])
    trail.record(
        "accounts.role_withdrawn" if withdrawn else "accounts.role_ended",
        assignment.user,
        by=by,
        reason=reason,
        changes={"role": ("", title), "ends_on": (before, on)},
    )


@transaction.atomic
def give_feedback(*, user, text, page, token):
    """A suggestion; the same token twice (double click, resent form) gives the first one back."""
    feedback, new = Feedback.objects.get_or_create(token=token, defaults={"user": user, "text": text, "page": page})
    if new:
        trail.record("accounts.feedback_given", feedback, by=user)
    return feedback


@transaction.atomic
def answer_feedback(feedback, text, *, by):
    """The town's answer, once. False when a colleague was first; nothing of theirs is overwritten."""
    answered = Feedback.objects.filter(pk=feedback.pk, answered_at=None).update(
        answer=text, answered_by=by, answered_at=timezone.now()
    )
    if answered:
        trail.record("accounts.feedback_answered", feedback, by=by)
    return bool(answered)


def _refuse_oneself(user, by):
    if by is not None and user.pk == by.pk:
        raise ValidationError(NOT_ONESELF)


def _refuse_wrong_home(user, role, body, compound):
    home = compound if role in OF_COMPOUND else body
    if home is None or (body is not None and compound is not None):
        raise ValidationError("小区工作人员要选小区，其他职责要选所在组织。")
    if home.town_id != user.town_id:
        raise ValidationError("只能在本镇的组织和小区里任职。")
    if body is not None and body.kind not in BODIES_FOR[role]:
        raise ValidationError(f"{Role(role).label}不能落在“{body}”上，请另选所在组织。")


def _refuse_wrong_dates(starts_on, ends_on):
    if ends_on is not None and ends_on < starts_on:
        raise ValidationError("结束日期不能早于开始日期。")


def _refuse_wrong_end(assignment, on):
    yesterday = timezone.localdate() - timedelta(days=1)
    if assignment.ends_on and on > assignment.ends_on:
        raise ValidationError(f"这项职责到{cn_date(assignment.ends_on)}为止，不能往后改；要延长请另授一次。")
    if on < yesterday:
        raise ValidationError("最后一天最早填昨天：之前的日子他确实有这项权限，记录不能倒改。")


def _held_during(user, starts_on, ends_on):
    """The user's duties that share a day with the given time."""
    lasting = Q(ends_on=None) | Q(ends_on__gte=starts_on)
    begun = Q(starts_on=None) | Q(starts_on__lte=ends_on or date.max)
    return Assignment.objects.filter(lasting & begun, user=user)


def _refuse_together(role, held, reason):
    """三员分立: 审计 stands alone; 系统 and 安全 in one person need a written reason."""
    for assignment in held:
        other = Role(assignment.role)
        if other in FORBIDDEN_TOGETHER.get(role, ()) or role in FORBIDDEN_TOGETHER.get(other, ()):
            raise ValidationError(
                f"审计管理员要由专人担任：他已是{other.label}，不能再任{Role(role).label}（三员分立）。"
            )
        if {role, other} == {Role.SYSTEM_ADMIN, Role.SECURITY_ADMIN} and not reason.strip():
            raise ValidationError(f"他已是{other.label}。系统、安全由一人兼任的，要写明理由。")
