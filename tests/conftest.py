"""Fixtures of the whole suite: the cast and a client that is also a critic."""

import fcntl
import gc
import os
import pickle
import re
import shutil
from copy import copy

os.environ["APP_MODE"] = "test"
if os.environ.get("REDIS_URL") and "PYTEST_XDIST_WORKER" in os.environ:  # each process its own: some empty theirs
    server, _, _ = os.environ["REDIS_URL"].rpartition("/")
    os.environ["REDIS_URL"] = f"{server}/{os.environ['PYTEST_XDIST_WORKER'].removeprefix('gw')}"

import pytest
from django.db import connection, transaction
from django.test import Client
from django.test import client as testing
from django.test.utils import ContextList
from hypothesis import HealthCheck, settings
from playwright.sync_api import sync_playwright

from tests import cast
from tests.browser.look import CHROMIUM

# 忙的机器不是错：不给例子计时。
settings.register_profile("house", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("house")

WRITES = re.compile(r'^\s*(?:INSERT(?: OR \w+)? INTO|REPLACE INTO|UPDATE|DELETE FROM)\s+"?(\w+)"?', re.I)
CLOCK_TABLES = {"django_session"}  # 只有会话时钟可以在读页面时写
UNRENDERED = re.compile(r"\{\{|\{%|\{#")
INLINE = re.compile(r"<[^>]+\s(?:on[a-z]+|style)\s*=|<script(?![^>]*\ssrc=)|javascript:", re.I)
OUTSIDE = re.compile(r"(?:src|href|action)=\"(?:https?:)?//", re.I)


@pytest.hookimpl(wrapper=True)
def pytest_collection_modifyitems(items):
    """What is asked of every test, before all others' say; which file comes first, after pytest-django's."""
    _share_the_cast(_marked(items))
    yield
    items.sort(key=_turn)


def _marked(items):
    """What uses the database, marked so: only that is worth a second run on the other one."""
    asking = [item for item in items if "db" in item.fixturenames or item.get_closest_marker("django_db")]
    for item in asking:
        item.add_marker("database")
    return asking


# 按文件分给几个进程时（pyproject.toml：不按条数重排），做得最久的先开始，最后才不会只剩一个进程在忙；等后台进程的最先，别的趁它等着做。
LONGEST = ("tests/worker/", "tests/browser/test_pages.py", "tests/test_hostile.py", "tests/browser/test_materials.py")


def _turn(item):
    return next((at for at, name in enumerate(LONGEST) if item.nodeid.startswith(name)), len(LONGEST))


def _share_the_cast(asking):
    """Let the tests of a module have cast_once where all that ask the database work on the cast and commit nothing."""
    of_module = {}
    for item in asking:
        of_module.setdefault(item.module, []).append(item)
    for tests in of_module.values():
        if all("place" in item.fixturenames and not _commits(item) for item in tests):
            for item in tests:
                if "cast_once" not in item.fixturenames:
                    item.fixturenames.insert(0, "cast_once")  # before the test's own transaction begins


def _commits(item):
    marker = item.get_closest_marker("django_db")
    return "transactional_db" in item.fixturenames or bool(marker and marker.kwargs.get("transaction"))


def _keep_the_first(store, signal, sender, template, context, **_):
    """Of an answer's templates, down to every input of its forms, only the page's own context is kept."""
    if "context" not in store:
        store |= {"templates": [template], "context": ContextList([copy(context)])}


testing.store_rendered_templates = _keep_the_first


def pytest_collection_finish():
    """All modules and tests are there and stay: not looking through them at every collection saves a third, and
    looking through the rest less often another twelfth."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 20, 50)


class _NoWrites:
    """Refuses SQL that writes while a page is being read."""

    def __call__(self, execute, sql, params, many, context):
        found = WRITES.match(sql)
        if found and found.group(1).lower() not in CLOCK_TABLES:
            raise AssertionError(f"读页面时写了数据库：{sql[:200]}")
        return execute(sql, params, many, context)


def read_whole(response):
    """Take a streamed answer into memory and close its file.

    Not by response.close(): that ends the request, and on PostgreSQL the test's connection with it.
    """
    body = response.getvalue()
    for close in response._resource_closers:
        close()
    response._resource_closers.clear()
    response.streaming_content = [body]


class Critic(Client):
    """A test client that looks at every answer: no write on GET, no leftover tags, nothing inline or from outside."""

    def get(self, *args, **kwargs):
        with connection.execute_wrapper(_NoWrites()):
            return super().get(*args, **kwargs)

    def request(self, **request):
        response = super().request(**request)
        if response.streaming:
            read_whole(response)
        if response.get("Content-Type", "").startswith("text/html") and not response.streaming:
            text = response.content.decode()
            for name, pattern in (("没渲染的标签", UNRENDERED), ("内联脚本或样式", INLINE), ("外部地址", OUTSIDE)):
                found = pattern.search(text)
                assert not found, f"{request['PATH_INFO']} 有{name}：{text[found.start() - 40 : found.end() + 40]}"
        return response

    def sign_in(self, user):
        cast.enter(self, user)
        return self


@pytest.fixture
def client():
    return Critic()


@pytest.fixture
def place(request, db):
    """The cast, each test's own: what it writes is taken back, what it sets on these objects is on copies."""
    if "cast_once" in request.fixturenames:
        return pickle.loads(request.getfixturevalue("cast_once"))
    return cast.build()


@pytest.fixture(scope="module")
def cast_once(django_db_setup, django_db_blocker):
    """The cast, made once for the tests of a module and taken back after them."""
    with django_db_blocker.unblock(), transaction.atomic():
        yield pickle.dumps(cast.build())
        transaction.set_rollback(True)


@pytest.fixture
def as_user(place):
    """A client signed in as one of the cast: as_user("社区书记")."""
    return lambda name: Critic().sign_in(place.user[name])


@pytest.fixture(scope="session")
def made_once(tmp_path_factory):
    """made_once(name, make, to): copy to the folder `to` what `make(folder)` leaves; it is called once in the whole
    run, by whichever of its processes comes first."""
    root = tmp_path_factory.getbasetemp()
    if "PYTEST_XDIST_WORKER" in os.environ:
        root = root.parent

    def copied(name, make, to):
        kept = root / name
        with (root / f"{name}.lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            if not kept.exists():
                making = root / f"{name}.making"
                making.mkdir()
                make(making)
                making.rename(kept)
        return shutil.copytree(kept, to, dirs_exist_ok=True)

    return copied


@pytest.fixture(scope="session")
def chromium():
    """The one browser of the whole run: two of Playwright's loops do not fit into one process."""
    # 没有窗口的那一种排版、脚本、打印都一样，少用四分之一的处理器。
    program = shutil.which("chromium-headless-shell") or shutil.which("chromium")
    if not program:
        assert not os.environ.get("CI"), "CI 上必须装有 Chromium"
        pytest.skip("这台机器没有装 Chromium（apt-get install chromium-headless-shell）")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=CHROMIUM)
        yield browser
        browser.close()
