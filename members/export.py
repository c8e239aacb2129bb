"""The member list as a file: the columns of the page, and what is sensitive for those who may look it up (N-24)."""

from collections.abc import Callable
from dataclasses import dataclass

from django.utils import timezone

from accounts.exports import Export, Secret, key_column
from accounts.roles import CALLERS, REVEALERS, STAFF
from members import listing
from members.models import Member, Person
from office.sheets.columns import Column

# 页上这一列叫什么，文件里也叫什么。
COLUMNS = {
    "name": Column("name", "姓名", width=12),
    "status": Column("status", "党籍状态", width=12),
    "sex": Column("sex", "性别", width=6),
    "born": Column("born", "出生年月", width=14),
    "stage": Column("stage", "人员类别", width=12),
    "relation": Column("relation", "关系类别", width=12),
    "compound": Column("compound", "居住小区", width=18),
    "branch": Column("branch", "所在党支部", width=24),
    "posts": Column("posts", "职务", width=26),
    "missing": Column("missing", "还缺", width=26),
    "phone": Column("phone", "联系电话", width=16, kind="phone"),
}
OF_STAFF = ("sex", "born")  # 支部书记的名单上没有
KEY = key_column("P")


@dataclass(frozen=True)
class Sensitive:
    """A secret of the list: who may look it up, what has to be read for it, and its value from what was read."""

    secret: Secret
    roles: tuple
    needs: tuple
    value: Callable


SENSITIVE = (
    Sensitive(
        Secret(COLUMNS["phone"], "完整电话", "名单上遮住中间四位，要逐个联系才用得着"),
        CALLERS,
        ("person__phone",),
        lambda read: read["person__phone"],
    ),
    Sensitive(
        Secret(Column("door", "楼栋房号", width=16), "楼栋房号", "住址，入户走访才用得着"),
        CALLERS,
        ("door",),
        lambda read: read["door"],
    ),
    Sensitive(
        Secret(
            Column("id_number", "公民身份号码", width=22, kind="id"), "公民身份号码", "外泄了收不回来，上级点名要才给"
        ),
        REVEALERS,
        ("person__uuid", "person__id_sealed"),
        lambda read: Person(uuid=read["person__uuid"], id_sealed=read["person__id_sealed"]).shown_id(),
    ),
)


def columns(user, tab):
    """The columns of the page on this tab, in its order, as Column."""
    left_out = set() if user.has_role(*STAFF) else set(OF_STAFF)
    left_out.add("posts" if tab == "incomplete" else "missing")
    if tab != "gone":
        left_out.add("status")
    return tuple(column for key, column in COLUMNS.items() if key not in left_out)


def export(bar, *, user, back, note=""):
    """The list that `bar` (a MemberFilter within `reach_of(user)`) shows, ready to leave."""
    members = bar.in_tab()
    return Export(
        name="党员名单",
        noun="党员",
        unit="人",
        total=members.count(),
        chosen=bar.words(),
        order="按姓氏笔画排序",
        columns=columns(user, bar.tab_key),
        rows=lambda secrets: _rows(members, secrets, lacks=bar.tab_key == "incomplete", user=user),
        back=back,
        secrets=tuple(each.secret for each in SENSITIVE if user.has_role(*each.roles)),
        key=KEY,
        note=note,
        problem="" if bar.form.is_valid() else "筛选条件不对，没有可以导出的人。",
    )


def _rows(members, secrets, *, lacks, user):
    """The rows one by one; what is sensitive only of people within the roles that may look it up."""
    asked = [each for each in SENSITIVE if each.secret.key in secrets]
    needs = tuple(name for each in asked for name in each.needs)
    for rows, read in listing.everybody(members, timezone.localdate(), lacks=lacks, more=needs):
        for each in asked:
            _uncover(rows, read, each, user)
        yield from rows


def _uncover(rows, read, asked, user):
    key, people = asked.secret.key, [row["id"] for row in rows]
    reach = user.reach_as(*asked.roles)
    theirs = set(Member.objects.within(reach).filter(pk__in=people).values_list("pk", flat=True))
    for row, found in zip(rows, read, strict=True):
        if row["id"] in theirs:
            row[key] = asked.value(found)
        else:
            row.setdefault(key, "")
