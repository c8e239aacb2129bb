"""People: anybody the office knows by name, their Party membership, and the posts they hold."""

from members.models.census import Census, CensusReturn
from members.models.doubles import MergeRecord, NotSame
from members.models.member import Member, Placement, PlacementQuerySet, StandingChange
from members.models.person import UNOPENED, Person, PersonPlace, PersonQuerySet, meant_by
from members.models.post import BRANCH_OFFICERS, OWNERS_SEATS, Post, PostQuerySet
from members.models.transfer import Correction, Transfer, TransferQuerySet

__all__ = [
    "BRANCH_OFFICERS",
    "Census",
    "CensusReturn",
    "Correction",
    "Member",
    "MergeRecord",
    "NotSame",
    "OWNERS_SEATS",
    "Person",
    "PersonPlace",
    "PersonQuerySet",
    "Placement",
    "PlacementQuerySet",
    "Post",
    "PostQuerySet",
    "StandingChange",
    "Transfer",
    "TransferQuerySet",
    "UNOPENED",
    "meant_by",
]
