"""支部设立、调整、撤销 as a case (R-110…R-116; decisions 2, 11): 社区党委会研究 → 请示 → 镇审核 → 镇党委会 → 批复 → 班子 → 备案.

How far a paper is says the paper (`case.request.state`, `case.reply.state`), never the case. Every deed takes the
`version` its page was read at; whoever comes second is told (Stale) and nothing is overwritten. The answer takes effect
in the transaction that signs it (effects.carry_out).
"""

from dataclasses import dataclass
from datetime import date, timedelta

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils import timezone

from branches import case_papers, case_people, effects
from branches.case_people import FORMING, Kind
from branches.models import Branch, BranchCase, CaseBranch, CaseCompound, CaseMember
from members.models import Member
from members.together import STAYING
from office.areas.models import Body, Community, Coverage
from office.audit import trail
from office.audit.models import Trail
from office.chinese.dates import cn_date
from office.papers import documents
from office.papers.models import ISSUED, ON_THE_WAY, WRITABLE, Stage

State = BranchCase.State
FACTS = (
    "name",
    "short_name",
    "has_committee",
    "leaders",
    "secretary",
    "secretary_source",
    "reality",
    "reason",
    "community_met_on",
)
RUNNING_ON = (State.DRAFT, State.APPLIED, State.AGREED, State.APPROVED)  # its compounds and branches are taken


class Stale(ValueError):
    """Somebody was quicker; `case` is the row as it stands now."""

    def __init__(self, case):
        last = Trail.objects.about(case).order_by("-id").values_list("actor_name", flat=True).first()
        who = f"{last}刚才" if last else "刚才有人"
        super().__init__(f"{who}已经办过这件事项，请看现在的样子，再办下一步。")
        self.case = case


# ── 起草 ──


@transaction.atomic
def open_case(matter, *, token, directed=False, receiving=None, by, **facts) -> BranchCase:
    """Begin a case about a Matter (case_people.matter_of); the same `token` (uuid) twice gives the same case.

    `receiving` is the branch that takes the members of a dissolved one in. Raises ValidationError in Chinese.
    """
    Community.objects.select_for_update().get(pk=matter.community.pk)  # 同一社区的事项排队
    if begun := BranchCase.objects.filter(uuid=token).first():
        return begun
    case = BranchCase(uuid=token, kind=matter.kind, community=matter.community, directed=directed, opened_by=by)
    case.branch = receiving if matter.kind == Kind.DISSOLVE else matter.branch
    _put(case, facts)
    if matter.kind == Kind.DISSOLVE:  # 撤销的不另起名
        case.name, case.short_name = matter.branch.name, matter.branch.short_name
    _refuse_wrong(case, matter.old_branches)
    case.save()
    _take(case, matter)
    rows = case_people.listed(matter)
    for row in rows:
        row.case = case
    CaseMember.objects.bulk_create(rows)
    recount(case)
    case.save()
    about = {"事项": (None, case.get_kind_display()), "小区": (None, "、".join(c.name for c in matter.compounds))}
    trail.record("branches.case_opened", case, by=by, changes=about, reason=case.reason)
    return case


def _take(case, matter):
    """Hold compounds and branches, so that no other case is about them. Raises ValidationError naming who has them."""
    try:
        with transaction.atomic():
            CaseCompound.objects.bulk_create(CaseCompound(case=case, compound=each) for each in matter.compounds)
            CaseBranch.objects.bulk_create(CaseBranch(case=case, branch=each) for each in matter.old_branches)
    except IntegrityError:
        taken = open_cases_of([compound.pk for compound in matter.compounds])
        names = [f"{c.name}（{taken[c.pk][1]}）" for c in matter.compounds if c.pk in taken]
        what = "、".join(names) or "、".join(body.short_name for body in matter.old_branches)
        raise ValidationError(f"{what}已有办理中的事项，办完或者撤回以后再起草。") from None


