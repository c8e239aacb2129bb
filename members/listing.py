"""The rows of the member list, ready to print: plain dicts with finished strings (performance §4)."""

from itertools import islice

from django.db.models import Count

from members.filters import LACK_COLUMNS, ONLY_WHEN_ANY, TABS, missing, with_lacks
from members.models import Member, Person, Post
from office.areas.pages import address_of, page
from office.chinese.dates import cn_date
from office.chinese.masking import mask_phone

COLUMNS = (
    "person_id",
    "person__name",
    "person__sex",
    "person__birth_date",
    "person__phone",
    "stage",
    "relation",
    "status",
    "home_compound__name",
    "branch_id",
    "branch__short_name",
)
CHUNK = 2000
SEX = dict(Person.Sex.choices)
STAGE = dict(Member.Stage.choices)
RELATION = dict(Member.Relation.choices)
STATUS = dict(Member.Status.choices)
TITLE = dict(Post.Title.choices)


def tab_counts(members):
    """{tab: count} of the filtered register, one query."""
    return members.aggregate(**{key: Count("pk", filter=condition) for key, (_, condition) in TABS.items()})


def tabs(counts, current):
    """The tabs that are shown, as (key, label, count); the rare one only when somebody stands under it."""
    return [
        (key, label, counts[key])
        for key, (label, _) in TABS.items()
        if counts[key] or key == current or key not in ONLY_WHEN_ANY
    ]


def one_page(members, request, day, *, lacks=False):
    """The office's Page of fifty, in 姓氏笔画 order, with its rows ready to print; what is missing only when asked."""
    columns = COLUMNS
    if lacks:
        members, columns = with_lacks(members), (*COLUMNS, *LACK_COLUMNS)
    found = page(members, request, key="strokes", pk="person_id", columns=columns)
    posts = _posts([row["person_id"] for row in found.rows], day)
    return found, _ready(found.rows, posts, lacks=lacks)


def everybody(members, day, *, lacks=False, more=()):
    """All rows in 姓氏笔画 order, for an export, in pieces of 2,000: (rows ready to print, rows as read).

    Two queries. Rows come as they are read, so that the memory does not grow with them; only who holds which post is
    known beforehand, a line for every tenth person. `more` are columns read beside the list's own.
    """
    posts, columns = _posts(members.values("person"), day), COLUMNS
    if lacks:
        members, columns = with_lacks(members), (*COLUMNS, *LACK_COLUMNS)
    found = members.order_by("strokes", "person_id").values(*columns, *more).iterator(chunk_size=CHUNK)
    while rows := list(islice(found, CHUNK)):
        yield _ready(rows, posts, lacks=lacks), rows


def _ready(rows, posts, *, lacks):
    address = address_of("person")
    return [
        {
            "id": row["person_id"],
            "key": f"P{row['person_id']}",
            "url": address(row["person_id"]),
            "name": row["person__name"],
            "sex": SEX.get(row["person__sex"], ""),
            "born": cn_date(row["person__birth_date"], "m") if row["person__birth_date"] else "",
            "stage": STAGE[row["stage"]],
            "relation": RELATION[row["relation"]],
            "status": "" if row["status"] == Member.Status.NORMAL else STATUS[row["status"]],
            "compound": row["home_compound__name"] or "",
            "branch": row["branch__short_name"] or "",
            "posts": "、".join(post_words(*held, row["branch_id"]) for held in posts.get(row["person_id"], ())),
            "phone": mask_phone(row["person__phone"]) if row["person__phone"] else "",
            "missing": "、".join(missing(row)) if lacks else "",
        }
        for row in rows
    ]


def _posts(people, day):
    """{person: [(body, its short name, title)]} of the posts held that day, one query."""
    held = {}
    rows = Post.objects.on(day).filter(person__in=people).order_by("position", "pk")
    for person, *post in rows.values_list("person_id", "body_id", "body__short_name", "title"):
        held.setdefault(person, []).append(post)
    return held


def post_words(body, name, title, branch=None):
    """书记 in one's own branch, 湖畔业委会主任 elsewhere."""
    return TITLE[title] if body == branch else name + TITLE[title]
