"""Cases of forming, changing and dissolving branches, one at each step; 滨河一号 has none, so that J3 starts clean."""

from datetime import timedelta
from uuid import NAMESPACE_URL, uuid5

from branches import formation
from branches.models import Branch, BranchCase, CaseBranch, CaseCompound, CaseMember
from desk.demo import documents as papers
from desk.demo.places import DISSOLVED
from members.models import Member
from office.papers.models import Document, DocumentStep, Kind, Stage
from office.rulebook import rules

Case, Step = BranchCase, DocumentStep.Step
LEVEL = {"own": formation.OWN, "joint": formation.JOINT}


def tell(story):
    """Three of earlier years, one declined, one before the election, one whose answer waits for its signature, one for
    the 镇党委会, one sent back and a draft, in the order of their days; only where the town's documents are told too."""
    office, deputy, leader = (story.users.get(story.leaders[key].pk) for key in ("office", "office_deputy", "leader"))
    if not story.plan.focus or None in (office, deputy, leader):
        return
    desk = (office, deputy, leader)
    _filed(story, *desk)
    _directed(story, *desk)
    _dissolved(story, *desk)
    _declined(story, office)
    _approved(story, office)
    _agreed(story, office, deputy)
    _for_the_town(story, deputy)
    _returned(story, office)
    _draft(story)


def _case(story, kind, names, opener, *, old=(), members=(), **facts):
    """A case about these compounds, with its 成立表 and its list."""
    places = [story.places[name] for name in names]
    circle = story.circles[places[0].plan.community]
    number = len(story.rows.of[Case])
    facts.setdefault("figures", _figures(story, kind, places, members, old))
    case = story.rows.add(
        Case,
        uuid=uuid5(NAMESPACE_URL, f"{story.plan.name}/{story.as_of}/case{number}"),
        town=story.town,
        community=circle.community,
        kind=kind,
        opened_by=opener,
        **facts,
    )
    is_open = case.state in ("draft", "applied", "agreed", "approved")
    for place in places:
        story.rows.add(CaseCompound, case=case, compound=place.compound, is_open=is_open)
    for body in old:
        story.rows.add(CaseBranch, case=case, branch=body, is_open=is_open)
    for member in members:
        story.rows.add(CaseMember, case=case, member=member, from_branch=member.branch)
    return case


def _figures(story, kind, places, members, old):
    """The 成立表: who lives in each compound, and the rules' word on who would belong to the branch."""
    sheet, belonging = [], {member.person_id: member for member in members}
    for place in places:
        living = _living(story, place)
        if not old:
            belonging |= {m.person_id: m for m in living}
        full = sum(m.stage == "full" for m in living if m.relation == "direct")
        facts = {"name": place.plan.name, "households": place.compound.households}
        branch = place.branch.short_name if place.branch else ""
        direct = sum(m.relation == "direct" for m in living)
        sheet.append(facts | {"direct": direct, "full": full, "branch": branch})
    if kind not in LEVEL:
        return {"compounds": sheet, "counts": {}, "conclusion": "", "cite": "", "warnings": [], "moving": len(members)}
    belonging |= {m.person_id: m for m in _normal(story) if m.branch in old}
    direct = [m for m in belonging.values() if m.relation == "direct"]
    full = sum(m.stage == "full" for m in direct)
    in_service = sum(m.relation == "in_service" for m in belonging.values())
    counts = formation.Counts(len(direct), full, len(direct) - full, in_service=in_service)
    limits = formation.Thresholds(**{name: rules.rule(key, story.as_of) for name, key in formation.KEYS.items()})
    check = formation.check(counts, limits, units=len(places), kind=LEVEL[kind])
    return {
        "compounds": sheet,
        "counts": {name: getattr(counts, name) for name in ("direct", "full", "probationary", "in_service")},
        "conclusion": check.conclusion,
        "cite": check.cite,
        "warnings": [finding.text for finding in check.findings if finding.level == "W"],
        "moving": len(members),
    }


def _normal(story):
    return [m for m in story.rows.of[Member] if m.status == "normal"]


def _living(story, place):
    return [m for m in _normal(story) if m.home_compound == place.compound]


def _residents(story, name):
    return [m for m in _living(story, story.places[name]) if m.relation == "direct"]


def _people(story, name):
    """(the community's secretary, its clerk) as users."""
    circle = story.circles[story.places[name].plan.community]
    return circle, story.users[circle.secretary.pk], story.users[circle.deputy.pk]


def _names(story, circle, compounds, joint=False):
    names = "、".join(compounds)
    head = f"中共{story.plan.name}{circle.community.name}"
    tail = f"{names}联合党支部" if joint else f"{names.removesuffix('小区')}小区党支部"
    return {"name": f"{head}{tail}", "short_name": f"{names}{'联合' if joint else ''}党支部"}


