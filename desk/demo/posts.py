"""What the branches' leadership pages live on: papers of appointments, groups, pool, one candidate sheet, changed terms."""

from datetime import timedelta

from branches.models import (
    Branch,
    CandidateSheet,
    PartyGroup,
    PartyGroupMember,
    PoolEntry,
    TermChange,
)
from members.models import BRANCH_OFFICERS, Member, Post
from office.areas.models import Body

NUMERALS = "一二三四五六七八九十"
WANTED = (  # 身份、几人、怎样同意、说明
    ("retired_cadre", 2, "signed", "退休前在机关做党务工作，愿意到小区任职。"),
    ("transferred_officer", 2, "said", "转业后在本镇居住，愿意参加小区工作。"),
    ("retired", 2, "said", "在小区住了十多年，邻里熟悉。"),
)


def tell(story):
    """Papers and groups in every town; what somebody has to record, where somebody has an account."""
    _paper_appointments(story)
    _groups(story)
    office = story.users.get(story.leaders["office"].pk)
    if office is None or not story.plan.focus:
        return
    _pool(story, office)
    _candidate(story, office)
    _extended(story, office)


def _paper_appointments(story):
    """Officers who were appointed have a paper and a reason (R-127)."""
    head = story.plan.name[0]
    numbers = {}
    for post in story.rows.of[Post]:
        if post.title not in BRANCH_OFFICERS or post.how not in ("appointed", "acting"):
            continue
        if post.body.kind != Body.Kind.BRANCH:
            continue
        year = post.starts_on.year
        numbers[year] = numbers.get(year, 40) + 1
        post.paper = post.paper or f"{head}委任〔{year}〕{numbers[year]}号"
        post.reason = (
            "暂无合适人选，先由选派的同志暂任" if post.how == "acting" else "正式党员少，不设支委会，由镇党委指派"
        )


def _groups(story):
    """The leaders stand since the branches were staffed; here is who belongs to each group."""
    posts = {
        (post.body.pk, post.person.pk): post for post in story.rows.of[Post] if post.title == Post.Title.GROUP_LEADER
    }
    for home in story.homes:
        members = [
            m for m, _ in home.members if m.branch == home.body and m.relation == "direct" and m.status == "normal"
        ]
        for number, leader in enumerate(home.groups):
            name = f"第{NUMERALS[number]}党小组"
            posts[home.body.pk, leader.pk].duty = name
            since = home.elected_on
            group = story.rows.add(
                PartyGroup, branch=home.body, name=name, starts_on=since, reported_on=since + timedelta(days=10)
            )
            leading = {each.pk for each in home.groups}
            own = [m for m in members if m.person_id == leader.pk]
            others = [m for m in members if m.person_id not in leading][number :: len(home.groups)]
            for member in [*own, *others]:
                story.rows.add(PartyGroupMember, group=group, member=member, starts_on=since)


def _pool(story, office):
    for background, number, consent, note in WANTED:
        holders = {p.person.pk for p in story.rows.of[Post]}
        fit = [
            m
            for m in story.rows.of[Member]
            if m.background == background
            and (m.stage, m.relation, m.status) == ("full", "direct", "normal")
            and not m.floating_out
            and m.person_id not in holders
            and story.as_of.year - m.person.birth_date.year < 72
        ]
        for days, member in enumerate(fit[:number], start=20):
            story.rows.add(
                PoolEntry,
                member=member,
                consented_on=story.day(-days),
                consent=consent,
                note=note,
                recorded_by=office,
            )


def _candidate(story, office):
    """For the branch whose secretary's post stands empty, the first of the pool."""
    home = next((home for home in story.homes if "vacancy" in home.story), None)
    if home is None or not story.rows.of[PoolEntry]:
        return
    story.rows.add(
        CandidateSheet,
        branch=home.body,
        community=home.body.community,
        person=story.rows.of[PoolEntry][0].member.person,
        office=Post.Title.SECRETARY,
        source="source_retired_hire",
        political="入党三十多年，退休后一直参加支部活动，讲原则、守规矩。",
        standing="走访了十二户居民和两名老党员，都说办事公道、肯听意见。",
        service="疫情时值守门岗两个月，牵头修好了3栋的楼道灯。",
        conflicts="不在物业和业委会任职，没有利益关系。",
        opinion="建议作为书记人选，提交党员大会选举。",
        written_on=story.day(-9),
        written_by=office,
    )


def _extended(story, office):
    """Two branches whose term was extended by half a year."""
    running = [
        b for b in story.rows.of[Branch] if b.term_ends_on and b.state == "running" and b.term_ends_on > story.day(200)
    ]
    for number, branch in enumerate(running[:2]):
        was = branch.term_ends_on - timedelta(days=180)
        story.rows.add(
            TermChange,
            branch=branch.body,
            kind=TermChange.Kind.EXTENDED,
            was=was,
            until=branch.term_ends_on,
            approved_on=story.day(-70 - number),
            paper=f"{story.plan.name[0]}委〔{story.day(-70).year}〕{31 + number}号",
            reason="小区业委会换届同期进行，党员集中困难，推迟半年换届",
            recorded_by=office,
        )
