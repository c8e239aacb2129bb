"""Who led the branches in the year: officers that day, group leaders, concurrent members, the liaison, who left."""

from dataclasses import dataclass
from datetime import date

from django.db.models import Q

from members.models import BRANCH_OFFICERS, Person, Post
from office.chinese.names import padded

_LABELS = dict(Post.Title.choices)
_SEX = dict(Person.Sex.choices)


@dataclass(frozen=True)
class Officer:
    """One post of one person; `until` is set where it ended before the day of the figures."""

    title: str
    name: str
    sex: str
    born_on: date | None
    since: date | None
    since_precision: str
    how: str
    source: str
    until: date | None = None

    @property
    def label(self):
        return _LABELS[self.title]

    @property
    def padded(self):
        """The name as official lists print it."""
        return padded(self.name)

    @property
    def born_words(self):
        return year_month(self.born_on)

    @property
    def since_words(self):
        """2021.01, or 2021 where only the year is known."""
        return f"{self.since.year}" if self.since and self.since_precision == "y" else year_month(self.since)

    @property
    def how_words(self):
        """小区选拔、选举产生: where the person comes from and how the post was filled."""
        words = (dict(Post.Source.choices).get(self.source, ""), dict(Post.How.choices).get(self.how, ""))
        return "、".join(filter(None, words)) or "未记录"


def year_month(day):
    """1964.08, as lists of officials print it."""
    return f"{day.year}.{day.month:02d}" if day else "未记录"


@dataclass(frozen=True)
class Leadership:
    """The branch's people that day; `left` are officers whose post ended within the year."""

    officers: tuple[Officer, ...] = ()
    group_leaders: tuple[Officer, ...] = ()
    concurrent: tuple[Officer, ...] = ()
    liaison: str = ""
    left: tuple[Officer, ...] = ()

    @property
    def secretary(self):
        return next((officer for officer in self.officers if officer.title == Post.Title.SECRETARY), None)

    @property
    def acting(self):
        return bool(self.secretary) and self.secretary.how == Post.How.ACTING

    @property
    def people(self):
        """Officers counted as people: who holds two posts is one."""
        return len({(officer.name, officer.born_on) for officer in self.officers})


def by_branch(branch_ids, period):
    """{branch id: Leadership} on the period's day; one query."""
    titles = (*BRANCH_OFFICERS, Post.Title.GROUP_LEADER, Post.Title.CONCURRENT, Post.Title.LIAISON)
    in_the_year = Q(starts_on=None) | Q(starts_on__lte=period.day)
    rows = (
        Post.objects.filter(in_the_year, body__in=branch_ids, title__in=titles)
        .filter(Q(ends_on=None) | Q(ends_on__gte=period.start))
        .order_by("position", "person__strokes", "id")
        .values_list(
            "body_id",
            "title",
            "person__name",
            "person__sex",
            "person__birth_date",
            "starts_on",
            "starts_precision",
            "how",
            "source",
            "ends_on",
        )
    )
    held = {}
    for body, title, name, sex, born, since, precision, how, source, ends in rows:
        until = ends if ends and ends < period.day else None
        officer = Officer(title, name, _SEX.get(sex, ""), born, since, precision, how, source, until)
        held.setdefault(body, []).append(officer)
    return {branch: _leadership(held.get(branch, [])) for branch in branch_ids}


def _leadership(posts):
    def holding(*titles):
        return tuple(post for post in posts if post.title in titles and post.until is None)

    liaison = holding(Post.Title.LIAISON)
    return Leadership(
        officers=holding(*BRANCH_OFFICERS),
        group_leaders=holding(Post.Title.GROUP_LEADER),
        concurrent=holding(Post.Title.CONCURRENT),
        liaison=liaison[0].name if liaison else "",
        left=tuple(post for post in posts if post.title in BRANCH_OFFICERS and post.until),
    )
