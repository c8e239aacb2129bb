"""Ask for a town's annual papers, from a process of its own: python -m tests.worker.ask_materials BRANCHES YEAR.

Makes the town the first time: so many branches, each with its compound and ten meetings. Prints the
batch's key.
"""

import sys
from datetime import date

import django
from django.utils import timezone

django.setup()

from accounts.models import User  # noqa: E402
from assessments import annual  # noqa: E402
from branches.models import Branch  # noqa: E402
from meetings.models import Meeting  # noqa: E402
from office.areas.models import Body, Community, Compound, Coverage, Town  # noqa: E402

branches, year = int(sys.argv[1]), int(sys.argv[2])
town, made = Town.objects.get_or_create(name="杀不死镇")
user, _ = User.objects.get_or_create(username="materials", defaults={"name": "周敏", "town": town})


def settle(number):
    community = communities[number % len(communities)]
    name = f"第{number}"
    compound = Compound.objects.create(community=community, name=f"{name}小区", households=300)
    body = Body.objects.create(
        kind=Body.Kind.BRANCH, town=town, community=community, name=f"中共{community}{name}小区支部委员会",
        short_name=f"{name}党支部",
    )  # fmt: skip
    Branch.objects.create(
        body=body, kind=Branch.Kind.COMPOUND, state=Branch.State.RUNNING, approved_on=date(2020, 1, 5)
    )
    Coverage.objects.create(body=body, compound=compound, starts_on=date(2020, 1, 5))
    for month in range(1, 11):
        Meeting.objects.create(
            town=town, community=community, branch=body, kind=Meeting.Kind.THEME_DAY, held_on=date(year, month, 5),
            title="主题党日", present=5, expected=6, filed_at=timezone.now(), filed_by=user,
        )  # fmt: skip


if made:
    communities = [
        Community.objects.create(town=town, name=f"{word}社区", position=n) for n, word in enumerate("东西南")
    ]
    for number in range(1, branches + 1):
        settle(number)
sys.stdout.write(str(annual.request_annual(town, year, by=user).pk))
