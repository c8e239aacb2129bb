"""The organisations of the town and who holds which post in them, since when and how."""

from datetime import date, timedelta

from branches.models import Branch
from committees.models import OwnersCommittee
from desk.demo.people import add_acquaintance, add_member, add_person, place_member
from desk.demo.places import COUNTY, DISSOLVED
from desk.demo.story import Circle, Home, Place, add_years
from members.models import Post
from office.areas.models import Body, Community, Compound, Coverage, Town

Kind = Body.Kind
COMMITTEE_FROM = 7  # 正式党员 7 人起设支委会（R-121）
# 示范镇里有账号的社区工作人员：(社区, 第几个)，第一个是书记，最后一个是副书记。
STAFF = {
    (0, 0): ("李建国", "M", 1974),
    (0, 1): ("李一鸣", "M", 1990),
    (0, 2): ("赵洁", "F", 1987),
    (0, 5): ("刘庆华", "M", 1983),
    (1, 0): ("沈丽华", "F", 1979),
    (1, 2): ("罗美华", "F", 1985),
    (1, 5): ("张少华", "M", 1986),
    (2, 0): ("谭志军", "M", 1976),
    (2, 5): ("叶小红", "F", 1989),
    (3, 0): ("何建平", "M", 1972),
}
SOURCES = {
    "retired": "source_retired_hire",
    "retired_cadre": "source_retired_hire",
    "transferred_officer": "source_selected",
    "community_worker": "source_community_worker",
}


def open_town(story):
    """The town, its communities and compounds, and the bodies of the first two levels."""
    plan, rows = story.plan, story.rows
    story.town = rows.add(Town, name=plan.name, county=COUNTY)
    story.town_committee = _body(story, Kind.TOWN_COMMITTEE, f"中共{plan.name}委员会", "镇党委", None)
    for position, (name, kind) in enumerate(plan.communities):
        community = rows.add(Community, town=story.town, name=name, kind=kind, position=position)
        village = kind == Community.Kind.VILLAGE
        full = f"{plan.name}{name}"
        story.circles.append(
            Circle(
                community,
                _body(story, Kind.COMMUNITY_COMMITTEE, f"中共{full}委员会", f"{name}党委", community),
                _body(
                    story,
                    Kind.RESIDENTS_COMMITTEE,
                    f"{full}{'村民' if village else '居民'}委员会",
                    f"{name}{'村委会' if village else '居委会'}",
                    community,
                ),
                _body(story, Kind.GUIDANCE_GROUP, f"{plan.name}派驻{name}党建工作指导组", f"驻{name}指导组", community),
            )
        )
    for compound_plan in plan.compounds:
        _open_compound(story, compound_plan)
    for one, other in plan.neighbours:
        a, b = story.places[one].compound, story.places[other].compound
        through = Compound.neighbours.through
        rows.add(through, from_compound_id=a.pk, to_compound_id=b.pk)
        rows.add(through, from_compound_id=b.pk, to_compound_id=a.pk)


def _body(story, kind, name, short_name, community, starts_on=None, ends_on=None):
    return story.rows.add(
        Body,
        town=story.town,
        community=community,
        kind=kind,
        name=name,
        short_name=short_name,
        starts_on=starts_on,
        ends_on=ends_on,
    )


def _cover(story, body, compound, starts_on):
    story.rows.add(Coverage, body=body, compound=compound, starts_on=starts_on)


def _open_compound(story, plan):
    community = story.circles[plan.community].community
    streets = ("建设路", "人民路", "文化路", "解放街", "湖滨路", "新城大道", "迎宾路", "和平街")
    compound = story.rows.add(
        Compound,
        town=story.town,
        community=community,
        name=plan.name,
        households=plan.households,
        buildings=plan.buildings,
        built_year=plan.built,
        address=f"{story.random.choice(streets)}{story.random.randint(3, 288)}号",
    )
    place = story.places[plan.name] = Place(plan, compound)
    if plan.company:
        project = f"{plan.company}{plan.name}项目部"
        place.project = _body(
            story,
            Kind.PROPERTY_PROJECT,
            f"{plan.company.removesuffix('物业')}物业服务有限公司{plan.name}项目部",
            project,
            community,
            date(max(plan.built + 1, 2012), 1, 1),
        )
        _cover(story, place.project, compound, place.project.starts_on)


