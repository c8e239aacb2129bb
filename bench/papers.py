"""What the annual papers cost: one against bare WeasyPrint, two processes against one, memory over many."""

import json
import os
import shutil
import subprocess
import sys
import tempfile
import threading
from contextlib import ExitStack, closing, contextmanager
from pathlib import Path
from queue import Empty, SimpleQueue

from django.conf import settings
from django.db import connection
from pypdf import PdfReader

from accounts.models import User
from assessments import annual, figures
from bench import databases
from bench.figures import Figure
from bench.measures import least
from office.papers.builds import Paper
from office.papers.models import Build, State

WARM = 20  # papers a process makes before its memory counts: by then it has met papers of every size


class Press:
    """A child process that makes papers (bench/press.py)."""

    def __init__(self, kind, workshop):
        self.process = subprocess.Popen(
            [sys.executable, "-m", "bench.press", kind, str(workshop.folder)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            env=workshop.env,
            cwd=settings.BASE_DIR,
            text=True,
        )

    def make(self, pk):
        """{"cpu", "memory"} of one paper. Raises RuntimeError when the process died."""
        self.process.stdin.write(f"{pk}\n")
        self.process.stdin.flush()
        answer = self.process.stdout.readline()
        if not answer:
            raise RuntimeError("做材料的进程中途退出了。")
        return json.loads(answer)

    def close(self):
        self.process.stdin.close()
        self.process.wait()


class Workshop:
    """A copy of the town with a queue of its branches' papers."""

    def __init__(self, folder):
        self.folder = folder
        self.database = folder / "town.sqlite3"
        with connection.cursor() as cursor:
            cursor.execute("VACUUM INTO %s", [str(self.database)])
        shutil.copy(settings.DATA_DIR / "secrets.json", folder)
        self.env = dict(
            os.environ,
            DATA_DIR=str(folder),
            DATABASE_URL=f"sqlite:///{self.database}",
            DJANGO_SETTINGS_MODULE="config.settings",
            MALLOC_ARENA_MAX="2",
        )

    def ask(self):
        """Queue a paper for every branch; nothing is sent to any broker."""
        office = User.objects.get(username="town01")
        year = databases.AS_OF.year
        rows = [
            Paper(
                kind=annual.BRANCH,
                title=str(branch),
                task="assessments.branch_year",
                town=office.town,
                community=branch.body.community,
                branch=branch.body,
                year=year,
            ).row(office)
            for branch in figures.running(office.town_id, databases.AS_OF).select_related("body__community")
        ]
        for row in rows:
            row.save()
        self.keys = [row.pk for row in rows]

    def again(self, number):
        """The key of a paper of the queue, as if it had never been made."""
        pk = self.keys[number % len(self.keys)]
        Build.objects.filter(pk=pk).update(
            state=State.QUEUED,
            attempt=0,
            lease_until=None,
            started_at=None,
            finished_at=None,
            figures=None,
            file="",
            file_name="",
            sha256="",
            size=None,
        )
        return pk

    def pages(self, number):
        build = Build.objects.get(pk=self.keys[number])
        return len(PdfReader(self.folder / "files" / build.file).pages)


@contextmanager
def workshop():
    """The workshop, with the default database pointing at its copy; all of it goes when it is over."""
    databases.use("town")
    own = connection.settings_dict["NAME"]
    with tempfile.TemporaryDirectory(prefix="bench-") as folder:
        shop = Workshop(Path(folder))
        connection.close()
        connection.settings_dict["NAME"] = shop.database
        try:
            shop.ask()
            yield shop
        finally:
            connection.close()
            connection.settings_dict["NAME"] = own


def measured(*, rounds, batch, many):
    """D1 and D2: `batch` papers are made by one and by two processes, `many` in one process for its memory."""
    with workshop() as shop:
        yield one_paper(shop, rounds)
        yield two_processes(shop, batch)
        yield memory(shop, many)


def one_paper(shop, rounds):
    with ExitStack() as stack:
        ours, bare = (stack.enter_context(closing(Press(kind, shop))) for kind in ("worker", "bare"))
        cost = least(
            rounds,
            {"product": lambda: ours.make(shop.again(0))["cpu"], "weasyprint": lambda: bare.make(0)["cpu"]},
        )
    what = f"一份支部材料（{shop.pages(0)}页）从领任务到存好，处理器时间比 WeasyPrint 单独排同一份"
    return Figure("D1", what, cost["product"] / cost["weasyprint"], at_most=1.3, raw=cost)


def two_processes(shop, batch):
    """Papers a second of two processes at once against one alone; waiting for a processor is left out.

    What is left tells whether they are in each other's way (locks, disk), whatever else the machine is doing.
    """
    with ExitStack() as stack:
        pair = [stack.enter_context(closing(Press("worker", shop))) for _ in range(2)]
        for press in pair:
            press.make(shop.again(0))
        alone, together = _speed(shop, pair[:1], batch), _speed(shop, pair, batch)
    what = f"{batch}份支部材料，两个进程的快慢比一个进程（不计等处理器的时间）"
    raw = {"papers_per_second": {"one": alone, "two": together}}
    return Figure("D2", what, together / alone, at_least=1.8, raw=raw)


def _speed(shop, presses, count):
    """Papers a second while `count` papers are made by these processes."""
    queue = SimpleQueue()
    for number in range(count):
        queue.put(shop.again(number))
    busy = {press: [] for press in presses}

    def work(press):
        while True:
            try:
                busy[press].append(press.make(queue.get_nowait())["busy"])
            except Empty:
                return

    threads = [threading.Thread(target=work, args=(press,)) for press in presses]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return sum(len(seconds) / sum(seconds) for seconds in busy.values())


def memory(shop, many):
    """PDF and Word of each, in one process: what many leave behind."""
    with closing(Press("formats", shop)) as press:
        seen = [press.make(shop.again(number))["memory"] for number in range(WARM + many)]
    early, late = max(seen[:WARM]), max(seen[-WARM:])
    return Figure(
        "D2",
        f"一个进程连做{many}份（PDF 和 Word）后的内存，比刚热身时",
        late / early,
        at_most=1.1,
        raw={"MiB": {"early": early // 1024, "late": late // 1024}},
    )
