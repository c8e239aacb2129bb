"""年度述职考核材料: asking for a year's papers, and handing them out.

One batch: for each running compound or joint branch and for the town a PDF and a Word file, the town's workbook, and a
bundle of all PDFs. Each file is a Build of its own, so that one that fails holds up no other.
"""

import tempfile
from pathlib import Path

from django.db import transaction
from django.db.models import Exists, OuterRef, Q
from django.utils import timezone

from assessments import figures, frozen, papers, period, report_numbers, reports
from assessments.figures import BranchYear
from assessments.town import TownYear, of_town
from branches.models import Branch
from office.audit import trail
from office.chinese.dates import cn_date
from office.papers import builds, bundle
from office.papers.models import Build, State
from office.papers.pdf import PaperProblem
from office.papers.tasks import SILENT_AFTER, silence

BATCH, BRANCH, TOWN, ANNEX = "annual", "annual_branch", "annual_town", "annual_annex"
BRANCH_WORD, TOWN_WORD, BUNDLE = "annual_branch_word", "annual_town_word", "annual_bundle"
BOUND = (TOWN, BRANCH)  # 汇编里的各份
PDFS = (*BOUND, BUNDLE)
WORDS = (TOWN_WORD, BRANCH_WORD)
# 不自己取数，印哪一份的数：同一批里 PDF、Word、附表说的是一回事。
_SOURCE = {BRANCH_WORD: BRANCH, TOWN_WORD: TOWN, ANNEX: TOWN}
_NAMED_AT_MOST = 5


def request_annual(town, year, *, by):
    """Queue the town's papers of the year; returns the batch.

    Raises period.NotYet, and builds.AlreadyRequested while the same is being made.
    """
    span = period.of_year(year)
    branches = list(figures.running(town.pk, span.day).select_related("body__town", "body__community__town"))
    title = f"{town}{year}年度小区党建述职考核材料"

    def of_town(kind, task, title=title):
        return builds.Paper(kind=kind, title=title, task=f"assessments.{task}", town=town, year=year)

    def of_branches(kind, task):
        for branch in branches:
            yield builds.Paper(
                kind=kind,
                title=f"{branch}{year}年度述职考核材料",
                task=f"assessments.{task}",
                town=town,
                community=branch.body.community,
                branch=branch.body,
                year=year,
            )

    asked = [
        of_town(TOWN, "town_year"),
        of_town(ANNEX, "annex", f"{town}{year}年度述职考核材料附表"),
        *of_branches(BRANCH, "branch_year"),
        of_town(TOWN_WORD, "town_word"),
        *of_branches(BRANCH_WORD, "branch_word"),
        of_town(BUNDLE, "bundle", f"{town}{year}年度述职考核材料汇编"),
    ]
    return builds.request_batch(
        kind=BATCH, title=f"{town}{year}年度述职考核材料", papers=asked, town=town, year=year, by=by
    )


@transaction.atomic
def retry(build, *, by):
    """Make again what failed or was cancelled; returns how many. A bundle that lacked the paper is made again with it.

    Raises builds.AlreadyRequested when a newer one of the same is being made.
    """
    queued = builds.retry(build, by=by)
    if queued and build.kind in BOUND and build.batch_id:
        for waiting in Build.objects.filter(batch=build.batch_id, kind=BUNDLE):
            queued += builds.retry(waiting, by=by)
    return queued


def batches_of(user):
    """Batches in which the user may see at least one paper, or the batch itself."""
    own = Build.objects.visible_to(user).filter(batch__isnull=False).values("batch")
    return Build.objects.batches().filter(Q(pk__in=own) | Q(pk__in=Build.objects.visible_to(user)), kind=BATCH)