def _asked(story, circle, case, chief, days):
    """The signed or waiting 请示 of a case: an unsaved document that names it."""
    text = f"经社区党委会研究，拟{_deed(case)}{case.name}。\n一、理由\n{case.figures['conclusion'] or case.reason}\n妥否，请批示。"
    asked = papers.draft(
        story,
        circle.party_committee,
        Kind.REQUEST,
        f"关于{_deed(case)}{case.name}的请示",
        text,
        chief,
        addressee=story.town_committee.name,
        note=papers.contact(chief),
    )
    return _belongs(asked, case, "request")


def _deed(case):
    return {"adjust": "调整", "dissolve": "撤销"}.get(case.kind, "成立")


def _belongs(document, case, role):
    document.source_model, document.source_key = case._meta.label_lower, str(case.pk)
    setattr(case, role, document)
    if role == "request":
        case.request_version = 1
    return document


def _answer(story, circle, case, office, asked=None):
    """The 批复 or, where the town decided by itself, the 通知."""
    kind = Kind.REPLY if asked else Kind.NOTICE
    title = f"关于{'同意' if asked else ''}{_deed(case)}{case.name}的{'批复' if asked else '通知'}"
    opening = f"你委《{asked.title}》（{asked.number}）收悉。" if asked else ""
    text = (
        f"{opening}经镇党委会研究，{'同意' if asked else '决定'}{_deed(case)}{case.name}。\n{'此复。' if asked else ''}"
    )
    answer = papers.draft(
        story,
        story.town_committee,
        kind,
        title,
        text,
        office,
        addressee=circle.party_committee.short_name,
        recipients=[circle.community],
        answers=asked,
    )
    return _belongs(answer, case, "reply")


def _met(story, office, days, **more):
    return {"town_met_on": story.day(-days), "town_item": "研究小区党支部设置", "decided_by": office} | more


def _draft(story):
    names = ("东城名都", "锦江府")
    circle, _, clerk = _people(story, "锦江府")
    case = _case(
        story,
        "joint",
        names,
        clerk,
        old=[story.places["东城名都"].branch],
        members=_residents(story, "锦江府"),
        has_committee=True,
        community_met_on=story.day(-1),
        **_names(story, circle, names, joint=True),
    )
    case.name = case.name.replace("联合党支部", "联合支部委员会")


def _returned(story, office):
    circle, chief, _ = _people(story, "御景湾")
    case = _case(
        story,
        "own",
        ["御景湾"],
        chief,
        state="applied",
        members=_residents(story, "御景湾"),
        community_met_on=story.day(-9),
        applied_on=story.day(-8),
        reason="居民多、离其他小区远，党员愿意先组织起来",
        **_names(story, circle, ["御景湾"]),
    )
    asked = _asked(story, circle, case, chief, 8)
    steps = [(Step.SENT, chief), (Step.RETURNED, office)]
    reason = "正式党员只有2名，请再论证，或者与邻近小区联合"
    papers.advance(story, asked, 6, steps, Stage.RETURNED, reason=reason)


def _agreed(story, office, deputy):
    circle, chief, clerk = _people(story, "碧桂名邸")
    case = _case(
        story,
        "own",
        ["碧桂名邸"],
        clerk,
        state="agreed",
        members=_residents(story, "碧桂名邸"),
        community_met_on=story.day(-27),
        applied_on=story.day(-25),
        term_years=3,
        secretary_source="source_selected",
        **_met(story, office, 4),
        **_names(story, circle, ["碧桂名邸"]),
    )
    asked = _asked(story, circle, case, clerk, 25)
    papers.signed(story, asked, 22, deputy, chief)
    answer = _answer(story, circle, case, office, asked)
    papers.advance(story, answer, 3, [(Step.SENT, office)], Stage.REVIEW)


def _approved(story, office):
    """梧桐苑, whose 请示 and 批复 the documents' story tells."""
    branch = next(row for row in story.rows.of[Branch] if row.state == "approved")
    answer = next(d for d in story.rows.of[Document] if d.kind == Kind.REPLY and branch.body.name in d.title)
    name = next(place.plan.name for place in story.places.values() if place.branch is branch.body)
    _, chief, _ = _people(story, name)
    case = _case(
        story,
        "own",
        [name],
        chief,
        state="approved",
        branch=branch.body,
        name=branch.body.name,
        short_name=branch.body.short_name,
        has_committee=branch.has_committee,
        community_met_on=answer.answers.issued_on - timedelta(days=3),
        applied_on=answer.answers.issued_on,
        effective_on=answer.issued_on,
        **_met(story, office, (story.as_of - answer.issued_on).days + 2),
    )
    _belongs(answer.answers, case, "request")
    _belongs(answer, case, "reply")


