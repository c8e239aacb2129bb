"""The same pages as good as they can be made: the best SQL known, no ORM, Jinja2 with autoescape, the same middleware.

They answer the measured addresses and nothing else. tests/bench/test_reference.py holds that they show what the
product shows: the same links and the same figures. Without that a ratio would compare different work.
"""

from datetime import UTC, timedelta
from pathlib import Path
from urllib.parse import quote, urlencode

from django.contrib.messages import get_messages
from django.core.exceptions import PermissionDenied
from django.db import connection
from django.http import HttpResponse
from django.templatetags.static import static
from django.urls import path
from django.utils import timezone
from jinja2 import Environment, FileSystemLoader

from accounts.roles import Role
from assessments.cards import KINDS
from assessments.models import BranchReport
from branches.models import BranchCase, Venue
from branches.venue_todos import LAST_QUARTER
from meetings.models import Meeting
from members.models import BRANCH_OFFICERS, OWNERS_SEATS, Member, Person, Post
from office.chinese.dates import cn_date, cn_month_day, dotted, weekday
from office.chinese.masking import mask_phone
from office.papers.models import Kind
from office.rulebook import rules
from office.rulebook.towns import town_rules

PAGES = Environment(
    loader=FileSystemLoader(Path(__file__).with_name("templates")),
    autoescape=True,
    auto_reload=False,
    trim_blocks=True,
    lstrip_blocks=True,
)
PAGES.globals |= {
    "icons": static("icons.svg"),
    "favicon": static("favicon.svg"),
    "css": static("css/app.css"),
    "quote": quote,
}
NAV = [
    ("待办", "/"),
    ("小区", "/compounds/"),
    ("支部与党员", "/branches/"),
    ("会议与事项", "/meetings/"),
    ("业委会与物业", "/committees/"),
    ("述职考核", "/materials/"),
    ("台账与公文", "/ledgers/"),
]
KIND = dict(Meeting.Kind.choices)
RELATION = dict(Member.Relation.choices)
STAGE = dict(Member.Stage.choices)
SEX = dict(Person.Sex.choices)
TITLE = dict(Post.Title.choices)
HOW = dict(Post.How.choices)
SOURCE = dict(Post.Source.choices)
REPORT = dict(BranchReport.State.choices)
SIZE, MOST = 50, 15


def _rows(sql, *values):
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        return cursor.fetchall()


def _on(table):
    """Rows of a dated table in force on a day (two parameters)."""
    return (
        f"({table}.starts_on <= %s OR {table}.starts_on IS NULL) AND ({table}.ends_on >= %s OR {table}.ends_on IS NULL)"
    )


def _several(values):
    return f"({', '.join(['%s'] * len(values))})"


def _contains(text):
    return "%" + text.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_") + "%"


class Frame:
    """The reader's duties today, and what stands around every page."""

    def __init__(self, request, current=""):
        self.request, self.current = request, current
        self.user, self.nav, self.today = request.user, NAV, timezone.localdate()
        self.path = request.get_full_path().removeprefix("/reference")
        duties = _rows(
            f"""SELECT a.role, a.town_id, a.community_id, c.name FROM accounts_assignment a
            LEFT JOIN areas_community c ON c.id = a.community_id
            WHERE a.user_id = %s AND {_on("a")} ORDER BY a.id""",
            self.user.pk,
            self.today,
            self.today,
        )
        self.town = next((town for role, town, *_ in duties if role == Role.TOWN_OFFICE), None)
        self.community, self.community_name = next(
            ((community, name) for role, _, community, name in duties if role == Role.COMMUNITY_SECRETARY), (None, "")
        )
        if self.town is None and self.community is None:
            raise PermissionDenied
        self.office = "镇党建办" if self.town else f"{self.community_name} 社区书记"
        self.site = f"{self.user.town.name}小区党建"

    @property
    def scope(self):
        """The column that narrows, and its value."""
        return ("town_id", self.town) if self.town else ("community_id", self.community)

    def page(self, template, **context):
        page = PAGES.get_template(template).render(
            frame=self,
            messages=get_messages(self.request),
            printed=timezone.localtime(),
            **context,
        )
        return HttpResponse(page)


# --- 党员名单 ------------------------------------------------------------------------------------------------------

NORMAL = "m.status = 'normal'"
TABS = {
    "all": ("全部", NORMAL),
    "direct": ("直管", f"{NORMAL} AND m.relation = 'direct'"),
    "in_service": ("在职报到", f"{NORMAL} AND m.relation = 'in_service'"),
    "probationary": ("预备", f"{NORMAL} AND m.relation = 'direct' AND m.stage = 'probationary'"),
    "incomplete": (
        "资料不全",
        f"""{NORMAL} AND (n.phone = '' OR m.home_compound_id IS NULL OR m.relation = 'direct' AND (n.sex = ''
        OR n.birth_date IS NULL OR m.joined_on IS NULL OR m.stage = 'full' AND m.full_on IS NULL))""",
    ),
    "gone": ("不在册", "m.status <> 'normal'"),
}
COUNTS = ", ".join(f"COUNT(*) FILTER (WHERE {condition})" for _, condition in TABS.values())


