"""Builds, the background work of making papers (the row is the job; Celery only carries its key), and 公文."""

from office.papers.models.build import FIRST_ATTEMPTS, IS_BATCH, LIVE, Build, BuildQuerySet, State
from office.papers.models.document import (
    ISSUED,
    NUMBERED,
    ON_THE_WAY,
    WRITABLE,
    ArchivedFile,
    Document,
    DocumentNumber,
    DocumentQuerySet,
    DocumentRecipient,
    DocumentStep,
    IssuerWord,
    Kind,
    NumberRegister,
    PaperTemplate,
    Stage,
)

__all__ = [
    "ArchivedFile",
    "Build",
    "BuildQuerySet",
    "Document",
    "DocumentNumber",
    "DocumentQuerySet",
    "DocumentRecipient",
    "DocumentStep",
    "FIRST_ATTEMPTS",
    "ISSUED",
    "IS_BATCH",
    "IssuerWord",
    "Kind",
    "LIVE",
    "NUMBERED",
    "NumberRegister",
    "ON_THE_WAY",
    "PaperTemplate",
    "Stage",
    "State",
    "WRITABLE",
]
