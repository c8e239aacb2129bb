"""书记一页纸: what the 党委会 needs in front of it, on one side of A4 — coverage, gaps, matters on their way.

A sheet for the meeting, not a 公文. It always is one page: names give way to numbers until it fits.
"""

import io
from dataclasses import dataclass

from django.template.loader import render_to_string
from django.utils import timezone

from branches import case_listing, coverage, figures
from branches.models import Branch, BranchCase
from office.chinese.dates import cn_date, dotted
from office.papers import pdf

State = BranchCase.State
WAITING = (State.APPLIED, State.AGREED, State.APPROVED, State.DONE)
# 小区几行、事项几行、每项点几个名、每个名字几个字；一页排不下就换下一档。
STEPS = ((14, 8, 12, 40), (9, 6, 6, 24), (5, 4, 4, 14), (3, 2, 2, 8), (0, 0, 0, 8))
COMMUNITIES = 10


@dataclass(frozen=True)
class Gap:
    """One kind of thing missing: how many, and the first names."""

    label: str
    number: int
    names: tuple[str, ...]


@dataclass(frozen=True)
class Sheet:
    """Everything on the sheet, whole; how much of it is printed depends on the room."""

    tallies: coverage.Tallies
    wanting: tuple[coverage.Line, ...]
    cases: tuple[dict, ...]
    gaps: tuple[Gap, ...]


def content(reach, day) -> Sheet:
    """What the sheet of this reach says that day; a constant number of queries."""
    lines = coverage.lines(reach, day)
    found = BranchCase.objects.within(reach).filter(state__in=WAITING).order_by("applied_on", "id")
    return Sheet(
        tallies=coverage.tallies(reach, day, [line.cover for line in lines]),
        wanting=tuple(line for line in lines if line.wanting),
        cases=tuple(map(case_listing.shown, found.values(*case_listing.READ))),
        gaps=tuple(_gaps(reach, day)),
    )


def _gaps(reach, day):
    """What is missing at the compounds' branches at work; four queries."""
    running = Branch.objects.within(reach).filter(
        state=Branch.State.RUNNING, kind__in=[Branch.Kind.COMPOUND, Branch.Kind.JOINT]
    )
    rows = figures.branch_rows(running, day)
    kinds = (
        ("书记空缺", [row for row in rows if not row.secretary]),
        ("书记暂任", [row for row in rows if row.acting]),
        ("没有联系干部", [row for row in rows if not row.liaison]),
        ("任期已届满", [row for row in rows if row.term_ends_on and row.term_ends_on < day]),
        ("七有有缺项", [row for row in rows if row.venue_missing]),
    )
    for label, lacking in kinds:
        if lacking:
            yield Gap(label, len(lacking), tuple(row.name for row in lacking))


def sheet(reach, day, *, place, made_by) -> bytes:
    """The sheet as a PDF of one page. Raises PaperProblem."""
    whole = content(reach, day)
    made_on = f"{made_by}打印　{cn_date(day)} {timezone.localtime():%H:%M}"
    for step in STEPS:
        data = pdf.render(
            render_to_string("branches/coverage_sheet.pdf.html", _shown(whole, step, place, day, made_on))
        )
        if _pages(data) == 1:
            break
    return data


def _pages(data):
    from pypdf import PdfReader  # noqa: PLC0415 - only papers count pages

    return len(PdfReader(io.BytesIO(data)).pages)


def _shown(whole, step, place, day, made_on):
    """The sheet cut to a step: rows beyond it are counted, names beyond it are left out."""
    compounds, matters, names, letters = step
    tallies = whole.tallies
    rows = tallies.communities[:COMMUNITIES] if len(tallies.communities) > 1 else ()
    return {
        "place": _clipped(place, 20),
        "day": day,
        "made_on": made_on,
        "tallies": tallies,
        "rows": [*rows, tallies.whole],
        "more_communities": max(0, len(tallies.communities) - COMMUNITIES),
        "wanting": [_compound(line, letters) for line in whole.wanting[:compounds]],
        "wanting_in_all": len(whole.wanting),
        "more_wanting": max(0, len(whole.wanting) - compounds),
        "cases": [_case(row, letters) for row in whole.cases[:matters]],
        "cases_in_all": len(whole.cases),
        "more_cases": max(0, len(whole.cases) - matters),
        "gaps": [_gap(gap, names, letters) for gap in whole.gaps],
    }


def _compound(line, letters):
    cover = line.cover
    next_step = line.next_step or (line.case[1] if line.case else "还没有写")
    return {
        "name": _clipped(cover.name, letters),
        "community": _clipped(cover.community, letters),
        "members": f"{cover.direct}／{cover.full}",
        "next_step": _clipped(next_step, letters),
        "responsible": _clipped(line.responsible, 8) or "—",
        "due_on": dotted(line.due_on) if line.due_on else "—",
    }


def _case(row, letters):
    return {
        "title": _clipped(row["title"], letters),
        "kind": row["kind"],
        "words": row["words"],
        "waits_for": row["waits_for"],
        "applied_on": row["applied_on"],
    }


def _gap(gap, names, letters):
    told = "、".join(_clipped(name, letters) for name in gap.names[:names])
    more = f"等{gap.number}个" if names < gap.number else f"{gap.number}个"
    return gap.label, f"{told}{more}" if told and names < gap.number else more + (f"：{told}" if told else "")


def _clipped(text, letters):
    return text if len(text) <= letters else text[: letters - 1] + "…"
