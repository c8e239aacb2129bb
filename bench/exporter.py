"""One process that exports the town's members on demand: `python -m bench.exporter KIND`, a line in, a line out.

`product` is the deed behind the page, filter, purpose and trail row included. `floor` is the same table by hand: one
SQL, one f-string a row. `openpyxl` and `import_export` are given the same columns in the way their documents advise.
Each answer is JSON: seconds of CPU, KiB of memory at the highest, rows written.
"""

import io
import json
import sys
import tempfile
import zipfile
from html import escape
from pathlib import Path
from time import process_time

USER, CHUNK = "town01", 2000


def product():
    """The function that exports as the product does; it returns an open file."""
    from accounts import exports

    described = _described()
    columns = [column.key for column in described.columns]
    return lambda user: exports.write(_described(), columns=columns, secrets=(), purpose="核对", by=user)


def _described():
    from accounts.exports import reach_of
    from members import export
    from members.filters import MemberFilter

    user = _user()
    bar = MemberFilter({}, user=user, reach=reach_of(user))
    return export.export(bar, user=user, back="")


def _user():
    from accounts.models import User

    return User.objects.get(username=USER)


def openpyxl():
    """The product's rows through openpyxl's write-only workbook, each cell boxed and of the text format as ours are."""
    from openpyxl.cell import WriteOnlyCell
    from openpyxl.styles import Alignment, Border, NamedStyle, Side

    line = Side("thin")
    style = NamedStyle(
        "text", number_format="@", border=Border(line, line, line, line), alignment=Alignment("general", "top", 0, True)
    )

    def cell(sheet, value):
        made = WriteOnlyCell(sheet, value)
        made.style = style
        return made

    return _by_openpyxl(cell)


def openpyxl_bare():
    """The same without any format."""
    return _by_openpyxl(lambda sheet, value: value)


def _by_openpyxl(cell):
    from openpyxl import Workbook

    def make(user):
        described = _described()
        columns = described.given({column.key for column in described.columns})
        keys = [column.key for column in columns]
        book = Workbook(write_only=True)
        sheet = book.create_sheet("党员名单")
        sheet.append([column.title for column in columns])
        for row in described.rows(frozenset()):
            sheet.append([cell(sheet, row[key]) for key in keys])
        file = tempfile.TemporaryFile()  # noqa: SIM115 (handed to the caller)
        book.save(file)
        return file

    return make


def import_export():
    """A ModelResource with the same columns; what can be fetched beforehand is."""
    from django.db.models import Prefetch
    from django.utils import timezone
    from import_export import resources
    from import_export.fields import Field

    from members.listing import post_words
    from members.models import Member, Post
    from office.chinese.dates import cn_date

    class MemberResource(resources.ModelResource):
        name = Field("person__name", "姓名")
        sex = Field("person__get_sex_display", "性别")
        born = Field(column_name="出生年月")
        stage = Field("get_stage_display", "人员类别")
        relation = Field("get_relation_display", "关系类别")
        compound = Field("home_compound__name", "居住小区")
        branch = Field("branch__short_name", "所在党支部")
        posts = Field(column_name="职务")
        phone = Field("person__masked_phone", "联系电话")
        key = Field(column_name="系统编号")

        class Meta:
            model = Member
            fields = ("name", "sex", "born", "stage", "relation", "compound", "branch", "posts", "phone", "key")

        def dehydrate_born(self, member):
            return cn_date(member.person.birth_date, "m") if member.person.birth_date else ""

        def dehydrate_key(self, member):
            return f"P{member.pk}"

        def dehydrate_posts(self, member):
            held = member.person.held
            return "、".join(post_words(p.body_id, p.body.short_name, p.title, member.branch_id) for p in held)

    def make(user):
        held = Prefetch("person__posts", Post.objects.on(timezone.localdate()).select_related("body"), to_attr="held")
        members = Member.objects.within(user.reach).filter(status="normal").order_by("strokes", "person_id")
        members = members.select_related("person", "home_compound", "branch").prefetch_related(held)
        return io.BytesIO(MemberResource().export(members).xlsx)

    return make


