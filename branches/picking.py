"""Whom a form offers for a post: those the post is usually filled from, or whoever a search finds."""

from members.models import BRANCH_OFFICERS, OWNERS_SEATS, Member, Person, Post
from office.areas.models import Body, Coverage

Title, Kind = Post.Title, Body.Kind
MOST = 200
CADRES = (Kind.COMMUNITY_COMMITTEE, Kind.RESIDENTS_COMMITTEE)
FROM = {  # 从哪些组织的任职里选
    Title.LIAISON: CADRES,
    Title.GRID_WORKER: CADRES,
    Title.PATCH_HEAD: (Kind.TOWN_COMMITTEE, *CADRES),
    Title.GROUP_HEAD: (Kind.TOWN_COMMITTEE,),
    Title.GROUP_MEMBER: (Kind.TOWN_COMMITTEE,),
}
WORDS = {
    "members": "列出的是本支部的正式党员。",
    "posts": "列出的是社区两委、镇党委的任职人员。",
    "committees": "列出的是所覆盖小区业委会、物业里的党员。",
    "residents": "列出的是所覆盖小区的党员。",
}


def offered(body, title, day):
    """([(person id, words)], where they come from) for a post of the body; at most two queries."""
    title = Title(title)
    if title in BRANCH_OFFICERS:
        return _members(Member.objects.filter(branch=body, stage="full")), WORDS["members"]
    if title == Title.CONCURRENT:
        return _of_committees(body, day), WORDS["committees"]
    if title == Title.BUILDING_HEAD:
        return _members(Member.objects.filter(home_compound__in=_compounds(body, day))), WORDS["residents"]
    return _holders(body, FROM[title], day), WORDS["posts"]


def found(user, text):
    """[(person id, words)] of people visible to the user that the text means, in 姓氏笔画 order; two queries.

    Of somebody who is seen here by a post only, membership and home stay with his own branch.
    """
    people = Person.objects.visible_to(user).found_by(text).order_by("strokes", "id")
    rows = list(people.values_list("pk", "name", "unit")[:MOST])
    members = Member.objects.visible_to(user).filter(pk__in=[row[0] for row in rows])
    known = {pk: facts for pk, *facts in members.values_list("pk", "home_compound__name", "stage")}
    return [(pk, _named(name, *_known(known.get(pk)), unit)) for pk, name, unit in rows]


def _known(facts):
    return (facts[0], dict(Member.Stage.choices)[facts[1]]) if facts else ()


def _named(name, *facts):
    known = "，".join(filter(None, facts))
    return f"{name}（{known}）" if known else name


def _members(members):
    rows = members.filter(relation="direct", status="normal").order_by("strokes", "pk")
    rows = rows.values_list("pk", "person__name", "home_compound__name", "person__birth_date")[:MOST]
    return [(pk, _named(name, compound, born and f"{born.year}年生")) for pk, name, compound, born in rows]


def _compounds(body, day):
    return Coverage.objects.on(day).filter(body=body).values("compound")


def _of_committees(body, day):
    bodies = Coverage.objects.on(day).filter(compound__in=_compounds(body, day)).values("body")
    posts = Post.objects.filter(body__in=bodies, title__in=(*OWNERS_SEATS, Title.PROJECT_MANAGER))
    return _of_posts(posts.filter(person__political_status=Person.Political.PARTY), day)


def _holders(body, kinds, day):
    posts = Post.objects.filter(town=body.town_id, body__kind__in=kinds)
    own = posts.filter(community__in=[body.community_id]) if body.community_id else posts
    if Kind.TOWN_COMMITTEE in kinds:
        own = posts.filter(community=None) | own
    return _of_posts(own, day)


def _of_posts(posts, day):
    rows = posts.on(day).order_by("person__strokes", "person_id", "position")
    rows = rows.values_list("person_id", "person__name", "title", "body__short_name")
    labels, people = dict(Title.choices), {}
    for pk, name, title, at in rows:
        people.setdefault(pk, (name, f"{at}{labels[title]}"))
    return [(pk, _named(*facts)) for pk, facts in list(people.items())[:MOST]]