def open_cases_of(compound_ids) -> dict:
    """Compound id → (case id, its words) for compounds in a case on its way; one query."""
    rows = CaseCompound.objects.filter(compound__in=compound_ids, is_open=True)
    found = rows.values_list("compound_id", "case_id", "case__kind", "case__state")
    kinds, states = dict(Kind.choices), dict(State.choices)
    return {compound: (case, f"{kinds[kind]}，{states[state]}") for compound, case, kind, state in found}


@transaction.atomic
def save(case, facts, *, version, rewrite=False, by) -> BranchCase:
    """Keep what was written. The 请示, where there is one, is written anew unless somebody edited it by hand;
    `rewrite` writes it all the same. Raises Stale, ValidationError by field, ValueError when it is on its way."""
    current = _ready(case, version, (State.DRAFT, State.APPLIED), writable=True)
    before = {name: getattr(current, name) for name in FACTS}
    _put(current, facts)
    if "receiving" in facts and current.kind == Kind.DISSOLVE:
        current.branch = facts["receiving"]
    _refuse_wrong(current, [row.branch for row in current.old_branches.select_related("branch")])
    recount(current)
    changed = {name: (before[name], getattr(current, name)) for name in FACTS if before[name] != getattr(current, name)}
    if current.request_id and (rewrite or not edited_by_hand(current)):
        _write_request(current, by)
    _advance(current)
    labels = {name: str(BranchCase._meta.get_field(name).verbose_name) for name in changed}
    trail.record("branches.case_saved", current, by=by, changes={labels[name]: pair for name, pair in changed.items()})
    return current


@transaction.atomic
def set_members(case, ticked, *, version, by) -> BranchCase:
    """Who is on the 划转名单: the ticked of the listed (member ids); until the town has decided.

    Raises Stale, ValueError where a branch that is dissolved would keep somebody.
    """
    current = _ready(case, version, (State.DRAFT, State.APPLIED), writable=True)
    rows = list(current.members.all())
    if current.kind == Kind.DISSOLVE and not {row.member_id for row in rows} <= set(ticked):
        raise ValueError("支部撤销以后，名单上的党员全部划转，不能留下。")
    for row in rows:
        row.ticked = row.member_id in ticked
    CaseMember.objects.bulk_update(rows, ["ticked"])
    recount(current)
    if current.request_id and not edited_by_hand(current):
        _write_request(current, by)
    _advance(current)
    number = sum(row.ticked for row in rows)
    trail.record("branches.case_saved", current, by=by, changes={"划转名单": (None, f"{number}人")})
    return current


def _put(case, facts):
    for name in FACTS:
        if name in facts:
            value = facts[name]
            setattr(case, name, " ".join(value.split()) if isinstance(value, str) else value)


def _refuse_wrong(case, old_branches):
    if case.community_met_on and case.community_met_on > timezone.localdate():
        raise ValidationError({"community_met_on": "这一天还没有到，研究过了再写。"})
    same = Body.objects.filter(town=case.community.town_id, kind=Body.Kind.BRANCH, name=case.name, ends_on=None)
    own = [body.pk for body in old_branches]
    if case.kind != Kind.DISSOLVE and same.exclude(pk__in=own).exists():
        raise ValidationError({"name": "本镇已有同名的党支部，请换一个名称。"})
    if case.kind == Kind.DISSOLVE and case.branch_id in own:
        raise ValidationError({"receiving": "党员要划转到另一个党支部。"})


def check_of(case):
    """The rules' word on the case as it stands today; None for 撤销."""
    return case_people.check_of(
        case_people.members_of(case),
        kind=case.kind,
        units=case.compounds.count(),
        town=case.town_id,
        day=timezone.localdate(),
    )