def open_branches(story):
    """Branches of compounds, joint branches, the communities' older branches, and one that was dissolved."""
    joint = {}
    for place in story.places.values():
        if place.plan.branch == "own":
            _open_branch(story, [place])
        elif place.plan.branch:
            joint.setdefault(place.plan.branch, []).append(place)
    for places in joint.values():
        _open_branch(story, places)
    for community, name, size in story.plan.old_branches:
        _open_old_branch(story, story.circles[community], name, size)
    _dissolve(story)


def _open_branch(story, places):
    plan = places[0].plan
    circle = story.circles[plan.community]
    community = circle.community
    full = sum(p.plan.direct for p in places)  # 预备党员另算，见 _office 里的支委会
    names = "、".join(p.plan.name for p in places)
    joint = "联合" if len(places) > 1 else ""
    approved = _approval_day(story, plan)
    ending = "支部委员会" if full >= COMMITTEE_FROM else "党支部"
    body = _body(
        story,
        Kind.BRANCH,
        f"中共{story.plan.name}{community.name}{names}{joint}{ending}",
        f"{names}{joint}党支部",
        community,
        approved,
    )
    home = Home(
        body,
        places,
        approved,
        story=plan.story,
        term_years=plan.term_years,
        term_in=plan.branch_term_in,
        has_committee=full >= COMMITTEE_FROM,
    )
    home.elected_on = _election_day(story, home)
    story.homes.append(home)
    awaiting = "awaiting" in plan.story
    number = sum(h.approved_on.year == approved.year for h in story.homes) + 6
    story.rows.add(
        Branch,
        body=body,
        town=story.town,
        community=community,
        kind="joint" if joint else "compound",
        state="approved" if awaiting else "running",
        approved_on=approved,
        approval_paper=f"{story.plan.name[0]}委〔{approved.year}〕{number}号",
        term_years=None if awaiting else plan.term_years,
        term_ends_on=None if awaiting else add_years(home.elected_on, plan.term_years) - timedelta(days=1),
        has_committee=home.has_committee,
        theme_day=story.random.choice(("每月5日", "每月10日", "每月15日", "每月20日", "每月第一个周六")),
    )
    for place in places:
        place.branch = body
        _cover(story, body, place.compound, approved)


def _approval_day(story, plan):
    if "awaiting" in plan.story:
        return story.day(-20)
    day = date(story.year(plan.founded), story.random.randint(6, 12), story.random.randint(1, 28))
    return min(day, story.day(-400))


def _election_day(story, home):
    """The last election: after approval, and again each time a term ran out."""
    if home.term_in:
        return add_years(story.day(home.term_in + 1), -home.term_years)
    elected = home.approved_on + timedelta(days=story.random.randint(15, 40))
    while add_years(elected, home.term_years) <= story.as_of:
        elected = add_years(elected, home.term_years)
    return elected


def _open_old_branch(story, circle, name, size):
    community = circle.community
    since = date(story.year(2012), 7, 1)
    body = _body(
        story, Kind.BRANCH, f"中共{story.plan.name}{community.name}{name}", f"{community.name}{name}", community, since
    )
    home = Home(body, [], since, term_years=5, size=size, has_committee=True)
    home.elected_on = _election_day(story, home)
    story.homes.append(home)
    circle.old_branches.append(home)
    story.rows.add(
        Branch,
        body=body,
        town=story.town,
        community=community,
        kind="community",
        term_years=5,
        term_ends_on=add_years(home.elected_on, 5) - timedelta(days=1),
        has_committee=True,
        theme_day="每月15日",
    )


