"""Who lives in the town: Party members of every kind, and the others the office knows by name."""

from datetime import date

from desk.demo.names import UNUSUAL
from desk.demo.story import add_years
from members.models import Member, Person, Placement

EMPLOYERS = (
    "示范区人民医院",
    "示范镇中心小学",
    "示范区第二中学",
    "区税务局",
    "区市场监督管理局",
    "区自然资源和规划局",
    "供电公司示范供电所",
    "农业银行示范支行",
    "邮政储蓄银行示范支行",
    "区交通运输局",
    "区法院",
    "区教师进修学校",
    "区疾控中心",
    "自来水公司",
    "区融媒体中心",
    "区住建局",
    "示范镇人民政府",
    "区消防救援大队",
    "区司法局",
    "区图书馆",
)
# 金桂苑和文昌苑的直管党员（ux §9.1），性别和出生年月照列表样张：(姓名, 性别, 年, 月, 身份)
JINGUI = (
    ("丁小宁", "F", 1968, 3, "other"),
    ("于敏", "F", 1959, 11, "retired"),
    ("王小宁", "M", 1975, 6, "other"),
    ("王伟", "M", 1963, 1, "retired"),
    ("田富", "M", 1981, 12, "other"),
    ("田大利", "M", 1960, 5, "retired_cadre"),
    ("史明", "M", 1988, 2, "other"),
    ("叶青", "F", 1992, 7, "other"),
    ("李一鹏", "M", 1984, 10, "other"),
    ("李大鸣", "M", 1957, 4, "retired"),
    ("陈平", "M", 1966, 1, "retired"),
    ("林涛", "M", 1990, 3, "other"),
    ("周瑜", "F", 1986, 6, "other"),
    ("洪少东", "M", 1977, 9, "other"),
    ("高富", "M", 1964, 8, "retired"),
    ("高大富", "M", 1958, 10, "retired"),
    ("赵云", "M", 1969, 11, "other"),
)
WENCHANG = (
    ("王伟", "M", 1970, 9, "transferred_officer"),
    ("何静", "F", 1979, 8, "other"),
    ("罗辉", "M", 1961, 12, "retired"),
)
SECRETARY_AGE = 66  # 田大利
NAMED = {
    "金桂苑": JINGUI,
    "文昌苑": WENCHANG,
    "锦绣花园": (("钟秀兰", "F", 1955, 7, "retired_cadre"), ("周敏华", "F", 1972, 2, "other")),
    "世纪城": (("黄志强", "M", 1966, 4, "transferred_officer"),),
    "阳光水岸": (("谢文", "M", 1964, 1, "retired_cadre"),),
}


def add_person(
    story, name="", *, sex="", born=None, ages=(28, 70), political="", unit="", phone=None, identified=False
):
    """A person; what is not given is drawn. `born` is a date or a year."""
    r = story.random
    sex = sex or ("F" if story.chance(0.43) else "M")
    if not isinstance(born, date):
        year = born or story.as_of.year - r.randint(*ages)
        born = date(year, r.randint(1, 12), r.randint(1, 28))
    person = story.rows.add(
        Person,
        uuid=story.uuid(),
        town=story.town,
        name=name or story.namer.name(sex, born.year),
        sex=sex,
        birth_date=born,
        phone=story.namer.phone() if phone is None else phone,
        political_status=political,
        unit=unit,
    )
    if identified:
        person.set_id_number(story.namer.id_number(born, sex))
    return person


def add_acquaintance(story, name="", **fields):
    """Somebody outside the Party's books: name, phone and unit, never an ID number or a birth date (decisions 4)."""
    person = add_person(story, name, political=fields.pop("political", "masses"), **fields)
    person.birth_date = None
    return person


def add_member(
    story, person, *, community, branch, home, relation="direct", probationary=False, background="", door=""
):
    """A Party membership with dates that fit the person's age."""
    r = story.random
    born = person.birth_date
    earliest = add_years(born, 18 if story.chance(0.2) else r.randint(20, 32))
    if probationary:
        joined = max(story.day(-r.randint(20, 372)), add_years(born, 18))
    else:
        joined = min(story.between(earliest, add_years(earliest, 8)), story.day(-r.randint(800, 2200)))
        joined = max(joined, add_years(born, 18))
    full = None if probationary else add_years(joined, 1)
    if full and full > story.as_of:
        joined, full = add_years(story.as_of, -2), add_years(story.as_of, -1)
    precision = "d" if story.chance(0.8) or probationary else r.choice("my")
    if precision != "d":
        joined, full = joined.replace(day=1), full.replace(day=1)
    if precision == "y":
        joined, full = joined.replace(month=1), full.replace(month=1)
    person.political_status = "party"
    return story.rows.add(
        Member,
        person=person,
        community=community,
        branch=branch,
        home_compound=home,
        stage="probationary" if probationary else "full",
        relation=relation,
        joined_on=joined,
        joined_precision=precision,
        full_on=full,
        full_precision=precision,
        background=background or _background(story, person, relation),
        employer_org=f"{person.unit}党支部" if relation == "in_service" and person.unit else "",
        owns_unit=bool(home) and story.chance(0.82),
        door=door or (_door(story, home) if home else ""),
    )