def papers_of(batch, user):
    """The files of the batch that the user may see: the town's first, then by community and branch, PDF before Word."""
    shown = Build.objects.visible_to(user).filter(batch=batch).select_related("branch", "community")
    order = {TOWN: 0, TOWN_WORD: 1, ANNEX: 2, BUNDLE: 3, BRANCH: 4, BRANCH_WORD: 5}

    def place(build):
        of_branch = build.community_id and build.community.position
        return of_branch is not None, of_branch or 0, build.community_id or 0, first[build.branch_id], order[build.kind]

    shown = list(shown.order_by("pk"))
    first = {}
    for build in shown:
        first.setdefault(build.branch_id, build.pk)
    return sorted(shown, key=place)


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


def figures_beside(build):
    """Where the figures of a Word file or the annex are kept: on the PDF of the same batch, frozen by whoever is first."""
    source = Build.objects.get(batch=build.batch_id, kind=_SOURCE[build.kind], branch=build.branch_id)
    if source.figures is None:
        builds.freeze(source, (branch_figures if source.kind == BRANCH else town_figures)(source))
    return {"of": source.pk}


def _beside(kept):
    return Build.objects.values_list("figures", flat=True).get(pk=kept["of"])


def render_branch(build, kept):
    year = frozen.from_json(BranchYear, kept)
    return papers.branch_pdf(year, made_on=_made_on(build)), _branch_name(year, ".pdf")


def render_branch_word(build, kept):
    year = frozen.from_json(BranchYear, _beside(kept))
    return papers.branch_docx(year, made_on=_made_on(build)), _branch_name(year, ".docx")


def render_town(build, kept):
    year = frozen.from_json(TownYear, kept)
    return papers.town_pdf(year, made_on=_made_on(build)), papers.file_name(year.town, year.year, ".pdf")


def render_town_word(build, kept):
    year = frozen.from_json(TownYear, _beside(kept))
    return papers.town_docx(year, made_on=_made_on(build)), papers.file_name(year.town, year.year, ".docx")


def render_annex(build, kept):
    year = frozen.from_json(TownYear, _beside(kept))
    with papers.annex_xlsx(year, made_on=_made_on(build)) as file:
        return file.read(), papers.file_name(year.town, year.year, "附表.xlsx")


def shown(build):
    """What the template of a paper's text needs, from the figures of a PDF that has been begun."""
    if build.kind == TOWN:
        return papers.town_context(frozen.from_json(TownYear, build.figures))
    return papers.branch_context(frozen.from_json(BranchYear, build.figures))


def _branch_name(year, ending):
    return papers.file_name(year.basics.short_name, year.year, ending)


def _asked_on(build):
    """The day the papers were asked for: one batch speaks of one day, also when it is made past midnight."""
    return timezone.localdate(build.queued_at)


def _made_on(build):
    return papers.made_on(str(build.requested_by), build.queued_at)


# --- The bundle --------------------------------------------------------------------------------------------------


def bundle_may_begin(pk):
    """Whether no paper of the bundle's batch is still to be made. Until then it stays queued and costs no attempt."""
    return _waiting_bundles().filter(pk=pk).exists()


def send_bundle(pk):
    """After the last paper of a batch send its bundle at once; the sweeper would do it half a minute later."""
    ready = _waiting_bundles().filter(batch__builds=pk).values_list("pk", flat=True)
    if ready:
        builds.try_publish(*ready)


def _waiting_bundles():
    unfinished = Build.objects.live().filter(batch=OuterRef("batch"), kind__in=BOUND)
    return Build.objects.live().filter(~Exists(unfinished), kind=BUNDLE)


def bundle_figures(build):
    """The papers to bind, in their order. Raises PaperProblem naming those that are missing."""
    rows = _bound(build)
    if missing := [row for row in rows if row.state != State.DONE]:
        names = "、".join(str(row.branch or row.town) for row in missing[:_NAMED_AT_MOST])
        more = "等" if len(missing) > _NAMED_AT_MOST else ""
        raise PaperProblem(f"还缺{len(missing)}份：{names}{more}。重新生成它们，汇编会跟着生成。")
    return {"papers": [row.pk for row in rows]}


def _bound(build):
    rows = Build.objects.filter(batch=build.batch_id, kind__in=BOUND).select_related("town", "community", "branch")
    return sorted(rows, key=lambda row: (row.kind != TOWN, row.community_id and row.community.position or 0, row.pk))