def members(request):
    frame = Frame(request, current="/branches/")
    relation, stage = request.GET["relation"], request.GET["stage"]
    strokes, _, last = request.GET["after"].rpartition("~")
    narrowed = [frame.community, relation, stage]
    where = "m.community_id = %s AND m.relation = %s AND m.stage = %s"
    counts = _rows(
        f"SELECT {COUNTS} FROM members_member m JOIN members_person n ON n.id = m.person_id WHERE {where}", *narrowed
    )[0]
    found = _rows(
        f"""SELECT m.person_id, n.name, n.sex, n.birth_date, m.stage, m.relation, k.name, m.branch_id, b.short_name,
        n.phone, m.strokes FROM members_member m JOIN members_person n ON n.id = m.person_id
        LEFT JOIN areas_compound k ON k.id = m.home_compound_id LEFT JOIN areas_body b ON b.id = m.branch_id
        WHERE {where} AND {NORMAL} AND m.strokes >= %s AND (m.strokes > %s OR m.person_id > %s)
        ORDER BY m.strokes, m.person_id LIMIT {SIZE + 1}""",
        *narrowed,
        strokes,
        strokes,
        int(last),
    )
    more, found = len(found) > SIZE, found[:SIZE]
    posts = _posts([row[0] for row in found], frame.today)
    kept = {"relation": relation, "stage": stage}
    return frame.page(
        "members.html",
        rows=[
            (
                pk,
                name,
                SEX.get(sex, ""),
                cn_date(born, "m") if born else "",
                STAGE[stage],
                RELATION[relation],
                compound or "",
                branch or "",
                "、".join(_post_words(*post, branch_id) for post in posts.get(pk, ())),
                mask_phone(phone) if phone else "",
            )
            for pk, name, sex, born, stage, relation, compound, branch_id, branch, phone, _ in found
        ],
        counts=dict(zip(TABS, counts, strict=True)),
        tabs=_tabs(counts, kept),
        compounds=_compounds(frame),
        branches=_branches(frame),
        relations=RELATION,
        stages=STAGE,
        chosen=kept,
        query=urlencode(kept),
        next=urlencode({"after": f"{found[-1][-1]}~{found[-1][0]}", **kept}) if more else "",
    )


def _tabs(counts, kept):
    return [
        (label, f"?{urlencode(kept | ({} if key == 'all' else {'tab': key}))}", count)
        for (key, (label, _)), count in zip(TABS.items(), counts, strict=True)
        if count or key != "gone"
    ]


def _posts(people, day):
    held = {}
    for person, *post in _rows(
        f"""SELECT p.person_id, p.body_id, b.short_name, p.title FROM members_post p
        JOIN areas_body b ON b.id = p.body_id
        WHERE p.person_id IN {_several(people)} AND {_on("p")} ORDER BY p.position, p.id""",
        *people,
        day,
        day,
    ):
        held.setdefault(person, []).append(post)
    return held


def _post_words(body, name, title, branch):
    return TITLE[title] if body == branch else name + TITLE[title]


def _compounds(frame):
    column, home = frame.scope
    return _rows(f"SELECT id, name FROM areas_compound WHERE {column} = %s ORDER BY pinyin, id", home)


def _branches(frame):
    column, home = frame.scope
    return _rows(
        f"""SELECT id, short_name FROM areas_body
        WHERE {column} = %s AND kind = 'branch' AND ends_on IS NULL ORDER BY short_name, id""",
        home,
    )


# --- 查找 ----------------------------------------------------------------------------------------------------------


def find(request):
    frame = Frame(request)
    text = request.GET["q"]
    like = _contains(text)
    people = _people(frame, like)
    compounds = _rows(
        rf"""SELECT k.id, k.name, c.name FROM areas_compound k JOIN areas_community c ON c.id = k.community_id
        WHERE k.town_id = %s AND k.name LIKE %s ESCAPE '\' ORDER BY c.position, k.pinyin, k.id LIMIT {MOST}""",
        frame.town,
        like,
    )
    branches = _rows(
        rf"""SELECT b.id, b.short_name, c.name FROM areas_body b LEFT JOIN areas_community c ON c.id = b.community_id
        WHERE b.town_id = %s AND b.kind = 'branch' AND b.short_name LIKE %s ESCAPE '\' LIMIT {MOST}""",
        frame.town,
        like,
    )
    meetings = _rows(
        rf"""SELECT id, title, held_on, kind FROM meetings_meeting
        WHERE town_id = %s AND state <> 'draft' AND title LIKE %s ESCAPE '\'
        ORDER BY held_on DESC, id DESC LIMIT {MOST}""",
        frame.town,
        like,
    )
    groups = [
        ("人员", "people", people),
        ("小区", "compounds", compounds),
        ("党支部", "branches", branches),
        ("会议", "meetings", [(pk, title, f"{cn_date(day)} {KIND[kind]}") for pk, title, day, kind in meetings]),
    ]
    return frame.page("find.html", text=text, groups=[group for group in groups if group[2]])


