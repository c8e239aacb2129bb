"""扫码登录条 (decisions 10): made by the 联系干部, spent once by a press, then a device that may open little.

A device that came by a slip opens what is named in `OPEN`; everything else asks for the password first.
"""

import hashlib
import secrets
from datetime import timedelta

import segno
from django.conf import settings
from django.contrib.auth import login
from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from accounts.models import Assignment, LoginSlip, SlipSwitch, User
from accounts.roles import Role
from office.audit import trail

SESSION_KEY, UNLOCKED_KEY = "slip", "unlocked_until"
GUESSING = "登录条"  # 乱猜的条按来源地址计数；账号名里没有汉字，不会和谁重名
TOUCH_EVERY = timedelta(minutes=1)
# 用条登录的设备不问口令就能打开的：待办、本支部的述职、确认，以及离了谁都不行的几页。
OPEN = frozenset(
    {
        "home",
        "help",
        "text_size",
        "login",
        "logout",
        "healthz",
        "slip",
        "slip_device_revoke",
        "slip_unlock",
        "report",
        "report_numbers",
        "report_dispute",
        "report_things",
        "report_words",
        "report_check",
        "report_submit",
        "meeting",  # 会议纪要请支部确认：看得到才确认得了
        "meeting_confirm",
        "meeting_object",
    }
)
OPEN_TO_READ = frozenset({"me"})  # 改电话要口令，看自己的职责、退出登录不要


class Refused(Exception):
    """The slip does not let anybody in; the words say why and whom to ask."""


def _hash(token):
    return hashlib.sha256(token.encode()).hexdigest()


def switched_on(town_id):
    """Whether the town uses slips."""
    return not SlipSwitch.objects.filter(town=town_id, on=False).exists()


def secretaries(branches, day):
    """Duties of branch secretaries with an account in these branches that day, for whom a slip may be made."""
    duties = Assignment.objects.on(day).filter(role=Role.BRANCH_SECRETARY, body__in=branches, user__is_active=True)
    return duties.select_related("user", "body").order_by("body__community__position", "body_id", "user_id")


@transaction.atomic
def make(duty, *, by):
    """A new slip for the secretary of that duty; returns (slip, token). The token is kept nowhere.

    Slips not yet used are taken back: of two sheets only the newer counts. Raises Refused.
    """
    if not switched_on(duty.town_id):
        raise Refused("本镇停用了扫码登录条，请用账号和口令登录。")
    if duty.user_id == by.pk:
        raise Refused("不能给自己开登录条。")
    now, token = timezone.now(), secrets.token_urlsafe(16)
    User.objects.select_for_update().get(pk=duty.user_id)  # 同一个人的条排队开
    LoginSlip.objects.waiting(now).filter(user=duty.user_id).update(revoked_at=now, revoked_by=by)
    slip = LoginSlip.objects.create(
        user=duty.user,
        branch=duty.body,
        token_hash=_hash(token),
        made_by=by,
        made_at=now,
        expires_at=now + LoginSlip.VALID,
    )
    trail.record("accounts.slip_made", slip, by=by)
    return slip, token


def find(token):
    """The slip a sheet speaks of, or None."""
    return LoginSlip.objects.filter(token_hash=_hash(token)).select_related("user", "branch", "made_by").first()


def problem(slip, now):
    """Why the slip lets nobody in, in words; "" when it does."""
    ask = f"请向{slip.made_by}要一张新的。"
    if slip.used_at:
        return f"这张条已用过，{ask}"
    if slip.revoked_at:
        return f"这张条已收回，{ask}"
    if slip.expires_at <= now:
        return f"这张条过了15分钟，{ask}"
    if not switched_on(slip.town_id):
        return "本镇停用了扫码登录条，请用账号和口令登录。"
    if not slip.user.is_active or slip.user_id not in _led(slip, now):
        return "这个账号现在不能用条登录，请找社区联系干部。"
    return ""


def _led(slip, now):
    return set(secretaries([slip.branch_id], timezone.localdate(now)).values_list("user_id", flat=True))


