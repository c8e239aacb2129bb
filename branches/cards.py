"""The branch's cards on other pages: who leads it, how it is covered, its venue."""

from branches import figures
from branches.models import Branch, Venue, VenueDetail
from members.models import BRANCH_OFFICERS, Post
from office.areas.pages import address_of
from office.areas.prepared import prepared

TITLE, SOURCE, HOW = dict(Post.Title.choices), dict(Post.Source.choices), dict(Post.How.choices)


def of_compound(compound, day, reach):
    """Card 党支部 of a compound page: its branches and leaders, or what the plan allows where there is none."""
    ids = [c.body_id for c in compound.coverage.on(day).filter(body__kind="branch")]
    rows = figures.branch_rows(Branch.objects.filter(pk__in=ids), day)
    cover = None if rows else figures.coverage_of(compound, day)
    return {"template": "branches/_compound_card.html", "branches": rows, "cover": cover}


def leadership(branch, day):
    """Card 班子 of a branch page: today's officers in order, with how they came to it; beside it the liaison's name."""
    held, address = _posts(branch.pk, day), address_of("person")
    officers = [
        {
            "title": TITLE[title],
            "name": name,
            "url": address(person),
            "how": "，".join(filter(None, [SOURCE.get(source), HOW.get(how)])),
        }
        for title, source, how, person, name in held
        if title != Post.Title.LIAISON
    ]
    liaison = next((name for title, *_, name in held if title == Post.Title.LIAISON), "")
    return {
        "template": "branches/_leadership_card.html",
        "branch": branch,
        "officers": officers,
        "liaison": liaison,
    }


@prepared
def _posts(branch, day):
    posts = Post.objects.on(day).filter(body=branch, title__in=(*BRANCH_OFFICERS, Post.Title.LIAISON))
    return posts.order_by("position", "id").values_list("title", "source", "how", "person_id", "person__name")


def venue(branch_ids, day):
    """Card 阵地七有: this year's state of the branch (of the first one recorded, where there are several)."""
    recorded = next(iter(_venues(branch_ids, day.year)), None)
    items = [
        {"label": label, "has": getattr(recorded, field)}
        for field, label in Venue.ITEMS
        if recorded and getattr(recorded, field) is not None
    ]
    unrecorded = [(field, label) for field, label in Venue.ITEMS if recorded and getattr(recorded, field) is None]
    if unrecorded:
        apart = set(_not_applicable(recorded.pk))
        unrecorded = [(field, label) for field, label in unrecorded if field not in apart]
    return {
        "template": "branches/_venue_card.html",
        "venue": recorded,
        "items": items,
        "unrecorded": "、".join(label for _, label in unrecorded),
        "year": day.year,
        "url": address_of("venue")(branch_ids[0]) if len(branch_ids) == 1 else "",
    }


@prepared
def _venues(branches, year):
    return Venue.objects.filter(branch__in=branches, year=year).order_by("branch_id")[:1]


@prepared
def _not_applicable(venue):
    return VenueDetail.objects.filter(venue=venue, applies=False).values_list("item", flat=True)
