"""The rows of the list of 公文 and of the 发文登记簿, ready to print (performance §4)."""

from accounts.paging import newest_first
from office.areas.pages import address_of
from office.chinese.dates import dotted
from office.papers.models import Kind, NumberRegister, Stage

SIZE = 50
KIND, STAGE = dict(Kind.choices), dict(Stage.choices)
BADGES = {
    Stage.REVIEW: "info",
    Stage.APPROVED: "info",
    Stage.RETURNED: "warn",
    Stage.SIGNED: "ok",
    Stage.ARCHIVED: "ok",
    Stage.VOID: "err",
}
READ = ("id", "kind", "title", "number", "state", "issued_on", "issuer__short_name", "drafted_by__name")
NUMBER_READ = (
    "id",
    "number",
    "register__word",
    "register__year",
    "void_reason",
    "voided_at",
    "document",
    "document__title",
    "document__kind",
    "document__addressee",
    "document__issued_on",
    "document__signed_by__name",
)


def documents(found, request):
    """(rows, neighbours) of one page of documents, newest first."""
    rows, pages = newest_first(found.values(*READ), request, size=SIZE)
    address = address_of("document")
    return [_document(row) | {"url": address(row["id"])} for row in rows], pages


def numbers(found, request):
    """(rows, neighbours) of one page of the register, the last number first."""
    rows, pages = newest_first(found.values(*NUMBER_READ), request, size=SIZE)
    address = address_of("document")
    return [_number(row) | {"url": address(row["document"])} for row in rows], pages


def _document(row):
    return {
        "title": row["title"] or "（还没有标题）",
        "kind": KIND[row["kind"]],
        "number": row["number"] or "—",
        "issuer": row["issuer__short_name"],
        "drafter": row["drafted_by__name"],
        "day": dotted(row["issued_on"]) if row["issued_on"] else "—",
        "state": STAGE[row["state"]],
        "badge": BADGES.get(row["state"], "plain"),
    }


def _number(row):
    return {
        "number": NumberRegister(word=row["register__word"], year=row["register__year"]).label(row["number"]),
        "title": row["document__title"],
        "kind": KIND[row["document__kind"]],
        "addressee": row["document__addressee"] or "—",
        "day": dotted(row["document__issued_on"]),
        "signer": row["document__signed_by__name"],
        "void": row["void_reason"],
    }
