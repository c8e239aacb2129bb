"""The annual materials as files: figures in, PDF or sheet out. Nothing is counted here (style habit 14)."""

import re

from django.template.loader import render_to_string
from django.utils import timezone

from assessments import annex
from assessments.month_plot import months
from office.chinese.dates import cn_date
from office.papers import pdf, plots

_NOT_IN_FILE_NAMES = re.compile(r'[\\/:*?"<>|\x00-\x1f\x7f]+')
_TOLD = ("做成的事", "今年最大的问题", "没有解决好的原因", "明年打算")
_TITLE_LINE = 20  # 2 号字一行
_LONGEST_NAME = 60  # 汉字三字节，一般文件系统的文件名不过 255 字节


def file_name(name, year, ending):
    """金桂苑党支部2026年度述职考核材料.pdf, safe on every machine."""
    return f"{safe(name)}{year}年度述职考核材料{ending}"


def safe(name):
    """A name as a part of a path: no slash, colon or control character, not too long."""
    return _NOT_IN_FILE_NAMES.sub("－", name).strip(" .")[:_LONGEST_NAME] or "未命名"


def made_on(who, moment):
    """The line at the foot of each page: who had it made, and when."""
    local = timezone.localtime(moment)
    return f"{who}生成　{cn_date(local.date())} {local:%H:%M}"


def branch_pdf(year, *, made_on):
    """The paper of one BranchYear."""
    context = {
        "y": year,
        "name_lines": _name_lines(year.basics),
        "months": _months(year.held.by_month),
        "told": _told(year.report),
        "made_on": made_on,
    }
    return pdf.render(render_to_string("assessments/branch_year.pdf.html", context))


def _name_lines(basics):
    """The full name for the title, cut after the community where it is too long for one line (词意完整)."""
    head, community, rest = basics.name.partition(basics.community)
    if len(basics.name) <= _TITLE_LINE or not rest:
        return [basics.name]
    return [head + community, rest]


def _told(report):
    """(heading, the secretary's words as one paragraph) of a report that was handed in."""
    if report is None or not report.handed_in:
        return ()
    texts = (report.done, report.problem, report.cause, report.plan)
    return tuple((head, " ".join(text.split())) for head, text in zip(_TOLD, texts, strict=True))


def _months(counts):
    return months(counts, description="各月有记录的会议和组织生活次数") if any(counts) else None


def town_pdf(year, *, made_on):
    """The paper of one TownYear."""
    context = {
        "y": year,
        "months": _months(year.by_month),
        "coverage": _coverage(year),
        "party_shares": _party_shares(year),
        "made_on": made_on,
    }
    return pdf.render(render_to_string("assessments/town_year.pdf.html", context))


def _coverage(year):
    rows = [(row.name, row.covered) for row in year.communities if row.compounds]
    return plots.bars(rows, description="各社区已有党支部覆盖的小区数", unit="个") if rows else None


def _party_shares(year):
    rows = [(row.name, row.party * 100 // row.seats) for row in year.communities if row.seats]
    return plots.bars(rows, description="各社区业委会委员中党员所占百分比", unit="%") if rows else None


def annex_xlsx(year, *, made_on):
    """The workbook of one TownYear as an open temporary file."""
    return annex.workbook(year, watermark=made_on)
