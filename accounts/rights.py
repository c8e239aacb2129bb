"""What a duty lets its holder see and do, in words (features N-14). The words follow the groups in accounts.roles."""

from accounts.roles import (
    CALLERS,
    EXPORTERS,
    MATERIAL_MAKERS,
    MATERIAL_READERS,
    MEETING_WRITERS,
    OF_BRANCH,
    OF_COMMUNITY,
    OF_COMPOUND,
    OF_TOWN,
    REVEALERS,
    ROSTER_KEEPERS,
    Role,
)
from office.areas.models import Coverage
from office.chinese.dates import cn_date

ABILITIES = [  # 按一个人问起的先后
    (ROSTER_KEEPERS, "新增小区、登记已有的党支部、导入党员名册"),
    (CALLERS, "查看联系电话（每次留痕）"),
    (REVEALERS, "写明理由后查看公民身份号码（每次留痕）"),
    (EXPORTERS, "导出名单（写明用途，每次留痕）"),
    (MEETING_WRITERS, "录入会议和会上的决定"),
    (MATERIAL_MAKERS, "批量生成年度材料"),
    (MATERIAL_READERS, "看年度述职考核材料"),
]
OWN = {
    Role.LIAISON: ["代填所联系支部的年度述职，由书记确认", "给所联系支部的书记开扫码登录条"],
    Role.BRANCH_SECRETARY: ["写本支部的年度述职", "导出本支部的名单（写明用途，每次留痕）"],
    Role.SYSTEM_ADMIN: ["开通、停用、解锁账号", "重置口令"],
    Role.SECURITY_ADMIN: ["授予和结束职责（自己的除外）"],
    Role.AUDITOR: ["查阅、验证和导出操作记录"],
}
SEEN_BY_ADMINISTRATOR = {
    Role.SYSTEM_ADMIN: "本镇的账号和职责；看不到小区、党员和会议",
    Role.SECURITY_ADMIN: "本镇的账号和职责；看不到小区、党员和会议",
    Role.AUDITOR: "本镇的操作记录；看不到小区、党员和会议",
}


def explain(user, day):
    """One entry for each duty in force on `day`: {title, term, sees, may: [words]}."""
    duties = user.current_assignments
    covered = _covered([a.body_id for a in duties if a.role in OF_BRANCH], day)
    return [{"title": a.title, "term": term(a), "sees": _sees(a, covered), "may": may(a.role)} for a in duties]


def may(role):
    """What the role lets somebody do, in the order people ask."""
    return [words for group, words in ABILITIES if role in group] + OWN.get(Role(role), [])


def term(assignment):
    """2026年1月5日起，至今."""
    starts_on, ends_on = assignment.starts_on, assignment.ends_on
    begun = f"{cn_date(starts_on, assignment.starts_precision)}起" if starts_on else "起始日期未填"
    return f"{begun}，{f'到{cn_date(ends_on)}为止' if ends_on else '至今'}"


def _covered(branches, day):
    """Names of the compounds each branch serves that day."""
    names = {}
    if branches:
        rows = Coverage.objects.on(day).filter(body__in=branches).order_by("compound__pinyin")
        for body, name in rows.values_list("body_id", "compound__name"):
            names.setdefault(body, []).append(name)
    return names


def _sees(assignment, covered):
    if assignment.role in OF_TOWN:
        return "全镇的小区、支部、党员、会议和材料"
    if assignment.role in OF_COMMUNITY:
        return f"{assignment.community}的全部小区、支部、党员、会议和材料"
    if assignment.role in OF_BRANCH:
        compounds = "、".join(covered.get(assignment.body_id, ())) or "目前没有"
        return f"{assignment.body}的党员、会议和材料，以及所覆盖的小区（{compounds}）"
    if assignment.role in OF_COMPOUND:
        return f"{assignment.compound}这一个小区，没有公民身份号码"
    return SEEN_BY_ADMINISTRATOR[assignment.role]
