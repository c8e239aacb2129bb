"""Who reads the register, and whose number or telephone somebody may look up."""

from accounts.roles import CALLERS, REVEALERS, STAFF, Role
from members.models import Member, Person

READERS = (*STAFF, Role.BRANCH_SECRETARY)


def may_look_up(user, person, roles):
    """Whether the person is within the user's own reach in these roles.

    A member belongs where the membership is: a post elsewhere shows name and post there, nothing more
    (architecture §3). Somebody who is no member belongs wherever a place says.
    """
    reach = user.reach_as(*roles)
    if Member.objects.filter(person=person.pk).exists():
        return Member.objects.within(reach).filter(person=person.pk).exists()
    return Person.objects.within(reach).filter(pk=person.pk).exists()


def may_see_id(user, person):
    return may_look_up(user, person, REVEALERS)


def may_call(user, person):
    return may_look_up(user, person, CALLERS)