def _people(frame, like):
    found = _rows(
        rf"""SELECT n.id, n.name, m.relation, b.short_name, k.name FROM members_person n
        LEFT JOIN members_member m ON m.person_id = n.id LEFT JOIN areas_body b ON b.id = m.branch_id
        LEFT JOIN areas_compound k ON k.id = m.home_compound_id
        WHERE n.town_id = %s AND n.name LIKE %s ESCAPE '\' ORDER BY n.strokes, n.id LIMIT {MOST}""",
        frame.town,
        like,
    )
    others = [row[0] for row in found if row[2] is None]
    posts = {}
    if others:
        for person, body, title in _rows(
            f"""SELECT p.person_id, b.short_name, p.title FROM members_post p JOIN areas_body b ON b.id = p.body_id
            WHERE p.person_id IN {_several(others)} AND p.ends_on IS NULL ORDER BY p.position DESC, p.id DESC""",
            *others,
        ):
            posts[person] = body + TITLE[title]
    return [
        (pk, name, " · ".join(filter(None, [RELATION[relation], branch, compound])) if relation else posts.get(pk, ""))
        for pk, name, relation, branch, compound in found
    ]


# --- 一个支部 --------------------------------------------------------------------------------------------------------

CLASSES = (
    ("直管党员", "m.relation = 'direct'", "tab=direct", True),
    ("其中正式党员", "m.relation = 'direct' AND m.stage = 'full'", "tab=direct&stage=full", False),
    ("其中预备党员", "m.relation = 'direct' AND m.stage = 'probationary'", "tab=probationary", False),
    ("在职报到", "m.relation = 'in_service'", "tab=in_service", True),
    ("流入", "m.relation = 'floating_in'", "relation=floating_in", False),
)
CLASS_COUNTS = ", ".join(f"COUNT(*) FILTER (WHERE {condition})" for _, condition, *_ in CLASSES)
SEVEN = ", ".join(f"v.{field}" for field, _ in Venue.ITEMS)


def branch(request, pk):
    frame = Frame(request, current="/branches/")
    today = frame.today
    column, home = frame.scope
    head = _rows(
        f"""SELECT o.short_name, o.name, b.approved_on, b.term_years, b.term_ends_on, b.community_id, c.name, {SEVEN},
        v.checked_on, v.id FROM branches_branch b JOIN areas_body o ON o.id = b.body_id
        JOIN areas_community c ON c.id = b.community_id
        LEFT JOIN branches_venue v ON v.branch_id = b.body_id AND v.year = %s
        WHERE b.{column} = %s AND b.body_id = %s""",
        today.year,
        home,
        pk,
    )[0]
    covered = _rows(
        f"""SELECT k.id, k.name FROM areas_coverage v JOIN areas_compound k ON k.id = v.compound_id
        WHERE v.body_id = %s AND {_on("v")} ORDER BY k.pinyin, k.id""",
        pk,
        today,
        today,
    )
    posts = _rows(
        f"""SELECT p.title, p.how, p.source, n.id, n.name FROM members_post p JOIN members_person n ON n.id = p.person_id
        WHERE p.body_id = %s AND {_on("p")} ORDER BY p.position, p.id""",
        pk,
        today,
        today,
    )
    counts = _rows(f"SELECT {CLASS_COUNTS} FROM members_member m WHERE m.branch_id = %s AND {NORMAL}", pk)[0]
    held = dict(
        _rows(
            """SELECT kind, COUNT(*) FROM meetings_meeting
            WHERE branch_id = %s AND held_on BETWEEN %s AND %s AND state <> 'draft' GROUP BY kind""",
            pk,
            today.replace(month=1, day=1),
            today,
        )
    )
    reports = _rows(
        "SELECT year, state FROM assessments_branchreport WHERE branch_id = %s ORDER BY year DESC LIMIT 4", pk
    )
    seven, checked_on, venue = head[7:14], head[14], head[15]
    return frame.page(
        "branch.html",
        pk=pk,
        name=head[0],
        full_name=head[1],
        approved=cn_date(head[2]) if head[2] else "",
        term_years=head[3],
        term_ends=cn_date(head[4]) if head[4] else "",
        community=head[5:7],
        covered=covered,
        liaison=next((name for title, _, _, _, name in posts if title == Post.Title.LIAISON), ""),
        officers=[
            (TITLE[title], person, name, "，".join(filter(None, [SOURCE.get(source), HOW.get(how)])))
            for title, how, source, person, name in posts
            if title in BRANCH_OFFICERS
        ],
        classes=[
            (label, count, query)
            for (label, _, query, always), count in zip(CLASSES, counts, strict=True)
            if count or always
        ],
        venue=venue,
        checked=cn_month_day(checked_on) if checked_on else "",
        seven=[(label, bool(has)) for (_, label), has in zip(Venue.ITEMS, seven, strict=True) if has is not None],
        unrecorded=[label for (_, label), has in zip(Venue.ITEMS, seven, strict=True) if has is None],
        year=today.year,
        held=[(kind, label, held[kind]) for kind, label in KIND.items() if kind in held],
        reports=[(year, REPORT[state], KINDS[state]) for year, state in reports],
        decisions=_decisions(pk, today),
        recent=_recent(frame, pk),
    )


