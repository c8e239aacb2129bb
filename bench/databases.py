"""The bench's databases: made by load_demo, marked as the bench's own, reused while what they are made of stays."""

import hashlib
import io
from datetime import date
from pathlib import Path

from django.conf import settings
from django.core.management import call_command
from django.db import connection, connections

AS_OF = date(2026, 12, 7)  # the day the pages take for today; people and meetings are made up around it
SCALES = {"town": "一个镇", "county": "二十个镇"}
MARKER = "bench_marker"


class NotOurs(Exception):
    """The database holds something and no mark of the bench: it may be somebody's real one."""


def use(scale):
    """From now on `default` is the database of this scale."""
    connections["default"] = connections[scale]


def prepare(scale, say=print):
    """Have the database of this scale made and marked, and use it. Raises NotOurs."""
    use(scale)
    kept, wanted = _mark(), _fingerprint()
    if kept == wanted:
        return
    if kept is not None:
        _wipe()
    say(f"正在准备数据：{SCALES[scale]}……")
    _set_mark("unfinished")
    call_command("migrate", verbosity=0)
    call_command("load_demo", scale=scale, as_of=AS_OF, stdout=io.StringIO())
    if connection.vendor == "postgresql":  # PostgreSQL 自己会做，只是不一定赶在测量之前；SQLite 上本系统不做
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE")
    _set_mark(wanted)


def _mark():
    """What the mark says, None in an empty database."""
    tables = connection.introspection.table_names()
    if not tables:
        return None
    if MARKER not in tables:
        raise NotOurs(f"{connection.settings_dict['NAME']} 里有数据，又不是性能测量建的库，没有动它。")
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT fingerprint FROM {MARKER}")
        return cursor.fetchone()[0]


def _set_mark(fingerprint):
    with connection.cursor() as cursor:
        cursor.execute(f"CREATE TABLE IF NOT EXISTS {MARKER} (fingerprint varchar(64))")
        cursor.execute(f"DELETE FROM {MARKER}")
        cursor.execute(f"INSERT INTO {MARKER} VALUES (%s)", [fingerprint])


def _wipe():
    """Empty a database that bears the mark."""
    if connection.vendor == "sqlite":
        connection.close()
        for suffix in ("", "-wal", "-shm"):
            Path(f"{connection.settings_dict['NAME']}{suffix}").unlink(missing_ok=True)
    else:
        with connection.cursor() as cursor:
            cursor.execute("DROP SCHEMA public CASCADE; CREATE SCHEMA public")


def _fingerprint():
    """What the data depend on: the story that is told, the tables it is told in, and the day."""
    root = Path(settings.BASE_DIR)
    files = [*(root / "desk" / "demo").glob("*.py"), *root.glob("*/migrations/*.py"), *root.glob("*/*/migrations/*.py")]
    total = hashlib.sha256(AS_OF.isoformat().encode())
    for path in sorted(files):
        if ".venv" not in path.parts:
            total.update(path.read_bytes())
    return total.hexdigest()
