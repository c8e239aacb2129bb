"""How far decisions are: the deed behind 办结, 进展, 延期, 重新办理, by the owner or typed for them (代录)."""

from django.db import transaction
from django.utils import timezone

from meetings.models import Decision, DecisionStep
from office.audit import trail

What = DecisionStep.What


class AlreadyTold(ValueError):
    """The decision is not in the state the step starts from; the message is for the page."""


@transaction.atomic
def tell(decision, what, *, on, by, text="", due_on=None) -> DecisionStep:
    """One step of a decision. Not the owner's own word, it is marked 代录 with whom it speaks for.

    Raises AlreadyTold when it is done already (or, for 重新办理, open).
    """
    current = Decision.objects.select_for_update(of=("self",)).get(pk=decision.pk)
    if (what == What.REOPENED) != bool(current.done_on):
        raise AlreadyTold("这件事刚才已经登记过，请看一看办理经过。")
    step = DecisionStep(decision=current, what=what, text=text, on=on, at=timezone.now(), by=by)
    step.filled_for = filled_for(current, by)
    if what == What.DONE:
        current.done_on, current.outcome = on, text
    elif what == What.REOPENED:
        current.done_on, current.outcome = None, ""
    elif what == What.POSTPONED:
        step.due_before, step.due_after = current.due_on, due_on
        current.due_on = due_on
    current.save()
    step.save()
    told = {"办理情况": (None, step.get_what_display())}
    if what == What.POSTPONED:
        told["期限"] = (step.due_before, step.due_after)
    trail.record("meetings.decision_told", current, by=by, changes=told, reason=text)
    return step


def filled_for(decision, user) -> str:
    """Whom the user speaks for when telling of this decision; "" for the owner's own word and where nobody owns it."""
    own = getattr(user, "person", None)
    if own is not None and decision.owner_person_id == own.pk:
        return ""
    return str(decision.owner or "")[:60]
