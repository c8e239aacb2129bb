"""Pages that change the register by hand: a new member, 修改资料, the steps in a member's life, transfers, corrections."""

from collections.abc import Callable
from dataclasses import dataclass, field

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods

from accounts.permissions import open_to
from accounts.roles import ROSTER_KEEPERS
from members import change_forms, changes, corrections, transfers
from members.models import Correction, Member, Post, Transfer
from members.permissions import READERS
from office.areas.models import Community
from office.audit.models import Trail
from office.chinese.dates import cn_date
from office.rulebook.rules import cited

Status = Member.Status
TRANSFERS_SHOWN = 100


@dataclass(frozen=True)
class Step:
    """Something that happens to a member: its name, form and deed, when it is offered, and what it stands on."""

    label: str
    form: type
    deed: Callable
    offered: Callable
    hint: str
    law: str = ""
    grave: bool = False
    tells: Callable = field(default=lambda member: "")


def _normal(member):
    return member.status == Status.NORMAL


def _direct(member):
    return _normal(member) and member.relation == Member.Relation.DIRECT


def _held(member):
    posts = Post.objects.on(timezone.localdate()).filter(person=member.pk).select_related("body")
    return "、".join(str(post) for post in posts)


def _posts_stay(member):
    held = _held(member)
    return f"现在担任：{held}。这些职务不会随着转出结束，请另外办理。" if held else ""


def _posts_end(member):
    held = _held(member)
    return f"现在担任：{held}。登记后这些职务同日结束。" if held else ""


STEPS = {
    "full": Step(
        "转为正式党员",
        change_forms.FullForm,
        changes.make_full,
        lambda m: _direct(m) and m.stage == Member.Stage.PROBATIONARY,
        "支部党员大会讨论通过以后登记",
        "R-204",
    ),
    "move": Step(
        "调整支部或关系类别",
        change_forms.MoveForm,
        changes.move,
        _normal,
        "在本社区的党支部之间划转，或者报到、直管的变化",
        "R-211",
    ),
    "transfer": Step(
        "转到本镇其他社区",
        change_forms.HandOverForm,
        transfers.hand_over,
        _normal,
        "对方社区确认后才转走，确认前仍由本社区负责",
        "R-213",
    ),
    "leave": Step(
        "转出本镇",
        change_forms.LeaveForm,
        changes.transfer_out,
        _normal,
        "组织关系已经转走的登记在这里，以前的记录都保留",
        "R-212",
        grave=True,
        tells=_posts_stay,
    ),
    "floating": Step(
        "流出登记",
        change_forms.FloatingForm,
        changes.set_floating,
        _direct,
        "人在外地、组织关系还在本社区",
        "R-217",
    ),
    "vote": Step(
        "表决权暂停",
        change_forms.VoteForm,
        changes.suspend_vote,
        _normal,
        "只登记起止日期，不写原因",
    ),
    "suspend": Step(
        "停止党籍",
        change_forms.DecidedForm,
        changes.suspend_membership,
        _normal,
        "由党组织决定，这里只作登记；停止党籍期间不计入应到人数",
        "R-215",
        grave=True,
    ),
    "restore": Step(
        "恢复党籍",
        change_forms.DecidedForm,
        changes.restore_membership,
        lambda m: m.status == Status.SUSPENDED,
        "由党组织决定，这里只作登记",
    ),
    "death": Step(
        "登记去世",
        change_forms.DeathForm,
        changes.record_death,
        lambda m: m.status in (Status.NORMAL, Status.SUSPENDED),
        "职务同日结束，以前的记录都保留",
        grave=True,
        tells=_posts_end,
    ),
}


def _seen(user, pk):
    rows = Member.objects.visible_to(user).select_related("person", "community", "branch", "home_compound")
    return get_object_or_404(rows, pk=pk)


def _kept(user, pk):
    """A member the user keeps the register of; 403 where he is only seen."""
    found = _seen(user, pk)
    if not Member.objects.within(user.reach_as(*ROSTER_KEEPERS)).filter(pk=pk).exists():
        raise PermissionDenied
    return found


def _crumbs(member, *more):
    person = {"label": member.person.name, "url": reverse("person", args=[member.pk])}
    return [{"label": "党员名单", "url": reverse("members")}, person, *more]