def _decisions(branch, today):
    found = _rows(
        """SELECT d.id, d.meeting_id, d.text, d.due_on, n.name, o.short_name FROM meetings_decision d
        LEFT JOIN members_person n ON n.id = d.owner_person_id LEFT JOIN areas_body o ON o.id = d.owner_body_id
        WHERE d.branch_id = %s AND d.done_on IS NULL ORDER BY d.due_on ASC NULLS LAST, d.id LIMIT 5""",
        branch,
    )
    return [
        {
            "object": text,
            "why": person or body or "还没有责任人",
            "url": f"/meetings/{meeting}/#decision-{pk}",
            **_how_far(due_on, today),
        }
        for pk, meeting, text, due_on, person, body in found
    ]


def _how_far(due_on, today):
    if due_on is None:
        return {"state": "办理中", "kind": "plain"}
    days = (due_on - today).days
    if days < 0:
        return {"state": f"过期{-days}天", "kind": "err"}
    return {"state": f"还有{days}天" if days else "今天到期", "kind": "warn" if days <= 7 else "plain"}


def _recent(frame, branch):
    """Latest meetings the reader sees; a meeting is seen from the places that took part."""
    column, home = frame.scope
    found = _rows(
        f"""SELECT m.id, m.held_on, m.kind, m.title FROM meetings_meeting m
        WHERE m.branch_id = %s AND m.state <> 'draft'
        AND EXISTS (SELECT 1 FROM meetings_meetingbody s WHERE s.meeting_id = m.id AND s.{column} = %s)
        ORDER BY m.held_on DESC, m.id DESC LIMIT 5""",
        branch,
        home,
    )
    return [(pk, cn_month_day(day), KIND[kind], title) for pk, day, kind, title in found]


# --- 待办 ----------------------------------------------------------------------------------------------------------

SOON = timedelta(days=7)
RULES = (
    "party_share_reminder_months",
    "owners_term_reminder_months",
    "todo_soon_days",
    "branch_target",
    "secretary_vacancy_alert_days",
    "acting_secretary_alert_days",
)


