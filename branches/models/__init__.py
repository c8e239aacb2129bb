"""Branches and what belongs to them; one file for each noun."""

from branches.models.branch import Branch
from branches.models.case import BranchCase, CaseBranch, CaseCompound, CaseMember
from branches.models.coverage import CommunityTarget, CoverageNote
from branches.models.election import Ballot, BallotName, Election, ElectionHelper, ElectionVoter
from branches.models.leadership import CandidateSheet, PartyGroup, PartyGroupMember, PoolEntry, TermChange
from branches.models.territory import CellBuilding, FundingItem, GuidanceVisit
from branches.models.venue import Room, Venue, VenueDetail, WallText

__all__ = [
    "Ballot",
    "BallotName",
    "Branch",
    "BranchCase",
    "CandidateSheet",
    "CaseBranch",
    "CaseCompound",
    "CaseMember",
    "CellBuilding",
    "CommunityTarget",
    "CoverageNote",
    "Election",
    "ElectionHelper",
    "ElectionVoter",
    "FundingItem",
    "GuidanceVisit",
    "PartyGroup",
    "PartyGroupMember",
    "PoolEntry",
    "Room",
    "TermChange",
    "Venue",
    "VenueDetail",
    "WallText",
]
