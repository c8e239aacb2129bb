"""Ask for papers as a page would, from a process of its own: python -m tests.worker.ask '[{"seconds": 1}, …]'.

Prints the batch's key. `python -m tests.worker.ask cancel KEY` cancels it.
"""

import json
import sys

import django

django.setup()

from accounts.models import User  # noqa: E402
from office.areas.models import Town  # noqa: E402
from office.papers import builds  # noqa: E402
from office.papers.models import Build  # noqa: E402
from tests.worker.papers import paper  # noqa: E402

town, _ = Town.objects.get_or_create(name="西塘镇")
user, _ = User.objects.get_or_create(username="office", defaults={"name": "周敏", "town": town})
if sys.argv[1] == "cancel":
    answer = builds.cancel(Build.objects.get(pk=sys.argv[2]), by=user)
else:
    wanted = json.loads(sys.argv[1])
    papers = [
        builds.Paper(kind=f"test{n}", title=f"第{n}份", task=paper.name, town=town, parameters=parameters)
        for n, parameters in enumerate(wanted)
    ]
    answer = builds.request_batch(kind="test", title="一批", papers=papers, town=town, by=user).pk
sys.stdout.write(str(answer))