class TownFacts:
    """What the town's home page stands on."""

    def __init__(self, frame):
        town, today = frame.town, frame.today
        self.rules = town_rules(town, RULES, today)
        self.compounds = _rows(
            f"""SELECT k.id, k.name, c.name, c.kind, EXISTS (SELECT 1 FROM areas_coverage v JOIN areas_body b
            ON b.id = v.body_id AND b.kind = 'branch' WHERE v.compound_id = k.id AND {_on("v")})
            FROM areas_compound k JOIN areas_community c ON c.id = k.community_id WHERE k.town_id = %s""",
            today,
            today,
            town,
        )
        uncovered = [pk for pk, _, _, _, is_covered in self.compounds if not is_covered]
        self.direct = dict(
            _rows(
                f"""SELECT home_compound_id, COUNT(*) FROM members_member
                WHERE home_compound_id IN {_several(uncovered)} AND relation = 'direct' AND status = 'normal'
                AND NOT EXISTS (SELECT 1 FROM branches_casecompound x
                WHERE x.compound_id = home_compound_id AND x.is_open) GROUP BY home_compound_id""",
                *uncovered,
            )
            if uncovered
            else ()
        )
        self.branches = _rows(
            f"""SELECT b.body_id, o.short_name, c.name, b.kind, c.kind, b.term_ends_on, v.id, {SEVEN}
            FROM branches_branch b JOIN areas_body o ON o.id = b.body_id
            JOIN areas_community c ON c.id = b.community_id
            LEFT JOIN branches_venue v ON v.branch_id = b.body_id AND v.year = %s
            WHERE b.town_id = %s AND b.state = 'running' AND b.kind IN ('compound', 'joint')""",
            today.year,
            town,
        )
        self.formed = _rows(
            f"""SELECT b.body_id, o.short_name, c.name,
            COUNT(m.person_id) FILTER (WHERE m.stage = 'full'), COUNT(m.person_id),
            (SELECT COUNT(*) FROM areas_coverage v WHERE v.body_id = b.body_id AND {_on("v")}),
            (SELECT MIN(v.compound_id) FROM areas_coverage v WHERE v.body_id = b.body_id AND {_on("v")})
            FROM branches_branch b JOIN areas_body o ON o.id = b.body_id JOIN areas_community c ON c.id = b.community_id
            LEFT JOIN members_member m ON m.branch_id = b.body_id AND m.relation = 'direct' AND m.status = 'normal'
            WHERE b.town_id = %s AND b.state IN ('approved', 'running') AND b.kind IN ('compound', 'joint')
            AND NOT EXISTS (SELECT 1 FROM branches_casebranch x WHERE x.branch_id = b.body_id AND x.is_open)
            GROUP BY b.body_id, o.short_name, c.name""",
            *[today] * 4,
            town,
        )
        self.standing = _rows(
            """SELECT b.kind, b.state FROM branches_branch b JOIN areas_community c ON c.id = b.community_id
            WHERE b.town_id = %s AND b.state IN ('approved', 'running') AND b.kind IN ('compound', 'joint')
            AND c.kind = 'city'""",
            town,
        )
        self.left = {
            body: (ended, approved_on)
            for body, ended, approved_on in _rows(
                """SELECT b.body_id, p.ends_on, b.approved_on FROM branches_branch b
                LEFT JOIN members_post p ON p.body_id = b.body_id AND p.title = 'secretary'
                WHERE b.town_id = %s ORDER BY p.ends_on""",
                town,
            )
        }
        self.posts = {
            (body, title): (name, how, since)
            for body, title, how, since, name in _rows(
                f"""SELECT p.body_id, p.title, p.how, p.starts_on, n.name FROM members_post p
                JOIN members_person n ON n.id = p.person_id
                WHERE p.town_id = %s AND p.title IN ('secretary', 'liaison') AND {_on("p")}""",
                town,
                today,
                today,
            )
        }
        self.unguided = _rows(
            f"""SELECT c.name FROM areas_community c WHERE c.town_id = %s AND c.kind = 'city'
            AND NOT EXISTS (SELECT 1 FROM areas_body g WHERE g.community_id = c.id AND g.kind = 'guidance_group'
            AND {_on("g")})""",
            town,
            today,
            today,
        )
        self.committees = _rows(
            f"""SELECT o.body_id, k.name, o.term_ends_on, COUNT(p.id),
            COUNT(p.id) FILTER (WHERE n.political_status = 'party')
            FROM committees_ownerscommittee o JOIN areas_compound k ON k.id = o.compound_id
            LEFT JOIN members_post p ON p.body_id = o.body_id AND p.title IN {_several(OWNERS_SEATS)} AND {_on("p")}
            LEFT JOIN members_person n ON n.id = p.person_id
            WHERE o.town_id = %s AND o.stage = 'in_office' GROUP BY o.body_id, k.name, o.term_ends_on""",
            *OWNERS_SEATS,
            today,
            today,
            town,
        )
        self.late = _rows(
            "SELECT due_on FROM meetings_decision WHERE town_id = %s AND done_on IS NULL AND due_on < %s ORDER BY due_on",
            town,
            today,
        )
        self.own = _rows(
            """SELECT d.id, d.meeting_id, d.text, d.due_on, n.name, k.name FROM members_person n
            JOIN meetings_decision d ON d.owner_person_id = n.id
            LEFT JOIN areas_compound k ON k.id = d.compound_id
            WHERE n.user_id = %s AND d.town_id = n.town_id AND d.done_on IS NULL AND d.due_on <= %s ORDER BY d.due_on, d.id LIMIT 60""",
            frame.user.pk,
            today + timedelta(days=self.rules["todo_soon_days"].value),
        )
        self.papers = _rows(
            """SELECT d.id, d.kind, d.title, o.short_name, d.sent_at FROM papers_document d
            JOIN areas_body o ON o.id = d.issuer_id
            WHERE d.town_id = %s AND d.state = 'review' AND d.drafted_by_id <> %s
            AND (d.community_id IS NULL OR d.kind = 'request') ORDER BY d.id LIMIT 60""",
            town,
            frame.user.pk,
        )
        self.cases = _rows(
            """SELECT b.id, b.kind, b.short_name, c.name, b.applied_on FROM branches_branchcase b
            JOIN areas_community c ON c.id = b.community_id JOIN papers_document d ON d.id = b.request_id
            WHERE b.town_id = %s AND b.state = 'applied' AND d.state IN ('signed', 'archived') ORDER BY b.id""",
            town,
        )
        self.reports = _rows(
            """SELECT COUNT(*) FROM assessments_branchreport
            WHERE town_id = %s AND year = %s AND state IN ('submitted', 'received')""",
            town,
            today.year,
        )[0][0]
        self.alike = _alike(town)


