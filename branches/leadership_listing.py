"""What the pages of leadership print: one branch's posts, and the line of every branch in the ledger."""

from collections import Counter
from dataclasses import dataclass

from branches import leadership as leading
from branches.models import Branch
from members import posts
from members.models import BRANCH_OFFICERS, Member, Post
from office.chinese.dates import cn_date
from office.rulebook import plan
from office.rulebook.rules import cited, principle

Title, How = Post.Title, Post.How
TITLE, HOW, SOURCE = (dict(each.choices) for each in (Title, How, Post.Source))
BACKGROUND = dict(Member.Background.choices)
LEVELS = {"B": ("要补", "err"), "W": ("核对", "warn"), "I": ("参考", "info")}
LAWS = {Title.LIAISON: "R-135", Title.GROUP_HEAD: "R-135", Title.GROUP_MEMBER: "R-135"}


def law_of(title):
    """(short source, words) a post stands on; None where it stands on no rule."""
    title = Title(title)
    if title == Title.SECRETARY:
        row = cited("R-129")[0]
    elif title == Title.CONCURRENT:
        row = principle("concurrent_not_elected")
    elif title in BRANCH_OFFICERS:
        row = cited("R-126")[0]
    elif title in LAWS:
        row = cited(LAWS[title])[-1 if title == Title.LIAISON else 0]
    elif title in (Title.GRID_WORKER, Title.BUILDING_HEAD, Title.PATCH_HEAD):
        return {"source": plan.cite("四.1"), "text": ""}
    else:
        return None
    return {"source": row.short, "text": row.statement}


# ── One branch ──


@dataclass(frozen=True)
class Held:
    """One post of a branch, ready to print."""

    id: int
    title: str
    name: str
    person: int
    how: str
    source: str
    since: str
    until: str
    paper: str
    duty: str
    note: str


@dataclass(frozen=True)
class Leadership:
    """Everything the page of one branch shows."""

    officers: list
    concurrent: list
    liaisons: list
    leaders: list
    former: list
    findings: list
    vacancy: leading.Vacancy | None
    shares: leading.Shares
    full: int
    term: str
    term_badge: tuple


def of_branch(branch, day) -> Leadership:
    """One branch's leadership that day, with who was before; five queries."""
    rows = leading.posts_of([branch.pk], day)[branch.pk]
    now, t = leading.held(rows, day), leading.limits(branch.town_id, day)
    full = leading.full_members([branch.pk]).get(branch.pk, 0)
    found = _findings(now, full, branch.has_committee, day, t)
    return Leadership(
        officers=[_held(row) for row in now if row["title"] in BRANCH_OFFICERS],
        concurrent=_of_title(now, Title.CONCURRENT),
        liaisons=_of_title(now, Title.LIAISON),
        leaders=_of_title(now, Title.GROUP_LEADER),
        former=[_former(post) for post in _ended(branch, day)],
        findings=[
            {"word": LEVELS[f.level][0], "kind": LEVELS[f.level][1], "text": f.text, "cite": f.cite} for f in found
        ],
        vacancy=leading.vacancy_of(rows, branch.approved_on, day, t),
        shares=leading.share_of(now),
        full=full,
        term=_term(branch),
        term_badge=term_badge(branch.term_ends_on, day, t),
    )


def _findings(now, full, has_committee, day, t):
    seats = [leading.seat_of(row) for row in now]
    return leading.validate(seats, full_members=full, has_committee=has_committee, on=day, t=t)


def _of_title(rows, title):
    return [_held(row) for row in rows if row["title"] == title]


def _held(row):
    where = [word for key, word in (("owners", "业委会"), ("property", "物业"), ("mass", "群团")) if row[key]]
    about = [f"同时在{'、'.join(where)}任职"] if where else []
    return Held(
        id=row["id"],
        title=TITLE[row["title"]],
        name=row["person__name"],
        person=row["person_id"],
        how=HOW.get(row["how"], "没有登记"),
        source=SOURCE.get(row["source"], ""),
        since=cn_date(row["starts_on"], row["starts_precision"]) if row["starts_on"] else "早已任职",
        until="",
        paper=row["paper"],
        duty=row["duty"],
        note="；".join(filter(None, [row["reason"] and f"理由：{row['reason']}", *about])),
    )


def _ended(branch, day):
    """Posts that are over, the latest first."""
    ended = Post.objects.filter(body=branch.pk, ends_on__lt=day).select_related("person")
    return ended.order_by("-ends_on", "position", "id")[:60]


def _former(post):
    """A line of the history, as components/trail.html prints it."""
    since = cn_date(post.starts_on, post.starts_precision) if post.starts_on else ""
    facts = [post.get_how_display(), post.get_ended_how_display(), post.ended_paper]
    return {
        "when": f"{since}—{cn_date(post.ends_on)}",
        "text": f"{post.get_title_display()}{post.person.name}",
        "who": "，".join(filter(None, facts)),
    }


def _term(branch):
    if branch.term_ends_on is None:
        return "任期没有登记"
    years = f"任期{branch.term_years}年，" if branch.term_years else "任期"
    return f"{years}到{cn_date(branch.term_ends_on)}"


def term_badge(ends_on, day, t):
    """(word, kind) beside the end of a term; empty while it is far off."""
    if ends_on is None:
        return ("", "")
    if ends_on < day:
        return (f"已届满{(day - ends_on).days}天", "err")
    return ("该准备换届", "warn") if t.reminder.before(ends_on) <= day else ("", "")


# ── Which post ──


def open_titles(branch, day, *, address):
    """The posts of a branch, whose holder stands beside each; two of them one cannot take while somebody holds them."""
    held = leading.held(leading.posts_of([branch.pk], day)[branch.pk], day)
    names = {}
    for row in held:
        names.setdefault(row["title"], []).append(row["person__name"])
    titles = [title for title in posts.TITLES_OF[branch.body.kind] if title != Title.GROUP_LEADER]
    return [_title_row(title, names.get(title, ()), address) for title in titles]


