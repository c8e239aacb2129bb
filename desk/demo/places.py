"""The map of the demo: 示范镇 compound by compound, and towns like it for a county.

The figures of the eight compounds in ux.md §9.1 (fixture F1) are given there and are not to be changed here.
"""

from dataclasses import dataclass, field, replace

FOCUS = "示范镇"
TOWNS = (
    FOCUS,
    "青山镇",
    "石桥镇",
    "云溪镇",
    "白沙镇",
    "枫林镇",
    "双河镇",
    "龙潭镇",
    "永安镇",
    "清河镇",
    "梅岭镇",
    "大塘镇",
    "东湾镇",
    "花园镇",
    "新集镇",
    "桃源镇",
    "金沙镇",
    "太平镇",
    "古城镇",
    "杨柳镇",
)
COUNTY = "示范县"


@dataclass(frozen=True)
class CompoundPlan:
    """One compound before it has people.

    `direct` members live here and sit here; `exact` compounds have no other direct members at all. `branch`: "own", a
    letter shared by the compounds of a joint branch, or "" for none. `seats` is Party members / seats of the owners'
    committee. `venue`: the seven items in order, 1 有, 0 无, ? 未记录 (this year).
    """

    name: str
    community: int
    direct: int
    branch: str = "own"
    committee: str = "in_office"  # in_office overdue preparing acting none
    seats: tuple = (3, 5)
    term_in: int = 700  # days from the as-of date to the end of the committee's term
    company: str = "安居物业"
    households: int = 600
    buildings: int = 8
    built: int = 2008
    in_service: int = 40
    venue: str = "1111111"
    exact: bool = False
    founded: int = 2020
    term_years: int = 5
    branch_term_in: int = 0  # days to the end of the branch's term; 0: as the approval date has it
    story: tuple = field(default=())  # vacancy, acting, awaiting, no_liaison, …: see bodies.py


def _city(community, *rows):
    return [CompoundPlan(community=community, **row) for row in rows]


