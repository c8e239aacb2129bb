"""The roles of decisions.md 7–9 and the groups of roles that views and deeds name."""

from django.db import models


class Role(models.TextChoices):
    TOWN_OFFICE = "town_office", "镇党建办"
    TOWN_LEADER = "town_leader", "镇领导"
    GUIDANCE = "guidance", "指导组"
    COMMUNITY_SECRETARY = "community_secretary", "社区书记"
    COMMUNITY_WORKER = "community_worker", "社区党务工作者"
    LIAISON = "liaison", "社区联系干部"
    BRANCH_SECRETARY = "branch_secretary", "支部书记"
    COMPOUND_WORKER = "compound_worker", "小区工作人员"
    SYSTEM_ADMIN = "system_admin", "系统管理员"
    SECURITY_ADMIN = "security_admin", "安全管理员"
    AUDITOR = "auditor", "审计管理员"


# 职责看到的范围由所在组织决定：镇的组织看全镇，社区的组织看全社区，支部看本支部和所覆盖的小区。
OF_TOWN = (Role.TOWN_OFFICE, Role.TOWN_LEADER)
OF_COMMUNITY = (Role.GUIDANCE, Role.COMMUNITY_SECRETARY, Role.COMMUNITY_WORKER)
OF_BRANCH = (Role.LIAISON, Role.BRANCH_SECRETARY)
OF_COMPOUND = (Role.COMPOUND_WORKER,)
ADMINISTRATORS = (Role.SYSTEM_ADMIN, Role.SECURITY_ADMIN, Role.AUDITOR)

STAFF = (*OF_TOWN, *OF_COMMUNITY, Role.LIAISON)  # 机关和社区的工作人员
EVERYBODY_AT_WORK = (*STAFF, Role.BRANCH_SECRETARY, Role.COMPOUND_WORKER)
ROSTER_KEEPERS = (Role.TOWN_OFFICE, Role.COMMUNITY_SECRETARY, Role.COMMUNITY_WORKER)
EXPORTERS = (
    Role.TOWN_OFFICE,
    Role.TOWN_LEADER,
    Role.COMMUNITY_SECRETARY,
    Role.COMMUNITY_WORKER,
    Role.LIAISON,
)
LIST_EXPORTERS = (*EXPORTERS, Role.BRANCH_SECRETARY)  # 支部书记只导出本支部的名单
REVEALERS = (Role.TOWN_OFFICE, Role.COMMUNITY_SECRETARY, Role.COMMUNITY_WORKER, Role.LIAISON)
CALLERS = (*STAFF, Role.BRANCH_SECRETARY)  # 可以查看联系电话（逐次留痕）
CASE_WRITERS = (Role.TOWN_OFFICE, Role.COMMUNITY_SECRETARY, Role.COMMUNITY_WORKER)  # 报送只归社区书记
VENUE_TICKERS = (*ROSTER_KEEPERS, Role.LIAISON, Role.BRANCH_SECRETARY, Role.COMPOUND_WORKER)
MEETING_FILERS = (Role.COMMUNITY_SECRETARY, Role.COMMUNITY_WORKER, Role.LIAISON)  # 录入所管范围里各种会议的
MEETING_WRITERS = (*MEETING_FILERS, Role.BRANCH_SECRETARY, Role.COMPOUND_WORKER)  # 连同只录本支部、本小区会议的
MATERIAL_MAKERS = (Role.TOWN_OFFICE,)
MATERIAL_READERS = (*STAFF, Role.BRANCH_SECRETARY)

# 三员分立：审计必须单独一人；系统与安全可以一人兼任，但要写明理由（decisions.md 7）。
FORBIDDEN_TOGETHER = {
    Role.AUDITOR: {r for r in Role if r != Role.AUDITOR},
}
