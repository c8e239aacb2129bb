"""Two years of meetings: who met when about what, who came, what was decided and what came of it."""

from dataclasses import dataclass, field
from datetime import timedelta
from itertools import count

from desk.demo import matters
from meetings.models import Attendance, Decision, Meeting, MeetingBody
from office.chinese.workdays import is_workday

MONTHS = 24
OPENINGS = {
    "joint_meeting": "会议由{chair}主持，{who}参加。",
    "weekend_deliberation": "周末议事会在{place}举行，{chair}主持，居民代表{n}人到场。",
    "residents_forum": "民情恳谈会在{place}召开，{chair}主持，居民{n}人参加。",
}
CLOSINGS = (
    "与会人员充分发表意见，逐项形成一致。",
    "会议要求责任人按时办结，下次会议先报告上次的落实情况。",
    "支部书记小结：能当场答复的当场答复，一时办不了的说清原因和时间。",
    "没有形成一致意见的，会后继续听取意见，下次再议。",
)
TODAYS_VOICES = (
    "一位居民说：事情不怕小，怕的是没人回话。",
    "楼栋长补充了本楼栋的情况。",
    "业主代表提出，办到哪一步要在群里说一声。",
    "老党员建议把好做法固定下来。",
    "居委会工作人员回答了居民提出的政策问题。",
)


@dataclass
class Plan:
    """One meeting before it has an id."""

    held_on: object
    kind: str
    title: str
    text: str
    place: str
    home: object = None
    at: object = None  # the Place of a compound
    circle: object = None
    chair: object = None
    people: list = field(default_factory=list)  # (person, represents, must come)
    guests: list = field(default_factory=list)  # (name, represents)
    decisions: list = field(default_factory=list)  # (text, owner person, owner body, days, outcome, done)
    state: str = ""


def hold_meetings(story):
    """Every meeting of the last 24 months, written in the order of their days."""
    plans = []
    for home in story.homes:
        plans += list(_branch_life(story, home))
    for place in story.places.values():
        plans += list(_compound_life(story, place))
    for circle in story.circles:
        plans += list(_community_study(story, circle))
    plans.sort(key=lambda plan: plan.held_on)
    numbers = {}
    for plan in plans:
        _write(story, plan, numbers)


