"""The annex of the town's paper: one workbook, its sheets made from the same figures as the paper."""

from assessments import meetings_held
from office.chinese.dates import cn_date
from office.chinese.names import padded

NOT_RECORDED = "未记录"


def workbook(year, *, watermark):
    """支部一览、会议汇总、业委会一览、问题清单 of a TownYear as an open temporary file."""
    from office.sheets.writing import write_xlsx  # noqa: PLC0415 - openpyxl comes with it, and only papers need it

    return write_xlsx([_branches(year), _meetings(year), _committees(year), _findings(year)], watermark=watermark)


def _sheet(title, year, widths, rows):
    from office.sheets.columns import Column  # noqa: PLC0415 - as above
    from office.sheets.writing import Sheet  # noqa: PLC0415 - as above

    columns = [Column(key=str(place), title=head, width=width) for place, (head, width) in enumerate(widths, start=1)]
    lines = [f"{year.town}　{year.year}年度　数据截至{cn_date(year.as_of)}", "没有记录的写“未记录”，不等于没有开展。"]
    return Sheet(title, lines, columns, rows)


def _branches(year):
    widths = [
        ("序号", 6),
        ("社区（村）", 12),
        ("党支部", 26),
        ("类别", 12),
        ("覆盖小区", 24),
        ("批准日期", 14),
        ("书记", 10),
        ("书记产生方式", 20),
        ("班子人数", 8),
        ("联系干部", 10),
        ("任期届满", 14),
        ("直管党员", 8),
        ("正式党员", 8),
        ("预备党员", 8),
        ("在职报到", 8),
        ("七有（项）", 9),
        ("述职", 12),
    ]
    rows = (
        (
            number,
            branch.community,
            branch.short_name,
            branch.kind_label,
            branch.compounds or NOT_RECORDED,
            branch.approved_on or NOT_RECORDED,
            padded(branch.secretary) or "空缺",
            branch.secretary_how,
            branch.officers,
            padded(branch.liaison) or NOT_RECORDED,
            branch.term_ends_on or NOT_RECORDED,
            branch.direct,
            branch.full,
            branch.probationary,
            branch.in_service,
            NOT_RECORDED if branch.venue_held is None else branch.venue_held,
            branch.report_state or NOT_RECORDED,
        )
        for number, branch in enumerate(year.branches, start=1)
    )
    return _sheet("支部一览", year, widths, rows)


def _meetings(year):
    kinds = [kind.label for kind, _ in meetings_held.LIFE] + [kind.label for kind in meetings_held.TALKS]
    widths = [("社区（村）", 12), ("党支部", 26)] + [(kind, 10) for kind in kinds]
    widths += [("决定", 8), ("已办结", 8), ("超期", 8)]
    rows = (
        (
            branch.community,
            branch.short_name,
            *(count or NOT_RECORDED for count in branch.meetings),
            branch.decided,
            branch.done,
            branch.overdue,
        )
        for branch in year.branches
    )
    return _sheet("会议汇总", year, widths, rows)


def _committees(year):
    widths = [
        ("社区（村）", 12),
        ("小区", 18),
        ("状态", 12),
        ("主任", 10),
        ("委员人数", 8),
        ("其中党员", 8),
        ("党员比例", 16),
        ("应有委员", 8),
        ("任期届满", 14),
        ("备案日期", 14),
        ("物业项目部", 22),
        ("项目负责人", 10),
    ]
    rows = (
        (
            committee.community,
            committee.compound,
            committee.state,
            padded(committee.chair),
            committee.seats,
            committee.party,
            committee.share,
            committee.seat_count,
            committee.term_ends_on,
            committee.filed_on,
            committee.project or NOT_RECORDED,
            padded(committee.manager),
        )
        for committee in year.committees
    )
    return _sheet("业委会一览", year, widths, rows)


def _findings(year):
    widths = [("社区（村）", 12), ("支部或小区", 26), ("问题", 60), ("依据", 24)]
    rows = ((finding.community, finding.place, finding.text, finding.cite) for finding in year.findings)
    return _sheet("问题清单", year, widths, rows)