def _refused(form, refusal):
    """Show what a deed refused with, beside the field it speaks of."""
    errors = refusal.message_dict if hasattr(refusal, "error_dict") else {None: refusal.messages}
    for name, texts in errors.items():
        shown = name in form.fields and not form.fields[name].widget.is_hidden
        for text in texts:
            form.add_error(name if shown else None, text)


def _last_change(member):
    """{who, at} of the newest row of the trail about the person."""
    row = Trail.objects.about(member.person).order_by("-id").first()
    return {"who": row.actor_name, "at": row.at} if row else {"who": "", "at": timezone.now()}


def _bound(form_class, request, **kwargs):
    return form_class(request.POST if request.method == "POST" else None, **kwargs)


# ── 新增 ──


def _new_home(request):
    """The community of the address, or the only one; None where one is still to be chosen."""
    mine = Community.objects.within(request.user.reach_as(*ROSTER_KEEPERS))
    chosen = request.GET.get("community", "")
    if chosen:
        if not (chosen.isascii() and chosen.isdecimal() and len(chosen) < 18):
            raise Http404
        return get_object_or_404(mine, pk=chosen), mine
    own = list(mine[:2])
    return (own[0] if len(own) == 1 else None), mine


@require_http_methods(["GET", "POST"])
@open_to(*ROSTER_KEEPERS)
def member_new(request):
    """新增党员: one form; somebody who is on another community's register can be asked for on the spot."""
    community, mine = _new_home(request)
    context = {"community": community, "crumbs": [{"label": "党员名单", "url": reverse("members")}]}
    if community is None:
        return render(request, "members/member_new.html", context | {"communities": mine})
    form = context["form"] = _bound(change_forms.NewMemberForm, request, community=community)
    if request.method == "POST" and form.is_valid():
        facts = form.facts()
        token, since, another = (facts.pop(key) for key in ("token", "since", "another"))
        try:
            member = changes.register(community, facts, token=token, since=since, another=another, by=request.user)
        except changes.Elsewhere as elsewhere:
            if "ask" not in request.POST:
                form.add_error(None, elsewhere)
                context["elsewhere"] = True
            elif _asked_for(request, form, elsewhere.person.member, community):
                return redirect("members")
        except ValidationError as refusal:
            if "another" in getattr(refusal, "error_dict", ()):
                form.ask_apart()
            _refused(form, refusal)
        else:
            messages.success(request, f"{member.person.name}已登记到{community}。")
            return redirect("person", pk=member.pk)
    return render(request, "members/member_new.html", context)


def _asked_for(request, form, member, community):
    """Ask the other community for the member; False where the form says why not."""
    where = {key: form.cleaned_data[key] for key in ("branch", "home_compound", "relation")}
    try:
        transfers.ask_for(member, to_community=community, by=request.user, **where)
    except ValidationError as refusal:
        _refused(form, refusal)
        return False
    messages.success(request, "已请原社区转来，对方同意后自动登记到本社区，不用再填。")
    return True


# ── 修改资料 ──


@require_http_methods(["GET", "POST"])
@open_to(*ROSTER_KEEPERS)
def member_edit(request, pk):
    """修改资料. When somebody was quicker both texts are shown and nothing is lost."""
    member = _kept(request.user, pk)
    form = _bound(change_forms.EditForm, request, member=member, initial=change_forms.EditForm.initial_of(member))
    context = {"form": form, "member": member, "crumbs": _crumbs(member)}
    if request.method == "POST" and form.is_valid():
        facts = form.facts()
        version, reason = facts.pop("version"), facts.pop("reason")
        try:
            done = changes.correct(member, facts, version=version, reason=reason, by=request.user)
        except changes.Stale as stale:
            context |= _conflict(request, stale.member, facts)
        except ValidationError as refusal:
            _refused(form, refusal)
        else:
            messages.success(request, f"已保存：{'、'.join(done)}。" if done else "没有改动。")
            return redirect("person", pk=pk)
    return render(request, "members/member_edit.html", context)


def _conflict(request, member, facts):
    """The form once more with what was typed, above it each difference from what stands now."""
    typed = request.POST.copy()
    typed["version"] = member.version
    stands = changes.facts_of(member)
    both = changes.in_words(stands, stands | {key: value for key, value in facts.items() if key in stands})
    rows = [{"label": label, "theirs": theirs, "mine": mine} for label, (theirs, mine) in both.items()]
    return {
        "form": change_forms.EditForm(typed, member=member),
        "member": member,
        "conflict": rows,
        "last": _last_change(member),
    }


