"""One signer in a process of its own: `python -m tests.documents.race set-up COUNT` or `… sign START KEY KEY …`.

`set-up` leaves COUNT documents waiting for signature and prints their keys. `sign` waits until the file START is there,
then signs the documents one after another; it prints what became of each.
"""

import json
import sys
import time
from pathlib import Path

import django

django.setup()

from accounts.models import User  # noqa: E402
from office.areas.models import Body, Town  # noqa: E402
from office.papers import documents  # noqa: E402
from office.papers.models import Document  # noqa: E402


def set_up(count):
    town = Town.objects.create(name="西塘镇")
    people = [User.objects.create(username=f"user{n}", name=name, town=town) for n, name in enumerate("甲乙丙")]
    drafter, reviewer, _ = people
    body = Body.objects.create(town=town, kind="town_committee", name="中共西塘镇委员会", short_name="镇党委")
    documents.set_word(body, "notice", "西委发", by=drafter)
    keys = []
    for number in range(count):
        made = documents.draft(
            kind="notice", issuer=body, title=f"第{number}份", text="正文。", addressee="各社区", by=drafter
        )
        made = documents.send(made, by=drafter, version=made.version)
        keys.append(documents.approve(made, by=reviewer, version=made.version).pk)
    return keys


def sign(keys):
    signer = User.objects.get(username="user2")
    answers = []
    for key in keys:
        document = Document.objects.get(pk=key)
        try:
            answers.append(documents.sign(document, by=signer, version=document.version).number)
        except ValueError as refused:
            answers.append(str(refused))
    return answers


if sys.argv[1] == "set-up":
    answer = set_up(int(sys.argv[2]))
else:
    while not Path(sys.argv[2]).exists():
        time.sleep(0.005)
    answer = sign([int(key) for key in sys.argv[3:]])
sys.stdout.write(json.dumps(answer, ensure_ascii=False))
