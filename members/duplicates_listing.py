"""The rows of 可能重复的人, ready to print."""

from django.urls import reverse
from django.utils import timezone

from members.listing import RELATION, STATUS, post_words
from members.models import Member, Person, Post
from office.areas.pages import SIZE
from office.chinese.dates import cn_date
from office.chinese.masking import mask_phone

ELSEWHERE = "另一人在其他社区，请镇党建办核对"
BOUND_ELSEWHERE = "在其他社区也有任职，请镇党建办核对"


def one_page(pairs, after):
    """(the pairs after that position, the next page's `after` or "")."""
    start = position_of(after)
    rest = [pair for pair in pairs if pair.position > start] if start else pairs
    shown = rest[:SIZE]
    return shown, "~".join(map(str, shown[-1].position)) if len(rest) > SIZE else ""


def position_of(text):
    """The position in ?after=strokes~one~other; None, the first page, for a malformed one."""
    strokes, *keys = text[:500].split("~")
    if len(keys) != 2 or not all(key.isascii() and key.isdecimal() and len(key) < 18 for key in keys):
        return None
    return strokes, *map(int, keys)


def rows(pairs):
    """One dict of ready words per pair; two queries."""
    known = _about({person.pk for pair in pairs for person in _shown(pair)})
    return [
        {
            "name": "、".join(dict.fromkeys(person.name for person in _shown(pair))),
            "why": pair.why,
            "records": [known[person.pk] if shown else [] for person, shown in _sides(pair)],
            "url": reverse("person_pair", args=[pair.one.pk, pair.other.pk]) if pair.settled_here else "",
            "note": "" if pair.settled_here else BOUND_ELSEWHERE if all(pair.shown) else ELSEWHERE,
        }
        for pair in pairs
    ]


def _sides(pair):
    return zip((pair.one, pair.other), pair.shown, strict=True)


def _shown(pair):
    return [person for person, shown in _sides(pair) if shown]


def about(*people):
    """For each of these Persons: key, name, what they are and what tells them apart, in words."""
    known = _about({person.pk for person in people})
    return [{"pk": person.pk, "name": person.name, "words": known[person.pk]} for person in people]


COLUMNS = (
    "pk",
    "birth_date",
    "phone",
    "unit",
    "member__relation",
    "member__status",
    "member__branch__short_name",
    "member__community__name",
    "member__home_compound__name",
)


def _about(people):
    """{person: [what they are, what tells them apart]} in words."""
    posts = {}
    held = Post.objects.on(timezone.localdate()).filter(person__in=people).order_by("position", "pk")
    for person, *post in held.values_list("person_id", "body_id", "body__short_name", "title"):
        posts.setdefault(person, []).append(post_words(*post))
    found = {}
    for pk, born, phone, unit, relation, status, branch, community, home in Person.objects.filter(
        pk__in=people
    ).values_list(*COLUMNS):
        gone = "" if status in (None, Member.Status.NORMAL) else STATUS[status]
        what = [RELATION[relation], branch or community, f"住{home}" if home else "", gone] if relation else [unit]
        what += posts.get(pk, [])
        signs = [f"{cn_date(born)}生" if born else "", mask_phone(phone) if phone else "没有电话"]
        found[pk] = [" · ".join(filter(None, what)) or "只有姓名和电话", " · ".join(filter(None, signs))]
    return found
