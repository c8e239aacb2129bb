"""What is missing in a branch's leadership: rules R3, R4 and R20 of ux §10.3, from the rows that branches.todos reads."""

from accounts.roles import Role
from accounts.todo import Todo
from branches import leadership
from office.areas.pages import address_of
from office.chinese.dates import cn_date
from office.rulebook.rules import rule

OPENS_TERM = (Role.TOWN_OFFICE, Role.COMMUNITY_SECRETARY)


def of_branches(user, rows, today, *, town):
    """To-dos of the given BranchRows, all of them in the user's reach as staff; `town` adds what the town assigns."""
    wanting = [row.id for row in rows if row.acting or not row.secretary]
    ages = leadership.vacancies(wanting, today) if wanting else {}
    term = address_of("branch_term" if user.has_role(*OPENS_TERM) else "branch_elections")
    new, posts = address_of("post_new"), address_of("branch_posts")
    reminder = rule("branch_term_reminder_months", today)
    for row in rows:
        if vacancy := ages.get(row.id):
            yield _secretary(row, vacancy, posts(row.id))
        if town and not row.liaison:
            why = f"{row.community} · 每个支部明确一名"
            yield Todo("guide_wanted", "补派联系干部", row.name, why, f"{new(row.id)}?title=liaison")
        if row.term_ends_on and reminder.before(row.term_ends_on) <= today:
            why = f"任期到{cn_date(row.term_ends_on)}"
            yield Todo("branch_term_ending", "准备支部换届", row.name, why, term(row.id), due_on=row.term_ends_on)


def _secretary(row, vacancy, url):
    """A vacancy has no date by which it is late (R-127 says 及时); past the town's own limit its line says so."""
    verb = "选正式书记" if vacancy.acting else "补书记"
    over = "，时间长了，尽快补齐" if vacancy.over else ""
    return Todo("secretary_wanted", verb, row.name, f"{row.community} · {vacancy.words}{over}", url)
