"""年度述职考核材料: asking for a year's papers, and handing them out.

One Build per running compound or joint branch, one for the town, one for the town's workbook, all in one batch.
"""

import shutil
import tempfile
import zipfile

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from assessments import figures, frozen, papers, period
from assessments.figures import BranchYear
from assessments.town import TownYear, of_town
from branches.models import Branch
from office.audit import trail
from office.papers import builds
from office.papers.models import Build, State
from office.papers.pdf import PaperProblem
from office.papers.tasks import SILENT_AFTER, silence

BATCH, BRANCH, TOWN, ANNEX = "annual", "annual_branch", "annual_town", "annual_annex"


def request_annual(town, year, *, by):
    """Queue the town's papers of the year; returns the batch.

    Raises period.NotYet, and builds.AlreadyRequested while the same is being made.
    """
    span = period.of_year(year)
    asked = [
        builds.Paper(
            kind=TOWN, title=f"{town}{year}年度小区党建述职考核材料", task="assessments.town_year", town=town, year=year
        ),
        builds.Paper(
            kind=ANNEX, title=f"{town}{year}年度述职考核材料附表", task="assessments.annex", town=town, year=year
        ),
    ]
    for branch in figures.running(town.pk, span.day).select_related("body__town", "body__community__town"):
        asked.append(
            builds.Paper(
                kind=BRANCH,
                title=f"{branch}{year}年度述职考核材料",
                task="assessments.branch_year",
                town=town,
                community=branch.body.community,
                branch=branch.body,
                year=year,
            )
        )
    return builds.request_batch(
        kind=BATCH, title=f"{town}{year}年度述职考核材料", papers=asked, town=town, year=year, by=by
    )


def batches_of(user):
    """Batches in which the user may see at least one paper, or the batch itself."""
    own = Build.objects.visible_to(user).filter(batch__isnull=False).values("batch")
    return Build.objects.batches().filter(Q(pk__in=own) | Q(pk__in=Build.objects.visible_to(user)), kind=BATCH)


def papers_of(batch, user):
    """The papers of the batch that the user may see: the town's first, then by community and branch."""
    shown = Build.objects.visible_to(user).filter(batch=batch).select_related("branch", "community")
    order = {TOWN: 0, ANNEX: 1, BRANCH: 2}
    return sorted(
        shown, key=lambda build: (order[build.kind], build.community_id and build.community.position, build.pk)
    )


def worker_is_silent():
    """Whether nothing has been heard from the background process for a while."""
    age = silence()
    return age is None or age > SILENT_AFTER


# --- Made by the worker ------------------------------------------------------------------------------------------


def branch_figures(build):
    """What the branch's paper prints, as JSON. Raises PaperProblem when the branch is no more."""
    try:
        return frozen.as_json(figures.of_branch(build.branch_id, build.year, _asked_on(build)))
    except Branch.DoesNotExist:
        raise PaperProblem("这个党支部已经不在了，没有生成材料。") from None


def town_figures(build):
    """What the town's paper and its annex print, as JSON."""
    return frozen.as_json(of_town(build.town_id, build.year, _asked_on(build)))


def render_branch(build, kept):
    year = frozen.from_json(BranchYear, kept)
    name = papers.file_name(year.basics.short_name, year.year, ".pdf")
    return papers.branch_pdf(year, made_on=_made_on(build)), name


def render_town(build, kept):
    year = frozen.from_json(TownYear, kept)
    return papers.town_pdf(year, made_on=_made_on(build)), papers.file_name(year.town, year.year, ".pdf")


def render_annex(build, kept):
    year = frozen.from_json(TownYear, kept)
    with papers.annex_xlsx(year, made_on=_made_on(build)) as file:
        return file.read(), papers.file_name(year.town, year.year, "附表.xlsx")


def _asked_on(build):
    """The day the papers were asked for: one batch speaks of one day, also when it is made past midnight."""
    return timezone.localdate(build.queued_at)


def _made_on(build):
    return papers.made_on(str(build.requested_by), build.queued_at)


# --- Handed out --------------------------------------------------------------------------------------------------


def zipped(batch, chosen, *, by):
    """An open temporary file with the finished papers of `chosen` in it, by community; leaves a trail row.

    Raises PaperProblem when there is nothing to hand out or a file is missing.
    """
    done = [build for build in chosen if build.state == State.DONE]
    if not done:
        raise PaperProblem("还没有生成好的材料，生成以后再打包下载。")
    file = tempfile.TemporaryFile()  # noqa: SIM115 - handed to the caller
    try:
        with zipfile.ZipFile(file, "w", zipfile.ZIP_STORED) as archive:  # PDF 和 xlsx 本身已压缩
            for build, name in _names_in_archive(done):
                entry = zipfile.ZipInfo(name, timezone.localtime(build.finished_at).timetuple()[:6])
                with builds.path_of(build).open("rb") as source, archive.open(entry, "w") as target:
                    shutil.copyfileobj(source, target)
        with transaction.atomic():
            trail.record("papers.downloaded", batch, by=by, changes={"files": (0, len(done))})
    except FileNotFoundError:
        file.close()
        raise PaperProblem("有材料的文件不在了，请重新生成。") from None
    except BaseException:
        file.close()
        raise
    file.seek(0)
    return file


def _names_in_archive(done):
    """(build, 城东社区/金桂苑党支部2026年度述职考核材料.pdf), every name once."""
    taken = set()
    for build in done:
        folder = f"{papers.safe(build.community.name)}/" if build.community_id else ""
        name = f"{folder}{build.file_name}"
        stem, dot, ending = name.rpartition(".")
        number = 2
        while name in taken:
            name = f"{stem}（{number}）{dot}{ending}"
            number += 1
        taken.add(name)
        yield build, name
