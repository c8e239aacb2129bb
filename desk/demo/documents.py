"""公文 of the year: numbers in sequence, one waiting for review, one for signature, one sent back, one 作废."""

from datetime import datetime, time
from uuid import NAMESPACE_URL, uuid5
from zoneinfo import ZoneInfo

from branches.models import Branch
from office.papers import documents, layout
from office.papers.models import (
    Document,
    DocumentNumber,
    DocumentRecipient,
    DocumentStep,
    IssuerWord,
    Kind,
    NumberRegister,
    Stage,
)

Step = DocumentStep.Step
NOTE = "联系人：{name}，电话：{phone}"
# 标题、主送、正文、几天前签发、作废理由。
NOTICES = (
    (
        "关于开展小区党支部建设情况摸底的通知",
        "为摸清底数，现将有关事项通知如下。\n一、摸底内容\n（一）小区基本情况。户数、栋数、物业服务企业。\n"
        "（二）党员情况。居住在小区的党员人数和组织关系。\n二、时间安排\n各社区于通知印发之日起二十个工作日内报镇党建办。\n"
        "附件：小区党员摸底表\n|小区|户数|直管党员|在职报到党员|\n||||",
        300,
        "",
    ),
    (
        "关于做好在职党员进社区报到工作的通知",
        "现就做好在职党员进社区报到工作通知如下。\n一、报到对象\n各级机关、企事业单位的在职党员。\n二、报到方式\n"
        "持单位介绍信到居住地社区党委报到。\n三、有关要求\n——社区党委当场登记；\n——每年向单位反馈一次。",
        220,
        "",
    ),
    (
        "关于召开小区党建工作推进会的通知",
        "定于本月召开小区党建工作推进会，请各社区党委书记参加。",
        150,
        "会议改期，另发通知",
    ),
    (
        "关于召开小区党建工作推进会的补充通知",
        "小区党建工作推进会改在镇政府三楼会议室召开，请各社区党委书记准时参加。",
        148,
        "",
    ),
    (
        "关于开展年度党支部书记述职评议的通知",
        "现就开展年度述职评议有关事项通知如下。\n一、述职内容\n（一）上年度问题整改情况。\n（二）履行第一责任人职责情况。\n"
        "（三）存在问题和下一步打算。\n二、时间安排\n（一）撰写报告。各支部在系统里填写，字数不必多。\n（二）评议。"
        "社区党委书记逐份审阅后收下或退回。",
        24,
        "",
    ),
)
MINUTES = (
    (
        "垃圾分类投放点调整",
        "会议听取了各小区投放点情况，议定以下事项。\n一、撤并投放点三处。\n二、由物业公司安排专人值守。",
        130,
    ),
    (
        "加装电梯协商",
        "会议就加装电梯有关事项进行协商，议定以下事项。\n一、由小区党支部入户征求意见。\n二、方案公示后再议。",
        55,
    ),
)


def send_documents(story):
    """The year's documents of the town and of its first community; nothing where nobody can sign."""
    desk = {key: story.users.get(story.leaders[key].pk) for key in ("office", "office_deputy", "leader")}
    if None in desk.values():
        return
    circle = story.circles[0]
    chief, clerk = (story.users.get(person.pk) for person in (circle.secretary, circle.deputy))
    office, deputy, leader = desk["office"], desk["office_deputy"], desk["leader"]
    _words(story)
    town, community = story.town_committee, circle.party_committee
    everybody = {
        "addressee": "各社区党委",
        "note": contact(office),
        "recipients": [c.community for c in story.circles],
    }
    for title, text, days, void in NOTICES:
        made = draft(story, town, Kind.NOTICE, title, text, office, **everybody)
        signed(story, made, days, deputy, leader, void=void)
    letter = "因小区党群服务站建设需要，商请贵局协调解决用房一处。\n专此函达，请予支持。"
    made = draft(
        story,
        town,
        Kind.LETTER,
        "关于商请协调小区党群服务站用房的函",
        letter,
        office,
        addressee="区住建局",
        note=contact(office),
    )
    signed(story, made, 90, deputy, leader)
    for title, text, days in MINUTES:
        who = {"present": f"{chief.name}、{clerk.name}、各小区党支部书记", "observers": "物业项目负责人"}
        made = draft(story, community, Kind.MINUTES, title, text, clerk, mark=f"{circle.community}联席会议纪要", **who)
        signed(story, made, days, chief, chief)
    _answered_request(story, office, deputy, leader)
    _on_their_way(story, circle, clerk, chief, office, deputy)


