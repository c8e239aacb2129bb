"""The running product as ./dev keeps it, on a database and a broker of its own."""

import contextlib
import hashlib
import json
import os
import sqlite3
import subprocess
import sys
import time
from importlib.machinery import SourceFileLoader
from importlib.util import module_from_spec, spec_from_loader
from pathlib import Path

import psycopg2
import redis

ROOT = Path(__file__).resolve().parents[2]
DATABASE = "desk.sqlite3"


def load_dev():
    """The file ./dev as a module, using the Python of this test run."""
    loader = SourceFileLoader("dev", str(ROOT / "dev"))
    module = module_from_spec(spec_from_loader("dev", loader))
    loader.exec_module(module)
    module.PYTHON, module.VENV = Path(sys.executable), Path(sys.prefix)
    return module


def migrate(env):
    subprocess.run([sys.executable, "manage.py", "migrate", "--verbosity", "0"], cwd=ROOT, env=env, check=True)


def new_folder(tmp_path_factory, made_once):
    """A folder for a database, which lies in it, migrated, where that is a file of SQLite."""
    folder = tmp_path_factory.mktemp("w")
    if os.environ.get("DATABASE_URL"):
        return folder
    return made_once("migrated", lambda at: migrate(os.environ | {"APP_MODE": "local", "DATA_DIR": str(at)}), folder)


class Product:
    """Broker, worker and database; `until` keeps them running as ./dev does while it waits."""

    HEARTBEAT_MAX_AGE = 15  # the heart beats every 3 s here

    def __init__(self, data):
        """`data`: what new_folder() gave, or an empty folder."""
        self.data, self.dev = data, load_dev()
        os.environ["DATA_DIR"] = str(data)
        self.env = self.dev.environment("local")
        self.own_broker = not os.environ.get("REDIS_URL")
        self.database_url = self._new_database()
        if self.database_url:
            self.env["DATABASE_URL"] = self.database_url
        if self.database_url or not (data / DATABASE).exists():
            migrate(self.env)
        if not self.own_broker:
            redis.Redis.from_url(os.environ["REDIS_URL"]).flushdb()  # what tests on other databases asked for
        self.worker = self.dev.worker(self.env, app="tests.worker.app", max_age=self.HEARTBEAT_MAX_AGE)
        self.children = [self.dev.broker(), self.worker] if self.own_broker else [self.worker]

    def close(self):
        for child in reversed(self.children):
            if child.process:
                child.kill()
        if self.database_url:
            self._on_server(f"DROP DATABASE {self.database} WITH (FORCE)")

    # --- asking and looking --------------------------------------------------------------------------------------

    def ask(self, *papers):
        """Request a batch of papers with these parameters; its key."""
        return int(self._call("-m", "tests.worker.ask", json.dumps(papers)))

    def ask_materials(self, branches, year):
        """Request the annual papers of a town with so many branches; the batch's key."""
        return int(self._call("-m", "tests.worker.ask_materials", str(branches), str(year)))

    def cancel(self, batch):
        return int(self._call("-m", "tests.worker.ask", "cancel", str(batch)))

    def rows(self, batch):
        """The batch's builds as (pk, state, attempt, file, sha256, error)."""
        columns = "id, state, attempt, file, sha256, error"
        return self._select(f"SELECT {columns} FROM papers_build WHERE batch_id = {batch} ORDER BY id")

    def states(self, batch):
        return [state for _, state, *_ in self.rows(batch)]

    def batch_state(self, batch):
        return self._select(f"SELECT state FROM papers_build WHERE id = {batch}")[0][0]

    def work(self):
        """What the papers noted, as (word, build, pid)."""
        log = self.data / "work.log"
        lines = log.read_text().splitlines() if log.exists() else []
        return [(word, int(pk), int(pid)) for word, pk, pid in map(str.split, lines)]

    def files(self, pk):
        """The build's files, unfinished ones (.….part) too."""
        return [p for p in (self.data / "files" / "builds").rglob("*") if p.name.lstrip(".").startswith(f"{pk}-")]

    def until(self, condition, seconds=90):
        """Keep the product running until `condition()` holds; its value. Fails after so many seconds."""
        deadline = time.monotonic() + seconds
        while not (answer := condition()):
            assert time.monotonic() < deadline, f"等了 {seconds} 秒"
            for child in self.children:
                child.tend()
            time.sleep(0.05)
        return answer

    def until_over(self, batch, seconds=90):
        self.until(lambda: self.batch_state(batch) not in ("queued", "building"), seconds)
        return self.rows(batch)

    def lose_broker_content(self):
        """Everything the broker knew is gone: killed where it is ours, flushed where it is Redis."""
        if self.own_broker:
            self.children[0].process.kill()
        else:
            redis.Redis.from_url(os.environ["REDIS_URL"]).flushdb()

    def check_made_once(self, row):
        """The row is done and stands for exactly one whole file."""
        pk, state, attempt, file, sha256, error = row
        assert (state, error) == ("done", "")
        (made,) = self.files(pk)
        assert made == self.data / "files" / file
        assert hashlib.sha256(made.read_bytes()).hexdigest() == sha256
        kept = int(made.read_text().removeprefix(f"{pk} "))
        begun = [pk for word, pk, _ in self.work() if word == "begin"].count(pk)
        # 一次占用可能在冻结数据之前就被杀掉；冻结以后，每一次开工用的都是同一份。
        assert 1 <= kept <= attempt - begun + 1, "the figures are those of the first claim that kept them"

    # --- inside --------------------------------------------------------------------------------------------------

    def _call(self, *argv):
        done = subprocess.run([sys.executable, *argv], cwd=ROOT, env=self.env, stdout=subprocess.PIPE, check=True)
        return done.stdout

    def _select(self, sql):
        file = self.data / DATABASE
        opened = psycopg2.connect(self.database_url) if self.database_url else sqlite3.connect(file, timeout=20)
        with contextlib.closing(opened) as connection:
            cursor = connection.cursor()
            cursor.execute(sql)
            return cursor.fetchall()

    def _on_server(self, sql):
        with contextlib.closing(psycopg2.connect(os.environ["DATABASE_URL"])) as server:
            server.autocommit = True
            server.cursor().execute(sql)

    def _new_database(self):
        """A database of our own on the PostgreSQL server of DATABASE_URL; "" for SQLite."""
        url = os.environ.get("DATABASE_URL", "")
        if not url.startswith("postgres"):
            return ""
        self.database = f"worker_{os.getpid()}"
        self._on_server(f"CREATE DATABASE {self.database}")
        return url.rsplit("/", 1)[0] + "/" + self.database
