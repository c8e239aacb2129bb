"""Patches, cells, visits and funds of the cast's 北社区, made once when first asked for."""

from branches.models import FundingItem, GuidanceVisit
from office.areas.models import Body, Coverage


def patch(place, name="东片区", compounds=("湖畔",)):
    """A 片区 of the town."""
    facts = {"town": place.town["西塘镇"], "kind": "patch", "name": name, "short_name": name}
    return _covering(place, facts, compounds)


def cell(place, name="湖畔第一网格", compounds=("湖畔",)):
    """A grid cell of 北社区."""
    north = place.community["北社区"]
    facts = {"town": north.town, "community": north, "kind": "grid_cell", "name": name, "short_name": name}
    return _covering(place, facts, compounds)


def _covering(place, facts, compounds):
    body, _ = Body.objects.get_or_create(**facts)
    for name in compounds:
        Coverage.objects.get_or_create(body=body, compound=place.compound[name])
    return body


def group(place):
    """The 指导组 sent to 北社区."""
    north = place.community["北社区"]
    facts = {"town": north.town, "community": north, "kind": "guidance_group", "name": "指导组"}
    return Body.objects.get_or_create(**facts, short_name="指导组")[0]


def visit(place, advice="补齐楼栋长"):
    """A visit whose advice waits for an answer."""
    over = {"recorded_by": place.user["指导组"], "people": "周敏"}
    return GuidanceVisit.objects.get_or_create(
        group=group(place), visited_on=place.today, advice=advice, due_on=place.today, defaults=over
    )[0]


def fund(place, purpose="买书报架", fen=500_000):
    """An amount granted to 湖畔."""
    over = {"recorded_by": place.user["社区书记"], "on": place.today, "amount_fen": fen}
    facts = {"community": place.community["北社区"], "branch": place.body["湖畔党支部"], "kind": "granted"}
    return FundingItem.objects.get_or_create(**facts, source="town", purpose=purpose, defaults=over)[0]
