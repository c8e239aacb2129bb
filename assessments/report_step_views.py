"""年终述职, written in four steps: 数字、做成的事、问题和打算、检查并提交. Each has an address and saves what is on it."""

from django.contrib import messages
from django.http import Http404, JsonResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from accounts.permissions import open_to
from accounts.roles import MATERIAL_READERS
from assessments import figures, report_numbers, report_things, reports
from assessments.forms import DisputeForm, ThingsForm, WordsForm
from assessments.report_pages import writing_desk
from office.drafts import keeping

ROWS = {"mended": "上年的问题改得怎么样", "problem": "今年最大的问题", "cause": "为什么没解决好", "plan": "明年打算"}


def year_of(desk):
    """The branch's year in figures."""
    return figures.of_branch(desk.branch.pk, desk.span.year)


@require_http_methods(["GET", "HEAD", "POST"])
@open_to(*MATERIAL_READERS)
def report_numbers_step(request, branch, year):
    """第1步: the year's numbers with their rows; what is wrong is said beside it."""
    desk = writing_desk(request.user, branch, year)
    if not desk.is_open:
        return redirect("report", *desk.args)
    if request.method == "POST":
        reports.check_numbers(desk.branch.body, desk.span.year, by=request.user, filling=desk.is_filling)
        return redirect("report_things", *desk.args)
    rows = number_rows(desk, report_numbers.of_year(year_of(desk)))
    return render(request, "assessments/report_numbers.html", desk.step("report_numbers", numbers=rows))


def number_rows(desk, numbers):
    """The numbers as the page shows them, with what was said to be wrong about each."""
    disputes = desk.disputes()
    return [
        {"number": number, "url": desk.url("report_dispute", number.key), "dispute": disputes.get(number.key)}
        for number in numbers
    ]


@require_http_methods(["GET", "HEAD", "POST"])
@open_to(*MATERIAL_READERS)
def report_dispute(request, branch, year, key):
    """这个数字不对: what it should be. It becomes a to-do of the 联系干部 and holds up nothing."""
    desk = writing_desk(request.user, branch, year)
    number = next((n for n in report_numbers.of_year(year_of(desk)) if n.key == key), None)
    if number is None:
        raise Http404
    form = DisputeForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            reports.dispute(desk.branch.body, desk.span.year, number, by=request.user, **form.cleaned_data)
        except ValueError as refused:
            form.add_error("claimed", str(refused))
        else:
            messages.success(request, f"已转给社区核对：{number.label}应为{form.cleaned_data['claimed']}。不影响提交。")
            return redirect("report_numbers", *desk.args)
    context = desk.step("report_numbers", number=number, form=form)
    return render(request, "assessments/report_dispute.html", context | {"back": desk.url("report_numbers")})


@require_http_methods(["GET", "HEAD", "POST"])
@open_to(*MATERIAL_READERS)
def report_things_step(request, branch, year):
    """第2步: choose from what the year's records tell, and add a line of one's own."""
    desk = writing_desk(request.user, branch, year)
    offered = report_things.offered(year_of(desk), desk.report.chosen if desk.report else ())

    def form_of(data=None, **kwargs):
        return ThingsForm(data, offered=offered, **kwargs)

    def initial_of(report):
        return {"chosen": [key for key, _ in report.chosen], "done": report.done}

    template = "assessments/report_things.html"
    return _step(request, desk, "report_things", template, reports.THINGS, form_of, initial_of)


@require_http_methods(["GET", "HEAD", "POST"])
@open_to(*MATERIAL_READERS)
def report_words_step(request, branch, year):
    """第3步: the year's problem, why, and what next; beside it last year's problem where one was named."""
    desk = writing_desk(request.user, branch, year)
    last_year = reports.last_year_problem(desk.branch.pk, desk.span.year)
    fields = reports.WORDS if last_year else reports.WORDS[1:]

    def form_of(data=None, **kwargs):
        return WordsForm(data, last_year=last_year, **kwargs)

    def initial_of(report):
        return {name: getattr(report, name) for name in fields}

    template = "assessments/report_words.html"
    return _step(request, desk, "report_words", template, fields, form_of, initial_of, last_year=last_year)


