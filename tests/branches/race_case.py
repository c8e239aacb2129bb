"""One leader in a process of its own: `python -m tests.branches.race_case set-up` or `… sign START CASE USER`.

`set-up` leaves a case whose 批复 waits for its signature and prints its key. `sign` waits until the file START is
there, then signs as that user; it prints what became of it.
"""

import json
import sys
import time
from pathlib import Path

import django

django.setup()

from django.core.exceptions import ValidationError  # noqa: E402

from accounts.models import User  # noqa: E402
from branches import cases  # noqa: E402
from branches.models import BranchCase  # noqa: E402
from tests import cast  # noqa: E402
from tests.branches import case_cast  # noqa: E402


def set_up():
    place = cast.build()
    case = case_cast.brought_to(place, case_cast.opened(place), "同意")
    second = User.objects.create(username="leader2", name="另一位镇领导", town=case.town)
    return [case.pk, place.user["镇领导"].pk, second.pk]


def sign(case, user):
    found = BranchCase.objects.select_related("reply").get(pk=case)
    by = User.objects.get(pk=user)
    try:
        cases.sign_reply(found, version=found.version, reply_version=found.reply.version, by=by)
    except (ValueError, ValidationError) as refused:
        return str(refused)
    return "signed"


if sys.argv[1] == "set-up":
    answer = set_up()
else:
    while not Path(sys.argv[2]).exists():
        time.sleep(0.005)
    answer = sign(*map(int, sys.argv[3:]))
sys.stdout.write(json.dumps(answer, ensure_ascii=False))
