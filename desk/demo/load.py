"""Making up one town or a county and writing it down; wiping and reloading a trial."""

from random import Random

from django.apps import apps
from django.conf import settings
from django.contrib.contenttypes.models import ContentType
from django.contrib.sessions.models import Session
from django.db import connection, transaction
from django.utils import timezone

from accounts.models import User
from desk.demo import (
    bodies,
    cases,
    census,
    coverage_story,
    documents,
    elections,
    meetings,
    people,
    posts,
    staff,
    territory,
    venues,
    year,
)
from desk.demo.places import FOCUS, TOWNS, county_plan, focus_plan
from desk.demo.rows import ORDER, Rows, continue_counting
from desk.demo.staff import Passwords
from desk.demo.story import Story
from meetings.models import Meeting
from members.models import Member, Person
from members.places import refresh
from office.areas.models import Compound, Town
from office.audit import trail
from office.audit.models import Trail, TrailHead

SEED = 7
SCALES = {"town": 1, "county": len(TOWNS)}
MEMBERS_PER_TOWN = 5100  # 全县约十万名党员：示范镇约三千，其余各镇约五千一


def tell(plan, as_of, seed, rows, number, passwords):
    """One whole town, unsaved, in `rows`. The town's dice depend on the seed and its name, not on the scale."""
    story = Story(plan, as_of, rows, Random(f"{seed}:{plan.name}"))  # noqa: S311 - 编人名的骰子，不是密钥
    bodies.open_town(story)
    bodies.open_branches(story)
    bodies.staff_town(story)
    bodies.staff_communities(story)
    people.settle_compounds(story)
    people.settle_old_branches(story)
    people.add_unusual(story)
    bodies.staff_branches(story)
    bodies.open_committees(story)
    bodies.cross_posts(story)
    staff.open_accounts(story, number, passwords)
    year.look_at_venues(story)
    year.report_the_year(story)
    meetings.hold_meetings(story)
    census.count_members(story)
    if plan.focus:
        people.add_doubles(story)
    year.dispute_a_number(story)
    documents.send_documents(story)
    for chapter in (coverage_story, cases, posts, elections, territory, venues):
        chapter.tell(story)
    return story


def plans(scale, seed):
    """The plans of the towns of a scale, 示范镇 first."""
    for name in TOWNS[: SCALES[scale]]:
        dice = Random(f"{seed}:{name}:plan")  # noqa: S311 - 同上
        yield focus_plan() if name == FOCUS else county_plan(name, dice, MEMBERS_PER_TOWN)


@transaction.atomic
def load(scale, as_of, seed, passwords, *, by=None, say=lambda line: None):
    """Write a town or a county. Raises ValueError when there is a town already; all of it stands or none."""
    if Town.objects.exists():
        raise ValueError("库里已经有镇的数据，没有装入试用数据。")
    rows = Rows()
    for number, plan in enumerate(plans(scale, seed)):
        story = tell(plan, as_of, seed, rows, number, passwords)
        counts = {model.__name__: len(rows.of[model]) for model in ORDER}
        ids = [person.pk for person in rows.of[Person]]
        rows.write()
        refresh(ids)
        trail.record("areas.town_opened", story.town, by=by, town=story.town.pk)
        loaded = {str(m._meta.verbose_name): (0, counts[m.__name__]) for m in (Compound, Person, Member, Meeting, User)}
        trail.record("desk.demo_loaded", story.town, by=by, town=story.town.pk, changes=loaded)
        say(f"{plan.name}：党员 {counts['Member']}，小区 {counts['Compound']}，会议 {counts['Meeting']}。")
    continue_counting()


KEPT = (Trail, TrailHead, Session, ContentType)  # 操作记录只增不减；其余照旧，重置后重新登录


@transaction.atomic
def reset(by=None):
    """Wipe the trial and load 示范镇 anew. The trail stays and goes on; whoever is signed in signs in again.

    Raises ValueError, in words for the screen, where this is no local trial or somebody's real account is in it.
    """
    if settings.APP_MODE != "local":
        raise ValueError("只有本机试用可以重置数据。")
    if User.objects.filter(is_demo=False).exists():
        raise ValueError("库里有正式账号，不能重置。")
    with connection.cursor() as cursor:
        for model in apps.get_models(include_auto_created=True):
            if model not in KEPT:
                cursor.execute(f"DELETE FROM {connection.ops.quote_name(model._meta.db_table)}")  # nosec B608  # noqa: S608 - 表名来自模型
    load("town", timezone.localdate(), SEED, Passwords(demo=True), by=by)
    trail.record("desk.demo_reset", Town.objects.get(), by=by, town=Town.objects.get().pk)
