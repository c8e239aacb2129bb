"""The town's plan, clause by clause, so that a screen can quote the words it works by.

Clauses are named as people cite them: "一", "三.1" (shown as 方案三、1). The text is never retyped: quotes are cut from
data/plan.txt between their first and last words.
"""

import re
from dataclasses import dataclass
from pathlib import Path

_TEXT = Path(__file__).with_name("data") / "plan.txt"
_PART = re.compile(r"([一二三四])、(.+)")
_POINT = re.compile(r"(\d)\.([^。]+)。")
TITLE, PREFACE = "标题", "前言"


class NoSuchClause(KeyError):
    """A clause or quote the plan does not have."""

    def __str__(self) -> str:
        return f"方案里没有“{self.args[0]}”"


@dataclass(frozen=True)
class Quote:
    """Words of the plan and the clause they stand in."""

    text: str
    clause: str

    @property
    def cite(self) -> str:
        return cite(self.clause)

    def __str__(self) -> str:
        return self.text


def clause(key: str) -> str:
    """The whole text of a clause, its number and heading included. Raises NoSuchClause."""
    if key not in CLAUSES:
        raise NoSuchClause(key)
    return CLAUSES[key]


def heading(key: str) -> str:
    """Heading without its number: "三.1" → 成立小区党支部. Empty for title and preface."""
    text = clause(key)
    found = _PART.match(text) or _POINT.match(text)
    return found[2] if found else ""


def article(key: str) -> str:
    """How the clause is named after the word 方案: "三.1" → 三、1, "一" → 第一部分."""
    clause(key)
    if key in (TITLE, PREFACE):
        return key
    return key.replace(".", "、") if "." in key else f"第{key}部分"


def cite(key: str) -> str:
    """方案三、1."""
    return f"方案{article(key)}"


def quote(name: str) -> Quote:
    """A sentence or part of one, by name (see QUOTES). Raises NoSuchClause."""
    if name not in QUOTES:
        raise NoSuchClause(name)
    return QUOTES[name]


def _read() -> dict[str, str]:
    clauses: dict[str, str] = {}
    key = part = ""
    for line in _TEXT.read_text(encoding="utf-8").splitlines():
        if found := _PART.match(line):
            key = part = found[1]
        elif found := _POINT.match(line):
            key = f"{part}.{found[1]}"
        elif not clauses:
            key = TITLE
        elif key == TITLE:
            key = PREFACE
        clauses[key] = f"{clauses[key]}\n{line}" if key in clauses else line
    return clauses


def _cut(key: str, first: str, last: str) -> Quote:
    text = clause(key)
    start = text.index(first)
    return Quote(text[start : text.index(last, start) + len(last)], key)


CLAUSES = _read()

QUOTES = {
    "grid_pattern": _cut("一", "构建“支部建在", "工作格局"),
    "branch_target": _cut("一", "在2020年底", "党支部。"),
    "full_coverage": _cut("二", "着力推动", "全覆盖"),
    "census": _cut("三.1", "通过划分片区", "建立小区党支部"),
    "own_branch": _cut("三.1", "小区直管党员（", "成立党支部"),
    "joint_branch": _cut("三.1", "小区直管党员不足", "联合党支部。"),
    "secretary_criteria": _cut("三.1", "按照政治素质好", "标准"),
    "secretary_sources": _cut("三.1", "采取小区选拔", "小区党支部书记"),
    "secretary_pool": _cut("三.1", "注重从离退休", "选拔党支部书记"),
    "secretary_fallback": _cut("三.1", "对暂无合适人选", "担任党支部书记"),
    "committee_members": _cut("三.1", "注重吸收业主委员会", "党支部班子"),
    "committee_assessment": _cut("三.1", "每年要对现任", "作出调整。"),
    "venue": _cut("三.2", "活动室内要有", "标志性建设"),
    "seven_haves": _cut("三.2", "达到有场所", "标准"),
    "door_plates": _cut("三.2", "功能室门牌", "规范。"),
    "wall_items": _cut("三.2", "室内上墙制度", "民主评议党员等）"),
    "publicity_board": _cut("三.2", "有条件的小区党支部", "党务公开。"),
    "three_mechanisms": _cut("三.3", "建立健全小区重大事项", "协同监督机制。"),
    "joint_meeting": _cut("三.3", "建立镇党委领导", "矛盾问题。"),
    "platforms": _cut("三.3", "搭建“周末议事会”", "自治水平。"),
    "major_matters": _cut("三.3", "对涉及小区建设改造", "抓好落实。"),
    "cross_posts": _cut("三.3", "要积极推荐", "业主委员会主任。"),
    "party_share": _cut("三.3", "引导支持党员业主", "50%以上。"),
    "concurrent_posts": _cut("三.3", "推荐业主委员会中的党员", "居委会兼职委员"),
    "joint_work": _cut("三.3", "通过党课联上", "深度融合。"),
    "owners_nominations": _cut("三.3", "对筹备组人员提名", "合理意见"),
    "owners_documents": _cut("三.3", "对起草业主大会", "合理意见"),
    "owners_disclosure": _cut("三.3", "督促业主委员会", "资金收支情况"),
    "volunteering": _cut("三.4", "结合在职党员进社区", "模范作用。"),
    "wishes_and_help": _cut("三.4", "加强以党员、团员", "困难群体。"),
    "social_organisations": _cut("三.4", "有序引导公益性", "专业化服务。"),
    "guidance_group": _cut("四.1", "镇党委在每个社区", "业务指导"),
    "liaison_cadre": _cut("四.1", "每个小区党支部", "社区干部"),
    "annual_plan": _cut("四.1", "三个城市社区", "难点问题。"),
    "community_report": _cut("四.2", "镇党委将把", "重要内容"),
    "branch_report": _cut("四.2", "小区党支部书记年终", "述职。"),
    "funding": _cut("四.2", "完善考评机制", "保障力度"),
    "publicity": _cut("四.3", "要充分利用", "良好氛围"),
}
