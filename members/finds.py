"""People in the search of the whole site."""

from members.listing import RELATION, post_words
from members.models import Member, Person, Post, meant_by
from members.permissions import READERS
from office.areas.pages import address_of
from office.areas.prepared import prepared

MOST = 15


def find(user, text):
    """At most fifteen people in 姓氏笔画 order as {name, about, url}; namesakes are told apart by where they belong."""
    text = text.strip()
    if not text or not user.has_role(*READERS):
        return []
    rows = _people(user.reach, meant_by(text))
    ids = [pk for pk, _ in rows]
    about = {person: post_words(*post) for person, *post in _posts(user.reach, ids)}
    for pk, relation, *places in _members(user.reach, ids):
        about[pk] = " · ".join(filter(None, [RELATION[relation], *places]))
    address = address_of("person")
    return [{"name": name, "about": about.get(pk, ""), "url": address(pk)} for pk, name in rows]


@prepared
def _people(reach, where):
    return Person.objects.within(reach).filter(**where).order_by("strokes", "pk").values_list("pk", "name")[:MOST]


@prepared
def _members(reach, people):
    """Where members belong, as far as the user may know it."""
    members = Member.objects.within(reach).filter(pk__in=people)
    return members.values_list("pk", "relation", "branch__short_name", "home_compound__name")


@prepared
def _posts(reach, people):
    """The posts the user may know of, the first one last."""
    held = Post.objects.within(reach).filter(person__in=people, ends_on=None).order_by("-position", "-pk")
    return held.values_list("person_id", "body_id", "body__short_name", "title")
