"""What a branch hands in and shows by the year: 七有 and the secretary's report."""

from datetime import date, timedelta

from assessments.models import BranchReport, NumberDispute
from branches.models import Venue
from desk.demo import matters
from meetings.models import Meeting

MARKS = {"1": True, "0": False, "?": None}


def look_at_venues(story):
    """七有 of last year and this year; last year complete but for one branch whose item was 未记录."""
    fields = [field for field, _ in Venue.ITEMS]
    for home in story.homes:
        if home.approved_on > story.day(-200):
            continue
        marks = home.places[0].plan.venue if home.of_a_compound else "1111111"
        where = f"{home.places[0].plan.name}党群服务站" if home.of_a_compound else f"{home.body.community.name}二楼"
        for year in (story.as_of.year - 1, story.as_of.year):
            shown = marks if year == story.as_of.year else marks.replace("?", "1")
            checked = min(date(year, story.random.randint(3, 10), story.random.randint(1, 28)), story.day(-3))
            story.rows.add(
                Venue,
                branch=home.body,
                community=home.body.community,
                town=story.town,
                year=year,
                address=where,
                checked_on=max(checked, date(year, 1, 1)) if shown.count("?") < 7 else None,
                **{field: MARKS[mark] for field, mark in zip(fields, shown, strict=True)},
            )


def report_the_year(story):
    """Last year every report was received; this year's are in every state; some have not been begun, 金桂苑's among them."""
    for number, home in enumerate(story.homes):
        if home.approved_on > story.day(-200) or "secretary" not in home.officers:
            continue
        circle = next(c for c in story.circles if c.community is home.body.community)
        by = story.users.get(home.officers["secretary"].pk) or circle.clerk
        chief = story.users.get(circle.secretary.pk, circle.clerk)
        _report(story, home, story.as_of.year - 1, "received", by, chief, number)
        state = ("received", "submitted", "draft", "draft", "returned", "draft", "submitted")[number % 7]
        names = {p.plan.name for p in home.places}
        begun = state != "draft" or number % 2 == 0
        if begun and not (story.plan.focus and names & {"金桂苑", "文昌苑"}):
            _report(story, home, story.as_of.year, state, by, chief, number + 3)


def _report(story, home, year, state, by, chief, turn):
    done, problem, cause, plan = matters.REPORTS[(turn * 5 + year) % len(matters.REPORTS)]
    this_season = year == story.as_of.year
    handed_in = story.day(-story.random.randint(4, 14)) if this_season else date(year, 12, story.random.randint(3, 18))
    handed_in = max(handed_in, date(year, 1, 1))
    received = min(handed_in + timedelta(days=story.random.randint(1, 9)), story.day(-1))
    draft = state == "draft"
    report = story.rows.add(
        BranchReport,
        branch=home.body,
        town=story.town,
        community=home.body.community,
        year=year,
        state=state,
        done=done,
        problem=problem,
        cause="" if draft else cause,
        plan="" if draft else plan,
        comment=story.random.choice(matters.COMMENTS) if state == "returned" else "",
    )
    if not draft:
        report.submitted_at, report.submitted_by = story.at(handed_in), by
    if state == "received":
        report.received_at, report.received_by = story.at(max(received, handed_in)), chief
        report.received_at = max(report.received_at, report.submitted_at + timedelta(minutes=20))


def dispute_a_number(story):
    """文昌苑's secretary has begun the report and says that a joint meeting is missing; it waits for the 联系干部."""
    home = next((h for h in story.homes if "文昌苑" in {p.plan.name for p in h.places}), None)
    if not story.plan.focus or home is None:
        return
    year, by, when = story.as_of.year, story.users[home.officers["secretary"].pk], story.at(story.day(-1))
    held = sum(
        m.branch_id == home.body.pk and m.kind == Meeting.Kind.JOINT and m.held_on.year == year
        for m in story.rows.of[Meeting]
    )
    where = {"branch": home.body, "town": story.town, "community": home.body.community}
    report = story.rows.add(BranchReport, **where, year=year, checked_at=when, saved_at=when, saved_by=by, version=2)
    story.rows.add(
        NumberDispute,
        **where,
        report=report,
        key=Meeting.Kind.JOINT.value,
        label=Meeting.Kind.JOINT.label,
        shown=f"{held} 次" if held else "未记录",
        claimed=held + 1,
        note="10月补开的那次没有录",
        said_by=by,
        said_at=when,
    )
