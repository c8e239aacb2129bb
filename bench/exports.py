"""What the member list as a file costs: against django-import-export, openpyxl and the hand-written floor (E1, E2)."""

import json
import os
import shutil
import sqlite3
import subprocess
import sys
import tempfile
from contextlib import ExitStack, closing, contextmanager
from importlib.util import find_spec
from pathlib import Path

from django.conf import settings
from django.db import connection

from bench import databases
from bench.figures import Figure
from bench.measures import least

SMALL, LARGE = 10_000, 100_000  # rows
PEERS = {  # kind: (module, words, how many times the product it should cost at least; None: told only)
    "import_export": ("import_export", "django-import-export", 15),
    "openpyxl": ("openpyxl", "openpyxl 逐行写、格式相同，", 8),
    "openpyxl_bare": ("openpyxl", "openpyxl 逐行写、不带格式，", None),
}
# One holder at a time: these posts cannot be held by copies of a person.
SINGLE = ("secretary", "chair", "project_manager", "liaison")
MIB = 1024


class Exporter:
    """A child process that makes the file on demand (bench/exporter.py)."""

    def __init__(self, kind, env):
        self.process = subprocess.Popen(
            [sys.executable, "-m", "bench.exporter", kind],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            env=env,
            cwd=settings.BASE_DIR,
            text=True,
        )

    def make(self):
        """{"cpu", "peak", "rows"} of one file. Raises RuntimeError when the process died."""
        self.process.stdin.write("\n")
        self.process.stdin.flush()
        answer = self.process.stdout.readline()
        if not answer:
            raise RuntimeError("导出的进程中途退出了。")
        return json.loads(answer)

    def close(self):
        self.process.stdin.close()
        self.process.wait()


@contextmanager
def town_of(rows):
    """The environment of a process that works on a copy of the town with this many members."""
    databases.use("town")
    with tempfile.TemporaryDirectory(prefix="bench-") as name:
        folder = Path(name)
        database = folder / "town.sqlite3"
        with connection.cursor() as cursor:
            cursor.execute("VACUUM INTO %s", [str(database)])
        _multiply(database, rows)
        shutil.copy(settings.DATA_DIR / "secrets.json", folder)
        yield dict(
            os.environ,
            DATA_DIR=name,
            DATABASE_URL=f"sqlite:///{database}",
            DJANGO_SETTINGS_MODULE="config.settings",
            MALLOC_ARENA_MAX="2",
        )


def _multiply(path, rows):
    """Copy people, memberships and posts under new numbers until the town has `rows` members, no fewer and no more."""
    with closing(sqlite3.connect(path)) as base, base:
        step = 1 + base.execute("SELECT max(id) FROM members_person").fetchone()[0]
        posts = 1 + base.execute("SELECT max(id) FROM members_post").fetchone()[0]
        there = base.execute("SELECT count(*) FROM members_member").fetchone()[0]
        for copy in range(1, -(-rows // there)):
            fresh = "lower(hex(randomblob(16)))"
            person = {"id": f"id + {copy * step}", "uuid": fresh, "id_fingerprint": "NULL", "user_id": "NULL"}
            members = "SELECT person_id FROM members_member"
            _copied(base, "members_person", person, f"id < {step} AND id IN ({members})")
            _copied(base, "members_member", {"person_id": f"person_id + {copy * step}"}, f"person_id < {step}")
            moved = {"id": f"id + {copy * posts}", "person_id": f"person_id + {copy * step}"}
            several = f"id < {posts} AND person_id IN ({members}) AND title NOT IN {SINGLE}"
            _copied(base, "members_post", moved, several)
        last = "SELECT person_id FROM members_member WHERE status = 'normal' ORDER BY person_id LIMIT -1 OFFSET ?"
        base.execute(f"UPDATE members_member SET status = 'left' WHERE person_id IN ({last})", [rows])


def _copied(base, table, changed, which):
    columns = [row[1] for row in base.execute(f"PRAGMA table_info({table})")]
    values = ", ".join(changed.get(column, column) for column in columns)
    base.execute(f"INSERT INTO {table} ({', '.join(columns)}) SELECT {values} FROM {table} WHERE {which}")


def measured(*, rounds, quick):
    """E1 at 100,000 rows, quick at 10,000; E2 always compares the two."""
    kinds = ["product", "floor", *(kind for kind in PEERS if _there(kind))]
    rows = SMALL if quick else LARGE
    with town_of(rows) as env, ExitStack() as stack:
        exporters = {kind: stack.enter_context(closing(Exporter(kind, env))) for kind in kinds}
        made = {kind: exporter.make()["rows"] for kind, exporter in exporters.items()}
        if len(set(made.values())) > 1:
            raise RuntimeError(f"各样写出的行数不同：{made}")
        cost = least(rounds, {kind: lambda e=exporter: e.make()["cpu"] for kind, exporter in exporters.items()})
    yield from _against(cost, made["product"])
    yield memory()


def _there(kind):
    module, words, _ = PEERS[kind]
    if find_spec(module):
        return True
    print(f"没有装 {words}，不和它比。要比的话：.venv/bin/pip install -r bench/requirements.txt")
    return False


def _against(cost, rows):
    ours = cost["product"]
    what = f"导出{rows:,}名党员的处理器时间"
    raw = {"product": ours, "floor": cost["floor"]}
    yield Figure("E1", f"{what}，比手写的最省写法", ours / cost["floor"], at_most=1.6, raw=raw)
    for kind, (_, words, times) in PEERS.items():
        if kind in cost:
            raw = {"product": ours, kind: cost[kind]}
            yield Figure("E1", f"{words}{what}，比本系统", cost[kind] / ours, at_least=times, raw=raw)


def memory():
    """MiB more at its highest for the large list than for the small one, each in a process of its own."""
    peaks = {}
    for rows in (SMALL, LARGE):
        with town_of(rows) as env, closing(Exporter("product", env)) as exporter:
            peaks[rows] = exporter.make()["peak"] / MIB
    what = f"导出{LARGE:,}行的内存最高处比{SMALL:,}行多几 MiB"
    raw = {"MiB": {f"{rows:,}行": peak for rows, peak in peaks.items()}}
    return Figure("E2", what, peaks[LARGE] - peaks[SMALL], at_most=10, raw=raw)