FLOOR_SQL = """SELECT m.person_id, n.name, n.sex, n.birth_date, m.stage, m.relation, k.name, b.short_name, m.branch_id,
n.phone FROM members_member m JOIN members_person n ON n.id = m.person_id
LEFT JOIN areas_compound k ON k.id = m.home_compound_id LEFT JOIN areas_body b ON b.id = m.branch_id
WHERE m.town_id = %s AND m.status = 'normal' ORDER BY m.strokes, m.person_id"""
POSTS_SQL = """SELECT p.person_id, p.body_id, b.short_name, p.title FROM members_post p
JOIN areas_body b ON b.id = p.body_id WHERE (p.starts_on <= %s OR p.starts_on IS NULL)
AND (p.ends_on >= %s OR p.ends_on IS NULL) AND p.person_id IN ({}) ORDER BY p.position, p.id"""


def floor():
    """The same sheet by hand: no ORM, no check of a cell beyond its escaping."""
    from django.db import connection
    from django.utils import timezone

    from members.listing import RELATION, SEX, STAGE, TITLE
    from office.sheets.writing import Sheet, _sheet_end, _sheet_start, _small_parts

    described = _described()
    columns = described.given({column.key for column in described.columns})
    start = [(f'<c r="{letter}', '" s="4" t="inlineStr"><is><t>') for letter in "ABCDEFGHIJ"]

    def lines(cursor, day, number):
        while rows := cursor.fetchmany(CHUNK):
            held = _held(day, [row[0] for row in rows])
            for pk, name, sex, born, stage, relation, compound, branch, branch_id, phone in rows:
                number += 1
                posts = "、".join(TITLE[t] if b == branch_id else n + TITLE[t] for b, n, t in held.get(pk, ()))
                cells = (
                    escape(name, quote=False),
                    SEX.get(sex, ""),
                    f"{born.year}年{born.month}月" if born else "",
                    STAGE[stage],
                    RELATION[relation],
                    escape(compound or "", quote=False),
                    escape(branch or "", quote=False),
                    escape(posts, quote=False),
                    f"{phone[:3]}****{phone[-4:]}" if phone else "",
                    f"P{pk}",
                )
                text = "".join(
                    [f"{a}{number}{b}{cell}</t></is></c>" for (a, b), cell in zip(start, cells, strict=True)]
                )
                yield f'<row r="{number}">{text}</row>'

    def _held(day, people):
        found = {}
        with connection.cursor() as cursor:
            cursor.execute(POSTS_SQL.format(",".join(map(str, people))), [day, day])
            for person, *post in cursor.fetchall():
                found.setdefault(person, []).append(post)
        return found

    def make(user):
        day = timezone.localdate()
        sheet = Sheet("党员名单", ["导出"], columns, ())
        file = tempfile.TemporaryFile()  # noqa: SIM115 (handed to the caller)
        last = sheet.head_row
        with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
            with archive.open("xl/worksheets/sheet1.xml", "w") as part, connection.cursor() as cursor:
                part.write(_sheet_start(sheet, active=True).encode())
                cursor.execute(FLOOR_SQL, [user.town_id])
                batch = []
                for line in lines(cursor, day, sheet.head_row):
                    batch.append(line)
                    if len(batch) == CHUNK:
                        part.write("".join(batch).encode())
                        last += len(batch)
                        batch.clear()
                part.write("".join(batch).encode())
                last += len(batch)
                part.write(_sheet_end(sheet, last, "导出", empty=False).encode())
            for name, text in _small_parts([sheet], ["党员名单"], [last]):
                archive.writestr(name, text)
        return file

    return make


KINDS = {
    "product": product,
    "floor": floor,
    "openpyxl": openpyxl,
    "openpyxl_bare": openpyxl_bare,
    "import_export": import_export,
}


def rows_in(file):
    """Rows with a second cell: titles and lines above the table have one."""
    file.seek(0)
    count, tail = 0, b""
    with zipfile.ZipFile(file) as archive, archive.open("xl/worksheets/sheet1.xml") as part:
        while piece := part.read(1 << 20):
            tail += piece
            count += tail.count(b'r="B')
            tail = tail[-3:]
    return count - 1


def peak():
    """KiB of this process at its highest."""
    status = Path("/proc/self/status").read_text()
    return int(next(line for line in status.splitlines() if line.startswith("VmHWM")).split()[1])


def main(kind):
    answers, sys.stdout = sys.stdout, sys.stderr
    import django

    django.setup()
    make, counted = KINDS[kind](), None
    for _ in sys.stdin:
        user = _user()
        cpu = process_time()
        with make(user) as file:
            answer = {"cpu": process_time() - cpu, "peak": peak()}
            counted = counted or rows_in(file)
        print(json.dumps(answer | {"rows": counted}), file=answers, flush=True)


if __name__ == "__main__":
    main(*sys.argv[1:])
