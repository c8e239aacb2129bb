"""Where a person may be seen from: worked out from membership and posts, never typed."""

from django.db import transaction

from members.models import Member, PersonPlace, Post
from office.areas.models import Coverage
from office.imports.writing import write


def wanted(person_ids):
    """The places the given people should have: (person, town, community, branch, compound) tuples."""
    places = set()
    members = Member.objects.filter(person__in=person_ids)
    for row in members.values_list("person_id", "town_id", "community_id", "branch_id", "home_compound_id"):
        places.add(row)
    posts = Post.objects.filter(person__in=person_ids, community__isnull=False)
    held = list(posts.values_list("person_id", "town_id", "community_id", "branch_id", "body_id"))
    covered = {}
    bodies = {row[4] for row in held}
    for body, compound in Coverage.objects.filter(body__in=bodies, ends_on=None).values_list("body_id", "compound_id"):
        covered.setdefault(body, []).append(compound)
    for person, town, community, branch, body in held:
        for compound in covered.get(body, [None]):
            places.add((person, town, community, branch, compound))
    return places


@transaction.atomic
def refresh(person_ids):
    """Bring PersonPlace in line for these people; the deeds that move people or posts call it."""
    person_ids = list(person_ids)
    for start in range(0, len(person_ids), 500):
        _refresh(person_ids[start : start + 500])


def _refresh(person_ids):
    columns = ("person_id", "town_id", "community_id", "branch_id", "compound_id")
    present = {row[1:]: row[0] for row in PersonPlace.objects.filter(person__in=person_ids).values_list("pk", *columns)}
    right = wanted(person_ids)
    PersonPlace.objects.filter(pk__in=[pk for row, pk in present.items() if row not in right]).delete()
    write([PersonPlace(**dict(zip(columns, row, strict=True))) for row in right if row not in present])