def render_bundle(build, kept):
    """Cover, contents and every paper, numbered through; one paper at a time is in memory."""
    rows = Build.objects.select_related("town", "community", "branch", "requested_by").in_bulk(kept["papers"])
    rows = [rows[pk] for pk in kept["papers"]]
    with tempfile.TemporaryDirectory() as folder:
        contents, parts, page, community = [], [], 1, None
        for number, row in enumerate(rows):
            if not builds.renew(build, done=number, total=len(rows)):
                raise PaperProblem("已取消。")
            if row.community_id and row.community != community:
                community = row.community
                contents.append((community.name, None, False))  # 目录里的小标题
            file = Path(folder, f"{row.pk}.pdf")
            file.write_bytes(_numbered_from(page, row))
            words = str(row.branch) if row.branch_id else row.title
            contents.append((words, page, bool(row.community_id)))
            parts.append(bundle.Part(file, words))
            page += bundle.page_count(file)
            page += 1 - page % 2  # 各份从单页起
        front = Path(folder, "front.pdf")
        front.write_bytes(_cover(build, rows, contents))
        target = tempfile.NamedTemporaryFile(suffix=".pdf", delete=False)  # noqa: SIM115 - builds.finish takes it over
        target.close()
        bundle.join([bundle.Part(front, "封面、目录"), *parts], Path(target.name), title=build.title)
    return Path(target.name), papers.file_name(build.town.name, build.year, "汇编.pdf")


def _numbered_from(page, row):
    """The paper once more from its frozen figures, with the page numbers of the bundle."""
    if row.kind == TOWN:
        year = frozen.from_json(TownYear, row.figures)
        return papers.town_pdf(year, made_on=_made_on(row), first_page=page)
    return papers.branch_pdf(frozen.from_json(BranchYear, row.figures), made_on=_made_on(row), first_page=page)


def _cover(build, rows, contents):
    day = period.of_year(build.year, _asked_on(build)).day
    lines = [f"全镇材料1份，小区党支部材料{len(rows) - 1}份", f"数据截至{cn_date(day)}"]
    return papers.cover_pdf(f"{build.town}{build.year}年度述职考核材料", lines, contents, made_on=_made_on(build))


# --- Handed out --------------------------------------------------------------------------------------------------


def zipped(batch, chosen, *, by):
    """The finished files of `chosen` as a zip in pieces, by community; leaves a trail row.

    Raises PaperProblem when there is nothing to hand out or a file is missing.
    """
    done = [build for build in chosen if build.state == State.DONE]
    if not done:
        raise PaperProblem("还没有生成好的材料，生成以后再打包下载。")
    if not all(builds.path_of(build).is_file() for build in done):
        raise PaperProblem("有材料的文件不在了，请重新生成。")
    with transaction.atomic():
        trail.record("papers.downloaded", batch, by=by, changes={"files": (0, len(done))})
    return bundle.zipped(
        bundle.Entry(builds.path_of(build), name, timezone.localtime(build.finished_at))
        for build, name in _names_in_archive(done)
    )


def handed_out(build, *, by):
    """An open file of one finished paper to take away; leaves a trail row. Raises FileNotFoundError when it is gone."""
    file = builds.path_of(build).open("rb")
    with transaction.atomic():
        trail.record("papers.downloaded", build, by=by, changes={"file": (None, build.file_name)})
    return file


def report_word(report, *, by):
    """(the .docx of a 述职报告稿, its name); leaves a trail row. What is not handed in yet prints today's numbers."""
    if not report.numbers:
        year = figures.of_branch(report.branch_id, report.year)
        report.numbers = report_numbers.frozen(report_numbers.of_year(year))
    data = papers.report_docx(reports.content(report), made_on=papers.made_on(str(by), timezone.now()))
    name = f"{papers.safe(report.branch.short_name)}{report.year}年度述职报告.docx"
    with transaction.atomic():
        trail.record("papers.downloaded", report, by=by, changes={"file": (None, name)})
    return data, name


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
