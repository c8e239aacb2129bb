"""The rows of one town as unsaved model instances that already have their ids, and how they reach the database."""

import hashlib
import itertools
from collections import defaultdict

from django.core.management.color import no_style
from django.db import connection

from accounts.models import Assignment, User
from assessments.models import BranchReport, NumberDispute
from branches.models import (
    Ballot,
    BallotName,
    Branch,
    BranchCase,
    CandidateSheet,
    CaseBranch,
    CaseCompound,
    CaseMember,
    CellBuilding,
    CommunityTarget,
    CoverageNote,
    Election,
    ElectionHelper,
    ElectionVoter,
    FundingItem,
    GuidanceVisit,
    PartyGroup,
    PartyGroupMember,
    PoolEntry,
    Room,
    TermChange,
    Venue,
    VenueDetail,
    WallText,
)
from committees.models import OwnersCommittee
from meetings.models import Attendance, Decision, Meeting, MeetingBody
from members.models import Census, CensusReturn, Correction, Member, Person, Placement, Post, Transfer
from office.areas.models import Body, Community, Compound, Coverage, Town
from office.papers.models import (
    Document,
    DocumentNumber,
    DocumentRecipient,
    DocumentStep,
    IssuerWord,
    NumberRegister,
)
from office.rulebook.models import TownRule

# 写入次序：被引用的在前。
ORDER = (
    Town,
    Community,
    Compound,
    Compound.neighbours.through,
    Body,
    Coverage,
    Branch,
    User,
    Assignment,
    Person,
    Member,
    Placement,
    Post,
    OwnersCommittee,
    Room,
    Venue,
    Meeting,
    MeetingBody,
    Attendance,
    Decision,
    BranchReport,
    Census,
    CensusReturn,
    Transfer,
    Correction,
    NumberDispute,
    IssuerWord,
    NumberRegister,
    Document,
    DocumentRecipient,
    DocumentStep,
    DocumentNumber,
    TownRule,
    CoverageNote,
    CommunityTarget,
    BranchCase,
    CaseCompound,
    CaseBranch,
    CaseMember,
    Election,
    ElectionVoter,
    Ballot,
    BallotName,
    ElectionHelper,
    TermChange,
    PoolEntry,
    CandidateSheet,
    PartyGroup,
    PartyGroupMember,
    CellBuilding,
    GuidanceVisit,
    FundingItem,
    VenueDetail,
    WallText,
)
# 每次装入都会不同的列：口令的盐、密文的随机数、录入时刻。
UNSTABLE = {"password", "id_sealed", "created_at", "strokes", "pinyin"}


class Rows:
    """Instances by model. Ids are counted from 1, so that rows may point at each other before any is written."""

    def __init__(self):
        self.ids = defaultdict(lambda: itertools.count(1))
        self.of = defaultdict(list)

    def add(self, model, **fields):
        if model._meta.pk.auto_created:
            fields["id"] = next(self.ids[model])
        row = model(**fields)
        self.of[model].append(row)
        return row

    def write(self):
        """Insert everything and forget it; the ids go on counting for the next town."""
        for model in ORDER:
            manager = model._default_manager
            rows = self.of.pop(model, [])
            for start in range(0, len(rows), 5000):
                manager.bulk_create(rows[start : start + 5000])

    def digest(self):
        """One line that is equal for equal rows (but for salts, nonces and derived keys)."""
        total = hashlib.sha256()
        for model in ORDER:
            columns = [f.attname for f in model._meta.concrete_fields if f.name not in UNSTABLE]
            for row in self.of[model]:
                total.update(repr([getattr(row, c) for c in columns]).encode())
        return total.hexdigest()


def continue_counting():
    """Tell the database where the ids end, as loaddata does (a no-op on SQLite)."""
    with connection.cursor() as cursor:
        for statement in connection.ops.sequence_reset_sql(no_style(), ORDER):
            cursor.execute(statement)
