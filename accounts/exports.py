"""A list as a file: what the screen shows and no more, with a purpose, a watermark and one row in the trail (N-24).

A room describes its list as an `Export`; page (`accounts.export_views`), file and trail are the same for all of them.
"""

from collections.abc import Callable
from dataclasses import dataclass

from django.db import transaction
from django.utils import timezone

from accounts.roles import EXPORTERS, LIST_EXPORTERS, OF_COMMUNITY, OF_TOWN, Role
from office.areas.scope import Reach
from office.audit import trail
from office.chinese.dates import cn_date
from office.sheets.columns import Column
from office.sheets.writing import Sheet, write_xlsx

PURPOSES = {"report": "上报上级", "meeting": "会议使用", "check": "核对", "other": "其他"}
KEY_TITLE = "系统编号"


@dataclass(frozen=True)
class Secret:
    """Something sensitive, given only when asked for: its name on the page, and why it is left out otherwise.

    Its column fills a column of the list that is masked otherwise (same key), or stands after the list's own.
    """

    column: Column
    word: str
    why: str

    @property
    def key(self):
        return self.column.key


@dataclass(frozen=True)
class Export:
    """One list, ready to leave: the rows, columns and order of its page, narrowed by the page's own filter.

    `name` heads the file (党员名单), `noun` is what a row is (党员), counted in `unit` (人).
    `rows(secrets)` yields a dict per row by the columns' keys, with what is sensitive only where asked for by key; it
    is called once. `chosen` is the filter
    in words, `order` how the rows stand, `back` the page they are shown on. `problem` says why nothing can go out.
    The first column always goes out; `key` is the hidden one by which an import knows the rows again.
    """

    name: str
    noun: str
    unit: str
    total: int
    chosen: str
    order: str
    columns: tuple[Column, ...]
    rows: Callable
    back: str
    secrets: tuple[Secret, ...] = ()
    key: Column | None = None
    note: str = ""
    problem: str = ""

    def given(self, ticked):
        """The columns of a file for these ticked keys, in the order of the page."""
        first, *others = self.columns
        own = {column.key for column in self.columns}
        more = [secret.column for secret in self.secrets if secret.key not in own]
        hidden = [self.key] if self.key else []
        return [first, *(column for column in (*others, *more) if column.key in ticked), *hidden]


def key_column(letter):
    """系统编号: a letter for the kind of row and its number, `P123`; folded away at the end of the table."""
    return Column("key", KEY_TITLE, width=10, note=f"{letter}加编号；改好再导入时靠它认出是哪一行。", hidden=True)


def reach_of(user):
    """Whose rows the user may take away: as staff all they may export, as 支部书记 the own branch's only."""
    as_secretary = user.reach_as(Role.BRANCH_SECRETARY)
    return user.reach_as(*EXPORTERS) | Reach(branches=as_secretary.branches)


def left_behind(seen, given, unit):
    """What to say where the page shows rows that the reader may not take away; nothing where it shows none."""
    more = seen.count() - given.count()
    return f"页面上还有 {more} {unit}不归您导出，不在文件里。" if more > 0 else ""


def write(export, *, columns, secrets, purpose, by):
    """An open .xlsx of the list, and one row in the trail: which list, filter, columns, how many rows, what for.

    `columns` and `secrets` are the ticked keys, `purpose` what the list is for. Raises SheetProblem beyond Excel's rows.
    """
    now = timezone.localtime()
    given = export.given({*columns, *secrets})
    keys = [column.key for column in given]
    watermark = f"{by.name}（{by.office_line}） {cn_date(now)} {now:%H:%M} 用途：{purpose}"
    sheet = Sheet(
        title=f"{_place(by)}{export.name}",
        subtitle_lines=[
            f"填报单位：{_office(by)}　填报人：{by.name}　日期：{cn_date(now)}",
            f"范围：{export.chosen}。共 {export.total} {export.unit}，{export.order}。{_left_out(export, secrets)}",
            watermark,
        ],
        columns=given,
        rows=([row[key] for key in keys] for row in export.rows(frozenset(secrets))),
        empty_text=f"没有符合条件的{export.noun}。",
    )
    file = write_xlsx([sheet], watermark=watermark)
    with transaction.atomic():
        changes = {
            "名单": (None, export.name),
            "条件": (None, export.chosen),
            "列": (None, "、".join(column.title for column in given if not column.hidden)),
            "行数": (None, sheet.written),
        }
        if secrets:
            changes["敏感内容"] = (None, "、".join(each.word for each in export.secrets if each.key in secrets))
        trail.record("accounts.list_exported", by.town, by=by, town=by.town_id, changes=changes, reason=purpose)
    return file


def _duties(user):
    return [each for each in user.current_assignments if each.role in LIST_EXPORTERS]


def _office(user):
    """填报单位: the bodies for which the user may export."""
    return "、".join(dict.fromkeys(str(each.body) for each in _duties(user)))


def _place(user):
    """What the list is a list of: the town, the community or the branch; the town where it is several."""
    places = {_place_of(each) for each in _duties(user)}
    return places.pop() if len(places) == 1 else user.town.name


def _place_of(duty):
    if duty.role in OF_TOWN:
        return duty.body.town.name
    return duty.community.name if duty.role in OF_COMMUNITY else str(duty.body)


def _left_out(export, secrets):
    words = "、".join(each.word for each in export.secrets if each.key not in secrets)
    return f"不含{words}。" if words else ""