# ── 变动 ──


@require_GET
@open_to(*ROSTER_KEEPERS)
def member_steps(request, pk):
    """办理变动: what may be registered for this member now."""
    member = _kept(request.user, pk)
    steps = [
        {"object": step.label, "why": step.hint, "url": reverse("member_step", args=[pk, key])}
        for key, step in STEPS.items()
        if step.offered(member)
    ]
    return render(request, "members/member_steps.html", {"member": member, "steps": steps, "crumbs": _crumbs(member)})


@require_http_methods(["GET", "POST"])
@open_to(*ROSTER_KEEPERS)
def member_step(request, pk, what):
    """One step, from its form to the deed."""
    member = _kept(request.user, pk)
    step = STEPS.get(what)
    if step is None:
        raise Http404
    form = _bound(step.form, request, member=member)
    context = {
        "form": form,
        "member": member,
        "step": step,
        "offered": step.offered(member),
        "tells": step.tells(member),
        "law": cited(step.law)[0] if step.law else None,
        "crumbs": _crumbs(member, {"label": "办理变动", "url": reverse("member_steps", args=[pk])}),
    }
    if request.method == "POST" and form.is_valid():
        try:
            done = step.deed(member, by=request.user, **form.answers())
        except changes.Stale as stale:
            context |= {"stale": _last_change(stale.member), "form": _again(step, request, stale.member)}
        except ValidationError as refusal:
            _refused(form, refusal)
        else:
            return _after(request, member, step, done)
    return render(request, "members/member_step.html", context)


def _again(step, request, member):
    typed = request.POST.copy()
    typed["version"] = member.version
    return step.form(typed, member=member)


def _after(request, member, step, done):
    """A transfer that the same hands may also receive (the town's) goes straight on to its other half."""
    if isinstance(done, Transfer):
        if Community.objects.within(request.user.reach_as(*ROSTER_KEEPERS)).filter(pk=done.to_community_id).exists():
            return redirect("member_transfer", pk=done.pk)
        messages.success(request, f"已提出，等{done.to_community}确认。确认前仍由{done.from_community}负责。")
    else:
        messages.success(request, f"{member.person.name}：{step.label}已登记。")
    return redirect("person", pk=member.pk)


# ── 社区之间 ──


@require_http_methods(["GET", "POST"])
@open_to(*ROSTER_KEEPERS)
def member_transfer(request, pk):
    """One transfer between two communities: the asked side agrees or declines, the asking side may take it back."""
    rows = Transfer.objects.visible_to(request.user).select_related(
        "member__person", "from_community", "to_community", "branch", "home_compound", "opened_by", "settled_by"
    )
    transfer = get_object_or_404(rows, pk=pk)
    keeps = set(Community.objects.within(request.user.reach_as(*ROSTER_KEEPERS)).values_list("pk", flat=True))
    answers, asked = transfer.answering_id in keeps, transfer.asking_id in keeps
    if not (answers or asked):
        raise PermissionDenied
    receives = answers and not transfer.asked_by_receiver
    deed = request.POST.get("deed", "")
    takes = _take_in(request, transfer, deed) if receives else None
    declines = change_forms.DeclineForm(request.POST if deed == "decline" else None, prefix="no")
    problem = ""
    if request.method == "POST":
        try:
            if _settle(request, transfer, deed, takes, declines):
                messages.success(request, f"{transfer.member.person.name}的转接{transfer_words(deed)}。")
                return redirect("home")
        except ValidationError as refusal:
            if takes and hasattr(refusal, "error_dict"):
                _refused(takes, refusal)
            else:
                problem = "".join(refusal.messages)
    context = {
        "transfer": transfer,
        "open": transfer.state == Transfer.State.OPEN and not problem,
        "answers": answers,
        "asked": asked,
        "takes": takes,
        "declines": declines,
        "problem": problem,
        "rows": _transfer_rows(transfer),
        "crumbs": [{"label": "党员名单", "url": reverse("members")}],
    }
    return render(request, "members/member_transfer.html", context)


def transfer_words(deed):
    return {"agree": "已办好，今天起生效", "decline": "没有同意，已告诉对方", "withdraw": "已撤回"}[deed]