def _month(story, back):
    """First day of the month `back` months before the as-of day."""
    index = story.as_of.year * 12 + story.as_of.month - 1 - back
    return story.as_of.replace(year=index // 12, month=index % 12 + 1, day=1)


def _day_in(story, month, weekday=None):
    """A day of that month before the as-of day; None when the month has none yet."""
    day = month.replace(day=story.random.randint(1, 28))
    if weekday is None:
        while not is_workday(day):  # 平日的会避开节假日
            day += timedelta(days=1)
    else:
        day += timedelta(days=(weekday - day.weekday()) % 7)
    return day if day < story.as_of else None


def _branch_life(story, home):
    """三会一课, theme days, the yearly meetings of one branch; a month may be missing: 未记录, not 未开展."""
    r = story.random
    if "awaiting" in home.story:
        return
    quarter = r.randrange(3)
    for back in range(MONTHS, -1, -1):
        month = _month(story, back)
        kinds = [("theme_day", 0.96)]
        if home.has_committee:
            kinds.append(("committee_meeting", 0.86))
        if month.month % 3 == quarter:
            kinds += [("member_meeting", 0.97), ("party_lecture", 0.9)]
        if month.month == 12:
            kinds += [("org_life_meeting", 0.97), ("member_appraisal", 0.97)]
        for kind, share in kinds:
            day = _day_in(story, month)
            if day and story.chance(share) and day > home.approved_on:
                yield _inner(story, home, kind, day)
        for leader in home.groups[:2]:
            day = _day_in(story, month)
            if day and story.chance(0.3):
                yield _inner(story, home, "group_meeting", day, leader)


def _inner(story, home, kind, day, leader=None):
    r = story.random
    title, talk = _inner_topic(story, kind, day)
    chair = leader or home.chair_on(day)
    members = [m for m, since in home.members if since <= day and m.status == "normal"]
    if kind == "committee_meeting":
        people = [(person, "", False) for person in home.officers.values()]
    elif kind == "group_meeting":
        start = home.groups.index(leader) * 15
        people = [(m.person, "", False) for m in members[start : start + 15]]
        people += [(leader, "", True)] if all(p is not leader for p, *_ in people) else []
    else:
        people = [(m.person, "", False) for m in members]
        if chair and all(p is not chair for p, *_ in people):
            people.append((chair, "", True))
    talk = talk.format(b=r.randint(3, 9), n=r.randint(30, 180)) + r.choice(matters.INNER_VOICES)
    room = "党员活动室" if home.of_a_compound else _council_room(home.body.community)
    plan = Plan(day, kind, title, talk, room, home=home, chair=chair, people=people)
    if kind in ("committee_meeting", "member_meeting") and story.chance(0.25):
        owner = r.choice(list(home.officers.values())) if home.officers else None
        text = r.choice(
            (
                "把党员联系楼栋名单更新上墙",
                "给行动不便的老党员送学上门",
                "落实下月主题党日的场地和材料",
                "收齐党员认领的小事清单并公示",
            )
        )
        plan.decisions.append((text, owner, None, r.choice((7, 14, 20)), "已按时完成。", None))
    return plan


def _council_room(community):
    return f"{community.name}{'村委会' if community.kind == 'village' else '三楼'}会议室"


def _inner_topic(story, kind, day):
    r = story.random
    if kind == "theme_day":
        return r.choice(matters.THEME_DAYS[day.month])
    if kind == "org_life_meeting":
        return f"{day.year}年度组织生活会", matters.ORG_LIFE
    if kind == "member_appraisal":
        return f"{day.year}年度民主评议党员", matters.APPRAISAL
    topics = {
        "committee_meeting": matters.COMMITTEE_TOPICS,
        "member_meeting": matters.MEMBERS_TOPICS,
        "group_meeting": matters.GROUP_TOPICS,
        "party_lecture": matters.LECTURES,
    }
    return r.choice(topics[kind])


def _compound_life(story, place):
    """联席会议 about once a quarter, 周末议事会 and 民情恳谈会 now and then."""
    home = next((h for h in story.homes if h.body is place.branch), None)
    if home is None or "awaiting" in home.story:
        return
    quarter = story.random.randrange(3)
    fixed = story.plan.focus and place.plan.name == "金桂苑"
    quiet = story.chance(0.12)  # 这一季还没开的
    for back in range(MONTHS, -1, -1):
        month = _month(story, back)
        due = month.month % 3 == quarter and not (quiet and back < 4)
        told_apart = fixed and month.year == story.as_of.year  # 金桂苑今年的几次另外写定
        if due and not told_apart and (day := _day_in(story, month)):
            yield _public(story, place, home, "joint_meeting", day)
        if story.chance(0.17) and (day := _day_in(story, month, weekday=5)):
            yield _public(story, place, home, "weekend_deliberation", day)
        if story.chance(0.17) and (day := _day_in(story, month)):
            yield _public(story, place, home, "residents_forum", day)
    if fixed:
        yield from _jingui(story, place, home)


def _jingui(story, place, home):
    """金桂苑's five joint meetings of this year; the last one left 加装电梯协商 open (ux §9.1)."""
    by_name = {m.person.name: m.person for m in place.direct}
    year = story.as_of.year
    last = story.day(-15)
    for month, day in ((2, 8), (4, 19), (6, 14), (9, 6)):
        held = story.as_of.replace(year=year, month=month, day=day)
        if held < last:
            yield _public(story, place, home, "joint_meeting", held, done=True)
    plan = _public(story, place, home, "joint_meeting", last, matter=matters.MATTERS[0])
    plan.title = "加装电梯协商和东门堆物清理"
    plan.decisions = [
        ("清理东门堆物", by_name["赵云"], None, 8, "已清运两车，东门恢复通行。", True),
        ("加装电梯协商", by_name["王伟"], None, 9, "", False),
    ]
    yield plan


def _public(story, place, home, kind, day, *, matter=None, done=None):
    r = story.random
    matter = matter or _matter(story, place, day)
    circle = story.circles[place.plan.community]
    words = _words(story, place)
    chair = home.chair_on(day) or home.liaison or circle.deputy
    people, guests = _around_the_table(story, place, home, kind, day, chair)
    rooms = ("小区党群服务站", "党员活动室", "小区活动室", "社区二楼会议室", "凉亭广场")
    room = r.choice(rooms[:4] if kind == "joint_meeting" else rooms[1:])
    who = "、".join(_sides(place, circle, home))
    opening = OPENINGS[kind].format(chair=chair.name, place=room, who=who, n=r.randint(12, 46))
    talk = [s.format(**words) for s in matter.talk]
    voices = r.sample(TODAYS_VOICES, r.randint(0, 2))
    text = opening + "".join(talk) + "".join(voices) + r.choice(CLOSINGS)
    plan = Plan(
        day,
        kind,
        matter.title.format(**words),
        text,
        room,
        home=home,
        at=place,
        circle=circle,
        chair=chair,
        people=people,
        guests=guests,
    )
    wanted = matter.decisions if kind == "joint_meeting" else matter.decisions[: r.randint(0, 1)]
    for sentence, owner, days, outcome in wanted:
        person, body = _owner(story, owner, place, home, circle)
        plan.decisions.append((sentence.format(**words), person, body, days, outcome.format(**words), done))
    return plan


def _matter(story, place, day):
    """A matter that can come up here at that time of the year."""
    here = {"old" if place.plan.built <= 2008 else "new", "property" if place.project else "no_property"}
    if place.seats:
        here.add("committee")
        if place.plan.committee == "overdue" or "term_in_march" in place.plan.story or place.plan.term_in < 365:
            here.add("term")
    fitting = [m for m in matters.MATTERS if here.issuperset(m.needs) and (not m.months or day.month in m.months)]
    return story.random.choice(fitting)


def _words(story, place):
    r = story.random
    b, b2 = r.sample(range(1, max(place.plan.buildings, 3) + 1), 2)
    return {
        "compound": place.plan.name,
        "b": b,
        "b2": b2,
        "n": r.choice((24, 30, 36, 48, 60)),
        "company": place.plan.company or "居委会",
    }


def _sides(place, circle, home):
    sides = [f"{home.body.short_name}党员代表", circle.residents_committee.short_name]
    if place.committee:
        sides.append(place.committee.short_name)
    if place.project:
        sides.append(place.plan.company)
    return sides


def _around_the_table(story, place, home, kind, day, chair):
    """Who is expected: the branch's members (a selection in large branches), its liaison, the committee, the manager."""
    r = story.random
    members = [m.person for m, since in home.members if since <= day and m.status == "normal"]
    if len(members) > 20 or kind != "joint_meeting":
        members = r.sample(members, min(len(members), 8))
    chosen = {chair.pk: (chair, "", True)}
    for person in [*home.officers.values(), *members]:
        chosen.setdefault(person.pk, (person, "", False))
    if home.liaison:
        chosen.setdefault(home.liaison.pk, (home.liaison, "联系干部", True))
    if kind == "joint_meeting":
        for person in place.seats[:3]:
            chosen.setdefault(person.pk, (person, "业委会", False))
        if place.manager:
            chosen.setdefault(place.manager.pk, (place.manager, "物业项目部", True))
    guests = []
    if story.chance(0.3):
        surname = r.choice("王李张刘陈杨黄赵吴周")
        guests.append(
            r.choice(((f"{surname}警官", "派出所"), (f"{surname}队长", "消防救援站"), (f"{surname}律师", "司法所")))
        )
    return list(chosen.values()), guests


def _owner(story, owner, place, home, circle):
    """(person, body): who a decision is given to here; the neighbourhood office where there is nobody else."""
    if owner == "property":
        return None, place.project or circle.residents_committee
    if owner == "owners":
        return None, place.committee or home.body
    if owner == "community":
        return None, circle.residents_committee
    if owner == "liaison":
        return home.liaison or circle.deputy, None
    if owner == "secretary" and (secretary := home.officers.get("secretary")):
        return secretary, None
    return story.random.choice([m for m, _ in home.members]).person, None


def _community_study(story, circle):
    people = [(person, "", False) for person in (circle.secretary, *circle.workers)]
    for back in range(MONTHS, -1, -3):
        if day := _day_in(story, _month(story, back)):
            title, text = story.random.choice(matters.COMMUNITY_STUDY)
            room = _council_room(circle.community)
            yield Plan(day, "community_study", title, text, room, circle=circle, chair=circle.secretary, people=people)


def _write(story, plan, numbers):
    rows = story.rows
    home, place = plan.home, plan.at
    circle = plan.circle or next(c for c in story.circles if c.community is home.body.community)
    attendance = [(p, represents, _came(story, p, must)) for p, represents, must in plan.people]
    present = sum(status == "present" for *_, status in attendance)
    meeting = rows.add(
        Meeting,
        uuid=story.uuid(),
        town=story.town,
        community=circle.community,
        branch=home.body if home else None,
        compound=place.compound if place else None,
        kind=plan.kind,
        title=plan.title,
        held_on=plan.held_on,
        place=plan.place,
        chair=plan.chair,
        recorder=_recorder(plan, circle).name,
        discussion=plan.text,
        expected=len(attendance),
        present=present,
        **_filing(story, plan, home, circle),
    )
    _write_bodies(story, meeting, plan, circle)
    for person, represents, status in attendance:
        rows.add(Attendance, meeting=meeting, person=person, represents=represents, status=status)
    for guest, represents in plan.guests:
        rows.add(Attendance, meeting=meeting, guest=guest, represents=represents, status="observer")
    for decision in plan.decisions if meeting.state != "draft" else ():
        _write_decision(story, meeting, decision, numbers)


def _recorder(plan, circle):
    """Inside the branch its publicity member writes, at the table with others the liaison."""
    home = plan.home
    if home and not plan.at and (writer := home.officers.get("publicity_member")):
        return writer
    return home.liaison if home and home.liaison else circle.deputy


def _came(story, person, must):
    if must:
        return "present"
    born = person.birth_date
    age = story.as_of.year - born.year if born else 45
    share = 0.95 if age < 70 else 0.88 if age < 80 else 0.66
    if story.chance(share):
        return "present"
    return "leave" if story.chance(0.88) else "absent"


def _filing(story, plan, home, circle):
    """State and filing: entered within days, a few late (补录), the newest not yet confirmed, some still a draft."""
    age = (story.as_of - plan.held_on).days
    user = story.users.get(home.liaison.pk) if home and home.liaison else None
    if age <= 12 and story.chance(0.1):
        drafted = {"drafted_at": story.at(plan.held_on), "drafted_by": user or circle.clerk}
        return {"state": "draft", "filed_at": None, "filed_by": None, **drafted}
    late = story.chance(0.04)
    filed = plan.held_on + timedelta(
        days=story.random.randint(33, 75) if late else story.random.choice((0, 1, 1, 2, 3, 5))
    )
    filed = min(filed, story.day(-1))
    confirmed = age > 25 or story.chance(0.5)
    return {
        "state": "confirmed" if confirmed and home else "filed",
        "filed_at": story.at(max(filed, plan.held_on)),
        "filed_by": user or circle.clerk,
    }


def _write_bodies(story, meeting, plan, circle):
    convener = plan.home.body if plan.home else circle.party_committee
    sides = [convener]
    if plan.kind == "joint_meeting":
        sides += [circle.residents_committee, plan.at.committee, plan.at.project]
    for number, body in enumerate(body for body in sides if body is not None):
        story.rows.add(
            MeetingBody,
            meeting=meeting,
            body=body,
            town=story.town,
            community=circle.community,
            branch=body if body.kind == "branch" else None,
            compound=meeting.compound,
            part="attending" if number else "convener",
        )


def _write_decision(story, meeting, decision, numbers):
    text, person, body, days, outcome, done = decision
    due = meeting.held_on + timedelta(days=days)
    key = meeting.community_id, meeting.held_on.year
    done_on = _done_on(story, meeting, due) if done is None else due if done else None
    story.rows.add(
        Decision,
        meeting=meeting,
        community=meeting.community,
        year=meeting.held_on.year,
        number=next(numbers.setdefault(key, count(1))),
        text=text,
        owner_person=person,
        owner_body=body,
        due_on=due,
        done_on=done_on and min(done_on, story.day(-1)),
        outcome=outcome if done_on else "",
    )


def _done_on(story, meeting, due):
    """When it was carried out; None for what is open (most of the new, a few of the old)."""
    left = (due - story.as_of).days
    share = 0.15 if left >= 0 else 0.8 if left > -45 else 0.985 if left > -120 else 0.998
    if not story.chance(share):
        return None
    return max(due + timedelta(days=story.random.randint(-6, 5)), meeting.held_on + timedelta(days=1))