def recount(case):
    """Write the 成立表 anew, without saving: the compounds' numbers, the conclusion, how many move."""
    day = timezone.localdate()
    compounds = [row.compound for row in case.compounds.select_related("compound").order_by("pk")]
    living = case_people.formation.counts_of_compounds([compound.pk for compound in compounds])
    covered = {}
    rows = Coverage.objects.on(day).filter(compound__in=compounds, body__kind=Body.Kind.BRANCH).order_by("body_id")
    for compound, name in rows.values_list("compound_id", "body__short_name"):
        covered.setdefault(compound, []).append(name)
    sheet = [
        {
            "name": compound.name,
            "households": compound.households,
            "direct": living[compound.pk].direct,
            "full": living[compound.pk].full,
            "branch": "、".join(covered.get(compound.pk, ())),
        }
        for compound in compounds
    ]
    moving = list(case.members.filter(ticked=True).values_list("pk", flat=True))
    case.figures = case_papers.frozen(case, check_of(case), sheet, moving)


# ── 请示 ──


def missing_to_hand_in(case) -> list[str]:
    """What is still to be written before the case goes to the town, in the office's words."""
    return ([] if case.community_met_on else ["社区党委会研究日期"]) + _missing_to_decide(case)


def _missing_to_decide(case):
    """The same of what the town needs, whoever asked for it: a case of the town's own comes without the 研究."""
    missing = [] if case.name or case.kind == Kind.DISSOLVE else ["全称"]
    if case.kind == Kind.DISSOLVE:
        missing += [] if case.branch_id else ["党员划转到哪个党支部"]
        return missing if case.reason else [*missing, "理由"]
    check = check_of(case)
    if check.needs_reason and not case.reason:
        missing.append("理由（" + "；".join(f.text.rstrip("。") for f in check.findings if f.level == "W") + "）")
    return missing + [finding.text for finding in check.findings if finding.level == "B"]


@transaction.atomic
def hand_in(case, *, note="", version, by) -> BranchCase:
    """报送: write the 请示 and send it to the town's office; after a return, send it once more.

    `note` is 附注, who may be asked and under which telephone. Raises Stale, ValueError with what is missing.
    """
    current = _ready(case, version, (State.DRAFT, State.APPLIED), writable=True)
    if current.directed:
        raise ValueError("镇党委直接决定的事项不用请示。")
    if missing := missing_to_hand_in(current):
        raise ValueError("还没写：" + "；".join(missing))
    recount(current)
    if current.request is None:
        current.request = _begin_request(current, note, by)
        current.request_version = _content_version(current.request)
    elif note and note != current.request.note:
        _write_request(current, by, note=note, keep_text=True)
    current.request = documents.send(current.request, by=by, version=current.request.version)
    current.state = State.APPLIED
    current.applied_on = current.applied_on or timezone.localdate()
    _advance(current)
    trail.record("branches.case_handed_in", current, by=by)
    return current


def _begin_request(case, note, by):
    issuer = Body.objects.filter(community=case.community_id, kind=Body.Kind.COMMUNITY_COMMITTEE, ends_on=None).first()
    if issuer is None:
        raise ValueError(f"{case.community}还没有登记社区党委，不能发请示。")
    content = case_papers.request(case, _moving(case))
    return documents.draft(kind=documents.Kind.REQUEST, issuer=issuer, note=note, source=case, by=by, **content)


def _write_request(case, by, *, note=None, keep_text=False):
    asked = case.request
    content = case_papers.request(case, _moving(case))
    if keep_text and edited_by_hand(case):
        content = {"title": asked.title, "text": documents.typed_text(asked), "addressee": asked.addressee}
    elements = {name: getattr(asked, name) for name in documents.ELEMENTS if name not in content}
    if note is not None:
        elements["note"] = note
    by_hand = keep_text and edited_by_hand(case)
    case.request = documents.write(asked, version=asked.version, by=by, **elements, **content)
    if not by_hand:
        case.request_version = _content_version(case.request)


def _moving(case):
    """(name, stage, compound, branch) of the 划转名单, by strokes."""
    rows = case.members.filter(ticked=True).order_by("member__strokes", "member_id")
    names = ("member__person__name", "member__stage", "member__home_compound__name", "from_branch__short_name")
    return list(rows.values_list(*names))


