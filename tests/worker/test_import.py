"""A roster of 600 people, its worker killed in the middle of the saving and of the undo: all or nothing, and once."""

import os
import signal
import subprocess
import sys

import pytest

from tests.worker.product import ROOT, Product, new_folder

pytestmark = pytest.mark.worker


@pytest.fixture(scope="module")
def product(tmp_path_factory, made_once):
    before = os.environ.get("DATA_DIR")
    made = Product(new_folder(tmp_path_factory, made_once))
    yield made
    made.close()
    if before is None:
        del os.environ["DATA_DIR"]
    else:
        os.environ["DATA_DIR"] = before


TABLES = ("members_person", "members_member", "members_placement", "members_personplace")


def at_work(product, doing):
    """The processes that came to the middle of it, in order."""
    log = product.data / f"{doing}.log"
    return [int(pid) for pid in log.read_text().split()] if log.exists() else []


def count(product, table):
    return product._select(f"SELECT COUNT(*) FROM {table}")[0][0]


def counts(product):
    return {count(product, table) for table in TABLES}


def ask_and_kill(product, asked, batch, doing):
    """Ask for it and kill whoever does it in the middle; the process that asks."""
    # 不等它回来：在 SQLite 上，做到一半的那一位占着写锁。
    asking = subprocess.Popen(
        [sys.executable, "-m", "tests.worker.hand_in", asked, str(batch)], cwd=ROOT, env=product.env
    )
    product.until(lambda: at_work(product, doing))
    os.kill(at_work(product, doing)[0], signal.SIGKILL)
    return asking


def test_a_kill_in_the_middle_of_the_saving_and_of_the_undo(product):
    batch = int(product._call("-m", "tests.worker.hand_in"))

    def state():
        return product._select(f"SELECT state, new FROM imports_importbatch WHERE id = {batch}")[0]

    product.until(lambda: state() == ("ready", 600))
    asking = ask_and_kill(product, "apply", batch, "saving")
    assert (counts(product), state()[0]) == ({0}, "applying"), "nothing of a half saving stays"
    product.until(lambda: state()[0] == "applied")
    assert asking.wait(timeout=30) == 0
    assert len(at_work(product, "saving")) == 2
    assert counts(product) == {600}
    # 文件在提交以后才删。
    product.until(lambda: not list((product.data / "imports").glob("*")), 10)

    asking = ask_and_kill(product, "undo", batch, "undoing")
    assert (counts(product), state()[0]) == ({600}, "undoing"), "nothing of a half undo stays"
    product.until(lambda: state()[0] == "undone")
    assert asking.wait(timeout=30) == 0
    assert counts(product) == {0}
    for verb in ("members.roster_applied", "members.roster_undone"):
        assert product._select(f"SELECT COUNT(*) FROM audit_trail WHERE verb = '{verb}'")[0][0] == 1