# 不是两个人：号码、生日没有不同，电话不同的要生日相同。
MAY_BE_ONE = """b.id > a.id AND (a.id_fingerprint IS NULL OR b.id_fingerprint IS NULL
    OR a.id_fingerprint = b.id_fingerprint) AND (a.birth_date IS NULL OR b.birth_date IS NULL
    OR a.birth_date = b.birth_date) AND (a.phone = '' OR b.phone = '' OR a.phone = b.phone
    OR a.birth_date = b.birth_date)
    AND NOT EXISTS (SELECT 1 FROM members_notsame x WHERE x.one_id = a.id AND x.other_id = b.id)"""
SEXES_AGREE = "(a.sex = '' OR b.sex = '' OR a.sex = b.sex)"


def _alike(town):
    """How many pairs of the town may be one person."""
    namesakes = _rows(
        f"""SELECT COUNT(*) FROM members_person a JOIN members_person b ON b.town_id = a.town_id AND b.name = a.name
        WHERE a.town_id = %s AND {MAY_BE_ONE} AND (a.birth_date = b.birth_date OR a.phone <> '' AND a.phone = b.phone
        OR {SEXES_AGREE} AND EXISTS (SELECT 1 FROM members_personplace p JOIN members_personplace q
        ON q.compound_id = p.compound_id WHERE p.person_id = a.id AND q.person_id = b.id))""",
        town,
    )[0][0]
    sharing = _rows(
        f"""SELECT a.name, b.name FROM members_person a JOIN members_person b
        ON b.town_id = a.town_id AND b.phone = a.phone AND b.name <> a.name
        WHERE a.town_id = %s AND a.phone <> '' AND {MAY_BE_ONE} AND {SEXES_AGREE}
        AND (SELECT COUNT(*) FROM members_person c WHERE c.town_id = a.town_id AND c.phone = a.phone) <= 5""",
        town,
    )
    return namesakes + sum(bool(set(one) & set(other)) for one, other in sharing)


def home(request):
    frame = Frame(request, current="/")
    facts, today = TownFacts(frame), frame.today
    found = [t for t in _todos(facts, today) if rules.todo(t[0]).on]
    dated = [((_urgency(t[5], today), t[5], t[0], t[2]), _line(t, today)) for t in found if t[5]]
    dated = [line for _, line in sorted([*dated, *_papers(facts, today)], key=lambda pair: pair[0])]
    gaps = sorted((t for t in found if not t[5]), key=lambda t: (t[0], t[2]))
    return frame.page(
        "home.html",
        dated=dated[:20],
        more=dated[20:],
        gaps=[_line(t, today) for t in gaps],
        numbers=_numbers(facts, today),
        day=f"{cn_date(today)} {weekday(today)}",
    )


def _todos(facts, today):
    """(rule, verb, object, why, address, due day or None)."""
    enough = rules.rule("compound_min_direct_members", today)
    for pk, name, community, _, is_covered in facts.compounds:
        direct = facts.direct.get(pk, 0)
        if is_covered or not direct:
            continue
        if enough.holds(direct):
            yield (
                "branch_can_stand",
                "成立党支部",
                name,
                f"{community} · 已有{direct}名直管党员",
                f"/compounds/{pk}/formation/",
                None,
            )
        else:
            why = f"{community} · 只有{direct}名直管党员"
            yield "joint_partner_wanted", "选联合对象", name, why, f"/compounds/{pk}/formation/", None
    yield from _branch_todos(facts, today)
    yield from _strained(facts, today)
    reply = rules.rule("formation_reply_months", today)
    for pk, kind, name, community, applied_on in facts.cases:
        why = f"{community} · {BranchCase.Kind(kind).label}，{cn_date(applied_on)}请示"
        yield "case_for_the_town", "上镇党委会", name, why, f"/cases/{pk}/town/", reply.after(applied_on)
    for (name,) in facts.unguided:
        yield "guide_wanted", "派指导组", name, "镇党委向每个社区派一个", "/guidance/", None
    clock = facts.rules["owners_term_reminder_months"]
    for pk, compound, ends_on, *_ in facts.committees:
        if ends_on and clock.before(ends_on) <= today:
            why = f"业委会任期到{cn_date(ends_on)}"
            yield "owners_term_ending", "准备换届", compound, why, f"/committees/{pk}/", ends_on
    if facts.late:
        why = "看看卡在哪里，需要时一事一督办"
        yield (
            "task_due",
            "过期的会议决定",
            f"{len(facts.late)}件",
            why,
            "/meetings/decisions/?state=late",
            facts.late[0][0],
        )
    if facts.alike:
        why = f"{facts.alike}对，是同一个人的合并，不是的记下来"
        yield "duplicates_to_check", "核对", "可能重复的人", why, "/people/duplicates/", None
    for pk, meeting, text, due_on, owner, compound in facts.own:
        why = f"{compound} · {owner}" if compound else owner
        yield "task_due", "落实", text, why, f"/meetings/{meeting}/#decision-{pk}", due_on