def _background(story, person, relation):
    if relation == "in_service":
        return "employed"
    age = story.as_of.year - person.birth_date.year
    if age >= 60:
        return story.random.choices(("retired", "retired_cadre", "transferred_officer"), (8, 1.6, 0.6))[0]
    return story.random.choices(("other", "transferred_officer", "retired"), (8, 0.7, 1 if age >= 50 else 0))[0]


def _door(story, compound):
    r = story.random
    return f"{r.randint(1, compound.buildings or 6)}栋{r.randint(1, 4)}单元{r.randint(1, 6)}0{r.randint(1, 4)}"


def place_member(story, member, since, *, how="recorded", before=None):
    """Open the placement, and close the one in the branch they sat in before (`before`), if any."""
    since = max(since, member.joined_on)
    if before is not None and before[0] < since and member.joined_on < since:
        starts = max(before[0], member.joined_on)
        _placement(story, member, before[1], starts, story.day((since - story.as_of).days - 1), "recorded")
    elif how == "bulk_transfer":
        how = "recorded"  # 支部成立以后才入党的，不是划转进来的
    return _placement(story, member, member.branch, since, None, how)


def _placement(story, member, branch, starts_on, ends_on, how):
    return story.rows.add(
        Placement,
        member=member,
        community=member.community,
        branch=branch,
        relation=member.relation,
        how=how,
        starts_on=starts_on,
        ends_on=ends_on,
    )


def _direct_age(story):
    """Members whose relation is in the community are mostly retired; with the probationary ones they are 19 to 92."""
    low, high = story.random.choices(
        ((22, 29), (30, 44), (45, 59), (60, 74), (75, 84), (85, 92)), (5, 14, 20, 40, 16, 5)
    )[0]
    return story.random.randint(low, high)


def add_direct(story, *, community, branch, home, probationary=False, named=None):
    r = story.random
    background = ""
    if named:
        name, sex, year, month, background = named
        born = date(year, month, 12)
        if name == "田大利":
            had_birthday = (story.as_of.month, story.as_of.day) >= (month, 12)
            born = born.replace(year=story.as_of.year - SECRETARY_AGE - (not had_birthday))
        person = add_person(story, name, sex=sex, born=born, identified=True)
    else:
        age = r.randint(19, 34) if probationary else _direct_age(story)
        person = add_person(
            story, born=story.as_of.year - age, identified=story.chance(0.92), phone=None if story.chance(0.96) else ""
        )
    return add_member(
        story,
        person,
        community=community,
        branch=branch,
        home=home,
        probationary=probationary,
        background=background,
    )


def settle_compounds(story):
    """Members who live in the compounds: those who sit in its branch, and those reported in from their work."""
    for place in story.places.values():
        _settle_direct(story, place)
        _settle_in_service(story, place)


def _settle_direct(story, place):
    plan, compound = place.plan, place.compound
    circle = story.circles[plan.community]
    home = next((h for h in story.homes if h.body is place.branch), None)
    old = story.random.choice(circle.old_branches) if home is None else circle.old_branches[0]
    named = NAMED.get(plan.name, ()) if story.plan.focus else ()
    for i in range(plan.direct):
        probationary = (
            i == plan.direct - 1
            if "one_probationary" in plan.story
            else not plan.exact and story.chance(0.035) and i >= len(named)
        )
        # 一部分人在这个支部，人却住在别处：居住小区不是所在党支部。
        lives_here = plan.exact or home is None or not story.chance(0.09)
        member = add_direct(
            story,
            community=compound.community,
            branch=home.body if home else old.body,
            home=compound if lives_here else None,
            probationary=probationary,
            named=named[i] if i < len(named) else None,
        )
        if home is None:
            since = place_member(story, member, date(story.year(2016), 7, 1)).starts_on
            old.members.append((member, since))
        else:
            retired = "退休" if member.background in ("retired", "retired_cadre") else "第"
            earlier = [old.body for old in circle.old_branches if retired in old.body.name]
            earlier = earlier or [old.body for old in circle.old_branches]
            before = (date(story.year(2012), 7, 1), story.random.choice(earlier))
            come_with_it = i < len(named) or story.chance(0.8)
            start = home.approved_on if come_with_it else story.between(home.approved_on, story.day(-30))
            how = "bulk_transfer" if come_with_it else "transferred"
            since = place_member(story, member, start, how=how, before=before if come_with_it else None).starts_on
            home.members.append((member, since))
        place.direct.append(member)
        member.floating_out = not plan.exact and member.background == "other" and story.chance(0.05)


