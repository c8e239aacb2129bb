"""Two leaders sign the same answer at one moment, each in a process of its own: it is decided once, and one is told."""

import json
import subprocess
import sys

import pytest

from tests.documents.test_racing import ROOT, office, run  # noqa: F401

pytestmark = pytest.mark.worker
MODULE = "tests.branches.race_case"
COUNT = (
    "import django, json, sys; django.setup()\n"
    "from branches.models import Branch, BranchCase\n"
    "from office.papers.models import DocumentNumber\n"
    "counts = [Branch.objects.filter(kind='joint').count(), BranchCase.objects.get().state,"
    " DocumentNumber.objects.filter(document__kind='reply').count()]\n"
    "sys.stdout.write(json.dumps(counts))"
)


def test_an_answer_is_carried_out_once(office, tmp_path):  # noqa: F811
    case, *leaders = run(office, "-m", MODULE, "set-up")
    start = tmp_path / "start"
    signers = [
        subprocess.Popen(
            [sys.executable, "-m", MODULE, "sign", str(start), str(case), str(leader)],
            cwd=ROOT,
            env=office,
            stdout=subprocess.PIPE,
        )
        for leader in leaders
    ]
    start.touch()
    answers = sorted(json.loads(signer.communicate(timeout=120)[0]) for signer in signers)
    assert answers[0] == "signed" or answers[1] == "signed", answers
    told = next(words for words in answers if words != "signed")
    assert "刚才已经办过这件事项" in told or "刚才有人改过" in told
    assert run(office, "-c", COUNT) == [1, "approved", 1]
