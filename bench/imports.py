"""What taking a roster in costs: against django-import-export and the hand-written floor (I1–I3, G7)."""

import json
import os
import shutil
import subprocess
import sys
import tempfile
from contextlib import ExitStack, closing, contextmanager
from importlib.util import find_spec
from pathlib import Path

from django.conf import settings
from django.db import connection

from bench import databases, rosters
from bench.figures import Figure

WARM, QUICK, SMALL, LARGE = 200, 2_000, 10_000, 20_000  # rows; the product takes no more than LARGE in one file
FLOOR = "floor"
PEERS = {  # kind: (words, how many times the product's cost it should take at least)
    "import_export": ("django-import-export 默认做法", 25),
    "import_export_bulk": ("django-import-export 成批做法", 5),
}
MODULES = {FLOOR: "python_calamine", "import_export": "import_export", "import_export_bulk": "import_export"}
MIB = 1024


class Importer:
    """A child process that takes the folder's roster in on demand (bench/importer.py)."""

    def __init__(self, kind, folder):
        own = self.folder = Path(tempfile.mkdtemp(prefix=f"{kind}-", dir=folder))
        shutil.copy(settings.DATA_DIR / "secrets.json", own)
        env = dict(
            os.environ,
            DATA_DIR=str(own),
            DATABASE_URL=f"sqlite:///{own / 'town.sqlite3'}",
            DJANGO_SETTINGS_MODULE="config.settings",
            MALLOC_ARENA_MAX="2",
        )
        self.process = subprocess.Popen(
            [sys.executable, "-m", "bench.importer", kind, str(folder)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            env=env,
            cwd=settings.BASE_DIR,
            text=True,
        )

    def take_in(self, *, keep=False):
        """What one import cost; `keep` starts from what the last one left. Raises RuntimeError when the process died."""
        self.process.stdin.write("keep\n" if keep else "\n")
        self.process.stdin.flush()
        answer = self.process.stdout.readline()
        if not answer:
            raise RuntimeError("导入的进程中途退出了。")
        return json.loads(answer)

    def close(self):
        self.process.stdin.close()
        self.process.wait()


@contextmanager
def folder_of(rows):
    """A folder with a town that knows a tenth of the people, and three rosters: warm (short), rows, good (no faults)."""
    from bench.importer import community
    from members.roster import _places

    databases.use("town")
    places = _places(community())
    names = {"compounds": list(places.compounds.values()), "branches": list(places.branches.values())}
    found = rosters.lines(rows, **names)
    with tempfile.TemporaryDirectory(prefix="bench-") as name:
        folder = Path(name)
        with connection.cursor() as cursor:
            cursor.execute("VACUUM INTO %s", [str(folder / "before.sqlite3")])
        rosters.write(folder / "roster.xlsx", rosters.known(found))
        with closing(Importer("product", folder)) as importer:
            importer.take_in()
        shutil.move(importer.folder / "town.sqlite3", folder / "before.sqlite3")
        rosters.write(folder / "warm.xlsx", rosters.lines(WARM, seed=2, **names))
        rosters.write(folder / "rows.xlsx", rosters.handed_in(found))
        rosters.write(folder / "good.xlsx", found)
        yield folder


def _hand(folder, which):
    shutil.copy(folder / f"{which}.xlsx", folder / "roster.xlsx")


def measured(*, rounds, quick):
    """I1 and I2 at 10,000 rows, quick at 2,000; growth, memory, lock and clock at the most rows a file may have."""
    rows = QUICK if quick else SMALL
    kinds = ["product", *(kind for kind, module in MODULES.items() if _there(module))]
    with folder_of(rows) as folder, ExitStack() as stack:
        importers = {kind: stack.enter_context(closing(Importer(kind, folder))) for kind in kinds}
        _hand(folder, "warm")
        for importer in importers.values():
            importer.take_in()
        _hand(folder, "rows")
        cost = _least(rounds, importers)
    yield from _against(cost, rows)
    yield from _at_the_limit(cost["product"], rows)


def _there(module):
    if find_spec(module):
        return True
    print(f"没有装 {module}，不和它比。要比的话：.venv/bin/pip install -r bench/requirements.txt")
    return False


def _least(rounds, importers):
    """{kind: the answer of its cheapest import}, in turns. Raises RuntimeError when the results differ."""
    best = {}
    for _ in range(rounds):
        answers = {kind: importer.take_in() for kind, importer in importers.items()}
        if len({answer["result"] for answer in answers.values()}) > 1:
            raise RuntimeError("各样导入的结果不同，没有可比性。")
        for kind, answer in answers.items():
            best[kind] = min(best.get(kind, answer), answer, key=_whole)
    return best


def _whole(answer):
    return answer["preview"] + answer["save"]


def _raw(**answers):
    return {kind: {"preview": answer["preview"], "save": answer["save"]} for kind, answer in answers.items()}


def _against(cost, rows):
    ours = cost["product"]
    what = f"导入{rows:,}行的处理器时间"
    for kind, (words, times) in PEERS.items():
        if kind not in cost:
            continue
        raw = _raw(product=ours, **{kind: cost[kind]})
        twice = _whole(cost[kind]) / _whole(ours)
        yield Figure("I1", f"{words}先试导再导入，比本系统先核对再保存，{what}", twice, at_least=times, raw=raw)
        once = cost[kind]["save"] / _whole(ours)
        yield Figure("I1", f"{words}不试导，比本系统先核对再保存，{what}", once, raw=raw)
    if FLOOR in cost:
        least, raw = _whole(cost[FLOOR]), _raw(product=ours, floor=cost[FLOOR])
        yield Figure("I1", "每秒导入的行数，比手写的最省写法", least / _whole(ours), at_least=0.4, raw=raw)
        yield Figure("I2", f"核对{rows:,}行，比最省写法的整个导入", ours["preview"] / least, at_most=0.7, raw=raw)


def _at_the_limit(small, rows):
    """The longest file the product takes: growth of the cost, memory, lock, the clock; and the file sent again."""
    with folder_of(LARGE) as folder:
        with closing(Importer("product", folder)) as importer:
            _hand(folder, "warm")
            importer.take_in()
            _hand(folder, "rows")
            large = importer.take_in()
        speed = rows / _whole(small), LARGE / _whole(large)
        raw = {f"{count:,}行": value for count, value in zip((rows, LARGE), speed, strict=True)}
        what = f"每秒导入的行数，{LARGE:,}行（一个文件最多的行数）比{rows:,}行"
        yield Figure("I2", what, speed[1] / speed[0], at_least=0.6, raw=raw)
        grown = (large["peak"] - large["before"]) / MIB
        raw = {"MiB": {"before": large["before"] / MIB, "peak": large["peak"] / MIB}}
        yield Figure("I3", f"导入{LARGE:,}行时内存最高多用几 MiB", grown, at_most=120, raw=raw)
        raw = {"seconds": {name: large[name] for name in ("clock", "clock_preview", "locked", "longest")}}
        share = large["locked"] / large["clock"]
        yield Figure("I3", f"导入{LARGE:,}行时锁住数据库的时间占几成", share, at_most=0.6, raw=raw)
        yield from _good_file(folder)


def _good_file(folder):
    """A file without faults, then the same once more."""
    with closing(Importer("product", folder)) as importer:
        _hand(folder, "good")
        first = importer.take_in()
        again = importer.take_in(keep=True)
    raw = {"seconds": {"preview": first["clock_preview"], "all": first["clock"]}}
    yield Figure("G7", f"没有错的{LARGE:,}行从传上来到存好，几秒", first["clock"], at_most=60, raw=raw)
    yield Figure("G7", "同一个文件再传一次，新增几行", again["new"], at_most=0, raw={"changed": again["changed"]})
