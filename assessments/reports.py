"""Writing a branch's year-end report. Handing in, receiving and sending back are the report's own transitions."""

from django.db import IntegrityError, transaction
from django.db.models import F
from django.utils import timezone

from assessments.models import BranchReport
from office.audit import trail


class ChangedMeanwhile(Exception):
    """Somebody saved another text first; `report` is the row as it stands now."""

    def __init__(self, report):
        super().__init__("这份述职刚才已经改过。")
        self.report = report


@transaction.atomic
def write(branch, year, texts, *, version, by):
    """Keep the texts of the boxes; returns the report. `version` is the one the writer read, 0 when there was none.

    The same text saved again changes nothing. Raises ChangedMeanwhile, and ValueError once it is handed in.
    """
    current = BranchReport.objects.filter(branch=branch, year=year).first()
    if current is None:
        return _begin(branch, year, texts, by)
    if not current.is_open:
        raise ValueError("这份述职已经交上去了，不能再改。")
    if all(getattr(current, box) == text for box, text in texts.items()):
        return current
    kept = BranchReport.objects.filter(pk=current.pk, version=version, state__in=BranchReport.OPEN).update(
        **texts, saved_at=timezone.now(), saved_by=by, version=F("version") + 1
    )
    if not kept:
        raise ChangedMeanwhile(current)
    current.refresh_from_db()
    trail.record("assessments.report_saved", current, by=by)
    return current


def _begin(branch, year, texts, by):
    try:
        with transaction.atomic():
            report = BranchReport.objects.create(
                branch=branch, year=year, **texts, saved_at=timezone.now(), saved_by=by
            )
    except IntegrityError:
        raise ChangedMeanwhile(BranchReport.objects.get(branch=branch, year=year)) from None
    trail.record("assessments.report_saved", report, by=by)
    return report
