"""The papers of a case as typed text: 请示 with 成立表 and 党员划转名单, 批复 or, where the town decides itself, 通知."""

from branches.case_people import FORMING, Kind
from branches.models import BranchCase
from office.chinese.dates import cn_date
from office.papers.models import Kind as Paper

STAGE = {"full": "正式党员", "probationary": "预备党员"}
DEED = {Kind.OWN: "成立", Kind.JOINT: "成立", Kind.ADJUST: "调整", Kind.DISSOLVE: "撤销"}


def subject(case):
    """成立中共…支部委员会: what the papers are about; of 调整 the branch by the name it has until then."""
    return f"{DEED[case.kind]}{case.branch.name if case.kind == Kind.ADJUST else case.name}"


def _renamed(case):
    return f"名称改为{case.name}。" if case.name != case.branch.name else ""


def frozen(case, check, rows, members):
    """What the sheet of the case says as it is handed in (成立表): numbers, conclusion, warnings, who moves."""
    return {
        "compounds": rows,
        "counts": {name: getattr(check.counts, name) for name in ("direct", "full", "probationary", "in_service")}
        if check
        else {},
        "conclusion": check.conclusion if check else "",
        "cite": check.cite if check else "",
        "warnings": [finding.text for finding in check.findings if finding.level == "W"] if check else [],
        "moving": len(members),
    }


def request(case, members):
    """{title, text, addressee} of the 请示. `members`: (name, stage, compound, branch) of the 划转名单."""
    return {
        "title": f"关于{subject(case)}的请示",
        "addressee": case.town.party_committee,
        "text": "\n".join([*_request_body(case), "妥否，请批示。", *_list(members)]),
    }


def _request_body(case):
    met = f"经{cn_date(case.community_met_on)}社区党委会研究，" if case.community_met_on else ""
    basis = "根据《中国共产党支部工作条例（试行）》和《城市居民小区党建工作的实施方案》，"
    yield f"{basis}{met}拟{subject(case)}。现将有关情况请示如下。"
    yield "一、小区和党员"
    yield "|小区|户数|直管党员|其中正式党员|现有党支部|"
    for row in case.figures.get("compounds", ()):
        yield _row(row["name"], row["households"], row["direct"], row["full"], row["branch"])
    counts = case.figures.get("counts")
    if counts:
        living = sum(row["direct"] for row in case.figures["compounds"])
        whole = "合计" if counts["direct"] == living else "划入以后党支部合计"
        yield (
            f"{whole}直管党员{counts['direct']}名，其中正式党员{counts['full']}名、预备党员{counts['probationary']}名。"
            "在职报到党员不计入。"
        )
        yield f"{case.figures['conclusion']}（{case.figures['cite']}）"
    if case.kind == Kind.ADJUST:
        yield f"调整后由{case.short_name}覆盖上列小区。{_renamed(case)}"
    if case.kind == Kind.DISSOLVE:
        yield f"党支部撤销后，党员划转到{case.branch}。"
    yield from _own_words(case)
    if case.kind in FORMING:
        yield "三、班子"
        yield _leaders(case)
        yield from _replaced(case)


def _own_words(case):
    yield "二、理由"
    if case.reality:
        yield _sentence(f"治理实际：{case.reality}")
    if case.reason:
        yield _sentence(case.reason)
    if not (case.reality or case.reason):
        yield "推动支部建在小区上，便于党员参加组织生活、联系居民。"


def _sentence(text):
    text = " ".join(text.split())
    return text if text.endswith(("。", "！", "？")) else f"{text}。"


def _leaders(case):
    form = "设支部委员会" if case.has_committee else "设书记1名，不设支部委员会"
    how = "镇党委批复后召开党员大会选举产生" if case.leaders == BranchCase.Leaders.ELECTION else "由镇党委指派"
    words = f"{form}，{how}。"
    if case.secretary:
        words += f"书记人选：{case.secretary.name}。"
    if case.secretary_source:
        words += f"书记人选来源：{case.get_secretary_source_display()}。"
    return words


def _replaced(case):
    if old := _old(case):
        yield f"{old}同时撤销，党员一并划入新的党支部。"


def _old(case):
    return "、".join(f"原{row.branch.short_name}" for row in case.old_branches.select_related("branch").order_by("pk"))


def _list(members):
    if not members:
        return
    yield "附件：党员划转名单"
    yield "|序号|姓名|类别|居住小区|现所在党支部|"
    for number, (name, stage, compound, branch) in enumerate(members, start=1):
        yield _row(number, name, STAGE[stage], compound, branch)


def _row(*cells):
    """A table's row; a bar inside a cell would begin another one."""
    return f"|{'|'.join('' if cell is None else str(cell).replace('|', '／') for cell in cells)}|"


def reply(case, members):
    """{kind, title, text, addressee} of the town's answer: a 批复, or where it decided by itself a 通知 (R-113)."""
    issuer = f"中共{case.town}{case.community}委员会"
    met = cn_date(case.town_met_on)
    if case.directed:
        kind, title = Paper.NOTICE, f"关于{subject(case)}的通知"
        opening = f"经{met}镇党委会研究，决定如下。"
        closing = ()
    else:
        kind, title = Paper.REPLY, f"关于同意{subject(case)}的批复"
        opening = f"你委《{case.request.title}》（{case.request.number}）收悉。经{met}镇党委会研究，现批复如下。"
        closing = ("此复。",)
    text = "\n".join([opening, *_decided(case), *closing, *_list(members)])
    return {"kind": kind, "title": title, "addressee": issuer, "text": text}


def _decided(case):
    agreed = "" if case.directed else "同意"
    compounds = "、".join(row["name"] for row in case.figures.get("compounds", ()))
    yield f"一、{agreed}{subject(case)}"
    if case.kind == Kind.DISSOLVE:
        yield f"党员划转到{case.branch}，名单附后。自本文印发之日起生效。"
        return
    renamed = _renamed(case) if case.kind == Kind.ADJUST else ""
    yield f"{renamed}覆盖{compounds}。自本文印发之日起生效。"
    moving = case.figures.get("moving")
    old = _old(case) if case.kind in FORMING else ""
    if old or moving:
        yield "二、党员划转"
        yield "".join(
            [f"{old}同时撤销，党员一并划入。" if old else "", f"另有党员{moving}名划入，名单附后。" if moving else ""]
        )
    if case.kind in FORMING:
        yield "三、班子和任期"
        yield _after(case)


def _after(case):
    form = "设支部委员会" if case.has_committee else "设书记1名，不设支部委员会"
    term = f"，任期{case.term_years}年" if case.term_years else ""
    if case.leaders == BranchCase.Leaders.ELECTION:
        return f"{form}{term}。请召开党员大会选举产生班子，选举结果报镇党委。"
    return f"{form}{term}。书记由镇党委指派。"
