"""./dev: what it keeps running, what it refuses, what it says."""

import os
import socket
import subprocess
import sys
import time

import pytest

from accounts.models import User
from tests.worker.product import ROOT, load_dev

SLEEPER = "import time; time.sleep(60)"


@pytest.fixture
def dev(tmp_path, monkeypatch):
    monkeypatch.setenv("DATA_DIR", str(tmp_path))
    return load_dev()


@pytest.fixture
def kept(dev):
    """Makes Children that are gone when the test is over."""
    made = []

    def keep(code, **options):
        made.append(dev.Child("试验", [sys.executable, "-c", code], dict(os.environ), **options))
        return made[-1]

    yield keep
    for child in made:
        if child.process:
            child.kill()


def until(condition, seconds=20):
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.02)


def alive(pid):
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


# --- Help --------------------------------------------------------------------------------------------------------


def test_without_a_command_it_explains_itself(dev, capsys):
    assert dev.main([]) == 0
    said = capsys.readouterr().out
    assert all(f"  {command} " in said for command in dev.COMMANDS)


def test_an_unknown_command_is_an_error(dev, capsys):
    assert dev.main(["runn"]) == 2
    assert "用法" in capsys.readouterr().out


def test_an_old_python_can_read_it_far_enough_to_say_so():
    """No syntax newer than 3.6: the sentence about the version must get out."""
    import ast

    ast.parse((ROOT / "dev").read_text(), feature_version=(3, 6))


# --- Where it runs -----------------------------------------------------------------------------------------------


def test_a_deep_data_folder_gets_a_short_socket_path(dev, tmp_path, monkeypatch):
    assert dev.broker_socket() == tmp_path / "broker.sock"
    monkeypatch.setenv("DATA_DIR", str(tmp_path / ("很深" * 30)))
    path = dev.broker_socket()
    assert len(os.fsencode(str(path))) < 108
    assert path.parent.stat().st_mode & 0o077 == 0
    path.parent.rmdir()


def test_one_data_folder_one_product(dev, tmp_path):
    with dev.only_one(tmp_path), pytest.raises(dev.Problem, match="已经在运行"), dev.only_one(tmp_path):
        pass
    with dev.only_one(tmp_path):
        pass


def test_a_busy_port_is_named_with_a_way_out(dev, monkeypatch):
    with socket.socket() as busy:
        busy.bind(("127.0.0.1", 0))
        busy.listen()
        port = busy.getsockname()[1]
        monkeypatch.setenv("PORT", str(port))
        with pytest.raises(dev.Problem, match=f"{port} .*PORT={port + 1} ./dev run"):
            dev.check_port_free()
    dev.check_port_free()


def test_a_system_without_a_package_of_chromium_is_told_and_goes_on(dev, monkeypatch, capsys):
    """Ubuntu has none: the other tests are run all the same."""
    asked = []

    def apt(*packages):
        asked.extend(packages)
        if "chromium-headless-shell" in packages:
            raise dev.Problem("没有成功：apt-get install")

    monkeypatch.setattr(dev, "apt", apt)
    monkeypatch.setattr(dev.shutil, "which", lambda name: None)
    dev.prepare_browser()
    assert asked == ["fonts-noto-cjk", "poppler-utils", "chromium-headless-shell"]
    assert "浏览器测试会跳过" in capsys.readouterr().out


def test_the_tests_and_production_never_get_the_local_broker(dev, monkeypatch):
    monkeypatch.delenv("REDIS_URL", raising=False)
    assert dev.environment("local")["REDIS_URL"].startswith("redis+socket://")
    assert "REDIS_URL" not in dev.environment("production")
    assert "REDIS_URL" not in dev.environment("test")


# --- What it keeps running ---------------------------------------------------------------------------------------


def test_a_dead_child_is_started_again(kept, capsys):
    child = kept(SLEEPER)
    child.tend()
    first = child.process.pid
    child.process.kill()
    until(lambda: child.tend() or (child.process and child.process.pid != first and alive(child.process.pid)))
    assert "退出了" in capsys.readouterr().out


def test_a_child_without_a_sign_of_life_is_replaced(kept, tmp_path, capsys):
    heartbeat = tmp_path / "heartbeat"
    child = kept(SLEEPER, heartbeat=heartbeat, max_age=30)
    child.tend()
    first = child.process
    child.started_at -= 100
    heartbeat.touch()
    child.tend()
    assert child.process is first, "it shows life"
    os.utime(heartbeat, (time.time() - 31,) * 2)
    child.tend()
    assert first.poll() is not None
    assert "没有动静" in capsys.readouterr().out


