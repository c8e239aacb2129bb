"""One meeting's content as plain data, for versions, papers and the 纪要: words and lists, no model, ready for JSON."""

from meetings.models import Attendance
from office.chinese.dates import cn_date, weekday
from office.chinese.numbers import chinese_number
from office.chinese.strokes import stroke_key

NOT_DECIDED = "未定"


def content(meeting) -> dict:
    """{title, kind, date, weekday, time, place, chair, recorder, convener, bodies, expected, present, discussion,
    groups: [{label, names: [{name, represents, note}]}], decisions: [{number, label, text, owner, due}]}.

    Names stand in 姓氏笔画 inside 出席, 请假, 缺席, 列席; decisions are numbered 一、二、三 in the order of their numbers.
    """
    bodies = list(meeting.bodies.select_related("body").order_by("pk"))
    return {
        "title": meeting.title,
        "kind": meeting.get_kind_display(),
        "date": cn_date(meeting.held_on),
        "weekday": weekday(meeting.held_on),
        "time": f"{meeting.held_at:%H:%M}" if meeting.held_at else "",
        "place": meeting.place,
        "chair": str(meeting.chair or ""),
        "recorder": meeting.recorder,
        "convener": next((str(row.body) for row in bodies if row.body and row.part == "convener"), ""),
        "bodies": [str(row.body) for row in bodies if row.body],
        "expected": meeting.expected,
        "present": meeting.present,
        "discussion": meeting.discussion,
        "groups": _groups(meeting),
        "decisions": [
            {
                "number": chinese_number(position),
                "label": decision.label,
                "text": decision.text,
                "owner": str(decision.owner or NOT_DECIDED),
                "due": cn_date(decision.due_on) if decision.due_on else NOT_DECIDED,
            }
            for position, decision in enumerate(_decisions(meeting), start=1)
        ],
    }


def _decisions(meeting):
    return meeting.decisions.select_related("owner_person", "owner_body").order_by("year", "number")


def _groups(meeting):
    rows = list(meeting.attendance.select_related("person"))
    rows.sort(key=lambda row: (row.person.strokes if row.person else stroke_key(row.guest), row.pk))
    heads = {Attendance.Status.PRESENT: "出席", Attendance.Status.LEAVE: "请假"}
    heads |= {Attendance.Status.ABSENT: "缺席", Attendance.Status.OBSERVER: "列席"}
    groups = []
    for status, label in heads.items():
        names = [{"name": str(r), "represents": r.represents, "note": r.note} for r in rows if r.status == status]
        if names:
            groups.append({"label": label, "names": names})
    return groups


def names_of(content, label) -> str:
    """One group's names as a line of the 纪要: 丁小宁、王伟（湖畔业委会主任）."""
    for group in content["groups"]:
        if group["label"] == label:
            return "、".join(
                f"{n['name']}（{n['represents']}）" if n["represents"] else n["name"] for n in group["names"]
            )
    return ""


def text(content) -> str:
    """The body of the 纪要 as office.papers.layout.read_text takes it: a paragraph, then 一、二、三."""
    when = f"{content['date']}{content['time'] and ' ' + content['time']}"
    where = f"在{content['place']}" if content["place"] else ""
    led = f"，{content['chair']}主持" if content["chair"] else ""
    lines = [f"{when}，{content['convener']}{where}召开{content['kind']}{led}。会议议题：{content['title']}。"]
    lines += [line.strip() for line in content["discussion"].splitlines() if line.strip()]
    if content["decisions"]:
        lines.append("会议议定以下事项：")
    for decision in content["decisions"]:
        owner = "责任人待定" if decision["owner"] == NOT_DECIDED else f"由{decision['owner']}负责"
        due = "期限待定" if decision["due"] == NOT_DECIDED else f"{decision['due']}前办结"
        lines.append(f"{decision['number']}、{decision['text'].rstrip('。；')}。{owner}，{due}。")
    return "\n".join(lines)
