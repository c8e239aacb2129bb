"""A branch's membership on a day, counted from dated rows; page, paper and sheet print these numbers.

Every number names its class: 直管 (relation in the branch) is never mixed with 在职报到 or 流入 (N-04, R-103, R-202).
Who belonged where, whose 党籍 was suspended and who was full is told from the dates, so that the figures of a year's
end stay what they were after a later move or death. 流出 and 身份 have no dates on record: they are those of today.
"""

from collections import Counter
from dataclasses import dataclass, field
from datetime import date

from django.db.models import Case, F, OuterRef, Subquery, Value, When
from django.db.models.functions import Coalesce

from members.models import Member, Placement, StandingChange
from office.areas.dated import in_force

# 上限（含）与名称；最后一档没有上限。
AGE_BANDS = ((35, "35岁及以下"), (45, "36至45岁"), (60, "46至60岁"), (None, "61岁及以上"))
STANDING_BANDS = ((9, "不满10年"), (19, "10至19年"), (29, "20至29年"), (49, "30至49年"), (None, "50年及以上"))
UNKNOWN = "未记录"
NOT_COUNTED = (Member.Status.SUSPENDED, Member.Status.DECEASED)


@dataclass(frozen=True)
class Membership:
    """Counts on `day`. Sex, age and 党龄 are of the direct members; 党龄 of the full ones (R-203)."""

    day: date
    direct: int = 0
    full: int = 0
    probationary: int = 0
    in_service: int = 0
    floating_in: int = 0
    floating_out: int = 0
    men: int = 0
    women: int = 0
    sex_unknown: int = 0
    by_age: tuple = ()  # (band, count), the unknown last and only when there are any
    by_standing: tuple = ()
    by_background: tuple = ()

    @property
    def people(self):
        """Everybody on the list: direct, in-service and floating in."""
        return self.direct + self.in_service + self.floating_in


@dataclass
class _Tally:
    counts: Counter = field(default_factory=Counter)
    ages: Counter = field(default_factory=Counter)
    standings: Counter = field(default_factory=Counter)
    backgrounds: Counter = field(default_factory=Counter)


def by_branch(branch_ids, day):
    """Membership of each branch on that day, as {branch id: Membership}; one query for all of them."""
    return _counted(Placement.objects.filter(branch__in=branch_ids), "branch_id", branch_ids, day)


def of_branch(branch_id, day):
    return by_branch([branch_id], day)[branch_id]


def by_community(community_ids, day):
    """Membership of each community on that day, people without a branch included; one query."""
    return _counted(Placement.objects.filter(community__in=community_ids), "community_id", community_ids, day)


def of_town(town_id, day):
    return _counted(Placement.objects.filter(town=town_id), "town_id", [town_id], day)[town_id]


def of_members(members, day):
    """Membership of the people of a Member queryset taken together on that day; one query."""
    placed = Placement.objects.filter(member__in=members).annotate(together=Value(0))
    return _counted(placed, "together", [0], day)[0]


def full_years(since, day):
    """Completed years from one day to another; negative when `since` lies ahead."""
    return day.year - since.year - ((day.month, day.day) < (since.month, since.day))


def _counted(placements, column, keys, day):
    rows = (
        placements.filter(in_force(day))
        .annotate(standing=_standing_on(day))
        .exclude(standing__in=NOT_COUNTED)
        .values_list(
            column,
            "relation",
            "member__stage",
            "member__joined_on",
            "member__full_on",
            "member__floating_out",
            "member__background",
            "member__person__sex",
            "member__person__birth_date",
        )
    )
    tallies = {key: _Tally() for key in keys}
    for key, *facts in rows:
        _count(tallies[key], day, *facts)
    return {key: _membership(tally, day) for key, tally in tallies.items()}


def _standing_on(day):
    """The 党籍状态 that day: that of the last change until then; before the first one what it changed; else today's."""
    changes = StandingChange.objects.filter(member=OuterRef("member"))
    before = Case(
        When(status=Member.Status.NORMAL, then=Value(Member.Status.SUSPENDED)), default=Value(Member.Status.NORMAL)
    )
    return Coalesce(
        Subquery(changes.filter(on__lte=day).order_by("-on", "-id").values("status")[:1]),
        Subquery(changes.order_by("on", "id").annotate(before=before).values("before")[:1]),
        F("member__status"),
    )


def _count(tally, day, relation, stage, joined_on, full_on, floating_out, background, sex, born):
    if joined_on and joined_on > day:
        return
    if relation != Member.Relation.DIRECT:
        tally.counts[relation] += 1
        return
    full = _stage_on(day, stage, full_on) == Member.Stage.FULL
    tally.counts.update(
        {
            "direct": 1,
            "full": int(full),
            "probationary": int(not full),
            "floating_out": int(floating_out),
            sex or "sex_unknown": 1,
        }
    )
    tally.ages[_band(AGE_BANDS, born and full_years(born, day))] += 1
    tally.backgrounds[background] += 1
    if full:
        tally.standings[_band(STANDING_BANDS, full_on and full_years(full_on, day))] += 1


def _stage_on(day, stage, full_on):
    """The stage that day: before the day of becoming full one was probationary."""
    if full_on:
        return Member.Stage.FULL if full_on <= day else Member.Stage.PROBATIONARY
    return stage


def _band(bands, years):
    if years is None:
        return UNKNOWN
    return next(name for limit, name in bands if limit is None or years <= limit)


def _membership(tally, day):
    counts = tally.counts
    labels = dict(Member.Background.choices)
    known = tuple((labels[key], tally.backgrounds[key]) for key in labels if tally.backgrounds[key])
    return Membership(
        day=day,
        direct=counts["direct"],
        full=counts["full"],
        probationary=counts["probationary"],
        in_service=counts[Member.Relation.IN_SERVICE],
        floating_in=counts[Member.Relation.FLOATING_IN],
        floating_out=counts["floating_out"],
        men=counts["M"],
        women=counts["F"],
        sex_unknown=counts["sex_unknown"],
        by_age=_in_order(AGE_BANDS, tally.ages),
        by_standing=_in_order(STANDING_BANDS, tally.standings),
        by_background=known + (((UNKNOWN, tally.backgrounds[""]),) if tally.backgrounds[""] else ()),
    )


def _in_order(bands, counts):
    rows = tuple((name, counts[name]) for _, name in bands)
    return rows + (((UNKNOWN, counts[UNKNOWN]),) if counts[UNKNOWN] else ())