def test_a_child_that_will_not_stay_is_given_up(dev, kept):
    child = kept("raise SystemExit(3)")

    def tend_at_once():
        child.start_at = 0
        child.tend()

    with pytest.raises(dev.Problem, match="反复启动不起来"):
        until(tend_at_once)
    assert child.fast_deaths == dev.Child.GIVE_UP


def test_what_a_child_started_goes_with_it(kept, tmp_path):
    note = tmp_path / "pid"
    child = kept(
        f"import subprocess, sys, time, pathlib; p = subprocess.Popen([sys.executable, '-c', {SLEEPER!r}]); "
        f"pathlib.Path({str(note)!r}).write_text(str(p.pid)); time.sleep(60)"
    )
    child.tend()
    until(lambda: note.exists() and note.read_text())
    child.ask_to_stop()
    child.stop()
    until(lambda: not alive(int(note.read_text())))


def test_even_kill_9_leaves_nothing_running(tmp_path):
    """A supervisor that is gone without a word takes its children with it (Linux)."""
    note = tmp_path / "pid"
    supervisor = subprocess.Popen(
        [
            sys.executable,
            "-c",
            "import sys, os, time, pathlib; sys.path.insert(0, '.'); from tests.worker.product import load_dev; "
            f"child = load_dev().Child('试验', [sys.executable, '-c', {SLEEPER!r}], dict(os.environ)); child.tend(); "
            f"pathlib.Path({str(note)!r}).write_text(str(child.process.pid)); time.sleep(60)",
        ],
        cwd=ROOT,
    )
    until(lambda: note.exists() and note.read_text())
    supervisor.kill()
    supervisor.wait()
    until(lambda: not alive(int(note.read_text())))


# --- Production refuses ------------------------------------------------------------------------------------------


@pytest.fixture
def live(dev, monkeypatch):
    monkeypatch.setattr(dev, "PYTHON", sys.executable)
    return dict(
        dev.environment("production"),
        SECRET_KEY="7Yw0qk3JpX9sLr2vB8nTzD4mC6hF1gQeUaKxNoRiWbVtEyMj",
        ID_KEYS="ab" * 32,
        ID_HASH_KEY="cd" * 32,
        ALLOWED_HOSTS="desk.example",
        DATABASE_URL="postgresql://desk@127.0.0.1:1/desk",
        REDIS_URL="redis://127.0.0.1:1/0",
    )


@pytest.mark.parametrize(
    ("broken", "said"),
    [
        ({"SECRET_KEY": ""}, "SECRET_KEY"),
        ({"SECRET_KEY": "a" * 50}, "SECRET_KEY"),
        ({"ID_KEYS": ""}, "ID_KEYS"),
        ({"ID_HASH_KEY": ""}, "ID_HASH_KEY"),
        ({"ALLOWED_HOSTS": ""}, "ALLOWED_HOSTS"),
        ({"ALLOWED_HOSTS": "*"}, "ALLOWED_HOSTS"),
        ({"DATABASE_URL": ""}, "DATABASE_URL"),
        ({"DATABASE_URL": "sqlite:////nfs/desk.sqlite3"}, "DATABASE_URL"),
        ({"REDIS_URL": ""}, "REDIS_URL"),
        ({}, "连不上数据库"),  # the positive twin: everything is set, only nobody listens
    ],
)
def test_production_says_in_one_line_what_is_missing(dev, live, capfd, broken, said):
    with pytest.raises(dev.Problem):
        dev.start(live | broken)
    first, *more = capfd.readouterr().err.strip().splitlines()
    assert first.startswith("不能启动：")
    assert said in first
    assert "Traceback" not in "".join(more)


def test_production_does_not_start_with_open_demo_accounts(dev, place, monkeypatch, settings, tmp_path):
    settings.STATIC_ROOT = tmp_path / "static"
    monkeypatch.setenv("APP_MODE", "production")
    exec(dev.START, {})  # nobody's password is known: it gets as far as the static files
    assert any(settings.STATIC_ROOT.iterdir())
    User.objects.filter(username="user01").update(is_demo=True)
    with pytest.raises(SystemExit, match="试用账号"):
        exec(dev.START, {})
    User.objects.filter(username="user01").update(is_active=False)
    exec(dev.START, {})