def titles_of(body, day, *, address):
    """The same for any other body."""
    names = {}
    for title, name in Post.objects.on(day).filter(body=body).values_list("title", "person__name"):
        names.setdefault(title, []).append(name)
    return [_title_row(title, names.get(title, ()), address) for title in posts.TITLES_OF[body.kind]]


def _title_row(title, names, address):
    taken = title in posts.SINGLE and names
    why = f"{'、'.join(names)}在任" if names else "空缺" if title in posts.SINGLE else "还没有"
    return {
        "object": title.label,
        "why": f"{why}，先结束他的任职" if taken else why,
        "url": "" if taken else f"{address}?title={title.value}",
    }


# ── The ledger ──


@dataclass(frozen=True)
class Line:
    """One branch in the ledger of leaderships."""

    id: int
    name: str
    community: str
    of_compound: bool
    waiting: bool
    secretary: str
    secretary_how: str
    secretary_source: str
    background: str
    since: object
    deputies: str
    members: str
    officers: int
    full: int
    liaison: str
    concurrent: str
    shares: leading.Shares
    vacancy: leading.Vacancy | None
    findings: tuple
    term_ends_on: object
    term_is_near: bool
    term_word: str

    @property
    def chief(self):
        """Who is secretary, in the ledger's words."""
        return self.secretary or ("待选举" if self.waiting else "空缺")

    @property
    def ways(self):
        """小区选拔，选举产生."""
        if not self.secretary:
            return "—"
        return "，".join(filter(None, [self.secretary_source or "来源没有登记", self.secretary_how]))

    @property
    def to_do(self):
        """What the line asks for: 空缺63天；没有联系干部；核对2项."""
        said = ["已批复待选举"] if self.waiting else [self.vacancy.words] if self.vacancy else []
        if self.of_compound and not self.liaison:
            said.append("没有联系干部")
        said += [self.term_word] if self.term_word else []
        said += [f"核对{len(self.findings)}项"] if self.findings else []
        return "；".join(said)

    @property
    def is_late(self):
        """Past one of the town's limits."""
        return bool(self.vacancy and self.vacancy.over) or self.term_word.startswith("已届满")


FACTS = (
    "pk",
    "body__short_name",
    "community__name",
    "town_id",
    "kind",
    "state",
    "approved_on",
    "has_committee",
    "term_ends_on",
)


def lines(branches, day) -> list[Line]:
    """A line for each of the given branches; four queries for a town, whatever the number of branches."""
    found = list(branches.order_by("community__position", "kind", "body_id").values(*FACTS))
    ids = [row["pk"] for row in found]
    held, full = leading.posts_of(ids, day), leading.full_members(ids)
    rules = {town: leading.limits(town, day) for town in {row["town_id"] for row in found}}
    return [_line(row, held[row["pk"]], full.get(row["pk"], 0), day, rules[row["town_id"]]) for row in found]


def _line(row, rows, full, day, t):
    now = leading.held(rows, day)
    first = next((each for each in now if each["title"] == Title.SECRETARY), {})
    word, _ = term_badge(row["term_ends_on"], day, t)
    waiting = row["state"] == Branch.State.APPROVED
    return Line(
        id=row["pk"],
        name=row["body__short_name"],
        community=row["community__name"],
        of_compound=row["kind"] != Branch.Kind.COMMUNITY,
        waiting=waiting,
        secretary=first.get("person__name", ""),
        secretary_how=HOW.get(first.get("how"), ""),
        secretary_source=SOURCE.get(first.get("source"), ""),
        background=BACKGROUND.get(first.get("person__member__background"), ""),
        since=first.get("starts_on"),
        deputies=_names(now, (Title.DEPUTY_SECRETARY,)),
        members=_names(now, leading.COMMITTEE_ONLY),
        officers=len({each["person_id"] for each in now if each["title"] in BRANCH_OFFICERS}),
        full=full,
        liaison=_names(now, (Title.LIAISON,)),
        concurrent=_names(now, (Title.CONCURRENT,)),
        shares=leading.share_of(now),
        vacancy=None if waiting else leading.vacancy_of(rows, row["approved_on"], day, t),
        findings=_findings(now, full, row["has_committee"], day, t),
        term_ends_on=row["term_ends_on"],
        term_is_near=bool(word),
        term_word=word,
    )


def _names(rows, titles):
    return "、".join(dict.fromkeys(row["person__name"] for row in rows if row["title"] in titles))


def sums(rows, link):
    """The strip of numbers above the ledger: where secretaries come from, what is vacant; `link` leads to a gap's rows."""
    ready = [row for row in rows if not row.waiting]
    sources = Counter(row.secretary_source for row in ready if row.secretary)
    counted = [(label, sources[label], "人", "") for label in SOURCE.values()]
    if sources[""]:
        counted.append(("来源没有登记", sources[""], "人", ""))
    vacant = [row.vacancy for row in ready if row.vacancy]
    counted.append(("书记空缺", sum(not each.acting for each in vacant), "个", link("vacant")))
    counted.append(("书记暂任", sum(bool(each.acting) for each in vacant), "个", link("acting")))
    return [{"label": label, "value": value, "unit": unit, "url": value and url} for label, value, unit, url in counted]


def share_words(rows):
    """How many of all these officers come from the three sides, in one sentence."""
    officers, outside = sum(row.officers for row in rows), sum(row.shares.outside for row in rows)
    return f"班子成员共{officers}人次，其中{outside}人次同时在业委会、物业、群团任职；兼职委员不占职数，不算在内。"
