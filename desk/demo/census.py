"""摸排党员: last year's round, done, and this season's, half way (方案三、1)."""

from datetime import date

from members import census as rounds
from members.models import Census, CensusReturn, Correction, Member, Placement, Transfer

# 各社区轮着来：已确认、核对中、已确认、未开始；说明是社区书记自己的话。
STATES = ("checking", "confirmed", "confirmed", "untouched")
NOTES = ("", "2人常年在外打工，电话能打通。", "1人转出手续正在办。", "")


def count_members(story):
    """Nothing is drawn by dice here, so the rest of the story stays as it is."""
    office = _office(story)
    opens_on = story.day(-17)
    last = opens_on.year - 1
    done = _round(story, f"{last}年党员摸排", date(last, 11, 20), date(last, 12, 20), office)
    done.closed_on, done.closed_by = date(last, 12, 22), office
    now = _round(story, f"{opens_on.year}年党员摸排", opens_on, story.day(13), office)
    now.check_what = "居住小区、联系电话，有没有搬走的。"
    since = {row.member.person.pk: row.starts_on for row in story.rows.of[Placement] if row.ends_on is None}
    for number, circle in enumerate(story.circles):
        people = _people(story, circle)
        _past_part(story, done, circle, _there(people, since, done.opens_on))
        _part(story, now, circle, people, _there(people, since, opens_on), number)
    _leave_open(story)


def _office(story):
    return next(user for user in story.users.values() if user.username.startswith("town"))


def _round(story, title, opens_on, due_on, office):
    facts = {"title": title, "opens_on": opens_on, "due_on": due_on, "opened_by": office}
    return story.rows.add(Census, town=story.town, **facts)


def _people(story, circle):
    """The community's members who are on the register today."""
    members = story.rows.of[Member]
    return [m for m in members if m.community is circle.community and m.status == Member.Status.NORMAL]


def _there(people, since, day):
    """Who was on the register before that day began."""
    return [member for member in people if (since.get(member.person.pk) or date.min) < day]


def _register(members):
    figures = dict.fromkeys(rounds.FIGURES, 0)
    for member in members:
        rounds.count(figures, member.relation, member.stage)
    return {str(member.person.pk): member.version for member in members}, figures


def _add(story, census, circle, before, **facts):
    people, figures = before
    home = {"town": story.town, "community": circle.community}
    return story.rows.add(
        CensusReturn, census=census, opening_register=people, opening_figures=figures, **home, **facts
    )


def _confirmed(story, row, circle, after, on):
    row.final_register, row.final_figures = after
    row.confirmed_at, row.confirmed_by = story.at(on), story.users.get(circle.secretary.pk, circle.clerk)


def _past_part(story, census, circle, there):
    """Last year's: who was there then, counted at both ends alike."""
    before = _register(there)
    row = _add(story, census, circle, before)
    _confirmed(story, row, circle, before, date(census.due_on.year, 12, 15))


def _part(story, census, circle, people, there, number):
    """This season's: who came since the opening was not in the register then; some were touched up since."""
    state = STATES[number % len(STATES)]
    before = _register(there)
    row = _add(story, census, circle, before, note=NOTES[number % len(NOTES)])
    if state == "untouched":
        row.reminded_on = story.day(-2)
        return
    for member in there[:: len(there) // (3 + number * 2) or 1]:
        member.version += 1
    if state == "confirmed":
        _confirmed(story, row, circle, _register(people), story.day(-3 - number))


def _leave_open(story):
    """A transfer that waits for the first community, one that waits for the second, a remark of a branch secretary."""
    first, second = story.circles[:2]
    for origin, target in ((second, first), (first, second)):
        member = next(m for m in _people(story, origin) if m.branch is origin.old_branches[0].body)
        sides = {"from_community": origin.community, "to_community": target.community, "town": story.town}
        opened = {"opened_by": origin.clerk, "opened_on": story.day(-4)}
        story.rows.add(Transfer, member=member, relation=member.relation, **sides, **opened)
    home = next(h for h in story.homes if h.officers.get("secretary") and h.officers["secretary"].pk in story.users)
    told = {"text": "电话打过去是空号，请社区找本人要新号码。", "given_by": story.users[home.officers["secretary"].pk]}
    wrong = next(m for m, _ in home.members if m.person is not home.officers["secretary"])
    story.rows.add(Correction, member=wrong, given_at=story.at(story.day(-3)), token=story.uuid(), **told)
