"""Writing a branch's year-end report step by step. Handing in, receiving and sending back are its own transitions."""

import hashlib
import json
from datetime import timedelta

from django.db import IntegrityError, transaction
from django.utils import timezone

from assessments import report_numbers
from assessments.models import BranchReport
from office.audit import trail

QUIET, SITTING = timedelta(days=7), timedelta(minutes=30)
# 哪一步写哪几栏。
THINGS, WORDS = ("chosen", "done"), ("mended", "problem", "cause", "plan")


class ChangedMeanwhile(Exception):
    """Somebody saved another text first; `report` is the row as it stands now."""

    def __init__(self, report):
        super().__init__("这份述职刚才已经改过。")
        self.report = report


def mark(report, fields):
    """What stands in these fields, as a short word that the form carries; equal texts have equal marks."""
    values = [getattr(report, name) if report else BranchReport._meta.get_field(name).get_default() for name in fields]
    return hashlib.sha256(json.dumps(values, ensure_ascii=False).encode()).hexdigest()[:16]


@transaction.atomic
def write(branch, year, texts, *, read, by, filling=False, quiet=False):
    """Keep one step's `texts`; returns the report. `read` is the mark of what the writer had before them.

    The same text saved again changes nothing. `filling` marks it 代填 by `by` and asks for the secretary's word anew.
    `quiet`: kept while being written; one sitting leaves one row in the trail.
    Raises ChangedMeanwhile, and ValueError once it is handed in.
    """
    current = begin(branch, year)
    if not current.is_open:
        raise ValueError("这份述职已经交上去了，不能再改。")
    if all(getattr(current, name) == text for name, text in texts.items()):
        return current
    if mark(current, texts) != read:
        raise ChangedMeanwhile(current)
    for name, text in texts.items():
        setattr(current, name, text)
    _save(current, by, filling, quiet=quiet)
    return current


@transaction.atomic
def check_numbers(branch, year, *, by, filling=False):
    """The numbers were looked at; returns the report. Once is enough."""
    current = begin(branch, year)
    if current.is_open and current.checked_at is None:
        current.checked_at = timezone.now()
        _save(current, by, filling)
    return current


@transaction.atomic
def dispute(branch, year, number, *, claimed, note, by):
    """Say that `number` is another one; begins the report where there was none. Raises ValueError (say_wrong)."""
    return report_numbers.say_wrong(begin(branch, year), number, claimed=claimed, note=note, by=by)


def begin(branch, year):
    """The report of that year, locked; a new one where there was none. Inside a transaction."""
    try:
        with transaction.atomic():
            report, _ = BranchReport.objects.get_or_create(branch=branch, year=year)
    except IntegrityError:
        report = BranchReport.objects.get(branch=branch, year=year)
    return BranchReport.objects.select_for_update().get(pk=report.pk)


def _save(report, by, filling, *, quiet=False):
    now = timezone.now()
    same_sitting = report.saved_by_id == by.pk and now - report.saved_at < SITTING
    report.saved_at, report.saved_by, report.offered_at = now, by, None
    if filling:
        report.filled_at, report.filled_by = now, by
    report.version += 1
    report.save()
    if not (quiet and same_sitting):
        trail.record("assessments.report_saved", report, by=by, reason="代填" if filling else "")


@transaction.atomic
def remind(branches, year, *, by):
    """One line on the home page of each branch whose report is not handed in; returns how many.

    Who was reminded less than a week ago is left in peace (R-1005).
    """
    count, now = 0, timezone.now()
    for branch in branches:
        report = begin(branch, year)
        lately = report.reminded_at and now - report.reminded_at < QUIET
        if not report.is_open or lately:
            continue
        report.reminded_at, report.reminded_by = now, by
        report.save(update_fields=["reminded_at", "reminded_by"])
        trail.record("assessments.report_reminded", report, by=by)
        count += 1
    return count


def last_year_problem(branch, year):
    """What the report of the year before named as its problem; "" when none was handed in."""
    before = BranchReport.objects.filter(branch=branch, year=year - 1, state__in=BranchReport.HANDED_IN)
    return before.values_list("problem", flat=True).first() or ""


def content(report):
    """The report as the five blocks of a 述职报告 (F-09), for paper and Word: plain frozen data.

    {title, branch, year, number, state, submitted_on, filled_by, numbers: [[label, words, note]],
    blocks: [{heading, lines: [str]}]}. What was not written has no lines (未记录, R-319).
    """
    problem = last_year_problem(report.branch_id, report.year)
    before = [f"上年的问题：{problem}"] if problem else []
    numbers = [
        f"{label}{words.replace(' ', '')}" + (f"（{note}）" if note else "") for label, words, note in report.numbers
    ]
    blocks = [
        ("一、上年度问题整改", [*before, *_lines(report.mended)]),
        ("二、履行第一责任人职责及重点任务", ["；".join(numbers) + "。"] if numbers else []),
        ("三、特色做法", _lines(report.things)),
        ("四、存在问题及原因", [*_lines(report.problem), *_lines(report.cause)]),
        ("五、下一步打算", _lines(report.plan)),
    ]
    return {
        "title": f"{report.branch}书记{report.year}年度述职报告",
        "branch": str(report.branch),
        "year": report.year,
        "number": report.number,
        "state": report.get_state_display(),
        "submitted_on": timezone.localdate(report.submitted_at) if report.submitted_at else None,
        "filled_by": str(report.filled_by) if report.filled_by_id else "",
        "numbers": report.numbers,
        "blocks": [{"heading": heading, "lines": lines} for heading, lines in blocks],
    }


def _lines(text):
    return [line for line in text.splitlines() if line.strip()]
