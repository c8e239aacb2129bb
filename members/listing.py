"""The rows of the member list, ready to print: plain dicts with finished strings (performance §4)."""

from functools import partial
from itertools import islice

from django.db.models import Count, Value

from members.filters import LACK_COLUMNS, ONLY_WHEN_ANY, TABS, missing, narrowed, with_lacks
from members.models import Member, Person, Post
from office.areas.pages import address_of, page_of, rows_after
from office.areas.prepared import prepared
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
ORDER = {"key": "strokes", "pk": "person_id"}
CHUNK = 2000
SEX = dict(Person.Sex.choices)
STAGE = dict(Member.Stage.choices)
RELATION = dict(Member.Relation.choices)
STATUS = dict(Member.Status.choices)
TITLE = dict(Post.Title.choices)


def tab_counts(bar):
    """{tab: count} of what the bar (a MemberFilter) leaves of the register, one query."""
    rows = _counted(bar.reach, *bar.narrowing)
    return rows[0] if rows else dict.fromkeys(TABS, 0)


@prepared
def _counted(reach, *narrowing):
    """One row: everybody is in the one group."""
    counts = {key: Count("pk", filter=condition) for key, (_, condition) in TABS.items()}
    return narrowed(reach, *narrowing).order_by().values(group=Value(1)).annotate(**counts)


def tabs(counts, current):
    """The tabs that are shown, as (key, label, count); the rare one only when somebody stands under it."""
    return [
        (key, label, counts[key])
        for key, (label, _) in TABS.items()
        if counts[key] or key == current or key not in ONLY_WHEN_ANY
    ]


def one_page(bar, request, day, *, lacks=False):
    """The office's Page of fifty, in 姓氏笔画 order, with its rows ready to print; what is missing only when asked."""
    condition, *where = bar.narrowing
    read = partial(_rows, lacks, bar.reach, condition & TABS[bar.tab_key][1], *where)
    found = page_of(read, request, Member, **ORDER)
    posts = _by_person(_posts([row["person_id"] for row in found.rows], day))
    return found, _ready(found.rows, posts, lacks=lacks)


@prepared
def _rows(lacks, reach, condition, where, text, value, last):
    members, columns = narrowed(reach, condition, where, text), COLUMNS
    if lacks:
        members, columns = with_lacks(members), (*COLUMNS, *LACK_COLUMNS)
    return rows_after(members, value, last, columns=columns, **ORDER)


def everybody(members, day, *, lacks=False, more=()):
    """All rows in 姓氏笔画 order, for an export, in pieces of 2,000: (rows ready to print, rows as read).

    Two queries. Rows come as they are read, so that the memory does not grow with them; only who holds which post is
    known beforehand, a line for every tenth person. `more` are columns read beside the list's own.
    """
    posts, columns = _by_person(_held(members.values("person"), day)), COLUMNS
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


def _held(people, day):
    """(person, body, its short name, title) of the posts held that day."""
    rows = Post.objects.on(day).filter(person__in=people).order_by("position", "pk")
    return rows.values_list("person_id", "body_id", "body__short_name", "title")


_posts = prepared(_held)


def _by_person(rows):
    held = {}
    for person, *post in rows:
        held.setdefault(person, []).append(post)
    return held


def post_words(body, name, title, branch=None):
    """书记 in one's own branch, 湖畔业委会主任 elsewhere."""
    return TITLE[title] if body == branch else name + TITLE[title]
