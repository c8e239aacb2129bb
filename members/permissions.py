"""Who reads the register, and whose number or telephone somebody may look up."""

from django.db.models import Q

from accounts.roles import CALLERS, REVEALERS, STAFF, Role
from members.models import Member, Person

READERS = (*STAFF, Role.BRANCH_SECRETARY)


def may_look_up(user, person, roles):
    """Whether the person is within the user's own reach in these roles.

    A member belongs where the membership is: a post elsewhere shows name and post there, nothing more
    (architecture §3). Somebody who is no member belongs wherever a place says.
    """
    reach = user.reach_as(*roles)
    as_member = Q(member__in=Member.objects.within(reach))
    as_nobodys = Q(member=None, pk__in=Person.objects.within(reach))
    return Person.objects.filter(as_member | as_nobodys, pk=person.pk).exists()


def may_see_id(user, person):
    return may_look_up(user, person, REVEALERS)


def may_call(user, person):
    return may_look_up(user, person, CALLERS)
