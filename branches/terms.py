"""How long a branch's leadership is elected for: put on record from the reply, extended, cut short, reminded of.

There is no default for a compound's branch (R-123, C-13): who records a term says what the reply says.
"""

import uuid

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone

from branches.models import Branch, TermChange
from office.areas.models import Body
from office.audit import trail
from office.chinese.dates import cn_date
from office.papers import documents
from office.papers.models import Kind, Stage
from office.rulebook.rules import rule

LETTERS = uuid.UUID("5b0d2d0e-6f0c-4c3a-9b0e-1f5a2f6f8a11")  # names the reminder of one branch and one term


def _locked(branch, was):
    found = Branch.objects.select_for_update(of=("self",)).select_related("body").get(pk=branch.pk)
    if found.term_ends_on != was:
        now = cn_date(found.term_ends_on) if found.term_ends_on else "没有登记"
        raise ValidationError(f"刚才有人改过任期，现在是{now}。请核对后再办。")
    return found


@transaction.atomic
def record(branch, *, years, ends_on, paper, by):
    """Put a term on record that had none, as the reply says it. Raises ValidationError."""
    found = _locked(branch, None)
    before = found.term_years
    found.term_years, found.term_ends_on = years, ends_on
    found.save()
    changes = {"任期（年）": (before, years), "任期届满": (None, cn_date(ends_on)), "依据文件": (None, paper)}
    trail.record("branches.term_recorded", found, by=by, changes=changes)
    return found


def too_far(was, until, kind, on):
    """What the usual limit of a year says of moving the end that far (R-124); "" where it holds."""
    limit = rule("branch_term_change_max_months", on)
    near = limit.after(was) >= until if kind == TermChange.Kind.EXTENDED else limit.before(was) <= until
    return (
        "" if near else f"从{cn_date(was)}改到{cn_date(until)}，超过{limit.value}个月；一般不超过1年（{limit.short}）。"
    )


@transaction.atomic
def change(branch, *, kind, was, until, approved_on, paper, reason, beyond=False, by) -> TermChange:
    """延期 or 提前换届 as the superior approved it; `was` is the end that the page showed.

    Raises ValidationError by field: no term on record, the wrong way, somebody was quicker, more than a year without
    `beyond`.
    """
    if was is None:
        raise ValidationError("任期还没有登记，先按批复登记任期。")
    found = _locked(branch, was)
    if approved_on > timezone.localdate():
        raise ValidationError({"approved_on": "这一天还没有到，批准以后再登记。"})
    if kind == TermChange.Kind.EXTENDED and until <= was:
        raise ValidationError({"until": f"延期要改到{cn_date(was)}以后。"})
    if kind == TermChange.Kind.EARLY and until >= was:
        raise ValidationError({"until": f"提前换届要改到{cn_date(was)}以前。"})
    if (far := too_far(was, until, kind, approved_on)) and not beyond:
        raise ValidationError({"beyond": f"{far}上级确实这样批准的，请打勾，并在理由里写明。"})
    made = TermChange.objects.create(
        branch=found.body, kind=kind, was=was, until=until, approved_on=approved_on, paper=paper, reason=reason,
        recorded_by=by,
    )  # fmt: skip
    found.term_ends_on = until
    found.save()
    changes = {
        "任期届满": (cn_date(was), cn_date(until)),
        "批准文号": (None, paper),
        "类别": (None, made.get_kind_display()),
    }
    trail.record("branches.term_changed", found, by=by, changes=changes, reason=reason)
    return made


# ── 提醒函 ──


def letters(branch, user):
    """The reminders drafted for this branch that the user may see, newest first."""
    return documents.drafted_from(branch, user).filter(kind=Kind.LETTER)


def letter(branch, *, by):
    """Draft the 提醒函 of this term (R-125), or give back the one begun; a voided one is written anew.

    Raises ValueError where no term is on record or the town's Party committee is not.
    """
    if branch.term_ends_on is None:
        raise ValueError("任期还没有登记，写不了提醒函。")
    begun = letters(branch, by).filter(uuid=_token(branch, 0)).exclude(state=Stage.VOID).first()
    if begun:
        return begun
    issuer = Body.objects.filter(town=branch.town_id, kind=Body.Kind.TOWN_COMMITTEE, ends_on=None).first()
    if issuer is None:
        raise ValueError("还没有登记镇党委，写不了提醒函。")
    return documents.draft(
        kind=Kind.LETTER,
        issuer=issuer,
        title=f"关于做好{branch}换届准备工作的提醒函",
        text=_text(branch),
        addressee=branch.body.name,
        branch=branch.body,
        source=branch,
        recipients=[branch.community],
        token=_token(branch, letters(branch, by).filter(state=Stage.VOID).count()),
        by=by,
    )


def _token(branch, number):
    return uuid.uuid5(LETTERS, f"{branch.pk}:{branch.term_ends_on}:{number}")


def _text(branch):
    years = f"任期{branch.term_years}年，" if branch.term_years else ""
    reminder = rule("branch_term_reminder_months", timezone.localdate())
    return (
        f"你支部本届班子{years}到{cn_date(branch.term_ends_on)}届满。按照《中国共产党支部工作条例（试行）》{reminder.article}"
        f"“提前{reminder.value}个月”提醒的要求，现就换届准备工作函告如下。\n"
        "一、核对党员名册\n核对正式党员、预备党员人数，确认有选举权的党员名单。\n"
        "二、酝酿候选人\n候选人名额多于应选名额，报社区党委、镇党委审查同意。\n"
        "三、按期召开党员大会\n在任期届满前完成选举；确需延期或者提前的，报镇党委批准，一般不超过1年。\n"
        "特此提醒。"
    )