EAST = _city(
    0,
    {
        "name": "金桂苑",
        "direct": 17,
        "exact": True,
        "seats": (4, 7),
        "term_in": 905,
        "households": 812,
        "buildings": 6,
        "built": 2006,
        "in_service": 46,
        "venue": "1111101",
    },
    {
        "name": "滨河一号",
        "direct": 2,
        "exact": True,
        "branch": "",
        "committee": "preparing",
        "company": "滨河物业",
        "households": 420,
        "buildings": 5,
        "built": 2017,
        "in_service": 38,
    },
    {
        "name": "文昌苑",
        "direct": 3,
        "exact": True,
        "seats": (3, 5),
        "term_in": 640,
        "households": 268,
        "buildings": 4,
        "built": 2003,
        "in_service": 21,
        "founded": 2021,
    },
    {
        "name": "东湖花园",
        "direct": 51,
        "exact": True,
        "seats": (6, 9),
        "term_in": 1220,
        "company": "东湖物业",
        "households": 1460,
        "buildings": 18,
        "built": 2009,
        "in_service": 88,
    },
    {
        "name": "安居小区",
        "direct": 38,
        "seats": (4, 7),
        "term_in": 150,
        "households": 980,
        "buildings": 14,
        "built": 1998,
        "in_service": 42,
        "branch_term_in": 130,
    },
    {
        "name": "富康家园",
        "direct": 34,
        "seats": (2, 5),
        "term_in": 480,
        "company": "富康物业",
        "households": 760,
        "buildings": 10,
        "built": 2005,
        "in_service": 39,
        "story": ("vacancy",),
    },
    {
        "name": "紫荆苑",
        "direct": 7,
        "exact": True,
        "seats": (3, 5),
        "term_in": 830,
        "households": 310,
        "buildings": 4,
        "built": 2011,
        "in_service": 27,
        "founded": 2022,
        "venue": "11111??",
    },
    {
        "name": "东城名都",
        "direct": 42,
        "seats": (5, 9),
        "term_in": 1500,
        "company": "城投物业",
        "households": 1880,
        "buildings": 22,
        "built": 2015,
        "in_service": 96,
        "story": ("worker_secretary",),
    },
    {
        "name": "供销社家属院",
        "direct": 2,
        "exact": True,
        "branch": "A",
        "committee": "acting",
        "company": "",
        "households": 96,
        "buildings": 3,
        "built": 1987,
        "in_service": 9,
    },
    {
        "name": "凤凰里",
        "direct": 1,
        "exact": True,
        "branch": "A",
        "seats": (2, 5),
        "term_in": 390,
        "company": "",
        "households": 132,
        "buildings": 4,
        "built": 1994,
        "in_service": 12,
    },
    {
        "name": "玉兰苑",
        "direct": 29,
        "seats": (4, 7),
        "term_in": 1010,
        "company": "东湖物业",
        "households": 640,
        "buildings": 9,
        "built": 2007,
        "in_service": 36,
        "founded": 2021,
    },
    {
        "name": "锦江府",
        "direct": 2,
        "exact": True,
        "branch": "",
        "committee": "preparing",
        "company": "城投物业",
        "households": 540,
        "buildings": 7,
        "built": 2021,
        "in_service": 44,
    },
    {
        "name": "桃源居",
        "direct": 37,
        "seats": (3, 7),
        "term_in": 720,
        "company": "桃源物业",
        "households": 870,
        "buildings": 12,
        "built": 2010,
        "in_service": 51,
    },
)
SOUTH = _city(
    1,
    {
        "name": "锦绣花园",
        "direct": 9,
        "exact": True,
        "seats": (2, 5),
        "term_in": 560,
        "company": "锦绣物业",
        "households": 520,
        "buildings": 8,
        "built": 2004,
        "in_service": 33,
        "story": ("no_liaison",),
    },
    {
        "name": "世纪城",
        "direct": 22,
        "exact": True,
        "seats": (3, 7),
        "company": "城投物业",
        "households": 1320,
        "buildings": 15,
        "built": 2012,
        "in_service": 71,
        "venue": "1111010",
        "story": ("term_in_march",),
    },
    {
        "name": "东风小区",
        "direct": 1,
        "exact": True,
        "branch": "",
        "committee": "none",
        "company": "",
        "households": 118,
        "buildings": 4,
        "built": 1985,
        "in_service": 8,
    },
    {
        "name": "南苑小区",
        "direct": 50,
        "exact": True,
        "seats": (4, 7),
        "term_in": 330,
        "households": 1120,
        "buildings": 16,
        "built": 1999,
        "in_service": 58,
    },
    {
        "name": "水岸华庭",
        "direct": 36,
        "seats": (5, 7),
        "term_in": 1340,
        "company": "滨河物业",
        "households": 940,
        "buildings": 11,
        "built": 2014,
        "in_service": 64,
        "founded": 2021,
    },
    {
        "name": "和平里",
        "direct": 2,
        "exact": True,
        "branch": "B",
        "committee": "overdue",
        "seats": (2, 5),
        "households": 210,
        "buildings": 5,
        "built": 1992,
        "in_service": 15,
    },
    {
        "name": "金色家园",
        "direct": 44,
        "seats": (4, 7),
        "term_in": 990,
        "company": "锦绣物业",
        "households": 1040,
        "buildings": 13,
        "built": 2010,
        "in_service": 60,
        "term_years": 3,
    },
    {
        "name": "学府雅苑",
        "direct": 41,
        "seats": (6, 9),
        "term_in": 1610,
        "company": "学府物业",
        "households": 1260,
        "buildings": 14,
        "built": 2016,
        "in_service": 92,
        "venue": "1111?11",
    },
    {
        "name": "老棉纺厂家属区",
        "direct": 47,
        "committee": "overdue",
        "seats": (3, 7),
        "households": 1580,
        "buildings": 28,
        "built": 1983,
        "in_service": 30,
        "venue": "1101101",
        "branch_term_in": -40,
    },
    {
        "name": "翠竹园",
        "direct": 26,
        "seats": (4, 7),
        "term_in": 770,
        "company": "桃源物业",
        "households": 590,
        "buildings": 8,
        "built": 2008,
        "in_service": 35,
        "founded": 2022,
        "story": ("acting",),
    },
    {
        "name": "御景湾",
        "direct": 3,
        "exact": True,
        "branch": "",
        "committee": "preparing",
        "company": "滨河物业",
        "households": 680,
        "buildings": 9,
        "built": 2020,
        "in_service": 57,
        "story": ("one_probationary",),
    },
    {
        "name": "幸福里",
        "direct": 33,
        "seats": (3, 5),
        "term_in": 1120,
        "households": 720,
        "buildings": 9,
        "built": 2006,
        "in_service": 37,
    },
    {
        "name": "新华书店宿舍",
        "direct": 2,
        "exact": True,
        "branch": "B",
        "committee": "none",
        "company": "",
        "households": 64,
        "buildings": 2,
        "built": 1986,
        "in_service": 6,
    },
)
NORTH = _city(
    2,
    {
        "name": "阳光水岸",
        "direct": 8,
        "exact": True,
        "seats": (4, 7),
        "term_in": 860,
        "company": "滨河物业",
        "households": 480,
        "buildings": 6,
        "built": 2013,
        "in_service": 36,
        "founded": 2021,
        "story": ("secretary_is_chair",),
    },
    {
        "name": "碧桂名邸",
        "direct": 4,
        "exact": True,
        "branch": "",
        "seats": (3, 5),
        "term_in": 1180,
        "company": "碧桂物业",
        "households": 620,
        "buildings": 7,
        "built": 2018,
        "in_service": 49,
    },
    {
        "name": "北辰花园",
        "direct": 40,
        "seats": (4, 7),
        "term_in": 610,
        "households": 960,
        "buildings": 12,
        "built": 2007,
        "in_service": 55,
    },
    {
        "name": "明珠小区",
        "direct": 45,
        "committee": "overdue",
        "seats": (3, 7),
        "company": "明珠物业",
        "households": 1150,
        "buildings": 17,
        "built": 2000,
        "in_service": 48,
        "venue": "1111110",
    },
    {
        "name": "龙泉山庄",
        "direct": 31,
        "seats": (3, 5),
        "term_in": 1420,
        "company": "碧桂物业",
        "households": 430,
        "buildings": 20,
        "built": 2012,
        "in_service": 52,
        "founded": 2022,
    },
    {
        "name": "祥和家园",
        "direct": 39,
        "seats": (5, 9),
        "term_in": 170,
        "company": "明珠物业",
        "households": 1070,
        "buildings": 13,
        "built": 2009,
        "in_service": 57,
        "term_years": 3,
    },
    {
        "name": "荷塘月色",
        "direct": 35,
        "seats": (4, 7),
        "term_in": 890,
        "company": "桃源物业",
        "households": 790,
        "buildings": 10,
        "built": 2011,
        "in_service": 50,
    },
    {
        "name": "化肥厂生活区",
        "direct": 2,
        "exact": True,
        "branch": "C",
        "committee": "acting",
        "company": "",
        "households": 340,
        "buildings": 9,
        "built": 1981,
        "in_service": 11,
    },
    {
        "name": "丽景苑",
        "direct": 3,
        "exact": True,
        "seats": (2, 5),
        "term_in": 540,
        "households": 230,
        "buildings": 3,
        "built": 2005,
        "in_service": 22,
        "founded": 2023,
        "venue": "1110111",
    },
    {
        "name": "邮电小区",
        "direct": 2,
        "exact": True,
        "branch": "C",
        "committee": "none",
        "company": "",
        "households": 88,
        "buildings": 3,
        "built": 1990,
        "in_service": 7,
    },
    {
        "name": "梧桐苑",
        "direct": 28,
        "seats": (3, 5),
        "term_in": 1260,
        "company": "碧桂物业",
        "households": 560,
        "buildings": 7,
        "built": 2014,
        "in_service": 45,
        "story": ("awaiting",),
    },
    {
        "name": "尚品云邸",
        "direct": 0,
        "exact": True,
        "branch": "",
        "committee": "none",
        "company": "城投物业",
        "households": 760,
        "buildings": 8,
        "built": 2024,
        "in_service": 24,
    },
)
VILLAGE = _city(
    3,
    {
        "name": "柳湾新村",
        "direct": 24,
        "committee": "none",
        "households": 410,
        "buildings": 20,
        "built": 2013,
        "in_service": 14,
        "founded": 2022,
    },
    {
        "name": "柳湾安置小区",
        "direct": 19,
        "committee": "none",
        "company": "柳湾物业",
        "households": 360,
        "buildings": 6,
        "built": 2016,
        "in_service": 16,
        "founded": 2022,
        "venue": "111?1?1",
    },
)
COMPOUNDS = tuple(EAST + SOUTH + NORTH + VILLAGE)
COMMUNITIES = (("城东社区", "city"), ("城南社区", "city"), ("城北社区", "city"), ("柳湾村", "village"))
# 小区支部成立以前党员所在的支部，现在还有没有小区归属的党员：(社区, 名称, 党员)
OLD_BRANCHES = (
    (0, "第一党支部", 48),
    (0, "第二党支部", 47),
    (0, "退休党支部", 46),
    (1, "第一党支部", 49),
    (1, "退休党支部", 45),
    (2, "第一党支部", 47),
    (2, "退休党支部", 44),
    (3, "第一党支部", 46),
    (3, "第二党支部", 39),
)
DISSOLVED = (2, "第二党支部")  # 党员全部划转以后撤销

