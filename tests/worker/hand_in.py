"""Hand in a roster of 600 people and have it saved, as the pages do: python -m tests.worker.hand_in.

Prints the batch's key. With `apply KEY` the saving is asked for, with `undo KEY` the undo.
"""

import io
import sys
from datetime import date

import django

django.setup()

from openpyxl import Workbook  # noqa: E402

from accounts.models import Assignment, User  # noqa: E402
from accounts.roles import Role  # noqa: E402
from members import roster  # noqa: E402
from office.areas.models import Body, Community, Town  # noqa: E402
from office.imports import batches, undoing  # noqa: E402
from office.imports.models import ImportBatch  # noqa: E402

ROWS = 600


def keeper(town, community):
    user, made = User.objects.get_or_create(username="keeper", defaults={"name": "李建国", "town": town})
    if made:
        body = Body.objects.create(
            town=town, community=community, kind="community_committee", name="党委", short_name="党委"
        )
        Body.objects.create(town=town, community=community, kind="branch", name="第一党支部", short_name="第一党支部")
        Assignment.objects.create(user=user, role=Role.COMMUNITY_SECRETARY, body=body, starts_on=date(2020, 1, 1))
    return user


def table():
    book, given = Workbook(), "安邦昌达恩方广浩嘉康"
    book.active.append(["姓名", "联系电话", "人员类别", "关系类别", "所在党支部"])
    for n in range(ROWS):
        name = "赵钱孙李周吴"[n // 100] + given[n // 10 % 10] + given[n % 10]
        book.active.append([name, f"139{n:08d}", "正式党员", "直管", "第一党支部"])
    buffer = io.BytesIO()
    book.save(buffer)
    return buffer.getvalue()


town, _ = Town.objects.get_or_create(name="西塘镇")
community, _ = Community.objects.get_or_create(town=town, name="北社区")
user = keeper(town, community)
if sys.argv[1:]:
    batch = ImportBatch.objects.get(pk=sys.argv[2])
    {"apply": batches.apply, "undo": undoing.undo}[sys.argv[1]](batch, by=user)
else:
    batch = roster.hand_in(table(), "六百人.xlsx", community=community, by=user)
sys.stdout.write(str(batch.pk))
