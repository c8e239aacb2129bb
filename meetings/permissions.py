"""Who may enter meetings, and whether what they enter stands at once or waits for the community."""

from accounts.roles import MEETING_FILERS, MEETING_WRITERS, Role
from meetings.models import Meeting

Kind = Meeting.Kind
# 支部自己的组织生活：支部书记可以直接录入；几方一起开的会由社区、联系干部录入（ux P13）。
INNER = (
    Kind.MEMBERS,
    Kind.COMMITTEE,
    Kind.GROUP,
    Kind.LECTURE,
    Kind.THEME_DAY,
    Kind.ORG_LIFE,
    Kind.APPRAISAL,
)
PUBLIC = (Kind.JOINT, Kind.WEEKEND, Kind.FORUM)
FILERS, WRITERS = MEETING_FILERS, MEETING_WRITERS
HANDLERS = (*FILERS, Role.BRANCH_SECRETARY)


def within(reach, *, community, branch, compound):
    """Whether a place, told by its ids, lies in the reach."""
    return community in reach.communities or branch in reach.branches or compound in reach.compounds


def _place(row):
    """Where a meeting or decision is at home, as `within` asks it."""
    return {"community": row.community_id, "branch": row.branch_id, "compound": row.compound_id}


def is_near(reach, decision):
    """Whether the decision's home lies in the reach, and with it the meeting that made it."""
    return decision.town_id in reach.towns or within(reach, **_place(decision))


def may_file(user, kind, place):
    """What they enter stands at once. `place` maps community, branch and compound to ids."""
    if within(user.reach_as(*FILERS), **place):
        return True
    return kind in INNER and place["branch"] in user.reach_as(Role.BRANCH_SECRETARY).branches


def may_write(user, kind, place):
    """They may enter it, be it for the community to look through (待核对)."""
    return may_file(user, kind, place) or (
        kind != Kind.COMMUNITY_STUDY and within(user.reach_as(Role.BRANCH_SECRETARY, Role.COMPOUND_WORKER), **place)
    )


def may_change(user, meeting):
    """May file a draft or change what is filed: whoever may file there, and the branch's secretary what was drafted."""
    place = _place(meeting)
    if may_file(user, meeting.kind, place):
        return True
    is_draft = meeting.state == Meeting.State.DRAFT
    own = is_draft and meeting.drafted_by_id == user.pk
    return own or is_draft and meeting.branch_id in user.reach_as(Role.BRANCH_SECRETARY).branches


def may_release(user, meeting):
    """A draft becomes a record by somebody who may file there, or by the branch's secretary for another's draft."""
    if may_file(user, meeting.kind, _place(meeting)):
        return True
    return meeting.drafted_by_id != user.pk and meeting.branch_id in user.reach_as(Role.BRANCH_SECRETARY).branches


def may_confirm(user, meeting):
    """The branch's secretary, of what somebody else wrote and the branch has not confirmed yet."""
    return (
        meeting.state == Meeting.State.FILED
        and meeting.branch_id in user.reach_as(Role.BRANCH_SECRETARY).branches
        and meeting.written_by != user.pk
    )


def may_handle(user, decision):
    """May say how far a decision is: its owner, or who looks after it there (for an owner without account: 代录)."""
    if decision.owner_person_id and decision.owner_person_id == getattr(getattr(user, "person", None), "pk", None):
        return True
    return within(user.reach_as(*HANDLERS), **_place(decision))