def _settle_in_service(story, place):
    for _ in range(place.plan.in_service):
        unit = story.random.choice(EMPLOYERS)
        person = add_person(story, ages=(25, 58), unit=unit, identified=story.chance(0.45))
        member = add_member(
            story,
            person,
            community=place.compound.community,
            branch=place.branch,
            home=place.compound if story.chance(0.97) else None,
            relation="in_service" if story.chance(0.985) else "floating_in",
        )
        if member.relation == "floating_in":
            member.background, member.employer_org = "other", ""
        earliest = date(story.year(2020), 9, 1)
        place_member(story, member, story.between(earliest, story.day(-5)), how="registered")
        place.in_service.append(member)


def settle_old_branches(story):
    """Members who sit in the community's older branches, most without a compound; a few who left or died."""
    open_places = [p for p in story.places.values() if not p.plan.exact]
    for circle_no, circle in enumerate(story.circles):
        nearby = [p for p in open_places if p.plan.community == circle_no]
        for home in circle.old_branches:
            while len(home.members) < home.size:
                lives = story.random.choice(nearby).compound if nearby and story.chance(0.3) else None
                member = add_direct(
                    story,
                    community=circle.community,
                    branch=home.body,
                    home=lives,
                    probationary=story.chance(0.03),
                )
                since = place_member(story, member, date(story.year(2014), 7, 1)).starts_on
                home.members.append((member, since))
            for gone in range(2):
                _add_former(story, circle.community, home.body, "deceased" if gone else "left")


def _add_former(story, community, branch, status):
    """Somebody who transferred out or died: the placement ended, nobody counts them any more."""
    person = add_person(story, ages=(70, 92) if status == "deceased" else (24, 60))
    member = add_member(story, person, community=community, branch=branch, home=None)
    placement = place_member(story, member, date(story.year(2014), 7, 1))
    placement.ends_on = max(story.day(-story.random.randint(60, 600)), placement.starts_on)
    member.status, member.branch = status, None


def add_unusual(story):
    """Names that computers get wrong, among the reported-in members of the larger compounds."""
    large = [p for p in story.places.values() if not p.plan.exact]
    for i, (name, sex, born) in enumerate(UNUSUAL):
        place = large[i % len(large)]
        person = add_person(story, name, sex=sex, born=born, unit=EMPLOYERS[i % len(EMPLOYERS)], identified=True)
        member = add_member(
            story,
            person,
            community=place.compound.community,
            branch=place.branch,
            home=place.compound,
            relation="in_service",
        )
        place_member(story, member, date(story.year(2021), 3, 1), how="registered")
        place.in_service.append(member)


def add_doubles(story):
    """Three pairs that look like one person: a man registered in two compounds, who is one; a father and his son with
    one telephone, who are two; a woman registered in two communities, whom only the town can tell."""
    homes = {}
    for place in story.places.values():
        if place.branch and not place.plan.exact:
            homes.setdefault(place.plan.community, []).append(place)
    (first, second, *_), (elsewhere, *_) = list(homes.values())[:2]
    phone = story.namer.phone()
    once = _report_in(story, first, "沈志勇", "M", date(1979, 8, 14), unit=EMPLOYERS[11], phone=phone)
    twice = _report_in(story, second, "沈志勇", "M", None, unit=EMPLOYERS[11], phone=phone)
    phone = story.namer.phone()
    _report_in(story, first, "邱永福", "M", date(1951, 2, 3), phone=phone, relation="floating_in")
    _report_in(story, first, "邱永强", "M", None, unit=EMPLOYERS[3], phone=phone)
    here = _report_in(story, second, "韩雪梅", "F", date(1983, 11, 6), unit=EMPLOYERS[0])
    there = _report_in(story, elsewhere, "韩雪梅", "F", date(1983, 11, 6), unit=EMPLOYERS[0])
    for one, other in ((once, twice), (here, there)):
        for fact in ("joined_on", "joined_precision", "full_on", "full_precision"):
            setattr(other, fact, getattr(one, fact))


def _report_in(story, place, name, sex, born, *, relation="in_service", unit="", phone=None):
    """Somebody who reported in to the compound's branch; without `born` the birthday was never written down."""
    person = add_person(story, name, sex=sex, born=born or date(1980, 6, 1), unit=unit, phone=phone)
    member = add_member(
        story,
        person,
        community=place.compound.community,
        branch=place.branch,
        home=place.compound,
        relation=relation,
        background="" if relation == "in_service" else "other",
    )
    place_member(story, member, date(story.year(2023), 5, 1), how="registered")
    person.birth_date = born
    return member
