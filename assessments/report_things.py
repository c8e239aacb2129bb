"""做成的事: what the year's records offer the secretary to choose from, in words ready for the report."""

from django.db.models import Q

from meetings.models import Decision, Meeting
from office.chinese.dates import cn_month_day

MOST_SHOWN, MOST_CHOSEN = 8, 5
WITH_RESIDENTS = (Meeting.Kind.WEEKEND, Meeting.Kind.FORUM, Meeting.Kind.THEME_DAY)


def offered(year, chosen=()):
    """[(key, words)] for a figures.BranchYear: what was chosen before first, then the newest, at most eight in all.

    A thing chosen before keeps its words, also when its record has changed or gone since.
    """
    found = [tuple(pair) for pair in chosen]
    keys, said = {key for key, _ in found}, {words for _, words in found}
    for key, words in _things(year):
        if len(found) >= MOST_SHOWN:
            break
        if key not in keys and words not in said:
            found.append((key, words))
            said.add(words)
    return found


def _things(year):
    yield from _sums(year)
    branch, first, last = year.basics.id, f"{year.year}-01-01", year.as_of
    done = Decision.objects.filter(branch=branch, done_on__range=(first, last)).order_by("-done_on", "-id")
    for pk, text, outcome in done.values_list("pk", "text", "outcome")[:MOST_SHOWN]:
        yield f"decision-{pk}", f"办结：{text}" + (f"（{outcome.rstrip('。')}）" if outcome else "")
    held = Meeting.objects.filter(Q(kind__in=WITH_RESIDENTS) | Q(kind=Meeting.Kind.JOINT), branch=branch)
    held = held.filter(held_on__range=(first, last)).exclude(state=Meeting.State.DRAFT).order_by("-held_on", "-id")
    kinds = dict(Meeting.Kind.choices)
    for pk, kind, title, day in held.values_list("pk", "kind", "title", "held_on")[:MOST_SHOWN]:
        yield f"meeting-{pk}", f"{cn_month_day(day)}{kinds[kind]}：{title}"


def _sums(year):
    """The year in one line each: joint meetings, organisational life, the venue."""
    held = year.held
    if held.joint.count:
        settled = f"，定事{len(held.decided)}项，办结{held.done}项" if held.decided else ""
        yield "joint", f"开联席会议{held.joint.count}次{settled}"
    life = [f"{kept.label}{kept.count}次" for kept in held.life if kept.count]
    if life:
        yield "life", "、".join(life)
    if year.venue and year.venue.held == len(year.venue.items):
        yield "venue", f"阵地“七有”{year.venue.held}项齐全"
