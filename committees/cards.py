"""The owners' committee's and the property project's cards on a compound page."""

from committees import figures
from committees.models import OwnersCommittee


def of_compound(compound, day):
    """Cards 业委会 and 物业 of a compound page."""
    committees = OwnersCommittee.objects.filter(compound=compound.pk).exclude(stage="ended")
    rows = figures.committee_rows(committees, day)
    project = figures.property_projects([compound.pk], day).get(compound.pk)
    return [
        {"template": "committees/_compound_card.html", "row": rows[0] if rows else None},
        {"template": "committees/_property_card.html", "project": project},
    ]
