"""The annual materials as files: figures in, PDF, Word or sheet out. Nothing is counted here (style habit 14).

PDF and Word are two prints of one HTML, so that they say the same.
"""

import re

from django.template.loader import render_to_string
from django.utils import timezone

from assessments import annex
from assessments.month_plot import months
from office.chinese.dates import cn_date
from office.chinese.numbers import share
from office.papers import fonts, pdf, plots

_NOT_IN_FILE_NAMES = re.compile(r'[\\/:*?"<>|\x00-\x1f\x7f]+')
_TOLD = ("做成的事", "今年最大的问题", "没有解决好的原因", "明年打算")
_TITLE_LINE = 20  # 2 号字一行
_NO_GLYPH = "〓"
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


# --- The branch's paper ------------------------------------------------------------------------------------------


def branch_pdf(year, *, made_on, first_page=None):
    """The paper of one BranchYear; in a bundle its pages are numbered from `first_page`."""
    return _pdf(branch_html(year, made_on=made_on, first_page=first_page))


def branch_docx(year, *, made_on):
    """The same as a Word file that staff can edit."""
    return _word(branch_html(year, made_on=made_on))


def branch_html(year, *, made_on, first_page=None):
    context = branch_context(year) | {"made_on": made_on, "first_page": first_page}
    return render_to_string("assessments/branch_year.pdf.html", context)


def branch_context(year):
    """What templates/assessments/_branch_year.html needs, on paper and on the page."""
    return {
        "y": year,
        "name_lines": _name_lines(year.basics),
        "plots": _branch_plots(year),
        "told": _told(year.report),
        "rectified": _rectified(year.report),
    }


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
    return tuple((head, _paragraph(text)) for head, text in zip(_TOLD, texts, strict=True))


def _paragraph(text):
    """Lines run together; a line that ends without a mark gets a semicolon before the next one."""
    lines = [" ".join(line.split()) for line in text.splitlines() if line.strip()]
    return "".join(line if line[-1] in "。；！？：，、;.!?" else f"{line}；" for line in lines[:-1]) + "".join(
        lines[-1:]
    )


def _rectified(report):
    """(last year's problem, what has become of it), each without its full stop; None when neither is on record."""
    if report is None or not (report.before or report.mended):
        return None
    return tuple(_paragraph(text).rstrip("。") for text in (report.before, report.mended))


def _branch_plots(year):
    members, held = year.membership, year.held
    return {
        "ages": plots.bars(members.by_age, description="直管党员年龄", unit="名", half=True),
        "relations": plots.bars(
            [
                ("正式党员", members.full),
                ("预备党员", members.probationary),
                ("在职报到", members.in_service),
                ("流入党员", members.floating_in),
            ],
            description="党员类别",
            unit="名",
            half=True,
        ),
        "months": _months(held.by_month),
        "decisions": _decisions(len(held.decided), held.done, held.overdue),
        "venue": plots.tiles(year.venue.items, description="阵地七有") if year.venue else None,
    }


def report_docx(content, *, made_on):
    """述职报告稿 of `reports.content` as Word, to be finished and read out by the secretary."""
    return _word(render_to_string("assessments/report.pdf.html", {"r": content, "made_on": made_on}))


# --- The town's paper --------------------------------------------------------------------------------------------


def town_pdf(year, *, made_on, first_page=None):
    """The paper of one TownYear; in a bundle its pages are numbered from `first_page`."""
    return _pdf(town_html(year, made_on=made_on, first_page=first_page))


def town_docx(year, *, made_on):
    """The same as a Word file that staff can edit."""
    return _word(town_html(year, made_on=made_on))


def town_html(year, *, made_on, first_page=None):
    context = town_context(year) | {"made_on": made_on, "first_page": first_page}
    return render_to_string("assessments/town_year.pdf.html", context)


def town_context(year):
    """What templates/assessments/_town_year.html needs, on paper and on the page."""
    return {"y": year, "plots": _town_plots(year)}


def _town_plots(year):
    """Communities stand in the order of the town's lists, never by their numbers."""
    total = year.total
    with_compounds = [row for row in year.communities if row.compounds]
    seated = [row for row in year.communities if row.seats]
    return {
        "branches": _bars([(row.name, row.branches) for row in with_compounds], "各社区（村）小区党支部", "个"),
        "coverage": _bars(
            [(row.name, row.covered, f"{row.covered}/{row.compounds}个") for row in with_compounds],
            "各社区（村）已有党支部覆盖的小区",
        ),
        "months": _months(year.by_month),
        "decisions": _decisions(total["decided"], total["done"], total["overdue"]),
        "party_shares": _bars(
            [(row.name, row.party * 100 // row.seats, share(row.party, row.seats)) for row in seated],
            "各社区业委会委员中的党员比例",
        ),
    }


def _bars(rows, description, unit=""):
    return plots.bars(rows, description=description, unit=unit) if rows else None


def _decisions(decided, done, overdue):
    rows = [("已办结", done), ("办理中", decided - done - overdue), ("超期未记录办结", overdue)]
    return plots.bars(rows, description="会议决定办理情况", unit="项") if decided else None


def _months(counts):
    return months(counts, description="各月有记录的会议和组织生活") if any(counts) else None


# --- Workbook, bundle --------------------------------------------------------------------------------------------


def annex_xlsx(year, *, made_on):
    """The workbook of one TownYear as an open temporary file."""
    return annex.workbook(year, watermark=made_on)


def cover_pdf(title, lines, contents, *, made_on):
    """Cover and contents of a bundle. `contents` are (title, page, within a community) in order; no page, a heading."""
    context = {"title": title, "lines": lines, "contents": contents, "made_on": made_on}
    return pdf.render(render_to_string("assessments/bundle.pdf.html", context))


def _pdf(html):
    """The HTML as PDF. A character that no font of ours draws is printed 〓 and listed by its code at the end (ux C31).

    Left in, it would be an empty box, and pypdf and other readers lose the text of the whole page.
    """
    if missing := fonts.missing_glyphs(html):
        codes = "、".join(f"U+{ord(character):04X}" for character in missing)
        note = f'<p class="note">字库中没有的字印作“{_NO_GLYPH}”，请对照网页手写补上：{codes}。</p>'
        html = html.translate(dict.fromkeys(map(ord, missing), _NO_GLYPH)).replace("</body>", f"{note}</body>")
    return pdf.render(html)


def _word(html):
    from assessments import docx  # noqa: PLC0415 - python-docx and lxml, which only the worker needs

    return docx.from_html(html)
