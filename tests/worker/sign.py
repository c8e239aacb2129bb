"""Draft, review and sign a notice, as the pages do: python -m tests.worker.sign. Prints the document's key."""

import sys

import django

django.setup()

from accounts.models import User  # noqa: E402
from office.areas.models import Body, Town  # noqa: E402
from office.papers import documents  # noqa: E402

town, _ = Town.objects.get_or_create(name="西塘镇")
drafter, reviewer, signer = [
    User.objects.create(username=name, name=name, town=town) for name in ("drafter", "reviewer", "signer")
]
issuer = Body.objects.create(town=town, kind=Body.Kind.TOWN_COMMITTEE, name="中共西塘镇委员会", short_name="西塘镇党委")
documents.set_word(issuer, "notice", "西委发", by=drafter)
text = "请按时报送。\n一、时间\n十二月二十日前。"
notice = documents.draft(
    kind="notice", issuer=issuer, title="关于述职的通知", by=drafter, text=text, addressee="各社区党委"
)
for deed, by in ((documents.send, drafter), (documents.approve, reviewer), (documents.sign, signer)):
    notice = deed(notice, by=by, version=notice.version)
sys.stdout.write(str(notice.pk))