def _content_version(document):
    """How often the text was written: every step raises the version as well and leaves one row."""
    return document.version - document.steps.count() + 1


def edited_by_hand(case) -> bool:
    """Whether somebody changed the 请示 itself after the case wrote it last."""
    return case.request is not None and _content_version(case.request) != case.request_version


def written_by(case) -> dict:
    """{title, text, addressee} of the 请示 as the case would write it now, for the page before handing in."""
    recount(case)
    return case_papers.request(case, _moving(case))


@transaction.atomic
def withdraw(case, *, version, by) -> BranchCase:
    """撤回 the whole case before the 请示 is signed; afterwards only the town's 不同意 ends it, and once the town has
    agreed, its 撤回 of a 批复 that is not signed: the world has moved on, and the matter is begun anew."""
    current = _ready(case, version, (State.DRAFT, State.APPLIED, State.AGREED))
    paper = current.reply if current.state == State.AGREED else current.request
    if paper is not None and paper.state in ISSUED:
        raise ValueError("请示已经签发，不能撤回；不办了的，由镇党建办记“不同意”。")
    if paper is not None and paper.state in (*ON_THE_WAY, Stage.RETURNED):
        documents.withdraw(paper, by=by, version=paper.version)
    current.state = State.WITHDRAWN
    _advance(current)
    trail.record("branches.case_withdrawn", current, by=by)
    return current


# ── 镇党委会、批复 ──


@transaction.atomic
def decide(case, *, agreed, met_on, item, term_years=None, answer="", version, by) -> BranchCase:
    """What the 镇党委会 decided (date and item required). Agreed: the 批复 (directed: a 通知) is drafted by `by` and sent
    for review; not agreed: the case ends with its answer. Raises Stale, ValidationError by field."""
    current = _ready(case, version, (State.DRAFT, State.APPLIED))
    if not waits_for_the_town(current):
        raise ValueError("请示签发以后，镇党委会才研究。")
    _refuse_wrong_decision(current, met_on, item, agreed, answer)
    current.town_met_on, current.town_item, current.decided_by = met_on, item, by
    current.term_years, current.answer = term_years, answer
    current.state = State.AGREED if agreed else State.DECLINED
    if agreed:
        recount(current)
        current.reply = _draft_reply(current, by)
    _advance(current)
    words = {"镇党委会": (None, cn_date(met_on)), "议题": (None, item), "任期（年）": (None, term_years)}
    verb = "branches.case_decided" if agreed else "branches.case_declined"
    trail.record(verb, current, by=by, changes=words, reason=answer)
    return current


def waits_for_the_town(case) -> bool:
    """Whether the 镇党委会 may decide now: the 请示 is signed, or the town decides by itself (R-113)."""
    if case.directed:
        return case.state == State.DRAFT
    return case.state == State.APPLIED and case.request is not None and case.request.state in ISSUED


def _refuse_wrong_decision(case, met_on, item, agreed, answer):
    faults = {}
    if met_on > timezone.localdate():
        faults["met_on"] = "这一天还没有到，开过会再记。"
    elif case.community_met_on and met_on < case.community_met_on:
        faults["met_on"] = f"社区党委会{cn_date(case.community_met_on)}才研究，镇党委会不能更早。"
    if not item:
        faults["item"] = "写上镇党委会的议题，例如：研究成立联合党支部。"
    if not agreed and not answer:
        faults["answer"] = "不同意的，写明答复，社区会看到。"
    if agreed and case.directed and (lacking := _missing_to_decide(case)):
        faults["met_on"] = "先在“修改”里写上：" + "；".join(lacking)
    if faults:
        raise ValidationError(faults)


def _draft_reply(case, by):
    town = Body.objects.filter(town=case.town_id, kind=Body.Kind.TOWN_COMMITTEE, ends_on=None).first()
    content = case_papers.reply(case, _moving(case))
    drafted = documents.draft(
        issuer=town, answers=case.request, source=case, recipients=[case.community], by=by, **content
    )
    return documents.send(drafted, by=by, version=drafted.version)


