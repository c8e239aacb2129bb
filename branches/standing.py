"""The compounds' branches that stand, approved or at work: one reading for lists, figures and checks."""

from branches.models import Branch
from office.areas.prepared import prepared

STATES = (Branch.State.APPROVED, Branch.State.RUNNING)
KINDS = (Branch.Kind.COMPOUND, Branch.Kind.JOINT)


def facts(branches):
    """What is asked of each of the given Branch queryset, in the order of lists."""
    return branches.order_by("community__position", "kind", "body_id").values(
        "body_id",
        "body__short_name",
        "town_id",
        "community_id",
        "community__name",
        "community__kind",
        "kind",
        "state",
        "approved_on",
        "term_ends_on",
    )


def standing(branches):
    """Those of the given Branch queryset that stand."""
    return branches.filter(state__in=STATES, kind__in=KINDS)


@prepared
def standing_in(reach):
    """The facts of the branches that stand in reach."""
    return facts(standing(Branch.objects.within(reach)))
