"""What the pages of a case show: who may do what, its way, its facts, its papers, what a signature brings about."""

from dataclasses import dataclass

from django.urls import reverse
from django.utils import timezone

from accounts.roles import CASE_WRITERS, Role
from branches import case_papers, case_people, cases
from branches.case_people import FORMING, OF_COMPOUNDS, STANDING, Kind, Matter
from branches.models import BranchCase
from documents import pages as document_pages
from documents.permissions import rights as document_rights
from members.models import Person
from office.areas.models import Body, Coverage
from office.audit.models import Trail
from office.audit.words import VERBS
from office.chinese.dates import cn_date
from office.papers import documents, layout
from office.papers.models import ISSUED, Document, Stage
from office.papers.models import Kind as Paper

State = BranchCase.State
HISTORY = 30  # 经过 shows the latest so many


def crumbs(case=None):
    """The way down to the ledger, or to a page of one case."""
    way = [
        {"label": "支部与党员", "url": reverse("branches")},
        {"label": "设立调整", "url": reverse("cases")},
    ]
    if case is not None:
        way.append({"label": case.short_name, "url": reverse("case", args=[case.pk])})
    return way


# ── Who may ──


@dataclass(frozen=True)
class Rights:
    """What one user may do to one case as it stands."""

    write: bool
    hand_in: bool
    withdraw: bool
    decide: bool
    sign_reply: bool
    lead: bool
    file: bool


def rights(user, case) -> Rights:
    """The user's Rights to a case they can see."""
    secretary = case.community_id in user.reach_as(Role.COMMUNITY_SECRETARY).communities
    office = case.town_id in user.towns_as(Role.TOWN_OFFICE)
    writer = office or case.community_id in user.reach_as(*CASE_WRITERS).communities
    open_now = case.state in (State.DRAFT, State.APPLIED)
    writable = open_now and cases.is_writable(case) and (office or not case.directed)
    asked = case.request is not None and case.request.state in ISSUED
    answerable = case.reply is not None and case.reply.state in (Stage.REVIEW, Stage.APPROVED)
    return Rights(
        write=writer and writable,
        hand_in=secretary and writable and not case.directed,
        withdraw=withdraws(user, case)
        and (open_now and not asked or case.state == State.AGREED and case.reply.state not in ISSUED),
        decide=office and open_now and cases.waits_for_the_town(case),
        sign_reply=case.state == State.AGREED
        and answerable
        and case.reply.drafted_by_id != user.pk
        and case.town_id in user.towns_as(Role.TOWN_LEADER),
        lead=writer and case.state == State.APPROVED,
        file=office and case.state == State.DONE,
    )


def withdraws(user, case) -> bool:
    """Whether the user is who takes the case back: whoever began it, after the 镇党委会 its office."""
    if case.directed or case.state == State.AGREED:
        return case.town_id in user.towns_as(Role.TOWN_OFFICE)
    return case.community_id in user.reach_as(Role.COMMUNITY_SECRETARY).communities


# ── Choosing ──


def branches_of(reach):
    """Body rows of compounds' branches that stand, within reach."""
    standing = Body.objects.within(reach).filter(branch__state__in=STANDING, branch__kind__in=OF_COMPOUNDS)
    return standing.select_related("community__town", "branch").order_by("community__position", "id")


def branches_of_community(community):
    """Every branch of the community that stands, the old ones too: one of them takes a dissolved branch's members in."""
    return Body.objects.filter(community=community, branch__state__in=STANDING).order_by("id")


def covered_words(community, day):
    """(compound, branch) names for the page on which compounds are chosen."""
    rows = Coverage.objects.on(day).filter(community=community, body__kind=Body.Kind.BRANCH)
    return list(rows.order_by("compound__pinyin", "compound_id").values_list("compound__name", "body__short_name"))


def matter_of(case):
    """The Matter of a case on record."""
    compounds = tuple(row.compound for row in case.compounds.select_related("compound").order_by("pk"))
    old = tuple(row.branch for row in case.old_branches.select_related("branch").order_by("pk"))
    return Matter(case.kind, case.community, compounds, old, case.branch if case.kind == Kind.ADJUST else None)


def first_facts(matter, check):
    """What stands in the boxes of a new case: names by R-115, 设支部委员会 by R-121."""
    if matter.kind == Kind.DISSOLVE:
        return {}
    committee = check.committee
    if matter.kind == Kind.ADJUST:
        return {"name": matter.branch.name, "short_name": matter.branch.short_name}
    name, short = case_people.suggested_name(matter, committee)
    return {"name": name, "short_name": short, "has_committee": committee, "leaders": BranchCase.Leaders.ELECTION}


def facts_of(case):
    """The same of a case on record."""
    return {name: getattr(case, name) for name in cases.FACTS} | {"receiving": case.branch}