def _dissolve(story):
    """The old branch whose members all moved into compound branches: dated, kept, no longer running (R-114)."""
    community_no, name = DISSOLVED
    community = story.circles[community_no].community
    body = _body(
        story,
        Kind.BRANCH,
        f"中共{story.plan.name}{community.name}{name}",
        f"{community.name}{name}",
        community,
        date(story.year(2012), 7, 1),
        date(story.year(2021), 12, 31),
    )
    story.rows.add(Branch, body=body, town=story.town, community=community, kind="community", state="dissolved")


def post(story, person, body, title, since, *, how="", source="", until=None, position=0, paper=""):
    return story.rows.add(
        Post,
        person=person,
        body=body,
        title=title,
        starts_on=since,
        ends_on=until,
        how=how,
        source=source,
        position=position,
        paper=paper,
    )


def staff_town(story):
    """镇党委 and the guidance groups: cadres of the town, known by name and phone."""
    elected = date(story.year(2021), 9, 28)
    office = f"{story.plan.name}人民政府"

    def cadre(name="", sex=""):
        name, sex = (name, sex) if story.plan.focus else ("", "")
        return add_person(story, name, sex=sex, political="party", unit=office, ages=(34, 55))

    titles = (
        ("secretary", cadre("孟宪国", "M")),
        ("deputy_secretary", cadre("郑和", "M")),
        ("org_member", cadre("宋雅琴", "F")),
    )
    for position, (title, person) in enumerate(titles):
        post(story, person, story.town_committee, title, elected, how="elected", position=position)
    story.leaders["leader"] = titles[1][1]
    story.leaders["office"] = cadre("周敏", "F")
    story.leaders["office_deputy"] = titles[2][1]
    for key, name, sex in (("sys", "何志远", "M"), ("safe", "林晓燕", "F"), ("audit", "范国平", "M")):
        story.leaders[key] = cadre(name, sex)
    guides = (("戴明辉", "M"), ("程秋霞", "F"), ("曹永刚", "M"), ("姚春梅", "F"))
    for number, circle in enumerate(story.circles):
        since = date(story.year(2024), 3, 1)
        for position, title in enumerate(("group_head", "group_member", "group_member")):
            person = cadre() if position else cadre(*guides[number])
            if position and person.name == guides[number][0]:
                person.name = "邹国平"  # 抽到了与组长同名的人
            post(story, person, circle.guidance, title, since, how="appointed", position=position)
            story.leaders.setdefault(f"guidance{number}", person)


def staff_communities(story):
    """社区两委 and the community's workers, who sit in its first branch; secretary and director are one person."""
    elected = date(story.year(2021), 1, 18)
    known = STAFF if story.plan.focus else {}
    for number, circle in enumerate(story.circles):
        size = 3 if circle.community.kind == Community.Kind.VILLAGE else 6
        staff = [_worker(story, circle, known.get((number, i))) for i in range(size)]
        circle.secretary, circle.workers = staff[0], staff[1:]
        circle.deputy = staff[-1]
        party, residents = circle.party_committee, circle.residents_committee
        post(story, circle.secretary, party, "secretary", elected, how="elected", position=1)
        post(story, circle.deputy, party, "deputy_secretary", elected, how="elected", position=2)
        for position, person in enumerate(staff[1:4], start=3):
            post(story, person, party, "committee_member", elected, how="elected", position=position)
        post(story, circle.secretary, residents, "chair", elected, how="elected", position=1)
        post(story, circle.deputy, residents, "vice_chair", elected, how="elected", position=2)
        for position in range(3, 6):
            worker = add_acquaintance(story, ages=(28, 50), unit=residents.short_name)
            post(story, worker, residents, "committee_member", elected, how="elected", position=position)