def _step(request, desk, name, template, fields, form_of, initial_of, **more):
    """Show one step, or keep it and go on. A text that somebody else saved meanwhile is shown beside the writer's.

    What was sent after the session had run out was put away by its ticket (office.drafts) and stands here again.
    """
    if not desk.is_open:
        if request.method == "POST":
            messages.info(request, "这份述职已经交过了，不能再改。")
        return redirect("report", *desk.args)
    theirs, key = None, f"{desk.branch.pk}-{desk.span.year}"
    if request.method == "POST":
        form = form_of(request.POST)
        if "keep" in request.POST:
            return _kept(request, desk, form, fields)
        if form.is_valid():
            try:
                _keep(request, desk, form)
            except reports.ChangedMeanwhile as conflict:
                theirs = conflict.report
                form = form_of(initial=_sent(form) | {"read": reports.mark(theirs, fields)})
            except ValueError as refused:
                messages.warning(request, str(refused))
                return redirect("report", *desk.args)
            else:
                keeping.discard(request.user, name, key)
                return _onward(request, desk, name)
    elif draft := keeping.open_draft(request.user, name, key):
        form, more["put_away"] = form_of(keeping.fields_of(draft)), True
    else:
        initial = initial_of(desk.report) if desk.report else {}
        form = form_of(initial=initial | {"read": reports.mark(desk.report, fields)})
    context = desk.step(name, form=form, ticket=keeping.ticket_for(request.user, name, key).signed, **more)
    if theirs:
        context |= {"theirs": theirs, "their_rows": rows_of(theirs, fields)}
    return render(request, template, context, status=409 if theirs else 200)


def _kept(request, desk, form, fields):
    """The answer to static/js/report.js, which keeps what is being written: the new mark, or why it was not kept."""
    if not form.is_valid():
        return JsonResponse({"said": "有一格写得太长，还没有存上。"}, status=422)
    try:
        report = _keep(request, desk, form, quiet=True)
    except (reports.ChangedMeanwhile, ValueError):
        return JsonResponse({"said": "别处刚改过，还没有存上。点“保存”，两边的字都给您看。"}, status=409)
    said = f"已存好 {timezone.localtime():%H:%M}，还没有提交"
    return JsonResponse({"read": reports.mark(report, fields), "said": said})


def _keep(request, desk, form, *, quiet=False):
    return reports.write(
        desk.branch.body,
        desk.span.year,
        form.texts,
        read=form.cleaned_data["read"],
        by=request.user,
        filling=desk.is_filling,
        quiet=quiet,
    )


def _sent(form):
    """What the writer sent, to be shown in the form again."""
    return {name: value for name, value in form.cleaned_data.items() if name != "read"}


def _onward(request, desk, name):
    if "later" in request.POST:
        messages.success(request, "已保存，还没有提交。")
        return redirect("report", *desk.args)
    return redirect({"report_things": "report_words", "report_words": "report_check"}[name], *desk.args)


def rows_of(report, fields):
    """The texts of these fields as label and value."""
    rows = []
    if "done" in fields:
        rows.append({"label": "做成的事", "value": report.things or "没有选（选填）", "step": "report_things"})
    for name, label in ROWS.items():
        if name in fields and (name != "mended" or report.mended):
            rows.append({"name": name, "label": label, "value": getattr(report, name), "step": "report_words"})
    return rows


@require_safe
@open_to(*MATERIAL_READERS)
def report_check(request, branch, year):
    """第4步: check-your-answers before handing in; says what is still to write."""
    desk = writing_desk(request.user, branch, year)
    if desk.report is None or not desk.is_open:
        return redirect("report", *desk.args)
    own = desk.report
    rows = [row | {"url": _place(desk, row)} for row in rows_of(own, (*reports.THINGS, *reports.WORDS))]
    missing = [{"url": f"{desk.url('report_words')}#id_{name}", "text": text} for name, text in own.missing_to_submit()]
    context = desk.step(
        "report_check",
        rows=rows,
        missing=missing,
        numbers=number_rows(desk, report_numbers.of_year(year_of(desk))),
        own_filling=own.filled_by_id == request.user.pk,
    )
    return render(request, "assessments/report_check.html", context)


def _place(desk, row):
    return desk.url(row["step"]) + (f"#id_{row['name']}" if "name" in row else "")