def of_matter(matter, check, directed):
    """What a form of a case shows beside its boxes."""
    moved = matter.kind in FORMING
    return {
        "kind": Kind(matter.kind),
        "compounds": "、".join(compound.name for compound in matter.compounds),
        "old": "、".join(body.short_name for body in matter.old_branches)
        if moved or matter.kind == Kind.DISSOLVE
        else "",
        "changed": matter.branch,
        "check": check,
        "directed": directed,
        "community": matter.community,
    }


# ── One case ──


def page_of(case, user):
    """The context of branches/case.html."""
    may = rights(user, case)
    if case.state == State.DRAFT:
        cases.recount(case)  # 党员有了变动的，看到的是今天的数
    papers = [_paper(paper, user) for paper in (case.request, case.reply) if paper is not None]
    rows = list(case.members.filter(ticked=True).order_by("member__strokes", "member_id").values_list(*_LISTED))
    return {
        "case": case,
        "may": may,
        "standing": cases.standing(case),
        "returned": _returned(case),
        "steps": steps(case),
        "rows": fact_rows(case),
        "papers": papers,
        "by_hand": may.write and cases.edited_by_hand(case),
        "missing": cases.missing_to_hand_in(case) if may.hand_in else [],
        "members": [_listed(row) for row in rows],
        "with_them": with_them_words(case) if case.state not in BranchCase.IN_EFFECT else "",
        "old": list(case.old_branches.order_by("pk").values_list("branch_id", "branch__short_name")),
        "warnings": case.figures.get("warnings", ()),
        "history": history(case),
        "crumbs": crumbs(),
    }


def _returned(case):
    """(which paper, why) it came back; () while none did."""
    for paper in (case.reply, case.request):
        if paper is not None and paper.state == Stage.RETURNED:
            return paper.get_kind_display(), paper.reason
    return ()


def _paper(paper, user):
    may = document_rights(user, paper)
    return {
        "paper": paper,
        "kind": paper.get_kind_display(),
        "state": paper.get_state_display(),
        "badge": document_pages.BADGES.get(paper.state, "plain"),
        "may": may,
        "signs_here": may.sign and paper.kind == Paper.REQUEST,
    }


def steps(case):
    """The way of the case: [{label, words, state}], state done, now or later."""
    asked, answer = case.request, case.reply
    elects = case.leaders == BranchCase.Leaders.ELECTION
    way = []
    if not case.directed:
        signed = asked is not None and asked.state in ISSUED
        way.append(("社区党委会研究", _on(case.community_met_on), case.community_met_on))
        way.append(
            (
                "请示",
                f"{asked.number}，{_on(asked.issued_on)}" if signed else asked and cases.standing(case).words,
                signed,
            )
        )
    decided = case.state in BranchCase.DECIDED
    way.append(("镇党委会", f"{_on(case.town_met_on)}，{case.town_item}" if case.town_met_on else "", decided))
    paper = "通知" if case.directed else "批复"
    way.append(
        (paper, f"{answer.number}，{_on(case.effective_on)}生效" if case.effective_on else "", case.effective_on)
    )
    if case.kind in FORMING:
        words = "已产生" if case.state in (State.DONE, State.FILED) else ""
        way.append(("选举班子" if elects else "指派书记", words, words))
    way.append(("备案", " ".join(filter(None, [_on(case.filed_on), case.filed_with, case.filing_no])), case.filed_on))
    return list(_marked(way, over=case.state in BranchCase.CLOSED))


def _marked(way, *, over):
    now = not over
    for label, words, done in way:
        state = "done" if done else "now" if now else "later"
        now = now and bool(done)
        yield {"label": label, "words": words or "", "state": state}


def _on(day):
    return cn_date(day) if day else ""


def fact_rows(case):
    """Label and value pairs of the case for components/kv.html."""
    compounds = "、".join(row["name"] for row in case.figures.get("compounds", ()))
    old = "、".join(case.old_branches.order_by("pk").values_list("branch__short_name", flat=True))
    counts = case.figures.get("counts") or {}
    rows = [("社区", str(case.community))] + ([("小区", compounds)] if compounds else [])
    if case.kind in FORMING:
        rows += [("全称", case.name), ("替换的党支部", old or "没有")]
    elif case.kind == Kind.ADJUST:
        rows += [("党支部", old), ("调整后的全称", case.name)]
    else:
        rows += [("撤销的党支部", old), ("党员划转到", str(case.branch or ""))]
    if counts:
        people = f"直管党员{counts['direct']}名，其中正式党员{counts['full']}名"
        rows.append(("划入以后", f"{people}；在职报到{counts['in_service']}名，不计入"))
        rows.append(("条件", f"{case.figures['conclusion']}（{case.figures['cite']}）"))
    if case.kind in FORMING:
        rows.append(("支部委员会", "设" if case.has_committee else "不设，设书记1名"))
        rows.append(("班子", case.get_leaders_display()))
        later = "没有写" if case.state in (*BranchCase.CLOSED, State.DONE) else "还没有定"
        rows.append(("书记人选", case.secretary.name if case.secretary else later))
        rows.append(("书记人选来源", case.get_secretary_source_display() or later))
        rows += [("治理实际", case.reality)] if case.reality else []
        if case.state in BranchCase.DECIDED:
            rows.append(("任期", f"{case.term_years}年" if case.term_years else "批复没有写"))
    rows += [("理由", case.reason)] if case.reason else []
    rows += [("答复", case.answer)] if case.answer else []
    return [{"label": label, "value": value} for label, value in rows]


