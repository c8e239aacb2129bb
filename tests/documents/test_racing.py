"""Several signers at once, each in a process of its own, on a database of their own (SQLite or that of DATABASE_URL):
no number twice, none left out, and a document signed once."""

import contextlib
import json
import os
import re
import subprocess
import sys
from pathlib import Path

import psycopg2
import pytest

from tests.worker.product import migrate, new_folder

ROOT = Path(__file__).resolve().parents[2]
SIGNERS, EACH = 4, 6

pytestmark = pytest.mark.worker


def on_server(url, sql):
    with contextlib.closing(psycopg2.connect(url)) as server:
        server.autocommit = True
        server.cursor().execute(sql)


@pytest.fixture(scope="module")
def office(tmp_path_factory, made_once):
    """The environment of the signers' processes."""
    data = new_folder(tmp_path_factory, made_once)
    env = os.environ | {"APP_MODE": "local", "DATA_DIR": str(data), "DJANGO_SETTINGS_MODULE": "config.settings"}
    server = os.environ.get("DATABASE_URL", "")
    if server.startswith("postgres"):
        name = f"race_{os.getpid()}"
        on_server(server, f"CREATE DATABASE {name}")
        env["DATABASE_URL"] = f"{server.rsplit('/', 1)[0]}/{name}"
        migrate(env)
    yield env
    if server.startswith("postgres"):
        on_server(server, f"DROP DATABASE {name} WITH (FORCE)")


def run(env, *argv):
    done = subprocess.run([sys.executable, *argv], cwd=ROOT, env=env, stdout=subprocess.PIPE, check=True)
    return json.loads(done.stdout) if done.stdout else None


def race(env, shares):
    """Start a signer for each share at one moment; what became of its documents, a list for each."""
    start = Path(env["DATA_DIR"]) / f"start{len(list(Path(env['DATA_DIR']).glob('start*')))}"
    signers = [
        subprocess.Popen(
            [sys.executable, "-m", "tests.documents.race", "sign", str(start), *map(str, keys)],
            cwd=ROOT,
            env=env,
            stdout=subprocess.PIPE,
        )
        for keys in shares
    ]
    start.touch()
    answers = [json.loads(signer.communicate(timeout=120)[0]) for signer in signers]
    assert [signer.returncode for signer in signers] == [0] * len(shares)
    return answers


def test_numbers_have_no_gap_and_no_double_and_each_document_is_signed_once(office):
    keys = run(office, "-m", "tests.documents.race", "set-up", str(SIGNERS * EACH))
    # 每人六份各不相同的，再加同一份：这一份只该有一个人签成。
    own = [keys[n * EACH : (n + 1) * EACH] for n in range(SIGNERS)]
    shared = own[0].pop()
    answers = race(office, [[*share, shared] for share in own])
    numbers = sorted(int(found[1]) for found in map(re.compile(r"〕(\d+)号").search, sum(answers, [])) if found)
    assert numbers == list(range(1, SIGNERS * EACH + 1))
    assert sum("〕" in answer[-1] for answer in answers) == 1
    assert all("刚才有人改过" in a[-1] or "不能签发" in a[-1] for a in answers if "〕" not in a[-1])
