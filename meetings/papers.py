"""Plain papers about a meeting: 会议记录表 (F-06; a record, not a 公文, R-824) and 交办单 for owners without account."""

from django.template.loader import render_to_string
from django.utils import timezone

from meetings import summary
from office.chinese.dates import cn_date, weekday
from office.papers import pdf

LIAISON_LATER = "办好以后请写在表里、签上名，交给社区联系干部登记。"


def record(meeting) -> bytes:
    """The record as a table to be signed, as PDF."""
    content = summary.content(meeting)
    groups = {group["label"]: summary.names_of(content, group["label"]) for group in content["groups"]}
    absent = [g for g in content["groups"] if g["label"] in ("请假", "缺席")]
    reasons = [
        f"{n['name']}（{g['label']}{'：' + n['note'] if n['note'] else ''}）" for g in absent for n in g["names"]
    ]
    context = {
        "content": content,
        "present": groups.get("出席", ""),
        "away": "、".join(reasons),
        "observers": groups.get("列席", ""),
        "late": meeting.is_late_entry,
    }
    return pdf.render(render_to_string("meetings/record.pdf.html", context))


def _place(decision, meeting):
    """(what it is, its name): the compound it is about, or whose meeting decided it."""
    named = {"小区": decision.compound, "支部": meeting.branch, "社区": meeting.community}
    return next(((label, str(found)) for label, found in named.items() if found), ("小区", ""))


def slip(decision) -> bytes:
    """One decision for its owner: what, by when, from which meeting, and room for the answer; one page."""
    meeting = decision.meeting
    context = {
        "decision": decision,
        "owner": str(decision.owner or ""),
        "due": f"{cn_date(decision.due_on)}（{weekday(decision.due_on)}）" if decision.due_on else "未定",
        "meeting": f"{cn_date(meeting.held_on)} {meeting}",
        "place": _place(decision, meeting),
        "made_on": cn_date(timezone.localdate()),
        "way": LIAISON_LATER,
    }
    return pdf.render(render_to_string("meetings/slip.pdf.html", context))