NEIGHBOURS = (
    ("金桂苑", "滨河一号"),
    ("金桂苑", "文昌苑"),
    ("滨河一号", "文昌苑"),
    ("供销社家属院", "凤凰里"),
    ("和平里", "新华书店宿舍"),
    ("化肥厂生活区", "邮电小区"),
    ("东风小区", "南苑小区"),
    ("东风小区", "和平里"),
    ("碧桂名邸", "梧桐苑"),
    ("锦江府", "东城名都"),
    ("御景湾", "水岸华庭"),
    ("尚品云邸", "阳光水岸"),
)

_FIRST = "金银玉锦龙凤翠碧江湖云天阳春和安康福瑞祥盛景丹华文星月竹松梅兰荷"
_SECOND = "园城景湖岸庭桂泰宁悦都苑湾林溪峰泉山河源"
_TAILS = ("花园", "小区", "家园", "苑", "名都", "新城", "府", "华庭", "里", "雅居")


@dataclass(frozen=True)
class TownPlan:
    """One town: communities, compounds, and the old branches with how many members still sit there."""

    name: str
    communities: tuple
    compounds: tuple
    old_branches: tuple
    neighbours: tuple
    focus: bool


def focus_plan():
    return TownPlan(FOCUS, COMMUNITIES, COMPOUNDS, OLD_BRANCHES, NEIGHBOURS, True)


def county_plan(name, random, members):
    """A town with the same cases as 示范镇 under other names, with about `members` members in all."""
    stem = name.removesuffix("镇")
    communities = (
        (f"{stem}东街社区", "city"),
        (f"{stem}西街社区", "city"),
        (f"{stem}南街社区", "city"),
        (f"{random.choice(_FIRST)}{random.choice('桥坪坡塘冲')}村", "village"),
    )
    taken = set()

    def renamed():
        while (new := random.choice(_FIRST) + random.choice(_SECOND) + random.choice(_TAILS)) in taken:
            pass
        taken.add(new)
        return new

    names = {plan.name: renamed() for plan in COMPOUNDS}
    direct = sum(plan.direct for plan in COMPOUNDS) + sum(size for *_, size in OLD_BRANCHES)
    share = (members - direct) / sum(plan.in_service for plan in COMPOUNDS)
    compounds = tuple(
        replace(plan, name=names[plan.name], in_service=round(plan.in_service * share * random.uniform(0.9, 1.1)))
        for plan in COMPOUNDS
    )
    neighbours = tuple((names[a], names[b]) for a, b in NEIGHBOURS)
    return TownPlan(name, communities, compounds, OLD_BRANCHES, neighbours, False)
