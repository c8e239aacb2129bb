"""The steps of a 公文: 送审, 撤回, 同意, 退回, 签发, 作废, 接手. Each refuses in words and changes nothing when it may not."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST

from accounts.permissions import open_to
from documents.forms import ReasonForm, StepForm
from documents.pages import answer_of_case, case_of, crumbs, home_of
from documents.permissions import DRAFTERS, HANDLERS, REVIEWERS, SIGNERS, rights
from documents.views import page_of, visible
from office.papers import documents as deeds
from office.papers.models import ISSUED, ON_THE_WAY, WRITABLE, Kind, Stage

OF_AN_ANSWER = "批复已经生效，不能作废；要改请另办调整或者撤销。"
OF_A_REQUEST = "这份请示在支部设立调整里办理，不能单独作废；不办了的，由镇党建办记“不同意”。"


@require_POST
@open_to(*HANDLERS)
def document_send(request, pk):
    """送审."""
    found = _for(request, pk, "write", WRITABLE)
    return _step(request, found, deeds.send, "已送审，审核人的待办里会有。")


@require_POST
@open_to(*DRAFTERS)
def document_take_over(request, pk):
    """接手拟稿."""
    found = _for(request, pk, "take_over", [*WRITABLE, Stage.APPROVED])
    said = "现在由您拟稿，等签发。" if found.state == Stage.APPROVED else "现在由您拟稿，可以修改、送审。"
    return _step(request, found, deeds.take_over, said)


@require_POST
@open_to(*HANDLERS)
def document_withdraw(request, pk):
    """撤回 what has not been signed."""
    found = _for(request, pk, "withdraw", ON_THE_WAY)
    return _step(request, found, deeds.withdraw, "已撤回，可以修改后再送审。")


@require_POST
@open_to(*REVIEWERS)
def document_approve(request, pk):
    """审核同意."""
    found = _for(request, pk, "review", [Stage.REVIEW])
    return _step(request, found, deeds.approve, "已同意，送签发。")


@require_POST
@open_to(*REVIEWERS)
def document_return(request, pk):
    """退回修改, with the reason."""
    found = _for(request, pk, "send_back", ON_THE_WAY)
    form = ReasonForm(request.POST)
    if not form.is_valid():
        if (home := home_of(found)) != reverse("document", args=[found.pk]):
            messages.warning(request, "没有退回：请写明理由，拟稿人才好改。")
            return redirect(home)
        return render(request, "documents/document.html", page_of(request.user, found, form=form))
    reason = form.cleaned_data["reason"]
    said = "已退回，拟稿人会看到您写的理由。"
    return _step(request, found, lambda document, **how: deeds.send_back(document, reason, **how), said)


@require_http_methods(["GET", "HEAD", "POST"])
@open_to(*SIGNERS)
def document_sign(request, pk):
    """签发: look once more, then sign; the number comes with the signature."""
    found = _for(request, pk, "sign", [Stage.APPROVED])
    if answer := answer_of_case(found):
        return redirect(answer)
    if request.method == "POST":
        return _step(request, found, deeds.sign, "已签发，编了号。PDF 和 Word 正在归档。")
    if not rights(request.user, found).sign:
        return redirect(home_of(found))
    today = timezone.localdate()
    more = {"next_number": deeds.next_number(found, today), "day": today, "crumbs": crumbs(found)}
    return render(request, "documents/sign.html", page_of(request.user, found, **more))


@require_http_methods(["GET", "HEAD", "POST"])
@open_to(*SIGNERS)
def document_void(request, pk):
    """作废 what was signed, asked once more; its number stays used."""
    found = _for(request, pk, "void", ISSUED)
    if case_of(found.source_model, found.source_key) is not None:
        messages.warning(request, OF_A_REQUEST if found.kind == Kind.REQUEST else OF_AN_ANSWER)
        return redirect(home_of(found))
    if request.method == "POST":
        form = ReasonForm(request.POST)
        if form.is_valid():
            reason = form.cleaned_data["reason"]
            said = "已作废，登记簿上留有这个号和理由。"
            return _step(request, found, lambda document, **how: deeds.void(document, reason, **how), said)
    elif found.state not in ISSUED:
        return redirect("document", found.pk)
    else:
        form = ReasonForm(initial={"version": found.version})
    return render(request, "documents/void.html", {"document": found, "form": form, "crumbs": crumbs(found)})


def _for(request, pk, right, states):
    """The document, for somebody who may take the step: 404 when not visible, 403 when not theirs.

    In another state everybody goes on: the deed refuses in words (somebody was quicker).
    """
    found = visible(request.user, pk)
    if found.state in states and not getattr(rights(request.user, found), right):
        own = found.drafted_by_id == request.user.pk
        raise PermissionDenied("自己拟的稿不能自己审核、签发，请另一位同志办理。" if own else "")
    return found


def _step(request, found, deed, said):
    version = StepForm(request.POST).read_at
    try:
        deed(found, by=request.user, version=version)
    except ValueError as refused:
        messages.warning(request, str(refused))
    else:
        messages.success(request, said)
    return redirect(home_of(found))
