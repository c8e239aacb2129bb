"""片区, 网格, visits of the 指导组 and funds of 示范镇."""

from datetime import timedelta

from branches.models import CellBuilding, FundingItem, GuidanceVisit
from desk.demo.bodies import post
from members.doors import building_of
from members.models import Member
from office.areas.models import Body, Coverage

Kind = Body.Kind
CELLS = (  # 小区、网格、楼栋（空的是整个小区）；大的小区分成几个网格
    ("金桂苑", "金桂苑第一网格", (1, 2, 3)),
    ("金桂苑", "金桂苑第二网格", (4, 5, 6)),
    ("滨河一号", "滨河一号网格", ()),
    ("文昌苑", "文昌苑网格", ()),
    ("东湖花园", "东湖花园第一网格", (1, 2, 3, 4, 5, 6)),
    ("东湖花园", "东湖花园第二网格", (7, 8, 9, 10, 11, 12)),
    ("东湖花园", "东湖花园第三网格", (13, 14, 15, 16, 17, 18)),
    ("东湖花园", "东湖花园商铺网格", (19, 20)),
    ("安居小区", "安居小区网格", ()),
    ("阳光水岸", "阳光水岸网格", ()),
    ("锦绣花园", "锦绣花园网格", ()),
    ("世纪城", "世纪城商业街网格", (31, 32)),
)
PATCHES = ("东片区", "中片区", "西片区")
VISITS = (  # 社区、小区、几天前、了解的情况、意见、几天后答复、答复
    (0, "滨河一号", 12, "小区2017年交付，党员2名，还没有党支部；业委会正在筹备。",
     "尽快提出和邻近小区联合成立党支部的方案，报社区党委会研究。", 9, ""),
    (0, "金桂苑", 48, "党员活动室制度没有上齐，楼栋长缺1名。", "补齐制度，推选楼栋长。", -20, "制度已经补齐，4栋楼栋长已推选。"),
    (1, "锦绣花园", 26, "支部没有明确联系干部，议事会两个月没有开。", "明确联系干部，按月召开议事会。", -4, ""),
    (1, "阳光水岸", 75, "联席会议按月召开，决定都有人办。", "", None, ""),
    (2, "", 33, "看了三个小区的阵地和台账。", "把七有还缺的列出来，年底前补上。", 24, ""),
)  # fmt: skip
GRANTS = ((500_000, "town", "阵地建设补助"), (300_000, "dues", "党费返还，用于党员教育"))
COSTS = ((128_050, "购买党旗、书报架"), (86_000, "宣传栏换版印刷"), (45_600, "主题党日活动用品"))


def tell(story):
    """Only where the town is told compound by compound; a county's other towns go without."""
    if not story.plan.focus:
        return
    office = story.users.get(story.leaders["office"].pk)
    if office is None:
        return
    _draw_patches(story)
    _draw_cells(story)
    _visit(story, office)
    _fund(story, office)


def _body(story, kind, name, short_name, community, since):
    return story.rows.add(
        Body, town=story.town, community=community, kind=kind, name=name, short_name=short_name, starts_on=since
    )


def _draw_patches(story):
    """Three patches over the first three communities; one compound was moved from one to another this spring."""
    since, moved = story.day(-400), story.day(-150)
    places = list(story.places.values())
    patches = [_body(story, Kind.PATCH, name, name, None, since) for name in PATCHES]
    heads = [story.leaders["office"], story.circles[1].secretary, story.circles[2].secretary]
    for patch, head in zip(patches, heads, strict=True):
        post(story, head, patch, "patch_head", since, how="appointed", position=1)
    for number, patch in enumerate(patches):
        own = [place for place in places if place.plan.community == number][:8]
        for place in own:
            story.rows.add(Coverage, body=patch, compound=place.compound, starts_on=since)
    last = [place for place in places if place.plan.community == 1][8:9]
    for place in last:
        story.rows.add(
            Coverage, body=patches[0], compound=place.compound, starts_on=since, ends_on=moved - timedelta(days=1)
        )
        story.rows.add(Coverage, body=patches[1], compound=place.compound, starts_on=moved)


def _draw_cells(story):
    since = story.day(-300)
    workers = {}
    for name, cell_name, buildings in CELLS:
        place = story.places[name]
        community = place.compound.community
        cell = _body(story, Kind.GRID_CELL, f"{community.name}{cell_name}", cell_name, community, since)
        story.rows.add(Coverage, body=cell, compound=place.compound, starts_on=since)
        for number in buildings:
            story.rows.add(CellBuilding, cell=cell, compound=place.compound, label=f"{number}栋")
        circle = story.circles[place.plan.community]
        turn = workers[community.pk] = workers.get(community.pk, -1) + 1
        if cell_name != "东湖花园商铺网格":
            worker = circle.workers[turn % len(circle.workers)]
            post(story, worker, cell, "grid_worker", since, how="appointed", position=1)
        _building_heads(story, cell, place, {f"{number}栋" for number in buildings})


def _building_heads(story, cell, place, labels):
    """A member who lives there heads each of the first four buildings."""
    living = {}
    for member in story.rows.of[Member]:
        if member.home_compound == place.compound and (member.relation, member.status) == ("direct", "normal"):
            building = building_of(member.door)
            if building and (not labels or building in labels):
                living.setdefault(building, member)
    for position, building in enumerate(sorted(living)[:4], start=2):
        head = post(
            story, living[building].person, cell, "building_head", story.day(-200), how="recommended", position=position
        )
        head.duty = building


def _visit(story, office):
    for number, name, ago, found, advice, due, outcome in sorted(VISITS, key=lambda visit: -visit[2]):
        circle = story.circles[number]
        visited_on = story.day(-ago)
        story.rows.add(
            GuidanceVisit,
            group=circle.guidance,
            compound=story.places[name].compound if name else None,
            visited_on=visited_on,
            people="周敏、驻社区指导组成员",
            found=found,
            advice=advice,
            due_on=None if due is None else story.day(due),
            outcome=outcome,
            settled_on=story.day(due - 2) if outcome else None,
            settled_by=story.users.get(circle.secretary.pk, office) if outcome else None,
            recorded_by=office,
        )


def _fund(story, office):
    """Grants and costs of six branches in the two years up to now; one typing error, voided."""
    homes = [home for home in story.homes if home.of_a_compound][:6]
    for year in (1, 0):
        for number, home in enumerate(homes):
            for at, (fen, source, purpose) in enumerate(GRANTS):
                _item(
                    story, office, home, "granted", source, 320 - 10 * number - at, year, fen + 10_000 * number, purpose
                )
            for at, (fen, purpose) in enumerate(COSTS):
                _item(story, office, home, "spent", "town", 200 - 20 * at - number, year, fen + 1_250 * number, purpose)
    wrong = _item(story, office, homes[0], "spent", "town", 100, 0, 4_560_000, "主题党日活动用品")
    wrong.voided_on, wrong.void_reason = story.day(-99), "金额多写了两个零，已另行登记"


def _item(story, office, home, kind, source, ago, years, fen, purpose):
    return story.rows.add(
        FundingItem,
        community=home.body.community,
        branch=home.body,
        kind=kind,
        source=source,
        on=story.day(-ago - 365 * years),
        amount_fen=fen,
        purpose=purpose,
        recorded_by=office,
    )
