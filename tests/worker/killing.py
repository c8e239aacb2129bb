"""kill -9 at random points of the annual papers, again and again: none lost, none doubled.

In full by hand, about a quarter of an hour; prints at which phase each kill fell:

    python -m tests.worker.killing 20 45
"""

import hashlib
import os
import random
import signal
import sys
import tempfile
import time
import zipfile
from collections import Counter
from pathlib import Path

from pypdf import PdfReader

from tests.worker.product import Product

YEAR = 2025
# What tests.worker.materials notes: claimed, figures frozen, being drawn, being stored.
AT_WORK = ("claimed", "frozen", "drawing", "storing")
VICTIMS = ("pool process", "main process", "whole group")
KILLS = 2  # fewer than a build's attempts, so that none is rightly given up


def one_round(product, branches, chance):
    """Ask for the papers, kill twice while they are being made, wait for the end; the phases the kills fell into."""
    batch = product.ask_materials(branches, YEAR)
    phases = []
    while len(phases) < KILLS:
        phase = _kill(product, batch, chance)
        if phase is None:
            break
        phases += [phase] if phase in AT_WORK else []
    rows = product.until_over(batch, seconds=600)
    check_made_once(product, batch, rows, branches)
    return phases


def check_made_once(product, batch, rows, branches):
    """Every paper asked for is done and stands for exactly one whole file that opens; nothing else was stored."""
    assert len(rows) == 2 * branches + 4
    assert product.batch_state(batch) == "done"
    kept = Counter(pk for word, pk, _ in product.work() if word == "kept")
    for pk, state, _, file, sha256, error in rows:
        assert (state, error) == ("done", ""), (pk, state, error)
        path = product.data / "files" / file
        # 最后一份刚记为已生成时，旧文件可能正在删。
        product.until(lambda pk=pk, path=path: product.files(pk) == [path], 10)
        assert hashlib.sha256(path.read_bytes()).hexdigest() == sha256
        assert kept[pk] <= 1, "kept twice"
        _open(path)


def _open(path):
    if path.suffix == ".pdf":
        assert len(PdfReader(path).pages) > 0
    else:
        assert zipfile.ZipFile(path).testzip() is None


def _kill(product, batch, chance):
    """Kill somebody who works on the batch after a moment; the phase it fell into, None when the batch was over first."""
    product.until(lambda: _busy(product, batch) or product.batch_state(batch) == "done", 300)
    over = time.monotonic() + chance.random() * 2
    product.until(lambda: time.monotonic() > over)
    busy = _busy(product, batch)
    if not busy:
        return None if product.batch_state(batch) == "done" else "between papers"
    pid, main = chance.choice(sorted(busy)), product.worker.process.pid
    victim = chance.choice(VICTIMS)
    if victim == "pool process":
        os.kill(pid, signal.SIGKILL)
    else:
        (os.kill if victim == "main process" else os.killpg)(main, signal.SIGKILL)
        product.until(lambda: product.worker.process is not None and product.worker.process.pid != main)
    product.worker.fast_deaths = 0
    return [word for word, _, at in product.work() if at == pid][-1]


def _busy(product, batch):
    """Living pool processes whose last word is of a paper of this batch that is not yet stored."""
    ours = {pk for pk, *_ in product.rows(batch)}
    last = {pid: word for word, pk, pid in product.work() if pk in ours}
    return {pid for pid, word in last.items() if word in AT_WORK and Path(f"/proc/{pid}").exists()}


def main(rounds, branches):
    chance = random.Random(f"{time.time_ns()}")
    with tempfile.TemporaryDirectory(prefix="kill-") as folder:
        product = Product(Path(folder))
        try:
            fell, slowest = Counter(), 0
            for number in range(1, rounds + 1):
                begun = time.monotonic()
                phases = one_round(product, branches, chance)
                took = time.monotonic() - begun
                slowest = max(slowest, took)
                fell.update(phases)
                sys.stdout.write(f"{number}: {took:.0f} s, {', '.join(phases)}\n")
                sys.stdout.flush()
        finally:
            product.close()
    sys.stdout.write(
        f"{rounds} rounds of {2 * branches + 4} files, {fell.total()} kills inside the work {dict(fell)}, "
    )
    sys.stdout.write(f"0 lost, 0 doubled, slowest round {slowest:.0f} s\n")


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