_LISTED = (
    "member_id",
    "member__person__name",
    "member__stage",
    "member__home_compound__name",
    "from_branch__short_name",
    "ticked",
)


def listed(rows):
    """Every line of the 划转名单, by strokes."""
    return [_listed(row) for row in rows.order_by("member__strokes", "member_id").values_list(*_LISTED)]


def _listed(row):
    pk, name, stage, compound, branch, ticked = row
    return {
        "pk": pk,
        "name": name,
        "stage": case_papers.STAGE[stage],
        "compound": compound or "—",
        "branch": branch or "—",
        "ticked": ticked,
    }


def with_them_words(case):
    """Who moves with a replaced branch: 直管党员17名、在职报到等46名; "" where nobody does."""
    direct, others = cases.members_with_them(case)
    return "、".join([*([f"直管党员{direct}名"] if direct else []), *([f"在职报到等{others}名"] if others else [])])


def history(case):
    """经过, newest first, for components/trail.html."""
    rows = Trail.objects.about(case).order_by("-id").values_list("at", "verb", "reason", "actor_name")[:HISTORY]
    found = []
    for at, verb, reason, who in rows:
        at = timezone.localtime(at)
        words = VERBS.get(verb, verb)
        when = f"{cn_date(at.date())} {at:%H:%M}"
        found.append({"when": when, "text": f"{words}：{reason}" if reason else words, "who": who, "on": True})
    return found


# ── Papers ──


def contact(case, user):
    """附注 of the 请示: as it was written last time, else the user's own name and telephone; "" where none is known."""
    if case.request is not None:
        return case.request.note
    earlier = Document.objects.visible_to(user).filter(
        community=case.community_id, kind=Paper.REQUEST, drafted_by=user.pk
    )
    if note := earlier.exclude(note="").order_by("-id").values_list("note", flat=True).first():
        return note
    phone = user.phone or Person.objects.filter(user=user).values_list("phone", flat=True).first()
    return f"联系人：{user.name}，电话：{phone}" if phone else ""


def request_preview(case):
    """What the check page prints: the 请示 as it stands, or as it will be written."""
    if case.request is not None:
        return preview(case.request)
    content = cases.written_by(case)
    issuer = Body.objects.filter(community=case.community_id, kind=Body.Kind.COMMUNITY_COMMITTEE, ends_on=None).first()
    blocks, attachments = layout.read_text(content["text"])
    unsaved = Document(
        kind=Paper.REQUEST,
        issuer=issuer or Body(name=f"{case.community}党委"),
        title=content["title"],
        addressee=content["addressee"],
        body=[block.as_row() for block in blocks],
        attachments=[each.as_row() for each in attachments],
    )
    return preview(unsaved)


def preview(document):
    """The context of documents/_preview.html."""
    return document_pages.shown(document, documents.layout_of(document))


def brings(case):
    """What the signature brings about, in sentences."""
    moving = case.members.filter(ticked=True).count()
    direct, others = cases.members_with_them(case)
    old = "、".join(case.old_branches.order_by("pk").values_list("branch__short_name", flat=True))
    compounds = "、".join(row["name"] for row in case.figures.get("compounds", ()))
    if case.kind == Kind.DISSOLVE:
        return [f"{old}今天起撤销，会议和台账留着，随时能看。", f"党员{moving}名划转到{case.branch}。"]
    if case.kind == Kind.ADJUST:
        found = [f"{old}今天起覆盖{compounds}。"]
        return [*found, f"党员{moving}名划入。"] if moving else found
    found = [f"{case.short_name}今天起成立，覆盖{compounds}，等{case.get_leaders_display()}。"]
    if old:
        found.append(f"{old}到昨天为止，会议和台账留着，随时能看。")
    if moving + direct:
        found.append(f"党员{moving + direct}名划入新的党支部{f'，在职报到等{others}名随转' if others else ''}。")
    return found
