"""Whose 七有 somebody sees and ticks: beside those who see the branch, whoever works in a compound that it covers."""

from django.db.models import Q

from accounts.roles import VENUE_TICKERS, Role
from branches.models import Branch
from office.areas.models import Coverage


def seen(user, day):
    """The branches whose venue the user may read that day."""
    visible = Branch.objects.visible_to(user).values("pk")
    return Branch.objects.filter(Q(pk__in=visible) | Q(pk__in=_serving(user, day)))


def ticks(user, branch, day):
    """Whether the user may record the venue of this branch that day; a dissolved branch's stays as it is."""
    if branch.state == Branch.State.DISSOLVED:
        return False
    others = [role for role in VENUE_TICKERS if role != Role.COMPOUND_WORKER]
    if Branch.objects.within(user.reach_as(*others)).filter(pk=branch.pk).exists():
        return True
    return branch.pk in _serving(user, day)


def _serving(user, day):
    """Branches that cover a compound of a 小区工作人员."""
    own = user.reach_as(Role.COMPOUND_WORKER).compounds
    if not own:
        return []
    return list(Coverage.objects.on(day).filter(compound__in=own, body__kind="branch").values_list("body", flat=True))
