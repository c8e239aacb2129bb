"""The trail in plain sentences: verb → what a reader sees."""

VERBS = {
    "accounts.signed_in": "登录",
    "accounts.signed_out": "退出",
    "accounts.sign_in_refused": "登录被拒",
    "accounts.password_changed": "修改口令",
    "accounts.user_created": "开通账号",
    "accounts.password_issued": "重置口令",
    "accounts.user_disabled": "停用账号",
    "accounts.user_enabled": "启用账号",
    "accounts.role_granted": "授予职责",
    "accounts.role_ended": "结束职责",
    "accounts.role_withdrawn": "撤回职责",
    "accounts.user_unlocked": "解除锁定",
    "accounts.phone_changed": "修改联系电话",
    "accounts.feedback_given": "提出意见建议",
    "accounts.feedback_answered": "答复意见建议",
    "members.roster_applied": "导入党员名册",
    "accounts.list_exported": "导出名单",
    "members.exported": "导出党员名单",
    "members.id_revealed": "查看公民身份号码",
    "members.phone_revealed": "查看联系电话",
    "members.moved_by_date": "到日期调整归属",
    "members.compound_moved": "调整小区所属社区",
    "papers.batch_requested": "生成材料",
    "papers.batch_retried": "重新生成",
    "papers.batch_cancelled": "取消生成",
    "papers.downloaded": "下载材料",
    "areas.compound_changed": "修改小区",
    "branches.registered": "登记党支部",
    "areas.compound_added": "新增小区",
    "areas.town_opened": "开通镇",
    "assessments.report_saved": "填写述职",
    "assessments.report_submitted": "提交述职",
    "assessments.report_received": "收下述职",
    "assessments.report_returned": "退回述职",
    "assessments.materials_written": "在服务器上生成年度材料",
    "rulebook.overridden": "调整标准",
    "audit.exported": "导出操作记录",
    "desk.demo_loaded": "装入试用数据",
    "desk.demo_reset": "重置试用数据",
    "audit.verified": "验证操作记录",
}


def sentence(verb):
    """What a deed is called on the screen; an unknown verb shows as it is, so nothing is hidden."""
    return VERBS.get(verb, verb)