def _words(story):
    """机关代字: the town's and each community's own."""
    tails = {Kind.NOTICE: "发", Kind.LETTER: "函", Kind.MINUTES: "纪"}
    heads = [(story.town_committee, f"{story.plan.name[0]}委", tails | {Kind.REPLY: "", Kind.REQUEST: "请"})]
    for circle in story.circles:
        name = circle.community.name.removesuffix("社区").removesuffix("村")
        heads.append((circle.party_committee, f"{name}党", tails | {Kind.REQUEST: ""}))
    for issuer, head, own in heads:
        for kind, tail in own.items():
            _row(story, IssuerWord, issuer, issuer=issuer, kind=kind, word=head + tail)


def _answered_request(story, office, deputy, leader):
    """The 请示 and 批复 of the branch that waits for its election, under the number its record names."""
    branch = next((b for b in story.rows.of[Branch] if b.state == "approved" and b.approved_on), None)
    if branch is None:
        return
    circle = next(c for c in story.circles if c.community is branch.community)
    chief, clerk = story.users[circle.secretary.pk], story.users[circle.deputy.pk]
    name, days = branch.body.name, (story.as_of - branch.approved_on).days
    asked = draft(
        story,
        circle.party_committee,
        Kind.REQUEST,
        f"关于成立{name}的请示",
        f"经社区党委会研究，拟成立{name}。\n妥否，请批示。",
        clerk,
        addressee=story.town_committee.name,
        note=contact(clerk),
    )
    signed(story, asked, days + 8, office, chief)
    number = int(branch.approval_paper.split("〕")[1].removesuffix("号"))
    _register(story, story.town_committee, Kind.REPLY, branch.approved_on.year, used_before=number - 1)
    answer = draft(
        story,
        story.town_committee,
        Kind.REPLY,
        f"关于同意成立{name}的批复",
        f"你委《{asked.title}》（{asked.number}）收悉。经镇党委会研究，同意成立{name}。\n此复。",
        office,
        addressee=circle.party_committee.short_name,
        recipients=[circle.community],
        answers=asked,
    )
    signed(story, answer, days, deputy, leader)


def _on_their_way(story, circle, clerk, chief, office, deputy):
    """Waiting for the town's review, for either signature, and sent back to the community's secretary."""
    text = "为做好换届工作，拟请镇里派员指导。\n妥否，请批示。"
    upwards = {"addressee": story.town_committee.name}
    waiting = draft(
        story,
        circle.party_committee,
        Kind.REQUEST,
        "关于请派员指导业主委员会换届的请示",
        text,
        clerk,
        note=contact(clerk),
        **upwards,
    )
    advance(story, waiting, 2, [(Step.SENT, clerk)], Stage.REVIEW)
    back = draft(
        story,
        circle.party_committee,
        Kind.REQUEST,
        "关于成立小区联合党支部的请示",
        "两个小区直管党员分别为2名和17名，拟成立联合党支部。\n妥否，请批示。",
        chief,
        note=contact(chief),
        **upwards,
    )
    held = draft(
        story,
        circle.party_committee,
        Kind.MINUTES,
        "停车位划线协商",
        "会议议定以下事项。\n一、由物业公司提出划线方案。\n二、公示七日后施工。",
        clerk,
        mark=f"{circle.community}联席会议纪要",
        present=f"{chief.name}、{clerk.name}、各小区党支部书记",
    )
    advance(story, held, 1, [(Step.SENT, clerk), (Step.APPROVED, chief)], Stage.APPROVED)
    reason = "请补充书记人选来源"
    advance(story, back, 3, [(Step.SENT, chief), (Step.RETURNED, office)], Stage.RETURNED, reason=reason)
    notice = draft(
        story, story.town_committee, Kind.NOTICE, "关于做好春节期间走访慰问的通知", "请各社区于节前完成走访慰问。", office,
        addressee="各社区党委", recipients=[c.community for c in story.circles],
    )  # fmt: skip
    advance(story, notice, 1, [(Step.SENT, office), (Step.APPROVED, deputy)], Stage.APPROVED)


