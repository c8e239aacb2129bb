"""Who may do what to a 公文 (decisions 8 and 12, ux C24).

The town's papers are drafted and reviewed in 镇党建办 and signed by 镇领导; a community's are drafted and reviewed by
its own staff and signed by its secretary — but its 请示 goes through 镇党建办 before it is signed. Whoever drafted
neither reviews nor signs: what its signer drafted a colleague takes over, at the latest when it is approved; where
there is no colleague, nobody can sign it, and the page says so. Only his own 请示, which two offices have then seen, a
secretary signs although he drafted it.
"""

from dataclasses import dataclass
from typing import NamedTuple

from django.db.models import Q

from accounts.models import Assignment, User
from accounts.roles import STAFF, Role
from office.areas.models import Body
from office.papers.documents import ISSUERS, WITHIN_A_CASE
from office.papers.models import ISSUED, ON_THE_WAY, WRITABLE, Kind, Stage

READERS = STAFF
DRAFTERS = (Role.TOWN_OFFICE, Role.COMMUNITY_SECRETARY, Role.COMMUNITY_WORKER)
HANDLERS = (*DRAFTERS, Role.LIAISON)  # 联系干部写自己支部会议的纪要
SIGNERS = (Role.TOWN_LEADER, Role.COMMUNITY_SECRETARY)
REVIEWERS = (Role.TOWN_LEADER, *DRAFTERS)
WORD_KEEPERS = (Role.TOWN_OFFICE, Role.COMMUNITY_SECRETARY)
TEMPLATE_KEEPERS = (Role.TOWN_OFFICE,)

_TOWN_REVIEWERS = (Role.TOWN_OFFICE, Role.TOWN_LEADER)
_COMMUNITY_STAFF = (Role.COMMUNITY_SECRETARY, Role.COMMUNITY_WORKER)
OF_TOWN = Q(community=None)
REQUEST_OF_COMMUNITY = Q(community__isnull=False, kind=Kind.REQUEST)


@dataclass(frozen=True)
class Rights:
    """What one user may do to one document as it stands."""

    write: bool
    take_over: bool
    withdraw: bool
    review: bool
    send_back: bool
    sign: bool
    void: bool
    reply: bool


def rights(user, document) -> Rights:
    """The user's Rights to a document they can see."""
    own, state = document.drafted_by_id == user.pk, document.state
    signer = _signs(user, document)
    review = state == Stage.REVIEW and not own and _reviews(user, document)
    sign = state == Stage.APPROVED and signer and (not own or _asks_upwards(document))
    return Rights(
        write=own and state in WRITABLE and user.has_role(*HANDLERS),
        take_over=not own
        and _drafts(user, document)
        and (state in WRITABLE or document.reviewed_by_id != user.pk and lacks_a_signer(document)),
        withdraw=own and state in ON_THE_WAY and user.has_role(*HANDLERS),
        review=review,
        send_back=review or sign,
        sign=sign,
        void=state in ISSUED and signer,
        reply=_answers(user, document),
    )


def issuers_of(user):
    """Bodies in whose name the user may draft: the town's committee, or the community's committees."""
    towns, reach = user.towns_as(Role.TOWN_OFFICE), user.reach_as(*_COMMUNITY_STAFF)
    own = Q(town__in=towns, community=None) | Q(community__in=reach.communities)
    return Body.objects.filter(own, kind__in=ISSUERS, ends_on=None).order_by("community_id", "id")


def issuers_kept_by(user):
    """Bodies whose 机关代字 the user keeps: all of the town for its office, the community's own for its secretary."""
    towns, reach = user.towns_as(Role.TOWN_OFFICE), user.reach_as(Role.COMMUNITY_SECRETARY)
    kept = Q(town__in=towns) | Q(community__in=reach.communities)
    kept &= Q(kind__in=ISSUERS, ends_on=None)
    return Body.objects.filter(kept).select_related("community").order_by("community__position", "community_id", "id")


