"""Whatever is killed, every paper asked for is made once: nothing lost, nothing made twice, nothing half written."""

import hashlib
import os
import random
import signal
import time
import zipfile
from pathlib import Path

import pytest

from tests.worker import killing
from tests.worker.product import Product, new_folder

pytestmark = pytest.mark.worker
KILLS = 2  # fewer than a build's attempts, so that none is rightly given up


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


@pytest.fixture(autouse=True)
def calm(product):
    """Earlier tests' kills are not this one's bad luck."""
    for child in product.children:
        child.fast_deaths = 0


def at_work(product, batch):
    """The pool processes now working on the batch, by build."""
    ours = {pk for pk, *_ in product.rows(batch)}
    open_ends = {}
    for word, pk, pid in product.work():
        if pk in ours and word == "begin":
            open_ends[pk] = pid
        elif pk in ours:
            open_ends.pop(pk, None)
    return {pk: pid for pk, pid in open_ends.items() if Path(f"/proc/{pid}").exists()}


def next_at_work(product, batch):
    """Wait until somebody works on the batch; nobody when it is over before that."""
    product.until(lambda: at_work(product, batch) or product.batch_state(batch) == "done")
    return at_work(product, batch)


def kill(product, victim, worker_at_work):
    main = product.worker.process.pid
    if victim == "pool process":
        os.kill(worker_at_work, signal.SIGKILL)
        return
    (os.kill if victim == "main process" else os.killpg)(main, signal.SIGKILL)
    product.until(lambda: product.worker.process is not None and product.worker.process.pid != main)


def pass_time(product, seconds):
    over = time.monotonic() + seconds
    product.until(lambda: time.monotonic() > over)


def test_a_batch_is_made(product):
    batch = product.ask(*[{"seconds": 0.1}] * 6)
    rows = product.until_over(batch)
    assert len(rows) == 6
    for row in rows:
        product.check_made_once(row)
    assert product.batch_state(batch) == "done"


def test_what_is_signed_is_put_away_as_pdf_and_word_with_its_hash(product):
    document = int(product._call("-m", "tests.worker.sign"))

    def state():
        return product._select(f"SELECT state FROM papers_document WHERE id = {document}")[0][0]

    product.until(lambda: state() == "archived")
    columns = "format, file, sha256, size"
    kept = product._select(f"SELECT {columns} FROM papers_archivedfile WHERE document_id = {document} ORDER BY format")
    assert [format for format, *_ in kept] == ["docx", "pdf"]
    for _, file, sha256, size in kept:
        data = (product.data / "files" / file).read_bytes()
        assert (hashlib.sha256(data).hexdigest(), len(data)) == (sha256, size)
    word, pdf = (product.data / "files" / file for _, file, *_ in kept)
    assert pdf.read_bytes().startswith(b"%PDF-")
    assert "西委发" in zipfile.ZipFile(word).read("word/document.xml").decode()
    steps = product._select(f"SELECT step FROM papers_documentstep WHERE document_id = {document} ORDER BY id")
    assert [step for (step,) in steps].count("archived") == 1


@pytest.mark.parametrize("victim", ["pool process", "main process", "whole group"])
def test_kill_at_any_moment(product, victim):
    chance = random.Random(f"{victim} {time.time_ns()}")
    batch = product.ask(*[{"seconds": 1}] * 8)
    for _ in range(KILLS):
        next_at_work(product, batch)
        pass_time(product, chance.random())
        if busy := next_at_work(product, batch):
            kill(product, victim, next(iter(busy.values())))
    rows = product.until_over(batch)
    for row in rows:
        product.check_made_once(row)
    assert max(attempt for _, _, attempt, *_ in rows) > 1, "no kill fell inside the work"


def test_the_annual_papers_survive_kills_inside_the_work(product):
    """Twenty rounds of 45 branches by hand: see killing.py."""
    chance = random.Random(time.time_ns())
    assert killing.one_round(product, branches=5, chance=chance), "no kill fell inside the work"


def test_the_broker_loses_everything_it_knew(product):
    batch = product.ask(*[{"seconds": 1}] * 6)
    product.until(lambda: at_work(product, batch))
    worker = product.worker.process.pid
    product.lose_broker_content()
    for row in product.until_over(batch):
        product.check_made_once(row)
    assert product.worker.process.pid == worker, "it found the broker again by itself"


def test_a_hung_worker_is_replaced(product):
    batch = product.ask(*[{"seconds": 1}] * 6)
    busy = product.until(lambda: at_work(product, batch))
    hung = product.worker.process.pid
    for pid in busy.values():
        os.kill(pid, signal.SIGSTOP)
    product.until(lambda: set(at_work(product, batch)) > set(busy) or len(busy) == 2)
    for pid in set(at_work(product, batch).values()) - set(busy.values()):
        os.kill(pid, signal.SIGSTOP)
    for row in product.until_over(batch):
        product.check_made_once(row)
    assert product.worker.process.pid != hung


def test_work_on_what_was_cancelled_is_thrown_away(product):
    batch = product.ask({"held": True}, {"held": True})
    product.until(lambda: len(at_work(product, batch)) == 2)
    product.cancel(batch)
    (product.data / "release").touch()
    product.until(lambda: not at_work(product, batch))
    # 两个进程又都空下来做了新的，之前的就一定收尾了。
    product.until_over(product.ask({"seconds": 1}, {"seconds": 1}))
    for pk, state, *_ in product.rows(batch):
        assert state == "cancelled"
        assert product.files(pk) == []


def test_a_paper_that_kills_its_process_is_given_up_and_spares_the_others(product):
    batch = product.ask({"deadly": True}, *[{"seconds": 0.1}] * 4)
    deadly, *others = product.until_over(batch)
    assert deadly[1:3] == ("failed", 3)
    assert "没有做完" in deadly[-1]
    for row in others:
        product.check_made_once(row)
    assert product.batch_state(batch) == "failed"


def test_a_paper_that_needs_too_much_memory_says_so(product):
    too_big, small = product.until_over(product.ask({"megabytes": 2000}, {"megabytes": 50}))
    assert too_big[1] == "failed"
    assert "太多" in too_big[-1]
    product.check_made_once(small)