def _declined(story, office):
    circle, chief, clerk = _people(story, "东风小区")
    case = _case(
        story,
        "own",
        ["东风小区"],
        clerk,
        state="declined",
        community_met_on=story.day(-75),
        applied_on=story.day(-72),
        reason="党员愿意在自己小区参加组织生活",
        answer="只有1名直管党员，请与南苑小区研究联合，再报。",
        **_met(story, office, 50),
        **_names(story, circle, ["东风小区"]),
    )
    asked = _asked(story, circle, case, clerk, 72)
    papers.signed(story, asked, 70, office, chief)


def _for_the_town(story, deputy):
    """What the declined one was advised to do: the neighbour's branch takes the compound in."""
    names = ("南苑小区", "东风小区")
    circle, chief, clerk = _people(story, "南苑小区")
    body = story.places["南苑小区"].branch
    case = _case(
        story,
        "adjust",
        names,
        clerk,
        old=[body],
        members=_residents(story, "东风小区"),
        state="applied",
        branch=body,
        name=_names(story, circle, names, joint=True)["name"].replace("联合党支部", "联合支部委员会"),
        short_name=body.short_name,
        community_met_on=story.day(-16),
        applied_on=story.day(-14),
        reason="东风小区只有1名直管党员，两个小区相邻",
    )
    asked = _asked(story, circle, case, clerk, 14)
    papers.signed(story, asked, 12, deputy, chief)


def _told_by(story, name):
    """The branch row of a compound's branch, and how many days ago it was approved."""
    body = story.places[name].branch
    branch = next(row for row in story.rows.of[Branch] if row.body is body)
    return branch, (story.as_of - branch.approved_on).days


def _done(story, branch, case, days, filed_after):
    """An earlier case is filed; its branch names the paper that formed it."""
    case.state, case.filed_on = "filed", story.day(-days + filed_after)
    case.filed_with, case.filing_no = "区委组织部", f"备{branch.approved_on.year}-{branch.pk % 90 + 10}"
    case.effective_on = branch.approved_on
    branch.filed_on, branch.approval_paper = case.filed_on, case.reply.number


def _filed(story, office, deputy, leader):
    branch, days = _told_by(story, "幸福里")
    circle, chief, clerk = _people(story, "幸福里")
    case = _case(
        story,
        "own",
        ["幸福里"],
        clerk,
        branch=branch.body,
        name=branch.body.name,
        short_name=branch.body.short_name,
        has_committee=branch.has_committee,
        term_years=branch.term_years,
        community_met_on=story.day(-days - 25),
        applied_on=story.day(-days - 22),
        **_met(story, office, days + 3),
        state="filed",
    )
    asked = _asked(story, circle, case, clerk, days + 22)
    papers.signed(story, asked, days + 20, office, chief)
    answer = _answer(story, circle, case, office, asked)
    papers.signed(story, answer, days, deputy, leader)
    _done(story, branch, case, days, 45)


def _directed(story, office, deputy, leader):
    branch, days = _told_by(story, "学府雅苑")
    circle, _, _ = _people(story, "学府雅苑")
    case = _case(
        story,
        "own",
        ["学府雅苑"],
        office,
        directed=True,
        branch=branch.body,
        name=branch.body.name,
        short_name=branch.body.short_name,
        has_committee=branch.has_committee,
        term_years=branch.term_years,
        reason="党员人数多，一直没有组织起来",
        **_met(story, office, days + 2),
        state="filed",
    )
    papers.signed(story, _answer(story, circle, case, office), days, deputy, leader)
    _done(story, branch, case, days, 60)


def _dissolved(story, office, deputy, leader):
    """The old branch whose members had moved into the compounds' branches."""
    circle = story.circles[DISSOLVED[0]]
    branch = next(row for row in story.rows.of[Branch] if row.state == "dissolved")
    days = (story.as_of - branch.body.ends_on).days - 1
    number = len(story.rows.of[Case])
    case = story.rows.add(
        Case,
        uuid=uuid5(NAMESPACE_URL, f"{story.plan.name}/{story.as_of}/case{number}"),
        town=story.town,
        community=circle.community,
        kind="dissolve",
        directed=True,
        state="filed",
        branch=circle.old_branches[0].body,
        name=branch.body.name,
        short_name=branch.body.short_name,
        reason="党员都已划到小区党支部，不再符合设立条件",
        figures={"compounds": [], "counts": {}, "conclusion": "", "cite": "", "warnings": [], "moving": 0},
        effective_on=story.day(-days),
        filed_on=story.day(-days + 30),
        filed_with="区委组织部",
        opened_by=office,
        **_met(story, office, days + 5),
    )
    story.rows.add(CaseBranch, case=case, branch=branch.body, is_open=False)
    papers.signed(story, _answer(story, circle, case, office), days, deputy, leader)
