"""A meeting or a decision's day as an .ics file for phone and computer calendars (RFC 5545, ux C21)."""

from datetime import UTC, datetime, timedelta

from django.utils import timezone

NEWLINE = "\r\n"
LONGEST_LINE = 75  # bytes; longer lines are folded
# 不写夏令时以前的历史：上海自1992年起一直是东八区。
_ZONE = [
    "BEGIN:VTIMEZONE",
    "TZID:Asia/Shanghai",
    "BEGIN:STANDARD",
    "DTSTART:19920101T000000",
    "TZOFFSETFROM:+0800",
    "TZOFFSETTO:+0800",
    "TZNAME:CST",
    "END:STANDARD",
    "END:VTIMEZONE",
]
USUAL_LENGTH = timedelta(hours=2)


def of_meeting(meeting) -> str:
    """The meeting as an event of two hours, or of a whole day when its hour is not on record; an alarm before it."""
    facts = [
        ("UID", f"meeting-{meeting.uuid}@xiaoqu-dangjian"),
        ("SUMMARY", f"{meeting.get_kind_display()}：{meeting.title}"),
        ("LOCATION", meeting.place),
        ("DESCRIPTION", f"主持：{meeting.chair}" if meeting.chair else ""),
    ]
    if meeting.held_at is None:
        return _calendar(facts, _whole_day(meeting.held_on), "-PT12H")
    start = datetime.combine(meeting.held_on, meeting.held_at)
    times = [f"DTSTART;TZID=Asia/Shanghai:{_local(start)}", f"DTEND;TZID=Asia/Shanghai:{_local(start + USUAL_LENGTH)}"]
    return _calendar(facts, times, "-PT1H")


def of_decision(decision) -> str:
    """The day a decision falls due, with an alarm at nine the day before."""
    facts = [
        ("UID", f"decision-{decision.pk}-{decision.meeting.uuid}@xiaoqu-dangjian"),
        ("SUMMARY", f"到期：{decision.text}"),
        ("DESCRIPTION", f"{decision.label} 责任：{decision.owner or '未定'}"),
    ]
    return _calendar(facts, _whole_day(decision.due_on), "-PT15H")


def _whole_day(day):
    return [f"DTSTART;VALUE=DATE:{day:%Y%m%d}", f"DTEND;VALUE=DATE:{day + timedelta(days=1):%Y%m%d}"]


def _calendar(facts, times, alarm):
    stamp = timezone.now().astimezone(UTC)
    lines = ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//xiaoqu-dangjian//zh-CN", "CALSCALE:GREGORIAN", *_ZONE]
    lines += ["BEGIN:VEVENT", f"DTSTAMP:{stamp:%Y%m%dT%H%M%SZ}", *times]
    lines += [f"{name}:{_escaped(value)}" for name, value in facts if value]
    lines += ["BEGIN:VALARM", "ACTION:DISPLAY", "DESCRIPTION:提醒", f"TRIGGER:{alarm}", "END:VALARM"]
    lines += ["END:VEVENT", "END:VCALENDAR"]
    return NEWLINE.join(_folded(line) for line in lines) + NEWLINE


def _local(moment):
    return f"{moment:%Y%m%dT%H%M%S}"


def _escaped(text):
    text = "".join(c for c in text.replace("\r\n", "\n") if c == "\n" or c >= " ")
    for mark in ("\\", ";", ","):
        text = text.replace(mark, f"\\{mark}")
    return text.replace("\n", "\\n")


def _folded(line):
    """Lines of at most 75 bytes, never cut inside a character."""
    parts, room = [""], LONGEST_LINE
    for character in line:
        size = len(character.encode())
        if size > room:
            parts.append("")
            room = LONGEST_LINE - 1
        parts[-1] += character
        room -= size
    return f"{NEWLINE} ".join(parts)