class Hands(NamedTuple):
    """Through whose hands documents go: an account, and where it does what today."""

    user: int
    office: frozenset  # 镇：在镇党建办的
    reviewing: frozenset  # 镇：可以审核镇的公文的
    leading: frozenset  # 镇：签发的
    staffed: frozenset  # 社区：在社区工作的
    signing: frozenset  # 社区：签发的

    @classmethod
    def of(cls, user):
        return cls(
            user.pk,
            *(user.towns_as(*roles) for roles in ((Role.TOWN_OFFICE,), _TOWN_REVIEWERS, (Role.TOWN_LEADER,))),
            *(user.reach_as(*roles).communities for roles in (_COMMUNITY_STAFF, (Role.COMMUNITY_SECRETARY,))),
        )


def waits_for_review(hands):
    """The condition of documents that these Hands may review now."""
    mine = Q(OF_TOWN, town__in=hands.reviewing) | Q(REQUEST_OF_COMMUNITY, town__in=hands.office)
    mine |= Q(~Q(kind=Kind.REQUEST), community__in=hands.staffed)
    return Q(mine, state=Stage.REVIEW) & ~Q(drafted_by=hands.user)


def waits_for_signature(hands):
    """The condition of documents that these Hands may sign now."""
    mine = Q(OF_TOWN, town__in=hands.leading) | Q(community__in=hands.signing)
    return Q(mine, state=Stage.APPROVED) & (~Q(drafted_by=hands.user) | REQUEST_OF_COMMUNITY)


def waits_for_a_colleague(hands, today):
    """The condition of documents that these Hands may take over because their drafter is who signs them."""
    signers = Assignment.objects.on(today).filter(role__in=SIGNERS).values("user")
    mine = Q(OF_TOWN, town__in=hands.office) | Q(community__in=hands.staffed)
    mine &= ~Q(drafted_by=hands.user) & ~Q(reviewed_by=hands.user) & ~REQUEST_OF_COMMUNITY
    return Q(mine, state=Stage.APPROVED, drafted_by__in=signers)


def lacks_a_signer(document):
    """Whether it is approved, and was drafted by who would sign it."""
    if document.state != Stage.APPROVED or _asks_upwards(document):
        return False
    return _signs(document.drafted_by, document)


def _asks_upwards(document):
    return document.kind == Kind.REQUEST and document.community_id is not None


def colleagues_for(document, today):
    """Users who may take the document over from its drafter."""
    held = Assignment.objects.on(today)
    if document.community_id is None:
        held = held.filter(role=Role.TOWN_OFFICE, town=document.town_id)
    else:
        held = held.filter(role__in=_COMMUNITY_STAFF, community=document.community_id)
    others = User.objects.filter(pk__in=held.values("user"), is_active=True)
    return others.exclude(pk__in=[pk for pk in (document.drafted_by_id, document.reviewed_by_id) if pk])


def _drafts(user, document):
    if document.community_id is None:
        return document.town_id in user.towns_as(Role.TOWN_OFFICE)
    return document.community_id in user.reach_as(*_COMMUNITY_STAFF).communities


def _reviews(user, document):
    if document.community_id is None:
        return document.town_id in user.towns_as(*_TOWN_REVIEWERS)
    if document.kind == Kind.REQUEST:
        return document.town_id in user.towns_as(Role.TOWN_OFFICE)
    return document.community_id in user.reach_as(*_COMMUNITY_STAFF).communities


def _signs(user, document):
    if document.community_id is None:
        return document.town_id in user.towns_as(Role.TOWN_LEADER)
    return document.community_id in user.reach_as(Role.COMMUNITY_SECRETARY).communities


def _answers(user, document):
    """Whether the user may write the town's 批复 to a community's signed 请示; a case's is written by the case."""
    asked = _asks_upwards(document) and document.state in ISSUED and document.source_model not in WITHIN_A_CASE
    return asked and document.town_id in user.towns_as(Role.TOWN_OFFICE)
