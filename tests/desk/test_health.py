"""/healthz: one look at every part, nothing about people, open to all, read only."""

import os
import time

import pytest
from django.db import OperationalError

from desk import health
from office.papers import fonts, tasks


@pytest.fixture
def well(settings, tmp_path, monkeypatch):
    """A machine where every part works; there is no broker in unit tests."""
    settings.DATA_DIR = tmp_path
    monkeypatch.setattr(health, "_broker", str)
    monkeypatch.setattr(fonts, "check", list)
    tasks.show_life()


@pytest.fixture
def look(rf, db):
    return lambda: health.healthz(rf.get("/healthz"))


def test_all_well(well, look):
    answer = look()
    assert answer.status_code == 200
    assert answer.content.decode() == (
        '{"status": "ok", "database": "ok", "broker": "ok", "worker": "ok", "papers": "ok", "disk": "ok"}'
    )
    assert "no-store" in answer["Cache-Control"]


def test_a_silent_worker(well, look):
    os.utime(tasks.heartbeat_file(), (time.time() - 100,) * 2)
    assert look().status_code == 503
    assert '"worker": "后台进程 100 秒没有动静"' in look().content.decode()


def test_no_worker_yet(well, look):
    tasks.heartbeat_file().unlink()
    assert '"worker": "后台进程还没有动静"' in look().content.decode()


def test_no_broker(settings, tmp_path, look):
    """The real thing: nobody listens on the test's socket."""
    settings.DATA_DIR = tmp_path
    assert look().status_code == 503
    assert '"broker": "连不上消息通道"' in look().content.decode()


def test_no_database(well, look, monkeypatch):
    def cursor():
        raise OperationalError("server closed the connection")

    with monkeypatch.context() as broken:
        broken.setattr(health.connection, "cursor", cursor)
        said = look().content.decode()
    assert '"database": "连不上数据库"' in said


def test_no_fonts(well, look, monkeypatch):
    monkeypatch.setattr(fonts, "check", lambda: ["缺少字体文件 paper-fang.ttf"])
    assert '"papers": "缺少字体文件 paper-fang.ttf"' in look().content.decode()


def test_a_full_disk(well, look, monkeypatch):
    monkeypatch.setattr(health, "FREE_MIN", 2**62)
    assert '"disk": "数据目录所在磁盘快满了"' in look().content.decode()


def test_a_data_folder_that_is_gone(well, look, settings, tmp_path):
    settings.DATA_DIR = tmp_path / "gone"
    assert '"disk": "数据目录不可写"' in look().content.decode()


def test_it_only_reads_and_is_open_to_all(well, rf, db):
    assert health.healthz(rf.post("/healthz")).status_code == 405
    assert health.healthz(rf.head("/healthz")).status_code == 200
    assert health.healthz.open_to == "public"
    assert health.healthz.login_required is False
