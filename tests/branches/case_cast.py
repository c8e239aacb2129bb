"""Cases of the cast, brought to each state by the people whose step it is."""

from uuid import uuid4

from django.utils import timezone

from branches import case_pages, case_people, cases
from branches.models import BranchCase, CaseBranch, CaseCompound
from office.papers import documents
from tests.documents.cast import words

NOTE = "联系人：王伟，电话：87654321"
STATES = ("起草", "待审核", "待签发", "已请示", "同意", "生效", "办结")


def matter(place, kind="joint", names=("湖畔", "公园"), branch=None):
    """What is to be done in 北社区; a compound without a branch is made when it is named first."""
    compounds = [place.compound[name] for name in names]
    body = place.body[branch] if branch else None
    return case_people.matter_of(kind, place.community["北社区"], compounds, branch=body, day=timezone.localdate())


def opened(place, kind="joint", names=("湖畔", "公园"), *, branch=None, by="社区书记", **facts):
    about = matter(place, kind, names, branch)
    check = case_people.check_of(
        case_people.members_with(about, []), kind=kind, units=len(names), town=about.community.town_id, day=place.today
    )
    first = case_pages.first_facts(about, check) | {"community_met_on": place.today} | facts
    return cases.open_case(about, token=uuid4(), by=place.user[by], **first)


def handed_in(place, case, *, by="社区书记"):
    ensure_words(place)
    return cases.hand_in(fresh(case), note=NOTE, version=fresh(case).version, by=place.user[by])


def ensure_words(place):
    """机关代字 of the community's 请示 and the town's 批复 and 通知."""
    words(place)
    for kind, word in (("reply", "西委"), ("notice", "西委发"), ("letter", "西委函")):
        documents.set_word(place.body["西塘镇"], kind, word, by=place.user["镇党建办"])


def fresh(case):
    return BranchCase.objects.select_related("request", "reply", "branch").get(pk=case.pk)


def reviewed(place, case):
    asked = fresh(case).request
    documents.approve(asked, by=place.user["镇党建办"], version=asked.version)
    return fresh(case)


def signed(place, case):
    asked = fresh(case).request
    documents.sign(asked, by=place.user["社区书记"], version=asked.version)
    return fresh(case)


def decided(place, case, **facts):
    facts = {"agreed": True, "met_on": place.today, "item": "研究成立党支部", "term_years": 3} | facts
    found = fresh(case)
    return cases.decide(found, version=found.version, by=place.user["镇党建办"], **facts)


def carried_out(place, case):
    found = fresh(case)
    return cases.sign_reply(found, version=found.version, reply_version=found.reply.version, by=place.user["镇领导"])


def done(place, case):
    cases.begin_running(fresh(case).branch, on=place.today, by=place.user["社区书记"])
    return fresh(case)


STEPS = (handed_in, reviewed, signed, decided, carried_out, done)


def brought_to(place, case, state):
    """The case walked to one of STATES."""
    for step in STEPS[: STATES.index(state)]:
        case = step(place, case)
    return fresh(case)


def case(place, state="起草"):
    """湖畔's case in that state, made once in a test; cases in other states let the branch go for it."""
    short = f"湖畔{state}"
    if found := BranchCase.objects.filter(short_name=short).first():
        return found
    for held in (CaseCompound, CaseBranch):
        held.objects.update(is_open=False)
    own = opened(place, "adjust", ("湖畔",), branch="湖畔党支部", short_name=short)
    return brought_to(place, own, state)
