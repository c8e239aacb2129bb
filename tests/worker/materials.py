"""The product's own annual papers, telling the test what they are at. Loaded by the worker only."""

from assessments import annual
from office.papers import builds
from tests.worker.papers import note


def _claim(pk, inner=builds.claim):
    build = inner(pk)
    if build:
        note(build, "claimed")
    return build


def _freeze(build, figures, inner=builds.freeze):
    kept = inner(build, figures)
    note(build, "frozen")
    return kept


def _finish(build, *made, inner=builds.finish):
    note(build, "storing")
    kept = inner(build, *made)
    note(build, "kept" if kept else "thrown")
    return kept


def _drawing(render):
    def drawn(build, kept):
        note(build, "drawing")
        return render(build, kept)

    return drawn


builds.claim, builds.freeze, builds.finish = _claim, _freeze, _finish
for name in ("branch", "branch_word", "town", "town_word", "annex", "bundle"):
    setattr(annual, f"render_{name}", _drawing(getattr(annual, f"render_{name}")))
