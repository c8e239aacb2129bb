"""The member list as a file: what the screen shows and no more, with a purpose and a watermark (N-24)."""

from django.db import transaction
from django.utils import timezone

from members.listing import everybody
from office.audit import trail
from office.chinese.dates import cn_date
from office.sheets.columns import Column
from office.sheets.writing import Sheet, write_xlsx

COLUMNS = (
    Column("name", "姓名", width=12),
    Column("sex", "性别", width=6),
    Column("born", "出生年月", width=14),
    Column("stage", "人员类别", width=12),
    Column("relation", "关系类别", width=12),
    Column("compound", "居住小区", width=18),
    Column("branch", "所在党支部", width=24),
    Column("posts", "职务", width=26),
    Column("phone", "联系电话", width=16, kind="phone"),
)
LEFT_OUT = "不含公民身份号码、完整电话和住址"


def export(members, *, chosen, purpose, by):
    """An open .xlsx of the given Member queryset, and one row in the trail.

    `chosen` is the filter in words, `purpose` what the list is for, in the words of `by`; both stand in the file.
    """
    now = timezone.localtime()
    rows = everybody(members, now.date())
    watermark = f"导出人：{by.name}（{by.office_line}） {cn_date(now)} {now:%H:%M} 用途：{purpose}"
    sheet = Sheet(
        title=f"{by.town.name}党员名单",
        subtitle_lines=[
            f"范围：{by.office_line}；{chosen}。共 {len(rows)} 人，按姓氏笔画排序，{LEFT_OUT}。",
            watermark,
        ],
        columns=list(COLUMNS),
        rows=([row[column.key] for column in COLUMNS] for row in rows),
        empty_text="没有符合条件的党员。",
    )
    file = write_xlsx([sheet], watermark=watermark)
    with transaction.atomic():
        titles = "、".join(column.title for column in COLUMNS)
        changes = {"人数": [None, len(rows)], "条件": [None, chosen], "列": [None, titles]}
        trail.record("members.exported", by.town, by=by, town=by.town_id, changes=changes, reason=purpose)
    return file
