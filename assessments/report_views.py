"""年终述职: its first page, handing in, 代填 and the secretary's word, and what the community answers (R-402)."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.permissions import open_to
from accounts.roles import MATERIAL_READERS, STAFF, Role
from assessments import report_numbers, reports
from assessments.forms import ReturnForm, SignedForm
from assessments.models import BranchReport
from assessments.report_pages import desk_of, writing_desk
from assessments.report_step_views import rows_of, year_of
from members.models import Post

SIGNATURE_KEEPERS = (Role.LIAISON, Role.COMMUNITY_SECRETARY)


@require_safe
@open_to(*MATERIAL_READERS)
def report(request, branch, year):
    """述职: the four steps for those who write it while it is open, else the text for those who may read it."""
    desk = desk_of(request.user, branch, year)
    if not (desk.writes and desk.is_open):
        return _read(request, desk, ReturnForm())
    steps, go_on = desk.lines()
    context = desk.context(steps=steps, go_on=go_on, waits=desk.waits, cadre=_cadre(desk), disputes=_disputes(desk))
    return render(request, "assessments/report_write.html", context)


def _cadre(desk):
    """(name, telephone) of the 联系干部 whom the secretary may ask to fill it in."""
    if not desk.is_own:
        return None
    posts = Post.objects.on(timezone.localdate()).filter(body=desk.branch.pk, title=Post.Title.LIAISON)
    return posts.order_by("id").values_list("person__name", "person__phone").first()


def _disputes(desk):
    return list(desk.disputes().values())


def _read(request, desk, form, status=200):
    """What is handed in, for whoever may read it; the rest learn only that it is not handed in yet."""
    own = desk.report
    readable = own is not None and BranchReport.objects.readable_by(request.user).filter(pk=own.pk).exists()
    context = desk.context(
        form=form,
        rows=rows_of(own, (*reports.THINGS, *reports.WORDS)) if readable else [],
        numbers=own.numbers if readable else [],
        disputes=_disputes(desk) if readable else [],
        receives=own is not None and own.state == BranchReport.State.SUBMITTED and desk.is_community,
        signs=desk.records_signature,
    )
    return render(request, "assessments/report_read.html", context, status=status)


# --- Handing in --------------------------------------------------------------------------------------------------


@require_POST
@open_to(*MATERIAL_READERS)
def report_submit(request, branch, year):
    """提交给社区党委: by the branch's secretary alone, also what the 联系干部 filled in."""
    desk = desk_of(request.user, branch, year)
    if not desk.is_own:
        raise PermissionDenied
    return _hand_in(request, desk, lambda own, **sent: own.submit(by=request.user, **sent))


@require_POST
@open_to(*MATERIAL_READERS)
def report_offer(request, branch, year):
    """代填好了，请书记确认."""
    desk = writing_desk(request.user, branch, year)
    own = _begun(desk)
    try:
        own.offer(by=request.user, version=_version(request))
    except ValueError as refused:
        messages.warning(request, str(refused))
        return redirect("report_check", *desk.args)
    messages.success(request, "已请书记确认。书记确认以后才算交。")
    return redirect("report", *desk.args)


@require_http_methods(["GET", "HEAD", "POST"])
@open_to(*SIGNATURE_KEEPERS)
def report_signed(request, branch, year):
    """登记书记签字: the secretary signed the printed 代填; recorded by a colleague of whoever filled it in."""
    desk = desk_of(request.user, branch, year)
    if not (desk.is_community or desk.is_filling):
        raise PermissionDenied
    if not desk.records_signature:
        messages.info(request, _why_no_signature(desk))
        return redirect("report", *desk.args)
    today = timezone.localdate()
    initial = {"version": desk.report.version}
    form = SignedForm(request.POST if request.method == "POST" else None, initial=initial, today=today)
    if request.method == "POST" and form.is_valid():
        signed = form.cleaned_data
        numbers = report_numbers.frozen(report_numbers.of_year(year_of(desk)))
        try:
            desk.report.submit_signed(by=request.user, numbers=numbers, **signed)
        except ValueError as refused:
            form.add_error(None, str(refused))
        else:
            messages.success(request, "已登记书记签字，述职交上去了。")
            return redirect("report", *desk.args)
    rows = rows_of(desk.report, (*reports.THINGS, *reports.WORDS))
    return render(request, "assessments/report_signed.html", desk.context(form=form, rows=rows))


def _why_no_signature(desk):
    if desk.waits:
        return "代填的人不能自己登记签字，请社区另一位同志办理。"
    return "这份述职没有在等书记确认。"


def _hand_in(request, desk, deed):
    numbers = report_numbers.frozen(report_numbers.of_year(year_of(desk)))
    try:
        deed(_begun(desk), version=_version(request), numbers=numbers)
    except ValueError as refused:
        messages.warning(request, str(refused))
        return redirect("report_check", *desk.args)
    return redirect("report", *desk.args)


def _begun(desk):
    if desk.report is None:
        raise Http404
    return desk.report


def _version(request):
    sent = request.POST.get("version", "")
    return int(sent) if sent.isascii() and sent.isdecimal() and len(sent) < 10 else 0


# --- The community -----------------------------------------------------------------------------------------------


@require_POST
@open_to(*STAFF)
def report_receive(request, branch, year):
    """社区收下."""
    return _answer(request, branch, year, lambda own: own.receive(by=request.user), "已收下。")


@require_POST
@open_to(*STAFF)
def report_return(request, branch, year):
    """社区退回, with what should be mended."""
    desk = _handed_in(request, branch, year)
    form = ReturnForm(request.POST)
    if not form.is_valid():
        return _read(request, desk, form)
    comment = form.cleaned_data["comment"]
    return _answer(
        request, branch, year, lambda own: own.return_with(comment, by=request.user), "已退回，支部会看到您的意见。"
    )


def _answer(request, branch, year, deed, said):
    desk = _handed_in(request, branch, year)
    try:
        deed(desk.report)
    except ValueError as refused:
        messages.warning(request, str(refused))
    else:
        messages.success(request, said)
    return redirect("report", *desk.args)


def _handed_in(request, branch, year):
    """The report's desk, for a community secretary of its own community; 403 for other readers."""
    desk = desk_of(request.user, branch, year)
    if not desk.is_community:
        raise PermissionDenied
    _begun(desk)
    return desk