def _papers(facts, today):
    """(place in the order, line) of the documents that wait for review."""
    for pk, kind, title, issuer, sent_at in facts.papers:
        # SQLite 交出来的时刻没有时区，存的是世界时。
        since = timezone.localdate(timezone.make_aware(sent_at, UTC) if timezone.is_naive(sent_at) else sent_at)
        name = f"{Kind(kind).label}“{title}”"
        why = f"{issuer}的，同意或写明理由退回（{rules.todo('document_to_review').cite}）"
        state = f"等了{(today - since).days}天" if since < today else "今天送来"
        line = {
            "verb": "审核公文",
            "object": name,
            "why": why,
            "url": f"/documents/{pk}/",
            "state": state,
            "kind": "info",
        }
        yield (3, since, "document_to_review", name), line


def _branch_todos(facts, today):
    reminder = rules.rule("branch_term_reminder_months", today)
    for pk, name, community, _, _, ends_on, venue, *seven in facts.branches:
        url = f"/branches/{pk}/"
        secretary, how, since = facts.posts.get((pk, "secretary"), ("", "", None))
        if not secretary:
            ended, approved_on = facts.left.get(pk) or (None, None)
            vacant = ended + timedelta(days=1) if ended else approved_on
            said = f"{community} · {_aged('空缺', vacant, facts.rules['secretary_vacancy_alert_days'], today)}"
            yield "secretary_wanted", "补书记", name, said, f"{url}posts/", None
        elif how == Post.How.ACTING:
            said = _aged(f"{secretary}暂任", since, facts.rules["acting_secretary_alert_days"], today)
            yield "secretary_wanted", "选正式书记", name, f"{community} · {said}", f"{url}posts/", None
        if (pk, "liaison") not in facts.posts:
            why = f"{community} · 每个支部明确一名"
            yield "guide_wanted", "补派联系干部", name, why, f"{url}posts/new/?title=liaison", None
        missing = [label for (_, label), has in zip(Venue.ITEMS, seven, strict=True) if has is not None and not has]
        if missing:
            yield "venue_gap", f"补“{'、'.join(missing)}”", name, f"七有缺{len(missing)}项", f"{url}venue/", None
        elif venue is None and today.month >= LAST_QUARTER:
            yield "venue_to_check", "核对七有", name, f"{today.year}年还没有记录", f"{url}venue/", None
        if ends_on and reminder.before(ends_on) <= today:
            yield "branch_term_ending", "准备支部换届", name, f"任期到{cn_date(ends_on)}", f"{url}term/", ends_on


def _strained(facts, today):
    """Branches whose numbers no longer hold: too few full members, too many compounds, too many members (R-114)."""
    keys = "branch_min_full_members", "joint_branch_max_units", "branch_max_members"
    fewest, units, most = (rules.rule(key, today) for key in keys)
    for _, name, community, full, direct, covered, compound in facts.formed:
        if not fewest.holds(full):
            said = f"正式党员{full}名，不足{fewest.value}名"
        elif not units.holds(covered):
            said = f"覆盖{covered}个小区，一般不超过{units.value}个，写明理由可以继续"
        elif not most.holds(direct):
            said = f"党员{direct}名，一般不超过{most.value}名，建议分设或者成立党总支"
        else:
            continue
        url = f"/compounds/{compound}/formation/"
        yield "branch_lost", "看是否调整", name, f"{community} · {said}", url, None


def _aged(said, since, limit, today):
    """空缺63天，时间长了，尽快补齐."""
    if since is None:
        return said
    days = (today - since).days + 1
    return f"{said}{days}天" + ("" if limit.holds(days) else "，时间长了，尽快补齐")


def _urgency(due_on, today):
    if due_on < today:
        return 0
    return 1 if due_on == today else 2 if due_on <= today + SOON else 4