def _take_in(request, transfer, deed):
    bound = request.POST if deed == "agree" else None
    initial = {"relation": transfer.member.relation}
    return change_forms.TakeInForm(bound, community=transfer.to_community, initial=initial)


def _settle(request, transfer, deed, takes, declines):
    """Do what was asked for; False where its form is not complete."""
    if deed == "agree":
        if takes is not None and not takes.is_valid():
            return False
        transfers.agree(transfer, by=request.user, **(takes.cleaned_data if takes is not None else {}))
    elif deed == "decline":
        if not declines.is_valid():
            return False
        transfers.decline(transfer, answer=declines.cleaned_data["answer"], by=request.user)
    elif deed == "withdraw":
        transfers.withdraw(transfer, by=request.user)
    else:
        raise ValidationError("没有看懂要办哪一步，请重新打开这一页。")
    return True


def _transfer_rows(transfer):
    """What both sides may know before it is settled: name, class and communities, never number or address."""
    member = transfer.member
    rows = [
        ("姓名", member.person.name),
        ("人员类别", member.get_stage_display()),
        ("从哪里", str(transfer.from_community)),
        ("到哪里", str(transfer.to_community)),
        ("提出", f"{transfer.opened_by}，{transfer.opened_on.month}月{transfer.opened_on.day}日"),
        ("转入党支部", str(transfer.branch or "")),
        ("居住小区", str(transfer.home_compound or "")),
        ("说明", transfer.answer),
    ]
    return [{"label": label, "value": value} for label, value in rows if value]


@require_GET
@open_to(*ROSTER_KEEPERS)
def member_transfers(request):
    """Transfers between the user's communities and others, newest first: how each came out."""
    rows = Transfer.objects.within(request.user.reach_as(*ROSTER_KEEPERS)).order_by("-pk")
    columns = (
        "pk",
        "member__person__name",
        "from_community__name",
        "to_community__name",
        "opened_on",
        "state",
        "answer",
    )
    words = dict(Transfer.State.choices)
    ready = [
        {
            "url": reverse("member_transfer", args=[pk]),
            "name": name,
            "origin": origin,
            "target": target,
            "opened": cn_date(opened_on),
            "state": words[state],
            "open": state == Transfer.State.OPEN,
            "answer": answer,
        }
        for pk, name, origin, target, opened_on, state, answer in rows.values_list(*columns)[:TRANSFERS_SHOWN]
    ]
    crumbs = [{"label": "党员名单", "url": reverse("members")}]
    return render(request, "members/member_transfers.html", {"rows": ready, "most": TRANSFERS_SHOWN, "crumbs": crumbs})


# ── 资料有误 ──


@require_http_methods(["GET", "POST"])
@open_to(*READERS)
def member_correction(request, pk):
    """资料有误: who may read the page but not change it says what is wrong."""
    member = _seen(request.user, pk)
    form = _bound(change_forms.CorrectionForm, request)
    if request.method == "POST" and form.is_valid():
        corrections.report(member, form.cleaned_data["text"], token=form.cleaned_data["token"], by=request.user)
        messages.success(request, "已告诉社区和联系干部，办好后会在这一页写明。")
        return redirect("person", pk=pk)
    return render(
        request, "members/member_correction.html", {"form": form, "member": member, "crumbs": _crumbs(member)}
    )


@require_http_methods(["GET", "POST"])
@open_to(*corrections.SETTLERS)
def member_correction_settle(request, pk):
    """What somebody said is wrong, and what was done about it."""
    rows = Correction.objects.visible_to(request.user).select_related("member__person", "given_by", "settled_by")
    correction = get_object_or_404(rows, pk=pk)
    member = correction.member
    if not Member.objects.within(request.user.reach_as(*corrections.SETTLERS)).filter(pk=member.pk).exists():
        raise PermissionDenied
    keeps = Member.objects.within(request.user.reach_as(*ROSTER_KEEPERS)).filter(pk=member.pk).exists()
    form = _bound(change_forms.SettledForm, request)
    if request.method == "POST" and form.is_valid():
        done = corrections.settle(correction, form.cleaned_data["answer"], by=request.user)
        messages.success(request, "已办结。" if done else "已有同事办结了这一条。")
        return redirect("person", pk=member.pk)
    context = {"form": form, "correction": correction, "member": member, "keeps": keeps, "crumbs": _crumbs(member)}
    return render(request, "members/member_correction_settle.html", context)