def draft(story, issuer, kind, title, text, by, *, recipients=(), **elements):
    """An unsaved document as documents.draft would make it; its times come with its steps."""
    blocks, attachments = layout.read_text(text)
    made = _row(
        story,
        Document,
        issuer,
        issuer=issuer,
        kind=kind,
        title=title,
        uuid=_uuid(story),
        body=[block.as_row() for block in blocks],
        attachments=[each.as_row() for each in attachments],
        sealed=kind != Kind.MINUTES,
        drafted_by=by,
        **elements,
    )
    for community in recipients:
        story.rows.add(DocumentRecipient, document=made, community=community, town=story.town)
    return made


def _uuid(story):
    """A number of its own that takes nothing from the story's dice."""
    return uuid5(NAMESPACE_URL, f"{story.plan.name}/{story.as_of}/{len(story.rows.of[Document])}")


def _row(story, model, home, **fields):
    return story.rows.add(model, town=story.town, community=home.community, **fields)


def contact(user):
    return NOTE.format(name=user.name, phone="87654321")


def _at(story, days, hour):
    """A moment so many days before the as-of date; later hours for later steps."""
    return datetime.combine(story.day(-days), time(hour, 10), ZoneInfo("Asia/Shanghai"))


def advance(story, document, days, steps, state, *, reason=""):
    """Walk the document through its steps, an hour apart, on one day, and leave it in `state`."""
    document.drafted_at = _at(story, days + 1, 9)
    _step(story, document, Step.DRAFTED, document.drafted_by, document.drafted_at)
    for hour, (step, by) in enumerate(steps, start=10):
        at = _at(story, days, hour)
        last = step in (Step.RETURNED, Step.VOIDED)
        _step(story, document, step, by, at, reason if last else "")
        if step == Step.SENT:
            document.sent_at = at
        elif step == Step.APPROVED:
            document.reviewed_at, document.reviewed_by = at, by
        elif step == Step.SIGNED:
            _sign(story, document, by, at)
        elif step == Step.VOIDED:
            _void(story, document, at, reason)
    document.state, document.reason = state, reason
    document.version = len(steps) + 1


def signed(story, document, days, reviewer, signer, *, void=""):
    """Sent, reviewed and signed so many days ago; afterwards 作废 where a reason is given."""
    steps = [(Step.SENT, document.drafted_by), (Step.APPROVED, reviewer), (Step.SIGNED, signer)]
    if void:
        steps.append((Step.VOIDED, signer))
    advance(story, document, days, steps, Stage.VOID if void else Stage.SIGNED, reason=void)


def _sign(story, document, by, at):
    register = _register(story, document.issuer, document.kind, at.year)
    register.last += 1
    _row(
        story,
        DocumentNumber,
        document.issuer,
        register=register,
        number=register.last,
        document=document,
        given_at=at,
    )
    document.signed_by, document.signed_at, document.issued_on = by, at, at.date()
    document.number, document.state = register.label(register.last), Stage.SIGNED
    document.frozen = documents.layout_of(document).as_row()


def _void(story, document, at, reason):
    taken = next(row for row in story.rows.of[DocumentNumber] if row.document is document)
    taken.voided_at, taken.void_reason = at, reason


def _register(story, issuer, kind, year, used_before=0):
    """The run of numbers of the issuer's word for the kind in a year, opened when first asked for."""
    word = next(w.word for w in story.rows.of[IssuerWord] if w.issuer is issuer and w.kind == kind)
    for register in story.rows.of[NumberRegister]:
        if (register.word, register.year) == (word, year):
            return register
    return _row(
        story,
        NumberRegister,
        issuer,
        issuer=issuer,
        kind=kind,
        word=word,
        year=year,
        used_before=used_before,
        last=used_before,
    )


def _step(story, document, step, by, at, reason=""):
    story.rows.add(DocumentStep, document=document, step=step, at=at, by=by, reason=reason)