def _line(todo, today):
    rule, verb, about, why, url, due_on = todo
    state, kind = _state(due_on, today)
    why = f"{why}（{rules.todo(rule).cite}）"
    return {"verb": verb, "object": about, "why": why, "url": url, "state": state, "kind": kind}


def _state(due_on, today):
    if due_on is None:
        return "缺项", "plain"
    days = (due_on - today).days
    if days < 0:
        return f"过期{-days}天", "err"
    if not days:
        return "今天", "warn"
    until = cn_month_day(due_on) if due_on.year == today.year else cn_date(due_on)
    return f"{until}前", "warn" if due_on <= today + SOON else "plain"


def _numbers(facts, today):
    """(label, value, of, unit, address, note, percent)."""
    target = facts.rules["branch_target"].value
    city = [kind for kind, _ in facts.standing]
    compounds = [is_covered for _, _, _, kind, is_covered in facts.compounds if kind == "city"]
    covered, left = sum(map(bool, compounds)), len(compounds) - sum(map(bool, compounds))
    over = sum(party * 2 >= seats for *_, seats, party in facts.committees if seats)
    seated = sum(seats > 0 for *_, seats, _ in facts.committees)
    recorded = [seven for _, _, _, _, _, _, venue, *seven in facts.branches if venue]
    full = sum(map(all, recorded))
    joint, all_branches = city.count("joint"), len(facts.branches)
    unrecorded = all_branches - len(recorded)
    waiting = sum(state == "approved" for _, state in facts.standing)
    parts = [f"其中联合支部{joint}个"]
    parts += [f"待选举{waiting}个"] if waiting else []
    parts += [f"离目标差{max(0, target - len(city))}个"] if target else []
    return [
        _number(
            "小区党支部",
            len(city),
            target,
            "个",
            "/branches/",
            "，".join(parts),
        ),
        _number(
            "小区党组织覆盖",
            covered,
            len(compounds),
            "个小区",
            "/coverage/?view=none" if left else "/coverage/",
            f"还有{left}个小区没有党支部" if left else "全部覆盖",
        ),
        _number("业委会党员过半", over, seated, "个", "/committees/", "由任职记录算出，供推荐参考"),
        _number(
            "阵地七有齐全",
            full,
            all_branches,
            "个支部",
            "/branches/?gap=venue",
            f"{unrecorded}个支部今年还未记录" if unrecorded else "今年都有记录",
        ),
        _number("述职已交", facts.reports, all_branches, "份", f"/materials/?year={today.year}", f"{today.year}年度"),
    ]


def _number(label, value, of, unit, url, note):
    return label, value, of, unit, url, note, min(100, value * 100 // of) if of else None


# --- 会议 ----------------------------------------------------------------------------------------------------------


def meetings(request):
    frame = Frame(request, current="/meetings/")
    text = request.GET["q"]
    where = r"m.town_id = %s AND m.state <> 'draft' AND m.title LIKE %s ESCAPE '\'"
    values = [frame.town, _contains(text)]
    found = _rows(
        f"""SELECT m.id, m.title, m.held_on, m.kind, k.name, b.short_name, c.name, m.present, m.expected
        FROM meetings_meeting m LEFT JOIN areas_compound k ON k.id = m.compound_id
        LEFT JOIN areas_body b ON b.id = m.branch_id LEFT JOIN areas_community c ON c.id = m.community_id
        WHERE {where} ORDER BY m.held_on DESC, m.id DESC LIMIT {SIZE + 1}""",
        *values,
    )
    total = _rows(f"SELECT COUNT(*) FROM meetings_meeting m WHERE {where}", *values)[0][0]
    more, found = len(found) > SIZE, found[:SIZE]
    return frame.page(
        "meetings.html",
        text=text,
        rows=[
            (pk, title, dotted(day), KIND[kind], compound or "—", branch or community or "", f"{present}/{expected}")
            for pk, title, day, kind, compound, branch, community, present, expected in found
        ],
        total=total,
        kinds=KIND,
        years=range(frame.today.year, 2019, -1),
        communities=_rows("SELECT id, name FROM areas_community WHERE town_id = %s ORDER BY position, id", frame.town),
        compounds=_rows("SELECT id, name FROM areas_compound WHERE town_id = %s ORDER BY pinyin", frame.town),
        branches=_rows(
            "SELECT id, short_name FROM areas_body WHERE town_id = %s AND kind = 'branch' ORDER BY short_name",
            frame.town,
        ),
        next=urlencode({"after": f"{found[-1][2].isoformat()}~{found[-1][0]}", "q": text}) if more else "",
    )


urlpatterns = [
    path("", home),
    path("people/", members),
    path("find/", find),
    path("branches/<int:pk>/", branch),
    path("meetings/", meetings),
]