def use(request, slip):
    """Sign this device in by the slip, which is spent. Raises Refused; of two presses at once one is refused."""
    now = timezone.now()
    with transaction.atomic():
        locked = LoginSlip.objects.select_for_update(of=("self",)).select_related("user", "branch", "made_by")
        slip = locked.get(pk=slip.pk)
        said = problem(slip, now)
        if said:
            trail.record("accounts.slip_refused", slip, by=None, result="refused", reason=said)
        else:
            slip.used_at, slip.device = now, device_of(request)
            slip.save(update_fields=["used_at", "device"])
            login(request, slip.user, backend="django.contrib.auth.backends.ModelBackend")
            request.session[SESSION_KEY] = slip.pk
            request.session.set_expiry(slip.stays_until)
            trail.record("accounts.slip_used", slip, by=slip.user, changes={"device": ("", slip.device)})
    if said:
        raise Refused(said)


@transaction.atomic
def revoke(slip, *, by):
    """Take the slip back: unused it lets nobody in any more, used its device is signed out. Twice is once."""
    slip = LoginSlip.objects.select_for_update(of=("self",)).get(pk=slip.pk)
    if slip.revoked_at is None:
        slip.revoked_at, slip.revoked_by = timezone.now(), by
        slip.save(update_fields=["revoked_at", "revoked_by"])
        trail.record("accounts.slip_revoked", slip, by=by)


@transaction.atomic
def switch(town, on, *, by):
    """The town uses slips, or does not; switched off, all devices that came by one are signed out."""
    setting, new = SlipSwitch.objects.get_or_create(
        town=town, defaults={"on": on, "set_by": by, "set_at": timezone.now()}
    )
    before = True if new else setting.on
    if before == on:
        return
    setting.on, setting.set_by, setting.set_at = on, by, timezone.now()
    setting.save()
    if not on:
        LoginSlip.objects.filter(town=town, revoked_at=None).update(revoked_at=timezone.now(), revoked_by=by)
    words = {True: "启用", False: "停用"}
    trail.record("accounts.slips_switched", town, by=by, town=town.pk, changes={"登录条": (words[before], words[on])})


@transaction.atomic
def refuse_unknown():
    """Somebody tried a sheet that this town never made; what it said is not kept."""
    trail.record("accounts.slip_refused", User(name="没有这张登录条"), by=None, result="refused")


# --- The device --------------------------------------------------------------------------------------------------


def is_open(request):
    """Whether the asked page opens to a device without the password."""
    name = request.resolver_match.url_name
    return name in OPEN or (name in OPEN_TO_READ and request.method in ("GET", "HEAD"))


def of_session(request):
    """The slip by which this device signed in, or None for a sign-in by password."""
    pk = request.session.get(SESSION_KEY)
    return LoginSlip.objects.filter(pk=pk).first() or LoginSlip() if pk else None


def is_unlocked(request):
    """Whether the password was given on this device a while ago."""
    return request.session.get(UNLOCKED_KEY, 0) > timezone.now().timestamp()


def unlock(request):
    """The password was right: open everything for as long as a session may idle; renewed while it is used."""
    request.session[UNLOCKED_KEY] = int(timezone.now().timestamp()) + settings.SESSION_COOKIE_AGE


def keep_unlocked(request):
    left = request.session[UNLOCKED_KEY] - timezone.now().timestamp()
    if left < settings.SESSION_COOKIE_AGE - TOUCH_EVERY.total_seconds():
        unlock(request)


def device_of(request):
    """What kind of device it is, as its owner would call it: 安卓手机（微信）."""
    said = request.META.get("HTTP_USER_AGENT", "")
    kinds = (("iPhone", "苹果手机"), ("iPad", "平板"), ("Harmony", "华为手机"), ("Android", "安卓手机"))
    kind = next((word for mark, word in kinds if mark in said), "电脑" if "Mozilla" in said else "别的设备")
    return f"{kind}（微信）" if "MicroMessenger" in said else kind


# --- The sheet ---------------------------------------------------------------------------------------------------


def address(request, token):
    """The https address the sheet carries: under PUBLIC_BASE_URL, or where it is unset the host that was asked."""
    path = reverse("slip", args=[token])
    base = settings.PUBLIC_BASE_URL.rstrip("/")
    return f"{base}{path}" if base else request.build_absolute_uri(path)


def qr(text):
    """The text as a QR code for an <svg>: its side in modules, white margin included, and the path of the dark ones."""
    rows = list(segno.make(text, error="m", micro=False).matrix_iter(border=4))
    path = "".join(f"M{x} {y}h1v1h-1z" for y, row in enumerate(rows) for x, dark in enumerate(row) if dark)
    return {"side": len(rows), "path": path}