@transaction.atomic
def defer(case, note, *, version, by) -> BranchCase:
    """暂缓: the 镇党委会 put it off; nothing changes but that it is written down why."""
    current = _ready(case, version, (State.DRAFT, State.APPLIED))
    if not note:
        raise ValidationError({"answer": "暂缓的，写明为什么、什么时候再议。"})
    _advance(current)
    trail.record("branches.case_deferred", current, by=by, reason=note)
    return current


@transaction.atomic
def sign_reply(case, *, version, reply_version, by) -> BranchCase:
    """签发批复: review where it was not reviewed, sign, and bring about what it says, in one transaction.

    Raises Stale, documents.ChangedMeanwhile when the paper changed after it was read, ValueError and ValidationError in
    Chinese: then nothing is signed.
    """
    current = _ready(case, version, (State.AGREED,))
    paper = current.reply
    if paper.state == Stage.REVIEW:
        paper = documents.approve(paper, by=by, version=reply_version)
        reply_version = paper.version
    done = []
    paper = documents.sign(
        paper,
        by=by,
        version=reply_version,
        effect=lambda signed: done.append(effects.carry_out(current, signed, by=by)),
    )
    current.branch, current.reply, current.effective_on = done[0], paper, paper.issued_on
    current.state = State.APPROVED if current.kind in FORMING else State.DONE
    _advance(current)
    trail.record("branches.case_carried_out", current, by=by, changes={"批复": (None, paper.number)})
    return current


# ── 班子、备案 ──


@transaction.atomic
def begin_running(branch, *, on, by):
    """The branch has its leaders: it runs from `on`, its term ends a day short of so many years (where the 批复 says
    how many), its case is done. A branch that runs already stays as it is."""
    standing = Branch.objects.select_for_update(of=("self",)).select_related("body").get(pk=branch.pk)
    if standing.state != Branch.State.APPROVED:
        return standing
    standing.state = Branch.State.RUNNING
    if standing.term_years:
        standing.term_ends_on = _years_after(on, standing.term_years) - timedelta(days=1)
    standing.save()
    for case in BranchCase.objects.select_for_update(of=("self",)).filter(branch=standing.pk, state=State.APPROVED):
        case.state = State.DONE
        _advance(case)
    trail.record("branches.began_running", standing, by=by, changes={"从哪天起": (None, cn_date(on))})
    return standing


def _years_after(day, years):
    try:
        return day.replace(year=day.year + years)
    except ValueError:
        return date(day.year + years, 3, 1)  # 2月29日


@transaction.atomic
def mark_filed(case, *, filed_on, filed_with="", filing_no="", version, by) -> BranchCase:
    """备案 with the organisation department above (R-112); no number of days is set for it."""
    current = _ready(case, version, (State.DONE,))
    if filed_on > timezone.localdate():
        raise ValidationError({"filed_on": "这一天还没有到，备案了再记。"})
    if filed_on < current.effective_on:
        raise ValidationError({"filed_on": f"批复{cn_date(current.effective_on)}才生效，备案不能更早。"})
    current.filed_on, current.filed_with, current.filing_no = filed_on, filed_with, filing_no
    current.state = State.FILED
    _advance(current)
    if current.kind in FORMING:
        standing = Branch.objects.select_for_update(of=("self",)).select_related("body").get(pk=current.branch_id)
        standing.filed_on = filed_on
        standing.save()
    words = {"备案日期": (None, cn_date(filed_on)), "向谁备案": (None, filed_with), "回执号": (None, filing_no)}
    trail.record("branches.case_filed", current, by=by, changes={k: v for k, v in words.items() if v[1]})
    return current


# ── Where a case stands ──


@dataclass(frozen=True)
class Standing:
    """What page, list and to-dos say of a case: how far it is, who is to do what next, since when."""

    words: str
    waits_for: str
    since: date | None = None


