"""A roster of 600 people, its worker killed in the middle of the saving: all or nothing, and once."""

import os
import signal
import subprocess
import sys

import pytest

from tests.worker.product import ROOT, Product

KILLED = 2  # as in slow_saving, which can be imported in the worker only

pytestmark = pytest.mark.worker


@pytest.fixture(scope="module")
def product(tmp_path_factory):
    before = os.environ.get("DATA_DIR")
    made = Product(tmp_path_factory.mktemp("w"))
    yield made
    made.close()
    if before is None:
        del os.environ["DATA_DIR"]
    else:
        os.environ["DATA_DIR"] = before


def savers(product):
    log = product.data / "saving.log"
    return [int(pid) for pid in log.read_text().split()] if log.exists() else []


def count(product, table):
    return product._select(f"SELECT COUNT(*) FROM {table}")[0][0]


def test_kill_in_the_middle_of_the_saving(product):
    batch = int(product._call("-m", "tests.worker.hand_in"))

    def state():
        return product._select(f"SELECT state, new FROM imports_importbatch WHERE id = {batch}")[0]

    product.until(lambda: state() == ("ready", 600))
    # 不等它回来：在 SQLite 上，保存到一半的那一位占着写锁。
    asking = subprocess.Popen(
        [sys.executable, "-m", "tests.worker.hand_in", "apply", str(batch)], cwd=ROOT, env=product.env
    )
    for kill in range(KILLED):
        product.until(lambda at=kill: len(savers(product)) > at)
        os.kill(savers(product)[kill], signal.SIGKILL)
        assert (count(product, "members_person"), state()[0]) == (0, "applying"), "nothing of a half saving stays"
    product.until(lambda: state()[0] == "applied")
    assert asking.wait(timeout=30) == 0
    assert len(savers(product)) == KILLED + 1
    for table in ("members_person", "members_member", "members_placement", "members_personplace"):
        assert count(product, table) == 600
    applied = "SELECT COUNT(*) FROM audit_trail WHERE verb = 'members.roster_applied'"
    assert product._select(applied)[0][0] == 1
    assert not list((product.data / "imports").glob("*")), "the file goes when it is saved"
