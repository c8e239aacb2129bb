"""People in the search of the whole site."""

from django.urls import reverse

from members.listing import post_words
from members.models import Member, Person, Post
from members.permissions import READERS

MOST = 15


def find(user, text):
    """At most fifteen people in 姓氏笔画 order as {name, about, url}; namesakes are told apart by where they belong."""
    text = text.strip()
    if not text or not user.has_role(*READERS):
        return []
    people = Person.objects.visible_to(user).found_by(text).order_by("strokes", "pk")
    rows = list(people.values_list("pk", "name")[:MOST])
    ids = [pk for pk, _ in rows]
    about = _by_post(user, ids) | _by_membership(user, ids)
    return [{"name": name, "about": about.get(pk, ""), "url": reverse("person", args=[pk])} for pk, name in rows]


def _by_membership(user, ids):
    """Where a member belongs, as far as the user may know it."""
    rows = Member.objects.visible_to(user).filter(pk__in=ids)
    relations = dict(Member.Relation.choices)
    return {
        pk: " · ".join(filter(None, [relations[relation], branch, compound]))
        for pk, relation, branch, compound in rows.values_list(
            "pk", "relation", "branch__short_name", "home_compound__name"
        )
    }


def _by_post(user, ids):
    """The first post the user may know of."""
    held = Post.objects.visible_to(user).filter(person__in=ids, ends_on=None).order_by("-position", "-pk")
    return {
        person: post_words(*post)
        for person, *post in held.values_list("person_id", "body_id", "body__short_name", "title")
    }