_ASKED = {
    Stage.DRAFT: ("请示还没有报送", "社区书记报送"),
    Stage.REVIEW: ("请示等镇审核", "镇党建办审核请示"),
    Stage.RETURNED: ("请示退回修改", "社区修改后再报送"),
    Stage.WITHDRAWN: ("请示已撤回", "社区修改后再报送"),
    Stage.APPROVED: ("镇已同意，等签发请示", "社区书记签发请示"),
    Stage.SIGNED: ("等镇党委会研究", "镇党建办报镇党委会研究"),
    Stage.ARCHIVED: ("等镇党委会研究", "镇党建办报镇党委会研究"),
    Stage.VOID: ("请示已作废", ""),
}
_ANSWERED = {
    Stage.DRAFT: ("批复在拟稿", "镇党建办送审批复"),
    Stage.RETURNED: ("批复退回修改", "镇党建办修改批复"),
    Stage.WITHDRAWN: ("批复已撤回", "镇党建办修改批复"),
    Stage.REVIEW: ("等签发批复", "镇领导签发批复"),
    Stage.APPROVED: ("等签发批复", "镇领导签发批复"),
}


def standing(case) -> Standing:
    """The Standing of a case whose `request` and `reply` are at hand (select_related)."""
    return standing_of(
        case.state,
        directed=case.directed,
        elects=case.leaders == BranchCase.Leaders.ELECTION,
        request=case.request and case.request.state,
        reply=case.reply and case.reply.state,
        days=(case.applied_on, case.town_met_on, case.effective_on),
    )


def standing_of(state, *, directed, elects, request, reply, days) -> Standing:
    """The same from the plain values of a row. `days`: 请示, 镇党委会, 生效."""
    applied, met, effective = days
    if state == State.DRAFT:
        return Standing("起草", "镇党建办报镇党委会研究" if directed else "社区书记报送")
    if state == State.APPLIED:
        return Standing(*_ASKED[request], since=applied)
    if state == State.AGREED:
        return Standing(*_ANSWERED.get(reply, ("批复已签发", "")), since=met)
    if state == State.APPROVED:
        return Standing("已批复待选举" if elects else "已批复待指派书记", _LEADERS[elects], since=effective)
    if state == State.DONE:
        return Standing("已办结，等备案", "镇党建办报上级备案", since=effective)
    return Standing(dict(State.choices)[state], "")


_LEADERS = {True: "社区组织党员大会选举", False: "镇党委指派书记"}


def is_writable(case) -> bool:
    """Whether its facts may be changed: still a draft, or the 请示 is back."""
    if case.state == State.DRAFT:
        return True
    return case.state == State.APPLIED and case.request.state in WRITABLE


# ── Within ──


def _ready(case, version, states, *, writable=False):
    """The locked row, in one of the states the deed starts from and as its page was read."""
    rows = BranchCase.objects.select_for_update(of=("self",))
    related = ("community__town", "town", "branch", "secretary", "request__issuer", "reply__issuer")
    current = rows.select_related(*related).get(pk=case.pk)
    if current.version != version or current.state not in states:
        raise Stale(current)
    if writable and not is_writable(current):
        raise ValueError(f"现在{standing(current).words}，不能改；要改，请镇党建办退回，或者先撤回公文。")
    return current


def _advance(case):
    """Save the row under its next version; what is over holds its compounds and branches no longer."""
    case.version += 1
    case.save()
    is_open = case.state in RUNNING_ON
    case.compounds.exclude(is_open=is_open).update(is_open=is_open)
    case.old_branches.exclude(is_open=is_open).update(is_open=is_open)


def members_with_them(case):
    """(直管, others) of the replaced branches, who move with them without being listed: two numbers."""
    if case.kind not in FORMING:
        return 0, 0
    rows = Member.objects.filter(branch__in=case.old_branches.values("branch"))
    relations = list(rows.filter(status__in=STAYING).values_list("relation", flat=True))
    direct = relations.count(Member.Relation.DIRECT)
    return direct, len(relations) - direct