def _worker(story, circle, known=None):
    """A 社区专职工作者 who is a Party member of the community's first branch."""
    name, sex, born = known or ("", "", 0)
    home = circle.old_branches[0]
    person = add_person(
        story,
        name,
        sex=sex,
        born=story.year(born) if born else None,
        ages=(27, 52),
        phone="13800138000" if name == "李一鸣" else None,
        unit=circle.residents_committee.short_name,
        identified=True,
    )
    member = add_member(
        story, person, community=circle.community, branch=home.body, home=None, background="community_worker"
    )
    since = place_member(story, member, date(story.year(2019), 7, 1)).starts_on
    home.members.append((member, since))
    return person


def staff_branches(story):
    """Officers, group leaders and the liaison of every branch, with those who held the posts before."""
    turn = {id(circle): 0 for circle in story.circles}
    for home in story.homes:
        circle = next(c for c in story.circles if c.community is home.body.community)
        if "awaiting" not in home.story:
            _officers(story, home, circle)
            _groups(story, home)
        if home.of_a_compound and "no_liaison" not in home.story:
            # 每个社区四名联系干部轮着分；金桂苑和文昌苑在前，都归第一位。
            liaisons = circle.workers[:4] or circle.workers
            home.liaison = liaisons[turn[id(circle)] // 3 % len(liaisons)]
            turn[id(circle)] += 1
            since = max(home.approved_on, date(story.year(2023), 2, 1))
            post(story, home.liaison, home.body, "liaison", since, how="appointed")


def _candidates(home):
    """Full members who were in the branch at its election, those in their best years for the work first."""
    fit = [
        m
        for m, since in home.members
        if m.stage == "full" and m.status == "normal" and not m.floating_out and since <= home.elected_on
    ]
    fit = fit or [m for m, _ in home.members if m.stage == "full"]
    order = {"retired_cadre": 0, "transferred_officer": 1, "retired": 2}
    return sorted(fit, key=lambda m: (order.get(m.background, 3), abs(m.person.birth_date.year - 1962), m.pk))


def _officers(story, home, circle):
    candidates = _candidates(home)
    named = {
        "金桂苑": ("田大利", "于敏", "王伟"),
        "阳光水岸": ("谢文",),
        "锦绣花园": ("钟秀兰",),
        "世纪城": ("黄志强",),
    }
    first = named.get(home.places[0].plan.name, ()) if home.of_a_compound and story.plan.focus else ()
    if home.of_a_compound and story.plan.focus and home.places[0].plan.name == "文昌苑":
        first = ("王伟",)
    by_name = {m.person.name: m for m in candidates}
    chosen = [by_name[name] for name in first] + [m for m in candidates if m.person.name not in first]
    titles = ["secretary"]
    if home.has_committee:
        titles += ["org_member", "publicity_member"]
        if len(home.members) > 20:
            titles.append("discipline_member")
        if len(home.members) > 40:
            titles.insert(1, "deputy_secretary")
    _former_secretary(story, home, chosen[len(titles) :])
    for position, (title, member) in enumerate(zip(titles, chosen, strict=False), start=1):
        person, how, source, until = member.person, "elected" if home.has_committee else "appointed", "", None
        if title == "secretary":
            source = SOURCES.get(member.background, "source_selected")
            if "worker_secretary" in home.story:
                person, how, source = circle.workers[1], "appointed", "source_community_worker"
            if "acting" in home.story:
                how, source = "acting", "source_dispatched"
            if "vacancy" in home.story:
                until = story.day(-63)
        since = story.day(-140) if how == "acting" else home.elected_on
        post(story, person, home.body, title, since, how=how, source=source, until=until, position=position)
        if title == "secretary":
            home.secretaries.append((person, since, until))
        if until is None:
            home.officers[title] = person


def _former_secretary(story, home, others):
    """Who led the branch before the last election; their post ended the day before it."""
    if not others or home.elected_on <= home.approved_on + timedelta(days=60) or not story.chance(0.7):
        return
    until = home.elected_on - timedelta(days=1)
    since = min(home.approved_on + timedelta(days=20), until)
    post(story, others[0].person, home.body, "secretary", since, how="elected", until=until, position=1)
    home.secretaries.append((others[0].person, since, until))
    story.leaders.setdefault("former", others[0].person)
    story.leaders.setdefault("former_home", home)


def _groups(story, home):
    """Party groups (党小组) of the larger branches, one for about fifteen members, each with its leader."""
    holders = {person.pk for person in home.officers.values()}
    fit = [m for m in _candidates(home) if m.person_id not in holders]
    for number in range(len(home.members) // 15 if len(home.members) >= 22 else 0):
        if number < len(fit):
            post(story, fit[-1 - number].person, home.body, "group_leader", home.elected_on, how="elected", position=20)
            home.groups.append(fit[-1 - number].person)


def open_committees(story):
    """Owners' committees of every stage with their seats, and the property projects' managers."""
    for place in story.places.values():
        if place.project:
            _manager(story, place)
        if place.plan.committee != "none":
            _open_committee(story, place)


def _manager(story, place):
    name = "陈刚" if story.plan.focus and place.plan.name == "金桂苑" else ""
    political = "masses" if name or not story.chance(0.3) else "party"
    person = add_acquaintance(
        story, name, political=political, unit=place.plan.company, ages=(30, 55), sex="M" if name else ""
    )
    if story.chance(0.4):
        earlier = add_acquaintance(story, unit=place.plan.company, ages=(30, 55))
        handover = story.day(-story.random.randint(200, 700))
        post(
            story,
            earlier,
            place.project,
            "project_manager",
            date(story.year(2019), 3, 1),
            how="appointed",
            until=handover,
        )
        since = handover + timedelta(days=1)
    else:
        since = date(story.year(2022), 5, 1)
    post(story, person, place.project, "project_manager", since, how="appointed")
    place.manager = person


def _open_committee(story, place):
    plan, compound = place.plan, place.compound
    preparing = plan.committee == "preparing"
    kind = Kind.PREPARATORY_GROUP if preparing else Kind.OWNERS_COMMITTEE
    ending = "业主委员会筹备组" if preparing else "业主委员会"
    ends = elected = None
    if plan.committee in ("in_office", "overdue"):
        ends = _term_end(story, plan)
        elected = add_years(ends + timedelta(days=1), -5)
    since = elected or story.day(-75 if preparing else -420)
    body = _body(
        story,
        kind,
        f"{compound.community.name}{plan.name}小区{ending}"
        if not plan.name.endswith("小区")
        else f"{compound.community.name}{plan.name}{ending}",
        f"{plan.name}{'业委会筹备组' if preparing else '业委会'}",
        compound.community,
        since,
    )
    _cover(story, body, compound, since)
    place.committee = body
    story.rows.add(
        OwnersCommittee,
        body=body,
        town=story.town,
        community=compound.community,
        compound=compound,
        stage={"overdue": "in_office"}.get(plan.committee, plan.committee),
        session_no=None if preparing else story.random.choice((1, 2, 2, 3)),
        seat_count=plan.seats[1] if elected else None,
        elected_on=elected,
        term_ends_on=ends,
        filed_on=elected + timedelta(days=story.random.randint(8, 28)) if elected else None,
    )
    if elected:
        _fill_seats(story, place, elected)
    elif preparing:
        _fill_preparation(story, place, since)


def _term_end(story, plan):
    if plan.committee == "overdue":
        return story.day(-story.random.randint(70, 400))
    if "term_in_march" in plan.story:
        return date(story.as_of.year + 1, 3, 31)
    return story.day(plan.term_in)


def _fill_seats(story, place, elected):
    """Party members first by the plan's share; some sit in the branch too (交叉任职)."""
    party, seats = place.plan.seats
    home = next((h for h in story.homes if h.body is place.branch), None)
    chosen = _party_seats(story, place, home, party)
    for member in place.direct + place.in_service:
        member.owns_unit = member.owns_unit or member.person in chosen
    others = [add_acquaintance(story, ages=(30, 66), unit=f"{place.plan.name}业主") for _ in range(seats - party)]
    # 多数业委会由党员当主任，也有群众当主任的。
    order = (
        chosen + others
        if story.chance(0.7) or place.plan.name in ("金桂苑", "阳光水岸")
        else others[:1] + chosen + others[1:]
    )
    for position, person in enumerate(order, start=1):
        title = {1: "chair", 2: "vice_chair"}.get(position, "seat")
        since = elected
        how = "elected"
        if position == seats and story.chance(0.3):
            since, how = story.between(elected + timedelta(days=200), story.day(-40)), "filled_up"
        post(story, person, place.committee, title, since, how=how, position=position)
    place.seats = order


def _party_seats(story, place, home, party):
    """The Party members of a committee, all of them members in this town's books."""
    if story.plan.focus and place.plan.name == "金桂苑":
        names = ("王伟", "赵云", "于敏", "陈平")
        by_name = {m.person.name: m.person for m in place.direct}
        return [by_name[name] for name in names]
    officers = list(home.officers.values()) if home else []
    residents = {m.person_id for m in place.direct if m.home_compound_id == place.compound.pk}
    officers = [p for p in officers if p.pk in residents]
    first = officers[:1] if "secretary_is_chair" in place.plan.story else officers[1:2] if story.chance(0.6) else []
    pool = [
        m.person for m in place.direct if m.person_id in residents and m.person.birth_date.year > story.as_of.year - 76
    ]
    pool = [p for p in pool if p not in first and p not in officers[:1]]
    pool += [m.person for m in place.in_service if m.home_compound_id == place.compound.pk][:4]
    if story.plan.focus and place.plan.name == "文昌苑":
        return [m.person for m in place.direct]
    return first + story.random.sample(pool, min(len(pool), party - len(first)))


def _fill_preparation(story, place, since):
    circle = story.circles[place.plan.community]
    post(story, circle.deputy, place.committee, "group_head", since, how="recommended", position=1)
    people = [m.person for m in (place.direct + place.in_service)[:3]]
    people += [add_acquaintance(story, ages=(30, 66), unit=f"{place.plan.name}业主") for _ in range(3)]
    for position, person in enumerate(people, start=2):
        post(story, person, place.committee, "group_member", since, how="recommended", position=position)


def cross_posts(story):
    """兼职委员 of branches, communities and residents' committees (双向进入 (b) and (c)), grid workers, building heads."""
    for number, place in enumerate(story.places.values()):
        circle = story.circles[place.plan.community]
        manager = place.manager
        if manager and manager.political_status == "party" and place.branch and number % 2:
            post(story, manager, place.branch, "concurrent_member", story.day(-400), how="recommended", position=30)
        if place.seats and number % 6 == 3:
            title, since = "concurrent_member", story.day(-300)
            body = circle.party_committee if place.seats[0].political_status == "party" else circle.residents_committee
            post(story, place.seats[0], body, title, since, how="recommended", position=30)
        if place.plan.households > 700:
            worker = add_acquaintance(story, ages=(25, 50), unit=circle.residents_committee.short_name)
            post(
                story,
                worker,
                circle.residents_committee,
                "grid_worker",
                date(story.year(2022), 1, 1),
                how="appointed",
                position=40,
            )
        if place.branch and place.in_service and place.plan.buildings > 5:
            for member in place.in_service[:2]:
                post(
                    story,
                    member.person,
                    place.branch,
                    "building_head",
                    date(story.year(2023), 4, 1),
                    how="recommended",
                    position=50,
                )
